#include "sql/guard.h"
#include "unit.h"

static const struct token_server mariadb = {101119, true, NULL}, mysql = {80036, false, NULL};

/* Judge the statements of ${text}; return what is wrong with the first bad one, or "". */
static const char *
judge(const char *text, const char *target, bool fixed, const struct token_server *server)
{
	static char error[400];
	struct guard *g = guard_new(target, fixed, server);
	struct lex *l = lex_new(LEX_LIMIT);
	struct lex_statement s;
	enum lex_kind kind;
	int rc = 0;

	ck_assert(g != NULL && l != NULL);
	lex_add(l, text, strlen(text));
	lex_end(l);
	while (rc == 0 && (kind = lex_next(l, &s)) == LEX_STATEMENT) {
		char *copy = malloc(s.len); /* ASan sees a byte read behind it */

		memcpy(copy, s.text, s.len);
		s.text = copy;
		rc = guard_check(g, &s);
		free(copy);
	}
	if (rc == 0)
		ck_assert_msg(kind == LEX_MORE, "%s", text);
	strcpy(error, rc != 0 ? guard_error(g) : "");
	lex_free(l);
	guard_free(g);
	return error;
}

static const char *const good[] = {
    "SET @OLD_SQL_MODE = @@sql_mode, sql_mode = 'NO_AUTO_VALUE_ON_ZERO';",
    "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;",
    "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='' */;/*!40101 SET "
    "SQL_MODE=IFNULL(@OLD_SQL_MODE, '') */;",
    "SET @x = @@character_set_client;SET NAMES utf8mb4;SET character_set_client = @x;SET x = "
    "(1);",
    "USE `t`;USE t;CREATE DATABASE /*!32312 IF NOT EXISTS*/ `t` /*!40100 DEFAULT CHARACTER SET "
    "utf8mb4 */;",
    "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;ALTER DATABASE `t` COLLATE x;",
    "DROP TABLE IF EXISTS `a`;DROP VIEW IF EXISTS a, b;DROP TEMPORARY TABLE a;",
    "CREATE TABLE `a` (`x` decimal(3,1) DEFAULT 1.5, y int DEFAULT .5 COMMENT 'o.p' "
    "CHECK (json_valid(`x`)));",
    "CREATE TABLE `t`.`a` (x int);INSERT INTO t.a VALUES (1);",
    "CREATE TABLE a (x int) PARTITION BY RANGE (x) (PARTITION p VALUES LESS THAN (5));",
    "ALTER TABLE `a` ADD CONSTRAINT `k` FOREIGN KEY (`x`) REFERENCES `b` (`x`);",
    "/*!40000 ALTER TABLE `a` DISABLE KEYS */;",
    "CREATE VIEW v AS SELECT 1;ANALYZE TABLE `a` UPDATE HISTOGRAM ON `x` WITH 100 BUCKETS;",
    "LOCK TABLES `a` WRITE;UNLOCK TABLES;TRUNCATE TABLE a;",
    "START TRANSACTION;BEGIN;BEGIN WORK;COMMIT;COMMIT WORK;",
    "INSERT INTO `a` (`x`,`y`) VALUES (1,'o.p'),(0xff,NULL),(1.5e-3,_binary'x'),(-.5,'');",
    "REPLACE INTO a VALUES (ST_GeomFromText('POINT(1 1)'));INSERT IGNORE INTO a SET x=f(1);",
    "CREATE SEQUENCE `s` start with 1;DO SETVAL(`s`, -5, 0, true);SELECT SETVAL(s, 1, 0);",
    "CREATE ALGORITHM=UNDEFINED DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW `v` AS "
    "select `other`.`x` from `other`.`y`;",
    "/*!50001 CREATE ALGORITHM=UNDEFINED */\n/*!50013 DEFINER=`o`@`p.q` SQL SECURITY DEFINER "
    "*/\n/*!50001 VIEW `v` AS select 1 */;",
    "DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=root@localhost*/ /*!50003 TRIGGER `g` "
    "BEFORE INSERT ON `a` FOR EACH ROW SET NEW.x = OLD.y */;;",
    "CREATE DEFINER=CURRENT_USER() FUNCTION f(x int) RETURNS int RETURN other.g(x);",
    "CREATE OR REPLACE PROCEDURE IF NOT EXISTS p() DROP DATABASE other;",
    "CREATE PACKAGE BODY `p` AS x int END;CREATE DEFINER=a@b EVENT e ON SCHEDULE EVERY 1 DAY "
    "DO CALL other.p();",
    "CREATE UNIQUE INDEX i ON a (x);CREATE AGGREGATE FUNCTION f(x int) RETURNS int x;",
    "CREATE FUNCTION f() RETURNS int RETURN 1;INSERT INTO a (x) VALUES (1),(2);CREATE TABLE b "
    "(x datetime DEFAULT current_timestamp());",
    "/*!99999 DROP DATABASE other */;/*!50717 PREPARE s FROM @x */;",
    "/*M!120000 GRANT x */;",
    "CREATE TABLE a (x int) -- other.t\n;CREATE TABLE a /* other.t */ (x int # other.t\n);",
    "SET sql_mode='ANSI_QUOTES';CREATE TABLE \"a\" (\"o\" int);",
    "SET character_set_client = gbk, collation_connection = gbk_chinese_ci;CREATE VIEW v AS "
    "SELECT 'a'';b';SET NAMES utf8mb4;CREATE VIEW w AS SELECT '\xc3\xa9';",
    "/*M!101100 SET system_versioning_insert_history = 1 */;INSERT INTO `a` (`x`,`row_end`) "
    "VALUES\n(1,'2026-01-01'),\n(2,DEFAULT);",
    "INSERT INTO `s` (next_not_cached_value) VALUES (-5);",
    /* How tools begin and end their dumps. */
    "SET SQL_MODE = \"NO_AUTO_VALUE_ON_ZERO\";SET AUTOCOMMIT = 0;START TRANSACTION;"
    "SET time_zone = \"+00:00\";/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT "
    "*/;"
    "/*!40101 SET @OLD_COLLATION_CONNECTION=@@COLLATION_CONNECTION */;/*!40101 SET NAMES "
    "utf8mb4 "
    "*/;INSERT INTO a VALUES ('\\'');/*!40101 SET "
    "CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT "
    "*/;/*!40101 SET COLLATION_CONNECTION=@OLD_COLLATION_CONNECTION */;",
    "/*!40101 SET NAMES utf8 */;/*!50503 SET NAMES utf8mb4 */;/*!40103 SET "
    "@OLD_TIME_ZONE=@@TIME_ZONE */;/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, "
    "SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;SET @OLDTMP_SQL_MODE=@@SQL_MODE, SQL_MODE='';"
    "SET SQL_MODE=@OLDTMP_SQL_MODE;/*!40103 SET TIME_ZONE=IFNULL(@OLD_TIME_ZONE, 'system') */;"
    "/*!40014 SET FOREIGN_KEY_CHECKS=IFNULL(@OLD_FOREIGN_KEY_CHECKS, 1) */;",
    "/*!40101 SET @OLD_SQL_MODE='NO_AUTO_VALUE_ON_ZERO', SQL_MODE='NO_AUTO_VALUE_ON_ZERO' */;"
    "INSERT INTO a VALUES ('\\'');/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;INSERT INTO a VALUES "
    "(\"\\\"\");",
    "/*!40101 SET NAMES binary*/;/*!40014 SET FOREIGN_KEY_CHECKS=0*/;INSERT INTO `\xc3\xa4` "
    "VALUES ('\xff');",
    "SET @MYSQLDUMP_TEMP_LOG_BIN = @@SESSION.SQL_LOG_BIN;SET @@SESSION.SQL_LOG_BIN= 0;SET "
    "@@SESSION.SQL_LOG_BIN = @MYSQLDUMP_TEMP_LOG_BIN;",
    "/*!50003 SET @saved_cs_client = @@character_set_client */ ;/*!50003 SET "
    "@saved_cs_results = @@character_set_results */ ;/*!50003 SET @saved_col_connection = "
    "@@collation_connection */ ;/*!50003 SET character_set_client = latin1 */ ;/*!50003 SET "
    "character_set_results = latin1 */ ;/*!50003 SET collation_connection = "
    "latin1_swedish_ci */ ;/*!50003 SET @saved_sql_mode = @@sql_mode */ ;/*!50003 SET sql_mode "
    "= 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES' */ ;CREATE VIEW \"v\" AS SELECT 'a\\';/*!50003 SET "
    "sql_mode = @saved_sql_mode */ ;/*!50003 SET character_set_client = @saved_cs_client */ ;"
    "SET @x = '\\'', @y = \"\\\"\";INSERT INTO \xc3\xa4 VALUES (1);",
    "CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW SET @x=1;"
    "INSERT INTO b VALUES (1);CREATE VIEW v AS SELECT 1;ALTER TABLE a RENAME INDEX a TO b;",
};

