#ifndef REPORT_KEPT_H
#define REPORT_KEPT_H

#include "report/history.h"

/*
 * A copy of one event, in a memory that is used again for the next: a journal of a million lines
 * goes through a handful of these.
 */
struct kept {
	struct history_run run;
	char *texts;
	size_t size;
};

/**
 * kept_take(k, e, when):
 * Copy ${e}, which is of ${when}.  Return 0, or -1 after reporting that there is no memory.
 */
int kept_take(struct kept *k, const struct event *e, int64_t when);

/**
 * kept_free(k):
 * Free what ${k} holds.  An all-zero struct holds nothing.
 */
void kept_free(struct kept *k);

#endif
