#include "sql/scan.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/*
 * A look ahead is a plain comparison in the window.  Every state stops (SCAN_MORE) where the
 * bytes at hand do not decide, without moving, and decides anew when more have come: so no
 * state has halves, and any split of the input gives the same statements.
 *
 * The loop that matters is the one over the bytes of a statement: a table says which byte is
 * interesting.  Rows of an INSERT go through it like everything else; a loader that knows a
 * statement to be an INSERT may walk its rows with the text at hand.
 */

enum { LINE_LIMIT = 4096 }; /* of a DELIMITER line */

static void
set_delimiter(struct scan *s, const char *delimiter, size_t len)
{
	memcpy(s->delimiter, delimiter, len);
	s->delimiter[len] = '\0';
	s->delimiter_len = len;
	memset(s->stops, 0, sizeof(s->stops));
	for (const char *c = "'\"`#-/*\\"; *c != '\0'; c++)
		s->stops[(uint8_t)*c] = 1;
	s->stops[(uint8_t)delimiter[0]] = 1;
}

void
scan_delimiter(struct scan *s, const char *delimiter)
{
	set_delimiter(s, delimiter, strlen(delimiter));
}

void
scan_init(struct scan *s)
{
	memset(s, 0, sizeof(*s));
	s->w.line = s->w.column = 1;
	set_delimiter(s, ";", 1);
}

static enum scan_step
wrong(struct scan *s, const char *what)
{
	strlcpy(s->error, what, sizeof(s->error));
	return SCAN_ERROR;
}

static void
enter(struct scan *s, enum scan_state state, size_t step)
{
	s->open = s->w.pos;
	s->w.pos += step;
	s->state = state;
}

/* What a `/` at pos begins: a comment (1), an executable comment (2), neither (0), or -1. */
static int
slash(const struct window *w)
{
	int c;

	if ((c = window_peek(w, 1)) != '*')
		return c < 0 ? -1 : 0;
	if ((c = window_peek(w, 2)) == 'M')
		c = window_peek(w, 3);
	return c < 0 ? -1 : c == '!' ? 2 : 1;
}

/* `DELIMITER //`; pos stands on the word.  SCAN_ON when the line is used up. */
static enum scan_step
delimiter_line(struct scan *s)
{
	const char *p = s->w.buf.data + s->w.pos, *end = s->w.buf.data + s->w.buf.len;
	const char *nl = memchr(p, '\n', (size_t)(end - p)), *word = p + strlen("delimiter");
	bool usable = true;
	size_t len;

	if (nl == NULL && !s->w.ended && end - p <= LINE_LIMIT)
		return SCAN_MORE;
	if (nl != NULL)
		end = nl;
	while (word < end && isspace((uint8_t)*word))
		word++;
	for (len = 0; word + len < end && !isspace((uint8_t)word[len]); len++)
		usable = usable && strchr("'\"`\\", word[len]) == NULL; /* nor NUL */
	if (!usable || len == 0 || len > SCAN_DELIMITER_MAX)
		return wrong(s, "DELIMITER without a usable delimiter");
	set_delimiter(s, word, len);
	s->w.pos += (size_t)(end - p) + (nl != NULL ? 1 : 0);
	return SCAN_ON;
}

/* Step over one thing that lies between statements, or enter the statement at pos. */
static enum scan_step
between(struct scan *s)
{
	struct window *w = &s->w;
	int is;

	while (w->pos < w->buf.len && isspace((uint8_t)w->buf.data[w->pos]))
		w->pos++;
	if (w->pos == w->buf.len)
		return SCAN_MORE;
	if (w->dropped + w->pos == 0 && (is = window_ahead(w, "\xef\xbb\xbf", false)) != 0) {
		w->pos += is > 0 ? 3 : 0; /* a byte order mark */
		return is > 0 ? SCAN_ON : SCAN_MORE;
	}
	if ((is = window_ahead(w, s->delimiter, false)) != 0) {
		w->pos += is > 0 ? s->delimiter_len : 0; /* an empty statement */
		return is > 0 ? SCAN_ON : SCAN_MORE;
	}
	switch (w->buf.data[w->pos]) {
	case '#': s->state = SCAN_BETWEEN_LINE; return SCAN_ON;
	case '-':
		if ((is = window_peek(w, 1)) < 0)
			return SCAN_MORE;
		if (is == '-') {
			s->state = SCAN_BETWEEN_LINE;
			return SCAN_ON;
		}
		break;
	case '/':
		/* A dump of a newer server asks its client for a sandbox: not for us. */
		if ((is = window_ahead(w, "/*M!999999\\-", false)) == 0)
			is = window_ahead(w, "/*!999999\\-", false);
		if (is == 0 && (is = slash(w)) == 2)
			break;
		if (is < 0)
			return SCAN_MORE;
		if (is > 0) {
			enter(s, SCAN_BETWEEN_BLOCK, 2);
			return SCAN_ON;
		}
		break;
	case 'd':
	case 'D':
		if ((is = window_ahead(w, "delimiter", true)) > 0)
			is = window_peek(w, 9) < 0 ? -1 : isspace(window_peek(w, 9)) != 0;
		if (is != 0)
			return is > 0 ? delimiter_line(s) : SCAN_MORE;
		break;
	default: break;
	}
	s->start = w->pos;
	s->state = SCAN_TEXT;
	return SCAN_ON;
}

