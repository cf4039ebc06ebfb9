#include "recover/contents.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "set/manifest.h"
#include "db/promise.h"
#include "sql/tabletext.h"

struct kept {
	json_t **notes;
	size_t len;
	struct manifest *manifest;
};

static int
no_memory(void)
{
	warnx("out of memory");
	return EX_OSERR;
}

static struct contents_table *
add(struct contents *c, const char *database, const char *table)
{
	size_t size = c->size == 0 ? 64 : c->size * 2;
	struct contents_table *all, *t;

	if (c->len == c->size) {
		all = reallocarray(c->tables, size, sizeof(*all));
		if (all == NULL)
			return NULL;
		c->tables = all;
		c->size = size;
	}
	t = &c->tables[c->len];
	*t = (struct contents_table){.database = strdup(database), .table = strdup(table)};
	c->len++;
	return t->database != NULL && t->table != NULL ? t : NULL;
}

/* What the notes of an end mark say. */
static int
take_notes(struct contents *c, const struct marktail *m)
{
	struct kept *k = c->kept;
	const json_t *note, *is;

	k->notes = calloc(m->notes_len + 1, sizeof(*k->notes));
	if (k->notes == NULL)
		return no_memory();
	for (size_t i = 0; i < m->notes_len; i++) {
		note = k->notes[k->len++] = json_loads(m->notes[i], 0, NULL);
		if ((is = json_object_get(note, "position")) != NULL)
			c->position = is;
		if ((is = json_object_get(note, "partial")) != NULL)
			c->partial = is;
		if ((is = json_object_get(note, "warnings")) != NULL)
			c->warnings = is;
	}
	return 0;
}

static int
take_mark(struct contents *c, const struct marktail *m)
{
	const struct endmark_table *t;
	struct contents_table *to;

	for (size_t i = 0; i < m->tables.len; i++) {
		t = &m->tables.items[i];
		if ((to = add(c, t->database, t->table)) == NULL)
			return no_memory();
		to->rows_known = true;
		to->rows = t->rows;
		to->bytes = t->bytes;
	}
	return take_notes(c, m);
}

/* The set that ${name} is a file of, if its note is about the dump with this ${digest}. */
static void
take_manifest(struct contents *c, const char *name, const char *digest)
{
	struct kept *k = c->kept;
	const char *slash = strrchr(name, '/'), *plain = slash != NULL ? slash + 1 : name;
	char *folder = slash != NULL ? strndup(name, (size_t)(slash - name) + 1) : strdup(".");
	char *path = NULL;
	struct manifest_file f;
	const json_t *is;

	if (folder == NULL || asprintf(&path, "%s/%s", folder, MANIFEST_NAME) < 0)
		path = NULL;
	/* One that is damaged has been said to be. */
	if (path == NULL || access(path, F_OK) != 0 || manifest_read(folder, &k->manifest) != 0)
		goto out;
	for (size_t i = 0; manifest_file(k->manifest, i, &f) == 0; i++) {
		is = json_object_get(f.dump, "digest");
		if (strcmp(f.name, plain) != 0 || !json_is_string(is) ||
		    strcmp(json_string_value(is), digest) != 0)
			continue;
		c->server = json_string_value(json_object_get(f.dump, "server"));
		c->taken = json_string_value(json_object_get(f.dump, "started"));
		c->tool = manifest_text(k->manifest, "tool");
		is = json_object_get(f.dump, "position");
		if (c->position == NULL && json_is_object(is))
			c->position = is;
	}
out:
	free(path);
	free(folder);
}

/* A table that a dump of another tool makes or fills. */
static int
on_table(void *ctx, const char *database, const char *table, uint64_t bytes)
{
	struct contents *c = ctx;
	struct contents_table *t = NULL;

	/* The one at hand is nearly always the last. */
	for (size_t i = c->len; i > 0 && t == NULL; i--)
		if (strcmp(c->tables[i - 1].table, table) == 0 &&
		    strcmp(c->tables[i - 1].database, database) == 0)
			t = &c->tables[i - 1];
	if (t == NULL && (t = add(c, database, table)) == NULL)
		return no_memory();
	t->bytes += bytes;
	return 0;
}

int
contents_read(struct dumpfile *d, bool foreign, bool quiet, struct contents **out)
{
	struct contents *c = calloc(1, sizeof(*c));
	const struct sql_source *s = dumpfile_source(d);
	struct promise p = {0};
	int rc;

	*out = NULL;
	if (c == NULL || (c->kept = calloc(1, sizeof(struct kept))) == NULL) {
		free(c);
		return no_memory();
	}
	rc = dumpfile_index(d);
	if (rc == 0)
		rc = promise_read(s, foreign, quiet, &p);
	c->own = p.own;
	c->proven = p.whole;
	c->file_bytes = s->size;
	c->plain_bytes = p.plain;
	if (rc == 0 && p.own) {
		rc = take_mark(c, &p.mark);
		if (rc == 0)
			take_manifest(c, s->name, p.mark.end.sha256);
	} else if (rc == 0) {
		rc = tabletext_read(s, on_table, c);
	}
	marktail_free(&p.mark);
	if (rc == 0)
		*out = c;
	else
		contents_free(c);
	return rc;
}

void
contents_free(struct contents *c)
{
	struct kept *k = c != NULL ? c->kept : NULL;

	if (c == NULL)
		return;
	for (size_t i = 0; i < k->len; i++)
		json_decref(k->notes[i]);
	free(k->notes);
	manifest_free(k->manifest);
	free(k);
	for (size_t i = 0; i < c->len; i++) {
		free(c->tables[i].database);
		free(c->tables[i].table);
	}
	free(c->tables);
	free(c);
}
