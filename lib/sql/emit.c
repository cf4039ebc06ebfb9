#include "sql/emit.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/buf.h"
#include "base/io.h"

struct emit {
	int fd;
	struct hash *schema;
	struct hash *rows;
	struct emit_table *tables;
	size_t ntables;
	size_t size;
	uint64_t offset;
	uint64_t total_rows;
	char digest[HASH_HEX];
};

struct emit *
emit_new(int fd)
{
	struct emit *e = calloc(1, sizeof(*e));

	if (e == NULL) {
		warn("dump");
		return NULL;
	}
	e->fd = fd;
	e->schema = hash_start();
	e->rows = hash_start();
	if (e->schema == NULL || e->rows == NULL) {
		emit_free(e);
		return NULL;
	}
	return e;
}

static int
put(struct emit *e, const char *bytes, size_t len)
{
	if (e->fd >= 0 && io_write(e->fd, bytes, len) != 0)
		return io_write_exit();
	e->offset += len;
	return 0;
}

int
emit_text(struct emit *e, const char *text, size_t len)
{
	hash_add(e->schema, text, len);
	return put(e, text, len);
}

/* {"database":…,"table":… as the end mark and the rows line begin; the caller frees it. */
static json_t *
table_object(const struct emit_table *t)
{
	json_t *o = json_pack("{s:o,s:o}", "database", json_string_nocheck(t->database),
	    "table", json_string_nocheck(t->name));

	if (o == NULL)
		warnx("dump: out of memory");
	return o;
}

/* Append "-- siantre-KIND {…}\n" and free ${o}. */
static int
add_line(struct buf *b, const char *kind, json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	json_decref(o);
	if (text == NULL) {
		warnx("dump: out of memory");
		return EX_OSERR;
	}
	buf_printf(b, "-- siantre-%s %s\n", kind, text);
	free(text);
	return b->failed ? EX_OSERR : 0;
}

int
emit_table(struct emit *e, const char *database, const char *name)
{
	struct emit_table *t;
	size_t size;

	if (e->ntables == e->size) {
		size = e->size == 0 ? 64 : e->size * 2;
		t = reallocarray(e->tables, size, sizeof(*t));
		if (t == NULL) {
			warn("dump");
			return EX_OSERR;
		}
		e->tables = t;
		e->size = size;
	}
	t = &e->tables[e->ntables];
	memset(t, 0, sizeof(*t));
	t->database = database;
	t->name = name;
	t->schema_offset = e->offset;
	return 0;
}

int
emit_rows(struct emit *e, const char *bytes, size_t len, uint64_t rows)
{
	struct emit_table *t = &e->tables[e->ntables];
	struct buf line = {0};
	json_t *o;
	int rc = 0;

	if (t->bytes == 0) {
		o = table_object(t);
		rc = o == NULL ? EX_OSERR : add_line(&line, "rows", o);
		if (rc == 0)
			rc = emit_text(e, line.data, line.len);
		buf_free(&line);
		if (rc != 0)
			return rc;
		t->offset = e->offset;
	}
	hash_add(e->rows, bytes, len);
	t->bytes += len;
	t->rows += rows;
	return put(e, bytes, len);
}

int
emit_table_end(struct emit *e)
{
	struct emit_table *t = &e->tables[e->ntables];

	hash_take(e->rows, t->sha256);
	e->total_rows += t->rows;
	e->ntables++;
	return 0;
}

int
emit_end(struct emit *e, const char *notes, size_t len)
{
	struct buf b = {0};
	char schema[HASH_HEX];
	uint64_t bytes = e->offset;
	json_t *o;
	int rc = EX_OSERR;

	hash_take(e->schema, schema);
	for (size_t i = 0; i < e->ntables; i++) {
		const struct emit_table *t = &e->tables[i];

		o = table_object(t);
		if (o == NULL)
			goto out;
		json_object_set_new(o, "rows", json_integer((json_int_t)t->rows));
		json_object_set_new(o, "bytes", json_integer((json_int_t)t->bytes));
		json_object_set_new(o, "sha256", json_string(t->sha256));
		if (add_line(&b, "table", o) != 0)
			goto out;
	}
	buf_add(&b, notes, len);
	buf_printf(&b,
	    "-- siantre-end {\"format\":1,\"tables\":%zu,\"rows\":%" PRIu64
	    ",\"bytes\":%" PRIu64 ",\"schema\":\"%s\"",
	    e->ntables, e->total_rows, bytes, schema);
	if (buf_string(&b) == NULL)
		goto out;
	hash_bytes(b.data, b.len, e->digest);
	buf_printf(&b, ",\"sha256\":\"%s\"}\n", e->digest);
	if (buf_string(&b) == NULL)
		goto out;
	rc = put(e, b.data, b.len);
out:
	buf_free(&b);
	return rc;
}

uint64_t
emit_offset(const struct emit *e)
{
	return e->offset;
}

const struct emit_table *
emit_tables(const struct emit *e, size_t *n)
{
	*n = e->ntables;
	return e->tables;
}

const char *
emit_digest(const struct emit *e)
{
	return e->digest;
}

void
emit_free(struct emit *e)
{
	if (e == NULL)
		return;
	hash_free(e->schema);
	hash_free(e->rows);
	free(e->tables);
	free(e);
}
