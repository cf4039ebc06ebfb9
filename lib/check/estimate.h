#ifndef CHECK_ESTIMATE_H
#define CHECK_ESTIMATE_H

#include <stdbool.h>
#include <stdint.h>

#include "set/config.h"

/*
 * What the next run of a job will make, from what the last one did.
 */
struct estimate {
	bool known;     /* there is a set to learn from */
	uint64_t bytes; /* of the newest set, and a fifth more */
	double seconds; /* of the last run that made one; negative: not known */
};

/**
 * estimate_job(c, job, out):
 * Look at the newest set of ${job} and at its last good run in the journal.  What cannot be read
 * is not known.
 */
void estimate_job(const struct config *c, const char *job, struct estimate *out);

#endif
