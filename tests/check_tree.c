#include "unit.h"

#include <sys/stat.h>

#include "base/tree.h"

static bool
there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

START_TEST(all_of_it)
{
	int here = unit_folder(".");

	ck_assert_int_eq(
	    system("mkdir -p t/a/b/c t/d out && touch t/f t/a/f t/a/b/.g out/kept && "
		   "ln -s ../../out t/a/out && ln -s / t/root && ln -s t t/d/loop && "
		   "ln out/kept t/d/hard && mkfifo t/a/p"),
	    0);
	ck_assert_int_eq(tree_remove("t", false), 0);
	ck_assert_int_eq(system("test -d t && test -z \"$(ls -A t)\" && test -f out/kept"), 0);
	ck_assert_int_eq(system("mkdir -p t/a/b && touch t/a/f"), 0);
	ck_assert_int_eq(tree_remove("t", true), 0);
	ck_assert(!there("t"));
	ck_assert_int_eq(system("mkdir -p u/t/a/b && touch u/t/a/f u/kept"), 0);
	ck_assert_int_eq(tree_remove_at(here, "u", "."), 0);
	ck_assert(!there("u"));
	close(here);
}
END_TEST

START_TEST(not_a_folder)
{
	int here = unit_folder(".");

	ck_assert_int_eq(tree_remove("none", true), 0);
	ck_assert_int_eq(tree_remove("none/none", false), 0);
	ck_assert_int_eq(tree_remove_at(here, "none", "."), 0);
	ck_assert_int_eq(
	    system("mkdir out && touch out/kept file && ln -s out link && mkfifo p"), 0);
	ck_assert_int_eq(tree_remove("file", true), 0);
	ck_assert_int_eq(tree_remove("link", true), 0);
	ck_assert_int_eq(tree_remove_at(here, "p", "."), 0);
	ck_assert(!there("file") && !there("link") && !there("p") && there("out/kept"));
	ck_assert_int_eq(symlink("out", "link"), 0);
	ck_assert_int_eq(tree_remove_at(here, "link", "."), 0);
	ck_assert(!there("link") && there("out/kept"));
	close(here);
}
END_TEST

/* Folders that their owner may not even read. */
START_TEST(closed)
{
	pid_t pid = fork();

	ck_assert_int_ne(pid, -1);
	if (pid == 0) {
		int rc = system("chmod 0777 . && mkdir t");

		/* Root may do anything; as nobody it shows. */
		if (geteuid() == 0 &&
		    (chown("t", 65534, 65534) != 0 || chown(".", 65534, 65534) != 0 ||
			setgid(65534) != 0 || setuid(65534) != 0))
			_exit(2);
		rc |= system(
		    "mkdir -p t/a/b t/c t/d && touch t/a/b/f t/c/f && chmod 0 t/a/b t/d && "
		    "chmod 0500 t/c && chmod 0 t/a");
		_exit(rc != 0 ? 3 : tree_remove("t", true) != 0);
	}
	ck_assert_int_eq(unit_wait(pid), 0);
	ck_assert(!there("t"));
}
END_TEST

/* Deeper than paths may be long and descriptors may be open. */
START_TEST(deep)
{
	struct rlimit files;
	int fd = unit_folder("."), next;
	char name[32];

	ck_assert_int_eq(mkdir("t", 0700), 0);
	next = openat(fd, "t", O_RDONLY | O_DIRECTORY);
	close(fd);
	fd = next;
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof(name), "folder%d", i % 7);
		ck_assert_int_eq(mkdirat(fd, name, 0700), 0);
		if (i % 100 == 0) /* two branches */
			ck_assert_int_eq(mkdirat(fd, "other", 0700), 0);
		ck_assert_int_ne(next = openat(fd, "f", O_WRONLY | O_CREAT, 0600), -1);
		close(next);
		ck_assert_int_ne(next = openat(fd, name, O_RDONLY | O_DIRECTORY), -1);
		close(fd);
		fd = next;
	}
	close(fd);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &files), 0);
	files.rlim_cur = 100;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &files), 0);
	ck_assert_int_eq(tree_remove("t", true), 0);
	ck_assert(!there("t"));
}
END_TEST

/* What stays is named, without what a terminal would obey. */
START_TEST(stays)
{
	const char *said;
	pid_t pid;
	FILE *f;

	if (geteuid() != 0)
		return;
	ck_assert_int_eq(mkdir("t", 0777), 0);
	ck_assert_int_eq(mkdir("t/a", 0755), 0);
	ck_assert_ptr_nonnull(f = fopen("t/a/one\n\x1b[31m", "w"));
	fclose(f);
	unit_write("t/a/two", "");
	ck_assert_int_eq(chmod(".", 0755), 0);
	ck_assert_int_eq(chmod("t", 0777), 0);
	unit_catch();
	if ((pid = fork()) == 0)
		_exit(setgid(65534) != 0 || setuid(65534) != 0 || tree_remove("t", true) != -1);
	ck_assert_int_eq(unit_wait(pid), 0);
	said = unit_caught();
	ck_assert_ptr_nonnull(strstr(said, "remove t/a/one??[31m: Permission denied\n"));
	ck_assert_ptr_nonnull(strstr(said, "remove t/a/two: Permission denied\n"));
	ck_assert_int_eq(tree_remove("t", true), 0);
}
END_TEST

/*
 * Somebody exchanges a folder and a link to ours all the time.  A removal by paths sooner or later
 * goes by way of the link.
 */
START_TEST(race)
{
	int rounds = 400, here = unit_folder(".");
	pid_t pid;

	ck_assert_int_eq(
	    system("mkdir victim && touch victim/0 victim/1 victim/2 victim/3"), 0);
	ck_assert_int_eq(mkdir("t", 0700), 0);
	if ((pid = fork()) == 0)
		for (;;)
			(void)renameat2(AT_FDCWD, "t/a", AT_FDCWD, "link", RENAME_EXCHANGE);
	while (rounds-- > 0) {
		char name[16];

		(void)tree_remove("link", true);
		(void)!symlink("../victim", "link");
		(void)mkdir("t", 0700);
		(void)mkdir("t/a", 0700);
		for (int i = 0; i < 4; i++) {
			int fd, dir = openat(here, "t/a", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

			snprintf(name, sizeof(name), "%d", i);
			if (dir != -1 &&
			    (fd = openat(dir, name, O_WRONLY | O_CREAT, 0600)) != -1)
				close(fd);
			if (dir != -1)
				close(dir);
		}
		(void)tree_remove("t", true);
	}
	kill(pid, SIGKILL);
	ck_assert_int_eq(unit_wait(pid), 128 + SIGKILL);
	ck_assert(
	    there("victim/0") && there("victim/1") && there("victim/2") && there("victim/3"));
	close(here);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("tree");

	tcase_add_test(cases, all_of_it);
	tcase_add_test(cases, not_a_folder);
	tcase_add_test(cases, closed);
	tcase_add_test(cases, deep);
	tcase_add_test(cases, stays);
	tcase_add_test(cases, race);
	return unit_main(cases);
}
