#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"

/*
 * Whether a call that just failed is to be made again: after a signal that asked for no stop,
 * and, once the descriptor is ready for ${events}, after EAGAIN.  The descriptors that we
 * inherit may be non-blocking because some other process shares and wants them so; setting
 * them back would be felt there.
 */
static bool
again(int fd, short events)
{
	const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
	struct pollfd p = {.fd = fd, .events = events};

	if (errno == EINTR)
		return !sig_stop();
	if (errno != EAGAIN)
		return false;
	while (poll(&p, 1, -1) == -1) {
		if (sig_stop() != 0) {
			errno = EINTR;
			return false;
		}
		if (errno == EINTR)
			continue;
		/* In the sandbox (base/sandbox.h) nobody may wait for a descriptor: look again soon. */
		if (errno != EPERM && errno != EINVAL)
			return false;
		nanosleep(&moment, NULL);
		break;
	}
	return true;
}

ssize_t
io_read_some(int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		n = read(fd, buf, len);
	} while (n == -1 && again(fd, POLLIN));
	return n;
}

ssize_t
io_read(int fd, void *buf, size_t len)
{
	uint8_t *p = buf;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = io_read_some(fd, p + done, len - done);
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

ssize_t
io_read_at(int fd, void *buf, size_t len, uint64_t offset)
{
	uint8_t *p = buf;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = pread(fd, p + done, len - done, (off_t)(offset + done));
		if (n == -1 && errno == EINTR && !sig_stop())
			continue;
		if (n == -1)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int
io_write(int fd, const void *buf, size_t len)
{
	const uint8_t *p = buf;
	ssize_t n;

	while (len > 0) {
		n = write(fd, p, len);
		if (n == -1) {
			if (!again(fd, POLLOUT))
				return -1;
			continue;
		}
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

int
io_close(int *fd)
{
	int old = *fd;

	*fd = -1;
	if (old == -1)
		return 0;
	/* Linux has closed the descriptor even when it says EINTR. */
	if (close(old) == -1 && errno != EINTR)
		return -1;
	return 0;
}

int
io_read_file(int fd, size_t max, char **buf, size_t *len)
{
	size_t size = max < 4096 ? max : 4096, used = 0;
	char *text = NULL, *larger;
	ssize_t n;
	int rc = -1;

	if (max >= SIZE_MAX - 2) {
		errno = EINVAL;
		goto out;
	}
	/* Two bytes more than may be there: one shows that it is too much, one is the NUL. */
	if ((text = malloc(size + 2)) == NULL)
		goto out;
	for (;;) {
		if ((n = io_read(fd, text + used, size + 1 - used)) == -1)
			goto out;
		used += (size_t)n;
		if (used <= size)
			break;
		if (size == max) {
			errno = EFBIG;
			goto out;
		}
		size = size > max / 2 ? max : size * 2;
		if ((larger = realloc(text, size + 2)) == NULL)
			goto out;
		text = larger;
	}
	text[used] = '\0';
	*buf = text;
	*len = used;
	text = NULL;
	rc = 0;
out:
	free(text);
	return rc;
}

void
io_grow_pipe(int fd)
{
	int saved = errno, size;

	/* Past the soft limit of pages a user's pipes may have, only smaller ones are granted. */
	for (size = 1 << 20; size > 1 << 16; size /= 2) {
		if (fcntl(fd, F_SETPIPE_SZ, size) != -1 || errno != EPERM)
			break;
	}
	errno = saved;
}

int
io_read_exit(void)
{
	return errno == ENOMEM ? EX_OSERR : EX_IOERR;
}

int
io_write_exit(void)
{
	if (errno == EPIPE)
		return 1;
	warn("write stdout");
	return EX_IOERR;
}
