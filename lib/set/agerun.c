#include "set/agerun.h"

#include <err.h>
#include <fcntl.h>
#include <paths.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/plain.h"

bool
agerun_there(const char *what)
{
	if (child_exists("age"))
		return true;
	warnx("age: not found, and %s needs it", what);
	hintx("apt install age");
	return false;
}

int
agerun_start(struct agerun *a, char *const argv[], int flags, int in, int out)
{
	int null = -1, rc = -1;

	a->child = (struct child){.pid = -1, .in = -1, .out = -1};
	a->said = memfd_create("said", MFD_CLOEXEC);
	if (a->said == -1 || (null = open(_PATH_DEVNULL, O_RDWR | O_CLOEXEC)) == -1)
		warn("start age");
	else if (in != -1)
		rc = child_filter(&a->child, argv, flags, in, out != -1 ? out : null, a->said);
	else
		rc = child_start(
		    &a->child, argv, NULL, NULL, flags, out != -1 ? out : null, a->said);
	io_close(&null);
	if (rc != 0)
		io_close(&a->said);
	return rc;
}

int
agerun_end(struct agerun *a, char line[AGERUN_LINE])
{
	static const char before[] = "age: error: ";
	int status = child_wait(&a->child);
	ssize_t n = -1;

	if (lseek(a->said, 0, SEEK_SET) == 0)
		n = io_read(a->said, line, AGERUN_LINE - 1);
	line[n > 0 ? n : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, before, sizeof(before) - 1) == 0)
		memmove(line, line + sizeof(before) - 1, strlen(line) - sizeof(before) + 2);
	plain_text(line);
	if (status != 0 && *line == '\0')
		snprintf(line, AGERUN_LINE, "age ended %d without a word", status);
	io_close(&a->said);
	return status;
}
