#include "sql/load.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/num.h"
#include "base/sig.h"
#include "sql/loaders.h"
#include "sql/query.h"
#include "sql/reading.h"
#include "sql/target.h"
#include "sql/turns.h"

/*
 * The dump is read once with nothing but eyes; then its statements are looked up again where that
 * reading saw them, and must be the same.  One connection looks at databases, makes and drops
 * them and counts rows in a session of its own; others take the dump's statements, which leave
 * their sessions in any state.
 */
struct load {
	struct login *login;
	const struct load_options *o;
	const struct sql_source *source;
	MYSQL *m;
	struct reading *first; /* what the first reading learned */
	struct token_server server;
	bool no_scheduler;
	bool no_load; /* the server takes no LOAD DATA LOCAL */
};

static int
read_dump(struct load *ld, const char *target)
{
	struct reading_options o = {.foreign = ld->o->foreign,
	    .target = target,
	    .fixed = ld->o->into != NULL,
	    .server = ld->server,
	    .progress = progress_start("proving", ld->source->size, ld->o->quiet)};
	int rc = reading_pass(ld->source, &o, &ld->first);

	progress_end(o.progress);
	return rc;
}

static uint64_t
plan_bytes(const struct parts *p)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < p->tables_len; i++)
		bytes += p->tables[i].bytes;
	return bytes;
}

/* The server must take the largest statement; it says so only by closing the connection. */
static int
check_packet(struct load *ld)
{
	uint64_t line, column, max = 0;
	size_t largest = reading_largest(ld->first, &line, &column);
	char *value = NULL;
	int rc = query_value(
	    ld->m, "max_allowed_packet", "SELECT @@GLOBAL.max_allowed_packet", &value);

	if (rc == 0 && value != NULL && num_count(value, 1, UINT64_MAX, &max) == 0 &&
	    largest + 1 > max) {
		warnx("%s:%ju:%ju: a statement of %zu bytes; the server takes %ju",
		    ld->source->name, (uintmax_t)line, (uintmax_t)column, largest,
		    (uintmax_t)max);
		fprintf(stderr, "hint: SET GLOBAL max_allowed_packet = 1073741824;\n");
		rc = EX_CONFIG;
	}
	free(value);
	return rc;
}

/* What the turns over the dump share. */
struct loading {
	struct turn first, last;
	struct turn_table *tables; /* for each table of the plan */
	char **settings;           /* for each part */
	struct loaders_options rows;
};

static int
take_turns(struct load *ld, struct loading *g)
{
	const struct parts *p = reading_parts(ld->first);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < p->epochs_len; i++) {
		rc = turn_first(&g->first, &p->epochs[i], g->tables, g->settings);
		if (rc == 0)
			rc = loaders_run(&g->rows, &p->epochs[i]);
		if (rc == 0)
			rc = turn_last(&g->last, &p->epochs[i]);
	}
	return rc;
}

static void
free_loading(struct loading *g, const struct parts *p)
{
	for (size_t i = 0; g->tables != NULL && i < p->tables_len; i++)
		turn_table_free(&g->tables[i]);
	for (size_t i = 0; g->settings != NULL && i < p->parts_len; i++)
		free(g->settings[i]);
	free(g->tables);
	free(g->settings);
}

