#ifndef GZ_CUT_H
#define GZ_CUT_H

#include <stddef.h>
#include <stdint.h>

/*
 * Where the fragments of a packed file end: content-defined cut points, after FastCDC (Xia et
 * al., USENIX ATC 2016, with its normalised chunking).  An insertion or a change moves the cut
 * points near it and no others, so that most fragments of two similar files are equal.  These
 * figures are part of the format: other ones give other fragments.
 */
#ifndef CUT_BITS /* tests/bench/fragments tries others */
#define CUT_BITS 17
#endif
#define CUT_NORMAL (1U << CUT_BITS) /* cuts are rarer before and more frequent behind this */
#define CUT_MIN (CUT_NORMAL / 2)    /* no fragment but the last is shorter */
#define CUT_MAX (CUT_NORMAL * 4)    /* no fragment is longer */

/* All zero: at the start of a fragment. */
struct cut {
	uint64_t hash; /* gear hash of the last 64 bytes */
	size_t length; /* bytes of the current fragment so far */
};

/**
 * cut_next(c, buf, len):
 * Return how many of the ${len} bytes at ${buf} belong to the current fragment, between 1 and
 * ${len} (0 for 0).  If the fragment ends there, ${c} is ready for the next one (its length is
 * 0).  Depends on the bytes alone, never on how they were split over calls.
 */
size_t cut_next(struct cut *c, const uint8_t *buf, size_t len);

/**
 * cut_gear(byte):
 * Return the gear value of ${byte}: the (${byte} + 1)th output of splitmix64 seeded with 0.
 */
uint64_t cut_gear(uint8_t byte);

#endif
