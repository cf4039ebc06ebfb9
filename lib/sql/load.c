#include "sql/load.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/sig.h"
#include "sql/exchange.h"
#include "sql/exchange_file.h"
#include "sql/libraries.h"
#include "sql/loading.h"
#include "sql/query.h"
#include "sql/reading.h"
#include "sql/redump.h"
#include "sql/resume.h"
#include "sql/room.h"
#include "sql/tables.h"
#include "sql/target.h"

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
	struct loading g;
	struct tables made; /* of a part */
	struct exchange_result exchanged;
	struct names libraries; /* functions of the server that come from them */
};

static int
read_dump(struct load *ld, const char *target)
{
	struct reading_options o = {.foreign = ld->o->foreign,
	    .target = target,
	    .fixed = ld->o->into != NULL,
	    .server = ld->g.server,
	    .progress = progress_start("proving", ld->source->size, ld->o->quiet)};
	int rc = reading_pass(ld->source, &o, &ld->first);

	progress_end(o.progress);
	return rc;
}

/* Whether the server has room for it all. */
static int
check_room(struct load *ld)
{
	uint64_t line, column;
	size_t largest = reading_largest(ld->first, &line, &column);
	int rc = room_statement(ld->m, ld->source->name, largest, line, column);

	return rc == 0 && !ld->o->any_space
		   ? room_rows(ld->m, parts_bytes(reading_parts(ld->first)))
		   : rc;
}

static int
compare(struct load *ld, const char *database, const char *origin)
{
	const struct redump r = {.login = ld->login,
	    .database = database,
	    .origin = origin,
	    .promised = reading_endmark(ld->first),
	    .dump = ld->source->name,
	    .part = ld->o->part != NULL,
	    .jobs = ld->o->jobs,
	    .quiet = ld->o->quiet};

	return redump_compare(&r);
}

/* One loading into ${into} (NULL: into the databases that the dump names), and the proof of it. */
static int
load_once(struct load *ld, const char *into, enum turn_programs programs)
{
	const struct endmark *e = reading_endmark(ld->first);
	const struct guard *names = reading_guard(ld->first);
	const char *name;
	int rc;

	ld->g.into = into;
	ld->g.programs = programs;
	rc = loading_run(&ld->g);
	if (rc != 0 || e == NULL)
		return rc;
	if (ld->o->rows_only)
		return target_count(ld->m, into, e, ld->source->name);
	if (into != NULL)
		return compare(ld, into, NULL);
	for (size_t i = 0; rc == 0 && (name = guard_database(names, i)) != NULL; i++)
		rc = compare(ld, name, name);
	return rc;
}

/*
 * How far a load into ${database}, which ${exists}, has come last time, where it may go on; how
 * far it comes now, where it begins.
 */
static int
open_resume(struct load *ld, const struct exchange *x, const char *database, bool exists)
{
	const struct endmark *e = reading_endmark(ld->first);
	char *path;
	int rc;

	if (exists && !ld->o->resume)
		return 0;
	/* What stands in a certain order cannot be taken up in the middle. */
	if (e == NULL || reading_parts(ld->first)->epochs_len != 1) {
		if (!ld->o->resume)
			return 0;
		warnx("%s: only a dump of siantre-dump can be resumed", ld->source->name);
		return EX_USAGE;
	}
	if (exchange_file_folder(x->folder) != 0) {
		if (!ld->o->resume)
			return 0; /* nobody will go on, but that is no reason not to load */
		warn("%s", x->folder);
		return EX_CANTCREAT;
	}
	path = exchange_path(x, database, ".loading", &rc);
	if (rc == 0)
		rc = resume_open(path, database, endmark_digest(e), exists, &ld->g.resume);
	free(path);
	return rc;
}

