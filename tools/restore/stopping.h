#ifndef RESTORE_STOPPING_H
#define RESTORE_STOPPING_H

#include <stdbool.h>

#include "set/config.h"
#include "set/units.h"

/*
 * The application's units around an exchange of its database.  Those that a killed call left stopped
 * stay so until its exchange is settled.
 */
struct stopping {
	struct units *units; /* to be stopped and started; NULL: none */
	const struct config *config;
	bool settled; /* those of an earlier call were started, as far as they do */
};

/**
 * stopping_stop(s), stopping_start(s):
 * Stop the units, and start them, with those that an earlier call has left.  ${s} is a struct
 * stopping.  Return 0, or an exit code after reporting.
 */
int stopping_stop(void *s);
int stopping_start(void *s);

/**
 * stopping_settle(s):
 * Start what an earlier call has left stopped, unless that was done.
 */
void stopping_settle(struct stopping *s);

#endif
