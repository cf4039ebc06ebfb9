#include "notify/intake.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/io.h"
#include "base/sig.h"
#include "notify/intake_parts.h"
#include "notify/state_parts.h"
#include "set/journal.h"
#include "set/journal_line.h"

/* What is older than this is not counted for the next weekly word. */
#define WEEK (7 * 86400)
#define PAUSE_MS 1000
#define BATCH 10000 /* lines, before they are told */
#define LONG_S 5    /* seconds, likewise */

struct intake {
	int fd;
	char *name;
	char *buf; /* JOURNAL_LINE bytes, of which [at, end) are not yet taken */
	size_t at;
	size_t end;
	bool eof;
	bool skipping; /* within a line that is too long */
	size_t garbage;
	size_t torn;
	int64_t start;  /* of the last line that was taken, from where the reading began */
	int64_t offset; /* behind it */
	char digest[HASH_HEX];
};

struct intake *
intake_open(int fd, const char *name)
{
	struct intake *in = calloc(1, sizeof(*in));

	if (in == NULL || (in->buf = malloc(JOURNAL_LINE)) == NULL ||
	    (in->name = strdup(name)) == NULL) {
		warn("%s", name);
		if (in != NULL)
			free(in->buf);
		free(in);
		return NULL;
	}
	in->fd = fd;
	return in;
}

void
intake_close(struct intake *in)
{
	if (in == NULL)
		return;
	if (in->garbage > 0)
		warnx("%s: %zu %s no event: passed over", in->name, in->garbage,
		    in->garbage == 1 ? "line is" : "lines are");
	if (in->torn > 0)
		warnx("%s: the last line is torn: passed over", in->name);
	free(in->name);
	free(in->buf);
	free(in);
}

/*
 * Count what went well and what did not, and remember what somebody wants to hear of.  ${e} has the
 * names of its incident, which are lines of a known length: these can be read back.
 */
static void
tally(struct state *s, const struct event *e, int64_t when, int64_t now)
{
	bool run = strcmp(e->event, "run") == 0, good = strcmp(e->status, "fail") != 0;
	struct state_job *j;

	if (!run && strcmp(e->event, "ship") != 0 && strcmp(e->event, "drill") != 0)
		return;
	if (when < now - WEEK)
		return;
	j = state_job(s, e->host, e->job, e->event);
	if (j != NULL && good) {
		j->good++;
		j->last = when;
		j->bytes = e->bytes;
	} else if (j != NULL) {
		j->bad++;
	}
	if (run && good)
		state_praise(s, e, when);
	if (run) {
		strlcpy(s->ping, good ? "ok" : "fail", sizeof(s->ping));
		s->ping_time = when;
	}
}

/* Take one line in.  Return 0, or -1 with errno set, ENOMEM, after reporting. */
static int
take_line(
    struct intake *in, struct state *s, const char *line, size_t len, bool whole, int64_t now)
{
	const struct incident *i;
	json_t *holder = NULL;
	struct event e;
	int64_t when;
	int rc = 0;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0)
		return 0;
	if (!journal_event(line, len, &e, &holder)) {
		if (errno == ENOMEM) {
			/* Nobody can tell: the next call reads from here once more. */
			warn("%s", in->name);
			errno = ENOMEM;
			return -1;
		}
		if (whole)
			in->garbage++;
		else
			in->torn = 1;
	} else if ((rc = incidents_take(s->incidents, &e, now)) == 1) {
		rc = 0;
		i = incidents_add(s->incidents, e.host, e.job, e.event, e.what);
		if (i != NULL && event_time(e.time, &when) == 0) {
			e.host = i->host;
			e.job = i->job;
			e.event = i->event;
			tally(s, &e, when, now);
		}
	}
	json_decref(holder);
	/* No room for one more thing that is wrong: it was said, and the others count. */
	return rc == -1 && errno == ENOMEM ? -1 : 0;
}

/* Whether nothing comes for a moment. */
static bool
pauses(const struct intake *in)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};

	return poll(&p, 1, PAUSE_MS) == 0;
}

/*
 * Take in what there is.  ${follow}: a stream, which may pause and whose last line need not end;
 * else a file, whose unfinished last line is left where it is.
 */
static int
take_all(struct intake *in, struct state *s, int64_t now, bool follow)
{
	size_t lines = 0, len;
	struct timespec from;
	const char *end;
	ssize_t n;

	clock_gettime(CLOCK_MONOTONIC, &from);

	for (;;) {
		char *line = in->buf + in->at;

		end = in->at < in->end ? memchr(line, '\n', in->end - in->at) : NULL;
		if (end == NULL && in->eof) {
			if (follow && in->at < in->end && !in->skipping &&
			    take_line(in, s, line, in->end - in->at, false, now) == -1)
				return -1;
			if (follow && in->skipping)
				in->torn = 1;
			in->at = in->end;
			return 0;
		}
		if (end != NULL) {
			len = (size_t)(end - line);
			if (in->skipping)
				in->garbage++;
			else if (take_line(in, s, line, len, true, now) == -1)
				return -1;
			/* What was too long is known by its last bytes. */
			in->start = in->offset;
			in->offset += (int64_t)len + 1;
			hash_bytes(line, len + 1, in->digest);
			in->skipping = false;
			in->at += len + 1;
			/* Others wait for the state, and somebody for the news. */
			lines++;
			if (follow && (lines >= BATCH || event_seconds(&from) > LONG_S))
				return 1;
			continue;
		}
		memmove(in->buf, line, in->end - in->at);
		in->end -= in->at;
		in->at = 0;
		if (in->end == JOURNAL_LINE) { /* go on behind what cannot be a line */
			in->skipping = true;
			in->offset += (int64_t)in->end;
			in->end = 0;
		}
		if (follow && lines > 0 && pauses(in))
			return 1;
		n = io_read_some(in->fd, in->buf + in->end, JOURNAL_LINE - in->end);
		if (n == -1 && sig_stop() != 0)
			return 0;
		if (n == -1) {
			warn("read %s", in->name);
			return -1;
		}
		in->eof = n == 0;
		in->end += (size_t)n;
	}
}

int
intake_wait(struct intake *in)
{
	struct pollfd p = {.fd = in->fd, .events = POLLIN};
	char *rest = in->buf + in->at;

	if (in->at < in->end && (in->eof || memchr(rest, '\n', in->end - in->at) != NULL))
		return 1;
	while (!in->eof && sig_stop() == 0) {
		if (poll(&p, 1, -1) > 0)
			return 1;
	}
	return 0;
}

int
intake_some(struct intake *in, struct state *s, int64_t now)
{
	return take_all(in, s, now, true);
}

int
intake_rest(struct state *s, int fd, const char *name, int64_t now, struct state_cursor *c)
{
	struct intake *in = intake_open(fd, name);
	int rc;

	if (in == NULL)
		return EX_OSERR;
	in->start = in->offset = c->offset;
	strlcpy(in->digest, c->digest, sizeof(in->digest));
	rc = take_all(in, s, now, false) == -1 ? io_read_exit() : 0;
	if (in->offset != c->offset) {
		c->start = in->start;
		c->offset = in->offset;
		strlcpy(c->digest, in->digest, sizeof(c->digest));
	}
	intake_close(in);
	return rc;
}
