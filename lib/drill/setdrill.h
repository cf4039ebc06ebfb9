#ifndef DRILL_SETDRILL_H
#define DRILL_SETDRILL_H

#include "drill/checks.h"
#include "drill/choice.h"
#include "drill/database.h"
#include "drill/given.h"
#include "drill/protocol.h"
#include "drill/scratch.h"

/* Where a set is drilled. */
struct setdrill_place {
	struct protocol *protocol;
	struct scratch *scratch;
	const struct checks *checks; /* for the first database that comes back */
	const struct given *given;   /* whose landing.database it is; NULL: our own server */
	struct landing landing;
	bool checked; /* filled in: the checks were asked */
};

/**
 * setdrill_run(place, set):
 * Prove ${set}, restore each dump and each archive in it, compare, and note the result in its
 * verified.json where that may be written.
 */
void setdrill_run(struct setdrill_place *place, const struct choice_set *set);

#endif
