#include "ship/roster.h"

#include <string.h>
#include <sysexits.h>

#include "ship/plan.h"
#include "ship/proven.h"

/*
 * What the list calls the job of the ${i}th: whose it is, too, where others send sets of a job of that
 * name to the same place, for retention must not take them together.
 */
static const char *
told_job(const struct plan *p, size_t i)
{
	const struct plan_set *set = &p->sets[i], *other;

	if (set->job == NULL)
		return "-";
	for (size_t k = 0; k < p->count; k++) {
		other = &p->sets[k];
		if (other->there && other->job != NULL && strcmp(other->job, set->job) == 0 &&
		    strcmp(other->line, set->line) != 0)
			return set->line;
	}
	return set->job;
}

int
roster_list(struct far *f, struct buf *out)
{
	static char *const nothing[] = {NULL};
	const struct retention_rules all = {0};
	struct proven *proven = NULL;
	struct plan p = {0};
	int rc;

	if ((rc = far_look(f)) != 0 || (rc = proven_read(f->state, &proven)) != 0 ||
	    (rc = plan_make(f, nothing, &all, proven, &p)) != 0)
		goto out;
	far_seen(f);
	plan_doubt(&p, proven);
	for (size_t i = p.count; i-- > 0;) {
		if (p.sets[i].there)
			buf_printf(out, "%s\t%s\t%s\n", p.sets[i].name, told_job(&p, i),
			    p.sets[i].verified ? "verified" : "unverified");
	}
	rc = out->failed ? EX_OSERR : 0;
out:
	plan_free(&p);
	proven_free(proven);
	return rc;
}
