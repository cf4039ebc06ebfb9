#include "unit.h"

#include "base/num.h"

START_TEST(counts)
{
	static const struct {
		const char *text;
		uint64_t min, max, want;
	} good[] = {{"0", 0, 9, 0}, {"1", 1, 1, 1}, {"007", 0, 9, 7},
	    {"65535", 1, 65535, 65535}, {"18446744073709551615", 0, UINT64_MAX, UINT64_MAX}};
	static const char *const bad[] = {"", " 1", "1 ", "+1", "-1", "0x1", "1e3", "1.0", "a",
	    "1a", "18446744073709551616", "99999999999999999999999", "\xd9\xa1"};
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_int_eq(num_count(good[i].text, good[i].min, good[i].max, &n), 0);
		ck_assert_uint_eq(n, good[i].want);
	}
	n = 42;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(num_count(bad[i], 0, UINT64_MAX, &n) == -1, "took %s", bad[i]);
	ck_assert_int_eq(num_count("4", 5, 7, &n), -1);
	ck_assert_int_eq(num_count("8", 5, 7, &n), -1);
	ck_assert_uint_eq(n, 42);
}
END_TEST

START_TEST(sizes)
{
	static const struct {
		const char *text;
		uint64_t want;
	} good[] = {{"0", 0}, {"512", 512}, {"512B", 512}, {"1K", 1024}, {"1k", 1024},
	    {"1KB", 1024}, {"1KiB", 1024}, {"64M", 64 << 20}, {"1GiB", 1 << 30},
	    {"3T", 3ULL << 40}, {"2P", 2ULL << 50}, {"16383P", 16383ULL << 50},
	    {"18446744073709551615", UINT64_MAX}};
	static const char *const bad[] = {"", "K", "B", "1iB", "1Ki", "1KIB", "1 K", "1K ",
	    "1KK", "-1K", "+1", "1.5G", "1E", "1X", "16384P", "18446744073709551616", "0x10",
	    "1BB", "1KiBB"};
	uint64_t n;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(num_size(good[i].text, &n) == 0, "refused %s", good[i].text);
		ck_assert_uint_eq(n, good[i].want);
	}
	n = 42;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(num_size(bad[i], &n) == -1, "took %s", bad[i]);
	ck_assert_uint_eq(n, 42);
}
END_TEST

START_TEST(durations)
{
	static const struct {
		const char *text;
		int64_t want;
	} good[] = {{"0", 0}, {"0s", 0}, {"1s", 1}, {"90s", 90}, {"2h", 7200},
	    {"1d12h", 129600}, {"30d", 2592000}, {"1w", 604800}, {"1y", 31536000},
	    {"1y1w1d1h1m1s", 32230861}, {"9223372036854775807s", INT64_MAX}};
	static const char *const bad[] = {"", "1", "00", "s", "1x", "1 h", "1h ", " 1h", "-1h",
	    "+1h", "1h30", "1h1d", "1h1h", "1s1m", "1.5h", "1H", "9223372036854775808s",
	    "18446744073709551616s", "292471208678y", "292471208677y300d"};
	int64_t n;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_msg(num_duration(good[i].text, &n) == 0, "refused %s", good[i].text);
		ck_assert_int_eq(n, good[i].want);
	}
	n = 42;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(num_duration(bad[i], &n) == -1, "took %s", bad[i]);
	ck_assert_int_eq(n, 42);
}
END_TEST

START_TEST(bytes_for_people)
{
	static const struct {
		uint64_t bytes;
		const char *want;
	} table[] = {{0, "0 B"}, {1, "1 B"}, {1023, "1023 B"}, {1024, "1.0 KiB"},
	    {1536, "1.5 KiB"}, {102297, "99.9 KiB"}, {102400, "100 KiB"}, {1048063, "1023 KiB"},
	    {1048064, "1.0 MiB"}, {1048576, "1.0 MiB"}, {1610612736, "1.5 GiB"},
	    {1ULL << 40, "1.0 TiB"}, {1ULL << 50, "1.0 PiB"}, {1ULL << 60, "1.0 EiB"},
	    {UINT64_MAX, "16.0 EiB"}};
	char buf[16];
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_str_eq(num_human(buf, sizeof(buf), table[i].bytes), table[i].want);
}
END_TEST

START_TEST(times_for_people)
{
	static const struct {
		double seconds;
		const char *want;
	} table[] = {{-1, "0.0 s"}, {0, "0.0 s"}, {3.2, "3.2 s"}, {59.94, "59.9 s"},
	    {59.96, "1 min"}, {60, "1 min"}, {61, "1 min 1 s"}, {3599.6, "1 h"},
	    {7500, "2 h 5 min"}, {86399, "23 h 59 min"}, {86400, "1 d"}, {90000, "1 d 1 h"},
	    {863999, "9 d 23 h"}, {12 * 86400, "12 d"}, {1e300, "11574074074 d"},
	    {1.0 / 0.0, "11574074074 d"}, {0.0 / 0.0, "0.0 s"}};
	char buf[24];
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_str_eq(
		    num_elapsed(buf, sizeof(buf), table[i].seconds), table[i].want);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("num");

	tcase_add_test(t, counts);
	tcase_add_test(t, sizes);
	tcase_add_test(t, durations);
	tcase_add_test(t, bytes_for_people);
	tcase_add_test(t, times_for_people);
	return unit_main(t);
}
