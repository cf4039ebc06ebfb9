/*
 * The loop that matters copies strings.  Nearly every byte of one means itself in both places:
 * whole vectors are copied and looked at for those that do not (as in sql/quote.c).
 */
#include "db/convert.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/vec.h"
#include "sql/statement.h"

/* Where the rows are read, and where their lines are written: there is room. */
struct cursor {
	const char *p, *end;
	char *o;
	bool escapes; /* a backslash escapes */
};

/* Copy up to the next byte that is one of `'`, `\`, tab and newline, or to ${end} at most. */
static const char *
copy_plain(const char *p, const char *end, char **out)
{
	char *o = *out;
	vec v;

	while (end - p >= (ptrdiff_t)sizeof(v)) {
		memcpy(&v, p, sizeof(v));
		memcpy(o, &v, sizeof(v));
		if (vec_any((vec)(v == (uint8_t)'\'') | (vec)(v == (uint8_t)'\\') |
			    (vec)(v == (uint8_t)'\t') | (vec)(v == (uint8_t)'\n')) != 0)
			break;
		p += sizeof(v);
		o += sizeof(v);
	}
	while (p < end && *p != '\'' && *p != '\\' && *p != '\t' && *p != '\n')
		*o++ = *p++;
	*out = o;
	return p;
}

/* One byte of a value. */
static void
put(struct cursor *c, char byte)
{
	if (byte == '\t' || byte == '\n' || byte == '\\')
		*c->o++ = '\\';
	*c->o++ = byte;
}

/* The escape at p, whose backslash is there. */
static bool
escape(struct cursor *c)
{
	if (!c->escapes) {
		put(c, *c->p++);
		return true;
	}
	if (c->end - c->p < 2)
		return false;
	switch (c->p[1]) {
	case '%':
	case '_': /* two bytes, for LIKE */
		put(c, '\\');
		put(c, c->p[1]);
		break;
	case '0':
	case 'b':
	case 'n':
	case 'r':
	case 't':
	case 'Z':
		*c->o++ = '\\';
		*c->o++ = c->p[1];
		break;
	default: put(c, c->p[1]); break;
	}
	c->p += 2;
	return true;
}

/* '…' at p. */
static bool
string(struct cursor *c)
{
	for (c->p++; c->p < c->end;) {
		c->p = copy_plain(c->p, c->end, &c->o);
		if (c->p == c->end)
			return false;
		switch (*c->p) {
		case '\'':
			c->p++;
			if (c->p == c->end || *c->p != '\'')
				return true;
			*c->o++ = *c->p++;
			break;
		case '\\':
			if (!escape(c))
				return false;
			break;
		default: put(c, *c->p++); break;
		}
	}
	return false;
}

static int
digit(char c)
{
	return c >= '0' && c <= '9'                 ? c - '0'
	       : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
						    : -1;
}

/* 0x… at p, digits and all. */
static bool
hexadecimal(struct cursor *c)
{
	const char *p = c->p + 2;
	int high, low;

	if (p == c->end || digit(*p) < 0)
		return false;
	while (c->end - p >= 2 && (high = digit(p[0])) >= 0 && (low = digit(p[1])) >= 0) {
		put(c, (char)(high << 4 | low));
		p += 2;
	}
	c->p = p; /* an odd digit is in the way of what follows */
	return true;
}

/* A number in decimal at p. */
static bool
number(struct cursor *c)
{
	const char *from = c->p, *p = from;
	bool digits = false;

	if (p < c->end && *p == '-')
		p++;
	for (; p < c->end && isdigit((uint8_t)*p); p++)
		digits = true;
	if (p < c->end && *p == '.')
		for (p++; p < c->end && isdigit((uint8_t)*p); p++)
			digits = true;
	if (!digits)
		return false;
	if (p < c->end && (*p | 32) == 'e') {
		p++;
		if (p < c->end && (*p == '-' || *p == '+'))
			p++;
		if (p == c->end || !isdigit((uint8_t)*p))
			return false;
		while (p < c->end && isdigit((uint8_t)*p))
			p++;
	}
	memcpy(c->o, from, (size_t)(p - from));
	c->o += p - from;
	c->p = p;
	return true;
}

static bool
ahead(const struct cursor *c, const char *word, size_t len)
{
	return (size_t)(c->end - c->p) >= len && strncasecmp(c->p, word, len) == 0;
}

/* One literal at p, of whatever kind, which nobody needs. */
static bool
passed_over(struct cursor *c)
{
	char *o = c->o;
	bool well;

	if (ahead(c, "NULL", 4)) {
		c->p += 4;
		return true;
	}
	if (ahead(c, "_binary ", 8))
		c->p += 8;
	if (c->p == c->end)
		return false;
	well = *c->p == '\'' ? string(c) : ahead(c, "0x", 2) ? hexadecimal(c) : number(c);
	c->o = o;
	return well;
}

