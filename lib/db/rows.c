/*
 * A statement ends at a row that its own bytes choose (row_ends_statement), so that a row more
 * or less changes the statement that it is in and not all that follow.  Which row ends one
 * depends on where the one before ended, so the writer decides, in order; whoever formats a
 * row only marks that it may.
 *
 * Each row is formatted with ",\n" behind it.  At the end of a statement the comma becomes a
 * semicolon, in place.  Of the last row of a block the writer holds those two bytes back and
 * puts them before the first row of the next block, into the two bytes that each block keeps
 * free for them: the table's last row may be the one, and only the end tells.
 */
#include "db/rows.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "db/binary.h"
#include "db/login.h"
#include "db/query.h"
#include "sql/row.h"

#define PREFIX 2

struct rows_block *
rows_block_new(void)
{
	struct rows_block *b = calloc(1, sizeof(*b));

	if (b == NULL || buf_room(&b->bytes, ROWS_BLOCK + ROWS_BLOCK / 4) != 0) {
		warnx("out of memory for a block of rows");
		rows_block_free(b);
		return NULL;
	}
	b->bytes.len = PREFIX;
	return b;
}

/* A row ends at the end of ${b}; ${ends}: a statement may, too. */
static int
add_end(struct rows_block *b, const struct table *t, bool ends)
{
	size_t size;
	uint64_t *all;

	if (b->nrows == b->size) {
		size = b->size == 0 ? 1024 : b->size * 2;
		all = reallocarray(b->ends, size, sizeof(*all));
		if (all == NULL) {
			warn("%s", t->label);
			return EX_OSERR;
		}
		b->ends = all;
		b->size = size;
	}
	b->ends[b->nrows++] = (uint64_t)b->bytes.len * 2 + ends;
	return 0;
}

/* Format ${row} of ${t}, which is not large, into ${b}.  Return 0, or an exit code. */
static int
block_add(struct rows_block *b, const struct table *t, const MYSQL_ROW row,
    const unsigned long *lengths)
{
	size_t len = row_format(&b->bytes, t->columns, t->ncolumns, row, lengths);

	if (len == 0) {
		warnx("%s: out of memory for a row", t->label);
		return EX_OSERR;
	}
	return add_end(b, t, row_ends_statement(b->bytes.data + b->bytes.len - len, len));
}

void
rows_block_reset(struct rows_block *b)
{
	buf_reset(&b->bytes, 4 * ROWS_BLOCK);
	if (buf_room(&b->bytes, PREFIX) == 0)
		b->bytes.len = PREFIX;
	b->nrows = 0;
	b->next = NULL;
}

void
rows_block_free(struct rows_block *b)
{
	if (b == NULL)
		return;
	buf_free(&b->bytes);
	free(b->ends);
	free(b);
}

void
rows_queue_push(struct rows_queue *q, struct rows_block *b)
{
	b->next = NULL;
	if (q->tail != NULL)
		q->tail->next = b;
	else
		q->head = b;
	q->tail = b;
	q->n++;
}

struct rows_block *
rows_queue_pop(struct rows_queue *q)
{
	struct rows_block *b = q->head;

	if (b == NULL)
		return NULL;
	q->head = b->next;
	if (q->head == NULL)
		q->tail = NULL;
	q->n--;
	b->next = NULL;
	return b;
}

void
rows_queue_free(struct rows_queue *q)
{
	struct rows_block *b;

	while ((b = rows_queue_pop(q)) != NULL)
		rows_block_free(b);
}

int
rows_fail(MYSQL *m, const struct table *t)
{
	unsigned int error = mysql_errno(m);
	int rc = login_fail(m, t->label);

	return error == ER_NO_SUCH_TABLE || (error == ER_BAD_FIELD_ERROR && t->where == NULL)
		   ? EX_TEMPFAIL
		   : rc;
}

