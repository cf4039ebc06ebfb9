/* Encrypted files: the same words and recipients however the bytes are split. */
#include "fuzz.h"

#include "set/age.h"

static struct age *
read_all(const uint8_t *data, size_t size, size_t step, const char **words)
{
	struct age *a = age_new();
	size_t now;

	REQUIRE(a != NULL);
	for (size_t at = 0; at < size; at += now) {
		now = step < size - at ? step : size - at;
		age_add(a, data + at, now);
	}
	*words = age_finish(a);
	REQUIRE(*words != NULL || age_recipients(a) > 0);
	return a;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t steps[] = {1, 5, 64};
	const char *words, *other;
	struct age *whole = read_all(data, size, size, &words);

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		struct age *split = read_all(data, size, steps[i], &other);

		REQUIRE((words == NULL) == (other == NULL));
		REQUIRE(words == NULL || strcmp(words, other) == 0);
		REQUIRE(age_recipients(whole) == age_recipients(split));
		age_free(split);
	}
	/* The shortest: version, a stanza of one letter and its empty line, MAC, nonce and tag. */
	if (words == NULL)
		REQUIRE(size >= 22 + 5 + 1 + 48 + 32);
	age_free(whole);
	return 0;
}
