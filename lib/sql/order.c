#include "sql/order.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sql/quote.h"

enum mark { NEW, OPEN, DONE };

struct graph {
	const char *const *texts;
	char **quoted; /* `name` of each view */
	enum mark *marks;
	size_t n;
	size_t *order;
	size_t placed;
};

/* Depth first; the depth is the length of the longest chain of views, which is short. */
static void
visit(struct graph *g, size_t i)
{
	g->marks[i] = OPEN;
	for (size_t k = 0; k < g->n; k++)
		if (g->marks[k] == NEW && strstr(g->texts[i], g->quoted[k]) != NULL)
			visit(g, k);
	g->marks[i] = DONE;
	g->order[g->placed++] = i;
}

int
order_views(const char *const *names, const char *const *texts, size_t n, size_t *order)
{
	struct graph g = {.texts = texts, .n = n, .order = order};
	struct buf b = {0};
	int rc = -1;

	g.quoted = calloc(n + 1, sizeof(*g.quoted));
	g.marks = calloc(n + 1, sizeof(*g.marks));
	if (g.quoted == NULL || g.marks == NULL) {
		warn("views");
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		quote_name(&b, names[i]);
		if (buf_string(&b) == NULL)
			goto out;
		g.quoted[i] = b.data;
		memset(&b, 0, sizeof(b));
	}
	for (size_t i = 0; i < n; i++)
		if (g.marks[i] == NEW)
			visit(&g, i);
	rc = 0;
out:
	for (size_t i = 0; g.quoted != NULL && i < n; i++)
		free(g.quoted[i]);
	free(g.quoted);
	free(g.marks);
	buf_free(&b);
	return rc;
}
