#!/usr/bin/env bats
# Hostile and broken dumps against a real server that holds more than the target: each ends 65
# and says where, and nothing outside of the target is another than before.
# shellcheck disable=SC2016 # backquotes are names of databases
load lib

setup_file() {
	DB=$(mktemp -d "${TMPDIR:-/tmp}/siantre-db.XXXXXX")
	export DB
	mkdir "$DB/plugins" "$DB/files"
	chmod 0777 "$DB/files"
	echo 'a file of others' >"$DB/files/secret"
	chmod 0644 "$DB/files/secret"
	library
	"$ROOT/tests/mariadbd" start "$DB" --plugin-dir="$DB/plugins" --plugin-load-add= \
	    --general-log-file="$DB/files/general.log" --innodb-stats-auto-recalc=0
	sql "CREATE DATABASE other; CREATE TABLE other.kept (x int); INSERT INTO other.kept VALUES (7);
	    CREATE SEQUENCE other.s; CREATE VIEW other.v AS SELECT * FROM other.kept;
	    CREATE PROCEDURE other.p() INSERT INTO other.kept VALUES (8);
	    CREATE FUNCTION other.f() RETURNS int RETURN 5;
	    CREATE EVENT other.e ON SCHEDULE EVERY 1 DAY DO SET @x = 1;
	    CREATE DATABASE 5a; CREATE TABLE 5a.k (x int); INSERT INTO 5a.k VALUES (55);
	    CREATE USER app@localhost IDENTIFIED BY 'right'; GRANT ALL ON other.* TO app@localhost;
	    CREATE FUNCTION touch_file RETURNS INTEGER SONAME 'touch_file.so'"
	sql "SELECT touch_file()" >"$DB/files/first" # the library works
	[ -e "$DB/files/touched" ]
	rm "$DB/files/touched"
	outside >"$DB/before"
}

# A function from a library that leaves a file behind.
library() {
	printf '%s\n' '#include <fcntl.h>' '#include <unistd.h>' \
	    'char touch_file_init(void *i, void *a, char *m) { (void)i; (void)a; (void)m; return 0; }' \
	    'long long touch_file(void *i, void *a, char *n, char *e) { (void)i; (void)a; (void)n; (void)e;' \
	    "return close(open(\"$DB/files/touched\", O_CREAT | O_WRONLY, 0600)); }" >"$DB/touch_file.c"
	"${CC:-cc}" -shared -fPIC -o "$DB/plugins/touch_file.so" "$DB/touch_file.c"
}

