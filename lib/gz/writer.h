#ifndef GZ_WRITER_H
#define GZ_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

/*
 * Writes one gzip member out of independent fragments: a header of ten bytes (no time, no
 * name), fragments (gz/cut.h, gz/deflate.h), the seal (gz/seal.h), CRC-32 and length.
 * Nothing that is cut short can look whole: seal and trailer come with gz_writer_end() alone.
 * Compressing, hashing and writing are done by threads while the caller goes on; the bytes
 * depend on the plain bytes and the level alone.  Memory: GZ_WRITER_RING fragments a job and
 * as many more.
 */
struct gz_writer;
struct gz_index;
struct output;

#define GZ_HEADER_LENGTH 10
#define GZ_TRAILER_LENGTH 8
#define GZ_LEVEL_MIN 1
#define GZ_LEVEL_MAX 9
#define GZ_LEVEL_DEFAULT 2

#define GZ_JOBS_MAX 64
#define GZ_WRITER_RING 4

struct gz_writer_options {
	int level;
	unsigned jobs; /* threads that compress; 0: as many as there are cores */
	bool digests;  /* those of the totals */
	bool check;    /* unpack each fragment and compare before it is written */
};

struct gz_totals {
	uint64_t plain, packed; /* bytes */
	uint64_t fragments;
	char plain_sha256[HASH_HEX]; /* empty unless digests were asked for */
	char packed_sha256[HASH_HEX];
};

/**
 * gz_writer_open(out, options, index, w):
 * Start writing to ${out}, which stays the caller's; ${index} (NULL: none) is told of each
 * fragment.  The header is written at once: an empty output would look like an empty file to
 * some readers.  Return 0 with the writer in ${*w}, or the exit code after reporting.
 */
int gz_writer_open(struct output *out, const struct gz_writer_options *options,
    struct gz_index *index, struct gz_writer **w);

/**
 * gz_writer_add(w, buf, len):
 * Take the next ${len} plain bytes.  Return 0, or the exit code after reporting; a failure
 * may belong to bytes of an earlier call.
 */
int gz_writer_add(struct gz_writer *w, const void *buf, size_t len);

/**
 * gz_writer_end(w):
 * The plain bytes are complete: write what is left, the seal and the trailer.  Return as
 * gz_writer_add.
 */
int gz_writer_end(struct gz_writer *w);

/**
 * gz_writer_totals(w):
 * After gz_writer_end(): what was written, owned by ${w}.
 */
const struct gz_totals *gz_writer_totals(const struct gz_writer *w);

/**
 * gz_writer_free(w):
 * NULL is fine.
 */
void gz_writer_free(struct gz_writer *w);

#endif
