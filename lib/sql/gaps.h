#ifndef SQL_GAPS_H
#define SQL_GAPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/pick.h"
#include "sql/tablelist.h"

/*
 * A dump is rows regions, and between them gaps: text with definitions.  Where only some tables
 * are wanted, these gaps are read: the first (settings), the last (what stands behind all tables,
 * settings put back), those on both sides of a region that is wanted (the definition; settings
 * that its rows needed, put back), those in which another database begins (the foreign keys of
 * the one before, USE).  A wanted table without rows is in the gap where they would be; one of
 * which the end mark knows nothing, because its rows were not dumped, is in any.
 */
struct gap {
	uint64_t from, to;
	bool wanted;
	const struct endmark_table *behind; /* whose rows follow; NULL: the last gap */
};

struct gaps;

/**
 * gaps_find(l, end, pick):
 * Return the gaps between the regions of ${l}, which outlives them, in the ${end} bytes before
 * an end mark, or NULL after reporting that memory is out.
 */
struct gaps *gaps_find(const struct tablelist *l, uint64_t end, const struct pick *pick);

/**
 * gaps_next(g, i):
 * The ${i}th of them, in order; NULL behind the last.
 */
const struct gap *gaps_next(const struct gaps *g, size_t i);

/**
 * gaps_free(g):
 * NULL is fine.
 */
void gaps_free(struct gaps *g);

#endif
