#include "unit.h"

#include <stdbool.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>

#include "set/trash.h"

#define DAY INT64_C(86400)

static int64_t
now(void)
{
	return (int64_t)time(NULL);
}

/* A set of one file, ${what}. */
static void
make_set(const char *path, const char *what)
{
	char file[256];

	ck_assert_int_eq(mkdir(path, 0700), 0);
	snprintf(file, sizeof(file), "%s/file", path);
	unit_write(file, what);
}

static struct trash *
open_trash(void)
{
	struct trash *t = NULL;

	ck_assert_int_eq(trash_open("b", &t), 0);
	ck_assert_ptr_nonnull(t);
	return t;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

START_TEST(moves)
{
	struct trash *t;
	struct stat st;

	mkdir("b", 0700);
	mkdir("b/full", 0700);
	make_set("b/20261020_020000", "one");
	make_set("b/full/20261020_020000", "two");
	t = open_trash();
	ck_assert_int_eq(stat("b/.trash", &st), 0);
	ck_assert_int_eq(st.st_mode & 07777, 0700);
	ck_assert_int_eq(trash_move(t, "20261020_020000"), 0);
	ck_assert_int_eq(trash_move(t, "full/20261020_020000"), 0);
	make_set("b/20261020_020000", "three");
	ck_assert_int_eq(trash_move(t, "20261020_020000"), 0);
	ck_assert_int_eq(trash_sync(t), 0);
	trash_close(t);
	ck_assert_str_eq(unit_read("b/.trash/20261020_020000/file"), "one");
	ck_assert_str_eq(unit_read("b/.trash/20261020_020000.1/file"), "two");
	ck_assert_str_eq(unit_read("b/.trash/20261020_020000.2/file"), "three");
	ck_assert(!is_there("b/20261020_020000") && !is_there("b/full/20261020_020000"));
	trash_close(NULL);
}
END_TEST

/* The age is that of the move, whatever the set's own dates are, and by any clock. */
START_TEST(ages)
{
	const struct timespec old[2] = {{.tv_sec = 1000000000}, {.tv_sec = 1000000000}};
	struct trash *t;
	size_t gone = 0;

	mkdir("b", 0700);
	make_set("b/20261020_020000", "x");
	make_set("b/20261021_020000", "x");
	ck_assert_int_eq(utimensat(AT_FDCWD, "b/20261020_020000", old, 0), 0);
	t = open_trash();
	ck_assert_int_eq(trash_move(t, "20261020_020000"), 0);
	ck_assert_int_eq(utimensat(AT_FDCWD, "b/20261021_020000", old, 0), 0);
	/* By hand: the folder's change counts. */
	ck_assert_int_eq(rename("b/20261021_020000", "b/.trash/20261021_020000"), 0);
	ck_assert_int_eq(trash_empty(t, 3 * DAY, now(), &gone), 0);
	ck_assert_int_eq(trash_empty(t, 3 * DAY, now() + 3 * DAY - 60, &gone), 0);
	ck_assert_int_eq(trash_empty(t, 0, now() - 3650 * DAY, &gone), 0);
	ck_assert_uint_eq(gone, 0);
	ck_assert(is_there("b/.trash/20261020_020000") && is_there("b/.trash/20261021_020000"));
	ck_assert_int_eq(trash_empty(t, 3 * DAY, now() + 3 * DAY, &gone), 0);
	ck_assert_uint_eq(gone, 2);
	ck_assert_int_eq(rmdir("b/.trash"), 0);
	trash_close(t);
}
END_TEST

START_TEST(leftovers)
{
	struct trash *t;
	size_t gone = 0;

	mkdir("b", 0700);
	t = open_trash();
	make_set("b/.trash/.gone.20261020_020000", "half");
	make_set("b/.trash/20261020_020000", "x");
	unit_write("b/.trash/a file", "x");
	ck_assert_int_eq(symlink("/", "b/.trash/a link"), 0);
	ck_assert_int_eq(trash_empty(t, DAY, now(), &gone), 0);
	ck_assert_uint_eq(gone, 1);
	make_set("b/.trash/.gone.20261020_020000", "half");
	ck_assert_int_eq(trash_empty(t, 0, now(), &gone), 0);
	ck_assert_int_eq(rmdir("b/.trash"), 0);
	trash_close(t);
}
END_TEST

START_TEST(failures)
{
	struct trash *t, *other = NULL;
	size_t gone = 0;

	unit_catch();
	ck_assert_int_eq(trash_open("none", &other), EX_CANTCREAT);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "none: No such file or directory"));
	mkdir("b", 0700);
	t = open_trash();
	unit_catch();
	ck_assert_int_eq(trash_open("b", &other), EX_TEMPFAIL);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "b: another process is pruning it\n"));
	ck_assert_ptr_null(other);
	unit_catch();
	ck_assert_int_eq(trash_move(t, "20261020_020000"), EX_CANTCREAT);
	ck_assert_ptr_nonnull(strstr(
	    unit_caught(), "move b/20261020_020000 to b/.trash: No such file or directory\n"));
	trash_close(t);
	ck_assert_int_eq(rmdir("b/.trash"), 0);
	unit_write("b/.trash", "");
	unit_catch();
	ck_assert_int_eq(trash_open("b", &other), EX_CANTCREAT);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "b/.trash: Not a directory\n"));
	unlink("b/.trash");
	mkdir("elsewhere", 0700);
	ck_assert_int_eq(symlink("../elsewhere", "b/.trash"), 0);
	unit_catch();
	ck_assert_int_eq(trash_open("b", &other), EX_CANTCREAT);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "b/.trash: "));
	unlink("b/.trash");
	/* The lock went with the failures. */
	t = open_trash();
	ck_assert_int_eq(trash_empty(t, 0, now(), &gone), 0);
	trash_close(t);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("trash");

	tcase_add_test(t, moves);
	tcase_add_test(t, ages);
	tcase_add_test(t, leftovers);
	tcase_add_test(t, failures);
	return unit_main(t);
}
