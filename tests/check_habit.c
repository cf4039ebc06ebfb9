#include <getopt.h>

#include "sql/habit.h"
#include "unit.h"

static const struct option own[] = {
    {"where", required_argument, NULL, 'w'},
    {"help", no_argument, NULL, 256},
    {NULL, 0, NULL, 0},
};

/* Parse ${words} (up to a NULL) as siantre-dump does; return what went to stderr. */
static const char *
parse(const char *const *words, int *rc)
{
	static struct option all[3 + HABIT_COUNT];
	char *argv[16] = {(char[]){"check_habit"}};
	int argc = 1, c;

	habit_options(own, all);
	while (*words != NULL)
		argv[argc++] = strdup(*words++);
	optind = 0; /* from the start, in glibc */
	*rc = 0;
	unit_catch();
	while (*rc == 0 && (c = getopt_long(argc, argv, "w:" HABIT_LETTERS, all, NULL)) != -1)
		*rc = c == '?' ? -1 : c == 'w' || c == 256 ? 0 : habit_take(c, optarg);
	while (--argc > 0)
		free(argv[argc]);
	return unit_caught();
}

START_TEST(what_is_always_done_is_accepted)
{
	static const char *const words[] = {"--single-transaction", "--quick", "--opt",
	    "--routines", "-R", "-E", "--events=1", "--triggers=TRUE", "--hex-blob",
	    "--where=x", "-w", "x", "-ceiQaylx"};
	static const char *const more[] = {"--set-gtid-purged=OFF", "--set-gtid-purged", "off",
	    "--column-statistics=0", "--default-character-set", "utf8mb4", "--lock-tables=0",
	    "--max-allowed-packet=1G", "--skip-lock-tables", "--no-tablespaces", "-H",
	    "--compress=0", "--skip-dump-date", NULL};
	const char *list[sizeof(words) / sizeof(words[0]) + 1] = {0};
	int rc;

	memcpy(list, words, sizeof(words));
	ck_assert_str_eq(parse(list, &rc), "");
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(parse(more, &rc), "");
	ck_assert_int_eq(rc, 0);
}
END_TEST

static const char *const refused[][2] = {
    {"--set-gtid-purged=ON", "--set-gtid-purged=ON: no statement for replication is written"},
    {"--set-gtid-purged=of", "--set-gtid-purged=of: no statement for replication is written"},
    {"--column-statistics", "--column-statistics: histograms are not dumped"},
    {"--column-statistics=1", "--column-statistics=1: histograms are not dumped"},
    {"--default-character-set=latin1", "--default-character-set=latin1: the dump is utf8mb4"},
    {"--routines=0", "--routines=0: --skip-routines leaves them out"},
    {"--routines=", "--routines=: --skip-routines leaves them out"},
    {"--skip-comments", "--skip-comments: settings and comments are part of the dump"},
    {"--compact", "--compact: settings and comments are part of the dump"},
    {"-N", "--no-set-names: settings and comments are part of the dump"},
    {"-X", "--xml: the dump is SQL on stdout"},
    {"-r/tmp/x", "--result-file=/tmp/x: the dump is SQL on stdout"},
    {"--tab=/tmp", "--tab=/tmp: the dump is SQL on stdout"},
    {"--skip-tz-utc", "--skip-tz-utc: times are UTC"},
    {"--insert-ignore", "--insert-ignore: rows are written as plain INSERT statements"},
    {"--opt=0", "--opt=0: this is always done"},
    {"-F", "--flush-logs: nothing on the server is changed"},
};

START_TEST(what_is_never_done_is_refused_by_name)
{
	char want[128];
	int rc;

	snprintf(want, sizeof(want), "check_habit: %s\n", refused[_i][1]);
	ck_assert_str_eq(parse((const char *[]){refused[_i][0], NULL}, &rc), want);
	ck_assert_int_eq(rc, -1);
}
END_TEST

START_TEST(no_letter_and_no_name_twice)
{
	static struct option all[3 + HABIT_COUNT];
	char letters[128] = "";

	habit_options(own, all);
	for (size_t i = 0; all[i].name != NULL; i++) {
		for (size_t k = 0; k < i; k++) {
			ck_assert_str_ne(all[i].name, all[k].name);
			ck_assert_int_ne(all[i].val, all[k].val);
		}
		if (all[i].val < 256 && all[i].val != 'w') {
			ck_assert_ptr_nonnull(strchr(HABIT_LETTERS, all[i].val));
			letters[strlen(letters)] = (char)all[i].val;
		}
	}
	ck_assert_uint_eq(strlen(letters) + 2, strlen(HABIT_LETTERS));
	ck_assert_int_eq(habit_take('w', NULL), 1);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("habit");

	tcase_add_test(tc, what_is_always_done_is_accepted);
	tcase_add_loop_test(tc, what_is_never_done_is_refused_by_name, 0,
	    (int)(sizeof(refused) / sizeof(refused[0])));
	tcase_add_test(tc, no_letter_and_no_name_twice);
	return unit_main(tc);
}
