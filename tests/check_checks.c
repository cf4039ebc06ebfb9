#include "drill/checks.h"
#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "base/buf.h"

static struct checks *
parse(const char *text)
{
	struct checks *c;

	ck_assert_int_eq(checks_parse(text, strlen(text), "drill.sql", &c), 0);
	return c;
}

START_TEST(names_and_statements)
{
	struct checks *c = parse("-- a heading\n"
				 "\n"
				 "SELECT 1;\n"
				 "-- first\n"
				 "--   the last comment counts  \r\n"
				 "SELECT COUNT(*)\n"
				 "-- a word in between\n"
				 "  FROM t WHERE a = ';' OR b = 'x;y';   \n"
				 "SELECT 3 ;\n");

	ck_assert_str_eq(checks_name(c, 0), "SELECT 1");
	ck_assert_str_eq(checks_statement(c, 0), "SELECT 1");
	ck_assert_str_eq(checks_name(c, 1), "the last comment counts");
	ck_assert_str_eq(
	    checks_statement(c, 1), "SELECT COUNT(*)\nFROM t WHERE a = ';' OR b = 'x;y'");
	ck_assert_str_eq(checks_name(c, 2), "SELECT 3 ");
	ck_assert_ptr_null(checks_name(c, 3));
	ck_assert_ptr_null(checks_statement(c, 3));
	checks_free(c);
}
END_TEST

START_TEST(nothing_and_half_a_statement)
{
	struct checks *c = parse("");

	ck_assert_ptr_null(checks_statement(c, 0));
	checks_free(c);
	c = parse("-- only words\n\n;\n");
	ck_assert_ptr_null(checks_statement(c, 0));
	checks_free(c);
	unit_catch();
	ck_assert_int_eq(checks_parse("SELECT 1;\nSELECT 2\n", 19, "f", &c), EX_CONFIG);
	ck_assert_ptr_null(c);
	ck_assert_int_eq(checks_parse("SELECT\0;\n", 9, "g", &c), EX_CONFIG);
	ck_assert_ptr_nonnull(
	    strstr(unit_caught(), "f:3: the last statement does not end with a semicolon"));
}
END_TEST

START_TEST(long_names_and_many)
{
	struct buf b = {0};
	struct checks *c;

	for (int i = 0; i < 200; i++)
		buf_text(&b, "SELECT 1;\n");
	ck_assert_int_eq(checks_parse(b.data, b.len, "f", &c), 0);
	ck_assert_ptr_nonnull(checks_name(c, 199));
	checks_free(c);
	buf_text(&b, "SELECT 1;\n");
	unit_catch();
	ck_assert_int_eq(checks_parse(b.data, b.len, "f", &c), EX_CONFIG);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "f:201: more than 200 checks"));
	b.len = 0;
	buf_text(&b, "SELECT '");
	for (int i = 0; i < 500; i++)
		buf_text(&b, "\xc3\xa9");
	buf_text(&b, "\033';\n");
	ck_assert_int_eq(checks_parse(b.data, b.len, "f", &c), 0);
	ck_assert_uint_lt(strlen(checks_name(c, 0)), 120);
	ck_assert_ptr_null(strchr(checks_name(c, 0), '\033'));
	ck_assert_uint_gt(strlen(checks_statement(c, 0)), 1000);
	checks_free(c);
	buf_free(&b);
}
END_TEST

START_TEST(answers)
{
	static const char *const yes[] = {
	    "1\n", "1", "0.5\n", "-1\n", "ya\n", "0x\n", "10\t0\n", "2026-01-01\n", "NULLS\n"};
	static const char *const no[] = {"", "\n", "0\n", "0", "0.000\n", "-0\n", "NULL\n",
	    "NULL\t1\n", "\t1\n", "0\t1\n", "00:00\n0"};

	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		ck_assert_msg(checks_holds(yes[i]), "%s", yes[i]);
	for (size_t i = 0; i + 1 < sizeof(no) / sizeof(no[0]); i++)
		ck_assert_msg(!checks_holds(no[i]), "%s", no[i]);
}
END_TEST

START_TEST(files)
{
	struct checks *c;

	ck_assert_int_eq(checks_read("none.sql", &c), 0);
	ck_assert_ptr_null(checks_name(c, 0));
	checks_free(c);
	unit_write("a.sql", "SELECT 1;\n");
	ck_assert_int_eq(chmod("a.sql", 0644), 0);
	ck_assert_int_eq(checks_read("a.sql", &c), 0);
	ck_assert_str_eq(checks_statement(c, 0), "SELECT 1");
	checks_free(c);
	unit_catch();
	ck_assert_int_eq(chmod("a.sql", 0664), 0);
	ck_assert_int_eq(checks_read("a.sql", &c), EX_CONFIG);
	ck_assert_int_eq(checks_read(".", &c), EX_CONFIG);
	ck_assert_str_eq(unit_caught(), "check_checks: a.sql: others may write it (mode 0664)\n"
					"hint: chmod go-w a.sql\n"
					"check_checks: .: not a regular file\n");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("checks");

	tcase_add_test(t, names_and_statements);
	tcase_add_test(t, nothing_and_half_a_statement);
	tcase_add_test(t, long_names_and_many);
	tcase_add_test(t, answers);
	tcase_add_test(t, files);
	return unit_main(t);
}
