/* Moments as people say them. */
#include "report/calendar.h"

#include <time.h>

#include "unit.h"

/* 2026-11-26 20:14:00 in Jakarta. */
#define NOW INT64_C(1795698840)
#define DAY INT64_C(86400)

static void
zone(const char *name)
{
	setenv("TZ", name, 1);
	tzset();
}

START_TEST(a_moment_in_full)
{
	char buf[CALENDAR_TEXT];

	zone("Asia/Jakarta");
	ck_assert_str_eq(calendar_long(buf, NOW), "Thursday, 26 November 2026, 20:14 WIB");
	ck_assert_str_eq(calendar_date(buf, NOW), "26 November 2026");
	ck_assert_str_eq(calendar_day(buf, NOW), "26 Nov");
	ck_assert_str_eq(calendar_point(buf, NOW), "26 Nov 2026 20:14");
	ck_assert_str_eq(calendar_stamp(buf, NOW), "2026-11-26T13:14:00Z");
	ck_assert_str_eq(calendar_stamp(buf, 0), "1970-01-01T00:00:00Z");
}
END_TEST

START_TEST(near_ones_have_names)
{
	char buf[CALENDAR_TEXT];

	zone("Asia/Jakarta");
	ck_assert_str_eq(calendar_near(buf, NOW, NOW), "today 20:14");
	ck_assert_str_eq(calendar_near(buf, NOW - 20 * 3600 - 14 * 60, NOW), "today 00:00");
	ck_assert_str_eq(calendar_near(buf, NOW - 20 * 3600 - 15 * 60, NOW), "yesterday 23:59");
	ck_assert_str_eq(calendar_near(buf, NOW + 3 * 3600 + 46 * 60, NOW), "tomorrow 00:00");
	ck_assert_str_eq(calendar_near(buf, NOW - 2 * DAY, NOW), "24 Nov 20:14");
	ck_assert_str_eq(calendar_near(buf, NOW + 2 * DAY, NOW), "28 Nov 20:14");
	ck_assert_str_eq(calendar_near(buf, NOW + 40 * DAY, NOW), "5 Jan 2027 20:14");
	ck_assert_str_eq(calendar_near(buf, NOW - 365 * DAY, NOW), "26 Nov 2025 20:14");
}
END_TEST

/* New Year's Eve is yesterday, and a day of 25 hours is one day. */
START_TEST(the_edges_of_years_and_summers)
{
	char buf[CALENDAR_TEXT];
	struct tm tm = {
	    .tm_year = 127, .tm_mon = 0, .tm_mday = 1, .tm_hour = 8, .tm_isdst = -1};
	time_t t;

	zone("Asia/Jakarta");
	t = mktime(&tm);
	ck_assert_str_eq(calendar_near(buf, t - DAY, t), "yesterday 08:00");

	/* In Berlin 2026-10-25 has 25 hours. */
	zone("Europe/Berlin");
	tm = (struct tm){.tm_year = 126,
	    .tm_mon = 9,
	    .tm_mday = 25,
	    .tm_hour = 23,
	    .tm_min = 30,
	    .tm_isdst = -1};
	t = mktime(&tm);
	ck_assert_str_eq(calendar_near(buf, t - DAY, t), "today 00:30");
	ck_assert_str_eq(calendar_near(buf, t - 25 * 3600, t), "yesterday 23:30");
}
END_TEST

/* What no calendar has is still a text. */
START_TEST(moments_beyond_all_calendars)
{
	char buf[CALENDAR_TEXT];

	zone("UTC");
	ck_assert_str_eq(calendar_stamp(buf, INT64_MAX), "1970-01-01T00:00:00Z");
	ck_assert_str_eq(calendar_date(buf, INT64_MAX), "1 January 1970");
	ck_assert_uint_eq(strlen(calendar_stamp(buf, INT64_C(300000000000))), 20);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("calendar");

	tcase_add_test(t, a_moment_in_full);
	tcase_add_test(t, near_ones_have_names);
	tcase_add_test(t, the_edges_of_years_and_summers);
	tcase_add_test(t, moments_beyond_all_calendars);
	return unit_main(t);
}
