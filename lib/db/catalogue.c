/*
 * Everything is ordered by the bytes of its name, so that two servers agree on the order.
 */
#include "db/catalogue.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/plain.h"
#include "db/query.h"
#include "sql/quote.h"

static char *
copy(const char *text)
{
	char *s = strdup(text != NULL ? text : "");

	if (s == NULL)
		warn("catalogue");
	return s;
}

/* "table `db`.`name`" */
static char *
label(const char *type, const char *database, const char *name)
{
	struct buf b = {0};

	buf_text(&b, type);
	buf_text(&b, " ");
	quote_name(&b, database);
	buf_text(&b, ".");
	quote_name(&b, name);
	return buf_string(&b) != NULL ? plain_text(b.data) : NULL;
}

/* Whether ${table} is among the tables that were read. */
static bool
has_table(const struct catalogue *c, const char *table)
{
	for (size_t i = 0; i < c->ntables; i++)
		if (strcmp(c->tables[i].name, table) == 0)
			return true;
	return false;
}

static int
read_database(MYSQL *m, struct catalogue *c)
{
	const unsigned long version = mysql_get_server_version(m);
	const bool mariadb = mariadb_connection(m);
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_printf(&sql,
	    "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME, %s, %s "
	    "FROM information_schema.SCHEMATA WHERE ",
	    mariadb && version >= 100500 ? "SCHEMA_COMMENT" : "''",
	    !mariadb && version >= 80016 ? "DEFAULT_ENCRYPTION" : "'NO'");
	query_match(&sql, "SCHEMA_NAME", c->database);
	rc = query_buf(m, c->database, &sql, "tttt", &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL) {
		warnx("%s: no such database, or no right to see it", c->database);
		rc = EX_DATAERR;
	} else if ((c->charset = copy(row[0])) == NULL ||
		   (c->collation = copy(row[1])) == NULL ||
		   (c->comment = copy(row[2])) == NULL) {
		rc = EX_OSERR;
	}
	c->encrypted = row != NULL && strcmp(row[3], "YES") == 0;
	mysql_free_result(res);
	return rc;
}

/* Engines that keep no rows of their own: their tables are dumped without. */
static bool
engine_has_rows(const char *engine)
{
	static const char *const without[] = {"MRG_MyISAM", "FEDERATED", "BLACKHOLE",
	    "SEQUENCE", "PERFORMANCE_SCHEMA", "CONNECT", "SPIDER", "OQGRAPH"};

	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (strcasecmp(engine, without[i]) == 0)
			return false;
	return true;
}

/* What becomes of a table. */
enum fate { UNNAMED, IGNORED, EMPTIED, TAKEN };

/* Decide by ${s} on each of the ${n} tables whose names are the first column of ${res}. */
static int
decide(
    const struct selection *s, const char *database, MYSQL_RES *res, size_t n, enum fate *fates)
{
	struct picks tables = s->tables, ignored = s->ignored, emptied = s->ignored_rows;
	const char **names = calloc(n + 1, sizeof(*names));
	bool *marks = calloc(n + 1, sizeof(*marks));
	int rc = EX_OSERR;

	if (names == NULL || marks == NULL) {
		warn("catalogue");
		goto out;
	}
	for (size_t i = 0; i < n; i++)
		names[i] = mysql_fetch_row(res)[0];
	mysql_data_seek(res, 0);
	selection_mark(&tables, NULL, false, names, n, marks);
	for (size_t i = 0; i < n; i++)
		fates[i] = tables.n == 0 || marks[i] ? TAKEN : UNNAMED;
	selection_mark(&emptied, database, s->several, names, n, marks);
	for (size_t i = 0; i < n; i++)
		fates[i] = fates[i] == TAKEN && marks[i] ? EMPTIED : fates[i];
	selection_mark(&ignored, database, s->several, names, n, marks);
	for (size_t i = 0; i < n; i++)
		fates[i] = fates[i] != UNNAMED && marks[i] ? IGNORED : fates[i];
	rc = 0;
out:
	free(names);
	free(marks);
	return rc;
}

