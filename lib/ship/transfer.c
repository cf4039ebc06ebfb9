#include "ship/transfer.h"

#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/num.h"
#include "base/sig.h"
#include "ship/trouble.h"

#define SAID_MAX ((size_t)1 << 20)

int
transfer_pause(int64_t seconds)
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

/* Take what is whole of ${line}, in lines. */
static void
take_lines(struct transfer *t, struct buf *line)
{
	size_t from = 0, to;

	for (to = 0; to < line->len; to++) {
		if (line->data[to] != '\n' && line->data[to] != '\r')
			continue;
		char end = line->data[to];
		line->data[to] = '\0';
		if (to > from && !take_progress(t, line->data + from) &&
		    t->out.len < TRANSFER_OUT) {
			buf_text(&t->out, line->data + from);
			buf_add(&t->out, "\n", 1);
		}
		line->data[to] = end;
		from = to + 1;
	}
	memmove(line->data, line->data + from, line->len - from);
	line->len -= from;
}

/* Read the stdout of ${c} to its end. */
static void
take_output(struct transfer *t, struct child *c)
{
	struct buf line = {0};
	char chunk[8192];
	ssize_t got;

	while ((got = io_read_some(c->out, chunk, sizeof(chunk))) > 0) {
		/* A line that does not end is not one of the programs that we know. */
		if (line.len < SAID_MAX)
			buf_add(&line, chunk, (size_t)got);
		if (!line.failed)
			take_lines(t, &line);
	}
	buf_add(&line, "\n", 1);
	if (!line.failed)
		take_lines(t, &line);
	buf_free(&line);
}

/* What the child wrote into ${fd}, for the caller to free; never NULL but without memory. */
static char *
read_said(int fd)
{
	char *text = NULL;
	size_t len;
	off_t end = lseek(fd, 0, SEEK_END);

	/* Only the end of what goes on and on. */
	if (end == -1 || lseek(fd, end > (off_t)SAID_MAX ? end - (off_t)SAID_MAX : 0, SEEK_SET) == -1 ||
	    io_read_file(fd, SAID_MAX, &text, &len) != 0)
		return strdup("");
	return text;
}

/* rsync's own count of what went over the line. */
static void
take_stats(struct transfer *t)
{
	static const char words[] = "Total bytes sent: ";
	const char *text = buf_string(&t->out), *at;

	if (text != NULL && (at = strstr(text, words)) != NULL)
		t->sent += number(at + sizeof(words) - 1);
}

/*
 * Run ${argv} once.  Return its exit status, or -1 after reporting; ${*said} is the caller's.
 * ${*code} is left alone unless what feeds it failed, and reported that.
 */
static int
once(struct transfer *t, const struct transfer_run *r, char *const *argv, char **said, int *code)
{
	struct child c;
	int err_fd, flags = CHILD_OUT | CHILD_GROUP, status = -1;
	int fed = 0;

	*said = NULL;
	buf_reset(&t->out, 65536);
	t->drawn = 0;
	if ((err_fd = memfd_create("said", MFD_CLOEXEC)) == -1) {
		warn("%s", argv[0]);
		return -1;
	}
	if (r->feed != NULL)
		flags |= CHILD_IN;
	if (child_start(&c, argv, NULL, r->dir, flags, -1, err_fd) != 0)
		goto out;
	if (r->feed != NULL) {
		if ((fed = r->feed(r->ctx, c.in)) > 1)
			kill(-c.pid, SIGKILL);
		io_close(&c.in);
	}
	take_output(t, &c);
	status = child_wait(&c);
	*said = read_said(err_fd);
	if (status == 0)
		take_stats(t);
	if (fed > 1)
		*code = fed;
out:
	io_close(&err_fd);
	return status;
}

/* The package that has ${program}. */
static int
missing(const struct transfer *t, const char *program)
{
	warnx("%s: %s is not installed", t->name, program);
	warnx("hint: apt install %s",
	    strcmp(program, "ssh") == 0 ? "openssh-client" : program);
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
	int status, fed = 0;

	if (!child_exists(argv[0]))
		return missing(t, argv[0]);
	for (;;) {
		status = once(t, r, argv, &said, &fed);
		if (fed != 0 || status == 0 || status == -1 || sig_stop() != 0)
			break;
		trouble_judge(argv[0], status, said != NULL ? said : "", &trouble);
		if (trouble.differently && r->differently != NULL && argv != r->differently) {
			argv = r->differently;
			free(said);
			continue;
		}
		if (!trouble.passing || --left == 0 || r->flags & TRANSFER_SILENT)
			break;
		warnx("%s: %s: %s; trying again in %s", t->name, r->doing, trouble.line,
		    num_elapsed(text, sizeof(text), (double)pause));
		free(said);
		said = NULL;
		if (transfer_pause(pause) != 0)
			break;
		pause = pause * 2 > TRANSFER_PAUSE_MAX ? TRANSFER_PAUSE_MAX : pause * 2;
	}
	free(said);
	if (fed != 0)
		return fed;
	if (status == 0)
		return 0;
	if (sig_stop() != 0)
		return 1;
	if (status == -1)
		return EX_OSERR;
	if (!(r->flags & TRANSFER_SILENT)) {
		warnx("%s: %s: %s", t->name, r->doing, trouble.line);
		if (trouble.hint != NULL)
			warnx("hint: %s", trouble.hint);
	}
	return trouble.code;
}