/* One literal at p, for ${f}. */
static bool
value(struct cursor *c, const struct field *f)
{
	const char *from;

	if (c->p == c->end)
		return false;
	if (f->class == FIELD_COMPUTED)
		return passed_over(c);
	if ((*c->p | 32) == 'n' && ahead(c, "NULL", 4)) {
		c->p += 4;
		memcpy(c->o, "\\N", 2);
		c->o += 2;
		return f->nullable;
	}
	if (*c->p == '_' && f->class == FIELD_BINARY && ahead(c, "_binary ", 8))
		c->p += 8;
	if (c->p == c->end)
		return false;
	if (f->class == FIELD_YEAR) {
		from = c->o;
		return number(c) && c->o - from == 4;
	}
	if (*c->p == '\'')
		return string(c);
	/* 0X… is a name. */
	if (f->class == FIELD_BINARY && c->end - c->p > 2 && memcmp(c->p, "0x", 2) == 0)
		return hexadecimal(c);
	return f->class == FIELD_NUMBER && number(c);
}

static void
skip_space(struct cursor *c)
{
	while (
	    c->p < c->end && (*c->p == ' ' || *c->p == '\n' || *c->p == '\r' || *c->p == '\t'))
		c->p++;
}

/* Step over ${mark}, and white space around it. */
static bool
mark(struct cursor *c, char mark)
{
	skip_space(c);
	if (c->p == c->end || *c->p != mark)
		return false;
	c->p++;
	skip_space(c);
	return true;
}

/* One row, with its parentheses. */
static bool
row(struct cursor *c, const struct convert *v)
{
	if (!mark(c, '('))
		return false;
	for (size_t i = 0; i < v->n; i++) {
		if (i > 0) {
			if (!mark(c, ','))
				return false;
			*c->o++ = '\t';
		}
		if (!value(c, v->used[i]))
			return false;
	}
	*c->o++ = '\n';
	return mark(c, ')');
}

/* The columns that are named at ${*t}, or all; ${*t} becomes the token behind them. */
static bool
columns(struct convert *c, struct tokens *s, struct token *t)
{
	char name[STATEMENT_NAME];
	const struct field *f;

	c->n = 0;
	c->used = calloc(c->fields->len + 1, sizeof(*c->used));
	if (c->used == NULL)
		return false;
	if (!token_mark(t, '(')) {
		for (; c->n < c->fields->len; c->n++)
			c->used[c->n] = &c->fields->items[c->n];
		return !c->fields->hidden;
	}
	do {
		*t = token_next(s);
		if (c->n == c->fields->len || token_name(t, name, sizeof(name)) != 0 ||
		    (f = fields_find(c->fields, name)) == NULL)
			return false;
		c->used[c->n++] = f;
		*t = token_next(s);
	} while (token_mark(t, ','));
	if (!token_mark(t, ')'))
		return false;
	*t = token_next(s);
	return true;
}

static void
forget_head(struct convert *c)
{
	free(c->used);
	free(c->head);
	c->used = NULL;
	c->head = NULL;
	c->n = c->head_len = 0;
}

/* Understand `INSERT INTO name (columns) VALUES` and keep it. */
static bool
read_head(struct convert *c, const struct lex_statement *s, const struct token_server *server)
{
	struct tokens tokens = statement_tokens(s, server);
	struct token t = token_next(&tokens);

	forget_head(c);
	if (!token_is(&t, "insert"))
		return false;
	t = token_next(&tokens);
	if (!token_is(&t, "into"))
		return false;
	token_next(&tokens);
	t = token_next(&tokens);
	if (token_mark(&t, '.')) {
		token_next(&tokens);
		t = token_next(&tokens);
	}
	if (!columns(c, &tokens, &t) || c->n == 0 || !token_is(&t, "values"))
		return false;
	for (size_t i = 0; i < c->n; i++)
		if (c->used[i]->class == FIELD_NEVER)
			return false;
	c->head_len = (size_t)(tokens.p - s->text);
	c->head = malloc(c->head_len);
	if (c->head == NULL)
		return false;
	memcpy(c->head, s->text, c->head_len);
	return true;
}

bool
convert_rows(struct convert *c, const struct lex_statement *s,
    const struct token_server *server, struct buf *out, uint64_t *rows, bool *same)
{
	struct cursor at = {.escapes = !s->no_backslash, .end = s->text + s->len};

	*rows = 0;
	*same = c->head != NULL && s->len > c->head_len &&
		memcmp(s->text, c->head, c->head_len) == 0;
	if (!*same && !read_head(c, s, server)) {
		forget_head(c);
		return false;
	}
	/* A byte becomes two at most, and a row has one more than its parentheses. */
	if (buf_room(out, (s->len - c->head_len) * 2 + sizeof(vec)) != 0) {
		out->failed = false;
		return false;
	}
	at.p = s->text + c->head_len;
	at.o = out->data + out->len;
	do {
		if (!row(&at, c))
			return false;
		++*rows;
	} while (mark(&at, ','));
	if (at.p != at.end)
		return false;
	out->len = (size_t)(at.o - out->data);
	return true;
}

void
convert_free(struct convert *c)
{
	forget_head(c);
}
