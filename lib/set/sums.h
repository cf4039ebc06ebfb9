#ifndef SET_SUMS_H
#define SET_SUMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"

/*
 * SHA256SUMS in the format of coreutils' sha256sum: a line a file, digest, two spaces, name.
 * It covers every file of a set but itself and verified.json, and it is written last.
 */
struct sums;

#define SUMS_NAME "SHA256SUMS"
#define SUMS_MAX (1 << 20) /* bytes that are read at most */

/**
 * sums_new(void):
 * Return an empty list, or NULL after reporting.
 */
struct sums *sums_new(void);

/**
 * sums_add(s, name, hex):
 * Append one file.  Return 0, or -1 after reporting.
 */
int sums_add(struct sums *s, const char *name, const char hex[HASH_HEX]);

/**
 * sums_write(s, folder):
 * Write ${folder}/SHA256SUMS, 0440, atomically.  Return 0, or -1 after reporting.
 */
int sums_write(const struct sums *s, const char *folder);

/**
 * sums_read(folder, out):
 * Read ${folder}/SHA256SUMS, whoever wrote it.  Every name in it is a plain one (sums_plain),
 * none stands twice.  ${*out} is the caller's (sums_free).  Return 0, or the exit code after
 * reporting: EX_DATAERR with the line for anything else, EX_IOERR for what cannot be read
 * (also where it is missing).
 */
int sums_read(const char *folder, struct sums **out);

/**
 * sums_parse(text, len, folder, out):
 * The same for the ${len} bytes at ${text}, which are written to; ${folder} is for messages.
 */
int sums_parse(char *text, size_t len, const char *folder, struct sums **out);

/**
 * sums_digest(s):
 * Return the SHA-256 of SHA256SUMS itself as it was read, which stands for the whole set.
 */
const char *sums_digest(const struct sums *s);

/**
 * sums_name(s, i), sums_hex(s, i):
 * Name and digest of the ${i}th file, owned by ${s}; NULL behind the last.
 */
const char *sums_name(const struct sums *s, size_t i);
const char *sums_hex(const struct sums *s, size_t i);

/**
 * sums_find(s, name):
 * Return the digest of the file ${name}, owned by ${s}, or NULL.
 */
const char *sums_find(const struct sums *s, const char *name);

/**
 * sums_plain(name):
 * Return whether ${name} may name a file of a set: 1 to 255 bytes, no slash, backslash or
 * control character, no dot in front.
 */
bool sums_plain(const char *name);

/**
 * sums_free(s):
 * NULL is fine.
 */
void sums_free(struct sums *s);

#endif
