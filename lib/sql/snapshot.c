#include "sql/snapshot.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include <mysqld_error.h>

#include "base/buf.h"
#include "base/sig.h"
#include "sql/query.h"
#include "sql/quote.h"

/* Seconds that a lock of ours may keep others waiting, and how often it is tried. */
#define LOCK_WAIT "2"
#define TRIES 10

int
snapshot_new(struct login *l, const char *database, struct snapshot **out)
{
	struct snapshot *s = calloc(1, sizeof(*s));
	int rc = EX_OSERR;

	if (s != NULL)
		rc = login_connect(l, database, false, &s->guard);
	else
		warn("snapshot");
	if (rc == 0)
		rc = query_run(s->guard, "lock_wait_timeout",
		    "SET SESSION lock_wait_timeout = " LOCK_WAIT);
	if (rc != 0) {
		snapshot_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

static void
add_name(struct buf *b, const struct table *t)
{
	quote_name(b, t->database);
	buf_text(b, ".");
	quote_name(b, t->name);
}

/* Sequences and engines without transactions know no savepoints; nor has a snapshot of ours
 * anything to fear from what happens to them. */
static bool
is_guarded(const struct table *t)
{
	return t->kind == CATALOGUE_TABLE && t->transactional;
}

/*
 * Touch every table, last first, behind a savepoint each: rolling back to the savepoint of a
 * table that is dumped gives back its lock and those of all touched later, which are dumped
 * already.
 */
static int
guard_tables(struct snapshot *s, struct table *const *tables, size_t n)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	int rc = query_run(s->guard, "guard", "START TRANSACTION");

	for (size_t i = n; rc == 0 && i-- > 0;) {
		if (!is_guarded(tables[i]))
			continue;
		buf_reset(&sql, 1 << 16);
		buf_printf(&sql, "SAVEPOINT s%zu", i);
		rc = query_run(s->guard, "guard", buf_string(&sql));
		if (rc != 0)
			break;
		buf_reset(&sql, 1 << 16);
		buf_text(&sql, "SELECT 1 FROM ");
		add_name(&sql, tables[i]);
		buf_text(&sql, " LIMIT 0");
		rc = query_rows(s->guard, tables[i]->label, buf_string(&sql), &res);
		if (rc == 0)
			mysql_free_result(res);
		else if (mysql_errno(s->guard) == ER_NO_SUCH_TABLE)
			rc = EX_TEMPFAIL; /* it was listed a moment ago */
	}
	buf_free(&sql);
	return rc;
}

int
snapshot_release(struct snapshot *s, const struct table *t, size_t i)
{
	char sql[64];

	if (!is_guarded(t))
		return 0;
	snprintf(sql, sizeof(sql), "ROLLBACK TO SAVEPOINT s%zu", i);
	return query_run(s->guard, "guard", sql);
}

static int
begin(MYSQL *m)
{
	return query_run(m, "snapshot", "START TRANSACTION WITH CONSISTENT SNAPSHOT");
}

static int
begin_all(struct snapshot *s)
{
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < s->n; i++)
		rc = begin(s->readers[i]);
	return rc;
}

/* "FILE POSITION" of the snapshot that ${m} has open, NULL without a binary log. */
static int
read_position(MYSQL *m, char **out)
{
	struct buf b = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	char *file = NULL, *position = NULL;
	int rc;

	*out = NULL;
	if (!mariadb_connection(m))
		return 0;
	rc = query_rows(m, "snapshot",
	    "SHOW STATUS WHERE Variable_name IN ('binlog_snapshot_file', "
	    "'binlog_snapshot_position')",
	    &res);
	if (rc != 0)
		return rc;
	while ((row = mysql_fetch_row(res)) != NULL) {
		if (strcasecmp(row[0], "binlog_snapshot_file") == 0)
			file = row[1];
		else
			position = row[1];
	}
	if (file != NULL && *file != '\0' && position != NULL) {
		buf_printf(&b, "%s %s", file, position);
		if (buf_string(&b) == NULL)
			rc = EX_OSERR;
		else
			*out = b.data;
	}
	mysql_free_result(res);
	return rc;
}

/* Whether all readers see the same position.  ${*known} is false without a binary log. */
static int
compare_positions(struct snapshot *s, bool *known, bool *equal)
{
	char *first = NULL, *other;
	int rc = read_position(s->readers[0], &first);

	*known = first != NULL;
	*equal = *known;
	for (unsigned int i = 1; rc == 0 && *equal && i < s->n; i++) {
		rc = read_position(s->readers[i], &other);
		*equal = other != NULL && strcmp(first, other) == 0;
		free(other);
	}
	free(first);
	return rc;
}

static void
pause_a_little(int try)
{
	struct timespec ts = {.tv_nsec = 20000000L << (try < 4 ? try : 4) };

	nanosleep(&ts, NULL);
}

