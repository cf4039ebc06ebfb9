#include "base/buf.h"
#include "sql/endmark.h"
#include "unit.h"

/* A dump by hand: pieces of schema, each with a table and its rows behind it, or without. */
struct part {
	const char *schema;
	const char *table; /* a name as JSON has it; NULL: none */
	const char *rows;  /* NULL: none */
	size_t count;
};

/* How the end mark is spoiled. */
struct lie {
	size_t table; /* which one, from 1 */
	int rows;     /* by how much its rows are wrong */
	int bytes;
	bool digest;
	bool schema;
	int all_bytes;
	int tables;
	const char *inside; /* a line more before the last */
};

static char *
spot(struct buf *d, const char *text)
{
	char *at = memmem(d->data, d->len, text, strlen(text));

	ck_assert_ptr_nonnull(at);
	return at;
}

static void
spoil(char hex[HASH_HEX], bool yes)
{
	if (yes)
		hex[7] = hex[7] == '0' ? '1' : '0';
}

static struct buf
build(const struct part *parts, const struct lie *lie)
{
	struct buf dump = {0}, schema = {0}, mark = {0};
	char hex[HASH_HEX];
	size_t tables = 0, rows = 0;

	for (const struct part *p = parts; p->schema != NULL; p++) {
		const char *data = p->rows != NULL ? p->rows : "";

		buf_text(&schema, p->schema);
		buf_text(&dump, p->schema);
		if (p->table == NULL)
			continue;
		if (p->rows != NULL) {
			buf_printf(&schema,
			    "-- siantre-rows {\"database\":\"d\",\"table\":\"%s\"}\n",
			    p->table);
			buf_printf(&dump,
			    "-- siantre-rows {\"database\":\"d\",\"table\":\"%s\"}\n%s",
			    p->table, data);
		}
		tables++;
		rows += p->count;
		hash_bytes(data, strlen(data), hex);
		spoil(hex, lie != NULL && lie->digest && lie->table == tables);
		buf_printf(&mark,
		    "-- siantre-table "
		    "{\"database\":\"d\",\"table\":\"%s\",\"rows\":%zu,\"bytes\":%zu,"
		    "\"sha256\":\"%s\"}\n",
		    p->table, p->count + (size_t)(lie && lie->table == tables ? lie->rows : 0),
		    strlen(data) + (size_t)(lie && lie->table == tables ? lie->bytes : 0), hex);
	}
	if (lie != NULL && lie->table > 0)
		rows += (size_t)lie->rows;
	if (lie != NULL && lie->inside != NULL)
		buf_text(&mark, lie->inside);
	hash_bytes(schema.data, schema.len, hex);
	spoil(hex, lie != NULL && lie->schema);
	buf_printf(&mark,
	    "-- siantre-end "
	    "{\"format\":1,\"tables\":%zu,\"rows\":%zu,\"bytes\":%zu,\"schema\":\"%s\"",
	    tables + (size_t)(lie ? lie->tables : 0), rows,
	    dump.len + (size_t)(lie ? lie->all_bytes : 0), hex);
	hash_bytes(mark.data, mark.len, hex);
	buf_printf(&mark, ",\"sha256\":\"%s\"}\n", hex);
	buf_add(&dump, mark.data, mark.len);
	buf_free(&schema);
	buf_free(&mark);
	ck_assert(!dump.failed);
	return dump;
}

static const struct part ordinary[] = {
    {"-- siantre-dump 1\nSET NAMES utf8mb4;\n"
     "DROP TABLE IF EXISTS `a`;\nCREATE TABLE `a` (\n  `x` int COMMENT 'it''s'\n);\n",
	"a", "INSERT INTO `a` (`x`) VALUES\n(1),\n(2);\nINSERT INTO `a` (`x`) VALUES\n(3);\n",
	3},
    {"CREATE TABLE `b` (`x` int);\n", "b", NULL, 0},
    {"CREATE TABLE `c` (`x` text);\n", "c", "INSERT INTO `c` (`x`) VALUES\n('I\\n(;''');\n", 1},
    {"CREATE TABLE `\xc3\xa9` (`x` text);\n", "\xc3\xa9",
	"INSERT INTO `\xc3\xa9` (`x`) VALUES\n(NULL);\n", 1},
    {"INSERT IGNORE INTO `z` VALUES (1);\n"
     "DELIMITER ;;\nCREATE FUNCTION f() RETURNS int\n-- siantre-end {}\nRETURN '\n"
     "-- siantre-table {}\n';;\nDELIMITER ;\n/*\n-- siantre-table {}\n*/\n"
     "SET time_zone=@old;\n",
	NULL, NULL, 0},
    {NULL, NULL, NULL, 0}};

