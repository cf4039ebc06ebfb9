#ifndef RECOVER_FETCH_H
#define RECOVER_FETCH_H

#include <sys/types.h>

/*
 * Single files of a full backup, unpacked to a private folder and handed over one by one.
 */
struct fetch_entry {
	const char *path;   /* where it was on the old server */
	mode_t mode;        /* of a file */
	const char *target; /* of a symlink; NULL: a file */
	const char *text;   /* its content … */
	size_t len;         /* … of so many bytes */
};

/**
 * fetch_each(archive, identity, path, each, ctx):
 * Unpack the absolute ${path} (a file, or a folder with all in it) of the archive ${archive},
 * which ${identity} opens where it is encrypted, and hand every file and symlink to ${each}, in order of their names; what that returns, other than
 * 0, ends it.  Return 0, that code, or the exit code after reporting: EX_DATAERR where the
 * archive is damaged or has no such path.
 */
int fetch_each(const char *archive, const char *identity, const char *path,
    int (*each)(void *ctx, const struct fetch_entry *e), void *ctx);

#endif
