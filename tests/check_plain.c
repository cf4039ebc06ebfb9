#include <check.h>
#include <stdlib.h>

#include "base/plain.h"

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
	Suite *suite = suite_create("plain");
	TCase *tc = tcase_create("plain");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(tc, control_bytes_go);
	suite_add_tcase(suite, tc);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
