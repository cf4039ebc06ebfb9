#ifndef DB_UPKEEP_H
#define DB_UPKEEP_H

#include "db/load.h"
#include "db/login.h"

/*
 * What is left of earlier restores into a database: an exchange that was interrupted, and what
 * exchanges have kept.  All functions return as load_run.
 */

/**
 * upkeep_settle(l, into, o):
 * Finish or undo an exchange of the database ${into} that was interrupted, and nothing else.
 */
int upkeep_settle(struct login *l, const char *into, const struct load_options *o);

/**
 * upkeep_drop_old(l, into, o):
 * Drop the databases that exchanges of ${into} have kept, the oldest first, and the texts beside
 * them; without yes, or with dry_run, only name them.
 */
int upkeep_drop_old(struct login *l, const char *into, const struct load_options *o);

#endif
