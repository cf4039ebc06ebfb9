#ifndef NOTIFY_WATCH_PARTS_H
#define NOTIFY_WATCH_PARTS_H

#include "notify/watch.h"

/* What the two halves of a watch share: what was found, and how it is judged. */
struct watch_job {
	char job[32];
	char set[32];   /* its newest set that counts; "": none */
	int64_t newest; /* when that was begun; -1 */
};

struct watch_host {
	char name[PROMISE_HOST];
	bool here; /* found in a destination */
	struct watch_job jobs[WATCH_JOBS];
	size_t njobs;
	char ahead[32];   /* a set that is dated in the future */
	char damaged[32]; /* the newest set of a job that does not hold what it promises */
};

struct watch {
	const struct watch_wish *wish;
	struct watch_host *hosts;
	size_t count;
	struct watch_failure {
		char *dest;
	} * failures;
	size_t nfailures;
};

/**
 * watch_host(w, name):
 * Return the host ${name}, made where it is missing, or NULL after reporting.  Until the next call.
 */
struct watch_host *watch_host(struct watch *w, const char *name);

/**
 * watch_job(h, job):
 * Return the ${job} of ${h}, made where it is missing, or NULL where there is no room for it.
 */
struct watch_job *watch_job(struct watch_host *h, const char *job);

/**
 * watch_looks_at(w, job):
 * Whether sets of ${job} are looked at: full, and what every host has.  Others come when they like.
 */
bool watch_looks_at(const struct watch *w, const char *job);

#endif
