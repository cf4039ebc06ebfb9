/* The numbers on the page. */
#include "report/leaf.h"

#include <math.h>

#include "unit.h"

static struct leaf leaf;

/* What stands between the tags. */
static const char *
inside(const char *figure)
{
	static char text[LEAF_FIGURE];
	const char *begin = strchr(figure, '>') + 1;

	snprintf(text, sizeof(text), "%.*s", (int)strcspn(begin, "<"), begin);
	return text;
}

START_TEST(durations)
{
	static const struct {
		double seconds;
		const char *want;
	} table[] = {{-1, "0.0 s"}, {0, "0.0 s"}, {9.94, "9.9 s"}, {9.96, "10 s"},
	    {59.4, "59 s"}, {59.6, "1 min"}, {61, "1 min 1 s"}, {3599.6, "1 h"},
	    {7500, "2 h 5 min"}, {86400, "24 h"}, {93600, "26 h"}, {172799, "47 h 59 min"},
	    {172800, "2 days"}, {176400, "2 days 1 h"}, {863999, "9 days 23 h"},
	    {864000, "10 days"}, {30 * 86400.0, "30 days"}, {1.0 / 0.0, "11574074 days"},
	    {NAN, "0.0 s"}};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		ck_assert_str_eq(
		    inside(leaf_elapsed(&leaf, table[i].seconds, "x")), table[i].want);
}
END_TEST

START_TEST(others)
{
	ck_assert_str_eq(inside(leaf_bytes(&leaf, 43200000, "x")), "41.2 MiB");
	ck_assert_str_eq(inside(leaf_bytes(&leaf, 0, "x")), "0 B");
	ck_assert_str_eq(inside(leaf_count(&leaf, 27, "x")), "27");
	ck_assert_str_eq(inside(leaf_whole(&leaf, 27.9, "x")), "27");
	ck_assert_str_eq(inside(leaf_share(&leaf, 0.125, "x")), "12 %");
	ck_assert_str_eq(inside(leaf_share(&leaf, -0.004, "x")), "0.4 %");
}
END_TEST

/* Where it comes from stands with it, and what a program reads. */
START_TEST(places)
{
	ck_assert_str_eq(leaf_count(&leaf, 27, "jobs.%d.sets", 3),
	    "<data value=\"27\" data-fact=\"jobs.3.sets\">27</data>");
	ck_assert_str_eq(leaf_elapsed(&leaf, 1.25, "a"),
	    "<data value=\"1.25\" data-fact=\"a\">1.2 s</data>");
	setenv("TZ", "Asia/Jakarta", 1);
	ck_assert_str_eq(leaf_point(&leaf, 1795698840, "t"),
	    "<time datetime=\"2026-11-26T13:14:00Z\" data-fact=\"t\">26 Nov 2026 20:14</time>");
}
END_TEST

/* As many figures as are promised are there at one time. */
START_TEST(figures_live_side_by_side)
{
	const char *figures[LEAF_FIGURES];

	for (int i = 0; i < LEAF_FIGURES; i++)
		figures[i] = leaf_count(&leaf, i, "x");
	for (int i = 0; i < LEAF_FIGURES; i++)
		ck_assert_int_eq(atoi(inside(figures[i])), i);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("leaf");

	tcase_add_test(t, durations);
	tcase_add_test(t, others);
	tcase_add_test(t, places);
	tcase_add_test(t, figures_live_side_by_side);
	return unit_main(t);
}
