/* Which addresses a unit must be allowed to reach. */
#include "unit.h"

#include <stdint.h>

#include "check/reach.h"

START_TEST(nets)
{
	ck_assert(!reach_missing("10.1.2.3", "127.0.0.0/8 10.0.0.0/8"));
	ck_assert(reach_missing("10.1.2.3", "127.0.0.0/8 11.0.0.0/8"));
	ck_assert(!reach_missing("10.1.2.3", "10.1.2.3/32"));
	ck_assert(!reach_missing("10.1.2.3", "10.1.2.3"));
	ck_assert(reach_missing("10.1.2.3", "10.1.2.2/32 ::1/128"));
	/* Bits within a byte. */
	ck_assert(!reach_missing("192.168.1.127", "192.168.1.64/26"));
	ck_assert(reach_missing("192.168.1.128", "192.168.1.64/26"));
	ck_assert(!reach_missing("192.168.1.128", "0.0.0.0/0"));
	ck_assert(!reach_missing("2001:db8::1", "::1/128 2001:db8::/32"));
	ck_assert(reach_missing("2001:db8::1", "::1/128 10.0.0.0/8"));
	ck_assert(reach_missing("10.1.2.3", ""));
	ck_assert(reach_missing("10.1.2.3", "nonsense 10.1.2.3.4/8 /8"));
	/* No bits are counted that an address does not have. */
	ck_assert(!reach_missing("10.1.2.3", "10.1.2.3/99"));
}
END_TEST

START_TEST(lines)
{
	struct buf b = {0};

	unit_write("resolv.conf",
	    "# comment\nnameserver 127.0.0.53\nnameserver 192.0.2.53\nsearch x\n"
	    "nameserver 2001:db8::53\nnameserver ::1\nnameserver nonsense\n");
	reach_lines("10.1.2.3", "resolv.conf", &b);
	ck_assert_str_eq(buf_string(&b), " IPAddressAllow=10.1.2.3");
	buf_reset(&b, SIZE_MAX);
	reach_lines("localhost", "resolv.conf", &b);
	ck_assert_ptr_nonnull(strstr(buf_string(&b), " IPAddressAllow=127.0.0.1"));
	ck_assert_ptr_nonnull(
	    strstr(b.data, " IPAddressAllow=192.0.2.53 IPAddressAllow=2001:db8::53"));
	ck_assert_ptr_null(strstr(b.data, "127.0.0.53"));
	ck_assert_ptr_null(strstr(b.data, "nonsense"));
	buf_free(&b);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("reach");

	tcase_add_test(t, nets);
	tcase_add_test(t, lines);
	return unit_main(t);
}