/* Not all of the dump is in ${into}: it goes, unless somebody wants to go on. */
static void
give_up(struct load *ld, const char *into)
{
	if (ld->o->resume) {
		fprintf(stderr, "hint: the next call with --resume goes on from here\n");
		return;
	}
	if (mysql_ping(ld->m) != 0 || target_drop(ld->m, into) != 0) {
		fprintf(
		    stderr, "hint: database `%s` holds a part of the dump: drop it\n", into);
		return;
	}
	resume_close(ld->g.resume, false);
	ld->g.resume = NULL;
}

/*
 * Into a database that is not there yet, or holds what an earlier call has left: it is there
 * afterwards only if all of it is, or somebody wants to go on.
 */
static int
load_fresh(struct load *ld, const char *into, enum turn_programs programs)
{
	int rc = resume_found(ld->g.resume) ? resume_clear(ld->g.resume, ld->m, into)
					    : target_create(ld->m, into);

	if (rc == 0)
		rc = load_once(ld, into, programs);
	if (rc != 0)
		give_up(ld, into);
	return rc;
}

/* The new database is whole, and compared: it takes the place of the old one. */
static int
exchange(struct load *ld, const struct exchange *x, const char *stage)
{
	const struct endmark *e = reading_endmark(ld->first);
	struct exchange_new new = {.stage = stage,
	    .dump = ld->source->name,
	    .digest = e != NULL ? endmark_digest(e) : NULL,
	    .foreign = e == NULL,
	    .allow_warnings = ld->o->allow_warnings};
	struct buf script = {0};
	struct target t = {0};
	int rc = loading_script(&ld->g, x->target, &script);

	new.script = script.data;
	new.script_len = script.len;
	if (rc == 0)
		rc = exchange_run(x, &new, &ld->exchanged);
	ld->g.no_scheduler = ld->exchanged.no_scheduler;
	buf_free(&script);
	if (rc == 0 || target_look(ld->m, stage, &t) != 0)
		return rc;
	if (t.exists) {
		fprintf(stderr, "hint: database `%s` holds all of the dump: --resume\n", stage);
	} else {
		resume_close(ld->g.resume, false);
		ld->g.resume = NULL;
	}
	return rc;
}

