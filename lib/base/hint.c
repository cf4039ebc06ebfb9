#include "base/hint.h"

#include <stdarg.h>
#include <stdio.h>

void
hintx(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	flockfile(stderr);
	fputs("hint: ", stderr);
	vfprintf(stderr, format, ap);
	putc('\n', stderr);
	funlockfile(stderr);
	va_end(ap);
}
