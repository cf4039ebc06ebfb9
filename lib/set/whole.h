#ifndef SET_WHOLE_H
#define SET_WHOLE_H

#include <stdbool.h>

#include "set/manifest.h"
#include "set/sums.h"

/**
 * whole_is(path, sums, m):
 * Return whether the set in the folder ${path} still holds what it promises, as far as that is seen
 * without reading it: ${m} is the set.json that its SHA256SUMS ${sums} name, and every file is
 * there in full length.  What is not so is reported.
 */
bool whole_is(const char *path, const struct sums *sums, const struct manifest *m);

#endif
