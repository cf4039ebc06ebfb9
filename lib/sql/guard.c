#include "sql/guard.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/plain.h"
#include "sql/names.h"
#include "sql/session.h"

enum { NAME_SIZE = 64 * 4 + 1 };

struct guard {
	char *target;
	bool fixed;
	struct token_server server;
	struct names databases; /* named by the dump */
	struct names triggers;  /* tables that have one by now */
	bool routines;          /* there is one by now */
	bool query;             /* in the statement at hand */
	struct session session; /* as the dump sets it */
	struct tokens tokens;   /* of the statement at hand */
	char error[400];
};

static int __attribute__((format(printf, 2, 3)))
refuse(struct guard *g, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(g->error, sizeof(g->error), format, ap);
	va_end(ap);
	plain_text(g->error);
	return -1;
}

static int
remember(struct guard *g, struct names *names, const char *name)
{
	return names_add(names, name) == 0 ? 0 : refuse(g, "out of memory");
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

/* A database is named by a qualified name, or (${own}) by USE or CREATE DATABASE. */
static int
database(struct guard *g, const struct token *t, bool own)
{
	char name[NAME_SIZE];

	if (token_name(t, name, sizeof(name)) != 0)
		return refuse(g, "a database's name is missing or too long");
	if (guard_server_own(name))
		return refuse(g, "the server's own database `%s` is named", name);
	if (g->target != NULL && strcmp(name, g->target) == 0)
		return g->fixed ? 0 : remember(g, &g->databases, name);
	if (!g->fixed && (own || names_has(&g->databases, name)))
		return remember(g, &g->databases, name);
	if (g->target != NULL)
		return refuse(
		    g, "database `%s` is named; only `%s` may be touched", name, g->target);
	return refuse(g, "database `%s` is named before its USE", name);
}

/*
 * Walk to the end of the statement and judge each qualified name; ${t} is the token at hand.
 * Behind the word ${computed} (NULL: nowhere) a function call is refused.
 */
static int
names_inside(struct guard *g, struct token t, const char *computed)
{
	struct token last = {0}, before = {0}, next;
	struct tokens rest;
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
			    database(g, &last, false) != 0)
				return -1;
		}
		if (token_mark(&t, '(') && computing && named && !token_is(&last, computed))
			return refuse(g, "a function is called behind a routine's definition");
		if (token_is(&t, "select"))
			g->query = true;
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

/* Step over `IF [NOT] EXISTS`; ${t} is the token at hand, and the next one is returned. */
static struct token
skip_if(struct guard *g, struct token t)
{
	if (!token_is(&t, "if"))
		return t;
	t = token_next(&g->tokens);
	if (token_is(&t, "not"))
		t = token_next(&g->tokens);
	return token_next(&g->tokens);
}

/*
 * [database.]name at ${*t}: judge the database, and put the name into ${name} where it is not
 * NULL; ${*t} becomes the token behind it.
 */
static int
object(struct guard *g, struct token *t, char *name)
{
	struct token first = *t;

	*t = token_next(&g->tokens);
	if (token_mark(t, '.')) {
		if (database(g, &first, false) != 0)
			return -1;
		first = token_next(&g->tokens);
		*t = token_next(&g->tokens);
	}
	if (name != NULL && token_name(&first, name, NAME_SIZE) != 0)
		return refuse(g, "a name is missing or too long");
	return 0;
}

/* CREATE TRIGGER, ALTER VIEW and the like, behind that word: only the name is judged. */
static int
stored(struct guard *g, bool create)
{
	struct token t = token_next(&g->tokens);

	if (token_is(&t, "body"))
		t = token_next(&g->tokens);
	t = skip_if(g, t);
	if (object(g, &t, NULL) != 0)
		return -1;
	/* A stored function has a list of parameters. */
	if (create && token_is(&t, "returns"))
		return refuse(g, "a function from a library is loaded");
	return 0;
}

static int
trigger(struct guard *g)
{
	struct token t = skip_if(g, token_next(&g->tokens));
	char name[NAME_SIZE];

	if (object(g, &t, NULL) != 0)
		return -1;
	while (t.kind != TOKEN_END && !token_is(&t, "on"))
		t = token_next(&g->tokens);
	t = token_next(&g->tokens);
	return object(g, &t, name) != 0 ? -1 : remember(g, &g->triggers, name);
}

