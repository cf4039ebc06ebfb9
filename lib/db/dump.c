/*
 * The order of a dump: settings; then of all databases their default character set and
 * sequences; then of each its tables with their rows, and foreign keys; then of all databases the
 * routines, views, triggers and events; then the settings put back, and the end mark.  Nothing
 * refers forward, not into another database either: sequences are there before a default names
 * them, rows are in before foreign keys look at them and before triggers could run, routines exist
 * before the views that call them, and events come last so that none fires on half a database.
 *
 * Nothing in the output says when or where it was made: the same data gives the same bytes.
 */
#include "db/dump.h"

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
#include "db/accounts.h"
#include "db/create.h"
#include "sql/emit.h"
#include "db/locked.h"
#include "db/marknote.h"
#include "db/query.h"
#include "sql/quote.h"
#include "db/pipeline.h"
#include "db/rows.h"
#include "sql/settings.h"
#include "db/snapshot.h"
#include "db/views.h"

struct dump {
	MYSQL *m; /* catalogue and definitions */
	struct snapshot *snapshot;
	struct pipeline *pipeline;
	const struct dump_options *o;
	struct emit *emit;
	struct use use;
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

static void
warn_history(struct dump *d, const struct table *t)
{
	warnx("%s: its history is told by transactions, which no other server knows; only the "
	      "rows that are valid now are dumped",
	    t->label);
	json_array_append_new(d->warnings, json_sprintf("history left out: %s", t->label));
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
	} else if (o->position) {
		warnx("the snapshot has no position of the binary log: there is no such log, "
		      "or this account or this way of reading does not tell it");
		json_array_append_new(
		    d->warnings, json_string("no position of the binary log"));
	}
	for (size_t i = 0; i < s->content->ntables; i++)
		if (s->content->tables[i]->history_lost)
			warn_history(d, s->content->tables[i]);
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
		d->use.current = c->database;
	}
	if (!d->o->no_create && d->o->selection.tables.n == 0) {
		buf_printf(
		    &b, "ALTER DATABASE CHARACTER SET %s COLLATE %s", c->charset, c->collation);
		if (*c->comment != '\0') {
			buf_text(&b, " COMMENT ");
			quote_text(&b, c->comment, strlen(c->comment));
		}
		if (c->encrypted)
			buf_text(&b, " /*!80016 DEFAULT ENCRYPTION='Y' */");
		buf_text(&b, ";\n");
	}
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
		if (t->history)
			rc = settings_write(d->emit, SETTINGS_HISTORY);
		if (rc == 0)
			rc = t->transactional ? pipeline_table(d->pipeline, &w)
					      : locked_rows(d->m, &w);
		if (rc == 0)
			rc = emit_table_end(d->emit);
		if (rc == 0 && t->history)
			rc = settings_write(d->emit, SETTINGS_NO_HISTORY);
		d->rows = w.total;
	}
	if (rc != 0 || t->kind == CATALOGUE_SEQUENCE)
		return rc;
	while (d->snapshot->content->tables[d->dumped] != t) /* behind its sequences */
		d->dumped++;
	return snapshot_dumped(d->snapshot, d->dumped++);
}

enum programs { ROUTINES, TRIGGERS, EVENTS };

/* Write the programs of one sort, of all databases. */
static int
write_programs(struct dump *d, enum programs sort)
{
	const struct content *c = d->snapshot->content;
	const struct program *p;
	struct buf b = {0};
	enum programs is;
	int rc = 0;

	for (size_t i = 0; i < c->n; i++) {
		for (size_t k = 0; rc == 0 && k < c->catalogues[i]->nprograms; k++) {
			p = &c->catalogues[i]->programs[k];
			is = strcmp(p->type, "TRIGGER") == 0 ? TRIGGERS
			     : strcmp(p->type, "EVENT") == 0 ? EVENTS
							     : ROUTINES;
			if (is != sort)
				continue;
			rc = use_database(&d->use, p->database);
			buf_text(&b, "\n");
			if (rc == 0)
				rc = create_program(
				    d->m, p, !d->o->no_drop, !d->o->omit_definer, &b);
			if (rc == 0)
				rc = put(d, &b);
			buf_free(&b);
		}
	}
	return rc;
}

