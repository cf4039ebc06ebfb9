#include "db/exchange.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/hash.h"
#include "base/hint.h"
#include "base/plain.h"
#include "sql/exchange_file.h"
#include "db/exchange_name.h"
#include "db/loose.h"
#include "db/query.h"
#include "sql/quote.h"
#include "db/script.h"
#include "db/sides.h"
#include "db/swap.h"

/* An exchange under way. */
struct work {
	const struct exchange *x;
	char *path; /* of its journal … */
	struct exchange_file f;
	struct swap swap;   /* … and what that says of tables */
	MYSQL *redo, *undo; /* sessions for the two scripts */
};

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

/*
 * Run ${text} in the target, in the session ${*m}, which is closed.  It was opened before the
 * first step: the server might take no more connections when it is needed.
 */
static int
run_script(const struct work *w, MYSQL **m, struct send *send, const char *text, size_t len,
    bool foreign)
{
	int rc = 0;

	if (*m == NULL || mysql_ping(*m) != 0) {
		mysql_close(*m);
		*m = NULL;
		rc = login_connect(w->x->login, w->x->target, false, m);
	}
	send->m = *m;
	if (rc == 0)
		rc = script_run(send, text, len, foreign);
	mysql_close(*m);
	*m = send->m = NULL;
	return rc;
}

