/*
 * A strict gunzip.
 *
 * The bodies of members are for gz/unpacked.h.  What is around them is read here, because zlib's
 * own gzip mode does not say which part of a header is wrong and because the packed bytes are
 * counted and summed for the seal (gz/seal.h).
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
#include <unistd.h>

#include <isa-l/crc.h>

#include "gz/index.h"
#include "gz/unpacked.h"
#include "gz/packed.h"

#define DEFLATE 8 /* the method */

enum { FTEXT = 1, FHCRC = 2, FEXTRA = 4, FNAME = 8, FCOMMENT = 16, FKNOWN = 31 };

struct gz_reader {
	struct gz_reader_options o;
	enum { HEADER, BODY, TRAILER, END, BROKEN } state;
	struct packed packed;
	uint64_t plain;   /* bytes handed out */
	uint64_t members; /* whole ones */
	bool sealed;
	bool resumed;          /* the first member's start was not seen */
	struct unpacked *body; /* of the current member */
	int exit;
	char error[160];
};

struct gz_reader *
gz_reader_open(int fd, const struct gz_reader_options *o)
{
	struct gz_reader *r = calloc(1, sizeof(*r));

	if (r == NULL || packed_init(&r->packed, fd) == -1 ||
	    (r->body = unpacked_open(&r->packed, o->flags & GZ_QUICK)) == NULL) {
		gz_reader_free(r);
		errno = ENOMEM;
		return NULL;
	}
	r->o = *o;
	if (o->index != NULL && o->jobs == 0)
		r->o.jobs = 1;
	if (o->flags & GZ_OWN)
		r->o.flags |= GZ_SINGLE;
	unpacked_points(r->body, o->points);
	return r;
}

struct gz_reader *
gz_reader_resume(int fd, const struct gz_reader_options *o, const struct gz_point *point)
{
	struct gz_reader *r = gz_reader_open(fd, o);
	int saved;

	if (r == NULL)
		return NULL;
	if (lseek(fd, (off_t)point->packed, SEEK_SET) != -1 &&
	    unpacked_resume(r->body, point, r->o.jobs) == 0) {
		r->state = BODY;
		r->resumed = true;
		return r;
	}
	saved = errno;
	gz_reader_free(r);
	errno = saved;
	return NULL;
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

/* The input failed, or ended. */
static int
fail_input(struct gz_reader *r)
{
	if (r->packed.error == 0)
		return fail(r, "truncated after %" PRIu64 " bytes", r->packed.count);
	fail(r, "read: %s", strerror(r->packed.error));
	r->exit = EX_IOERR;
	return -1;
}

/* The next byte of a header, added to its CRC; -1 at the end of the file and on failure. */
static int
header_byte(struct gz_reader *r, uint32_t *crc)
{
	uint8_t byte;
	int got = packed_fill(&r->packed);

	if (got <= 0)
		return fail_input(r);
	byte = r->packed.in[r->packed.used];
	*crc = crc32_gzip_refl(*crc, &byte, 1);
	packed_consume(&r->packed, 1);
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

	packed_restart(&r->packed);
	if (r->packed.count == 0 && packed_fill(&r->packed) == 0)
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
	if (method != DEFLATE)
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
	r->state = BODY;
	if (r->members > 0 || r->o.jobs == 0) {
		unpacked_start(r->body);
	} else if (unpacked_pieces(r->body, r->o.jobs, r->o.index) == -1) {
		fail(r, "no threads to unpack it: %s", strerror(errno));
		r->exit = EX_OSERR;
		return -1;
	}
	return 0;
}

/* Unpack into ${buf}; return the bytes made (0: the body has ended), or -1. */
static ssize_t
read_body(struct gz_reader *r, uint8_t *buf, size_t len)
{
	ssize_t got = unpacked_read(r->body, buf, len);

	if (got == -1 && unpacked_error(r->body) != NULL)
		return fail(r, "%s", unpacked_error(r->body));
	if (got == -1)
		return fail_input(r);
	if (got == 0)
		r->state = TRAILER;
	r->plain += (uint64_t)got;
	return got;
}

static int
read_trailer(struct gz_reader *r)
{
	uint32_t packed_crc = r->packed.crc, seal_crc = 0, ignored = 0, word[2] = {0, 0};
	int byte, seal = r->packed.held_length == SEAL_LENGTH
			     ? seal_read(r->packed.held, &seal_crc)
			     : 0;

	for (unsigned i = 0; i < 8; i++) {
		if ((byte = header_byte(r, &ignored)) == -1)
			return -1;
		word[i / 4] |= (uint32_t)byte << 8 * (i % 4);
	}
	if (r->resumed) {
		r->resumed = false;
		r->members++;
		r->state = END;
		return 0;
	}
	if (word[0] != unpacked_crc(r->body))
		return fail(r, "checksum differs");
	if (word[1] != unpacked_length(r->body))
		return fail(r, "length differs");
	if (seal == -1 || (seal == 1 && seal_crc != packed_crc))
		return fail(r, "seal differs: a packed byte was changed");
	if (seal == 0 && r->o.flags & GZ_OWN)
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
	int got = packed_fill(&r->packed);

	if (got == -1)
		return fail_input(r);
	if (got == 0 && r->o.index != NULL && r->packed.count != gz_index_packed(r->o.index))
		return fail(r, "%s than its index says",
		    r->packed.count < gz_index_packed(r->o.index) ? "shorter" : "longer");
	if (got == 0)
		return 0;
	r->sealed = false;
	if (r->packed.in[r->packed.used] != 0x1f)
		return fail(
		    r, "bytes behind the end, from byte %" PRIu64 " on", r->packed.count);
	if (r->o.flags & GZ_SINGLE)
		return fail(r, "second member at byte %" PRIu64, r->packed.count);
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
	return r->packed.count;
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
	unpacked_free(r->body);
	packed_free(&r->packed);
	free(r);
}
