/*
 * The dump may have left out the history of system-versioned tables, or not: its digests do not
 * say, so a table that differs with its history is looked at once more without.
 */
#include "db/redump.h"

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/plain.h"
#include "db/dump.h"
#include "sql/quote.h"

struct comparison {
	const struct redump *r;
	enum { MISSING, OTHER, EQUAL } * found; /* for each table that was promised */
	uint64_t *rows;                         /* that it has */
	size_t strange;                         /* tables with rows that were not promised */
};

/* "table `database`.`name`" for messages, which the caller frees; NULL without memory. */
static char *
label(const struct comparison *c, const char *table)
{
	struct buf b = {0};

	buf_text(&b, "table ");
	quote_name(&b, c->r->database);
	buf_text(&b, ".");
	quote_name(&b, table);
	return buf_string(&b) != NULL ? plain_text(b.data) : NULL;
}

static bool
promised(const struct comparison *c, size_t i)
{
	return c->r->origin == NULL ||
	       strcmp(endmark_table(c->r->promised, i)->database, c->r->origin) == 0;
}

/* Which promised table ${name} is, or how many there are; they come in the same order mostly. */
static size_t
find(const struct comparison *c, const char *name, size_t *from)
{
	const size_t n = endmark_tables(c->r->promised);

	for (size_t i = 0; i < n; i++) {
		size_t k = (*from + i) % n;

		if (promised(c, k) &&
		    strcmp(endmark_table(c->r->promised, k)->table, name) == 0) {
			*from = k + 1;
			return k;
		}
	}
	return n;
}

static int
look(void *ctx, const struct emit_table *tables, size_t n)
{
	struct comparison *c = ctx;
	const struct endmark_table *t;
	size_t from = 0;

	for (size_t i = 0; i < n; i++) {
		size_t k = find(c, tables[i].name, &from);

		t = endmark_table(c->r->promised, k);
		if (t == NULL && c->r->part)
			continue;
		if (t == NULL) {
			char *name = tables[i].rows > 0 ? label(c, tables[i].name) : NULL;

			c->strange += tables[i].rows > 0;
			if (name != NULL)
				warnx("%s: %s has %ju rows, and is not in the dump", c->r->dump,
				    name, (uintmax_t)tables[i].rows);
			free(name);
			continue;
		}
		c->rows[k] = tables[i].rows;
		c->found[k] =
		    tables[i].rows == t->rows && strcmp(tables[i].sha256, t->sha256) == 0
			? EQUAL
			: OTHER;
	}
	return 0;
}

static int
pass(struct comparison *c, struct dump_options *o)
{
	char *database = strdup(c->r->database);
	int rc = EX_OSERR;

	o->no_create = true;
	o->quiet = c->r->quiet;
	o->jobs = c->r->jobs;
	o->tables = look;
	o->tables_ctx = c;
	if (database != NULL)
		rc = dump_write(c->r->login, &database, 1, o, -1);
	else
		warn("%s", c->r->database);
	free(database);
	return rc;
}

/* Look at the promised tables, or those that ${differ}; nothing is done where there is none. */
static int
pass_some(struct comparison *c, struct dump_options *o, bool differ)
{
	size_t n = 0;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < endmark_tables(c->r->promised); i++) {
		if (!promised(c, i) || (differ && c->found[i] != OTHER))
			continue;
		n++;
		if (selection_add(
			&o->selection.tables, endmark_table(c->r->promised, i)->table) != 0)
			rc = EX_OSERR;
	}
	if (rc == 0 && n > 0)
		rc = pass(c, o);
	selection_free(&o->selection);
	return rc;
}

static int
verdict(const struct comparison *c)
{
	const struct endmark_table *t;
	size_t bad = c->strange, digests = 0;

	for (size_t i = 0; i < endmark_tables(c->r->promised); i++) {
		char *name;

		if (!promised(c, i) || c->found[i] == EQUAL)
			continue;
		bad++;
		t = endmark_table(c->r->promised, i);
		if ((name = label(c, t->table)) == NULL)
			return EX_OSERR;
		if (c->found[i] == MISSING)
			warnx("%s: %s is not there after loading", c->r->dump, name);
		else if (c->rows[i] != t->rows)
			warnx("%s: %s has %ju rows after loading, the dump has %ju", c->r->dump,
			    name, (uintmax_t)c->rows[i], (uintmax_t)t->rows);
		else {
			digests++;
			warnx("%s: %s: its rows after loading are not those of the dump: their "
			      "digests differ",
			    c->r->dump, name);
		}
		free(name);
	}
	if (digests > 0 && digests == bad)
		hintx("where the dump comes from another server's or "
		      "siantre-dump's version, --compare rows compares their numbers");
	return bad == 0 ? 0 : EX_DATAERR;
}

int
redump_compare(const struct redump *r)
{
	struct comparison c = {.r = r,
	    .found = calloc(endmark_tables(r->promised) + 1, sizeof(*c.found)),
	    .rows = calloc(endmark_tables(r->promised) + 1, sizeof(*c.rows))};
	struct dump_options all = {0}, without = {.selection = {.no_history = true}};
	int rc = EX_OSERR;

	if (c.found == NULL || c.rows == NULL)
		warn("%s", r->dump);
	else
		rc = r->part ? pass_some(&c, &all, false) : pass(&c, &all);
	/* Those that differ once more, without history. */
	if (rc == 0)
		rc = pass_some(&c, &without, true);
	if (rc == 0)
		rc = verdict(&c);
	free(c.found);
	free(c.rows);
	return rc;
}
