#include "db/swap.h"

#include <err.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "base/buf.h"
#include "db/login.h"
#include "db/query.h"
#include "sql/quote.h"
#include "db/target.h"

#define LOCK_SECONDS "30"

/* Where every table is now. */
struct places {
	bool staged; /* the stage is there */
	struct names target, stage, before;
};

int
swap_tables(MYSQL *m, const char *database, struct names *out)
{
	return swap_tables_of(m, database, NULL, out);
}

int
swap_tables_of(MYSQL *m, const char *database, const struct names *part, struct names *out)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	buf_text(&sql, " AND TABLE_TYPE <> 'VIEW' ORDER BY BINARY TABLE_NAME");
	rc = query_buf(m, database, "-", &sql, &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL)
		if (row[0] != NULL && (part == NULL || names_has(part, row[0])) &&
		    names_add(out, row[0]) != 0)
			rc = EX_OSERR;
	mysql_free_result(res);
	return rc;
}

static int
find_places(MYSQL *m, const struct swap *s, struct places *p)
{
	struct target t = {0};
	int rc = target_look(m, s->stage, &t);

	p->staged = t.exists;
	if (rc == 0)
		rc = swap_tables(m, s->target, &p->target);
	if (rc == 0)
		rc = swap_tables(m, s->stage, &p->stage);
	if (rc == 0)
		rc = swap_tables(m, s->before, &p->before);
	return rc;
}

static void
free_places(struct places *p)
{
	names_free(&p->target);
	names_free(&p->stage);
	names_free(&p->before);
}

/* Whether the old table ${name} is still in its place: one in the target may be the new one. */
static bool
stays(const struct swap *s, const struct places *p, const char *name)
{
	return names_has(&p->target, name) && !names_has(&p->before, name) &&
	       (!names_has(s->new, name) || names_has(&p->stage, name));
}

/*
 * Old tables leave first, so the one that keeps them tells.  Where nothing is in it, there were
 * none, or somebody has dropped it since; then the new ones have moved if the stage is there and
 * empty.  A stage that was dropped is no sign of anything.
 */
static bool
moved(const struct swap *s, const struct places *p)
{
	bool arrived = false;

	for (size_t i = 0; i < s->old->len; i++)
		if (names_has(&p->before, s->old->items[i]))
			return true;
	for (size_t i = 0; i < s->new->len; i++) {
		if (names_has(&p->stage, s->new->items[i]))
			return false;
		arrived = arrived || names_has(&p->target, s->new->items[i]);
	}
	return arrived && (p->staged || s->old->len == 0);
}

int
swap_moved(MYSQL *m, const struct swap *s, bool *out)
{
	struct places p = {0};
	int rc = find_places(m, s, &p);

	*out = rc == 0 && moved(s, &p);
	free_places(&p);
	return rc;
}

static void
add(struct buf *sql, const char *name, const char *from, const char *to)
{
	buf_text(sql, sql->len == 0 ? "RENAME TABLE " : ", ");
	quote_name(sql, from);
	buf_text(sql, ".");
	quote_name(sql, name);
	buf_text(sql, " TO ");
	quote_name(sql, to);
	buf_text(sql, ".");
	quote_name(sql, name);
}

/*
 * Foreign keys follow the tables that they refer to only while they are checked.  Who holds a
 * table longer than this is not to be waited for: everybody else waits behind us.
 */
static int
run(MYSQL *m, struct buf *sql)
{
	int rc;

	if (sql->len == 0)
		return 0;
	rc = query_run(m, "exchange the tables",
	    "SET SESSION foreign_key_checks = 1, lock_wait_timeout = " LOCK_SECONDS);
	if (rc == 0)
		rc = query_do(m, "exchange the tables", sql);
	return rc;
}

int
swap_reach(MYSQL *m, const char *database, const struct names *tables)
{
	struct buf sql = {0};
	int rc;

	for (size_t i = 0; i < tables->len; i++) {
		buf_text(&sql, i == 0 ? "LOCK TABLES " : ", ");
		quote_name(&sql, database);
		buf_text(&sql, ".");
		quote_name(&sql, tables->items[i]);
		buf_text(&sql, " WRITE");
	}
	if (sql.len == 0)
		return 0;
	rc = query_run(m, "session", "SET SESSION lock_wait_timeout = " LOCK_SECONDS);
	/* What else it says is no matter: a trigger may ask for a table that is not there. */
	if (rc == 0 &&
	    (buf_string(&sql) == NULL || mysql_real_query(m, sql.data, sql.len) != 0))
		rc = mysql_errno(m) == ER_LOCK_WAIT_TIMEOUT
			 ? login_fail(m, "exchange the tables")
			 : 0;
	buf_free(&sql);
	return mysql_query(m, "UNLOCK TABLES") == 0 || rc != 0 ? rc
							       : login_fail(m, "UNLOCK TABLES");
}

