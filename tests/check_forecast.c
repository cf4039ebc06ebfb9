#include "unit.h"

#include "report/forecast.h"

static bool
soon(const char *warn, int64_t days)
{
	struct config *c = NULL;
	char text[64];
	bool yes;

	snprintf(text, sizeof(text), "DISK_WARN=%s\n", warn);
	unit_write("siantre.conf", text);
	ck_assert_int_eq(config_read("./siantre.conf", &c), 0);
	yes = forecast_soon(c, days);
	config_free(c);
	return yes;
}

/* As siantre-alert has it: DISK_WARN is days, and part of one is one. */
START_TEST(days_that_are_few)
{
	ck_assert(soon("14d", 14));
	ck_assert(!soon("14d", 15));
	ck_assert(soon("14d", 0));
	ck_assert(soon("36h", 2));
	ck_assert(!soon("36h", 3));
	ck_assert(!soon("14d", FORECAST_NEVER));
	ck_assert(!soon("14d", FORECAST_UNKNOWN));
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("forecast");

	tcase_add_test(cases, days_that_are_few);
	return unit_main(cases);
}
