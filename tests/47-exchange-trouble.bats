#!/usr/bin/env bats
# siantre-restore db in place of a live database, where something is in the way: what RENAME TABLE
# does not take along, who may not do all of it, journals, connections and servers that are lost.
# shellcheck disable=SC2016 # backquotes are names of databases
load lib

setup_file() {
	start_db
}

setup() {
	lib_setup
	printf 'STATE_DIR=%s\n' "$T/state" >"$T/siantre.conf"
	drop_like 'back\_%'
	new_db back
}

restore() {
	siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --into back "$@"
}

# begin DUMP: restore --yes in the background, as $pid.
begin() {
	siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --into back --yes "$1" \
	    >"$T/stdout" 2>"$T/stderr" &
	pid=$!
}

# dump: the bytes of the database.
dump() {
	siantre-dump --defaults-file="$DB/root.cnf" back 2>/dev/null
}

# marked: stdin is a dump that was edited; it gets a new end mark.
marked() {
	sed '/^-- siantre-table\|^-- siantre-end\|^-- siantre-note/d' | tests/endmark
}

kept() {
	sql "SHOW DATABASES LIKE 'back\_before%'"
}

# held FUNCTION: the function cannot be dropped until $holder is killed; an exchange waits for it
# behind its journal, and in front of its first table.
held() {
	mariadb --defaults-file="$DB/root.cnf" back -e "BEGIN; SELECT $1(); SELECT SLEEP(100)" >/dev/null 2>&1 &
	until_sql "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%' AND ID <> CONNECTION_ID()"
	holder=$(sql "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%' AND ID <> CONNECTION_ID()")
}

# stopped_before DUMP: an exchange is killed when its journal is there and no table has moved.
stopped_before() {
	held f
	begin "$1"
	until_sql "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DROP FUNCTION%' AND ID <> CONNECTION_ID()"
	kill -9 $pid
	wait $pid || true
	sql "KILL $holder"
	wait || true
}

# stopped_after DUMP: an exchange is killed when its tables have moved; DUMP has enough views to be
# caught at making them.
stopped_after() {
	begin "$1"
	until [ -n "$(sql "SELECT 1 FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE 'back\_before%' LIMIT 1")" ]; do
		kill -0 $pid
	done
	kill -9 $pid
	wait $pid || true
}

@test "foreign keys to tables that are not there hold on to none that come" {
	sql 'CREATE TABLE parents (id int PRIMARY KEY);
	    CREATE TABLE children (id int PRIMARY KEY, p int, q int, CONSTRAINT fk FOREIGN KEY (p) REFERENCES parents (id) ON DELETE CASCADE,
	        CONSTRAINT `f``k` FOREIGN KEY (q) REFERENCES parents (id) ON UPDATE SET NULL);
	    INSERT INTO parents VALUES (1); INSERT INTO children VALUES (1,1,1)' back
	dump >"$T/whole.sql"
	sql 'SET foreign_key_checks = 0; DROP TABLE parents' back
	dump >"$T/broken.sql"
	grep -q 'ON DELETE CASCADE' "$T/broken.sql"
	expect_ok restore --yes "$T/whole.sql"
	dump | cmp - "$T/whole.sql"
	sql 'DELETE FROM back.children; DELETE FROM back.parents'
	[ "$(sql 'SELECT COUNT(*) FROM children' "$(kept)")" = 1 ]
	# They are in the text beside it.
	sql - "$(kept)" <"$T/state/restore/$(kept).sql"
	sql 'SHOW CREATE TABLE children' "$(kept)" | grep -qF 'CONSTRAINT `f``k` FOREIGN KEY (`q`) REFERENCES `parents` (`id`) ON UPDATE SET NULL'
	# Those of the new side come to the table of their own database.
	sleep 1.1
	expect_ok restore --yes "$T/broken.sql"
	dump | cmp - "$T/broken.sql"
	# Where the exchange fails, the old ones are there again.
	marked <"$T/whole.sql" >"$T/m.sql"
	{ cat "$T/whole.sql"; echo 'CREATE VIEW v AS SELECT nothing FROM parents;'; } | marked >"$T/bad.sql"
	expect_fail 65 "Unknown column 'nothing'" restore --yes "$T/bad.sql"
	dump | cmp - "$T/broken.sql"
}