/* Push ${len} bytes at ${p}, ${first} of them first, then pieces of ${rest}. */
static int
push(struct endmark *e, const char *p, size_t len, size_t first, size_t rest)
{
	for (size_t n = first; len > 0; p += n, len -= n, n = rest) {
		char *piece;
		int rc;

		n = n > len ? len : n;
		piece = malloc(n); /* ASan sees a byte read behind it */
		memcpy(piece, p, n);
		rc = endmark_add(e, piece, n);
		free(piece);
		if (rc != 0)
			return -1;
	}
	return endmark_finish(e);
}

/* What is wrong with ${len} bytes at ${p}; "" where nothing is. */
static const char *
verdict(const char *p, size_t len)
{
	static char text[700];
	struct endmark *e = endmark_new();
	int rc;

	ck_assert_ptr_nonnull(e);
	rc = push(e, p, len, len, 1);
	ck_assert_int_eq(rc, endmark_error(e) == NULL ? 0 : -1);
	snprintf(text, sizeof(text), "%s", endmark_error(e) != NULL ? endmark_error(e) : "");
	endmark_free(e);
	return text;
}

static const char *
verdict_of(const struct part *parts, const struct lie *lie)
{
	struct buf d = build(parts, lie);
	const char *text = verdict(d.data, d.len);

	buf_free(&d);
	return text;
}

START_TEST(test_ordinary)
{
	struct buf d = build(ordinary, NULL);
	const struct endmark_table *t;
	const char *last, *text = buf_string(&d);
	struct endmark *e = endmark_new();

	ck_assert_int_eq(push(e, d.data, d.len, d.len, 1), 0);
	ck_assert_ptr_null(endmark_error(e));
	ck_assert_uint_eq(endmark_tables(e), 4);
	ck_assert_uint_eq(endmark_rows(e), 5);
	ck_assert_uint_eq(
	    endmark_bytes(e), (size_t)(strstr(text, "-- siantre-table {\"da") - text));
	last = strstr(text, "\"schema\":\"") + 10;
	ck_assert_int_eq(strncmp(endmark_schema(e), last, 64), 0);
	last = text + d.len - 3 - 64;
	ck_assert_int_eq(strncmp(endmark_digest(e), last, 64), 0);
	t = endmark_table(e, 0);
	ck_assert_str_eq(t->database, "d");
	ck_assert_str_eq(t->table, "a");
	ck_assert_uint_eq(t->rows, 3);
	ck_assert_uint_eq(t->bytes, strlen(ordinary[0].rows));
	ck_assert_mem_eq(text + t->offset, ordinary[0].rows, t->bytes);
	t = endmark_table(e, 1);
	ck_assert_str_eq(t->table, "b");
	ck_assert_uint_eq(t->rows, 0);
	ck_assert_uint_eq(t->bytes, 0);
	ck_assert_uint_eq(t->offset, 0);
	t = endmark_table(e, 3);
	ck_assert_str_eq(t->table, "\xc3\xa9");
	ck_assert_mem_eq(text + t->offset, ordinary[3].rows, t->bytes);
	ck_assert_ptr_null(endmark_table(e, 4));
	endmark_free(e);
	buf_free(&d);
}
END_TEST

START_TEST(test_splits)
{
	struct buf d = build(ordinary, NULL);
	struct endmark *e;

	for (size_t n = 1; n <= d.len; n++) {
		e = endmark_new();
		ck_assert_msg(push(e, d.data, d.len, n, d.len) == 0, "cut at %zu: %s", n,
		    endmark_error(e));
		endmark_free(e);
	}
	for (size_t n = 1; n <= 64; n++) {
		e = endmark_new();
		ck_assert_msg(push(e, d.data, d.len, n, n) == 0, "pieces of %zu: %s", n,
		    endmark_error(e));
		ck_assert_uint_eq(endmark_table(e, 2)->bytes, strlen(ordinary[2].rows));
		endmark_free(e);
	}
	buf_free(&d);
}
END_TEST

