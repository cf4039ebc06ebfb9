/*
 * INSERT statements as the lines of a LOAD DATA: where the converter takes one, a slow reader of
 * the statement and a slow reader of the lines, each written from the manual, see the same values.
 */
#include "fuzz.h"

#include <ctype.h>
#include <stdbool.h>
#include <strings.h>

#include "db/convert.h"

enum { COLUMNS = 6, VALUE = 8192 };

static struct field columns[COLUMNS] = {
    {.name = (char *)(uintptr_t) "n", .class = FIELD_NUMBER, .nullable = true},
    {.name = (char *)(uintptr_t) "t", .class = FIELD_TEXT, .nullable = true},
    {.name = (char *)(uintptr_t) "b", .class = FIELD_BINARY, .nullable = true},
    {.name = (char *)(uintptr_t) "y", .class = FIELD_YEAR, .nullable = true},
    {.name = (char *)(uintptr_t) "z", .class = FIELD_TEXT},
    {.name = (char *)(uintptr_t) "g", .class = FIELD_NEVER}};

struct value {
	bool null, number;
	size_t len;
	char text[VALUE];
};

static void
add(struct value *v, char c)
{
	REQUIRE(v->len < VALUE);
	v->text[v->len++] = c;
}

static const char *
spaces(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* One literal at ${p}, which ends with a NUL.  Return what is behind it. */
static const char *
read_literal(const char *p, bool no_backslash, struct value *v)
{
	static const char from[] = "0bnrtZ", to[] = "\0\b\n\r\t\x1a";
	const char *known;
	char *end;

	v->null = v->number = false;
	v->len = 0;
	if (strncasecmp(p, "NULL", 4) == 0) {
		v->null = true;
		return p + 4;
	}
	if (strncasecmp(p, "_binary ", 8) == 0)
		p += 8;
	if (p[0] == '0' && p[1] == 'x') {
		for (p += 2; isxdigit((uint8_t)p[0]) && isxdigit((uint8_t)p[1]); p += 2) {
			const char two[] = {p[0], p[1], '\0'};

			add(v, (char)strtol(two, NULL, 16));
		}
		return p;
	}
	if (*p != '\'') {
		strtod(p, &end);
		REQUIRE(end > p);
		for (v->number = true; p < end; p++)
			add(v, *p);
		return p;
	}
	for (p++;; p++) {
		REQUIRE(*p != '\0');
		if (*p == '\\' && !no_backslash) {
			p++;
			known = strchr(from, *p);
			if (*p == '%' || *p == '_')
				add(v, '\\');
			add(v, known != NULL ? to[known - from] : *p);
		} else if (*p == '\'' && p[1] != '\'') {
			return p + 1;
		} else {
			add(v, *p);
			p += *p == '\'';
		}
	}
}

/* One field of a line at ${p}. */
static const char *
read_field(const char *p, const char *end, struct value *v)
{
	static const char from[] = "0bnrtZ", to[] = "\0\b\n\r\t\x1a";
	const char *known;

	v->len = 0;
	v->null = end - p >= 3 && p[0] == '\\' && p[1] == 'N' && (p[2] == '\t' || p[2] == '\n');
	if (v->null)
		return p + 2;
	for (; p < end && *p != '\t' && *p != '\n'; p++) {
		if (*p == '\\') {
			p++;
			REQUIRE(p < end);
			known = *p != '\0' ? strchr(from, *p) : NULL;
			add(v, known != NULL ? to[known - from] : *p);
		} else {
			add(v, *p);
		}
	}
	REQUIRE(p < end);
	return p;
}

static void
compare(const char *p, const struct convert *c, bool no_backslash, const char *line,
    const char *end, uint64_t rows)
{
	static struct value one, other;
	const struct field *f;

	for (uint64_t row = 0; row < rows; row++) {
		p = spaces(p);
		REQUIRE(*p == (row > 0 ? ',' : '('));
		if (row > 0)
			p = spaces(p + 1);
		REQUIRE(*p == '(');
		for (size_t i = 0; i < c->n; i++) {
			f = c->used[i];
			p = read_literal(spaces(p + 1), no_backslash, &one);
			line = read_field(line, end, &other);
			REQUIRE(one.null == other.null &&
				(one.null || (one.len == other.len &&
						 memcmp(one.text, other.text, one.len) == 0)));
			REQUIRE(!one.null || f->nullable);
			REQUIRE(!one.number || f->class == FIELD_NUMBER ||
				(f->class == FIELD_YEAR && one.len == 4));
			REQUIRE(*line++ == (i + 1 < c->n ? '\t' : '\n'));
			p = spaces(p);
			REQUIRE(*p == (i + 1 < c->n ? ',' : ')'));
		}
		p++;
	}
	REQUIRE(*spaces(p) == '\0' && line == end);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char head[] = "INSERT INTO t (n,t,b) VALUES ";
	const struct token_server server = {101119, true, NULL};
	const struct fields fields = {.items = columns, .len = COLUMNS, .hidden = true};
	struct convert c = {.fields = &fields};
	struct buf text = {0}, out = {0};
	struct lex_statement s = {.delimiter = ";"};
	uint64_t rows = 0, again;
	bool same, whole = size > 0 && (data[0] & 2) != 0;
	char *copy;
	size_t len;

	if (size == 0 || size > VALUE / 2 || memchr(data, '\0', size) != NULL)
		return 0;
	s.no_backslash = (data[0] & 1) != 0;
	/* A whole statement, or the rows of one. */
	if (!whole)
		buf_text(&text, head);
	buf_add(&text, data + 1, size - 1);
	REQUIRE(buf_string(&text) != NULL);
	copy = malloc(text.len > 0 ? text.len : 1); /* a byte read behind it is seen */
	REQUIRE(copy != NULL);
	memcpy(copy, text.data, text.len);
	s.text = copy;
	s.len = text.len;
	buf_text(&out, "before");
	if (convert_rows(&c, &s, &server, &out, &rows, &same)) {
		REQUIRE(rows > 0 && c.head_len <= s.len && c.n > 0);
		compare(text.data + c.head_len, &c, s.no_backslash, out.data + 6,
		    out.data + out.len, rows);
		/* And once more, with its head known. */
		len = out.len;
		REQUIRE(convert_rows(&c, &s, &server, &out, &again, &same));
		REQUIRE(same && again == rows && out.len == 2 * len - 6);
		REQUIRE(memcmp(out.data + 6, out.data + len, len - 6) == 0);
	} else {
		REQUIRE(out.len == 6);
	}
	free(copy);
	convert_free(&c);
	buf_free(&out);
	buf_free(&text);
	return 0;
}
