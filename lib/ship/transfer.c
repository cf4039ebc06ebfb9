#include "ship/transfer.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/num.h"
#include "base/sig.h"
#include "ship/trouble.h"

#define SAID_MAX ((size_t)1 << 20)
#define SAID_ROOM \
	((off_t)16 << 20) /* what is said beyond is lost: the far end may go on for ever */
/*
 * An rsync that sends keeps a line alive by itself, and so does the one at the other end, so that
 * --timeout does not see a daemon that is stuck.  But these are few bytes.  Nothing else moves
 * either while a daemon reads a large file for its checksum: so many times the timeout are more
 * than that takes.
 */
#define ALIVE 64 /* bytes in a second that are more than that */
#define STUCK 10

int
transfer_file(const struct transfer *t, const char *path)
{
	if (path == NULL || access(path, R_OK) == 0)
		return 0;
	warn("%s: %s", t->name, path);
	return EX_CONFIG;
}

void
transfer_fail(const struct transfer *t, const char *format, ...)
{
	char text[TRANSFER_REASON];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	warnx("%s: %s", t->name, text);
	if (t->options->reason != NULL)
		strlcpy(t->options->reason, text, TRANSFER_REASON);
}

/* Wait.  Return 0, or -1 after a stop signal. */
static int
let_pass(int64_t seconds)
{
	struct timespec left = {.tv_sec = (time_t)seconds};

	while (sig_stop() == 0 && nanosleep(&left, &left) != 0 && errno == EINTR)
		continue;
	return sig_stop() == 0 ? 0 : -1;
}

/* The number at ${text}, with commas between its digits. */
static uint64_t
number(const char *text)
{
	uint64_t n = 0;

	for (; isdigit((unsigned char)*text) || *text == ','; text++)
		if (*text != ',')
			n = n * 10 + (uint64_t)(*text - '0');
	return n;
}

/*
 * A line, or a part of one that was redrawn, of rsync's stdout.  Return whether it is one that
 * only tells how far it is.
 */
static bool
take_progress(struct transfer *t, char *line)
{
	const char *at = line + strspn(line, " ");
	uint64_t n;

	if (!isdigit((unsigned char)*at) || strchr(at, '%') == NULL ||
	    strstr(at, "/s ") == NULL)
		return false;
	n = number(at);
	if (n > t->drawn) {
		progress_add(t->progress, n - t->drawn);
		t->drawn = n;
	}
	return true;
}

/* Take what is whole of ${line}, in lines.  Return -1 where it is too much. */
static int
take_lines(struct transfer *t, struct buf *line)
{
	size_t from = 0, to;

	for (to = 0; to < line->len; to++) {
		if (line->data[to] != '\n' && line->data[to] != '\r')
			continue;
		line->data[to] = '\0';
		if (to > from && !take_progress(t, line->data + from)) {
			if (t->out.len + (to - from) >= TRANSFER_OUT)
				return -1;
			buf_text(&t->out, line->data + from);
			buf_add(&t->out, "\n", 1);
		}
		from = to + 1;
	}
	memmove(line->data, line->data + from, line->len - from);
	line->len -= from;
	/* A line that does not end is not one of the programs that we know. */
	return line->len < SAID_MAX ? 0 : -1;
}

/* What the process ${pid} has read and written in all; 0 where that is not known. */
static uint64_t
has_moved(pid_t pid)
{
	char path[40], text[80] = "";
	const char *wrote;
	int fd;

	snprintf(path, sizeof(path), "/proc/%jd/io", (intmax_t)pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return 0;
	(void)io_read(fd, text, sizeof(text) - 1);
	io_close(&fd);
	if (strncmp(text, "rchar: ", 7) != 0 || (wrote = strstr(text, "\nwchar: ")) == NULL)
		return 0;
	return number(text + 7) + number(wrote + 8);
}

/* Wait until ${c} says something.  Return -1 where it does not move for too long. */
static int
wait_for(const struct transfer *t, const struct child *c)
{
	struct pollfd p = {.fd = c->out, .events = POLLIN};
	uint64_t had = 0, now;
	int64_t quiet = 0;

	while (poll(&p, 1, 1000) == 0) {
		if ((now = has_moved(c->pid)) - had >= ALIVE || now == 0)
			quiet = 0;
		else if (++quiet > t->options->timeout * STUCK)
			return -1;
		had = now;
	}
	return 0;
}

/*
 * Read the stdout of ${c} to its end.  Return 0, or an exit code: EX_DATAERR where it is too much,
 * EX_OSERR without memory, EX_UNAVAILABLE where it is stuck.
 */
static int
take_output(struct transfer *t, struct child *c, bool watch)
{
	struct buf line = {0};
	char chunk[8192];
	ssize_t got;
	int rc = 0;

	for (;;) {
		if (watch && wait_for(t, c) != 0) {
			rc = EX_UNAVAILABLE;
			break;
		}
		if ((got = io_read_some(c->out, chunk, sizeof(chunk))) <= 0)
			break;
		/* To the end in any case: it must not be stopped by a pipe that is full. */
		if (rc != 0)
			continue;
		buf_add(&line, chunk, (size_t)got);
		if (line.failed || take_lines(t, &line) != 0 || t->out.failed)
			rc = line.failed || t->out.failed ? EX_OSERR : EX_DATAERR;
	}
	buf_add(&line, "\n", 1);
	if (rc == 0 && (line.failed || take_lines(t, &line) != 0 || t->out.failed))
		rc = line.failed || t->out.failed ? EX_OSERR : EX_DATAERR;
	buf_free(&line);
	return rc;
}

/*
 * What the child wrote into ${fd}, for the caller to free; NULL without memory.  It shares the
 * position, which says how far it has come; of what goes on and on only the end is taken.
 */
static char *
read_said(int fd)
{
	off_t end = lseek(fd, 0, SEEK_CUR);
	size_t len = end > (off_t)SAID_MAX ? SAID_MAX : end > 0 ? (size_t)end : 0;
	char *text = calloc(len + 1, 1);

	if (text != NULL && len > 0 && pread(fd, text, len, end - (off_t)len) != (ssize_t)len)
		*text = '\0';
	return text;
}

/* A file in memory for what a child says, which does not grow beyond SAID_ROOM. */
static int
open_said(void)
{
	int fd = memfd_create("said", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd != -1 && (ftruncate(fd, SAID_ROOM) != 0 ||
			    fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK) != 0))
		io_close(&fd);
	return fd;
}

