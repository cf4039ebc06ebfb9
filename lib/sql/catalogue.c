/*
 * Everything is ordered by the bytes of its name, so that two servers agree on the order.
 */
#include "sql/catalogue.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "sql/query.h"
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
	return buf_string(&b) != NULL ? b.data : NULL;
}

static bool
selected(const struct selection *s, const char *table)
{
	if (s->tables == NULL)
		return true;
	for (size_t i = 0; i < s->ntables; i++)
		if (strcmp(s->tables[i], table) == 0)
			return true;
	return false;
}

static int
read_database(MYSQL *m, struct catalogue *c)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	buf_text(&sql, "SELECT DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME "
		       "FROM information_schema.SCHEMATA WHERE ");
	query_match(&sql, "SCHEMA_NAME", c->database);
	rc = query_buf(m, c->database, &sql, &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	if (row == NULL) {
		warnx("%s: no such database, or no right to see it", c->database);
		rc = EX_DATAERR;
	} else if ((c->charset = copy(row[0])) == NULL ||
		   (c->collation = copy(row[1])) == NULL) {
		rc = EX_OSERR;
	}
	mysql_free_result(res);
	return rc;
}

/* Engines that keep no rows of their own: their tables are dumped without. */
static bool
engine_has_rows(const char *engine)
{
	static const char *const without[] = {"MRG_MyISAM", "FEDERATED", "BLACKHOLE",
	    "SEQUENCE", "PERFORMANCE_SCHEMA", "CONNECT"};

	for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
		if (strcasecmp(engine, without[i]) == 0)
			return false;
	return true;
}

static int
read_tables(MYSQL *m, struct catalogue *c, const struct selection *s)
{
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	struct table *t;
	int rc;

	/* Sequences first, because defaults may name them; views last. */
	buf_text(&sql,
	    "SELECT t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE, t.TABLE_ROWS, t.DATA_LENGTH,"
	    " e.TRANSACTIONS FROM information_schema.TABLES t"
	    " LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE ");
	query_match(&sql, "t.TABLE_SCHEMA", c->database);
	buf_text(&sql, " ORDER BY t.TABLE_TYPE = 'SEQUENCE' DESC, t.TABLE_TYPE LIKE '%VIEW',"
		       " BINARY t.TABLE_NAME");
	rc = query_buf(m, c->database, &sql, &res);
	if (rc != 0)
		return rc;
	c->tables = calloc(mysql_num_rows(res) + 1, sizeof(*c->tables));
	if (c->tables == NULL) {
		warn("catalogue");
		rc = EX_OSERR;
		goto out;
	}
	while ((row = mysql_fetch_row(res)) != NULL) {
		if (row[0] == NULL || !selected(s, row[0]))
			continue;
		t = &c->tables[c->ntables];
		t->kind = row[1] == NULL                    ? CATALOGUE_TABLE
			  : strcmp(row[1], "SEQUENCE") == 0 ? CATALOGUE_SEQUENCE
			  : strstr(row[1], "VIEW") != NULL  ? CATALOGUE_VIEW
							    : CATALOGUE_TABLE;
		if (t->kind == CATALOGUE_VIEW && s->no_views)
			continue;
		c->ntables++;
		t->database = c->database;
		t->name = copy(row[0]);
		t->engine = copy(row[2]);
		t->label = label(t->kind == CATALOGUE_VIEW       ? "view"
				 : t->kind == CATALOGUE_SEQUENCE ? "sequence"
								 : "table",
		    c->database, row[0]);
		if (t->name == NULL || t->engine == NULL || t->label == NULL) {
			rc = EX_OSERR;
			goto out;
		}
		/* A table whose engine the server does not say is broken: see columns_read. */
		t->transactional = row[5] != NULL && strcmp(row[5], "YES") == 0;
		t->rows =
		    t->kind == CATALOGUE_TABLE && !s->no_data && engine_has_rows(t->engine);
		t->est_rows = row[3] != NULL ? strtoull(row[3], NULL, 10) : 0;
		t->est_bytes = row[4] != NULL ? strtoull(row[4], NULL, 10) : 0;
	}
	for (size_t i = 0; i < s->ntables; i++) {
		size_t k;

		for (k = 0; k < c->ntables && strcmp(c->tables[k].name, s->tables[i]) != 0; k++)
			;
		if (k == c->ntables) {
			warnx("%s: no table or view \"%s\"", c->database, s->tables[i]);
			rc = EX_DATAERR;
		}
	}
out:
	mysql_free_result(res);
	return rc;
}

/* Append what ${sql} lists (type, name, table) to the programs. */
static int
add_programs(MYSQL *m, struct catalogue *c, struct buf *sql, const struct selection *s)
{
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	struct program *p;
	char type[32];
	int rc;

	rc = query_buf(m, c->database, sql, &res);
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
		if (row[2] != NULL && !selected(s, row[2]))
			continue;
		p = &c->programs[c->nprograms++];
		memset(p, 0, sizeof(*p));
		p->database = c->database;
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
	if (!s->no_routines && s->tables == NULL) {
		buf_text(&sql, "SELECT ROUTINE_TYPE, ROUTINE_NAME, NULL FROM "
			       "information_schema.ROUTINES WHERE ");
		query_match(&sql, "ROUTINE_SCHEMA", c->database);
		buf_text(&sql,
		    " ORDER BY FIELD(ROUTINE_TYPE, 'FUNCTION', 'PROCEDURE', 'PACKAGE',"
		    " 'PACKAGE BODY'), BINARY ROUTINE_NAME");
		rc = add_programs(m, c, &sql, s);
	}
	if (rc == 0 && !s->no_triggers) {
		buf_text(&sql, "SELECT 'TRIGGER', TRIGGER_NAME, EVENT_OBJECT_TABLE FROM "
			       "information_schema.TRIGGERS WHERE ");
		query_match(&sql, "TRIGGER_SCHEMA", c->database);
		buf_text(&sql, " ORDER BY BINARY EVENT_OBJECT_TABLE, ACTION_TIMING,"
			       " EVENT_MANIPULATION, ACTION_ORDER");
		rc = add_programs(m, c, &sql, s);
	}
	if (rc == 0 && !s->no_events && s->tables == NULL) {
		buf_text(&sql,
		    "SELECT 'EVENT', EVENT_NAME, NULL FROM information_schema.EVENTS WHERE ");
		query_match(&sql, "EVENT_SCHEMA", c->database);
		buf_text(&sql, " ORDER BY BINARY EVENT_NAME");
		rc = add_programs(m, c, &sql, s);
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
	free(c->tables);
	free(c->programs);
	free(c->database);
	free(c->charset);
	free(c->collation);
	free(c);
}
