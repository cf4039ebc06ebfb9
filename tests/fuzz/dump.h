/* Dumps for the fuzz targets: an end mark that fits whatever stands before it. */
#ifndef TESTS_FUZZ_DUMP_H
#define TESTS_FUZZ_DUMP_H

#include "fuzz.h"

#include <inttypes.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/hash.h"
#include "sql/markline.h"

/*
 * Put an end mark behind ${b}, which has a NUL behind it, that is right for everybody who takes each
 * line that looks like one of ours for one; with ${offsets}, it says where the rows are.
 */
static inline void
dump_mark(struct buf *b, bool offsets)
{
	static const char rows_word[] = MARKLINE_PREFIX "rows {", insert[] = "INSERT INTO ";
	struct buf schema = {0}, mark = {0}, region = {0}, note = {0};
	uint64_t rows = 0, all = 0, tables = 0;
	size_t at = 0, n, total = b->len;
	const char *p, *nl, *names = NULL;
	char hex[HASH_HEX];

	for (; at <= total; at += n) {
		p = b->data + at;
		nl = at < total ? memchr(p, '\n', total - at) : NULL;
		n = nl != NULL ? (size_t)(nl - p) + 1 : total - at;
		if (names != NULL && n > 0 &&
		    (*p == '(' || (n >= sizeof(insert) - 1 &&
				      memcmp(p, insert, sizeof(insert) - 1) == 0))) {
			rows += *p == '(';
			buf_add(&region, p, n);
			continue;
		}
		if (names != NULL) {
			hash_bytes(region.data, region.len, hex);
			buf_printf(&mark,
			    "-- siantre-table {%.*s,\"rows\":%" PRIu64 ",\"bytes\":%zu,"
			    "\"sha256\":\"%s\"}\n",
			    (int)strcspn(names, "}\n"), names, rows, region.len, hex);
			buf_printf(&note, "%s%zu", tables > 0 ? "," : "", at - region.len);
			buf_free(&region);
			tables++;
			all += rows;
			names = NULL;
			rows = 0;
		}
		if (n == 0)
			break;
		buf_add(&schema, p, n);
		if (n > sizeof(rows_word) && memcmp(p, rows_word, sizeof(rows_word) - 1) == 0)
			names = p + sizeof(rows_word) - 1;
	}
	if (offsets && tables > 0)
		buf_printf(&mark, MARKLINE_PREFIX "note {\"offsets\":[%.*s]}\n", (int)note.len,
		    note.data);
	hash_bytes(schema.data, schema.len, hex);
	buf_printf(&mark,
	    "-- siantre-end {\"format\":1,\"tables\":%" PRIu64 ",\"rows\":%" PRIu64
	    ",\"bytes\":%zu,\"schema\":\"%s\"",
	    tables, all, total, hex);
	hash_bytes(mark.data, mark.len, hex);
	buf_printf(&mark, ",\"sha256\":\"%s\"}\n", hex);
	buf_add(b, mark.data, mark.len);
	REQUIRE(!b->failed && !mark.failed && !schema.failed);
	buf_free(&schema);
	buf_free(&mark);
	buf_free(&note);
}

#endif
