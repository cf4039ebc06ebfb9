#ifndef REPORT_POINTS_H
#define REPORT_POINTS_H

#include <stddef.h>

#include "report/history.h"

/*
 * The sets of one job over time, as they come in from the journal and from the disk: by their
 * names, which are times, each once, the last HISTORY_POINTS of them.
 */
struct points {
	struct history_point list[2 * HISTORY_POINTS];
	size_t n;
};

/**
 * points_add(p, point):
 * Take one in.  What is known of a set from two sides counts once: where one of them does not know
 * how long it took, the other does.
 */
void points_add(struct points *p, const struct history_point *point);

/**
 * points_judge(p, out):
 * Put the last HISTORY_POINTS into ${out}, the oldest first, with their change and whether they are
 * odd; return how many.
 */
size_t points_judge(struct points *p, struct history_point out[HISTORY_POINTS]);

#endif