static const struct {
	const char *text, *why;
} bad[] = {
    {"USE other;", "database `other` is named; only `t` may be touched"},
    {"USE T;", "database `T` is named; only `t` may be touched"},
    {"USE `o``p`;", "database `o`p` is named; only `t` may be touched"},
    {"USE `o\np`;", "database `o?p` is named; only `t` may be touched"},
    {"USE ``;", "a database's name is missing or too long"},
    {"INSERT INTO `` VALUES (1);", "a name is missing or too long"},
    {"INSERT INTO ``.a VALUES (1);", "a database's name is missing or too long"},
    {"CREATE VIEW `` AS SELECT 1;", "a name is missing or too long"},
    {"USE;", "a database's name is missing or too long"},
    {"USE mysql;", "the server's own database `mysql` is named"},
    {"CREATE DATABASE IF NOT EXISTS `other`;",
	"database `other` is named; only `t` may be touched"},
    {"CREATE SCHEMA other;", "database `other` is named; only `t` may be touched"},
    {"DROP DATABASE other;", "database `other` is named; only `t` may be touched"},
    {"DROP SCHEMA IF EXISTS other;", "database `other` is named; only `t` may be touched"},
    {"ALTER DATABASE other COLLATE x;", "database `other` is named; only `t` may be touched"},
    {"DROP/**/DATABASE/**/other;", "database `other` is named; only `t` may be touched"},
    {"/*!50000 DROP DATABASE */ other;", "database `other` is named; only `t` may be touched"},
    {"DROP /*!99999 TABLE a */ DATABASE other;",
	"database `other` is named; only `t` may be touched"},
    {"CREATE TABLE other.a (x int);", "database `other` is named; only `t` may be touched"},
    {"CREATE TABLE other . a (x int);", "database `other` is named; only `t` may be touched"},
    {"CREATE TABLE `other` . `a` (x int);",
	"database `other` is named; only `t` may be touched"},
    {"CREATE TABLE other./**/a (x int);", "database `other` is named; only `t` may be touched"},
    {"CREATE TABLE other.5 (x int);", "database `other` is named; only `t` may be touched"},
    {"CREATE TABLE a LIKE other.a;", "database `other` is named; only `t` may be touched"},
    {"CREATE TABLE a (x int DEFAULT nextval(`other`.`s`));",
	"database `other` is named; only `t` may be touched"},
    {"CREATE VIEW other.v AS SELECT 1;", "database `other` is named; only `t` may be touched"},
    {"CREATE TRIGGER g BEFORE INSERT ON other.a FOR EACH ROW SET @x=1;",
	"database `other` is named; only `t` may be touched"},
    {"CREATE FUNCTION mysql.f() RETURNS int RETURN 1;",
	"the server's own database `mysql` is named"},
    {"ALTER TABLE a RENAME TO other.a;", "a table is renamed"},
    {"DROP TABLE a, other.a;", "database `other` is named; only `t` may be touched"},
    {"DROP VIEW other.v;", "database `other` is named; only `t` may be touched"},
    {"TRUNCATE other.a;", "database `other` is named; only `t` may be touched"},
    {"LOCK TABLES a READ, other.a WRITE;",
	"database `other` is named; only `t` may be touched"},
    {"INSERT INTO other.a VALUES (1);", "database `other` is named; only `t` may be touched"},
    {"REPLACE LOW_PRIORITY INTO other.a VALUES (1);",
	"database `other` is named; only `t` may be touched"},
    {"INSERT INTO a SELECT x FROM other.a;",
	"database `other` is named; only `t` may be touched"},
    {"INSERT INTO a VALUES ('x', (SELECT MAX(x) FROM other.a));",
	"database `other` is named; only `t` may be touched"},
    {"INSERT INTO a SELECT * FROM information_schema.tables;",
	"the server's own database `information_schema` is named"},
    {"CREATE TRIGGER g BEFORE INSERT ON `a` FOR EACH ROW DROP TABLE x; INSERT INTO a VALUES "
     "(1);",
	"rows for table `a` behind its trigger"},
    {"CREATE FUNCTION f() RETURNS int RETURN 1; INSERT INTO a (x) VALUES (1),(f());",
	"a function is called behind a routine's definition"},
    {"CREATE FUNCTION f() RETURNS int RETURN 1; INSERT INTO a SELECT f();",
	"a function is called behind a routine's definition"},
    {"CREATE FUNCTION f() RETURNS int RETURN 1; CREATE TABLE b AS SELECT f();",
	"a function is called behind a routine's definition"},
    {"CREATE FUNCTION f RETURNS STRING SONAME 'udf.so';",
	"a function from a library is loaded"},
    {"CREATE USER x;", "CREATE USER does not belong into a dump"},
    {"create or replace role x;", "create role does not belong into a dump"},
    {"DROP SERVER x;", "DROP SERVER does not belong into a dump"},
    {"ALTER INSTANCE x;", "ALTER INSTANCE does not belong into a dump"},
    {"CREATE;", "CREATE  does not belong into a dump"},
    {"GRANT ALL ON *.* TO x;", "GRANT does not belong into a dump"},
    {"DELETE FROM a;", "DELETE does not belong into a dump"},
    {"CALL p();", "CALL does not belong into a dump"},
    {"PREPARE s FROM @x;", "PREPARE does not belong into a dump"},
    {"LOAD DATA INFILE '/etc/passwd' INTO TABLE a;", "LOAD does not belong into a dump"},
    {"SELECT 1 INTO OUTFILE '/tmp/x';", "SELECT does not belong into a dump"},
    {"DO SLEEP(5);", "DO does not belong into a dump"},
    {"ANALYZE UPDATE a SET x = 1;", "ANALYZE does not belong into a dump"},
    {"ANALYZE LOCAL TABLE other.a;", "database `other` is named; only `t` may be touched"},
    {"DO SETVAL(s, f());", "DO does not belong into a dump"},
    {"SELECT SETVAL(s, 1) INTO OUTFILE 'x';", "SELECT does not belong into a dump"},
    {"DO SETVAL(other.s, 1);", "database `other` is named; only `t` may be touched"},
    {"DELIMITER //\nBEGIN NOT ATOMIC DROP DATABASE other; END//",
	"BEGIN does not belong into a dump"},
    {"START SLAVE;", "START does not belong into a dump"},
    {"(SELECT 1);", "( does not belong into a dump"},
    {"source /etc/passwd;", "source does not belong into a dump"},
    {"system id;", "system does not belong into a dump"},
    {"SET GLOBAL x=1;", "SET GLOBAL does not belong into a dump"},
    {"SET @@global.x=1;", "SET global does not belong into a dump"},
    {"SET x=1, @@GLOBAL.gtid_purged='';", "SET GLOBAL does not belong into a dump"},
    {"SET PASSWORD = 'x';", "SET PASSWORD does not belong into a dump"},
    {"SET STATEMENT x=1 FOR DROP DATABASE other;", "SET STATEMENT does not belong into a dump"},
    {"SET @x = (SELECT 1);", "SET SELECT does not belong into a dump"},
    {"SET @x = f();", "SET with a call of f does not belong into a dump"},
    {"SET @x = `f`();", "SET with a call of `f` does not belong into a dump"},
    {"SET NAMES gbk;", "character set gbk: where strings end in it cannot be told"},
    {"SET character_set_client='BIG5';",
	"character set big5: where strings end in it cannot be told"},
    {"SET NAMES sjis COLLATE sjis_bin;",
	"character set sjis: where strings end in it cannot be told"},
    /* Behind our own form only ASCII passes, until our own form ends it. */
    {"SET character_set_client = gbk, collation_connection = gbk_bin;CREATE VIEW v AS SELECT "
     "'\xd6\xd0';",
	"character set gbk: where strings end in it cannot be told"},
    {"SET character_set_client = gbk, collation_connection = gbk_bin;SET NAMES utf8mb4, @x = "
     "1;SET character_set_client = @x;SELECT '\xd6';",
	"the character set is set to what cannot be told"},
    {"SET character_set_client = sjis, collation_connection = gbk_bin, @x = 1;",
	"character set sjis: where strings end in it cannot be told"},
    {"SET character_set_client = gbk;",
	"character set gbk: where strings end in it cannot be told"},
    {"SET @x = 'gbk';", "character set gbk: where strings end in it cannot be told"},
    {"SET @c = 'utf8mb4';SET character_set_client = @c;",
	"the character set is set to what cannot be told"},
    {"SET character_set_client = gbk, collation_connection = gbk_bin;SET @c = "
     "@@character_set_client;SET NAMES utf8mb4;SET character_set_client = @c;",
	"character set gbk: where strings end in it cannot be told"},
    {"SET @x=3*/*'*/1, GLOBAL y=1, @z=3*/*'*/1;", "SET GLOBAL does not belong into a dump"},
    {"SET @x=1 --\x01'\n, GLOBAL y=1 # '\n;", "SET GLOBAL does not belong into a dump"},
    {"/*!80000 SET sql_mode='NO_BACKSLASH_ESCAPES' */;SET @x='\\', @y=', GLOBAL y=1 -- ';",
	"where strings end cannot be told behind the last SET of sql_mode"},
    {"CREATE VIEW v AS SELECT 1;INSERT INTO V SELECT 1;", "rows for view `v`"},
    {"CREATE VIEW v AS SELECT 1;INSERT INTO a SELECT 1;", "a query behind a view's definition"},
    {"ALTER EVENT e ON SCHEDULE EVERY 1 DAY RENAME TO f DO SET @x=1;", "an event is renamed"},
    {"INSERT INTO a SELECT * FROM 5a.b;", "database `5a` is named; only `t` may be touched"},
    {"SET collation_connection = gbk_bin, character_set_client = gbk;",
	"character set gbk: where strings end in it cannot be told"},
    /* MySQL takes `ö` for `o` where it looks for a variable; a quoted name is one, too. */
    {"SET sql_möde = 'NO_BACKSLASH_ESCAPES';", "SET sql_möde does not belong into a dump"},
    {"SET @@session.`sql_möde` = 'ANSI';", "SET sql_möde does not belong into a dump"},
    {"SET `innodb_tmpdir` = '/x';", "SET innodb_tmpdir does not belong into a dump"},
    {"CREATE TABLE a (x int) ENGINE=CóNNECT;", "tables of the engine CóNNECT are elsewhere"},
    {"CREATE TABLE a (x int) ENGINE='CON\\NECT';",
	"tables of the engine CON\\NECT are elsewhere"},
};

