#include "report/forecast.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify/disk.h"
#include "notify/memory.h"

#define DAY ((int64_t)86400)
#define YEAR 366

struct forecast {
	struct disk_set *sets;
	size_t count;
	size_t room;
};

struct forecast *
forecast_new(void)
{
	struct forecast *f = calloc(1, sizeof(*f));

	if (f == NULL)
		warn("forecast");
	return f;
}

int
forecast_set(
    struct forecast *f, const char *name, const char *job, int64_t began, int64_t bytes)
{
	char *names[2] = {strdup(name), strdup(job)};

	if (f->count == f->room) {
		struct disk_set *more =
		    reallocarray(f->sets, 2 * f->room + 64, sizeof(*f->sets));

		if (more == NULL)
			goto fail;
		f->sets = more;
		f->room = 2 * f->room + 64;
	}
	if (names[0] == NULL || names[1] == NULL)
		goto fail;
	f->sets[f->count++] = (struct disk_set){.name = names[0],
	    .job = names[1],
	    .time = began,
	    .bytes = bytes > 0 ? (uint64_t)bytes : 0};
	return 0;
fail:
	warn("forecast");
	free(names[0]);
	free(names[1]);
	return -1;
}

/* The samples that the hourly check has kept; none where we may not read them. */
static size_t
read_samples(const struct config *c, struct disk_sample *out)
{
	struct memory *m = NULL;
	char *folder = NULL;
	size_t n = 0;

	if (asprintf(&folder, "%s/alert", config_get(c, "STATE_DIR")) == -1)
		return 0;
	if (access(folder, R_OK | X_OK) == 0 && memory_read(folder, &m) == 0)
		n = memory_samples(m, out, DISK_SAMPLES);
	memory_free(m);
	free(folder);
	return n;
}

int
forecast_days(
    const struct forecast *f, const struct config *c, int64_t room, int64_t now, int64_t *days)
{
	struct disk_sample samples[DISK_SAMPLES];
	struct disk_facts facts = {.samples = samples,
	    .nsamples = read_samples(c, samples),
	    .sets = f->sets,
	    .nsets = f->count,
	    .free = room > 0 ? (uint64_t)room : 0,
	    .now = now};

	/* The configuration was judged when it was read. */
	(void)retention_rules_parse(config_get(c, "KEEP"), &facts.rules);
	(void)retention_rules_parse(config_get(c, "KEEP_FULL"), &facts.full);
	if (disk_days(&facts, YEAR, days) != 0)
		return -1;
	if (*days == DISK_FAR)
		*days = FORECAST_NEVER;
	else if (*days == DISK_UNKNOWN)
		*days = FORECAST_UNKNOWN;
	return 0;
}

bool
forecast_soon(const struct config *c, int64_t days)
{
	return days >= 0 && days <= (config_number(c, "DISK_WARN") + DAY - 1) / DAY;
}

void
forecast_free(struct forecast *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->count; i++) {
		free((void *)(uintptr_t)f->sets[i].name);
		free((void *)(uintptr_t)f->sets[i].job);
	}
	free(f->sets);
	free(f);
}
