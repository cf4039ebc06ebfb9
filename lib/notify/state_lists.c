/* What stands in the state: tests of channels, counts of jobs, good news. */
#include "notify/state_parts.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MAX 256
#define GOOD_MAX 64
#define TESTS_MAX 256

struct incidents *
state_incidents(const struct state *s)
{
	return s->incidents;
}

const struct state_test *
state_find_test(const struct state *s, const char *name)
{
	for (size_t i = 0; i < s->test_count; i++) {
		if (strcmp(s->tests[i].name, name) == 0)
			return &s->tests[i];
	}
	return NULL;
}

int
state_tested(struct state *s, const char *name, int64_t when, bool ok)
{
	struct state_test *more, *t;
	char *copy;

	for (size_t i = 0; i < s->test_count; i++) {
		t = &s->tests[i];
		if (strcmp(t->name, name) == 0) {
			t->when = when;
			t->ok = ok;
			return 0;
		}
	}
	if (s->test_count >= TESTS_MAX) {
		warnx("more than %d channels", TESTS_MAX);
		return -1;
	}
	copy = strdup(name);
	more = reallocarray(s->tests, s->test_count + 1, sizeof(*more));
	if (more != NULL)
		s->tests = more;
	if (copy == NULL || more == NULL) {
		warn("state");
		free(copy);
		return -1;
	}
	s->tests[s->test_count++] = (struct state_test){.name = copy, .when = when, .ok = ok};
	return 0;
}

struct state_job *
state_job(struct state *s, const char *host, const char *job, const char *event)
{
	struct state_job *more, new = {0};

	for (size_t i = 0; i < s->job_count; i++) {
		if (strcmp(s->jobs[i].host, host) == 0 && strcmp(s->jobs[i].job, job) == 0 &&
		    strcmp(s->jobs[i].event, event) == 0)
			return &s->jobs[i];
	}
	if (s->job_count >= JOBS_MAX) {
		errno = ENOSPC;
		return NULL;
	}
	more = reallocarray(s->jobs, s->job_count + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->jobs = more;
	new.host = strdup(host);
	new.job = strdup(job);
	new.event = strdup(event);
	if (new.host == NULL || new.job == NULL || new.event == NULL) {
		free(new.host);
		free(new.job);
		free(new.event);
		return NULL;
	}
	s->jobs[s->job_count] = new;
	return &s->jobs[s->job_count++];
}

void
state_jobs_clear(struct state *s)
{
	for (size_t i = 0; i < s->job_count; i++) {
		free(s->jobs[i].host);
		free(s->jobs[i].job);
		free(s->jobs[i].event);
	}
	s->job_count = 0;
}

void
state_praise(struct state *s, const struct event *e, int64_t when)
{
	struct state_good *more, *g;

	/* Many at once are old news. */
	if (s->good_count >= GOOD_MAX)
		return;
	more = reallocarray(s->good, s->good_count + 1, sizeof(*more));
	if (more == NULL)
		return;
	s->good = more;
	g = &more[s->good_count];
	*g = (struct state_good){.host = strdup(e->host != NULL ? e->host : ""),
	    .job = strdup(e->job != NULL ? e->job : ""),
	    .message = strdup(e->message != NULL ? e->message : ""),
	    .time = when,
	    .bytes = e->bytes};
	if (g->host == NULL || g->job == NULL || g->message == NULL) {
		free(g->host);
		free(g->job);
		free(g->message);
		return;
	}
	s->good_count++;
}

void
state_good_clear(struct state *s)
{
	for (size_t i = 0; i < s->good_count; i++) {
		free(s->good[i].host);
		free(s->good[i].job);
		free(s->good[i].message);
	}
	s->good_count = 0;
}
