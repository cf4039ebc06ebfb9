#ifndef SET_TREND_H
#define SET_TREND_H

#include <stddef.h>
#include <stdint.h>

/*
 * How fast a disk fills, from its free space of many days.  Backups come and go, so that the free
 * space is a saw: what counts is the median of the slopes between all pairs of days (Theil 1950,
 * Sen 1968), which a quarter of odd days does not move.
 */
struct trend_point {
	int64_t when; /* seconds since 1970 */
	int64_t free; /* bytes */
};

#define TREND_POINTS 7  /* with fewer nothing is said */
#define TREND_MOST 90   /* the last ones of more than that */
#define TREND_FAR 10000 /* days; what lasts longer than that is not getting full */

struct trend {
	struct trend_point points[TREND_MOST];
	size_t n;
	int64_t begins; /* the local day of the last point */
	int64_t ends;
};

/* What trend_days() says where it says no number. */
enum { TREND_UNKNOWN = -2, TREND_NEVER = -1 };

/**
 * trend_slope(points, n, slope):
 * Put the bytes a day by which the free space of the ${n} points, the oldest first, changes into
 * ${*slope}: less than 0 where it shrinks.  Return 0, or -1 where there are fewer than
 * TREND_POINTS, or they span less than six days.
 */
int trend_slope(const struct trend_point *points, size_t n, double *slope);

/**
 * trend_days(points, n, free):
 * Return in how many days a disk with ${free} bytes left is full, 0 or more, TREND_NEVER where it
 * does not get full, or TREND_UNKNOWN.
 */
double trend_days(const struct trend_point *points, size_t n, int64_t free);

/**
 * trend_note(t, when, free):
 * Take in that at ${when} there were ${free} bytes free: of each local day the lowest counts, of
 * the days the last TREND_MOST.  An all-zero ${t} is empty.  What is older than the day taken in
 * last is passed over.
 */
void trend_note(struct trend *t, int64_t when, int64_t free);

#endif
