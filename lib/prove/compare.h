#ifndef PROVE_COMPARE_H
#define PROVE_COMPARE_H

#include <stddef.h>

#include "set/manifest.h"
#include "prove/prove.h"

/**
 * compare_proof(f, p, buf, size):
 * Hold what was proven of a file, ${p}, against what set.json says of it, ${f}: unpacked size
 * and digest, entries, and for a dump its digest and its tables.  Return NULL where they agree,
 * else what differs, for a message "NAME: what", written to ${buf} of ${size} bytes (160 are
 * enough).
 */
const char *compare_proof(
    const struct manifest_file *f, const struct proof *p, char *buf, size_t size);

#endif
