#include <string.h>
#include <unistd.h>

#include "base/host.h"

const char *
host_name(char out[HOST_SIZE])
{
	/* A name that was cut has no NUL; the last byte stays one. */
	memset(out, 0, HOST_SIZE);
	if (gethostname(out, HOST_SIZE - 1) != 0 || *out == '\0')
		strlcpy(out, "localhost", HOST_SIZE);
	return out;
}
