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
	ROW_NUMBER,  /* as the server prints it */
	ROW_PLAIN,   /* quoted; never needs an escape: dates, times, UUIDs, addresses */
	ROW_TEXT,    /* quoted and escaped */
	ROW_HEX,     /* 0x…, '' where empty */
	ROW_FOREIGN, /* _charset 0x…: text that does not survive a conversion to UTF-8 */
	ROW_MIXED, /* as ROW_TEXT where all bytes are ASCII, which does, else as ROW_FOREIGN */
	ROW_UNTIL  /* quoted; NULL is written as DEFAULT: where a row's validity has no end */
};

struct row_column {
	enum row_kind kind;
	char charset[64]; /* of ROW_FOREIGN and ROW_MIXED: "_gbk " */
};

/**
 * row_format(b, columns, n, row, lengths):
 * Append "(v1,v2,…),\n" to ${b}.  Return how many bytes that was, or 0 without memory.
 */
size_t row_format(struct buf *b, const struct row_column *columns, unsigned int n,
    const MYSQL_ROW row, const unsigned long *lengths);

/**
 * row_open(out, c, value, len, hex), row_piece(out, hex, bytes, len), row_close(out, hex):
 * The same for one long ${value} of column ${c}, binary or text, in pieces: what stands before
 * it, some bytes of it, what stands behind it; ${*hex} tells how it is written.  ${out} has room
 * for two bytes for each byte and ROW_VALUE_ROOM more; return the byte behind what was written.
 */
#define ROW_VALUE_ROOM 144
char *row_open(char *out, const struct row_column *c, const char *value, size_t len, bool *hex);
char *row_piece(char *out, bool hex, const char *bytes, size_t len);
char *row_close(char *out, bool hex);

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
