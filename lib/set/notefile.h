#ifndef SET_NOTEFILE_H
#define SET_NOTEFILE_H

#include <jansson.h>

#include "base/hash.h"

/*
 * What the tools of one run knew and their stdout could not carry: the lines of the file that
 * $SIANTRE_NOTES named, matched to the files of the set.
 */
struct notefile;

#define NOTEFILE_MAX (64 << 20) /* bytes that are read at most */
#define NOTEFILE_AGE "age"      /* "tool" of the notes of siantre-run --age */

/**
 * notefile_read(path, out):
 * Read the notes file ${path}; a missing one holds no notes.  ${*out} is the caller's
 * (notefile_free).  Return 0, or the exit code after reporting: EX_DATAERR with the line that
 * is no note, EX_IOERR.
 */
int notefile_read(const char *path, struct notefile **out);

/**
 * notefile_pack(n, sha256):
 * Return the note of siantre-pack about the file with that digest, owned by ${n}, or NULL.
 */
json_t *notefile_pack(struct notefile *n, const char *sha256);

/**
 * notefile_dump(n, digest):
 * Return the note of siantre-dump about the dump with that digest, owned by ${n}, or NULL.
 */
json_t *notefile_dump(struct notefile *n, const char *digest);

/**
 * notefile_age(n, name):
 * Return the last note about the encryption of the file ${name}, owned by ${n}, or NULL.
 */
json_t *notefile_age(struct notefile *n, const char *name);

/**
 * notefile_rest(n, i):
 * Return the ${i}th note that none of these ever returned, owned by ${n}; NULL behind the
 * last.
 */
json_t *notefile_rest(const struct notefile *n, size_t i);

/**
 * notefile_free(n):
 * NULL is fine.
 */
void notefile_free(struct notefile *n);

#endif
