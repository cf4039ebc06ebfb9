#ifndef SET_TREND_H
#define SET_TREND_H

#include <stddef.h>
#include <stdint.h>

/*
 * The free space of a disk over many days, as runs have found it.
 */
struct trend_point {
	int64_t when; /* seconds since 1970 */
	int64_t free; /* bytes */
};

#define TREND_MOST 90 /* days that are kept */

struct trend {
	struct trend_point points[TREND_MOST]; /* the oldest first */
	size_t n;
	int64_t begins; /* the local day of the last point */
	int64_t ends;
};

/**
 * trend_note(t, when, free):
 * Take in that at ${when} there were ${free} bytes free: of each local day the lowest counts, of
 * the days the last TREND_MOST.  An all-zero ${t} is empty.  What is older than the day taken in
 * last is passed over.
 */
void trend_note(struct trend *t, int64_t when, int64_t free);

#endif
