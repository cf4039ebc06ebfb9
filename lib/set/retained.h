#ifndef SET_RETAINED_H
#define SET_RETAINED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "set/prune.h"

/*
 * What was decided about sets, told: line by line, by job, and as JSON.  The rules of each are
 * those of ${w} (prune_rules).
 */

/**
 * retained_line(s, w, out):
 * Write "keep NAME WHY" or "remove NAME WHY" to ${out}.
 */
void retained_line(const struct retention_set *s, const struct prune_wish *w, FILE *out);

/**
 * retained_warn(sets, n, acting):
 * Report for each job, once, why none of its sets goes where some would; that more than half of
 * them would (unless ${acting}: then that holds them); and that some are dated in the future.
 */
void retained_warn(const struct retention_set *sets, size_t n, bool acting);

/**
 * retained_json(sets, n, w, out):
 * Write a JSON object to ${out} with an object a set (set, job, verified, action, why) in its list
 * "sets".  Return 0, or the exit code after reporting.
 */
int retained_json(
    const struct retention_set *sets, size_t n, const struct prune_wish *w, FILE *out);

#endif