/* One loading into ${into} (NULL: into the databases that the dump names), and the count. */
static int
load_once(struct load *ld, const char *into, bool fixed)
{
	const struct parts *p = reading_parts(ld->first);
	const struct endmark *e = reading_endmark(ld->first);
	const struct turn_options o = {.source = ld->source,
	    .parts = p,
	    .into = into,
	    .fixed = fixed,
	    .foreign = e == NULL,
	    .server = ld->server,
	    .allow_warnings = ld->o->allow_warnings,
	    .large = ld->o->large};
	struct loading g = {.tables = calloc(p->tables_len + 1, sizeof(*g.tables)),
	    .settings = calloc(p->parts_len + 1, sizeof(*g.settings))};
	int rc = EX_OSERR, closed;

	g.rows = (struct loaders_options){.login = ld->login,
	    .source = ld->source,
	    .parts = p,
	    .into = into,
	    .tables = g.tables,
	    .settings = g.settings,
	    .server = ld->server,
	    .jobs = ld->o->jobs,
	    .allow_warnings = ld->o->allow_warnings,
	    .large = ld->o->large,
	    .no_load = &ld->no_load,
	    .m = ld->m};
	if (g.tables == NULL || g.settings == NULL) {
		warnx("out of memory");
	} else {
		g.rows.progress = progress_start(
		    into != NULL ? into : "loading", plan_bytes(p), ld->o->quiet);
		rc = turn_open(&g.first, ld->login, &o);
		if (rc == 0)
			rc = turn_open(&g.last, ld->login, &o);
		if (rc == 0)
			rc = take_turns(ld, &g);
		progress_end(g.rows.progress);
	}
	ld->no_scheduler = g.first.send.no_scheduler || g.last.send.no_scheduler;
	closed = turn_close(&g.first, rc == 0);
	rc = rc != 0 ? rc : closed;
	closed = turn_close(&g.last, rc == 0);
	rc = rc != 0 ? rc : closed;
	free_loading(&g, p);
	if (rc == 0 && e != NULL)
		rc = target_count(ld->m, into, e, ld->source->name);
	return rc;
}

/* Into a database that is not there yet: it is there afterwards only if all of it is. */
static int
load_fresh(struct load *ld, const char *into)
{
	int rc = target_create(ld->m, into);

	if (rc != 0)
		return rc;
	rc = load_once(ld, into, true);
	if (rc != 0 && (mysql_ping(ld->m) != 0 || target_drop(ld->m, into) != 0))
		fprintf(
		    stderr, "hint: database `%s` holds a part of the dump: drop it\n", into);
	return rc;
}

/* In place of a database that holds something: nothing is lost before all of it was loaded. */
static int
load_instead(struct load *ld, const char *into)
{
	struct target t;
	char *new = NULL;
	int rc = EX_OSERR;

	if (asprintf(&new, "%s_new", into) < 0) {
		warn("%s", into);
		return EX_OSERR;
	}
	rc = target_look(ld->m, new, &t);
	if (rc == 0 && t.exists) {
		warnx("database `%s` is in the way: the dump is tried there first", new);
		fprintf(stderr, "hint: drop it if nothing in it is needed\n");
		rc = EX_CANTCREAT;
	}
	if (rc == 0)
		rc = load_fresh(ld, new);
	if (rc != 0 || sig_stop())
		goto out;
	rc = target_drop(ld->m, into);
	if (rc == 0)
		rc = target_create(ld->m, into);
	if (rc == 0)
		rc = load_once(ld, into, true);
	if (rc == 0)
		rc = target_drop(ld->m, new);
	else
		fprintf(stderr, "hint: database `%s` holds all of the dump\n", new);
out:
	free(new);
	return rc != 0 ? rc : sig_stop() ? 1 : 0;
}

/* What was done, or would be.  ${how}: "new ", "" or "existing " in front of the database. */
static void
account(const struct load *ld, const char *into, const char *how)
{
	const struct endmark *e = reading_endmark(ld->first);
	const struct guard *g = reading_guard(ld->first);
	const struct endmark_table *t;

	if (ld->o->quiet)
		return;
	printf("%s%s into ", ld->o->dry_run ? "would load " : "", ld->source->name);
	if (into != NULL)
		printf("%sdatabase `%s`", how, into);
	for (size_t i = 0; into == NULL && guard_database(g, i) != NULL; i++)
		printf("%s`%s`", i > 0 ? ", " : "", guard_database(g, i));
	if (e == NULL)
		printf(" (no end mark: rows were not counted)\n");
	else
		printf(
		    ": %zu tables, %ju rows\n", endmark_tables(e), (uintmax_t)endmark_rows(e));
	for (size_t i = 0; ld->o->verbose && e != NULL && (t = endmark_table(e, i)) != NULL;
	     i++)
		printf("  `%s`.`%s`: %ju rows\n", into != NULL ? into : t->database, t->table,
		    (uintmax_t)t->rows);
	if (ld->no_load)
		printf("rows went as INSERT statements, which takes longer: SET GLOBAL "
		       "local_infile = ON;\n");
	if (ld->no_scheduler)
		printf("events do not run: SET GLOBAL event_scheduler = ON;\n");
}

