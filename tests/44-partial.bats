#!/usr/bin/env bats
# siantre-restore db: some tables of a dump, all without their rows, and what is in one.
# shellcheck disable=SC2016 # backquotes are names
load lib

setup_file() {
	start_db
	sql "SET GLOBAL innodb_stats_auto_recalc = 0"
	fill_small siantre 3000
	sql "CREATE SEQUENCE numbers START 7; DO NEXTVAL(numbers);
	    CREATE TABLE empty_one (id int PRIMARY KEY, parent bigint unsigned,
	      CONSTRAINT far FOREIGN KEY (parent) REFERENCES users (id));
	    CREATE TABLE z_times (id int PRIMARY KEY, v int) WITH SYSTEM VERSIONING;
	    INSERT INTO z_times VALUES (1,1),(2,2); UPDATE z_times SET v = 3 WHERE id = 1" siantre
	mkdir "$DB/set"
	siantre-dump --defaults-file="$DB/root.cnf" siantre >"$DB/d.sql"
	siantre-pack --index "$DB/set/db_backup.sql.gz.idx" -o "$DB/set/db_backup.sql.gz" <"$DB/d.sql"
	(cd "$DB/set" && sha256sum db_backup.sql.gz db_backup.sql.gz.idx >SHA256SUMS)
	cp "$DB/set/db_backup.sql.gz" "$DB/d.sql.gz" # without its index
	mariadb-dump --defaults-file="$DB/root.cnf" --routines --events --hex-blob siantre >"$DB/foreign.sql"
	gzip -k "$DB/foreign.sql"
}

setup() {
	lib_setup
	sql "DROP DATABASE IF EXISTS back; DROP DATABASE IF EXISTS ref; DROP DATABASE IF EXISTS one;
	    DROP DATABASE IF EXISTS two"
}

restore() {
	siantre-restore db --defaults-file="$DB/root.cnf" "$@"
}

# same_tables TABLE...: in back they are what they are in siantre, and nothing else is there.
same_tables() {
	local name
	for name in siantre back; do
		siantre-dump --defaults-file="$DB/root.cnf" --skip-views --skip-routines --skip-events \
		    "$name" "$@" >"$T/same.dump" || return 1
		sed "s/^\(-- siantre-[a-z]* {\"database\":\"\)$name\"/\1name\"/" "$T/same.dump" |
		    grep -av '^-- siantre-\(end\|note\)' >"$T/same.$name"
	done
	cmp "$T/same.siantre" "$T/same.back" || { diff -a "$T/same.siantre" "$T/same.back" | cut -c 1-200 | head -n 20; false; }
	[ "$(sql "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'back'")" = $# ]
}

nothing() {
	[ -z "$(sql "SHOW DATABASES LIKE 'back'")" ]
}

@test "some tables, from wherever the dump lies: with indexes, foreign keys and triggers" {
	local from
	for from in "$DB/set" "$DB/d.sql" "$DB/d.sql.gz" - +; do
		sql "DROP DATABASE IF EXISTS back"
		case $from in
		-) expect_ok restore --into back --table z_times --table queues --table empty_one - <"$DB/d.sql" ;;
		+) expect_ok restore --into back --table z_times --table queues --table empty_one - <"$DB/d.sql.gz" ;;
		*) expect_ok restore --into back --table z_times --table queues --table empty_one "$from" ;;
		esac
		cat "$T/stdout"
		[ ! -s "$T/stderr" ]
		grep -q ' (part) into new database `back`: 3 tables, 3003 rows$' "$T/stdout"
		same_tables empty_one queues z_times
		[ "$(sql 'SHOW TRIGGERS' back | cut -f1)" = queues_log ]
	done
}

