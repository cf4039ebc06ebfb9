/* What is to be said of the hosts of a watch. */
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/num.h"
#include "notify/watch_parts.h"

#define WEEK ((int64_t)7 * 86400)
#define HOSTS "hosts" /* in the memory: when each was first known of */

/* In the memory: the newest set of each job of ${host}. */
static const char *
group_of(char group[PROMISE_HOST + 8], const char *host)
{
	snprintf(group, PROMISE_HOST + 8, "newest:%s", host);
	return group;
}

/* Whether ${job} is one of those that every host has. */
static bool
is_asked_for(const char *jobs, const char *job)
{
	size_t len = strlen(job);

	for (; *jobs != '\0'; jobs += strcspn(jobs, ","), jobs += *jobs == ',') {
		if (strcspn(jobs, ",") == len && strncmp(jobs, job, len) == 0)
			return true;
	}
	return false;
}

bool
watch_looks_at(const struct watch *w, const char *job)
{
	return strcmp(job, "full") == 0 || is_asked_for(w->wish->jobs, job);
}

/* The hosts of the last time, and the jobs that each had. */
static int
recall(struct watch *w, const struct memory *m)
{
	char group[PROMISE_HOST + 8];
	const char *name, *job;

	for (size_t i = 0; (name = memory_name(m, HOSTS, i)) != NULL; i++) {
		struct watch_host *h;

		if (!watch_host_name(name))
			continue;
		if ((h = watch_host(w, name)) == NULL)
			return EX_OSERR;
		group_of(group, name);
		for (size_t k = 0; (job = memory_name(m, group, k)) != NULL; k++) {
			if (watch_looks_at(w, job))
				(void)watch_job(h, job);
		}
	}
	return 0;
}

/* Add the jobs that every host has. */
static void
ask(struct watch_host *h, const char *jobs)
{
	for (; *jobs != '\0'; jobs += strcspn(jobs, ","), jobs += *jobs == ',') {
		char job[32];

		snprintf(job, sizeof(job), "%.*s", (int)strcspn(jobs, ","), jobs);
		if (*job != '\0')
			(void)watch_job(h, job);
	}
}

struct judging {
	const struct watch *w;
	struct memory *m;
	struct promises *p;
	int64_t moved; /* when the clock was */
};

/* One job of ${h}, of which we know since ${first}. */
static int
judge_job(
    struct judging *g, const struct watch_host *h, const struct watch_job *j, int64_t first)
{
	const struct watch_wish *wish = g->w->wish;
	bool full = strcmp(j->job, "full") == 0;
	int64_t allowed = (full && wish->rpo < WEEK ? WEEK : wish->rpo) + wish->grace;
	char group[PROMISE_HOST + 8], age[24], most[24];
	int64_t newest = j->newest, from;
	bool moved;

	group_of(group, h->name);
	if (newest != -1 && memory_set_number(g->m, group, j->job, newest) != 0)
		return EX_OSERR;
	/* Where the place could not be read, the newest that was ever seen there. */
	if (!h->here)
		newest = memory_number(g->m, group, j->job);
	from = newest != -1 ? newest : first;
	/* A clock that was moved says nothing about what lies before. */
	if ((moved = g->moved > from))
		from = g->moved;
	num_elapsed(age, sizeof(age),
	    (double)(newest != -1 && wish->at.now > newest ? wish->at.now - newest : 0));
	num_elapsed(most, sizeof(most), (double)allowed);
	if (moved && wish->at.now - from <= allowed)
		return promises_add(g->p, h->name, j->job, "age", PROMISE_UNKNOWN,
		    "%s: the clock was moved", h->name);
	if (wish->at.now - from <= allowed)
		return newest != -1 && h->here
			   ? promises_add(g->p, h->name, j->job, "age", PROMISE_KEPT,
				 "%s: the newest verified set (%s) is %s old", h->name, j->set,
				 age)
			   : promises_add(g->p, h->name, j->job, "age", PROMISE_UNKNOWN,
				 "%s: no verified set yet", h->name);
	if (newest == -1)
		return promises_add(g->p, h->name, j->job, "age", PROMISE_BROKEN,
		    "%s: there is no verified set of %s", h->name, j->job);
	return promises_add(g->p, h->name, j->job, "age", PROMISE_BROKEN,
	    "%s: the newest verified set of %s is %s old, more than %s", h->name, j->job, age,
	    most);
}

