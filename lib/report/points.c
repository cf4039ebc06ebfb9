#include "report/points.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 30 /* sets before one, against which it is held */
#define ENOUGH 7  /* with fewer, nothing is odd */
#define TIMES 5   /* median absolute deviations */
#define SHARE 0.2 /* of the median */

/* What the disk knows of a set, when it began, comes before what the journal does, when it ended. */
static int
by_set(const void *a, const void *b)
{
	const struct history_point *x = a, *y = b;
	int by_name = strcmp(x->set, y->set);

	return by_name != 0 ? by_name : (x->when > y->when) - (x->when < y->when);
}

/* Bring them into order, each once, and keep the last ones. */
static void
settle(struct points *p)
{
	size_t kept = 0;
	bool sorted = true;

	for (size_t i = 1; i < p->n && sorted; i++)
		sorted = strcmp(p->list[i - 1].set, p->list[i].set) < 0;
	if (!sorted) {
		qsort(p->list, p->n, sizeof(p->list[0]), by_set);
		for (size_t i = 0; i < p->n; i++) {
			struct history_point *last = kept > 0 ? &p->list[kept - 1] : NULL;

			if (last == NULL || strcmp(last->set, p->list[i].set) != 0)
				p->list[kept++] = p->list[i];
			else if (last->seconds < 0)
				last->seconds = p->list[i].seconds;
		}
		p->n = kept;
	}
	if (p->n > HISTORY_POINTS) {
		memmove(p->list, p->list + (p->n - HISTORY_POINTS),
		    HISTORY_POINTS * sizeof(p->list[0]));
		p->n = HISTORY_POINTS;
	}
}

void
points_add(struct points *p, const struct history_point *point)
{
	if (p->n == 2 * HISTORY_POINTS)
		settle(p);
	p->list[p->n++] = *point;
}

static int
by_value(const void *a, const void *b)
{
	double x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static double
median(double *list, size_t n)
{
	qsort(list, n, sizeof(list[0]), by_value);
	return n % 2 != 0 ? list[n / 2] : (list[n / 2 - 1] + list[n / 2]) / 2;
}

/*
 * Whether ${x} is far from the ${n} before it.  A database grows by the day, so that the older ones
 * are all smaller: the deviation grows with them, and the share of the median lets the rest pass.
 */
static bool
is_odd(const struct history_point *before, size_t n, double x)
{
	double list[WINDOW], middle, deviation;

	if (n > WINDOW) {
		before += n - WINDOW;
		n = WINDOW;
	}
	if (n < ENOUGH)
		return false;
	for (size_t i = 0; i < n; i++)
		list[i] = (double)before[i].bytes;
	middle = median(list, n);
	for (size_t i = 0; i < n; i++)
		list[i] = fabs((double)before[i].bytes - middle);
	deviation = median(list, n);
	return fabs(x - middle) > TIMES * deviation && fabs(x - middle) > SHARE * middle;
}

size_t
points_judge(struct points *p, struct history_point out[HISTORY_POINTS])
{
	settle(p);
	memcpy(out, p->list, p->n * sizeof(p->list[0]));
	for (size_t i = 0; i < p->n; i++) {
		out[i].change = i > 0 && out[i - 1].bytes > 0
				    ? (double)out[i].bytes / (double)out[i - 1].bytes - 1
				    : NAN;
		out[i].odd = is_odd(out, i, (double)out[i].bytes);
	}
	return p->n;
}
