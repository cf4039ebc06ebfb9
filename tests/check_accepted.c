#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "ship/accepted.h"

#define A "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
#define B "e258d248fda94c63753607f7c4494ee0fcbe92f1a76bfdac795c9d84101eb317"

START_TEST(round_trip)
{
	struct accepted *a = accepted_new();
	struct stat st, again;
	int dir = unit_folder(".");

	ck_assert_ptr_nonnull(a);
	ck_assert_int_eq(accepted_add(a, "full/20261122_040000", A), 0);
	ck_assert_int_eq(accepted_add(a, "20261123_020000", A), 0);
	ck_assert_int_eq(accepted_add(a, "20261121_020000", B), 0);
	ck_assert_int_eq(
	    accepted_add(a, "20261123_020000", B), 0); /* once, and the last counts */
	ck_assert_int_eq(accepted_write(a, dir, "."), 0);
	ck_assert_str_eq(unit_read("ACCEPTED"),
	    "20261121_020000  " B "\n20261123_020000  " B "\nfull/20261122_040000  " A "\n");
	ck_assert_int_eq(stat("ACCEPTED", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0444);
	/* What says so already stays. */
	ck_assert_int_eq(accepted_write(a, dir, "."), 0);
	ck_assert_int_eq(stat("ACCEPTED", &again), 0);
	ck_assert_uint_eq(again.st_ino, st.st_ino);
	accepted_free(a);

	ck_assert_int_eq(accepted_read("ACCEPTED", &a), 0);
	ck_assert_str_eq(accepted_set(a, 2), "full/20261122_040000");
	ck_assert_str_eq(accepted_hex(a, 0), B);
	ck_assert_ptr_null(accepted_set(a, 3));
	ck_assert_ptr_null(accepted_hex(a, 3));
	ck_assert_str_eq(accepted_find(a, "full/20261122_040000"), A);
	ck_assert_ptr_null(accepted_find(a, "20261122_040000"));
	ck_assert_ptr_null(accepted_find(a, "full/20261122_04000"));
	ck_assert_str_eq(accepted_name("full/20261122_040000"), "20261122_040000");
	ck_assert_str_eq(accepted_name("20261122_040000"), "20261122_040000");
	accepted_free(a);
	accepted_free(NULL);
	close(dir);
}
END_TEST

START_TEST(nothing)
{
	struct accepted *a = accepted_new(), *b = NULL;
	int dir = unit_folder(".");

	ck_assert_int_eq(accepted_read("ACCEPTED", &b), 0);
	ck_assert_ptr_null(b);
	ck_assert_int_eq(accepted_write(a, dir, "."), 0);
	ck_assert_str_eq(unit_read("ACCEPTED"), "");
	ck_assert_int_eq(accepted_read("ACCEPTED", &b), 0);
	ck_assert_ptr_nonnull(b);
	ck_assert_ptr_null(accepted_set(b, 0));
	ck_assert_ptr_null(accepted_find(b, "20261123_020000"));
	accepted_free(a);
	accepted_free(b);
	close(dir);
}
END_TEST

static const struct {
	const char *text, *words;
} bad[] = {
    {"20261123_020000  " A, "A: not lines of text, or cut short"},
    {"\n", "A:1: not a set and a digest"},
    {"20261123_020000\n", "A:1: not a set and a digest"},
    {"20261123_020000 " A "\n", "A:1: not a set and a digest"},
    {"20261123_020000  " A "0\n", "A:1: no SHA-256 digest"},
    {"20261123_020000   " A "\n", "A:1: no SHA-256 digest"},
    {"20261123_020000  " A "\r\n", "A:1: no SHA-256 digest"},
    {"20261323_020000  " A "\n", "A:1: not the name of a set"},
    {"/20261123_020000  " A "\n", "A:1: not the name of a set"},
    {"full/full/20261123_020000  " A "\n", "A:1: not the name of a set"},
    {"../20261123_020000  " A "\n", "A:1: not the name of a set"},
    {"20261123_020000  " A "\n20261123_020000  " A "\n", "A:2: not in order"},
    {"20261123_020000  " A "\n20261122_020000  " A "\n", "A:2: not in order"},
    {"full/20261123_020000  " A "\n20261124_020000  " A "\n", "A:2: not in order"},
};

START_TEST(refused)
{
	const char *said;
	struct accepted *a;
	char line[128];

	unit_catch();
	ck_assert_int_eq(
	    accepted_parse(bad[_i].text, strlen(bad[_i].text), "A", &a), EX_DATAERR);
	said = unit_caught();
	snprintf(line, sizeof(line), "check_accepted: %s\n", bad[_i].words);
	ck_assert_str_eq(said, line);
	ck_assert_ptr_null(a);
}
END_TEST

/* A NUL, something else than a file, and one without end. */
START_TEST(not_a_list)
{
	const char nul[] = "20261123_020000  " A "\0\n";
	struct accepted *a;

	unit_catch();
	ck_assert_int_eq(accepted_parse(nul, sizeof(nul) - 1, "A", &a), EX_DATAERR);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(accepted_read("fifo", &a), EX_DATAERR);
	ck_assert_int_eq(symlink("fifo", "link"), 0);
	ck_assert_int_eq(accepted_read("link", &a), EX_IOERR);
	unit_write("large", "");
	ck_assert_int_eq(truncate("large", ACCEPTED_MAX + 1), 0);
	ck_assert_int_eq(accepted_read("large", &a), EX_DATAERR);
	ck_assert_ptr_null(a);
	(void)unit_caught();
}
END_TEST

/* Whatever has taken the name gives way, and what it points to stays. */
START_TEST(name_taken)
{
	struct accepted *a = accepted_new();
	struct stat st;
	int dir;

	ck_assert_int_eq(mkdir("d", 0700), 0);
	unit_write("victim", "safe");
	dir = unit_folder("d");
	ck_assert_int_eq(accepted_add(a, "20261121_020000", B), 0);
	for (int i = 0; i < 5; i++) {
		unlink("d/ACCEPTED");
		if (i == 0)
			ck_assert_int_eq(symlink("../victim", "d/ACCEPTED"), 0);
		else if (i == 1)
			ck_assert_int_eq(link("victim", "d/ACCEPTED"), 0);
		else if (i == 2)
			ck_assert_int_eq(mkfifo("d/ACCEPTED", 0600), 0);
		else if (i == 3)
			ck_assert_int_eq(
			    system("mkdir -p d/ACCEPTED/x/y && ln -s ../../.. d/ACCEPTED/x/z"),
			    0);
		else
			ck_assert_int_eq(symlink("nowhere", "d/ACCEPTED"), 0);
		ck_assert_int_eq(accepted_write(a, dir, "d"), 0);
		ck_assert_int_eq(lstat("d/ACCEPTED", &st), 0);
		ck_assert(S_ISREG(st.st_mode) && st.st_nlink == 1);
		ck_assert_str_eq(unit_read("d/ACCEPTED"), "20261121_020000  " B "\n");
		ck_assert_str_eq(unit_read("victim"), "safe");
		ck_assert_int_eq(system("test \"$(ls -A d)\" = ACCEPTED"), 0);
	}
	accepted_free(a);
	close(dir);
}
END_TEST

/* A full disk leaves what was there. */
START_TEST(no_room)
{
	struct accepted *a = accepted_new();
	int dir = unit_folder("."), rc;

	ck_assert_int_eq(accepted_add(a, "20261121_020000", B), 0);
	ck_assert_int_eq(accepted_write(a, dir, "."), 0);
	ck_assert_int_eq(accepted_add(a, "20261122_020000", B), 0);
	unit_catch();
	unit_file_limit(100);
	rc = accepted_write(a, dir, ".");
	unit_file_limit(0);
	ck_assert_int_eq(rc, -1);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "write ./ACCEPTED: File too large"));
	ck_assert_str_eq(unit_read("ACCEPTED"), "20261121_020000  " B "\n");
	ck_assert_int_eq(system("test \"$(ls -A)\" = ACCEPTED"), 0);
	accepted_free(a);
	close(dir);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("accepted");

	tcase_add_test(cases, round_trip);
	tcase_add_test(cases, nothing);
	tcase_add_loop_test(cases, refused, 0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(cases, not_a_list);
	tcase_add_test(cases, name_taken);
	tcase_add_test(cases, no_room);
	return unit_main(cases);
}