@test "packages, names of all sorts, definers that are gone, triggers in their order" {
	sql - back <<'SQL'
CREATE TABLE `a%b./\ c` (x int, y int AS (x + 1) VIRTUAL, CHECK (x < 10)); INSERT INTO `a%b./\ c` (x) VALUES (1);
CREATE TABLE aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff1234 (x int);
CREATE TABLE A (x int); CREATE TABLE a (x int); CREATE TABLE `n
l` (x int);
CREATE TABLE mem (x int) ENGINE=MEMORY; CREATE TABLE csv (x int NOT NULL) ENGINE=CSV; INSERT INTO csv VALUES (4);
CREATE TABLE m1 (id int) ENGINE=MyISAM; CREATE TABLE mm (id int) ENGINE=MERGE UNION=(m1) INSERT_METHOD=LAST; INSERT INTO mm VALUES (1);
CREATE DEFINER=ghost@nowhere VIEW v AS SELECT x FROM A; CREATE DEFINER=ghost@nowhere FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;
CREATE DEFINER=ghost@nowhere TRIGGER t1 BEFORE INSERT ON A FOR EACH ROW SET NEW.x = 1;
CREATE TRIGGER t2 BEFORE INSERT ON A FOR EACH ROW PRECEDES t1 SET NEW.x = 2;
CREATE TRIGGER t0 BEFORE INSERT ON A FOR EACH ROW FOLLOWS t1 SET NEW.x = 3;
SET time_zone = '+03:00'; CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DO SELECT 1;
SET sql_mode = ORACLE;
DELIMITER //
CREATE PACKAGE pk AS FUNCTION pf RETURN int; END; //
CREATE PACKAGE BODY pk AS FUNCTION pf RETURN int AS BEGIN RETURN 7; END; END; //
DELIMITER ;
CREATE USER IF NOT EXISTS clerk@localhost, boss@localhost; CREATE ROLE IF NOT EXISTS callers;
GRANT EXECUTE ON PACKAGE back.pk TO clerk@localhost; GRANT EXECUTE ON PACKAGE BODY back.pk TO clerk@localhost;
GRANT EXECUTE, ALTER ROUTINE ON FUNCTION back.f TO boss@localhost WITH GRANT OPTION;
GRANT EXECUTE ON FUNCTION back.f TO callers;
SQL
	dump >"$T/d.sql"
	rights() {
		local who
		for who in clerk@localhost boss@localhost callers; do sql "SHOW GRANTS FOR $who"; done
	}
	rights >"$T/rights"
	[ "$(grep -c 'back' "$T/rights")" = 4 ]
	expect_ok restore --yes "$T/d.sql"
	dump | cmp - "$T/d.sql"
	rights | cmp - "$T/rights"
	[ ! -s "$T/stderr" ]
	[ "$(sql 'SELECT * FROM mm' "$(kept)"; sql 'INSERT INTO back.mm VALUES (2); SELECT * FROM back.m1')" = $'1\n1\n2' ]
	sql 'DELETE FROM back.m1 WHERE id = 2; OPTIMIZE TABLE back.m1' >/dev/null
	# The sequel: an exchange that fails makes packages and rights again, too.
	{ cat "$T/d.sql"; echo 'CREATE VIEW w AS SELECT nothing FROM A;'; } | marked >"$T/bad.sql"
	expect_fail 65 "Unknown column 'nothing'" restore --yes "$T/bad.sql"
	said 'hint: database `back` is as it was'
	dump | cmp - "$T/d.sql"
	rights | cmp - "$T/rights"
}

@test "a view that refers to what is not there is in the text, even where the old database comes back" {
	sql 'CREATE TABLE a (x int); CREATE VIEW v AS SELECT * FROM a' back
	{ dump; echo 'CREATE VIEW w AS SELECT nothing FROM a;'; } | marked >"$T/bad.sql"
	sql 'CREATE TABLE b (x int); CREATE VIEW broken AS SELECT * FROM b; DROP TABLE b' back
	expect_fail 65 "Unknown column 'nothing'" restore --yes "$T/bad.sql"
	said 'hint: database `back` is as it was'
	file=$(compgen -G "$T/state/restore/back_before_*.sql")
	said "siantre-restore: $file: has the views that refer to what is not there; they were dropped"
	grep -q '^-- invalid view: CREATE .*VIEW `broken` AS' "$file"
	[ "$(sql 'SHOW TABLES' back | xargs)" = 'a v' ]
}

