#ifndef GZ_PACKED_H
#define GZ_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gz/pieces.h"
#include "gz/seal.h"

/*
 * The packed bytes of a file on their way to gz/reader.c, a part of which this is: from a
 * descriptor or, once there are threads, from the pieces that these have looked at already.
 * Counted, and summed for the seal: the sum leaves out the last SEAL_LENGTH bytes.
 */
struct packed {
	int fd;
	uint8_t
	    *in; /* bytes that are read and not consumed: from ${used} to before ${length} */
	size_t used, length;
	uint64_t count; /* bytes consumed */

	uint32_t crc; /* since packed_restart(), but for the held ones */
	uint8_t held[SEAL_LENGTH];
	size_t held_length;

	struct pieces *pieces; /* NULL: there are no threads */
	struct piece *piece;   /* the current one; NULL: none */
	size_t piece_used;     /* bytes of it that went to ${in} */
	int error;             /* errno of a read that failed */
};

/**
 * packed_init(p, fd):
 * Get ready to read ${fd}.  Return 0, or -1 without memory (not reported).
 */
int packed_init(struct packed *p, int fd);

/**
 * packed_more(p):
 * Get more bytes behind those that are not consumed.  Return 1, 0 at the end of the file, or -1
 * with the cause in ${p}'s error.
 */
int packed_more(struct packed *p);

/**
 * packed_fill(p):
 * The same, where there are none.
 */
int packed_fill(struct packed *p);

/**
 * packed_consume(p, len):
 * Count and sum the next ${len} bytes, and be done with them.
 */
void packed_consume(struct packed *p, size_t len);

/**
 * packed_restart(p):
 * Start the sum anew.
 */
void packed_restart(struct packed *p);

/**
 * packed_pieces(p, o):
 * Take what follows in pieces, as ${o} says, whose descriptor and bytes read ahead are ${p}'s.
 * Return 0, or -1 with errno set.
 */
int packed_pieces(struct packed *p, struct pieces_options *o);

/**
 * packed_between(p):
 * Return whether the next byte is the first one of a piece.
 */
bool packed_between(const struct packed *p);

/**
 * packed_next(p):
 * In between: take the next piece.  Return as packed_more().
 */
int packed_next(struct packed *p);

/**
 * packed_whole(p):
 * Count and sum all bytes of the piece that was just taken, which a thread has unpacked.
 */
void packed_whole(struct packed *p);

/**
 * packed_free(p):
 * Give back what ${p} holds.
 */
void packed_free(struct packed *p);

#endif
