#include "db/load.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/plain.h"
#include "db/attempt.h"
#include "db/exchange.h"
#include "db/instead.h"
#include "db/libraries.h"
#include "db/loading.h"
#include "db/query.h"
#include "db/reading.h"
#include "db/resume.h"
#include "db/room.h"
#include "db/tables.h"
#include "db/target.h"

static int
read_dump(struct attempt *a, const char *target)
{
	struct reading_options o = {.foreign = a->o->foreign,
	    .target = target,
	    .fixed = a->o->into != NULL,
	    .server = a->g.server,
	    .progress = progress_start("proving", a->source->size, a->o->quiet)};
	int rc = reading_pass(a->source, &o, &a->first);

	progress_end(o.progress);
	return rc;
}

/* Whether the server has room for it all. */
static int
check_room(struct attempt *a)
{
	uint64_t line, column;
	size_t largest = reading_largest(a->first, &line, &column);
	int rc = room_statement(a->m, a->source->name, largest, line, column);

	return rc == 0 && !a->o->any_space
		   ? room_rows(a->m, parts_bytes(reading_parts(a->first)))
		   : rc;
}

/* What was done, or would be.  ${how}: "new ", "" or "existing " in front of the database. */
static void
account(const struct attempt *a, const char *into, const char *how)
{
	const struct endmark *e = reading_endmark(a->first);
	const struct guard *g = reading_guard(a->first);
	const struct endmark_table *t;

	if (a->o->quiet)
		return;
	printf("%s%s into ", a->o->dry_run ? "would load " : "", a->source->name);
	if (into != NULL)
		printf("%sdatabase `%s`", how, into);
	for (size_t i = 0; into == NULL && guard_database(g, i) != NULL; i++)
		printf("%s`%s`", i > 0 ? ", " : "", plain_name(guard_database(g, i)));
	if (a->o->no_data)
		printf(" (no rows)\n");
	else if (e == NULL)
		printf(" (no end mark: rows were not counted)\n");
	else
		printf(
		    ": %zu tables, %ju rows\n", endmark_tables(e), (uintmax_t)endmark_rows(e));
	for (size_t i = 0; a->o->verbose && e != NULL && (t = endmark_table(e, i)) != NULL;
	     i++) {
		printf("  `%s`.`%s`: %ju rows\n", plain_name(into != NULL ? into : t->database),
		    plain_name(t->table), (uintmax_t)t->rows);
	}
	if (a->exchanged.before != NULL)
		printf(a->o->part != NULL ? "the old tables are in `%s`; --drop-old drops it\n"
					  : "the old database is `%s`; --drop-old drops it\n",
		    a->exchanged.before);
	if (a->exchanged.file != NULL)
		printf("%s: %s\n",
		    a->o->part != NULL ? "their triggers and foreign keys"
				       : "its views, routines, triggers and events",
		    a->exchanged.file);
	if (a->g.no_load)
		printf("rows went as INSERT statements, which takes longer: SET GLOBAL "
		       "local_infile = ON;\n");
	if (a->g.no_scheduler)
		printf("events do not run: SET GLOBAL event_scheduler = ON;\n");
}

static int
not_empty(const char *name, const struct target *t)
{
	warnx("database `%s` is not empty: %ju tables and other objects", name,
	    (uintmax_t)t->objects);
	hintx("--into names another one; --yes replaces it");
	return EX_CANTCREAT;
}

/* Some tables in place of those that are there. */
static int
exchange_part(struct attempt *a, const struct exchange *all)
{
	struct exchange x = *all;
	struct names part = {0};
	const char *name;
	int rc = 0;

	for (size_t i = 0; rc == 0 && (name = pick_found(a->o->part, i)) != NULL; i++)
		if (names_add(&part, name) != 0)
			rc = EX_OSERR;
	x.part = &part;
	if (rc == 0)
		rc = instead_run(a, &x);
	names_free(&part);
	return rc;
}

/* Some tables, beside what is there: of those that were made all stay, or none. */
static int
load_part(struct attempt *a, const struct exchange *x, const struct target *t)
{
	const char *into = x->target;
	bool any = false;
	int rc = t->exists ? tables_look(a->m, into, a->o->part, !a->o->yes, &any) : 0;

	if (rc == 0 && !a->o->dry_run && any) {
		rc = exchange_part(a, x);
	} else if (rc == 0 && !a->o->dry_run) {
		a->g.made = &a->made;
		rc = t->exists ? attempt_once(a, into, PROGRAMS_TOO)
			       : attempt_fresh(a, into, PROGRAMS_TOO);
		if (rc != 0 && t->exists &&
		    (mysql_ping(a->m) != 0 || tables_drop(&a->made, a->m, into) != 0))
			hintx("database `%s` may hold a part of the tables: drop them", into);
	}
	if (rc == 0)
		account(a, into, t->exists ? "existing " : "new ");
	return rc;
}

/* A database that was there, and empty, stays after a load that failed. */
static void
part_hint(const char *name)
{
	hintx("database `%s` may hold a part of the dump: drop it", plain_name(name));
}

