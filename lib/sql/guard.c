#include "sql/guard.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/plain.h"
#include "sql/guard_parts.h"
#include "sql/outside.h"

int
guard_refuse(struct guard *g, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(g->error, sizeof(g->error), format, ap);
	va_end(ap);
	plain_text(g->error);
	return -1;
}

/* Nothing is wrong with the dump. */
static int
no_memory(struct guard *g)
{
	g->code = EX_OSERR;
	return guard_refuse(g, "out of memory");
}

int
guard_remember(struct guard *g, struct names *names, const char *name)
{
	return names_add(names, name) == 0 ? 0 : no_memory(g);
}

struct guard *
guard_new(const char *target, bool fixed, const struct token_server *server)
{
	struct guard *g = calloc(1, sizeof(*g));

	if (g != NULL && target != NULL && (g->target = strdup(target)) == NULL) {
		free(g);
		g = NULL;
	}
	if (g == NULL) {
		warn("dump");
		return NULL;
	}
	g->fixed = fixed;
	g->server = *server;
	return g;
}

bool
guard_server_own(const char *name)
{
	return strcasecmp(name, "mysql") == 0 || strcasecmp(name, "sys") == 0 ||
	       strcasecmp(name, "information_schema") == 0 ||
	       strcasecmp(name, "performance_schema") == 0;
}

int
guard_inside(struct guard *g, const struct token *t, bool own)
{
	char name[GUARD_NAME];

	if (token_name(t, name, sizeof(name)) != 0 || *name == '\0')
		return guard_refuse(g, "a database's name is missing or too long");
	if (guard_server_own(name))
		return guard_refuse(g, "the server's own database `%s` is named", name);
	for (const char *c = name; g->session.now.bytes && *c != '\0'; c++)
		if ((uint8_t)*c >= 0x80)
			return guard_refuse(
			    g, "database `%s` is named in another character set", name);
	if (g->target != NULL && strcmp(name, g->target) == 0)
		return g->fixed ? 0 : guard_remember(g, &g->databases, name);
	if (!g->fixed && (own || names_has(&g->databases, name)))
		return guard_remember(g, &g->databases, name);
	if (g->target != NULL)
		return guard_refuse(
		    g, "database `%s` is named; only `%s` may be touched", name, g->target);
	return guard_refuse(g, "database `%s` is named before its USE", name);
}

/* A query: through a view, it would ask whatever the view names. */
static int
query(struct guard *g)
{
	g->query = true;
	return g->views.len == 0 || g->alters
		   ? 0
		   : guard_refuse(g, "a query behind a view's definition");
}

int
guard_names(struct guard *g, struct token t, const char *computed)
{
	struct token last = {0}, before = {0}, next;
	struct tokens rest;
	static const char *const parts_of_table[] = {"column", "index", "key", NULL};
	bool computing = false, named;

	while (t.kind != TOKEN_END) {
		named = last.kind == TOKEN_WORD || last.kind == TOKEN_NAME;
		/* In `@@a.b` and behind another dot it is no database. */
		if (token_mark(&t, '.') && named && !token_mark(&before, '@') &&
		    !token_mark(&before, '.')) {
			rest = g->tokens;
			next = token_next(&rest);
			/* `DEFAULT .5` is a word and a number. */
			if ((last.text + last.len == t.text || next.kind != TOKEN_NUMBER) &&
			    guard_inside(g, &last, false) != 0)
				return -1;
		}
		if (token_mark(&t, '(') && computing && named && !token_is(&last, computed))
			return guard_refuse(
			    g, "a function is called behind a routine's definition");
		if (outside_words(&last, &t, g->tokens, g->error, sizeof(g->error)) != 0) {
			plain_text(g->error);
			return -1;
		}
		if ((token_is(&t, "select") || token_is(&t, "table")) && query(g) != 0)
			return -1;
		if (g->alters && token_is(&last, "rename") && !token_among(&t, parts_of_table))
			return guard_refuse(g, "a table is renamed");
		if (computed != NULL && (token_is(&t, computed) || token_is(&t, "select") ||
					    token_is(&t, "value") || token_is(&t, "set")))
			computing = true;
		before = last;
		last = t;
		if (t.kind != TOKEN_WORD && t.kind != TOKEN_NAME)
			token_skip_data(&g->tokens);
		t = token_next(&g->tokens);
	}
	return 0;
}

/* What an object is called here: its database, unless that is the target, and its name. */
static void
make_key(struct guard *g, const char *database, const char *name, char *key)
{
	if (g->target != NULL && strcmp(database, g->target) == 0)
		database = "";
	snprintf(key, GUARD_KEY, "%s%s%s", database, *database != '\0' ? "." : "", name);
	/* Some servers fold the case of names. */
	for (; *key != '\0'; key++)
		*key = (char)(*key >= 'A' && *key <= 'Z' ? *key | 32 : *key);
}

int
guard_object(struct guard *g, struct token *t, char *key)
{
	char base[GUARD_NAME], name[GUARD_NAME];
	struct token first = *t;

	strlcpy(base, g->current != NULL ? g->current : "", sizeof(base));

	*t = token_next(&g->tokens);
	if (token_mark(t, '.')) {
		if (guard_inside(g, &first, false) != 0)
			return -1;
		token_name(&first, base, sizeof(base));
		first = token_next(&g->tokens);
		*t = token_next(&g->tokens);
	}
	if (key != NULL && (token_name(&first, name, sizeof(name)) != 0 || *name == '\0'))
		return guard_refuse(g, "a name is missing or too long");
	if (key != NULL)
		make_key(g, base, name, key);
	return 0;
}

