#ifndef TAR_ATTR_H
#define TAR_ATTR_H

#include <archive_entry.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

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
 * attr_names(t, uid, gid, uname, gname):
 * Look up the names of a user and a group, owned by ${t} until the next call; NULL where there
 * is none.
 */
void attr_names(struct attr *t, uid_t uid, gid_t gid, const char **uname, const char **gname);

/**
 * attr_none(fd):
 * Return whether ${fd} has neither ACLs nor extended attributes; here and below it may be one of
 * O_PATH.  Cheap.
 */
bool attr_none(int fd);

/**
 * attr_load(t, fd, e, most):
 * Add to ${e} the POSIX ACLs (of a folder the default one too) and the extended attributes of
 * ${fd}, sorted; not more than ${most} bytes of them (ATTR_MAX: what readers accept).  Return
 * NULL, or a text that says what had to be left out, for a message: attr_much where it is more,
 * attr_starved where only memory was missing.
 */
const char *attr_load(struct attr *t, int fd, struct archive_entry *e, size_t most);

#define ATTR_MAX ((size_t)256 << 10) /* readers refuse a header of more than 1 MiB */
extern const char attr_much[], attr_starved[];

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