@test "who could not make the old views and routines again does not begin" {
	sql "CREATE USER IF NOT EXISTS app@localhost; GRANT ALL ON \`back%\`.* TO app@localhost; GRANT SELECT ON mysql.proc TO app@localhost"
	printf '[client]\nsocket=%s\nuser=app\n' "$DB/sock" >"$T/app.cnf"
	chmod 0600 "$T/app.cnf"
	app=(siantre-restore db -c "$T/siantre.conf" --defaults-file="$T/app.cnf" --into back)
	sql 'CREATE TABLE a (x int)' back
	dump >"$T/d.sql"
	sql 'CREATE DEFINER=app@localhost VIEW v AS SELECT * FROM a; CREATE DEFINER=app@localhost FUNCTION f() RETURNS int RETURN 1' back
	expect_ok "${app[@]}" --yes "$T/d.sql"
	said 'siantre-restore: database `back`: this account cannot see who may call its routines: such rights have to be given again'
	sql 'CREATE VIEW v AS SELECT * FROM a' back
	dump >"$T/old.sql"
	expect_fail 77 'database `back`: this account could not make its views, routines, triggers and events again' "${app[@]}" --yes "$T/d.sql"
	said "hint: a DEFINER is another account: log in as root, or GRANT SET USER ON *.* TO 'app'@'localhost';"
	dump | cmp - "$T/old.sql"
	[ -z "$(sql "SHOW DATABASES LIKE 'back\_new'")" ]
	sql "GRANT SET USER ON *.* TO app@localhost"
	expect_ok "${app[@]}" --yes "$T/d.sql"
	[ "$(sql 'SHOW TABLES' back)" = a ]
	sql "DROP USER app@localhost"
}

@test "a journal that cannot be written: the dump stays whole beside the database" {
	sql 'CREATE SEQUENCE s; CREATE TABLE a (id int NOT NULL DEFAULT nextval(s) PRIMARY KEY, x int); INSERT INTO a (x) VALUES (1)' back
	dump >"$T/d.sql"
	# Known before anything is loaded, …
	printf 'STATE_DIR=/proc/none/here\n' >"$T/none.conf"
	expect_fail 73 '/proc/none/here/restore: No such file or directory' \
	    siantre-restore db -c "$T/none.conf" --defaults-file="$DB/root.cnf" --into back --yes "$T/d.sql"
	[ -z "$(sql "SHOW DATABASES LIKE 'back\_new'")" ]
	# … or behind the load: it can be gone on with, and is then what the dump is.
	expect_ok restore --yes "$T/d.sql"
	sql "DROP DATABASE \`$(kept)\`"
	server=$(sql "SELECT LEFT(SHA2(CONCAT(@@hostname, ':', @@port, ':', @@datadir), 256), 12)")
	# What is mounted there cannot go.
	small_disk "$T/state/restore/back@$server.new" 64k
	expect_fail 73 "$T/state/restore/back@$server.new: File exists" restore --yes "$T/d.sql"
	said 'hint: database `back_new` holds all of the dump: --resume'
	umount "$T/state/restore/back@$server.new"
	rmdir "$T/state/restore/back@$server.new"
	expect_ok restore --yes --resume "$T/d.sql"
	dump | cmp - "$T/d.sql"
}

