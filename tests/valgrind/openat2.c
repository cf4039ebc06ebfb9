/*
 * Valgrind 3.19 does not know openat2(2).  This stands in front of libc's syscall(), through which
 * it is called, and makes it openat(2): without a link at the end of the path, and without a look
 * at those on the way.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

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
		return openat((int)a[0], (const char *)a[1], (int)how->flags | O_NOFOLLOW,
		    (mode_t)how->mode);
	}
	if (next == NULL)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