static int
rows(struct guard *g)
{
	static const char *const modifiers[] = {
	    "into", "ignore", "low_priority", "delayed", "high_priority", NULL};
	struct token t;
	char key[GUARD_KEY];

	do
		t = token_next(&g->tokens);
	while (token_among(&t, modifiers));
	if (guard_object(g, &t, key) != 0)
		return -1;
	if (names_has(&g->triggers, key))
		return guard_refuse(g, "rows for table `%s` behind its trigger", key);
	if (names_has(&g->views, key))
		return guard_refuse(g, "rows for view `%s`", key);
	return guard_names(g, t, g->routines ? "values" : NULL);
}

/* DO SETVAL(name, numbers …): the state of a sequence. */
static bool
setval(struct guard *g)
{
	struct token t = token_next(&g->tokens);

	if (!token_is(&t, "setval"))
		return false;
	t = token_next(&g->tokens);
	if (!token_mark(&t, '('))
		return false;
	t = token_next(&g->tokens);
	if (guard_object(g, &t, NULL) != 0)
		return false;
	while (t.kind == TOKEN_NUMBER || token_mark(&t, ',') || token_mark(&t, '-') ||
	       token_is(&t, "true") || token_is(&t, "false"))
		t = token_next(&g->tokens);
	if (!token_mark(&t, ')'))
		return false;
	return token_next(&g->tokens).kind == TOKEN_END;
}

/* What is harmless in one shape only: BEGIN NOT ATOMIC, START SLAVE and others are not. */
static bool
transaction(struct guard *g, const struct token *verb)
{
	struct token t = token_next(&g->tokens);

	if (t.kind == TOKEN_END)
		return token_is(verb, "begin") || token_is(verb, "commit");
	return (token_is(verb, "start") && token_is(&t, "transaction")) ||
	       (token_is(verb, "commit") && token_is(&t, "work")) ||
	       (token_is(verb, "begin") && token_is(&t, "work")) ||
	       (token_is(verb, "unlock") && (token_is(&t, "tables") || token_is(&t, "table")));
}

/* ANALYZE TABLE … UPDATE HISTOGRAM: what mysqldump has of MySQL 8's statistics, which no loader
 * needs. */
static int
analyze(struct guard *g)
{
	static const char *const modifiers[] = {"local", "no_write_to_binlog", NULL};
	struct token t;

	do
		t = token_next(&g->tokens);
	while (token_among(&t, modifiers));
	if (!token_is(&t, "table"))
		return guard_refuse(g, "ANALYZE does not belong into a dump");
	return guard_names(g, token_next(&g->tokens), NULL);
}

static int
use(struct guard *g)
{
	struct token t = token_next(&g->tokens);
	char name[GUARD_NAME];

	if (guard_inside(g, &t, true) != 0)
		return -1;
	token_name(&t, name, sizeof(name));
	free(g->current);
	g->current = strdup(name);
	return g->current != NULL ? 0 : no_memory(g);
}

static int
statement(struct guard *g)
{
	struct token verb;

	verb = token_next(&g->tokens);
	if (verb.kind == TOKEN_END)
		return 0; /* an executable comment of another server */
	if (token_is(&verb, "insert") || token_is(&verb, "replace"))
		return rows(g);
	if (token_is(&verb, "set"))
		return session_set(&g->session, g->tokens, g->error, sizeof(g->error));
	g->alters = token_is(&verb, "alter");
	if (token_is(&verb, "create") || g->alters || token_is(&verb, "drop"))
		return guard_define(g, &verb);
	if (token_is(&verb, "use"))
		return use(g);
	if (token_is(&verb, "analyze"))
		return analyze(g);
	if (token_is(&verb, "lock") || token_is(&verb, "truncate"))
		return guard_names(g, token_next(&g->tokens), NULL);
	if (token_is(&verb, "do") || token_is(&verb, "select") ? setval(g)
							       : transaction(g, &verb))
		return 0;
	if (*g->error != '\0')
		return -1;
	return guard_refuse(g, "%.*s does not belong into a dump",
	    (int)(verb.len < 64 ? verb.len : 64), verb.text);
}

int
guard_check(struct guard *g, const struct lex_statement *s)
{
	*g->error = '\0';
	g->code = EX_DATAERR;
	g->query = g->alters = false;
	g->tokens = (struct tokens){.p = s->text,
	    .end = s->text + s->len,
	    .server = g->server,
	    .no_backslash = s->no_backslash,
	    .ansi_quotes = s->ansi_quotes};
	if (session_text(&g->session, &g->tokens, g->error, sizeof(g->error)) != 0 ||
	    statement(g) != 0)
		return -1;
	return g->tokens.bytes && g->session.now.bytes
		   ? guard_refuse(g, "a bare word of other bytes than ASCII")
		   : 0;
}

void
guard_resume(struct guard *g, const struct lex_state *state)
{
	g->session.now.no_backslash = state->no_backslash;
	g->session.now.ansi_quotes = state->ansi_quotes;
}

const char *
guard_error(const struct guard *g)
{
	return g->error;
}

int
guard_code(const struct guard *g)
{
	return g->code;
}

int
guard_report(const struct guard *g, const struct lex_statement *s, const char *name)
{
	warnx("%s:%ju:%ju: %s", name, (uintmax_t)s->line, (uintmax_t)s->column, g->error);
	return g->code;
}

bool
guard_query(const struct guard *g)
{
	return g->query;
}

const char *
guard_database(const struct guard *g, size_t i)
{
	return i < g->databases.len ? g->databases.items[i] : NULL;
}

void
guard_free(struct guard *g)
{
	if (g == NULL)
		return;
	names_free(&g->databases);
	names_free(&g->triggers);
	names_free(&g->views);
	free(g->current);
	free(g->target);
	free(g);
}
