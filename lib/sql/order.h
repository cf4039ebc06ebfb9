#ifndef SQL_ORDER_H
#define SQL_ORDER_H

#include <stddef.h>

#include "sql/names.h"

/**
 * order_reads(text, database, reads):
 * Add to ${reads} the tables and views of ${database} that ${text}, the statements which make a
 * view of it again, reads from.  Return 0, or -1 after reporting.
 */
int order_reads(const char *text, const char *database, struct names *reads);

/**
 * order_views(names, texts, n, database, order):
 * Sort ${n} views of ${database} so that each comes behind those that its definition ${texts}[i]
 * reads from; among equals the given order stays.  Writes the indexes to ${order}, which has
 * room for ${n}.  Return 0, or -1 after reporting.
 */
int order_views(const char *const *names, const char *const *texts, size_t n,
    const char *database, size_t *order);

#endif
