/*
 * A strict gunzip.
 *
 * Inflate is zlib's: it refuses incomplete and oversubscribed codes, distances beyond the start
 * and unused symbols, where other common decoders let some of them pass.  The members around it
 * are read here, because zlib's own gzip mode does not say which part of a header is wrong and
 * because the packed bytes are counted and summed for the seal (gz/seal.h).
 *
 * A seal is looked for where the final block of one would be: the last SEAL_LENGTH bytes before
 * the trailer.  That other bytes there happen to be one is as likely as 192 coins showing heads.
 */
#include "gz/reader.h"

#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <isa-l/crc.h>
#include <zlib.h>

#include "base/io.h"
#include "gz/seal.h"

#define IN_ROOM (256U << 10)

enum { FTEXT = 1, FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, FKNOWN = 31 };

struct gz_reader {
	int fd;
	int flags;
	enum { HEADER, BODY, TRAILER, END, BROKEN } state;
	uint8_t *in;
	size_t in_used, in_length;
	uint64_t packed, plain; /* bytes consumed and handed out */
	uint64_t members;       /* whole ones */
	bool sealed;

	/* Of the current member: */
	z_stream inflate;
	uint32_t plain_crc;
	uint32_t plain_length; /* modulo 2^32, as the trailer has it */
	uint32_t packed_crc;   /* of all packed bytes but the held ones */
	uint8_t held[SEAL_LENGTH];
	size_t held_length;

	int exit;
	char error[160];
};

struct gz_reader *
gz_reader_open(int fd, int flags)
{
	struct gz_reader *r = calloc(1, sizeof(*r));

	if (r == NULL || (r->in = malloc(IN_ROOM)) == NULL ||
	    inflateInit2(&r->inflate, -MAX_WBITS) != Z_OK) {
		warnx("out of memory");
		if (r != NULL)
			free(r->in);
		free(r);
		return NULL;
	}
	r->fd = fd;
	r->flags = flags & GZ_OWN ? flags | GZ_SINGLE : flags;
	return r;
}

