/*
 * The order of a dump: settings; then for each database its default character set, sequences,
 * tables with their rows, foreign keys, routines, views, triggers, events; then the settings
 * put back, and the end mark.  Nothing refers forward: rows are in before foreign keys look at
 * them and before triggers could run, routines exist before the views that call them, and
 * events come last so that none fires on half a database.
 *
 * Nothing in the output says when or where it was made: the same data gives the same bytes.
 */
#include "sql/dump.h"

#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/event.h"
#include "base/progress.h"
#include "base/sig.h"
#include "sql/create.h"
#include "sql/emit.h"
#include "sql/locked.h"
#include "sql/marknote.h"
#include "sql/query.h"
#include "sql/quote.h"
#include "sql/pipeline.h"
#include "sql/rows.h"
#include "sql/snapshot.h"
#include "sql/views.h"

static const char head[] =
    "-- siantre-dump 1\n"
    "-- Load it with the mariadb or mysql client; --comments keeps the comments of routines.\n"
    "SET @OLD_SQL_MODE = @@sql_mode, sql_mode = 'NO_AUTO_VALUE_ON_ZERO';\n"
    "SET @OLD_TIME_ZONE = @@time_zone, time_zone = '+00:00';\n"
    "SET @OLD_FOREIGN_KEY_CHECKS = @@foreign_key_checks, foreign_key_checks = 0;\n"
    "SET @OLD_UNIQUE_CHECKS = @@unique_checks, unique_checks = 0;\n"
    "/*M!100200 SET @OLD_CHECK_CONSTRAINT_CHECKS = @@check_constraint_checks,"
    " check_constraint_checks = 0 */;\n"
    "SET @OLD_CHARACTER_SET_CLIENT = @@character_set_client;\n"
    "SET @OLD_CHARACTER_SET_RESULTS = @@character_set_results;\n"
    "SET @OLD_COLLATION_CONNECTION = @@collation_connection;\n"
    "SET NAMES utf8mb4;\n";

static const char tail[] =
    "\nSET character_set_client = @OLD_CHARACTER_SET_CLIENT;\n"
    "SET character_set_results = @OLD_CHARACTER_SET_RESULTS;\n"
    "SET collation_connection = @OLD_COLLATION_CONNECTION;\n"
    "/*M!100200 SET check_constraint_checks = @OLD_CHECK_CONSTRAINT_CHECKS */;\n"
    "SET unique_checks = @OLD_UNIQUE_CHECKS;\n"
    "SET foreign_key_checks = @OLD_FOREIGN_KEY_CHECKS;\n"
    "SET time_zone = @OLD_TIME_ZONE;\n"
    "SET sql_mode = @OLD_SQL_MODE;\n";

struct dump {
	MYSQL *m; /* catalogue and definitions */
	struct snapshot *snapshot;
	struct pipeline *pipeline;
	const struct dump_options *o;
	struct emit *emit;
	struct progress *progress;
	size_t dumped;    /* tables */
	uint64_t rows;    /* of them */
	json_t *warnings; /* array of text */
	json_t *partial;  /* null, or what was left out */
	json_t *position; /* null, or {"file":…,"pos":…,"gtid":…} */
	char started[24];
};

/* Write ${b} as schema text and free it. */
static int
put(struct dump *d, struct buf *b)
{
	const char *text = buf_string(b);
	int rc = text == NULL ? EX_OSERR : emit_text(d->emit, text, b->len);

	buf_free(b);
	return rc;
}

/* Open the snapshot, and begin to read in it. */
static int
open_snapshot(struct dump *d, struct login *l, char *const *databases, size_t n)
{
	const struct dump_options *o = d->o;
	const struct snapshot_options how = {.selection = &o->selection,
	    .mode = o->ddl,
	    .definitions = !o->no_create,
	    .warnings = d->warnings,
	    .jobs = o->jobs};
	const struct equal_position *at;
	struct snapshot *s;
	int rc = snapshot_open(l, databases, n, &how, &d->snapshot);

	if (rc != 0)
		return rc;
	s = d->snapshot;
	d->m = s->meta;
	at = &s->position;
	if (at->file != NULL) {
		d->position = json_pack("{s:s,s:I,s:s*}", "file", at->file, "pos",
		    (json_int_t)at->offset, "gtid", at->gtid);
		if (d->position == NULL)
			return EX_OSERR;
	}
	rc = marknote_partial(s->content->catalogues, n, &o->selection, &d->partial);
	if (rc != 0 || s->content->nranged == 0)
		return rc;
	d->pipeline =
	    pipeline_start(s->readers, s->n, s->hold, s->content->ranged, s->content->nranged);
	return d->pipeline == NULL ? EX_OSERR : 0;
}

static int
write_database(struct dump *d, const struct catalogue *c)
{
	struct buf b = {0};

	buf_text(&b, "\n");
	if (d->o->with_database) {
		if (!d->o->no_create && !d->o->no_create_db) {
			buf_text(&b, "CREATE DATABASE IF NOT EXISTS ");
			quote_name(&b, c->database);
			buf_printf(
			    &b, " CHARACTER SET %s COLLATE %s;\n", c->charset, c->collation);
		}
		buf_text(&b, "USE ");
		quote_name(&b, c->database);
		buf_text(&b, ";\n");
	}
	if (!d->o->no_create && d->o->selection.tables.n == 0)
		buf_printf(&b, "ALTER DATABASE CHARACTER SET %s COLLATE %s;\n", c->charset,
		    c->collation);
	return put(d, &b);
}

