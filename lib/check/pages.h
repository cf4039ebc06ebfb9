#ifndef CHECK_PAGES_H
#define CHECK_PAGES_H

#include "set/config.h"
#include "set/findings.h"

/**
 * checkpages_look(c, found):
 * Add to ${found} whether the page and the figures that a run leaves, DASHBOARD and
 * PROMETHEUS_FILE, could be put into their folders.  No run fails for want of them.
 */
void checkpages_look(const struct config *c, struct findings *found);

#endif
