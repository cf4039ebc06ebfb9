#ifndef REPORT_HISTORY_H
#define REPORT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/event.h"
#include "set/trend.h"

/*
 * How the runs went, in a memory that does not grow with the journal: of each job thirty days and
 * ninety sizes, of all of them the last runs and the last failures.  What the journal does not
 * have any more, the sets on the disk tell.
 */
struct history;

#define HISTORY_DAYS 30
#define HISTORY_POINTS 90
#define HISTORY_RUNS 50
#define HISTORY_FAILURES 5
#define HISTORY_JOBS 64 /* more names than that are nobody's jobs */
#define HISTORY_NAME 64 /* a longer name of a job is cut */

/* What became of one day, from the best to the worst; days are those of the local clock. */
enum history_day {
	HISTORY_BEFORE,  /* nothing was known of the job yet */
	HISTORY_IDLE,    /* no run, and none was missing */
	HISTORY_OK,      /* every run went well */
	HISTORY_WARN,    /* one had a warning */
	HISTORY_OVERDUE, /* at its end the newest good set was older than RPO and GRACE */
	HISTORY_FAIL,    /* a run failed */
};

/* One set that was made. */
struct history_point {
	int64_t when; /* its start, seconds since 1970 */
	char set[32]; /* its name, may be empty */
	int64_t bytes;
	double seconds; /* that it took; negative: not known */
	double
	    change; /* of the bytes against the one before, 0.1 for a tenth more; NAN: none */
	/*
	 * Out of the ordinary: with at least seven others among the last thirty before it, the size
	 * is off their median by more than five times their median absolute deviation, and by
	 * more than a fifth of the median.  Neither one odd size before nor steady growth makes
	 * the next one odd.
	 */
	bool odd;
};

/* One line of the journal. */
struct history_run {
	char time[24];
	int64_t when;
	const char *job;    /* may be NULL, as set, what and message */
	const char *event;  /* run, ship, drill; of a failure any */
	const char *status; /* ok, warn, fail */
	int exit;
	double seconds; /* negative: not known */
	int64_t bytes;  /* -1: not known */
	const char *set;
	const char *what;
	const char *message;
};

/* What there is to one job. */
struct history_job {
	char job[HISTORY_NAME];
	enum history_day days[HISTORY_DAYS]; /* the last one is today */
	struct history_point points[HISTORY_POINTS];
	size_t count; /* of the points, the oldest first */
};

/**
 * history_new(now):
 * Start a history that ends at ${now}.  Return it, or NULL after reporting.
 */
struct history *history_new(int64_t now);

/**
 * history_cut(name, buf):
 * Cut the name of a job to what fits into HISTORY_NAME bytes, between two characters; return
 * ${buf}.
 */
const char *history_cut(const char *name, char buf[HISTORY_NAME]);

/**
 * history_event(h, e):
 * Take in the next event of the journal.  Return 0, or -1 after reporting.
 */
int history_event(struct history *h, const struct event *e);

/**
 * history_set(h, job, name, started, seconds, bytes, warned):
 * Take in a verified set that lies on the disk.
 */
void history_set(struct history *h, const char *job, const char *name, int64_t started,
    double seconds, int64_t bytes, bool warned);

/**
 * history_judge(h, job, limit):
 * All is taken in: work out the days and points of ${job}, whose newest set may be ${limit}
 * seconds old (-1: any age).
 */
void history_judge(struct history *h, const char *job, int64_t limit);

/**
 * history_name(h, i):
 * Return the name of the ${i}th job that has run, in no order; NULL behind the last.
 */
const char *history_name(const struct history *h, size_t i);

/**
 * history_job(h, job):
 * Return what there is to ${job}, owned by ${h}; NULL where nothing was taken in.
 */
const struct history_job *history_job(const struct history *h, const char *job);

/**
 * history_midnight(h, i):
 * Return when the ${i}th of the days began, 0 to HISTORY_DAYS (the end of today).
 */
int64_t history_midnight(const struct history *h, size_t i);

/**
 * history_run(h, i), history_failure(h, i):
 * Return the ${i}th of the last runs, and of the last that failed (of any event), the latest
 * first; NULL behind the last.
 */
const struct history_run *history_run(const struct history *h, size_t i);
const struct history_run *history_failure(const struct history *h, size_t i);

/**
 * history_last(h, job):
 * Return the last run of ${job}, or of the chore ${job} (ship, drill); NULL where there is none.
 */
const struct history_run *history_last(const struct history *h, const char *job);

/**
 * history_space(h, n):
 * Return the free space that runs have found, a point a day, the oldest first, ${*n} of them.
 */
const struct trend_point *history_space(const struct history *h, size_t *n);

/**
 * history_day_word(day):
 * Return "before", "idle", "ok", "warn", "overdue" or "fail".
 */
const char *history_day_word(enum history_day day);

/**
 * history_free(h):
 * NULL is fine.
 */
void history_free(struct history *h);

#endif
