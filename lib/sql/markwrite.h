#ifndef SQL_MARKWRITE_H
#define SQL_MARKWRITE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "sql/endmark.h"

/*
 * The comment lines by which a dump speaks of itself, as text (sql/markline.h reads them).  All
 * functions append to ${b}, and return 0, or EX_OSERR after reporting that memory is out.
 */

/**
 * markwrite_rows(b, database, table):
 * The line in front of a rows region.
 */
int markwrite_rows(struct buf *b, const char *database, const char *table);

/**
 * markwrite_table(b, t):
 * The line of a table in the end mark.
 */
int markwrite_table(struct buf *b, const struct endmark_table *t);

/**
 * markwrite_offsets(b, offsets, n):
 * The notes that say where the rows regions of the ${n} tables begin.
 */
int markwrite_offsets(struct buf *b, const uint64_t *offsets, size_t n);

/**
 * markwrite_end(b, tables, rows, bytes, schema, digest):
 * The last line, where ${b} holds those of the end mark before it and nothing else; ${digest}
 * becomes that of the whole dump.
 */
int markwrite_end(struct buf *b, size_t tables, uint64_t rows, uint64_t bytes,
    const char schema[HASH_HEX], char digest[HASH_HEX]);

#endif
