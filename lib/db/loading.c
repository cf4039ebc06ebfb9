#include "db/loading.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/progress.h"
#include "db/loaders.h"

/* What the turns over the dump share. */
struct turns {
	struct turn first, last;
	struct turn_table *tables; /* for each table of the plan */
	char **settings;           /* for each part */
	struct loaders_options rows;
};

static struct turn_options
options(const struct loading *g)
{
	return (struct turn_options){.source = g->source,
	    .parts = reading_parts(g->first),
	    .into = g->into,
	    .fixed = g->into != NULL,
	    .alias = g->alias,
	    .foreign = reading_endmark(g->first) == NULL,
	    .server = g->server,
	    .allow_warnings = g->allow_warnings,
	    .large = g->large,
	    .programs = g->programs,
	    .made = g->made};
}

static int
take_turns(struct turns *t, const struct parts *p)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->epochs_len; i++) {
		rc = turn_first(&t->first, &p->epochs[i], t->tables, t->settings);
		if (rc == 0)
			rc = loaders_run(&t->rows, &p->epochs[i]);
		if (rc == 0)
			rc = turn_last(&t->last, &p->epochs[i]);
	}
	return rc;
}

static void
free_turns(struct turns *t, const struct parts *p)
{
	for (size_t i = 0; t->tables != NULL && i < p->tables_len; i++)
		turn_table_free(&t->tables[i]);
	for (size_t i = 0; t->settings != NULL && i < p->parts_len; i++)
		free(t->settings[i]);
	free(t->tables);
	free(t->settings);
}

int
loading_run(struct loading *g)
{
	const struct parts *p = reading_parts(g->first);
	const struct turn_options o = options(g);
	struct turns t = {.tables = calloc(p->tables_len + 1, sizeof(*t.tables)),
	    .settings = calloc(p->parts_len + 1, sizeof(*t.settings))};
	int rc = EX_OSERR, closed;

	t.rows = (struct loaders_options){.login = g->login,
	    .source = g->source,
	    .parts = p,
	    .into = g->into,
	    .tables = t.tables,
	    .settings = t.settings,
	    .server = g->server,
	    .jobs = g->jobs,
	    .allow_warnings = g->allow_warnings,
	    .compared = g->compared && reading_endmark(g->first) != NULL,
	    .large = g->large,
	    .resume = g->resume,
	    .no_load = &g->no_load,
	    .m = g->m};
	if (t.tables == NULL || t.settings == NULL) {
		warnx("out of memory");
	} else {
		for (size_t i = 0; i < p->tables_len; i++)
			t.tables[i].loaded = resume_has(g->resume, p->tables[i].name);
		t.rows.progress = progress_start(
		    g->into != NULL ? g->into : "loading", parts_bytes(p), g->quiet);
		rc = turn_open(&t.first, g->login, &o);
		if (rc == 0)
			rc = turn_open(&t.last, g->login, &o);
		if (rc == 0)
			rc = take_turns(&t, p);
		progress_end(t.rows.progress);
	}
	g->no_scheduler = t.first.send.no_scheduler || t.last.send.no_scheduler;
	closed = turn_close(&t.first, rc == 0);
	rc = rc != 0 ? rc : closed;
	closed = turn_close(&t.last, rc == 0);
	rc = rc != 0 ? rc : closed;
	free_turns(&t, p);
	return rc;
}

int
loading_script(const struct loading *g, const char *target, struct buf *out)
{
	const struct parts *p = reading_parts(g->first);
	struct turn_options o = options(g);
	struct turn t = {0};
	int rc;

	o.into = target;
	o.alias = NULL;
	o.programs = PROGRAMS_ALONE;
	o.script = out;
	rc = turn_open(&t, NULL, &o);
	for (size_t i = 0; rc == 0 && i < p->epochs_len; i++)
		rc = turn_last(&t, &p->epochs[i]);
	turn_close(&t, false);
	return rc;
}