START_TEST(test_cut)
{
	struct buf d = build(ordinary, NULL);

	for (size_t len = 0; len < d.len; len++)
		ck_assert_msg(strncmp(verdict(d.data, len), "no end mark", 11) == 0,
		    "cut at %zu of %zu", len, d.len);
	buf_free(&d);
}
END_TEST

START_TEST(test_flip)
{
	struct buf d = build(ordinary, NULL);
	static const unsigned char masks[] = {1, 2, 4, 8, 16, 32, 64, 128, 255, '\n' ^ ' '};

	for (size_t at = 0; at < d.len; at++) {
		for (size_t i = 0; i < sizeof(masks); i++) {
			d.data[at] = (char)(d.data[at] ^ masks[i]);
			ck_assert_msg(
			    *verdict(d.data, d.len) != '\0', "byte %zu ^ %d", at, masks[i]);
			d.data[at] = (char)(d.data[at] ^ masks[i]);
		}
	}
	ck_assert_str_eq(verdict(d.data, d.len), "");
	buf_free(&d);
}
END_TEST

START_TEST(test_lost_and_more)
{
	struct buf d = build(ordinary, NULL);
	char *copy = malloc(d.len + 1);

	for (size_t at = 0; at < d.len; at++) {
		memcpy(copy, d.data, at); /* one byte lost */
		memcpy(copy + at, d.data + at + 1, d.len - at - 1);
		ck_assert_msg(*verdict(copy, d.len - 1) != '\0', "byte %zu lost", at);
		memcpy(copy + at + 1, d.data + at, d.len - at); /* and one more */
		for (const char *c = "\n;'( "; *c != '\0'; c++) {
			copy[at] = *c;
			ck_assert_msg(
			    *verdict(copy, d.len + 1) != '\0', "0x%02x at %zu", *c, at);
		}
	}
	free(copy);
	buf_free(&d);
}
END_TEST

START_TEST(test_words)
{
	static const struct {
		struct lie lie;
		const char *words;
	} lies[] = {
	    {{.table = 1, .rows = 1}, "rows of table `d`.`a` differ: 3 counted, 4 promised"},
	    {{.table = 3, .rows = -1}, "rows of table `d`.`c` differ: 1 counted, 0 promised"},
	    {{.table = 2, .rows = 7}, "rows of table `d`.`b` are missing: 7 promised"},
	    {{.table = 1, .digest = true}, "digest of table `d`.`a` differs"},
	    {{.table = 2, .digest = true}, "digest of table `d`.`b` differs"},
	    {{.table = 3, .bytes = 1},
		"bytes of table `d`.`c` differ: 42 counted, 43 promised"},
	    {{.schema = true}, "digest of the schema differs"},
	    {{.all_bytes = 1}, "676 bytes before the end mark, 677 promised"},
	    {{.tables = 1}, "end mark: 4 tables and 5 rows listed, 5 and 5 promised"},
	    {{.inside = "\n"}, "end mark: a line that does not belong there"},
	    {{.inside = "SELECT 1;\n"}, "end mark: a line that does not belong there"},
	    {{.inside = "-- siantre-rows {\"database\":\"d\",\"table\":\"a\"}\n"},
		"end mark: a line that does not belong there"},
	    {{.inside = "-- siantre-table {}\n"}, "end mark: a siantre-table line is damaged"},
	    {{.inside = "-- siantre-table {\"database\":\"d\",\"table\":\"x\",\"rows\":-1,"
			"\"bytes\":0,\"sha256\":\"\"}\n"},
		"end mark: a siantre-table line is damaged"},
	    {{.inside = "-- siantre-note [1]\n"}, "end mark: a siantre-note line is damaged"},
	    {{.inside = "-- siantre-end {}\n"}, "end mark: the siantre-end line is damaged"},
	};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
		ck_assert_str_eq(verdict_of(ordinary, &lies[i].lie), lies[i].words);
}
END_TEST

