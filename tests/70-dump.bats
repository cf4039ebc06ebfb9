#!/usr/bin/env bats
# siantre-dump against a real server: what it writes, what it loses (nothing), what it says.
# shellcheck disable=SC2016
load lib

setup_file() {
	start_db
	fill_small siantre 3000
}

# again FROM TO: load the dump FROM into the new database TO with the plain client, dump that to
# stdout as if it had FROM's name.
again() {
	new_db "$2"
	sql - "$2" <"$1"
	dump "$2" | sed "s/\"database\":\"$2\"/\"database\":\"siantre\"/"
}

@test "the same data gives the same bytes, and the plain client brings it back" {
	dump siantre >"$T/a"
	dump siantre >"$T/b"
	cmp "$T/a" "$T/b"
	# Whole but for the digest over the end mark, which sees the other name; the length is the same.
	again "$T/a" copying | grep -v '^-- siantre-end' >"$T/c"
	grep -v '^-- siantre-end' "$T/a" | cmp - "$T/c"
	[ "$(tail -n 1 "$T/a" | cut -c 1-15)" = "-- siantre-end " ]
}

@test "what the server has set for every session shortens nothing" {
	new_db globals
	sql "CREATE TABLE a (id int PRIMARY KEY, v int); CREATE TABLE b LIKE a; INSERT INTO a VALUES (1,1),(2,2),(3,3);
	    CREATE TABLE h (id int PRIMARY KEY) WITH SYSTEM VERSIONING; INSERT INTO h VALUES (1),(2)" globals
	dump --skip-history globals >"$T/right"
	sql "SET GLOBAL sql_select_limit = 1, system_versioning_asof = TIMESTAMP '2001-01-01 00:00:00',
	    idle_transaction_timeout = 1, idle_readonly_transaction_timeout = 1"
	dump --skip-history globals >"$T/a" || true
	sql "SET GLOBAL sql_select_limit = DEFAULT, system_versioning_asof = DEFAULT,
	    idle_transaction_timeout = 0, idle_readonly_transaction_timeout = 0"
	cmp "$T/right" "$T/a"
}

@test "a table whose columns are computed altogether keeps its rows" {
	new_db computed
	sql "CREATE TABLE g (a int AS (1) VIRTUAL, b int AS (2) STORED); INSERT INTO g (a) VALUES (DEFAULT),(DEFAULT),(DEFAULT);
	    CREATE TABLE none (a int AS (1) VIRTUAL)" computed
	dump computed >"$T/a"
	new_db copy
	sql - copy <"$T/a"
	[ "$(sql "SELECT COUNT(*), SUM(a), SUM(b) FROM g; SELECT COUNT(*) FROM none" copy)" = $'3\t3\t6\n0' ]
	sql 'DROP DATABASE copy'
	expect_ok siantre-restore db -q --defaults-file="$DB/root.cnf" --bulk-from 1 --into copy "$T/a"
	[ "$(sql "SELECT COUNT(*), SUM(a), SUM(b) FROM g" copy)" = $'3\t3\t6' ]
}

@test "views that a client of another character set made stand behind what they read" {
	new_db views
	printf 'CREATE VIEW `v\xe4` AS SELECT 1 AS x; CREATE VIEW a AS SELECT x FROM `v\xe4`;' |
	    mariadb --defaults-file="$DB/root.cnf" --default-character-set=latin1 views
	dump views >"$T/a"
	new_db copy
	sql - copy <"$T/a"
	[ "$(sql "SELECT x FROM a" copy)" = 1 ]
}

@test "mariadb-dump sees no difference either" {
	dump siantre >"$T/a"
	new_db copy
	sql - copy <"$T/a"
	for name in siantre copy; do
		mariadb-dump --defaults-file="$DB/root.cnf" --skip-comments --routines --events \
		    --order-by-primary "$name" >"$T/$name.sql"
	done
	cmp "$T/siantre.sql" "$T/copy.sql"
}

@test "no date, host or server name in the dump" {
	dump siantre >"$T/a"
	lacks -aF "$(hostname)" <(grep -av '^(' "$T/a")
	lacks -a "^--.*$(date +%Y-%m-%d)" "$T/a"
	lacks -aF 10.11 <(head -n 20 "$T/a"; tail -n 30 "$T/a")
}

