#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/num.h"
#include "notify/promise_parts.h"

#define WEEK ((int64_t)7 * 86400)

static const struct promise_set *
newest(const struct promise_view *v, const char *job)
{
	for (size_t i = 0; i < v->count; i++) {
		if (v->sets[i].ours && strcmp(v->sets[i].job, job) == 0)
			return &v->sets[i];
	}
	return NULL;
}

/* How old the newest set of ${job} is, which may be as old as ${allowed}. */
static int
judge(struct promise_view *v, const char *job, int64_t allowed)
{
	const struct promise_set *s = newest(v, job);
	const char *folder = config_get(v->c, "BACKUP_DIR");
	char age[24], most[24];
	int64_t from = s != NULL ? s->time : -1;
	bool blind = !v->seen;

	if (s != NULL && memory_set_number(v->memory, "newest", job, s->time) != 0)
		return EX_OSERR;
	if (blind)
		from = memory_number(v->memory, "newest", job);
	num_elapsed(
	    age, sizeof(age), (double)(from >= 0 && v->at->now > from ? v->at->now - from : 0));
	num_elapsed(most, sizeof(most), (double)allowed);
	/* A clock that was moved says nothing about what lies before. */
	if (v->moved > from && v->at->now - v->moved <= allowed) {
		promise_say(v, job, "age", PROMISE_UNKNOWN, "%s: the clock was moved", job);
		return 0;
	}
	if ((from >= 0 ? from : v->installed) + allowed >= v->at->now) {
		if (from < 0)
			promise_say(
			    v, job, "age", PROMISE_UNKNOWN, "%s: no verified backup yet", job);
		else if (blind)
			promise_say(v, job, "age", PROMISE_UNKNOWN,
			    "%s: the newest verified backup that was seen is %s old; %s cannot "
			    "be read",
			    job, age, folder);
		else
			promise_say(v, job, "age", PROMISE_KEPT,
			    "%s: the newest verified backup is %s old", job, age);
		return 0;
	}
	if (from < 0)
		promise_say(v, job, "age", PROMISE_BROKEN,
		    "%s: there is no verified backup%s%s", job, blind ? ": cannot read " : "",
		    blind ? folder : "");
	else
		promise_say(v, job, "age", PROMISE_BROKEN,
		    "%s: the newest verified backup%s is %s old, more than %s%s%s", job,
		    blind ? " that was seen" : "", age, most, blind ? "; cannot read " : "",
		    blind ? folder : "");
	return 0;
}

int
promise_age(struct promise_view *v)
{
	int64_t rpo = config_number(v->c, "RPO");
	int rc;

	if ((rc = judge(v, "db", v->patience)) == 0 &&
	    (rc = judge(v, "files", v->patience)) == 0)
		rc = judge(v, "full", (rpo > WEEK ? rpo : WEEK) + config_number(v->c, "GRACE"));
	return rc;
}