static int fail(struct gz_reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int
fail(struct gz_reader *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(r->error, sizeof(r->error), format, args);
	va_end(args);
	r->state = BROKEN;
	r->exit = EX_DATAERR;
	return -1;
}

static int
fail_truncated(struct gz_reader *r)
{
	return fail(r, "truncated after %" PRIu64 " bytes", r->packed);
}

/* Return 1 if there is at least one byte of input, 0 at the end of the file, or -1. */
static int
fill(struct gz_reader *r)
{
	ssize_t got;

	if (r->in_used < r->in_length)
		return 1;
	got = io_read_some(r->fd, r->in, IN_ROOM);
	if (got == -1) {
		fail(r, "read: %s", strerror(errno));
		r->exit = EX_IOERR;
		return -1;
	}
	r->in_used = 0;
	r->in_length = (size_t)got;
	return got > 0;
}

/* Count ${len} bytes of input as consumed; the last SEAL_LENGTH stay out of the sum. */
static void
consume(struct gz_reader *r, size_t len)
{
	const uint8_t *in = r->in + r->in_used;
	size_t out;

	r->in_used += len;
	r->packed += len;
	if (len >= SEAL_LENGTH) {
		r->packed_crc = crc32_gzip_refl(r->packed_crc, r->held, r->held_length);
		r->packed_crc = crc32_gzip_refl(r->packed_crc, in, len - SEAL_LENGTH);
		memcpy(r->held, in + len - SEAL_LENGTH, SEAL_LENGTH);
		r->held_length = SEAL_LENGTH;
		return;
	}
	out = r->held_length + len > SEAL_LENGTH ? r->held_length + len - SEAL_LENGTH : 0;
	r->packed_crc = crc32_gzip_refl(r->packed_crc, r->held, out);
	memmove(r->held, r->held + out, r->held_length - out);
	memcpy(r->held + r->held_length - out, in, len);
	r->held_length += len - out;
}

/* The next byte of a header, added to its CRC; -1 at the end of the file and on failure. */
static int
header_byte(struct gz_reader *r, uint32_t *crc)
{
	uint8_t byte;
	int got = fill(r);

	if (got <= 0)
		return got == 0 ? fail_truncated(r) : -1;
	byte = r->in[r->in_used];
	*crc = crc32_gzip_refl(*crc, &byte, 1);
	consume(r, 1);
	return byte;
}

static int
skip_bytes(struct gz_reader *r, uint32_t *crc, unsigned count)
{
	while (count-- > 0)
		if (header_byte(r, crc) == -1)
			return -1;
	return 0;
}

static int
skip_text(struct gz_reader *r, uint32_t *crc)
{
	int byte;

	do
		byte = header_byte(r, crc);
	while (byte > 0);
	return byte;
}

static int
read_header(struct gz_reader *r)
{
	uint32_t crc = 0, sum;
	int id1, id2, method, flags, low, high;

	r->packed_crc = 0;
	r->held_length = 0;
	r->plain_crc = 0;
	r->plain_length = 0;
	if (r->packed == 0 && fill(r) == 0)
		return fail(r, "empty, not gzip data");
	if ((id1 = header_byte(r, &crc)) == -1)
		return -1;
	if (id1 != 0x1f)
		return fail(r, "not gzip data");
	if ((id2 = header_byte(r, &crc)) == -1)
		return -1;
	if (id2 != 0x8b)
		return fail(r, "not gzip data");
	if ((method = header_byte(r, &crc)) == -1 || (flags = header_byte(r, &crc)) == -1)
		return -1;
	if (method != Z_DEFLATED)
		return fail(r, "compression method %d is unknown", method);
	if (flags & ~FKNOWN)
		return fail(r, "header flags 0x%02x are unknown", (unsigned)flags);
	if (skip_bytes(r, &crc, 6) == -1) /* time, level, system */
		return -1;
	if (flags & FEXTRA) {
		if ((low = header_byte(r, &crc)) == -1 || (high = header_byte(r, &crc)) == -1 ||
		    skip_bytes(r, &crc, (unsigned)low | (unsigned)high << 8) == -1)
			return -1;
	}
	if (flags & FNAME && skip_text(r, &crc) == -1)
		return -1;
	if (flags & FCOMMENT && skip_text(r, &crc) == -1)
		return -1;
	sum = crc & 0xffff;
	if (flags & FHCRC) {
		if ((low = header_byte(r, &crc)) == -1 || (high = header_byte(r, &crc)) == -1)
			return -1;
		if (sum != ((uint32_t)low | (uint32_t)high << 8))
			return fail(r, "header checksum differs");
	}
	if (inflateReset(&r->inflate) != Z_OK)
		return fail(r, "inflate cannot start");
	r->state = BODY;
	return 0;
}

/* Inflate into ${buf}; return the bytes made (0: the body has ended), or -1. */
static ssize_t
read_body(struct gz_reader *r, uint8_t *buf, size_t len)
{
	z_stream *z = &r->inflate;
	size_t made;
	int got, rc;

	z->next_out = buf;
	z->avail_out = len < UINT32_MAX ? (uInt)len : UINT32_MAX;
	do {
		if ((got = fill(r)) <= 0)
			return got == 0 ? fail_truncated(r) : -1;
		z->next_in = r->in + r->in_used;
		z->avail_in = (uInt)(r->in_length - r->in_used);
		rc = inflate(z, Z_NO_FLUSH);
		consume(r, r->in_length - r->in_used - z->avail_in);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return fail(r, "damaged before byte %" PRIu64 ": %s", r->packed,
			    z->msg != NULL ? z->msg : "out of memory");
		made = (size_t)(z->next_out - buf);
	} while (made == 0 && rc != Z_STREAM_END);
	if (rc == Z_STREAM_END)
		r->state = TRAILER;
	r->plain_crc = crc32_gzip_refl(r->plain_crc, buf, made);
	r->plain_length += (uint32_t)made;
	r->plain += made;
	return (ssize_t)made;
}

static int
read_trailer(struct gz_reader *r)
{
	uint32_t packed_crc = r->packed_crc, seal_crc = 0, ignored = 0, word[2] = {0, 0};
	int byte, seal = r->held_length == SEAL_LENGTH ? seal_read(r->held, &seal_crc) : 0;

	for (unsigned i = 0; i < 8; i++) {
		if ((byte = header_byte(r, &ignored)) == -1)
			return -1;
		word[i / 4] |= (uint32_t)byte << 8 * (i % 4);
	}
	if (word[0] != r->plain_crc)
		return fail(r, "checksum differs");
	if (word[1] != r->plain_length)
		return fail(r, "length differs");
	if (seal == -1 || (seal == 1 && seal_crc != packed_crc))
		return fail(r, "seal differs: a packed byte was changed");
	if (seal == 0 && r->flags & GZ_OWN)
		return fail(r, "no seal: not written by siantre-pack");
	r->sealed = seal == 1;
	r->members++;
	r->state = END;
	return 0;
}

/* Behind a member: the end of the file, another member, or garbage. */
static int
read_end(struct gz_reader *r)
{
	int got = fill(r);

	if (got <= 0)
		return got;
	r->sealed = false;
	if (r->in[r->in_used] != 0x1f)
		return fail(r, "bytes behind the end, from byte %" PRIu64 " on", r->packed);
	if (r->flags & GZ_SINGLE)
		return fail(r, "second member at byte %" PRIu64, r->packed);
	r->state = HEADER;
	return 1;
}

ssize_t
gz_reader_read(struct gz_reader *r, void *buf, size_t len)
{
	ssize_t got;

	for (;;) {
		switch (r->state) {
		case HEADER:
			if (read_header(r) == -1)
				return -1;
			break;
		case BODY:
			if ((got = read_body(r, buf, len)) != 0)
				return got;
			break;
		case TRAILER:
			if (read_trailer(r) == -1)
				return -1;
			break;
		case END:
			if ((got = read_end(r)) <= 0)
				return got;
			break;
		default: return -1;
		}
	}
}

const char *
gz_reader_error(const struct gz_reader *r)
{
	return r->exit != 0 ? r->error : NULL;
}

int
gz_reader_exit(const struct gz_reader *r)
{
	return r->exit;
}

bool
gz_reader_sealed(const struct gz_reader *r)
{
	return r->sealed && r->members == 1;
}

uint64_t
gz_reader_packed(const struct gz_reader *r)
{
	return r->packed;
}

uint64_t
gz_reader_plain(const struct gz_reader *r)
{
	return r->plain;
}

void
gz_reader_free(struct gz_reader *r)
{
	if (r == NULL)
		return;
	inflateEnd(&r->inflate);
	free(r->in);
	free(r);
}
