/*
 * A walk sees all fragments of the file in their order, and what lies between them.  Without an
 * index there are two: the first one only finds out what is lost, so that the second one knows
 * how long it was.  What is lost between fragments that are whole has a length that only the
 * trailer tells, and only if it is one stretch.
 */
#include "gz/salvage.h"

#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include <isa-l/crc.h>

#include "base/io.h"
#include "base/sig.h"
#include "gz/damaged.h"
#include "gz/flip.h"
#include "gz/fragment.h"
#include "gz/output.h"
#include "gz/reader.h"
#include "gz/seal.h"
#include "gz/writer.h"

#define ROOM (FRAGMENT_PACKED_ROOM * 2) /* of packed bytes to look at */
#define CANDIDATES 64                   /* marks that are tried as the end of a fragment */
#define TAIL (SEAL_LENGTH + GZ_TRAILER_LENGTH)
#define BLOCK ((size_t)64 << 10)
#define MOST 1032 /* plain bytes that a packed one can stand for */

struct walk {
	struct damaged bytes;
	const char *name;
	struct gz_index_reader *index;
	struct inflate *inflate;
	uint8_t plain[CUT_MAX];

	bool dry; /* nothing is written or reported */
	struct output *out;
	struct progress *progress;
	uint64_t gap; /* plain bytes of the one stretch that is lost; 0: not known */

	struct salvage sum;
	uint32_t crc; /* of the plain bytes */
	/* What is lost so far of the current stretch; ${lost_to} is 0 where there is none. */
	uint64_t lost_from, lost_to, lost_plain;
	uint64_t lost_packed; /* bytes of the last one */
};

/* Write ${len} zero bytes. */
static int
fill(struct walk *w, uint64_t len)
{
	static uint8_t zeros[BLOCK]; /* not const: so the program does not carry them */
	size_t n;
	int rc = 0;

	for (; rc == 0 && len > 0; len -= n) {
		n = len < BLOCK ? (size_t)len : BLOCK;
		rc = output_write(w->out, zeros, n);
	}
	return rc;
}

/* Tell of the stretch that is lost, if there is one, and let zeros stand for it. */
static int
end_loss(struct walk *w)
{
	uint64_t plain = w->lost_plain > 0 ? w->lost_plain : w->gap;
	uint64_t zeros = plain > 0 ? plain : SALVAGE_GAP, at = w->sum.plain + w->sum.filled;

	if (w->lost_to == 0)
		return 0;
	w->sum.lost++;
	if (!w->dry && plain > 0)
		warnx("%s: lost: bytes %" PRIu64 " to %" PRIu64 " (packed: %" PRIu64
		      " to %" PRIu64 ")",
		    w->name, at, at + plain, w->lost_from, w->lost_to);
	else if (!w->dry)
		warnx("%s: lost: from byte %" PRIu64 " on, nobody knows how many (packed: "
		      "%" PRIu64 " to %" PRIu64 ")",
		    w->name, at, w->lost_from, w->lost_to);
	w->lost_packed = w->lost_to - w->lost_from;
	w->lost_to = w->lost_plain = 0;
	if (w->dry)
		return 0;
	w->sum.filled += zeros;
	return fill(w, zeros);
}

/* The packed bytes from ${from} to before ${to} are lost: ${plain} plain ones; 0: unknown. */
static void
lose(struct walk *w, uint64_t from, uint64_t to, uint64_t plain)
{
	if (w->lost_to == 0)
		w->lost_from = from;
	w->lost_to = to;
	w->lost_plain += plain;
}

/* A fragment that is whole. */
static int
take(struct walk *w, size_t len)
{
	int rc = end_loss(w);

	w->sum.fragments++;
	w->sum.plain += len;
	w->crc = crc32_gzip_refl(w->crc, w->plain, len);
	return rc != 0 || w->dry ? rc : output_write(w->out, w->plain, len);
}

