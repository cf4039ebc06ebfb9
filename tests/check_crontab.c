#include "unit.h"

#include <time.h>

#include "base/crontab.h"

/* When ${line} is due next after the local ${now}, for people; "-" where it never is. */
static const char *
after(const char *line, const char *now)
{
	static char buf[32];
	struct tm tm = {.tm_isdst = -1};
	time_t t, next = 4711;

	ck_assert_ptr_nonnull(strptime(now, "%Y-%m-%d %H:%M:%S", &tm));
	t = mktime(&tm);
	if (!crontab_next(line, t, &next)) {
		ck_assert_int_eq(next, 4711);
		return "-";
	}
	ck_assert_int_gt(next, t);
	ck_assert_ptr_nonnull(localtime_r(&next, &tm));
	strftime(buf, sizeof(buf), "%a %Y-%m-%d %H:%M:%S", &tm);
	return buf;
}

START_TEST(times)
{
	static const struct {
		const char *line, *now, *want;
	} table[] = {
	    {"0 2 * * * root x", "2026-11-23 01:59:59", "Mon 2026-11-23 02:00:00"},
	    {"0 2 * * *", "2026-11-23 02:00:00", "Tue 2026-11-24 02:00:00"},
	    {" \t0\t2 * * *\n", "2026-12-31 02:00:00", "Fri 2027-01-01 02:00:00"},
	    {"* * * * *", "2026-12-31 23:59:00", "Fri 2027-01-01 00:00:00"},
	    {"*/5 * * * *", "2026-11-23 10:55:00", "Mon 2026-11-23 11:00:00"},
	    {"*/7 * * * *", "2026-11-23 10:56:00", "Mon 2026-11-23 11:00:00"},
	    {"17 * * * *", "2026-11-23 23:17:00", "Tue 2026-11-24 00:17:00"},
	    {"5-20/5,59 8-9 * * *", "2026-11-23 08:20:00", "Mon 2026-11-23 08:59:00"},
	    {"5-20/5,59 8-9 * * *", "2026-11-23 08:59:30", "Mon 2026-11-23 09:05:00"},
	    {"0 4 * * 0", "2026-11-29 04:00:00", "Sun 2026-12-06 04:00:00"},
	    {"0 4 * * 7", "2026-11-29 04:00:00", "Sun 2026-12-06 04:00:00"},
	    {"0 4 * * SUN", "2026-11-23 04:00:00", "Sun 2026-11-29 04:00:00"},
	    {"0 4 * * fri-7", "2026-11-23 04:00:00", "Fri 2026-11-27 04:00:00"},
	    {"0 4 * * 6-7/1", "2026-11-28 04:00:00", "Sun 2026-11-29 04:00:00"},
	    {"0 5 1 1,4,7,10 *", "2026-11-23 06:00:01", "Fri 2027-01-01 05:00:00"},
	    {"0 5 1 jan,apr-Dec/3 *", "2027-01-01 05:00:00", "Thu 2027-04-01 05:00:00"},
	    {"0 0 29 2 *", "2026-11-23 00:00:00", "Tue 2028-02-29 00:00:00"},
	    {"0 0 29 2 *", "2096-02-29 00:00:00", "Fri 2104-02-29 00:00:00"},
	    {"0 0 31 * *", "2026-11-01 00:00:00", "Thu 2026-12-31 00:00:00"},
	    /* Either day, where both are given; both, where one begins with a star. */
	    {"0 0 13 * 5", "2026-11-23 00:00:00", "Fri 2026-11-27 00:00:00"},
	    {"0 0 13 * 5", "2026-12-11 00:00:00", "Sun 2026-12-13 00:00:00"},
	    {"0 0 */13 * 5", "2026-11-23 00:00:00", "Fri 2026-11-27 00:00:00"},
	    {"0 0 */13 * 5", "2026-11-27 00:00:00", "Fri 2027-01-01 00:00:00"},
	    {"0 0 13 * */5", "2026-11-23 00:00:00", "Sun 2026-12-13 00:00:00"},
	    {"@daily x", "2026-11-23 06:00:01", "Tue 2026-11-24 00:00:00"},
	    {"@WEEKLY\tx", "2026-11-23 06:00:01", "Sun 2026-11-29 00:00:00"},
	    {"@hourly", "2026-11-23 06:00:01", "Mon 2026-11-23 07:00:00"},
	    {"@yearly", "2026-11-23 06:00:01", "Fri 2027-01-01 00:00:00"},
	};

	setenv("TZ", "Asia/Jakarta", 1);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_msg(strcmp(after(table[i].line, table[i].now), table[i].want) == 0,
		    "%s: %s", table[i].line, after(table[i].line, table[i].now));
}
END_TEST

