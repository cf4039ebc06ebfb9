#!/usr/bin/env bats
# Every object that a server can hold, dumped and brought back: by the plain client and by
# siantre-restore, to the byte.
# shellcheck disable=SC2016
load lib

setup_file() {
	# A zone with summer time: some local times are there twice.
	TZ=America/New_York start_db --innodb-stats-on-metadata=0 --log-bin-trust-function-creators=1
	sql "CREATE USER usual@localhost; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON obj.* TO usual@localhost;
	    GRANT SELECT ON mysql.proc TO usual@localhost"
	sed 's/^user=root/user=usual/' "$DB/root.cnf" >"$DB/usual.cnf"
	chmod 0600 "$DB/usual.cnf"
}

# as_dumped NAME AS: the dump of NAME as if it were called AS, without the end mark's last line and
# where its statements begin, which goes by the length of the name.
as_dumped() {
	dump "$1" >"$T/$1.raw"
	sed -e "s/\"database\":\"$1\"/\"database\":\"$2\"/" -e '/^-- siantre-end /d' \
	    -e '/^-- siantre-note {"offsets":/d' "$T/$1.raw"
	[ "$(tail -n 1 "$T/$1.raw" | cut -c 1-15)" = "-- siantre-end " ]
}

# comes_back NAME: dump, plain client, dump; and dump, siantre-restore, dump: the same bytes, and
# the usual account reads them too.  $T/a.sql is the dump.
comes_back() {
	dump "$1" >"$T/a.sql"
	siantre-dump --defaults-file="$DB/usual.cnf" "$1" | cmp - "$T/a.sql"
	as_dumped "$1" "$1" >"$T/a"
	new_db back1
	sql - back1 <"$T/a.sql"
	as_dumped back1 "$1" >"$T/b"
	diff -a "$T/a" "$T/b"
	sql "DROP DATABASE IF EXISTS back2"
	expect_ok siantre-restore db -q --bulk-from 0 --defaults-file="$DB/root.cnf" --into back2 "$T/a.sql"
	as_dumped back2 "$1" >"$T/c"
	diff -a "$T/a" "$T/c"
	[ ! -s "$T/stderr" ]
}

# same_hex TABLE COLUMN: the column holds the same bytes in `back1` and `back2` as in `obj`.
same_hex() {
	local from
	from=$(sql "SELECT COUNT(*), MD5(GROUP_CONCAT(IFNULL(HEX($2), '-') ORDER BY id)) FROM obj.$1" --init-command='SET group_concat_max_len = 1073741824')
	for name in back1 back2; do
		[ "$(sql "SELECT COUNT(*), MD5(GROUP_CONCAT(IFNULL(HEX($2), '-') ORDER BY id)) FROM $name.$1" --init-command='SET group_concat_max_len = 1073741824')" = "$from" ]
	done
}

@test "text in every character set that the server has: every code point, exactly" {
	new_db obj
	local charset max rows
	while read -r charset max; do
		# Sequences of bytes in every length that the set has; what is no character in it goes.
		case $charset in
		ucs2 | utf16 | utf16le) rows='UNHEX(LPAD(HEX(seq), 4, 0)) FROM obj.seq_0_to_65535 WHERE seq NOT BETWEEN 55296 AND 57343' ;;
		utf32) rows='UNHEX(LPAD(HEX(seq), 8, 0)) FROM obj.seq_0_to_131071 WHERE seq NOT BETWEEN 55296 AND 57343' ;;
		utf8mb4) rows='CAST(CONVERT(CONVERT(UNHEX(LPAD(HEX(seq), 8, 0)) USING utf32) USING utf8mb4) AS BINARY) FROM obj.seq_0_to_131071 WHERE seq NOT BETWEEN 55296 AND 57343' ;;
		utf8mb3) rows='CAST(CONVERT(CONVERT(UNHEX(LPAD(HEX(seq), 4, 0)) USING ucs2) USING utf8mb3) AS BINARY) FROM obj.seq_0_to_65535 WHERE seq NOT BETWEEN 55296 AND 57343' ;;
		ujis | eucjpms) rows='UNHEX(HEX(seq)) FROM (SELECT seq FROM obj.seq_16_to_65535 UNION ALL SELECT seq FROM obj.seq_9413025_to_9436926) s' ;;
		*) [ "$max" = 1 ] && rows='UNHEX(LPAD(HEX(seq), 2, 0)) FROM obj.seq_0_to_255' ||
			rows='UNHEX(LPAD(HEX(seq), IF(seq < 256, 2, 4), 0)) FROM obj.seq_0_to_65535' ;;
		esac
		# One row a character, its bytes beside it; then one with all of them.
		sql "SET sql_mode = '', group_concat_max_len = 1073741824;
		    CREATE TABLE src (id int PRIMARY KEY, b varbinary(4), c varchar(4) CHARACTER SET $charset) ENGINE=MyISAM;
		    INSERT INTO src (id, b) SELECT seq, $rows;
		    UPDATE IGNORE src SET c = CONVERT(b USING $charset);
		    CREATE TABLE t_$charset (id int PRIMARY KEY, c varchar(4) CHARACTER SET $charset,
		      l longtext CHARACTER SET $charset) SELECT id, c FROM src
		      WHERE CAST(c AS BINARY) = b AND CHAR_LENGTH(c) = 1;
		    INSERT INTO t_$charset (id, l) SELECT -1, GROUP_CONCAT(c ORDER BY id SEPARATOR '') FROM t_$charset;
		    DROP TABLE src" obj
		[ "$(sql "SELECT COUNT(*) > 200 FROM obj.t_$charset")" = 1 ]
	done < <(sql "SELECT CHARACTER_SET_NAME, MAXLEN FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME <> 'binary'")
	[ "$(sql "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'obj'")" -ge 38 ]
	comes_back obj
	while read -r charset; do
		same_hex "t_$charset" c
		same_hex "t_$charset" l
	done < <(sql "SELECT CHARACTER_SET_NAME FROM information_schema.CHARACTER_SETS WHERE CHARACTER_SET_NAME <> 'binary'")
	# ASCII stays readable where the set has it.
	grep -qF "(NULL,97,'a')" "$T/a.sql"
	grep -qF "(NULL,152,_cp1251 0x98)" "$T/a.sql"
}

