/* siantre-alert: what is new, and what waits. */
#include <err.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#include "alert.h"
#include "base/io.h"
#include "base/language.h"
#include "base/sig.h"
#include "notify/intake.h"
#include "notify/moment.h"
#include "set/refresh.h"

/* Open the state to change it or, where nothing is to be changed, to look at it. */
static int
open_state(struct alert *a, struct state **s)
{
	return a->dry ? state_read(a->folder, s) : state_open(a->folder, ALERT_WAIT, s);
}

/* What is new in the journal, and what waits. */
static int
flush(struct alert *a)
{
	struct state *s = NULL;
	bool saved;
	int rc, code;

	if ((rc = open_state(a, &s)) != 0)
		return rc;
	/* Where the journal cannot be read, what is known is told all the same. */
	rc = intake_journal(s, config_journal(a->config), a->now);
	code = alert_commit(a, s, &saved);
	if (rc == 0)
		rc = code;
	if (!a->queue && !a->dry) {
		code = alert_send(a, saved);
		if (rc == 0)
			rc = code;
	}
	return rc;
}

/* Take in what comes from ${fd}. */
static int
filter(struct alert *a, int fd, const char *name)
{
	struct intake *in = intake_open(fd, name);
	struct state *s = NULL;
	int rc = 0, code, more = 1;
	bool saved;

	if (in == NULL)
		return EX_OSERR;
	/* A message that cannot be delivered must not keep other events from being taken. */
	while (more == 1 && sig_stop() == 0 &&
	       (rc == 0 || rc == EX_CONFIG || rc == EX_UNAVAILABLE)) {
		if (intake_wait(in) == 0)
			break;
		if ((code = open_state(a, &s)) != 0) {
			rc = code;
			break;
		}
		if ((more = intake_some(in, s, a->now)) == -1)
			rc = EX_IOERR;
		code = alert_commit(a, s, &saved);
		if (rc == 0)
			rc = code;
		if (!a->queue && !a->dry) {
			code = alert_send(a, saved);
			if (rc == 0)
				rc = code;
		}
		a->now = moment_now();
	}
	intake_close(in);
	return rc;
}

/* For commands that found something out themselves. */
static struct alert
quietly(const struct config *c, bool queue)
{
	language_set(config_get(c, "LANGUAGE"));
	return (struct alert){.config = c,
	    .folder = config_get(c, "STATE_DIR"),
	    .now = moment_now(),
	    .queue = queue,
	    .quiet = true};
}

int
alert_deliver(const struct config *c, bool queue)
{
	struct alert a = quietly(c, queue);

	return flush(&a);
}

int
alert_tell(const struct config *c, bool queue, const char *lines, size_t len)
{
	struct alert a = quietly(c, queue);
	int fd = memfd_create("events", MFD_CLOEXEC), rc = EX_OSERR;

	a.seldom = true;
	if (fd == -1 || io_write(fd, lines, len) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		warn("events");
	else
		rc = filter(&a, fd, "events");
	io_close(&fd);
	return rc;
}

int
alert_flush(int argc, char **argv)
{
	struct alert a = {0};
	int first = alert_options(&a, argc, argv, "qn"), rc;

	if (first == -1)
		return a.help ? 0 : EX_USAGE;
	if (first != argc)
		return alert_usage("flush needs no operand");
	if ((rc = alert_start(&a)) == 0) {
		rc = flush(&a);
		/* The page names what is open. */
		if (!a.dry)
			refresh_pages(a.config, NULL);
	}
	alert_end(&a);
	return rc;
}

int
alert_filter(int argc, char **argv)
{
	struct alert a = {0};
	int first = alert_options(&a, argc, argv, "q"), rc;

	if (first == -1)
		return a.help ? 0 : EX_USAGE;
	if (first != argc)
		return alert_usage("a command stands before its options");
	if (isatty(STDIN_FILENO))
		return alert_usage("stdin is a terminal; redirect it, or name a command");
	if ((rc = alert_start(&a)) == 0)
		rc = filter(&a, STDIN_FILENO, "stdin");
	alert_end(&a);
	return rc;
}
