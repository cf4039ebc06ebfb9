#include "sql/pick.h"
#include "unit.h"

static struct pick *picked;

/* What is kept of ${text} for ${tables}: the lines of the statements. */
static const char *
pick(const char *text, bool no_data, char *const *tables, size_t n)
{
	static struct pick_options o;
	static char out[500];
	struct lex *l = lex_new(LEX_LIMIT);
	struct lex_statement s;
	bool keep;

	pick_free(picked);
	o = (struct pick_options){.tables = tables, .n = n, .no_data = no_data};
	picked = pick_new(&o, NULL);
	ck_assert_ptr_nonnull(picked);
	ck_assert_int_eq(lex_add(l, text, strlen(text)), 0);
	lex_end(l);
	out[0] = '\0';
	while (lex_next(l, &s) == LEX_STATEMENT) {
		ck_assert_int_eq(pick_statement(picked, &s, &keep), 0);
		if (keep)
			sprintf(out + strlen(out), "%ju ", (uintmax_t)s.line);
	}
	lex_free(l);
	return out;
}

static const char dump[] =
    "SET NAMES utf8mb4;\n"
    "DROP TABLE IF EXISTS t;\n"
    "CREATE TABLE `t` (x int);\n"
    "CREATE TABLE u (x int);\n"
    "LOCK TABLES t WRITE;\n"
    "INSERT INTO t VALUES (1);\n"
    "INSERT INTO u VALUES (1);\n"
    "ALTER TABLE u ADD FOREIGN KEY (x) REFERENCES t (x);\n"
    "/*!50001 ALTER TABLE `t` ADD y int */;\n"
    "CREATE UNIQUE INDEX i ON t (x);\n"
    "/*!50003 CREATE*/ /*!50017 DEFINER=`index`@`view`*/ /*!50003 TRIGGER `on` BEFORE INSERT "
    "ON "
    "`t` FOR EACH ROW SET @a = 1 */;\n"
    "CREATE TRIGGER w AFTER DELETE ON u FOR EACH ROW SET @t = 1;\n"
    "DROP TRIGGER IF EXISTS w;\n"
    "CREATE SEQUENCE s;\n"
    "INSERT INTO s VALUES (1,2,3);\n"
    "CREATE OR REPLACE ALGORITHM=MERGE DEFINER=a@b VIEW t_v AS SELECT * FROM t;\n"
    "CREATE PROCEDURE t() SELECT 1;\n"
    "ALTER DATABASE CHARACTER SET utf8mb4;\n"
    "TRUNCATE TABLE x;\n"
    "INSERT INTO t SELECT 5;\n"
    "SET NAMES latin1;\n";

START_TEST(of_a_table_all_that_is_its)
{
	static char t[] = "t", u[] = "u", v[] = "t_v", s[] = "s", x[] = "nothing";
	char *one[] = {t}, *two[] = {t, u}, *view[] = {v}, *sequence[] = {s}, *none[] = {x};

	ck_assert_str_eq(pick(dump, false, one, 1), "1 3 6 9 10 11 20 21 ");
	ck_assert_int_eq(pick_finish(picked, "d"), 0);
	ck_assert_str_eq(pick_found(picked, 0), "t");
	ck_assert_ptr_null(pick_found(picked, 1));
	ck_assert_ptr_null(pick_used(picked));
	ck_assert_str_eq(pick(dump, true, one, 1), "1 3 9 10 11 21 ");
	ck_assert_str_eq(pick(dump, false, two, 2), "1 3 4 6 7 8 9 10 11 12 20 21 ");
	unit_catch();
	pick(dump, false, view, 1);
	ck_assert_int_eq(pick_finish(picked, "d"), 64);
	pick(dump, false, sequence, 1);
	ck_assert_int_eq(pick_finish(picked, "d"), 64);
	pick(dump, false, none, 1);
	ck_assert_int_eq(pick_finish(picked, "d"), 65);
	pick("", false, none, 1);
	ck_assert_int_eq(pick_finish(picked, "d"), 65);
	ck_assert_ptr_nonnull(
	    strstr(unit_caught(), "d: nothing: no definition of such a table in it\nhint: "
				  "--list shows what is in it\n"));
}
END_TEST

START_TEST(all_but_rows)
{
	ck_assert_str_eq(
	    pick(dump, true, NULL, 0), "1 2 3 4 5 8 9 10 11 12 13 14 15 16 17 18 19 21 ");
	ck_assert_int_eq(pick_finish(picked, "d"), 0);
}
END_TEST

START_TEST(databases)
{
	static const char two[] =
	    "CREATE DATABASE a;\nUSE a;\nCREATE TABLE t (x int);\n"
	    "INSERT INTO b.t VALUES (1);\nUSE b;\nCREATE TABLE t (x int);\n"
	    "CREATE TABLE u (x int);\nINSERT INTO t VALUES (2);\n";
	static char t[] = "t", at[] = "a.t", bt[] = "b.t", u[] = "u";
	char *plain[] = {t}, *a[] = {at}, *b[] = {bt, u, bt}, *both[] = {at, u};

	unit_catch();
	pick(two, false, plain, 1);
	ck_assert_int_eq(pick_finish(picked, "d"), 64);
	pick(two, false, both, 2);
	ck_assert_int_eq(pick_finish(picked, "d"), 64);
	unit_caught();
	ck_assert_str_eq(pick(two, false, a, 1), "3 ");
	ck_assert_int_eq(pick_finish(picked, "d"), 0);
	ck_assert_str_eq(pick_used(picked), "a");
	ck_assert_str_eq(pick(two, false, b, 3), "4 6 7 8 ");
	ck_assert_int_eq(pick_finish(picked, "d"), 0);
	ck_assert_str_eq(pick_used(picked), "b");
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("pick");

	tcase_add_test(t, of_a_table_all_that_is_its);
	tcase_add_test(t, all_but_rows);
	tcase_add_test(t, databases);
	return unit_main(t);
}