@test "the character sets of databases, tables, columns and definitions travel" {
	sql "DROP DATABASE IF EXISTS obj; CREATE DATABASE obj CHARACTER SET latin2 COLLATE latin2_czech_cs"
	sql - obj <<'SQL'
CREATE TABLE t (id int PRIMARY KEY, a varchar(9), e enum('ř','ä') DEFAULT 'ř', g varchar(9) CHARACTER SET gbk DEFAULT '中',
  s set('日','本') CHARACTER SET sjis, u varchar(3) CHARACTER SET utf16 DEFAULT '😀',
  c varchar(9) CHARACTER SET cp1251 COLLATE cp1251_bin DEFAULT 'Я' CHECK (a <> 'x'),
  b binary(4) DEFAULT 0xff00fe5c, v varbinary(9) DEFAULT x'27220a0d1a', l blob DEFAULT 0xff,
  x varchar(20) CHARACTER SET latin1 COLLATE latin1_german2_ci AS (CONCAT(LEFT(a, 0), 'ü')) STORED COMMENT 'ü😀')
  COLLATE latin2_hungarian_ci COMMENT '中é';
INSERT INTO t (id, a, s) VALUES (1, 'ř', '日,本'), (2, 'ä', ''), (3, NULL, NULL);
SET NAMES latin1;
CREATE PROCEDURE p() SELECT 'é' AS `é`;
CREATE VIEW v AS SELECT 'é' AS `é`;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE DO SELECT 'é';
SET NAMES gbk;
CREATE PROCEDURE in_gbk() SELECT 'a\\''b;' AS c;
CREATE VIEW v_gbk AS SELECT 'abc' AS c;
SET NAMES utf8mb4;
SQL
	comes_back obj
	grep -q '^SET character_set_client = gbk' "$T/a.sql"
	[ "$(sql 'SELECT @@character_set_database, @@collation_database' back1)" = $'latin2\tlatin2_czech_cs' ]
	[ "$(sql 'SELECT @@character_set_database, @@collation_database' back2)" = $'latin2\tlatin2_czech_cs' ]
	same_hex t a
	same_hex t b
	same_hex t x
	[ "$(sql "SELECT HEX(\`é\`) FROM back1.v")" = "$(sql "SELECT HEX(\`é\`) FROM obj.v")" ]
}

@test "system-versioned tables keep their history, to the microsecond" {
	new_db obj
	sql - obj <<'SQL'
CREATE TABLE implicit (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING;
CREATE TABLE named (id int PRIMARY KEY, x float, `r``s` timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE,
  re timestamp(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (`r``s`, re)) WITH SYSTEM VERSIONING;
CREATE TABLE part_of (id int PRIMARY KEY, x int, y int WITHOUT SYSTEM VERSIONING, g int AS (x + 1) VIRTUAL) WITH SYSTEM VERSIONING;
CREATE TABLE nokey (id int, x int) ENGINE=Aria WITH SYSTEM VERSIONING;
CREATE TABLE auto (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING
  PARTITION BY SYSTEM_TIME INTERVAL 1 HOUR STARTS '2026-01-01 00:00:00' PARTITIONS 3;
CREATE TABLE own (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING
  PARTITION BY SYSTEM_TIME INTERVAL 1 DAY AUTO PARTITIONS 3;
CREATE TABLE lim (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING
  PARTITION BY SYSTEM_TIME LIMIT 3 (PARTITION p0 HISTORY, PARTITION p1 HISTORY, PARTITION pn CURRENT);
CREATE TABLE aria (id int PRIMARY KEY, x int) ENGINE=Aria WITH SYSTEM VERSIONING;
CREATE TABLE big (id int PRIMARY KEY, x varchar(200)) WITH SYSTEM VERSIONING;
SQL
	local table
	for table in implicit named part_of nokey auto own lim aria; do
		sql "INSERT INTO $table (id, x) VALUES (1, 1), (2, 2), (3, 3); UPDATE $table SET x = x + 1; DELETE FROM $table WHERE id = 2;
		    UPDATE $table SET x = x + 1; UPDATE $table SET x = x + 1 WHERE id = 3" obj
	done
	sql "INSERT INTO big SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_40000; UPDATE big SET x = REVERSE(x) WHERE id % 2;
	    DELETE FROM big WHERE id % 3 = 0; ANALYZE TABLE big" obj >/dev/null
	sql "ALTER TABLE part_of ADD KEY (x); CREATE TABLE parent (id int PRIMARY KEY); INSERT INTO parent SELECT seq FROM seq_1_to_9;
	    ALTER TABLE part_of ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES parent (id)" obj
	comes_back obj
	for table in implicit named part_of nokey auto own lim aria big; do
		local start='row_start' end='row_end' from
		[ $table != named ] || start='`r``s`' end=re
		for q in "COUNT(*), SUM(CRC32(CONCAT_WS(',', id, x, $start, $end))) FROM DB.$table FOR SYSTEM_TIME ALL" \
		    "COUNT(*), SUM(CRC32(CONCAT_WS(',', id, x))) FROM DB.$table"; do
			from=$(sql "SELECT ${q/DB/obj}")
			[ "$(sql "SELECT ${q/DB/back1}")" = "$from" ]
			[ "$(sql "SELECT ${q/DB/back2}")" = "$from" ]
		done
	done
	[ "$(sql 'SELECT COUNT(*) FROM back1.big FOR SYSTEM_TIME ALL')" = 60000 ]
	# The order in which the rows came is not that of the dump.
	for name in back1 back2; do
		new_db $name
		sql "CREATE TABLE t (id int PRIMARY KEY, x int) ENGINE=Aria WITH SYSTEM VERSIONING; SET system_versioning_insert_history = 1;
		    INSERT INTO t (id, x, row_start, row_end) SELECT 1, seq, '2020-01-01' + INTERVAL seq DAY, '2020-01-02' + INTERVAL seq DAY
		    FROM seq_1_to_50 ORDER BY IF('$name' = 'back1', seq, -seq)" $name
	done
	cmp <(as_dumped back1 x) <(as_dumped back2 x)
	# What is valid now has no end in the dump: later servers have another last moment.
	lacks '2038-01-19' "$T/a.sql"
	# The bytes are the same for every number of readers.
	dump -j 1 obj | cmp - "$T/a.sql"
	dump -j 4 obj | cmp - "$T/a.sql"
	# As new rows.
	dump --skip-history obj >"$T/now.sql"
	lacks 'row_start\|row_end\|insert_history' "$T/now.sql"
	new_db back1
	sql - back1 <"$T/now.sql"
	[ "$(sql 'SELECT COUNT(*) FROM back1.big FOR SYSTEM_TIME ALL')" = "$(sql 'SELECT COUNT(*) FROM obj.big')" ]
	[ "$(sql 'SELECT SUM(x) FROM back1.part_of')" = "$(sql 'SELECT SUM(x) FROM obj.part_of')" ]
}

@test "history that is told by transactions is left out with a warning" {
	new_db obj
	sql "CREATE TABLE t (id int PRIMARY KEY, x int, s bigint unsigned GENERATED ALWAYS AS ROW START,
	    e bigint unsigned GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME (s, e)) WITH SYSTEM VERSIONING;
	    INSERT INTO t (id, x) VALUES (1, 1), (2, 2); UPDATE t SET x = 5" obj
	expect_ok dump obj
	grep -qF 'siantre-dump: table `obj`.`t`: its history is told by transactions' "$T/stderr"
	grep -qF '{"warnings":["history left out: table `obj`.`t`"]}' "$T/stdout"
	new_db back1
	sql - back1 <"$T/stdout"
	[ "$(sql 'SELECT COUNT(*), SUM(x) FROM back1.t')" = $'2\t10' ]
	expect_ok dump --skip-history obj
	[ ! -s "$T/stderr" ]
}

@test "sequences stand where they stood" {
	new_db obj
	sql - obj <<'SQL'
CREATE SEQUENCE up START 5 MINVALUE 2 MAXVALUE 100 INCREMENT 3 CACHE 4 COMMENT 'it''s';
DO NEXTVAL(up), NEXTVAL(up);
CREATE SEQUENCE down START -5 MINVALUE -90 MAXVALUE -1 INCREMENT -2 NOCACHE CYCLE;
DO NEXTVAL(down);
CREATE SEQUENCE round START 5 MINVALUE 1 MAXVALUE 7 CACHE 2 CYCLE;
DO NEXTVAL(round), NEXTVAL(round), NEXTVAL(round), NEXTVAL(round), NEXTVAL(round);
CREATE SEQUENCE ended START 5 MINVALUE 1 MAXVALUE 6 CACHE 2; DO NEXTVAL(ended), NEXTVAL(ended);
CREATE SEQUENCE set_back START 50; ALTER SEQUENCE set_back RESTART 7;
CREATE SEQUENCE last; DO SETVAL(last, 9223372036854775806);
CREATE SEQUENCE first INCREMENT -1; DO SETVAL(first, -9223372036854775807);
CREATE SEQUENCE steps INCREMENT 0; DO NEXTVAL(steps);
CREATE SEQUENCE my ENGINE=MyISAM; DO NEXTVAL(my);
CREATE SEQUENCE ar ENGINE=Aria; DO NEXTVAL(ar);
CREATE TABLE t (id int DEFAULT NEXTVAL(up) PRIMARY KEY, x int DEFAULT (1 + LASTVAL(up)));
INSERT INTO t () VALUES (), ();
SQL
	comes_back obj
	local s
	for s in up down round set_back steps my ar; do
		[ "$(sql "SELECT NEXTVAL($s)" back1)" = "$(sql "SELECT NEXTVAL($s)" back2)" ]
		[ "$(sql "SELECT * FROM back1.$s")" = "$(sql "SELECT * FROM back2.$s")" ]
	done
	for s in ended last first; do
		expect_fail 1 'has run out' sql "SELECT NEXTVAL($s)" back2
	done
	# The table's default is its own sequence, not that of the database it came from.
	[ "$(sql "SELECT COLUMN_DEFAULT FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = 'back1' AND TABLE_NAME = 't' AND COLUMN_NAME = 'id'")" = 'nextval(`back1`.`up`)' ]
	lacks '`obj`' "$T/a.sql"
}

@test "tables of every engine and every kind of partition" {
	new_db obj
	sql - obj <<'SQL'
CREATE TABLE inno (id int PRIMARY KEY, x text) ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8;
CREATE TABLE aria (id int PRIMARY KEY, x text, FULLTEXT (x)) ENGINE=Aria TRANSACTIONAL=0 PAGE_CHECKSUM=1;
CREATE TABLE myisam (id int PRIMARY KEY AUTO_INCREMENT, x text, p point NOT NULL, SPATIAL KEY (p)) ENGINE=MyISAM DELAY_KEY_WRITE=1;
CREATE TABLE memory (id int PRIMARY KEY, x varchar(90), KEY h (x) USING BTREE) ENGINE=MEMORY MAX_ROWS=1000;
CREATE TABLE csv (id int NOT NULL, x text NOT NULL) ENGINE=CSV;
CREATE TABLE m1 (id int, x text) ENGINE=MyISAM; CREATE TABLE m2 LIKE m1;
CREATE TABLE merged (id int, x text) ENGINE=MERGE UNION=(m1, m2) INSERT_METHOD=LAST;
CREATE VIEW numbers AS SELECT * FROM seq_1_to_5;
CREATE TABLE by_range (id int, x text, d date) PARTITION BY RANGE (id) SUBPARTITION BY HASH (TO_DAYS(d)) SUBPARTITIONS 2
  (PARTITION p0 VALUES LESS THAN (500) COMMENT 'it''s', PARTITION `p``1` VALUES LESS THAN MAXVALUE);
CREATE TABLE by_list (id int, x varchar(90)) PARTITION BY LIST COLUMNS (x) (PARTITION p0 VALUES IN ('x1', 'ü''2'), PARTITION pd DEFAULT);
CREATE TABLE by_key (id int PRIMARY KEY, x text) PARTITION BY KEY () PARTITIONS 3;
CREATE TABLE by_linear (id int, x text) ENGINE=Aria PARTITION BY LINEAR HASH (id) PARTITIONS 3;
CREATE TABLE by_columns (id int, x varchar(90), d date) PARTITION BY RANGE COLUMNS (d, x)
  (PARTITION p0 VALUES LESS THAN ('2020-01-01', 'm'), PARTITION p1 VALUES LESS THAN (MAXVALUE, MAXVALUE));
SQL
	local table archive=''
	# An engine that the server may have as a plugin.
	if sql "INSTALL SONAME 'ha_archive'" 2>/dev/null; then
		sql "CREATE TABLE archive (id int AUTO_INCREMENT PRIMARY KEY, x text) ENGINE=ARCHIVE;
		    CREATE TABLE archive2 (id int AUTO_INCREMENT PRIMARY KEY, x text) ENGINE=ARCHIVE AUTO_INCREMENT=50" obj
		archive=archive
	fi
	for table in inno aria memory csv $archive m1 m2 by_range by_list by_key by_linear by_columns; do
		sql "INSERT INTO $table (id, x) SELECT seq, CONCAT('x', seq) FROM seq_1_to_1000" obj
	done
	sql "INSERT INTO myisam SELECT seq, seq, POINT(seq, 1) FROM seq_1_to_1000; DELETE FROM myisam WHERE id > 990;
	    UPDATE by_range SET d = '2020-01-01' + INTERVAL id DAY; UPDATE by_columns SET d = '2019-12-01' + INTERVAL id DAY" obj
	comes_back obj
	for table in inno aria memory csv $archive m1 m2 merged by_range by_list by_key by_linear by_columns myisam numbers; do
		[ "$(sql "SELECT COUNT(*), SUM(id) FROM back2.$table")" = "$(sql "SELECT COUNT(*), SUM(id) FROM obj.$table")" ]
	done
	[ "$(sql 'SELECT COUNT(*) FROM obj.merged')" = 2000 ]
	[ "$(sql "SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'back1' AND TABLE_NAME = 'myisam'")" = 1001 ]
	[ "$(sql "SELECT COUNT(*) FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = 'back1' AND SUBPARTITION_NAME IS NOT NULL")" = 4 ]
}

@test "columns of every kind: hidden, computed, compressed, checked, with every default" {
	new_db obj
	sql - obj <<'SQL'
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
CREATE TABLE kinds (id int PRIMARY KEY, hidden int INVISIBLE DEFAULT 4, v int AS (hidden + 1) VIRTUAL, s varchar(9) AS (CONCAT(id, 'x')) STORED,
  hv int AS (id * 2) STORED INVISIBLE, t text COMPRESSED, kt text, c varchar(100) COMPRESSED=zlib, zf int(7) ZEROFILL, zd decimal(9,3) unsigned zerofill,
  j json, n int CHECK (n > 0), CONSTRAINT `c``k` CHECK (n < hidden + 100), KEY (v), UNIQUE KEY u (s), KEY part (kt(10)), KEY ign (hv) IGNORED,
  KEY des (id, hidden DESC) COMMENT 'it''s
a key');
INSERT INTO kinds (id, hidden, t, c, zf, zd, j, n) VALUES (0, NULL, REPEAT('äb', 400), REPEAT('x', 99), 5, 1.5, '{"a": [1]}', 3),
  (-5, 9, '', '', 0, 0, 'null', NULL), (7, 7, NULL, NULL, NULL, NULL, NULL, 50);
CREATE TABLE defaults (id int PRIMARY KEY DEFAULT (1 + 2), u varchar(36) DEFAULT (UUID()), t datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  t6 timestamp(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), tn timestamp NULL, n int DEFAULT NULL, s varchar(20) DEFAULT 'it''s \\ ;
-- x', b bit(3) DEFAULT b'101', f float DEFAULT 1.5, e enum('x','ü;') DEFAULT 'ü;', st set('a','b') DEFAULT 'a,b', d date DEFAULT '2020-01-01',
  k binary(3) DEFAULT 0x410042, g geometry DEFAULT POINT(1, 2), y year DEFAULT 2020, ti time(3) DEFAULT '-01:02:03.004', de decimal(5,2) DEFAULT -1.5) COMMENT 'it''s
a table; -- x';
INSERT INTO defaults () VALUES ();
CREATE TABLE periods (id int, s date, e date, PERIOD FOR app (s, e), PRIMARY KEY (id, app WITHOUT OVERLAPS));
INSERT INTO periods VALUES (1, '2020-01-01', '2021-01-01'), (1, '2021-01-01', '2022-01-01'), (2, '2000-01-01', '2030-01-01');
DELETE FROM periods FOR PORTION OF app FROM '2010-01-01' TO '2011-01-01' WHERE id = 2;
CREATE TABLE autos (id bigint unsigned AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 77;
INSERT INTO autos VALUES (0), (18446744073709551613);
CREATE TABLE stamps (id int PRIMARY KEY, t timestamp(6) NULL);
SQL
	# 01:30 is there twice in New York: each is told from the other only by its UTC time.
	sql "SET time_zone = '+00:00'; INSERT INTO stamps VALUES (1, '2026-11-01 05:30:00.000001'), (2, '2026-11-01 06:30:00.000001'),
	    (3, '2026-03-08 07:00:00'), (4, '1970-01-01 00:00:01'), (5, '2038-01-19 03:14:07.999999'), (6, NULL), (7, '0000-00-00 00:00:00')" \
	    obj --init-command="SET sql_mode = ''"
	[ "$(sql 'SELECT COUNT(DISTINCT CONCAT(t)), COUNT(DISTINCT UNIX_TIMESTAMP(t)) FROM obj.stamps WHERE id < 3')" = $'1\t2' ]
	comes_back obj
	# The server computes them anew, and MySQL takes no others.
	grep -qF 'INSERT INTO `kinds` (`id`,`hidden`,`t`,`kt`,`c`,`zf`,`zd`,`j`,`n`) VALUES' "$T/a.sql"
	for name in back1 back2; do
		[ "$(sql "SELECT GROUP_CONCAT(UNIX_TIMESTAMP(t) ORDER BY id) FROM $name.stamps")" = "$(sql "SELECT GROUP_CONCAT(UNIX_TIMESTAMP(t) ORDER BY id) FROM obj.stamps")" ]
		[ "$(sql "SELECT id, hidden, v, s, hv FROM $name.kinds ORDER BY id")" = "$(sql "SELECT id, hidden, v, s, hv FROM obj.kinds ORDER BY id")" ]
		[ "$(sql "SELECT MIN(id), MAX(id) FROM $name.autos")" = $'0\t18446744073709551613' ]
		expect_fail 1 "CONSTRAINT \`c\`\`k\` failed" sql "INSERT INTO kinds (id, n) VALUES (99, 5000)" "$name"
	done
}

@test "programs of every kind, whatever their text holds" {
	new_db obj
	sql "DROP ROLE IF EXISTS r; CREATE ROLE r"
	sql - obj <<'SQL'
CREATE TABLE t (id int PRIMARY KEY, n int);
SET sql_mode = oracle;
DELIMITER $$
CREATE PACKAGE pk AS
  PROCEDURE p1; -- a comment
  FUNCTION f1(a int) RETURN int;
END;
$$
CREATE PACKAGE BODY pk AS
  x int := 5;
  PROCEDURE p1 AS BEGIN SELECT 'a;;b$$'; END;
  FUNCTION f1(a int) RETURN int AS BEGIN RETURN a + x; END;
BEGIN NULL; END; -- the last words
$$
CREATE PROCEDURE po(a IN OUT varchar2(10)) AS BEGIN a := a || 'x'; END;
$$
CREATE FUNCTION fo RETURN varchar2(10) AS BEGIN RETURN 'x'; END;
$$
DELIMITER ;
SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES';
CREATE FUNCTION "f""q"() RETURNS varchar(10) DETERMINISTIC RETURN 'a\';
CREATE VIEW "v""q" AS SELECT 'a\' AS "c""q", "f""q"() AS d;
SET sql_mode = '';
DELIMITER //
CREATE PROCEDURE `p``;;` (IN `a``b` int, OUT `c
d` int) COMMENT 'it''s; -- x
y' BEGIN SELECT ';; $$ // $1$ $2$'; /* in */ SET `c
d` = 1; END -- the last words
//
CREATE PROCEDURE hash() BEGIN SELECT 1; END # the last words
//
CREATE PROCEDURE block() SELECT 1 /* the last words */
//
CREATE DEFINER=r PROCEDURE invoked() SQL SECURITY INVOKER SELECT 'DEFINER=`r`'//
CREATE AGGREGATE FUNCTION agg(x int) RETURNS int BEGIN DECLARE m int DEFAULT 0; DECLARE CONTINUE HANDLER FOR NOT FOUND RETURN m; LOOP FETCH GROUP NEXT ROW; SET m = m + x; END LOOP; END//
CREATE TRIGGER b1 BEFORE INSERT ON t FOR EACH ROW SET NEW.n = NEW.n + 1//
CREATE TRIGGER a0 BEFORE INSERT ON t FOR EACH ROW PRECEDES b1 SET NEW.n = NEW.n * 10//
CREATE TRIGGER c2 BEFORE INSERT ON t FOR EACH ROW FOLLOWS a0 SET NEW.n = NEW.n + 2//
CREATE TRIGGER `z
z` AFTER UPDATE ON t FOR EACH ROW BEGIN SET @x = ';;'; END//
CREATE TRIGGER aa AFTER DELETE ON t FOR EACH ROW SET @x = 1//
CREATE EVENT ev ON SCHEDULE EVERY 1 WEEK STARTS '2030-01-01' ENDS '2037-01-01' ON COMPLETION PRESERVE DISABLE ON SLAVE COMMENT 'x''y' DO BEGIN SELECT ';;'; END//
DELIMITER ;
SET time_zone = '+05:00'; CREATE EVENT once ON SCHEDULE AT '2037-01-01 00:00:00' DO SET @x = 1;
SET time_zone = '+00:00'; CREATE EVENT often ON SCHEDULE EVERY '1:30' HOUR_MINUTE ENABLE DO SET @x = 1;
INSERT INTO t VALUES (1, 1);
SQL
	comes_back obj
	[ "$(sql 'SELECT n FROM back2.t')" = 13 ]
	sql 'INSERT INTO t VALUES (2, 1)' back2
	[ "$(sql 'SELECT n FROM back2.t WHERE id = 2')" = 13 ] # (1 * 10 + 2) + 1
	[ "$(sql "SET sql_mode = oracle; SELECT pk.f1(1), fo()" back2)" = $'6\tx' ]
	[ "$(sql 'SELECT agg(id) FROM t' back2)" = 3 ]
	[ "$(grep -c 'the last words' "$T/a.sql")" = 3 ]
	# Without definers, and without touching what only looks like one.
	dump --definer=omit obj >"$T/b.sql"
	[ "$(grep -o 'DEFINER=' "$T/b.sql" | wc -l)" = 1 ]
	grep -qF "SELECT 'DEFINER=\`r\`'" "$T/b.sql"
	new_db back1
	sql - back1 <"$T/b.sql"
}

@test "views over views over functions, in whatever order their names are" {
	new_db obj other
	sql - obj <<'SQL'
CREATE TABLE z (id int, n int); INSERT INTO z VALUES (1, 2);
CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN a + 1;
CREATE VIEW e AS SELECT id, f(n) AS `a`, n AS `b` FROM z;
CREATE VIEW d AS SELECT e.id, e.a AS `from`, e.b FROM e;
CREATE VIEW c AS SELECT d.id AS `a`, 'from `a`' AS x FROM d LEFT JOIN (e JOIN z ON e.id = z.id) ON d.id = e.id;
CREATE VIEW b AS SELECT c.a, c.x FROM c WHERE EXISTS (SELECT 1 FROM d WHERE d.id = c.a);
CREATE VIEW bb AS SELECT id, n FROM z WHERE n < 100 WITH CASCADED CHECK OPTION;
CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW a AS SELECT * FROM b;
CREATE VIEW aa AS SELECT a FROM b UNION SELECT id FROM (SELECT id FROM e) a;
CREATE VIEW ab AS WITH RECURSIVE r AS (SELECT 1 AS x UNION SELECT x + 1 FROM r WHERE x < 3) SELECT r.x, aa.a FROM r JOIN aa;
CREATE VIEW ac AS SELECT id FROM z PROCEDURE_IS_NO_WORD;
CREATE TABLE lead (` x` int); CREATE VIEW blank AS SELECT ` x` FROM lead; -- a warning, and a whole view
CREATE VIEW `v``w
x%_` AS SELECT `ab`.`x` AS `x``y
z` FROM ab;
SQL
	comes_back obj
	[ "$(sql 'SELECT COUNT(*) FROM back1.ab')" = "$(sql 'SELECT COUNT(*) FROM obj.ab')" ]
	# A view of another database, which is dumped later, and one that reads it.
	sql "CREATE TABLE t (id int); CREATE VIEW w AS SELECT id FROM t" other
	sql "CREATE VIEW x AS SELECT w.id FROM other.w; CREATE FUNCTION g() RETURNS int READS SQL DATA RETURN (SELECT COUNT(*) FROM other.w)" obj
	sql "CREATE VIEW a AS SELECT x.id, obj.g() AS n FROM obj.x" other
	dump -B obj other >"$T/two.sql"
	sql "DROP DATABASE obj; DROP DATABASE other"
	sql - <"$T/two.sql"
	dump -B obj other | cmp - "$T/two.sql"
	sql "DROP DATABASE obj; DROP DATABASE other"
	expect_ok siantre-restore db -q --defaults-file="$DB/root.cnf" "$T/two.sql"
	dump -B obj other | cmp - "$T/two.sql"
	# Events last, behind everything of every database.
	sql "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @x = 1" obj
	sql "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET @x = 1" other
	dump -B obj other >"$T/two.sql"
	[ "$(grep '^CREATE ' "$T/two.sql" | tail -n 1 | grep -c ' EVENT ')" = 1 ]
}

@test "names by chance: what the server takes as a name comes back" {
	new_db obj
	python3 - 20261123 <<'PY' | sql - obj
import random, sys
random.seed(int(sys.argv[1]))
chars = list("`\"'\n\r\t%_ \\;-#/*().$@~,=a\x01\x7fAé日￿é\u0301\u2028\u00a0") + ["/*", "*/", "--", "-- ", "\\!", "\\.", "//", ";;", "$$", "siantre-end"]
used = set()
# Names of what has a file become longer there, and its name has 255 bytes.
def size(s):
    return sum(1 if c.isascii() and c.isalnum() or c == '_' else 5 for c in s)
def name(most=64, file=0):
    while True:
        s = ''
        want = random.choice([1, 2, 3, 8, 20, most])
        while len(s) < want:
            s += random.choice(chars) if not file or size(s) + want * 1 < file else random.choice('abcXYZ_09')
        s = s[:want].rstrip(' \n\r\t\x0b\x0c')
        if file and size(s) > file:
            continue
        # Two names differ by more than what a collation sees, but for tables.
        if s and not s.isspace() and s.casefold() not in used:
            used.add(s.casefold())
            return s
# A view's columns lose the blanks that they begin with, and the server's own text does not load.
def column():
    while True:
        s = name()
        if not s[0].isspace():
            return s
q = lambda s: '`' + s.replace('`', '``') + '`'
t = lambda s: "'" + s.replace('\\', '\\\\').replace("'", "''") + "'"
parent = None
print("SET sql_mode = '', foreign_key_checks = 0;")
def statement(s):
    print("DELIMITER zzEnd\n" + s + "\nzzEnd\nDELIMITER ;")
for i in range(25):
    table = name(file=240)
    a, b, key, check, fk = column(), column(), name(), name(), name()
    statement(f"CREATE TABLE {q(table)} ({q(a)} int PRIMARY KEY COMMENT {t(name())}, {q(b)} varchar(200) DEFAULT {t(name())}, "
              f"g int, KEY {q(key)} ({q(b)}(5)), CONSTRAINT {q(check)} CHECK ({q(a)} > 0), "
              f"CONSTRAINT {q(fk)} FOREIGN KEY (g) REFERENCES {q(parent[0] if parent else table)} ({q(parent[1] if parent else a)})) COMMENT = {t(name())}"
              + (f" " if i % 3 else ""))
    statement(f"INSERT INTO {q(table)} ({q(a)}, {q(b)}) VALUES (1, {t(name())}), (2, {t(name())})")
    statement(f"CREATE VIEW {q(name(file=240))} AS SELECT {q(a)} AS {q(column())}, {q(b)} FROM {q(table)}")
    statement(f"CREATE TRIGGER {q(name(file=240))} BEFORE UPDATE ON {q(table)} FOR EACH ROW SET NEW.{q(b)} = {t(name())}")
    statement(f"CREATE PROCEDURE {q(name())} (IN {q(name())} int) COMMENT {t(name())} SELECT {t(name())} FROM {q(table)}")
    statement(f"CREATE FUNCTION {q(name())} () RETURNS int RETURN 1")
    statement(f"CREATE EVENT {q(name())} ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE COMMENT {t(name())} DO DELETE FROM {q(table)}")
    statement(f"CREATE SEQUENCE {q(name(file=240))}")
    statement(f"CREATE TABLE {q(name(file=120))} (i int) PARTITION BY LIST (i) (PARTITION {q(name(file=100))} VALUES IN (1))")
    parent = (table, a)
for s in ('Case', 'case', 'CASE', 'cAse'):
    statement(f"CREATE TABLE {q(s)} (x int)")
    statement(f"INSERT INTO {q(s)} VALUES (ORD({t(s)}))")
PY
	[ "$(sql "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'obj'")" = 104 ]
	[ "$(sql "SELECT MAX(CHAR_LENGTH(TABLE_NAME)) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'obj'")" = 64 ]
	comes_back obj
	# The server takes none beyond the basic plane.
	expect_fail 1 'Invalid utf8mb' sql 'CREATE TABLE `😀` (x int)' obj
}

@test "limits of the server's sessions do not end a long dump" {
	new_db obj
	sql "CREATE TABLE t (id int PRIMARY KEY, x varchar(200)); INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_400000;
	    CREATE TABLE u (id int PRIMARY KEY)" obj
	sql "SET GLOBAL max_statement_time = 0.5, wait_timeout = 1, interactive_timeout = 1, net_write_timeout = 1, net_read_timeout = 1"
	mkfifo "$T/out"
	dump obj >"$T/out" 2>"$T/err" &
	local pid=$! rc=0
	exec 7<"$T/out"
	head -c 1000 <&7 >/dev/null
	sleep 3
	cat <&7 >"$T/rest"
	wait "$pid" || rc=$?
	sql "SET GLOBAL max_statement_time = 0, wait_timeout = 28800, interactive_timeout = 28800, net_write_timeout = 60, net_read_timeout = 30"
	[ ! -s "$T/err" ] || { cat "$T/err"; false; }
	[ "$rc" = 0 ]
	[ "$(tail -n 1 "$T/rest" | cut -c 1-15)" = '-- siantre-end ' ]
}

@test "a row of many megabytes, and bytes of every value" {
	new_db obj
	sql "CREATE TABLE t (id int PRIMARY KEY, b longblob, t longtext, g geometry, v bit(64));
	    INSERT INTO t VALUES (1, REPEAT(0x5C2700FF0A, 8000000), REPEAT('😀\\\\''\\n', 3000000), NULL, b'1'), (2, '', '', POINT(1, 2), 0),
	      (3, NULL, NULL, ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),LINESTRING(0 0,1 1))', 4326), ~0)" obj
	comes_back obj
	[ "$(sql "SELECT CONCAT_WS(',', SHA1(b), SHA1(t)) FROM back2.t WHERE id = 1")" = "$(sql "SELECT CONCAT_WS(',', SHA1(b), SHA1(t)) FROM obj.t WHERE id = 1")" ]
	[ "$(sql "SELECT ST_SRID(g), HEX(v) FROM back2.t WHERE id = 3")" = $'4326\tFFFFFFFFFFFFFFFF' ]
}

