#include "db/views.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "db/create.h"
#include "db/login.h"
#include "db/query.h"
#include "sql/order.h"

struct view {
	const struct table *table;
	char *name; /* as order_name writes it */
	char *text; /* the statements that make it again */
	struct names reads;
	bool valid;
};

struct views {
	struct use *use;
	json_t *warnings;
	struct view *items;
	size_t n;
	struct names missing; /* tables and views that are not in the dump */
};

/*
 * What it reads from, named as the catalogue does: its text is in the bytes of its own client, so where
 * that is not ASCII the server is asked once more.
 */
static int
read_reads(MYSQL *m, struct view *view, const char *database)
{
	const char *c = view->text;
	struct buf b = {0};
	bool valid;
	int rc;

	while ((unsigned char)*c - 1U < 0x7f)
		c++;
	if (*c == '\0')
		return order_reads(view->text, database, &view->reads) != 0 ? EX_OSERR : 0;
	rc = query_run(m, "character set", "SET character_set_results = utf8mb4");
	if (rc == 0)
		rc = create_view(m, view->table, false, true, &b, &valid);
	if (rc == 0 &&
	    (buf_string(&b) == NULL || order_reads(b.data, database, &view->reads) != 0))
		rc = EX_OSERR;
	buf_free(&b);
	return rc == 0 ? query_run(m, "character set", "SET character_set_results = NULL") : rc;
}

/* Read the views of ${c}, and note what it leaves out. */
static int
read_views(struct views *v, MYSQL *m, const struct catalogue *c, bool drop, bool definer)
{
	struct buf b = {0};
	struct view *view;
	char *name;
	int rc = 0;

	for (size_t i = 0; i < c->ignored.len; i++) {
		name = order_name(c->database, c->ignored.items[i]);
		if (name == NULL || names_add(&v->missing, name) != 0)
			rc = EX_OSERR;
		free(name);
	}
	/* With the database as the current one, views name its tables without it. */
	if (rc == 0 && mysql_select_db(m, c->database) != 0)
		return login_fail(m, c->database);
	for (size_t i = 0; rc == 0 && i < c->ntables; i++) {
		if (c->tables[i].kind != CATALOGUE_VIEW)
			continue;
		view = &v->items[v->n++];
		view->table = &c->tables[i];
		rc = create_view(m, view->table, drop, definer, &b, &view->valid);
		if (rc == 0 && buf_string(&b) == NULL)
			rc = EX_OSERR;
		if (rc != 0)
			break;
		view->text = b.data;
		memset(&b, 0, sizeof(b));
		view->name = order_name(c->database, view->table->name);
		rc = view->name == NULL ? EX_OSERR : read_reads(m, view, c->database);
	}
	buf_free(&b);
	return rc;
}

/* Write ${why} and what makes the view again as comments, and say so. */
static int
keep_comment(struct views *v, const struct view *view, const char *why)
{
	struct buf b = {0};
	const char *text;
	int rc;

	warnx("%s: %s; kept as a comment", view->table->label,
	    view->valid ? "reads from what is left out" : "refers to what is not there");
	json_array_append_new(
	    v->warnings, json_sprintf("%s kept as a comment: %s", why, view->table->label));
	buf_text(&b, "\n");
	rc = create_comment(why, view->text, &b);
	if (rc == 0 && (text = buf_string(&b)) == NULL)
		rc = EX_OSERR;
	if (rc == 0)
		rc = emit_text(v->use->emit, text, b.len);
	buf_free(&b);
	return rc;
}

/*
 * A view that the server calls invalid could not be loaded, nor one that reads from what the
 * dump leaves out, which may be such a view.
 */
static int
write_view(struct views *v, const struct view *view)
{
	bool whole = true;
	int rc = use_database(v->use, view->table->database);

	for (size_t i = 0; i < view->reads.len; i++)
		whole = whole && !names_has(&v->missing, view->reads.items[i]);
	if (rc != 0)
		return rc;
	if (view->valid && whole) {
		rc = emit_text(v->use->emit, "\n", 1);
		return rc == 0 ? emit_text(v->use->emit, view->text, strlen(view->text)) : rc;
	}
	if (names_add(&v->missing, view->name) != 0)
		return EX_OSERR;
	return keep_comment(v, view, view->valid ? "incomplete view" : "invalid view");
}

/* Write all views, each behind those that it reads from. */
static int
write_views(struct views *v)
{
	const char **names = calloc(v->n + 1, sizeof(*names));
	struct names *reads = calloc(v->n + 1, sizeof(*reads));
	size_t *order = calloc(v->n + 1, sizeof(*order));
	int rc = EX_OSERR;

	if (names == NULL || reads == NULL || order == NULL) {
		warn("views");
		goto out;
	}
	for (size_t i = 0; i < v->n; i++) {
		names[i] = v->items[i].name;
		reads[i] = v->items[i].reads;
	}
	if (order_views(names, reads, v->n, order) != 0)
		goto out;
	rc = 0;
	for (size_t i = 0; rc == 0 && i < v->n; i++)
		rc = write_view(v, &v->items[order[i]]);
out:
	free(names);
	free(reads);
	free(order);
	return rc;
}

int
views_write(MYSQL *m, struct catalogue *const *catalogues, size_t n, bool drop, bool definer,
    struct use *use, json_t *warnings)
{
	struct views v = {.use = use, .warnings = warnings};
	size_t most = 0;
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		most += catalogues[i]->ntables;
	v.items = calloc(most + 1, sizeof(*v.items));
	if (v.items == NULL) {
		warn("views");
		return EX_OSERR;
	}
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = read_views(&v, m, catalogues[i], drop, definer);
	if (rc == 0)
		rc = write_views(&v);
	for (size_t i = 0; i < v.n; i++) {
		free(v.items[i].name);
		free(v.items[i].text);
		names_free(&v.items[i].reads);
	}
	free(v.items);
	names_free(&v.missing);
	return rc;
}
