#include "unit.h"

#include <err.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <time.h>

#include "base/io.h"
#include "base/progress.h"
#include "base/sig.h"
#include "base/worker.h"

struct answer {
	int number;
	char text[16];
};

/* A task named "x" of ${work} on ${ctx}. */
static struct worker_task
task(int (*work)(void *ctx, void *result, struct progress *progress), void *ctx)
{
	return (struct worker_task){.work = work,
	    .ctx = ctx,
	    .result_size = sizeof(struct answer),
	    .keep = {-1, -1, -1, -1},
	    .name = "x"};
}

static int
answer(void *ctx, void *result, struct progress *progress)
{
	struct answer *a = result;

	a->number = *(int *)ctx + 1;
	strcpy(a->text, "done");
	progress_add(progress, 40);
	progress_add(progress, 2);
	return 65;
}

START_TEST(comes_back)
{
	struct answer a = {0};
	int number = 6;
	struct worker_task t = task(answer, &number);
	unsigned locks = 0;

	ck_assert_int_eq(worker_run(&t, NULL, &a, &locks), 65);
	ck_assert_int_eq(a.number, 7);
	ck_assert_str_eq(a.text, "done");
	ck_assert_uint_eq(locks, SANDBOX_ALL);
	/* Without anything to put it. */
	ck_assert_int_eq(worker_run(&t, NULL, NULL, NULL), 65);
	ck_assert_int_eq(number, 6);
}
END_TEST

/* One that does not come to its work tells of no lock that this kernel lacks. */
START_TEST(fails_before_it_reads)
{
	struct worker_task t = task(answer, NULL);
	struct rlimit all, few;
	unsigned locks = 0;
	int first, second, rc;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &all), 0);
	unit_catch();
	first = dup(STDERR_FILENO);
	second = dup(STDERR_FILENO);
	close(first);
	close(second);
	/* Room for the pipe, and none for /dev/null. */
	few = (struct rlimit){(rlim_t)second + 1, all.rlim_max};
	setrlimit(RLIMIT_NOFILE, &few);
	rc = worker_run(&t, NULL, NULL, &locks);
	setrlimit(RLIMIT_NOFILE, &all);
	ck_assert_str_eq(unit_caught(), "check_worker: x: descriptors: Too many open files\n");
	ck_assert_int_eq(rc, EX_OSERR);
	ck_assert_uint_eq(locks, SANDBOX_ALL);
}
END_TEST

static int
fail_to_open(void *ctx, void *result, struct progress *progress)
{
	(void)ctx;
	(void)progress;
	((struct answer *)result)->number = open("file", O_RDONLY) == -1 ? errno : 0;
	return 0;
}

START_TEST(is_locked_in)
{
	struct worker_task t = task(fail_to_open, NULL);
	struct answer a;

	unit_write("file", "abc");
	ck_assert_int_eq(worker_run(&t, NULL, &a, NULL), 0);
	ck_assert_int_eq(a.number, EPERM);
}
END_TEST

/* Which of the first 1100 descriptors it has, apart from stderr. */
static int
count_descriptors(void *ctx, void *result, struct progress *progress)
{
	struct answer *a = result;
	const int *keep = ctx;
	char byte;

	(void)progress;
	for (int fd = 0; fd < 1100; fd++)
		if (fd != STDERR_FILENO && (read(fd, &byte, 1) != -1 || errno != EBADF))
			a->number++;
	/* The ends of /dev/null. */
	if (read(STDIN_FILENO, &byte, 1) != 0 || write(STDOUT_FILENO, "x", 1) != 1)
		return 1;
	return pread(keep[0], &byte, 1, 0) == 1 && pread(keep[1], &byte, 1, 0) == 1 ? 0 : 2;
}

START_TEST(has_its_descriptors_only)
{
	int keep[2], other;
	struct worker_task t = task(count_descriptors, keep);
	struct answer a;

	unit_write("file", "abc");
	ck_assert_int_ne(other = open("file", O_RDONLY), -1);
	ck_assert_int_ne(keep[0] = fcntl(other, F_DUPFD, 20), -1);
	ck_assert_int_ne(keep[1] = fcntl(other, F_DUPFD, 900), -1);
	ck_assert_int_ne(fcntl(other, F_DUPFD, 21), -1);
	t.keep[1] = keep[1];
	t.keep[3] = keep[0];
	ck_assert_int_eq(worker_run(&t, NULL, &a, NULL), 0);
	ck_assert_int_eq(a.number, 4);
	/* Ours are as they were. */
	ck_assert_int_ne(fcntl(other, F_GETFD), -1);
}
END_TEST

static int
write_out(void *ctx, void *result, struct progress *progress)
{
	(void)ctx;
	(void)result;
	(void)progress;
	return io_write(STDOUT_FILENO, "to stdout\n", 10) == 0 ? 0 : 1;
}