START_TEST(test_good)
{
	ck_assert_str_eq(judge(good[_i], "t", true, &mariadb), "");
	ck_assert_str_eq(judge(good[_i], "t", false, &mariadb), "");
}
END_TEST

START_TEST(test_bad)
{
	ck_assert_str_eq(judge(bad[_i].text, "t", true, &mariadb), bad[_i].why);
}
END_TEST

/* A dump of several databases says which. */
START_TEST(test_several)
{
	static const char dump[] =
	    "CREATE DATABASE IF NOT EXISTS `a`;USE `a`;CREATE TABLE x (y "
	    "int);CREATE DATABASE b;USE b;INSERT INTO a.x VALUES (1);";
	struct guard *g = guard_new(NULL, false, &mariadb);
	struct lex *l = lex_new(LEX_LIMIT);
	struct lex_statement s;

	lex_add(l, dump, sizeof(dump) - 1);
	while (lex_next(l, &s) == LEX_STATEMENT)
		ck_assert_int_eq(guard_check(g, &s), 0);
	ck_assert_str_eq(guard_database(g, 0), "a");
	ck_assert_str_eq(guard_database(g, 1), "b");
	ck_assert_ptr_null(guard_database(g, 2));
	lex_free(l);
	guard_free(g);
	/* Two may have tables of the same name. */
	ck_assert_str_eq(
	    judge("USE a;CREATE TRIGGER g BEFORE INSERT ON x FOR EACH ROW SET @x=1;"
		  "CREATE VIEW v AS SELECT 1;USE b;INSERT INTO x VALUES (1);INSERT "
		  "INTO v VALUES (1);",
		NULL, false, &mariadb),
	    "");
	ck_assert_str_eq(
	    judge("USE a;CREATE TRIGGER g BEFORE INSERT ON x FOR EACH ROW SET @x=1;"
		  "USE b;INSERT INTO a.x VALUES (1);",
		NULL, false, &mariadb),
	    "rows for table `a.x` behind its trigger");
	ck_assert_str_eq(judge("USE a;DROP TABLE b.x;", NULL, false, &mariadb),
	    "database `b` is named before its USE");
	ck_assert_str_eq(judge("USE Mysql;", NULL, false, &mariadb),
	    "the server's own database `Mysql` is named");
	ck_assert_str_eq(judge("USE a;DROP TABLE b.x;", "t", false, &mariadb),
	    "database `b` is named; only `t` may be touched");
}
END_TEST

