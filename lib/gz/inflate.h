#ifndef GZ_INFLATE_H
#define GZ_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * The way back from gz/deflate.h: a fragment by itself.  The quick way, through ISA-L, takes some
 * bytes that a strict reader refuses (gz/reader.h), so that its result counts only once a digest
 * or a checksum has proven it; the strict way is zlib's.
 */
struct inflate;

#define INFLATE_SPARE 5 /* bytes behind a packed fragment that are needed and overwritten */

/**
 * inflate_open(quick):
 * Return what one thread needs to inflate fragments, or NULL without memory.
 */
struct inflate *inflate_open(bool quick);

/**
 * inflate_fragment(i, in, len, out, room):
 * Inflate the ${len} bytes at ${in}, behind which INFLATE_SPARE more bytes may be written, into
 * ${out}.  Return how many plain bytes there are (0 is possible); or -1 if they are more than
 * ${room}, or if ${in} is not what a fragment is: whole blocks, none of them final, that end at
 * the last byte and point to nothing before the first one.
 */
ssize_t inflate_fragment(struct inflate *i, uint8_t *in, size_t len, uint8_t *out, size_t room);

/**
 * inflate_free(i):
 * NULL is fine.
 */
void inflate_free(struct inflate *i);

#endif
