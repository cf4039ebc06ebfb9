#ifndef GZ_FRAGMENT_H
#define GZ_FRAGMENT_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "gz/cut.h"
#include "gz/deflate.h"

/*
 * The unit of work of the packer: plain bytes between two cut points, and what becomes of them.
 * Filling fragments is one thread's and in order; packing one concerns nobody else; writing
 * them is in order again.
 */
struct fragment {
	uint8_t *plain; /* room for CUT_MAX */
	size_t plain_length;
	uint8_t *packed; /* room for deflate_bound(CUT_MAX) */
	size_t packed_length;
	uint32_t crc;          /* CRC-32 of the plain bytes */
	char sha256[HASH_HEX]; /* of the plain bytes; empty where nobody asked for it */
};

/**
 * fragment_init(f):
 * Get memory for an empty fragment.  Return 0, or -1 after reporting.
 */
int fragment_init(struct fragment *f);

/**
 * fragment_pack(f, d, digest):
 * Fill in what follows from the plain bytes; the digest only if ${digest}.  Touches nothing but
 * ${f} and ${d}.
 */
void fragment_pack(struct fragment *f, struct deflate *d, int digest);

/**
 * fragment_free(f):
 * Give back what ${f} holds.  An all-zero fragment is fine.
 */
void fragment_free(struct fragment *f);

#endif
