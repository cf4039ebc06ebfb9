#ifndef PROVE_COMPARE_H
#define PROVE_COMPARE_H

#include <stddef.h>

#include "set/manifest.h"
#include "prove/prove.h"

/**
 * compare_proof(f, p, buf, size):
 * Hold what was proven of a file, ${p}, against what set.json says of it, ${f}: unpacked size
 * and digest, entries, and for a dump its digest and its tables.  Return 0 where they agree, 1 where
 * they do not, with what differs, for a message "NAME: what", in ${buf} of ${size} bytes (160 are
 * enough), or EX_OSERR after reporting.
 */
int compare_proof(const struct manifest_file *f, const struct proof *p, char *buf, size_t size);

#endif