/* CREATE, ALTER or DROP: what it is about stands behind words that depend on it. */
static int
define(struct guard *g, const struct token *verb)
{
	static const char *const tables[] = {"table", "tables", "sequence", "index", NULL};
	static const char *const routines[] = {"procedure", "function", "package", NULL};
	static const char *const others[] = {"view", "event", NULL};
	static const char *const before[] = {"or", "replace", "temporary", "definer",
	    "algorithm", "sql", "security", "invoker", "aggregate", "unique", "fulltext",
	    "spatial", "online", "ignore", NULL};
	static const char *const settings[] = {
	    "character", "charset", "collate", "default", NULL};
	struct token t = token_next(&g->tokens), previous = {0};
	bool create = token_is(verb, "create"), drop = token_is(verb, "drop");

	for (; t.kind != TOKEN_END; previous = t, t = token_next(&g->tokens)) {
		if (token_mark(&previous, '=') || token_mark(&previous, '@'))
			continue; /* a value, such as the host in DEFINER */
		if (token_is(&t, "database") || token_is(&t, "schema")) {
			t = skip_if(g, token_next(&g->tokens));
			/* `ALTER DATABASE CHARACTER SET …` is about the current one. */
			return !create && !drop && token_among(&t, settings)
				   ? 0
				   : database(g, &t, true);
		}
		if (token_among(&t, tables))
			return names_inside(
			    g, token_next(&g->tokens), create && g->routines ? "select" : NULL);
		if (token_is(&t, "trigger") && create)
			return trigger(g);
		if (token_among(&t, routines) || token_among(&t, others) ||
		    token_is(&t, "trigger")) {
			g->routines = g->routines || (!drop && token_among(&t, routines));
			return drop ? names_inside(g, token_next(&g->tokens), NULL)
				    : stored(g, create);
		}
		if (t.kind == TOKEN_WORD && !token_among(&t, before))
			break; /* USER, ROLE, SERVER, … */
	}
	return refuse(g, "%.*s %.*s does not belong into a dump", (int)verb->len, verb->text,
	    (int)(t.len < 64 ? t.len : 64), t.text);
}

static int
rows(struct guard *g)
{
	static const char *const modifiers[] = {
	    "into", "ignore", "low_priority", "delayed", "high_priority", NULL};
	struct token t;
	char name[NAME_SIZE];

	do
		t = token_next(&g->tokens);
	while (token_among(&t, modifiers));
	if (object(g, &t, name) != 0)
		return -1;
	if (names_has(&g->triggers, name))
		return refuse(g, "rows for table `%s` behind its trigger", name);
	return names_inside(g, t, g->routines ? "values" : NULL);
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
	if (object(g, &t, NULL) != 0)
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

int
guard_check(struct guard *g, const struct lex_statement *s)
{
	struct token verb, t;

	*g->error = '\0';
	g->query = false;
	g->tokens = (struct tokens){.p = s->text,
	    .end = s->text + s->len,
	    .server = g->server,
	    .no_backslash = s->no_backslash,
	    .ansi_quotes = s->ansi_quotes};
	if (session_text(&g->session, s->text, s->len, g->error, sizeof(g->error)) != 0)
		return -1;
	verb = token_next(&g->tokens);
	if (verb.kind == TOKEN_END)
		return 0; /* an executable comment of another server */
	if (token_is(&verb, "insert") || token_is(&verb, "replace"))
		return rows(g);
	if (token_is(&verb, "set"))
		return session_set(&g->session, g->tokens, g->error, sizeof(g->error));
	if (token_is(&verb, "create") || token_is(&verb, "alter") || token_is(&verb, "drop"))
		return define(g, &verb);
	if (token_is(&verb, "use")) {
		t = token_next(&g->tokens);
		return database(g, &t, true);
	}
	if (token_is(&verb, "lock") || token_is(&verb, "truncate"))
		return names_inside(g, token_next(&g->tokens), NULL);
	if (token_is(&verb, "do") || token_is(&verb, "select") ? setval(g)
							       : transaction(g, &verb))
		return 0;
	if (*g->error != '\0')
		return -1;
	return refuse(g, "%.*s does not belong into a dump",
	    (int)(verb.len < 64 ? verb.len : 64), verb.text);
}

const char *
guard_error(const struct guard *g)
{
	return g->error;
}

int
guard_report(const struct guard *g, const struct lex_statement *s, const char *name)
{
	warnx("%s:%ju:%ju: %s", name, (uintmax_t)s->line, (uintmax_t)s->column, g->error);
	return EX_DATAERR;
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
	free(g->target);
	free(g);
}