/* Rights on routines go with them; only Oracle's language has packages. */
static void
run_grants(const struct work *w)
{
	MYSQL *m = w->x->m;
	const bool oracle = w->f.grants.len > 0 && mariadb_connection(m) &&
			    mysql_query(m, "SET @siantre_mode = @@sql_mode, "
					   "SESSION sql_mode = 'ORACLE'") == 0;

	for (size_t i = 0; i < w->f.grants.len; i++)
		if (mysql_query(m, w->f.grants.items[i]) != 0)
			login_fail(m, plain_text(w->f.grants.items[i]));
	if (oracle && mysql_query(m, "SET SESSION sql_mode = @siantre_mode") != 0)
		login_fail(m, "session");
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

/* Drop from the target what would not move, or hold on to tables that take its tables' place. */
static int
make_ready(const struct work *w)
{
	const struct exchange *x = w->x;
	const struct names *part = w->f.part ? &w->f.new : NULL;
	int rc = swap_programs(x->m, x->target, part);

	return rc == 0 ? loose_drop(x->m, x->target, part, LOOSE_KEYS) : rc;
}

static int
forward(struct work *w, struct send *send, struct exchange_result *out)
{
	const struct exchange *x = w->x;
	const struct exchange_file *f = &w->f;
	char *keep = f->undo_len > 0 ? exchange_name_kept(x, f->before) : NULL;
	int rc = f->undo_len > 0 && keep == NULL ? EX_OSERR : 0;

	if (rc == 0)
		rc = loose_drop(x->m, f->stage, NULL, LOOSE_ALL);
	if (rc == 0)
		rc = make_ready(w);
	if (rc == 0 && f->old.len > 0)
		rc = database(x, "CREATE DATABASE IF NOT EXISTS ", f->before);
	if (rc == 0)
		rc = swap_forward(x->m, &w->swap);
	if (rc == 0)
		rc = run_script(w, &w->redo, send, f->redo, f->redo_len, f->foreign);
	if (rc == 0) {
		run_grants(w);
		rc = drop_if_empty(x, f->stage);
	}
	if (rc == 0)
		rc = exchange_file_done(w->path, keep);
	/* What is kept shall hold on to nothing that is in use, nor lose rows with it. */
	if (rc == 0 && f->old.len > 0)
		(void)loose_keys(x->m, f->before, true);
	if (rc == 0) {
		out->no_scheduler = send->no_scheduler;
		out->before = f->old.len > 0 ? strdup(f->before) : NULL;
		out->file = keep;
		keep = NULL;
	}
	free(keep);
	return rc;
}

/* The text of views that refer to what is not there makes nothing again: it is kept. */
static char *
undo_keeps(const struct work *w)
{
	const char *text = w->f.undo;
	char *keep = strstr(text, "\n-- invalid view: ") != NULL ||
			     strstr(text, "\n-- incomplete view: ") != NULL
			 ? exchange_name_kept(w->x, w->f.before)
			 : NULL;

	if (keep != NULL)
		warnx("%s: has the views that refer to what is not there; they were dropped",
		    keep);
	return keep;
}

static int
undo(struct work *w)
{
	const struct exchange *x = w->x;
	const struct exchange_file *f = &w->f;
	struct send send = {
	    .name = "the old views, routines, triggers and events", .allow_warnings = true};
	bool moved = false;
	char *keep;
	int rc = make_ready(w);

	if (rc == 0)
		rc = swap_moved(x->m, &w->swap, &moved);
	/* One that is made and stays empty would say that all tables have moved. */
	if (rc == 0 && moved)
		rc = database(x, "CREATE DATABASE IF NOT EXISTS ", f->stage);
	if (rc == 0)
		rc = swap_back(x->m, &w->swap);
	if (rc == 0)
		rc = run_script(w, &w->undo, &send, f->undo, f->undo_len, false);
	if (rc == 0) {
		run_grants(w);
		rc = drop_if_empty(x, f->before);
	}
	if (rc != 0)
		return rc;
	keep = undo_keeps(w);
	rc = exchange_file_done(w->path, keep);
	free(keep);
	/* Behind the journal: on some servers it is empty for a moment before it is gone. */
	if (rc == 0 && database(x, "DROP DATABASE IF EXISTS ", f->stage) != 0)
		hintx("drop database `%s`", f->stage);
	return rc;
}

/* Forward; where that cannot be, back. */
static int
complete(struct work *w, struct send *send, struct exchange_result *out)
{
	int rc = forward(w, send, out);

	if (rc == 0)
		return 0;
	if (undo(w) == 0) {
		hintx("database `%s` is as it was", w->x->target);
		return rc;
	}
	warnx("database `%s`: the exchange is half done", w->x->target);
	hintx("the next siantre-restore db, or --settle, finishes or undoes it");
	return rc;
}

static int
work_begin(struct work *w, const struct exchange *x)
{
	int rc;

	*w = (struct work){.x = x};
	w->path = exchange_name_path(x, x->target, "", &rc);
	return rc;
}

/* The journal is read, or written. */
static void
work_know(struct work *w)
{
	w->swap = (struct swap){.target = w->x->target,
	    .stage = w->f.stage,
	    .before = w->f.before,
	    .old = &w->f.old,
	    .new = &w->f.new};
}

static void
work_end(struct work *w)
{
	mysql_close(w->redo);
	mysql_close(w->undo);
	exchange_file_free(&w->f);
	free(w->path);
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
	struct send send = {
	    .name = "the new views, routines, triggers and events", .allow_warnings = true};
	bool found = false, moved = false;
	struct work w;
	int rc, started;

	*out = (struct exchange_result){0};
	rc = work_begin(&w, x);
	if (rc == 0)
		rc = lock(x);
	if (rc == 0)
		rc = exchange_file_read(w.path, &w.f, &found);
	if (rc == 0 && !dry_run)
		exchange_file_tidy(w.path);
	if (rc == 0 && found) {
		work_know(&w);
		rc = swap_moved(x->m, &w.swap, &moved);
	}
	/* What an earlier call has left stopped. */
	if (rc == 0 && !found && !dry_run)
		(void)start(x);
	if (rc != 0 || !found)
		goto out;
	out->settled = moved ? EXCHANGE_FINISHED : EXCHANGE_UNDONE;
	if (!x->quiet)
		warnx("database `%s`: an exchange that began at %s was interrupted; %s %s",
		    x->target, w.f.time, dry_run ? "it would be" : "it is",
		    moved ? "finished" : "undone");
	if (dry_run)
		goto out;
	rc = x->stop != NULL ? x->stop(x->ctx) : 0;
	if (rc == 0)
		rc = moved ? complete(&w, &send, out) : undo(&w);
	if (rc != 0 && access(w.path, F_OK) == 0)
		hintx("rm -r %s forgets the exchange, and leaves all tables where they "
		      "are",
		    w.path);
	if (rc == 0 && moved && *w.f.digest != '\0')
		out->digest = strdup(w.f.digest);
	started = start(x);
	rc = rc != 0 ? rc : started;
out:
	work_end(&w);
	return rc;
}

/* Write down both sides. */
static int
prepare(struct work *w, const struct exchange_new *new)
{
	const struct exchange *x = w->x;
	struct exchange_file *f = &w->f;
	struct buf redo = {0};
	char now[24];
	int rc = EX_OSERR;

	f->foreign = new->foreign;
	f->part = x->part != NULL;
	f->stage = strdup(new->stage);
	f->digest = strdup(new->digest != NULL ? new->digest : "");
	f->time = strdup(event_now(now));
	if (f->stage != NULL && f->digest != NULL && f->time != NULL)
		rc = exchange_name_unused(x, &f->before);
	if (rc == 0)
		rc = swap_tables_of(x->m, x->target, x->part, &f->old);
	if (rc == 0)
		rc = swap_reach(x->m, x->target, &f->old);
	if (rc == 0)
		rc = swap_tables(x->m, new->stage, &f->new);
	if (rc == 0)
		rc = sides_programs(x, &f->undo, &f->undo_len);
	if (rc == 0 && !f->part)
		rc = sides_grants(x, &f->grants);
	if (rc == 0)
		rc = loose_text(x->m, new->stage, NULL, LOOSE_ALL, &redo);
	if (rc == 0)
		rc = login_connect(x->login, x->target, false, &w->redo);
	if (rc == 0)
		rc = login_connect(x->login, x->target, false, &w->undo);
	if (rc == 0) {
		buf_add(&redo, new->script, new->script_len);
		rc = buf_string(&redo) != NULL ? 0 : EX_OSERR;
	}
	if (rc != 0) {
		buf_free(&redo);
		return rc;
	}
	f->redo = redo.data;
	f->redo_len = redo.len;
	work_know(w);
	return exchange_file_write(w->path, f);
}

int
exchange_run(
    const struct exchange *x, const struct exchange_new *new, struct exchange_result *out)
{
	struct send send = {
	    .name = new->dump, .into = x->target, .allow_warnings = new->allow_warnings};
	struct work w;
	int rc, started;

	*out = (struct exchange_result){0};
	rc = work_begin(&w, x);
	if (rc != 0)
		return rc;
	rc = x->stop != NULL ? x->stop(x->ctx) : 0;
	if (rc == 0)
		rc = prepare(&w, new);
	if (rc == 0)
		rc = complete(&w, &send, out);
	started = start(x);
	work_end(&w);
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
