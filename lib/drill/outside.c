#include "drill/outside.h"

#include <err.h>
#include <fcntl.h>
#include <paths.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "base/plain.h"
#include "base/sig.h"

#define RELAYED 65536 /* bytes of it that are shown */

int
outside_start(struct outside *o, char *const argv[], int flags, int in, int out)
{
	int null = -1, rc = -1;

	memset(o, 0, sizeof(*o));
	o->child = (struct child){.pid = -1, .in = -1, .out = -1};
	o->name = argv[0];
	o->said = memfd_create("said", MFD_CLOEXEC);
	if (o->said == -1 || (null = open(_PATH_DEVNULL, O_RDWR | O_CLOEXEC)) == -1) {
		warn("start %s", argv[0]);
		goto out;
	}
	flags |= CHILD_GROUP;
	out = out == -1 ? null : out;
	rc = in != -1 ? child_filter(&o->child, argv, flags, in, out, o->said)
		      : child_start(&o->child, argv, NULL, NULL, flags, out, o->said);
out:
	io_close(&null);
	if (rc != 0)
		io_close(&o->said);
	return rc;
}

/* Show ${text} line by line, and join it to one; hints are for whoever sits before it. */
static void
relay(char *text, char line[OUTSIDE_SAID])
{
	char *rest = text, *part;

	while ((part = strsep(&rest, "\n")) != NULL) {
		plain_text(part);
		if (*part == '\0')
			continue;
		fprintf(stderr, "%s\n", part);
		if (strncmp(part, "hint: ", 6) == 0)
			continue;
		if (*line != '\0')
			strlcat(line, "; ", OUTSIDE_SAID);
		strlcat(line, part, OUTSIDE_SAID);
	}
}

int
outside_end(struct outside *o, char line[OUTSIDE_SAID])
{
	char *text = NULL;
	size_t len = 0;
	ssize_t n = -1;
	int status = child_wait(&o->child);

	line[0] = '\0';
	if ((text = malloc(RELAYED)) != NULL && lseek(o->said, 0, SEEK_SET) == 0)
		n = io_read(o->said, text, RELAYED - 1);
	if (n >= 0) {
		len = (size_t)n;
		text[len] = '\0';
		relay(text, line);
	}
	if (status > 0 && line[0] == '\0' && !o->answers && sig_stop() == 0) {
		snprintf(line, OUTSIDE_SAID, "%s ended %d without a word", o->name, status);
		warnx("%s", line);
	}
	free(text);
	io_close(&o->said);
	return status == -1 ? 1 : status;
}

int
outside_run(char *const argv[], int out, char line[OUTSIDE_SAID])
{
	struct outside o;

	if (outside_start(&o, argv, 0, -1, out) != 0) {
		snprintf(line, OUTSIDE_SAID, "%s: cannot be started", argv[0]);
		return 1;
	}
	return outside_end(&o, line);
}

char *
outside_argument(const char *format, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) == -1) {
		text = NULL;
		warn("drill");
	}
	va_end(ap);
	return text;
}
