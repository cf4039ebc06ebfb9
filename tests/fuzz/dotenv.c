/*
 * A Laravel .env.  tests/10-dotenv.bats asks PHP's own parser what the values are; here they
 * are the same whatever the line ends, and every key that is listed has one.
 */
#include "fuzz.h"

#include "base/buf.h"
#include "base/dotenv.h"

static void
require_same(const struct dotenv *a, const struct dotenv *b)
{
	const char *key;
	size_t i;

	REQUIRE((a == NULL) == (b == NULL));
	if (a == NULL)
		return;
	for (i = 0; (key = dotenv_key(a, i)) != NULL; i++) {
		REQUIRE(dotenv_get(a, key) != NULL && dotenv_key(b, i) != NULL);
		REQUIRE(strcmp(key, dotenv_key(b, i)) == 0);
		REQUIRE(strcmp(dotenv_get(a, key), dotenv_get(b, key)) == 0);
	}
	REQUIRE(dotenv_key(b, i) == NULL);
}

/* Parse the text with ${end} in place of each newline. */
static struct dotenv *
parse_with(const uint8_t *data, size_t size, const char *end)
{
	struct buf b = {0};
	struct dotenv *d;

	for (size_t i = 0; i < size; i++)
		if (data[i] == '\n')
			buf_text(&b, end);
		else
			buf_add(&b, &data[i], 1);
	REQUIRE(!b.failed);
	d = dotenv_parse(b.data, b.len, "fuzz");
	buf_free(&b);
	return d;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const ends[] = {"\r", "\r\n"};
	struct dotenv *d = dotenv_parse((const char *)data, size, "fuzz"), *other;

	for (size_t i = 0; i < 2 && size > 0 && memchr(data, '\r', size) == NULL; i++) {
		other = parse_with(data, size, ends[i]);
		require_same(d, other);
		dotenv_free(other);
	}
	/* Not each time: it wipes 1 MiB behind it. */
	if (size % 64 == 0) {
		other = dotenv_read(fuzz_file(data, size), "fuzz");
		require_same(d, other);
		dotenv_free(other);
	}
	dotenv_free(d);
	return 0;
}
