#include "unit.h"

#include "base/buf.h"

START_TEST(appends)
{
	struct buf b = {0};
	char bytes[300];

	ck_assert_str_eq(buf_string(&b), "");
	buf_text(&b, "one");
	buf_printf(&b, " %d", 2);
	buf_add(&b, "\0x", 2);
	ck_assert_mem_eq(buf_string(&b), "one 2\0x", 8);
	ck_assert_uint_eq(b.len, 7);
	memset(bytes, 'y', sizeof(bytes));
	buf_add(&b, bytes, sizeof(bytes));
	ck_assert_uint_eq(b.len, 307);
	ck_assert_mem_eq(b.data + 7, bytes, sizeof(bytes));
	buf_reset(&b, 1 << 20);
	ck_assert_uint_eq(b.len, 0);
	ck_assert_ptr_nonnull(b.data);
	buf_reset(&b, 0);
	ck_assert_ptr_null(b.data);
}
END_TEST

/* What could not be appended is not forgotten, whatever could be behind it. */
START_TEST(a_failure_stays)
{
	struct buf b = {0};

	buf_text(&b, "one");
	ck_assert_int_eq(buf_room(&b, SIZE_MAX / 2), -1);
	buf_text(&b, "two");
	ck_assert(b.failed);
	unit_catch();
	ck_assert_ptr_null(buf_string(&b));
	ck_assert_ptr_null(buf_string(&b)); /* that is said once */
	ck_assert_str_eq(unit_caught(), "check_buf: out of memory\n");
	buf_reset(&b, 1 << 20);
	ck_assert_str_eq(buf_string(&b), "");
	buf_free(&b);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("buf");

	tcase_add_test(t, appends);
	tcase_add_test(t, a_failure_stays);
	return unit_main(t);
}