/* In place of a database that holds something: nothing is lost before all of it was loaded. */
static int
load_instead(struct load *ld, const struct exchange *x)
{
	struct target t;
	char *stage = exchange_stage(x->target);
	int rc = stage != NULL ? target_look(ld->m, stage, &t) : EX_CANTCREAT;

	if (rc == 0)
		rc = open_resume(ld, x, stage, t.exists);
	if (rc == 0 && t.exists && !resume_found(ld->g.resume)) {
		warnx("database `%s` is in the way: the dump is loaded there first", stage);
		fprintf(stderr,
		    "hint: drop it if nothing in it is needed; --resume goes on with "
		    "a load of this dump\n");
		rc = EX_CANTCREAT;
	}
	if (rc == 0)
		rc = exchange_check(x);
	if (rc == 0)
		ld->g.alias = x->target;
	if (rc == 0)
		rc = load_fresh(ld, stage, PROGRAMS_NOT);
	if (rc == 0 && sig_stop() != 0) {
		give_up(ld, stage);
		rc = 1;
	}
	if (rc == 0)
		rc = exchange(ld, x, stage);
	free(stage);
	return rc;
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
	if (ld->o->no_data)
		printf(" (no rows)\n");
	else if (e == NULL)
		printf(" (no end mark: rows were not counted)\n");
	else
		printf(
		    ": %zu tables, %ju rows\n", endmark_tables(e), (uintmax_t)endmark_rows(e));
	for (size_t i = 0; ld->o->verbose && e != NULL && (t = endmark_table(e, i)) != NULL;
	     i++)
		printf("  `%s`.`%s`: %ju rows\n", into != NULL ? into : t->database, t->table,
		    (uintmax_t)t->rows);
	if (ld->exchanged.before != NULL)
		printf("the old database is `%s`; --drop-old drops it\n", ld->exchanged.before);
	if (ld->exchanged.file != NULL)
		printf("its views, routines, triggers and events: %s\n", ld->exchanged.file);
	if (ld->g.no_load)
		printf("rows went as INSERT statements, which takes longer: SET GLOBAL "
		       "local_infile = ON;\n");
	if (ld->g.no_scheduler)
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

/* Some tables, beside what is there: of those that were made all stay, or none. */
static int
load_part(struct load *ld, const char *into, const struct target *t)
{
	int rc = t->exists ? tables_absent(ld->m, into, ld->o->part) : 0;

	if (rc == 0 && !ld->o->dry_run) {
		ld->g.made = &ld->made;
		rc = t->exists ? load_once(ld, into, PROGRAMS_TOO)
			       : load_fresh(ld, into, PROGRAMS_TOO);
		if (rc != 0 && t->exists &&
		    (mysql_ping(ld->m) != 0 || tables_drop(&ld->made, ld->m, into) != 0))
			fprintf(stderr,
			    "hint: database `%s` may hold a part of the tables: drop them\n",
			    into);
	}
	if (rc == 0)
		account(ld, into, t->exists ? "existing " : "new ");
	return rc;
}

static int
load_into(struct load *ld, const struct exchange *x)
{
	const char *into = x->target;
	struct target t;
	int rc = target_look(ld->m, into, &t);

	if (rc == 0 && ld->o->part != NULL)
		return load_part(ld, into, &t);
	if (rc == 0 && !ld->o->dry_run && (t.objects == 0 || ld->o->resume))
		rc = open_resume(ld, x, into, t.objects > 0);
	if (rc != 0)
		return rc;
	if (t.objects > 0 && !ld->o->yes && !resume_found(ld->g.resume))
		return not_empty(into, &t);
	if (!ld->o->dry_run) {
		rc = resume_found(ld->g.resume) ? load_fresh(ld, into, PROGRAMS_TOO)
		     : t.objects > 0            ? load_instead(ld, x)
		     : t.exists                 ? load_once(ld, into, PROGRAMS_TOO)
						: load_fresh(ld, into, PROGRAMS_TOO);
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
		rc = load_once(ld, NULL, PROGRAMS_TOO);
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

/* Whether an exchange that was interrupted, and is finished now, brought this very dump. */
static bool
is_done(const struct load *ld)
{
	const struct endmark *e = reading_endmark(ld->first);

	return e != NULL && ld->exchanged.digest != NULL &&
	       strcmp(ld->exchanged.digest, endmark_digest(e)) == 0;
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
	struct load ld = {.login = l, .o = o, .source = source};
	const char *into = o->into != NULL ? o->into : login_database(l), *name;
	struct exchange x;
	bool named = false;
	int rc;

	if (into != NULL && guard_server_own(into))
		return server_own(into);
	rc = login_connect(l, NULL, false, &ld.m);
	if (rc != 0)
		return rc;
	ld.g = (struct loading){.login = l,
	    .source = source,
	    .server = {.version = mysql_get_server_version(ld.m),
		.mariadb = mariadb_connection(ld.m),
		.libraries = &ld.libraries},
	    .allow_warnings = o->allow_warnings,
	    .quiet = o->quiet,
	    .jobs = o->jobs,
	    .large = o->large,
	    .m = ld.m};
	x = o->exchange;
	x.login = l;
	x.m = ld.m;
	x.target = into;
	rc = libraries_read(ld.m, &ld.libraries);
	if (rc == 0 && into != NULL)
		rc = exchange_settle(&x, o->dry_run, &ld.exchanged);
	if (rc == 0)
		rc = read_dump(&ld, into);
	ld.g.first = ld.first;
	if (rc == 0)
		rc = check_room(&ld);
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
	} else if (o->yes && is_done(&ld)) {
		account(&ld, into, "existing ");
	} else {
		exchange_result_free(&ld.exchanged);
		rc = load_into(&ld, &x);
	}
out:
	resume_close(ld.g.resume, rc != 0);
	exchange_result_free(&ld.exchanged);
	reading_free(ld.first);
	tables_free(&ld.made);
	names_free(&ld.libraries);
	mysql_close(ld.m);
	return rc;
}
