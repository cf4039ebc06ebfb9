#include "sql/markwrite.h"

#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sysexits.h>

#include <jansson.h>

#include "base/json.h"
#include "sql/markline.h"

enum { OFFSETS_LINE = 1000 }; /* of one note */

/* Append "-- siantre-KIND {…}\n" and free ${o}. */
static int
add_line(struct buf *b, const char *kind, json_t *o)
{
	char *text = o != NULL ? json_format(o, JSON_COMPACT) : NULL;

	json_decref(o);
	if (text == NULL) {
		warnx("dump: out of memory");
		return EX_OSERR;
	}
	buf_printf(b, MARKLINE_PREFIX "%s %s\n", kind, text);
	free(text);
	return buf_string(b) == NULL ? EX_OSERR : 0;
}

/* {"database":…,"table":… as such lines begin. */
static json_t *
names(const char *database, const char *table)
{
	return json_pack("{s:o,s:o}", "database", json_string_nocheck(database), "table",
	    json_string_nocheck(table));
}

int
markwrite_rows(struct buf *b, const char *database, const char *table)
{
	return add_line(b, "rows", names(database, table));
}

int
markwrite_table(struct buf *b, const struct endmark_table *t)
{
	json_t *o = names(t->database, t->table);

	if (o != NULL) {
		json_object_set_new(o, "rows", json_integer((json_int_t)t->rows));
		json_object_set_new(o, "bytes", json_integer((json_int_t)t->bytes));
		json_object_set_new(o, "sha256", json_string(t->sha256));
	}
	return add_line(b, "table", o);
}

int
markwrite_offsets(struct buf *b, const uint64_t *offsets, size_t n)
{
	json_t *list;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i += OFFSETS_LINE) {
		list = json_array();
		for (size_t k = i; k < n && k < i + OFFSETS_LINE; k++)
			json_array_append_new(list, json_integer((json_int_t)offsets[k]));
		rc = add_line(b, "note", json_pack("{s:o}", "offsets", list));
	}
	return rc;
}

int
markwrite_end(struct buf *b, size_t tables, uint64_t rows, uint64_t bytes,
    const char schema[HASH_HEX], char digest[HASH_HEX])
{
	buf_printf(b,
	    MARKLINE_PREFIX "end {\"format\":1,\"tables\":%zu,\"rows\":%" PRIu64
			    ",\"bytes\":%" PRIu64 ",\"schema\":\"%s\"",
	    tables, rows, bytes, schema);
	if (buf_string(b) == NULL)
		return EX_OSERR;
	hash_bytes(b->data, b->len, digest);
	buf_printf(b, ",\"sha256\":\"%s\"}\n", digest);
	return buf_string(b) == NULL ? EX_OSERR : 0;
}
