#include "unit.h"

#include "set/sample.h"

START_TEST(what_is_proven_again)
{
	static const struct {
		const char *text;
		double share;
	} good[] = {{"auto", -1}, {"none", 0}, {"all", 1}, {"sample:1%", 0.01},
	    {"sample:5%", 0.05}, {"sample:100%", 1}};
	static const char *const bad[] = {"", "some", "ALL", "sample", "sample:", "sample:5",
	    "sample:%", "sample:0%", "sample:101%", "sample:-1%", "sample:5%x", "sample:1.5%",
	    "sample: 5%", "sample:00000005%", "sample:99999999999999999999%"};
	double share;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_int_eq(sample_parse(good[i].text, &share), 0);
		ck_assert_double_eq_tol(share, good[i].share, 1e-9);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(sample_parse(bad[i], &share) == -1, "%s", bad[i]);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("sample");

	tcase_add_test(cases, what_is_proven_again);
	return unit_main(cases);
}
