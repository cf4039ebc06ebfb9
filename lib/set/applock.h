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
 * applock_is_its_folder(c, path):
 * Return whether ${path} is the BACKUP_DIR of ${c}, by whatever name.
 */
bool applock_is_its_folder(const struct config *c, const char *path);

#endif
