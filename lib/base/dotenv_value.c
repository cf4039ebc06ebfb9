/*
 * A machine of seven states over bytes writes the value over its own source, since no step makes
 * text longer.  A $ that may begin a ${NAME} becomes a NUL; an escaped or single-quoted one
 * stays a $.
 *
 * Names are replaced from the right to the left, so that ${A${B}} works: the value is built
 * backwards, and only its front, where a ${NAME} may have become whole, is looked at.  What was
 * put in is not searched again, so the time is linear in what comes out, which has a limit.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/dotenv_value.h"

#define MAX_VALUE (1 << 20)
#define MAX_RUN 1000 /* phpdotenv's longest token */

void
dotenv_value_free(char *text, size_t len)
{
	if (text != NULL)
		explicit_bzero(text, len);
	free(text);
}

/* Of the C locale, whatever the process has. */
static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A value under construction from its end: ${len} bytes at the end of ${size}. */
struct tail {
	char *buf;
	size_t size;
	size_t len;
};

/* Put ${len} bytes at ${text} before what ${t} holds.  NULL, or what went wrong. */
static const char *
prepend(struct tail *t, const char *text, size_t len)
{
	size_t size = t->size;
	char *buf;

	if (len > MAX_VALUE || t->len + len > MAX_VALUE)
		return "the value is too long";
	while (size < t->len + len)
		size = size < 64 ? 64 : size * 2;
	if (size != t->size) {
		if ((buf = malloc(size)) == NULL)
			return "out of memory";
		if (t->len > 0)
			memcpy(buf + size - t->len, t->buf + t->size - t->len, t->len);
		dotenv_value_free(t->buf, t->size);
		t->buf = buf;
		t->size = size;
	}
	t->len += len;
	memcpy(t->buf + t->size - t->len, text, len);
	return NULL;
}

/* If ${t} begins with ${NAME} and NAME is set, replace it.  NULL, or what went wrong. */
static const char *
replace(const struct dotenv *d, struct tail *t)
{
	char *text = t->buf + t->size - t->len;
	const char *value;
	size_t len;

	if (text[1] != '{')
		return NULL;
	len = strspn(text + 2, DOTENV_NAME);
	if (len == 0 || text[2 + len] != '}')
		return NULL;
	text[2 + len] = '\0';
	value = dotenv_get(d, text + 2);
	text[2 + len] = '}';
	if (value == NULL)
		return NULL;
	t->len -= len + 3;
	return prepend(t, value, strlen(value));
}

const char *
dotenv_value_resolve(const struct dotenv *d, const char *text, const char *end, char **out)
{
	struct tail t = {0};
	const char *what = prepend(&t, "", 1);

	while (what == NULL && end > text) {
		end--;
		if (*end != '\0') {
			what = prepend(&t, end, 1);
		} else {
			what = prepend(&t, "$", 1);
			if (what == NULL)
				what = replace(d, &t);
		}
	}
	if (what == NULL && (*out = malloc(t.len)) == NULL)
		what = "out of memory";
	if (what == NULL)
		memcpy(*out, t.buf + t.size - t.len, t.len);
	dotenv_value_free(t.buf, t.size);
	return what;
}

enum state { START, BARE, SINGLE, DOUBLE, ESCAPE, BEHIND, COMMENT };

/* The byte that \${c} means between double quotes, or 0. */
static char
escaped(char c)
{
	static const char letters[] = "fnrtv\"\\$", bytes[] = "\f\n\r\t\v\"\\$";
	const char *p = strchr(letters, c);

	return p == NULL ? '\0' : bytes[p - letters];
}

const char *
dotenv_value_read(char *text, char **end)
{
	enum state state = START;
	const char *p = text, *run;
	char *out = text;

	/* The only blank that trim() leaves in front is a form feed: it and its like stay. */
	for (run = p; p < *end && *p != '\n' && is_space(*p) && p - run < MAX_RUN; p++) {
		*out++ = *p;
		state = BARE;
	}
	for (; p < *end && state != COMMENT; p++) {
		switch (state) {
		case START:
		case BARE:
			if (state == START && (*p == '\'' || *p == '"')) {
				state = *p == '"' ? DOUBLE : SINGLE;
				break;
			}
			state = *p == '#' ? COMMENT : is_space(*p) ? BEHIND : BARE;
			if (state == BARE)
				*out++ = *p == '$' ? '\0' : *p;
			break;
		case SINGLE:
			if (*p == '\'')
				state = BEHIND;
			else
				*out++ = *p;
			break;
		case DOUBLE:
			if (*p == '"')
				state = BEHIND;
			else if (*p == '\\')
				state = ESCAPE;
			else
				*out++ = *p == '$' ? '\0' : *p;
			break;
		case ESCAPE:
			if (escaped(*p) == '\0')
				return "unknown escape between double quotes";
			*out++ = escaped(*p);
			state = DOUBLE;
			break;
		case BEHIND:
			if (*p == '#')
				state = COMMENT;
			else if (!is_space(*p))
				return "text behind the value (one with spaces needs quotes)";
			break;
		case COMMENT: break;
		}
	}
	if (state == SINGLE || state == DOUBLE || state == ESCAPE)
		return "missing closing quote";
	*end = out;
	return NULL;
}
