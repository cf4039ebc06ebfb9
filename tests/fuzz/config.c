/*
 * /etc/siantre/NAME.conf: every key has a value whatever the file is, of one that is refused too, and
 * reading it twice gives the same.
 */
#include "fuzz.h"

#include "set/config.h"

static void
look(const struct config *c)
{
	const char *key;

	for (size_t i = 0; (key = config_key(i)) != NULL; i++) {
		REQUIRE(config_get(c, key) != NULL);
		REQUIRE(strpbrk(config_get(c, key), "\r\n") == NULL);
	}
	REQUIRE(*config_journal(c) == '/' && *config_lock(c) == '/');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *c = NULL, *again = NULL, *rescued = NULL;
	static char path[300];
	const char *key;

	fuzz_put("x.conf", data, size);
	snprintf(path, sizeof(path), "%s/x.conf", fuzz_folder());
	if (config_read(path, &c) == 0) {
		look(c);
		REQUIRE(config_read(path, &again) == 0);
	} else {
		REQUIRE(c == NULL);
	}
	if (config_rescue(path, &rescued) == 0)
		look(rescued);
	for (size_t i = 0; again != NULL && (key = config_key(i)) != NULL; i++) {
		REQUIRE(strcmp(config_get(c, key), config_get(again, key)) == 0);
		REQUIRE(rescued == NULL ||
			strcmp(config_get(c, key), config_get(rescued, key)) == 0);
	}
	config_free(c);
	config_free(again);
	config_free(rescued);
	return 0;
}
