#include "unit.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <time.h>

#include "base/lock.h"
#include "base/sig.h"

static int told[2], answers[2];

/* A fork that takes the lock, says so, and holds it until it is told to go. */
static pid_t
holder(const char *path, bool release)
{
	pid_t pid;
	char c;
	int fd;

	ck_assert_int_eq(pipe(told), 0);
	ck_assert_int_eq(pipe(answers), 0);
	if ((pid = fork()) == 0) {
		close(told[1]);
		fd = lock_take(path, 0);
		if (fd == -1 || write(answers[1], "x", 1) != 1 || read(told[0], &c, 1) == -1)
			_exit(1);
		if (release)
			lock_release(fd);
		_exit(0);
	}
	ck_assert_int_eq(read(answers[0], &c, 1), 1);
	return pid;
}

START_TEST(taken_and_given_back)
{
	struct stat st;
	char pid[32];
	int fd, again;

	umask(0);
	ck_assert_int_ne(fd = lock_take("lock", 0), -1);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(stat("lock", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	ck_assert_str_eq(unit_read("lock"), pid);
	ck_assert_int_eq(lock_owner("lock"), getpid());
	/* Another descriptor is another holder, even in this process. */
	ck_assert_int_eq(lock_take("lock", 0), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	lock_release(fd);
	ck_assert_int_eq(lock_owner("lock"), 0);
	ck_assert_int_ne(again = lock_take("lock", 0), -1);
	lock_release(again);
	lock_release(-1);
}
END_TEST

START_TEST(without_a_word)
{
	int fd;

	ck_assert_int_ne(fd = lock_hold("lock", 0), -1);
	ck_assert_str_eq(unit_read("lock"), "");
	ck_assert_int_eq(lock_take("lock", 0), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	ck_assert_int_eq(lock_hold("lock", 0), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	close(fd);
	ck_assert_int_ne(fd = lock_take("lock", 0), -1);
	lock_release(fd);
}
END_TEST

START_TEST(held_by_another)
{
	pid_t pid = holder("lock", true);
	struct timespec before, after;
	int fd;

	unit_catch();
	ck_assert_int_eq(lock_take("lock", 0), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	ck_assert_str_eq(unit_caught(), "");
	ck_assert_int_eq(lock_owner("lock"), pid);
	clock_gettime(CLOCK_MONOTONIC, &before);
	ck_assert_int_eq(lock_take("lock", 1), -1);
	ck_assert_int_eq(errno, EWOULDBLOCK);
	clock_gettime(CLOCK_MONOTONIC, &after);
	ck_assert_int_ge(
	    (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000,
	    999);
	/* It goes while we wait. */
	close(told[1]);
	ck_assert_int_ne(fd = lock_take("lock", INT64_MAX), -1);
	ck_assert_int_eq(lock_owner("lock"), getpid());
	ck_assert_int_eq(unit_wait(pid), 0);
	lock_release(fd);
}
END_TEST

/* A dead owner's file is no lock, whatever it says. */
START_TEST(killed_owner)
{
	pid_t pid = holder("lock", false);
	int fd;

	kill(pid, SIGKILL);
	ck_assert_int_eq(unit_wait(pid), 128 + SIGKILL);
	ck_assert_int_eq(lock_owner("lock"), pid);
	ck_assert_int_ne(fd = lock_take("lock", 0), -1);
	ck_assert_int_eq(lock_owner("lock"), getpid());
	lock_release(fd);
}
END_TEST

START_TEST(stopped_while_waiting)
{
	pid_t pid = holder("lock", true), self = getpid(), killer;

	sig_setup();
	if ((killer = fork()) == 0) {
		usleep(50000);
		kill(self, SIGTERM);
		_exit(0);
	}
	unit_catch();
	ck_assert_int_eq(lock_take("lock", 3600), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_str_eq(unit_caught(), "");
	close(told[1]);
	ck_assert_int_eq(unit_wait(killer), 0);
	ck_assert_int_eq(unit_wait(pid), 0);
}
END_TEST

static void
refused(const char *path, int error, const char *words)
{
	unit_catch();
	ck_assert_int_eq(lock_take(path, 0), -1);
	ck_assert_int_eq(errno, error);
	ck_assert_str_eq(unit_caught(), words);
}

START_TEST(refusals)
{
	unit_write("victim", "precious");
	ck_assert_int_eq(symlink("victim", "symlink"), 0);
	ck_assert_int_eq(link("victim", "hardlink"), 0);
	mkdir("folder", 0700);
	mkfifo("pipe", 0600);
	refused("nowhere/lock", ENOENT,
	    "check_lock: lock nowhere/lock: No such file or directory\n");
	refused(
	    "symlink", ELOOP, "check_lock: lock symlink: Too many levels of symbolic links\n");
	refused("hardlink", EINVAL,
	    "check_lock: lock hardlink: not a regular file that has this name only\n");
	refused("folder", EISDIR, "check_lock: lock folder: Is a directory\n");
	refused("pipe", EINVAL,
	    "check_lock: lock pipe: not a regular file that has this name only\n");
	ck_assert_str_eq(unit_read("victim"), "precious");
}
END_TEST

START_TEST(owners)
{
	static const struct {
		const char *text;
		int64_t want;
	} table[] = {{"", 0}, {"1\n", 1}, {"4194304\n", 4194304}, {"12", 0}, {"\n", 0},
	    {"-1\n", 0}, {"0\n", 0}, {"99999999999\n", 0}, {"12x\n", 0}, {"12\nx", 12},
	    {"000000000000000000000000000000012\n", 0}};
	size_t i;

	ck_assert_int_eq(lock_owner("nowhere"), 0);
	ck_assert_int_eq(lock_owner("."), 0);
	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		unit_write("file", table[i].text);
		ck_assert_int_eq(lock_owner("file"), table[i].want);
	}
}
END_TEST

/* Root's lock in the nightly user's folder can be taken by that user afterwards. */
START_TEST(root_makes_it_for_others)
{
	pid_t pid;
	int fd;

	if (geteuid() != 0)
		return;
	mkdir("state", 0700);
	ck_assert_int_eq(chmod(".", 0755), 0);
	ck_assert_int_eq(chown("state", 65534, 65534), 0);
	ck_assert_int_ne(fd = lock_take("state/lock", 0), -1);
	lock_release(fd);
	if ((pid = fork()) == 0) {
		if (setgid(65534) == -1 || setuid(65534) == -1)
			_exit(2);
		_exit(lock_take("state/lock", 0) == -1 ? 1 : 0);
	}
	ck_assert_int_eq(unit_wait(pid), 0);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("lock");

	tcase_add_test(t, taken_and_given_back);
	tcase_add_test(t, without_a_word);
	tcase_add_test(t, held_by_another);
	tcase_add_test(t, killed_owner);
	tcase_add_test(t, stopped_while_waiting);
	tcase_add_test(t, refusals);
	tcase_add_test(t, owners);
	tcase_add_test(t, root_makes_it_for_others);
	return unit_main(t);
}