static int
walk_by_index(struct walk *w)
{
	struct gz_index_entry e;
	char hex[HASH_HEX];
	uint8_t *packed;
	ssize_t got;
	size_t len;
	int more = 1, rc = 0;

	while (rc == 0 && (more = gz_index_next(w->index, &e)) == 1) {
		if (sig_stop() != 0)
			return 1;
		got = -1;
		if (e.packed_offset < w->bytes.size) {
			packed = damaged_look(&w->bytes, e.packed_offset, &len);
			if (len >= e.packed_length)
				got = inflate_fragment(w->inflate, packed,
				    (size_t)e.packed_length, w->plain, CUT_MAX);
		}
		hex[0] = '\0';
		if (got == (ssize_t)e.plain_length)
			hash_bytes(w->plain, (size_t)got, hex);
		if (strcmp(hex, e.sha256) == 0)
			rc = take(w, (size_t)got);
		else
			lose(w, e.packed_offset, e.packed_offset + e.packed_length,
			    e.plain_length);
		progress_add(w->progress, e.packed_length);
	}
	if (rc != 0 || more == -1)
		return rc != 0 ? rc : EX_DATAERR;
	return end_loss(w);
}

/*
 * The fragment that starts at ${p}: return its packed length and let ${*plain} be the number of
 * its bytes; or return 0, and let ${*next} be where the next one may start (0: nowhere near).
 */
static size_t
find_fragment(struct walk *w, uint8_t *p, size_t len, ssize_t *plain, size_t *next)
{
	static const uint8_t mark[DEFLATE_FLUSH_LENGTH] = {0x00, 0x00, 0xff, 0xff};
	const size_t most = deflate_bound(CUT_MAX);
	const uint8_t *found;
	size_t end = 0;

	*next = 0;
	len = len < most ? len : most;
	for (unsigned i = 0; i < CANDIDATES; i++) {
		found = memmem(p + end, len - end, mark, sizeof(mark));
		if (found == NULL)
			return 0;
		end = (size_t)(found - p) + sizeof(mark);
		if (*next == 0)
			*next = end;
		*plain = inflate_fragment(w->inflate, p, end, w->plain, CUT_MAX);
		if (*plain != -1)
			return end;
	}
	return 0;
}

static int
walk_by_marks(struct walk *w)
{
	uint64_t at = GZ_HEADER_LENGTH;
	size_t len, end, next;
	ssize_t plain;
	uint8_t *p;
	int rc = 0;

	while (rc == 0 && at < w->bytes.size) {
		if (sig_stop() != 0)
			return 1;
		p = damaged_look(&w->bytes, at, &len);
		end = find_fragment(w, p, len, &plain, &next);
		if (end > 0) {
			rc = take(w, (size_t)plain);
		} else {
			/* The seal and the trailer are no fragment. */
			if (next == 0 && len == TAIL)
				break;
			end = next > 0      ? next
			      : len < BLOCK ? len
					    : BLOCK - DEFLATE_FLUSH_LENGTH;
			lose(w, at, at + end, 0);
		}
		at += end;
		progress_add(w->progress, end);
	}
	return rc == 0 ? end_loss(w) : rc;
}

static int
walk(struct walk *w, bool dry, uint64_t gap)
{
	w->dry = dry;
	w->gap = gap;
	w->crc = 0;
	w->sum = (struct salvage){0};
	return w->index != NULL ? walk_by_index(w) : walk_by_marks(w);
}

