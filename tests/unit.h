#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

#include <check.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * What unit tests share: each runs in a fork, in an empty folder of its own; what goes to
 * stderr can be caught.
 */

static int unit_stderr = -1;

/* Catch stderr in a file. */
__attribute__((unused)) static void
unit_catch(void)
{
	int fd = open("stderr", O_RDWR | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ne(fd, -1);
	unit_stderr = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
}

/* Put stderr back; return what went there since unit_catch(). */
__attribute__((unused)) static const char *
unit_caught(void)
{
	static char text[8192];
	ssize_t n;
	int fd;

	fflush(stderr);
	dup2(unit_stderr, STDERR_FILENO);
	close(unit_stderr);
	ck_assert_int_ne(fd = open("stderr", O_RDONLY), -1);
	n = read(fd, text, sizeof(text) - 1);
	ck_assert_int_ne(n, -1);
	text[n] = '\0';
	close(fd);
	unlink("stderr");
	return text;
}

/* The content of the file ${path}, at most 64 KiB; dies where there is none. */
__attribute__((unused)) static const char *
unit_read(const char *path)
{
	static char text[65537];
	int fd = open(path, O_RDONLY);
	size_t used = 0;
	ssize_t n;

	ck_assert_msg(fd != -1, "%s cannot be opened", path);
	while ((n = read(fd, text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)n;
	ck_assert_int_eq(n, 0);
	text[used] = '\0';
	close(fd);
	return text;
}

/* Make the file ${path} of ${text}. */
__attribute__((unused)) static void
unit_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_msg(fd != -1, "%s cannot be made", path);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* Throw stderr away to the end of the test. */
__attribute__((unused)) static void
unit_quiet(void)
{
	int null = open("/dev/null", O_WRONLY);

	ck_assert_int_ge(dup2(null, STDERR_FILENO), 0);
	close(null);
}

/* Open the folder ${path}. */
__attribute__((unused)) static int
unit_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY);

	ck_assert_int_ne(fd, -1);
	return fd;
}

/*
 * Let no file grow past ${bytes}, as if the disk were full; 0 lifts the limit, which must come
 * before the next assertion, since they are written to a file.
 */
__attribute__((unused)) static void
unit_file_limit(rlim_t bytes)
{
	struct rlimit limit = {
	    .rlim_cur = bytes == 0 ? RLIM_INFINITY : bytes, .rlim_max = RLIM_INFINITY};

	signal(SIGXFSZ, SIG_IGN);
	if (setrlimit(RLIMIT_FSIZE, &limit) == -1)
		err(1, "setrlimit");
}

/* Wait for the fork ${pid}; return its exit code, or 128 and its signal. */
__attribute__((unused)) static int
unit_wait(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int
unit_remove(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
	(void)st;
	(void)what;
	(void)ftw;
	return remove(path);
}

static void
unit_enter(void)
{
	char folder[] = "test.XXXXXX";

	if (mkdtemp(folder) == NULL || chdir(folder) == -1)
		err(1, "%s", folder);
}

/* Run the tests in ${cases}; return main()'s exit code. */
static int
unit_main(TCase *cases)
{
	const char *parent = getenv("TMPDIR");
	char folder[PATH_MAX];
	SRunner *runner;
	Suite *suite;
	int failed;

	snprintf(folder, sizeof(folder), "%s/siantre-check.XXXXXX",
	    parent != NULL && *parent != '\0' ? parent : "/tmp");
	if (mkdtemp(folder) == NULL || chdir(folder) == -1)
		err(1, "%s", folder);
	/* Tests that hang up a program run under nohup(1), too. */
	signal(SIGHUP, SIG_DFL);
	tcase_set_timeout(cases, 120);
	tcase_add_checked_fixture(cases, unit_enter, NULL);
	suite = suite_create(program_invocation_short_name);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	if (chdir("/") == -1 || nftw(folder, unit_remove, 16, FTW_DEPTH | FTW_PHYS) == -1)
		warn("remove %s", folder);
	return failed == 0 ? 0 : 1;
}

#endif