/*
 * Write one database with its sequences: the default of a column may name one of any of them.
 */
static int
write_sequences(struct dump *d, struct catalogue *c)
{
	int rc = write_database(d, c);

	for (size_t i = 0; rc == 0 && !d->o->no_tables && i < c->ntables; i++)
		if (c->tables[i].kind == CATALOGUE_SEQUENCE)
			rc = write_table(d, &c->tables[i], NULL);
	return rc;
}

/* Write the tables of one database with their rows, and their foreign keys. */
static int
write_tables(struct dump *d, struct catalogue *c)
{
	struct buf keys = {0};
	int rc = 0;

	if (mysql_select_db(d->m, c->database) != 0)
		return login_fail(d->m, c->database);
	for (size_t i = 0; rc == 0 && !d->o->no_tables && i < c->ntables; i++) {
		if (c->tables[i].kind != CATALOGUE_TABLE)
			continue;
		rc = use_database(&d->use, c->database);
		if (rc == 0)
			rc = write_table(d, &c->tables[i], &keys);
	}
	if (rc == 0 && keys.len > 0)
		rc = put(d, &keys);
	buf_free(&keys);
	return rc;
}

/* Write what may need any table of any database. */
static int
write_definitions(struct dump *d)
{
	const struct content *c = d->snapshot->content;
	/* They come as the bytes of the client that made them. */
	int rc = query_run(d->m, "character set", "SET character_set_results = NULL");

	if (rc == 0)
		rc = write_programs(d, ROUTINES);
	if (rc == 0)
		rc = views_write(d->m, c->catalogues, c->n, !d->o->no_drop, !d->o->omit_definer,
		    &d->use, d->warnings);
	if (rc == 0)
		rc = write_programs(d, TRIGGERS);
	if (rc == 0)
		rc = write_programs(d, EVENTS);
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
	struct accounts *accounts = NULL;
	struct marknote facts;
	struct buf notes = {0};
	uint64_t total = 0;
	const struct emit_table *written;
	size_t nwritten;
	int rc;

	event_now(d.started);
	d.warnings = json_array();
	if (d.warnings == NULL)
		warnx("%s: out of memory", databases[0]);
	if (d.warnings == NULL || (d.emit = emit_new(fd)) == NULL) {
		rc = EX_OSERR;
		goto out;
	}
	d.use = (struct use){.emit = d.emit, .several = n > 1};
	rc = open_snapshot(&d, l, databases, n);
	if (rc != 0)
		goto out;
	c = d.snapshot->content;
	for (size_t i = 0; i < c->ntables; i++)
		total += c->tables[i]->rows ? c->tables[i]->est_bytes : 0;
	d.progress = progress_start(databases[0], total, o->quiet);

	rc = settings_write(d.emit, SETTINGS_HEAD);
	if (rc == 0 && o->users)
		rc = accounts_read(d.m, d.warnings, &accounts);
	if (rc == 0 && o->users)
		rc = accounts_write_first(accounts, d.emit);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = write_sequences(&d, c->catalogues[i]);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = write_tables(&d, c->catalogues[i]);
	if (rc == 0 && !o->no_create)
		rc = write_definitions(&d);
	if (rc == 0 && !o->no_create)
		rc = content_compare(d.m, c);
	if (rc == 0)
		rc = hold_end(d.snapshot->hold);
	if (rc == 0 && o->users)
		rc = accounts_write_last(accounts, databases, n, d.emit);
	if (rc == 0)
		rc = settings_write(d.emit, SETTINGS_TAIL);
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
	if (rc == 0 && fd >= 0)
		rc = marknote_run(&facts, d.emit);
	if (rc == 0 && o->tables != NULL) {
		written = emit_tables(d.emit, &nwritten);
		rc = o->tables(o->tables_ctx, written, nwritten);
	}
out:
	progress_end(d.progress);
	pipeline_end(d.pipeline);
	snapshot_free(d.snapshot);
	accounts_free(accounts);
	emit_free(d.emit);
	buf_free(&notes);
	json_decref(d.warnings);
	json_decref(d.partial);
	json_decref(d.position);
	return rc;
}
