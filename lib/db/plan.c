#include "db/plan.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/io.h"
#include "base/json.h"
#include "base/num.h"
#include "base/plain.h"
#include "db/columns.h"
#include "db/equal.h"
#include "db/needs.h"
#include "db/query.h"
#include "db/range.h"

struct plan {
	MYSQL *m;
	struct grants *grants;
	struct catalogue **catalogues;
	size_t n;
	uint64_t tables, views, sequences;
	uint64_t rows, bytes, chunks;
	uint64_t routines, triggers, events;
	json_t *
	    missing; /* array of what the account lacks: text, grant, whether it ends the dump */
};

/* Read the columns of what may be read: they tell in how many pieces. */
static int
read_columns(struct plan *p, const struct catalogue *c)
{
	bool known = grants_known(p->grants, c->database);
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < c->ntables; i++) {
		struct table *t = &c->tables[i];

		if (t->rows && (!known || (grants_on(p->grants, c->database, t->name) &
					      GRANTS_SELECT) != 0))
			rc = columns_read(p->m, t);
	}
	return rc;
}

static const char *
kind(const struct table *t)
{
	return t->kind == CATALOGUE_VIEW       ? "view"
	       : t->kind == CATALOGUE_SEQUENCE ? "sequence"
					       : "table";
}

static void
count(struct plan *p, const struct catalogue *c)
{
	for (size_t i = 0; i < c->ntables; i++) {
		const struct table *t = &c->tables[i];

		p->views += t->kind == CATALOGUE_VIEW;
		p->sequences += t->kind == CATALOGUE_SEQUENCE;
		p->tables += t->kind == CATALOGUE_TABLE;
		if (!t->rows)
			continue;
		p->rows += t->est_rows;
		p->bytes += t->est_bytes;
		p->chunks += range_estimate(t);
	}
	for (size_t i = 0; i < c->nprograms; i++) {
		bool trigger = strcmp(c->programs[i].type, "TRIGGER") == 0;
		bool event = strcmp(c->programs[i].type, "EVENT") == 0;

		p->triggers += trigger;
		p->events += event;
		p->routines += !trigger && !event;
	}
}

/* A table of the text form: its name comes last, since it may hold blanks. */
static void
print_table(const struct table *t)
{
	char size[16];

	printf("%-8s %-10s ", kind(t), plain_name(*t->engine != '\0' ? t->engine : "-"));
	if (t->rows)
		printf("%12" PRIu64 " %10s %6" PRIu64, t->est_rows,
		    num_human(size, sizeof(size), t->est_bytes), range_estimate(t));
	else
		printf("%12s %10s %6s", "-", "-", "-");
	printf("  %s.%s\n", plain_name(t->database), plain_name(t->name));
}

/* See needs_tell. */
static int
keep_missing(void *ctx, bool fatal, const char *text, const char *grant)
{
	struct plan *p = ctx;
	json_t *o = json_pack("{s:o,s:o*,s:b}", "text", json_text(text), "grant",
	    grant != NULL ? json_text(grant) : NULL, "fatal", fatal);

	return o != NULL && json_array_append_new(p->missing, o) == 0 ? 0 : EX_OSERR;
}

/* Print ${text}, in which a name may hold anything, on one line. */
static void
print_line(const char *before, const char *text, const char *behind)
{
	char *line = strdup(text);

	printf("%s%s%s\n", before, line != NULL ? plain_text(line) : "?", behind);
	free(line);
}

static void
print_missing(const struct plan *p)
{
	const char *grant;
	const json_t *o;
	size_t i;

	if (json_array_size(p->missing) > 0)
		putchar('\n');
	json_array_foreach(p->missing, i, o)
	{
		print_line(json_is_true(json_object_get(o, "fatal")) ? "missing: "
								     : "perhaps missing: ",
		    json_string_value(json_object_get(o, "text")), "");
		grant = json_string_value(json_object_get(o, "grant"));
		if (grant != NULL)
			print_line("hint: ", grant, ";");
	}
}

static void
print_text(const struct plan *p)
{
	char size[16];

	printf("%-8s %-10s %12s %10s %6s  %s\n", "KIND", "ENGINE", "ROWS", "BYTES", "CHUNKS",
	    "NAME");
	for (size_t i = 0; i < p->n; i++)
		for (size_t k = 0; k < p->catalogues[i]->ntables; k++)
			print_table(&p->catalogues[i]->tables[k]);
	printf("\nabout %" PRIu64 " rows and %s in %" PRIu64 " chunks; tables %" PRIu64
	       ", views %" PRIu64 ", sequences %" PRIu64 ", triggers %" PRIu64
	       ", routines %" PRIu64 ", events %" PRIu64 "\n",
	    p->rows, num_human(size, sizeof(size), p->bytes), p->chunks, p->tables, p->views,
	    p->sequences, p->triggers, p->routines, p->events);
	print_missing(p);
}

static json_t *
table_object(const struct table *t)
{
	json_t *o = json_pack("{s:o,s:o,s:s,s:o}", "database", json_text(t->database), "table",
	    json_text(t->name), "kind", kind(t), "engine", json_text(t->engine));

	if (t->rows && o != NULL)
		json_object_update_new(
		    o, json_pack("{s:I,s:I,s:I}", "rows", (json_int_t)t->est_rows, "bytes",
			   (json_int_t)t->est_bytes, "chunks", (json_int_t)range_estimate(t)));
	return o;
}