static int
not_empty(const char *name, const struct target *t)
{
	warnx("database `%s` is not empty: %ju tables and other objects", name,
	    (uintmax_t)t->objects);
	fprintf(stderr, "hint: --into names another one; --yes replaces it\n");
	return EX_CANTCREAT;
}

static int
load_into(struct load *ld, const char *into)
{
	struct target t;
	int rc = target_look(ld->m, into, &t);

	if (rc != 0)
		return rc;
	if (t.objects > 0 && !ld->o->yes)
		return not_empty(into, &t);
	if (!ld->o->dry_run) {
		rc = t.objects > 0 ? load_instead(ld, into)
		     : t.exists    ? load_once(ld, into, true)
				   : load_fresh(ld, into);
		if (rc != 0 && t.exists && t.objects == 0)
			fprintf(stderr,
			    "hint: database `%s` may hold a part of the dump: drop it\n", into);
	}
	if (rc == 0)
		account(ld, into, !t.exists ? "new " : t.objects > 0 ? "existing " : "");
	return rc;
}

/* A dump that names its databases: none of them may hold anything, and all or none stay. */
static int
load_named(struct load *ld)
{
	const struct guard *g = reading_guard(ld->first);
	const char *name;
	bool *exists = NULL;
	struct target t;
	size_t n = 0;
	int rc = 0;

	while (guard_database(g, n) != NULL)
		n++;
	exists = calloc(n, sizeof(*exists));
	if (exists == NULL) {
		warn("%s", ld->source->name);
		return EX_OSERR;
	}
	for (size_t i = 0; rc == 0 && i < n; i++) {
		name = guard_database(g, i);
		rc = target_look(ld->m, name, &t);
		if (rc == 0 && t.objects > 0) {
			warnx("database `%s` is not empty: %ju tables and other objects", name,
			    (uintmax_t)t.objects);
			fprintf(stderr, "hint: drop it: the dump names its databases itself\n");
			rc = EX_CANTCREAT;
		}
		exists[i] = t.exists;
	}
	if (rc == 0 && !ld->o->dry_run) {
		rc = load_once(ld, NULL, false);
		for (size_t i = 0; rc != 0 && i < n && mysql_ping(ld->m) == 0; i++) {
			name = guard_database(g, i);
			if (!exists[i] && target_look(ld->m, name, &t) == 0 && t.exists)
				target_drop(ld->m, name);
		}
	}
	if (rc == 0)
		account(ld, NULL, "");
	free(exists);
	return rc;
}

int
load_run(struct login *l, const struct sql_source *source, const struct load_options *o)
{
	struct load ld = {.login = l, .o = o, .source = source};
	const char *into = o->into != NULL ? o->into : login_database(l), *name;
	bool named = false;
	int rc;

	if (into != NULL && guard_server_own(into)) {
		warnx("database `%s` is the server's own: no dump goes there", into);
		return EX_USAGE;
	}
	rc = login_connect(l, NULL, false, &ld.m);
	if (rc != 0)
		return rc;
	ld.server.version = mysql_get_server_version(ld.m);
	ld.server.mariadb = mariadb_connection(ld.m);
	rc = read_dump(&ld, into);
	if (rc == 0)
		rc = check_packet(&ld);
	if (rc != 0)
		goto out;
	for (size_t i = 0; (name = guard_database(reading_guard(ld.first), i)) != NULL; i++)
		named = named || into == NULL || strcmp(name, into) != 0;
	if (named) {
		rc = load_named(&ld);
	} else if (into == NULL) {
		warnx("%s names no database, and none is given", source->name);
		fprintf(stderr, "hint: --into DATABASE\n");
		rc = EX_USAGE;
	} else {
		rc = load_into(&ld, into);
	}
out:
	reading_free(ld.first);
	mysql_close(ld.m);
	return rc;
}