@test "a journal that is damaged, or of what is gone, moves nothing" {
	sql 'CREATE TABLE a (x int); INSERT INTO a VALUES (1); CREATE FUNCTION f() RETURNS int RETURN 1; CREATE VIEW v AS SELECT * FROM a' back
	dump >"$T/old.sql"
	sed 's/^(1);$/(2);/' "$T/old.sql" | marked >"$T/new.sql"
	stopped_before "$T/new.sql"
	journal=$(compgen -G "$T/state/restore/back@*")
	cp "$journal/journal.json" "$T/journal.json"
	sed -i 's/"old": *\["a"\]/"old":["b"]/' "$journal/journal.json"
	grep -q '"old":\["b"\]' "$journal/journal.json"
	for run in '--settle' "--yes $T/new.sql"; do
		# shellcheck disable=SC2086
		expect_fail 65 "$journal: the journal of an exchange is damaged" restore $run
	done
	[ "$(sql 'SELECT * FROM back.a; SELECT * FROM back_new.a')" = $'1\n2' ]
	# Who takes away what was loaded has the old database, not an empty one.
	cp "$T/journal.json" "$journal/journal.json"
	sql 'DROP DATABASE back_new'
	expect_ok restore --settle
	said "siantre-restore: database \`back\`: an exchange that began at $(sed 's/.*"time":"\([^"]*\).*/\1/' "$T/journal.json") was interrupted; it is undone"
	dump | cmp - "$T/old.sql"
	[ "$(sql "SHOW DATABASES LIKE 'back%'" | xargs)" = back ]
	# Who takes away the old tables before the exchange is finished has the new ones.
	{ cat "$T/new.sql"; for i in $(seq 300); do echo "CREATE VIEW v$i AS SELECT * FROM a;"; done; } | marked >"$T/many.sql"
	stopped_after "$T/many.sql"
	sql "DROP DATABASE $(kept); CREATE TABLE back_new.stray (x int)"
	expect_ok restore --settle
	[ "$(sql 'SELECT * FROM back.a; SELECT * FROM back.v300')" = $'2\n2' ]
	# What somebody else has put beside it is not ours to drop.
	said 'siantre-restore: database `back_new` is not empty: it stays'
	sql 'DROP TABLE back_new.stray; DROP DATABASE back_new'
	[ -z "$(compgen -G "$T/state/restore/back@*")" ]
	# Who makes another database of that name is told how to go on.
	stopped_before "$T/old.sql"
	new_db back
	sql 'CREATE TABLE other (x int)' back
	expect_fail 65 "hint: rm -r $(compgen -G "$T/state/restore/back@*") forgets the exchange, and leaves all tables where they are" restore --settle
	[ "$(sql 'SHOW TABLES' back)" = other ]
}

@test "no connection is needed once it has begun" {
	sql 'CREATE TABLE a (x int); INSERT INTO a VALUES (1); CREATE FUNCTION f() RETURNS int RETURN 1; CREATE VIEW v AS SELECT * FROM a' back
	dump >"$T/d.sql"
	max=$(sql 'SELECT @@GLOBAL.max_connections')
	held f
	begin "$T/d.sql"
	until_sql "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DROP FUNCTION%' AND ID <> CONNECTION_ID()"
	for _ in $(seq 12); do
		mariadb --defaults-file="$DB/root.cnf" -e 'DO SLEEP(5)' >/dev/null 2>&1 &
	done
	until_sql "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DO SLEEP%' HAVING COUNT(*) = 12"
	# From here on nobody gets in, also where somebody has left.
	mariadb --defaults-file="$DB/root.cnf" -e "SET GLOBAL max_connections = 10; KILL $holder; DO SLEEP(3);
	    SET GLOBAL max_connections = $max" >/dev/null &
	got=0
	wait $pid || got=$?
	wait || true
	[ $got = 0 ] || { cat "$T/stderr"; false; }
	dump | cmp - "$T/d.sql"
}

@test "long names, and an account that may not see the folder of the journals" {
	long=$(printf '票%.0s' $(seq 40))
	new_db "$long"
	sql 'CREATE TABLE a (x int)' "$long"
	sql 'CREATE TABLE a (x int); INSERT INTO a VALUES (3)' back
	dump >"$T/d.sql"
	expect_ok siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --into "$long" --yes "$T/d.sql"
	[ "$(sql 'SELECT * FROM a' "$long")" = 3 ]
	drop_like "$long%"
	need_root
	chmod 0711 "$T/state"
	cp "$DB/root.cnf" "$T/nobody.cnf"
	chown nobody "$T/nobody.cnf"
	chmod 0644 "$T/d.sql" "$T/siantre.conf"
	sql 'DROP DATABASE back'
	nobody=(as_nobody siantre-restore db -c "$T/siantre.conf" --no-units --defaults-file="$T/nobody.cnf" --into back)
	expect_ok "${nobody[@]}" "$T/d.sql"
	[ "$(sql 'SELECT * FROM back.a')" = 3 ]
	expect_fail 73 "$T/state/restore: Permission denied" "${nobody[@]}" --yes "$T/d.sql"
	expect_fail 77 "$T/state/restore: Permission denied" "${nobody[@]}" --settle
}

# many: two states that take some time to exchange.
many() {
	echo 'CREATE SEQUENCE s;'
	for i in $(seq 12); do
		echo "CREATE TABLE t$i (id int NOT NULL DEFAULT nextval(s) PRIMARY KEY, x int$([ "$i" = 1 ] || echo ", FOREIGN KEY (x) REFERENCES t$((i - 1)) (id)"));
		    CREATE VIEW v$i AS SELECT * FROM t$i; CREATE PROCEDURE p$i() SELECT $1;
		    CREATE TRIGGER g$i BEFORE INSERT ON t$i FOR EACH ROW SET NEW.x = NEW.x;
		    INSERT INTO t$i VALUES ($1, $1);"
	done
}

# wholly: the database is one of the two, of which $state tells.
wholly() {
	siantre-dump --defaults-file="$1/root.cnf" back >"$T/now.sql"
	for state in 1 2; do
		! cmp -s "$T/now.sql" "$T/$state.sql" || return 0
	done
	diff -a "$T/now.sql" "$T/1.sql" | head -n 20
	return 1
}

@test "the connection or the server is killed at any moment: wholly old or wholly new" {
	many 1 | sql - back
	dump >"$T/1.sql"
	new_db back
	many 2 | sql - back
	dump >"$T/2.sql"
	state=2
	from=$(date +%s%N)
	expect_ok restore --yes "$T/1.sql"
	state=1
	took=$(($(date +%s%N) - from))
	settled=0
	kills=${EXCHANGE_KILLS:-$((12 / STEP))}
	for i in $(seq "$kills"); do
		old=$state
		begin "$T/$((3 - old)).sql"
		if [ $((i % 3)) != 0 ]; then
			until compgen -G "$T/state/restore/back@????????????" >/dev/null || ! kill -0 $pid 2>/dev/null; do :; done
			sleep "$(awk -v r=$RANDOM 'BEGIN { printf "%.4f", 0.15 * r / 32768 }')"
		else
			sleep "$(awk -v t=$took -v r=$RANDOM 'BEGIN { printf "%.4f", t / 1e9 * r / 32768 }')"
		fi
		if [ $((i % 6)) = 0 ] || [ $((i % 6)) = 2 ]; then
			kill -9 "$(cat "$DB/pid")"
			wait $pid || true
			rm -f "$DB/sock" "$DB/pid"
			"$ROOT/tests/mariadbd" start "$DB"
		else
			id=$(sql "SELECT ID FROM information_schema.PROCESSLIST WHERE ID <> CONNECTION_ID() ORDER BY RAND() LIMIT 1")
			[ -z "$id" ] || sql "KILL $id" 2>/dev/null || true
			wait $pid || true
		fi
		expect_ok restore --settle
		! grep -q interrupted "$T/stderr" || settled=$((settled + 1))
		wholly "$DB"
		[ -z "$(compgen -G "$T/state/restore/back@*")" ]
		sql 'DROP DATABASE IF EXISTS back_new'
		[ $((i % 10)) != 0 ] || expect_ok restore --drop-old --yes
	done
	echo "# $kills kills, $settled settled" >&3
}

@test "a server with a binlog, which trusts nobody with routines" {
	"$ROOT/tests/mariadbd" start "$T/logged" --log-bin --server-id=1
	there() {
		siantre-restore db -c "$T/siantre.conf" --defaults-file="$T/logged/$1.cnf" --into back "${@:2}"
	}
	mariadb --defaults-file="$T/logged/root.cnf" <<-'SQL'
		CREATE USER app@localhost; GRANT ALL ON `back%`.* TO app@localhost; GRANT SELECT ON mysql.* TO app@localhost;
		CREATE DATABASE back; USE back; CREATE TABLE a (x int);
		SET GLOBAL log_bin_trust_function_creators = ON;
		CREATE DEFINER=app@localhost FUNCTION f() RETURNS int RETURN 1;
		SET GLOBAL log_bin_trust_function_creators = OFF;
	SQL
	sed 's/root/app/' "$T/logged/root.cnf" >"$T/logged/app.cnf"
	chmod 0600 "$T/logged/app.cnf"
	siantre-dump --defaults-file="$T/logged/root.cnf" back >"$T/d.sql"
	expect_fail 77 'database `back`: this account could not make its routines and triggers again' there app --yes "$T/d.sql"
	said 'hint: SET GLOBAL log_bin_trust_function_creators = ON;'
	expect_fail 77 'database `back`: the server would not take all of its functions again' there root --yes "$T/d.sql"
	mariadb --defaults-file="$T/logged/root.cnf" -e 'ALTER FUNCTION back.f NO SQL'
	siantre-dump --defaults-file="$T/logged/root.cnf" back >"$T/d.sql"
	expect_ok there root --yes "$T/d.sql"
	siantre-dump --defaults-file="$T/logged/root.cnf" back | cmp - "$T/d.sql"
}

@test "a server that writes all names in small letters" {
	"$ROOT/tests/mariadbd" start "$T/small" --lower-case-table-names=1 --read-only
	there() {
		siantre-restore db -c "$T/siantre.conf" --defaults-file="$T/small/root.cnf" "$@"
	}
	mariadb --defaults-file="$T/small/root.cnf" -e "CREATE DATABASE Back; USE Back; CREATE TABLE P (id int PRIMARY KEY);
	    CREATE TABLE C (id int, FOREIGN KEY (id) REFERENCES P (id)); CREATE VIEW V AS SELECT * FROM P"
	siantre-dump --defaults-file="$T/small/root.cnf" back >"$T/d.sql"
	expect_ok there --into Back --yes "$T/d.sql"
	siantre-dump --defaults-file="$T/small/root.cnf" back | cmp - "$T/d.sql"
	expect_ok there --into BACK --drop-old --yes
	grep -q '^dropped `back_before_' "$T/stdout"
}
