#include "notify/program.h"

#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/num.h"
#include "base/plain.h"
#include "base/sig.h"

#define SAID_MAX 2048 /* of a program's words, more than is shown */
#define GRACE_S 5     /* from SIGTERM to SIGKILL */

int
program_patience(void)
{
	const char *text = getenv("SIANTRE_PATIENCE");
	uint64_t seconds;

	return text != NULL && num_count(text, 1, 600, &seconds) == 0 ? (int)seconds : 60;
}

void
program_line(const char *text, char *out, size_t size)
{
	size_t used = 0;

	for (const char *c = text; *c != '\0' && used + 1 < size; c++) {
		if (strchr(" \t\r\n", *c) == NULL)
			out[used++] = *c;
		else if (used > 0 && out[used - 1] != ' ')
			out[used++] = ' ';
	}
	while (used > 0 && out[used - 1] == ' ')
		used--;
	out[used] = '\0';
	/* What was cut within a character becomes a question mark, too. */
	plain_text(out);
}

/* Wait until the process ${pid} has ended, ${seconds} at most; return whether it has. */
static bool
ended(pid_t pid, int seconds)
{
	const struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
	struct timespec now, end;
	siginfo_t info;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	for (;;) {
		info.si_pid = 0;
		/* It is left to be waited for. */
		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == pid)
			return true;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (sig_stop() != 0 || now.tv_sec > end.tv_sec ||
		    (now.tv_sec == end.tv_sec && now.tv_nsec >= end.tv_nsec))
			return false;
		nanosleep(&pause, NULL);
	}
}

int
program_run(
    char *const argv[], const void *input, size_t len, int seconds, char *said, size_t size)
{
	struct child c = {.pid = -1, .in = -1, .out = -1};
	char text[SAID_MAX];
	int in = memfd_create("input", MFD_CLOEXEC), out = memfd_create("output", MFD_CLOEXEC);
	ssize_t n = 0;
	int rc = -1;
	bool late = false;

	said[0] = '\0';
	if (in == -1 || out == -1 || io_write(in, input, len) != 0 ||
	    lseek(in, 0, SEEK_SET) != 0) {
		warn("start %s", argv[0]);
		goto out;
	}
	/* Files instead of pipes: neither side can block the other. */
	if (child_filter(&c, argv, CHILD_GROUP, in, out, out) != 0)
		goto out;
	if (!ended(c.pid, seconds)) {
		late = true;
		kill(-c.pid, SIGTERM);
		if (!ended(c.pid, GRACE_S))
			kill(-c.pid, SIGKILL);
	}
	rc = child_wait(&c);
	if (late && rc != -1)
		rc = PROGRAM_LATE;
	if (lseek(out, 0, SEEK_SET) == 0 && (n = io_read(out, text, sizeof(text) - 1)) > 0) {
		text[n] = '\0';
		program_line(text, said, size);
	}
out:
	io_close(&in);
	io_close(&out);
	return rc;
}