/* Step behind ${end}, the end of a comment, and go on in ${next}. */
static enum scan_step
comment(struct scan *s, const char *end, enum scan_state next)
{
	const char *p = s->w.buf.data + s->w.pos;
	size_t len = strlen(end), have = s->w.buf.len - s->w.pos;
	const char *found = memmem(p, have, end, len);

	if (found == NULL) {
		s->w.pos += have < len ? 0 : have - (len - 1); /* half an end may be here */
		return SCAN_MORE;
	}
	s->w.pos += (size_t)(found - p) + len;
	s->state = next;
	return SCAN_ON;
}

/* Step behind the end of a string or name.  A doubled quote opens it again at once. */
static enum scan_step
string(struct scan *s, char quote, bool escapes)
{
	const char *p = s->w.buf.data + s->w.pos, *end = s->w.buf.data + s->w.buf.len;

	for (;; p += 2) {
		while (p < end && *p != quote && (*p != '\\' || !escapes))
			p++;
		s->w.pos = (size_t)(p - s->w.buf.data);
		if (p == end)
			return SCAN_MORE;
		if (*p == quote) {
			s->w.pos++;
			s->state = SCAN_TEXT;
			return SCAN_ON;
		}
		if (end - p < 2)
			return SCAN_MORE;
	}
}

/* Go on in a statement, to something that begins in it or to its end. */
static enum scan_step
text(struct scan *s)
{
	struct window *w = &s->w;
	const char *p = w->buf.data + w->pos, *end = w->buf.data + w->buf.len;
	char what[32];
	int is, c;

	while (p < end && !s->stops[(uint8_t)*p])
		p++;
	w->pos = (size_t)(p - w->buf.data);
	if (p == end)
		return SCAN_MORE;
	is = *p == s->delimiter[0] ? window_ahead(w, s->delimiter, false) : 0;
	if (is != 0)
		return is > 0 ? SCAN_WHOLE : SCAN_MORE;
	switch (*p) {
	case '\'': enter(s, SCAN_SINGLE, 1); break;
	case '"': enter(s, SCAN_DOUBLE, 1); break;
	case '`': enter(s, SCAN_BACK, 1); break;
	case '#': enter(s, SCAN_TEXT_LINE, 1); break;
	case '-':
		if ((c = window_peek(w, 1)) == '-') {
			c = window_peek(w, 2);
			is = isspace(c) || iscntrl(c); /* `--` alone is arithmetic */
		}
		if (c < 0)
			return SCAN_MORE;
		if (is != 0)
			enter(s, SCAN_TEXT_LINE, 2);
		else
			w->pos++;
		break;
	case '/':
		if ((is = slash(w)) < 0)
			return SCAN_MORE;
		if (is == 1)
			enter(s, SCAN_TEXT_BLOCK, 2);
		else
			w->pos += is == 2 ? 3 : 1;
		s->inside = s->inside || is == 2;
		break;
	case '*': /* `*`, `/` and `*` are no comment where the first two end one */
		if ((c = s->inside ? window_peek(w, 1) : 0) < 0)
			return SCAN_MORE;
		s->inside = s->inside && c != '/';
		w->pos += c == '/' ? 2 : 1;
		break;
	case '\\':
		if ((c = window_peek(w, 1)) < 0)
			return SCAN_MORE;
		if (c != 'N') {
			snprintf(what, sizeof(what),
			    isgraph(c) ? "client command \\%c" : "backslash before byte 0x%02x",
			    (unsigned int)c);
			return wrong(s, what);
		}
		w->pos += 2; /* NULL */
		break;
	default: w->pos++; break; /* the first byte of a delimiter, alone */
	}
	return SCAN_ON;
}

enum scan_step
scan_step(struct scan *s)
{
	switch (s->state) {
	case SCAN_BETWEEN: return between(s);
	case SCAN_BETWEEN_LINE: return comment(s, "\n", SCAN_BETWEEN);
	case SCAN_BETWEEN_BLOCK: return comment(s, "*/", SCAN_BETWEEN);
	case SCAN_TEXT: return text(s);
	case SCAN_TEXT_LINE: return comment(s, "\n", SCAN_TEXT);
	case SCAN_TEXT_BLOCK: return comment(s, "*/", SCAN_TEXT);
	case SCAN_SINGLE: return string(s, '\'', !s->no_backslash);
	case SCAN_DOUBLE: return string(s, '"', !s->no_backslash && !s->ansi_quotes);
	case SCAN_BACK: return string(s, '`', false);
	}
	return SCAN_ERROR;
}

/*
 * Does this statement set sql_mode?  Dumps name the modes in the text; `@saved` puts back what
 * was before, which is a mode that dumps can be loaded with.
 */
static void
follow_modes(struct scan *s, const char *p, size_t len)
{
	char lower[SCAN_MODES_MAX + 1];

	if (len > SCAN_MODES_MAX || strchr("sS/", *p) == NULL)
		return;
	for (size_t i = 0; i < len; i++)
		lower[i] = p[i] == '\0' ? ' ' : (char)tolower((uint8_t)p[i]);
	lower[len] = '\0';
	p = lower;
	if (strncmp(p, "/*", 2) == 0)
		p += strspn(p, "/*m!0123456789 \t\n\r");
	if (strncmp(p, "set", 3) != 0 || strstr(p, "sql_mode") == NULL)
		return;
	s->no_backslash = strstr(p, "no_backslash_escapes") != NULL;
	s->ansi_quotes = strstr(p, "ansi") != NULL;
}

void
scan_take(struct scan *s, bool modes)
{
	if (modes)
		follow_modes(s, s->w.buf.data + s->start, s->w.pos - s->start);
	s->w.pos += s->delimiter_len;
	s->state = SCAN_BETWEEN;
	s->inside = false;
}
