#include "notify/news.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/event.h"
#include "base/host.h"

/* Two memories may know of the same job of the same host, at two places: neither ends the other's. */
static const char *
job_of(const struct news *n, const struct memory_key *k, char job[MEMORY_KEY])
{
	/* That a look failed is told by the unit, which does not know of the memory. */
	bool marked = n->mark != NULL && strcmp(k->what, "check") != 0;

	snprintf(job, MEMORY_KEY, "%s%s", k->job, marked ? n->mark : "");
	return job;
}

static int
write_line(
    const struct news *n, const struct memory_key *k, const char *status, const char *message)
{
	char job[MEMORY_KEY];
	struct event e = {.host = k->host != NULL && *k->host != '\0' ? k->host : NULL,
	    .job = job_of(n, k, job),
	    .event = "check",
	    .status = status,
	    .seconds = -1,
	    .bytes = -1,
	    .what = k->what,
	    .message = message};
	FILE *to = n->out;
	char *line;
	int rc = 0;

	event_stamp(e.time, n->now);
	if (n->journal != NULL && event_append(n->journal, &e) != 0) {
		rc = EX_IOERR;
		to = n->missed;
	}
	if (to != NULL) {
		if ((line = event_line(&e)) == NULL)
			return EX_OSERR;
		if (fputs(line, to) == EOF)
			rc = EX_IOERR;
		free(line);
	}
	return rc;
}

static bool
still(const struct promises *p, const struct memory_key *k)
{
	for (size_t i = 0; i < p->count; i++) {
		if (strcmp(p->list[i].host, k->host) == 0 &&
		    strcmp(p->list[i].job, k->job) == 0 &&
		    strcmp(p->list[i].what, k->what) == 0)
			return true;
	}
	return false;
}

/* Whether people know of ${k} as broken. */
static bool
is_known(const struct news *n, const struct memory_key *k)
{
	const struct incident *i;
	char here[HOST_SIZE], job[MEMORY_KEY];

	if (n->known == NULL)
		return false;
	i = incidents_find(n->known, *k->host != '\0' ? k->host : host_name(here),
	    job_of(n, k, job), "check", k->what);
	return i != NULL && incident_open(i);
}

int
news_tell(const struct news *n, const struct promises *p, struct memory *m)
{
	char text[MEMORY_KEY];
	struct memory_key k;
	const char *told;
	int rc = 0, got;

	for (size_t i = 0; i < p->count; i++) {
		const struct promise *x = &p->list[i];
		const char *status = promise_word(x->state);

		k = (struct memory_key){x->host, x->job, x->what};
		if (x->state == PROMISE_UNKNOWN ||
		    (!memory_due(m, &k, status, n->now) &&
			(x->state != PROMISE_KEPT || !is_known(n, &k))))
			continue;
		if ((got = write_line(n, &k, status, x->message)) == 0 &&
		    memory_tell(m, &k, status, n->now) != 0)
			got = EX_OSERR;
		rc = rc == 0 ? got : rc;
	}
	for (size_t i = 0; !n->partial && memory_each(m, i, text, &k) == 0;) {
		if (still(p, &k)) {
			i++;
			continue;
		}
		told = memory_told(m, &k);
		got = told == NULL || strcmp(told, "ok") == 0
			  ? 0
			  : write_line(n, &k, "ok", "no longer asked for");
		if (got == 0)
			memory_drop(m, &k);
		else
			i++;
		rc = rc == 0 ? got : rc;
	}
	return rc;
}
