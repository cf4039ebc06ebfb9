#include "db/turns.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db/query.h"
#include "sql/quote.h"
#include "sql/replay.h"
#include "db/script.h"
#include "sql/strip.h"

/* A walk over the statements of an epoch; what is in the way of rows is stepped over. */
struct walk {
	struct turn *t;
	const struct epoch *e;
	struct replay *replay;
	size_t part; /* the next one */
	uint64_t sum;
	struct turn_table *tables; /* the first turn's */
	char **settings;
	bool changed; /* settings, since they were looked at */
};

int
turn_open(struct turn *t, struct login *login, const struct turn_options *o)
{
	int rc;

	*t = (struct turn){.o = *o,
	    .send = {.name = o->source->name,
		.into = o->fixed ? o->into : NULL,
		.allow_warnings = o->allow_warnings}};
	t->guard = guard_new(o->into, o->fixed, &o->server);
	t->current = strdup("");
	if (t->guard == NULL || t->current == NULL)
		return EX_OSERR;
	if (o->script != NULL)
		return 0;
	rc = login_connect(login, o->fixed ? o->into : NULL, false, &t->send.m);
	return rc == 0 ? send_begin(&t->send, o->foreign) : rc;
}

/* The text of a SET statement for a session like this one, but for what loading rows needs. */
static int
look_at_settings(struct walk *w, char **out)
{
	static const char *const names[] = {"sql_mode", "time_zone", "character_set_client",
	    "character_set_connection", "collation_connection", "check_constraint_checks",
	    "system_versioning_insert_history"};
	const struct token_server *v = &w->t->o.server;
	const unsigned int texts = 5, n = !v->mariadb || v->version < 100200 ? texts
					  : v->version < 101100              ? 6
									     : 7;
	static const char any[] = "???????";
	struct buf sql = {0};
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc;

	for (unsigned int i = 0; i < n; i++)
		buf_printf(&sql, "%s@@SESSION.%s", i == 0 ? "SELECT " : ", ", names[i]);
	rc = query_buf(w->t->send.m, "settings of the session", &sql, &any[7 - n], &res);
	if (rc != 0)
		return rc;
	row = mysql_fetch_row(res);
	for (unsigned int i = 0; i < n && row != NULL; i++) {
		buf_printf(&sql, "%sSESSION %s = ", i == 0 ? "SET " : ", ", names[i]);
		if (i >= texts && row[i] != NULL) /* a number, which takes no quotes */
			buf_text(&sql, strcmp(row[i], "0") == 0 ? "0" : "1");
		else
			quote_text(&sql, row[i] != NULL ? row[i] : "",
			    row[i] != NULL ? strlen(row[i]) : 0);
	}
	mysql_free_result(res);
	*out = NULL;
	if (buf_string(&sql) != NULL && (*out = strdup(sql.data)) == NULL)
		warn("settings of the session");
	buf_free(&sql);
	return *out != NULL ? 0 : EX_OSERR;
}

/* Where the epoch ends. */
static uint64_t
end_of(const struct walk *w)
{
	const struct parts *p = w->t->o.parts;

	return w->e == &p->epochs[p->epochs_len - 1] ? UINT64_MAX : w->e[1].from.offset;
}

/* Rows begin: remember in which session, and go on behind them. */
static int
pass_part(struct walk *w, bool *more)
{
	const struct part *p = &w->t->o.parts->parts[w->part];
	int rc = 0;

	if (w->settings != NULL && w->changed) {
		rc = look_at_settings(w, &w->settings[w->part]);
		w->changed = false;
	}
	w->part++;
	*more = p->next.offset > 0;
	return rc == 0 && *more ? replay_move(w->replay, &p->next, end_of(w)) : rc;
}

static int
send(struct walk *w, const struct lex_statement *s)
{
	struct buf *script = w->t->o.script;

	return script != NULL ? script_add(script, s) : send_statement(&w->t->send, s);
}

/* Whether rows of the table that ${st} names follow in this epoch; ${*i}: which one it is. */
static bool
has_rows(const struct walk *w, const struct statement *st, size_t *i)
{
	const struct parts *all = w->t->o.parts;
	const struct part_table *t = parts_table(all, w->t->current, st);

	if (t == NULL)
		return false;
	*i = (size_t)(t - all->tables);
	return *i >= w->e->first_table && *i < w->e->first_table + w->e->tables;
}

/* Keep what was taken out of a CREATE TABLE. */
static int
keep(struct turn_table *t, const struct strip *s)
{
	const char *p = s->fulltext.data, *end = p != NULL ? p + s->fulltext.len : NULL;

	if (s->indexes.len > 0 &&
	    (t->indexes = strndup(s->indexes.data, s->indexes.len)) == NULL)
		return EX_OSERR;
	if (s->foreign.len > 0 &&
	    (t->foreign = strndup(s->foreign.data, s->foreign.len)) == NULL)
		return EX_OSERR;
	for (const char *at = p; at < end; at += strlen(at) + 1)
		t->fulltexts++;
	t->fulltext = calloc(t->fulltexts + 1, sizeof(*t->fulltext));
	for (size_t i = 0; t->fulltext != NULL && i < t->fulltexts; i++, p += strlen(p) + 1)
		if ((t->fulltext[i] = strdup(p)) == NULL)
			return EX_OSERR;
	return t->fulltext != NULL ? 0 : EX_OSERR;
}