int
swap_forward(MYSQL *m, const struct swap *s)
{
	struct places p = {0};
	struct buf sql = {0};
	int rc = find_places(m, s, &p);

	for (size_t i = 0; rc == 0 && i < s->new->len; i++) {
		if (names_has(&p.stage, s->new->items[i]) ||
		    (names_has(&p.target, s->new->items[i]) && moved(s, &p)))
			continue;
		warnx("database `%s`: a table of the exchange is gone", s->stage);
		rc = EX_DATAERR;
	}
	for (size_t i = 0; rc == 0 && i < s->old->len; i++)
		if (stays(s, &p, s->old->items[i]))
			add(&sql, s->old->items[i], s->target, s->before);
	for (size_t i = 0; rc == 0 && i < s->new->len; i++)
		if (names_has(&p.stage, s->new->items[i]))
			add(&sql, s->new->items[i], s->stage, s->target);
	if (rc == 0)
		rc = run(m, &sql);
	buf_free(&sql);
	free_places(&p);
	return rc;
}

int
swap_back(MYSQL *m, const struct swap *s)
{
	struct places p = {0};
	struct buf sql = {0};
	int rc = find_places(m, s, &p);
	const bool any = rc == 0 && moved(s, &p);

	/* A new table makes way only for an old one that is there to come back. */
	for (size_t i = 0; any && i < s->new->len; i++)
		if (names_has(&p.target, s->new->items[i]) &&
		    !names_has(&p.stage, s->new->items[i]) &&
		    (!names_has(s->old, s->new->items[i]) ||
			names_has(&p.before, s->new->items[i])))
			add(&sql, s->new->items[i], s->target, s->stage);
	for (size_t i = 0; any && i < s->old->len; i++)
		if (names_has(&p.before, s->old->items[i]))
			add(&sql, s->old->items[i], s->before, s->target);
	if (rc == 0)
		rc = run(m, &sql);
	buf_free(&sql);
	free_places(&p);
	return rc;
}

/* Drop what ${query} names: the kind of each thing, its name, and the table that it is of. */
static int
drop_all(MYSQL *m, const char *database, const char *query, const char *column,
    const struct names *part)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	bool package;
	int rc;

	buf_text(&sql, query);
	query_match(&sql, column, database);
	rc = query_buf(m, database, "---", &sql, &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		if (row[0] == NULL || row[1] == NULL ||
		    (part != NULL && (row[2] == NULL || !names_has(part, row[2]))))
			continue;
		buf_printf(&sql, "DROP %s IF EXISTS ", row[0]);
		quote_name(&sql, database);
		buf_text(&sql, ".");
		quote_name(&sql, row[1]);
		/* Only Oracle's language has packages. */
		package = strncmp(row[0], "PACKAGE", 7) == 0;
		if (package)
			rc = query_run(m, "session",
			    "SET @siantre_mode = @@sql_mode, SESSION sql_mode = 'ORACLE'");
		if (rc == 0)
			rc = query_do(m, "drop what the exchange makes anew", &sql);
		if (rc == 0 && package)
			rc = query_run(m, "session", "SET SESSION sql_mode = @siantre_mode");
	}
	mysql_free_result(res);
	return rc;
}

int
swap_programs(MYSQL *m, const char *database, const struct names *part)
{
	static const char *const queries[][2] = {
	    {"SELECT 'EVENT', EVENT_NAME, NULL FROM information_schema.EVENTS WHERE ",
		"EVENT_SCHEMA"},
	    {"SELECT 'TRIGGER', TRIGGER_NAME, EVENT_OBJECT_TABLE FROM "
	     "information_schema.TRIGGERS WHERE ",
		"TRIGGER_SCHEMA"},
	    {"SELECT 'VIEW', TABLE_NAME, NULL FROM information_schema.VIEWS WHERE ",
		"TABLE_SCHEMA"},
	    {"SELECT ROUTINE_TYPE, ROUTINE_NAME, NULL FROM information_schema.ROUTINES WHERE ",
		"ROUTINE_SCHEMA"},
	};
	int rc = query_run(
	    m, "session", "SET SESSION sql_notes = 0, lock_wait_timeout = " LOCK_SECONDS);

	for (size_t i = 0; rc == 0 && i < sizeof(queries) / sizeof(queries[0]); i++)
		rc = drop_all(m, database, queries[i][0], queries[i][1], part);
	return rc;
}