@test "what is proven is said: rows always, definitions by the index or all of the dump" {
	expect_ok restore --into back -n --table users "$DB/set"
	[ "$(cat "$T/stdout")" = "would load $DB/set/db_backup.sql.gz (part) into new database \`back\`: 1 tables, 43 rows
proven: rows by the end mark, definitions by the index" ]
	nothing
	expect_ok restore --into back -n --table users "$DB/d.sql"
	grep -qxF 'proven: rows by the end mark; not proven: definitions (siantre-verify)' "$T/stdout"
	expect_ok restore --into back -n --table users "$DB/d.sql.gz"
	grep -qxF 'proven: all of the dump, by its end mark' "$T/stdout"
	expect_ok restore --into back -n --foreign --table users "$DB/foreign.sql"
	grep -qxF 'without an end mark, nothing says that it is as it was' "$T/stdout"
	expect_ok restore -q --into back --table users "$DB/set"
	[ ! -s "$T/stdout" ]
}

@test "beside what is there: a table that is there is refused, all or none of the others stay" {
	sql "CREATE DATABASE back; CREATE TABLE back.kept (x int); INSERT INTO back.kept VALUES (7);
	    CREATE TABLE back.users (x int)"
	expect_fail 73 'table `back`.`users` is there already' \
	    restore --into back --table queues --table users "$DB/set"
	said 'hint: --into names another database; --yes exchanges it'
	expect_fail 73 'table `back`.`users` is there already' restore -n --into back --table users "$DB/set"
	[ "$(sql "SHOW TABLES" back)" = "$(printf 'kept\nusers')" ]
	# A trigger of that name is there: the table that was made goes again, nothing else.
	sql "CREATE TRIGGER queues_log BEFORE INSERT ON kept FOR EACH ROW SET @x = 1" back
	expect_fail 65 'Trigger' restore --into back --table queues "$DB/set"
	[ "$(sql "SHOW TABLES" back)" = "$(printf 'kept\nusers')" ]
	sql "DROP TRIGGER back.queues_log; DROP TABLE back.users"
	expect_ok restore --into back --table queues --table users "$DB/set"
	grep -q ' into existing database `back`: 2 tables, 3043 rows$' "$T/stdout"
	[ "$(sql 'SELECT * FROM back.kept')" = 7 ]
	sql "DROP TABLE back.kept"
	same_tables queues users
}

@test "names that are not those of a table in the dump" {
	local from
	for from in "$DB/set" "$DB/d.sql.gz" "$DB/foreign.sql"; do
		expect_fail 65 'nix: no definition of such a table in it' \
		    restore --foreign --into back --table users --table nix "$from"
		said 'hint: --list shows what is in it'
		expect_fail 64 'active_today is a view, not a table' \
		    restore --foreign --into back --table active_today "$from"
		expect_fail 64 'numbers is a sequence, not a table' \
		    restore --foreign --into back --table numbers "$from"
	done
	nothing
	expect_fail 64 '--no-data replaces no database' restore --no-data --yes --into back "$DB/set"
	expect_fail 64 '--list loads nothing' restore --list --table users "$DB/set"
	expect_fail 64 '--json goes with --list' restore --json "$DB/set"
	# Twice is once; with its database, too.
	expect_ok restore --into back --table users --table siantre.users --table users "$DB/set"
	same_tables users
}

@test "several databases: each has its tables, keys and triggers" {
	sql "CREATE DATABASE one; CREATE DATABASE two"
	sql "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1),(2);
	    CREATE TABLE b (id int PRIMARY KEY, a int, FOREIGN KEY of_a (a) REFERENCES a (id)); INSERT INTO b VALUES (1,2)" one
	sql "CREATE TABLE a (x varchar(9)); INSERT INTO a VALUES ('two'); CREATE TABLE c (x int); INSERT INTO c VALUES (5);
	    CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW SET @x = ';'" two
	siantre-dump --defaults-file="$DB/root.cnf" -B one siantre two | siantre-pack --index "$T/m.sql.gz.idx" -o "$T/m.sql.gz"
	mariadb-dump --defaults-file="$DB/root.cnf" -B one siantre two >"$T/m.sql"
	local from
	for from in "$T/m.sql.gz" "$T/m.sql"; do
		sql "DROP DATABASE IF EXISTS back"
		expect_fail 64 'a is in several databases' restore --foreign --into back --table a "$from"
		said 'hint: --table DATABASE.TABLE'
		expect_fail 64 'two.c is in another database' restore --foreign --into back --table one.a --table two.c "$from"
		nothing
		expect_ok restore --foreign --into back --table one.a --table b "$from"
		[ "$(sql 'SELECT MAX(id) FROM back.a')" = 2 ]
		sql 'SHOW CREATE TABLE back.b' | grep -qF 'FOREIGN KEY (`a`) REFERENCES `a` (`id`)'
		sql "DROP DATABASE back"
		expect_ok restore --foreign --into back --table two.a --table c "$from"
		[ "$(sql 'SELECT a.x, c.x FROM a, c' back)" = "$(printf 'two\t5')" ]
		[ "$(sql 'SHOW TRIGGERS' back | cut -f1)" = t ]
		# Without --into: the database that it is from.
		sql "DROP TABLE two.c"
		expect_ok restore --foreign --table two.c "$from"
		[ "$(sql 'SELECT x FROM two.c')" = 5 ]
	done
}

@test "--no-data: all but the rows" {
	local from
	sql "CREATE DATABASE ref"
	siantre-dump --defaults-file="$DB/root.cnf" --no-data siantre | sql - ref
	for from in "$DB/set" "$DB/d.sql.gz" "$DB/foreign.sql.gz"; do
		sql "DROP DATABASE IF EXISTS back"
		expect_ok restore --foreign --no-data --into back "$from"
		grep -q ' (part) into new database `back` (no rows)$' "$T/stdout"
		same ref back
		[ "$(sql 'SELECT COUNT(*) FROM users' back)" = 0 ]
		[ "$(sql 'SELECT NEXTVAL(numbers)' back)" = "$(sql 'SELECT NEXTVAL(numbers)' ref)" ]
		sql "DROP DATABASE ref; CREATE DATABASE ref"
		siantre-dump --defaults-file="$DB/root.cnf" --no-data siantre | sql - ref
	done
	expect_fail 73 'database `back` is not empty' restore --no-data --into back "$DB/set"
	sql "DROP DATABASE back"
	expect_ok restore --no-data --table users --table queues --into back "$DB/set"
	[ "$(sql "SELECT COUNT(*) FROM users" back)$(sql "SELECT COUNT(*) FROM queues" back)" = 00 ]
	[ "$(sql "SHOW TABLES" back)" = "$(printf 'queues\nusers')" ]
}

@test "dumps of other tools: tables in many statements, with triggers under DELIMITER" {
	cat >"$T/d.sql" <<-'SQL'
		SET NAMES utf8mb4;
		CREATE TABLE a (x int, t text);
		CREATE TABLE b (x int);
		INSERT INTO a VALUES (1,'; DELIMITER ;;');
		INSERT INTO b VALUES (1);
		INSERT INTO `a` (x) VALUES (2);
		INSERT INTO a VALUES (3,NULL);
		CREATE UNIQUE INDEX xs ON a (x);
		CREATE INDEX bx ON b (x);
		ALTER TABLE b ADD y int;
		ALTER TABLE a ADD y int DEFAULT 5;
		DROP TABLE IF EXISTS v;
		DELIMITER ;;
		CREATE DEFINER=`root`@`localhost` TRIGGER bt AFTER INSERT ON b FOR EACH ROW BEGIN SET @x = 1; END;;
		CREATE TRIGGER `on` BEFORE UPDATE ON `a` FOR EACH ROW BEGIN SET @y = 1; SET @z = 2; END;;
		CREATE PROCEDURE p() BEGIN INSERT INTO a VALUES (9,9); END;;
		DELIMITER ;
		CREATE VIEW v AS SELECT * FROM a;
	SQL
	expect_ok restore --foreign --into back --table a "$T/d.sql"
	[ "$(sql 'SELECT x, y FROM a ORDER BY x' back)" = "$(printf '1\t5\n2\t5\n3\t5')" ]
	[ "$(sql 'SHOW INDEX FROM a' back | cut -f3)" = xs ]
	[ "$(sql 'SHOW TRIGGERS' back | cut -f1)" = on ]
	[ "$(sql 'SHOW TABLES' back)" = a ]
	[ -z "$(sql "SHOW PROCEDURE STATUS WHERE Db = 'back'")" ]
	# One that is cut short is refused whatever is asked for.
	head -n -3 "$DB/foreign.sql" >"$T/cut.sql"
	expect_fail 65 'cut short' restore --foreign --into ref --table users "$T/cut.sql"
	expect_fail 65 'cut short' siantre-restore db --list --foreign "$T/cut.sql"
	expect_fail 65 'no end mark' restore --into ref --table users "$DB/foreign.sql"
}

@test "damage: of what is read it is found, of the rest it does not matter, an index is a help" {
	mkdir "$T/set"
	cp "$DB/set/"* "$T/set"
	local gz=$T/set/db_backup.sql.gz at
	# In the middle of the packed rows of uploads.
	at=$(python3 - "$gz" <<-'PY'
		import gzip, sys
		plain = gzip.open(sys.argv[1]).read()
		begin = plain.index(b'-- siantre-rows {"database":"siantre","table":"uploads"}')
		end = plain.index(b"\nDROP TABLE", begin)
		lines = [l.split() for l in open(sys.argv[1] + ".idx").read().splitlines()[1:-1]]
		inside = [l for l in lines if int(l[0]) > begin and int(l[0]) + int(l[1]) < end]
		print(int(inside[0][2]) + int(inside[0][3]) // 2)
	PY
	)
	chmod u+w "$gz"
	flip "$gz" "$at"
	expect_fail 65 "is not the one in its index" restore --into back --table uploads "$T/set"
	nothing
	expect_ok restore --into back --table queues "$T/set"
	same_tables queues
	sql "DROP DATABASE back"
	# Without the index all is read, and the damage is found.
	rm "$gz.idx"
	expect_fail 65 "$gz: " restore --into back --table queues "$T/set"
	nothing
	cp "$DB/set/"* "$T/set"
	# A damaged index, another one than the set's, and one of another file.
	sed '3s/ 1/ 2/' "$DB/set/db_backup.sql.gz.idx" >"$gz.idx"
	expect_ok restore --into back --table queues "$T/set"
	said "siantre-restore: $gz.idx: checksum differs from SHA256SUMS"
	said 'hint: an index is only a help: all of the dump is read'
	grep -qxF 'proven: all of the dump, by its end mark' "$T/stdout"
	rm "$T/set/SHA256SUMS"
	expect_ok restore -n --into ref --table queues "$T/set"
	grep -qF "$gz.idx:" "$T/stderr"
	# One that is whole, and names another fragment in the place of the second.
	python3 - "$DB/set/db_backup.sql.gz.idx" >"$gz.idx" <<-'PY'
		import hashlib, sys
		lines = open(sys.argv[1]).read().splitlines()
		lines[2] = lines[2][:-64] + "0" * 64
		text = "\n".join(lines[:-1]) + "\n"
		print(text + "end %d %s" % (len(lines) - 2, hashlib.sha256(text.encode()).hexdigest()))
	PY
	expect_fail 65 "siantre-restore: $gz: fragment 2 is not the one in its index" \
	    restore -n --no-data --into ref "$T/set"
	siantre-pack --index "$T/x.idx" <"$DB/foreign.sql" >"$T/x"
	cp "$T/x.idx" "$gz.idx"
	expect_ok restore -n --into ref --table queues "$T/set"
	said "siantre-restore: $gz.idx: not the index of $gz"
	# One that only looks like the index of what came by a pipe.
	(cd "$T" && cp x.idx stdin.idx && expect_ok restore -n --into ref --table queues - <"$DB/d.sql.gz")
	[ ! -s "$T/stderr" ]
	# Plain: rows are proven, too.
	sed 's/Status #/Status %/' "$DB/d.sql" | head -c -1 >"$T/d.sql"
	expect_fail 65 'the siantre-end line is damaged' restore --into ref --table queues "$T/d.sql"
	sed '0,/Informasi\|info/s//INFO/' "$DB/d.sql" >"$T/d.sql"
	expect_fail 65 "(part): digest of table \`siantre\`.\`logs\` differs" restore --into ref --table logs "$T/d.sql"
	[ -z "$(sql "SHOW DATABASES LIKE 'ref'")" ]
}

@test "an end mark that lies about places is found out; one that does not speak of them loads" {
	# It says where the rows of each table begin.
	python3 - "$DB/d.sql" <<-'PY'
		import json, sys
		d = open(sys.argv[1], "rb").read()
		said = json.loads(d[d.index(b'{"offsets"'):].split(b"\n")[0])["offsets"]
		tables = [json.loads(l[17:]) for l in d.split(b"\n") if l.startswith(b"-- siantre-table")]
		assert len(said) == len(tables) > 10
		for t, o in zip(tables, said):
		    line = b'-- siantre-rows {"database":"siantre","table":"%s"}\n' % t["table"].encode()
		    assert (o == d.index(line) + len(line)) if t["rows"] else o == 0
	PY
	tests/endmark --places <"$DB/d.sql" >"$T/same.sql"
	siantre-verify -q "$T/same.sql"
	expect_ok restore -n --into ref --table queues "$T/same.sql"
	grep -qF 'not proven: definitions' "$T/stdout" # and not all of it was read
	tests/endmark <"$DB/d.sql" >"$T/old.sql"
	siantre-verify -q "$T/old.sql"
	expect_ok restore --into back --table queues "$T/old.sql"
	same_tables queues
	grep -qxF 'proven: all of the dump, by its end mark' "$T/stdout"
	local lie
	for lie in 's/\[\([0-9]*\),/[1\1,/' 's/\[[0-9]*,/[/' 's/\[\([0-9]*\),/[-\1,/' 's/,\([0-9]*\)\]/,\1,1]/'; do
		tests/endmark --places --lie "$lie" <"$DB/d.sql" >"$T/lie.sql"
		not cmp -s "$T/lie.sql" "$T/same.sql"
		expect_fail 65 'end mark: the rows do not begin where it says' siantre-verify "$T/lie.sql"
		expect_fail 65 'end mark: the rows cannot begin where it says' \
		    restore --into ref --table queues "$T/lie.sql" ||
		    expect_fail 65 "$T/lie.sql" restore --into ref --table counters "$T/lie.sql"
		[ -z "$(sql "SHOW DATABASES LIKE 'ref'")" ]
	done
	tests/endmark --places --lie 's/,\([0-9]*\),\([0-9]*\)\]/,\2,\1]/' <"$DB/d.sql" >"$T/lie.sql"
	expect_fail 65 'end mark: the rows cannot begin where it says' \
	    restore --into ref --table counters "$T/lie.sql"
}

@test "--list: what is in it, without a server" {
	expect_ok siantre-restore db --list "$DB/set"
	tr -s ' ' <"$T/stdout" >"$T/list"
	cat "$T/list"
	[ "$(head -n 1 "$T/list")" = "table rows size share" ]
	grep -qE '^siantre.queues 3000 [0-9.]+ KiB [0-9.]+%$' "$T/list"
	grep -qE '^siantre.empty_one 0 0 B 0.0%$' "$T/list"
	grep -qE '^[0-9]+ tables, [0-9]+ rows, [0-9.]+ MiB of rows; file of [0-9.]+ KiB$' "$T/list"
	grep -qxF 'not proven: only the end mark was read; siantre-verify proves all' "$T/list"
	expect_ok siantre-restore db --list - <"$DB/d.sql.gz"
	grep -qxF 'proven: all of it was read and agrees with its end mark' "$T/stdout"
	expect_ok siantre-restore db --list --json "$DB/d.sql"
	jq -e '.proven == false and .server == null and (.tables | length) > 10 and
	    ([.tables[] | select(.table == "queues")][0] | .rows == 3000 and .database == "siantre")' "$T/stdout"
	expect_ok siantre-restore db --list --foreign --json "$DB/foreign.sql.gz"
	jq -e '.proven == false and .plain_bytes == null and
	    ([.tables[] | select(.table == "queues")][0] | .rows == null and .bytes > 100000 and .database == null) and
	    ([.tables[] | select(.table == "empty_one")] | length == 1) and
	    ([.tables[] | select(.table == "active_today")] | length == 0)' "$T/stdout"
	expect_fail 65 'no end mark' siantre-restore db --list "$DB/foreign.sql"
	: >"$T/empty.sql"
	expect_fail 65 "$T/empty.sql: no end mark" siantre-restore db --list "$T/empty.sql"
}

@test "--list: what the set knows, and what was left out" {
	mkdir "$T/set"
	SIANTRE_NOTES=$T/notes siantre-dump --defaults-file="$DB/root.cnf" --ignore-table siantre.logs \
	    --ignore-table-data siantre.sessions --where '1 = 1' siantre >"$T/set/db_backup.sql"
	jq -n --slurpfile note "$T/notes" --arg sum "$(sha256sum <"$T/set/db_backup.sql" | cut -d' ' -f1)" \
	    --argjson bytes "$(stat -c %s "$T/set/db_backup.sql")" '{format: 1, job: "db",
	    application: "siantre", set: "20261123_020000", host: "web1", tool: "siantre-backup 0.1.0",
	    started: "2026-11-22T19:00:00Z", ended: "2026-11-22T19:00:41Z", status: "ok",
	    files: [{name: "db_backup.sql", bytes: $bytes, sha256: $sum,
	      dump: ($note[0] + {position: {file: "log.000007", pos: 4242, gtid: "0-1-9"}})}], warnings: []}' >"$T/set/set.json"
	expect_ok siantre-restore db --list "$T/set"
	cat "$T/stdout"
	grep -qxF "taken: $(jq -r .started "$T/notes")" "$T/stdout"
	grep -qxF "binary log: log.000007:4242" "$T/stdout"
	grep -qxF "GTID: 0-1-9" "$T/stdout"
	grep -qxF "server: $(jq -r .server "$T/notes")" "$T/stdout"
	grep -qxF "made by: siantre-backup 0.1.0" "$T/stdout"
	grep -qxF "only rows where: 1 = 1" "$T/stdout"
	grep -qxF "without its rows: siantre.sessions" "$T/stdout"
	grep -qxF "left out: siantre.logs" "$T/stdout"
	# A table whose rows were left out has no line in the end mark, and comes all the same.
	expect_ok restore --into back --table sessions "$T/set"
	[ "$(sql 'SELECT COUNT(*) FROM back.sessions')" = 0 ]
	# The note of another dump is no news about this one.
	jq '.files[0].dump.digest = "0"' "$T/set/set.json" >"$T/other" && mv "$T/other" "$T/set/set.json"
	expect_ok siantre-restore db --list "$T/set"
	lacks '^taken' "$T/stdout"
}

# share TABLE: packed bytes of the fragments that hold its rows.
share() {
	python3 - "$T/big.sql.gz" "$1" <<-'PY'
		import json, gzip, sys
		plain = gzip.open(sys.argv[1]).read()
		tables = [json.loads(l[17:]) for l in plain[-20000:].split(b"\n") if l.startswith(b"-- siantre-table")]
		places = json.loads(plain[plain.rindex(b'{"offsets"'):].split(b"\n")[0])["offsets"]
		t, at = [(t, o) for t, o in zip(tables, places) if t["table"] == sys.argv[2]][0]
		share = 0
		for line in open(sys.argv[1] + ".idx").read().splitlines()[1:-1]:
		    o, n, _, packed, _ = line.split()
		    share += int(packed) * max(0, min(int(o) + int(n), at + t["bytes"]) - max(int(o), at)) // int(n)
		print(share)
	PY
}

# bytes_read COMMAND...: what it, and nobody else, read from files.
bytes_read() {
	bash -c '"$@" >/dev/null; sed -n "s/^rchar: //p" /proc/$$/io' bash "$@"
}

@test "with an index, little more than the table is read" {
	new_db big
	"$ROOT/tests/fill" 150000 | sql - big
	siantre-dump --defaults-file="$DB/root.cnf" big | siantre-pack --index "$T/big.sql.gz.idx" -o "$T/big.sql.gz"
	sql "DROP DATABASE big"
	local table share got index most
	index=$(stat -c %s "$T/big.sql.gz.idx")
	for table in queues payments; do
		share=$(share "$table")
		sql "DROP DATABASE IF EXISTS back"
		got=$(bytes_read siantre-restore db -q --defaults-file="$DB/root.cnf" --into back --table "$table" "$T/big.sql.gz")
		[ -n "$(sql "SHOW TABLES LIKE '$table'" back)" ]
		# The index is read twice; libraries, the head and the end of the dump are the rest.
		most=$((share * 12 / 10 + 3 * index + 1000000))
		echo "$table: $got bytes were read, its share is $share of $(stat -c %s "$T/big.sql.gz"), at most $most"
		[ "$got" -lt "$most" ]
	done
	got=$(bytes_read siantre-restore db --list "$T/big.sql.gz")
	echo "--list: $got"
	[ "$got" -lt $((3 * index + 1000000)) ]
}
