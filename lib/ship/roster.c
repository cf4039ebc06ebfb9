#include "ship/roster.h"

#include <err.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "ship/plan.h"
#include "ship/proven.h"

/*
 * Which set is the first of its job there, by the job's name; -1 where sets of another application or
 * host have a job of that name.  The caller's (json_decref); NULL without memory.
 */
static json_t *
jobs_there(const struct plan *p)
{
	json_t *jobs = json_object(), *first;
	bool ok = jobs != NULL;

	for (size_t i = 0; ok && i < p->count; i++) {
		const struct plan_set *set = &p->sets[i];
		json_int_t k;

		if (!set->there || set->job == NULL)
			continue;
		if ((first = json_object_get(jobs, set->job)) == NULL) {
			first = json_integer((json_int_t)i);
			ok = json_object_set_new(jobs, set->job, first) == 0;
		} else if ((k = json_integer_value(first)) >= 0 &&
			   strcmp(p->sets[k].line, set->line) != 0) {
			json_integer_set(first, -1);
		}
	}
	if (!ok) {
		json_decref(jobs);
		return NULL;
	}
	return jobs;
}

/*
 * What the list calls the job of ${set}: whose it is, too, where others send sets of a job of that
 * name to the same place, for retention must not take them together.
 */
static const char *
told_job(const json_t *jobs, const struct plan_set *set)
{
	if (set->job == NULL)
		return "-";
	return json_integer_value(json_object_get(jobs, set->job)) < 0 ? set->line : set->job;
}

int
roster_list(struct far *f, struct buf *out)
{
	static char *const nothing[] = {NULL};
	const struct retention_rules all = {0};
	struct proven *proven = NULL;
	struct plan p = {0};
	json_t *jobs = NULL;
	int rc;

	if ((rc = far_look(f)) != 0 || (rc = proven_read(f->state, &proven)) != 0 ||
	    (rc = plan_make(f, nothing, &all, proven, &p)) != 0)
		goto out;
	far_seen(f);
	plan_doubt(&p, proven);
	if ((jobs = jobs_there(&p)) == NULL) {
		warnx("%s: out of memory", f->remote->text);
		rc = EX_OSERR;
		goto out;
	}
	for (size_t i = p.count; i-- > 0;) {
		if (p.sets[i].there)
			buf_printf(out, "%s\t%s\t%s\n", p.sets[i].name,
			    told_job(jobs, &p.sets[i]),
			    p.sets[i].verified ? "verified" : "unverified");
	}
	rc = out->failed ? EX_OSERR : 0;
out:
	json_decref(jobs);
	plan_free(&p);
	proven_free(proven);
	return rc;
}
