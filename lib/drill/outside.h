#ifndef DRILL_OUTSIDE_H
#define DRILL_OUTSIDE_H

#include <stdbool.h>

#include "base/child.h"

/*
 * A program that a drill lets do the work, as an administrator would.  What it says on stderr is
 * kept, shown where it ends, and put into the protocol as one line.
 */
struct outside {
	struct child child;
	const char *name; /* argv[0] */
	int said;
	bool
	    answers; /* set it after the start: ending with another code than 0 needs no words */
};

#define OUTSIDE_SAID 2048 /* bytes of it that a line keeps, NUL included */

/**
 * outside_start(o, argv, flags, in, out):
 * Start ${argv}: ${flags} and ${out} are child_start()'s, but that its stdout is /dev/null for
 * -1; its stdin is ${in}, or for -1 what ${flags} say.  Return 0, or -1 after reporting.
 */
int outside_start(struct outside *o, char *const argv[], int flags, int in, int out);

/**
 * outside_end(o, line):
 * Wait for its end, relay what it said to our stderr, and put that as one line into ${line}.
 * Return its exit status as child_wait(), which is never -1: 1 stands for what could not be run.
 */
int outside_end(struct outside *o, char line[OUTSIDE_SAID]);

/**
 * outside_run(argv, out, line):
 * Both.
 */
int outside_run(char *const argv[], int out, char line[OUTSIDE_SAID]);

/**
 * outside_argument(format, ...):
 * Return the formatted text, which the caller frees, or NULL after reporting.
 */
char *outside_argument(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
