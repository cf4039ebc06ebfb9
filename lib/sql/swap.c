#include "sql/swap.h"

#include <err.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "sql/login.h"
#include "sql/query.h"
#include "sql/quote.h"

/* Where every table is. */
struct places {
	struct names stage, before;
};

int
swap_tables(MYSQL *m, const char *database, struct names *out)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT TABLE_NAME FROM information_schema.TABLES WHERE ");
	query_match(&sql, "TABLE_SCHEMA", database);
	buf_text(&sql, " AND TABLE_TYPE <> 'VIEW' ORDER BY BINARY TABLE_NAME");
	rc = query_buf(m, database, &sql, &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL)
		if (row[0] != NULL && names_add(out, row[0]) != 0)
			rc = EX_OSERR;
	mysql_free_result(res);
	return rc;
}

static int
find_places(MYSQL *m, const struct swap *s, struct places *p)
{
	int rc = swap_tables(m, s->stage, &p->stage);

	if (rc == 0)
		rc = swap_tables(m, s->before, &p->before);
	return rc;
}

static void
free_places(struct places *p)
{
	names_free(&p->stage);
	names_free(&p->before);
}

int
swap_moved(MYSQL *m, const struct swap *s, bool *moved)
{
	struct places p = {0};
	int rc = find_places(m, s, &p);

	*moved = p.before.len > 0;
	for (size_t i = 0; i < s->new->len; i++)
		*moved = *moved || !names_has(&p.stage, s->new->items[i]);
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
	    "SET SESSION foreign_key_checks = 1, lock_wait_timeout = 30");
	if (rc == 0)
		rc = query_do(m, "exchange the tables", sql);
	return rc;
}

int
swap_forward(MYSQL *m, const struct swap *s)
{
	struct places p = {0};
	struct buf sql = {0};
	int rc = find_places(m, s, &p);

	for (size_t i = 0; rc == 0 && i < s->old->len; i++)
		if (!names_has(&p.before, s->old->items[i]))
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

	for (size_t i = 0; rc == 0 && i < s->new->len; i++)
		if (!names_has(&p.stage, s->new->items[i]))
			add(&sql, s->new->items[i], s->target, s->stage);
	for (size_t i = 0; rc == 0 && i < s->old->len; i++)
		if (names_has(&p.before, s->old->items[i]))
			add(&sql, s->old->items[i], s->before, s->target);
	if (rc == 0)
		rc = run(m, &sql);
	buf_free(&sql);
	free_places(&p);
	return rc;
}

/* Drop what ${query} names: the kind of each thing and its name. */
static int
drop_all(MYSQL *m, const char *database, const char *query, const char *column)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, query);
	query_match(&sql, column, database);
	rc = query_buf(m, database, &sql, &res);
	while (rc == 0 && (row = mysql_fetch_row(res)) != NULL) {
		if (row[0] == NULL || row[1] == NULL)
			continue;
		buf_printf(&sql, "DROP %s IF EXISTS ", row[0]);
		quote_name(&sql, database);
		buf_text(&sql, ".");
		quote_name(&sql, row[1]);
		rc = query_do(m, "drop what the exchange makes anew", &sql);
	}
	mysql_free_result(res);
	return rc;
}

int
swap_programs(MYSQL *m, const char *database)
{
	static const char *const queries[][2] = {
	    {"SELECT 'EVENT', EVENT_NAME FROM information_schema.EVENTS WHERE ",
		"EVENT_SCHEMA"},
	    {"SELECT 'TRIGGER', TRIGGER_NAME FROM information_schema.TRIGGERS WHERE ",
		"TRIGGER_SCHEMA"},
	    {"SELECT 'VIEW', TABLE_NAME FROM information_schema.VIEWS WHERE ", "TABLE_SCHEMA"},
	    {"SELECT ROUTINE_TYPE, ROUTINE_NAME FROM information_schema.ROUTINES WHERE ",
		"ROUTINE_SCHEMA"},
	};
	int rc = query_run(m, "session", "SET SESSION sql_notes = 0, lock_wait_timeout = 30");

	for (size_t i = 0; rc == 0 && i < sizeof(queries) / sizeof(queries[0]); i++)
		rc = drop_all(m, database, queries[i][0], queries[i][1]);
	return rc;
}