START_TEST(test_damage_words)
{
	struct buf d = build(ordinary, NULL);
	char *at;

	at = spot(&d, "\n(2)") + 2;
	*at = '3';
	ck_assert_str_eq(verdict(d.data, d.len), "digest of table `d`.`a` differs");
	*at = '2';
	at[-1] = '[';
	ck_assert_str_eq(
	    verdict(d.data, d.len), "rows of table `d`.`a` differ: 1 counted, 3 promised");
	at[-1] = '(';
	at = spot(&d, "COMMENT");
	*at = 'X';
	ck_assert_str_eq(verdict(d.data, d.len), "digest of the schema differs");
	*at = 'C';
	at = spot(&d, "it''s");
	*at = '\'';
	ck_assert_str_eq(verdict(d.data, d.len), "line 17, column 4: client command \\n");
	*at = 'i';
	at = spot(&d, "SET time");
	*at = '\'';
	ck_assert_str_eq(
	    verdict(d.data, d.len), "no end mark; line 33, column 1: string without end");
	*at = '\\';
	ck_assert_str_eq(verdict(d.data, d.len), "line 33, column 1: client command \\E");
	*at = 'S';
	at = spot(&d, "\"rows\":3") + 7;
	*at = '4';
	ck_assert_str_eq(verdict(d.data, d.len), "digest of the end mark differs");
	*at = '3';
	buf_add(&d, "\n", 1);
	ck_assert_str_eq(verdict(d.data, d.len), "bytes behind the end mark");
	d.len--;
	ck_assert_str_eq(verdict(d.data, d.len), "");
	ck_assert_str_eq(verdict(d.data, d.len - 1), "no end mark");
	ck_assert_str_eq(verdict("", 0), "no end mark");
	ck_assert_str_eq(verdict("SELECT 1;\n", 10), "no end mark");
	ck_assert_str_eq(verdict("-- siantre-rows {}\n", 19), "a siantre-rows line is damaged");
	buf_free(&d);
}
END_TEST

START_TEST(test_regions)
{
	static const struct part none[] = {{"-- siantre-dump 1\n", NULL, NULL, 0}, {0}};
	static const struct part empty[] = {
	    {"", "a", "", 0}, {"", "b", "(1);\n", 1}, {"x;\n", NULL, NULL, 0}, {0}};
	/* What ends a region: all that can stand behind one, cut words of INSERT INTO too. */
	static const char *const ends[] = {"\n", ";\n", "I;\n", "INSERT;\n", "INSERT INTO;\n",
	    "INSERT IGNORE INTO `z` VALUES\n(1);\n", "insert into `z` VALUES\n(1);\n",
	    " (1);\n", "-- siantre-dump 1\n", "/* x */\n"};
	/* Not in the end mark, though its bytes are. */
	static const struct part hidden[] = {
	    {"-- siantre-rows {\"database\":\"d\",\"table\":\"h\"}\n(1);\n", NULL, NULL, 0},
	    {0}};

	ck_assert_str_eq(verdict_of(none, NULL), "");
	ck_assert_str_eq(verdict_of(empty, NULL), "");
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct part p[] = {{"", "a", "INSERT INTO `a` VALUES\n(1);\n", 1},
		    {ends[i], "b", "INSERT INTO `b` VALUES\n(1);\n", 1}, {0}};
		struct buf d = build(p, NULL);

		for (size_t n = 1; n <= 40; n++) {
			struct endmark *e = endmark_new();

			ck_assert_msg(push(e, d.data, d.len, n, n) == 0,
			    "%s, pieces of %zu: %s", ends[i], n, endmark_error(e));
			endmark_free(e);
		}
		buf_free(&d);
	}
	/* Names that look like anything else, in backquotes. */
	static const char names[] =
	    "INSERT INTO `a\n(2);\n` (`\n-- siantre-end {}\n``\nINSERT INTO `,```\n`) VALUES\n"
	    "('`'),\n(1);\nINSERT INTO `a\n(2);\n` (```\n```,`x`) VALUES\n('\\n`');\n";
	for (size_t n = 1; n <= 40; n++) {
		static const struct part p[] = {
		    {"", "a", names, 3}, {"x;\n", NULL, NULL, 0}, {0}};
		struct buf d = build(p, NULL);
		struct endmark *e = endmark_new();

		ck_assert_msg(push(e, d.data, d.len, n, n) == 0, "pieces of %zu: %s", n,
		    endmark_error(e));
		endmark_free(e);
		buf_free(&d);
	}
	ck_assert_str_eq(
	    verdict_of(hidden, NULL), "rows of table `d`.`h` are not in the end mark");
}
END_TEST

