/*
 * Fragments by ISA-L (levels 1 to 3) or zlib (4 to 9).
 *
 * Neither is trusted with the size of its output: a result that does not fit into what stored
 * blocks would take is thrown away for stored blocks, which also bounds the room needed.
 */
#include "gz/deflate.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/igzip_lib.h>
#include <zlib.h>

#define STORED_MAX 65535 /* bytes in a stored block */
#define STORED_HEAD 5    /* its header: type and padding, length, length inverted */
#define ISAL_LEVELS 3

struct deflate {
	int level;
	struct isal_zstream isal;
	uint8_t *isal_room; /* hash tables and tokens of the level */
	z_stream zlib;
	bool zlib_ready;
};

static uint32_t
isal_room(int level)
{
	switch (level) {
	case 1: return ISAL_DEF_LVL1_LARGE;
	case 2: return ISAL_DEF_LVL2_LARGE;
	default: return ISAL_DEF_LVL3_LARGE;
	}
}

struct deflate *
deflate_open(int level)
{
	struct deflate *d = calloc(1, sizeof(*d));

	if (d == NULL)
		goto out;
	d->level = level;
	if (level <= ISAL_LEVELS) {
		d->isal_room = malloc(isal_room(level));
		if (d->isal_room == NULL)
			goto out;
	} else {
		/* Raw deflate; the largest hash table, as fragments are compressed whole. */
		if (deflateInit2(
			&d->zlib, level, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK)
			goto out;
		d->zlib_ready = true;
	}
	return d;
out:
	warnx("out of memory");
	deflate_free(d);
	return NULL;
}

size_t
deflate_bound(size_t len)
{
	return len + (len + STORED_MAX - 1) / STORED_MAX * STORED_HEAD + STORED_HEAD;
}

static size_t
stored_block(uint8_t *out, const uint8_t *in, size_t len)
{
	out[0] = 0;
	out[1] = (uint8_t)len;
	out[2] = (uint8_t)(len >> 8);
	out[3] = (uint8_t)~out[1];
	out[4] = (uint8_t)~out[2];
	if (len > 0)
		memcpy(out + STORED_HEAD, in, len);
	return STORED_HEAD + len;
}

static size_t
stored(const uint8_t *in, size_t len, uint8_t *out)
{
	size_t done, n, used = 0;

	for (done = 0; done < len; done += n) {
		n = len - done < STORED_MAX ? len - done : STORED_MAX;
		used += stored_block(out + used, in + done, n);
	}
	return used + stored_block(out + used, NULL, 0);
}

/* Return the bytes used, or 0 where ${room} did not suffice. */
static size_t
by_isal(struct deflate *d, const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	struct isal_zstream *s = &d->isal;

	isal_deflate_stateless_init(s);
	s->level = (uint32_t)d->level;
	s->level_buf = d->isal_room;
	s->level_buf_size = isal_room(d->level);
	s->flush = FULL_FLUSH;
	s->end_of_stream = 0;
	s->next_in = (uint8_t *)(uintptr_t)in; /* only read */
	s->avail_in = (uint32_t)len;
	s->next_out = out;
	s->avail_out = (uint32_t)room;
	if (isal_deflate_stateless(s) != COMP_OK || s->avail_in != 0)
		return 0;
	return s->total_out;
}

static size_t
by_zlib(struct deflate *d, const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
	z_stream *s = &d->zlib;

	if (deflateReset(s) != Z_OK)
		return 0;
	s->next_in = (Bytef *)(uintptr_t)in; /* only read */
	s->avail_in = (uInt)len;
	s->next_out = out;
	s->avail_out = (uInt)room;
	/* A flush that just fits leaves avail_out 0 and is not told from one that does not. */
	if (deflate(s, Z_FULL_FLUSH) != Z_OK || s->avail_in != 0 || s->avail_out == 0)
		return 0;
	return s->total_out;
}

static bool
flushed(const uint8_t *out, size_t used)
{
	static const uint8_t flush[DEFLATE_FLUSH_LENGTH] = {0x00, 0x00, 0xff, 0xff};

	return used > sizeof(flush) &&
	       memcmp(out + used - sizeof(flush), flush, sizeof(flush)) == 0;
}

size_t
deflate_fragment(struct deflate *d, const uint8_t *in, size_t len, uint8_t *out)
{
	size_t used = 0;

	if (len > 0) {
		if (d->level <= ISAL_LEVELS)
			used = by_isal(d, in, len, out, deflate_bound(len));
		else
			used = by_zlib(d, in, len, out, deflate_bound(len));
	}
	if (!flushed(out, used))
		used = stored(in, len, out);
	return used;
}

void
deflate_free(struct deflate *d)
{
	if (d == NULL)
		return;
	if (d->zlib_ready)
		deflateEnd(&d->zlib);
	free(d->isal_room);
	free(d);
}
