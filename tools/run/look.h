#ifndef RUN_LOOK_H
#define RUN_LOOK_H

#include "set/config.h"
#include "set/findings.h"

/**
 * look_disk(c, found):
 * Add to ${found} when the disk of the sets is full, as page and alarm reckon it, where there are
 * sets enough to tell.  What cannot be read is passed over: others tell of it.
 */
void look_disk(const struct config *c, struct findings *found);

#endif
