#include "contents.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/num.h"
#include "base/plain.h"

/* database.table; NULL without memory. */
static char *
full_name(const char *database, const char *table)
{
	char *name;

	if (asprintf(&name, "%s%s%s", database, *database != '\0' ? "." : "", table) < 0)
		return NULL;
	return plain_text(name);
}

static uint64_t
all_bytes(const struct contents *c)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->len; i++)
		bytes += c->tables[i].bytes;
	return bytes;
}

static void
print_table(const struct contents_table *t, uint64_t bytes, int width, FILE *out)
{
	char *name = full_name(t->database, t->table), size[24], rows[24] = "-";

	if (t->rows_known)
		snprintf(rows, sizeof(rows), "%ju", (uintmax_t)t->rows);
	fprintf(out, "%-*s %12s %10s %5.1f%%\n", width, name != NULL ? name : "?", rows,
	    num_human(size, sizeof(size), t->bytes),
	    bytes > 0 ? 100.0 * (double)t->bytes / (double)bytes : 0.0);
	free(name);
}

/* "WHAT: TEXT", on one line. */
static void
print_fact(FILE *out, const char *what, const char *text)
{
	char *copy = text != NULL ? strdup(text) : NULL;

	if (copy != NULL)
		fprintf(out, "%s: %s\n", what, plain_text(copy));
	free(copy);
}

static void
print_position(const json_t *position, FILE *out)
{
	const char *file = json_string_value(json_object_get(position, "file"));
	const json_int_t at = json_integer_value(json_object_get(position, "pos"));
	char *text = NULL;

	if (file == NULL || asprintf(&text, "%s:%jd", file, (intmax_t)at) < 0)
		return;
	print_fact(out, "binary log", text);
	print_fact(out, "GTID", json_string_value(json_object_get(position, "gtid")));
	free(text);
}

/* What is not in the dump: each name on a line. */
static void
print_left_out(const json_t *list, const char *what, FILE *out)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		const char *d = json_string_value(json_object_get(o, "database"));
		const char *t = json_string_value(json_object_get(o, "table"));
		char *name = d != NULL && t != NULL ? full_name(d, t) : NULL;

		print_fact(out, what, name);
		free(name);
	}
}

static void
print_missing(const struct contents *c, FILE *out)
{
	print_fact(
	    out, "only rows where", json_string_value(json_object_get(c->partial, "where")));
	print_left_out(json_object_get(c->partial, "without_rows"), "without its rows", out);
	print_left_out(json_object_get(c->partial, "left_out"), "left out", out);
	for (size_t i = 0; i < json_array_size(c->warnings); i++)
		print_fact(out, "warning", json_string_value(json_array_get(c->warnings, i)));
}

void
contents_print(const struct contents *c, FILE *out)
{
	char size[24], *full;
	const uint64_t bytes = all_bytes(c);
	uint64_t rows = 0;
	bool known = c->len > 0;
	int width = 20;

	for (size_t i = 0; i < c->len; i++) {
		full = full_name(c->tables[i].database, c->tables[i].table);
		if (full != NULL && (int)strlen(full) > width)
			width = (int)strlen(full);
		free(full);
		rows += c->tables[i].rows;
		known = known && c->tables[i].rows_known;
	}
	fprintf(out, "%-*s %12s %10s %6s\n", width, "table", "rows", "size", "share");
	for (size_t i = 0; i < c->len; i++)
		print_table(&c->tables[i], bytes, width, out);
	fprintf(out, "%zu tables", c->len);
	if (known)
		fprintf(out, ", %ju rows", (uintmax_t)rows);
	fprintf(out, ", %s of rows", num_human(size, sizeof(size), bytes));
	fprintf(out, "; file of %s\n", num_human(size, sizeof(size), c->file_bytes));
	print_fact(out, "taken", c->taken);
	print_position(c->position, out);
	print_fact(out, "server", c->server);
	print_fact(out, "made by", c->tool);
	print_missing(c, out);
	if (c->proven)
		fprintf(out, "proven: all of it was read and agrees with its end mark\n");
	else if (c->own)
		fprintf(
		    out, "not proven: only the end mark was read; siantre-verify proves all\n");
	else
		fprintf(out, "not proven: a dump of another tool has no end mark\n");
}

static json_t *
text_or_null(const char *text)
{
	return text != NULL ? json_text(text) : json_null();
}

static json_t *
copy_or_null(const json_t *value)
{
	return value != NULL ? json_deep_copy(value) : json_null();
}

int
contents_json(const struct contents *c, const char *name, FILE *out)
{
	json_t *tables = json_array(), *o;
	char *line = NULL;
	size_t len;

	for (size_t i = 0; i < c->len; i++) {
		const struct contents_table *t = &c->tables[i];

		json_array_append_new(
		    tables, json_pack("{s:o,s:o,s:o,s:I}", "database",
				*t->database != '\0' ? json_text(t->database) : json_null(),
				"table", json_text(t->table), "rows",
				t->rows_known ? json_integer((json_int_t)t->rows) : json_null(),
				"bytes", (json_int_t)t->bytes));
	}
	o = json_pack("{s:o,s:b,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:o,s:o}", "dump", json_text(name),
	    "proven", c->proven, "taken", text_or_null(c->taken), "position",
	    copy_or_null(c->position), "server", text_or_null(c->server), "tool",
	    text_or_null(c->tool), "partial", copy_or_null(c->partial), "warnings",
	    copy_or_null(c->warnings), "bytes", (json_int_t)c->file_bytes, "plain_bytes",
	    c->own ? json_integer((json_int_t)c->plain_bytes) : json_null(), "tables", tables);
	if (o != NULL)
		line = json_line(o, &len);
	json_decref(o);
	if (line == NULL) {
		warnx("out of memory");
		return -1;
	}
	(void)fwrite(line, 1, len, out); /* looked at in the end */
	free(line);
	return 0;
}
