#include "sql/ddl.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "sql/quote.h"
#include "sql/token.h"

/* Return the byte behind the quoted name, string or comment that starts at ${s}, or ${s} where
 * none does. */
static const char *
skip_quoted(const char *s)
{
	char quote = *s;

	if (quote == '/' && s[1] == '*') {
		const char *end = strstr(s + 2, "*/");

		return end != NULL ? end + 2 : s + strlen(s);
	}
	if (quote != '`' && quote != '\'' && quote != '"')
		return s;
	for (s++; *s != '\0'; s++) {
		if (*s == '\\' && quote != '`' && s[1] != '\0')
			s++;
		else if (*s == quote && s[1] == quote)
			s++;
		else if (*s == quote)
			return s + 1;
	}
	return s;
}

/* Return the end of the list item at ${s}: the comma or parenthesis that closes it. */
static const char *
item_end(const char *s)
{
	const char *next;
	int depth = 0;

	while (*s != '\0') {
		next = skip_quoted(s);
		if (next != s) {
			s = next;
			continue;
		}
		if (*s == '(')
			depth++;
		else if (*s == ')' && depth-- == 0)
			return s;
		else if (*s == ',' && depth == 0)
			return s;
		s++;
	}
	return s;
}

static bool
is_foreign_key(const char *item)
{
	static const char start[] = "\n  CONSTRAINT ";

	if (strncmp(item, start, sizeof(start) - 1) != 0)
		return false;
	item = skip_quoted(item + sizeof(start) - 1);
	return strncmp(item, " FOREIGN KEY", 12) == 0;
}

/* Return the parenthesis that opens the list of columns and keys of ${text}, or its end. */
static const char *
list_start(const char *text)
{
	const char *s = text;

	while (*s != '\0' && *s != '(')
		s = skip_quoted(s) != s ? skip_quoted(s) : s + 1;
	return s;
}

int
ddl_split_keys(const char *name, const char *text, struct buf *table, struct buf *keys)
{
	const char *s = list_start(text), *end;
	size_t nkeys = 0, nitems = 0;

	if (*s != '(')
		return -1;
	buf_add(table, text, (size_t)(++s - text));
	for (;; s = end + 1) {
		end = item_end(s);
		if (*end == '\0')
			return -1;
		if (is_foreign_key(s)) {
			if (nkeys++ == 0) {
				buf_text(keys, "ALTER TABLE ");
				quote_name(keys, name);
			} else {
				buf_text(keys, ",");
			}
			buf_text(keys, "\n  ADD ");
			/* The last item has a line break before the parenthesis. */
			buf_add(keys, s + 3,
			    (size_t)(end - s - 3) - (*end == ')' && end[-1] == '\n'));
		} else {
			if (nitems++ > 0)
				buf_text(table, ",");
			buf_add(table, s, (size_t)(end - s) - (*end == ')' && end[-1] == '\n'));
		}
		if (*end == ')')
			break;
	}
	if (end[-1] == '\n')
		buf_text(table, "\n");
	buf_text(table, end);
	if (nkeys > 0)
		buf_text(keys, ";\n");
	return 0;
}

/* Whether ${s}, in a text that begins at ${text}, stands behind the call of a sequence. */
static bool
behind_sequence(const char *text, const char *s)
{
	static const char *const calls[] = {"nextval(", "lastval("};
	size_t len = strlen(calls[0]);

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if ((size_t)(s - text) >= len && strncasecmp(s - len, calls[i], len) == 0)
			return true;
	return false;
}

void
ddl_without_database(const char *text, const char *database, struct buf *out)
{
	struct buf name = {0};
	const char *s = text, *from = text, *next;

	quote_name(&name, database);
	buf_text(&name, ".");
	out->failed = out->failed || name.failed;
	while (*s != '\0' && !name.failed) {
		next = skip_quoted(s);
		if (next != s && behind_sequence(text, s) &&
		    strncmp(s, name.data, name.len) == 0) {
			buf_add(out, from, (size_t)(s - from));
			from = next + 1;
		}
		s = next != s ? next : s + 1;
	}
	buf_text(out, from);
	buf_free(&name);
}

void
ddl_view_without_database(const char *text, const char *database, struct buf *out)
{
	struct tokens s = {.p = text, .end = text + strlen(text)}, ahead;
	struct token t = token_next(&s), dot, behind;
	char name[64 * 4 + 1];
	const char *from = text;
	bool place = false, part = false; /* of a table; of a name behind a dot */

	for (; t.kind != TOKEN_END; t = token_next(&s)) {
		if (t.kind == TOKEN_NAME && !part && token_name(&t, name, sizeof(name)) == 0 &&
		    strcmp(name, database) == 0) {
			ahead = s;
			dot = token_next(&ahead);
			token_next(&ahead);
			behind = token_next(&ahead);
			/* Of two parts elsewhere, the first one is an alias. */
			if (token_mark(&dot, '.') && (place || token_mark(&behind, '.'))) {
				buf_add(out, from, (size_t)(t.text - from));
				from = dot.text + 1;
			}
		}
		place = token_is(&t, "from") || token_is(&t, "join") ||
			token_is(&t, "straight_join") || (place && token_mark(&t, '('));
		part = token_mark(&t, '.');
	}
	buf_text(out, from);
}

void
ddl_without_counter(const char *text, struct buf *out)
{
	static const char option[] = " AUTO_INCREMENT=";
	const char *s = list_start(text), *next;

	while (*s == '(' || *s == ',')
		s = item_end(s + 1);
	while (*s != '\0' && strncmp(s, option, sizeof(option) - 1) != 0) {
		next = skip_quoted(s);
		s = next != s ? next : s + 1;
	}
	buf_add(out, text, (size_t)(s - text));
	if (*s != '\0')
		s += sizeof(option) - 1;
	buf_text(out, s + strspn(s, "0123456789"));
}

void
ddl_without_definer(const char *text, struct buf *out)
{
	const char *s = text, *next, *definer = NULL;

	/* CREATE [OR REPLACE] [ALGORITHM=…] DEFINER=`user`@`host` …; or DEFINER=`role`. */
	while (*s != '\0' && definer == NULL) {
		next = skip_quoted(s);
		if (next != s || *s == '(')
			break;
		if (strncmp(s, " DEFINER=", 9) == 0)
			definer = s;
		s++;
	}
	if (definer == NULL) {
		buf_text(out, text);
		return;
	}
	buf_add(out, text, (size_t)(definer - text));
	s = skip_quoted(definer + 9);
	if (*s == '@')
		s = skip_quoted(s + 1);
	buf_text(out, s);
}

void
ddl_delimiter(const char *text, char out[16])
{
	static const char *const usual[] = {";;", "$$", "//"};

	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		strlcpy(out, usual[i], 16);
		if (strstr(text, out) == NULL)
			return;
	}
	for (unsigned int i = 1;; i++) { /* a text of finite length misses one of these */
		snprintf(out, 16, "$%u$", i);
		if (strstr(text, out) == NULL)
			return;
	}
}
