#include "sql/views.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "sql/create.h"
#include "sql/order.h"

struct views {
	const struct catalogue *c;
	struct emit *emit;
	json_t *warnings;
	struct names missing; /* tables and views that are not in the dump */
};

/* Write ${why} and what makes the view again as comments, and say so. */
static int
keep_comment(struct views *v, const struct table *t, const char *why, const char *text)
{
	struct buf b = {0};
	int rc;

	warnx("%s: %s; kept as a comment", t->label,
	    strcmp(why, "invalid view") == 0 ? "refers to what is not there"
					     : "reads from what is left out");
	json_array_append_new(
	    v->warnings, json_sprintf("%s kept as a comment: %s", why, t->label));
	buf_text(&b, "\n");
	rc = create_comment(why, text, &b);
	if (rc == 0 && (text = buf_string(&b)) == NULL)
		rc = EX_OSERR;
	if (rc == 0)
		rc = emit_text(v->emit, text, b.len);
	buf_free(&b);
	return rc;
}

/*
 * A view that the server calls invalid could not be loaded, nor one that reads from what the
 * dump leaves out, which may be such a view.
 */
static int
write_view(struct views *v, const struct table *t, const char *text, bool valid)
{
	struct names reads = {0};
	bool whole = true;
	int rc = order_reads(text, v->c->database, &reads) == 0 ? 0 : EX_OSERR;

	for (size_t i = 0; rc == 0 && i < reads.len; i++)
		whole = whole && !names_has(&v->missing, reads.items[i]);
	names_free(&reads);
	if (rc != 0)
		return rc;
	if (valid && whole) {
		rc = emit_text(v->emit, "\n", 1);
		return rc == 0 ? emit_text(v->emit, text, strlen(text)) : rc;
	}
	if (names_add(&v->missing, t->name) != 0)
		return EX_OSERR;
	return keep_comment(v, t, valid ? "incomplete view" : "invalid view", text);
}

int
views_write(MYSQL *m, const struct catalogue *c, bool drop, bool definer, struct emit *e,
    json_t *warnings)
{
	struct views v = {.emit = e, .warnings = warnings, .c = c};
	const struct table **tables = calloc(c->ntables + 1, sizeof(*tables));
	const char **names = calloc(c->ntables + 1, sizeof(*names));
	char **texts = calloc(c->ntables + 1, sizeof(*texts));
	bool *valid = calloc(c->ntables + 1, sizeof(*valid));
	size_t *order = calloc(c->ntables + 1, sizeof(*order));
	struct buf b = {0};
	size_t n = 0;
	int rc = EX_OSERR;

	if (tables == NULL || names == NULL || texts == NULL || valid == NULL ||
	    order == NULL) {
		warn("views");
		goto out;
	}
	for (size_t i = 0; i < c->ntables; i++) {
		if (c->tables[i].kind != CATALOGUE_VIEW)
			continue;
		tables[n] = &c->tables[i];
		names[n] = c->tables[i].name;
		rc = create_view(m, tables[n], drop, definer, &b, &valid[n]);
		if (rc == 0 && buf_string(&b) == NULL)
			rc = EX_OSERR;
		if (rc != 0)
			goto out;
		texts[n++] = b.data;
		memset(&b, 0, sizeof(b));
	}
	rc = EX_OSERR;
	for (size_t i = 0; i < c->ignored.len; i++)
		if (names_add(&v.missing, c->ignored.items[i]) != 0)
			goto out;
	if (order_views(names, (const char *const *)texts, n, c->database, order) != 0)
		goto out;
	rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = write_view(&v, tables[order[i]], texts[order[i]], valid[order[i]]);
out:
	for (size_t i = 0; texts != NULL && i < n; i++)
		free(texts[i]);
	names_free(&v.missing);
	buf_free(&b);
	free(tables);
	free(names);
	free(texts);
	free(valid);
	free(order);
	return rc;
}
