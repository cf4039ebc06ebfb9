#include "sql/names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

bool
names_has(const struct names *n, const char *name)
{
	return tfind(name, &n->tree, compare) != NULL;
}

int
names_add(struct names *n, const char *name)
{
	char **items;

	if (names_has(n, name))
		return 0;
	items = reallocarray(n->items, n->len + 1, sizeof(*items));
	if (items == NULL)
		return -1;
	n->items = items;
	items[n->len] = strdup(name);
	if (items[n->len] == NULL)
		return -1;
	if (tsearch(items[n->len], &n->tree, compare) == NULL) {
		free(items[n->len]);
		return -1;
	}
	n->len++;
	return 0;
}

/* The names are the list's. */
static void
keep(void *name)
{
	(void)name;
}

void
names_free(struct names *n)
{
	tdestroy(n->tree, keep);
	n->tree = NULL;
	while (n->len > 0)
		free(n->items[--n->len]);
	free(n->items);
	n->items = NULL;
}
