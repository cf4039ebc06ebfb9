#include "notify/news.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/event.h"

static int
write_line(const struct news *n, const char *job, const char *what, const char *status,
    const char *message)
{
	struct event e = {.host = n->host,
	    .job = job,
	    .event = n->event,
	    .status = status,
	    .seconds = -1,
	    .bytes = -1,
	    .what = what,
	    .message = message};
	time_t t = (time_t)n->now;
	struct tm tm;
	char *line;
	int rc = 0;

	if (gmtime_r(&t, &tm) == NULL ||
	    strftime(e.time, sizeof(e.time), "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		e.time[0] = '\0';
	if (n->journal != NULL && event_append(n->journal, &e) != 0)
		return EX_IOERR;
	if (n->out != NULL) {
		if ((line = event_line(&e)) == NULL)
			return EX_OSERR;
		if (fputs(line, n->out) == EOF)
			rc = EX_IOERR;
		free(line);
	}
	return rc;
}

static bool
still(const struct promises *p, const char *job, const char *what)
{
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].job, job) == 0 && strcmp(p->list[i].what, what) == 0)
			return true;
	}
	return false;
}

int
news_tell(const struct news *n, const struct promises *p, struct memory *m)
{
	char job[32], what[32];
	const char *told;
	int rc = 0, got;

	for (size_t i = 0; i < p->count; i++) {
		const struct promise *x = &p->list[i];
		const char *status = promise_word(x->state);

		if (x->state == PROMISE_UNKNOWN ||
		    !memory_due(m, x->job, x->what, status, n->now))
			continue;
		if ((got = write_line(n, x->job, x->what, status, x->message)) == 0 &&
		    memory_tell(m, x->job, x->what, status, n->now) != 0)
			got = EX_OSERR;
		rc = rc == 0 ? got : rc;
	}
	for (size_t i = 0; memory_each(m, i, job, what) == 0;) {
		if (still(p, job, what)) {
			i++;
			continue;
		}
		told = memory_told(m, job, what);
		got = told == NULL || strcmp(told, "ok") == 0
			  ? 0
			  : write_line(n, job, what, "ok", "no longer asked for");
		if (got == 0)
			memory_drop(m, job, what);
		else
			i++;
		rc = rc == 0 ? got : rc;
	}
	return rc;
}
