/*
 * tests/faults/preload.c: one call of a run fails.  In LD_PRELOAD, with
 *   FAULT=CALL:N      the Nth CALL of all siantre- processes together fails (CALL:N+: and all that follow)
 *   FAULT_COUNT=FILE  where the calls are counted, shared by these processes: a file of 88 zero bytes;
 *                     after the run it holds the number of each call as a 64-bit integer
 *   FAULT_TRACE=1     the stack where it fails goes to stderr (of tools that were built with
 *                     CFLAGS='-O1 -g -fasynchronous-unwind-tables')
 * CALL is one of the names below; short-read and short-write end after one byte, as they may.
 * Calls that the C library makes inside of itself (stdio, getaddrinfo) are not seen.
 */
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum call {
	READ,
	WRITE,
	FSYNC,
	RENAME,
	OPEN,
	MKDIR,
	UNLINK,
	CONNECT,
	MALLOC,
	SHORT_READ,
	SHORT_WRITE,
	CALLS
};

static const struct {
	const char *name;
	int error;
} calls[CALLS] = {
    [READ] = {"read", EIO},
    [WRITE] = {"write", ENOSPC},
    [FSYNC] = {"fsync", EIO},
    [RENAME] = {"rename", EIO},
    [OPEN] = {"open", EMFILE},
    [MKDIR] = {"mkdir", ENOSPC},
    [UNLINK] = {"unlink", EIO},
    [CONNECT] = {"connect", ECONNREFUSED},
    [MALLOC] = {"malloc", ENOMEM},
    [SHORT_READ] = {"short-read", 0},
    [SHORT_WRITE] = {"short-write", 0},
};

static _Atomic uint64_t *counts;
static enum call wanted = CALLS;
static uint64_t from;
static bool on, trace;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

__attribute__((constructor)) static void
begin(void)
{
	const char *fault = getenv("FAULT"), *file = getenv("FAULT_COUNT"), *colon;
	char *end;
	void *map, *first[1];
	int fd;

	if (file == NULL || strncmp(program_invocation_short_name, "siantre-", 8) != 0)
		return;
	if ((fd = (int)syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC, 0)) == -1)
		return;
	map = mmap(NULL, CALLS * sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	syscall(SYS_close, fd);
	if (map == MAP_FAILED)
		return;
	if (fault != NULL && (colon = strchr(fault, ':')) != NULL) {
		for (enum call c = 0; c < CALLS; c++)
			if (strlen(calls[c].name) == (size_t)(colon - fault) &&
			    strncmp(calls[c].name, fault, (size_t)(colon - fault)) == 0)
				wanted = c;
		from = strtoull(colon + 1, &end, 10);
		on = *end == '+';
	}
	/* The first one loads what it needs. */
	trace = getenv("FAULT_TRACE") != NULL && backtrace(first, 1) == 1;
	counts = map;
}

/* Whether this one is to fail; errno is set then. */
static bool
fails(enum call c)
{
	void *stack[32];
	uint64_t n;

	if (counts == NULL)
		return false;
	n = atomic_fetch_add(&counts[c], 1) + 1;
	if (c != wanted || n < from || (n > from && !on))
		return false;
	if (trace)
		backtrace_symbols_fd(stack, backtrace(stack, 32), STDERR_FILENO);
	errno = calls[c].error;
	return true;
}

ssize_t
read(int fd, void *buf, size_t len)
{
	if (fails(READ))
		return -1;
	return syscall(SYS_read, fd, buf, len > 1 && fails(SHORT_READ) ? 1 : len);
}

ssize_t
pread(int fd, void *buf, size_t len, off_t at)
{
	if (fails(READ))
		return -1;
	return syscall(SYS_pread64, fd, buf, len > 1 && fails(SHORT_READ) ? 1 : len, at);
}

ssize_t
write(int fd, const void *buf, size_t len)
{
	/* What is said about the failure is to be heard. */
	if (fd != STDERR_FILENO && fails(WRITE))
		return -1;
	return syscall(
	    SYS_write, fd, buf, fd != STDERR_FILENO && len > 1 && fails(SHORT_WRITE) ? 1 : len);
}

ssize_t
pwrite(int fd, const void *buf, size_t len, off_t at)
{
	if (fails(WRITE))
		return -1;
	return syscall(SYS_pwrite64, fd, buf, len > 1 && fails(SHORT_WRITE) ? 1 : len, at);
}

ssize_t
writev(int fd, const struct iovec *v, int n)
{
	if (fails(WRITE))
		return -1;
	return syscall(SYS_writev, fd, v, n);
}

int
fsync(int fd)
{
	return fails(FSYNC) ? -1 : (int)syscall(SYS_fsync, fd);
}

int
fdatasync(int fd)
{
	return fails(FSYNC) ? -1 : (int)syscall(SYS_fdatasync, fd);
}

int
rename(const char *a, const char *b)
{
	return fails(RENAME) ? -1 : (int)syscall(SYS_rename, a, b);
}

int
renameat(int d, const char *a, int e, const char *b)
{
	return fails(RENAME) ? -1 : (int)syscall(SYS_renameat, d, a, e, b);
}

int
renameat2(int d, const char *a, int e, const char *b, unsigned int flags)
{
	return fails(RENAME) ? -1 : (int)syscall(SYS_renameat2, d, a, e, b, flags);
}

/* The mode is only read where there is one. */
#define MODE(flags)                                     \
	mode_t mode = 0;                                \
	if (((flags) & (O_CREAT | __O_TMPFILE)) != 0) { \
		va_list ap;                             \
		va_start(ap, flags);                    \
		mode = va_arg(ap, mode_t);              \
		va_end(ap);                             \
	}

int
open(const char *path, int flags, ...)
{
	MODE(flags)
	return fails(OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
openat(int dir, const char *path, int flags, ...)
{
	MODE(flags)
	return fails(OPEN) ? -1 : (int)syscall(SYS_openat, dir, path, flags, mode);
}

int
mkdirat(int dir, const char *path, mode_t mode)
{
	return fails(MKDIR) ? -1 : (int)syscall(SYS_mkdirat, dir, path, mode);
}

int
mkdir(const char *path, mode_t mode)
{
	return mkdirat(AT_FDCWD, path, mode);
}

int
unlinkat(int dir, const char *path, int flags)
{
	return fails(UNLINK) ? -1 : (int)syscall(SYS_unlinkat, dir, path, flags);
}

int
unlink(const char *path)
{
	return unlinkat(AT_FDCWD, path, 0);
}

int
connect(int fd, const struct sockaddr *to, socklen_t len)
{
	return fails(CONNECT) ? -1 : (int)syscall(SYS_connect, fd, to, len);
}

void *
malloc(size_t size)
{
	return fails(MALLOC) ? NULL : __libc_malloc(size);
}

void *
calloc(size_t n, size_t size)
{
	return fails(MALLOC) ? NULL : __libc_calloc(n, size);
}

void *
realloc(void *p, size_t size)
{
	return fails(MALLOC) ? NULL : __libc_realloc(p, size);
}
