#include "sql/endmark.h"

#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "sql/lex.h"
#include "sql/markline.h"
#include "sql/markplace.h"
#include "sql/region.h"
#include "sql/tablelist.h"

/*
 * A dump is read as three kinds of bytes: schema, rows regions, and the end mark.
 *
 * Schema goes line by line through a lexer that keeps nothing.  A line is ours only where a
 * statement may begin, so text inside a string or a routine's body never counts; such a line
 * is held back until its newline has come.  A rows region needs no lexer.
 *
 * Each byte goes into exactly one digest: schema, its region's, or that of the end mark, whose
 * last line is checked to the byte where its digest does not reach.  A changed byte can also
 * move the borders (a region ends early, a line is no longer ours): then bytes go to another
 * digest, and that one differs.
 */
enum { LINE_MAX_BYTES = 1 << 20, MARK_MAX_BYTES = 64 << 20 };

static const char no_memory[] = "out of memory";
enum state { SCHEMA, ROWS, MARK, END, BROKEN };

struct endmark {
	enum state state;
	struct lex *lex;
	struct hash schema;
	struct hash mark;
	struct region *region;
	uint64_t offset; /* of the next byte; stays at the end mark's first */
	struct buf line; /* held: a line that is, or may be, ours */
	bool passing;    /* in a line of schema that is not */
	uint64_t mark_bytes;
	char schema_hex[HASH_HEX];
	char mark_hex[HASH_HEX];
	struct markline_end end;
	struct tablelist counted;
	struct tablelist promised;
	char **notes;
	size_t notes_len;
	char error[640];
};

static int __attribute__((format(printf, 2, 3)))
broken(struct endmark *e, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsnprintf(e->error, sizeof(e->error), format, ap);
	va_end(ap);
	e->state = BROKEN;
	return -1;
}

/* One of our lines could not be read, for which errno is the reason. */
static int
unread(struct endmark *e, const char *what)
{
	return broken(e, "%s", errno == ENOMEM ? no_memory : what);
}

struct endmark *
endmark_new(void)
{
	struct endmark *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		warn("end mark");
		return NULL;
	}
	e->lex = lex_new(0);
	hash_start(&e->schema);
	hash_start(&e->mark);
	e->region = region_new();
	if (e->lex == NULL || e->region == NULL) {
		endmark_free(e);
		return NULL;
	}
	return e;
}

/* The lexer met an error; ${before} is said before its words. */
static int
no_sql(struct endmark *e, const char *before)
{
	uint64_t line, column;
	const char *what = lex_error(e->lex, &line, &column);

	return broken(
	    e, "%sline %ju, column %ju: %s", before, (uintmax_t)line, (uintmax_t)column, what);
}

/* Bytes of schema: a line, or a part of one. */
static int
pass(struct endmark *e, const char *p, size_t len)
{
	struct lex_statement s;
	enum lex_kind kind;

	hash_add(&e->schema, p, len);
	e->offset += len;
	if (lex_add(e->lex, p, len) != 0)
		return broken(e, no_memory);
	while ((kind = lex_next(e->lex, &s)) == LEX_STATEMENT)
		;
	return kind == LEX_ERROR ? no_sql(e, "") : 0;
}

/* A whole line of the end mark is held. */
static int
mark_line(struct endmark *e)
{
	const char *p = e->line.data;
	size_t len = e->line.len;
	struct endmark_table *t;
	char **notes;

	e->mark_bytes += len;
	if (e->mark_bytes > MARK_MAX_BYTES)
		return broken(e, "end mark of more than %d MiB", MARK_MAX_BYTES >> 20);
	switch (markline_kind(p, len)) {
	case MARKLINE_TABLE:
		if ((t = tablelist_room(&e->promised)) == NULL)
			return broken(e, no_memory);
		if (markline_table(p, len, t) != 0)
			return unread(e, "end mark: a siantre-table line is damaged");
		e->promised.len++;
		hash_add(&e->mark, p, len);
		break;
	case MARKLINE_NOTE:
		notes = reallocarray(e->notes, e->notes_len + 1, sizeof(*notes));
		if (notes == NULL)
			return broken(e, no_memory);
		e->notes = notes;
		if ((notes[e->notes_len] = markline_note(p, len)) == NULL)
			return unread(e, "end mark: a siantre-note line is damaged");
		e->notes_len++;
		hash_add(&e->mark, p, len);
		break;
	case MARKLINE_END:
		if (markline_last(p, len, &e->end) != 0)
			return unread(e, "end mark: the siantre-end line is damaged");
		hash_add(&e->mark, p, e->end.hashed);
		hash_take(&e->mark, e->mark_hex);
		hash_take(&e->schema, e->schema_hex);
		e->state = END;
		break;
	default: return broken(e, "end mark: a line that does not belong there");
	}
	e->line.len = 0;
	return 0;
}