/* Which executable comments are read depends on the server. */
START_TEST(test_servers)
{
	static const char *const hidden[] = {"/*!50003 GRANT x */;", "/*! GRANT x */;",
	    "/*!80000 GRANT x */;", "/*!100100 GRANT x */;", "/*M!100100 GRANT x */;",
	    "/*M! GRANT x */;", "/*M!50800 GRANT x */;", "/*!50700 GRANT x */;",
	    "/*!80037 GRANT x */;", "/*M!999999 /* */ GRANT x /* */;",
	    "/*!999999 /* */ GRANT x */;"};
	static const bool by_mariadb[] = {
	    true, true, false, true, true, true, true, false, false, false, false};
	static const bool by_mysql[] = {
	    true, true, true, false, false, false, false, true, false, true, false};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		ck_assert_str_eq(judge(hidden[i], "t", true, &mariadb),
		    by_mariadb[i] ? "GRANT does not belong into a dump" : "");
		ck_assert_str_eq(judge(hidden[i], "t", true, &mysql),
		    by_mysql[i] ? "GRANT does not belong into a dump" : "");
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("guard");

	tcase_add_loop_test(t, test_good, 0, (int)(sizeof(good) / sizeof(good[0])));
	tcase_add_loop_test(t, test_bad, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, test_several);
	tcase_add_test(t, test_servers);
	return unit_main(t);
}
