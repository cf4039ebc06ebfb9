#ifndef TAR_PLACE_H
#define TAR_PLACE_H

#include <stdbool.h>

/*
 * A folder that is to be made, or exchanged for a new one, in one step: the new tree is put
 * together in DIR.siantre-new-XXXXXX beside it, so on the same file system.
 */
struct place;

/**
 * place_open(into, rc):
 * Look at the place ${into}: its parent must be there, and it must be nothing yet, or a folder
 * that is no mount point (a symlink to one is refused).  Return it, or NULL after reporting,
 * with EX_CANTCREAT in ${*rc}, or EX_USAGE where ${into} names no folder ("/", "..").
 */
struct place *place_open(const char *into, int *rc);

/**
 * place_path(p), place_exists(p):
 * Return the absolute path without symlinks, owned by ${p}; whether there is a folder that
 * holds something.
 */
const char *place_path(const struct place *p);
bool place_exists(const struct place *p);

/**
 * place_make(p):
 * Make the new folder, 0700, and lock it (flock); remove those that calls which were killed have
 * left, and say so.  Return its descriptor, owned by ${p}, or -1 after reporting.
 */
int place_make(struct place *p);

/**
 * place_sync(p):
 * Make the new folder durable, which may take long.  Return 0, or EX_CANTCREAT after reporting.
 */
int place_sync(struct place *p);

/**
 * place_commit(p, top, kept):
 * Put the new folder, durable already, or the folder ${top} in it (NULL: itself), into the
 * place.  What was there stays beside it as DIR_before_YYYYmmdd_HHMMSS (local time), whose path
 * is ${*kept}, owned by ${p}, or NULL.  Return 0, or EX_CANTCREAT after reporting, with the old
 * folder where it was; EX_IOERR where all is done, but is not known to be durable.
 */
int place_commit(struct place *p, const char *top, const char **kept);

/**
 * place_free(p):
 * Remove the new folder unless it was committed, and free ${p}.  NULL is fine.
 */
void place_free(struct place *p);

#endif
