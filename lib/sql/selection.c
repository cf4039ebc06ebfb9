#include "sql/selection.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/utf8.h"

int
selection_add(struct picks *p, const char *text)
{
	struct pick *items = reallocarray(p->items, p->n + 1, sizeof(*items));

	if (items == NULL) {
		warn("selection");
		return -1;
	}
	p->items = items;
	items[p->n++] = (struct pick){.text = text};
	return 0;
}

/* Step over one character. */
static const char *
behind(const char *name)
{
	size_t step = utf8_next(name, strlen(name));

	return name + (step > 0 ? step : 1);
}

/* Whether ${name} matches ${len} bytes of ${pattern}.  Only the last `*` is ever tried again: what
 * an earlier one took cannot matter to what stands behind the later one. */
static bool
matches(const char *pattern, size_t len, const char *name)
{
	const char *p = pattern, *end = pattern + len, *star = NULL, *from = NULL;

	while (*name != '\0') {
		if (p < end && *p == '*') {
			star = ++p;
			from = name;
		} else if (p < end && *p == '?') {
			name = behind(name);
			p++;
		} else if (p < end && *p == *name) {
			p++;
			name++;
		} else if (star != NULL) {
			p = star;
			name = from = behind(from);
		} else {
			return false;
		}
	}
	while (p < end && *p == '*')
		p++;
	return p == end;
}

/* Whether ${text} is `DATABASE.TABLE` to the byte. */
static bool
is_qualified(const char *text, const char *database, const char *table)
{
	size_t len = strlen(database);

	return strncmp(text, database, len) == 0 && text[len] == '.' &&
	       strcmp(text + len + 1, table) == 0;
}

static bool
means(const char *text, const char *database, bool several, const char *name, bool literally)
{
	if (database == NULL || !several) {
		if (literally ? strcmp(text, name) == 0 : matches(text, strlen(text), name))
			return true;
		if (database == NULL)
			return false;
	}
	if (literally)
		return is_qualified(text, database, name);
	/* A dot may be part of either name. */
	for (const char *dot = strchr(text, '.'); dot != NULL; dot = strchr(dot + 1, '.'))
		if (matches(text, (size_t)(dot - text), database) &&
		    matches(dot + 1, strlen(dot + 1), name))
			return true;
	return false;
}

void
selection_mark(struct picks *p, const char *database, bool several, const char *const *names,
    size_t n, bool *marks)
{
	bool literally;

	memset(marks, 0, n * sizeof(*marks));
	for (size_t i = 0; i < p->n; i++) {
		struct pick *pick = &p->items[i];

		literally = false;
		for (size_t k = 0; k < n && !literally; k++)
			literally = means(pick->text, database, several, names[k], true);
		for (size_t k = 0; k < n; k++)
			if (means(pick->text, database, several, names[k], literally))
				marks[k] = pick->used = true;
	}
}

static int
check(const struct picks *p, const char *where)
{
	for (size_t i = 0; i < p->n; i++) {
		if (p->items[i].used)
			continue;
		warnx("%s: no table or view \"%s\"", where, p->items[i].text);
		return EX_DATAERR;
	}
	return 0;
}

int
selection_check(const struct selection *s, const char *database)
{
	int rc = check(&s->tables, database);

	if (rc == 0)
		rc = check(&s->ignored, "--ignore-table");
	if (rc == 0)
		rc = check(&s->ignored_rows, "--ignore-table-data");
	return rc;
}

void
selection_free(struct selection *s)
{
	free(s->tables.items);
	free(s->ignored.items);
	free(s->ignored_rows.items);
}
