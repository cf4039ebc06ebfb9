#ifndef TAR_ATTR_H
#define TAR_ATTR_H

#include <archive_entry.h>
#include <stdbool.h>

/*
 * Owners' names, ACLs and extended attributes, from a descriptor to an archive entry.
 */
struct attr;

/**
 * attr_open(void):
 * Return what remembers the names of users and groups, or NULL after reporting.
 */
struct attr *attr_open(void);

/**
 * attr_owner(t, e):
 * Add to ${e} the names of its uid and gid.
 */
void attr_owner(struct attr *t, struct archive_entry *e);

/**
 * attr_load(t, fd, e):
 * Add to ${e} the POSIX ACLs (of a folder the default one too) and the extended attributes of
 * ${fd}, sorted.  Return NULL, or a text that says what had to be left out, for a message.
 */
const char *attr_load(struct attr *t, int fd, struct archive_entry *e);

/**
 * attr_mend(e, special):
 * Make ${e}, read from an archive, ready to be put on the disk: the names of its extended
 * attributes decoded, and without ${special} all but user.* dropped.  Return 0, or -1 after
 * reporting.
 */
int attr_mend(struct archive_entry *e, bool special);

/**
 * attr_special(e):
 * Return whether ${e} has extended attributes that give rights (security.capability).
 */
bool attr_special(struct archive_entry *e);

/**
 * attr_free(t):
 * NULL is fine.
 */
void attr_free(struct attr *t);

#endif
