/*
 * A packed file with damage, and its index behind it, whose own digest is mended, since few changes
 * would get past it.  What is read by the index is what the digests in it say; what is salvaged is as
 * long as it is said to be; and of a file with nothing wrong it is all.
 */
#include "fuzz.h"

#include <sysexits.h>

#include "base/buf.h"
#include "base/hash.h"
#include "gz/index.h"
#include "gz/output.h"
#include "gz/reader.h"
#include "gz/salvage.h"
#include "gz/section.h"

#define ROOM (1U << 20)

static uint8_t plain[ROOM], got[ROOM];

/* All of the file as far as it can be unpacked.  Return 0, -1: damaged, 1: too much. */
static int
unpack(int fd, size_t *len)
{
	const struct gz_reader_options o = {0};
	struct gz_reader *r = gz_reader_open(fd, &o);
	ssize_t n = 1;

	REQUIRE(r != NULL);
	for (*len = 0; *len < ROOM && n > 0; *len += n > 0 ? (size_t)n : 0)
		n = gz_reader_read(r, plain + *len, ROOM - *len);
	gz_reader_free(r);
	return *len == ROOM ? 1 : (int)n;
}

static struct gz_index_reader *
open_index(const struct buf *b)
{
	static int fd = -1;
	struct gz_index_reader *x = NULL;

	if (fd == -1 && (fd = memfd_create("index", MFD_CLOEXEC)) == -1)
		err(1, "index");
	fuzz_fill(fd, b->data, b->len);
	return gz_index_open(fd, "fuzz.idx", &x) == 0 ? x : NULL;
}

static void
section(int fd, const struct buf *index, size_t len, int verdict)
{
	struct gz_index_reader *x = open_index(index);
	struct gz_section *s = NULL;
	struct gz_section_stream *t = NULL;
	size_t n = 1, at = len / 3, all = 0;

	if (x == NULL)
		return;
	if (gz_section_open(fd, "fuzz", x, &s) == 0) {
		REQUIRE(gz_section_plain(s) == len);
		REQUIRE(gz_section_start(s, at, &t) == 0);
		while (n > 0 && gz_section_read(t, got + all, 7000, &n) == 0 && n > 0) {
			all += n;
			REQUIRE(at + all <= len);
		}
		if (verdict == 0 && n == 0 && at + all == len)
			REQUIRE(memcmp(plain + at, got, all) == 0);
		gz_section_stop(t);
	}
	gz_section_free(s);
	gz_index_close(x);
}

static void
salvage(int fd, const struct buf *index, size_t len, int verdict)
{
	struct gz_index_reader *x = index != NULL ? open_index(index) : NULL;
	struct output *out = NULL;
	struct salvage result = {0};
	static char path[300];
	off_t made;
	int rc;

	if (index != NULL && x == NULL)
		return;
	snprintf(path, sizeof(path), "%s/out", fuzz_folder());
	REQUIRE(output_open(path, true, &out) == 0);
	REQUIRE(lseek(fd, 0, SEEK_SET) == 0);
	rc = gz_salvage(fd, "fuzz", x, out, NULL, &result);
	REQUIRE(rc == 0 || rc == EX_DATAERR);
	made = lseek(output_fd(out), 0, SEEK_CUR);
	REQUIRE(made >= 0 && (uint64_t)made == result.plain + result.filled);
	if (rc == 0) {
		REQUIRE(verdict == 0 && (size_t)made == len);
		REQUIRE(result.lost == 0 && result.filled == 0);
	}

	if (verdict == 0 && index == NULL)
		REQUIRE(rc == 0);
	output_abort(out);
	gz_index_close(x);
}

/* The index from ${text} on, with the right digest at its end. */
static void
mend(const uint8_t *text, size_t len, struct buf *b)
{
	const uint8_t *last;
	char hex[HASH_HEX];
	size_t head;

	buf_add(b, text, len);
	if (len < HASH_HEX + 8 || text[len - 1] != '\n')
		return;
	last = memrchr(text, '\n', len - 1);
	head = last != NULL ? (size_t)(last + 1 - text) : 0;
	hash_bytes(text, head, hex);
	if (len - head > HASH_HEX)
		memcpy(b->data + len - HASH_HEX, hex, HASH_HEX - 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char mark[] = "siantre-index ";
	const uint8_t *text = memmem(data, size, mark, sizeof(mark) - 1);
	struct buf index = {0};
	size_t len;
	int fd, verdict;

	if (text == NULL)
		return 0;
	fd = fuzz_file(data, (size_t)(text - data));
	if ((verdict = unpack(fd, &len)) == 1)
		return 0;
	mend(text, size - (size_t)(text - data), &index);
	REQUIRE(!index.failed);
	section(fd, &index, len, verdict);
	salvage(fd, &index, len, verdict);
	salvage(fd, NULL, len, verdict);
	buf_free(&index);
	return 0;
}
