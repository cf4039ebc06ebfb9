#include "db/equal.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "base/buf.h"
#include "db/login.h"
#include "db/query.h"
#include "sql/quote.h"

/* How often snapshots are opened in the hope that nothing is committed in between. */
#define TRIES 10

static const char begin[] = "START TRANSACTION WITH CONSISTENT SNAPSHOT";

static const struct equal_way mariadb_ways[] = {
    {NULL, NULL, NULL, false},
    {NULL, "FLUSH TABLES WITH READ LOCK", NULL, true},
};

static const struct equal_way mysql_ways[] = {
    {"LOCK INSTANCE FOR BACKUP", "FLUSH TABLES WITH READ LOCK", "UNLOCK INSTANCE", true},
    {NULL, NULL, NULL, false},
};

const struct equal_way *
equal_ways(bool mariadb, size_t *n)
{
	*n = mariadb ? sizeof(mariadb_ways) / sizeof(mariadb_ways[0])
		     : sizeof(mysql_ways) / sizeof(mysql_ways[0]);
	return mariadb ? mariadb_ways : mysql_ways;
}

static int
begin_all(MYSQL **readers, unsigned int n)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < n; i++)
		rc = query_run(readers[i], "snapshot", begin);
	return rc;
}

/* Keep a position of the binary log; ${file} may be NULL or empty: none. */
static int
keep(struct equal_position *p, const char *file, const char *offset, const char *gtid)
{
	equal_position_free(p);
	if (file == NULL || *file == '\0' || offset == NULL)
		return 0;
	p->file = strdup(file);
	p->offset = strtoull(offset, NULL, 10);
	p->gtid = gtid != NULL && *gtid != '\0' ? strdup(gtid) : NULL;
	return p->file == NULL ? EX_OSERR : 0;
}

/* Where MariaDB's snapshot of ${m} stands; none without a binary log, and on MySQL. */
static int
snapshot_position(MYSQL *m, struct equal_position *p)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	char *file = NULL, *offset = NULL;
	int rc;

	equal_position_free(p);
	if (!mariadb_connection(m))
		return 0;
	rc = query_rows(m, "snapshot",
	    "SHOW STATUS WHERE Variable_name IN ('binlog_snapshot_file', "
	    "'binlog_snapshot_position')",
	    "t?", &res);
	if (rc != 0)
		return rc;
	while ((row = mysql_fetch_row(res)) != NULL) {
		if (strcasecmp(row[0], "binlog_snapshot_file") == 0)
			file = row[1];
		else
			offset = row[1];
	}
	rc = keep(p, file, offset, NULL);
	mysql_free_result(res);
	return rc;
}

/* Where the whole server stands, while it stands.  Who may not ask goes without. */
static int
server_position(MYSQL *m, struct equal_position *p)
{
	MYSQL_RES *res;
	MYSQL_ROW row;
	int rc = 0;

	/* MySQL 8.4 knows the second name only. */
	if (mysql_query(m, "SHOW MASTER STATUS") != 0 &&
	    mysql_query(m, "SHOW BINARY LOG STATUS") != 0)
		return 0;
	res = mysql_store_result(m);
	if (res == NULL)
		return login_fail(m, "snapshot");
	rc = query_shape("snapshot", "??", res);
	row = rc == 0 ? mysql_fetch_row(res) : NULL;
	if (row != NULL)
		rc = keep(p, row[0], row[1], mysql_num_fields(res) > 4 ? row[4] : NULL);
	mysql_free_result(res);
	return rc;
}

/* MariaDB computes the GTID of a position. */
static int
add_gtid(MYSQL *m, struct equal_position *p)
{
	struct buf sql = {0};
	int rc;

	if (p->file == NULL || p->gtid != NULL || !mariadb_connection(m))
		return 0;
	buf_text(&sql, "SELECT NULLIF(BINLOG_GTID_POS(");
	quote_text(&sql, p->file, strlen(p->file));
	buf_printf(&sql, ", %ju), '')", (uintmax_t)p->offset);
	rc = buf_string(&sql) == NULL ? EX_OSERR
				      : query_value(m, "snapshot", sql.data, &p->gtid);
	buf_free(&sql);
	return rc;
}

/* Whether all readers see the position of the first, which is kept. */
static int
compare_positions(MYSQL **readers, unsigned int n, struct equal_position *p, bool *equal)
{
	struct equal_position other = {0};
	int rc = snapshot_position(readers[0], p);

	*equal = p->file != NULL;
	for (unsigned int i = 1; rc == 0 && *equal && i < n; i++) {
		rc = snapshot_position(readers[i], &other);
		*equal = other.file != NULL && strcmp(other.file, p->file) == 0 &&
			 other.offset == p->offset;
	}
	equal_position_free(&other);
	return rc;
}

size_t
equal_lock_sql(struct buf *b, struct table *const *tables, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		if (tables[i]->kind != CATALOGUE_TABLE || !tables[i]->rows)
			continue;
		buf_text(b, count++ > 0 ? ", " : "LOCK TABLES ");
		quote_name(b, tables[i]->database);
		buf_text(b, ".");
		quote_name(b, tables[i]->name);
		buf_text(b, " READ");
	}
	return count;
}