static json_t *
program_object(const struct program *p)
{
	json_t *o = json_pack("{s:o,s:o,s:o}", "database", json_text(p->database), "name",
	    json_text(p->name), "kind", json_text(p->type));

	if (p->table != NULL && o != NULL)
		json_object_set_new(o, "table", json_text(p->table));
	return o;
}

/*
 * How db/equal.h would come by snapshots that are equal: "position" (MariaDB's binary log tells),
 * "lock-tables" or "read-lock" (writers wait for a moment), or NULL: not with this account, so that
 * one connection reads it all.
 */
static const char *
snapshot_way(const struct plan *p)
{
	bool mariadb = mariadb_connection(p->m) != 0, all = true, logged = false;
	char *reload = NULL;
	const char *way;

	if ((mariadb && equal_all_logged(p->m, &logged) != 0) ||
	    query_value(p->m, "plan",
		"SELECT COUNT(*) FROM information_schema.user_privileges WHERE "
		"privilege_type = 'RELOAD' AND REPLACE(grantee, '\\'', '') = CURRENT_USER()",
		&reload) != 0)
		reload = NULL;
	for (size_t i = 0; i < p->n; i++)
		all = all && (grants_on(p->grants, p->catalogues[i]->database, NULL) &
				 GRANTS_LOCK_TABLES) != 0;
	if (logged)
		way = "position";
	else if (mariadb && all)
		way = "lock-tables";
	else if (reload != NULL && strcmp(reload, "0") != 0)
		way = "read-lock";
	else
		way = all ? "lock-tables" : NULL;
	free(reload);
	return way;
}

/* Who asks whom: {"account":…,"connection":…,"databases":[…],"snapshot":…}. */
static json_t *
connection_object(const struct plan *p)
{
	json_t *names = json_array(), *o;
	const char *way = snapshot_way(p);
	char *account = NULL;

	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(names, json_text(p->catalogues[i]->database));
	if (query_value(p->m, "plan", "SELECT CURRENT_USER()", &account) != 0)
		account = NULL;
	o = json_pack("{s:o,s:o,s:o,s:o}", "account",
	    account != NULL ? json_text(account) : json_null(), "connection",
	    json_text(mysql_get_host_info(p->m)), "databases", names, "snapshot",
	    way != NULL ? json_string(way) : json_null());
	free(account);
	return o;
}

static int
print_json(const struct plan *p)
{
	json_t *tables = json_array(), *programs = json_array(), *o;
	char *line = NULL;
	size_t len;

	for (size_t i = 0; i < p->n; i++) {
		for (size_t k = 0; k < p->catalogues[i]->ntables; k++)
			json_array_append_new(
			    tables, table_object(&p->catalogues[i]->tables[k]));
		for (size_t k = 0; k < p->catalogues[i]->nprograms; k++)
			json_array_append_new(
			    programs, program_object(&p->catalogues[i]->programs[k]));
	}
	o = json_pack("{s:s,s:I,s:I,s:I,s:o,s:o,s:O}", "server", mysql_get_server_info(p->m),
	    "rows", (json_int_t)p->rows, "bytes", (json_int_t)p->bytes, "chunks",
	    (json_int_t)p->chunks, "tables", tables, "programs", programs, "missing",
	    p->missing);
	if (o != NULL)
		json_object_update_new(o, connection_object(p));
	if (o == NULL || (line = json_line(o, &len)) == NULL)
		warnx("plan: out of memory");
	else
		(void)fwrite(line, 1, len, stdout); /* plan_print() asks */
	json_decref(o);
	if (line == NULL)
		return EX_OSERR;
	free(line);
	return 0;
}

int
plan_print(
    struct login *l, char *const *databases, size_t n, const struct dump_options *o, bool json)
{
	struct plan p = {0};
	int rc = EX_OSERR;

	p.catalogues = calloc(n, sizeof(struct catalogue *));
	p.missing = json_array();
	if (p.catalogues == NULL || p.missing == NULL) {
		warn("plan");
		goto out;
	}
	rc = login_connect(l, NULL, false, &p.m);
	if (rc == 0)
		rc = grants_read(p.m, &p.grants);
	for (; rc == 0 && p.n < n; p.n += rc == 0) {
		rc = needs_database(p.m, p.grants, databases[p.n]);
		if (rc == 0)
			rc = catalogue_read(
			    p.m, databases[p.n], &o->selection, &p.catalogues[p.n]);
	}
	if (rc == 0)
		rc = selection_check(&o->selection, databases[0]);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = needs_list(
		    p.grants, p.catalogues[i], &o->selection, !o->no_create, keep_missing, &p);
		if (rc == 0)
			rc = read_columns(&p, p.catalogues[i]);
		count(&p, p.catalogues[i]);
	}
	if (rc == 0 && json)
		rc = print_json(&p);
	else if (rc == 0)
		print_text(&p);
	if (rc == 0 && (fflush(stdout) != 0 || ferror(stdout)))
		rc = io_write_exit();
out:
	for (size_t i = 0; i < p.n; i++)
		catalogue_free(p.catalogues[i]);
	free(p.catalogues);
	json_decref(p.missing);
	grants_free(p.grants);
	if (p.m != NULL)
		mysql_close(p.m);
	return rc;
}