/* Run ${lock}, open all snapshots, unlock.  ${*may} is false where the account may not lock. */
static int
begin_under(struct snapshot *s, const char *lock, bool *may)
{
	unsigned int error;
	int rc = EX_TEMPFAIL, unlocked;

	*may = true;
	for (int try = 0; try < TRIES && sig_stop() == 0; try++) {
		if (mysql_query(s->locker, lock) == 0) {
			rc = begin_all(s);
			unlocked = query_run(s->locker, "snapshot", "UNLOCK TABLES");
			return rc != 0 ? rc : unlocked;
		}
		error = mysql_errno(s->locker);
		if (error == ER_DBACCESS_DENIED_ERROR ||
		    error == ER_SPECIFIC_ACCESS_DENIED_ERROR ||
		    error == ER_TABLEACCESS_DENIED_ERROR || error == ER_ACCESS_DENIED_ERROR) {
			*may = false;
			return 0;
		}
		if (error != ER_LOCK_WAIT_TIMEOUT)
			return login_fail(s->locker, "snapshot");
		pause_a_little(try);
	}
	warnx("snapshot: tables stayed locked by others for %d attempts of " LOCK_WAIT " s",
	    TRIES);
	return rc;
}

/* Open equal snapshots on all readers; where that cannot be, leave one reader. */
static int
begin_equal(struct snapshot *s, struct table *const *tables, size_t n)
{
	struct buf sql = {0};
	bool known = true, equal = false, may = false;
	const char *text;
	size_t count = 0;
	int rc = 0;

	for (int try = 0; try < TRIES && known && !equal; try++) {
		rc = begin_all(s); /* ends the one before */
		if (rc == 0)
			rc = compare_positions(s, &known, &equal);
		if (rc != 0 || equal)
			return rc;
	}
	buf_text(&sql, "LOCK TABLES ");
	for (size_t i = 0; i < n; i++) {
		if (tables[i]->kind != CATALOGUE_TABLE || !tables[i]->rows)
			continue;
		buf_text(&sql, count++ > 0 ? ", " : "");
		add_name(&sql, tables[i]);
		buf_text(&sql, " READ");
	}
	text = buf_string(&sql);
	if (text == NULL)
		rc = EX_OSERR;
	else if (count > 0)
		rc = begin_under(s, text, &may);
	else
		may = true;
	if (rc == 0 && !may)
		rc = begin_under(s, "FLUSH TABLES WITH READ LOCK", &may);
	buf_free(&sql);
	if (rc != 0 || may)
		return rc;
	while (s->n > 1)
		mysql_close(s->readers[--s->n]);
	return begin(s->readers[0]);
}

/* Keep what the end mark and the set say of the moment. */
static int
keep_position(struct snapshot *s)
{
	struct buf sql = {0};
	char *text = NULL, *space;
	int rc = read_position(s->readers[0], &text);

	if (rc != 0 || text == NULL)
		return rc;
	space = strrchr(text, ' ');
	*space = '\0';
	s->position = strtoull(space + 1, NULL, 10);
	buf_text(&sql, "SELECT BINLOG_GTID_POS(");
	quote_text(&sql, text, strlen(text));
	buf_printf(&sql, ", %s)", space + 1);
	rc = query_value(s->guard, "snapshot", buf_string(&sql), &s->gtid);
	buf_free(&sql);
	if (s->gtid != NULL && *s->gtid == '\0') {
		free(s->gtid);
		s->gtid = NULL;
	}
	s->file = text;
	return rc;
}

int
snapshot_open(struct snapshot *s, struct login *l, struct table *const *tables, size_t ntables,
    unsigned int n)
{
	int rc = guard_tables(s, tables, ntables);

	s->readers = calloc(n, sizeof(MYSQL *));
	if (rc == 0 && s->readers == NULL) {
		warn("snapshot");
		rc = EX_OSERR;
	}
	if (rc == 0)
		rc = login_connect(l, NULL, false, &s->locker);
	if (rc == 0)
		rc = query_run(s->locker, "lock_wait_timeout",
		    "SET SESSION lock_wait_timeout = " LOCK_WAIT);
	while (rc == 0 && s->n < n) {
		rc = login_connect(l, NULL, false, &s->readers[s->n]);
		if (rc != 0)
			break;
		s->n++;
		rc = query_run(s->readers[s->n - 1], "isolation",
		    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
		if (rc == 0)
			rc = query_run(s->readers[s->n - 1], "lock_wait_timeout",
			    "SET SESSION lock_wait_timeout = " LOCK_WAIT);
	}
	if (rc == 0)
		rc = n == 1 ? begin(s->readers[0]) : begin_equal(s, tables, ntables);
	return rc == 0 ? keep_position(s) : rc;
}

void
snapshot_free(struct snapshot *s)
{
	if (s == NULL)
		return;
	for (unsigned int i = 0; i < s->n; i++)
		mysql_close(s->readers[i]);
	if (s->locker != NULL)
		mysql_close(s->locker);
	if (s->guard != NULL)
		mysql_close(s->guard);
	free(s->readers);
	free(s->file);
	free(s->gtid);
	free(s);
}
