#include "set/trend.h"

#include <string.h>
#include <time.h>

#define DAY 86400

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
