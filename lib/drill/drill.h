#ifndef DRILL_DRILL_H
#define DRILL_DRILL_H

#include <stdbool.h>
#include <stddef.h>

#include "set/config.h"

/*
 * siantre-verify --level drill: sets restored for good measure, where nothing can be lost by it.
 */
struct drill_options {
	char *const *paths; /* these sets; none: the newest proven one of each job */
	size_t count;
	const char *identity; /* opens what is encrypted; NULL: IDENTITY of the configuration */
	const char *report; /* folder for the report; NULL: STATE_DIR/drills, for the newest */
	bool json;          /* report on stdout as JSON */
	bool quiet;         /* no report on stdout where all is well */
};

/**
 * drill_run(c, o):
 * Do it, print the report unflushed, and write it to the disk.  With the newest sets, an event
 * goes to the journal as well; each set's verified.json is brought up to level drill.  Return 0,
 * or an exit code after reporting: EX_DATAERR where what was saved did not come back, 1 where an
 * RTO, an RPO or a check of DRILL_SQL was missed, EX_CANTCREAT where there is no room,
 * EX_TEMPFAIL where another drill is running, or what a tool ended with.  Everything scratch is
 * gone then, also after a stop signal.
 */
int drill_run(const struct config *c, const struct drill_options *o);

#endif
