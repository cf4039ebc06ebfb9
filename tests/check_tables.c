#include "drill/tables.h"
#include "unit.h"

#include "base/buf.h"

struct table {
	const char *database;
	const char *name;
	const char *rows; /* one line each; NULL ends the list */
};

/* A dump by hand with a true end mark, read. */
static struct endmark *
dump(const struct table *tables)
{
	struct buf text = {0}, schema = {0}, mark = {0};
	struct endmark *e = endmark_new();
	size_t count = 0, total = 0, rows;
	char hex[HASH_HEX], line[256];

	buf_text(&text, "-- siantre-dump 1\n");
	buf_text(&schema, "-- siantre-dump 1\n");
	for (const struct table *t = tables; t->rows != NULL; t++, count++) {
		snprintf(line, sizeof(line),
		    "-- siantre-rows {\"database\":\"%s\",\"table\":\"%s\"}\n", t->database,
		    t->name);
		buf_text(&text, line);
		buf_text(&schema, line);
		buf_text(&text, t->rows);
		rows = 0;
		for (const char *c = t->rows; *c != '\0'; c++)
			rows += *c == '(';
		total += rows;
		hash_bytes(t->rows, strlen(t->rows), hex);
		buf_printf(&mark,
		    "-- siantre-table {\"database\":\"%s\",\"table\":\"%s\",\"rows\":%zu,"
		    "\"bytes\":%zu,\"sha256\":\"%s\"}\n",
		    t->database, t->name, rows, strlen(t->rows), hex);
	}
	hash_bytes(schema.data, schema.len, hex);
	buf_printf(&mark,
	    "-- siantre-end {\"format\":1,\"tables\":%zu,\"rows\":%zu,\"bytes\":%zu,"
	    "\"schema\":\"%s\"",
	    count, total, text.len, hex);
	hash_bytes(mark.data, mark.len, hex);
	buf_printf(&mark, ",\"sha256\":\"%s\"}\n", hex);
	ck_assert_int_eq(endmark_add(e, text.data, text.len), 0);
	ck_assert_int_eq(endmark_add(e, mark.data, mark.len), 0);
	ck_assert_msg(endmark_finish(e) == 0, "%s", endmark_error(e));
	buf_free(&text);
	buf_free(&schema);
	buf_free(&mark);
	return e;
}

#define ONE "INSERT INTO `t` VALUES\n(1);\n"
#define TWO "INSERT INTO `t` VALUES\n(1),\n(2);\n"
#define ODD "INSERT INTO `t` VALUES\n(3);\n"

static void
differ(
    const struct table *a, const struct table *b, bool named, size_t count, const char *words)
{
	struct endmark *saved = dump(a), *restored = dump(b);
	char text[1024];

	ck_assert_uint_eq(tables_compare(saved, restored, named, text, sizeof(text)), count);
	ck_assert_msg(strstr(text, words) == text, "%s", text);
	ck_assert(count > 0 || *text == '\0');
	endmark_free(saved);
	endmark_free(restored);
}

START_TEST(rows_and_digests)
{
	const struct table a[] = {{"d", "t", ONE}, {"d", "u", TWO}, {0}};
	const struct table turned[] = {{"d", "u", TWO}, {"d", "t", ONE}, {0}};
	const struct table fewer[] = {{"d", "t", ONE}, {"d", "u", ONE}, {0}};
	const struct table odd[] = {{"d", "t", ODD}, {"d", "u", TWO}, {0}};
	const struct table gone[] = {{"d", "u", TWO}, {0}};

	differ(a, a, true, 0, "");
	differ(a, turned, true, 0, "");
	differ(a, fewer, true, 1, "table u: 2 rows were saved, 1 came back");
	differ(a, odd, true, 1, "table t: its rows came back changed (digest ");
	differ(a, gone, true, 1, "table t did not come back");
	differ(gone, a, true, 1, "table t came back and was not saved");
}
END_TEST

START_TEST(a_table_without_rows_is_no_difference)
{
	const struct table a[] = {{"d", "t", ONE}, {0}};
	const struct table more[] = {{"d", "t", ONE}, {"d", "u", ""}, {0}};
	const struct table none[] = {{0}};

	differ(a, more, true, 0, "");
	differ(none, none, true, 0, "");
	differ(none, a, true, 1, "table t came back");
}
END_TEST

START_TEST(names_of_databases)
{
	const struct table a[] = {{"d", "t", ONE}, {"e", "t", TWO}, {0}};
	const struct table swapped[] = {{"d", "t", TWO}, {"e", "t", ONE}, {0}};
	const struct table one[] = {{"d", "t", ONE}, {0}}, other[] = {{"x", "t", ONE}, {0}};

	differ(a, a, true, 0, "");
	differ(a, swapped, true, 2, "table t: 1 rows were saved, 2 came back; table t: 2 rows");
	differ(one, other, true, 2, "table t did not come back; table t came back");
	differ(one, other, false, 0, "");
}
END_TEST

START_TEST(many_differences_are_counted)
{
	const struct table a[] = {{"d", "a", ONE}, {"d", "b", ONE}, {"d", "c", ONE},
	    {"d", "d", ONE}, {"d", "e", ONE}, {"d", "f", ONE}, {"d", "g", ONE}, {0}};
	const struct table none[] = {{0}};
	struct endmark *saved = dump(a), *restored = dump(none);
	char text[1024], little[40];

	ck_assert_uint_eq(tables_compare(saved, restored, true, text, sizeof(text)), 7);
	ck_assert_ptr_nonnull(strstr(text, "table e did not come back; and 2 more"));
	ck_assert_ptr_null(strstr(text, "table f"));
	/* A short buffer is filled, and no more. */
	ck_assert_uint_eq(tables_compare(saved, restored, true, little, sizeof(little)), 7);
	ck_assert_uint_eq(strlen(little), sizeof(little) - 1);
	endmark_free(saved);
	endmark_free(restored);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("tables");

	tcase_add_test(t, rows_and_digests);
	tcase_add_test(t, a_table_without_rows_is_no_difference);
	tcase_add_test(t, names_of_databases);
	tcase_add_test(t, many_differences_are_counted);
	return unit_main(t);
}