START_TEST(stdout_may_be_one)
{
	struct worker_task t = task(write_out, NULL);
	int saved = dup(STDOUT_FILENO), fd = open("out", O_WRONLY | O_CREAT, 0600);

	t.keep[0] = STDOUT_FILENO;
	dup2(fd, STDOUT_FILENO);
	ck_assert_int_eq(worker_run(&t, NULL, NULL, NULL), 0);
	dup2(saved, STDOUT_FILENO);
	ck_assert_str_eq(unit_read("out"), "to stdout\n");
}
END_TEST

static int
read_byte(void *ctx, void *result, struct progress *progress)
{
	char byte;

	(void)progress;
	if (io_read(*(int *)ctx, &byte, 1) == 1)
		return byte;
	((struct answer *)result)->number = errno;
	return 1;
}

/* A descriptor that somebody made non-blocking is waited for here as well. */
START_TEST(waits_for_what_does_not_block)
{
	struct answer a = {0};
	int ends[2];
	struct worker_task t = task(read_byte, &ends[0]);
	pid_t writer;

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	t.keep[0] = ends[0];
	writer = fork();
	if (writer == 0) {
		usleep(300000);
		_exit(write(ends[1], "x", 1) == 1 ? 0 : 1);
	}
	ck_assert_msg(worker_run(&t, NULL, &a, NULL) == 'x', "%s", strerror(a.number));
	ck_assert_int_eq(unit_wait(writer), 0);
}
END_TEST

static int
say(void *ctx, void *result, struct progress *progress)
{
	(void)result;
	(void)progress;
	fputs(ctx, stderr);
	return 0;
}

START_TEST(what_it_says_is_relayed)
{
	static char text[] = "one\ntwo\033[2J\xff\xc2\x9b\r\n\nno end";
	struct worker_task t = task(say, text);

	unit_catch();
	ck_assert_int_eq(worker_run(&t, NULL, NULL, NULL), 0);
	ck_assert_str_eq(unit_caught(), "one\ntwo?[2J????\n\nno end\n");
}
END_TEST

/* 3 MiB in lines of 64 bytes, and then 1 MiB in one. */
static int
say_much(void *ctx, void *result, struct progress *progress)
{
	static char line[1 << 20];

	(void)ctx;
	(void)result;
	(void)progress;
	memset(line, 'x', sizeof(line));
	for (int i = 0; i < 49152; i++)
		if (io_write(STDERR_FILENO, line, 63) != 0 ||
		    io_write(STDERR_FILENO, "\n", 1) != 0)
			return 1;
	return io_write(STDERR_FILENO, line, sizeof(line)) == 0 ? 0 : 1;
}

START_TEST(what_it_says_is_bounded)
{
	struct worker_task t = task(say_much, NULL);
	char end[29] = "";
	struct stat st;
	int fd, saved = dup(STDERR_FILENO);

	ck_assert_int_ne(fd = open("said", O_RDWR | O_CREAT, 0600), -1);
	dup2(fd, STDERR_FILENO);
	ck_assert_int_eq(worker_run(&t, NULL, NULL, NULL), 0);
	dup2(saved, STDERR_FILENO);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_gt(st.st_size, 65000);
	ck_assert_int_lt(st.st_size, 66000);
	ck_assert_int_eq(pread(fd, end, 28, st.st_size - 28), 28);
	ck_assert_str_eq(end, "\nmore was said and left out\n");
}
END_TEST

static int
die(void *ctx, void *result, struct progress *progress)
{
	(void)ctx;
	(void)result;
	(void)progress;
	__builtin_trap();
}

START_TEST(a_crash_is_told)
{
	struct worker_task t = task(die, NULL);

	unit_catch();
	ck_assert_int_eq(worker_run(&t, NULL, NULL, NULL), 1);
	ck_assert_ptr_nonnull(strstr(unit_caught(),
	    "x: the process that read it was killed by signal 4 (Illegal instruction)\n"));
}
END_TEST

static int
wait_for_stop(void *ctx, void *result, struct progress *progress)
{
	const struct timespec pause = {.tv_nsec = 10 * 1000 * 1000};
	bool deaf = *(const bool *)ctx;

	(void)result;
	progress_add(progress, 1);
	while (deaf || sig_stop() == 0)
		nanosleep(&pause, NULL);
	return 3;
}

/* Start a process that sends us SIGTERM in a moment, and return its number. */
static pid_t
stop_us_soon(void)
{
	pid_t killer = fork();

	if (killer == 0) {
		usleep(300000);
		kill(getppid(), SIGTERM);
		_exit(0);
	}
	return killer;
}