@test "a server whose version holds control bytes is not believed; nothing asks for a sandbox" {
	new_db obj
	dump obj >"$T/a.sql"
	[ "$(head -n 1 "$T/a.sql")" = '-- siantre-dump 1' ]
	lacks 'sandbox\|999999' "$T/a.sql"
	mkdir "$T/evil"
	"$ROOT/tests/mariadbd" start "$T/evil" --version=$'10.11.19-MariaDB\n\\! touch '"$T/ran" || skip "this server takes no other version"
	expect_fail 69 "connect: the server's version holds control bytes" \
	    siantre-dump --defaults-file="$T/evil/root.cnf" -A
	[ ! -e "$T/ran" ]
}

@test "what a program's variables are in is what its database was in when it was made" {
	sql "DROP DATABASE IF EXISTS obj; CREATE DATABASE obj CHARACTER SET latin1 COLLATE latin1_german1_ci"
	sql - obj <<-'SQL'
		CREATE TABLE t (id int PRIMARY KEY, c varchar(9) CHARACTER SET ascii);
		DELIMITER //
		CREATE FUNCTION f() RETURNS varchar(40) DETERMINISTIC
		  BEGIN DECLARE v varchar(10) DEFAULT 'a'; RETURN CONCAT(CHARSET(v), COLLATION(v)); END//
		CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW
		  BEGIN DECLARE v varchar(10) DEFAULT 'a'; SET NEW.c = CHARSET(v); END//
		CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01' DISABLE DO BEGIN DECLARE v varchar(10); SET v = ''; END//
		ALTER DATABASE obj CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci//
		CREATE FUNCTION now_made() RETURNS varchar(40) DETERMINISTIC
		  BEGIN DECLARE v varchar(10) DEFAULT 'a'; RETURN COLLATION(v); END//
	SQL
	comes_back obj
	for name in obj back1 back2; do
		[ "$(sql "SELECT f(), now_made(), @@collation_database" $name)" = $'latin1latin1_german1_ci\tutf8mb4_unicode_ci\tutf8mb4_unicode_ci' ]
		sql "INSERT INTO t (id) VALUES (9)" $name
		[ "$(sql "SELECT c FROM t WHERE id = 9" $name)" = latin1 ]
		[ "$(sql "SELECT DATABASE_COLLATION FROM information_schema.EVENTS WHERE EVENT_SCHEMA = '$name'")" = latin1_german1_ci ]
	done
}

