#include "unit.h"

#include "base/utf8.h"

START_TEST(characters)
{
	static const struct {
		const char *text;
		size_t len, next, skip; /* skip counts where next is 0 */
	} table[] = {{"", 0, 0, 1}, {"a", 1, 1, 0}, {"\0", 1, 1, 0}, {"\x7f", 1, 1, 0},
	    {"\x80", 1, 0, 1}, {"\xbf", 1, 0, 1}, {"\xc0\x80", 2, 0, 1}, {"\xc1\xbf", 2, 0, 1},
	    {"\xc2\x80", 2, 2, 0}, {"\xdf\xbf", 2, 2, 0}, {"\xc2", 1, 0, 1},
	    {"\xc2\x41", 2, 0, 1}, {"\xe0\x9f\xbf", 3, 0, 1}, {"\xe0\xa0\x80", 3, 3, 0},
	    {"\xe2\x82\xac", 3, 3, 0}, {"\xe2\x82", 2, 0, 2}, {"\xe2\x82\x41", 3, 0, 2},
	    {"\xed\x9f\xbf", 3, 3, 0}, {"\xed\xa0\x80", 3, 0, 1}, {"\xee\x80\x80", 3, 3, 0},
	    {"\xef\xbf\xbf", 3, 3, 0}, {"\xf0\x8f\xbf\xbf", 4, 0, 1},
	    {"\xf0\x90\x80\x80", 4, 4, 0}, {"\xf0\x9f\x98\x80", 4, 4, 0},
	    {"\xf0\x9f\x98", 3, 0, 3}, {"\xf0\x9f\x98\x41", 4, 0, 3},
	    {"\xf4\x8f\xbf\xbf", 4, 4, 0}, {"\xf4\x90\x80\x80", 4, 0, 1},
	    {"\xf5\x80\x80\x80", 4, 0, 1}, {"\xff", 1, 0, 1}};
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_msg(
		    utf8_next(table[i].text, table[i].len) == table[i].next, "row %zu", i);
		if (table[i].next == 0)
			ck_assert_msg(utf8_skip(table[i].text, table[i].len) == table[i].skip,
			    "row %zu", i);
	}
}
END_TEST

START_TEST(cleaned)
{
	size_t len;
	char *text;

	text = utf8_clean("", 0, "?", &len);
	ck_assert_str_eq(text, "");
	ck_assert_uint_eq(len, 0);
	free(text);
	text = utf8_clean("a\xff\xe2\x82z", 5, "?", &len);
	ck_assert_str_eq(text, "a??z");
	ck_assert_uint_eq(len, 4);
	free(text);
	text = utf8_clean("\xff\xff", 2, "\xef\xbf\xbd", NULL);
	ck_assert_str_eq(text, "\xef\xbf\xbd\xef\xbf\xbd");
	free(text);
	text = utf8_clean("a\xff\0b", 4, "", &len);
	ck_assert_mem_eq(text, "a\0b", 4);
	ck_assert_uint_eq(len, 3);
	free(text);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("utf8");

	tcase_add_test(t, characters);
	tcase_add_test(t, cleaned);
	return unit_main(t);
}