# outside: all that is not the target, as text: databases, accounts, settings, files.
outside() {
	sql 'SHOW DATABASES'
	mariadb-dump --defaults-file="$DB/root.cnf" --skip-dump-date --routines --events --hex-blob \
	    --ignore-table=mysql.innodb_index_stats --ignore-table=mysql.innodb_table_stats \
	    --databases other 5a mysql
	sql 'SHOW GLOBAL VARIABLES'
	find "$DB/data" "$DB/files" "$DB/plugins" -not -path "$DB/data/back*" -printf '%p %y\n' | sort
	sum "$DB"/files/*
}

# A session that ended may be counted a moment later: nothing of that is in outside.
untouched() {
	outside >"$T/after"
	diff "$DB/before" "$T/after" || {
		echo "touched by: $1"
		return 1
	}
}

restore() {
	siantre-restore db --defaults-file="$DB/root.cnf" --into back -q "$@"
}

# refused PLACE WORDS TEXT: TEXT ends 65 at PLACE with WORDS, as a dump of others and inside one of
# ours whose end mark is right, loaded by INSERT and by LOAD DATA.
refused() {
	local bulk words line=${1%%:*} column=${1#*:} ways="1T 0"
	[[ $BUILD != *-*san ]] || ways=0
	printf '%b' "$3" >"$T/d.sql"
	{
		printf -- '-- siantre-dump 1\n'
		cat "$T/d.sql"
		echo
	} | (cd "$ROOT" && tests/endmark) >"$T/own.sql"
	for bulk in $ways; do
		expect_fail 65 "siantre-restore: $T/d.sql:$1: $2" \
		    restore --foreign --bulk-from "$bulk" "$T/d.sql" || return 1
		[ "$(wc -l <"$T/stderr")" = 1 ] || return 1
		words="$T/own.sql:$((line + 1)):$column: $2"
		[ "${4:-}" != lexical ] || words="$T/own.sql:" # the end mark may be part of what is open
		expect_fail 65 "siantre-restore: $words" restore --bulk-from "$bulk" "$T/own.sql" || return 1
	done
	untouched "$3"
}

# table [lexical]: `PLACE|WORDS|TEXT` a line from stdin; ^ in WORDS stands for what is said of other.
table() {
	local place words text n=0 bad=0
	while IFS='|' read -r place words text; do
		[ -n "$place" ] || continue
		words=${words/^/database \`other\` is named; only \`back\` may be touched}
		refused "$place" "$words" "$text" "${1:-}" || {
			echo "of: $text"
			bad=$((bad + 1))
		}
		n=$((n + 1))
	done
	[ $n -gt 5 ] && [ $bad = 0 ]
}

@test "other databases, by every name and clause" {
	table <<-'CASES'
		1:1|^|USE other;
		1:1|^|DROP DATABASE other;
		1:1|^|CREATE DATABASE IF NOT EXISTS other;
		1:1|^|ALTER DATABASE other COLLATE latin1_bin;
		1:1|the server's own database `mysql` is named|USE mysql;
		1:1|the server's own database `MySQL` is named|DROP TABLE `MySQL`.user;
		1:1|database `#mysql50#other` is named; only `back` may be touched|USE `#mysql50#other`;
		2:1|^|CREATE TABLE t (x int);\nINSERT INTO other.kept VALUES (1);
		1:1|^|INSERT INTO other . kept VALUES (1);
		1:1|^|INSERT INTO other/**/./**/kept VALUES (1);
		1:1|^|INSERT INTO `other`.`kept` SET x = 1;
		1:1|^|REPLACE INTO other.kept VALUES (1);
		1:1|^|INSERT /*!50000 IGNORE INTO other*/.kept VALUES (1);
		2:3|^|CREATE TABLE t (x int);\n  INSERT INTO t SELECT x FROM other.kept;
		2:1|^|CREATE TABLE t (x int);\nINSERT INTO t VALUES ((SELECT MAX(x) FROM other.kept));
		2:1|^|CREATE TABLE t (x int);\nINSERT INTO t VALUES (NEXT VALUE FOR other.s);
		2:1|^|CREATE TABLE t (x int);\nINSERT INTO t VALUES (1) ON DUPLICATE KEY UPDATE x = other.f();
		2:1|^|CREATE TABLE t (x int);\nINSERT INTO t VALUES (1) RETURNING (SELECT MAX(x) FROM other.kept);
		2:1|^|CREATE TABLE t (x int);\nINSERT INTO t VALUES (nextval(other.s));
		2:1|database `5a` is named; only `back` may be touched|CREATE TABLE t (x int);\nINSERT INTO t SELECT x FROM 5a.k;
		1:1|^|CREATE TABLE t LIKE other.kept;
		1:1|^|CREATE TABLE t AS SELECT * FROM other.kept;
		1:1|^|CREATE TABLE t (x int, FOREIGN KEY (x) REFERENCES other.kept (x));
		1:1|^|CREATE TABLE t (x int DEFAULT nextval(other.s));
		1:1|^|CREATE TABLE t (x int) ENGINE=MERGE UNION=(other.kept);
		1:1|^|CREATE TABLE other.t (x int);
		1:1|^|CREATE INDEX i ON other.kept (x);
		1:1|^|CREATE SEQUENCE other.z;
		1:1|^|ALTER TABLE other.kept ADD y int;
		1:1|^|ALTER SEQUENCE other.s RESTART 100;
		1:1|^|DROP TABLE IF EXISTS t, other.kept;
		1:1|^|DROP VIEW other.v;
		1:1|^|DROP PROCEDURE other.p;
		1:1|^|DROP EVENT other.e;
		1:1|^|TRUNCATE TABLE other.kept;
		1:1|^|LOCK TABLES other.kept WRITE;
		1:1|^|DO SETVAL(other.s, 50);
		1:1|^|SELECT SETVAL(other.s, 50);
		1:1|^|CREATE TRIGGER g BEFORE INSERT ON other.kept FOR EACH ROW SET @x = 1;
		1:1|^|CREATE VIEW other.w AS SELECT 1;
		1:1|^|CREATE OR REPLACE VIEW other.v AS SELECT 1;
		1:1|^|ALTER VIEW other.v AS SELECT 1;
		1:1|^|CREATE PROCEDURE other.q() SET @x = 1;
		1:1|^|CREATE EVENT other.z ON SCHEDULE EVERY 1 DAY DO SET @x = 1;
		1:1|^|ALTER EVENT other.e DISABLE;
		1:1|SET NEXT does not belong into a dump|SET @x = NEXT VALUE FOR other.s;
		1:1|SET with a `.` does not belong into a dump|SET @x = other.f;
	CASES
}

