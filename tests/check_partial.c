#include "db/partial.h"

#include "sql/emit.h"
#include "db/reading.h"
#include "dump_memory.h"
#include "unit.h"

/* The dump. */
static char text[16384];
static size_t size;

static const char rows_a[] = "INSERT INTO `a` (`x`) VALUES\n(1),\n(2);\n";
static const char rows_b[] = "INSERT INTO `b` (`x`) VALUES\n('b;--'),\n('\\n');\n";
static const char rows_c[] = "INSERT INTO `c` (`x`) VALUES\n(7);\n";

static void
put(struct emit *e, const char *what)
{
	ck_assert_int_eq(emit_text(e, what, strlen(what)), 0);
}

static void
put_table(struct emit *e, const char *name, const char *rows, uint64_t n)
{
	char line[200];

	ck_assert_int_eq(emit_table(e, "d", name), 0);
	snprintf(line, sizeof(line),
	    "DROP TABLE IF EXISTS `%s`;\nCREATE TABLE `%s` (`x` text COMMENT 'it''s;');\n",
	    name, name);
	put(e, line);
	if (rows != NULL)
		ck_assert_int_eq(emit_rows(e, rows, strlen(rows), n), 0);
	ck_assert_int_eq(emit_table_end(e), 0);
}

/* Make the dump. */
static void
make(void)
{
	int fd = open("dump", O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct emit *e = emit_new(fd);

	put(e,
	    "-- siantre-dump 1\nSET NAMES utf8mb4;\n\nALTER DATABASE CHARACTER SET utf8mb4;\n");
	put_table(e, "a", rows_a, 2);
	put(e, "SET @a = 1;\n");
	put_table(e, "b", rows_b, 2);
	put_table(e, "empty", NULL, 0);
	put_table(e, "c", rows_c, 1);
	put(e,
	    "ALTER TABLE `b` ADD FOREIGN KEY (`x`) REFERENCES `a` (`x`);\n"
	    "ALTER TABLE `c` ADD FOREIGN KEY (`x`) REFERENCES `a` (`x`);\n\n"
	    "DELIMITER ;;\nCREATE TRIGGER t AFTER INSERT ON `b` FOR EACH ROW BEGIN SET @x = 1; "
	    "END;;\nCREATE TRIGGER u AFTER INSERT ON `c` FOR EACH ROW SET @x = 1;;\n"
	    "DELIMITER ;\nCREATE VIEW v AS SELECT 1;\n\nSET NAMES latin1;\n");
	ck_assert_int_eq(emit_end(e, NULL, 0), 0);
	emit_free(e);
	size = (size_t)pread(fd, text, sizeof(text), 0);
	close(fd);
}

/*
 * Take ${tables} out, and let that be proven as a dump.  Return the exit code; what was taken is
 * in out.
 */
static char out[sizeof(text)];

static int
take(char *const *tables, size_t n, bool no_data, bool straight)
{
	const struct sql_source s = memory_source(text, size, straight);
	const struct partial_options o = {
	    .pick = {.tables = tables, .n = n, .no_data = no_data}, .quiet = true};
	const struct reading_options how = {
	    .target = "d", .fixed = true, .server = {.version = 101119, .mariadb = true}};
	struct partial *p = NULL;
	struct reading *r = NULL;
	const struct sql_source *part;
	size_t len = 1, at = 0;
	int rc = partial_open(&s, &o, &p);

	if (rc != 0)
		return rc;
	part = partial_source(p);
	rc = reading_pass(part, &how, &r);
	ck_assert_int_eq(part->rewind(part->ctx), 0);
	for (; len > 0; at += len)
		ck_assert_int_eq(
		    part->read(part->ctx, out + at, sizeof(out) - 1 - at, &len), 0);
	out[at] = '\0';
	reading_free(r);
	partial_free(p);
	return rc;
}

static char a[] = "a", b[] = "b", d_c[] = "d.c", empty[] = "empty", nothing[] = "nothing";

/* What comes in front of the end mark. */
static const char *
body(void)
{
	char *mark = strstr(out, "-- siantre-table ");

	if (mark == NULL)
		mark = strstr(out, "-- siantre-end ");
	ck_assert_ptr_nonnull(mark);
	*mark = '\0';
	return out;
}

START_TEST(one_table)
{
	char *one[] = {b};

	make();
	for (int straight = 0; straight < 2; straight++) {
		ck_assert_int_eq(take(one, 1, false, straight), 0);
		ck_assert_str_eq(body(),
		    "-- siantre-dump 1\n"
		    "SET NAMES utf8mb4;\n"
		    "SET @a = 1;\n"
		    "CREATE TABLE `b` (`x` text COMMENT 'it''s;');\n"
		    "-- siantre-rows {\"database\":\"d\",\"table\":\"b\"}\n"
		    "INSERT INTO `b` (`x`) VALUES\n('b;--'),\n('\\n');\n"
		    "ALTER TABLE `b` ADD FOREIGN KEY (`x`) REFERENCES `a` (`x`);\n"
		    "DELIMITER ;;\n"
		    "CREATE TRIGGER t AFTER INSERT ON `b` FOR EACH ROW BEGIN SET @x = 1; "
		    "END;;\n"
		    "DELIMITER ;\n"
		    "SET NAMES latin1;\n");
	}
}
END_TEST

START_TEST(in_the_order_of_the_dump)
{
	char *some[] = {d_c, empty, a};

	make();
	ck_assert_int_eq(take(some, 3, false, true), 0);
	ck_assert_str_eq(body(),
	    "-- siantre-dump 1\n"
	    "SET NAMES utf8mb4;\n"
	    "CREATE TABLE `a` (`x` text COMMENT 'it''s;');\n"
	    "-- siantre-rows {\"database\":\"d\",\"table\":\"a\"}\n"
	    "INSERT INTO `a` (`x`) VALUES\n(1),\n(2);\n"
	    "SET @a = 1;\n"
	    "CREATE TABLE `empty` (`x` text COMMENT 'it''s;');\n"
	    "CREATE TABLE `c` (`x` text COMMENT 'it''s;');\n"
	    "-- siantre-rows {\"database\":\"d\",\"table\":\"c\"}\n"
	    "INSERT INTO `c` (`x`) VALUES\n(7);\n"
	    "ALTER TABLE `c` ADD FOREIGN KEY (`x`) REFERENCES `a` (`x`);\n"
	    "DELIMITER ;;\n"
	    "CREATE TRIGGER u AFTER INSERT ON `c` FOR EACH ROW SET @x = 1;;\n"
	    "DELIMITER ;\n"
	    "SET NAMES latin1;\n");
	ck_assert_int_eq(take(some, 3, true, true), 0);
	ck_assert_ptr_null(strstr(body(), "INSERT INTO"));
	ck_assert_ptr_null(strstr(out, "siantre-rows"));
	ck_assert_ptr_nonnull(strstr(out, "CREATE TABLE `c`"));
}
END_TEST

/* What stands behind the rows of a table may put back what they needed. */
START_TEST(settings_behind_the_rows)
{
	char *one[] = {a};

	make();
	ck_assert_int_eq(take(one, 1, false, true), 0);
	ck_assert_ptr_nonnull(strstr(body(), "(2);\nSET @a = 1;\nSET NAMES latin1;\n"));
}
END_TEST

START_TEST(all_without_rows)
{
	make();
	ck_assert_int_eq(take(NULL, 0, true, true), 0);
	body();
	ck_assert_ptr_null(strstr(out, "INSERT INTO"));
	ck_assert_ptr_null(strstr(out, "siantre-rows"));
	ck_assert_ptr_nonnull(strstr(out, "ALTER DATABASE CHARACTER SET utf8mb4;\n"));
	ck_assert_ptr_nonnull(
	    strstr(out, "DROP TABLE IF EXISTS `empty`;\nCREATE TABLE `empty`"));
	ck_assert_ptr_nonnull(strstr(out, "DELIMITER ;;\nCREATE TRIGGER t"));
	ck_assert_ptr_nonnull(strstr(out, "CREATE VIEW v AS SELECT 1;\n"));
}
END_TEST

START_TEST(what_is_not_wanted_is_not_read)
{
	char *one[] = {d_c};
	char *at;

	make();
	at = memmem(text, size, rows_a, sizeof(rows_a) - 1);
	ck_assert_ptr_nonnull(at);
	memset(at, 'x', sizeof(rows_a) - 1);
	ck_assert_int_eq(take(one, 1, false, true), 0);
	unit_catch();
	ck_assert_int_eq(take(one, 1, false, false), 65); /* … unless all has to be */
	unit_caught();
}
END_TEST

/* Whatever one byte becomes: what is taken for proven has the table's rows. */
START_TEST(flipped_anywhere)
{
	static const uint8_t flips[] = {0x01, 0x20, 0x80};
	char *some[] = {b, empty};
	size_t good = 0, bad = 0;
	int rc;

	make();
	unit_catch();
	for (size_t i = 0; i < size; i++) {
		for (size_t k = 0; k < sizeof(flips); k++) {
			text[i] = (char)(text[i] ^ flips[k]);
			rc = take(some, 2, false, true);
			text[i] = (char)(text[i] ^ flips[k]);
			good += rc == 0;
			bad += rc != 0;
			if (rc != 0)
				ck_assert(rc == 65 || rc == 64);
			else
				ck_assert_ptr_nonnull(strstr(out, rows_b));
			if (rc == 0)
				ck_assert_ptr_nonnull(strstr(out, "CREATE TABLE `"));
		}
	}
	dup2(unit_stderr, STDERR_FILENO);
	ck_assert_uint_gt(good, 0);
	ck_assert_uint_gt(bad, good / 2);
}
END_TEST

START_TEST(cut_anywhere)
{
	char *one[] = {b};
	size_t all;

	make();
	all = size;
	unit_catch();
	for (size = 0; size < all; size++) {
		ck_assert_int_eq(take(one, 1, false, true), 65);
		ck_assert_int_eq(take(one, 1, false, false), 65);
	}
	dup2(unit_stderr, STDERR_FILENO);
	ck_assert_int_eq(take(one, 1, false, true), 0);
}
END_TEST

START_TEST(not_in_it)
{
	char *none[] = {b, nothing};

	make();
	unit_catch();
	ck_assert_int_eq(take(none, 2, false, true), 65);
	ck_assert_ptr_nonnull(
	    strstr(unit_caught(), "dump: nothing: no definition of such a table in it\n"));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("partial");

	tcase_add_test(t, one_table);
	tcase_add_test(t, in_the_order_of_the_dump);
	tcase_add_test(t, settings_behind_the_rows);
	tcase_add_test(t, all_without_rows);
	tcase_add_test(t, what_is_not_wanted_is_not_read);
	tcase_add_test(t, flipped_anywhere);
	tcase_add_test(t, cut_anywhere);
	tcase_add_test(t, not_in_it);
	return unit_main(t);
}
