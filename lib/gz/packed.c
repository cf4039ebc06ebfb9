#include "gz/packed.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/crc.h>
#include <zlib.h>

#include "base/io.h"

#define ROOM PIECES_AHEAD

int
packed_init(struct packed *p, int fd)
{
	p->fd = fd;
	return (p->in = malloc(ROOM)) != NULL ? 0 : -1;
}

int
packed_more(struct packed *p)
{
	size_t left = p->length - p->used, n;
	ssize_t got;
	int rc;

	memmove(p->in, p->in + p->used, left);
	p->used = 0;
	p->length = left;
	if (p->pieces == NULL) {
		got = io_read_some(p->fd, p->in + left, ROOM - left);
		if (got == -1) {
			p->error = errno;
			return -1;
		}
		p->length += (size_t)got;
		return got > 0;
	}
	while (p->piece == NULL || p->piece_used == p->piece->packed_length)
		if ((rc = packed_next(p)) <= 0)
			return rc;
	n = p->piece->packed_length - p->piece_used;
	n = n < ROOM - left ? n : ROOM - left;
	memcpy(p->in + left, p->piece->packed + p->piece_used, n);
	p->piece_used += n;
	p->length += n;
	return 1;
}

int
packed_fill(struct packed *p)
{
	return p->used < p->length ? 1 : packed_more(p);
}

static void
sum(struct packed *p, const uint8_t *in, size_t len)
{
	size_t out;

	if (len >= SEAL_LENGTH) {
		p->crc = crc32_gzip_refl(p->crc, p->held, p->held_length);
		p->crc = crc32_gzip_refl(p->crc, in, len - SEAL_LENGTH);
		memcpy(p->held, in + len - SEAL_LENGTH, SEAL_LENGTH);
		p->held_length = SEAL_LENGTH;
		return;
	}
	out = p->held_length + len > SEAL_LENGTH ? p->held_length + len - SEAL_LENGTH : 0;
	p->crc = crc32_gzip_refl(p->crc, p->held, out);
	memmove(p->held, p->held + out, p->held_length - out);
	memcpy(p->held + p->held_length - out, in, len);
	p->held_length += len - out;
}

void
packed_consume(struct packed *p, size_t len)
{
	sum(p, p->in + p->used, len);
	p->used += len;
	p->count += len;
}

void
packed_restart(struct packed *p)
{
	p->crc = 0;
	p->held_length = 0;
}

int
packed_pieces(struct packed *p, struct pieces_options *o)
{
	o->fd = p->fd;
	o->ahead = p->in + p->used;
	o->ahead_length = p->length - p->used;
	if ((p->pieces = pieces_start(o)) == NULL)
		return -1;
	p->used = p->length = 0;
	return 0;
}

bool
packed_between(const struct packed *p)
{
	return p->pieces != NULL && p->used == p->length &&
	       (p->piece == NULL || p->piece_used == p->piece->packed_length);
}

int
packed_next(struct packed *p)
{
	p->piece = pieces_next(p->pieces);
	p->piece_used = 0;
	if (p->piece != NULL)
		return 1;
	p->error = pieces_errno(p->pieces);
	return p->error != 0 ? -1 : 0;
}

void
packed_whole(struct packed *p)
{
	const struct piece *piece = p->piece;
	size_t len = piece->packed_length;

	if (len > SEAL_LENGTH) {
		len -= SEAL_LENGTH;
		p->crc = crc32_gzip_refl(p->crc, p->held, p->held_length);
		p->crc = (uint32_t)crc32_combine(p->crc, piece->packed_crc, (z_off_t)len);
		p->held_length = 0;
		sum(p, piece->packed + len, SEAL_LENGTH);
	} else {
		sum(p, piece->packed, len);
	}
	p->count += piece->packed_length;
	p->piece_used = piece->packed_length;
}

void
packed_free(struct packed *p)
{
	pieces_free(p->pieces);
	free(p->in);
}
