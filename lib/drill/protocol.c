#include "drill/protocol.h"

#include <err.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/host.h"
#include "base/num.h"
#include "base/plain.h"

struct protocol {
	char time[24];
	char host[HOST_SIZE];
	char *application;
	char *where;
	double began, ended; /* the monotonic clock; ended 0: not yet */
	struct drill_step *steps;
	size_t nsteps;
	struct drill_goal *goals;
	size_t ngoals;
	bool loud;
	bool failed; /* memory ran out: what is told would not be all */
};

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* A copy of ${text} (NULL: "") that is one printable line. */
static char *
copy(struct protocol *p, const char *text)
{
	char *new = strdup(text != NULL ? text : "");

	if (new == NULL)
		p->failed = true;
	else
		plain_text(new);
	return new;
}

struct protocol *
protocol_new(const char *application, bool loud)
{
	struct protocol *p = calloc(1, sizeof(*p));

	if (p == NULL || (p->application = copy(p, application)) == NULL ||
	    (p->where = copy(p, "")) == NULL) {
		warn("drill");
		protocol_free(p);
		return NULL;
	}
	p->loud = loud;
	event_now(p->time);
	host_name(p->host);
	p->began = now();
	return p;
}

void
protocol_server(struct protocol *p, const char *text)
{
	char *new = copy(p, text);

	if (new == NULL)
		return;
	free(p->where);
	p->where = new;
}

void
protocol_begin(struct protocol *p, const char *job, const char *set, enum drill_part part,
    const char *format, ...)
{
	struct drill_step *steps, *s;
	char *what = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&what, format, ap) == -1)
		what = NULL;
	va_end(ap);
	steps = reallocarray(p->steps, p->nsteps + 1, sizeof(*steps));
	if (steps == NULL || what == NULL) {
		warn("drill");
		p->failed = true;
		if (steps != NULL)
			p->steps = steps;
		free(what);
		return;
	}
	p->steps = steps;
	s = &steps[p->nsteps++];
	memset(s, 0, sizeof(*s));
	s->job = copy(p, job);
	s->set = copy(p, set);
	s->what = copy(p, what);
	s->detail = copy(p, NULL);
	s->part = part;
	s->state = DRILL_FAIL; /* until it is known better */
	s->code = 1;
	s->started = now();
	free(what);
	if (p->loud && s->what != NULL && s->set != NULL)
		warnx("%s%s%s ...", s->set, *s->set != '\0' ? ": " : "", s->what);
	if (s->job == NULL || s->set == NULL || s->what == NULL || s->detail == NULL) {
		warn("drill");
		free(s->job);
		free(s->set);
		free(s->what);
		free(s->detail);
		p->nsteps--;
	}
}

void
protocol_end(struct protocol *p, enum drill_state state, int code, const char *detail)
{
	struct drill_step *s;
	char *text;

	if (p->failed || p->nsteps == 0)
		return;
	s = &p->steps[p->nsteps - 1];
	s->seconds = now() - s->started;
	s->state = state;
	s->code = code;
	if ((text = copy(p, detail)) != NULL) {
		free(s->detail);
		s->detail = text;
	}
}

void
protocol_goal(struct protocol *p, const struct drill_goal *goal)
{
	struct drill_goal *goals = reallocarray(p->goals, p->ngoals + 1, sizeof(*goals));

	if (goals == NULL) {
		warn("drill");
		p->failed = true;
		return;
	}
	p->goals = goals;
	goals[p->ngoals] = *goal;
	if ((goals[p->ngoals].detail = copy(p, goal->detail)) != NULL)
		p->ngoals++;
}

void
protocol_close(struct protocol *p)
{
	p->ended = now();
}

const struct drill_step *
protocol_step(const struct protocol *p, size_t i)
{
	return i < p->nsteps ? &p->steps[i] : NULL;
}

const struct drill_goal *
protocol_goal_at(const struct protocol *p, size_t i)
{
	return i < p->ngoals ? &p->goals[i] : NULL;
}

const char *
protocol_time(const struct protocol *p)
{
	return p->time;
}

const char *
protocol_application(const struct protocol *p)
{
	return p->application;
}

const char *
protocol_host(const struct protocol *p)
{
	return p->host;
}

const char *
protocol_where(const struct protocol *p)
{
	return p->where;
}

double
protocol_seconds(const struct protocol *p)
{
	return (p->ended > 0 ? p->ended : now()) - p->began;
}