static bool
is_refusal(unsigned int error)
{
	return error == ER_DBACCESS_DENIED_ERROR || error == ER_SPECIFIC_ACCESS_DENIED_ERROR ||
	       error == ER_TABLEACCESS_DENIED_ERROR || error == ER_ACCESS_DENIED_ERROR;
}

/* Open all snapshots under a lock.  ${*may} is false where the account may not take it. */
static int
begin_under(MYSQL **readers, unsigned int n, MYSQL *locker, const struct equal_way *way,
    const char *lock, struct equal_position *p, bool *may, const char **why)
{
	bool inside = way->before != NULL && mysql_query(locker, way->before) == 0;
	int rc = 0, unlocked;

	*may = mysql_query(locker, lock) == 0;
	if (*may) {
		rc = begin_all(readers, n);
		if (rc == 0 && way->position)
			rc = server_position(locker, p);
		unlocked = query_run(locker, "snapshot", "UNLOCK TABLES");
		rc = rc != 0 ? rc : unlocked;
	} else if (mysql_errno(locker) == ER_LOCK_WAIT_TIMEOUT) {
		*why = "tables stay locked by others";
		rc = -1;
	} else if (!is_refusal(mysql_errno(locker))) {
		rc = login_fail(locker, "snapshot");
	}
	if (inside && way->after != NULL) {
		unlocked = query_run(locker, "snapshot", way->after);
		rc = rc != 0 ? rc : unlocked;
	}
	return rc;
}

static int
open_locked(MYSQL **readers, unsigned int *n, MYSQL *locker, struct table *const *tables,
    size_t ntables, struct equal_position *p, const char **why)
{
	const struct equal_way *ways;
	struct buf sql = {0};
	bool may = equal_lock_sql(&sql, tables, ntables) == 0; /* nothing to lock */
	size_t nways;
	int rc = 0;

	if (may)
		rc = begin_all(readers, *n);
	else if (buf_string(&sql) == NULL)
		rc = EX_OSERR;
	ways = equal_ways(mariadb_connection(locker), &nways);
	for (size_t i = 0; rc == 0 && !may && i < nways; i++)
		rc = begin_under(readers, *n, locker, &ways[i],
		    ways[i].lock != NULL ? ways[i].lock : sql.data, p, &may, why);
	buf_free(&sql);
	if (rc != 0 || may)
		return rc;
	while (*n > 1)
		mysql_close(readers[--*n]);
	return begin_all(readers, 1);
}

/* Whether ${sql} may be asked, and finds nothing. */
static bool
finds_nothing(MYSQL *m, const char *sql)
{
	MYSQL_RES *res;
	bool nothing;

	if (mysql_query(m, sql) != 0 || (res = mysql_store_result(m)) == NULL)
		return false;
	nothing = mysql_num_rows(res) == 0;
	mysql_free_result(res);
	return nothing;
}

int
equal_all_logged(MYSQL *m, bool *all)
{
	MYSQL_RES *res;
	MYSQL_ROW row;
	char *updates = NULL;
	int rc = 0;

	*all = false;
	if (mysql_query(m, "SHOW MASTER STATUS") != 0 || (res = mysql_store_result(m)) == NULL)
		return 0; /* who may not ask does not know */
	row = mysql_fetch_row(res);
	*all = row != NULL && mysql_num_fields(res) >= 4 && row[2] != NULL && *row[2] == '\0' &&
	       row[3] != NULL && *row[3] == '\0';
	mysql_free_result(res);
	if (*all)
		rc = query_value(m, "snapshot", "SELECT @@log_slave_updates", &updates);
	/* The other nodes of a Galera cluster are no masters, and log as little here. */
	if (rc == 0 && *all && strcmp(updates != NULL ? updates : "0", "1") != 0)
		*all =
		    finds_nothing(m, "SHOW ALL SLAVES STATUS") &&
		    finds_nothing(m, "SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on' "
				     "AND Value = 'ON'");
	free(updates);
	return rc;
}

int
equal_open(MYSQL **readers, unsigned int *n, MYSQL *locker, struct table *const *tables,
    size_t ntables, struct equal_position *position, const char **why)
{
	bool equal = false, known = true;
	int rc = *n > 1 && mariadb_connection(locker) ? equal_all_logged(locker, &known) : 0;

	for (int try = 0; rc == 0 && try < TRIES && known && !equal; try++) {
		rc = begin_all(readers, *n); /* ends the one before */
		if (rc == 0)
			rc = compare_positions(readers, *n, position, &equal);
		known = position->file != NULL;
	}
	if (rc == 0 && !equal && *n > 1) {
		equal_position_free(position); /* of a snapshot that is gone */
		rc = open_locked(readers, n, locker, tables, ntables, position, why);
	}
	if (rc == 0 && position->file == NULL)
		rc = snapshot_position(readers[0], position);
	return rc == 0 ? add_gtid(locker, position) : rc;
}

void
equal_position_free(struct equal_position *p)
{
	free(p->file);
	free(p->gtid);
	*p = (struct equal_position){0};
}
