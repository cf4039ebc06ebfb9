#include "sql/gaps.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

struct gaps {
	struct gap *items;
	size_t len;
};

/* Put the places of the gaps into ${g}: there is one in front of each region, and the last. */
static void
place(struct gaps *g, const struct tablelist *l, uint64_t end)
{
	uint64_t at = 0;

	for (size_t i = 0; i < l->len; i++) {
		const struct endmark_table *t = &l->items[i];

		if (t->bytes == 0)
			continue;
		g->items[g->len++] = (struct gap){.from = at, .to = t->offset, .behind = t};
		at = t->offset + t->bytes;
	}
	g->items[g->len++] = (struct gap){.from = at, .to = end, .wanted = true};
	g->items[0].wanted = true;
}

struct gaps *
gaps_find(const struct tablelist *l, uint64_t end, const struct pick *pick)
{
	struct gaps *g = calloc(1, sizeof(*g));
	const struct endmark_table *t, *before = NULL;
	size_t gap = 0;
	bool all;

	if (g != NULL)
		g->items = calloc(l->len + 1, sizeof(*g->items));
	if (g == NULL || g->items == NULL) {
		warn("plan of a dump");
		gaps_free(g);
		return NULL;
	}
	place(g, l, end);
	for (size_t i = 0; i < l->len; i++, before = t) {
		t = &l->items[i];
		if (before != NULL && strcmp(before->database, t->database) != 0)
			g->items[gap].wanted = true;
		if (pick_names(pick, t->database, t->table))
			g->items[gap].wanted = true;
		if (t->bytes == 0)
			continue;
		gap++;
		if (pick_names(pick, t->database, t->table))
			g->items[gap].wanted = true;
	}
	all = !pick_listed(pick, l);
	for (size_t i = 0; all && i < g->len; i++)
		g->items[i].wanted = true;
	return g;
}

const struct gap *
gaps_next(const struct gaps *g, size_t i)
{
	return i < g->len ? &g->items[i] : NULL;
}

void
gaps_free(struct gaps *g)
{
	if (g == NULL)
		return;
	free(g->items);
	free(g);
}
