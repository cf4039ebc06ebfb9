#include "report/due.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "set/retention.h"
#include "set/sets.h"

struct due_set {
	char name[32];
	char *job;
	int64_t began;
};

struct due {
	struct due_set *sets;
	size_t count;
	size_t room;
};

struct due *
due_new(void)
{
	struct due *d = calloc(1, sizeof(*d));

	if (d == NULL)
		warn("copies");
	return d;
}

int
due_add(struct due *d, const char *name, bool full, const char *job)
{
	struct due_set *s;

	if (d->count == d->room) {
		if ((s = reallocarray(d->sets, 2 * d->room + 64, sizeof(*s))) == NULL) {
			warn("copies");
			return -1;
		}
		d->sets = s;
		d->room = 2 * d->room + 64;
	}
	s = &d->sets[d->count];
	*s = (struct due_set){.job = strdup(job)};
	if (s->job == NULL) {
		warn("copies");
		return -1;
	}
	snprintf(s->name, sizeof(s->name), "%s%s", full ? "full/" : "", name);
	(void)sets_time(name, &s->began);
	d->count++;
	return 0;
}

int
due_expire(struct due *d, const struct config *c, int64_t now)
{
	struct retention_set *list = calloc(d->count + 1, sizeof(*list));
	struct retention_rules rules;
	size_t kept = 0;
	int rc = -1;

	if (list == NULL) {
		warn("copies");
		return -1;
	}
	for (size_t i = 0; i < d->count; i++)
		list[i] = (struct retention_set){
		    .name = d->sets[i].name, .job = d->sets[i].job, .verified = true};
	/* The configuration was judged when it was read. */
	(void)retention_rules_parse(config_get(c, "SHIP_KEEP"), &rules);
	if (retention_elsewhere(list, d->count, &rules, now) != 0)
		goto out;
	for (size_t i = 0; i < d->count; i++) {
		if (list[i].remove)
			free(d->sets[i].job);
		else
			d->sets[kept++] = d->sets[i];
	}
	d->count = kept;
	rc = 0;
out:
	free(list);
	return rc;
}

const char *
due_name(const struct due *d, size_t i, int64_t *began)
{
	if (i >= d->count)
		return NULL;
	*began = d->sets[i].began;
	return d->sets[i].name;
}

void
due_free(struct due *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->count; i++)
		free(d->sets[i].job);
	free(d->sets);
	free(d);
}
