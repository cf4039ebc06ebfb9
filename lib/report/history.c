#include "report/history.h"

#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "report/kept.h"
#include "report/points.h"
#include "set/sets.h"

#define NAME 20   /* of a set, with its NUL */
#define DATE 8    /* characters that name the day in it */
#define PAST (-1) /* a day before the first of ours */
#define FUTURE HISTORY_DAYS

struct job {
	struct history_job shown;
	struct points points;
	struct kept last;
	bool ran;                             /* last is one */
	int first;                            /* the day since which it is known */
	enum history_day worst[HISTORY_DAYS]; /* that a run was; HISTORY_BEFORE: none */
	/* The name of the newest good set of each day; before them that of all days before. */
	char good[HISTORY_DAYS + 1][NAME];
};

struct history {
	int64_t now;
	int64_t midnights[HISTORY_DAYS + 1];
	char dates[HISTORY_DAYS][DATE + 1]; /* 20261123 */
	char since[24];                     /* the first midnight, as events have it */
	struct job *jobs[HISTORY_JOBS];
	size_t njobs;
	struct job *recent; /* that was made or found last */
	struct kept runs[HISTORY_RUNS];
	size_t nruns;
	struct kept failures[HISTORY_FAILURES];
	size_t nfailures;
	struct trend space;
};

struct history *
history_new(int64_t now)
{
	struct history *h = calloc(1, sizeof(*h));
	time_t at = (time_t)now;
	struct tm today, tm;

	if (h == NULL || localtime_r(&at, &today) == NULL) {
		warn("history");
		free(h);
		return NULL;
	}
	h->now = now;
	for (int i = 0; i <= HISTORY_DAYS; i++) {
		tm = (struct tm){.tm_year = today.tm_year,
		    .tm_mon = today.tm_mon,
		    .tm_mday = today.tm_mday - HISTORY_DAYS + 1 + i,
		    .tm_isdst = -1};
		at = mktime(&tm);
		h->midnights[i] = (int64_t)at;
		if (i < HISTORY_DAYS)
			strftime(h->dates[i], sizeof(h->dates[i]), "%Y%m%d", &tm);
	}
	event_stamp(h->since, h->midnights[0]);
	return h;
}

const char *
history_cut(const char *name, char buf[HISTORY_NAME])
{
	size_t len = strlcpy(buf, name, HISTORY_NAME);

	if (len < HISTORY_NAME)
		return buf;
	for (len = HISTORY_NAME - 1; len > 0 && (name[len] & 0xc0) == 0x80; len--)
		;
	buf[len] = '\0';
	return buf;
}

static struct job *
find(const struct history *h, const char *name)
{
	char cut[HISTORY_NAME];

	history_cut(name, cut);
	for (size_t i = 0; i < h->njobs; i++)
		if (strcmp(h->jobs[i]->shown.job, cut) == 0)
			return h->jobs[i];
	return NULL;
}

/* The job ${name}, made where it is not there yet; NULL where there are too many, or no memory. */
static struct job *
make(struct history *h, const char *name)
{
	char cut[HISTORY_NAME];
	struct job *j;

	/* One job's lines come one behind the other, or a few jobs take turns. */
	if (h->recent != NULL && strcmp(h->recent->shown.job, name) == 0)
		return h->recent;
	if ((j = find(h, name)) == NULL) {
		if (h->njobs == HISTORY_JOBS || (j = calloc(1, sizeof(*j))) == NULL)
			return NULL;
		strlcpy(j->shown.job, history_cut(name, cut), sizeof(j->shown.job));
		j->first = FUTURE;
		h->jobs[h->njobs++] = j;
	}
	h->recent = j;
	return j;
}

/* The day that the set ${name} names. */
static int
day_of_set(const struct history *h, const char *name)
{
	int from = 0, to = HISTORY_DAYS; /* the answer lies in [from, to) if anywhere */

	if (memcmp(name, h->dates[0], DATE) < 0)
		return PAST;
	if (memcmp(name, h->dates[HISTORY_DAYS - 1], DATE) > 0)
		return FUTURE;
	while (to - from > 1) {
		int middle = (from + to) / 2;

		if (memcmp(name, h->dates[middle], DATE) < 0)
			to = middle;
		else
			from = middle;
	}
	return from;
}

static int
day_of_time(const struct history *h, int64_t when)
{
	int day = HISTORY_DAYS - 1;

	if (when >= h->midnights[HISTORY_DAYS])
		return FUTURE;
	while (day >= 0 && when < h->midnights[day])
		day--;
	return day;
}

/* On ${day} a run of ${j} was ${state}; ${set} (NULL: none) came of it. */
static void
mark(struct job *j, int day, enum history_day state, const char *set)
{
	char *good = j->good[day == PAST ? 0 : day + 1];

	if (day == FUTURE) /* what is dated in the future stands for nothing */
		return;
	if (day < j->first)
		j->first = day;
	if (day != PAST && state > j->worst[day])
		j->worst[day] = state;
	if (set != NULL && strcmp(set, good) > 0)
		strlcpy(good, set, NAME);
}

/* Whether ${name} looks like that of a set: the calendar is asked later, and only for a few. */
static bool
is_set(const char *name)
{
	return name != NULL && strlen(name) == 15 && name[8] == '_' &&
	       strspn(name, "0123456789_") == 15;
}

