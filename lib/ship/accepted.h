#ifndef SHIP_ACCEPTED_H
#define SHIP_ACCEPTED_H

#include <stddef.h>

#include "base/hash.h"

/*
 * ACCEPTED: what the machine that keeps the copies tells the one that sends them.  It lies at the
 * top of the folder that is sent to, and names every set that stands in the tree behind it, a
 * line a set:
 *
 *     20261123_020000  <SHA-256 of its SHA256SUMS>
 *     full/20261122_040000  <SHA-256 of its SHA256SUMS>
 *
 * The lines rise in the order of bytes, so no set stands there twice.  An empty file is a tree
 * without sets.  Whoever can write to the folder can write this file: it is a help to know what
 * need not be sent again, and proof of nothing on the receiving side.
 */
struct accepted;

#define ACCEPTED_NAME "ACCEPTED"
#define ACCEPTED_MAX (16 << 20) /* bytes that are read at most: 180,000 sets */
#define ACCEPTED_SET 21         /* full/20261122_040000 and a NUL */

/**
 * accepted_new(void):
 * Return an empty list, or NULL after reporting.
 */
struct accepted *accepted_new(void);

/**
 * accepted_add(a, set, hex):
 * Add the set ${set} ("NAME" or "full/NAME"), whose SHA256SUMS has the digest ${hex}, wherever it
 * belongs in the order; each set once.  Return 0, or -1 after reporting.
 */
int accepted_add(struct accepted *a, const char *set, const char hex[HASH_HEX]);

/**
 * accepted_parse(text, len, where, out):
 * Take the ${len} bytes at ${text} of an ACCEPTED, whoever wrote them; ${where} is for messages.
 * ${*out} is the caller's (accepted_free).  Return 0, or the exit code after reporting:
 * EX_DATAERR, with the line, for what is not in this format; EX_OSERR without memory.
 */
int accepted_parse(const char *text, size_t len, const char *where, struct accepted **out);

/**
 * accepted_read(path, out):
 * The same for the regular file ${path} (no symlink) of ACCEPTED_MAX bytes at most.  EX_IOERR
 * where it cannot be read; where there is none, ${*out} is NULL and 0 is returned: who has no
 * such file knows nothing.
 */
int accepted_read(const char *path, struct accepted **out);

/**
 * accepted_write(a, dir, where):
 * Make ${a} the file ACCEPTED in the folder ${dir}, 0444, atomically, whatever else somebody has
 * put under that name; where it already says this, it stays.  ${where} is the folder's name for
 * messages.  Return 0, or -1 after reporting.
 */
int accepted_write(const struct accepted *a, int dir, const char *where);

/**
 * accepted_set(a, i), accepted_hex(a, i):
 * The ${i}th set ("NAME" or "full/NAME") and its digest, owned by ${a}; NULL behind the last.
 */
const char *accepted_set(const struct accepted *a, size_t i);
const char *accepted_hex(const struct accepted *a, size_t i);

/**
 * accepted_name(set):
 * Return what ${set} is called in its folder: ${set} without "full/".
 */
const char *accepted_name(const char *set);

/**
 * accepted_find(a, set):
 * Return the digest of the set ${set}, owned by ${a}, or NULL where it is not there.
 */
const char *accepted_find(const struct accepted *a, const char *set);

/**
 * accepted_free(a):
 * NULL is fine.
 */
void accepted_free(struct accepted *a);

#endif
