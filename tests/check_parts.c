#include "db/parts.h"
#include "unit.h"

static const struct token_server server = {.version = 101119, .mariadb = true};

/*
 * What is planned for ${text}: of each epoch `[`, its tables with the lines of their parts,
 * `]` and the line that it begins with.
 */
static const char *
plan(const char *text)
{
	static char out[2000];
	struct parts *p = parts_new("here");
	struct lex *l = lex_new(LEX_LIMIT);
	struct lex_statement s;
	size_t n = 0;

	ck_assert_ptr_nonnull(p);
	ck_assert_ptr_nonnull(l);
	ck_assert_int_eq(lex_add(l, text, strlen(text)), 0);
	lex_end(l);
	while (lex_next(l, &s) == LEX_STATEMENT)
		ck_assert_int_eq(
		    parts_add(p, &s, &server, memmem(s.text, s.len, "SELECT", 6) != NULL), 0);
	out[0] = '\0';
	for (size_t i = 0; i < p->epochs_len; i++) {
		const struct epoch *e = &p->epochs[i];

		n += (size_t)sprintf(out + n, "%ju[", (uintmax_t)e->from.line);
		for (size_t j = e->first_table; j < e->first_table + e->tables; j++) {
			const struct part_table *t = &p->tables[j];

			n += (size_t)sprintf(out + n, " %s.%s", t->database, t->name);
			for (size_t k = t->first; k != PART_NONE; k = p->parts[k].after)
				n += (size_t)sprintf(out + n, ":%ju-%ju",
				    (uintmax_t)p->parts[k].from.line,
				    (uintmax_t)p->parts[k].next.line);
		}
		n += (size_t)sprintf(out + n, " ]");
	}
	lex_free(l);
	parts_free(p);
	return out;
}

START_TEST(a_dump_is_one_epoch)
{
	ck_assert_str_eq(plan(""), "");
	ck_assert_str_eq(
	    plan("SET NAMES utf8mb4;\n"
		 "DROP TABLE IF EXISTS a;\n"
		 "CREATE TABLE a (x int);\n"
		 "LOCK TABLES a WRITE;\n"
		 "/*!40000 ALTER TABLE `a` DISABLE KEYS */;\n"
		 "INSERT INTO a VALUES (1);\n"
		 "INSERT INTO `a` VALUES (2);\n"
		 "/*!40000 ALTER TABLE `a` ENABLE KEYS */;\n"
		 "UNLOCK TABLES;\n"
		 "DELIMITER ;;\n"
		 "/*!50003 CREATE*/ /*!50017 DEFINER=`r`@`l`*/ /*!50003 TRIGGER t BEFORE "
		 "INSERT ON a FOR EACH ROW SET @x = 1 */;;\n"
		 "DELIMITER ;\n"
		 "DROP VIEW IF EXISTS v;\n"
		 "CREATE VIEW v AS SELECT 1;\n"
		 "CREATE TABLE b (x int);\n"
		 "INSERT INTO b (x) VALUES (1);\n"
		 "INSERT INTO b (x) VALUES (2);\n"
		 "ALTER TABLE b ADD FOREIGN KEY (x) REFERENCES a (x);\n"
		 "DROP VIEW v;\n"
		 "COMMIT;\n"),
	    "1[ .a:6-8 .b:16-18 ]");
}
END_TEST

START_TEST(parts_and_tables)
{
	/* Others in between; the database by its name, by USE, and another one. */
	ck_assert_str_eq(plan("INSERT INTO a VALUES (1);\n"
			      "INSERT INTO b VALUES (1);\n"
			      "INSERT INTO here.a VALUES (2);\n"
			      "SET x = 1;\n"
			      "INSERT INTO a VALUES (3);\n"
			      "USE there;\n"
			      "INSERT INTO a VALUES (1);\n"
			      "USE here;\n"
			      "INSERT INTO a SET x = 4;\n"
			      "INSERT INTO there.a () VALUE ();"),
	    "1[ .a:1-2:3-4:5-6:9-10 .b:2-3 there.a:7-8:10-0 ]");
	/* What looks like a table's rows and is a sequence's. */
	ck_assert_str_eq(
	    plan("CREATE SEQUENCE s;\nINSERT INTO s VALUES (1);\nDO SETVAL(s, 1);\n"
		 "INSERT INTO t VALUES (1);\n"),
	    "1[ .t:4-0 ]");
}
END_TEST

