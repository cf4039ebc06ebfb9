#ifndef DB_READER_H
#define DB_READER_H

#include <stdbool.h>
#include <stdint.h>
#include <mysql.h>

#include "db/catalogue.h"
#include "db/hold.h"
#include "db/range.h"
#include "db/rows.h"

/*
 * A connection in the snapshot that reads ranges.  It would keep the metadata lock of every table
 * that it touched to the end; behind a savepoint it keeps that of the table at hand, and where
 * the hold has yielded, of none.
 */
struct reader {
	MYSQL *m;
	struct hold *hold;
	/* Whether the work was stopped elsewhere: a lost connection is then no news. */
	bool (*stopped)(void *ctx);
	void *ctx;
	const struct table *table; /* whose lock is kept; NULL: none */
};

/* The smallest and largest key of a table as the server prints them; empty: no rows. */
struct reader_keys {
	char smallest[24];
	char largest[24];
};

/**
 * reader_keys(r, t, keys):
 * Ask for the ${keys} of ${t}.  Return 0, or an exit code after reporting; 1 without a word
 * where the work was stopped.
 */
int reader_keys(struct reader *r, const struct table *t, struct reader_keys *keys);

/**
 * reader_range(r, range, next, ctx, count):
 * Read ${range} into the blocks that ${next} takes (see struct rows_sink), or where it counts,
 * put the number of rows into ${*count}.  Return as reader_keys.
 */
int reader_range(
    struct reader *r, const struct range *range, rows_next *next, void *ctx, uint64_t *count);

/**
 * reader_rest(r):
 * Nothing is read for a while: keep no lock.  Return as reader_keys.
 */
int reader_rest(struct reader *r);

#endif