START_TEST(a_stop_is_passed_on)
{
	bool deaf = false;
	struct worker_task t = task(wait_for_stop, &deaf);
	struct timespec from, to;
	pid_t killer;

	sig_setup();
	killer = stop_us_soon();
	clock_gettime(CLOCK_MONOTONIC, &from);
	unit_catch();
	ck_assert_int_eq(worker_run(&t, NULL, NULL, NULL), 3);
	ck_assert_str_eq(unit_caught(), "");
	clock_gettime(CLOCK_MONOTONIC, &to);
	ck_assert_int_le(to.tv_sec - from.tv_sec, 5);
	ck_assert_int_eq(unit_wait(killer), 0);
}
END_TEST

static int
go_on_unheard(void *ctx, void *result, struct progress *progress)
{
	close(STDERR_FILENO);
	return wait_for_stop(ctx, result, progress);
}

/* One that closes its stderr looks as if it had ended; what waits for it can still be stopped. */
START_TEST(a_stop_ends_what_does_not)
{
	bool deaf = true;
	struct worker_task t = task(go_on_unheard, &deaf);
	pid_t killer;

	sig_setup();
	killer = stop_us_soon();
	unit_catch();
	ck_assert_int_eq(worker_run(&t, NULL, NULL, NULL), 1);
	ck_assert_str_eq(unit_caught(), "");
	ck_assert_int_eq(unit_wait(killer), 0);
}
END_TEST

/* Whether the process ${pid} is gone, within 5 seconds. */
static bool
is_gone(pid_t pid)
{
	for (int i = 0; i < 500; i++) {
		if (kill(pid, 0) == -1 && errno == ESRCH)
			return true;
		waitpid(pid, NULL, WNOHANG);
		usleep(10000);
	}
	return false;
}

static int
tell_pid(void *ctx, void *result, struct progress *progress)
{
	pid_t pid = getpid();
	bool deaf = true;

	if (io_write(*(int *)ctx, &pid, sizeof(pid)) != 0)
		return 1;
	return wait_for_stop(&deaf, result, progress);
}

START_TEST(it_dies_with_its_parent)
{
	int ends[2];
	struct worker_task t = task(tell_pid, &ends[1]);
	pid_t parent, worker = 0;

	ck_assert_int_eq(pipe(ends), 0);
	/* Who is left alone comes to us. */
	ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), 0);
	t.keep[0] = ends[1];
	parent = fork();
	if (parent == 0)
		_exit(worker_run(&t, NULL, NULL, NULL));
	ck_assert_int_eq(read(ends[0], &worker, sizeof(worker)), sizeof(worker));
	ck_assert_int_eq(kill(worker, 0), 0);
	ck_assert_int_eq(kill(parent, SIGKILL), 0);
	ck_assert(is_gone(worker));
}
END_TEST

START_TEST(several_at_once)
{
	int numbers[4] = {1, 2, 3, 4};
	struct worker_task t[4];
	struct worker *w[4];
	struct buf said = {0};
	struct answer a;

	for (int i = 0; i < 4; i++) {
		t[i] = task(answer, &numbers[i]);
		ck_assert_ptr_nonnull(w[i] = worker_start(&t[i]));
	}
	for (int i = 3; i >= 0; i--) {
		uint64_t bytes = 0;

		while (worker_take(w[i], &said))
			usleep(1000);
		bytes += worker_done(w[i]);
		bytes += worker_done(w[i]);
		ck_assert_uint_eq(bytes, 42);
		ck_assert_int_eq(worker_end(w[i], &a, NULL), 65);
		ck_assert_int_eq(a.number, numbers[i] + 1);
	}
	ck_assert_uint_eq(said.len, 0);
}
END_TEST

START_TEST(missing_locks_are_told)
{
	unit_catch();
	worker_tell_locks(SANDBOX_ALL);
	worker_tell_locks(SANDBOX_SECCOMP);
	worker_tell_locks(SANDBOX_LANDLOCK);
	worker_tell_locks(0);
	ck_assert_str_eq(unit_caught(),
	    "check_worker: sandbox: this kernel has no Landlock\n"
	    "check_worker: sandbox: this kernel has no seccomp\n"
	    "check_worker: sandbox: this kernel has no seccomp and no Landlock\n");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("worker");

	tcase_add_test(t, comes_back);
	tcase_add_test(t, fails_before_it_reads);
	tcase_add_test(t, is_locked_in);
	tcase_add_test(t, has_its_descriptors_only);
	tcase_add_test(t, stdout_may_be_one);
	tcase_add_test(t, waits_for_what_does_not_block);
	tcase_add_test(t, what_it_says_is_relayed);
	tcase_add_test(t, what_it_says_is_bounded);
	tcase_add_test(t, a_crash_is_told);
	tcase_add_test(t, a_stop_is_passed_on);
	tcase_add_test(t, a_stop_ends_what_does_not);
	tcase_add_test(t, it_dies_with_its_parent);
	tcase_add_test(t, several_at_once);
	tcase_add_test(t, missing_locks_are_told);
	return unit_main(t);
}
