#include "base/plain.h"
#include "unit.h"

START_TEST(what_steers_a_terminal_goes)
{
	char text[] = "Caf\xc3\xa9\t\033[2J\x7f\n \xc2\x9b \xff \xe2\x82 '\"`", none[] = "";
	char bytes[] = "a\0b\xc3";

	ck_assert_str_eq(plain_text(text), "Caf\xc3\xa9??[2J?? ?? ? ?? '\"`");
	ck_assert_str_eq(plain_text(none), "");
	plain_bytes(bytes, 4);
	ck_assert_str_eq(bytes, "a?b?");
	/* The second byte of a character is not one of ours. */
	memcpy(bytes, "\xc3\xa9\n", 4);
	plain_bytes(bytes, 1);
	ck_assert_str_eq(bytes, "?\xa9\n");
	plain_bytes(bytes, 0);
	ck_assert_str_eq(bytes, "?\xa9\n");
}
END_TEST

START_TEST(names_can_be_told)
{
	const char *first, *fourth;

	first = plain_name("Caf\xc3\xa9\n\\ \033[2J\x7f\xc2\x9b"
			   "1m\xff");
	plain_name("");
	plain_name("x");
	fourth = plain_name("\xe2\x82");
	ck_assert_str_eq(first, "Caf\xc3\xa9\\012\\134 \\033[2J\\177\\302\\2331m\\377");
	ck_assert_str_eq(fourth, "\\342\\202");
	ck_assert_str_eq(plain_name("fifth"), "fifth");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("plain");

	tcase_add_test(t, what_steers_a_terminal_goes);
	tcase_add_test(t, names_can_be_told);
	return unit_main(t);
}
