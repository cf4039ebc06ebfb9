#ifndef TAR_PATHS_H
#define TAR_PATHS_H

#include <stdbool.h>

/*
 * What is to be packed, from a list.
 */
struct paths {
	char **list; /* ends with a NULL */
	char *text;  /* what they point into */
};

/**
 * paths_clean(path, out):
 * Put the name that ${path} gets in an archive at ${out}, which has room for it and two bytes
 * more and may be ${path} itself if that is not empty: no slashes in front or behind, none
 * doubled, no "." but alone.  Return 0, or EX_USAGE for "..", after reporting.
 */
int paths_clean(const char *path, char *out);

/**
 * paths_read(file, nul, p):
 * Fill ${p} with the list ${file} ("-": stdin), one path a line, or with ${nul} each ended by a
 * NUL byte; empty ones do not count.  They are cleaned but for a slash in front, sorted as the
 * walk of a tree finds them, and those that lie in another one are dropped: how the list was
 * put together leaves no trace.  Return 0, and the caller frees ${p}; or the exit code after
 * reporting: EX_IOERR where the list cannot be read, EX_DATAERR where no path or a NUL byte is
 * in it, EX_USAGE for "..", 1 after a stop signal (silently).
 */
int paths_read(const char *file, bool nul, struct paths *p);

/**
 * paths_free(p):
 * An all-zero struct is fine.
 */
void paths_free(struct paths *p);

#endif