/* Where a large row goes: always room for a piece of it. */
struct pieces {
	struct rows_block *block;
	const struct rows_sink *sink;
};

#define PIECE (ROWS_BLOCK / 8)

/* Return where to write a piece of at most PIECE bytes, or NULL: the sink stopped it, or there is
 * no memory (reported). */
static char *
room(struct pieces *p)
{
	struct buf *b = &p->block->bytes;

	if (b->len >= ROWS_BLOCK) {
		p->block = p->sink->next(p->sink->next_ctx, p->block);
		if (p->block == NULL)
			return NULL;
		b = &p->block->bytes;
	}
	if (buf_room(b, 2 * PIECE + 2 * ROW_VALUE_ROOM) == 0)
		return b->data + b->len;
	warnx("out of memory for a row");
	return NULL;
}

/* Format one value of a large row, and ${before} in front of it. */
static int
add_value(
    struct pieces *p, const struct row_column *c, char before, const char *value, size_t len)
{
	char *o = room(p);
	bool hex;
	size_t n;

	if (o == NULL)
		return 1;
	*o++ = before;
	if (value == NULL || len <= PIECE) {
		o = row_value(o, c, value, len);
	} else {
		o = row_open(o, c, value, len, &hex);
		for (; len > 0; value += n, len -= n) {
			n = len < PIECE ? len : PIECE;
			o = row_piece(o, hex, value, n);
			p->block->bytes.len = (size_t)(o - p->block->bytes.data);
			if ((o = room(p)) == NULL)
				return 1;
		}
		o = row_close(o, hex);
	}
	p->block->bytes.len = (size_t)(o - p->block->bytes.data);
	return 0;
}

/* Format a large row; a statement always ends behind it. */
static int
add_large(
    struct pieces *p, const struct table *t, const MYSQL_ROW row, const unsigned long *lengths)
{
	char *o;
	int rc = 0;

	for (unsigned int i = 0; rc == 0 && i < t->ncolumns; i++)
		rc = add_value(p, &t->columns[i], i == 0 ? '(' : ',', row[i], lengths[i]);
	if (rc != 0 || (o = room(p)) == NULL)
		return 1;
	memcpy(o, "),\n", 3);
	p->block->bytes.len += 3;
	return add_end(p->block, t, true);
}

static bool
is_large(const struct table *t, const unsigned long *lengths)
{
	size_t sum = 0;

	for (unsigned int i = 0; i < t->ncolumns; i++)
		sum += lengths[i];
	return sum >= ROWS_LARGE;
}

/* Where rows come from: one of both. */
struct answer {
	MYSQL_RES *text;
	struct binary *binary;
};

/* Return 0; -1 as mysql_errno() tells; or an exit code after reporting. */
static int
answer_open(struct answer *a, MYSQL *m, const char *sql, const struct table *t)
{
	int rc;

	if (t->binary) {
		rc = binary_open(m, sql, &a->binary);
		if (rc == 0 && binary_columns(a->binary) < t->ncolumns)
			return query_misfit(t->label);
		if (rc != -1 || mysql_errno(m) != ER_MAX_PREPARED_STMT_COUNT_REACHED)
			return rc;
		/* The same query's text is the same, and only takes longer. */
		binary_close(a->binary);
		a->binary = NULL;
	}
	if (mysql_query(m, sql) != 0 || (a->text = mysql_use_result(m)) == NULL)
		return -1;
	return mysql_num_fields(a->text) < t->ncolumns ? query_misfit(t->label) : 0;
}

/* Return as binary_next(). */
static int
answer_next(struct answer *a, MYSQL *m, MYSQL_ROW *row, const unsigned long **lengths)
{
	if (a->binary != NULL)
		return binary_next(a->binary, row, lengths);
	if ((*row = mysql_fetch_row(a->text)) == NULL)
		return mysql_errno(m) != 0 ? -1 : 0;
	*lengths = mysql_fetch_lengths(a->text);
	return 1;
}