/* Append to ${c} the table that ${row} of read_tables tells of, unless its kind is left out. */
static int
add_table(struct catalogue *c, const MYSQL_ROW row, const struct selection *s, bool emptied)
{
	struct table *t = &c->tables[c->ntables];

	t->kind = row[1] == NULL                    ? CATALOGUE_TABLE
		  : strcmp(row[1], "SEQUENCE") == 0 ? CATALOGUE_SEQUENCE
		  : strstr(row[1], "VIEW") != NULL  ? CATALOGUE_VIEW
						    : CATALOGUE_TABLE;
	if (t->kind == CATALOGUE_VIEW && s->no_views)
		return 0;
	c->ntables++;
	t->database = c->database;
	t->name = copy(row[0]);
	t->engine = copy(row[2]);
	t->label = label(t->kind == CATALOGUE_VIEW       ? "view"
			 : t->kind == CATALOGUE_SEQUENCE ? "sequence"
							 : "table",
	    c->database, row[0]);
	if (t->name == NULL || t->engine == NULL || t->label == NULL)
		return EX_OSERR;
	/* A table whose engine the server does not say is broken: see columns_read. */
	t->transactional = row[5] != NULL && strcmp(row[5], "YES") == 0;
	t->rows = t->kind == CATALOGUE_TABLE && !s->no_data && engine_has_rows(t->engine);
	t->emptied = t->rows && emptied;
	t->rows = t->rows && !emptied;
	t->history = t->rows && !s->no_history && row[1] != NULL &&
		     strcmp(row[1], "SYSTEM VERSIONED") == 0;
	t->where = s->where;
	t->est_rows = row[3] != NULL ? strtoull(row[3], NULL, 10) : 0;
	t->est_bytes = row[4] != NULL ? strtoull(row[4], NULL, 10) : 0;
	return 0;
}

static int
read_tables(MYSQL *m, struct catalogue *c, const struct selection *s)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	enum fate *fates = NULL;
	size_t n;
	int rc;

	/* Sequences first, because defaults may name them; views last. */
	buf_text(&sql,
	    "SELECT t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE, t.TABLE_ROWS, t.DATA_LENGTH,"
	    " e.TRANSACTIONS FROM information_schema.TABLES t"
	    " LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE ");
	query_match(&sql, "t.TABLE_SCHEMA", c->database);
	buf_text(&sql, " ORDER BY t.TABLE_TYPE = 'SEQUENCE' DESC, t.TABLE_TYPE LIKE '%VIEW',"
		       " BINARY t.TABLE_NAME");
	rc = query_buf(m, c->database, &sql, "t?????", &res);
	if (rc != 0)
		return rc;
	n = mysql_num_rows(res);
	c->tables = calloc(n + 1, sizeof(*c->tables));
	fates = calloc(n + 1, sizeof(*fates));
	if (c->tables == NULL || fates == NULL) {
		warn("catalogue");
		rc = EX_OSERR;
	}
	if (rc == 0)
		rc = decide(s, c->database, res, n, fates);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		row = mysql_fetch_row(res);
		if (fates[i] >= EMPTIED)
			rc = add_table(c, row, s, fates[i] == EMPTIED);
		else if (fates[i] == IGNORED && names_add(&c->ignored, row[0]) != 0)
			rc = EX_OSERR;
	}
	free(fates);
	mysql_free_result(res);
	return rc;
}

