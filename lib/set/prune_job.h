#ifndef SET_PRUNE_JOB_H
#define SET_PRUNE_JOB_H

#include "set/config.h"

/**
 * prune_job(c, job):
 * After the job ${job} has made a set that is verified: move those of its older sets to the trash
 * that KEEP, for full KEEP_FULL, lets go, and empty the trash of what is older than TRASH.  The
 * caller holds the lock of the application.  Report what was done, and write a prune event where
 * something was removed (ok), held by a guard (warn) or failed.  Return 0, or the exit code after
 * reporting.
 */
int prune_job(const struct config *c, const char *job);

#endif
