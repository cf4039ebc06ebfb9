/* A line of crontab(5): what comes out is later, on a full minute, and the first such time. */
#include "fuzz.h"

#include <time.h>

#include "base/crontab.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const time_t now = 1795700096; /* 2026-11-26, in the midst of a minute */
	char *line = strndup((const char *)data, size);
	time_t next = 0, again = 0, between;

	REQUIRE(line != NULL);
	if (crontab_next(line, now, &next)) {
		REQUIRE(next > now && next % 60 == 0 && next - now <= (time_t)2930 * 86400);
		REQUIRE(crontab_next(line, next - 1, &again) && again == next);
		between = now + (next - now) / 2;
		REQUIRE(crontab_next(line, between, &again) && again == next);
		REQUIRE(!crontab_next(line, next, &again) || again > next);
	} else {
		REQUIRE(next == 0);
	}
	free(line);
	return 0;
}
