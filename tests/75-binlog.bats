#!/usr/bin/env bats
# siantre-dump where there is a binary log: equal snapshots without a lock, and their position.
load lib

setup_file() {
	start_db --log-bin --binlog-format=ROW --server-id=7 --innodb-flush-log-at-trx-commit=0
	new_db pos
	sql "CREATE TABLE t (id int PRIMARY KEY AUTO_INCREMENT, x varchar(200));
	    INSERT INTO t (x) SELECT MD5(seq) FROM seq_1_to_100000; CREATE TABLE u (id int)" pos
}

teardown() {
	[ ! -e "$T/filtered" ] || "$ROOT/tests/mariadbd" stop "$T/filtered"
	lib_teardown
}

@test "the position and GTID of the snapshot are in the notes, in the end mark on request" {
	SIANTRE_NOTES=$T/notes dump --source-data pos >"$T/a"
	local file position gtid
	read -r file position < <(sql "SHOW MASTER STATUS" | cut -f 1,2 | tr '\t' ' ')
	gtid=$(sql "SELECT @@gtid_current_pos")
	[ -n "$gtid" ]
	grep -qxF -- "-- siantre-note {\"position\":{\"file\":\"$file\",\"pos\":$position,\"gtid\":\"$gtid\"}}" "$T/a"
	jq -e ".position == {file: \"$file\", pos: $position, gtid: \"$gtid\"}" "$T/notes"
	dump pos >"$T/b"
	[ "$(grep -c '"position"' "$T/b")" = 0 ]
}

@test "rows and position are of one moment, whatever is written meanwhile" {
	# Every insert is one event: what stands behind the position is what the dump lacks.  With many
	# readers no two snapshots are equal by chance, and the tables are locked.
	local writer position rows later
	for jobs in 1 2 4 16; do
		rm -f "$T/stop"
		(
			while [ ! -e "$T/stop" ]; do
				printf 'INSERT INTO t (x) VALUES (1);\n%.0s' {1..20}
			done | sql - pos
		) &
		writer=$!
		dump --source-data -j "$jobs" pos >"$T/a"
		position=$(sed -n 's/^-- siantre-note.*"pos":\([0-9]*\).*/\1/p' "$T/a")
		rows=$(grep -c '^(' "$T/a")
		touch "$T/stop"
		wait "$writer"
		later=$(mariadb-binlog --no-defaults --start-position="$position" --base64-output=decode-rows -v \
		    "$DB/data/$(sed -n 's/^-- siantre-note.*"file":"\([^"]*\)".*/\1/p' "$T/a")" |
		    grep -c '^### INSERT INTO `pos`.`t`') || true
		[ "$((rows + later))" = "$(sql "SELECT COUNT(*) FROM t" pos)" ]
	done
}

# locks FILE USER: how often the general log has a lock of USER.
locks() {
	mariadb --defaults-file="$1" -BN -e "SELECT COUNT(*) FROM mysql.general_log WHERE user_host LIKE '$2%'
	    AND (argument LIKE 'LOCK TABLES%' OR argument LIKE 'FLUSH%')"
}

@test "an account that may not lock anything reads in parallel where it may ask what the log holds" {
	sql "CREATE USER reader@localhost; GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON pos.* TO reader@localhost"
	env_file "$T/.env" pos reader
	readers() {
		sql "TRUNCATE mysql.general_log; SET GLOBAL log_output = 'TABLE', general_log = 1"
		siantre-dump --env-file "$T/.env" --skip-routines -j 3 >"$T/a"
		sql "SET GLOBAL general_log = 0"
		sql "SELECT COUNT(DISTINCT thread_id) FROM mysql.general_log WHERE user_host LIKE 'reader%'
		    AND argument = 'START TRANSACTION WITH CONSISTENT SNAPSHOT'"
	}
	# Whether each commit moves the position, it cannot know.
	[ "$(readers)" = 1 ]
	dump -j 1 pos | cmp - "$T/a"
	sql "GRANT BINLOG MONITOR, SLAVE MONITOR ON *.* TO reader@localhost"
	[ "$(readers)" = 3 ]
	[ "$(locks "$DB/root.cnf" reader)" = 0 ]
	dump -j 1 pos | cmp - "$T/a"
}

@test "one position is no proof where not every commit is in the log: the tables are locked" {
	"$ROOT/tests/mariadbd" start "$T/filtered" --log-bin --server-id=8 --binlog-ignore-db=pos >/dev/null
	mariadb --defaults-file="$T/filtered/root.cnf" -e "CREATE DATABASE pos; CREATE TABLE pos.a (id int PRIMARY KEY);
	    CREATE TABLE pos.b (id int PRIMARY KEY); SET GLOBAL log_output = 'TABLE', general_log = 1"
	siantre-dump --defaults-file="$T/filtered/root.cnf" -j 2 pos >"$T/a"
	[ "$(locks "$T/filtered/root.cnf" root)" -gt 0 ]
}
