#include "sql/selection.h"
#include "unit.h"

/* Which of ${names} (up to a NULL) of the database `db` does ${text} mean?  Their first letters. */
static const char *
meant(const char *text, const char *database, bool several, const char *const *names)
{
	static char letters[16];
	struct picks picks = {0};
	bool marks[16];
	size_t n = 0, len = 0;

	while (names[n] != NULL)
		n++;
	memset(marks, true, sizeof(marks));
	ck_assert_int_eq(selection_add(&picks, text), 0);
	selection_mark(&picks, database, several, names, n, marks);
	for (size_t i = 0; i < n; i++)
		if (marks[i])
			letters[len++] = names[i][0];
	letters[len] = '\0';
	ck_assert(picks.items[0].used == (len > 0));
	free(picks.items);
	return letters;
}

START_TEST(patterns)
{
	static const char *const names[] = {"a", "b%", "c_d", "dlog", "elog_2", "f*", "gé",
	    "h?x", "iöäx", "jaabaab", "\xffxyz", NULL};
	static const char *const want[][2] = {{"a", "a"}, {"A", ""}, {"?", "a"},
	    {"*", "abcdefghij\xff"}, {"*log*", "de"}, {"?log", "d"}, {"%", ""}, {"b%", "b"},
	    {"b?", "b"}, {"c_d", "c"}, {"c?d", "c"}, {"_", ""}, {"_log", ""}, {"f*", "f"},
	    {"g?", "g"}, {"g??", ""}, {"h?x", "h"}, {"i??x", "i"}, {"i?x", ""}, {"*??x", "hi"},
	    {"j*aab", "j"}, {"j*ab*b", "j"}, {"j*aac*", ""}, {"?xyz", "\xff"}, {"", ""},
	    {"**", "abcdefghij\xff"}, {"[a]", ""}, {"a\\", ""}};

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		ck_assert_msg(strcmp(meant(want[i][0], NULL, true, names), want[i][1]) == 0,
		    "%s means %s", want[i][0], meant(want[i][0], NULL, true, names));
}
END_TEST

/* Without the literal name the pattern counts; with it, only the name. */
START_TEST(a_literal_name_wins)
{
	static const char *const with[] = {"alog", "blog", "*log", NULL};
	static const char *const without[] = {"alog", "blog", "clog_", NULL};

	ck_assert_str_eq(meant("*log", NULL, false, with), "*");
	ck_assert_str_eq(meant("*log", NULL, false, without), "ab");
	ck_assert_str_eq(meant("db.*log", "db", true, with), "*");
}
END_TEST

START_TEST(qualified_names)
{
	static const char *const names[] = {"a", "b.c", "db.x", "dlog", NULL};

	ck_assert_str_eq(meant("db.a", "db", false, names), "a");
	ck_assert_str_eq(meant("db.a", "db", true, names), "a");
	ck_assert_str_eq(meant("DB.a", "db", true, names), "");
	ck_assert_str_eq(meant("a", "db", false, names), "a");
	ck_assert_str_eq(meant("a", "db", true, names), "");
	ck_assert_str_eq(meant("db.b.c", "db", true, names), "b");
	ck_assert_str_eq(meant("b.c", "db", false, names), "b");
	ck_assert_str_eq(meant("b.c", "db", true, names), "");
	ck_assert_str_eq(meant("db.x", "db", false, names), "d"); /* the table `db.x` */
	ck_assert_str_eq(meant("db.*", "db", true, names), "abdd");
	ck_assert_str_eq(meant("d?.*", "db", true, names), "abdd");
	ck_assert_str_eq(meant("*.?log", "db", true, names), "d");
	/* The `*` for the table's name does not reach into the database's. */
	ck_assert_str_eq(meant("d*", "db", false, names), "dd");
	ck_assert_str_eq(meant("d*", "db", true, names), "");
	ck_assert_str_eq(meant("a.b.*", "a.b", true, names), "abdd");
}
END_TEST

START_TEST(what_meets_nothing_is_named)
{
	static const char *const names[] = {"a", "b", NULL};
	static struct selection s;
	bool marks[2];

	unit_catch();
	ck_assert_int_eq(selection_check(&s, "db"), 0);
	selection_add(&s.tables, "a");
	selection_add(&s.tables, "x*");
	selection_add(&s.ignored, "db.b");
	selection_add(&s.ignored_rows, "db.y");
	selection_mark(&s.tables, NULL, false, names, 2, marks);
	ck_assert(marks[0] && !marks[1]);
	selection_mark(&s.ignored, "db", false, names, 2, marks);
	selection_mark(&s.ignored_rows, "db", false, names, 2, marks);
	ck_assert_int_eq(selection_check(&s, "db"), 65);
	s.tables.n = 1;
	ck_assert_int_eq(selection_check(&s, "db"), 65);
	s.ignored_rows.n = 0;
	ck_assert_int_eq(selection_check(&s, "db"), 0);
	s.ignored.items[0].used = false;
	ck_assert_int_eq(selection_check(&s, "db"), 65);
	ck_assert_str_eq(unit_caught(),
	    "check_selection: db: no table or view \"x*\"\n"
	    "check_selection: --ignore-table-data: no table or view \"db.y\"\n"
	    "check_selection: --ignore-table: no table or view \"db.b\"\n");
	selection_free(&s);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("selection");

	tcase_add_test(tc, patterns);
	tcase_add_test(tc, a_literal_name_wins);
	tcase_add_test(tc, qualified_names);
	tcase_add_test(tc, what_meets_nothing_is_named);
	return unit_main(tc);
}
