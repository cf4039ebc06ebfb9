/*
 * The walk over gzip data, with zlib as the judge: the same verdict and the same bytes, however
 * few are asked for at a time.  The input counts twice: as a file, and as the body of one whose
 * header and trailer are right, since few changes of a file would get past its trailer.
 */
#include "fuzz.h"

#include <zlib.h>

#include "gz/reader.h"

#define ROOM (1U << 20) /* no plain bytes beyond these are looked at */

static uint8_t ours[ROOM], theirs[ROOM];
static const char *why; /* what was wrong, in our words */

/* Unpack all members with zlib.  Return 0, or -1; ${*made} in any case; 1: too much. */
static int
judge(const uint8_t *data, size_t size, size_t *made)
{
	z_stream z = {0};
	int rc, verdict = -1;

	REQUIRE(inflateInit2(&z, MAX_WBITS + 16) == Z_OK);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)size;
	z.next_out = theirs;
	z.avail_out = ROOM;
	for (;;) {
		rc = inflate(&z, Z_NO_FLUSH);
		if (rc == Z_STREAM_END && z.avail_in > 0) {
			REQUIRE(inflateReset(&z) == Z_OK);
			continue;
		}
		if (rc == Z_STREAM_END)
			verdict = 0;
		else if (z.avail_out == 0)
			verdict = 1;
		else if (rc == Z_OK)
			continue;
		break;
	}
	*made = ROOM - z.avail_out;
	inflateEnd(&z);
	return verdict;
}

/* The same with ours, ${step} bytes at a time and with ${jobs} threads. */
static int
unpack(const uint8_t *data, size_t size, size_t step, unsigned jobs, size_t *made)
{
	static char text[160];
	const struct gz_reader_options o = {.jobs = jobs};
	struct gz_reader *r = gz_reader_open(fuzz_file(data, size), &o);
	ssize_t got = 0;

	REQUIRE(r != NULL);
	*made = 0;
	while (*made < ROOM) {
		got =
		    gz_reader_read(r, ours + *made, step < ROOM - *made ? step : ROOM - *made);
		if (got <= 0)
			break;
		REQUIRE((size_t)got <= step);
		*made += (size_t)got;
	}
	REQUIRE(gz_reader_plain(r) == *made);
	REQUIRE(gz_reader_packed(r) <= size);
	REQUIRE((got < 0) == (gz_reader_error(r) != NULL));
	if (got == 0)
		REQUIRE(gz_reader_packed(r) == size);
	snprintf(text, sizeof(text), "%s", got < 0 ? gz_reader_error(r) : "");
	why = text;
	gz_reader_free(r);
	return got > 0 ? 1 : (int)got;
}

/* Both, and what they say. */
static void
compare(const uint8_t *data, size_t size)
{
	static const size_t steps[] = {1, 13, 300, 1U << 18};
	size_t step = steps[size % 4], mine, other;
	int verdict = judge(data, size, &other), got;

	/* Threads take longer than the rest: now and then. */
	got = unpack(data, size, step, size % 16 == 0 ? 2 : 0, &mine);
	if (verdict == 1 || got == 1)
		return;
	/* Only the seal is something that zlib knows nothing of. */
	if (verdict == 0 && got == -1)
		REQUIRE(strncmp(why, "seal differs", 12) == 0);
	else
		REQUIRE(verdict == got);
	if (got == 0)
		REQUIRE(mine == other);
	REQUIRE(memcmp(ours, theirs, mine < other ? mine : other) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t header[10] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
	size_t made = ROOM, whole = sizeof(header) + size + 8, packed = size;
	uint8_t *file = calloc(1, whole);
	z_stream z = {0};
	uint32_t word[2] = {0, 0};

	REQUIRE(file != NULL);
	compare(data, size);

	/* A trailer for whatever the body says, as far as it says anything. */
	REQUIRE(inflateInit2(&z, -MAX_WBITS) == Z_OK);
	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)size;
	z.next_out = theirs;
	z.avail_out = ROOM;
	if (inflate(&z, Z_SYNC_FLUSH) == Z_STREAM_END)
		packed = size - z.avail_in;
	made = ROOM - z.avail_out;
	inflateEnd(&z);
	word[0] = (uint32_t)crc32(0, theirs, (uInt)made);
	word[1] = (uint32_t)made;
	memcpy(file, header, sizeof(header));
	memcpy(file + sizeof(header), data, packed);
	memcpy(file + sizeof(header) + packed, word, sizeof(word));
	compare(file, sizeof(header) + packed + sizeof(word));
	free(file);
	return 0;
}
