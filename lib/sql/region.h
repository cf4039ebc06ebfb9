#ifndef SQL_REGION_H
#define SQL_REGION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/*
 * The rows region of a table: lines that begin with `INSERT INTO ` or `(`, up to the first that
 * begins otherwise, pushed in any split, counted and hashed.  A newline in backquotes, which
 * only a name in a line of `INSERT INTO ` can hold, ends no line.
 */
struct region;

struct region_sum {
	uint64_t rows;  /* lines that begin with `(` */
	uint64_t lines; /* newlines */
	uint64_t bytes;
	char sha256[HASH_HEX];
};

/**
 * region_new(void):
 * Return a reader, or NULL after reporting that memory is out.
 */
struct region *region_new(void);

/**
 * region_start(r):
 * The next byte is the first of a region.
 */
void region_start(struct region *r);

/**
 * region_add(r, buf, len, ended):
 * Read on; return how many of the ${len} bytes were used.  ${*ended} says whether the region
 * ended before the line at hand: then the bytes of that line that were used, here and in
 * earlier calls, are the first of region_rest().
 */
size_t region_add(struct region *r, const char *buf, size_t len, bool *ended);

/**
 * region_rest(r, len):
 * After the end: the ${*len} bytes of the next line that were used.
 */
const char *region_rest(const struct region *r, size_t *len);

/**
 * region_take(r, sum):
 * After the end, once: what the region held.
 */
void region_take(struct region *r, struct region_sum *sum);

/**
 * region_free(r):
 * NULL is fine.
 */
void region_free(struct region *r);

#endif
