#include "report/due.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "set/manifest.h"
#include "set/retention.h"
#include "set/sets.h"
#include "set/verified.h"

struct due_set {
	char name[32];
	int64_t began;
};

struct due {
	struct due_set *sets;
	size_t count;
};

/* Put the sets of ${here} that are verified into ${d}, and into ${list}, whose jobs are copies. */
static int
take(struct due *d, const struct sets *here, struct retention_set *list)
{
	for (size_t i = 0; i < sets_count(here); i++) {
		struct due_set *s = &d->sets[d->count];
		struct manifest *m = NULL;
		struct verified v;
		char *job = NULL;

		if (verified_read(sets_path(here, i), &v) != 0 || !v.counts ||
		    manifest_read(sets_path(here, i), &m) != 0)
			continue;
		job = strdup(manifest_text(m, "job"));
		manifest_free(m);
		if (job == NULL) {
			warn("copies");
			return EX_OSERR;
		}
		snprintf(s->name, sizeof(s->name), "%s%s", sets_full(here, i) ? "full/" : "",
		    sets_name(here, i));
		(void)sets_time(sets_name(here, i), &s->began);
		list[d->count++] =
		    (struct retention_set){.name = s->name, .job = job, .verified = true};
	}
	return 0;
}

/* Leave out what ${rules} would not keep. */
static int
expire(
    struct due *d, struct retention_set *list, const struct retention_rules *rules, int64_t now)
{
	size_t kept = 0;

	if (retention_elsewhere(list, d->count, rules, now) != 0)
		return EX_OSERR;
	for (size_t i = 0; i < d->count; i++)
		if (!list[i].remove)
			d->sets[kept++] = d->sets[i];
	d->count = kept;
	return 0;
}

int
due_read(const struct config *c, int64_t now, struct due **out)
{
	struct due *d = calloc(1, sizeof(*d));
	struct retention_set *list = NULL;
	struct retention_rules rules;
	struct sets *here = NULL;
	size_t all = 0;
	int rc = EX_IOERR;

	*out = NULL;
	if (sets_list(config_get(c, "BACKUP_DIR"), &here) != 0)
		goto out;
	rc = EX_OSERR;
	all = sets_count(here);
	list = calloc(all + 1, sizeof(*list));
	if (d != NULL)
		d->sets = calloc(all + 1, sizeof(*d->sets));
	if (d == NULL || d->sets == NULL || list == NULL) {
		warn("copies");
		goto out;
	}
	/* The configuration was judged when it was read. */
	(void)retention_rules_parse(config_get(c, "SHIP_KEEP"), &rules);
	if ((rc = take(d, here, list)) != 0 || (rc = expire(d, list, &rules, now)) != 0)
		goto out;
	*out = d;
	d = NULL;
out:
	for (size_t i = 0; list != NULL && i < all; i++)
		free((void *)(uintptr_t)list[i].job);
	free(list);
	sets_free(here);
	due_free(d);
	return rc;
}

const char *
due_name(const struct due *d, size_t i, int64_t *began)
{
	if (d == NULL || i >= d->count)
		return NULL;
	*began = d->sets[i].began;
	return d->sets[i].name;
}

void
due_free(struct due *d)
{
	if (d == NULL)
		return;
	free(d->sets);
	free(d);
}
