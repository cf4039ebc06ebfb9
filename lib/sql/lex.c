#include "sql/lex.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/scan.h"

/*
 * What scan.c finds, as statements: all bytes that may still be asked for lie in its window, so
 * that a statement is one piece.  Where a lexer that keeps nothing drops the first byte of a
 * statement, or of a string in it, it remembers the line and column for a message.
 */
enum { HEAD = SCAN_MODES_MAX }; /* what is kept of a statement even then */

#define GONE SIZE_MAX /* an index whose byte was dropped */

struct lex {
	struct scan s;
	size_t limit;
	bool broken;
	struct place start; /* of s.start and s.open, where they are GONE */
	struct place open;
	struct place where; /* of the error */
	char error[96];
};

struct lex *
lex_new(size_t limit)
{
	struct lex *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		warn("SQL lexer");
		return NULL;
	}
	l->limit = limit;
	scan_init(&l->s);
	return l;
}

static bool
inside_statement(const struct lex *l)
{
	return l->s.state >= SCAN_TEXT;
}

static bool
inside_open(const struct lex *l)
{
	return l->s.state == SCAN_BETWEEN_BLOCK || l->s.state >= SCAN_TEXT_LINE;
}

static struct place
start_place(struct lex *l)
{
	return l->s.start == GONE ? l->start : window_place(&l->s.w, l->s.start);
}

static struct place
open_place(struct lex *l)
{
	return l->s.open == GONE ? l->open : window_place(&l->s.w, l->s.open);
}

/* Drop what no one will ask for again. */
static void
compact(struct lex *l)
{
	struct scan *s = &l->s;
	size_t base = s->w.pos;

	if (inside_statement(l) && s->start != GONE &&
	    (l->limit > 0 || base - s->start <= HEAD))
		base = s->start;
	if (inside_statement(l) && s->start < base) {
		l->start = start_place(l);
		s->start = GONE;
	}
	if (inside_open(l) && s->open < base) {
		l->open = open_place(l);
		s->open = GONE;
	}
	if (s->start != GONE)
		s->start -= s->start < base ? s->start : base;
	if (s->open != GONE)
		s->open -= s->open < base ? s->open : base;
	window_drop(&s->w, base);
}

int
lex_add(struct lex *l, const void *bytes, size_t len)
{
	if (l->broken)
		return 0;
	compact(l);
	buf_add(&l->s.w.buf, bytes, len);
	if (l->s.w.buf.failed) {
		if (l->limit > 0)
			warnx(
			    "out of memory for a statement of %zu bytes", l->s.w.buf.len + len);
		return -1;
	}
	return 0;
}

void
lex_end(struct lex *l)
{
	l->s.w.ended = true;
}

static enum lex_kind
broken(struct lex *l, struct place where, const char *what)
{
	l->broken = true;
	l->where = where;
	strlcpy(l->error, what, sizeof(l->error));
	return LEX_ERROR;
}

/* The statement from start to pos is whole; pos stands on its delimiter. */
static enum lex_kind
finished(struct lex *l, struct lex_statement *statement)
{
	struct window *w = &l->s.w;
	size_t start = l->s.start, len = w->pos - start;
	struct place place;
	const char *nul;

	memset(statement, 0, sizeof(*statement));
	statement->no_backslash = l->s.no_backslash;
	statement->ansi_quotes = l->s.ansi_quotes;
	statement->delimiter = l->s.delimiter;
	scan_take(&l->s, start != GONE);
	if (l->limit == 0)
		return LEX_STATEMENT;
	place = window_place(w, start);
	statement->text = w->buf.data + start;
	statement->len = len;
	statement->offset = w->dropped + start;
	statement->line = place.line;
	statement->column = place.column;
	nul = memchr(statement->text, '\0', len);
	if (nul != NULL)
		return broken(l, window_place(w, (size_t)(nul - w->buf.data)), "NUL byte");
	return LEX_STATEMENT;
}

/* All bytes are there and used: what is still open? */
static enum lex_kind
at_end(struct lex *l)
{
	char what[80];

	switch (l->s.state) {
	case SCAN_TEXT:
	case SCAN_TEXT_LINE:
		snprintf(
		    what, sizeof(what), "statement without its delimiter %s", l->s.delimiter);
		return broken(l, start_place(l), what);
	case SCAN_BETWEEN_BLOCK:
	case SCAN_TEXT_BLOCK: return broken(l, open_place(l), "comment without end");
	case SCAN_SINGLE:
	case SCAN_DOUBLE: return broken(l, open_place(l), "string without end");
	case SCAN_BACK: return broken(l, open_place(l), "name without end");
	default: return LEX_MORE;
	}
}

enum lex_kind
lex_next(struct lex *l, struct lex_statement *statement)
{
	enum scan_step step = SCAN_ON;
	char large[64];

	if (l->broken)
		return LEX_ERROR;
	while (step == SCAN_ON) {
		step = scan_step(&l->s);
		if (l->limit > 0 && inside_statement(l) && l->s.w.pos - l->s.start > l->limit) {
			snprintf(
			    large, sizeof(large), "statement of more than %zu bytes", l->limit);
			return broken(l, start_place(l), large);
		}
	}
	if (step == SCAN_WHOLE)
		return finished(l, statement);
	if (step == SCAN_ERROR)
		return broken(l, window_place(&l->s.w, l->s.w.pos), l->s.error);
	return l->s.w.ended ? at_end(l) : LEX_MORE;
}

const char *
lex_error(const struct lex *l, uint64_t *line, uint64_t *column)
{
	*line = l->where.line;
	*column = l->where.column;
	return l->error;
}

void
lex_state(const struct lex_statement *s, struct lex_state *state)
{
	*state = (struct lex_state){.offset = s->offset,
	    .line = s->line,
	    .column = s->column,
	    .no_backslash = s->no_backslash,
	    .ansi_quotes = s->ansi_quotes};
	strlcpy(state->delimiter, s->delimiter, sizeof(state->delimiter));
}

void
lex_resume(struct lex *l, const struct lex_state *state)
{
	l->s.w.dropped = state->offset;
	l->s.w.line = state->line;
	l->s.w.column = state->column;
	l->s.no_backslash = state->no_backslash;
	l->s.ansi_quotes = state->ansi_quotes;
	scan_delimiter(&l->s, state->delimiter);
}

bool
lex_idle(const struct lex *l)
{
	return !l->broken && l->s.state == SCAN_BETWEEN && l->s.w.pos == l->s.w.buf.len;
}

void
lex_skip(struct lex *l, uint64_t bytes, uint64_t lines)
{
	window_skip(&l->s.w, bytes, lines);
}

void
lex_free(struct lex *l)
{
	if (l == NULL)
		return;
	buf_free(&l->s.w.buf);
	free(l);
}
