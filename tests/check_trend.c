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

START_TEST(steady)
{
	struct trend t = {0};
	double slope;

	fill(&t, 30, 100 * GB, GB);
	ck_assert_uint_eq(t.n, 30);
	ck_assert_int_eq(trend_slope(t.points, t.n, &slope), 0);
	ck_assert_double_eq_tol(slope, (double)-GB, 1);
	ck_assert_double_eq_tol(trend_days(t.points, t.n, 71 * GB), 71, 0.001);
	ck_assert_double_eq(trend_days(t.points, t.n, 0), 0);
}
END_TEST

START_TEST(too_few)
{
	struct trend t = {0};

	ck_assert_double_eq(trend_days(t.points, 0, GB), TREND_UNKNOWN);
	fill(&t, TREND_POINTS - 1, 100 * GB, GB);
	ck_assert_double_eq(trend_days(t.points, t.n, GB), TREND_UNKNOWN);
	trend_note(&t, START + (TREND_POINTS - 1) * DAY, 94 * GB);
	ck_assert_double_gt(trend_days(t.points, t.n, GB), 0);
}
END_TEST

START_TEST(never)
{
	struct trend t = {0};

	fill(&t, 20, 100 * GB, 0);
	ck_assert_double_eq(trend_days(t.points, t.n, 100 * GB), TREND_NEVER);
	memset(&t, 0, sizeof(t));
	fill(&t, 20, 100 * GB, -GB);
	ck_assert_double_eq(trend_days(t.points, t.n, 120 * GB), TREND_NEVER);
	/* A byte a day is not getting full. */
	memset(&t, 0, sizeof(t));
	fill(&t, 20, 100 * GB, 1);
	ck_assert_double_eq(trend_days(t.points, t.n, 100 * GB), TREND_NEVER);
}
END_TEST

/* A saw of weekly full backups that go again, on a disk that loses a gigabyte a day; odd days. */
START_TEST(saw)
{
	struct trend t = {0};
	double days;

	for (int64_t i = 0; i < 60; i++) {
		int64_t room = 500 * GB - i * GB - (i % 7) * GB / 2;

		if (i % 5 == 4)
			room -= 90 * GB; /* somebody's own file, gone the next day */
		trend_note(&t, START + i * DAY, room);
	}
	days = trend_days(t.points, t.n, 440 * GB);
	ck_assert_double_gt(days, 300);
	ck_assert_double_lt(days, 500);
}
END_TEST

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

	tcase_add_test(t, steady);
	tcase_add_test(t, too_few);
	tcase_add_test(t, never);
	tcase_add_test(t, saw);
	tcase_add_test(t, days);
	tcase_add_test(t, most);
	return unit_main(t);
}
