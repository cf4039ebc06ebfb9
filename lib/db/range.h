#ifndef DB_RANGE_H
#define DB_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "db/catalogue.h"

/*
 * Tables cut into ranges of the first column of their primary key, where that is an integer:
 * half-open, the first open below, the last open above, each beginning where the one before
 * ended, so that no row can fall between two or into both.  Rows that share a value of that
 * column stay together.  Behind the ranges of a table comes one that counts its rows.  Every
 * other table is one range.
 */

#define RANGE_BYTES (1UL << 20)       /* what a range should give, formatted */
#define RANGE_TABLE_BYTES (4UL << 20) /* from this size on a table is cut */

struct range {
	const struct table *table;
	uint64_t from,
	    to; /* keys, biased so that they compare as unsigned numbers: [from, to) */
	bool first, last; /* open below, open above */
	bool counts;      /* no rows, but their number */
	bool final;       /* nothing of this table behind it */
	uint64_t bytes;   /* filled in by the reader: what it gave */
};

/* Where the next range begins. */
struct cursor {
	struct table *const *tables;
	size_t ntables;
	size_t current; /* table */
	bool open;      /* its smallest and largest key are known, or not needed */
	bool first;
	uint64_t key, last_key;
	uint64_t width; /* of the next range; 0: all are cut */
};

/**
 * cursor_table(c):
 * Return the table that the next range is of, or NULL where all tables are cut.
 */
const struct table *cursor_table(const struct cursor *c);

/**
 * cursor_needs_keys(c):
 * Return whether cursor_keys must be called before the next range is cut.
 */
bool cursor_needs_keys(const struct cursor *c);

/**
 * cursor_keys(c, smallest, largest):
 * Tell the smallest and largest key of the current table, as the server prints them; empty
 * where it has no rows.
 */
void cursor_keys(struct cursor *c, const char *smallest, const char *largest);

/**
 * cursor_cut(c, r):
 * Cut the next range into ${r}, and go on to the next table behind the last.
 */
void cursor_cut(struct cursor *c, struct range *r);

/**
 * cursor_steer(c, r):
 * Learn from what ${r} gave how wide the next ranges should be: dense keys get narrow ranges,
 * gaps wide ones.  That steers speed alone.
 */
void cursor_steer(struct cursor *c, const struct range *r);

/**
 * range_keys_sql(t, b), range_sql(r, b):
 * Append the statement that asks for the smallest and largest key of ${t}; the one that reads
 * ${r}.
 */
void range_keys_sql(const struct table *t, struct buf *b);
void range_sql(const struct range *r, struct buf *b);

/**
 * range_estimate(t):
 * In how many ranges ${t} would be read, by the server's estimate of its size and the one that
 * counts not among them.
 */
uint64_t range_estimate(const struct table *t);

#endif
