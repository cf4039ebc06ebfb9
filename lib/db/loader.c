#include "db/loader.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db/query.h"
#include "sql/quote.h"

void
loader_init(struct loader *w, const struct loaders_options *o, _Atomic uint64_t *done)
{
	*w = (struct loader){.o = o,
	    .bulk = {.send = {.name = o->source->name,
			 .allow_warnings = o->allow_warnings,
			 .compared = o->compared},
		.source = o->source,
		.server = o->server,
		.no_load = *o->no_load,
		.done = done}};
}

int
loader_connect(struct loader *w)
{
	MYSQL *m;
	int rc = login_connect(w->o->login, NULL, true, &w->bulk.send.m);

	if (rc != 0)
		return rc;
	m = w->bulk.send.m;
	rc = query_run(m, "session",
	    "SET SESSION sql_notes = 0, autocommit = 0, foreign_key_checks = 0, "
	    "max_error_count = 65534");
	return rc;
}

/* Let the session be the one that ${settings} makes, in the database of ${table}. */
static int
prepare(struct loader *w, size_t table, const char *settings)
{
	const struct part_table *t = &w->o->parts->tables[table];
	const char *database = *t->database != '\0' ? t->database : w->o->into;
	MYSQL *m = w->bulk.send.m;
	int rc = 0;

	if (settings != w->settings)
		rc = query_run(m, "settings of the session", settings);
	w->settings = settings;
	w->bulk.database = database;
	w->bulk.send.into = w->o->into;
	if (rc == 0 && mysql_select_db(m, database) != 0)
		rc = login_fail(m, database);
	return rc;
}

int
loader_part(
    struct loader *w, size_t table, size_t part, const char *settings, struct loader_table *t)
{
	atomic_bool never = false;
	int rc = prepare(w, table, settings);

	/* In another session the same literals may be other values. */
	w->bulk.fields =
	    t != NULL && t->fields.fit && t->settings == settings ? &t->fields : NULL;
	w->bulk.client = t != NULL ? t->client : NULL;
	if (rc == 0)
		rc = bulk_part(&w->bulk, &w->o->parts->parts[part], &w->o->parts->tables[table],
		    t != NULL ? &t->wanted : &never);
	return rc;
}

/* The character set that the rows are written in, where LOAD DATA can take it. */
static int
client_charset(MYSQL *m, const char **out)
{
	static const char *const known[] = {
	    "utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", NULL};
	char *value = NULL;
	/* With that mode, '' of an INSERT is NULL. */
	int rc = query_value(m, "character set",
	    "SELECT IF(@@sql_mode LIKE '%EMPTY_STRING_IS_NULL%', NULL, @@character_set_client)",
	    &value);

	*out = NULL;
	if (rc == 0 && value == NULL)
		return 0;
	for (size_t i = 0; rc == 0 && value != NULL && known[i] != NULL; i++)
		if (strcmp(known[i], value) == 0)
			*out = known[i];
	free(value);
	return rc;
}

int
loader_look(struct loader *w, size_t table, const char *settings, struct loader_table *t)
{
	MYSQL *m = w->bulk.send.m;
	int rc = prepare(w, table, settings);

	t->settings = settings;
	if (rc == 0)
		rc = client_charset(m, &t->client);
	if (rc == 0 && t->client != NULL)
		rc = fields_read(m, w->bulk.database, w->o->parts->tables[table].name,
		    t->client, &t->fields);
	t->wanted = t->fields.fit;
	return rc;
}

/* Change the table ${i} of the plan; what goes wrong is said of its CREATE TABLE. */
static int
alter(struct loader *w, size_t i, const char *what)
{
	const struct part_table *t = &w->o->parts->tables[i];
	const struct turn_table *made = &w->o->tables[i];
	struct lex_statement s = {.line = made->line, .column = made->column};
	struct buf sql = {0};
	int rc = EX_OSERR;

	buf_text(&sql, "ALTER TABLE ");
	quote_name(&sql, t->name);
	buf_text(&sql, " ");
	buf_text(&sql, what);
	if ((s.text = buf_string(&sql)) != NULL) {
		s.len = sql.len;
		rc = send_statement(&w->bulk.send, &s);
	}
	buf_free(&sql);
	return rc;
}

int
loader_index(struct loader *w, size_t table)
{
	const struct turn_table *add = &w->o->tables[table];
	int rc = 0;

	if (add->indexes != NULL)
		rc = alter(w, table, add->indexes);
	for (size_t i = 0; rc == 0 && i < add->fulltexts; i++)
		rc = alter(w, table, add->fulltext[i]);
	return rc;
}

int
loader_foreign(struct loader *w, size_t table, const char *settings)
{
	int rc = 0;

	if (w->o->tables[table].foreign == NULL)
		return 0;
	if (w->bulk.send.m == NULL)
		rc = loader_connect(w);
	if (rc == 0)
		rc = prepare(w, table, settings);
	return rc == 0 ? alter(w, table, w->o->tables[table].foreign) : rc;
}

void
loader_close(struct loader *w)
{
	bulk_end(&w->bulk);
	mysql_close(w->bulk.send.m);
	w->bulk.send.m = NULL;
}
