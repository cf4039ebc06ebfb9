#include "sql/strip.h"
#include "unit.h"

/* The statement, as a lexer gives it. */
static struct lex_statement
statement(const char *text)
{
	return (struct lex_statement){.text = text, .len = strlen(text), .delimiter = ";"};
}

static const struct token_server server = {.version = 101119, .mariadb = true};

static void
is(struct buf *b, const char *text)
{
	ck_assert_str_eq(b->len > 0 ? buf_string(b) : "", text);
}

START_TEST(indexes_and_foreign_keys_go)
{
	struct lex_statement s = statement(
	    "CREATE TABLE `d`.`t``(` (\n"
	    "  `id` int NOT NULL AUTO_INCREMENT COMMENT 'KEY (x), ''y\\', KEY',\n"
	    "  `key` varchar(10) DEFAULT ',', -- KEY no (a),\n"
	    "  e enum('a,','(b') /*!80023 INVISIBLE */,\n"
	    "  PRIMARY KEY (`id`),\n"
	    "  UNIQUE KEY `u,` (`key`(3) DESC, e) COMMENT 'a,)b',\n"
	    "  KEY `k` (`key`), INDEX (e),\n"
	    "  FULLTEXT KEY `f` (`key`),  SPATIAL KEY s (e), FULLTEXT (e),\n"
	    "  CONSTRAINT `c,` FOREIGN KEY (`key`) REFERENCES `x` (`y`, z) ON DELETE CASCADE,\n"
	    "  FOREIGN KEY (e) REFERENCES q (w),\n"
	    "  CONSTRAINT `chk` CHECK (`key` <> 'KEY a (b),')\n"
	    ") ENGINE=InnoDB AUTO_INCREMENT=7 COMMENT='PRIMARY KEY (a)'");
	struct strip o;
	const char *p;

	ck_assert(strip_table(&s, &server, &o));
	is(&o.create, "CREATE TABLE `d`.`t``(` (\n"
		      "  `id` int NOT NULL AUTO_INCREMENT COMMENT 'KEY (x), ''y\\', KEY',\n"
		      "  `key` varchar(10) DEFAULT ',',\n"
		      "  e enum('a,','(b') /*!80023 INVISIBLE */,\n"
		      "  PRIMARY KEY (`id`),\n"
		      "  CONSTRAINT `chk` CHECK (`key` <> 'KEY a (b),')\n"
		      ") ENGINE=InnoDB AUTO_INCREMENT=7 COMMENT='PRIMARY KEY (a)'");
	is(&o.indexes, "ADD UNIQUE KEY `u,` (`key`(3) DESC, e) COMMENT 'a,)b',\n"
		       "  ADD KEY `k` (`key`),\n  ADD INDEX (e),\n  ADD SPATIAL KEY s (e)");
	is(&o.foreign, "ADD CONSTRAINT `c,` FOREIGN KEY (`key`) REFERENCES `x` (`y`, z) "
		       "ON DELETE CASCADE,\n  ADD FOREIGN KEY (e) REFERENCES q (w)");
	p = o.fulltext.data;
	ck_assert_str_eq(p, "ADD FULLTEXT KEY `f` (`key`)");
	p += strlen(p) + 1;
	ck_assert_str_eq(p, "ADD FULLTEXT (e)");
	ck_assert_ptr_eq(p + strlen(p) + 1, o.fulltext.data + o.fulltext.len);
	strip_free(&o);
}
END_TEST

START_TEST(some_tables_stay_as_they_are)
{
	static const char *const texts[] = {
	    /* nothing to take */
	    "CREATE TABLE t (a int, PRIMARY KEY (a)) ENGINE=InnoDB",
	    /* no primary key; one that AUTO_INCREMENT does not lead */
	    "CREATE TABLE t (a int, KEY (a)) ENGINE=InnoDB",
	    "CREATE TABLE t (a int, b int AUTO_INCREMENT, PRIMARY KEY (a), KEY (b)) "
	    "ENGINE=InnoDB",
	    "CREATE TABLE t (a int, b int AUTO_INCREMENT, PRIMARY KEY (a, b), KEY (b)) "
	    "ENGINE=InnoDB",
	    /* other engines, and none that is named */
	    "CREATE TABLE t (a int, PRIMARY KEY (a), KEY (a)) ENGINE=MyISAM COMMENT='InnoDB'",
	    "CREATE TABLE t (a int, PRIMARY KEY (a), KEY (a))",
	    "CREATE TABLE t (a int, PRIMARY KEY (a), KEY (a)) ENGINE=InnoDB WITH SYSTEM "
	    "VERSIONING",
	    /* hidden columns */
	    "CREATE TABLE t (a int, PRIMARY KEY (a), UNIQUE KEY (a) USING HASH) ENGINE=InnoDB",
	    /* for some servers only */
	    "CREATE TABLE t (a int, PRIMARY KEY (a) /*!50100 , KEY (a) */) ENGINE=InnoDB",
	    /* no list, or none of columns, or no end */
	    "CREATE TABLE t LIKE s",
	    "CREATE TABLE t (LIKE s)",
	    "CREATE TABLE t",
	    "CREATE TABLE t (",
	    "CREATE TABLE t (a int, PRIMARY KEY (a), KEY (a",
	    "CREATE TABLE t (a int, PRIMARY KEY (a), KEY (a)",
	    "CREATE TABLE t (a int, PRIMARY KEY (a), KEY (a),",
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct lex_statement s = statement(texts[i]);
		struct strip o;

		ck_assert_msg(!strip_table(&s, &server, &o), "%s", texts[i]);
		ck_assert_ptr_null(o.create.data);
	}
}
END_TEST

START_TEST(attributes_of_columns_count)
{
	struct lex_statement s = statement("CREATE TABLE IF NOT EXISTS t (id bigint unsigned "
					   "PRIMARY KEY AUTO_INCREMENT, b int "
					   "UNIQUE, KEY k (b)) ENGINE = InnoDB");
	struct strip o;

	ck_assert(strip_table(&s, &server, &o));
	is(&o.create, "CREATE TABLE IF NOT EXISTS t (\n  id bigint unsigned PRIMARY KEY "
		      "AUTO_INCREMENT,\n  b int UNIQUE\n) ENGINE = InnoDB");
	is(&o.indexes, "ADD KEY k (b)");
	strip_free(&o);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("strip");

	tcase_add_test(t, indexes_and_foreign_keys_go);
	tcase_add_test(t, some_tables_stay_as_they_are);
	tcase_add_test(t, attributes_of_columns_count);
	return unit_main(t);
}
