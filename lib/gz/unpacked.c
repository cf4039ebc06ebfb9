#include "gz/unpacked.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <isa-l/crc.h>
#include <zlib.h>

#define WINDOW GZ_WINDOW /* what matches reach back to */
#define TRIES 8          /* pieces that do not unpack, until none is tried any more */

struct unpacked {
	struct packed *packed;
	z_stream stream;
	bool quick;
	struct gz_index_reader *index;
	bool ended;
	uint32_t crc;
	uint32_t length;
	uint8_t window[WINDOW]; /* the last plain bytes */
	size_t window_length;

	bool starved;         /* the stream used none of its input */
	bool aligned;         /* a block starts where the next piece does */
	const uint8_t *whole; /* what a thread has unpacked and is not handed out yet … */
	size_t whole_length;  /* … and how much it is */
	unsigned failed;      /* pieces in a row that a thread could not unpack */
	uint64_t fragments;
	struct gz_points *points; /* NULL: not asked for */
	uint64_t total;           /* plain bytes of all members */
	char error[128];
};

struct unpacked *
unpacked_open(struct packed *packed, bool quick)
{
	struct unpacked *u = calloc(1, sizeof(*u));

	if (u == NULL || inflateInit2(&u->stream, -MAX_WBITS) != Z_OK) {
		free(u);
		return NULL;
	}
	/* The dictionary is none: zlib takes the memory that it will need, and not when it is late. */
	if (inflateSetDictionary(&u->stream, (const Bytef *)"", 0) != Z_OK) {
		unpacked_free(u);
		return NULL;
	}
	u->packed = packed;
	u->quick = quick;
	return u;
}

void
unpacked_start(struct unpacked *u)
{
	inflateReset(&u->stream);
	u->ended = u->aligned = false;
	u->crc = u->length = 0;
	u->window_length = 0;
}

int
unpacked_pieces(struct unpacked *u, unsigned jobs, struct gz_index_reader *index)
{
	struct pieces_options o = {.jobs = jobs, .quick = u->quick, .index = index};

	unpacked_start(u);
	if (packed_pieces(u->packed, &o) == -1)
		return -1;
	u->index = index;
	u->aligned = true;
	return 0;
}