int
rows_read(MYSQL *m, const char *sql, const struct table *t, const struct rows_sink *sink)
{
	struct pieces p = {sink->next(sink->next_ctx, NULL), sink};
	struct answer a = {0};
	const unsigned long *lengths;
	MYSQL_ROW row;
	int rc = 1, more;

	if (p.block == NULL)
		return 1;
	rc = answer_open(&a, m, sql, t);
	if (rc != 0) {
		rc = rc == -1 ? sink->lost(sink->lost_ctx, t) : rc;
		goto out;
	}
	while ((more = answer_next(&a, m, &row, &lengths)) == 1) {
		rc = is_large(t, lengths) ? add_large(&p, t, row, lengths)
					  : block_add(p.block, t, row, lengths);
		if (rc != 0)
			goto out;
		if (p.block->bytes.len >= ROWS_BLOCK) {
			p.block = sink->next(sink->next_ctx, p.block);
			rc = 1;
			if (p.block == NULL)
				goto out;
		}
	}
	rc = more == -1 ? sink->lost(sink->lost_ctx, t) : -more;
out:
	/* Reading the rest of a long answer only to throw it away helps nobody. */
	if (rc != 0 && (a.text != NULL || a.binary != NULL))
		mariadb_cancel(m);
	mysql_free_result(a.text);
	binary_close(a.binary);
	if (rc == 0) {
		p.block = sink->next(sink->next_ctx, p.block);
		rc = p.block == NULL ? 1 : 0;
	}
	rows_block_free(p.block);
	return rc;
}

static int
put(struct rows_writer *w, const char *bytes, size_t len)
{
	int rc = emit_rows(w->emit, bytes, len, w->rows);

	progress_add(w->progress, len);
	w->rows = 0;
	return rc;
}

/* A row begins at ${at}: where no statement is open, write what stands before and open one. */
static int
open_statement(struct rows_writer *w, const char *data, size_t *from, size_t at)
{
	int rc = 0;

	if (w->statement > 0)
		return 0;
	if (at > *from)
		rc = put(w, data + *from, at - *from);
	*from = at;
	w->statement = strlen(w->table->insert);
	return rc == 0 ? put(w, w->table->insert, w->statement) : rc;
}

int
rows_write(struct rows_writer *w, struct rows_block *b)
{
	char *data = b->bytes.data, note[192];
	size_t from = PREFIX, at = PREFIX, end;
	bool ends;
	int rc = 0;

	if (b->bytes.len == PREFIX)
		return 0;
	w->total += b->nrows;
	snprintf(note, sizeof(note), "%s, %ju rows", w->place, (uintmax_t)w->total);
	progress_note(w->progress, note);
	if (w->holding) {
		from = 0;
		memcpy(data, w->held, PREFIX);
		w->holding = false;
	}
	for (size_t i = 0; i < b->nrows; i++) {
		rc = open_statement(w, data, &from, at);
		if (rc != 0)
			return rc;
		end = (size_t)(b->ends[i] / 2);
		ends = (b->ends[i] & 1) != 0;
		w->statement += end - at;
		w->rows++;
		if (w->statement >= ROW_STATEMENT_MAX ||
		    (ends && w->statement >= ROW_STATEMENT_MIN)) {
			data[end - 2] = ';';
			w->statement = 0;
		}
		at = end;
	}
	if (at < b->bytes.len) { /* a large row begins, or goes on */
		rc = open_statement(w, data, &from, at);
		w->statement += b->bytes.len - at;
		return rc == 0 ? put(w, data + from, b->bytes.len - from) : rc;
	}
	memcpy(w->held, data + at - PREFIX, PREFIX);
	w->holding = true;
	return put(w, data + from, at - PREFIX - from);
}

int
rows_write_end(struct rows_writer *w)
{
	if (!w->holding)
		return 0;
	w->holding = false;
	return put(w, ";\n", PREFIX);
}