/* Take in a run of ${j}. */
static int
add_run(struct history *h, struct job *j, const struct event *e, int64_t when)
{
	bool failed = strcmp(e->status, "fail") == 0;
	struct history_point p = {.when = when, .bytes = e->bytes, .seconds = e->seconds};
	int day;

	j->ran = true;
	if (kept_take(&j->last, e, when) != 0)
		return -1;
	if (!failed && is_set(e->set) && strcmp(e->event, "run") == 0) {
		mark(j, day_of_set(h, e->set),
		    strcmp(e->status, "warn") == 0 ? HISTORY_WARN : HISTORY_OK, e->set);
		if (e->bytes >= 0) {
			strlcpy(p.set, e->set, sizeof(p.set));
			points_add(&j->points, &p);
		}
		return 0;
	}
	day = strcmp(e->time, h->since) < 0 ? PAST : day_of_time(h, when);
	mark(j, day,
	    failed                           ? HISTORY_FAIL
	    : strcmp(e->status, "warn") == 0 ? HISTORY_WARN
					     : HISTORY_OK,
	    NULL);
	return 0;
}

int
history_event(struct history *h, const struct event *e)
{
	bool run = strcmp(e->event, "run") == 0 || strcmp(e->event, "drill") == 0 ||
		   strcmp(e->event, "ship") == 0;
	/* What a check found is an incident, told of in its own place, every hour. */
	bool failed = strcmp(e->status, "fail") == 0 && strcmp(e->event, "check") != 0;
	struct job *j;
	int64_t when;

	if (!run && !failed && !e->has_free)
		return 0;
	if (event_time(e->time, &when) != 0)
		return 0;
	/* One line from the future would leave no room for the days until then. */
	if (e->has_free && when < h->midnights[HISTORY_DAYS])
		trend_note(&h->space, when, e->free);
	if (failed && kept_take(&h->failures[h->nfailures++ % HISTORY_FAILURES], e, when) != 0)
		return -1;
	if (!run)
		return 0;
	if (kept_take(&h->runs[h->nruns++ % HISTORY_RUNS], e, when) != 0)
		return -1;
	j = e->job != NULL ? make(h, e->job) : NULL;
	return j != NULL ? add_run(h, j, e, when) : 0;
}

void
history_set(struct history *h, const char *job, const char *name, int64_t started,
    double seconds, int64_t bytes, bool warned)
{
	struct job *j = is_set(name) ? make(h, job) : NULL;
	struct history_point p = {.when = started, .bytes = bytes, .seconds = seconds};

	if (j == NULL)
		return;
	mark(j, day_of_set(h, name), warned ? HISTORY_WARN : HISTORY_OK, name);
	strlcpy(p.set, name, sizeof(p.set));
	if (bytes >= 0)
		points_add(&j->points, &p);
}

void
history_judge(struct history *h, const char *job, int64_t limit)
{
	struct job *j = find(h, job);
	int64_t newest = INT64_MIN, its, end;

	if (j == NULL)
		return;
	if (sets_time(j->good[0], &its) == 0)
		newest = its;
	for (int day = 0; day < HISTORY_DAYS; day++) {
		enum history_day *d = &j->shown.days[day];

		if (sets_time(j->good[day + 1], &its) == 0 && its > newest)
			newest = its;
		end = h->midnights[day + 1] < h->now ? h->midnights[day + 1] : h->now;
		if (day < j->first) {
			*d = HISTORY_BEFORE;
			continue;
		}
		*d = j->worst[day] > HISTORY_IDLE ? j->worst[day] : HISTORY_IDLE;
		if (limit >= 0 && *d < HISTORY_OVERDUE &&
		    (newest == INT64_MIN || end - newest > limit))
			*d = HISTORY_OVERDUE;
	}
	j->shown.count = points_judge(&j->points, j->shown.points);
	/* A run may have waited for hours before it began: the name of its set knows. */
	for (size_t i = 0; i < j->shown.count; i++)
		(void)sets_time(j->shown.points[i].set, &j->shown.points[i].when);
}

const char *
history_name(const struct history *h, size_t i)
{
	return i < h->njobs ? h->jobs[i]->shown.job : NULL;
}

const struct history_job *
history_job(const struct history *h, const char *job)
{
	const struct job *j = find(h, job);

	return j != NULL ? &j->shown : NULL;
}

int64_t
history_midnight(const struct history *h, size_t i)
{
	return h->midnights[i <= HISTORY_DAYS ? i : HISTORY_DAYS];
}

const struct history_run *
history_run(const struct history *h, size_t i)
{
	if (i >= h->nruns || i >= HISTORY_RUNS)
		return NULL;
	return &h->runs[(h->nruns - 1 - i) % HISTORY_RUNS].run;
}

const struct history_run *
history_failure(const struct history *h, size_t i)
{
	if (i >= h->nfailures || i >= HISTORY_FAILURES)
		return NULL;
	return &h->failures[(h->nfailures - 1 - i) % HISTORY_FAILURES].run;
}

const struct history_run *
history_last(const struct history *h, const char *job)
{
	const struct job *j = find(h, job);

	return j != NULL && j->ran ? &j->last.run : NULL;
}

const struct trend_point *
history_space(const struct history *h, size_t *n)
{
	*n = h->space.n;
	return h->space.points;
}

const char *
history_day_word(enum history_day day)
{
	static const char *const words[] = {
	    [HISTORY_BEFORE] = "before",
	    [HISTORY_IDLE] = "idle",
	    [HISTORY_OK] = "ok",
	    [HISTORY_WARN] = "warn",
	    [HISTORY_OVERDUE] = "overdue",
	    [HISTORY_FAIL] = "fail",
	};

	return words[day];
}

void
history_free(struct history *h)
{
	if (h == NULL)
		return;
	for (size_t i = 0; i < h->njobs; i++) {
		kept_free(&h->jobs[i]->last);
		free(h->jobs[i]);
	}
	for (size_t i = 0; i < HISTORY_RUNS; i++)
		kept_free(&h->runs[i]);
	for (size_t i = 0; i < HISTORY_FAILURES; i++)
		kept_free(&h->failures[i]);
	free(h);
}
