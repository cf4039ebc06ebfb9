#include "db/needs.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/hint.h"
#include "base/plain.h"
#include "db/login.h"

static const struct {
	unsigned int right;
	const char *name, *objects;
} kinds[] = {
    {GRANTS_SELECT, "SELECT", "tables"},
    {GRANTS_SHOW_VIEW, "SHOW VIEW", "views"},
    {GRANTS_TRIGGER, "TRIGGER", "triggers"},
    {GRANTS_EVENT, "EVENT", "events"},
    {GRANTS_LOCK_TABLES, "LOCK TABLES", "rows of tables without transactions"},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* Append the names of ${rights}, or what is lost without them: "A, B and C", or "A, B, C". */
static void
add_list(struct buf *b, unsigned int rights, bool objects, const char *last)
{
	unsigned int left = rights;

	for (size_t i = 0; i < KINDS; i++) {
		if ((left & kinds[i].right) == 0)
			continue;
		if (left != rights)
			buf_text(b, (left & ~kinds[i].right) == 0 ? last : ", ");
		left &= ~kinds[i].right;
		buf_text(b, objects ? kinds[i].objects : kinds[i].name);
	}
}

/* Tell that ${rights} on ${table} of ${database}, or all of it, are missing. */
static int
tell_rights(const struct grants *g, unsigned int rights, const char *database,
    const struct table *t, needs_tell *tell, void *ctx)
{
	struct buf text = {0}, list = {0}, grant = {0};
	int rc = EX_OSERR;

	if (rights == 0)
		return 0;
	buf_printf(&text, "%s: this account lacks ", t != NULL ? t->label : database);
	add_list(&text, rights, false, " and ");
	buf_text(&text, "; ");
	add_list(&text, rights, true, " and ");
	buf_text(&text, " would be lost");
	add_list(&list, rights, false, ", ");
	if (buf_string(&list) != NULL)
		grants_statement(g, list.data, database, t != NULL ? t->name : NULL, &grant);
	if (buf_string(&text) != NULL && buf_string(&grant) != NULL)
		rc = tell(ctx, true, text.data, grant.data);
	buf_free(&text);
	buf_free(&list);
	buf_free(&grant);
	return rc;
}

/* Append the GRANT that shows the text of routines. */
static void
grant_text(const struct grants *g, struct buf *out)
{
	if (grants_show_routine(g))
		grants_statement(g, "SHOW_ROUTINE", NULL, NULL, out);
	else
		grants_statement(g, "SELECT", "mysql", "proc", out);
}

/* Whether the account may read the text of routines: the server's own table, or, where there is
 * none, everything. */
static bool
reads_text(const struct grants *g)
{
	const bool table = !grants_show_routine(g);

	return (grants_on(g, table ? "mysql" : NULL, table ? "proc" : NULL) & GRANTS_SELECT) !=
	       0;
}

/* Names of routines show where the account may do anything with all of them, their text where
 * it may read that. */
static int
tell_routines(const struct grants *g, const char *database, needs_tell *tell, void *ctx)
{
	struct buf text = {0}, grant = {0};
	int rc = EX_OSERR;

	if ((grants_on(g, database, NULL) & GRANTS_ROUTINE) != 0 || reads_text(g))
		return 0;
	buf_printf(&text,
	    "%s: routines of other accounts cannot be seen; if there are any, they are lost",
	    database);
	grant_text(g, &grant);
	if (buf_string(&text) != NULL && buf_string(&grant) != NULL)
		rc = tell(ctx, false, text.data, grant.data);
	buf_free(&text);
	buf_free(&grant);
	return rc;
}

/* What a dump of ${t} needs beyond what its database gives. */
static unsigned int
table_needs(const struct table *t, const struct selection *s, bool definitions)
{
	unsigned int needs = GRANTS_SELECT;

	if (definitions && t->kind == CATALOGUE_VIEW)
		needs |= GRANTS_SHOW_VIEW;
	if (definitions && t->kind == CATALOGUE_TABLE && !s->no_triggers)
		needs |= GRANTS_TRIGGER;
	if (t->rows && !t->transactional)
		needs |= GRANTS_LOCK_TABLES;
	return needs;
}

/* Whether tables that are not seen could be meant: all are, or those that a pattern fits. */
static bool
is_open(const struct selection *s)
{
	for (size_t i = 0; i < s->tables.n; i++)
		if (strpbrk(s->tables.items[i].text, "*?") != NULL)
			return true;
	return s->tables.n == 0;
}

int
needs_list(const struct grants *g, const struct catalogue *c, const struct selection *s,
    bool definitions, needs_tell *tell, void *ctx)
{
	unsigned int have = grants_on(g, c->database, NULL), lacking = 0, lost, locks;
	bool whole = s->tables.n == 0;
	struct buf text = {0};
	int rc = 0;

	if (c->ntables > 0 && !grants_known(g, c->database)) {
		buf_printf(&text,
		    "%s: the rights of this account come from another one of the same name "
		    "and are not known; what it may not see is lost",
		    c->database);
		rc = buf_string(&text) == NULL ? EX_OSERR : tell(ctx, false, text.data, NULL);
		buf_free(&text);
		return rc;
	}
	/* Tables and events that are not seen are not in the catalogue. */
	if (is_open(s))
		lacking = GRANTS_SELECT & ~have;
	if (whole && definitions && !s->no_events)
		lacking |= GRANTS_EVENT & ~have;
	for (size_t i = 0; rc == 0 && i < c->ntables; i++) {
		const struct table *t = &c->tables[i];

		lost = table_needs(t, s, definitions) & ~grants_on(g, c->database, t->name);
		locks = lost & GRANTS_LOCK_TABLES; /* no table has a lock of its own */
		lacking |= whole ? lost : locks;
		if (!whole)
			rc = tell_rights(g, lost ^ locks, c->database, t, tell, ctx);
	}
	if (rc == 0)
		rc = tell_rights(g, lacking, c->database, NULL, tell, ctx);
	if (rc == 0 && whole && definitions && !s->no_routines)
		rc = tell_routines(g, c->database, tell, ctx);
	return rc;
}

struct report {
	json_t *warnings;
	bool *lost;
};

/* Say ${text}, in which a name may hold anything, on one line. */
static void
say(const char *text, const char *grant)
{
	char *line = strdup(text), *hint = grant != NULL ? strdup(grant) : NULL;

	if (line != NULL)
		warnx("%s", plain_text(line));
	if (hint != NULL)
		hintx("%s;", plain_text(hint));
	free(line);
	free(hint);
}

static int
report(void *ctx, bool fatal, const char *text, const char *grant)
{
	struct report *r = ctx;

	say(text, grant);
	if (fatal)
		*r->lost = true;
	else if (json_array_append_new(r->warnings, json_string(text)) != 0)
		return EX_OSERR;
	return 0;
}

int
needs_check(const struct grants *g, const struct catalogue *c, const struct selection *s,
    bool definitions, json_t *warnings, bool *lost)
{
	struct report r = {warnings, lost};

	return needs_list(g, c, s, definitions, report, &r);
}

int
needs_databases(const struct grants *g)
{
	struct buf grant = {0};

	/* Any right on everything shows them all. */
	if (grants_on(g, NULL, NULL) != 0)
		return 0;
	grants_statement(g, "SHOW DATABASES", NULL, NULL, &grant);
	say("this account lacks SHOW DATABASES; databases would be lost", buf_string(&grant));
	buf_free(&grant);
	return EX_NOPERM;
}

int
needs_database(MYSQL *m, const struct grants *g, const char *database)
{
	struct buf grant = {0};
	int rc;

	if (mysql_select_db(m, database) == 0)
		return 0;
	rc = login_fail(m, database);
	if (rc == EX_NOPERM) {
		grants_statement(g, "SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES", database,
		    NULL, &grant);
		if (buf_string(&grant) != NULL)
			hintx("%s;", plain_text(grant.data));
		buf_free(&grant);
	}
	return rc;
}

int
needs_text(MYSQL *m, const char *what)
{
	struct grants *g = NULL;
	struct buf text = {0}, grant = {0};
	int rc = grants_read(m, &g);

	if (rc == 0) {
		buf_printf(&text, "%s: its text is hidden from this account", what);
		grant_text(g, &grant);
		rc = EX_OSERR;
		if (buf_string(&text) != NULL && buf_string(&grant) != NULL) {
			say(text.data, grant.data);
			rc = EX_NOPERM;
		}
	}
	buf_free(&text);
	buf_free(&grant);
	grants_free(g);
	return rc;
}
