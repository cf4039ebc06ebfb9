#ifndef SHIP_RCLONE_LEFT_H
#define SHIP_RCLONE_LEFT_H

#include <stdbool.h>

#include "base/buf.h"
#include "ship/far.h"

/*
 * What lies at an rclone destination and is no whole set.  Each asks the far end itself: the mirror
 * may be older than what another machine has just finished.  They return 0, or the exit code after
 * reporting.
 */

/**
 * rclone_whole(f, name, whole):
 * Ask whether the folder ${name}, if there is one, has its SHA256SUMS: then it is a whole set.
 */
int rclone_whole(struct far *f, const char *name, bool *whole);

/**
 * rclone_unfinished(f, names):
 * As the unfinished() of struct far_kind.
 */
int rclone_unfinished(struct far *f, struct buf *names);

#endif
