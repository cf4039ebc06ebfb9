#include "unit.h"

#include <stdint.h>
#include <sysexits.h>

#include "base/io.h"
#include "base/sig.h"

static void
nothing(int signo)
{
	(void)signo;
}

/* A fork that writes ${len} bytes, 0 1 2 …, into ${fd} in pieces of ${piece}. */
static pid_t
writer(int fd, size_t len, size_t piece)
{
	uint8_t bytes[256];
	size_t done, n, i;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	for (done = 0; done < len; done += n) {
		n = len - done < piece ? len - done : piece;
		for (i = 0; i < n; i++)
			bytes[i] = (uint8_t)(done + i);
		if (write(fd, bytes, n) != (ssize_t)n)
			_exit(1);
		usleep(100);
	}
	_exit(0);
}

/* Short reads of a pipe add up, around the size of the buffer. */
START_TEST(reads_are_full)
{
	static const size_t sizes[] = {0, 1, 999, 1000, 1001, 2500};
	uint8_t buf[1000];
	size_t i, got, k;
	ssize_t n;
	int p[2];
	pid_t pid;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_int_eq(pipe(p), 0);
		pid = writer(p[1], sizes[i], 37);
		close(p[1]);
		for (got = 0;; got += (size_t)n) {
			ck_assert_int_ne(n = io_read(p[0], buf, sizeof(buf)), -1);
			for (k = 0; k < (size_t)n; k++)
				ck_assert_uint_eq(buf[k], (uint8_t)(got + k));
			if (n < (ssize_t)sizeof(buf))
				break;
		}
		ck_assert_uint_eq(got + (size_t)n, sizes[i]);
		ck_assert_int_eq(io_read(p[0], buf, sizeof(buf)), 0);
		ck_assert_int_eq(unit_wait(pid), 0);
		close(p[0]);
	}
	ck_assert_int_eq(io_read(-1, buf, 0), 0);
	ck_assert_int_eq(io_read(-1, buf, 1), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(some_is_what_is_there)
{
	char buf[10];
	int p[2];

	ck_assert_int_eq(pipe(p), 0);
	ck_assert_int_eq(write(p[1], "abc", 3), 3);
	ck_assert_int_eq(io_read_some(p[0], buf, sizeof(buf)), 3);
	ck_assert_int_eq(write(p[1], "abc", 3), 3);
	ck_assert_int_eq(io_read_some(p[0], buf, 2), 2);
	close(p[1]);
	ck_assert_int_eq(io_read_some(p[0], buf, sizeof(buf)), 1);
	ck_assert_int_eq(io_read_some(p[0], buf, sizeof(buf)), 0);
	close(p[0]);
}
END_TEST

/* Both ends may be non-blocking because somebody else wants them so. */
START_TEST(non_blocking_ends)
{
	static uint8_t out[1 << 20], in[sizeof(out)];
	const size_t len = sizeof(out);
	int p[2];
	pid_t pid;
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(i * 31 >> 3);
	ck_assert_int_eq(pipe2(p, O_NONBLOCK), 0);
	if ((pid = fork()) == 0) {
		close(p[1]);
		usleep(20000);
		if (io_read(p[0], in, len) != (ssize_t)len || memcmp(in, out, len) != 0)
			_exit(1);
		_exit(io_read(p[0], in, 1) == 0 ? 0 : 2);
	}
	close(p[0]);
	ck_assert_int_eq(io_write(p[1], out, len), 0);
	usleep(20000);
	close(p[1]);
	ck_assert_int_eq(unit_wait(pid), 0);
}
END_TEST

/* Signals that ask for no stop are not felt. */
START_TEST(other_signals)
{
	struct sigaction sa = {.sa_handler = nothing};
	pid_t pid, self = getpid();
	char buf[4];
	int p[2], i;

	sig_setup();
	sigaction(SIGUSR2, &sa, NULL);
	ck_assert_int_eq(pipe(p), 0);
	if ((pid = fork()) == 0) {
		for (i = 0; i < 20; i++) {
			kill(self, i % 2 ? SIGUSR1 : SIGUSR2);
			usleep(2000);
		}
		_exit(write(p[1], "done", 4) == 4 ? 0 : 1);
	}
	ck_assert_int_eq(io_read(p[0], buf, 4), 4);
	ck_assert_int_eq(unit_wait(pid), 0);
}
END_TEST

/* A stop ends a call that blocks, even one that came just before the call. */
START_TEST(stop_signals)
{
	static char big[1 << 20];
	struct sigaction sa = {.sa_handler = nothing};
	pid_t pid, self = getpid();
	char buf[4];
	int p[2];

	sig_setup();
	sigaction(SIGUSR2, &sa, NULL);
	ck_assert_int_eq(pipe(p), 0);
	if ((pid = fork()) == 0) {
		usleep(20000);
		kill(self, SIGTERM);
		_exit(0);
	}
	ck_assert_int_eq(io_read(p[0], buf, 4), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(unit_wait(pid), 0);
	ck_assert_int_eq(sig_stop(), SIGTERM);
	/* From here on only the alarm is left to wake us. */
	ck_assert_int_eq(io_read_some(p[0], buf, 4), -1);
	ck_assert_int_eq(errno, EINTR);
	ck_assert_int_eq(io_write(p[1], big, sizeof(big)), -1);
	ck_assert_int_eq(errno, EINTR);
	/* What does not block is still done. */
	unit_write("file", "abc");
	close(p[0]);
	p[0] = open("file", O_RDWR);
	ck_assert_int_eq(io_read(p[0], buf, 4), 3);
	ck_assert_int_eq(io_write(p[0], "def", 3), 0);
	ck_assert_str_eq(unit_read("file"), "abcdef");
}
END_TEST

START_TEST(stop_while_not_blocking)
{
	char buf[4];
	int p[2];

	sig_setup();
	ck_assert_int_eq(pipe2(p, O_NONBLOCK), 0);
	raise(SIGINT);
	ck_assert_int_eq(io_read(p[0], buf, 4), -1);
	ck_assert_int_eq(errno, EINTR);
}
END_TEST

START_TEST(writes_fail)
{
	int p[2], fd = open("/dev/full", O_WRONLY);

	sig_setup();
	ck_assert_int_eq(pipe(p), 0);
	close(p[0]);
	ck_assert_int_eq(io_write(p[1], "abc", 3), -1);
	ck_assert_int_eq(errno, EPIPE);
	ck_assert_int_eq(io_write(p[1], "", 0), 0);
	ck_assert_int_eq(io_write(fd, "abc", 3), -1);
	ck_assert_int_eq(errno, ENOSPC);
}
END_TEST

START_TEST(closing)
{
	int fd = -1;

	ck_assert_int_eq(io_close(&fd), 0);
	fd = open("/dev/null", O_RDONLY);
	ck_assert_int_eq(io_close(&fd), 0);
	ck_assert_int_eq(fd, -1);
	fd = 999;
	ck_assert_int_eq(io_close(&fd), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(fd, -1);
}
END_TEST

START_TEST(whole_files)
{
	static const size_t sizes[] = {0, 1, 4095, 4096, 4097, 8191, 8192, 8193, 100000};
	char *bytes = malloc(100001), *text;
	size_t i, len;
	int fd;

	memset(bytes, 'x', 100001);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		fd = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
		ck_assert_int_eq(io_write(fd, bytes, sizes[i]), 0);
		lseek(fd, 0, SEEK_SET);
		ck_assert_int_eq(io_read_file(fd, sizes[i], &text, &len), 0);
		ck_assert_uint_eq(len, sizes[i]);
		ck_assert_mem_eq(text, bytes, len);
		ck_assert_int_eq(text[len], '\0');
		free(text);
		lseek(fd, 0, SEEK_SET);
		ck_assert_int_eq(io_read_file(fd, 1 << 30, &text, &len), 0);
		ck_assert_uint_eq(len, sizes[i]);
		free(text);
		text = bytes;
		if (sizes[i] > 0) {
			lseek(fd, 0, SEEK_SET);
			ck_assert_int_eq(io_read_file(fd, sizes[i] - 1, &text, &len), -1);
			ck_assert_int_eq(errno, EFBIG);
			ck_assert_ptr_eq(text, bytes);
		}
		close(fd);
	}
	ck_assert_int_eq(io_read_file(-1, 10, &text, &len), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(io_read_file(0, SIZE_MAX, &text, &len), -1);
	ck_assert_int_eq(errno, EINVAL);
	free(bytes);
}
END_TEST

/* Bytes of any place, wherever the file is read, and fewer where there are no more. */
START_TEST(reads_at)
{
	char buf[8] = "";
	int fd;

	unit_write("file", "abcd");
	ck_assert_int_ne(fd = open("file", O_RDONLY), -1);
	ck_assert_int_eq(lseek(fd, 3, SEEK_SET), 3);
	ck_assert_int_eq(io_read_at(fd, buf, 2, 0), 2);
	ck_assert_str_eq(buf, "ab");
	ck_assert_int_eq(io_read_at(fd, buf, sizeof(buf), 0), 4);
	ck_assert_int_eq(io_read_at(fd, buf, sizeof(buf), 1), 3);
	ck_assert(memcmp(buf, "bcd", 3) == 0);
	ck_assert_int_eq(io_read_at(fd, buf, 2, 4), 0);
	ck_assert_int_eq(lseek(fd, 0, SEEK_CUR), 3);
	close(fd);
	ck_assert_int_eq(io_read_at(-1, buf, 2, 0), -1);
	ck_assert_int_eq(errno, EBADF);
}
END_TEST

START_TEST(pipes_grow)
{
	int p[2], fd = open("/dev/null", O_RDONLY);

	ck_assert_int_eq(pipe(p), 0);
	errno = 42;
	io_grow_pipe(p[1]);
	ck_assert_int_eq(errno, 42);
	/* An ordinary user with many pipes may get no more than before. */
	ck_assert_int_ge(fcntl(p[0], F_GETPIPE_SZ), geteuid() == 0 ? 1 << 20 : 4096);
	io_grow_pipe(fd);
	io_grow_pipe(-1);
	ck_assert_int_eq(errno, 42);
}
END_TEST

START_TEST(exit_codes)
{
	unit_catch();
	errno = EPIPE;
	ck_assert_int_eq(io_write_exit(), 1);
	ck_assert_str_eq(unit_caught(), "");
	unit_catch();
	errno = ENOSPC;
	ck_assert_int_eq(io_write_exit(), EX_IOERR);
	ck_assert_str_eq(unit_caught(), "check_io: write stdout: No space left on device\n");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("io");

	tcase_add_test(t, reads_are_full);
	tcase_add_test(t, some_is_what_is_there);
	tcase_add_test(t, non_blocking_ends);
	tcase_add_test(t, other_signals);
	tcase_add_test(t, stop_signals);
	tcase_add_test(t, stop_while_not_blocking);
	tcase_add_test(t, writes_fail);
	tcase_add_test(t, closing);
	tcase_add_test(t, whole_files);
	tcase_add_test(t, reads_at);
	tcase_add_test(t, pipes_grow);
	tcase_add_test(t, exit_codes);
	return unit_main(t);
}
