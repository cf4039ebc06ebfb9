#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>

#include "base/num.h"
#include "notify/promise_parts.h"

#define DAY ((int64_t)86400)
#define SOON 2 /* days: no warning any more */

/* Put the sets into ${f}, as names without "full/". */
static int
take_sets(const struct promise_view *v, struct disk_facts *f)
{
	struct disk_set *sets = calloc(v->count + 1, sizeof(*sets));

	if (sets == NULL) {
		warn("disk");
		return EX_OSERR;
	}
	for (size_t i = 0; i < v->count; i++) {
		const char *slash = strrchr(v->sets[i].name, '/');

		sets[i] = (struct disk_set){.name = slash != NULL ? slash + 1 : v->sets[i].name,
		    .job = v->sets[i].job,
		    .time = v->sets[i].time,
		    .bytes = v->sets[i].bytes};
	}
	f->sets = sets;
	f->nsets = v->count;
	return 0;
}

static void
tell(struct promise_view *v, const struct disk_facts *f, int64_t days)
{
	char left[16], next[16];
	uint64_t need = disk_next(f);

	num_human(left, sizeof(left), f->free);
	num_human(next, sizeof(next), need);
	if (f->free < need)
		promise_say(v, "disk", "disk", PROMISE_BROKEN,
		    "the disk of the backups has %s left, and the next sets may take %s", left,
		    next);
	else if (days != DISK_FAR && days != DISK_UNKNOWN)
		promise_say(v, "disk", "disk", days <= SOON ? PROMISE_BROKEN : PROMISE_WARN,
		    "the disk of the backups is full in %jd day%s: %s left", (intmax_t)days,
		    days == 1 ? "" : "s", left);
	else if (days == DISK_UNKNOWN && f->free < 2 * need)
		promise_say(v, "disk", "disk", PROMISE_WARN,
		    "the disk of the backups has %s left, and the next sets may take %s", left,
		    next);
	else
		promise_say(v, "disk", "disk", PROMISE_KEPT,
		    "the disk of the backups has %s left", left);
}

/* The room on the file system.  Samples of another one, or of before it grew, say nothing. */
static int
measure(struct promise_view *v, uint64_t *room)
{
	struct statvfs st;
	int64_t size, had = memory_number(v->memory, "disk", "size");

	if (statvfs(config_get(v->c, "BACKUP_DIR"), &st) != 0)
		return -1;
	*room = (uint64_t)st.f_bavail * st.f_frsize;
	size = (int64_t)((uint64_t)st.f_blocks * st.f_frsize);
	/* Where datasets share a pool, a little of that is no change. */
	if (had >= 0 && (size > had + had / 10 || size < had - had / 10))
		memory_unsample(v->memory);
	return memory_set_number(v->memory, "disk", "size", size);
}

int
promise_disk(struct promise_view *v)
{
	struct disk_sample samples[DISK_SAMPLES], now = {.time = v->at->now};
	struct disk_facts f = {.samples = samples, .now = v->at->now};
	int64_t horizon = (config_number(v->c, "DISK_WARN") + DAY - 1) / DAY, days;
	int rc = 0;

	if (!v->seen || measure(v, &f.free) != 0) {
		promise_say(v, "disk", "disk", PROMISE_UNKNOWN, "the sets cannot be read");
		return 0;
	}
	(void)retention_rules_parse(config_get(v->c, "KEEP"), &f.rules);
	(void)retention_rules_parse(config_get(v->c, "KEEP_FULL"), &f.full);
	if ((rc = take_sets(v, &f)) != 0)
		return rc;
	now.free = f.free;
	for (size_t i = 0; i < v->count; i++)
		now.sets += v->sets[i].bytes;
	/* Back above the line by a quarter, before that is told. */
	if (!promise_was_kept(v, "disk", "disk"))
		horizon += (horizon + 3) / 4;
	rc = EX_OSERR;
	if (memory_sample(v->memory, &now) != 0)
		goto out;
	f.nsamples = memory_samples(v->memory, samples, DISK_SAMPLES);
	if (disk_days(&f, horizon, &days) != 0)
		goto out;
	tell(v, &f, days);
	rc = 0;
out:
	free((void *)(uintptr_t)f.sets);
	return rc;
}
