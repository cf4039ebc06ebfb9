#include "unit.h"

#include <time.h>

#include "set/schedule.h"

/* When ${job} runs next after the local ${now}, for people. */
static const char *
after(const char *job, const char *now)
{
	static char buf[32];
	struct tm tm = {.tm_isdst = -1};
	time_t t;
	int64_t when;

	ck_assert_ptr_nonnull(strptime(now, "%Y-%m-%d %H:%M:%S", &tm));
	t = mktime(&tm);
	when = schedule_next(job, (int64_t)t);
	if (when < 0)
		return "-";
	t = (time_t)when;
	ck_assert_ptr_nonnull(localtime_r(&t, &tm));
	strftime(buf, sizeof(buf), "%a %Y-%m-%d %H:%M:%S", &tm);
	return buf;
}

START_TEST(next)
{
	setenv("TZ", "Asia/Jakarta", 1);
	ck_assert_str_eq(after("db", "2026-11-23 01:59:59"), "Mon 2026-11-23 02:00:00");
	ck_assert_str_eq(after("db", "2026-11-23 02:00:00"), "Tue 2026-11-24 02:00:00");
	ck_assert_str_eq(after("files", "2026-12-31 12:00:00"), "Fri 2027-01-01 03:00:00");
	ck_assert_str_eq(after("full", "2026-11-23 01:00:00"), "Sun 2026-11-29 04:00:00");
	ck_assert_str_eq(after("full", "2026-11-29 03:59:59"), "Sun 2026-11-29 04:00:00");
	ck_assert_str_eq(after("full", "2026-11-29 04:00:00"), "Sun 2026-12-06 04:00:00");
	ck_assert_str_eq(after("ship", "2026-11-23 06:00:01"), "Tue 2026-11-24 06:00:00");
	ck_assert_str_eq(after("drill", "2026-11-23 06:00:01"), "Fri 2027-01-01 05:00:00");
	ck_assert_str_eq(after("drill", "2027-01-01 05:00:00"), "Thu 2027-04-01 05:00:00");
	ck_assert_str_eq(after("prune", "2026-11-23 06:00:01"), "-");
	ck_assert_str_eq(after("", "2026-11-23 06:00:01"), "-");
}
END_TEST

/* Where an hour is missing or comes twice, the job still runs once a day. */
START_TEST(summer)
{
	setenv("TZ", "Europe/Berlin", 1);
	ck_assert_str_eq(after("db", "2026-03-29 00:30:00"), "Sun 2026-03-29 03:00:00");
	ck_assert_str_eq(after("db", "2026-03-29 03:30:00"), "Mon 2026-03-30 02:00:00");
	ck_assert_str_eq(after("files", "2026-10-25 01:00:00"), "Sun 2026-10-25 03:00:00");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("schedule");

	tcase_add_test(t, next);
	tcase_add_test(t, summer);
	return unit_main(t);
}
