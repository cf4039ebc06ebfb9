#include "sql/assignment.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* The value of ${a} is the only token that is left: put it into ${*t}. */
static bool
single(const struct assignment *a, struct token *t)
{
	struct tokens s = a->value;

	*t = token_next(&s);
	return t->kind != TOKEN_END && token_next(&s).kind == TOKEN_END;
}

/* Only ASCII: servers take `é` for `e`. */
bool
assignment_literal(const struct assignment *a, char *value, size_t size)
{
	struct token t;

	if (!single(a, &t) || (t.kind != TOKEN_WORD && t.kind != TOKEN_STRING) ||
	    token_is(&t, "default") || token_is(&t, "null") || token_name(&t, value, size) != 0)
		return false;
	for (; *value != '\0'; value++)
		if ((uint8_t)*value >= 0x80 || *value == '\\')
			return false;
	return true;
}

/* Step over @@, @@session. and the like at ${*t}; false where another thing stands there. */
static bool
system_variable(struct tokens *s, struct token *t)
{
	for (int i = 0; i < 2; i++) {
		if (!token_mark(t, '@'))
			return false;
		*t = token_next(s);
	}
	if (token_is(t, "session") || token_is(t, "local")) {
		*t = token_next(s);
		if (!token_mark(t, '.'))
			return false;
		*t = token_next(s);
	}
	return true;
}

bool
assignment_is(const struct assignment *a, const char *const *names)
{
	struct tokens s = a->value;
	struct token t = token_next(&s);

	if (!system_variable(&s, &t) || !token_among(&t, names))
		return false;
	return token_next(&s).kind == TOKEN_END;
}

bool
assignment_target(struct tokens *s, struct token *t, struct assignment *a)
{
	struct tokens ahead = *s;
	struct token second = token_next(&ahead);

	a->user = token_mark(t, '@') && !token_mark(&second, '@');
	if (a->user)
		*t = token_next(s);
	else if (token_mark(t, '@') ? !system_variable(s, t) : false)
		return false;
	else if (token_is(t, "session") || token_is(t, "local"))
		*t = token_next(s);
	if (token_is(t, "character") || token_is(t, "char")) { /* SET */
		*t = token_next(s);
		strlcpy(a->target, "names", sizeof(a->target));
		return token_is(t, "set");
	}
	if (token_is(t, "charset"))
		strlcpy(a->target, "names", sizeof(a->target));
	else if (token_name(t, a->target, sizeof(a->target)) != 0)
		return false;
	if (!a->user && (token_is(t, "names") || token_is(t, "charset")))
		return true;
	*t = token_next(s);
	if (token_mark(t, ':'))
		*t = token_next(s);
	return token_mark(t, '=') || strcasecmp(a->target, "transaction") == 0;
}

void
assignment_value(struct tokens *s, struct token *t, struct assignment *a)
{
	const bool names = strcasecmp(a->target, "names") == 0;
	int depth = 0;

	a->value = *s;
	for (*t = token_next(s); t->kind != TOKEN_END; *t = token_next(s)) {
		if (depth == 0 && (token_mark(t, ',') || (names && token_is(t, "collate"))))
			break;
		depth += token_mark(t, '(') ? 1 : token_mark(t, ')') ? -1 : 0;
	}
	a->value.end = t->text;
	while (t->kind != TOKEN_END && !token_mark(t, ','))
		*t = token_next(s);
}
