/* ACCEPTED: what is taken has names of sets, in order, and is the same when it is written again. */
#include "fuzz.h"

#include "base/buf.h"
#include "set/sets.h"
#include "ship/accepted.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *set, *before = "";
	struct accepted *a = NULL;
	struct buf b = {0};

	if (accepted_parse((const char *)data, size, "fuzz", &a) != 0) {
		REQUIRE(a == NULL);
		return 0;
	}
	for (size_t i = 0; (set = accepted_set(a, i)) != NULL; i++) {
		REQUIRE(sets_time(accepted_name(set), NULL) == 0 && strcmp(before, set) < 0);
		REQUIRE(accepted_find(a, set) == accepted_hex(a, i));
		REQUIRE(strlen(accepted_hex(a, i)) == HASH_HEX - 1);
		buf_printf(&b, "%s  %s\n", set, accepted_hex(a, i));
		before = set;
	}
	REQUIRE(!b.failed && b.len == size && (size == 0 || memcmp(b.data, data, size) == 0));
	buf_free(&b);
	accepted_free(a);
	return 0;
}
