#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/rights.h"

int
rights_open(int dir, const char *path, int flags)
{
	struct open_how how = {.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
	int tries = 8;
	long fd;

	/* openat2 refuses flags that mean nothing together. */
	flags |= flags & O_PATH ? O_CLOEXEC : O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
	how.flags = (uint64_t)(unsigned int)flags;
	if (flags & O_CREAT)
		how.mode = 0600;
	/* EAGAIN: a rename elsewhere made the kernel unsure about a `..` in the path. */
	do {
		fd = syscall(SYS_openat2, dir, path, &how, sizeof(how));
	} while (fd == -1 && (errno == EAGAIN || errno == EINTR) && --tries > 0);
	return (int)fd;
}

/* Whom the group and other bits of ${mode} let in, and to do what. */
static const char *
too_open(mode_t mode)
{
	if (mode & S_IWOTH)
		return "writable by others";
	if (mode & S_IROTH)
		return "readable by others";
	if (mode & S_IWGRP)
		return "writable by its group";
	if (mode & S_IRGRP)
		return "readable by its group";
	return "executable by others";
}

int
rights_private(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st) == -1) {
		warn("%s", path);
		return -1;
	}
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: not a regular file", path);
		return -1;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		warnx("%s: owned by another user (uid %ju)", path, (uintmax_t)st.st_uid);
		hintx("chown root: %s", path);
		return -1;
	}
	if (st.st_mode & 077) {
		warnx("%s: %s (mode %04o)", path, too_open(st.st_mode),
		    (unsigned int)st.st_mode & 07777);
		hintx("chmod 0600 %s", path);
		return -1;
	}
	return 0;
}
