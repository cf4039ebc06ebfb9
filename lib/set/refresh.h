#ifndef SET_REFRESH_H
#define SET_REFRESH_H

#include "set/config.h"
#include "set/log.h"

/**
 * refresh_pages(c, l):
 * What people and monitors look at has changed: have siantre-status write it anew, where the
 * configuration asks for any of it.  What it says goes to ${l}, or to stderr where that is NULL.
 * Nothing depends on it: it gets ten minutes, a failure is said, and siantre-alert notices a page
 * that gets old.
 */
void refresh_pages(const struct config *c, struct log *l);

#endif