static uint32_t
number(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

/* What stands at the end of the file. */
struct tail {
	bool sealed;
	uint32_t flipped; /* what the seal says is wrong with the bytes before it; 0: nothing */
	uint32_t crc, length;
};

/* CRC-32 of all bytes before the seal. */
static uint32_t
sum_packed(struct walk *w)
{
	uint64_t end = w->bytes.size - TAIL;
	uint32_t crc = 0;
	size_t len;
	uint8_t *p;

	for (uint64_t at = 0; at < end && sig_stop() == 0; at += len) {
		p = damaged_look(&w->bytes, at, &len);
		len = len < end - at ? len : (size_t)(end - at);
		crc = crc32_gzip_refl(crc, p, len);
	}
	return crc;
}

static struct tail
read_tail(struct walk *w)
{
	struct tail t = {0};
	uint32_t seal;
	size_t len;
	uint8_t *p;

	if (w->bytes.size < GZ_HEADER_LENGTH + TAIL)
		return t;
	p = damaged_look(&w->bytes, w->bytes.size - TAIL, &len);
	t.crc = number(p + SEAL_LENGTH);
	t.length = number(p + SEAL_LENGTH + 4);
	t.sealed = seal_read(p, &seal) == 1;
	if (t.sealed)
		t.flipped = seal ^ sum_packed(w);
	return t;
}

/* Whether the trailer is that of the bytes that the walk has seen. */
static bool
agrees(const struct walk *w, const struct tail *t)
{
	return w->sum.lost == 0 && w->crc == t->crc && (uint32_t)w->sum.plain == t->length;
}

/*
 * Without an index: look first.  Where a bit can be flipped back so that all is proven, do it;
 * where one stretch is lost, learn its length.
 */
static int
look_first(struct walk *w, const struct tail *t, uint64_t *gap)
{
	uint64_t at;
	uint8_t mask;
	int rc;

	*gap = 0;
	if (sig_stop() != 0)
		return 1;
	if (t->flipped != 0 && flip_find(t->flipped, w->bytes.size - TAIL, &at, &mask)) {
		damaged_flip(&w->bytes, at, mask);
		if ((rc = walk(w, true, 0)) != 0)
			return rc;
		if (agrees(w, t)) {
			warnx("%s: one bit was flipped, in byte %" PRIu64
			      " (packed); it is flipped back",
			    w->name, at);
			return 0;
		}
		damaged_flip(&w->bytes, 0, 0);
	}
	if ((rc = walk(w, true, 0)) != 0)
		return rc;
	if (t->sealed && w->sum.lost == 1)
		*gap = t->length - (uint32_t)w->sum.plain;
	if (*gap > w->lost_packed * MOST) /* the trailer is damaged as well */
		*gap = 0;
	return 0;
}

/* What a stream gives until it fails; with ${dry}, nothing is written or reported. */
static int
salvage_stream(struct walk *w, bool dry)
{
	const struct gz_reader_options o = {0};
	struct gz_reader *r = NULL;
	ssize_t got = 0;
	int rc = 0;

	w->sum = (struct salvage){0};
	if (lseek(w->bytes.fd, (off_t)w->bytes.from, SEEK_SET) == -1 ||
	    (r = gz_reader_open(w->bytes.fd, &o)) == NULL) {
		warn("%s", w->name);
		return io_read_exit();
	}
	while (rc == 0 && (got = gz_reader_read(r, w->plain, sizeof(w->plain))) > 0) {
		w->sum.plain += (uint64_t)got;
		rc = dry ? 0 : output_write(w->out, w->plain, (size_t)got);
	}
	if (rc == 0 && got == -1) {
		rc = sig_stop() != 0 ? 1 : EX_DATAERR;
		if (rc != 1 && !dry)
			warnx("%s: %s; the rest is lost", w->name, gz_reader_error(r));
		w->sum.lost = rc != 1;
	}
	gz_reader_free(r);
	return rc;
}

static int
salvage(struct walk *w)
{
	struct tail t = read_tail(w);
	uint64_t gap = 0;
	int rc = 0;

	/* Others flush as we do, but have no seal, and no mark behind their last fragment. */
	if (w->index == NULL && !t.sealed && salvage_stream(w, true) == 0)
		return salvage_stream(w, false);
	if (w->index == NULL && (rc = look_first(w, &t, &gap)) != 0)
		return rc;
	if (w->index == NULL && w->sum.fragments == 0)
		return salvage_stream(w, false);
	if ((rc = walk(w, false, gap)) != 0)
		return rc;
	if (agrees(w, &t) && t.sealed && t.flipped == 0)
		return 0;
	if (w->sum.lost > 0 && w->index == NULL)
		warnx("%s: without its index nothing proves a fragment that unpacks", w->name);
	else if (w->sum.lost == 0 &&
		 (w->index != NULL || agrees(w, &t) || (t.sealed && t.flipped == 0)))
		warnx("%s: nothing is lost", w->name);
	else if (w->sum.lost == 0)
		warnx("%s: all fragments unpack, but not to what was packed; only its index "
		      "tells which one is damaged",
		    w->name);
	return EX_DATAERR;
}

int
gz_salvage(int fd, const char *name, struct gz_index_reader *index, struct output *out,
    struct progress *progress, struct salvage *result)
{
	struct walk *w = calloc(1, sizeof(*w));
	int rc = EX_OSERR;

	if (w == NULL) {
		warnx("out of memory");
		return rc;
	}
	w->name = name;
	w->index = index;
	w->out = out;
	w->progress = progress;
	if (damaged_init(&w->bytes, fd, ROOM) == -1)
		goto out;
	if ((w->inflate = inflate_open(false)) == NULL) {
		warnx("out of memory");
		goto out;
	}
	rc = salvage(w);
	*result = w->sum;
out:
	inflate_free(w->inflate);
	damaged_free(&w->bytes);
	free(w);
	return rc;
}
