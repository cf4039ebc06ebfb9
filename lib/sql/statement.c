#include "sql/statement.h"

#include <string.h>

struct tokens
statement_tokens(const struct lex_statement *s, const struct token_server *server)
{
	return (struct tokens){.p = s->text,
	    .end = s->text + s->len,
	    .server = *server,
	    .no_backslash = s->no_backslash,
	    .ansi_quotes = s->ansi_quotes};
}

/* [database.]name at ${*t}; ${*t} becomes the token behind it.  Return false for none. */
static bool
take_name(struct tokens *s, struct token *t, struct statement *out)
{
	if (token_name(t, out->name, sizeof(out->name)) != 0 || *out->name == '\0')
		return false;
	*t = token_next(s);
	if (!token_mark(t, '.'))
		return true;
	memcpy(out->database, out->name, sizeof(out->name));
	*t = token_next(s);
	if (token_name(t, out->name, sizeof(out->name)) != 0 || *out->name == '\0')
		return false;
	*t = token_next(s);
	return true;
}

/* Step over `IF [NOT] EXISTS` at ${*t}. */
static void
skip_if(struct tokens *s, struct token *t)
{
	if (!token_is(t, "if"))
		return;
	*t = token_next(s);
	if (token_is(t, "not"))
		*t = token_next(s);
	*t = token_next(s);
}

/* Step behind the parenthesis that ${*t} opens. */
static void
skip_list(struct tokens *s, struct token *t)
{
	int depth = 0;

	do {
		if (token_mark(t, '('))
			depth++;
		else if (token_mark(t, ')'))
			depth--;
		*t = token_next(s);
	} while (depth > 0 && t->kind != TOKEN_END);
}

/* INSERT or REPLACE, behind that word. */
static enum statement_kind
rows(struct tokens *s, struct statement *out)
{
	static const char *const modifiers[] = {
	    "into", "ignore", "low_priority", "delayed", "high_priority", NULL};
	static const char *const values[] = {"values", "value", "set", NULL};
	struct token t;

	do
		t = token_next(s);
	while (token_among(&t, modifiers));
	if (!take_name(s, &t, out))
		return STATEMENT_OTHER;
	if (token_mark(&t, '('))
		skip_list(s, &t);
	return token_among(&t, values) ? STATEMENT_ROWS : STATEMENT_OTHER;
}

/* CREATE TABLE, behind its name: one that is filled from another is not only made. */
static bool
has_query(struct tokens *s, struct token t)
{
	while (t.kind != TOKEN_END) {
		if (token_is(&t, "select"))
			return true;
		if (token_mark(&t, '('))
			skip_list(s, &t);
		else
			t = token_next(s);
	}
	return false;
}

static enum statement_kind
table(struct tokens *s, bool create, struct statement *out)
{
	struct token t = token_next(s);

	skip_if(s, &t);
	if (!take_name(s, &t, out))
		return STATEMENT_OTHER;
	if (create)
		return has_query(s, t) ? STATEMENT_OTHER : STATEMENT_TABLE;
	return token_mark(&t, ',') ? STATEMENT_OTHER : STATEMENT_TABLE; /* DROP of several */
}

static enum statement_kind
alter_table(struct tokens *s, struct statement *out)
{
	struct token t = token_next(s);

	skip_if(s, &t);
	if (!take_name(s, &t, out))
		return STATEMENT_OTHER;
	if (token_is(&t, "disable") || token_is(&t, "enable")) {
		t = token_next(s);
		return token_is(&t, "keys") ? STATEMENT_NOTHING : STATEMENT_OTHER;
	}
	return STATEMENT_LATE;
}

/* CREATE, ALTER or DROP: what it is about stands behind words that depend on it. */
static enum statement_kind
define(struct tokens *s, const struct token *verb, struct statement *out)
{
	static const char *const late[] = {
	    "view", "procedure", "function", "package", "trigger", "event", NULL};
	bool create = token_is(verb, "create"), alter = token_is(verb, "alter");
	struct token previous = {0};

	for (struct token t = token_next(s); t.kind != TOKEN_END;
	     previous = t, t = token_next(s)) {
		if (token_mark(&previous, '=') || token_mark(&previous, '@'))
			continue; /* a value, such as the host in DEFINER */
		if (token_is(&t, "temporary") || token_is(&t, "index"))
			return STATEMENT_OTHER;
		if (token_is(&t, "database") || token_is(&t, "schema")) {
			t = token_next(s);
			skip_if(s, &t);
			token_name(&t, out->whole, sizeof(out->whole));
			return alter    ? STATEMENT_SETTING
			       : create ? STATEMENT_TABLE
					: STATEMENT_OTHER;
		}
		if (token_is(&t, "table") && alter)
			return alter_table(s, out);
		if (token_is(&t, "table") || token_is(&t, "sequence")) {
			out->creates = create;
			out->table = token_is(&t, "table");
			return alter ? STATEMENT_OTHER : table(s, create, out);
		}
		if (token_among(&t, late)) {
			out->program = true;
			return STATEMENT_LATE;
		}
	}
	return STATEMENT_OTHER;
}

static enum statement_kind
use(struct tokens *s, struct statement *out)
{
	struct token t = token_next(s);

	return token_name(&t, out->database, sizeof(out->database)) == 0 ? STATEMENT_SETTING
									 : STATEMENT_OTHER;
}

void
statement_read(const struct lex_statement *statement, const struct token_server *server,
    struct statement *out)
{
	static const char *const nothing[] = {
	    "lock", "unlock", "begin", "start", "commit", "analyze", NULL};
	struct tokens s = statement_tokens(statement, server);
	struct token verb = token_next(&s);

	*out = (struct statement){.kind = STATEMENT_OTHER};
	if (verb.kind == TOKEN_END || token_among(&verb, nothing))
		out->kind = STATEMENT_NOTHING;
	else if (token_is(&verb, "insert") || token_is(&verb, "replace"))
		out->kind = rows(&s, out);
	else if (token_is(&verb, "set"))
		out->kind = STATEMENT_SETTING;
	else if (token_is(&verb, "use"))
		out->kind = use(&s, out);
	else if (token_is(&verb, "do") || token_is(&verb, "select")) /* SETVAL */
		out->kind = STATEMENT_TABLE;
	else if (token_is(&verb, "create") || token_is(&verb, "alter") ||
		 token_is(&verb, "drop"))
		out->kind = define(&s, &verb, out);
}
