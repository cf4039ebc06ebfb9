#ifndef NOTIFY_NEWS_H
#define NOTIFY_NEWS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "notify/incident.h"
#include "notify/memory.h"
#include "notify/promise.h"

/*
 * What has changed since the last look, as event lines: a promise that was kept is broken, or the
 * other way round; and once a day what is still broken.  An hourly line for each would bury the
 * journal.
 */
struct news {
	const char *journal;           /* where they are appended; NULL: nowhere */
	FILE *out;                     /* where they are printed; NULL: nowhere */
	FILE *missed;                  /* what the journal does not take; NULL: nowhere */
	const struct incidents *known; /* of which people were told; NULL: not known */
	const char *mark; /* whose memory: behind the job of each line; NULL: nothing */
	int64_t now;
	bool partial; /* what is not among the promises is as it was */
};

/**
 * news_tell(n, p, m):
 * Write a line for each promise of ${p} that is news to ${m}, and note it there; what ${m} knows
 * as broken and ${p} does not have is over.  What is kept is news as well as long as people know of
 * it as broken.  Return 0, or EX_IOERR or EX_OSERR after reporting:
 * what could not be written is not noted, and tried again the next time.
 */
int news_tell(const struct news *n, const struct promises *p, struct memory *m);

#endif
