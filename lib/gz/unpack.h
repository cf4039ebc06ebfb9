#ifndef GZ_UNPACK_H
#define GZ_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"

struct output;

enum gz_what {
	GZ_ALL,
	GZ_RANGE,  /* only some plain bytes (gz/range.h); needs the index */
	GZ_SALVAGE /* what is left of it (gz/salvage.h) */
};

/* What is wanted of a packed file; descriptors stay the caller's. */
struct gz_unpacking {
	int fd;
	const char *name; /* for messages */
	int index;        /* a descriptor; -1: none */
	const char *index_name;
	unsigned jobs; /* threads; 0: none */
	enum gz_what what;
	uint64_t from, length; /* of the range */
	struct output *out;
	struct progress *progress; /* counts plain bytes; packed ones that are looked at */
	/* Sees all of GZ_ALL before it is written; returns an exit code after reporting. */
	int (*look)(void *ctx, const void *buf, size_t len);
	void *ctx;
};

/**
 * gz_unpack(u, packed, plain):
 * Unpack as gunzip does, but so that nothing passes that does not agree: with the checksums, and
 * with the index where there is one, then before it is written.  Put the bytes read and written
 * in ${*packed} and ${*plain}.  Return 0 once all is proven, or the exit code after reporting.
 */
int gz_unpack(const struct gz_unpacking *u, uint64_t *packed, uint64_t *plain);

#endif
