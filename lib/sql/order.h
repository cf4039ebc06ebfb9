#ifndef SQL_ORDER_H
#define SQL_ORDER_H

#include <stddef.h>

#include "sql/names.h"

/**
 * order_name(database, name):
 * Return "`database`.`name`", which the caller frees, or NULL after reporting.
 */
char *order_name(const char *database, const char *name);

/**
 * order_reads(text, database, reads):
 * Add to ${reads} the tables and views, each as order_name writes it, that ${text} reads from:
 * the statements which make a view of ${database} again.  Return 0, or -1 after reporting.
 */
int order_reads(const char *text, const char *database, struct names *reads);

/**
 * order_views(names, reads, n, order):
 * Sort ${n} views, named as order_name does, so that each comes behind those that it reads from;
 * among equals the given order stays.  Writes the indexes to ${order}, which has room for ${n}.
 * Return 0, or -1 after reporting.
 */
int order_views(const char *const *names, const struct names *reads, size_t n, size_t *order);

#endif
