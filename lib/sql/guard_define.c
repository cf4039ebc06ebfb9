#include "sql/guard_parts.h"

#include "sql/outside.h"

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

/* CREATE PROCEDURE, ALTER VIEW and the like, behind ${what}: only the name is judged. */
static int
stored(struct guard *g, const struct token *what)
{
	struct token t = token_next(&g->tokens);
	char key[GUARD_KEY];

	if (token_is(&t, "body"))
		t = token_next(&g->tokens);
	t = skip_if(g, t);
	if (guard_object(g, &t, key) != 0)
		return -1;
	if (token_is(what, "view") && guard_remember(g, &g->views, key) != 0)
		return -1;
	/* A stored function has a list of parameters. */
	if (token_is(what, "function") && token_is(&t, "returns"))
		return guard_refuse(g, "a function from a library is loaded");
	for (; g->alters && t.kind != TOKEN_END && !token_is(&t, "do");
	     t = token_next(&g->tokens))
		if (token_is(what, "event") && token_is(&t, "rename"))
			return guard_refuse(g, "an event is renamed");
	while (t.kind != TOKEN_END)
		t = token_next(&g->tokens);
	return 0;
}

/* DROP of what is stored, behind that word. */
static int
drop_stored(struct guard *g, const struct token *what)
{
	struct token t = skip_if(g, token_next(&g->tokens));
	char name[GUARD_NAME];

	/* The server looks among those from libraries first. */
	if (token_is(what, "function") && token_name(&t, name, sizeof(name)) == 0 &&
	    outside_library(name, &g->server))
		return guard_refuse(g, "function `%s` is one from a library", name);
	return guard_names(g, t, NULL);
}

static int
trigger(struct guard *g)
{
	struct token t = skip_if(g, token_next(&g->tokens));
	char key[GUARD_KEY];

	if (guard_object(g, &t, NULL) != 0)
		return -1;
	while (t.kind != TOKEN_END && !token_is(&t, "on"))
		t = token_next(&g->tokens);
	t = token_next(&g->tokens);
	if (guard_object(g, &t, key) != 0 || guard_remember(g, &g->triggers, key) != 0)
		return -1;
	while (t.kind != TOKEN_END)
		t = token_next(&g->tokens);
	return 0;
}

/* CREATE, ALTER or DROP: what it is about stands behind words that depend on it. */
int
guard_define(struct guard *g, const struct token *verb)
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
				   : guard_inside(g, &t, true);
		}
		if (token_among(&t, tables))
			return guard_names(
			    g, token_next(&g->tokens), create && g->routines ? "select" : NULL);
		if (token_is(&t, "trigger") && create)
			return trigger(g);
		if (token_among(&t, routines) || token_among(&t, others) ||
		    token_is(&t, "trigger")) {
			g->routines = g->routines || (!drop && token_among(&t, routines));
			return drop ? drop_stored(g, &t) : stored(g, &t);
		}
		if (t.kind == TOKEN_WORD && !token_among(&t, before))
			break; /* USER, ROLE, SERVER, … */
	}
	return guard_refuse(g, "%.*s %.*s does not belong into a dump", (int)verb->len,
	    verb->text, (int)(t.len < 64 ? t.len : 64), t.text);
}
