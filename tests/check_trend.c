#include "unit.h"

#include "set/trend.h"

#define DAY ((int64_t)86400)
#define START ((int64_t)1795000000)
#define GB ((int64_t)1000000000)

/* ${n} days that lose ${loss} bytes each, beginning with ${first}. */
static void
fill(struct trend *t, size_t n, int64_t first, int64_t loss)
{
	for (size_t i = 0; i < n; i++)
		trend_note(t, START + (int64_t)i * DAY, first - (int64_t)i * loss);
}

START_TEST(days)
{
	struct trend t = {0};

	setenv("TZ", "Asia/Jakarta", 1);
	/* Of one local day the lowest stays: 01:00, 23:00 and then 00:10, in Jakarta. */
	trend_note(&t, 1795370400, 50);
	trend_note(&t, 1795370400 + 22 * 3600, 40);
	trend_note(&t, 1795370400 + 12 * 3600, 60);
	ck_assert_uint_eq(t.n, 1);
	ck_assert_int_eq(t.points[0].free, 40);
	trend_note(&t, 1795370400 + 23 * 3600 + 600, 70);
	ck_assert_uint_eq(t.n, 2);
	/* What is older than that is passed over. */
	trend_note(&t, 1795370400, 10);
	ck_assert_uint_eq(t.n, 2);
	ck_assert_int_eq(t.points[0].free, 40);
}
END_TEST

START_TEST(most)
{
	struct trend t = {0};

	fill(&t, TREND_MOST + 10, 1000 * GB, GB);
	ck_assert_uint_eq(t.n, TREND_MOST);
	ck_assert_int_eq(t.points[0].when, START + 10 * DAY);
	ck_assert_int_eq(t.points[TREND_MOST - 1].when, START + (TREND_MOST + 9) * DAY);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("trend");

	tcase_add_test(t, days);
	tcase_add_test(t, most);
	return unit_main(t);
}