/* A whole line that begins with our prefix is held, where a statement may begin. */
static int
own_line(struct endmark *e)
{
	enum markline kind = markline_kind(e->line.data, e->line.len);
	struct endmark_table *t;

	if (kind == MARKLINE_TABLE || kind == MARKLINE_NOTE || kind == MARKLINE_END) {
		e->state = MARK;
		return mark_line(e);
	}
	if (pass(e, e->line.data, e->line.len) != 0)
		return -1;
	if (kind == MARKLINE_ROWS) {
		if ((t = tablelist_room(&e->counted)) == NULL)
			return broken(e, no_memory);
		if (markline_names(e->line.data, e->line.len, t) != 0)
			return unread(e, "a siantre-rows line is damaged");
		t->offset = e->offset;
		e->counted.len++;
		e->state = ROWS;
		region_start(e->region);
	}
	e->line.len = 0;
	return 0;
}

/* Hold bytes up to a newline.  Return how many of ${len} were taken; ${*whole}: the line is. */
static ssize_t
hold(struct endmark *e, const char *p, size_t len, bool *whole)
{
	const char *nl = memchr(p, '\n', len);
	size_t n = nl != NULL ? (size_t)(nl - p) + 1 : len;

	if (e->line.len + n > LINE_MAX_BYTES)
		return broken(e, "a %s line of more than 1 MiB", MARKLINE_PREFIX);
	buf_add(&e->line, p, n);
	if (e->line.failed)
		return broken(e, no_memory);
	*whole = nl != NULL;
	return (ssize_t)n;
}

/* Each of these takes some of ${len} bytes, or changes the state; returns how many, or -1. */
static ssize_t
take_mark(struct endmark *e, const char *p, size_t len)
{
	bool whole = false;
	ssize_t n = hold(e, p, len, &whole);

	return n < 0 || (whole && mark_line(e) != 0) ? -1 : n;
}

static ssize_t
take_schema(struct endmark *e, const char *p, size_t len)
{
	static const char prefix[] = MARKLINE_PREFIX;
	const char *nl;
	size_t n = 0;
	ssize_t held;
	bool whole = false;

	if (!e->passing && e->line.len == 0 && !lex_idle(e->lex))
		e->passing = true;
	if (!e->passing) {
		while (n < len && e->line.len + n < sizeof(prefix) - 1 &&
		       p[n] == prefix[e->line.len + n])
			n++;
		if (e->line.len + n == sizeof(prefix) - 1 || n == len ||
		    e->line.len >= sizeof(prefix) - 1) {
			held = hold(e, p, len, &whole);
			return held < 0 || (whole && own_line(e) != 0) ? -1 : held;
		}
		if (e->line.len > 0 && pass(e, e->line.data, e->line.len) != 0)
			return -1;
		e->line.len = 0;
		e->passing = true;
	}
	nl = memchr(p, '\n', len);
	n = nl != NULL ? (size_t)(nl - p) + 1 : len;
	e->passing = nl == NULL;
	return pass(e, p, n) != 0 ? -1 : (ssize_t)n;
}

