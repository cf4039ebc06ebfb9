#ifndef SET_SPACE_H
#define SET_SPACE_H

#include <stdint.h>

/*
 * Whether there is room for the next set, and whether the disk for it is there at all.
 */

/**
 * space_mounted(path):
 * Check that something is mounted at ${path} ("": no such demand).  Return 0, or EX_CANTCREAT
 * after reporting.
 */
int space_mounted(const char *path);

/**
 * space_estimate(root, application, job):
 * Return how many bytes the next set that ${job} makes of ${application} may take: the newest one's
 * and a fifth more; 0 where there is none to learn from.
 */
uint64_t space_estimate(const char *root, const char *application, const char *job);

/**
 * space_free(root, out):
 * How many bytes we may still write on the file system of ${root}.  Return 0, or -1 with errno
 * set.
 */
int space_free(const char *root, uint64_t *out);

/**
 * space_make(root, application, job):
 * Check that the estimate fits; if not, empty the trash, and look again.  Return 0, or
 * EX_CANTCREAT after reporting.
 */
int space_make(const char *root, const char *application, const char *job);

#endif
