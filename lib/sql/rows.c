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
#include "sql/rows.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <mysqld_error.h>

#include "sql/login.h"
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

int
rows_block_add(struct rows_block *b, const struct table *t, const MYSQL_ROW row,
    const unsigned long *lengths)
{
	size_t len, size;
	uint64_t *ends;

	if (b->nrows == b->size) {
		size = b->size == 0 ? 1024 : b->size * 2;
		ends = reallocarray(b->ends, size, sizeof(*ends));
		if (ends == NULL) {
			warn("%s", t->label);
			return EX_OSERR;
		}
		b->ends = ends;
		b->size = size;
	}
	len = row_format(&b->bytes, t->columns, t->ncolumns, row, lengths);
	if (len == 0) {
		warnx("%s: out of memory for a row", t->label);
		return EX_OSERR;
	}
	b->ends[b->nrows++] = (uint64_t)b->bytes.len * 2 +
			      row_ends_statement(b->bytes.data + b->bytes.len - len, len);
	return 0;
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

int
rows_read(MYSQL *m, const char *sql, const struct table *t, const struct rows_sink *sink)
{
	struct rows_block *b = sink->next(sink->next_ctx, NULL);
	MYSQL_RES *res = NULL;
	MYSQL_ROW row;
	int rc = 1;

	if (b == NULL)
		return 1;
	if (mysql_query(m, sql) != 0 || (res = mysql_use_result(m)) == NULL) {
		rc = sink->lost(sink->lost_ctx, t);
		goto out;
	}
	while ((row = mysql_fetch_row(res)) != NULL) {
		rc = rows_block_add(b, t, row, mysql_fetch_lengths(res));
		if (rc != 0)
			goto out;
		if (b->bytes.len >= ROWS_BLOCK) {
			b = sink->next(sink->next_ctx, b);
			rc = 1;
			if (b == NULL)
				goto out;
		}
	}
	rc = mysql_errno(m) != 0 ? sink->lost(sink->lost_ctx, t) : 0;
out:
	/* Reading the rest of a long answer only to throw it away helps nobody. */
	if (rc != 0 && res != NULL)
		mariadb_cancel(m);
	mysql_free_result(res);
	if (rc == 0) {
		b = sink->next(sink->next_ctx, b);
		rc = b == NULL ? 1 : 0;
	}
	rows_block_free(b);
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

int
rows_write(struct rows_writer *w, struct rows_block *b)
{
	char *data = b->bytes.data;
	size_t from = PREFIX, at = PREFIX, end;
	char note[192];
	bool ends;
	int rc = 0;

	if (b->nrows == 0)
		return 0;
	w->total += b->nrows;
	snprintf(note, sizeof(note), "%s, %ju rows", w->place, (uintmax_t)w->total);
	progress_note(w->progress, note);
	if (w->holding) {
		from = 0;
		memcpy(data, w->held, PREFIX);
	}
	for (size_t i = 0; i < b->nrows; i++) {
		if (w->statement == 0) {
			if (at > from)
				rc = put(w, data + from, at - from);
			w->statement = strlen(w->table->insert);
			if (rc == 0)
				rc = put(w, w->table->insert, w->statement);
			if (rc != 0)
				return rc;
			from = at;
		}
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
