#include "unit.h"

#include "set/retention_rules.h"

#define DAY INT64_C(86400)

START_TEST(good)
{
	struct retention_rules r;

	ck_assert_ptr_null(retention_rules_parse("", &r));
	ck_assert(retention_rules_empty(&r));
	ck_assert_ptr_null(retention_rules_parse("   ", &r));
	ck_assert(retention_rules_empty(&r));
	ck_assert_ptr_null(retention_rules_parse("within=30d", &r));
	ck_assert(!retention_rules_empty(&r));
	ck_assert_int_eq(r.within[RETENTION_EACH], 30 * DAY);
	ck_assert_ptr_null(retention_rules_parse(
	    "  within=1w  within-hourly=36h within-daily=30d within-weekly=1d12h "
	    "within-monthly=1y within-yearly=10y last=1 hourly=2 daily=3 weekly=4 monthly=5 "
	    "yearly=1000000000 ",
	    &r));
	ck_assert_int_eq(r.within[RETENTION_EACH], 7 * DAY);
	ck_assert_int_eq(r.within[RETENTION_HOUR], 36 * 3600);
	ck_assert_int_eq(r.within[RETENTION_DAY], 30 * DAY);
	ck_assert_int_eq(r.within[RETENTION_WEEK], 36 * 3600);
	ck_assert_int_eq(r.within[RETENTION_MONTH], 365 * DAY);
	ck_assert_int_eq(r.within[RETENTION_YEAR], 3650 * DAY);
	for (uint64_t i = 0; i < 5; i++)
		ck_assert_uint_eq(r.count[i], i + 1);
	ck_assert_uint_eq(r.count[RETENTION_YEAR], 1000000000);
}
END_TEST

START_TEST(bad)
{
	static const char zero[] = "0 keeps nothing; leave the rule out where it is not wanted";
	static const char rule[] = "not a rule such as within=30d or daily=7";
	static const char time[] = "not a duration in h, d, w or y such as 30d or 1y";
	static const struct {
		const char *text, *problem;
	} rows[] = {
	    {"within=0", zero},
	    {"within=0d", zero},
	    {"daily=0", zero},
	    {"within-daily=0h", zero},
	    {"within=30d daily=0", zero},
	    {"daily", rule},
	    {"within 30d", rule},
	    {"dayly=7", rule},
	    {"within-last=30d", rule},
	    {"keep-daily=7", rule},
	    {"=7", rule},
	    {"within-=7d", rule},
	    {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=7", rule},
	    {"within=", time},
	    {"within=30", time},
	    {"within=6m", time}, /* six months, or six minutes? */
	    {"within=90s", time},
	    {"within=-1d", time},
	    {"within=1d=2", time},
	    {"within=99999999999999999999d", time},
	    {"within=1001y", "longer than 1000y"},
	    {"daily=-1", "not a number such as 7"},
	    {"daily=7d", "not a number such as 7"},
	    {"daily=", "not a number such as 7"},
	    {"daily=1000000001", "not a number such as 7"},
	    {"daily=unlimited", "not a number such as 7"},
	    {"daily=7 daily=7", "given twice"},
	    {"within=7d within=8d", "given twice"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct retention_rules r = {.count = {1}};
		const char *problem = retention_rules_parse(rows[i].text, &r);

		ck_assert_msg(problem != NULL, "%s is taken", rows[i].text);
		ck_assert_str_eq(problem, rows[i].problem);
		ck_assert(retention_rules_empty(&r));
	}
}
END_TEST

START_TEST(measures)
{
	static const struct {
		const char *text;
		int64_t reach, shortest;
	} rows[] = {
	    {"", 0, 0},
	    {"last=5", 0, 0},
	    {"within=30d", 30 * DAY, 30 * DAY},
	    {"within=30d within-monthly=1y", 365 * DAY, 30 * DAY},
	    {"hourly=48", 2 * DAY, 0},
	    {"daily=7", 7 * DAY, 0},
	    {"weekly=4 daily=7", 28 * DAY, 0},
	    {"monthly=12 within=30d", 372 * DAY, 30 * DAY},
	    {"yearly=3", 1098 * DAY, 0},
	    {"yearly=1000000000", 365000 * DAY, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct retention_rules r;

		ck_assert_ptr_null(retention_rules_parse(rows[i].text, &r));
		ck_assert_int_eq(retention_rules_reach(&r), rows[i].reach);
		ck_assert_int_eq(retention_rules_shortest(&r), rows[i].shortest);
	}
}
END_TEST

START_TEST(ages)
{
	static const struct {
		int64_t seconds;
		const char *text;
	} rows[] = {{30 * DAY, "30d"}, {7 * DAY, "7d"}, {365 * DAY, "1y"}, {730 * DAY, "2y"},
	    {366 * DAY, "366d"}, {DAY, "1d"}, {36 * 3600, "36h"}, {3600, "1h"}, {60, "0h"},
	    {0, "0h"}};
	char buf[RETENTION_AGE];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ck_assert_str_eq(retention_rules_age(buf, rows[i].seconds), rows[i].text);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("retention_rules");

	tcase_add_test(t, good);
	tcase_add_test(t, bad);
	tcase_add_test(t, measures);
	tcase_add_test(t, ages);
	return unit_main(t);
}
