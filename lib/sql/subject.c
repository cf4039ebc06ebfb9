#include "sql/subject.h"

#include <string.h>

/* [database.]name at ${t}. */
static bool
take_name(struct tokens *s, struct token t, struct subject *out)
{
	if (token_name(&t, out->name, sizeof(out->name)) != 0)
		return false;
	t = token_next(s);
	if (!token_mark(&t, '.'))
		return true;
	memcpy(out->database, out->name, sizeof(out->name));
	t = token_next(s);
	return token_name(&t, out->name, sizeof(out->name)) == 0;
}

/* The table behind the next ON. */
static bool
take_table(struct tokens *s, struct subject *out)
{
	struct token t;

	do
		t = token_next(s);
	while (t.kind != TOKEN_END && !token_is(&t, "on"));
	return take_name(s, token_next(s), out);
}

/* Behind VIEW: IF [NOT] EXISTS and its name. */
static bool
take_view(struct tokens *s, struct subject *out)
{
	static const char *const words[] = {"if", "not", "exists", NULL};
	struct token t;

	do
		t = token_next(s);
	while (token_among(&t, words));
	return take_name(s, t, out);
}

void
subject_read(const struct lex_statement *statement, const struct token_server *server,
    struct subject *out)
{
	/* What is none of these has its own word in front of theirs. */
	static const char *const others[] = {"table", "sequence", "database", "schema",
	    "procedure", "function", "package", "event", NULL};
	struct tokens s = statement_tokens(statement, server);
	struct token verb = token_next(&s), previous = {0};
	bool is = false;

	*out = (struct subject){0};
	if (!token_is(&verb, "create") && !token_is(&verb, "drop") && !token_is(&verb, "alter"))
		return;
	for (struct token t = token_next(&s); t.kind != TOKEN_END;
	     previous = t, t = token_next(&s)) {
		if (token_mark(&previous, '=') || token_mark(&previous, '@'))
			continue; /* a value, such as the host in DEFINER */
		if (token_among(&t, others))
			return;
		if (token_is(&t, "trigger") && token_is(&verb, "create")) {
			out->kind = SUBJECT_TRIGGER;
			is = take_table(&s, out);
		} else if (token_is(&t, "index")) {
			out->kind = SUBJECT_INDEX;
			is = take_table(&s, out);
		} else if (token_is(&t, "view")) {
			out->kind = SUBJECT_VIEW;
			is = take_view(&s, out);
		} else {
			continue;
		}
		break;
	}
	if (!is)
		*out = (struct subject){0};
}
