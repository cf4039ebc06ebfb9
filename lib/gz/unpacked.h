#ifndef GZ_UNPACKED_H
#define GZ_UNPACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gz/index.h"
#include "gz/packed.h"
#include "gz/points.h"

/*
 * The plain bytes of a gzip member, from the end of its header to the start of its trailer: a part
 * of gz/reader.c, and nobody else's.
 *
 * They are unpacked in one of two ways.  Where a block starts with a whole byte, and there are
 * threads, the next piece may have been unpacked by one of them already (gz/pieces.h): it is
 * taken as it is.  Otherwise the bytes go through a stream of zlib's, which is told what stands
 * before them, until it stands at such a place again.  (ISA-L's stream has been seen to leave its
 * input behind when that is damaged.)
 */
struct unpacked;

/**
 * unpacked_open(packed, quick):
 * Return what unpacks members from ${packed}, which stays the caller's; ${quick} is that of
 * gz/inflate.h, for the threads.
 * Return NULL without memory (not reported).
 */
struct unpacked *unpacked_open(struct packed *packed, bool quick);

/**
 * unpacked_start(u):
 * A body starts here.
 */
void unpacked_start(struct unpacked *u);

/**
 * unpacked_pieces(u, jobs, index):
 * A first body starts here, and ${jobs} threads help from now on; ${index} (NULL: none) tells of
 * its fragments.  Return 0, or -1 with errno set.
 */
int unpacked_pieces(struct unpacked *u, unsigned jobs, struct gz_index_reader *index);

/**
 * unpacked_points(u, points):
 * From now on, add to ${points} where unpacking can begin again.
 */
void unpacked_points(struct unpacked *u, struct gz_points *points);

/**
 * unpacked_resume(u, point, jobs):
 * The next byte is the one behind ${point}; ${jobs} threads help (0: none) where a block starts
 * with a whole byte there.  Sum and length are those of what follows.  Return 0, or -1 with
 * errno set.
 */
int unpacked_resume(struct unpacked *u, const struct gz_point *point, unsigned jobs);

/**
 * unpacked_read(u, buf, len):
 * Put between 1 and ${len} plain bytes at ${buf} and return how many; 0: the body has ended; -1:
 * see unpacked_error().
 */
ssize_t unpacked_read(struct unpacked *u, uint8_t *buf, size_t len);

/**
 * unpacked_error(u):
 * After -1: what is wrong with the bytes, or NULL where the input failed or ended.
 */
const char *unpacked_error(const struct unpacked *u);

/**
 * unpacked_crc(u), unpacked_length(u):
 * CRC-32 of the plain bytes, and how many there are modulo 2^32, as a trailer has them.
 */
uint32_t unpacked_crc(const struct unpacked *u);
uint32_t unpacked_length(const struct unpacked *u);

/**
 * unpacked_free(u):
 * NULL is fine.
 */
void unpacked_free(struct unpacked *u);

#endif
