#include "db/marknote.h"

#include <err.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/json.h"
#include "base/notes.h"

static int
add_line(struct buf *b, const char *key, const json_t *value)
{
	char *text = json_format(value, JSON_COMPACT);

	if (text == NULL) {
		warnx("dump: out of memory");
		return EX_OSERR;
	}
	buf_printf(b, "-- siantre-note {\"%s\":%s}\n", key, text);
	free(text);
	return b->failed ? EX_OSERR : 0;
}

/* Append {"database":…,"table":…} to the list ${key} of ${o}. */
static int
add_name(json_t *o, const char *key, const char *database, const char *table)
{
	json_t *list = json_object_get(o, key);

	if (list == NULL && json_object_set_new(o, key, list = json_array()) != 0)
		return -1;
	return json_array_append_new(
	    list, json_pack("{s:s,s:s}", "database", database, "table", table));
}

int
marknote_partial(
    struct catalogue *const *catalogues, size_t n, const struct selection *s, json_t **out)
{
	json_t *o = json_object();
	int rc = o == NULL ? -1 : 0;

	if (rc == 0 && s->where != NULL)
		rc = json_object_set_new(o, "where", json_text(s->where));
	for (size_t i = 0; i < n; i++) {
		const struct catalogue *c = catalogues[i];

		for (size_t k = 0; rc == 0 && k < c->ntables; k++)
			if (c->tables[k].emptied)
				rc =
				    add_name(o, "without_rows", c->database, c->tables[k].name);
		for (size_t k = 0; rc == 0 && k < c->ignored.len; k++)
			rc = add_name(o, "left_out", c->database, c->ignored.items[k]);
	}
	if (rc != 0)
		warnx("dump: no memory for the notes");
	if (rc != 0 || json_object_size(o) == 0) {
		json_decref(o);
		o = NULL;
	}
	*out = o;
	return rc == 0 ? 0 : EX_OSERR;
}

int
marknote_end(const struct marknote *f, bool position, struct buf *out)
{
	int rc = 0;

	if (json_array_size(f->warnings) > 0)
		rc = add_line(out, "warnings", f->warnings);
	if (rc == 0 && f->partial != NULL)
		rc = add_line(out, "partial", f->partial);
	if (rc == 0 && position && f->position != NULL)
		rc = add_line(out, "position", f->position);
	return rc;
}

int
marknote_run(const struct marknote *f, const struct emit *e)
{
	json_t *note, *databases, *tables;
	const struct emit_table *t;
	size_t n;

	if (!notes_wanted())
		return 0;
	databases = json_array();
	for (size_t i = 0; i < f->ndatabases; i++)
		json_array_append_new(databases, json_string(f->databases[i]));
	tables = json_array();
	t = emit_tables(e, &n);
	for (size_t i = 0; i < n; i++, t++)
		json_array_append_new(tables,
		    json_pack("{s:s,s:s,s:I,s:I,s:s,s:I,s:I}", "database", t->database, "table",
			t->name, "rows", (json_int_t)t->rows, "bytes", (json_int_t)t->bytes,
			"sha256", t->sha256, "offset", (json_int_t)t->offset, "schema_offset",
			(json_int_t)t->schema_offset));
	note = json_pack("{s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:O}", "tool", "siantre-dump", "digest",
	    emit_digest(e), "server", f->server, "started", f->started, "position",
	    f->position != NULL ? json_incref(f->position) : json_null(), "databases",
	    databases, "tables", tables, "warnings", f->warnings);
	if (note != NULL && f->partial != NULL)
		json_object_set(note, "partial", f->partial);
	if (note == NULL) {
		warnx("dump: no memory for the notes");
		return EX_OSERR;
	}
	return notes_add(note) == 0 ? 0 : EX_IOERR;
}
