#include "sql/token.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

const struct token_server token_reader = {.version = 121000, .mariadb = true};

static bool
is_word(char c)
{
	return isalnum((uint8_t)c) || c == '_' || c == '$' || (uint8_t)c >= 0x80;
}

/* Whether ${c} makes a comment of the two dashes before it. */
static bool
ends_dashes(char c)
{
	return isspace((uint8_t)c) || iscntrl((uint8_t)c);
}

static bool
starts(const struct tokens *s, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(s->end - s->p) >= len && memcmp(s->p, text, len) == 0;
}

/* Step behind ${mark}, or to the end. */
static void
step_behind(struct tokens *s, const char *mark)
{
	const char *at = memmem(s->p, (size_t)(s->end - s->p), mark, strlen(mark));

	s->p = at != NULL ? at + strlen(mark) : s->end;
}

/*
 * An executable comment begins at p.  Step behind its head, or behind all of it where this
 * server does not execute it.  A version has five digits or six; MariaDB leaves what MySQL 5.7
 * and later marked for itself.
 */
static void
executable(struct tokens *s)
{
	bool own = s->p[2] == 'M', run;
	unsigned long version = 0;
	size_t digits = 0;

	s->p += own ? 4 : 3;
	while (digits < 6 && s->p + digits < s->end && isdigit((uint8_t)s->p[digits])) {
		version = version * 10 + (unsigned long)(s->p[digits] - '0');
		digits++;
	}
	if (digits < 5) {
		version = 0; /* no version: digits are text */
		digits = 0;
	}
	run = s->server.mariadb
		  ? version <= s->server.version && (own || version < 50700 || version > 99999)
		  : !own && version <= s->server.version;
	if (run) {
		s->p += digits;
		s->inside = true;
		return;
	}
	/* One comment may lie in it, unless MySQL takes all of it for a plain one. */
	if (own && !s->server.mariadb) {
		step_behind(s, "*/");
		return;
	}
	for (int depth = 1; depth > 0 && s->p < s->end;) {
		if (starts(s, "*/")) {
			depth--;
			s->p += 2;
		} else if (depth == 1 && starts(s, "/*")) {
			depth++;
			s->p += 2;
		} else {
			s->p++;
		}
	}
}

/* Step over white space and comments. */
static void
skip(struct tokens *s)
{
	for (;;) {
		while (s->p < s->end && isspace((uint8_t)*s->p))
			s->p++;
		if (starts(s, "/*!") || starts(s, "/*M!")) {
			executable(s);
		} else if (starts(s, "/*")) {
			s->p += 2;
			step_behind(s, "*/");
		} else if (s->inside && starts(s, "*/")) {
			s->p += 2;
			s->inside = false;
		} else if (starts(s, "#") ||
			   (starts(s, "--") && (s->end - s->p == 2 || ends_dashes(s->p[2])))) {
			step_behind(s, "\n");
		} else {
			return;
		}
	}
}

static void
quoted(struct tokens *s, char quote, bool escapes)
{
	const char *p = s->p + 1, *end = s->end;

	for (;; p += 2) {
		while (p < end && *p != quote && *p != '\\')
			p++;
		while (!escapes && p < end && *p != quote)
			p++;
		/* Here is an escape or a quote, which may be the first of two. */
		if (p >= end || (*p == quote && (p + 1 == end || p[1] != quote)))
			break;
	}
	s->p = p < end ? p + 1 : end;
}

/* 12, 1e5, 0xff and 0b1 are numbers; 1st, 5a, 1e and 0XFF are names. */
static bool
is_number(const char *p, const char *end)
{
	const bool zero = *p == '0';
	const char *from = p;

	while (p < end && isdigit((uint8_t)*p))
		p++;
	if (p == from || p == end)
		return p != from;
	if (zero && p == from + 1 && (*p == 'x' || *p == 'b')) {
		const bool hex = *p == 'x';

		for (from = ++p; p < end && (hex ? isxdigit((uint8_t)*p) : (*p | 1) == '1');)
			p++;
	} else if ((*p | 32) == 'e') {
		for (from = ++p; p < end && isdigit((uint8_t)*p);)
			p++;
	}
	return p == end && p != from;
}

struct token
token_next(struct tokens *s)
{
	struct token t = {.kind = TOKEN_END};
	bool escapes = !s->no_backslash;

	skip(s);
	t.text = s->p;
	if (s->p == s->end)
		return t;
	switch (*s->p) {
	case '\'':
		t.kind = TOKEN_STRING;
		quoted(s, '\'', escapes);
		break;
	case '"':
		t.kind = s->ansi_quotes ? TOKEN_NAME : TOKEN_STRING;
		quoted(s, '"', escapes && !s->ansi_quotes);
		break;
	case '`':
		t.kind = TOKEN_NAME;
		quoted(s, '`', false);
		break;
	default:
		if (!is_word(*s->p)) {
			t.kind = TOKEN_MARK;
			s->p++;
			break;
		}
		while (s->p < s->end && is_word(*s->p)) {
			s->bytes = s->bytes || (uint8_t)*s->p >= 0x80;
			s->p++;
		}
		t.kind = is_number(t.text, s->p) ? TOKEN_NUMBER : TOKEN_WORD;
		break;
	}
	t.len = (size_t)(s->p - t.text);
	return t;
}

/*
 * Step over a number at p: digits, or 0x and hexadecimal digits.  Return false, without a step,
 * where the word there is another one.
 */
static bool
plain_number(struct tokens *s)
{
	const char *p = s->p;

	if (*p == '0' && s->end - p > 2 && p[1] == 'x')
		for (p += 2; p < s->end && ((*p >= '0' && *p <= '9') ||
					       ((*p | 32) >= 'a' && (*p | 32) <= 'f'));
		     p++)
			;
	else
		while (p < s->end && *p >= '0' && *p <= '9')
			p++;
	if (p < s->end && is_word(*p))
		return false;
	s->p = p;
	return true;
}

void
token_skip_data(struct tokens *s)
{
	while (s->p < s->end) {
		switch (*s->p) {
		case ' ':
		case '\n':
		case ',':
		case '(':
		case ')': s->p++; break;
		case '\'': quoted(s, '\'', !s->no_backslash); break;
		case '0' ... '9':
			if (!plain_number(s))
				return;
			break;
		default: return;
		}
	}
}

bool
token_is(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && strlen(word) == t->len &&
	       strncasecmp(t->text, word, t->len) == 0;
}

bool
token_among(const struct token *t, const char *const *words)
{
	while (*words != NULL && !token_is(t, *words))
		words++;
	return *words != NULL;
}

bool
token_mark(const struct token *t, char mark)
{
	return t->kind == TOKEN_MARK && *t->text == mark;
}

int
token_name(const struct token *t, char *name, size_t size)
{
	const char *p = t->text, *end = p + t->len;
	char quote = '\0';
	size_t n = 0;

	switch (t->kind) {
	case TOKEN_WORD:
	case TOKEN_NUMBER: break;
	case TOKEN_NAME:
	case TOKEN_STRING:
		quote = *p++;
		end--;
		if (end < p || *end != quote)
			return -1;
		break;
	default: return -1;
	}
	for (; p < end; p++) {
		if (n + 1 >= size)
			return -1;
		name[n++] = *p;
		if (quote != '\0' && *p == quote)
			p++; /* the second of two */
	}
	name[n] = '\0';
	return 0;
}
