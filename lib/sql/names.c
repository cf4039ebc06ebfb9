#include "sql/names.h"

#include <stdlib.h>
#include <string.h>

bool
names_has(const struct names *n, const char *name)
{
	for (size_t i = 0; i < n->len; i++)
		if (strcmp(n->items[i], name) == 0)
			return true;
	return false;
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
	n->len++;
	return 0;
}

void
names_free(struct names *n)
{
	while (n->len > 0)
		free(n->items[--n->len]);
	free(n->items);
	n->items = NULL;
}
