#ifndef SHIP_RSYNC_RUN_H
#define SHIP_RSYNC_RUN_H

#include "ship/far.h"
#include "ship/words.h"

/*
 * rsync, started: what each call of it needs, in words.
 */

/**
 * rsync_begin(f, w):
 * Begin with what every call for ${f} needs: the line, its limits, how to get in.
 */
void rsync_begin(const struct far *f, struct words *w);

/**
 * rsync_there(f, w, at):
 * Append the far folder ${at} (NULL: the destination itself), as rsync's operand.
 */
void rsync_there(const struct far *f, struct words *w, const char *at);

/**
 * rsync_run(f, doing, w, differently):
 * Run it, and ${differently} (may be NULL) where transfer_run() says so; both are freed.  Return
 * as transfer_run().
 */
int rsync_run(struct far *f, const char *doing, struct words *w, struct words *differently);

#endif
