#ifndef SQL_ORDER_H
#define SQL_ORDER_H

#include <stddef.h>

/**
 * order_views(names, texts, n, order):
 * Sort ${n} views so that each comes behind those that its definition ${texts}[i] names, by
 * quoted identifier; among equals the given order stays.  Writes the indexes to ${order}, which
 * has room for ${n}.  Views in a circle (names in a select list can look like one) keep their
 * order.  Return 0, or -1 after reporting.
 */
int order_views(const char *const *names, const char *const *texts, size_t n, size_t *order);

#endif
