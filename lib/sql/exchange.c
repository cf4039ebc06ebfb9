#include "sql/exchange.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/hash.h"
#include "base/plain.h"
#include "sql/exchange_file.h"
#include "sql/query.h"
#include "sql/quote.h"
#include "sql/script.h"
#include "sql/sides.h"
#include "sql/swap.h"
#include "sql/target.h"

#define STAGE "_new"

enum { NAME_CHARACTERS = 64, TIME_CHARACTERS = sizeof("_before_20261123_020000") - 1 };

static size_t
characters(const char *name)
{
	size_t n = 0;

	for (; *name != '\0'; name++)
		n += ((unsigned char)*name & 0xc0) != 0x80;
	return n;
}

static char *
beside(const char *target, const char *end)
{
	char *name = NULL;

	if (characters(target) + TIME_CHARACTERS > NAME_CHARACTERS) {
		warnx("database `%s`: the name is too long to keep an old one beside it",
		    target);
		return NULL;
	}
	if (asprintf(&name, "%s%s", target, end) < 0) {
		warn("%s", target);
		return NULL;
	}
	return name;
}

char *
exchange_stage(const char *target)
{
	return beside(target, STAGE);
}

char *
exchange_before(const char *target)
{
	char end[TIME_CHARACTERS + 1];
	struct tm tm;
	time_t now = time(NULL);

	if (localtime_r(&now, &tm) == NULL ||
	    strftime(end, sizeof(end), "_before_%Y%m%d_%H%M%S", &tm) != TIME_CHARACTERS)
		strlcpy(end, "_before_00000000_000000", sizeof(end));
	return beside(target, end);
}

char *
exchange_path(const struct exchange *x, const char *database, const char *end, int *rc)
{
	char *server = NULL, *path = NULL, *whole = NULL;

	*rc = query_value(x->m, "name of the server",
	    "SELECT CONCAT(@@hostname, ':', @@port, ':', @@datadir)", &server);
	if (*rc == 0) {
		path = exchange_file_path(x->folder, server != NULL ? server : "", database);
		if (path == NULL || asprintf(&whole, "%s%s", path, end) < 0) {
			whole = NULL;
			*rc = EX_OSERR;
		}
	}
	free(path);
	free(server);
	return whole;
}

char *
exchange_kept_file(const struct exchange *x, const char *before)
{
	char *path = exchange_file_path(x->folder, "", before), *keep = NULL;

	if (path != NULL && asprintf(&keep, "%.*s.sql", (int)(strrchr(path, '@') - path), path) < 0)
		keep = NULL;
	free(path);
	return keep;
}

static int
start(const struct exchange *x)
{
	return x->start != NULL ? x->start(x->ctx) : 0;
}

static int
database(const struct exchange *x, const char *verb, const char *name)
{
	struct buf sql = {0};

	buf_text(&sql, verb);
	quote_name(&sql, name);
	return query_do(x->m, verb, &sql);
}

/* Run ${text} in the target, in a session of its own. */
static int
run_script(const struct exchange *x, struct send *send, const char *text, size_t len, bool foreign)
{
	int rc = login_connect(x->login, x->target, false, &send->m);

	if (rc == 0)
		rc = script_run(send, text, len, foreign);
	mysql_close(send->m);
	send->m = NULL;
	return rc;
}

/* Rights on routines go with them. */
static void
run_grants(const struct exchange *x, const struct exchange_file *f)
{
	for (size_t i = 0; i < f->grants.len; i++)
		if (mysql_query(x->m, f->grants.items[i]) != 0)
			warnx("%s: %s", plain_text(f->grants.items[i]), mysql_error(x->m));
}

static int
drop_if_empty(const struct exchange *x, const char *name)
{
	struct names left = {0};
	int rc = swap_tables(x->m, name, &left);

	if (rc == 0 && left.len > 0)
		warnx("database `%s` is not empty: it stays", name);
	else if (rc == 0)
		rc = database(x, "DROP DATABASE IF EXISTS ", name);
	names_free(&left);
	return rc;
}

