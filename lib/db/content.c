#include "db/content.h"

#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "db/columns.h"
#include "db/definitions.h"
#include "db/needs.h"

/* List the tables of all catalogues. */
static int
list_tables(struct content *c)
{
	struct table *t;
	size_t total = 0;

	for (size_t i = 0; i < c->n; i++)
		total += c->catalogues[i]->ntables;
	c->tables = calloc(total + 1, sizeof(struct table *));
	c->ranged = calloc(total + 1, sizeof(struct table *));
	if (c->tables == NULL || c->ranged == NULL) {
		warn("catalogue");
		return EX_OSERR;
	}
	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; k < c->catalogues[i]->ntables; k++) {
			t = &c->catalogues[i]->tables[k];
			if (t->kind == CATALOGUE_VIEW)
				continue;
			c->tables[c->ntables++] = t;
			if (t->rows && t->transactional)
				c->ranged[c->nranged++] = t;
		}
	}
	return 0;
}

int
content_read(MYSQL *m, const struct grants *g, char *const *databases, size_t n,
    const struct selection *s, struct content **out)
{
	struct content *c = calloc(1, sizeof(*c));
	int rc = EX_OSERR;

	if (c == NULL || (c->catalogues = calloc(n, sizeof(struct catalogue *))) == NULL ||
	    (c->digests = calloc(n, sizeof(*c->digests))) == NULL) {
		warn("catalogue");
		goto out;
	}
	c->selection = s;
	for (rc = 0; rc == 0 && c->n < n; c->n += rc == 0) {
		rc = needs_database(m, g, databases[c->n]);
		if (rc == 0)
			rc = catalogue_read(m, databases[c->n], s, &c->catalogues[c->n]);
	}
	if (rc == 0)
		rc = selection_check(s, databases[0]);
	if (rc == 0)
		rc = list_tables(c);
	if (rc == 0) {
		*out = c;
		c = NULL;
	}
out:
	content_free(c);
	return rc;
}

int
content_may(const struct grants *g, const struct content *c, bool definitions, json_t *warnings)
{
	bool lost = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n; i++)
		rc = needs_check(
		    g, c->catalogues[i], c->selection, definitions, warnings, &lost);
	return rc == 0 && lost ? EX_NOPERM : rc;
}

int
content_settle(MYSQL *m, struct content *c, bool definitions, const char **why)
{
	bool same = true;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		rc = definitions_tables(m, c->catalogues[i], c->selection, &same);
		if (rc == 0 && !same) {
			*why = "a table came or went";
			return -1;
		}
		if (rc == 0 && definitions)
			rc = definitions_digest(
			    m, c->catalogues[i], c->selection, c->digests[i]);
	}
	for (size_t i = 0; rc == 0 && i < c->ntables; i++)
		if (c->tables[i]->rows)
			rc = columns_read(m, c->tables[i]);
	return rc;
}

int
content_compare(MYSQL *m, const struct content *c)
{
	char hex[HASH_HEX];
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->n; i++) {
		rc = definitions_digest(m, c->catalogues[i], c->selection, hex);
		if (rc == 0 && strcmp(hex, c->digests[i]) != 0) {
			warnx("%s: a view, routine, trigger or event changed while the dump "
			      "ran; try again",
			    c->catalogues[i]->database);
			rc = EX_TEMPFAIL;
		}
	}
	return rc;
}

void
content_free(struct content *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->n; i++)
		catalogue_free(c->catalogues[i]);
	free(c->catalogues);
	free(c->digests);
	free(c->tables);
	free(c->ranged);
	free(c);
}
