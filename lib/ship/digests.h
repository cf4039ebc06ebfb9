#ifndef SHIP_DIGESTS_H
#define SHIP_DIGESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The files of one folder with their SHA-256: as a set promises them, as another machine's
 * sha256sum tells them, or as they are read.
 */
struct digests;

/**
 * digests_promised(folder, sums, out):
 * What the set in ${folder} promises: the lines of its SHA256SUMS, and with ${sums} that
 * file itself.  The data need not be there.  ${*out} is the
 * caller's (digests_free).  Return 0, or the exit code after reporting.
 */
int digests_promised(const char *folder, bool sums, struct digests **out);

/**
 * digests_told(text, out):
 * What sha256sum, or rclone's hashsum, printed: a line a file, digest, two spaces (or a space
 * and a star), name.  Return 0, or EX_DATAERR after reporting.
 */
int digests_told(const char *text, struct digests **out);

/**
 * digests_read(folder, out):
 * Read every file of ${folder}, past what the page cache has of them where that can be.  What
 * is no regular file is an error.  Return 0, or the exit code after reporting: EX_DATAERR also where
 * the disk does not give the bytes back (EIO), asked twice.
 */
int digests_read(const char *folder, struct digests **out);

/**
 * digests_hold(promised, got, where, sums):
 * Return 0 where ${got} is what is ${promised} (aside verified.json, which may change, SHA256SUMS,
 * unless ${sums}, and the temporary files of a transfer that was killed), or EX_DATAERR after
 * reporting every file in ${where} that is missing, too many, or different.
 */
int digests_hold(
    const struct digests *promised, const struct digests *got, const char *where, bool sums);

/**
 * digests_differ(where, name, how):
 * Report that the file ${name} of ${where}, whoever named it, is ${how}.
 */
void digests_differ(const char *where, const char *name, const char *how);

/**
 * digests_free(d):
 * NULL is fine.
 */
void digests_free(struct digests *d);

#endif
