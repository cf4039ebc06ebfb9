#ifndef SQL_ROW_H
#define SQL_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mysql.h>

#include "base/buf.h"

/*
 * One row of a result as one line of an INSERT statement.  This is the hot loop of a dump.
 */

enum row_kind {
	ROW_NUMBER, /* as the server prints it */
	ROW_PLAIN,  /* quoted; never needs an escape: dates, times, UUIDs, addresses */
	ROW_TEXT,   /* quoted and escaped */
	ROW_HEX,    /* 0x…, '' where empty */
	ROW_FOREIGN /* _charset 0x…: text that does not survive a conversion to UTF-8 */
};

struct row_column {
	enum row_kind kind;
	char charset[64]; /* of ROW_FOREIGN: "_gbk " */
};

/**
 * row_format(b, columns, n, row, lengths):
 * Append "(v1,v2,…),\n" to ${b}.  Return how many bytes that was, or 0 without memory.
 */
size_t row_format(struct buf *b, const struct row_column *columns, unsigned int n,
    const MYSQL_ROW row, const unsigned long *lengths);

/**
 * row_open(out, c), row_piece(out, c, bytes, len), row_close(out, c):
 * The same for one value of column ${c} in pieces, neither NULL nor empty: what stands before
 * it, ${len} bytes of it, what stands behind it.  ${out} has room for 2 × ${len} bytes and
 * ROW_VALUE_ROOM more; return the byte behind what was written.
 */
#define ROW_VALUE_ROOM 144
char *row_open(char *out, const struct row_column *c);
char *row_piece(char *out, const struct row_column *c, const char *bytes, size_t len);
char *row_close(char *out, const struct row_column *c);

/**
 * row_value(out, c, value, len):
 * One value whole; NULL where ${value} is NULL.
 */
char *row_value(char *out, const struct row_column *c, const char *value, size_t len);

/**
 * row_ends_statement(bytes, len):
 * Whether a statement that is long enough already ends behind this formatted row of ${len}
 * bytes: a matter of the row's own bytes, with a chance of ${len} in ROW_STATEMENT_SPREAD.
 */
bool row_ends_statement(const char *bytes, size_t len);

/*
 * A statement ends behind the first row that is chosen by row_ends_statement once it has
 * ROW_STATEMENT_MIN bytes, and behind any row once it has ROW_STATEMENT_MAX.
 */
#define ROW_STATEMENT_MIN (256UL << 10)
#define ROW_STATEMENT_SPREAD (256UL << 10) /* a power of two */
#define ROW_STATEMENT_MAX (1UL << 20)

#endif
