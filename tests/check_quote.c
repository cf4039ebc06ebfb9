#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "sql/quote.h"

/* The obvious way, to hold the vectors against. */
static size_t
escape_slowly(char *out, const char *text, size_t len)
{
	static const char from[] = "\0\n\r\\'\x1a", to[] = "0nr\\'Z";
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		const char *at = memchr(from, text[i], sizeof(from) - 1);

		if (at != NULL)
			out[n++] = '\\';
		out[n++] = at != NULL ? to[at - from] : text[i];
	}
	return n;
}

START_TEST(names_double_their_backquotes)
{
	struct buf b = {0};

	quote_name(&b, "a`b\nc");
	quote_name(&b, "");
	ck_assert_str_eq(buf_string(&b), "`a``b\nc```");
	buf_free(&b);
}
END_TEST

START_TEST(a_pattern_means_itself)
{
	struct buf b = {0};

	quote_pattern(&b, "a_b%c\\d`e");
	ck_assert_str_eq(buf_string(&b), "`a\\_b\\%c\\\\d``e`");
	buf_free(&b);
}
END_TEST

START_TEST(text_is_escaped_at_every_place_of_a_vector)
{
	char text[80], want[160], got[160 + 64];

	for (size_t len = 0; len <= 40; len++) {
		for (size_t at = 0; at < len; at++) {
			for (int c = 0; c < 256; c++) {
				memset(text, 'x', sizeof(text));
				text[at] = (char)c;
				size_t n = escape_slowly(want, text, len);

				ck_assert_uint_eq(quote_escape(got, text, len), n);
				ck_assert_mem_eq(got, want, n);
			}
		}
	}
}
END_TEST

START_TEST(text_that_is_all_escapes)
{
	struct buf b = {0};
	char text[33];

	memset(text, '\'', sizeof(text));
	quote_text(&b, text, sizeof(text));
	ck_assert_uint_eq(b.len, 2 * sizeof(text) + 2);
	for (size_t i = 0; i < sizeof(text); i++)
		ck_assert_mem_eq(b.data + 1 + 2 * i, "\\'", 2);
	buf_free(&b);
}
END_TEST

START_TEST(bytes_become_digits)
{
	char all[256], out[2 * sizeof(all) + 64], want[24];

	for (int i = 0; i < 256; i++)
		all[i] = (char)i;
	for (size_t len = 0; len <= sizeof(all); len++) {
		memset(out, '?', sizeof(out));
		quote_digits(out, all, len);
		for (size_t i = 0; i < len; i++) {
			snprintf(want, sizeof(want), "%02zX", i);
			ck_assert_mem_eq(out + 2 * i, want, 2);
		}
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("quote");

	tcase_add_test(t, names_double_their_backquotes);
	tcase_add_test(t, a_pattern_means_itself);
	tcase_add_test(t, text_is_escaped_at_every_place_of_a_vector);
	tcase_add_test(t, text_that_is_all_escapes);
	tcase_add_test(t, bytes_become_digits);
	return unit_main(t);
}
