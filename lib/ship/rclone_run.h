#ifndef SHIP_RCLONE_RUN_H
#define SHIP_RCLONE_RUN_H

#include "ship/far.h"
#include "ship/words.h"

/*
 * rclone, started: what each of its commands needs, in words.  Those that run free the words.
 */

/**
 * rclone_begin(f, w, verb):
 * Begin the command ${verb} ("copyto") with what every command of ${f} needs.
 */
void rclone_begin(const struct far *f, struct words *w, const char *verb);

/**
 * rclone_there(f, w, at):
 * Append the far folder or file ${at} (NULL: the destination itself).
 */
void rclone_there(const struct far *f, struct words *w, const char *at);

/**
 * rclone_run(f, doing, w), rclone_run_with(f, doing, w, d):
 * Run it; with ${d} as its input, and then only once.  Return as transfer_run().
 */
int rclone_run(struct far *f, const char *doing, struct words *w);
int rclone_run_with(struct far *f, const char *doing, struct words *w, struct deposit *d);

/**
 * rclone_ask(f, doing, w):
 * Run what may find nothing there: EX_CONFIG is an answer, and not reported.
 */
int rclone_ask(struct far *f, const char *doing, struct words *w);

#endif
