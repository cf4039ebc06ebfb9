#include "sql/load.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include "base/num.h"
#include "base/sig.h"
#include "sql/query.h"
#include "sql/reading.h"
#include "sql/send.h"
#include "sql/target.h"

/*
 * The dump is read at least twice: once with nothing but eyes, once to load it, and each time
 * it is proven anew; both readings must give the same digest.  Two connections: one looks at
 * databases, makes and drops them and counts rows in a session of its own; the other one, a
 * new one for each loading, takes the dump's statements, which leave its session in any state.
 */
struct load {
	struct login *login;
	const struct load_options *o;
	const struct sql_source *source;
	MYSQL *m;
	struct reading *first; /* what the first reading learned */
	struct token_server server;
	bool no_scheduler;
};

static int
read_dump(struct load *ld, const char *target, bool fixed, reading_statement *each, void *ctx,
    struct reading **out)
{
	struct reading_options o = {
	    .foreign = ld->o->foreign, .target = target, .fixed = fixed, .server = ld->server};
	int rc;

	o.progress = progress_start(each == NULL     ? "proving"
				    : target != NULL ? target
						     : "loading",
	    ld->source->size, ld->o->quiet);
	rc = reading_pass(ld->source, &o, each, ctx, out);
	progress_end(o.progress);
	return rc;
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

/* One loading into ${into} (NULL: into the databases that the dump names), and the count. */
static int
load_once(struct load *ld, const char *into, bool fixed)
{
	struct send s = {
	    .name = ld->source->name, .into = into, .allow_warnings = ld->o->allow_warnings};
	struct reading *again = NULL;
	int rc;

	rc = login_connect(ld->login, into, false, &s.m);
	if (rc != 0)
		return rc;
	rc = send_begin(&s, reading_endmark(ld->first) == NULL);
	if (rc == 0)
		rc = read_dump(ld, into, fixed, send_statement, &s, &again);
	if (rc == 0)
		rc = send_end(&s);
	mysql_close(s.m);
	ld->no_scheduler = s.no_scheduler;
	if (rc == 0 && strcmp(reading_digest(again), reading_digest(ld->first)) != 0) {
		warnx("%s: the second reading gave other bytes than the first", s.name);
		rc = EX_DATAERR;
	}
	reading_free(again);
	if (rc == 0 && reading_endmark(ld->first) != NULL)
		rc = target_count(ld->m, into, reading_endmark(ld->first), s.name);
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
	rc = read_dump(&ld, into, o->into != NULL, NULL, NULL, &ld.first);
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