START_TEST(what_ends_an_epoch)
{
	/* what nobody knows, and rows that ask */
	ck_assert_str_eq(
	    plan("INSERT INTO a VALUES (1);\nTRUNCATE TABLE a;\n"
		 "INSERT INTO a VALUES (2);\nINSERT INTO a SELECT 1;\n"
		 "INSERT INTO a VALUES ((SELECT 1));\nINSERT INTO a VALUES (3);\n"),
	    "1[ .a:1-2 ]2[ .a:3-4 ]4[ .a:6-0 ]");
	ck_assert_str_eq(plan("CREATE TABLE a (x int);\nCREATE TABLE b AS SELECT * FROM a;\n"
			      "CREATE TEMPORARY TABLE c (x int);\nCREATE INDEX i ON a (x);\n"
			      "DROP TABLE a, b;\nDROP DATABASE d;\n"),
	    "1[ ]");
	ck_assert_str_eq(plan("CREATE VIEW v AS select 1;\nDROP TABLE a, b;\nTRUNCATE c;\n"
			      "ALTER TABLE c ADD x int;\nTRUNCATE c;\nTRUNCATE c;\n"),
	    "1[ ]2[ ]5[ ]");
	/* a table that is made once more, or dropped */
	ck_assert_str_eq(
	    plan("CREATE TABLE a (x int);\nINSERT INTO a VALUES (1);\n"
		 "DROP TABLE a;\nCREATE TABLE a (y int);\nINSERT INTO a VALUES (2);\n"),
	    "1[ .a:2-3 ]3[ .a:5-0 ]");
	ck_assert_str_eq(plan("INSERT INTO a VALUES (1);\nDROP TABLE a;\n"), "1[ .a:1-2 ]2[ ]");
	ck_assert_str_eq(plan("ALTER TABLE a ADD y int;\nALTER TABLE b ADD y int;\n"
			      "DROP TABLE a;\n"),
	    "1[ ]3[ ]");
	/* no names at all */
	ck_assert_str_eq(plan("CREATE TABLE `` (x int);\nINSERT INTO `` VALUES (1);\n"
			      "CREATE TABLE t.`` (x int);\nDROP TABLE ``;\n"),
	    "1[ ]");
	/* rows behind a change of their table, not of another one */
	ck_assert_str_eq(plan("CREATE TABLE a (x int);\nALTER TABLE a ADD y int;\n"
			      "INSERT INTO b VALUES (1);\nINSERT INTO a VALUES (1,2);\n"),
	    "1[ .b:3-4 ]4[ .a:4-0 ]");
}
END_TEST

/* A dump that goes to and fro between tables without end. */
START_TEST(a_plan_has_an_end)
{
	static const char *const rows[] = {
	    "INSERT INTO a VALUES (1)", "INSERT INTO b VALUES (1)", "INSERT INTO c VALUES (1)"};
	struct parts *p = parts_new(NULL);
	struct lex_statement s = {.delimiter = ";", .line = 1};

	ck_assert_ptr_nonnull(p);
	for (size_t i = 0; i < PARTS_MOST + 1000; i++) {
		s.text = rows[i % 3];
		s.len = strlen(s.text);
		s.offset = i * 25;
		ck_assert_int_eq(parts_add(p, &s, &server, false), 0);
	}
	ck_assert_uint_eq(p->parts_len, PARTS_MOST);
	ck_assert_uint_eq(p->epochs_len, 2);
	ck_assert_uint_eq(p->epochs[0].parts, PARTS_MOST);
	ck_assert_uint_eq(p->epochs[1].parts, 0);
	ck_assert_uint_eq(p->epochs[1].from.offset, PARTS_MOST * 25);
	/* Rows behind a change of their table still begin an epoch. */
	s.text = "ALTER TABLE a ADD y int";
	s.len = strlen(s.text);
	ck_assert_int_eq(parts_add(p, &s, &server, false), 0);
	ck_assert_uint_eq(p->epochs_len, 2);
	s.text = rows[0];
	s.len = strlen(s.text);
	ck_assert_int_eq(parts_add(p, &s, &server, false), 0);
	ck_assert_uint_eq(p->epochs_len, 3);
	parts_free(p);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("parts");

	tcase_add_test(t, a_dump_is_one_epoch);
	tcase_add_test(t, parts_and_tables);
	tcase_add_test(t, what_ends_an_epoch);
	tcase_add_test(t, a_plan_has_an_end);
	return unit_main(t);
}
