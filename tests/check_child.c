#include "unit.h"

#include <stdint.h>
#include <sys/stat.h>

#include "base/child.h"
#include "base/io.h"
#include "base/sig.h"

#define ARGV(...) ((char *[]){__VA_ARGS__, NULL})
#define SH(script) ARGV(W("sh"), W("-c"), W(script))

/* argv's type knows no constants, and nobody writes there. */
static char *
W(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* Run ${script}; return how it ended and, in ${*text}, what it wrote. */
static int
shell(const char *script, const char **text)
{
	static char *out;
	int rc;

	free(out);
	out = NULL;
	*text = "";
	rc = child_output(SH(script), 65536, &out);
	if (rc != -1)
		*text = out;
	return rc;
}

START_TEST(ends)
{
	static const struct {
		const char *script;
		int want;
	} table[] = {{"exit 0", 0}, {"exit 7", 7}, {"exit 255", 255}, {"kill -KILL $$", 137},
	    {"kill -TERM $$", 143}, {"kill -PIPE $$", 141}};
	struct child c;
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		ck_assert_int_eq(
		    child_start(&c, SH(table[i].script), NULL, NULL, 0, -1, -1), 0);
		ck_assert_int_eq(c.in, -1);
		ck_assert_int_eq(c.out, -1);
		ck_assert_int_eq(child_wait(&c), table[i].want);
	}
}
END_TEST

START_TEST(failures)
{
	struct child c = {.pid = -1, .in = -1, .out = -1};
	char *text = NULL;

	unit_write("plain", "exit 0\n");
	mkdir("dir", 0700);
	unit_catch();
	ck_assert_int_eq(
	    child_start(&c, ARGV(W("no-such-thing")), NULL, NULL, CHILD_IN, -1, -1), -1);
	ck_assert_int_eq(child_start(&c, ARGV(W("./plain")), NULL, NULL, 0, -1, -1), -1);
	ck_assert_int_eq(child_start(&c, ARGV(W("true")), NULL, "nowhere", 0, -1, -1), -1);
	ck_assert_int_eq(c.pid, -1);
	ck_assert_int_eq(c.in, -1);
	ck_assert_int_eq(child_wait(&c), -1);
	ck_assert_int_eq(child_output(ARGV(W("no-such-thing")), 10, &text), -1);
	ck_assert_ptr_null(text);
	ck_assert_str_eq(unit_caught(),
	    "check_child: start no-such-thing: No such file or directory\n"
	    "check_child: start ./plain: Permission denied\n"
	    "check_child: start true in nowhere: No such file or directory\n"
	    "check_child: wait: no child was started\n"
	    "check_child: start no-such-thing: No such file or directory\n");
	/* Somebody else has waited for it. */
	ck_assert_int_eq(child_start(&c, SH("exit 3"), NULL, NULL, 0, -1, -1), 0);
	ck_assert_int_eq(unit_wait(c.pid), 3);
	unit_catch();
	ck_assert_int_eq(child_wait(&c), -1);
	ck_assert_ptr_nonnull(strstr(unit_caught(), ": No child processes\n"));
}
END_TEST

START_TEST(pipes)
{
	struct child c, other;
	char buf[8] = "";

	ck_assert_int_eq(
	    child_start(&c, ARGV(W("cat")), NULL, NULL, CHILD_IN | CHILD_OUT, -1, -1), 0);
	/* A second child holds none of the first one's ends, or the first would never end. */
	ck_assert_int_eq(
	    child_start(&other, ARGV(W("sleep"), W("1000")), NULL, NULL, 0, -1, -1), 0);
	ck_assert_int_eq(io_write(c.in, "hello", 5), 0);
	ck_assert_int_eq(io_close(&c.in), 0);
	ck_assert_int_eq(io_read(c.out, buf, sizeof(buf)), 5);
	ck_assert_str_eq(buf, "hello");
	ck_assert_int_eq(child_wait(&c), 0);
	ck_assert_int_eq(c.out, -1);
	kill(other.pid, SIGKILL);
	ck_assert_int_eq(child_wait(&other), 137);
	/* Waiting closes what is open: cat ends. */
	ck_assert_int_eq(child_start(&c, ARGV(W("cat")), NULL, NULL, CHILD_IN, -1, -1), 0);
	ck_assert_int_eq(child_wait(&c), 0);
	ck_assert_int_eq(c.in, -1);
}
END_TEST