@test "values that were let in once: invalid dates, no value of an ENUM, more digits than a DECIMAL has" {
	new_db obj
	sql - obj <<-'SQL'
		SET sql_mode = 'ALLOW_INVALID_DATES';
		CREATE TABLE d (id int PRIMARY KEY, a date, b datetime(3), c date NOT NULL DEFAULT '2023-02-30');
		INSERT INTO d VALUES (1, '2023-02-31', '2023-11-31 01:02:03.004', '2023-04-31'), (2, NULL, NULL, DEFAULT);
		CREATE TABLE n (id int PRIMARY KEY, a double(255,30), b double(60,2));
		INSERT INTO n VALUES (1, 1e200, 1.5), (2, -1e70, -0.25), (3, 1.5, NULL);
		SET sql_mode = '';
		CREATE TABLE e (id int PRIMARY KEY, v enum('a','b'), KEY (v));
		INSERT INTO e SELECT seq, IF(seq % 100 = 0, 'zzz', 'a') FROM seq_1_to_60000;
	SQL
	comes_back obj
	for name in obj back1 back2; do
		[ "$(sql "SELECT COUNT(*) FROM e WHERE v + 0 = 0" $name)" = 600 ]
		[ "$(sql "SELECT a, b, c FROM d WHERE id = 1" $name)" = $'2023-02-31\t2023-11-31 01:02:03.004\t2023-04-31' ]
		[ "$(sql "SELECT a = 1e200 FROM n WHERE id = 1" $name)" = 1 ]
	done
}