@test "other databases, through what the dump made itself" {
	table <<-'CASES'
		2:1|rows for view `v`|CREATE VIEW v AS SELECT x FROM other.kept;\nINSERT INTO v SELECT 666;
		2:1|rows for view `v`|CREATE VIEW v AS SELECT x FROM other.kept;\nINSERT INTO back.V VALUES (666);
		3:1|rows for view `v`|CREATE VIEW v AS SELECT 1 AS x;\nALTER VIEW v AS SELECT x FROM other.kept;\nREPLACE INTO `v` (x) SELECT 666;
		2:1|a query behind a view's definition|CREATE VIEW v AS SELECT x FROM other.kept;\nCREATE TABLE t AS SELECT * FROM v;
		2:1|a query behind a view's definition|CREATE VIEW v AS SELECT other.f();\nCREATE TABLE t (x int DEFAULT (SELECT * FROM v));
		3:1|rows for table `a` behind its trigger|CREATE TABLE a (x int);\nCREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW INSERT INTO other.kept VALUES (9);\nINSERT INTO a SELECT 1;
		3:1|a table is renamed|CREATE TABLE a (x int);\nCREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW INSERT INTO other.kept VALUES (9);\nALTER TABLE a RENAME b;\nINSERT INTO b SELECT 1;
		2:1|a table is renamed|CREATE TABLE a (x int);\nALTER TABLE a ADD y int, RENAME TO other.a;
		2:1|an event is renamed|CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SET @x = 1;\nALTER EVENT e RENAME TO other.z;
		2:1|a function is called behind a routine's definition|CREATE FUNCTION g() RETURNS int RETURN other.f();\nCREATE TABLE t AS SELECT g();
		3:1|a function is called behind a routine's definition|CREATE TABLE t (x int);\nCREATE FUNCTION g() RETURNS int RETURN other.f();\nINSERT INTO t VALUES (1), (g ());
		2:1|SET with a call of g does not belong into a dump|CREATE FUNCTION g() RETURNS int RETURN other.f();\nSET @x = g();
		2:1|CALL does not belong into a dump|CREATE PROCEDURE q() DROP DATABASE other;\nCALL q();
	CASES
}

