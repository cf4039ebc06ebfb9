/*
 * Valgrind 3.19 does not know openat2(2).  This stands in front of libc's syscall(), through which
 * it is called, and walks the path itself: without links, and never above the folder that it begins
 * in, which is what RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS ask for together.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Open ${name}, one component, in ${dir}; a link is ELOOP.  The close of ${dir} is the caller's. */
static int
step(int dir, const char *name, int flags, mode_t mode)
{
	struct stat st;
	int fd = openat(dir, name, flags | O_NOFOLLOW, mode);

	if (fd != -1 && (flags & O_PATH) && fstat(fd, &st) == 0 && S_ISLNK(st.st_mode)) {
		close(fd);
		errno = ELOOP;
		return -1;
	}
	return fd;
}

static int
walk(int dir, const char *path, int flags, mode_t mode)
{
	char name[256];
	int depth = 0, at = dir, fd, error;
	size_t len;

	if (*path == '/') {
		errno = EXDEV;
		return -1;
	}
	for (;;) {
		len = strcspn(path, "/");
		if (len >= sizeof(name)) {
			errno = ENAMETOOLONG;
			fd = -1;
		} else {
			memcpy(name, path, len);
			name[len] = '\0';
			depth += strcmp(name, "..") == 0 ? -1 : strcmp(name, ".") != 0;
			path += len + strspn(path + len, "/");
			if (depth < 0) {
				errno = EXDEV;
				fd = -1;
			} else {
				fd = *path == '\0' ? step(at, name, flags, mode)
						   : step(at, name, O_PATH | O_CLOEXEC, 0);
			}
		}
		error = errno;
		if (at != dir)
			close(at);
		errno = error;
		if (fd == -1 || *path == '\0')
			return fd;
		at = fd;
	}
}

long
syscall(long number, ...)
{
	static long (*next)(long, ...);
	const struct open_how *how;
	long a[6];
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_openat2) {
		how = (const struct open_how *)a[2];
		return walk((int)a[0], (const char *)a[1], (int)how->flags, (mode_t)how->mode);
	}
	if (next == NULL)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