START_TEST(refused)
{
	static const char *const table[] = {"", " ", "\n", "# 0 2 * * *", "0 2 * *",
	    "0 2 * * \n", "0 2 * * *x", "60 2 * * *", "0 24 * * *", "0 0 0 * *", "0 0 32 * *",
	    "0 0 1 0 *", "0 0 1 13 *", "0 0 * * 8", "-1 2 * * *", "+1 2 * * *", "0, 2 * * *",
	    "0,,1 2 * * *", ",0 2 * * *", "5- 2 * * *", "9-5 2 * * *", "5/10 2 * * *",
	    "*/0 2 * * *", "*/60 2 * * *", "*/ 2 * * *", "*/-1 2 * * *", "**/2 2 * * *",
	    "1-*/2 2 * * *", "0 jan * * *", "0 2 * su *", "0 2 * * su", "0 2 * * sunday",
	    "PATH=/bin", "@", "@reboot", "@dail", "@dailyx", "99999999999999999999 2 * * *",
	    "0 0 30 2 *", "0 0 31 4,6,9,11 *", "0x1 2 * * *", "0 2 * * *\x01", "\xff 2 * * *"};

	setenv("TZ", "UTC", 1);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_msg(strcmp(after(table[i], "2026-11-23 06:00:01"), "-") == 0,
		    "%s: %s", table[i], after(table[i], "2026-11-23 06:00:01"));
}
END_TEST

/* A missing hour and one that comes twice: a job of each day runs once a day. */
START_TEST(summer)
{
	setenv("TZ", "Europe/Berlin", 1);
	ck_assert_str_eq(after("0 2 * * *", "2026-03-29 00:30:00"), "Sun 2026-03-29 03:00:00");
	ck_assert_str_eq(after("0 2 * * *", "2026-03-29 03:30:00"), "Mon 2026-03-30 02:00:00");
	ck_assert_str_eq(after("0 2 * * *", "2026-10-24 02:00:00"), "Sun 2026-10-25 02:00:00");
	ck_assert_str_eq(after("0 3 * * *", "2026-10-25 01:00:00"), "Sun 2026-10-25 03:00:00");
	ck_assert_str_eq(
	    after("*/5 * * * *", "2026-10-25 03:00:00"), "Sun 2026-10-25 03:05:00");
}
END_TEST

/* Whatever the clock says, there is an answer. */
START_TEST(far)
{
	time_t next = 4711;

	setenv("TZ", "UTC", 1);
	ck_assert(crontab_next("0 0 1 1 *", 0, &next));
	ck_assert_int_eq(next, 365 * 86400);
	ck_assert(crontab_next("* * * * *", -86400, &next));
	ck_assert_int_eq(next, -86400 + 60);
	next = 4711;
	ck_assert(!crontab_next("* * * * *", INT64_MAX, &next));
	ck_assert(!crontab_next("* * * * *", INT64_MIN, &next));
	ck_assert(!crontab_next("* * * * *", INT64_C(67768036191676799), &next));
	ck_assert_int_eq(next, 4711);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("crontab");

	tcase_add_test(t, times);
	tcase_add_test(t, refused);
	tcase_add_test(t, summer);
	tcase_add_test(t, far);
	return unit_main(t);
}