@test "an old table whose row may become too long, and the comment of a database" {
	local i columns=
	for ((i = 0; i < 180; i++)); do columns+=", c$i char(60)"; done
	new_db obj
	sql "ALTER DATABASE obj COMMENT 'Antrean, \"kota\" \\\\ it''s */'"
	sql "SET innodb_strict_mode = 0; CREATE TABLE wide (id int PRIMARY KEY$columns) ENGINE=InnoDB ROW_FORMAT=COMPACT CHARSET=latin1;
	    INSERT INTO wide (id, c0, c179) VALUES (1, 'a', 'z')" obj 2>/dev/null
	comes_back obj
	[ "$(sql "SELECT SCHEMA_COMMENT FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN ('obj', 'back1', 'back2')" | sort | uniq -c | awk '{ print $1 }')" = 3 ]
}

@test "a timestamp that is NOT NULL and no more, on a server that adds to such" {
	new_db obj
	sql "SET explicit_defaults_for_timestamp = 1;
	    CREATE TABLE ts (id int PRIMARY KEY, a timestamp NOT NULL, b timestamp NOT NULL, c timestamp NULL)" obj
	sql "SET GLOBAL explicit_defaults_for_timestamp = 0"
	comes_back obj
	sql "SET GLOBAL explicit_defaults_for_timestamp = DEFAULT"
	lacks 'current_timestamp' "$T/a.sql"
}

