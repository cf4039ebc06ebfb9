#include "set/trend.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY 86400

static int
by_value(const void *a, const void *b)
{
	double x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

int
trend_slope(const struct trend_point *points, size_t n, double *slope)
{
	double list[TREND_MOST * (TREND_MOST - 1) / 2];
	size_t count = 0;

	if (n > TREND_MOST) {
		points += n - TREND_MOST;
		n = TREND_MOST;
	}
	if (n < TREND_POINTS ||
	    points[n - 1].when - points[0].when < (int64_t)(TREND_POINTS - 1) * DAY)
		return -1;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = i + 1; k < n; k++) {
			double days = (double)(points[k].when - points[i].when) / DAY;

			/* Two at one time say nothing; nor does a clock that went back. */
			if (days > 0)
				list[count++] =
				    (double)(points[k].free - points[i].free) / days;
		}
	}
	if (count == 0)
		return -1;
	qsort(list, count, sizeof(list[0]), by_value);
	*slope = count % 2 != 0 ? list[count / 2] : (list[count / 2 - 1] + list[count / 2]) / 2;
	return 0;
}

double
trend_days(const struct trend_point *points, size_t n, int64_t free)
{
	double slope;

	if (trend_slope(points, n, &slope) != 0)
		return TREND_UNKNOWN;
	if (free <= 0)
		return 0;
	if (slope >= 0 || (double)free / -slope > TREND_FAR)
		return TREND_NEVER;
	return (double)free / -slope;
}

/* The local day that ${when} lies in: 23 to 25 hours long. */
static void
find_day(struct trend *t, int64_t when)
{
	time_t at = (time_t)when;
	struct tm tm, next;

	t->begins = when;
	t->ends = when + DAY;
	if (localtime_r(&at, &tm) == NULL)
		return;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	next = tm;
	next.tm_mday++;
	t->begins = (int64_t)mktime(&tm);
	t->ends = (int64_t)mktime(&next);
}

void
trend_note(struct trend *t, int64_t when, int64_t free)
{
	struct trend_point p = {.when = when, .free = free};

	if (t->n > 0 && when >= t->begins && when < t->ends) {
		if (free < t->points[t->n - 1].free)
			t->points[t->n - 1] = p;
		return;
	}
	/* A clock that went back: what came from the future stays the last. */
	if (t->n > 0 && when < t->begins)
		return;
	find_day(t, when);
	if (t->n == TREND_MOST)
		memmove(t->points, t->points + 1, --t->n * sizeof(p));
	t->points[t->n++] = p;
}
