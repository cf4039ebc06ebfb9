#ifndef SHIP_CATCHUP_H
#define SHIP_CATCHUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "set/retention_rules.h"
#include "ship/far.h"

/*
 * A destination brought up to date: whatever verified set is missing there is sent, the oldest
 * first, so that days without a line heal themselves; a share of what is there is proven again;
 * and the retention of that place takes its turn, by the rules and guards of siantre-prune.
 */
struct catchup_options {
	char *const *paths; /* backup folders and sets, up to NULL */
	struct retention_rules keep;
	bool many;    /* more than half may go at once */
	double share; /* of the proven sets that are proven again: see set/sample.h */
	bool dry_run;
	bool verbose;
};

struct catchup_result {
	size_t sent;     /* sets */
	size_t proven;   /* sets that were there already and are proven now */
	size_t removed;  /* sets, by retention */
	size_t there;    /* sets there, at the end */
	uint64_t bytes;  /* of the sets that were sent */
	char newest[32]; /* verified set there at the end; "": none */
};

/**
 * catchup_run(f, o, r):
 * Do it, one run at a time for each destination (EX_TEMPFAIL).  One set that cannot be sent
 * because of itself keeps back no other; a destination that does not answer ends it.  ${*r} is
 * filled in any case.  Return 0, or the exit code after reporting.
 */
int catchup_run(struct far *f, const struct catchup_options *o, struct catchup_result *r);

#endif
