#include "sql/session.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/plain.h"

static int
refuse_charset(const struct session *s, char *error, size_t size)
{
	snprintf(
	    error, size, "character set %s: where strings end in it cannot be told", s->unsafe);
	return -1;
}

/* The character set that ${t} names (it, or a collation of it) where that is an unsafe one. */
static const char *
unsafe(const struct token *t)
{
	static const char *const charsets[] = {"gbk", "gb18030", "big5", "sjis", "cp932"};
	char value[64 * 4 + 1];

	if (token_name(t, value, sizeof(value)) != 0)
		return NULL;
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		if (strncasecmp(value, charsets[i], strlen(charsets[i])) == 0)
			return charsets[i];
	return NULL;
}

/* Whether the rest is `character_set_client = X, collation_connection = Y`, as siantre-dump has
 * it in front of a definition. */
static bool
is_client(struct tokens rest)
{
	static const char *const names[] = {"character_set_client", "collation_connection"};
	struct token t;

	for (size_t i = 0; i < 2; i++) {
		t = token_next(&rest);
		if (!token_is(&t, names[i]))
			return false;
		t = token_next(&rest);
		if (!token_mark(&t, '=') || token_next(&rest).kind != TOKEN_WORD)
			return false;
		t = token_next(&rest);
		if (i == 0 ? !token_mark(&t, ',') : t.kind != TOKEN_END)
			return false;
	}
	return true;
}

/* Whether it is `NAMES utf8mb4`. */
static bool
is_reset(struct tokens rest)
{
	struct token names = token_next(&rest), charset = token_next(&rest);

	return token_is(&names, "names") && token_is(&charset, "utf8mb4") &&
	       token_next(&rest).kind == TOKEN_END;
}

int
session_set(struct session *s, struct tokens rest, char *error, size_t size)
{
	static const char *const never[] = {"global", "persist", "persist_only", "password",
	    "role", "authorization", "statement", "select", NULL};
	static const char *const functions[] = {
	    "ifnull", "coalesce", "concat", "replace", NULL};
	bool client = is_client(rest);
	struct token t, last = {0};
	const char *charset;

	if (is_reset(rest))
		s->unsafe = NULL;
	for (; (t = token_next(&rest)).kind != TOKEN_END; last = t) {
		if (token_among(&t, never)) {
			snprintf(error, size, "SET %.*s does not belong into a dump",
			    (int)t.len, t.text);
			return -1;
		}
		charset = unsafe(&t);
		if (charset != NULL) {
			s->unsafe = charset;
			if (!client)
				return refuse_charset(s, error, size);
		}
		if (token_mark(&t, '(') && !token_among(&last, functions) &&
		    (last.kind == TOKEN_WORD || last.kind == TOKEN_NAME)) {
			snprintf(error, size,
			    "SET with a call of %.*s does not belong into a dump",
			    (int)(last.len < 64 ? last.len : 64), last.text);
			plain_text(error);
			return -1;
		}
	}
	return 0;
}

int
session_text(const struct session *s, const char *text, size_t len, char *error, size_t size)
{
	for (size_t i = 0; s->unsafe != NULL && i < len; i++)
		if ((uint8_t)text[i] >= 0x80)
			return refuse_charset(s, error, size);
	return 0;
}
