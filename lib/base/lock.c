#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <libutil.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/io.h"
#include "base/lock.h"
#include "base/num.h"
#include "base/sig.h"

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Write our process id into the lock file that we hold. */
static int
name_owner(int fd, const char *path)
{
	char text[24];
	struct stat st;
	int len;

	if (fstat(fd, &st) == -1)
		return -1;
	/* The folder may be another account's: never write through a link that it laid. */
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1) {
		errno = EINVAL;
		return -1;
	}
	if (atomic_adopt(fd, path) == -1 || ftruncate(fd, 0) == -1)
		return -1;
	len = snprintf(text, sizeof(text), "%jd\n", (intmax_t)getpid());
	if (lseek(fd, 0, SEEK_SET) == -1)
		return -1;
	return io_write(fd, text, (size_t)len);
}

/* What kept us from the lock, but for others and a stop signal, is reported.  Return -1. */
static int
fail(const char *path)
{
	int saved = errno;

	if (saved == EINVAL)
		warnx("lock %s: not a regular file that has this name only", path);
	else if (saved != EWOULDBLOCK && saved != EINTR)
		warn("lock %s", path);
	errno = saved;
	return -1;
}

/*
 * flock(2) knows no time limit, and an alarm of our own would be in the way of others.  So
 * wait by asking again, often at first and then once a second.  Where ${quiet}, a file that is there
 * on a disk that has become read-only will do.
 */
static int
take(const char *path, int64_t wait, bool quiet)
{
	int flags = O_RDWR | O_CREAT | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC, fd;
	int64_t start = now_ms(), pause = 20, left;
	struct timespec ts;

	while ((fd = flopen(path, flags, 0600)) == -1) {
		if (errno == EINTR && !sig_stop())
			continue;
		if (errno == EROFS && quiet && (flags & O_CREAT) != 0) {
			flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC;
			continue;
		}
		if (errno != EWOULDBLOCK)
			return fail(path);
		left = wait > INT64_MAX / 1000 ? INT64_MAX : wait * 1000 - (now_ms() - start);
		if (left <= 0) {
			errno = EWOULDBLOCK;
			return -1;
		}
		if (pause > left)
			pause = left;
		ts.tv_sec = (time_t)(pause / 1000);
		ts.tv_nsec = (long)(pause % 1000) * 1000000;
		nanosleep(&ts, NULL);
		if (sig_stop()) {
			errno = EINTR;
			return -1;
		}
		pause = pause > 500 ? 1000 : pause * 2;
	}
	return fd;
}

int
lock_take(const char *path, int64_t wait)
{
	int fd = take(path, wait, false), saved;

	/* On a full disk the lock holds all the same; only whose it is cannot be said. */
	if (fd == -1 || name_owner(fd, path) == 0 || errno == ENOSPC || errno == EDQUOT)
		return fd;
	saved = errno;
	io_close(&fd);
	errno = saved;
	return fail(path);
}

int
lock_hold(const char *path, int64_t wait)
{
	return take(path, wait, true);
}

int64_t
lock_owner(const char *path)
{
	char text[24], *end;
	uint64_t pid = 0;
	ssize_t n;
	int fd;

	if ((fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)) == -1)
		return 0;
	n = io_read(fd, text, sizeof(text) - 1);
	io_close(&fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	if ((end = strchr(text, '\n')) == NULL)
		return 0;
	*end = '\0';
	if (num_count(text, 1, INT32_MAX, &pid) == -1)
		return 0;
	return (int64_t)pid;
}

void
lock_release(int fd)
{
	if (fd == -1)
		return;
	/* The file stays: to remove it would let two processes hold two files of one name. */
	if (ftruncate(fd, 0) == -1)
		warn("truncate lock file");
	io_close(&fd);
}
