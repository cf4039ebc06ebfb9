#ifndef SQL_EMIT_H
#define SQL_EMIT_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/*
 * The dump as a stream: schema text and rows regions on the way out, and the end mark of
 * siantre-set(5) behind them.  Each byte is hashed once, as it is written.
 */
struct emit;

/* What the end mark says of a table; ${offset} and ${schema_offset} count plain bytes. */
struct emit_table {
	const char *database;
	const char *name;
	uint64_t rows;
	uint64_t bytes;
	uint64_t offset;
	uint64_t schema_offset;
	char sha256[HASH_HEX];
};

/**
 * emit_new(fd):
 * Return a stream to ${fd}, or one that only counts and hashes (-1); NULL after reporting.
 */
struct emit *emit_new(int fd);

/**
 * emit_text(e, text, len):
 * Write ${len} bytes of schema text.  Return 0, or an exit code after reporting (1 without a
 * message where the reader went away), as all emit_ functions that return int.
 */
int emit_text(struct emit *e, const char *text, size_t len);

/**
 * emit_table(e, database, name):
 * Begin a table, at its definition.  The names must live as long as ${e}.
 */
int emit_table(struct emit *e, const char *database, const char *name);

/**
 * emit_rows(e, bytes, len, rows):
 * Write ${len} bytes of INSERT statements, in which ${rows} rows end, of the table begun last.
 */
int emit_rows(struct emit *e, const char *bytes, size_t len, uint64_t rows);

/**
 * emit_table_end(e):
 * End the rows of the table begun last: it gets its line in the end mark.
 */
int emit_table_end(struct emit *e);

/**
 * emit_end(e, notes, len):
 * Write the end mark, with the ${len} bytes of "-- siantre-note {…}" lines at ${notes}.
 */
int emit_end(struct emit *e, const char *notes, size_t len);

/**
 * emit_tables(e, n):
 * The tables ended so far, ${*n} of them, owned by ${e}.
 */
const struct emit_table *emit_tables(const struct emit *e, size_t *n);

/**
 * emit_digest(e):
 * The end mark's digest, once emit_end returned 0.
 */
const char *emit_digest(const struct emit *e);

/**
 * emit_free(e):
 * NULL is fine.
 */
void emit_free(struct emit *e);

#endif
