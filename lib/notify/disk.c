#include "notify/disk.h"

#include <err.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "set/retention.h"

#define DAY ((int64_t)86400)
#define LAST 28          /* sets of a job whose sizes count */
#define JOBS 32          /* more are nobody's */
#define OFTEN 3600       /* no job comes more often */
#define COMING_MAX 20000 /* sets that are played through */

/* What a job will do. */
struct habit {
	const char *job;
	int64_t newest; /* time of its newest set */
	int64_t pace;   /* seconds between two; 0: not known */
	size_t count;
	double origin, slope, height, above; /* its line, ${origin} is the time 0 */
	uint64_t flat;                       /* without a line: the size */
	bool line;
};

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *list, size_t n)
{
	qsort(list, n, sizeof(*list), ascending);
	return n % 2 == 1 ? list[n / 2] : (list[n / 2 - 1] + list[n / 2]) / 2;
}

int
disk_line(const double *times, const double *values, size_t n, double *slope, double *height)
{
	double *list = calloc(n * (n - 1) / 2 + n, sizeof(*list));
	size_t count = 0;

	*slope = *height = 0;
	if (list == NULL) {
		warn("disk");
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++) {
			if (fabs(times[k] - times[i]) >= 1)
				list[count++] = (values[k] - values[i]) / (times[k] - times[i]);
		}
	}
	if (count > 0)
		*slope = median(list, count);
	for (size_t i = 0; i < n; i++)
		list[i] = values[i] - *slope * times[i];
	*height = median(list, n);
	free(list);
	return 0;
}

