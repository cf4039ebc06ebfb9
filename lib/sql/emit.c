#include "sql/emit.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/io.h"
#include "sql/markwrite.h"

struct emit {
	int fd;
	struct hash schema;
	struct hash rows;
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
	hash_start(&e->schema);
	hash_start(&e->rows);
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
	hash_add(&e->schema, text, len);
	return put(e, text, len);
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
	int rc = 0;

	if (t->bytes == 0) {
		rc = markwrite_rows(&line, t->database, t->name);
		if (rc == 0)
			rc = emit_text(e, line.data, line.len);
		buf_free(&line);
		if (rc != 0)
			return rc;
		t->offset = e->offset;
	}
	hash_add(&e->rows, bytes, len);
	t->bytes += len;
	t->rows += rows;
	return put(e, bytes, len);
}

int
emit_table_end(struct emit *e)
{
	struct emit_table *t = &e->tables[e->ntables];

	hash_take(&e->rows, t->sha256);
	e->total_rows += t->rows;
	e->ntables++;
	return 0;
}

/* The end mark's lines about tables, and where their rows begin. */
static int
put_tables(const struct emit *e, struct buf *b)
{
	uint64_t *offsets = calloc(e->ntables + 1, sizeof(*offsets));
	int rc = 0;

	if (offsets == NULL) {
		warn("dump");
		return EX_OSERR;
	}
	for (size_t i = 0; rc == 0 && i < e->ntables; i++) {
		const struct emit_table *t = &e->tables[i];
		struct endmark_table said = {.database = t->database,
		    .table = t->name,
		    .rows = t->rows,
		    .bytes = t->bytes};

		memcpy(said.sha256, t->sha256, sizeof(said.sha256));
		offsets[i] = t->offset;
		rc = markwrite_table(b, &said);
	}
	if (rc == 0)
		rc = markwrite_offsets(b, offsets, e->ntables);
	free(offsets);
	return rc;
}

int
emit_end(struct emit *e, const char *notes, size_t len)
{
	struct buf b = {0};
	char schema[HASH_HEX];
	int rc;

	hash_take(&e->schema, schema);
	rc = put_tables(e, &b);
	buf_add(&b, notes, len);
	if (rc == 0)
		rc = markwrite_end(&b, e->ntables, e->total_rows, e->offset, schema, e->digest);
	if (rc == 0)
		rc = put(e, b.data, b.len);
	buf_free(&b);
	return rc;
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
	free(e->tables);
	free(e);
}
