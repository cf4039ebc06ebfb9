#ifndef SET_UNITS_H
#define SET_UNITS_H

#include <stdbool.h>

#include "set/config.h"

/*
 * The systemd units that use the application (RESTORE_UNITS), stopped while its files or its
 * database are exchanged and started again whatever comes between.
 *
 * Before the first of them is stopped their names stand in STATE_DIR/APP_NAME.stopped, on the
 * disk: after a SIGKILL or a power failure the next call starts what this one could not.  The
 * file is believed only where it is root's (or ours) alone, since the folder is not.  Of several
 * calls at once only one can have the application stopped: the others wait for its lock,
 * STATE_DIR/APP_NAME.restore.lock.
 */
struct units;

/**
 * units_settle(c):
 * Start the units that a call which was killed has left stopped, and say so.  Where another call
 * is at work they are its own.  Return 0, or 1 after reporting where one does not start (what
 * the caller has come for may be what mends it).
 */
int units_settle(const struct config *c);

/**
 * units_concern(c, path):
 * Return whether the absolute ${path} is the application's: APP_DIR or the storage folder,
 * something in them, or a folder above.
 */
bool units_concern(const struct config *c, const char *path);

/**
 * units_open(c, out):
 * See which units there are, without stopping any; NULL for ${c}: none.  ${*out} is the caller's
 * (units_free).  Return 0, or the exit code after reporting: EX_CONFIG for a list of units where
 * systemd does not run or has no such unit.
 */
int units_open(const struct config *c, struct units **out);

/**
 * units_names(u):
 * Return the names of those that would be stopped now, with blanks between, owned by ${u}; ""
 * where there are none.
 */
const char *units_names(const struct units *u);

/**
 * units_stop(u):
 * Stop those that are active right now.  Return 0; or the exit code after reporting, with all of
 * them started again: 1 where one does not stop or a stop signal came, EX_TEMPFAIL
 * where another call keeps the lock for a minute, EX_CANTCREAT where their names cannot be
 * written down.
 */
int units_stop(struct units *u);

/**
 * units_start(u):
 * Start what was stopped, in the opposite order; nothing where nothing was.  A stop signal waits
 * until that is done.  Return 0, or 1 after reporting where one does not start: each of the
 * others was tried.
 */
int units_start(struct units *u);

/**
 * units_free(u):
 * Start what is still stopped, and free ${u}.  NULL is fine.
 */
void units_free(struct units *u);

#endif
