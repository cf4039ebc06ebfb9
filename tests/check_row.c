#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "sql/row.h"

static char *values[8];
static unsigned long lengths[8];

static void
value(unsigned int i, const char *bytes, size_t len)
{
	values[i] = NULL;
	lengths[i] = (unsigned long)len;
	if (bytes != NULL) {
		values[i] = malloc(len + 1);
		memcpy(values[i], bytes, len);
		values[i][len] = '\0';
	}
}

START_TEST(each_kind_in_its_form)
{
	static const struct row_column columns[] = {{.kind = ROW_NUMBER}, {.kind = ROW_PLAIN},
	    {.kind = ROW_TEXT}, {.kind = ROW_HEX}, {.kind = ROW_HEX}, {ROW_FOREIGN, "_gbk "},
	    {.kind = ROW_NUMBER}};
	struct buf b = {0};
	size_t len;

	value(0, "-12", 3);
	value(1, "2026-11-23 02:00:00.000001", 26);
	value(2, "it's\n", 5);
	value(3, "\0\xff", 2);
	value(4, "", 0);
	value(5, "\xc4\xe3", 2);
	value(6, NULL, 0);
	buf_text(&b, "before ");
	len = row_format(&b, columns, 7, values, lengths);
	ck_assert_str_eq(buf_string(&b),
	    "before (-12,'2026-11-23 "
	    "02:00:00.000001','it\\'s\\n',0x00FF,'',_gbk 0xC4E3,NULL),\n");
	ck_assert_uint_eq(len, b.len - 7);
	for (int i = 0; i < 7; i++)
		free(values[i]);
	buf_free(&b);
}
END_TEST

START_TEST(text_of_other_character_sets)
{
	static const struct row_column columns[] = {{ROW_MIXED, "_gbk "}, {ROW_MIXED, "_gbk "},
	    {ROW_MIXED, "_gbk "}, {ROW_FOREIGN, "_sjis "}, {ROW_MIXED, "_gbk "},
	    {ROW_FOREIGN, "_sjis "}};
	char text[24] = "it's 16 bytes of ASCII";
	struct buf b = {0};

	value(0, text, 22);
	value(1, "a\\", 2);
	value(2, "a\xc4\xe3", 3);
	value(3, "ab", 2);
	value(4, "", 0);
	value(5, "", 0);
	row_format(&b, columns, 6, values, lengths);
	ck_assert_str_eq(buf_string(&b), "('it\\'s 16 bytes of ASCII','a\\\\',_gbk 0x61C4E3,"
					 "_sjis 0x6162,'',_sjis ''),\n");
	/* Each byte counts. */
	for (size_t i = 0; i < 22; i++) {
		values[0][i] |= (char)0x80;
		buf_reset(&b, 0);
		row_format(&b, columns, 1, values, lengths);
		ck_assert_int_eq(strncmp(buf_string(&b), "(_gbk 0x", 8), 0);
		values[0][i] &= 0x7f;
	}
	for (int i = 0; i < 6; i++)
		free(values[i]);
	buf_free(&b);
}
END_TEST

START_TEST(an_open_end_is_the_default)
{
	static const struct row_column columns[] = {{.kind = ROW_UNTIL}, {.kind = ROW_UNTIL}};
	struct buf b = {0};

	value(0, "2026-11-23 02:00:00.000001", 26);
	value(1, NULL, 0);
	row_format(&b, columns, 2, values, lengths);
	ck_assert_str_eq(buf_string(&b), "('2026-11-23 02:00:00.000001',DEFAULT),\n");
	free(values[0]);
	buf_free(&b);
}
END_TEST

START_TEST(numbers_of_every_length)
{
	static const struct row_column column = {.kind = ROW_NUMBER};
	char digits[70], want[80];
	struct buf b = {0};

	for (size_t len = 1; len < sizeof(digits); len++) {
		for (size_t i = 0; i < len; i++)
			digits[i] = (char)('0' + (i * 7 + len) % 10);
		digits[len] = '\0';
		value(0, digits, len);
		buf_reset(&b, 0);
		row_format(&b, &column, 1, values, lengths);
		snprintf(want, sizeof(want), "(%s),\n", digits);
		ck_assert_str_eq(buf_string(&b), want);
		free(values[0]);
	}
	buf_free(&b);
}
END_TEST

/* Over many rows of a usual shape, a statement should end about once in the spread. */
START_TEST(ends_are_spread_and_depend_on_the_row_alone)
{
	char row[128];
	size_t ends = 0, bytes = 0, n = 400000;

	for (size_t i = 0; i < n; i++) {
		int len = snprintf(
		    row, sizeof(row), "(%zu,3,'2026-01-01','menunggu',NULL,'Siti'),\n", i);

		bytes += (size_t)len;
		ends += row_ends_statement(row, (size_t)len);
		ck_assert(row_ends_statement(row, (size_t)len) ==
			  row_ends_statement(row, (size_t)len));
	}
	ck_assert_uint_gt(ends, bytes / ROW_STATEMENT_SPREAD / 2);
	ck_assert_uint_lt(ends, bytes / ROW_STATEMENT_SPREAD * 2);
	memset(row, 'x', sizeof(row));
	ck_assert(row_ends_statement(row, ROW_STATEMENT_SPREAD));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("row");

	tcase_add_test(t, each_kind_in_its_form);
	tcase_add_test(t, text_of_other_character_sets);
	tcase_add_test(t, an_open_end_is_the_default);
	tcase_add_test(t, numbers_of_every_length);
	tcase_add_test(t, ends_are_spread_and_depend_on_the_row_alone);
	return unit_main(t);
}
