#ifndef TAR_LINKS_H
#define TAR_LINKS_H

#include <sys/stat.h>

/*
 * Files with several links that were packed already, by their inode.
 */
struct links;

/**
 * links_new(void):
 * Return an empty table, or NULL after reporting.
 */
struct links *links_new(void);

/**
 * links_find(l, st):
 * Return the first name under which the file ${st} was packed, owned by ${l}, or NULL where it
 * was not, or where it has been changed since (its content there is not what it is now; the
 * inode may even have a new owner).
 */
const char *links_find(const struct links *l, const struct stat *st);

/**
 * links_add(l, st, path):
 * Remember ${path} for ${st}.  Without memory it is forgotten: the file is then packed twice,
 * which loses nothing.
 */
void links_add(struct links *l, const struct stat *st, const char *path);

/**
 * links_free(l):
 * NULL is fine.
 */
void links_free(struct links *l);

#endif
