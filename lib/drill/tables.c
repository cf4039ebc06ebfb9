#include "drill/tables.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/plain.h"

#define TOLD 5

struct differences {
	char *text;
	size_t size;
	size_t count;
};

/* The same table in ${e}; the database counts only where names are kept. */
static const struct endmark_table *
find(const struct endmark *e, const struct endmark_table *like, bool named, size_t *from)
{
	const struct endmark_table *t;
	size_t count = endmark_tables(e);

	/* Both are in the same order: mostly it is the next one. */
	for (size_t i = 0; i < count; i++) {
		t = endmark_table(e, (*from + i) % count);
		if (strcmp(t->table, like->table) == 0 &&
		    (!named || strcmp(t->database, like->database) == 0)) {
			*from = (*from + i + 1) % count;
			return t;
		}
	}
	return NULL;
}

/* Append one difference, of which the first are told. */
static void __attribute__((format(printf, 2, 3)))
differs(struct differences *d, const char *format, ...)
{
	char text[512];
	va_list ap;

	if (d->count++ >= TOLD)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	plain_text(text);
	if (*d->text != '\0')
		strlcat(d->text, "; ", d->size);
	strlcat(d->text, text, d->size);
}

size_t
tables_compare(const struct endmark *saved, const struct endmark *restored, bool named,
    char *text, size_t size)
{
	struct differences d = {.text = text, .size = size};
	const struct endmark_table *a, *b;
	size_t from = 0;
	char more[64];

	*text = '\0';
	for (size_t i = 0; (a = endmark_table(saved, i)) != NULL; i++) {
		b = find(restored, a, named, &from);
		if (b == NULL)
			differs(&d, "table %s did not come back", a->table);
		else if (a->rows != b->rows)
			differs(&d,
			    "table %s: %" PRIu64 " rows were saved, %" PRIu64 " came back",
			    a->table, a->rows, b->rows);
		else if (strcmp(a->sha256, b->sha256) != 0)
			differs(&d,
			    "table %s: its rows came back changed (digest %.12s, not %.12s)",
			    a->table, b->sha256, a->sha256);
	}
	from = 0;
	for (size_t i = 0; (b = endmark_table(restored, i)) != NULL; i++) {
		if (b->rows > 0 && find(saved, b, named, &from) == NULL)
			differs(&d, "table %s came back and was not saved", b->table);
	}
	if (d.count > TOLD) {
		snprintf(more, sizeof(more), "; and %zu more", d.count - TOLD);
		strlcat(text, more, size);
	}
	return d.count;
}
