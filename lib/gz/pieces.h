#ifndef GZ_PIECES_H
#define GZ_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "gz/index.h"

/*
 * The body of a packed file in pieces, in their order, unpacked side by side: one thread reads
 * and cuts, several unpack, and the caller takes the pieces.
 *
 * With an index the fragments are where it says.  Without one they are looked for: each ends
 * with a flush, whose bytes 00 00 ff ff seldom stand for anything else.  Where they do, or where
 * the file is somebody else's and matches reach over a flush, the piece cannot be unpacked by
 * itself, and its packed bytes are the caller's to unpack as a stream.  What can be unpacked by
 * itself is what stands there, if a block starts where the piece does: blocks depend on nothing
 * before them but through matches, and those may not reach over the start.
 */
struct piece {
	bool fragment; /* between two flushes; otherwise only bytes that follow */
	uint8_t *packed;
	size_t packed_length;
	uint32_t packed_crc; /* of a fragment, but for its last SEAL_LENGTH bytes (gz/seal.h) */

	uint8_t *plain;
	ssize_t plain_length; /* -1 where it is none by itself */
	uint32_t plain_crc;

	struct gz_index_entry entry; /* what the index says; a plain length of 0: nothing */
	bool differs;                /* from that */
};

struct pieces;

struct pieces_options {
	int fd;                        /* stays the caller's, as does the index */
	const void *ahead;             /* what was read already */
	size_t ahead_length;           /* PIECES_AHEAD at most */
	unsigned jobs;                 /* threads that unpack */
	bool quick;                    /* see gz/inflate.h */
	struct gz_index_reader *index; /* NULL: none */
};

#define PIECES_AHEAD ((size_t)256 << 10)

/**
 * pieces_start(options):
 * Start reading where a fragment starts, if there are any.  Return the pieces, or NULL with
 * errno set.
 */
struct pieces *pieces_start(const struct pieces_options *options);

/**
 * pieces_next(p):
 * Return the next piece, which is the caller's until the next call; or NULL at the end, or where
 * the descriptor could not be read (pieces_errno() tells), or after a stop signal.
 */
struct piece *pieces_next(struct pieces *p);

/**
 * pieces_errno(p):
 * After pieces_next() returned NULL: 0 at the end of the file, or what kept it from being read.
 */
int pieces_errno(const struct pieces *p);

/**
 * pieces_give_up(p):
 * This is a file whose pieces do not unpack by themselves: do not try any more.
 */
void pieces_give_up(struct pieces *p);

/**
 * pieces_free(p):
 * NULL is fine.
 */
void pieces_free(struct pieces *p);

#endif
