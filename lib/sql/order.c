/*
 * A view reads from what stands behind FROM or JOIN in its definition, in however many
 * parentheses.  Names elsewhere (of columns, of aliases) may look like tables and are none, so
 * only those places count.  What a WITH names may still look like a view there; a circle that
 * comes of it is cut where it closes.
 */
#include "sql/order.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "sql/quote.h"
#include "sql/token.h"

enum { NAME_SIZE = 64 * 4 + 1 };
enum mark { NEW, OPEN, DONE };

struct graph {
	const char *const *names;
	const struct names *reads; /* of each view */
	enum mark *marks;
	size_t n;
	size_t *order;
	size_t placed;
};

char *
order_name(const char *database, const char *name)
{
	struct buf b = {0};

	quote_name(&b, database);
	buf_text(&b, ".");
	quote_name(&b, name);
	if (buf_string(&b) == NULL)
		buf_free(&b);
	return b.data;
}

static int
add(struct names *reads, const char *database, const char *name)
{
	char *full = order_name(database, name);
	int rc = full != NULL ? names_add(reads, full) : -1;

	free(full);
	return rc;
}

int
order_reads(const char *text, const char *database, struct names *reads)
{
	struct tokens s = {.p = text, .end = text + strlen(text)};
	struct token t = token_next(&s);
	char first[NAME_SIZE], second[NAME_SIZE];
	bool here = false;

	while (t.kind != TOKEN_END) {
		if (token_is(&t, "from") || token_is(&t, "join") ||
		    token_is(&t, "straight_join")) {
			here = true;
		} else if (here && t.kind == TOKEN_NAME &&
			   token_name(&t, first, sizeof(first)) == 0) {
			here = false;
			t = token_next(&s);
			if (!token_mark(&t, '.')) {
				if (add(reads, database, first) != 0)
					return -1;
				continue;
			}
			t = token_next(&s);
			if (token_name(&t, second, sizeof(second)) == 0 &&
			    add(reads, first, second) != 0)
				return -1;
		} else if (!token_mark(&t, '(')) {
			here = false;
		}
		t = token_next(&s);
	}
	return 0;
}

/* Depth first; the depth is the length of the longest chain of views, which is short. */
static void
visit(struct graph *g, size_t i)
{
	g->marks[i] = OPEN;
	for (size_t k = 0; k < g->n; k++)
		if (g->marks[k] == NEW && names_has(&g->reads[i], g->names[k]))
			visit(g, k);
	g->marks[i] = DONE;
	g->order[g->placed++] = i;
}

int
order_views(const char *const *names, const struct names *reads, size_t n, size_t *order)
{
	struct graph g = {.names = names, .reads = reads, .n = n, .order = order};

	g.marks = calloc(n + 1, sizeof(*g.marks));
	if (g.marks == NULL) {
		warn("views");
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		if (g.marks[i] == NEW)
			visit(&g, i);
	free(g.marks);
	return 0;
}
