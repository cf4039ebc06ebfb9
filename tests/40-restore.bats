#!/usr/bin/env bats
# siantre-restore db against a real server: what comes back, what is refused, what it says.
# shellcheck disable=SC2016,SC2002 # backquotes are names of databases; a pipe is meant
load lib

setup_file() {
	start_db
	fill_small siantre 60
	siantre-dump --defaults-file="$DB/root.cnf" siantre >"$DB/siantre.sql"
	mariadb-dump --defaults-file="$DB/root.cnf" --routines --events --hex-blob siantre \
	    >"$DB/foreign.sql"
	sql "CREATE USER app@localhost IDENTIFIED BY 'right';
	    GRANT ALL ON siantre.* TO app@localhost; GRANT ALL ON app.* TO app@localhost;
	    CREATE USER reader@localhost; GRANT SELECT ON siantre.* TO reader@localhost;
	    CREATE DATABASE other; CREATE TABLE other.kept (x int); INSERT INTO other.kept VALUES (7)"
}

setup() {
	lib_setup
	echo "STATE_DIR=$T/state" >"$T/siantre.conf"
	drop_like 'back%'
	sql "DROP DATABASE IF EXISTS app"
}

restore() {
	siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" "$@"
}

# hand [BODY]: a small dump in our format with an end mark, or BODY in place of its rows.
hand() {
	tests/endmark <<SQL
-- siantre-dump 1
SET NAMES utf8mb4;
DROP TABLE IF EXISTS \`t\`;
CREATE TABLE \`t\` (
  \`id\` int NOT NULL PRIMARY KEY,
  \`x\` text COMMENT 'it''s; \\\\'
);
${1--- siantre-rows {\"database\":\"d\",\"table\":\"t\"\}
INSERT INTO \`t\` (\`id\`,\`x\`) VALUES
(1,'a;b'),
(2,'-- siantre-end\\n''😀''');
INSERT INTO \`t\` (\`id\`,\`x\`) VALUES
(3,NULL);}
CREATE VIEW \`v\` AS SELECT COUNT(*) AS \`n\` FROM \`t\`;
SQL
}

# untouched: no database was made, and the one beside it is as it was.
untouched() {
	[ -z "$(sql "SHOW DATABASES LIKE 'back%'")" ]
	[ "$(sql 'SELECT * FROM other.kept')" = 7 ]
}

@test "a dump written by hand comes back" {
	hand >"$T/d.sql"
	expect_ok restore --compare rows --into back "$T/d.sql"
	[ "$(cat "$T/stdout")" = "$T/d.sql into new database \`back\`: 1 tables, 3 rows" ]
	[ ! -s "$T/stderr" ]
	[ "$(sql 'SELECT n FROM back.v')" = 3 ]
	[ "$(sql 'SELECT HEX(x) FROM back.t WHERE id = 2')" = "$(printf -- "-- siantre-end\n'😀'" | xxd -p -u)" ]
	[ "$(sql 'SELECT @@character_set_database, @@collation_database' back)" = \
	    $'utf8mb4\tutf8mb4_unicode_ci' ]
}

@test "our dump comes back to the byte: plain, gzip, stdin, a pipe, a set" {
	gzip -c "$DB/siantre.sql" >"$T/d.sql.gz"
	mkdir "$T/set"
	cp "$T/d.sql.gz" "$T/set/db_backup.sql.gz"
	cp "$DB/siantre.sql" "$T/set/other.sql"
	mkfifo "$T/pipe"
	for way in plain gzip stdin packed-stdin pipe set; do
		sql 'DROP DATABASE IF EXISTS back'
		case $way in
		plain) expect_ok restore --into back "$DB/siantre.sql" ;;
		gzip) expect_ok restore --into back "$T/d.sql.gz" ;;
		stdin) cat "$DB/siantre.sql" | expect_ok restore --into back - ;;
		packed-stdin) expect_ok restore --into back - <"$T/d.sql.gz" ;;
		pipe) cat "$DB/siantre.sql" >"$T/pipe" & expect_ok restore --into back "$T/pipe" ;;
		set) expect_ok restore --into back "$T/set" ;;
		esac
		same siantre back
		grep -q 'into new database `back`: 10 tables, 249 rows$' "$T/stdout"
	done
	[ "$(head -n 1 "$T/stdout")" = "$T/set/db_backup.sql.gz into new database \`back\`: 10 tables, 249 rows" ]
}

@test "an empty database is filled, keeps nothing else, and -v counts" {
	sql 'CREATE DATABASE back'
	expect_ok restore -v --into back "$DB/siantre.sql"
	same siantre back
	grep -qxF '  `back`.`queues`: 60 rows' "$T/stdout"
	grep -qxF '  `back`.`failed_jobs`: 0 rows' "$T/stdout"
	grep -qxF 'events do not run: SET GLOBAL event_scheduler = ON;' "$T/stdout"
	sql 'DROP DATABASE back'
	expect_ok restore -q --into back "$DB/siantre.sql"
	[ ! -s "$T/stdout" ] && [ ! -s "$T/stderr" ]
}

@test "names of a dump draw nothing on the terminal" {
	sql "CREATE DATABASE back; CREATE TABLE back.\`a"$'\e'"[31m\` (x int PRIMARY KEY); INSERT INTO back.\`a"$'\e'"[31m\` VALUES (1)"
	siantre-dump --defaults-file="$DB/root.cnf" back >"$T/d.sql"
	sql 'DROP DATABASE back'
	expect_ok restore -v --into back "$T/d.sql"
	grep -qxF '  `back`.`a\033[31m`: 1 rows' "$T/stdout"
	siantre-dump --defaults-file="$DB/root.cnf" --plan back >"$T/plan"
	grep -qF 'back.a\033[31m' "$T/plan"
	[ -z "$(grep -l $'\e' "$T/stdout" "$T/plan")" ]
}

@test "--dry-run proves, looks, and changes nothing" {
	expect_ok restore -n --into back "$DB/siantre.sql"
	[ "$(cat "$T/stdout")" = "would load $DB/siantre.sql into new database \`back\`: 10 tables, 249 rows" ]
	untouched
	expect_ok restore -n --yes --into other "$DB/siantre.sql"
	[ "$(cat "$T/stdout")" = "would load $DB/siantre.sql into existing database \`other\`: 10 tables, 249 rows" ]
	untouched
	expect_fail 73 'database `other` is not empty' restore -n --into other "$DB/siantre.sql"
	expect_fail 65 'no end mark' restore -n --into back "$DB/foreign.sql"
}

@test "mariadb-dump's files come back with --foreign: triggers, views, routines, events, BLOBs" {
	gzip -c "$DB/foreign.sql" >"$T/f.gz"
	expect_ok restore --foreign --into back "$T/f.gz"
	[ "$(head -n 1 "$T/stdout")" = "$T/f.gz into new database \`back\` (no end mark: rows were not counted)" ]
	new_db back_ref # its FLOATs are not those of the database that it was made from
	sql - back_ref <"$DB/foreign.sql"
	same back_ref back
	sql 'DROP DATABASE back'
	mariadb-dump --defaults-file="$DB/root.cnf" --routines --events --skip-opt --skip-comments \
	    --add-locks --complete-insert siantre >"$T/f.sql"
	expect_ok restore --foreign --into back "$T/f.sql"
	[ "$(sql 'SELECT COUNT(*) FROM back.queues')" = 60 ]
}

@test "a dump of several databases goes where it says" {
	sql 'CREATE DATABASE back; CREATE TABLE back.a (x int); INSERT INTO back.a VALUES (1),(2);
	    CREATE DATABASE back_new; CREATE TABLE back_new.b (x int)'
	siantre-dump --defaults-file="$DB/root.cnf" -B back back_new >"$T/two.sql"
	mariadb-dump --defaults-file="$DB/root.cnf" -B back back_new >"$T/foreign.sql"
	expect_fail 73 'database `back` is not empty: 1 tables and other objects' restore "$T/two.sql"
	said 'hint: drop it: the dump names its databases itself'
	expect_fail 65 'database `back` is named; only `else` may be touched' \
	    restore --into else "$T/two.sql"
	sql 'DROP DATABASE back; DROP DATABASE back_new'
	expect_ok restore "$T/two.sql"
	[ "$(cat "$T/stdout")" = "$T/two.sql into \`back\`, \`back_new\`: 2 tables, 2 rows" ]
	[ "$(sql 'SELECT SUM(x) FROM back.a; SELECT COUNT(*) FROM back_new.b')" = $'3\n0' ]
	sql 'DROP DATABASE back; DROP DATABASE back_new'
	expect_ok restore --foreign "$T/foreign.sql"
	[ "$(sql 'SELECT SUM(x) FROM back.a; SELECT COUNT(*) FROM back_new.b')" = $'3\n0' ]
	# Where the second one fails, the first one goes as well.
	sql 'DROP DATABASE back; DROP DATABASE back_new'
	sed 's/^CREATE TABLE `b` (/&`x` int,/' "$T/foreign.sql" >"$T/bad.sql"
	expect_fail 65 "Duplicate column name 'x' (1060)" restore --foreign "$T/bad.sql"
	untouched
	# One that was there, and empty, stays.
	sql 'CREATE DATABASE back'
	expect_fail 65 "Duplicate column name 'x' (1060)" restore --foreign "$T/bad.sql"
	said 'hint: database `back` may hold a part of the dump: drop it'
	[ "$(sql "SHOW DATABASES LIKE 'back%'")" = back ]
}

@test "the application's .env says where" {
	env_file "$T/.env" app app right
	hand >"$T/d.sql"
	expect_ok siantre-restore db --compare rows --env-file "$T/.env" "$T/d.sql"
	[ "$(cat "$T/stdout")" = "$T/d.sql into new database \`app\`: 1 tables, 3 rows" ]
	[ "$(sql 'SELECT n FROM app.v')" = 3 ]
	expect_fail 73 'database `app` is not empty' siantre-restore db --env-file "$T/.env" "$T/d.sql"
	# Routines that root defined are not the application's to make.
	sql 'DROP DATABASE app'
	expect_fail 77 "$DB/siantre.sql:432:1: Access denied; you need" \
	    siantre-restore db --env-file "$T/.env" "$DB/siantre.sql"
	said "hint: a DEFINER is another account: log in as root, or GRANT SET USER ON *.* TO 'app'@'localhost';"
	[ -z "$(sql "SHOW DATABASES LIKE 'app'")" ]
	expect_fail 64 "$DB/siantre.sql names no database, and none is given" \
	    restore "$DB/siantre.sql"
	said 'hint: --into DATABASE'
}

@test "a database that holds something is replaced only with --yes, and only by a whole dump" {
	sql 'CREATE DATABASE back; CREATE TABLE back.old (x int); CREATE VIEW back.w AS SELECT 1'
	expect_fail 73 'database `back` is not empty: 2 tables and other objects' \
	    restore --into back "$DB/siantre.sql"
	said 'hint: --into names another one; --yes replaces it'
	# What fails on the way fails beside it.
	sed 's/^CREATE TABLE `users` (/&`x` int,`x` int,/' "$DB/foreign.sql" >"$T/bad.sql"
	expect_fail 65 "Duplicate column name 'x' (1060)" \
	    restore --foreign --yes --into back "$T/bad.sql"
	[ "$(sql "SHOW TABLES FROM back; SHOW DATABASES LIKE 'back%'")" = $'old\nw\nback' ]
	sql 'CREATE DATABASE back_new'
	expect_fail 73 'database `back_new` is in the way: the dump is loaded there first' \
	    restore --yes --into back "$DB/siantre.sql"
	sql 'DROP DATABASE back_new'
	expect_ok restore --yes --into back "$DB/siantre.sql"
	[ "$(head -n 1 "$T/stdout")" = "$DB/siantre.sql into existing database \`back\`: 10 tables, 249 rows" ]
	same siantre back
	[ "$(sql "SHOW DATABASES LIKE 'back%'" | sed 's/[0-9]/d/g')" = $'back\nback_before_dddddddd_dddddd' ]
}

@test "credentials, rights, server" {
	printf '[client]\nsocket=%s\nuser=app\npassword=wrong\n' "$DB/sock" >"$T/wrong.cnf"
	printf '[client]\nsocket=%s\nuser=reader\n' "$DB/sock" >"$T/reader.cnf"
	printf '[client]\nsocket=%s\nuser=root\n' "$T/nowhere" >"$T/gone.cnf"
	chmod 0600 "$T"/*.cnf
	expect_fail 77 "Access denied for user 'app'@'localhost'" \
	    siantre-restore db --defaults-file="$T/wrong.cnf" --into back "$DB/siantre.sql"
	expect_fail 69 "connect: Can't connect" \
	    siantre-restore db --defaults-file="$T/gone.cnf" --into back "$DB/siantre.sql"
	expect_fail 77 "create the database: Access denied for user 'reader'@'localhost' to database 'back'" \
	    siantre-restore db --defaults-file="$T/reader.cnf" --into back "$DB/siantre.sql"
	said "hint: GRANT ALL ON \`back\`.* TO 'reader'@'localhost';"
	sql 'CREATE DATABASE back; GRANT SELECT, INSERT, DROP ON back.* TO reader@localhost'
	hand >"$T/d.sql"
	expect_fail 77 "$T/d.sql:4:1: CREATE command denied" \
	    siantre-restore db --defaults-file="$T/reader.cnf" --into back "$T/d.sql"
	said "hint: GRANT ALL ON \`back\`.* TO 'reader'@'localhost';"
	said 'hint: database `back` may hold a part of the dump: drop it'
	sql 'REVOKE ALL ON back.* FROM reader@localhost'
	expect_fail 78 "$T/open.cnf: readable by others" \
	    siantre-restore db --defaults-file="$(install -m 0644 "$DB/root.cnf" "$T/open.cnf"; echo "$T/open.cnf")" \
	    --into back "$DB/siantre.sql"
}

@test "nothing is touched where the dump is not whole" {
	local d=$DB/siantre.sql size
	size=$(stat -c %s "$d")
	expect_fail 65 "$DB/foreign.sql: no end mark" restore --into back "$DB/foreign.sql"
	said 'hint: --foreign loads dumps of other tools, which have none'
	head -c $((size - 1)) "$d" >"$T/cut.sql"
	expect_fail 65 "$T/cut.sql: no end mark" restore --into back "$T/cut.sql"
	# A dump of ours never counts as one of others.
	expect_fail 65 "$T/cut.sql: no end mark" restore --foreign --into back "$T/cut.sql"
	[ "$(grep -c hint "$T/stderr")" = 0 ]
	head -c $((size / 2)) "$d" >"$T/half.sql"
	expect_fail 65 "$T/half.sql: no end mark" restore --into back "$T/half.sql"
	sed "s/^(1,'/(1,'x/" "$d" >"$T/row.sql"
	expect_fail 65 "$T/row.sql: digest of table \`siantre\`.\`" restore --into back "$T/row.sql"
	sed '/^(7,/d' "$d" >"$T/lost.sql"
	expect_fail 65 "differ: " restore --into back "$T/lost.sql"
	(cat "$d"; echo) >"$T/more.sql"
	expect_fail 65 "$T/more.sql: bytes behind the end mark" restore --into back "$T/more.sql"
	sed 's/COMMENT/comment/' "$d" >"$T/schema.sql"
	expect_fail 65 "$T/schema.sql: digest of the schema differs" restore --into back "$T/schema.sql"
	: >"$T/empty.sql"
	expect_fail 65 "$T/empty.sql: no end mark" restore --into back "$T/empty.sql"
	gzip -c "$d" | head -c -9 >"$T/cut.sql.gz"
	expect_fail 65 "$T/cut.sql.gz: " restore --into back "$T/cut.sql.gz"
	expect_fail 65 "stdin: " restore --into back - <"$T/cut.sql.gz"
	gzip -c "$d" >"$T/flip.sql.gz"
	flip "$T/flip.sql.gz" 20000
	expect_fail 65 "$T/flip.sql.gz: " restore --into back "$T/flip.sql.gz"
	head -n -3 "$DB/foreign.sql" >"$T/cut-foreign.sql"
	expect_fail 65 "$T/cut-foreign.sql: cut short: it begins as a dump of mariadb-dump and does not end as one" \
	    restore --foreign --into back "$T/cut-foreign.sql"
	mkdir "$T/set"
	expect_fail 65 "$T/set: no dump (.sql.gz or .sql) in this folder" restore --into back "$T/set"
	touch "$T/set/db_backup.sql.gz.age"
	expect_fail 78 "$T/set/db_backup.sql.gz.age: encrypted: --identity FILE is needed" restore --into back "$T/set"
	touch "$T/set/a.sql" "$T/set/b.sql"
	rm "$T/set/db_backup.sql.gz.age"
	expect_fail 65 "$T/set: 2 dumps in this folder" restore --into back "$T/set"
	printf 'age-encryption.org/v1\nx' >"$T/x.age"
	expect_fail 78 "$T/x.age: encrypted: --identity FILE is needed" restore --into back "$T/x.age"
	expect_fail 74 "$T/nothing: No such file or directory" restore --into back "$T/nothing"
	untouched
}

# hostile WORDS TEXT: with and without an end mark, TEXT is refused and nothing is done.
hostile() {
	printf -- "$2" >"$T/bad.sql"
	expect_fail 65 "$1" restore --foreign --into back "$T/bad.sql"
	(printf -- '-- siantre-dump 1\n'; printf -- "$2") | tests/endmark >"$T/own.sql"
	expect_fail 65 "$T/own.sql:" restore --into back "$T/own.sql"
	untouched
}

@test "hostile text ends 65 with line and column, and nothing is touched" {
	cd "$ROOT"
	hostile "$T/bad.sql:2:3: client command \\!" "SET x=1;\n  \\\\! touch $T/ran;\n"
	hostile "$T/bad.sql:1:1: client command \\." '\\. /etc/passwd\n'
	hostile "$T/bad.sql:1:1: source does not belong into a dump" 'source /etc/passwd;\n'
	hostile "$T/bad.sql:1:1: system does not belong into a dump" "system touch $T/ran;\n"
	hostile "$T/bad.sql:2:19: string without end" "SET x=1;\nCREATE TABLE t (a '\n);\n"
	hostile "$T/bad.sql:1:14: name without end" 'CREATE TABLE `t (a int);\n'
	hostile "$T/bad.sql:2:1: comment without end" 'SET x=1;\n/* never\nDROP TABLE t;\n'
	hostile "$T/bad.sql:2:1: statement without its delimiter //" \
	    'DELIMITER //\nCREATE TABLE t (a int);\n'
	hostile "$T/bad.sql:1:1: DELIMITER without a usable delimiter" 'DELIMITER \nSELECT 1;\n'
	hostile "$T/bad.sql:1:18: NUL byte" 'CREATE TABLE t (a\000 int);\n'
	hostile "$T/bad.sql:1:1: database \`other\` is named; only \`back\` may be touched" \
	    'DROP DATABASE other;\n'
	hostile "$T/bad.sql:2:1: database \`other\` is named; only \`back\` may be touched" \
	    'CREATE TABLE t (x int);\nINSERT INTO other.kept VALUES (1);\n'
	hostile "$T/bad.sql:1:1: the server's own database \`mysql\` is named" 'USE mysql;\n'
	hostile "$T/bad.sql:1:1: GRANT does not belong into a dump" 'GRANT ALL ON *.* TO x;\n'
	[ ! -e "$T/ran" ]
}

@test "a delimiter game is read as the client reads it" {
	printf 'DELIMITER ;;\nCREATE TABLE t (x int COMMENT ";");;\nINSERT INTO t VALUES (1)\n;; DELIMITER ;\nINSERT INTO t VALUES (2);' >"$T/d.sql"
	expect_ok restore --foreign --into back "$T/d.sql"
	[ "$(sql 'SELECT SUM(x) FROM back.t')" = 3 ]
}

@test "statements are the client's statements" {
	cat >"$T/d.sql" <<'SQL'
-- a comment; with 'quotes
--
/* another; ' */ CREATE TABLE t (`a;``b` int, s text COMMENT 'it''s; \' -- ''', # '; "
  d text COMMENT "say ""x""; \"'" /* ; */); # end ;
INSERT INTO t VALUES (5--3, 'a\\', "b;"), (6/3, '-- x\n', '/* ; */'), (\N,\N,
'two
lines;');;
/*!40101 SET NAMES utf8mb4 */; /*M!100000 INSERT INTO t VALUES (1, '*/', ';') */;
/*!99999 INSERT INTO t VALUES (2, 'not here', ';') */;
DELIMITER //
CREATE PROCEDURE p() -- a body; with 'comments
BEGIN
  INSERT INTO t VALUES (7, '//', 'x'); # ' //
END//
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.s = '//;'//
DELIMITER ;
SET sql_mode = 'NO_BACKSLASH_ESCAPES'; CREATE FUNCTION f() RETURNS text DETERMINISTIC RETURN 'C:\';
SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'; CREATE VIEW "v;" AS SELECT 'x\' AS "y;\";
SET sql_mode = ''; CREATE VIEW w AS SELECT 'x\';' AS `y`
;
SQL
	new_db back_ref
	sql - back_ref <"$T/d.sql"
	expect_ok restore --foreign --into back "$T/d.sql"
	for name in back_ref back; do
		mariadb-dump --defaults-file="$DB/root.cnf" --skip-comments --routines "$name" >"$T/$name"
	done
	cmp "$T/back_ref" "$T/back"
	[ "$(sql 'SELECT COUNT(*), SUM(LENGTH(s)), SUM(LENGTH(d)) FROM back.t')" = $'4\t9\t20' ]
	[ "$(sql 'SELECT f(), `y;\` FROM `v;`; SELECT y FROM w' back | xxd -p)" = "$(printf 'C:\\\\\tx\\\\\nx'"'"';\n' | xxd -p)" ]
}

@test "what the server does not accept ends 65 with its place, and the new database goes" {
	printf 'CREATE TABLE t (x int);\n\n  CREATE TABLE t (x int);\n' >"$T/d.sql"
	expect_fail 65 "siantre-restore: $T/d.sql:3:3: Table 't' already exists (1050)" \
	    restore --foreign --into back "$T/d.sql"
	untouched
	# What the server quotes stays on one line.
	printf 'CREATE TABLE t (x int\nNON\033SENSE\ny int);\n' >"$T/d.sql"
	expect_fail 65 "$T/d.sql:1:1: You have an error in your SQL syntax" \
	    restore --foreign --into back "$T/d.sql"
	[ "$(wc -l <"$T/stderr")" = 1 ]
	grep -qF 'SENSE?y int)' "$T/stderr"
	printf 'NONSENSE' | expect_fail 65 'stdin:1:1: statement without its delimiter ;' \
	    restore --foreign --into back -
	untouched
}

@test "a warning of the server is an error, unless it is allowed" {
	printf "CREATE TABLE t (x tinyint);\nSET sql_mode='';\nINSERT INTO t VALUES (1),(1000);\n" >"$T/d.sql"
	expect_fail 65 "$T/d.sql:3:1: warning of the server: Out of range value for column 'x' at row 2 (1264)" \
	    restore --foreign --into back "$T/d.sql"
	said 'hint: --allow-warnings goes on'
	untouched
	expect_ok restore --foreign --allow-warnings --into back "$T/d.sql"
	said "siantre-restore: $T/d.sql:3:1: warning of the server: Out of range value for column 'x' at row 2 (1264)"
	[ "$(sql 'SELECT SUM(x) FROM back.t')" = 128 ]
}

@test "what the server warns of behind harmless warnings, or keeps to itself, is an error" {
	local values
	values=$(seq 1 99 | sed "s/.*/(&,'a')/" | paste -sd,)
	printf '%s\n' "SET sql_mode = '';" "CREATE TABLE t (id int PRIMARY KEY, v varchar(5), g int AS (id + 1) STORED);" \
	    "INSERT INTO t (id, v, g) VALUES (0,'a',1),(200,'b',5);" "INSERT INTO t (id, v) VALUES $values,(100,'abcdefghi');" >"$T/d.sql"
	sed "s/INSERT INTO t (id, v) VALUES/INSERT INTO t VALUES/; s/'a')/'a',5)/g; s/'abcdefghi')/'abcdefghi',5)/" "$T/d.sql" >"$T/g.sql"
	expect_fail 65 "Data truncated" restore --foreign -q --into cut "$T/g.sql"
	sql "SET GLOBAL max_error_count = 0"
	rc=0
	restore --foreign -q --into cut "$T/d.sql" >"$T/stdout" 2>"$T/stderr" || rc=$?
	sql "SET GLOBAL max_error_count = DEFAULT"
	[ $rc = 65 ]
	grep -qF "Data truncated" "$T/stderr"
	# Harmless ones alone let it pass.
	sed -i "s/'abcdefghi'/'abcde'/" "$T/g.sql"
	expect_ok restore --foreign -q --into cut "$T/g.sql"
}

@test "rows are counted after loading" {
	hand '-- siantre-rows {"database":"d","table":"t"}
INSERT INTO `t` (`id`) VALUES
(1),
(1)
ON DUPLICATE KEY UPDATE `id` = 1;' >"$T/d.sql"
	expect_fail 65 "$T/d.sql: table \`back\`.\`t\` has 1 rows after loading, the dump has 2" \
	    restore --allow-warnings --into back "$T/d.sql"
	untouched
}

@test "a statement too large for the server is known before anything is touched" {
	sql 'SET GLOBAL max_allowed_packet = 1048576'
	{
		printf "CREATE TABLE t (x longtext);\nINSERT INTO t VALUES ('"
		head -c 1048576 /dev/zero | tr '\0' x
		printf "');\n"
	} >"$T/d.sql"
	expect_fail 78 "$T/d.sql:2:1: a statement of 1048601 bytes; the server takes 1048576" \
	    restore --foreign --into back "$T/d.sql"
	said 'hint: SET GLOBAL max_allowed_packet = 1073741824;'
	untouched
	sql 'SET GLOBAL max_allowed_packet = 268435456'
	expect_ok restore --foreign --into back "$T/d.sql"
	[ "$(sql 'SELECT LENGTH(x) FROM back.t')" = 1048576 ]
}

@test "a connection lost on the way ends 69, a signal ends it cleanly" {
	sql 'CREATE DATABASE back'
	sql 'FLUSH TABLES WITH READ LOCK; DO SLEEP(600)' &
	until_sql "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'"
	local blocked="FROM information_schema.processlist WHERE state LIKE 'Waiting for %lock'" id rc=0
	# The loading connection waits for the lock: kill it there.
	restore --into back "$DB/siantre.sql" >"$T/stdout" 2>"$T/stderr" &
	id=$!
	until_sql "SELECT id $blocked"
	sql "KILL $(sql "SELECT id $blocked")"
	wait "$id" || rc=$?
	[ "$rc" = 69 ]
	grep -q "^siantre-restore: $DB/siantre.sql:[0-9]*:1: .* (\(2013\|1927\|2006\))$" "$T/stderr"
	said 'hint: database `back` may hold a part of the dump: drop it'
	# A signal while CREATE DATABASE waits: what is made afterwards is removed again.
	siantre-restore db --defaults-file="$DB/root.cnf" --into back_new "$DB/siantre.sql" \
	    >"$T/stdout" 2>"$T/stderr" &
	id=$! rc=0
	until_sql "SELECT id $blocked"
	kill -TERM "$id"
	sql "KILL $(sql "SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'")"
	wait "$id" || rc=$?
	[ "$rc" = 143 ]
	[ -z "$(sql "SHOW DATABASES LIKE 'back_new'")" ]
	[ ! -s "$T/stderr" ] || { cat "$T/stderr"; false; }
}

# changes STATEMENT BYTES: the last but BYTES of a dump that ends with it becomes another one while
# its first statement waits.
changes() {
	sql 'DROP DATABASE IF EXISTS back; CREATE DATABASE back'
	{
		echo 'CREATE TABLE t (x int);'
		yes -- '-- filler' | head -c 3000000
		echo
		echo "$1"
	} >"$T/d.sql"
	sql 'FLUSH TABLES WITH READ LOCK; DO SLEEP(600)' &
	until_sql "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'"
	restore --foreign --into back "$T/d.sql" >"$T/stdout" 2>"$T/stderr" &
	local id=$! rc=0
	until_sql "SELECT id FROM information_schema.processlist WHERE info LIKE 'CREATE TABLE%'"
	printf 2 | dd of="$T/d.sql" bs=1 seek=$(($(stat -c %s "$T/d.sql") - $2)) conv=notrunc status=none
	sql "KILL $(sql "SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'")"
	wait "$id" || rc=$?
	[ "$rc" = 65 ]
	said "siantre-restore: $T/d.sql: the second reading gave other bytes than the first"
}

@test "a dump that changes between proof and loading is found out" {
	changes 'INSERT INTO t VALUES (1);' 4
	changes 'CREATE VIEW v AS SELECT 1;' 3
}

@test "the spool has no name, and a full disk is said" {
	small_disk "$T/disk" 64k
	expect_fail 74 "spool stdin in $T/disk: No space left on device" \
	    env TMPDIR="$T/disk" siantre-restore db --defaults-file="$DB/root.cnf" --into back - \
	    <"$DB/siantre.sql"
	said 'hint: TMPDIR names another folder'
	expect_fail 73 "cannot spool in $T/none: No such file or directory" \
	    env TMPDIR="$T/none" siantre-restore db --defaults-file="$DB/root.cnf" --into back - \
	    <"$DB/siantre.sql"
	[ -z "$(ls -A "$T/disk")" ]
	untouched
}

@test "usage errors end 64 and name the option" {
	expect_fail 64 'usage: siantre-restore db' siantre-restore
	expect_fail 64 'frob: not db, files or all' siantre-restore frob
	expect_fail 64 'no dump given: a set, a file, or - for stdin' restore
	expect_fail 64 'one dump at a time' restore a b
	expect_fail 64 'database `MySQL` is the server'"'"'s own: no dump goes there' \
	    restore --yes --into MySQL "$DB/siantre.sql"
	expect_fail 64 '--into: no database named' restore --into '' a
	expect_fail 64 "siantre-restore: unrecognized option '--frob'" restore --frob a
	expect_fail 64 'only one of --env-file, --defaults-file and --defaults-extra-file' \
	    restore --env-file x a
	expect_ok siantre-restore --help
	grep -q 'siantre-restore files' "$T/stdout"
	expect_ok siantre-restore db --version
	grep -qE '^siantre-restore [0-9]+\.[0-9]+' "$T/stdout"
}
