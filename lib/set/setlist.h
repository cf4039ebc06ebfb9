#ifndef SET_SETLIST_H
#define SET_SETLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "set/retention.h"

/*
 * A list of sets from a text, for retention: one a line,
 *
 *   20261123_020000                     with a folder in front and a slash behind, if need be
 *   20261123_020000<TAB>JOB<TAB>verified     or unverified
 *
 * Lines whose name is not that of a set are passed over: a folder holds other things too.
 */
struct setlist;

/**
 * setlist_read(in, end, passed, out):
 * Read ${in} up to its end; lines end with the byte ${end} ('\n' or 0), the last one may lack it.
 * What is passed over goes to ${passed} (NULL: nowhere), one line each, "pass NAME".  ${*out} is
 * the caller's (setlist_free).  Return 0, or the exit code after reporting: EX_DATAERR for a line
 * about a set that has other fields than these, EX_IOERR, EX_OSERR.
 */
int setlist_read(FILE *in, int end, FILE *passed, struct setlist **out);

/**
 * setlist_sets(l, count):
 * Return the sets in the order of the lines, ${*count} of them, owned by ${l}: of a bare line the
 * folder is the ${job}.
 */
struct retention_set *setlist_sets(struct setlist *l, size_t *count);

/**
 * setlist_bare(l):
 * Return whether there are bare names.
 */
bool setlist_bare(const struct setlist *l);

/**
 * setlist_free(l):
 * NULL is fine.
 */
void setlist_free(struct setlist *l);

#endif