@test "accounts, files, libraries, settings, other statements" {
	table <<-CASES
		1:1|GRANT does not belong into a dump|GRANT ALL ON *.* TO app@localhost;
		1:1|CREATE USER does not belong into a dump|CREATE USER x;
		1:1|CREATE ROLE does not belong into a dump|CREATE OR REPLACE ROLE x;
		1:1|ALTER USER does not belong into a dump|ALTER USER app@localhost IDENTIFIED BY 'x';
		1:1|DROP USER does not belong into a dump|DROP USER app@localhost;
		1:1|SET PASSWORD does not belong into a dump|SET PASSWORD FOR app@localhost = '';
		1:1|SET ROLE does not belong into a dump|SET DEFAULT ROLE NONE;
		1:1|REVOKE does not belong into a dump|REVOKE ALL ON other.* FROM app@localhost;
		1:1|RENAME does not belong into a dump|RENAME TABLE other.kept TO back.kept;
		1:1|SELECT does not belong into a dump|SELECT 1 INTO OUTFILE '$DB/files/out';
		2:1|a file is written|CREATE TABLE t (x int);\nINSERT INTO t SELECT 1 INTO DUMPFILE '$DB/files/out';
		1:1|LOAD does not belong into a dump|LOAD DATA INFILE '$DB/files/secret' INTO TABLE t;
		1:1|LOAD does not belong into a dump|LOAD DATA LOCAL INFILE '$DB/files/secret' INTO TABLE t;
		2:1|function LOAD_FILE is called|CREATE TABLE t (x text);\nINSERT INTO t VALUES (LOAD_FILE('$DB/files/secret'));
		2:1|function load_file is called|CREATE TABLE t (x text);\nINSERT INTO t SET x = load_file /**/ ('$DB/files/secret');
		1:1|a folder is named for a table|CREATE TABLE t (x int) ENGINE=InnoDB DATA DIRECTORY='$DB/files';
		1:1|a folder is named for a table|CREATE TABLE t (x int) ENGINE=MyISAM INDEX DIRECTORY '$DB/files';
		1:1|a folder is named for a table|CREATE TABLE t (x int) PARTITION BY HASH(x) (PARTITION a DATA DIRECTORY = '$DB/files');
		1:1|tables of the engine FEDERATED are elsewhere|CREATE TABLE t (x int) ENGINE=FEDERATED CONNECTION='mysql://root@localhost/other/kept';
		1:1|tables of the engine connect are elsewhere|CREATE TABLE t (x int) ENGINE 'connect' TABLE_TYPE=DOS FILE_NAME='$DB/files/secret';
		2:1|tables of the engine SPIDER are elsewhere|CREATE TABLE t (x int);\nALTER TABLE t /*!50000 ENGINE */ = /* ; */ SPIDER;
		1:1|tables of the engine CON\\NECT are elsewhere|CREATE TABLE t (x int) ENGINE='CON\\\\NECT' TABLE_TYPE=DOS FILE_NAME='$DB/files/secret';
		1:1|SET default_storage_engine does not belong into a dump|SET default_storage_engine = 'CONNECT';
		1:1|a function from a library is loaded|CREATE FUNCTION f RETURNS STRING SONAME 'touch_file.so';
		1:1|a function from a library is loaded|CREATE OR REPLACE AGGREGATE FUNCTION f --\x01 (\nRETURNS STRING SONAME 'touch_file.so';
		1:1|function \`touch_file\` is one from a library|DROP FUNCTION IF EXISTS touch_file;
		1:1|function \`Touch_File\` is one from a library|DROP FUNCTION \`Touch_File\`;
		2:1|function \`touch_file\` is one from a library|CREATE TABLE t (x int);\nINSERT INTO t VALUES (touch_file());
		1:1|function \`touch_file\` is one from a library|CREATE TABLE t (y int, x int DEFAULT (touch_file()));\nINSERT INTO t (y) VALUES (1);
		1:1|SET with a call of touch_file does not belong into a dump|SET @x = touch_file();
		1:1|INSTALL does not belong into a dump|INSTALL SONAME 'ha_blackhole';
		1:1|UNINSTALL does not belong into a dump|UNINSTALL PLUGIN x;
		1:1|CREATE SERVER does not belong into a dump|CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'x');
		1:1|SET GLOBAL does not belong into a dump|SET GLOBAL general_log = 1;
		1:1|SET global does not belong into a dump|SET @x = 1, @@global.general_log = 1;
		1:1|SET GLOBAL does not belong into a dump|SET @x = 1, /*!50000 GLOBAL */ general_log = 1;
		1:1|SET STATEMENT does not belong into a dump|SET STATEMENT max_statement_time = 1 FOR DROP DATABASE other;
		1:1|SET SELECT does not belong into a dump|SET @x = (SELECT MAX(x) FROM other.kept);
		1:1|SET innodb_tmpdir does not belong into a dump|SET innodb_tmpdir = '$DB/files';
		1:1|PREPARE does not belong into a dump|PREPARE s FROM 'DROP DATABASE other';
		1:1|EXECUTE does not belong into a dump|EXECUTE IMMEDIATE 'DROP DATABASE other';
		1:1|KILL does not belong into a dump|KILL 1;
		1:1|SHUTDOWN does not belong into a dump|SHUTDOWN;
		1:1|FLUSH does not belong into a dump|FLUSH TABLES WITH READ LOCK;
		1:1|RESET does not belong into a dump|RESET MASTER;
		1:1|PURGE does not belong into a dump|PURGE BINARY LOGS BEFORE NOW();
		1:1|HANDLER does not belong into a dump|HANDLER other.kept OPEN;
		1:1|CALL does not belong into a dump|CALL other.p();
		1:1|XA does not belong into a dump|XA START 'x';
		1:1|BINLOG does not belong into a dump|BINLOG 'AAAA';
		1:1|CHANGE does not belong into a dump|CHANGE MASTER TO MASTER_HOST = 'x';
		1:1|START does not belong into a dump|START SLAVE;
		1:1|DELETE does not belong into a dump|DELETE FROM other.kept;
		1:1|UPDATE does not belong into a dump|UPDATE other.kept SET x = 1;
		1:1|WITH does not belong into a dump|WITH a AS (SELECT 1) SELECT * FROM a;
		1:1|( does not belong into a dump|(SELECT 1);
		2:1|BEGIN does not belong into a dump|DELIMITER //\nBEGIN NOT ATOMIC DROP DATABASE other; END//
		2:1|more than one statement|DELIMITER //\nINSERT INTO t VALUES (1); DROP DATABASE other//
		2:1|function SLEEP is called|CREATE TABLE t (x int);\nINSERT INTO t VALUES (SLEEP(1000));
	CASES
}

# Each is harmless to who reads comments, modes or character sets in another way than the server.
@test "statements that hide in what another reader takes for a string or a comment" {
	table <<-'CASES'
		1:1|SET GLOBAL does not belong into a dump|SET @x=3*/*'*/1, GLOBAL general_log=1, @y=3*/*'*/1;
		1:1|SET GLOBAL does not belong into a dump|SET @x=1 --\x01'\n, GLOBAL general_log=1 # '\n;
		1:1|SET GLOBAL does not belong into a dump|SET @x=1 --\x7f'\n, GLOBAL general_log=1 # '\n;
		1:1|SET GLOBAL does not belong into a dump|SET /*!50000 @x=1, /* ' */ GLOBAL general_log=1 /* ' */ */;
		1:1|SET GLOBAL does not belong into a dump|SET @x=1 /*!99999 /* */ ' */, GLOBAL general_log=1 /* ' */;
		1:1|SET GLOBAL does not belong into a dump|/*M!100100 SET GLOBAL general_log=1 */;
		1:1|SET GLOBAL does not belong into a dump|/*! SET GLOBAL general_log=1 */;
		1:1|123 does not belong into a dump|/*!123 SET GLOBAL general_log=1 */;
		1:49|where strings end cannot be told behind the last SET of sql_mode|/*!80000 SET sql_mode='NO_BACKSLASH_ESCAPES' */;SET @x='\\', @y=', GLOBAL general_log=1 -- ';
		2:1|SET GLOBAL does not belong into a dump|SET sql_mode='NO_BACKSLASH_ESCAPES';\nSET @x='\\', GLOBAL general_log=1 -- ';\n;
		1:1|sql_mode is set to what cannot be told|SET sql_mode=1048576;SET @x='\\', GLOBAL general_log=1 -- ';\n;
		1:1|sql_mode is set to what cannot be told|SET @@session.sql_mode='NO_BACK' 'SLASH_ESCAPES';
		1:1|sql_mode is set to what cannot be told|SET sql_mode='NO_BACKSLASH\\_ESCAPES';
		1:1|sql_mode is set to what cannot be told|SET sql_mode=x'4e4f';
		1:1|sql_mode is set to what cannot be told|SET sql_mode='' COLLATE utf8mb4_bin + 1048576;
		1:1|sql_mode is set to what cannot be told|SET sql_mode=DEFAULT;
		2:1|sql_mode is set to what cannot be told|SET @m=CONCAT('NO_BACKSLASH','_ESCAPES');\nSET sql_mode=@m;
		4:1|where strings end cannot be told behind the last SET of sql_mode|SET @m='';\nSET @m=@@sql_mode, @m='NO_BACKSLASH_ESCAPES';\nSET sql_mode=@m;\nSET @x='\\', GLOBAL general_log=1 -- ';\n;
		3:1|sql_mode is set to what cannot be told|SET @e=@@sql_mode;\nSET @é='NO_BACKSLASH_ESCAPES';\nSET sql_mode=@e;
		3:1|sql_mode is set to what cannot be told|SET @e=@@sql_mode;\nSET @`e `='NO_BACKSLASH_ESCAPES';\nSET sql_mode=@e;
		1:1|sql_mode is set to what cannot be told|SET sql_mode='NO_BÁCKSLASH_ESCAPES';
		3:1|where strings end cannot be told behind the last SET of sql_mode|SET @m='NO_BACKSLASH_ESCAPES';\nSET @m=@@sql_mode, sql_mode=@m;\nSET @x='\\', GLOBAL general_log=1 -- ';\n;
		4:1|a user variable is set|CREATE TABLE t (x text);\nSET @m=@@sql_mode;\n\nINSERT INTO t SELECT @m:='NO_BACKSLASH_ESCAPES';\nSET sql_mode=@m;
		4:1|where strings end cannot be told behind the last SET of sql_mode|SET sql_mode='NO_BACKSLASH_ESCAPES';\nSET @m=@@sql_mode, sql_mode='';\nSET sql_mode=@m;\nSET @x='\\', GLOBAL general_log=1 -- ';\n;
		1:22|where strings end cannot be told behind the last SET of sql_mode|SET sql_mode='MSSQL';SET @x=1, @"y', GLOBAL general_log=1, @z='"=1;
		1:29|where strings end cannot be told behind the last SET of sql_mode|SET @ansi=1, sql_mode='x,';;SET @x="', GLOBAL general_log=1, @y='";
		1:1|SET GLOBAL does not belong into a dump|SET "a"=1, GLOBAL general_log=1;
		2:1|a bare word of other bytes than ASCII|SET NAMES latin1;\nSET @x=1,\xa0GLOBAL general_log=1;
		2:1|a bare word of other bytes than ASCII|SET NAMES latin1;\nCREATE FUNCTION f\xa0RETURNS STRING SONAME 'touch_file.so';
		2:1|a bare word of other bytes than ASCII|SET character_set_client = latin2;\nSET @x=1 --\x80'\n, GLOBAL general_log=1 # '\n;
		1:1|character set gbk: where strings end in it cannot be told|SET NAMES gbk;SET @x='\xbf\\', GLOBAL general_log=1 -- ';\n;
		1:1|character set big5: where strings end in it cannot be told|SET character_set_client = 'big5';
		1:1|character set sjis: where strings end in it cannot be told|SET CHARACTER SET sjis;
		1:1|character set cp932: where strings end in it cannot be told|SET @@session.character_set_client = cp932;
		1:1|the character set is set to what cannot be told|SET character_set_client=28;SET @x='\xbf\\', GLOBAL general_log=1 -- ';\n;
		2:1|the character set is set to what cannot be told|SET @c='gb' 'k';\nSET character_set_client=@c;
		1:1|the character set is set to what cannot be told|SET NAMES DEFAULT;
		1:1|the character set is set to what cannot be told|SET NAMES x'67626b';
		1:1|the character set is set to what cannot be told|SET character_set_client = 'g\\bk';
		2:1|database `café` is named in another character set|SET NAMES latin1;\nUSE `café`;
	CASES
}

@test "text that is cut, client commands, delimiters, bytes" {
	cd "$T"
	table lexical <<-'CASES'
		2:3|client command \!|SET x=1;\n  \\! touch ran;\n
		1:1|client command \.|\\. secret\n
		1:8|client command \g|SELECT \\g 1;
		1:1|source does not belong into a dump|source secret;
		1:1|system does not belong into a dump|system touch ran;
		1:8|backslash before byte 0x0a|SELECT \\\n;
		1:14|name without end|CREATE TABLE `t (a int);\n
		2:19|string without end|SET @x=1;\nCREATE TABLE t (a '\n);\n
		1:8|string without end|SET @x="\\";\n
		1:10|string without end|SET @x='''\n;\n
		2:1|comment without end|SET @x=1;\n/* never\nDROP TABLE t;\n
		1:12|comment without end|SET @x=1 + /* ; **;\n
		1:1|statement without its delimiter ;|SET @x=1
		1:1|statement without its delimiter ;|/*!50000 SET @x=1
		2:1|statement without its delimiter //|DELIMITER //\nSET @x=1;\n
		1:1|DELIMITER without a usable delimiter|DELIMITER \nSET @x=1;\n
		1:1|DELIMITER without a usable delimiter|DELIMITER '\nSET @x=1'\n
		1:1|DELIMITER without a usable delimiter|DELIMITER \\\nSET @x=1\n
		1:1|DELIMITER without a usable delimiter|DELIMITER ``\n
		1:1|DELIMITER without a usable delimiter|DELIMITER 123456789012345678901234567890123\n
		1:1|DELIMITER does not belong into a dump|DELIMITER;\n
		3:8|string without end|DELIMITER x\nSET @a='x'x\nSET @b='x\n
		1:1|You have an error in your SQL syntax|SET @x=1\nDELIMITER //\n;\n
		1:18|NUL byte|CREATE TABLE t (a\0000 int);\n
		1:9|NUL byte|SET @x='\0000';\n
		1:1|? does not belong into a dump|\x01;
	CASES
	[ ! -e ran ] && [ ! -e "$DB/data/ran" ]
}

# make KIND: a large dump of that kind on stdout.
make() {
	python3 - "$1" <<-'PY'
		import sys
		kinds = {
		    "open": ["CREATE TABLE t (x longtext);\nINSERT INTO t VALUES ('", "x" * 100_000_000],
		    "literal": ["CREATE TABLE t (x longtext) ENGINE=InnoDB;\nINSERT INTO t VALUES ('",
		        "x\\\\" * 33_000_000, "');\n"],
		    "rows": ["CREATE TABLE t (x int) ENGINE=InnoDB;\nINSERT INTO t VALUES (1)", ",(1)" * 4_999_999, ";\n"],
		    "nothing": ["SET @x = 1;\n", ";\n/*!99999 x */;" * 1_000_000, "SELECT 1;\n"],
		    "comment": ["SET @x = 1;\n/*", "* / " * 25_000_000],
		    "fro": ["CREATE TABLE a (x int);\nCREATE TABLE b (x int);\n",
		        "INSERT INTO a VALUES(1);INSERT INTO b VALUES(1);\n" * 1_000_000, "SELECT 1;\n"],
		    "deep": ["CREATE TABLE t (x int DEFAULT ", "(" * 1_000_000, "1", ")" * 1_000_000, ");\n"],
		    "triggers": ["CREATE TRIGGER g BEFORE INSERT ON t%d FOR EACH ROW SET @x = 1;\n" % i for i in range(200_000)]
		        + ["SELECT 1;\n"],
		}
		sys.stdout.writelines(kinds[sys.argv[1]])
	PY
}

# peak MIB COMMAND...: run it with no more memory than that.
peak() {
	python3 -c 'import resource, subprocess, sys
rc = subprocess.call(sys.argv[2:])
used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
print(used, "MiB", file=sys.stderr) if used > int(sys.argv[1]) else None
sys.exit(rc if used <= int(sys.argv[1]) else 99)' "$@"
}

@test "large ones of every kind end where they should, in bounded memory" {
	local kind place words most
	[[ $BUILD != *-san ]] || skip "the sanitizers need memory of their own"
	while IFS='|' read -r kind place words most; do
		echo "$kind"
		make "$kind" >"$T/d.sql"
		expect_fail 65 "siantre-restore: $T/d.sql:$place: $words" \
		    peak "$most" siantre-restore db --defaults-file="$DB/root.cnf" --into back -q \
		    --foreign --bulk-from 0 "$T/d.sql"
		untouched "$kind"
	done <<-'CASES'
		open|2:23|string without end|130
		nothing|1000002:15|SELECT does not belong into a dump|30
		comment|2:1|comment without end|130
		fro|1000003:1|SELECT does not belong into a dump|80
		deep|1:1|memory exhausted near|40
		triggers|200001:1|SELECT does not belong into a dump|60
	CASES
	for kind in literal rows; do
		echo "$kind"
		make "$kind" >"$T/d.sql"
		for bulk in 1T 0; do
			expect_ok peak 420 siantre-restore db --defaults-file="$DB/root.cnf" --into back -q \
			    --foreign --bulk-from "$bulk" "$T/d.sql"
			[ "$(sql 'SELECT COUNT(*) * 1000000000 + MAX(LENGTH(x)) FROM back.t')" = \
			    "$([ $kind = rows ] && echo 5000000000000001 || echo 1066000000)" ]
			sql 'DROP DATABASE back'
		done
	done
}

@test "a server whose own sql_mode moves the ends of strings" {
	sql "SET GLOBAL sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI,STRICT_ALL_TABLES'"
	printf '%s\n' 'CREATE TABLE t (x text, y text) ENGINE=InnoDB;' "INSERT INTO t VALUES ('it\\'s; ', \"say \\\"x\\\"\");" \
	    "SET @m = @@sql_mode, sql_mode = '';" "SET sql_mode = @m;" "INSERT INTO t VALUES ('\\\\', '');" >"$T/d.sql"
	for bulk in 1T 0; do
		expect_ok restore --foreign --bulk-from "$bulk" "$T/d.sql" || break
		[ "$(sql 'SELECT HEX(CONCAT(x, y)) FROM back.t')" = \
		    "$(printf '%s' "it's; say \"x\"" | xxd -p -u)"$'\n5C' ] || break
		sql 'DROP DATABASE back'
		bulk=all
	done
	sql "SET GLOBAL sql_mode = DEFAULT"
	[ "$bulk" = all ]
}

@test "a server that folds the case of names" {
	local other=$T/db
	"$ROOT/tests/mariadbd" start "$other" --lower-case-table-names=1
	DB=$other sql 'CREATE DATABASE other; CREATE TABLE other.kept (x int); INSERT INTO other.kept VALUES (7)'
	printf '%s\n' 'CREATE DATABASE IF NOT EXISTS `OTHER`;' 'USE `OTHER`;' 'INSERT INTO kept VALUES (666);' >"$T/d.sql"
	expect_fail 73 'database `OTHER` is not empty: 1 tables and other objects' \
	    siantre-restore db --defaults-file="$other/root.cnf" --foreign "$T/d.sql"
	printf '%s\n' 'CREATE TABLE A (x int);' \
	    'CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW INSERT INTO other.kept VALUES (9);' \
	    'INSERT INTO A SELECT 1;' >"$T/d.sql"
	expect_fail 65 "$T/d.sql:3:1: rows for table \`a\` behind its trigger" \
	    siantre-restore db --defaults-file="$other/root.cnf" --foreign --into back "$T/d.sql"
	[ "$(DB=$other sql 'SELECT * FROM other.kept; SHOW DATABASES LIKE "back%"')" = 7 ]
}
