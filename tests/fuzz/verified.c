/* verified.json: it counts only for the SHA256SUMS that it names, and draws nothing. */
#include "fuzz.h"

#include <ctype.h>

#include "base/event.h"
#include "base/hash.h"
#include "set/sums.h"
#include "set/verified.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char sums[] =
	    "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  a\n";
	char hex[HASH_HEX];
	struct verified v;
	int64_t when;

	fuzz_put(SUMS_NAME, sums, sizeof(sums) - 1);
	fuzz_put(VERIFIED_NAME, data, size);
	REQUIRE(verified_read(fuzz_folder(), &v) == 0);
	if (v.counts) {
		hash_bytes(sums, sizeof(sums) - 1, hex);
		REQUIRE(v.ok && memmem(data, size, hex, HASH_HEX - 1) != NULL);
	}
	if (v.ok)
		REQUIRE(event_time(v.time, &when) == 0 && v.level[0] != '\0');
	for (const char *c = v.message; *c != '\0'; c++)
		REQUIRE(!iscntrl((unsigned char)*c));
	return 0;
}
