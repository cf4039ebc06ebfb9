/*
 * Fragments by ISA-L (levels 1 to 3) or zlib (4 to 9).
 *
 * Neither is trusted with the size of its output: a result that does not fit into what stored
 * blocks would take is thrown away for stored blocks, which also bounds the room needed.
 *
 * Rows or text.  A pointer takes more bits the farther it reaches, and both libraries take the
 * longest equal bytes they come upon, however far.  In the rows of a dump, which are figures
 * between a few words, most short and far matches cost more than their bytes would: there
 * ISA-L's result is 3 % smaller with a window of 8 KiB than with the 32 KiB that deflate has, and
 * zlib's 6 to 8 % smaller, and made in less time, with that window and without matches of five
 * bytes or less (Z_FILTERED).  Text, programs and sources want the opposite by as much or more.
 * So where a tenth of the bytes or more are digits, a sample from the middle of the fragment is
 * packed with both windows by ISA-L, which is quick, and the better one tells rows from text;
 * but not where it can be seen that these are short rows of INSERT statements.
 * (A sample alone would have to be larger: both windows see the same first 8 KiB of it.)  On
 * dumps, sources and programs that loses less than 0.1 % against trying both on the whole.
 * Level 1 is for speed and packs no sample.
 */
#include "gz/deflate.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <isa-l/igzip_lib.h>
#include <zlib.h>

#define STORED_MAX 65535 /* bytes in a stored block */
#define STORED_HEAD 5    /* its header: type and padding, length, length inverted */
#define ISAL_LEVELS 3

#define ROWS_WINDOW 13 /* bits */
#define TEXT_WINDOW 15
#define SAMPLE (12U << 10)
#define SAMPLE_LEVEL 2
#define LOOK (4U << 10) /* bytes of the sample among which digits and rows are counted */
#define ENDS 16         /* rows in these that need no sample */

struct deflate {
	int level;
	struct isal_zstream *isal;
	uint8_t *isal_room; /* hash tables and tokens of any level */
	z_stream zlib_rows, zlib_text;
	uint8_t *sample; /* its result, which only has a length */
};

#define ISAL_ROOM ISAL_DEF_LVL3_LARGE
_Static_assert(
    ISAL_DEF_LVL3_LARGE >= ISAL_DEF_LVL1_LARGE && ISAL_DEF_LVL3_LARGE >= ISAL_DEF_LVL2_LARGE,
    "level 3 needs the largest room");

static uint32_t
isal_room(int level)
{
	switch (level) {
	case 1: return ISAL_DEF_LVL1_LARGE;
	case 2: return ISAL_DEF_LVL2_LARGE;
	default: return ISAL_DEF_LVL3_LARGE;
	}
}

/* Raw deflate, with blocks of the length that pigz has: they are smaller and faster than longer. */
static int
zlib_open(z_stream *s, int level, int window, int strategy)
{
	return deflateInit2(s, level, Z_DEFLATED, -window, 8, strategy) == Z_OK ? 0 : -1;
}

/*
 * Memory for ISA-L's stream at an address whose lowest 32 bits are always the same: ISA-L 2.30
 * enters a position of its input in the hash table under a hash of that address, which now and
 * then makes it find one match more or less.  The same bytes must give the same result.
 */
static struct isal_zstream *
place_isal(void)
{
#ifdef __SANITIZE_THREAD__ /* has shadows there */
	const uintptr_t place = 0x000110000000U;
#else
	const uintptr_t place = 0x100010000000U;
#endif
	void *want, *got;

	for (uintptr_t n = 0; n < 4096; n++) {
		want = (void *)(place + (n << 32));
		got = mmap(want, sizeof(struct isal_zstream), PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
		if (got == want)
			return got;
		if (got != MAP_FAILED) /* a kernel that does not know the flag */
			munmap(got, sizeof(struct isal_zstream));
		else if (errno != EEXIST)
			break;
	}
	/* Not so much address space: better now and then another result than none. */
	got = mmap(NULL, sizeof(struct isal_zstream), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return got != MAP_FAILED ? got : NULL;
}

struct deflate *
deflate_open(int level)
{
	struct deflate *d = calloc(1, sizeof(*d));

	if (d == NULL)
		goto out;
	d->level = level;
	d->isal = place_isal();
	d->isal_room = malloc(ISAL_ROOM);
	d->sample = malloc(deflate_bound(SAMPLE));
	if (d->isal == NULL || d->isal_room == NULL || d->sample == NULL)
		goto out;
	if (level > ISAL_LEVELS &&
	    (zlib_open(&d->zlib_rows, level, ROWS_WINDOW, Z_FILTERED) == -1 ||
		zlib_open(&d->zlib_text, level, TEXT_WINDOW, Z_DEFAULT_STRATEGY) == -1))
		goto out;
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
by_isal(struct deflate *d, int level, int window, const uint8_t *in, size_t len, uint8_t *out,
    size_t room)
{
	struct isal_zstream *s = d->isal;

	isal_deflate_stateless_init(s);
	s->level = (uint32_t)level;
	s->level_buf = d->isal_room;
	s->level_buf_size = isal_room(level);
	s->hist_bits = (uint16_t)window;
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

/* The same. */
static size_t
by_zlib(z_stream *s, const uint8_t *in, size_t len, uint8_t *out, size_t room)
{
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

static size_t
sample(struct deflate *d, int window, const uint8_t *in)
{
	return by_isal(d, SAMPLE_LEVEL, window, in, SAMPLE, d->sample, deflate_bound(SAMPLE));
}

static bool
many_digits(const uint8_t *in)
{
	size_t digits = 0;

	for (size_t i = 0; i < LOOK; i++)
		digits += in[i] >= '0' && in[i] <= '9';
	return digits >= LOOK / 10;
}

/* Whether many short rows of INSERT statements end there. */
static bool
many_ends(const uint8_t *in)
{
	static const char end[] = "),\n(";
	const uint8_t *at = in;
	unsigned ends = 0;

	while (ends < ENDS &&
	       (at = memmem(at, LOOK - (size_t)(at - in), end, sizeof(end) - 1)) != NULL) {
		at += sizeof(end) - 1;
		ends++;
	}
	return ends == ENDS;
}

/* Whether the ${len} bytes at ${in} are rows. */
static bool
looks_like_rows(struct deflate *d, const uint8_t *in, size_t len)
{
	if (len < SAMPLE)
		return false;
	in += (len - SAMPLE) / 2;
	if (d->level == 1)
		return many_ends(in);
	return many_digits(in) &&
	       (many_ends(in) || sample(d, ROWS_WINDOW, in) < sample(d, TEXT_WINDOW, in));
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
	bool rows;

	if (len > 0) {
		rows = looks_like_rows(d, in, len);
		if (d->level <= ISAL_LEVELS)
			used = by_isal(d, d->level, rows ? ROWS_WINDOW : TEXT_WINDOW, in, len,
			    out, deflate_bound(len));
		else
			used = by_zlib(rows ? &d->zlib_rows : &d->zlib_text, in, len, out,
			    deflate_bound(len));
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
	deflateEnd(&d->zlib_rows);
	deflateEnd(&d->zlib_text);
	free(d->sample);
	free(d->isal_room);
	if (d->isal != NULL)
		munmap(d->isal, sizeof(*d->isal));
	free(d);
}
