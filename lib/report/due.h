#ifndef REPORT_DUE_H
#define REPORT_DUE_H

#include <stddef.h>
#include <stdint.h>

#include "set/config.h"

/*
 * The sets that have to be in every place elsewhere: those here that are verified, but for what the
 * retention there (SHIP_KEEP) would not keep, which siantre-ship does not send.
 */
struct due;

/**
 * due_read(c, now, out):
 * Look at the sets of ${c}.  ${*out} is the caller's (due_free).  Return 0, or the exit code after
 * reporting.
 */
int due_read(const struct config *c, int64_t now, struct due **out);

/**
 * due_name(d, i, began):
 * Return the name of the ${i}th, the newest first, "full/..." too, with when it began by its name
 * in ${*began}; NULL behind the last.
 */
const char *due_name(const struct due *d, size_t i, int64_t *began);

/**
 * due_free(d):
 * NULL is fine.
 */
void due_free(struct due *d);

#endif