double
disk_above(const double *times, const double *values, size_t n, double slope, double height)
{
	double *list = calloc(n, sizeof(*list)), above;
	size_t rest = n - 1;

	if (list == NULL) {
		warn("disk");
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		list[i] = values[i] - slope * times[i] - height;
	qsort(list, n, sizeof(*list), ascending);
	/* Of the rest, the one that 95 of 100 do not pass. */
	above = rest == 0 ? 0 : list[(size_t)ceil(0.95 * (double)rest) - 1];
	free(list);
	return above > 0 ? above : 0;
}

/* Learn from the sets of ${h->job}, which come newest first. */
static int
learn(const struct disk_facts *f, struct habit *h)
{
	double times[LAST], values[LAST], between[LAST], top;
	size_t n = 0;

	for (size_t i = 0; i < f->nsets && n < LAST; i++) {
		if (strcmp(f->sets[i].job, h->job) != 0)
			continue;
		times[n] = (double)(f->sets[i].time - h->newest);
		values[n] = (double)f->sets[i].bytes;
		n++;
	}
	for (size_t i = 0; i + 1 < n; i++)
		between[i] = times[i] - times[i + 1];
	if (n > 1) {
		h->pace = (int64_t)median(between, n - 1);
		if (h->pace < OFTEN)
			h->pace = OFTEN;
	}
	if (n < DISK_POINTS)
		return 0;
	h->line = true;
	h->origin = (double)h->newest;
	if (disk_line(times, values, n, &h->slope, &h->height) != 0)
		return -1;
	top = disk_above(times, values, n, h->slope, h->height);
	h->above = top;
	return top < 0 ? -1 : 0;
}

static uint64_t
size_at(const struct habit *h, int64_t when)
{
	double size = (double)h->flat;

	if (h->line)
		size = h->height + h->slope * ((double)when - h->origin) + h->above;
	return size > 0 ? (uint64_t)size : 0;
}

/* The jobs of ${f}; return how many. */
static size_t
find_jobs(const struct disk_facts *f, struct habit *habits)
{
	size_t n = 0, k;

	for (size_t i = 0; i < f->nsets; i++) {
		for (k = 0; k < n && strcmp(habits[k].job, f->sets[i].job) != 0; k++)
			continue;
		if (k == n && n < JOBS) {
			habits[n] =
			    (struct habit){.job = f->sets[i].job, .newest = f->sets[i].time};
			habits[n++].flat = f->sets[i].bytes + f->sets[i].bytes / 5;
		}
		if (k < JOBS)
			habits[k].count++;
	}
	return n;
}

uint64_t
disk_next(const struct disk_facts *f)
{
	struct habit habits[JOBS];
	size_t n = find_jobs(f, habits);
	uint64_t bytes = 0;

	for (size_t i = 0; i < n; i++)
		bytes += habits[i].flat;
	return bytes;
}

/* What will lie there: the sets of now and those that come, which ${names} names. */
struct course {
	struct retention_set *sets;
	uint64_t *bytes;
	int64_t *times;
	char (*names)[16];
	size_t count, room, named;
};

/* The set ${name} of ${job} is there; without a name it gets that of ${when}. */
static void
come(struct course *c, const char *name, const char *job, int64_t when, uint64_t bytes)
{
	struct tm tm;
	time_t t = (time_t)when;

	if (c->count == c->room)
		return;
	if (name == NULL) {
		if (c->named == COMING_MAX || localtime_r(&t, &tm) == NULL ||
		    strftime(c->names[c->named], 16, "%Y%m%d_%H%M%S", &tm) == 0)
			return;
		name = c->names[c->named++];
	}
	c->sets[c->count] = (struct retention_set){.name = name, .job = job, .verified = true};
	c->bytes[c->count] = bytes;
	c->times[c->count] = when;
	c->count++;
}

/* Let retention of ${c} take its turn at ${now}; what goes, goes from the list. */
static int
turn(struct course *c, const struct disk_facts *f, int64_t now)
{
	const struct retention_guards guards = {
	    .now = now, .floor = RETENTION_FLOOR, .many = true};
	size_t kept = 0;
	bool full = false;

	/* The jobs of a kind stand together: first those by the usual rules. */
	for (size_t i = 0; i < c->count; i++) {
		if (strcmp(c->sets[i].job, "full") != 0) {
			struct retention_set s = c->sets[i];
			uint64_t bytes = c->bytes[i];
			int64_t when = c->times[i];

			c->sets[i] = c->sets[kept];
			c->bytes[i] = c->bytes[kept];
			c->times[i] = c->times[kept];
			c->sets[kept] = s;
			c->bytes[kept] = bytes;
			c->times[kept++] = when;
		} else
			full = true;
	}
	if (!retention_rules_empty(&f->rules) &&
	    retention_decide(c->sets, kept, &f->rules, &guards) != 0)
		return -1;
	if (full && !retention_rules_empty(&f->full) &&
	    retention_decide(c->sets + kept, c->count - kept, &f->full, &guards) != 0)
		return -1;
	kept = 0;
	for (size_t i = 0; i < c->count; i++) {
		if (c->sets[i].remove)
			continue;
		c->sets[kept] = c->sets[i];
		c->bytes[kept] = c->bytes[i];
		c->times[kept++] = c->times[i];
	}
	c->count = kept;
	return 0;
}

static double
total(const struct course *c)
{
	double bytes = 0;

	for (size_t i = 0; i < c->count; i++)
		bytes += (double)c->bytes[i];
	return bytes;
}

/* How many bytes a second everything else takes: 0 or more. */
static int
drift(const struct disk_facts *f, double *out)
{
	double times[DISK_SAMPLES], values[DISK_SAMPLES], height;
	size_t n = f->nsamples < DISK_SAMPLES ? f->nsamples : DISK_SAMPLES;

	*out = 0;
	if (n < DISK_POINTS)
		return 0;
	for (size_t i = 0; i < n; i++) {
		times[i] = (double)(f->samples[i].time - f->now);
		values[i] = (double)f->samples[i].free + (double)f->samples[i].sets;
	}
	if (disk_line(times, values, n, out, &height) != 0)
		return -1;
	*out = *out < 0 ? -*out : 0;
	return 0;
}

static int
play(const struct disk_facts *f, const struct habit *habits, size_t n, struct course *c,
    int64_t horizon, int64_t *days)
{
	int64_t next[JOBS];
	double taken, room;

	for (size_t i = 0; i < f->nsets; i++)
		come(c, f->sets[i].name, f->sets[i].job, f->sets[i].time, f->sets[i].bytes);
	room = (double)f->free + total(c);
	if (drift(f, &taken) != 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		next[i] = habits[i].newest + habits[i].pace;
		/* One that is late comes at once, and not all that it missed. */
		if (next[i] < f->now)
			next[i] = f->now;
	}
	for (int64_t day = 1; day <= horizon; day++) {
		int64_t now = f->now + day * DAY;

		for (size_t i = 0; i < n; i++) {
			for (; habits[i].pace > 0 && next[i] <= now; next[i] += habits[i].pace)
				come(c, NULL, habits[i].job, next[i],
				    size_at(&habits[i], next[i]));
		}
		/* Retention comes behind the new set: there must be room for both. */
		if (room - taken * (double)(day * DAY) - total(c) < 0) {
			*days = day;
			return 0;
		}
		if (turn(c, f, now) != 0)
			return -1;
	}
	return 0;
}

int
disk_days(const struct disk_facts *f, int64_t horizon, int64_t *days)
{
	struct habit habits[JOBS];
	struct course c = {0};
	size_t n = find_jobs(f, habits), most = 0;
	int rc = -1;

	*days = DISK_UNKNOWN;
	if (horizon > 366)
		horizon = 366;
	for (size_t i = 0; i < n; i++) {
		if (learn(f, &habits[i]) != 0)
			return -1;
		if (habits[i].count > most)
			most = habits[i].count;
	}
	if (most < DISK_POINTS)
		return 0;
	c.room = f->nsets + COMING_MAX;
	c.sets = calloc(c.room, sizeof(*c.sets));
	c.bytes = calloc(c.room, sizeof(*c.bytes));
	c.times = calloc(c.room, sizeof(*c.times));
	c.names = calloc(COMING_MAX, sizeof(*c.names));
	if (c.sets == NULL || c.bytes == NULL || c.times == NULL || c.names == NULL) {
		warn("disk");
		goto out;
	}
	*days = DISK_FAR;
	rc = play(f, habits, n, &c, horizon, days);
out:
	free(c.sets);
	free(c.bytes);
	free(c.times);
	free(c.names);
	return rc;
}