static ssize_t
take_rows(struct endmark *e, const char *p, size_t len)
{
	struct endmark_table *t = &e->counted.items[e->counted.len - 1];
	struct region_sum sum;
	const char *rest;
	size_t n, rest_len;
	bool ended;

	n = region_add(e->region, p, len, &ended);
	if (!ended)
		return (ssize_t)n;
	region_take(e->region, &sum);
	t->rows = sum.rows;
	t->bytes = sum.bytes;
	memcpy(t->sha256, sum.sha256, sizeof(t->sha256));
	e->offset += sum.bytes;
	lex_skip(e->lex, sum.bytes, sum.lines);
	e->state = SCHEMA;
	rest = region_rest(e->region, &rest_len);
	return rest_len > 0 && take_schema(e, rest, rest_len) < 0 ? -1 : (ssize_t)n;
}

int
endmark_add(struct endmark *e, const void *buf, size_t len)
{
	const char *p = buf;
	ssize_t n = 0;

	for (; len > 0; p += n, len -= (size_t)n) {
		switch (e->state) {
		case SCHEMA: n = take_schema(e, p, len); break;
		case ROWS: n = take_rows(e, p, len); break;
		case MARK: n = take_mark(e, p, len); break;
		case END: return broken(e, "bytes behind the end mark");
		case BROKEN: return -1;
		}
		if (n < 0)
			return -1;
	}
	return e->state == BROKEN ? -1 : 0;
}

static int
no_end(struct endmark *e)
{
	struct lex_statement s;

	lex_end(e->lex);
	if (e->state != SCHEMA || lex_next(e->lex, &s) != LEX_ERROR)
		return broken(e, "no end mark");
	return no_sql(e, "no end mark; ");
}

int
endmark_finish(struct endmark *e)
{
	const struct markline_end *end = &e->end;
	uint64_t rows = 0;

	if (e->state != END)
		return e->state == BROKEN ? -1 : no_end(e);
	if (strcmp(e->mark_hex, end->sha256) != 0)
		return broken(e, "digest of the end mark differs");
	if (tablelist_compare(&e->promised, &e->counted, e->error, sizeof(e->error)) != 0) {
		e->state = BROKEN;
		return -1;
	}
	if (markplace_compare(&e->promised, e->notes, e->notes_len) != 0)
		return unread(e, "end mark: the rows do not begin where it says");
	for (size_t i = 0; i < e->promised.len; i++)
		rows += e->promised.items[i].rows;
	if (e->promised.len != end->tables || rows != end->rows)
		return broken(e,
		    "end mark: %zu tables and %ju rows listed, %ju and %ju promised",
		    e->promised.len, (uintmax_t)rows, (uintmax_t)end->tables,
		    (uintmax_t)end->rows);
	if (strcmp(e->schema_hex, end->schema) != 0)
		return broken(e, "digest of the schema differs");
	if (e->offset != end->bytes)
		return broken(e, "%ju bytes before the end mark, %ju promised",
		    (uintmax_t)e->offset, (uintmax_t)end->bytes);
	return 0;
}

const char *
endmark_error(const struct endmark *e)
{
	return e->state == BROKEN ? e->error : NULL;
}

int
endmark_exit(const struct endmark *e)
{
	return strcmp(e->error, no_memory) == 0 ? EX_OSERR : EX_DATAERR;
}

const char *
endmark_digest(const struct endmark *e)
{
	return e->end.sha256;
}

const char *
endmark_schema(const struct endmark *e)
{
	return e->end.schema;
}

uint64_t
endmark_bytes(const struct endmark *e)
{
	return e->end.bytes;
}

uint64_t
endmark_rows(const struct endmark *e)
{
	return e->end.rows;
}

size_t
endmark_tables(const struct endmark *e)
{
	return e->promised.len;
}

const struct endmark_table *
endmark_table(const struct endmark *e, size_t i)
{
	return i < e->promised.len ? &e->promised.items[i] : NULL;
}

void
endmark_free(struct endmark *e)
{
	if (e == NULL)
		return;
	lex_free(e->lex);
	region_free(e->region);
	buf_free(&e->line);
	tablelist_free(&e->counted);
	tablelist_free(&e->promised);
	for (size_t i = 0; i < e->notes_len; i++)
		free(e->notes[i]);
	free(e->notes);
	free(e);
}
