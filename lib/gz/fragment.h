#ifndef GZ_FRAGMENT_H
#define GZ_FRAGMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "gz/cut.h"
#include "gz/deflate.h"
#include "gz/inflate.h"

/*
 * The unit of work of the packer: plain bytes between two cut points, and what becomes of them.
 * Filling fragments is one thread's and in order; packing one concerns nobody else; writing
 * them is in order again.
 */
#define FRAGMENT_PACKED_ROOM (deflate_bound(CUT_MAX) + INFLATE_SPARE)

struct fragment {
	uint8_t *plain; /* room for CUT_MAX */
	size_t plain_length;
	uint8_t *packed; /* room for FRAGMENT_PACKED_ROOM */
	size_t packed_length;
	uint32_t crc;          /* CRC-32 of the plain bytes */
	char sha256[HASH_HEX]; /* of the plain bytes; empty where nobody asked for it */
};

/**
 * fragment_init(f):
 * Get memory for an empty fragment.  Return 0, or -1 after reporting.
 */
int fragment_init(struct fragment *f);

/* What a thread that packs has of its own. */
struct fragment_packer {
	struct deflate *deflate;
	struct inflate *inflate; /* NULL: not checked */
	uint8_t *again;          /* room for CUT_MAX, where it is checked */
	bool digest;             /* of each fragment */
};

/**
 * fragment_packer_init(p, level, digest, check):
 * Get memory for packing at ${level}.  Return 0, or -1 after reporting.
 */
int fragment_packer_init(struct fragment_packer *p, int level, bool digest, bool check);

/**
 * fragment_packer_free(p):
 * Give back what ${p} holds.  An all-zero one is fine.
 */
void fragment_packer_free(struct fragment_packer *p);

/**
 * fragment_pack(f, p):
 * Fill in what follows from the plain bytes.  Touches nothing but ${f} and ${p}.  Return 0, or
 * the exit code after reporting: the packed bytes are checked and do not unpack to these.
 */
int fragment_pack(struct fragment *f, struct fragment_packer *p);

/**
 * fragment_check(f, p):
 * Unpack ${f} and compare.  Return as fragment_pack().
 */
int fragment_check(struct fragment *f, struct fragment_packer *p);

/**
 * fragment_free(f):
 * Give back what ${f} holds.  An all-zero fragment is fine.
 */
void fragment_free(struct fragment *f);

#endif
