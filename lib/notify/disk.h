#ifndef NOTIFY_DISK_H
#define NOTIFY_DISK_H

#include <stddef.h>
#include <stdint.h>

#include "set/retention_rules.h"

/*
 * When the disk of the sets will be full.
 *
 * A straight line through the free space of the last weeks would be wrong twice: while the first
 * month fills up it falls by a set a night and will level off by itself, and one night with an
 * import in it bends it for a month.  So what fills the disk is taken apart:
 *
 *   - The sets.  For each job: how often they come is the median of the times between them; how
 *     large they become is a line through the sizes of the last 28 against their times, by the
 *     method of Theil and Sen (the slope is the median of the slopes of all pairs, the height the
 *     median of what is left), which nearly a third of wild values do not move; it is lifted by
 *     what 95 of 100 of these sets were above it at most, the largest of them left aside, so that
 *     one outlier counts for nothing.  Fewer than seven sets show no line: then each is as large
 *     as the newest and a fifth more.
 *   - Everything else on the same file system (the database itself, logs, uploads): free space and
 *     bytes of sets together, a sample a day; their line by the same method, if there are seven,
 *     and only where it falls.
 *
 * Then the days to come are played through: sets come, retention (the rules that siantre-prune
 * uses, with its guards) takes the old ones, the rest grows.  The first day on which nothing is left
 * is the answer.  What lies in the trash frees no room here, as a run empties it only in need.
 *
 * With fewer than seven sets of the job that has most, nothing is foretold.
 */
#define DISK_SAMPLES 35
#define DISK_POINTS 7
#define DISK_FAR INT64_MAX       /* not within the horizon */
#define DISK_UNKNOWN INT64_C(-1) /* too little is known */

struct disk_sample {
	int64_t time;
	uint64_t free; /* bytes that may still be written */
	uint64_t sets; /* bytes of all sets */
};

struct disk_set {
	const char *name; /* YYYYmmdd_HHMMSS */
	const char *job;
	int64_t time;
	uint64_t bytes;
};

struct disk_facts {
	const struct disk_sample *samples; /* the oldest first */
	size_t nsamples;
	const struct disk_set *sets; /* the verified ones, the newest first */
	size_t nsets;
	struct retention_rules rules; /* of every job but full */
	struct retention_rules full;  /* of full */
	uint64_t free;                /* bytes, now */
	int64_t now;
};

/**
 * disk_days(f, horizon, days):
 * Put into ${*days} in how many days (1 to ${horizon}, at most 366) the disk is full, DISK_FAR or
 * DISK_UNKNOWN.  Return 0, or -1 after reporting, without memory.
 */
int disk_days(const struct disk_facts *f, int64_t horizon, int64_t *days);

/**
 * disk_next(f):
 * Return how many bytes the next set of each job may take together: its newest and a fifth more.
 */
uint64_t disk_next(const struct disk_facts *f);

/**
 * disk_line(times, values, n, slope, height):
 * The line of Theil and Sen through ${n} > 1 points: ${*slope} a second, ${*height} at the time 0
 * of ${times}.  Return 0, or -1 after reporting, without memory.
 */
int disk_line(
    const double *times, const double *values, size_t n, double *slope, double *height);

/**
 * disk_above(times, values, n, slope, height):
 * Return by how much 95 of 100 of the points are above that line at most, the highest of them left
 * aside; never less than 0; -1 without memory, after reporting.
 */
double disk_above(
    const double *times, const double *values, size_t n, double slope, double height);

#endif
