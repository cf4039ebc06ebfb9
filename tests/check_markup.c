/* Whatever text comes in, what goes out is text. */
#include "report/markup.h"

#include "base/utf8.h"
#include "unit.h"

static const char *
text(const char *in)
{
	static struct buf b;

	buf_free(&b);
	b = (struct buf){0};
	markup_text(&b, in);
	return b.len > 0 ? buf_string(&b) : "";
}

static const char *
foreign(const char *in, size_t most)
{
	static struct buf b;

	buf_free(&b);
	b = (struct buf){0};
	markup_foreign(&b, in, most);
	return buf_string(&b);
}

START_TEST(plain_text_stays)
{
	ck_assert_str_eq(text(""), "");
	ck_assert_str_eq(text("db"), "db");
	ck_assert_str_eq(text("Übung: 日本 \xf0\x9f\x98\x80"), "Übung: 日本 \xf0\x9f\x98\x80");
}
END_TEST

START_TEST(markup_is_escaped)
{
	ck_assert_str_eq(text("<b a=\"x\">&amp;"), "&lt;b a=&quot;x&quot;&gt;&amp;amp;");
	ck_assert_str_eq(text("</title><script>"), "&lt;/title&gt;&lt;script&gt;");
}
END_TEST

START_TEST(control_characters_become_pictures)
{
	ck_assert_str_eq(text("a\nb\tc\rd"), "a b c d");
	ck_assert_str_eq(text("\x01\x1b\x7f"), "\xe2\x90\x81\xe2\x90\x9b\xe2\x90\xa1");
	ck_assert_str_eq(text("\x1f"), "\xe2\x90\x9f");
	/* U+0085, U+2028, U+FEFF, U+FDD0, U+FFFE, U+1FFFF */
	ck_assert_str_eq(text("\xc2\x85"), "\xef\xbf\xbd");
	ck_assert_str_eq(text("\xe2\x80\xa8"), "\xef\xbf\xbd");
	ck_assert_str_eq(text("\xef\xbb\xbf"), "\xef\xbf\xbd");
	ck_assert_str_eq(text("\xef\xb7\x90"), "\xef\xbf\xbd");
	ck_assert_str_eq(text("\xef\xbf\xbe"), "\xef\xbf\xbd");
	ck_assert_str_eq(text("\xf0\x9f\xbf\xbf"), "\xef\xbf\xbd");
}
END_TEST

START_TEST(what_turns_the_direction_is_shown)
{
	ck_assert_str_eq(text("a\xe2\x80\xae"
			      "b"),
	    "a[U+202E]b");
	ck_assert_str_eq(text("\xe2\x80\x8e\xe2\x80\x8f\xd8\x9c"), "[U+200E][U+200F][U+061C]");
	ck_assert_str_eq(text("\xe2\x81\xa6\xe2\x81\xa9"), "[U+2066][U+2069]");
	/* Arabic itself turns nothing else inside its <bdi>. */
	ck_assert_str_eq(text("\xd8\xa7"), "\xd8\xa7");
}
END_TEST

START_TEST(what_is_not_utf8_is_replaced)
{
	ck_assert_str_eq(text("a\xff"
			      "b"),
	    "a\xef\xbf\xbd"
	    "b");
	ck_assert_str_eq(text("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");
	ck_assert_str_eq(text("\xe2\x82"), "\xef\xbf\xbd");
}
END_TEST

START_TEST(a_long_one_is_cut_between_characters)
{
	ck_assert_str_eq(foreign("abc", 3), "<bdi>abc</bdi>");
	ck_assert_str_eq(foreign("", 3), "<bdi></bdi>");
	ck_assert_str_eq(
	    foreign("abcd", 3), "<bdi>abc</bdi>\xe2\x80\xa6 <small>(4 bytes)</small>");
	ck_assert_str_eq(
	    foreign("äöüß", 3), "<bdi>äöü</bdi>\xe2\x80\xa6 <small>(8 bytes)</small>");
	ck_assert_str_eq(
	    foreign("<<<<", 2), "<bdi>&lt;&lt;</bdi>\xe2\x80\xa6 <small>(4 bytes)</small>");
}
END_TEST

/* Every byte after every other, and at the end: never markup, always UTF-8. */
START_TEST(no_two_bytes_make_anything_else)
{
	char in[4] = "";
	const char *out;

	for (int i = 1; i < 256; i++) {
		for (int k = 0; k < 256; k++) {
			in[0] = (char)i;
			in[1] = (char)k;
			out = text(in);
			ck_assert_msg(strpbrk(out, "<>\"\n\r\t\x7f") == NULL, "%d %d", i, k);
			for (size_t at = 0, n; out[at] != '\0'; at += n) {
				n = utf8_next(out + at, strlen(out + at));
				ck_assert_msg(n > 0, "%d %d", i, k);
				ck_assert_msg((unsigned char)out[at] >= ' ', "%d %d", i, k);
			}
		}
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("markup");

	tcase_add_test(t, plain_text_stays);
	tcase_add_test(t, markup_is_escaped);
	tcase_add_test(t, control_characters_become_pictures);
	tcase_add_test(t, what_turns_the_direction_is_shown);
	tcase_add_test(t, what_is_not_utf8_is_replaced);
	tcase_add_test(t, a_long_one_is_cut_between_characters);
	tcase_add_test(t, no_two_bytes_make_anything_else);
	return unit_main(t);
}
