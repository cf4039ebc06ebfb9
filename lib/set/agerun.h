#ifndef SET_AGERUN_H
#define SET_AGERUN_H

#include <stdbool.h>

#include "base/child.h"

/*
 * age(1) as a child.  What it says on stderr is kept: its first line is the reason.  A passphrase,
 * where an identity file has one, it asks for on the terminal itself.
 */
struct agerun {
	struct child child;
	int said;
};

#define AGERUN_LINE 256

/**
 * agerun_there(what):
 * Return whether there is an age in PATH, else report that ${what} needs it, with a hint.
 */
bool agerun_there(const char *what);

/**
 * agerun_start(a, argv, flags, in, out):
 * Start ${argv}: ${flags}, ${in} and ${out} as child_start() and child_filter() have them, -1 for
 * ${out} being /dev/null.  Return 0, or -1 after reporting.
 */
int agerun_start(struct agerun *a, char *const argv[], int flags, int in, int out);

/**
 * agerun_end(a, line):
 * Wait for its end, and put what it said into ${line}, fit for a terminal.  Return its exit
 * status as child_wait().
 */
int agerun_end(struct agerun *a, char line[AGERUN_LINE]);

#endif