static int
load_into(struct attempt *a, const struct exchange *x)
{
	const char *into = x->target;
	struct target t;
	int rc = target_look(a->m, into, &t);

	if (rc == 0 && a->o->part != NULL)
		return load_part(a, x, &t);
	if (rc == 0 && !a->o->dry_run && (t.objects == 0 || a->o->resume))
		rc = attempt_resume(a, x, into, t.objects > 0);
	if (rc != 0)
		return rc;
	/* To go on drops what is not whole, and whose that is nobody can tell. */
	if (t.objects > 0 && !a->o->yes)
		return not_empty(into, &t);
	if (!a->o->dry_run) {
		rc = resume_found(a->g.resume) ? attempt_fresh(a, into, PROGRAMS_TOO)
		     : t.objects > 0           ? instead_run(a, x)
		     : t.exists                ? attempt_once(a, into, PROGRAMS_TOO)
					       : attempt_fresh(a, into, PROGRAMS_TOO);
		if (rc != 0 && t.exists && t.objects == 0)
			part_hint(into);
	}
	if (rc == 0)
		account(a, into, !t.exists ? "new " : t.objects > 0 ? "existing " : "");
	return rc;
}

/* A dump that names its databases: none of them may hold anything, and all or none stay. */
static int
load_named(struct attempt *a)
{
	const struct guard *g = reading_guard(a->first);
	const char *name;
	bool *exists = NULL;
	struct target t;
	size_t n = 0;
	int rc = 0;

	while (guard_database(g, n) != NULL)
		n++;
	exists = calloc(n + 1, sizeof(*exists));
	if (exists == NULL) {
		warn("%s", a->source->name);
		return EX_OSERR;
	}
	for (size_t i = 0; rc == 0 && i < n; i++) {
		name = guard_database(g, i);
		rc = target_look(a->m, name, &t);
		if (rc == 0 && t.objects > 0) {
			warnx("database `%s` is not empty: %ju tables and other objects",
			    plain_name(name), (uintmax_t)t.objects);
			hintx("drop it: the dump names its databases itself");
			rc = EX_CANTCREAT;
		}
		exists[i] = t.exists;
	}
	if (rc == 0 && !a->o->dry_run) {
		rc = attempt_once(a, NULL, PROGRAMS_TOO);
		for (size_t i = 0; rc != 0 && i < n && mysql_ping(a->m) == 0; i++) {
			name = guard_database(g, i);
			if (target_look(a->m, name, &t) != 0 || !t.exists)
				continue;
			if (!exists[i])
				target_drop(a->m, name);
			else if (t.objects > 0)
				part_hint(name);
		}
	}
	if (rc == 0)
		account(a, NULL, "");
	free(exists);
	return rc;
}

/* Whether an exchange that was interrupted, and is finished now, brought this very dump. */
static bool
is_done(const struct attempt *a)
{
	const struct endmark *e = reading_endmark(a->first);

	return e != NULL && a->exchanged.digest != NULL &&
	       strcmp(a->exchanged.digest, endmark_digest(e)) == 0;
}

static int
server_own(const char *name)
{
	warnx("database `%s` is the server's own: no dump goes there", name);
	return EX_USAGE;
}

int
load_run(struct login *l, const struct sql_source *source, const struct load_options *o)
{
	struct attempt a = {.login = l, .o = o, .source = source};
	const char *into = o->into != NULL ? o->into : login_database(l), *name;
	char *spelt = NULL;
	struct exchange x;
	bool named = false;
	int rc;

	if (into != NULL && guard_server_own(into))
		return server_own(into);
	rc = login_connect(l, NULL, false, &a.m);
	if (rc != 0)
		return rc;
	a.g = (struct loading){.login = l,
	    .source = source,
	    .server = {.version = mysql_get_server_version(a.m),
		.mariadb = mariadb_connection(a.m),
		.libraries = &a.libraries},
	    .allow_warnings = o->allow_warnings,
	    .compared = !o->rows_only,
	    .quiet = o->quiet,
	    .jobs = o->jobs,
	    .large = o->large,
	    .m = a.m};
	x = o->exchange;
	x.login = l;
	x.m = a.m;
	rc = libraries_read(a.m, &a.libraries);
	if (rc == 0 && into != NULL)
		rc = target_spell(a.m, into, &spelt);
	x.target = into = spelt;
	if (rc == 0 && into != NULL)
		rc = exchange_settle(&x, o->dry_run, &a.exchanged);
	if (rc == 0)
		rc = read_dump(&a, into);
	a.g.first = a.first;
	if (rc == 0)
		rc = check_room(&a);
	if (rc != 0)
		goto out;
	for (size_t i = 0; (name = guard_database(reading_guard(a.first), i)) != NULL; i++)
		named = named || into == NULL || strcmp(name, into) != 0;
	if (named) {
		rc = load_named(&a);
	} else if (into == NULL) {
		warnx("%s names no database, and none is given", source->name);
		hintx("--into DATABASE");
		rc = EX_USAGE;
	} else if (o->yes && is_done(&a)) {
		account(&a, into, "existing ");
	} else {
		exchange_result_free(&a.exchanged);
		rc = load_into(&a, &x);
	}
out:
	resume_close(a.g.resume, rc != 0);
	exchange_result_free(&a.exchanged);
	reading_free(a.first);
	tables_free(&a.made);
	names_free(&a.libraries);
	mysql_close(a.m);
	free(spelt);
	return rc;
}
