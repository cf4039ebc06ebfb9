#ifndef DB_ROWS_H
#define DB_ROWS_H

#include <mysql.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/progress.h"
#include "db/catalogue.h"
#include "sql/emit.h"

/*
 * Rows between the connection that reads them and the stream that they leave in: blocks of
 * formatted rows, made anywhere, written in order.
 */

/* How many formatted bytes a block holds before it is handed on. */
#define ROWS_BLOCK (256UL << 10)

/* From this size on a row is formatted in pieces, so that it is never there twice. */
#define ROWS_LARGE (1UL << 20)

/* A run of formatted rows, each "(…),\n", behind two bytes that the writer uses.  A large row
 * may begin in one block and end in a later one, which then begins with the rest of it. */
struct rows_block {
	struct buf bytes;
	uint64_t *ends; /* per row: offset behind it × 2, + 1 where a statement may end */
	size_t nrows;
	size_t size;
	struct rows_block *next;
};

/**
 * rows_block_new(void):
 * Return an empty block, or NULL after reporting.
 */
struct rows_block *rows_block_new(void);

/**
 * rows_block_reset(b):
 * Empty ${b} for the next use.
 */
void rows_block_reset(struct rows_block *b);

/**
 * rows_block_free(b):
 * NULL is fine.
 */
void rows_block_free(struct rows_block *b);

/* Blocks in a row; an all-zero struct is an empty one.  Locking is the caller's. */
struct rows_queue {
	struct rows_block *head, *tail;
	size_t n;
};

/**
 * rows_queue_push(q, b), rows_queue_pop(q), rows_queue_free(q):
 * Append ${b}; take the first block off and return it, or NULL; free all.
 */
void rows_queue_push(struct rows_queue *q, struct rows_block *b);
struct rows_block *rows_queue_pop(struct rows_queue *q);
void rows_queue_free(struct rows_queue *q);

/* Take ${full} over and return an empty block, or NULL to stop; NULL asks for the first. */
typedef struct rows_block *rows_next(void *ctx, struct rows_block *full);

/* Report that reading ${t} failed, unless that is no news, and return the exit code. */
typedef int rows_lost(void *ctx, const struct table *t);

/* Who takes the blocks of a table, and who knows its connection. */
struct rows_sink {
	rows_next *next;
	void *next_ctx;
	rows_lost *lost;
	void *lost_ctx;
};

/**
 * rows_fail(m, t):
 * Report why reading ${t} over ${m} failed and return the exit code: as login_fail, but a table
 * or column that is not there went while the dump ran: EX_TEMPFAIL.
 */
int rows_fail(MYSQL *m, const struct table *t);

/**
 * rows_read(m, sql, t, sink):
 * Run ${sql} over ${m} and hand on its rows, formatted for ${t}.  The last block may be empty.
 * Return 0, or an exit code after reporting; 1 without a word where ${sink} stopped it.
 */
int rows_read(MYSQL *m, const char *sql, const struct table *t, const struct rows_sink *sink);

/* The way of one table's blocks into the stream. */
struct rows_writer {
	struct emit *emit;
	struct progress *progress;
	const struct table *table;
	const char *place; /* for the progress: "queues, 3 of 12 tables" */
	uint64_t total;    /* rows of the dump so far, this table's included */
	size_t statement;  /* bytes of the open statement; 0: none is open */
	uint64_t rows;
	char held[2]; /* the last row's ",\n" or ";\n": only the next row tells which it is */
	bool holding;
};

/**
 * rows_write(w, b):
 * Write the rows of ${b}, cut into statements.  Return 0, or an exit code after reporting.
 */
int rows_write(struct rows_writer *w, struct rows_block *b);

/**
 * rows_write_end(w):
 * Close the last statement of the table.  Return as rows_write.
 */
int rows_write_end(struct rows_writer *w);

#endif