static int
forward(const struct exchange *x, const char *path, const struct exchange_file *f,
    struct send *send, struct exchange_result *out)
{
	const struct swap s = {.target = x->target,
	    .stage = f->stage,
	    .before = f->before,
	    .old = &f->old,
	    .new = &f->new};
	char *keep = f->undo_len > 0 ? exchange_kept_file(x, f->before) : NULL;
	int rc = swap_programs(x->m, x->target);

	if (rc == 0 && f->old.len > 0)
		rc = database(x, "CREATE DATABASE IF NOT EXISTS ", f->before);
	if (rc == 0)
		rc = swap_forward(x->m, &s);
	if (rc == 0)
		rc = run_script(x, send, f->redo, f->redo_len, f->foreign);
	if (rc == 0) {
		run_grants(x, f);
		rc = drop_if_empty(x, f->stage);
	}
	if (rc == 0)
		rc = exchange_file_done(path, keep);
	if (rc == 0) {
		out->no_scheduler = send->no_scheduler;
		out->before = f->old.len > 0 ? strdup(f->before) : NULL;
		out->file = keep;
		keep = NULL;
	}
	free(keep);
	return rc;
}

static int
undo(const struct exchange *x, const char *path, const struct exchange_file *f)
{
	const struct swap s = {.target = x->target,
	    .stage = f->stage,
	    .before = f->before,
	    .old = &f->old,
	    .new = &f->new};
	struct send send = {.name = "the old views, routines, triggers and events",
	    .allow_warnings = true};
	int rc = swap_programs(x->m, x->target);

	if (rc == 0)
		rc = database(x, "CREATE DATABASE IF NOT EXISTS ", f->stage);
	if (rc == 0)
		rc = swap_back(x->m, &s);
	if (rc == 0)
		rc = run_script(x, &send, f->undo, f->undo_len, false);
	if (rc == 0) {
		run_grants(x, f);
		rc = drop_if_empty(x, f->before);
	}
	if (rc == 0)
		rc = database(x, "DROP DATABASE IF EXISTS ", f->stage);
	return rc == 0 ? exchange_file_done(path, NULL) : rc;
}

/* Forward; where that cannot be, back. */
static int
complete(const struct exchange *x, const char *path, const struct exchange_file *f,
    struct send *send, struct exchange_result *out)
{
	int rc = forward(x, path, f, send, out);

	if (rc == 0)
		return 0;
	if (undo(x, path, f) == 0) {
		fprintf(stderr, "hint: database `%s` is as it was\n", x->target);
		return rc;
	}
	warnx("database `%s`: the exchange is half done", x->target);
	fprintf(stderr, "hint: the next siantre-restore db, or --settle, finishes or undoes it\n");
	return rc;
}

static int
lock(const struct exchange *x)
{
	char hex[HASH_HEX], sql[128], *value = NULL;
	int rc;

	hash_bytes(x->target, strlen(x->target), hex);
	/* One that was killed a moment ago is gone once the server has noticed. */
	snprintf(sql, sizeof(sql), "SELECT GET_LOCK('siantre-restore:%.32s', 10)", hex);
	rc = query_value(x->m, "lock", sql, &value);
	if (rc == 0 && (value == NULL || strcmp(value, "1") != 0)) {
		warnx("database `%s`: another restore is at it", x->target);
		rc = EX_TEMPFAIL;
	}
	free(value);
	return rc;
}