/* Whether anything of ${h} was ever seen. */
static bool
has_reported(const struct memory *m, const struct watch_host *h)
{
	char group[PROMISE_HOST + 8];

	return memory_name(m, group_of(group, h->name), 0) != NULL;
}

static int
judge_host(struct judging *g, struct watch_host *h)
{
	const struct watch_wish *wish = g->w->wish;
	int64_t first = memory_number(g->m, HOSTS, h->name);
	bool unreadable = !h->here && g->w->nfailures > 0, gone;
	int rc = 0;

	/* A clock that went back would leave it in the future for ever. */
	if (first == -1 || first > wish->at.now) {
		first = wish->at.now;
		if (memory_set_number(g->m, HOSTS, h->name, first) != 0)
			return EX_OSERR;
	}
	gone = !h->here && !unreadable && has_reported(g->m, h);
	if (gone)
		rc = promises_add(g->p, h->name, "host", "age", PROMISE_BROKEN,
		    "%s: it has vanished: no folder has its sets any more", h->name);
	else if (!h->here && !unreadable && wish->at.now - first > wish->rpo + wish->grace)
		rc = promises_add(g->p, h->name, "host", "age", PROMISE_BROKEN,
		    "%s: it has never sent a set", h->name);
	else
		rc = promises_add(g->p, h->name, "host", "age",
		    h->here ? PROMISE_KEPT : PROMISE_UNKNOWN,
		    h->here ? "%s: it sends sets" : "%s: nothing was seen of it", h->name);
	if (rc != 0)
		return rc;
	/* What is missing altogether is said once. */
	ask(h, wish->jobs);
	for (size_t i = 0; rc == 0 && i < h->njobs; i++) {
		if (h->here || unreadable)
			rc = judge_job(g, h, &h->jobs[i], first);
		else
			rc = promises_add(g->p, h->name, h->jobs[i].job, "age", PROMISE_UNKNOWN,
			    "%s: its folder is not there", h->name);
	}
	if (rc == 0 && h->here)
		rc = promises_add(g->p, h->name, "host", "clock",
		    *h->ahead != '\0' ? PROMISE_WARN : PROMISE_KEPT,
		    *h->ahead != '\0' ? "%s: the set %s is dated in the future"
				      : "%s: no set is dated in the future%s",
		    h->name, h->ahead);
	if (rc == 0 && h->here)
		rc = promises_add(g->p, h->name, "host", "damaged",
		    *h->damaged != '\0' ? PROMISE_BROKEN : PROMISE_KEPT,
		    *h->damaged != '\0' ? "%s: the set %s does not hold what it promises"
					: "%s: the newest sets are whole%s",
		    h->name, h->damaged);
	return rc;
}

int
watch_judge(struct watch *w, struct memory *m, struct promises *p)
{
	struct judging g = {.w = w, .m = m, .p = p};
	int rc;

	if ((rc = promise_mind(&w->wish->at, m, w->wish->rpo + w->wish->grace, &g.moved)) !=
		0 ||
	    (rc = recall(w, m)) != 0)
		return rc;
	if (w->nfailures > 0)
		rc = promises_add(p, NULL, "watch", "place", PROMISE_BROKEN,
		    "%s: cannot be read%s", w->failures[0].dest,
		    w->nfailures > 1 ? ", and others" : "");
	else
		rc = promises_add(
		    p, NULL, "watch", "place", PROMISE_KEPT, "all destinations can be read");
	for (size_t i = 0; rc == 0 && i < w->count; i++)
		rc = judge_host(&g, &w->hosts[i]);
	return rc;
}

bool
watch_forget(struct memory *m, const char *name)
{
	char group[PROMISE_HOST + 8];
	bool known = watch_host_name(name) && memory_number(m, HOSTS, name) != -1;

	if (known) {
		memory_forget(m, HOSTS, name);
		memory_forget(m, group_of(group, name), NULL);
	}
	return known;
}
