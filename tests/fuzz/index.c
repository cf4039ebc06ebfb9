/*
 * The index of a packed file.  What is accepted is determined to the byte: written again from
 * what was read, it is the same text.  An index whose digest alone is wrong is mended first,
 * since few changes would get past it.
 */
#include "fuzz.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/hash.h"
#include "gz/index.h"

/* Read the index, and compare.  Return whether it was accepted. */
static bool
read_index(const char *text, size_t len)
{
	struct gz_index_reader *x = NULL;
	struct gz_index_entry e;
	struct buf b = {0};
	char hex[HASH_HEX];
	int got;

	if (gz_index_open(fuzz_file(text, len), "fuzz", &x) != 0) {
		REQUIRE(x == NULL);
		return false;
	}
	buf_printf(&b, "siantre-index 1 %" PRIu64 " %" PRIu64 "\n", gz_index_packed(x),
	    gz_index_plain(x));
	while ((got = gz_index_next(x, &e)) == 1)
		buf_printf(&b, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %s\n",
		    e.plain_offset, e.plain_length, e.packed_offset, e.packed_length, e.sha256);
	REQUIRE(got == 0);
	hash_bytes(b.data, b.len, hex);
	buf_printf(&b, "end %" PRIu64 " %s\n", gz_index_fragments(x), hex);
	REQUIRE(!b.failed && b.len == len && memcmp(b.data, text, len) == 0);
	buf_free(&b);
	gz_index_close(x);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *last, hex[HASH_HEX];
	size_t head;

	REQUIRE(text != NULL);
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (!read_index(text, size) && size > HASH_HEX && text[size - 1] == '\n') {
		last = memrchr(text, '\n', size - 1);
		head = last != NULL ? (size_t)(last + 1 - text) : 0;
		hash_bytes(text, head, hex);
		if (size - head > HASH_HEX)
			memcpy(text + size - HASH_HEX, hex, HASH_HEX - 1);
		read_index(text, size);
	}
	free(text);
	return 0;
}
