#ifndef RESTORE_PART_H
#define RESTORE_PART_H

#include <stdbool.h>

#include "prove/dumpfile.h"
#include "db/load.h"
#include "db/partial.h"
#include "sql/pick.h"

/**
 * part_open(dump, o, pick, out):
 * Find what ${pick} chooses of ${dump}, as ${o} has it, which is told what is loaded and whereto.
 * ${*out} is the caller's (partial_free).  Return 0, or an exit code after reporting.
 */
int part_open(struct dumpfile *dump, struct load_options *o, const struct pick_options *pick,
    struct partial **out);

/**
 * part_list(path, identity, foreign, quiet, json):
 * Print what is in the dump at ${path}, which ${identity} opens where it is encrypted.  Return 0,
 * or an exit code after reporting.
 */
int part_list(const char *path, const char *identity, bool foreign, bool quiet, bool json);

#endif
