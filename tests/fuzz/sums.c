/* SHA256SUMS: what is accepted has plain names, each once, and can be written again. */
#include "fuzz.h"

#include "base/buf.h"
#include "set/sums.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *name, *text = (const char *)data;
	struct sums *s = NULL;
	struct buf b = {0};
	size_t at = 0;

	fuzz_put(SUMS_NAME, data, size);
	if (sums_read(fuzz_folder(), &s) != 0) {
		REQUIRE(s == NULL);
		return 0;
	}
	for (size_t i = 0; (name = sums_name(s, i)) != NULL; i++) {
		REQUIRE(sums_plain(name) && strchr(name, '/') == NULL && name[0] != '.');
		REQUIRE(sums_find(s, name) == sums_hex(s, i));
		REQUIRE(strlen(sums_hex(s, i)) == HASH_HEX - 1);
		/* A file may be marked as text or binary. */
		REQUIRE(at + HASH_HEX < size);
		buf_printf(&b, "%s %c%s\n", sums_hex(s, i), text[at + HASH_HEX], name);
		at = b.len;
	}
	REQUIRE(!b.failed && b.len == size && memcmp(b.data, data, size) == 0);
	buf_free(&b);
	sums_free(s);
	return 0;
}