/* Append what ${sql} lists (type, name, table) to the programs. */
static int
add_programs(MYSQL *m, struct catalogue *c, struct buf *sql)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	struct program *p;
	char type[32];
	int rc;

	rc = query_buf(m, c->database, sql, "tt?", &res);
	if (rc != 0)
		return rc;
	p = reallocarray(c->programs, c->nprograms + mysql_num_rows(res) + 1, sizeof(*p));
	if (p == NULL) {
		warn("catalogue");
		rc = EX_OSERR;
		goto out;
	}
	c->programs = p;
	while ((row = mysql_fetch_row(res)) != NULL) {
		if (row[2] != NULL && !has_table(c, row[2]))
			continue;
		p = &c->programs[c->nprograms++];
		memset(p, 0, sizeof(*p));
		p->database = c->database;
		p->collation = c->collation;
		p->type = copy(row[0]);
		p->name = copy(row[1]);
		p->table = row[2] != NULL ? copy(row[2]) : NULL;
		strlcpy(type, row[0], sizeof(type));
		for (char *q = type; *q != '\0'; q++)
			*q = *q >= 'A' && *q <= 'Z' ? (char)(*q | 32) : *q;
		p->label = label(type, c->database, row[1]);
		if (p->type == NULL || p->name == NULL || p->label == NULL ||
		    (row[2] != NULL && p->table == NULL)) {
			rc = EX_OSERR;
			goto out;
		}
	}
out:
	mysql_free_result(res);
	return rc;
}

static int
read_programs(MYSQL *m, struct catalogue *c, const struct selection *s)
{
	struct buf sql = {0};
	int rc = 0;

	/* Chosen tables come with their triggers; routines and events belong to the whole. */
	if (!s->no_routines && s->tables.n == 0) {
		buf_text(&sql, "SELECT ROUTINE_TYPE, ROUTINE_NAME, NULL FROM "
			       "information_schema.ROUTINES WHERE ");
		query_match(&sql, "ROUTINE_SCHEMA", c->database);
		buf_text(&sql,
		    " ORDER BY FIELD(ROUTINE_TYPE, 'FUNCTION', 'PROCEDURE', 'PACKAGE',"
		    " 'PACKAGE BODY'), BINARY ROUTINE_NAME");
		rc = add_programs(m, c, &sql);
	}
	if (rc == 0 && !s->no_triggers) {
		buf_text(&sql, "SELECT 'TRIGGER', TRIGGER_NAME, EVENT_OBJECT_TABLE FROM "
			       "information_schema.TRIGGERS WHERE ");
		query_match(&sql, "TRIGGER_SCHEMA", c->database);
		buf_text(&sql, " ORDER BY BINARY EVENT_OBJECT_TABLE, ACTION_TIMING,"
			       " EVENT_MANIPULATION, ACTION_ORDER");
		rc = add_programs(m, c, &sql);
	}
	if (rc == 0 && !s->no_events && s->tables.n == 0) {
		buf_text(&sql,
		    "SELECT 'EVENT', EVENT_NAME, NULL FROM information_schema.EVENTS WHERE ");
		query_match(&sql, "EVENT_SCHEMA", c->database);
		buf_text(&sql, " ORDER BY BINARY EVENT_NAME");
		rc = add_programs(m, c, &sql);
	}
	return rc;
}

int
catalogue_read(
    MYSQL *m, const char *database, const struct selection *s, struct catalogue **out)
{
	struct catalogue *c = calloc(1, sizeof(*c));
	int rc = EX_OSERR;

	if (c == NULL || (c->database = copy(database)) == NULL)
		goto out;
	rc = read_database(m, c);
	if (rc == 0)
		rc = read_tables(m, c, s);
	if (rc == 0)
		rc = read_programs(m, c, s);
	if (rc == 0) {
		*out = c;
		c = NULL;
	}
out:
	catalogue_free(c);
	return rc;
}

void
catalogue_free(struct catalogue *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->ntables; i++) {
		struct table *t = &c->tables[i];

		free(t->name);
		free(t->label);
		free(t->engine);
		free(t->columns);
		free(t->select);
		free(t->from);
		free(t->insert);
		free(t->order);
		free(t->key);
	}
	for (size_t i = 0; i < c->nprograms; i++) {
		struct program *p = &c->programs[i];

		free(p->type);
		free(p->name);
		free(p->table);
		free(p->label);
	}
	names_free(&c->ignored);
	free(c->tables);
	free(c->programs);
	free(c->database);
	free(c->charset);
	free(c->collation);
	free(c->comment);
	free(c);
}