@test "programs of servers before MySQL 8 are made in modes that it has" {
	new_db obj
	sql "SET sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_CREATE_USER'; CREATE FUNCTION f() RETURNS int RETURN 1;
	    SET sql_mode = 'NO_AUTO_CREATE_USER'; CREATE FUNCTION g() RETURNS int RETURN 1" obj
	comes_back obj
	[ "$(grep -A 1 "^SET sql_mode = 'STRICT_TRANS_TABLES';" "$T/a.sql" | tail -n 1)" = \
	    "/*M!100000 SET sql_mode = 'STRICT_TRANS_TABLES,NO_AUTO_CREATE_USER' */;" ]
	[ "$(grep -A 1 "^SET sql_mode = '';" "$T/a.sql" | tail -n 1)" = "/*M!100000 SET sql_mode = 'NO_AUTO_CREATE_USER' */;" ]
	[ "$(sql "SELECT GROUP_CONCAT(SQL_MODE ORDER BY ROUTINE_NAME SEPARATOR ';') FROM information_schema.ROUTINES
	    WHERE ROUTINE_SCHEMA = 'back2'")" = 'STRICT_TRANS_TABLES,NO_AUTO_CREATE_USER;NO_AUTO_CREATE_USER' ]
}

@test "views that the server prints with the database's name find what is theirs under another one" {
	new_db obj
	sql - obj <<-'SQL'
		CREATE TABLE t (id int PRIMARY KEY, j json);
		INSERT INTO t VALUES (1, '[1,2]'), (2, '[3]');
		CREATE SEQUENCE s;
		CREATE VIEW v AS SELECT id, id * 2 AS twice FROM t;
		CREATE VIEW next_one AS SELECT NEXTVAL(s) AS n FROM t WHERE id = 1;
		CREATE VIEW j1 AS SELECT t.id, k.x FROM t JOIN JSON_TABLE(t.j, '$[*]' COLUMNS (x int PATH '$')) k;
		CREATE VIEW j2 AS SELECT v.twice, t.id, k.x FROM t JOIN v ON v.id = t.id JOIN JSON_TABLE(t.j, '$[*]' COLUMNS (x int PATH '$')) k;
		CREATE VIEW j3 AS SELECT id FROM t WHERE EXISTS (SELECT 1 FROM JSON_TABLE(t.j, '$[*]' COLUMNS (x int PATH '$')) k WHERE k.x = 3);
	SQL
	dump obj >"$T/a.sql"
	as_dumped obj obj >"$T/a"
	sql "DROP DATABASE obj"
	new_db back1
	sql - back1 <"$T/a.sql"
	sql "DROP DATABASE IF EXISTS back2"
	expect_ok siantre-restore db -q --defaults-file="$DB/root.cnf" --into back2 "$T/a.sql"
	for name in back1 back2; do
		diff <(as_dumped $name obj) "$T/a"
		[ "$(sql "SELECT SUM(x) FROM j1" $name)" = 6 ]
		[ "$(sql "SELECT SUM(twice * x) FROM j2" $name)" = 18 ]
		[ "$(sql "SELECT id FROM j3" $name)" = 2 ]
		[ "$(sql "SELECT n FROM next_one" $name)" -gt 0 ]
	done
}

