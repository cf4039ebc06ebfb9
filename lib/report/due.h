#ifndef REPORT_DUE_H
#define REPORT_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "set/config.h"

/*
 * The sets that have to be in every place elsewhere: those here that are verified, but for what the
 * retention there (SHIP_KEEP) would not keep, which siantre-ship does not send.
 */
struct due;

/**
 * due_new(void):
 * Return a list without sets, or NULL after reporting.
 */
struct due *due_new(void);

/**
 * due_add(d, name, full, job):
 * Take in the verified set ${name} of ${job}, which lies in full/ or not; they come the newest first.
 * Return 0, or -1 after reporting.
 */
int due_add(struct due *d, const char *name, bool full, const char *job);

/**
 * due_expire(d, c, now):
 * All are taken in: leave out what SHIP_KEEP of ${c} would not keep.  Return 0, or -1 after reporting.
 */
int due_expire(struct due *d, const struct config *c, int64_t now);

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
