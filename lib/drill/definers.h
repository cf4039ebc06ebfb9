#ifndef DRILL_DEFINERS_H
#define DRILL_DEFINERS_H

#include <stddef.h>

#include "base/buf.h"

/*
 * The accounts that the views, routines, triggers and events of a dump belong to.  An empty
 * server does not have them, and refuses what belongs to nobody; whoever sets up a new server
 * makes them first, and so does a drill.
 */
struct definers;

/**
 * definers_new(void):
 * Return an empty list, or NULL after reporting.
 */
struct definers *definers_new(void);

/**
 * definers_add(d, buf, len):
 * Look through the next ${len} bytes of a dump, in any split.  Lines of rows are passed over.
 */
void definers_add(struct definers *d, const char *buf, size_t len);

/**
 * definers_count(d):
 * Return how many there are.
 */
size_t definers_count(const struct definers *d);

/**
 * definers_sql(d, out):
 * Append the statements that make them on a server that nobody else can reach: locked, and with
 * every right.
 */
void definers_sql(const struct definers *d, struct buf *out);

/**
 * definers_free(d):
 * NULL is fine.
 */
void definers_free(struct definers *d);

#endif
