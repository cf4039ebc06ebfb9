#include "sql/tablelist.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"

struct endmark_table *
tablelist_room(struct tablelist *l)
{
	size_t size = l->size == 0 ? 16 : l->size * 2;
	struct endmark_table *items;

	if (l->len == l->size) {
		items = reallocarray(l->items, size, sizeof(*items));
		if (items == NULL)
			return NULL;
		l->items = items;
		l->size = size;
	}
	memset(&l->items[l->len], 0, sizeof(*l->items));
	return &l->items[l->len];
}

/* "WHAT of table `d`.`t` REST", with nothing in the names that a terminal obeys. */
static int __attribute__((format(printf, 5, 6))) differs(char *text, size_t size,
    const char *what, const struct endmark_table *t, const char *rest, ...)
{
	va_list ap;
	size_t len;

	snprintf(text, size, "%s of table `%s`.`%s`", what, t->database, t->table);
	plain_text(text);
	len = strlen(text);
	va_start(ap, rest);
	vsnprintf(text + len, size - len, rest, ap);
	va_end(ap);
	return -1;
}

static int
compare(struct endmark_table *promised, const struct endmark_table *counted, char *text,
    size_t size)
{
	char none[HASH_HEX];

	if (counted == NULL) {
		hash_bytes("", 0, none);
		if (promised->rows != 0 || promised->bytes != 0)
			return differs(text, size, "rows", promised,
			    " are missing: %ju promised", (uintmax_t)promised->rows);
		if (strcmp(promised->sha256, none) != 0)
			return differs(text, size, "digest", promised, " differs");
		return 0;
	}
	if (promised->rows != counted->rows)
		return differs(text, size, "rows", promised,
		    " differ: %ju counted, %ju promised", (uintmax_t)counted->rows,
		    (uintmax_t)promised->rows);
	if (strcmp(promised->sha256, counted->sha256) != 0)
		return differs(text, size, "digest", promised, " differs");
	if (promised->bytes != counted->bytes)
		return differs(text, size, "bytes", promised,
		    " differ: %ju counted, %ju promised", (uintmax_t)counted->bytes,
		    (uintmax_t)promised->bytes);
	promised->offset = counted->offset;
	return 0;
}

int
tablelist_compare(
    struct tablelist *promised, const struct tablelist *counted, char *text, size_t size)
{
	size_t next = 0;

	for (size_t i = 0; i < promised->len; i++) {
		struct endmark_table *t = &promised->items[i];
		const struct endmark_table *c =
		    next < counted->len ? &counted->items[next] : NULL;

		if (c != NULL && strcmp(c->table, t->table) == 0 &&
		    strcmp(c->database, t->database) == 0)
			next++;
		else
			c = NULL;
		if (compare(t, c, text, size) != 0)
			return -1;
	}
	if (next < counted->len)
		return differs(
		    text, size, "rows", &counted->items[next], " are not in the end mark");
	return 0;
}

void
tablelist_free(struct tablelist *l)
{
	for (size_t i = 0; i < l->len; i++) {
		free((void *)(uintptr_t)l->items[i].database);
		free((void *)(uintptr_t)l->items[i].table);
	}
	free(l->items);
	memset(l, 0, sizeof(*l));
}
