#include "drill/definers.h"
#include "unit.h"

static const char dump[] = "-- siantre-dump 1\n"
			   "CREATE ALGORITHM=UNDEFINED DEFINER=`app`@`localhost` SQL SECURITY "
			   "DEFINER VIEW `v` AS ...;\n"
			   "INSERT INTO `t` VALUES\n"
			   "(1,'DEFINER=`row`@`%`'),\n"
			   "(2,'x');\n"
			   "CREATE DEFINER=`app`@`localhost` TRIGGER t ...\n"
			   "CREATE DEFINER=`o``'\\\\d`@`10.0.0.%` PROCEDURE p() SELECT 1;\n"
			   "CREATE DEFINER=`role` FUNCTION f() RETURNS INT RETURN 1;\n"
			   "CREATE DEFINER=`open@`localhost\n"
			   "-- the end: DEFINER=";

static const char sql[] = "CREATE USER IF NOT EXISTS 'app'@'localhost' ACCOUNT LOCK; "
			  "GRANT ALL ON *.* TO 'app'@'localhost'; "
			  "CREATE USER IF NOT EXISTS 'o`\\'\\\\\\\\d'@'10.0.0.%' ACCOUNT LOCK; "
			  "GRANT ALL ON *.* TO 'o`\\'\\\\\\\\d'@'10.0.0.%'; ";

START_TEST(each_once_in_any_split)
{
	struct buf b = {0};

	for (size_t step = 1; step < sizeof(dump); step += step < 100 ? 1 : 50) {
		struct definers *d = definers_new();

		for (size_t at = 0; at < sizeof(dump) - 1; at += step)
			definers_add(d, dump + at,
			    step < sizeof(dump) - 1 - at ? step : sizeof(dump) - 1 - at);
		ck_assert_uint_eq(definers_count(d), 2);
		b.len = 0;
		definers_sql(d, &b);
		ck_assert_str_eq(buf_string(&b), sql);
		definers_free(d);
	}
	buf_free(&b);
}
END_TEST

START_TEST(long_lines_and_names)
{
	struct definers *d = definers_new();
	struct buf b = {0};

	/* The clause stands near the beginning; a body may be as long as it likes. */
	buf_text(&b, "CREATE DEFINER=`a`@`b` PROCEDURE p() SELECT '");
	for (int i = 0; i < 100000; i++)
		buf_text(&b, "x");
	buf_text(&b, " DEFINER=`far`@`away`';\n");
	buf_text(&b, "CREATE DEFINER=`");
	for (int i = 0; i < 600; i++)
		buf_text(&b, "n");
	buf_text(&b, "`@`b` VIEW v;\nCREATE DEFINER=`c`@`` VIEW w;\n");
	definers_add(d, b.data, b.len);
	ck_assert_uint_eq(definers_count(d), 2);
	definers_free(d);
	buf_free(&b);
}
END_TEST

START_TEST(no_end_of_them)
{
	struct definers *d = definers_new();
	char line[64];

	for (int i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "CREATE DEFINER=`u%d`@`h` VIEW v;\n", i);
		definers_add(d, line, strlen(line));
	}
	ck_assert_uint_eq(definers_count(d), 1000);
	definers_free(d);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("definers");

	tcase_add_test(t, each_once_in_any_split);
	tcase_add_test(t, long_lines_and_names);
	tcase_add_test(t, no_end_of_them);
	return unit_main(t);
}