static int fail(struct unpacked *u, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
fail(struct unpacked *u, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(u->error, sizeof(u->error), format, args);
	va_end(args);
	return -1;
}

/* Keep the last plain bytes for a stream that may have to start behind them. */
static void
remember(struct unpacked *u, const uint8_t *plain, size_t len)
{
	size_t keep;

	if (len >= WINDOW) {
		memcpy(u->window, plain + len - WINDOW, WINDOW);
		u->window_length = WINDOW;
		return;
	}
	keep = u->window_length + len > WINDOW ? WINDOW - len : u->window_length;
	memmove(u->window, u->window + u->window_length - keep, keep);
	memcpy(u->window + keep, plain, len);
	u->window_length = keep + len;
}

void
unpacked_points(struct unpacked *u, struct gz_points *points)
{
	u->points = points;
}

int
unpacked_resume(struct unpacked *u, const struct gz_point *point, unsigned jobs)
{
	u->packed->count = point->packed;
	u->total = point->plain;
	unpacked_start(u);
	if (point->bits == 0 && jobs > 0 && unpacked_pieces(u, jobs, NULL) == -1)
		return -1;
	remember(u, point->window, point->window_length);
	if (point->bits > 0)
		inflatePrime(&u->stream, point->bits, point->value);
	if (point->window_length > 0)
		inflateSetDictionary(&u->stream, point->window, (uInt)point->window_length);
	return 0;
}

/* A fragment begins. */
static void
note_fragment(struct unpacked *u)
{
	const struct gz_point here = {.plain = u->total,
	    .packed = u->packed->count,
	    .window = u->window,
	    .window_length = u->window_length};

	if (u->points != NULL && gz_points_want(u->points, here.plain))
		gz_points_add(u->points, &here); /* one less does no harm */
}

/* The stream stands between two blocks; ${used} bytes of its input were consumed just now. */
static void
note_block(struct unpacked *u, size_t used)
{
	struct gz_point here = {.plain = u->total, .packed = u->packed->count};
	uint8_t window[WINDOW];
	uInt len = 0;

	if (used == 0 || !gz_points_want(u->points, here.plain) ||
	    inflateGetDictionary(&u->stream, window, &len) != Z_OK)
		return;
	here.bits = u->stream.data_type & 7;
	if (here.bits > 0)
		here.value = (uint8_t)(u->stream.next_in[-1] >> (8 - here.bits));
	here.window = window;
	here.window_length = len;
	gz_points_add(u->points, &here);
}

/* Take what a thread has unpacked. */
static void
take_whole(struct unpacked *u)
{
	const struct piece *piece = u->packed->piece;

	note_fragment(u);
	u->failed = 0;
	u->whole = piece->plain;
	u->whole_length = (size_t)piece->plain_length;
	u->crc = (uint32_t)crc32_combine(u->crc, piece->plain_crc, piece->plain_length);
	u->length += (uint32_t)piece->plain_length;
	u->total += (uint64_t)piece->plain_length;
	remember(u, piece->plain, u->whole_length);
	packed_whole(u->packed);
}

/* A block starts with the next piece: see what a thread made of it. */
static int
look_at_piece(struct unpacked *u)
{
	const struct piece *piece;

	if (packed_next(u->packed) <= 0)
		return -1;
	piece = u->packed->piece;
	if (piece->entry.plain_length > 0) {
		u->fragments++;
		if (piece->packed_length < piece->entry.packed_length) {
			u->packed->count += piece->packed_length;
			return -1; /* cut off */
		}
		if (piece->differs)
			return fail(u, "fragment %" PRIu64 " is not the one in its index",
			    u->fragments);
	}
	if (piece->plain_length >= 0) {
		take_whole(u);
		return 0;
	}
	if (++u->failed == TRIES)
		pieces_give_up(u->packed->pieces);
	u->aligned = false;
	inflateReset(&u->stream);
	if (u->window_length > 0)
		inflateSetDictionary(&u->stream, u->window, (uInt)u->window_length);
	return 0;
}

/* Whether a block starts with the next byte: zlib waits for a header (128) and has no bits. */
static bool
is_aligned(const struct unpacked *u)
{
	return packed_between(u->packed) && (u->stream.data_type & 0xff) == 128;
}

/* Unpack more of the stream.  Return the bytes made, which may be none, or -1. */
static ssize_t
read_stream(struct unpacked *u, uint8_t *buf, size_t len)
{
	struct packed *p = u->packed;
	z_stream *z = &u->stream;
	size_t made, used;
	int rc;

	z->next_in = p->in + p->used;
	z->avail_in = (uInt)(p->length - p->used);
	z->next_out = buf;
	z->avail_out = len < UINT32_MAX ? (uInt)len : UINT32_MAX;
	rc = inflate(z, u->points != NULL ? Z_BLOCK : Z_NO_FLUSH);
	made = (size_t)(z->next_out - buf);
	used = p->length - p->used - z->avail_in;
	packed_consume(p, used);
	u->starved = used == 0;
	u->total += made;
	u->aligned = is_aligned(u); /* the next call would forget it */
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return fail(u, "damaged before byte %" PRIu64 ": %s", p->count,
		    z->msg != NULL ? z->msg : "out of memory");
	if (rc == Z_STREAM_END)
		u->ended = true;
	if (made > 0 && u->index != NULL)
		return fail(u, "longer than its index says");
	u->crc = crc32_gzip_refl(u->crc, buf, made);
	u->length += (uint32_t)made;
	if (p->pieces != NULL)
		remember(u, buf, made);
	if (u->points != NULL && rc == Z_OK && (z->data_type & 0xc0) == 128)
		note_block(u, used);
	return (ssize_t)made;
}

ssize_t
unpacked_read(struct unpacked *u, uint8_t *buf, size_t len)
{
	struct packed *p = u->packed;
	ssize_t made = 0;

	while (made == 0 && !u->ended) {
		if (u->whole_length > 0) {
			made = (ssize_t)(len < u->whole_length ? len : u->whole_length);
			memcpy(buf, u->whole, (size_t)made);
			u->whole += made;
			u->whole_length -= (size_t)made;
		} else if (u->aligned && packed_between(p)) {
			if (look_at_piece(u) == -1)
				return -1;
		} else if ((made = read_stream(u, buf, len)) == 0 && !u->ended) {
			if (!u->aligned && (u->starved || p->used == p->length) &&
			    packed_more(p) <= 0) {
				packed_consume(p, p->length - p->used);
				return -1;
			}
		}
	}
	return made;
}

const char *
unpacked_error(const struct unpacked *u)
{
	return u->error[0] != '\0' ? u->error : NULL;
}

uint32_t
unpacked_crc(const struct unpacked *u)
{
	return u->crc;
}

uint32_t
unpacked_length(const struct unpacked *u)
{
	return u->length;
}

void
unpacked_free(struct unpacked *u)
{
	if (u == NULL)
		return;
	inflateEnd(&u->stream);
	free(u);
}
