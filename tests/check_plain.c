#include "base/plain.h"
#include "unit.h"

START_TEST(control_bytes_go)
{
	char text[] = "a\nb\x1b[31m\x7f\tc \xc3\xa9'\"`", none[] = "";

	ck_assert_str_eq(plain_text(text), "a?b?[31m??c \xc3\xa9'\"`");
	ck_assert_str_eq(plain_text(none), "");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("plain");

	tcase_add_test(t, control_bytes_go);
	return unit_main(t);
}
