#include <string.h>

#include "db/columns.h"
#include "unit.h"

/* How the column `c` of a type and character set is read and written. */
struct form {
	const char *type, *charset;
	const char *mariadb, *mysql; /* what reads it; NULL: the same */
	enum row_kind kind;
};

static const struct form forms[] = {
    {"int", NULL, "`c`", NULL, ROW_NUMBER},
    {"bigint", NULL, "`c`", NULL, ROW_NUMBER},
    {"decimal", NULL, "`c`", NULL, ROW_NUMBER},
    {"year", NULL, "`c`", NULL, ROW_NUMBER},
    {"double", NULL, "`c`", NULL, ROW_NUMBER},
    /* Six digits are not enough; MySQL casts to DOUBLE since 8.0.17 only. */
    {"float", NULL, "CAST(`c` AS DOUBLE)", "(0E0+`c`)", ROW_NUMBER},
    {"date", NULL, "`c`", NULL, ROW_PLAIN},
    {"datetime", NULL, "`c`", NULL, ROW_PLAIN},
    {"timestamp", NULL, "`c`", NULL, ROW_PLAIN},
    {"time", NULL, "`c`", NULL, ROW_PLAIN},
    {"uuid", NULL, "`c`", NULL, ROW_PLAIN},
    {"inet4", NULL, "`c`", NULL, ROW_PLAIN},
    {"inet6", NULL, "`c`", NULL, ROW_PLAIN},
    {"varchar", "utf8mb4", "`c`", NULL, ROW_TEXT},
    {"enum", "latin1", "`c`", NULL, ROW_TEXT},
    {"set", "utf8mb3", "`c`", NULL, ROW_TEXT},
    {"longtext", "utf16", "`c`", NULL, ROW_TEXT}, /* MariaDB's JSON is one, of utf8mb4 */
    /* MySQL's JSON takes no binary strings, and has no character set. */
    {"json", NULL, "CONVERT(`c` USING utf8mb4)", NULL, ROW_TEXT},
    /* Text that UTF-8 does not bring back. */
    {"varchar", "gbk", "CAST(`c` AS BINARY)", NULL, ROW_MIXED},
    {"enum", "gb18030", "CAST(`c` AS BINARY)", NULL, ROW_MIXED},
    {"char", "cp1251", "CAST(`c` AS BINARY)", NULL, ROW_MIXED},
    {"char", "ascii", "CAST(`c` AS BINARY)", NULL, ROW_MIXED},
    {"text", "sjis", "CAST(`c` AS BINARY)", NULL, ROW_FOREIGN},
    {"text", "swe7", "CAST(`c` AS BINARY)", NULL, ROW_FOREIGN},
    {"text", "of_tomorrow", "CAST(`c` AS BINARY)", NULL, ROW_FOREIGN},
    {"text", "utf", "CAST(`c` AS BINARY)", NULL, ROW_FOREIGN}, /* no part of a name */
    {"bit", NULL, "`c`", NULL, ROW_HEX},
    {"varbinary", NULL, "`c`", NULL, ROW_HEX},
    {"longblob", NULL, "`c`", NULL, ROW_HEX},
    {"geometry", NULL, "`c`", NULL, ROW_HEX},
    {"of_tomorrow", NULL, "`c`", NULL, ROW_HEX},
    {"in", NULL, "`c`", NULL, ROW_HEX},
};

START_TEST(each_type_in_its_form)
{
	const struct form *f = &forms[_i];
	struct row_column column = {0};
	struct buf b = {0};
	char charset[64] = "";

	columns_form(&column, &b, true, "c", f->type, f->charset);
	ck_assert_str_eq(buf_string(&b), f->mariadb);
	ck_assert_int_eq(column.kind, f->kind);
	if (f->kind == ROW_MIXED || f->kind == ROW_FOREIGN)
		snprintf(charset, sizeof(charset), "_%s ", f->charset);
	ck_assert_str_eq(column.charset, charset);
	buf_reset(&b, 0);
	columns_form(&column, &b, false, "c", f->type, f->charset);
	ck_assert_str_eq(buf_string(&b), f->mysql != NULL ? f->mysql : f->mariadb);
	ck_assert_int_eq(column.kind, f->kind);
	buf_free(&b);
}
END_TEST

START_TEST(names_are_quoted)
{
	struct row_column column = {0};
	struct buf b = {0};

	columns_form(&column, &b, true, "a`b", "float", NULL);
	ck_assert_str_eq(buf_string(&b), "CAST(`a``b` AS DOUBLE)");
	buf_free(&b);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("columns");

	tcase_add_loop_test(
	    tc, each_type_in_its_form, 0, (int)(sizeof(forms) / sizeof(forms[0])));
	tcase_add_test(tc, names_are_quoted);
	return unit_main(tc);
}
