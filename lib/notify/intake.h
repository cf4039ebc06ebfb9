#ifndef NOTIFY_INTAKE_H
#define NOTIFY_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/state.h"

/*
 * Event lines on their way into the state: what is new in the journal since the last time, or
 * what comes on stdin.  A line that is no event is passed over and told, an event that the state
 * knows already changes nothing.
 */

/**
 * intake_journal(s, path, now):
 * Take in what was appended to the journal ${path} since ${s} last saw it.  Where it was rotated,
 * the rest of the old file (its name and something behind it, not compressed) comes first; where
 * it was shortened or written anew, it is read from its beginning.  An unfinished last line
 * waits for its end.  Return 0, or the exit code after reporting; what came before counts.
 */
int intake_journal(struct state *s, const char *path, int64_t now);

struct intake;

/**
 * intake_open(fd, name):
 * Read event lines from ${fd}, which stays the caller's; ${name} is for messages.  Return it, or
 * NULL after reporting.
 */
struct intake *intake_open(int fd, const char *name);

/**
 * intake_wait(in):
 * Wait for the first line, without any lock.  Return 1, or 0 where none will come.
 */
int intake_wait(struct intake *in);

/**
 * intake_some(in, s, now):
 * Take the lines that come into ${s}, until the stream ends or pauses for a second.  Return 1
 * where there may be more, 0 at the end, or -1 after reporting.
 */
int intake_some(struct intake *in, struct state *s, int64_t now);

/**
 * intake_close(in):
 * Say how many lines were passed over.  NULL is fine.
 */
void intake_close(struct intake *in);

#endif
