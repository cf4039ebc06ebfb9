#ifndef SET_CHORE_H
#define SET_CHORE_H

#include <stdbool.h>
#include <stddef.h>

#include "set/config.h"

/*
 * Jobs that look after the sets and make none: ship, drill, verify and check.  They need neither
 * the lock of the application nor a folder, and write an event of their own, named like the job.
 */

/**
 * chore_is(job):
 * Return whether ${job} is one of them.
 */
bool chore_is(const char *job);

/**
 * chore_idle(c, job):
 * Return whether the configuration gives the chore ${job} nothing to do: ship without SHIP_TO.
 */
bool chore_idle(const struct config *c, const char *job);

/**
 * chore_ready(c, job):
 * Return 0, or the exit code after reporting where the chore ${job} reads what lies in BACKUP_DIR
 * and the disk of that is not mounted: it would find nothing, and nothing wrong.
 */
int chore_ready(const struct config *c, const char *job);

/* How many events of a chore there are. */
struct chore_count {
	size_t all;
	size_t failed;
};

/**
 * chore_events(c, job):
 * Return how many events of the chore ${job} the journal has.
 */
struct chore_count chore_events(const struct config *c, const char *job);

/**
 * chore_tell(c, job, before, code, seconds, message):
 * Write the event of the chore ${job}, which ended with ${code}, unless the journal has more of
 * them than ${before} (where it failed, more of failures): then it has written its own.  Return
 * ${code}, or EX_IOERR after reporting where it was 0 and the journal cannot be written.
 */
int chore_tell(const struct config *c, const char *job, struct chore_count before, int code,
    double seconds, const char *message);

#endif