int
exchange_settle(const struct exchange *x, bool dry_run, struct exchange_result *out)
{
	struct exchange_file f = {0};
	struct send send = {.name = "the new views, routines, triggers and events",
	    .allow_warnings = true};
	bool found = false, moved = false;
	char *path;
	int rc, started;

	*out = (struct exchange_result){0};
	path = exchange_path(x, x->target, "", &rc);
	if (rc == 0)
		rc = lock(x);
	if (rc == 0)
		rc = exchange_file_read(path, &f, &found);
	if (rc == 0 && found) {
		const struct swap s = {.target = x->target,
		    .stage = f.stage,
		    .before = f.before,
		    .old = &f.old,
		    .new = &f.new};

		rc = swap_moved(x->m, &s, &moved);
	}
	if (rc != 0 || !found)
		goto out;
	out->settled = moved ? EXCHANGE_FINISHED : EXCHANGE_UNDONE;
	if (!x->quiet)
		warnx("database `%s`: an exchange that began at %s was interrupted; %s %s",
		    x->target, f.time, dry_run ? "it would be" : "it is",
		    moved ? "finished" : "undone");
	if (dry_run)
		goto out;
	rc = moved ? complete(x, path, &f, &send, out) : undo(x, path, &f);
	if (rc == 0 && moved && *f.digest != '\0')
		out->digest = strdup(f.digest);
	started = start(x);
	rc = rc != 0 ? rc : started;
out:
	exchange_file_free(&f);
	free(path);
	return rc;
}

/* The name for the old tables, which no database has. */
static int
name_before(const struct exchange *x, char **out)
{
	struct target t = {.exists = true};
	int rc = 0;

	for (int i = 0; rc == 0 && t.exists && i < 5; i++) {
		free(*out);
		if (i > 0)
			sleep(1); /* somebody else's exchange ended in this second */
		*out = exchange_before(x->target);
		rc = *out != NULL ? target_look(x->m, *out, &t) : EX_CANTCREAT;
	}
	return rc;
}

/* Write down both sides. */
static int
prepare(const struct exchange *x, const struct exchange_new *new, const char *path,
    struct exchange_file *f)
{
	struct buf redo = {0};
	char now[24];
	int rc = EX_OSERR;

	f->foreign = new->foreign;
	f->stage = strdup(new->stage);
	f->digest = strdup(new->digest != NULL ? new->digest : "");
	f->time = strdup(event_now(now));
	if (f->stage != NULL && f->digest != NULL && f->time != NULL)
		rc = name_before(x, &f->before);
	if (rc == 0)
		rc = swap_tables(x->m, x->target, &f->old);
	if (rc == 0)
		rc = swap_tables(x->m, new->stage, &f->new);
	if (rc == 0)
		rc = sides_programs(x, &f->undo, &f->undo_len);
	if (rc == 0)
		rc = sides_grants(x, &f->grants);
	if (rc == 0)
		rc = sides_defaults(x, new->stage, &redo);
	if (rc == 0) {
		buf_add(&redo, new->script, new->script_len);
		rc = buf_string(&redo) != NULL ? 0 : EX_OSERR;
	}
	if (rc == 0) {
		f->redo = redo.data;
		f->redo_len = redo.len;
		rc = exchange_file_write(path, f);
	} else {
		buf_free(&redo);
	}
	return rc;
}

int
exchange_run(
    const struct exchange *x, const struct exchange_new *new, struct exchange_result *out)
{
	struct exchange_file f = {0};
	struct send send = {.name = new->dump,
	    .into = x->target,
	    .allow_warnings = new->allow_warnings};
	char *path;
	int rc, started;

	*out = (struct exchange_result){0};
	path = exchange_path(x, x->target, "", &rc);
	if (rc != 0)
		return rc;
	rc = x->stop != NULL ? x->stop(x->ctx) : 0;
	if (rc == 0)
		rc = prepare(x, new, path, &f);
	if (rc == 0)
		rc = complete(x, path, &f, &send, out);
	started = start(x);
	exchange_file_free(&f);
	free(path);
	return rc != 0 ? rc : started;
}

void
exchange_result_free(struct exchange_result *r)
{
	free(r->digest);
	free(r->before);
	free(r->file);
	*r = (struct exchange_result){0};
}
