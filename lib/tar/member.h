#ifndef TAR_MEMBER_H
#define TAR_MEMBER_H

#include <stddef.h>
#include <sys/stat.h>

#include "tar/account.h"

/*
 * One entry of an archive that is written, from a descriptor or a name below one.  ${path} is
 * its name in the archive.  What cannot be packed is counted and named in the account and is
 * no error: these functions return 0, or the exit code after reporting (1 after a stop signal,
 * silently).
 */
struct member;

/**
 * member_open(emit, ctx, a):
 * Start an archive that goes to ${emit} (see tar_write), counted in ${a}.  Return it, or NULL
 * after reporting.
 */
struct member *member_open(
    int (*emit)(void *ctx, const void *buf, size_t len), void *ctx, struct tar_account *a);

/**
 * member_file(m, dir, name, path):
 * Pack the regular file ${name} in ${dir}: its holes as holes, a second name of a packed file
 * as a hard link.
 */
int member_file(struct member *m, int dir, const char *name, const char *path);

/**
 * member_folder(m, fd, st, path):
 * Pack the folder ${fd} (-1: it cannot be opened), but not what is in it.  ${path} ends with a
 * slash.
 */
int member_folder(struct member *m, int fd, const struct stat *st, const char *path);

/**
 * member_other(m, dir, name, st, path):
 * Pack what ${st} says that ${name} in ${dir} is: a symlink, a FIFO, a device.
 */
int member_other(
    struct member *m, int dir, const char *name, const struct stat *st, const char *path);

/**
 * member_missed(m, path, rest):
 * Count and name what could not be opened or looked at, from errno; ${rest} goes behind the
 * reason (", left out").  Return 0, or 1 after reporting what is our own trouble (no memory,
 * no descriptors).
 */
int member_missed(struct member *m, const char *path, const char *rest);

/**
 * member_end(m):
 * Write the end of the archive.
 */
int member_end(struct member *m);

/**
 * member_free(m):
 * NULL is fine.
 */
void member_free(struct member *m);

#endif
