#ifndef RECOVER_INTOPLACE_H
#define RECOVER_INTOPLACE_H

#include <stdbool.h>

#include "set/units.h"
#include "tar/place.h"

/*
 * A new tree, unpacked and proven, into its place.  All that takes time comes first: copying
 * what the new tree lacks, and making it durable.  Then the units are stopped, two renames done,
 * and the units started again.
 */
struct intoplace {
	struct place *place;
	int fd;          /* of its new folder */
	const char *top; /* the folder in that, or NULL: itself */
	struct units *units;
	char *const *carry; /* folders to be carried over, up to a NULL; see prove/carry.h */
	bool special;
	bool quiet;
};

/**
 * intoplace_run(x, kept):
 * Do it.  ${*kept} is the path of the tree that was there, owned by the place, or NULL.  Return
 * 0, or the exit code after reporting: that of carry_over(), place_sync(), units_stop() or
 * place_commit() with the old tree in its place, or 1 where the new one is in place, ${*kept}
 * is set, and a unit does not start.
 */
int intoplace_run(const struct intoplace *x, const char **kept);

#endif