static int
write_table(struct dump *d, struct table *t, struct buf *keys)
{
	char place[160];
	struct rows_writer w = {.emit = d->emit,
	    .progress = d->progress,
	    .table = t,
	    .place = place,
	    .total = d->rows};
	struct buf b = {0};
	int rc = emit_table(d->emit, t->database, t->name);

	if (rc == 0 && !d->o->no_create) {
		buf_text(&b, "\n");
		rc = create_table(d->m, t, !d->o->no_drop, &b, keys);
		if (rc == 0)
			rc = put(d, &b);
		buf_free(&b);
	}
	if (rc == 0 && t->rows) {
		snprintf(place, sizeof(place), "%s, %zu of %zu tables", t->name, d->dumped + 1,
		    d->snapshot->content->ntables);
		rc = t->transactional ? pipeline_table(d->pipeline, &w) : locked_rows(d->m, &w);
		if (rc == 0)
			rc = emit_table_end(d->emit);
		d->rows = w.total;
	}
	return rc == 0 ? snapshot_dumped(d->snapshot, d->dumped++) : rc;
}

static int
write_programs(
    struct dump *d, const struct catalogue *c, bool routines, bool triggers, bool events)
{
	struct buf b = {0};
	const struct program *p;
	bool trigger, event;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->nprograms; i++) {
		p = &c->programs[i];
		trigger = strcmp(p->type, "TRIGGER") == 0;
		event = strcmp(p->type, "EVENT") == 0;
		if (trigger ? !triggers : event ? !events : !routines)
			continue;
		buf_text(&b, "\n");
		rc = create_program(d->m, p, !d->o->no_drop, !d->o->omit_definer, &b);
		if (rc == 0)
			rc = put(d, &b);
		buf_free(&b);
	}
	return rc;
}

static int
write_catalogue(struct dump *d, struct catalogue *c)
{
	struct buf keys = {0};
	int rc;

	/* With the database as the current one, views name its tables without it. */
	if (mysql_select_db(d->m, c->database) != 0)
		return login_fail(d->m, c->database);
	rc = write_database(d, c);
	for (size_t i = 0; rc == 0 && i < c->ntables; i++)
		if (c->tables[i].kind != CATALOGUE_VIEW)
			rc = write_table(d, &c->tables[i], &keys);
	if (rc == 0 && keys.len > 0)
		rc = put(d, &keys);
	buf_free(&keys);
	if (rc != 0 || d->o->no_create)
		return rc;

	/* Definitions of these come as the bytes of the client that made them. */
	rc = query_run(d->m, "character set", "SET character_set_results = NULL");
	if (rc == 0)
		rc = write_programs(d, c, true, false, false);
	if (rc == 0)
		rc = views_write(
		    d->m, c, !d->o->no_drop, !d->o->omit_definer, d->emit, d->warnings);
	if (rc == 0)
		rc = write_programs(d, c, false, true, false);
	if (rc == 0)
		rc = write_programs(d, c, false, false, true);
	if (rc == 0)
		rc = query_run(d->m, "character set", "SET character_set_results = utf8mb4");
	return rc;
}

int
dump_write(
    struct login *l, char *const *databases, size_t n, const struct dump_options *o, int fd)
{
	struct dump d = {.o = o};
	const struct content *c;
	struct marknote facts;
	struct buf notes = {0};
	uint64_t total = 0;
	int rc;

	event_now(d.started);
	d.warnings = json_array();
	d.emit = emit_new(fd);
	if (d.warnings == NULL || d.emit == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	rc = open_snapshot(&d, l, databases, n);
	if (rc != 0)
		goto out;
	c = d.snapshot->content;
	for (size_t i = 0; i < c->ntables; i++)
		total += c->tables[i]->rows ? c->tables[i]->est_bytes : 0;
	d.progress = progress_start(databases[0], total, o->quiet);

	rc = emit_text(d.emit, head, sizeof(head) - 1);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = write_catalogue(&d, c->catalogues[i]);
	if (rc == 0 && !o->no_create)
		rc = content_compare(d.m, c);
	if (rc == 0)
		rc = hold_end(d.snapshot->hold);
	if (rc == 0)
		rc = emit_text(d.emit, tail, sizeof(tail) - 1);
	facts = (struct marknote){.server = mysql_get_server_info(d.m),
	    .started = d.started,
	    .position = d.position,
	    .warnings = d.warnings,
	    .partial = d.partial,
	    .databases = databases,
	    .ndatabases = n};
	if (rc == 0)
		rc = marknote_end(&facts, o->position, &notes);
	if (rc == 0)
		rc = emit_end(d.emit, notes.data, notes.len);
	if (rc == 0)
		rc = marknote_run(&facts, d.emit);
out:
	progress_end(d.progress);
	pipeline_end(d.pipeline);
	snapshot_free(d.snapshot);
	emit_free(d.emit);
	buf_free(&notes);
	json_decref(d.warnings);
	json_decref(d.partial);
	json_decref(d.position);
	return rc;
}
