#include "unit.h"

#include <sys/stat.h>
#include <time.h>

#include "set/sets.h"

START_TEST(names)
{
	static const struct {
		const char *name;
		int64_t time; /* in Jakarta, UTC+7, all year; -1: no set */
	} rows[] = {
	    {"19700101_070000", 0},
	    {"20261123_020000", 1795374000},
	    {"20240229_235959", 1709225999},
	    {"20260229_000000", -1},
	    {"20261301_000000", -1},
	    {"20260001_000000", -1},
	    {"20260100_000000", -1},
	    {"20260431_000000", -1},
	    {"20261123_240000", -1},
	    {"20261123_006000", -1},
	    {"20261123_000060", -1},
	    {"20261123-020000", -1},
	    {"20261123_0200000", -1},
	    {"20261123_02000", -1},
	    {"20261123_02000 ", -1},
	    {"2026+123_020000", -1},
	    {"00000000_000000", -1},
	    {"", -1},
	    {"full", -1},
	    {".partial", -1},
	    {"\xd9\xa2", -1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t t = -7;
		int rc = sets_time(rows[i].name, &t);

		ck_assert_msg(rc == (rows[i].time == -1 ? -1 : 0), "%s", rows[i].name);
		ck_assert_int_eq(t, rows[i].time == -1 ? -7 : rows[i].time);
		ck_assert_int_eq(sets_time(rows[i].name, NULL), rc);
	}
}
END_TEST

/* In Berlin 02:30 was left out that night; a set that was made elsewhere is a set all the same. */
START_TEST(summer_time)
{
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	ck_assert_int_eq(sets_time("20260329_023000", NULL), 0);
}
END_TEST

START_TEST(listing)
{
	static const char *const folders[] = {"b", "b/full", "b/20261123_020000",
	    "b/20261122_020000", "b/full/20261122_040000", "b/full/20261124_040000",
	    "b/20261123_020000.tmp", "b/other", "b/.partial", "b/.partial/20261125_020000",
	    "b/.trash", "b/.trash/20261101_020000"};
	static const char *const expected[] = {"b/full/20261124_040000", "b/20261123_020000",
	    "b/full/20261122_040000", "b/20261122_020000"};
	struct sets *s = NULL;

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		ck_assert_int_eq(mkdir(folders[i], 0700), 0);
	unit_write("b/20261120_020000", "a file is no set");
	ck_assert_int_eq(symlink("20261123_020000", "b/20261121_020000"), 0);
	ck_assert_int_eq(sets_list("b", &s), 0);
	ck_assert_uint_eq(sets_count(s), 4);
	for (size_t i = 0; i < 4; i++) {
		ck_assert_str_eq(sets_path(s, i), expected[i]);
		ck_assert_str_eq(sets_name(s, i), strrchr(expected[i], '/') + 1);
		ck_assert_int_eq(sets_full(s, i), strstr(expected[i], "full") != NULL);
	}
	sets_free(s);
}
END_TEST

START_TEST(empty)
{
	struct sets *s = NULL;

	mkdir("b", 0700);
	ck_assert_int_eq(sets_list("b", &s), 0);
	ck_assert_uint_eq(sets_count(s), 0);
	sets_free(s);
	sets_free(NULL);
}
END_TEST

/* What cannot be listed is not empty. */
START_TEST(failures)
{
	struct sets *s = NULL;
	const char *said;

	unit_catch();
	ck_assert_int_eq(sets_list("none", &s), -1);
	said = unit_caught();
	ck_assert_ptr_nonnull(strstr(said, "none: No such file or directory"));
	mkdir("b", 0700);
	unit_write("b/full", "");
	unit_catch();
	ck_assert_int_eq(sets_list("b", &s), -1);
	said = unit_caught();
	ck_assert_ptr_nonnull(strstr(said, "b/full: Not a directory"));
	ck_assert_ptr_null(s);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("sets");

	setenv("TZ", "Asia/Jakarta", 1);
	tzset();
	tcase_add_test(t, names);
	tcase_add_test(t, summer_time);
	tcase_add_test(t, listing);
	tcase_add_test(t, empty);
	tcase_add_test(t, failures);
	return unit_main(t);
}
