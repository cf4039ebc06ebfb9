#ifndef SET_APPLOCK_H
#define SET_APPLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "set/config.h"

/**
 * applock_take(c, wait, out):
 * Take the lock of the application ${c}, waiting ${wait} seconds at most; ${*out} is the caller's
 * (lock_release), -1 where this fails.  Return 0, or the exit code after reporting: EX_TEMPFAIL
 * where another run holds it, EX_CANTCREAT; 1 where a signal asked to stop.
 */
int applock_take(const struct config *c, int64_t wait, int *out);

/**
 * applock_hold_off(c, out):
 * Hold off the runs of ${c} while something fills the application or its database: one that began
 * meanwhile would make a set of what is half there, and prove it.  Scheduled ones wait.  The lock
 * in ${*out} is the caller's (lock_release), -1 where none is needed: without a folder for it, or
 * a right to it, there are no runs of ours either.  Return 0, or EX_TEMPFAIL after reporting.
 */
int applock_hold_off(const struct config *c, int *out);

/**
 * applock_is_its_folder(c, path):
 * Return whether ${path} is the BACKUP_DIR of ${c}, by whatever name.
 */
bool applock_is_its_folder(const struct config *c, const char *path);

#endif
