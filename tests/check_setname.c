#include "unit.h"

#include <stdbool.h>
#include <time.h>

#include "set/setname.h"

START_TEST(names)
{
	static const struct {
		const char *name;
		int64_t wall; /* -1: no set */
		int year, month;
	} rows[] = {
	    {"19700101_000000", 0, 1970, 1},
	    {"20261123_020000", 1795399200, 2026, 11},
	    {"20240229_235959", 1709251199, 2024, 2},
	    {"20000229_000000", 951782400, 2000, 2},
	    {"99991231_235959", 253402300799, 9999, 12},
	    {"21000229_000000", -1, 0, 0},
	    {"20260229_000000", -1, 0, 0},
	    {"19691231_235959", -1, 0, 0},
	    {"20261301_000000", -1, 0, 0},
	    {"20260001_000000", -1, 0, 0},
	    {"20260100_000000", -1, 0, 0},
	    {"20260431_000000", -1, 0, 0},
	    {"20261123_240000", -1, 0, 0},
	    {"20261123_006000", -1, 0, 0},
	    {"20261123_000060", -1, 0, 0},
	    {"20261123-020000", -1, 0, 0},
	    {"20261123_0200000", -1, 0, 0},
	    {"20261123_02000", -1, 0, 0},
	    {"20261123_02000 ", -1, 0, 0},
	    {"2026+123_020000", -1, 0, 0},
	    {"", -1, 0, 0},
	    {"full", -1, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct setname read = {-1, 0, 0};
		int rc = setname_read(rows[i].name, &read);

		ck_assert_msg(rc == (rows[i].wall == -1 ? -1 : 0), "%s", rows[i].name);
		ck_assert_int_eq(setname_read(rows[i].name, NULL), rc);
		ck_assert_int_eq(read.wall, rows[i].wall);
		ck_assert_int_eq(read.year, rows[i].year);
		ck_assert_int_eq(read.month, rows[i].month);
	}
}
END_TEST

/* Every day of 700 years, as the C library counts them. */
START_TEST(every_day)
{
	for (int64_t t = 0; t < INT64_C(700) * 366 * 86400; t += 86400) {
		time_t moment = (time_t)t;
		struct setname read;
		char name[32];
		struct tm tm;

		gmtime_r(&moment, &tm);
		strftime(name, sizeof(name), "%Y%m%d_%H%M%S", &tm);
		/* An assertion that holds is a write too. */
		if (setname_read(name, &read) != 0 || read.wall != t ||
		    read.year != tm.tm_year + 1900 || read.month != tm.tm_mon + 1)
			ck_abort_msg("%s", name);
	}
}
END_TEST

/* The zone of this machine moves now, and no name. */
START_TEST(zones)
{
	static const struct {
		const char *zone;
		int64_t moment, wall;
	} rows[] = {
	    {"UTC", 1795399200, 1795399200}, {"Asia/Jakarta", 1795374000, 1795399200},
	    {"Europe/Berlin", 1774745999, 1774749599}, /* the last second of winter time */
	    {"Europe/Berlin", 1774746000, 1774753200}, /* an hour later on the wall */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct setname read;

		setenv("TZ", rows[i].zone, 1);
		tzset();
		ck_assert_int_eq(setname_wall(rows[i].moment), rows[i].wall);
		ck_assert_int_eq(setname_read("20261123_020000", &read), 0);
		ck_assert_int_eq(read.wall, 1795399200);
		/* That night Berlin has no 02:30. */
		ck_assert_int_eq(setname_read("20260329_023000", &read), 0);
		ck_assert_int_eq(read.wall, 1774751400);
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("setname");

	tcase_add_test(t, names);
	tcase_add_test(t, every_day);
	tcase_add_test(t, zones);
	return unit_main(t);
}
