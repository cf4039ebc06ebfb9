#include "ship/expire.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/buf.h"
#include "set/retention.h"

/* Decide on what is there; ${at} says which set of ${p} each of ${list} is. */
static int
decide(const struct far *f, const struct catchup_options *o, const struct plan *p,
    struct retention_set *list, size_t *at, size_t *count)
{
	const struct retention_guards guards = {
	    .now = (int64_t)time(NULL), .floor = RETENTION_FLOOR, .many = o->many};
	struct buf why = {0};

	*count = 0;
	for (size_t i = 0; i < p->count; i++) {
		if (!p->sets[i].there)
			continue;
		list[*count].name = p->sets[i].name;
		/* Of an unknown job nothing is newer, and nothing goes. */
		list[*count].job = p->sets[i].line != NULL ? p->sets[i].line : "";
		list[*count].verified = p->sets[i].verified;
		at[(*count)++] = i;
	}
	if (retention_decide(list, *count, &o->keep, &guards) != 0)
		return EX_OSERR;
	for (size_t i = 0; i < *count; i++) {
		if (list[i].hold == RETENTION_FREE || list[i].hold == RETENTION_UNPROVEN)
			continue;
		retention_hold_why(&list[i], &why);
		if (buf_string(&why) != NULL)
			warnx("%s: of the job %s nothing is removed: %s", f->remote->text,
			    list[i].job, why.data);
		buf_free(&why);
		/* Once a job is enough. */
		for (size_t k = i + 1; k < *count; k++)
			if (strcmp(list[k].job, list[i].job) == 0)
				list[k].hold = RETENTION_FREE;
	}
	return 0;
}

int
expire_run(struct far *f, const struct catchup_options *o, struct plan *p,
    struct proven *proven, struct catchup_result *result)
{
	struct retention_set *list = calloc(p->count + 1, sizeof(*list));
	size_t *at = calloc(p->count + 1, sizeof(*at)), count;
	int rc = EX_OSERR;

	if (list == NULL || at == NULL) {
		warn("retention");
		goto out;
	}
	rc = 0;
	if (retention_rules_empty(&o->keep) || (rc = decide(f, o, p, list, at, &count)) != 0)
		goto out;
	/* First: what is gone must not be called proven if we get no further. */
	for (size_t i = 0; i < count && !o->dry_run; i++)
		if (list[i].remove)
			proven_forget(proven, list[i].name);
	rc = proven_write(proven);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (!list[i].remove)
			continue;
		if (o->verbose || o->dry_run)
			warnx("%s: %s %s", f->remote->text,
			    o->dry_run ? "would remove" : "removing", list[i].name);
		if (o->dry_run)
			continue;
		if ((rc = f->kind->drop(f, list[i].name)) != 0)
			break;
		p->sets[at[i]].there = false;
		result->removed++;
	}
out:
	free(list);
	free(at);
	return rc;
}