/* A line counts only where a statement may begin. */
START_TEST(test_boundaries)
{
	static const char *const hiding[] = {"SELECT '\n%s';\n", "SELECT \"\n%s\";\n",
	    "SELECT `\n%s`;\n", "/*\n%s*/\n", "SELECT 1\n%s;\n", "/*!50000 SELECT 1\n%s*/;\n",
	    "DELIMITER //\nCREATE x;\n%s//\nDELIMITER ;\n",
	    "SET sql_mode='NO_BACKSLASH_ESCAPES';\nSELECT '\\', '\n%s';\nSET sql_mode='';\n",
	    " %s", "x; %s", "%.0s--  siantre-end {}\n", "%.0s-- Siantre-end {}\n",
	    "%.0s-- siantre-end\n", "%.0s-- siantre-endless {}\n", "%.0s-- siantre-ending\n"};
	static const char *const lines[] = {
	    "-- siantre-end {}\n", "-- siantre-table {}\n", "-- siantre-rows {}\n"};
	char schema[256];

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	for (size_t i = 0; i < sizeof(hiding) / sizeof(hiding[0]); i++) {
		for (size_t j = 0; j < 3; j++) {
			struct part p[] = {{schema, "b", "(1);\n", 1}, {0}};

			snprintf(schema, sizeof(schema), hiding[i], lines[j]);
			ck_assert_msg(*verdict_of(p, NULL) == '\0', "%s: %s", schema,
			    verdict_of(p, NULL));
		}
	}
}
END_TEST

START_TEST(test_notes)
{
	static const struct lie notes = {
	    .inside = "-- siantre-note {\"view\":\"v\"}\n-- siantre-note {}\n"};
	static const struct part none[] = {{"SET x;\n", NULL, NULL, 0}, {0}};
	struct buf d = build(ordinary, &notes);
	struct endmark *e = endmark_new();

	ck_assert_int_eq(push(e, d.data, d.len, 100, 100), 0);
	endmark_free(e);
	buf_free(&d);
	/* They stand in the end mark even where it lists no table. */
	ck_assert_str_eq(verdict_of(none, &notes), "");
}
END_TEST

/* Names can hold anything; messages cannot. */
START_TEST(test_names)
{
	static const struct part p[] = {{"", "a\\n\\u001b[31m`", "(1);\n", 1}, {0}};
	static const struct lie lie = {.table = 1, .digest = true};
	struct buf d = build(p, NULL);
	struct endmark *e = endmark_new();

	ck_assert_int_eq(push(e, d.data, d.len, d.len, 1), 0);
	ck_assert_str_eq(endmark_table(e, 0)->table, "a\n\x1b[31m`");
	endmark_free(e);
	buf_free(&d);
	ck_assert_str_eq(verdict_of(p, &lie), "digest of table `d`.`a??[31m`` differs");
}
END_TEST

/* Limits: a line of ours is at most 1 MiB; any other may be of any length. */
START_TEST(test_long)
{
	enum { MIB = 1 << 20 };
	static const char head[] = "-- siantre-x ";
	struct endmark *e;
	char *line = malloc(2 * MIB);

	memset(line, 'x', 2 * MIB);
	memcpy(line, head, sizeof(head) - 1);
	e = endmark_new();
	line[MIB - 1] = '\n';
	ck_assert_int_eq(endmark_add(e, line, MIB), 0);
	line[MIB - 1] = 'x';
	ck_assert_int_eq(endmark_add(e, line, MIB), 0);
	ck_assert_int_eq(endmark_add(e, "\n", 1), -1);
	ck_assert_str_eq(endmark_error(e), "a -- siantre- line of more than 1 MiB");
	ck_assert_int_eq(endmark_add(e, "\n", 1), -1);
	ck_assert_int_eq(endmark_finish(e), -1);
	endmark_free(e);
	e = endmark_new();
	line[3] = 'x';
	for (int i = 0; i < 8; i++)
		ck_assert_int_eq(endmark_add(e, line, 2 * MIB), 0);
	ck_assert_int_eq(endmark_finish(e), -1);
	ck_assert_str_eq(endmark_error(e), "no end mark");
	endmark_free(e);
	free(line);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("endmark");

	tcase_add_test(t, test_ordinary);
	tcase_add_test(t, test_splits);
	tcase_add_test(t, test_cut);
	tcase_add_test(t, test_flip);
	tcase_add_test(t, test_lost_and_more);
	tcase_add_test(t, test_words);
	tcase_add_test(t, test_damage_words);
	tcase_add_test(t, test_regions);
	tcase_add_test(t, test_boundaries);
	tcase_add_test(t, test_notes);
	tcase_add_test(t, test_names);
	tcase_add_test(t, test_long);
	return unit_main(t);
}
