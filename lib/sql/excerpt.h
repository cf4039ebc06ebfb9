#ifndef SQL_EXCERPT_H
#define SQL_EXCERPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "sql/source.h"

/*
 * A dump that is put together from places of another one and a little text between them: those
 * who read it need not know.  Memory: 48 bytes for each place.
 */
struct excerpt;

/**
 * excerpt_new(base, name):
 * Return an empty excerpt of ${base}, which can be opened anywhere and outlives it, called
 * ${name} in messages.  Return NULL after reporting that memory is out.
 */
struct excerpt *excerpt_new(const struct sql_source *base, const char *name);

/**
 * excerpt_range(x, from, to), excerpt_rows(x, from, to), excerpt_text(x, text, len):
 * Append the bytes of the base from ${from} to before ${to}; the same where they are a rows
 * region; a copy of ${text}.  Return 0, or EX_OSERR after reporting.
 */
int excerpt_range(struct excerpt *x, uint64_t from, uint64_t to);
int excerpt_rows(struct excerpt *x, uint64_t from, uint64_t to);
int excerpt_text(struct excerpt *x, const char *text, size_t len);

/**
 * excerpt_extend(x, to):
 * Let the range that was appended last go on to ${to}.
 */
void excerpt_extend(struct excerpt *x, uint64_t to);

/**
 * excerpt_size(x):
 * How many bytes it has.
 */
uint64_t excerpt_size(const struct excerpt *x);

/**
 * excerpt_schema(x, hex):
 * The digest of all bytes in no rows region.  Return 0, or an exit code after reporting.
 */
int excerpt_schema(const struct excerpt *x, char hex[HASH_HEX]);

/**
 * excerpt_source(x):
 * Return what reads it, owned by ${x}, to which nothing is appended any more.
 */
const struct sql_source *excerpt_source(struct excerpt *x);

/**
 * excerpt_free(x):
 * NULL is fine.
 */
void excerpt_free(struct excerpt *x);

#endif