/*
 * Run ${argv} once.  Return its exit status, or -1 after reporting; ${*said} is the caller's.
 * ${*code} is left alone unless the trouble is on our side of it, and was reported.
 */
static int
once(
    struct transfer *t, const struct transfer_run *r, char *const *argv, char **said, int *code)
{
	struct child c;
	int err_fd, flags = CHILD_OUT | CHILD_GROUP, status = -1;
	int fed = 0, taken;

	*said = NULL;
	buf_reset(&t->out, 65536);
	t->drawn = 0;
	if ((err_fd = open_said()) == -1) {
		warn("%s", argv[0]);
		return -1;
	}
	if (r->feed != NULL)
		flags |= CHILD_IN;
	if (child_start(&c, argv, NULL, NULL, flags, -1, err_fd) != 0)
		goto out;
	if (r->feed != NULL) {
		if ((fed = r->feed(r->ctx, c.in)) > 1)
			kill(-c.pid, SIGKILL);
		io_close(&c.in);
	}
	taken = take_output(t, &c, (r->flags & TRANSFER_WATCH) != 0);
	if (taken == EX_UNAVAILABLE)
		kill(-c.pid, SIGKILL);
	status = child_wait(&c);
	if (taken == EX_UNAVAILABLE) {
		/* As rsync has it. */
		*said = strdup("nothing comes back any more: timeout in data send/receive");
		status = 30;
	} else
		*said = read_said(err_fd);
	if (fed > 1)
		*code = fed;
	else if (taken != 0 && taken != EX_UNAVAILABLE && sig_stop() == 0) {
		transfer_fail(t, "%s: %s printed more than can be taken", r->doing, argv[0]);
		*code = taken;
	}
out:
	io_close(&err_fd);
	return status;
}

/* The package that has ${program}. */
static int
missing(const struct transfer *t, const char *program)
{
	transfer_fail(t, "%s is not installed", program);
	hintx("apt install %s", strcmp(program, "ssh") == 0 ? "openssh-client" : program);
	return EX_CONFIG;
}

int
transfer_run(struct transfer *t, const struct transfer_run *r)
{
	const struct transfer_options *o = t->options;
	char *const *argv = r->argv;
	struct trouble trouble;
	int64_t pause = o->pause;
	unsigned left = r->flags & TRANSFER_ONCE || o->tries == 0 ? 1 : o->tries;
	char *said, text[24];
	bool silent = false;
	int status, own = 0;

	if (!child_exists(argv[0]))
		return missing(t, argv[0]);
	for (;;) {
		status = once(t, r, argv, &said, &own);
		t->answered = status != -1 && status != 255;
		if (own != 0 || status == 0 || status == -1 || sig_stop() != 0)
			break;
		trouble_judge(argv[0], status, said != NULL ? said : "", &trouble);
		if (trouble.differently && r->differently != NULL && argv != r->differently) {
			argv = r->differently;
			free(said);
			continue;
		}
		silent =
		    r->flags & TRANSFER_SILENT || (r->flags & TRANSFER_ASK && status != 255);
		if (!trouble.passing || --left == 0 || silent)
			break;
		warnx("%s: %s: %s; trying again in %s", t->name, r->doing, trouble.line,
		    num_elapsed(text, sizeof(text), (double)pause));
		free(said);
		said = NULL;
		if (let_pass(pause) != 0)
			break;
		pause = pause * 2 > TRANSFER_PAUSE_MAX ? TRANSFER_PAUSE_MAX : pause * 2;
	}
	free(said);
	if (own != 0)
		return own;
	/* What it printed may not have been read to its end. */
	if (sig_stop() != 0)
		return 1;
	if (status == 0)
		return 0;
	if (status == -1)
		return EX_OSERR;
	if (!silent) {
		transfer_fail(t, "%s: %s", r->doing, trouble.line);
		if (trouble.hint != NULL)
			hintx("%s", trouble.hint);
	}
	return trouble.code;
}