/* What was not measured counts for nothing. */
static enum drill_state
worse(enum drill_state a, enum drill_state b)
{
	static const int rank[] = {[DRILL_OK] = 1,
	    [DRILL_WARN] = 2,
	    [DRILL_MISSED] = 3,
	    [DRILL_FAIL] = 4,
	    [DRILL_NONE] = 0};

	return rank[b] > rank[a] ? b : a;
}

enum drill_state
protocol_state(const struct protocol *p)
{
	enum drill_state state = DRILL_NONE;

	if (p->failed)
		return DRILL_FAIL;
	for (size_t i = 0; i < p->nsteps; i++)
		state = worse(state, p->steps[i].state);
	for (size_t i = 0; i < p->ngoals; i++)
		state = worse(state, p->goals[i].state);
	return state;
}

int
protocol_code(const struct protocol *p)
{
	enum drill_state state = protocol_state(p);
	int code = 0;

	for (size_t i = 0; i < p->nsteps; i++) {
		const struct drill_step *s = &p->steps[i];

		if (s->state == DRILL_FAIL && code != EX_DATAERR &&
		    (code == 0 || s->code == EX_DATAERR))
			code = s->code != 0 ? s->code : 1;
	}
	if (code == 0 && state != DRILL_OK && state != DRILL_WARN)
		code = 1;
	return code;
}

enum drill_state
protocol_part(const struct protocol *p, enum drill_part part, double *seconds)
{
	enum drill_state state = DRILL_NONE;

	*seconds = 0;
	for (size_t i = 0; i < p->nsteps; i++) {
		if (p->steps[i].part != part)
			continue;
		*seconds += p->steps[i].seconds;
		state = worse(state, p->steps[i].state);
	}
	return state;
}

char *
protocol_summary(const struct protocol *p)
{
	enum drill_state state = protocol_state(p);
	char took[24], limit[24], *text = NULL;
	struct buf b = {0};
	size_t told = 0;

	buf_printf(&b, "%s in %s",
	    state == DRILL_OK     ? "passed"
	    : state == DRILL_WARN ? "passed with warnings"
	    : state == DRILL_NONE ? "nothing was drilled"
				  : "failed",
	    num_elapsed(took, sizeof(took), protocol_seconds(p)));
	for (size_t i = 0; i < p->nsteps; i++) {
		const struct drill_step *s = &p->steps[i];

		if (s->state == DRILL_OK || s->state == DRILL_NONE || told++ >= 3)
			continue;
		buf_printf(&b, "; %s%s%s%s%s: %.300s", s->job, *s->job != '\0' ? " " : "",
		    s->set, *s->set != '\0' ? " " : "", s->what,
		    *s->detail != '\0' ? s->detail : protocol_word(s->state));
	}
	if (told > 3)
		buf_printf(&b, "; and %zu more", told - 3);
	for (size_t i = 0; i < p->ngoals; i++) {
		const struct drill_goal *g = &p->goals[i];

		buf_printf(&b, "; %s %s ", g->kind, g->name);
		if (g->measured < 0)
			buf_printf(
			    &b, "not measured%s%s", *g->detail != '\0' ? ": " : "", g->detail);
		else
			buf_printf(&b, "%s of %s%s",
			    num_elapsed(took, sizeof(took), g->measured),
			    num_elapsed(limit, sizeof(limit), (double)g->limit),
			    g->state == DRILL_MISSED ? " (missed)" : "");
	}
	if (buf_string(&b) != NULL && (text = strdup(b.data)) == NULL)
		warn("drill");
	buf_free(&b);
	return text;
}

const char *
protocol_word(enum drill_state state)
{
	static const char *const words[] = {[DRILL_OK] = "ok",
	    [DRILL_WARN] = "warn",
	    [DRILL_MISSED] = "missed",
	    [DRILL_FAIL] = "fail",
	    [DRILL_NONE] = "none"};

	return words[state];
}

void
protocol_free(struct protocol *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->nsteps; i++) {
		free(p->steps[i].job);
		free(p->steps[i].set);
		free(p->steps[i].what);
		free(p->steps[i].detail);
	}
	for (size_t i = 0; i < p->ngoals; i++)
		free(p->goals[i].detail);
	free(p->steps);
	free(p->goals);
	free(p->application);
	free(p->where);
	free(p);
}