static int
send_table(struct walk *w, const struct lex_statement *s, const struct statement *st)
{
	struct lex_statement bare = *s;
	size_t i;
	const bool rows = has_rows(w, st, &i), loaded = rows && w->tables[i].loaded;
	struct strip strip;
	int rc;

	if (!rows || !st->creates || !st->table ||
	    w->t->o.parts->tables[i].bytes < w->t->o.large ||
	    !strip_table(s, &w->t->o.server, &strip))
		return loaded ? 0 : send(w, s);
	bare.text = strip.create.data;
	bare.len = strip.create.len;
	rc = loaded ? 0 : send(w, &bare);
	w->tables[i].line = s->line;
	w->tables[i].column = s->column;
	if (rc == 0 && (rc = keep(&w->tables[i], &strip)) != 0)
		warnx("out of memory");
	strip_free(&strip);
	return rc;
}

/*
 * Whether ${st} enters, makes, changes or drops the database by its other name, and nothing else:
 * what is loaded beside a database does not touch it.
 */
static bool
is_about_alias(const struct turn *t, const struct statement *st)
{
	return t->o.alias != NULL && *st->name == '\0' &&
	       (strcmp(st->whole, t->o.alias) == 0 || strcmp(st->database, t->o.alias) == 0);
}

/* ${rc} is how the server took ${st}. */
static int
made(const struct walk *w, const struct statement *st, int rc)
{
	return rc == 0 && st->creates && w->t->o.made != NULL
		   ? tables_made(w->t->o.made, st->name)
		   : rc;
}

/* One statement that is in no part. */
static int
take(struct walk *w, const struct lex_statement *s)
{
	struct turn *t = w->t;
	const bool first = w->tables != NULL;
	struct statement st;
	char *current;

	w->sum = parts_sum(w->sum, s);
	statement_read(s, &t->o.server, &st);
	if (is_about_alias(t, &st)) {
		*t->current = '\0';
		return 0;
	}
	if (guard_check(t->guard, s) != 0)
		return guard_report(t->guard, s, t->send.name);
	switch (st.kind) {
	case STATEMENT_SETTING:
		w->changed = true;
		if (*st.database != '\0') {
			if ((current = strdup(st.database)) == NULL) {
				warn("%s", t->send.name);
				return EX_OSERR;
			}
			free(t->current);
			t->current = current;
		}
		return send(w, s);
	case STATEMENT_TABLE: return first ? made(w, &st, send_table(w, s, &st)) : 0;
	case STATEMENT_ROWS: /* a sequence's, or such with a query */
	case STATEMENT_OTHER: return first ? made(w, &st, send(w, s)) : 0;
	case STATEMENT_LATE:
		return first || t->o.programs == (st.program ? PROGRAMS_NOT : PROGRAMS_ALONE)
			   ? 0
			   : send(w, s);
	case STATEMENT_NOTHING: return 0;
	}
	return 0;
}

static int
walk(struct walk *w)
{
	const struct parts *p = w->t->o.parts;
	const size_t parts_end = w->e->first_part + w->e->parts;
	struct lex_statement s;
	bool more = true;
	int rc;

	w->part = w->e->first_part;
	w->changed = true;
	rc = replay_open(w->t->o.source, &w->e->from, end_of(w), &w->replay);
	while (rc == 0 && more && (rc = replay_next(w->replay, &s)) == 0 && s.text != NULL) {
		if (w->part < parts_end && s.offset == p->parts[w->part].from.offset)
			rc = pass_part(w, &more);
		else
			rc = take(w, &s);
	}
	replay_free(w->replay);
	if (rc == 0 && (w->sum != w->e->sum || w->part != parts_end)) {
		warnx(
		    "%s: the second reading gave other bytes than the first", w->t->send.name);
		rc = EX_DATAERR;
	}
	/* What this session has touched is locked for the others until then. */
	if (rc == 0 && w->t->send.m != NULL && mysql_commit(w->t->send.m) != 0)
		rc = login_fail(w->t->send.m, "commit");
	return rc;
}

int
turn_first(struct turn *t, const struct epoch *e, struct turn_table *tables, char **settings)
{
	struct walk w = {.t = t, .e = e, .tables = tables, .settings = settings};

	return walk(&w);
}

int
turn_last(struct turn *t, const struct epoch *e)
{
	struct walk w = {.t = t, .e = e};

	return walk(&w);
}

int
turn_close(struct turn *t, bool commit)
{
	int rc = commit && t->send.m != NULL ? send_end(&t->send) : 0;

	mysql_close(t->send.m);
	guard_free(t->guard);
	free(t->current);
	*t = (struct turn){0};
	return rc;
}

void
turn_table_free(struct turn_table *t)
{
	for (size_t i = 0; t->fulltext != NULL && i < t->fulltexts; i++)
		free(t->fulltext[i]);
	free(t->fulltext);
	free(t->indexes);
	free(t->foreign);
}