/* A file as stdin, which stays the caller's and is read from where it stands. */
START_TEST(filter)
{
	struct child c;
	char buf[16] = "";
	int fd = open("in", O_RDWR | O_CREAT, 0600);

	ck_assert_int_eq(io_write(fd, "hello", 5), 0);
	ck_assert_int_eq(lseek(fd, 1, SEEK_SET), 1);
	ck_assert_int_eq(child_filter(&c, ARGV(W("cat")), CHILD_OUT, fd, -1, -1), 0);
	ck_assert_int_eq(c.in, -1);
	ck_assert_int_eq(io_read(c.out, buf, sizeof(buf)), 4);
	ck_assert_str_eq(buf, "ello");
	ck_assert_int_eq(child_wait(&c), 0);
	/* A pipe is not asked for, whatever the flags say. */
	ck_assert_int_eq(lseek(fd, 0, SEEK_SET), 0);
	ck_assert_int_eq(
	    child_filter(&c, SH("test \"$(cat)\" = hello"), CHILD_IN, fd, -1, -1), 0);
	ck_assert_int_eq(c.in, -1);
	ck_assert_int_eq(child_wait(&c), 0);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(descriptors)
{
	struct child c;
	const char *text;
	int one = open("one", O_RDWR | O_CREAT, 0600),
	    two = open("two", O_RDWR | O_CREAT, 0600);

	/* stdin without a pipe is empty. */
	ck_assert_int_eq(shell("cat; readlink /proc/self/fd/0", &text), 0);
	ck_assert_str_eq(text, "/dev/null\n");
	ck_assert_int_eq(
	    child_start(&c, SH("echo out; echo err >&2"), NULL, NULL, 0, one, two), 0);
	ck_assert_int_eq(child_wait(&c), 0);
	ck_assert_str_eq(unit_read("one"), "out\n");
	ck_assert_str_eq(unit_read("two"), "err\n");
	ck_assert_int_eq(
	    child_start(&c, SH("echo err >&2"), NULL, NULL, CHILD_QUIET, one, two), 0);
	ck_assert_int_eq(child_wait(&c), 0);
	ck_assert_str_eq(unit_read("one"), "out\n");
	ck_assert_str_eq(unit_read("two"), "err\n");
	unit_catch();
	ck_assert_int_eq(child_start(&c, SH("echo ours >&2"), NULL, NULL, 0, -1, -1), 0);
	ck_assert_int_eq(child_wait(&c), 0);
	ck_assert_str_eq(unit_caught(), "ours\n");
}
END_TEST

/* Our own stdout and stderr, exchanged, and with everything closed. */
START_TEST(standard_descriptors)
{
	struct child c;
	pid_t pid;
	int fd;

	if ((pid = fork()) == 0) {
		dup2(open("one", O_RDWR | O_CREAT, 0600), 1);
		dup2(open("two", O_RDWR | O_CREAT, 0600), 2);
		if (child_start(&c, SH("echo out; echo err >&2"), NULL, NULL, 0, 2, 1) == -1)
			_exit(1);
		_exit(child_wait(&c));
	}
	ck_assert_int_eq(unit_wait(pid), 0);
	ck_assert_str_eq(unit_read("one"), "err\n");
	ck_assert_str_eq(unit_read("two"), "out\n");
	if ((pid = fork()) == 0) {
		char buf[8] = "";

		close(0);
		close(1);
		close(2);
		if (child_start(&c, SH("echo err >&2 || exit 6; cat; exit 5"), NULL, NULL,
			CHILD_IN | CHILD_OUT, -1, -1) == -1)
			_exit(1);
		if (io_write(c.in, "hello", 5) == -1 || io_close(&c.in) == -1 ||
		    io_read(c.out, buf, sizeof(buf)) != 5 || strcmp(buf, "hello") != 0)
			_exit(2);
		if ((fd = open("/dev/null", O_RDONLY)) !=
		    0) /* nothing of ours took their place */
			_exit(3);
		_exit(child_wait(&c));
	}
	ck_assert_int_eq(unit_wait(pid), 5);
}
END_TEST

START_TEST(surroundings)
{
	struct child c;
	char here[PATH_MAX], buf[PATH_MAX + 64], want[PATH_MAX + 64];
	ssize_t n;

	mkdir("dir", 0700);
	ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
	setenv("OURS", "ours", 1);
	ck_assert_int_eq(child_start(&c, SH("pwd -P; echo $OURS; env | grep -c ^ONLY="),
			     ARGV(W("ONLY=1")), "dir", CHILD_OUT, -1, -1),
	    0);
	n = io_read(c.out, buf, sizeof(buf) - 1);
	ck_assert_int_ge(n, 0);
	buf[n] = '\0';
	ck_assert_int_eq(child_wait(&c), 0);
	snprintf(want, sizeof(want), "%s/dir\n\n1\n", here);
	ck_assert_str_eq(buf, want);
	ck_assert_int_eq(child_start(&c, SH("echo $OURS"), NULL, NULL, CHILD_OUT, -1, -1), 0);
	ck_assert_int_eq(io_read(c.out, buf, sizeof(buf)), 5);
	ck_assert_mem_eq(buf, "ours\n", 5);
	ck_assert_int_eq(child_wait(&c), 0);
}
END_TEST

START_TEST(signals_are_default)
{
	/* glibc's posix_spawn leaves its own two, 32 and 33, ignored: they are never sent. */
	const unsigned long long internal = 3ULL << 31;
	unsigned long long blocked = 1, ignored = 1;
	const char *text;
	sigset_t all;

	sig_setup();
	signal(SIGQUIT, SIG_IGN);
	signal(SIGUSR2, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	ck_assert_int_eq(shell("exec grep -E '^Sig(Blk|Ign)' /proc/self/status", &text), 0);
	ck_assert_int_eq(sscanf(text, "SigBlk: %llx SigIgn: %llx", &blocked, &ignored), 2);
	ck_assert_uint_eq(blocked, 0);
	ck_assert_uint_eq(ignored & ~internal, 0);
}
END_TEST

START_TEST(nohup_holds_for_children)
{
	struct sigaction ignored = {.sa_handler = SIG_IGN}, old;
	const char *text;
	int rc;

	ck_assert_int_eq(shell("kill -HUP $$; echo alive", &text), 129);
	ck_assert_int_eq(sigaction(SIGHUP, &ignored, &old), 0);
	rc = shell("kill -HUP $$; echo alive", &text);
	ck_assert_int_eq(sigaction(SIGHUP, &old, NULL), 0);
	ck_assert_int_eq(rc, 0);
	ck_assert_str_eq(text, "alive\n");
}
END_TEST

START_TEST(groups)
{
	struct child c;

	ck_assert_int_eq(child_start(&c, ARGV(W("cat")), NULL, NULL, CHILD_IN, -1, -1), 0);
	ck_assert_int_eq(getpgid(c.pid), getpgrp());
	ck_assert_int_eq(child_wait(&c), 0);
	ck_assert_int_eq(
	    child_start(&c, ARGV(W("cat")), NULL, NULL, CHILD_IN | CHILD_GROUP, -1, -1), 0);
	ck_assert_int_eq(getpgid(c.pid), c.pid);
	ck_assert_int_eq(child_wait(&c), 0);
}
END_TEST

/* A stop from before the wait reaches even a suspended child. */
START_TEST(stopped_before)
{
	static const int stops[] = {SIGTERM, SIGINT, SIGHUP};
	struct child c;

	sig_setup();
	ck_assert_int_eq(
	    child_start(&c, SH("kill -STOP $$"), NULL, NULL, CHILD_GROUP, -1, -1), 0);
	raise(stops[_i]);
	ck_assert_int_eq(child_wait(&c), 128 + stops[_i]);
}
END_TEST

/* The signal that stops us stops the child, which may say goodbye in its own way. */
START_TEST(stop_is_passed_on)
{
	static const char *const names[] = {"TERM", "INT", "HUP"};
	char script[128];
	struct child c;

	sig_setup();
	snprintf(script, sizeof(script),
	    "trap 'exit 9' %s; kill -%s $PPID; while :; do sleep .01; done", names[_i],
	    names[_i]);
	ck_assert_int_eq(child_start(&c, SH(script), NULL, NULL, 0, -1, -1), 0);
	ck_assert_int_eq(child_wait(&c), 9);
}
END_TEST

/* A leader that dies at once leaves a stage that cleans up: that is waited for. */
/* What must not be left half done hears nothing of the stop, and is waited for. */
START_TEST(finished)
{
	struct child c;

	sig_setup();
	ck_assert_int_eq(
	    child_start(&c, SH("sleep 1.5; exit 7"), NULL, NULL, CHILD_GROUP, -1, -1), 0);
	raise(SIGTERM);
	ck_assert_int_eq(child_finish(&c), 7);
	ck_assert_int_eq(sig_stop(), SIGTERM);
}
END_TEST

START_TEST(found)
{
	mkdir("bin", 0700);
	mkdir("bin/folder", 0700);
	unit_write("bin/plain", "");
	unit_write("bin/program", "");
	unit_write("here", "");
	ck_assert_int_eq(chmod("bin/program", 0700), 0);
	ck_assert_int_eq(chmod("here", 0700), 0);
	setenv("PATH", "/nowhere:bin", 1);
	ck_assert(child_exists("program"));
	ck_assert(!child_exists("plain"));
	ck_assert(!child_exists("folder"));
	ck_assert(!child_exists("none"));
	ck_assert(!child_exists("here"));
	setenv("PATH", "/nowhere:", 1);
	ck_assert(child_exists("here"));
	setenv("PATH", "", 1);
	ck_assert(child_exists("here"));
	unsetenv("PATH");
	ck_assert(!child_exists("here"));
}
END_TEST

START_TEST(the_rest_of_the_group)
{
	struct child c;

	sig_setup();
	ck_assert_int_eq(
	    child_start(&c,
		SH("sh -c 'trap \"sleep .5; echo yes >cleaned; exit\" TERM; >ready; "
		   "while :; do sleep .01; done' & until [ -e ready ]; do sleep .01; done; "
		   "kill -TERM $PPID; wait"),
		NULL, NULL, CHILD_GROUP, -1, -1),
	    0);
	ck_assert_int_eq(child_wait(&c), 143);
	ck_assert_str_eq(unit_read("cleaned"), "yes\n");
}
END_TEST

/*
 * Who does not listen is killed: a leader with all it has, and what a leader left.  Both at once,
 * since each takes the ten seconds.
 */
START_TEST(deaf_children)
{
	static const char *const scripts[] = {
	    "trap '' TERM; sleep 1000 & echo $! >deaf0; kill -TERM $PPID; wait; sleep 1000",
	    "sh -c 'trap \"\" TERM; echo $$ >deaf1; while :; do sleep 1; done' & "
	    "until [ -s deaf1 ]; do sleep .01; done; kill -TERM $PPID; wait"};
	static const char *const deaf[] = {"deaf0", "deaf1"};
	struct child c;
	pid_t pids[2], left;
	int i;

	for (i = 0; i < 2; i++) {
		if ((pids[i] = fork()) == 0) {
			sig_setup();
			if (child_start(&c, SH(scripts[i]), NULL, NULL, CHILD_GROUP, -1, -1) ==
			    -1)
				_exit(1);
			_exit(child_wait(&c));
		}
	}
	ck_assert_int_eq(unit_wait(pids[0]), 137);
	ck_assert_int_eq(unit_wait(pids[1]), 143);
	for (i = 0; i < 2; i++) {
		left = atoi(unit_read(deaf[i]));
		ck_assert_int_gt(left, 1);
		while (kill(left, 0) == 0)
			usleep(10000);
		ck_assert_int_eq(errno, ESRCH);
	}
}
END_TEST

START_TEST(outputs)
{
	const char *text;
	char *out = NULL;

	ck_assert_int_eq(shell("", &text), 0);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(shell("echo some; exit 3", &text), 3);
	ck_assert_str_eq(text, "some\n");
	ck_assert_int_eq(child_output(SH("printf 12345"), 5, &out), 0);
	ck_assert_str_eq(out, "12345");
	free(out);
	unit_catch();
	ck_assert_int_eq(child_output(SH("printf 123456"), 5, &out), -1);
	ck_assert_ptr_null(out);
	ck_assert_str_eq(unit_caught(), "check_child: output of sh: File too large\n");
	/* One that never ends is ended by the closed pipe. */
	unit_catch();
	ck_assert_int_eq(child_output(ARGV(W("yes")), 100000, &out), -1);
	ck_assert_ptr_null(out);
	ck_assert_str_eq(unit_caught(), "check_child: output of yes: File too large\n");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("child");

	tcase_add_test(t, ends);
	tcase_add_test(t, failures);
	tcase_add_test(t, pipes);
	tcase_add_test(t, filter);
	tcase_add_test(t, descriptors);
	tcase_add_test(t, standard_descriptors);
	tcase_add_test(t, surroundings);
	tcase_add_test(t, signals_are_default);
	tcase_add_test(t, nohup_holds_for_children);
	tcase_add_test(t, groups);
	tcase_add_loop_test(t, stopped_before, 0, 3);
	tcase_add_loop_test(t, stop_is_passed_on, 0, 3);
	tcase_add_test(t, finished);
	tcase_add_test(t, found);
	tcase_add_test(t, the_rest_of_the_group);
	tcase_add_test(t, deaf_children);
	tcase_add_test(t, outputs);
	return unit_main(t);
}
