#ifndef SQL_TABLELIST_H
#define SQL_TABLELIST_H

#include <stddef.h>

#include "sql/endmark.h"

/*
 * The tables of an end mark, in order; an all-zero struct is an empty list.  Both names of a
 * table are the list's.
 */
struct tablelist {
	struct endmark_table *items;
	size_t len;
	size_t size;
};

/**
 * tablelist_room(l):
 * Return a zeroed place behind the last table, which counts once ${l->len} was raised, or NULL
 * without memory.
 */
struct endmark_table *tablelist_room(struct tablelist *l);

/**
 * tablelist_compare(promised, counted, text, size):
 * Compare what an end mark promises with the rows regions that were counted, in which tables
 * without rows do not appear, and give each promised table the offset of its region.  Return
 * 0, or -1 with what differs in ${text} of ${size} bytes.
 */
int tablelist_compare(
    struct tablelist *promised, const struct tablelist *counted, char *text, size_t size);

/**
 * tablelist_free(l):
 * Free what the list holds.
 */
void tablelist_free(struct tablelist *l);

#endif