@test "a default may name a sequence of another database" {
	sql "DROP DATABASE IF EXISTS a_first; DROP DATABASE IF EXISTS z_last; CREATE DATABASE a_first; CREATE DATABASE z_last;
	    CREATE SEQUENCE z_last.s; CREATE TABLE z_last.u (id int PRIMARY KEY); CREATE SEQUENCE a_first.own;
	    CREATE TABLE a_first.t (id int PRIMARY KEY DEFAULT NEXTVAL(z_last.s), o int DEFAULT NEXTVAL(a_first.own));
	    INSERT INTO a_first.t VALUES (), (); INSERT INTO z_last.u VALUES (5)"
	siantre-dump --defaults-file="$DB/root.cnf" -B a_first z_last >"$T/a.sql"
	expect_ok siantre-verify -q "$T/a.sql"
	for by in client restore; do
		sql "DROP DATABASE a_first; DROP DATABASE z_last"
		if [ $by = client ]; then
			sql - <"$T/a.sql"
		else
			expect_ok siantre-restore db -q --defaults-file="$DB/root.cnf" "$T/a.sql"
		fi
		siantre-dump --defaults-file="$DB/root.cnf" -B a_first z_last | cmp - "$T/a.sql"
		[ "$(sql "SELECT COUNT(*) FROM a_first.t")" = 2 ]
	done
	sql "DROP DATABASE a_first; DROP DATABASE z_last"
}

@test "settings that a session inherits and that would end it" {
	new_db obj
	sql "CREATE TABLE t (id int PRIMARY KEY, v varchar(9)); INSERT INTO t SELECT seq, 'x' FROM seq_1_to_5000" obj
	dump obj >"$T/a.sql"
	sql "SET GLOBAL max_join_size = 1, GLOBAL completion_type = 2"
	rc=0
	dump obj | cmp - "$T/a.sql" || rc=$?
	sql "DROP DATABASE IF EXISTS back2" --init-command='SET sql_big_selects = 1, completion_type = 0'
	expect_ok siantre-restore db -q --bulk-from 0 --defaults-file="$DB/root.cnf" --into back2 "$T/a.sql" || rc=1
	sql "SET sql_big_selects = 1; SET GLOBAL max_join_size = DEFAULT, GLOBAL completion_type = DEFAULT"
	[ $rc = 0 ]
	diff <(as_dumped back2 obj) <(as_dumped obj obj)
}
