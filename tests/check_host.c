#include "unit.h"

#include <sys/utsname.h>

#include "base/host.h"

START_TEST(the_kernel_knows)
{
	char name[HOST_SIZE];
	struct utsname u;

	memset(name, '?', sizeof(name));
	ck_assert_int_eq(uname(&u), 0);
	ck_assert_ptr_eq(host_name(name), name);
	ck_assert_str_eq(name, u.nodename[0] != '\0' ? u.nodename : "localhost");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("host");

	tcase_add_test(t, the_kernel_knows);
	return unit_main(t);
}
