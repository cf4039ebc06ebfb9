#ifndef GZ_DEFLATE_H
#define GZ_DEFLATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * One fragment of plain bytes becomes one independent run of deflate blocks (RFC 1951): it
 * starts and ends at a byte, refers to nothing before itself, has no final block, and ends
 * with the empty stored block of a full flush.
 */
struct deflate;

#define DEFLATE_FLUSH_LENGTH 4 /* 00 00 ff ff: what every fragment's bytes end with */

/**
 * deflate_open(level):
 * Get ready to compress at ${level}: 1 to 3 are ISA-L's, 4 to 9 zlib's.  A struct deflate is
 * one thread's at a time.  Return it, or NULL after reporting that there is no memory.
 */
struct deflate *deflate_open(int level);

/**
 * deflate_bound(len):
 * Return how many bytes a fragment of ${len} bytes can take at most, at any level.
 */
size_t deflate_bound(size_t len);

/**
 * deflate_fragment(d, in, len, out):
 * Compress ${len} bytes (CUT_MAX at most) at ${in} into ${out}, which has room for
 * deflate_bound(${len}); return how many bytes it took.  Cannot fail: what does not compress
 * is stored.  The result depends on the level and the bytes alone, never on what ${d} did
 * before.
 */
size_t deflate_fragment(struct deflate *d, const uint8_t *in, size_t len, uint8_t *out);

/**
 * deflate_free(d):
 * NULL is fine.
 */
void deflate_free(struct deflate *d);

#endif
