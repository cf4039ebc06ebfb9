#include "gz/points.h"

#include <stdlib.h>
#include <string.h>

#define APART ((uint64_t)1 << 20) /* at first */

int
gz_points_want(const struct gz_points *p, uint64_t plain)
{
	return p->len == 0 || plain - p->items[p->len - 1].plain >= p->apart;
}

/* Drop every second one. */
static void
thin_out(struct gz_points *p)
{
	size_t n = 0;

	for (size_t i = 0; i < p->len; i++) {
		if (i % 2 == 0)
			p->items[n++] = p->items[i];
		else
			free(p->items[i].window);
	}
	p->len = n;
	p->apart *= 2;
}

int
gz_points_add(struct gz_points *p, const struct gz_point *point)
{
	struct gz_point *to;

	if (p->items == NULL) {
		p->items = calloc(GZ_POINTS, sizeof(*p->items));
		if (p->items == NULL)
			return -1;
		p->apart = APART;
	}
	if (p->len == GZ_POINTS)
		thin_out(p);
	to = &p->items[p->len];
	*to = *point;
	to->window = malloc(point->window_length + 1);
	if (to->window == NULL)
		return -1;
	memcpy(to->window, point->window, point->window_length);
	p->len++;
	return 0;
}

const struct gz_point *
gz_points_before(const struct gz_points *p, uint64_t plain)
{
	size_t from = 0, to = p->len, middle;

	while (from < to) {
		middle = from + (to - from) / 2;
		if (p->items[middle].plain <= plain)
			from = middle + 1;
		else
			to = middle;
	}
	return from > 0 ? &p->items[from - 1] : NULL;
}

void
gz_points_free(struct gz_points *p)
{
	for (size_t i = 0; i < p->len; i++)
		free(p->items[i].window);
	free(p->items);
	*p = (struct gz_points){0};
}
