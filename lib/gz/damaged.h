#ifndef GZ_DAMAGED_H
#define GZ_DAMAGED_H

#include <stddef.h>
#include <stdint.h>

/*
 * The bytes of a file on a disk that may be damaged as well: what cannot be read is taken for
 * zeros.  One bit can be flipped back on the way.
 */
struct damaged {
	int fd;
	uint64_t from;  /* where in the file they begin: where it was when it came */
	uint64_t size;  /* from there on */
	uint8_t *bytes; /* from ${at} on, ${length} of them; twice the room */
	uint64_t at;
	size_t length, room;
	uint64_t flip_at; /* the byte to change … */
	uint8_t flip;     /* … by this exclusive or */
};

/**
 * damaged_init(d, fd, room):
 * Get ready to look at up to ${room} bytes at once of the regular file ${fd}, from its position
 * on.  Return 0, or -1 after reporting.
 */
int damaged_init(struct damaged *d, int fd, size_t room);

/**
 * damaged_look(d, offset, len):
 * Return the bytes from ${offset} on, the room's number of them or as many as there are, until
 * the next call; let ${*len} be their number.
 */
uint8_t *damaged_look(struct damaged *d, uint64_t offset, size_t *len);

/**
 * damaged_flip(d, offset, mask):
 * From now on, flip the bits ${mask} of the byte at ${offset}, and no others.
 */
void damaged_flip(struct damaged *d, uint64_t offset, uint8_t mask);

/**
 * damaged_free(d):
 * Give back what ${d} holds.
 */
void damaged_free(struct damaged *d);

#endif