@test "every column type comes back exactly" {
	new_db types
	sql - types <<'SQL'
SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
CREATE TABLE t (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  f float, fu float(7,3), d double, dec1 decimal(65,30), b bit(64), b1 bit(1), y year,
  tz timestamp(6) NULL, dt datetime(6), ti time(6), da date,
  ch char(5), vc varchar(3000), bi binary(4), vb varbinary(40), bl longblob, tx longtext,
  j json, e enum('a','it''s','ü'), s set('x','y','z'), u uuid, i4 inet4, i6 inet6,
  g geometry, l1 varchar(20) CHARACTER SET latin1, gb varchar(20) CHARACTER SET gbk,
  sj text CHARACTER SET sjis, u16 varchar(20) CHARACTER SET utf16,
  hid int INVISIBLE DEFAULT 7, vir int AS (hid + 1) VIRTUAL, sto int AS (hid + 2) STORED,
  zf int(8) unsigned zerofill, `q``uo"te'
x` int COMMENT 'a\'b\nc', KEY (sto)
) DEFAULT CHARSET = utf8mb4 COMMENT = 'it''s; -- a comment';
INSERT INTO t (id, f, fu, d, dec1, b, b1, y, tz, dt, ti, da, ch, vc, bi, vb, bl, tx, j, e, s, u, i4, i6, g, l1, gb, sj, u16, hid, zf)
VALUES
(0, 1.1, 1234.567, 0.1, -0.000000000000000000000000000001, 0xFFFFFFFFFFFFFFFF, 1, 1901, '1970-01-01 07:00:01', '0000-00-00', '-838:59:59.999999', '9999-12-31', '', '', '', '', '', '', '{}', 'it''s', '', '123e4567-e89b-12d3-a456-426655440000', '0.0.0.0', '::', POINT(1,2), 'é', _utf8mb4'中文', _utf8mb4'日本', 'x', 1, 42),
(18446744073709551614, 16777216, -0.001, 1.7976931348623157e308, 12345678901234567890123456789012345.5, 0, 0, 2155, '2038-01-19 03:14:07.999999', '9999-12-31 23:59:59.999999', '838:59:59', '0000-00-00', 'ab', 'a\'b"c\\d\ne\rf\0g\Zh%i_j', 0x00, 0x00FF27, 0x5C270A00, '😀', '{"a": "\\n"}', 'ü', 'x,y,z', '00000000-0000-0000-0000-000000000000', '255.255.255.255', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', NULL, '€', NULL, 0x5C, '😀', NULL, 0),
(5, 3.4028234e38, NULL, 5e-324, NULL, NULL, NULL, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO t (id, f) SELECT seq, 1 / seq FROM seq_10_to_400;
SQL
	dump types >"$T/a"
	new_db copy
	sql - copy <"$T/a"
	local from to
	from=$(sql "CHECKSUM TABLE types.t" | cut -f 2)
	to=$(sql "CHECKSUM TABLE copy.t" | cut -f 2)
	[ "$from" = "$to" ]
	[ "$(sql "SELECT COUNT(*) FROM types.t JOIN copy.t c USING (id) WHERE types.t.f <=> c.f")" = 394 ]
	again "$T/a" copy2 >/dev/null
	diff <(dump types | grep -v '^-- siantre') <(dump copy | grep -v '^-- siantre')
}

@test "programs keep their text, sql_mode, character set and comments" {
	new_db progs
	sql - progs <<'SQL'
CREATE TABLE t (id int PRIMARY KEY, n int);
SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT';
DELIMITER //
CREATE PROCEDURE p() COMMENT 'it''s'
BEGIN
  SELECT 'a;;b' || "id" FROM t; -- a comment
  /* another */
END -- the last words
//
CREATE FUNCTION f(a int) RETURNS int DETERMINISTIC RETURN a + 1//
CREATE TRIGGER t1 BEFORE INSERT ON t FOR EACH ROW SET NEW.n = f(NEW.n)//
CREATE TRIGGER t0 BEFORE INSERT ON t FOR EACH ROW FOLLOWS t1 SET NEW.n = NEW.n * 2//
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 02:00:00' DISABLE DO DELETE FROM t//
DELIMITER ;
SET sql_mode = '', time_zone = '+07:00';
CREATE EVENT e2 ON SCHEDULE AT '2037-05-05 05:05:05' DO SELECT 1;
CREATE VIEW b AS SELECT id, n FROM t WHERE n > 0;
CREATE VIEW a AS SELECT b.id, f(b.n) AS fn FROM b;
INSERT INTO t VALUES (1, 5);
SQL
	dump progs >"$T/a"
	again "$T/a" copy >/dev/null
	diff <(grep -v '^-- siantre' "$T/a") <(dump copy | grep -v '^-- siantre')
	[ "$(sql "SELECT n FROM copy.t")" = 12 ] # the triggers did not run again
	grep -q 'DELIMITER \$\$' "$T/a"          # because a body holds ;;
	grep -q "the last words" "$T/a"
	dump --definer=omit progs >"$T/omitted"
	lacks 'DEFINER=' "$T/omitted"
}

@test "foreign keys in a circle, and names of every sort" {
	new_db copy
	sql 'DROP DATABASE IF EXISTS `od``d`; CREATE DATABASE `od``d`'
	sql - 'od`d' <<'SQL'
SET foreign_key_checks = 0;
CREATE TABLE b (id int PRIMARY KEY, a int, CONSTRAINT fb FOREIGN KEY (a) REFERENCES a (id));
CREATE TABLE a (id int PRIMARY KEY, b int, CONSTRAINT fa FOREIGN KEY (b) REFERENCES b (id) ON DELETE CASCADE);
INSERT INTO a VALUES (1, 1); INSERT INTO b VALUES (1, 1);
CREATE TABLE `we``ird -- "na'me%_
line` (`co``l` int, `日本` text);
INSERT INTO `we``ird -- "na'me%_
line` VALUES (1, '日');
CREATE TABLE A1 (x int); CREATE TABLE a1 (x int);
INSERT INTO A1 VALUES (1); INSERT INTO a1 VALUES (2);
SQL
	dump 'od`d' >"$T/a"
	sql - copy <"$T/a"
	diff <(dump 'od`d' | grep -v '^-- siantre') <(dump copy | grep -v '^-- siantre')
	[ "$(sql 'SELECT x FROM copy.A1')" = 1 ]
	[ "$(sql "SELECT COUNT(*) FROM information_schema.REFERENTIAL_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = 'copy'")" = 2 ]
}

@test "an invalid view is kept as a comment, warned about, recorded, and the dump is whole" {
	new_db inv
	sql "CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW w AS SELECT 1 AS x; DROP TABLE t" inv
	dump inv >"$T/a" 2>"$T/err"
	grep -qF 'siantre-dump: view `inv`.`v`: refers to what is not there; kept as a comment' "$T/err"
	grep -q '^-- invalid view: CREATE' "$T/a"
	grep -q '^-- siantre-note .*invalid view' "$T/a"
	new_db copy
	sql - copy <"$T/a"
	[ "$(sql "SELECT x FROM copy.w")" = 1 ]
}

@test "an account with the usual rights needs no more; a hidden routine is an error" {
	sql "DROP USER IF EXISTS app@localhost; CREATE USER app@localhost IDENTIFIED BY 'x#y\"z';
	    GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON siantre.* TO app@localhost"
	env_file "$T/.env" siantre app 'x#y\"z'
	expect_ok siantre-dump --env-file "$T/.env" --skip-routines
	sql "GRANT ALL ON siantre.* TO app@localhost"
	expect_fail 77 "its text is hidden from this account" siantre-dump --env-file "$T/.env"
	grep -qxF "hint: GRANT SELECT ON \`mysql\`.\`proc\` TO 'app'@'localhost';" "$T/stderr"
	sql "GRANT SELECT ON mysql.proc TO app@localhost"
	siantre-dump --env-file "$T/.env" | cmp - <(dump siantre)
}

@test "some tables, structure only, rows only, several databases" {
	dump siantre users services >"$T/some"
	[ "$(grep -c '^CREATE TABLE' "$T/some")" = 2 ]
	lacks '^ALTER DATABASE' "$T/some"
	dump -d siantre >"$T/structure"
	lacks '^INSERT' "$T/structure"
	grep -q '^CREATE TABLE' "$T/structure"
	dump -t siantre >"$T/rows"
	grep -q '^INSERT' "$T/rows"
	lacks '^CREATE\|^DROP' "$T/rows"
	new_db one two
	sql "CREATE TABLE one.t (a int); INSERT INTO one.t VALUES (1); CREATE TABLE two.t (a int)"
	dump -B one two >"$T/both"
	sql "DROP DATABASE one; DROP DATABASE two"
	sql - <"$T/both"
	[ "$(sql 'SELECT a FROM one.t')" = 1 ]
	dump -A >"$T/all"
	grep -q '^USE `siantre`' "$T/all"
	lacks '^USE `mysql`' "$T/all"
}

@test "rows stand each on a line, in statements of about a megabyte at most" {
	new_db big
	sql "CREATE TABLE t (id int PRIMARY KEY, x varchar(200)); INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_40000" big
	dump big >"$T/a"
	[ "$(grep -c '^(' "$T/a")" = 40000 ]
	awk '/^INSERT/ { n = 0; count++ } { n += length($0) + 1; if (n > 1300000) exit 1 } END { exit count < 5 }' "$T/a"
	# One row more changes a few statements, not all that follow.
	sql "INSERT INTO t VALUES (-5, 'neu')" big
	dump big >"$T/b"
	split_statements() { awk -v d="$2" '/^INSERT/ { f = sprintf("%s/%05d", d, ++n) } f { print >f }' "$1"; }
	mkdir "$T/sa" "$T/sb"
	split_statements "$T/a" "$T/sa"
	split_statements "$T/b" "$T/sb"
	same=$(comm -12 <(sha256sum "$T"/sa/* | cut -c 1-64 | sort -u) <(sha256sum "$T"/sb/* | cut -c 1-64 | sort -u) | wc -l)
	[ "$same" -ge $(($(find "$T/sa" -type f | wc -l) - 3)) ]
}

@test "rows of 64 MB: the same bytes over any number of connections, in bounded memory" {
	new_db wide
	# Between small rows, so that one begins in the middle of a block; text, binary and empty values.
	sql "SET max_statement_time = 0; CREATE TABLE t (id int PRIMARY KEY, b longblob, t longtext, n int);
	    INSERT INTO t SELECT seq, UNHEX(MD5(seq)), seq, NULL FROM seq_1_to_3000;
	    INSERT INTO t VALUES (1500000, REPEAT(UNHEX('00ff275c'), 16 << 20), '', 1),
	     (1500001, NULL, REPEAT('a\\'\\\\\n', 16 << 20), 2), (1500002, REPEAT('x', 1048576), NULL, 3);
	    INSERT INTO t SELECT seq, UNHEX(MD5(seq)), seq, NULL FROM seq_2000001_to_2003000" wide
	dump -j 1 wide >"$T/one"
	[ "$(grep -c '^(' "$T/one")" = 6003 ]
	python3 - "$DB/root.cnf" "$T/two" "$BUILD/siantre-dump" <<'PY'
import resource, subprocess, sys
subprocess.check_call([sys.argv[3], '--defaults-file=' + sys.argv[1], '-j2', 'wide'], stdout=open(sys.argv[2], 'w'))
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print('peak', peak, 'MiB')
assert peak < 64 + 2 * 64 or b'__asan_init' in open(sys.argv[3], 'rb').read()
PY
	cmp "$T/one" "$T/two"
	new_db copy
	sql - copy <"$T/one"
	[ "$(sql "SELECT COUNT(*) FROM wide.t JOIN copy.t c USING (id) WHERE t.b <=> c.b AND t.t <=> c.t AND t.n <=> c.n")" = 6003 ]
	sql "DROP DATABASE wide; DROP DATABASE copy"
}

@test "a snapshot: what is written meanwhile is not in the dump" {
	new_db snap
	sql "CREATE TABLE a (id int PRIMARY KEY, n int); CREATE TABLE b LIKE a;
	    INSERT INTO a SELECT seq, 100 FROM seq_1_to_20000; INSERT INTO b SELECT * FROM a" snap
	# Money moves from a to b all the time; in every dump the sum is the same.
	(
		while [ ! -e "$T/stop" ]; do
			sql "START TRANSACTION; SET @i = 1 + FLOOR(RAND() * 20000);
			    UPDATE a SET n = n - 1 WHERE id = @i; UPDATE b SET n = n + 1 WHERE id = @i; COMMIT" snap
		done
	) &
	for _ in 1 2 3; do
		dump snap >"$T/a"
		new_db copy
		sql - copy <"$T/a"
		[ "$(sql "SELECT (SELECT SUM(n) FROM a) + (SELECT SUM(n) FROM b)" copy)" = 4000000 ]
	done
	touch "$T/stop"
	wait
}

@test "a definition that changes while the dump runs makes it none" {
	new_db moving
	sql "CREATE TABLE t (id int PRIMARY KEY, x varchar(200)); CREATE VIEW v AS SELECT 1 AS a;
	    INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_400000" moving
	for change in "CREATE OR REPLACE VIEW v AS SELECT 2 AS a" "CREATE PROCEDURE p() SELECT 1"; do
		rm -f "$T/out"
		mkfifo "$T/out"
		dump moving >"$T/out" 2>"$T/err" &
		pid=$!
		exec 7<"$T/out"
		head -c 1000 <&7 >/dev/null
		sql "$change" moving
		cat <&7 >"$T/rest"
		rc=0
		wait "$pid" || rc=$?
		[ "$rc" = 75 ]
		grep -qF "siantre-dump: moving: a view, routine, trigger or event changed while the dump ran" "$T/err"
		lacks '^-- siantre-end' "$T/rest"
	done
	dump moving >/dev/null
}

@test "ALTER and RENAME wait for the dump of their table, and no longer" {
	new_db ddl
	sql "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1);
	    CREATE TABLE t (id int PRIMARY KEY, x varchar(200)); CREATE TABLE z (id int PRIMARY KEY);
	    INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_400000; INSERT INTO z VALUES (7)" ddl
	mkfifo "$T/out"
	dump ddl >"$T/out" 2>"$T/err" &
	pid=$!
	exec 7<"$T/out"
	head -c 100000 <&7 >"$T/first" # a is dumped, t is not yet, z comes later
	sql "SET lock_wait_timeout = 1; ALTER TABLE a ADD y int" ddl
	expect_fail 1 "Lock wait timeout" sql "SET lock_wait_timeout = 1; ALTER TABLE z ADD y int" ddl
	expect_fail 1 "Lock wait timeout" sql "SET lock_wait_timeout = 1; RENAME TABLE z TO y, t TO z" ddl
	cat "$T/first" - <&7 >"$T/all"
	wait "$pid"
	new_db copy
	sql - copy <"$T/all"
	[ "$(sql "SELECT id FROM z" copy)" = 7 ]
	[ "$(sql "SELECT COUNT(*) FROM t" copy)" = 400000 ]
}

@test "tables of every engine, locked where no snapshot covers them" {
	new_db engines
	local engine
	for engine in $(sql "SELECT ENGINE FROM information_schema.ENGINES WHERE SUPPORT IN ('YES', 'DEFAULT')
	    AND ENGINE IN ('InnoDB', 'Aria', 'MyISAM', 'MEMORY', 'CSV', 'ARCHIVE')"); do
		sql "CREATE TABLE t$engine (id int NOT NULL, n int NOT NULL) ENGINE=$engine;
		    INSERT INTO t$engine SELECT seq, seq * 2 FROM seq_1_to_1000" engines
	done
	sql "CREATE TABLE part (id int PRIMARY KEY, n int) PARTITION BY RANGE (id)
	    (PARTITION p0 VALUES LESS THAN (500), PARTITION p1 VALUES LESS THAN MAXVALUE);
	    INSERT INTO part SELECT seq, seq FROM seq_1_to_1000;
	    CREATE SEQUENCE s START WITH 5 INCREMENT BY 3 CYCLE CACHE 10; DO NEXTVAL(s);
	    CREATE TABLE d (id int DEFAULT NEXTVAL(s), x int); INSERT INTO d (x) VALUES (1), (2)" engines
	dump engines >"$T/a"
	new_db copy
	sql - copy <"$T/a"
	diff <(dump engines | grep -v '^-- siantre') <(dump copy | grep -v '^-- siantre')
	[ "$(sql "SELECT COUNT(*) FROM tCSV" copy)" = 1000 ]
}

@test "the binary log position goes to the end mark on request only" {
	expect_ok dump --source-data siantre
	# There is no such log here, and that is said.
	grep -qF 'siantre-dump: the snapshot has no position of the binary log' "$T/stderr"
	grep -qF '"no position of the binary log"' "$T/stdout"
	dump siantre >"$T/b"
	lacks '"position"' "$T/b"
}

@test "notes: digest, tables, offsets" {
	SIANTRE_NOTES=$T/notes dump siantre >"$T/a"
	[ "$(wc -l <"$T/notes")" = 1 ]
	python3 - "$T/notes" "$T/a" <<'PY'
import json, sys, hashlib
note = json.load(open(sys.argv[1]))
data = open(sys.argv[2], 'rb').read()
assert note['tool'] == 'siantre-dump'
end = json.loads(data.rsplit(b'-- siantre-end ', 1)[1])
assert note['digest'] == end['sha256']
assert note['databases'] == ['siantre']
for t in note['tables']:
    rows = data[t['offset']:t['offset'] + t['bytes']]
    assert hashlib.sha256(rows).hexdigest() == t['sha256'], t
    assert t['rows'] == 0 or rows.startswith(b'INSERT INTO'), t
assert sum(t['rows'] for t in note['tables']) == end['rows']
PY
}

@test "SIGUSR1 tells how far it is: table, tables, rows, bytes, rate, time left" {
	new_db far
	sql "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1), (2);
	    CREATE TABLE t (id int PRIMARY KEY, x varchar(200));
	    INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_200000; ANALYZE TABLE t" far
	mkfifo "$T/out"
	siantre-dump --defaults-file="$DB/root.cnf" far >"$T/out" 2>"$T/err" &
	pid=$!
	exec 7<"$T/out"
	head -c 8000000 <&7 >/dev/null
	kill -USR1 "$pid"
	cat <&7 >/dev/null
	wait "$pid"
	grep -qE '^far: [0-9.]+ MiB of [0-9.]+ MiB \[#*-*\] [0-9]+ %, .* left, [0-9.]+ [KMG]iB/s, t, 2 of 2 tables, [0-9]+ rows$' "$T/err"
}

@test "no password in any argv, environment or message while a dump runs" {
	sql "DROP USER IF EXISTS app@localhost; CREATE USER app@localhost IDENTIFIED BY 's3cr3t-#word';
	    GRANT ALL ON siantre.* TO app@localhost; GRANT SELECT ON mysql.proc TO app@localhost"
	env_file "$T/.env" siantre app 's3cr3t-#word'
	mkfifo "$T/out"
	siantre-dump --env-file "$T/.env" >"$T/out" 2>"$T/err" &
	pid=$!
	exec 7<"$T/out"
	head -c 100 <&7 >/dev/null
	lacks -aF 's3cr3t-#word' "/proc/$pid/cmdline" "/proc/$pid/environ"
	sql "SHOW FULL PROCESSLIST" | tee "$T/list"
	lacks -F 's3cr3t-#word' "$T/list"
	cat <&7 >/dev/null
	wait "$pid"
	sed -i 's/s3cr3t/wr0ng/' "$T/.env"
	expect_fail 77 "Access denied for user 'app'" siantre-dump --env-file "$T/.env"
	lacks -F 'wr0ng' "$T/stderr"
}

@test "what is wrong is said in one line with its code" {
	expect_fail 65 'siantre-dump: nowhere: Unknown database '"'nowhere'" dump nowhere
	expect_fail 65 'siantre: no table or view "nix"' dump siantre nix
	expect_fail 69 "siantre-dump: connect: " siantre-dump -S "$T/none" siantre
	expect_fail 64 "only one of --env-file" siantre-dump --env-file x --defaults-file y
	expect_fail 64 "leave nothing" dump -d -t siantre
	expect_fail 64 "no database given" dump
	expect_fail 64 "unrecognized option" siantre-dump --pasword=x
	expect_fail 64 "--definer" dump --definer=maybe siantre

	expect_fail 78 "$T/missing: No such file or directory" siantre-dump --env-file "$T/missing"
	echo 'APP_NAME=x' >"$T/.env"
	expect_fail 78 "no DB_DATABASE, DB_USERNAME or other DB_ key" siantre-dump --env-file "$T/.env"
	printf 'DB_CONNECTION=sqlite\nDB_DATABASE=x\n' >"$T/.env"
	expect_fail 78 "DB_CONNECTION=sqlite: only mysql and mariadb are backed up" siantre-dump --env-file "$T/.env"
	ln -s .env "$T/link"
	expect_fail 78 "the .env must be a regular file" siantre-dump --env-file "$T/link"

	cp "$DB/root.cnf" "$T/cnf"
	chmod 0644 "$T/cnf"
	expect_fail 78 "$T/cnf: readable by others (mode 0644)" siantre-dump --defaults-file "$T/cnf" siantre
	grep -qF "hint: chmod 0600 $T/cnf" "$T/stderr"
	expect_fail 78 "$T/none: No such file" siantre-dump --defaults-file "$T/none" siantre
}

@test "a crashed table ends 65 and is named, whichever part of it is gone" {
	local engine file db
	for engine in MyISAM Aria InnoDB; do
		db=crash_$engine
		new_db "$db"
		sql "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE t (id int PRIMARY KEY, x text) ENGINE=$engine;
		    INSERT INTO t SELECT seq, REPEAT('x', 500) FROM seq_1_to_500; FLUSH TABLES t" "$db"
		case $engine in
		MyISAM) file=$DB/data/$db/t.MYI ;;
		Aria) file=$DB/data/$db/t.MAI ;;
		InnoDB)
			sql "FLUSH TABLES t FOR EXPORT; UNLOCK TABLES; ALTER TABLE t DISCARD TABLESPACE" "$db"
			file=
			;;
		esac
		[ -z "$file" ] || truncate -s 100 "$file"
		sql "FLUSH TABLES" "$db"
		expect_fail 65 'siantre-dump: table `'"$db"'`.`t`: ' dump "$db"
		lacks '^-- siantre-end' "$T/stdout"
	done
}

@test "DB_URL, DB_SOCKET and nasty passwords" {
	sql "DROP USER IF EXISTS app@localhost; CREATE USER app@localhost IDENTIFIED BY 'p@s/s:w%o#r\$d';
	    GRANT ALL ON siantre.* TO app@localhost"
	printf 'DB_URL="mysql://app:p%%40s%%2Fs%%3Aw%%25o%%23r%%24d@localhost/siantre?unix_socket=%s"\n' "$DB/sock" >"$T/.env"
	expect_ok siantre-dump --env-file "$T/.env" --skip-routines
	printf "DB_SOCKET=%s\nDB_DATABASE=siantre\nDB_USERNAME=app\nDB_PASSWORD='p@s/s:w%%o#r\$d'\nDB_HOST=127.0.0.1\n" "$DB/sock" >"$T/.env"
	expect_ok siantre-dump --env-file "$T/.env" --skip-routines
}

@test "a reader that goes away ends it quietly; a full disk and a killed connection do not" {
	dump siantre 2>"$T/err" | head -c 1000 >/dev/null || true
	[ ! -s "$T/err" ]
	expect_fail 74 "write stdout: No space left on device" bash -c \
	    "siantre-dump --defaults-file='$DB/root.cnf' siantre >/dev/full"
	new_db long
	sql "CREATE TABLE t (id int PRIMARY KEY, x varchar(200)); INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_400000" long
	mkfifo "$T/out"
	dump long >"$T/out" 2>"$T/err" &
	pid=$!
	exec 7<"$T/out"
	head -c 10 <&7 >/dev/null
	sleep 1 # until the readers stand still, because nobody takes what they have
	for id in $(sql "SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() AND INFO LIKE 'SELECT%FROM \`long\`.\`t\`%'"); do
		sql "KILL $id"
	done
	cat <&7 >"$T/rest"
	rc=0
	wait "$pid" || rc=$?
	[ "$rc" = 69 ]
	grep -q '^siantre-dump: table `long`.`t`: ' "$T/err"
	lacks '^-- siantre-end' "$T/rest"
}

# scans COMMAND...: how many questions that it asks make the server look through all tables of a
# database, or of all of them.
scans() {
	local question n=0
	sql "SET GLOBAL log_output = 'TABLE', general_log = 1; TRUNCATE mysql.general_log"
	"$@" >/dev/null
	sql 'SET GLOBAL general_log = 0'
	while read -r question; do
		base64 -d <<<"$question" >"$T/question"
		! { printf 'EXPLAIN ' && cat "$T/question"; } | sql - | grep -qE 'Scanned ([1-9]|all) ' || n=$((n + 1))
	done < <(sql "SELECT REPLACE(TO_BASE64(argument), '\n', '') FROM mysql.general_log
	    WHERE command_type IN ('Query', 'Execute') AND argument LIKE 'SELECT%information_schema.%'")
	echo $n
}

@test "the server looks through all tables as often for many as for few" {
	local n few many
	for n in 3 12; do
		new_db "wide$n"
		for i in $(seq $n); do
			echo "CREATE TABLE t$i (id int PRIMARY KEY, w varchar(9)); INSERT INTO t$i VALUES (1, 'x');"
		done | sql - "wide$n"
	done
	few=$(scans dump wide3)
	many=$(scans dump wide12)
	[ "$few" -gt 0 ]
	[ "$few" = "$many" ]
	drop_like 'wide%'
}
