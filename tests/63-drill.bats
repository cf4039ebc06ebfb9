#!/usr/bin/env bats
# The drill: sets restored into a scratch server and a scratch folder, compared, timed.
# shellcheck disable=SC2153,SC2154,SC2016,SC2030,SC2031

load lib

setup_file() {
	start_db
	"$ROOT/tests/apptree" "$DB/app" "DB_SOCKET=$DB/sock" DB_DATABASE=siantre \
	    DB_USERNAME=siantre 'DB_PASSWORD=ra"has\ia #1'
	[ "$(id -u)" = 0 ] || chmod 0600 "$DB/app/storage/app/kunci.pem"
	new_db siantre
	sql "CREATE USER siantre@localhost IDENTIFIED BY 'ra\"has\\\\ia #1'; GRANT ALL ON siantre.* TO siantre@localhost"
	sql "CREATE TABLE queues (id INT PRIMARY KEY, number VARCHAR(9), price DECIMAL(8,2));
	    INSERT INTO queues SELECT seq, CONCAT('A', seq), seq / 4 FROM seq_1_to_500;
	    CREATE TABLE users (id INT PRIMARY KEY, name TEXT);
	    INSERT INTO users VALUES (1, 'Sari DEFINER=\`x\`@\`y\`'), (2, 'Budi');
	    CREATE DEFINER=siantre@localhost VIEW waiting AS SELECT id, number FROM queues;
	    CREATE DEFINER=siantre@localhost FUNCTION half(n INT) RETURNS INT DETERMINISTIC RETURN n / 2;
	    CREATE DEFINER=siantre@localhost TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.name = TRIM(NEW.name)" siantre
	mkdir "$DB/nginx" "$DB/sets" "$DB/state"
	echo 'events {}' >"$DB/nginx/nginx.conf"
	chmod 0700 "$DB/sets"
	ours "$DB/sets" "$DB/state"
	configuration "$DB/sets" "$DB/state" >"$DB/x.conf"
	for job in db files full; do
		siantre-run -c "$DB/x.conf" -q --jobs "$ROOT/tools/jobs" "$job"
	done
	[ "$(id -u)" != 0 ] || chown -R www-data: "$DB/app"
}

setup() {
	lib_setup
	cp -a "$DB/sets" "$T/backup"
	mkdir "$T/state"
	ours "$T/state"
	configuration "$T/backup" "$T/state" >"$T/x.conf"
	echo "DRILL_SQL=$T/drill.sql" >>"$T/x.conf"
	DBSET=$(dirname "$(ls -d "$T"/backup/2*/db_backup.sql.gz)")
	FILESSET=$(dirname "$(ls -d "$T"/backup/2*/app_files.tar.gz)")
}

configuration() {
	printf 'APP_DIR=%s\nBACKUP_DIR=%s\nSTATE_DIR=%s\nLOG_FILE=%s\n' "$DB/app" "$1" "$2" "$2/backup.log"
	printf 'EXCLUDE_LIST=%s\nWEB_CONFIG=%s\n' "$ROOT/etc/exclude_list.txt" "$DB/nginx"
}

# shellcheck disable=SC2120
drill() {
	siantre-verify --level drill -c "$T/x.conf" "$@"
}

# shows LINE: the report has it, with any run of blanks and any time as one.
shows() {
	sed -E 's/ +/ /g; s/[0-9.]+ (s|min) /TIME /g' "$T/stdout" | grep -qE -- "^ ?$1\$" || {
		echo "no such line: $1"
		cat "$T/stdout"
		return 1
	}
}

# last KEY: the value of KEY in the last line of the journal.
last() {
	tail -n 1 "$T/state/journal.jsonl" | jq -r --arg key "$1" '.[$key]'
}

# clean: nothing scratch is left, on the disk, of processes and on the server.
clean() {
	[ "$(ls -A "$T/state/scratch")" = siantre-drill.lock ]
	[ -z "$(pgrep -f "$T/state/scratch" || true)" ]
	[ -z "$(sql "SHOW DATABASES LIKE 'siantre\\_drill%'")" ]
}

# without_server COMMAND...: on a machine without the package of a server.
without_server() {
	need_root
	unshare -m true 2>/dev/null || skip "this machine allows no mounts"
	unshare -m bash -c 'mount --bind /dev/null "$(command -v mariadbd)" && exec "$@"' - "$@"
}

# sleeping: wait until a check of the drill keeps its server busy.
sleeping() {
	for _ in $(seq 300); do
		pgrep -f "$T/state/scratch/siantre-drill/server/root.cnf.*SLEEP" >/dev/null && return 0
		sleep 0.1
	done
	return 1
}

@test "the newest sets come back: report, event, and the level in verified.json" {
	cat >"$T/drill.sql" <<-'SQL'
		-- queues are there
		SELECT COUNT(*) FROM queues;
		-- the view of the hall
		SELECT COUNT(*)
		FROM waiting;
	SQL
	expect_ok drill
	cat "$T/stdout"
	shows "PASSED \(.*\)"
	shows "ok TIME start an empty server: .*MariaDB.*"
	shows "ok TIME load db_backup.sql.gz: with the accounts of its definers"
	shows "ok TIME dump again and compare db_backup.sql.gz: 2 tables, 502 rows are the same, and so are all definitions"
	shows "ok TIME check: queues are there: 500"
	shows "ok TIME check: the view of the hall: 500"
	shows "ok TIME unpack app_files.tar.gz: [0-9]+ entries"
	shows "ok TIME compare app_files.tar.gz: every entry is there, as tar\(1\) sees it"
	shows "ok TIME compare storage_files.tar.gz: every entry .*"
	shows "ok TIME compare full_system_backup_.*.tar.gz: every entry .*"
	shows "ok TIME read env_backup.env: with its APP_KEY"
	shows "ok RTO critical TIME of 30 min: the database alone"
	shows "ok RTO normal TIME of 2 h: the database and the files"
	shows "ok RTO disaster TIME of 4 h: everything, .*"
	shows "ok RPO database TIME of 1 d: the newest set of db \(set $(basename "$DBSET")\)"
	shows "ok RPO configuration TIME of 1 d: .*"
	shows "none RPO application not measured, limit 1 h: .* \(no git repository\)"
	for set in "$DBSET" "$FILESSET" "$T"/backup/full/2*; do
		[ "$(jq -r '.level + " " + .result' "$set/verified.json")" = "drill ok" ]
	done
	[ "$(last event) $(last job) $(last status) $(last exit)" = "drill drill ok 0" ]
	[[ $(last message) == "passed in "*"RTO critical "*" of 30 min; "* ]]
	[ "$(ls "$T/state/drills" | wc -l)" = 3 ]
	diff "$T/stdout" "$T"/state/drills/drill_*.txt
	jq -e '.format == 1 and .result == "ok" and .exit == 0 and (.goals | length) == 6 and
	    ([.steps[] | select(.result != "ok")] | length) == 0' "$T"/state/drills/drill_*.json
	clean
	# A nightly proof does not make less of it.
	siantre-verify --record "$DBSET"
	[ "$(jq -r .level "$DBSET/verified.json")" = drill ]
}

@test "what comes back is not what was saved: 65, and the set no longer counts" {
	mkdir "$T/jobs"
	# A dump that is whole in itself: a number that the server writes otherwise.
	cat >"$T/jobs/db" <<-JOB
		#!/bin/bash
		set -euo pipefail
		siantre-dump -q --env-file "\$SIANTRE_DB_ENV_FILE" | sed 's/^(7,.A7.,1.75)/(7,'"'A7'"',1.750)/' |
		    grep -av '^-- siantre-[etn][a-z]* {' |
		    python3 "$ROOT/tests/endmark" | siantre-pack -q --require-end -o db_backup.sql.gz
	JOB
	chmod 0755 "$T/jobs" "$T/jobs/db"
	expect_ok siantre-run -c "$T/x.conf" --jobs "$T/jobs" -q db
	set=$(ls -d "$T"/backup/2*/ | tail -n 1)
	set=${set%/}
	gunzip -c "$set/db_backup.sql.gz" | grep -q ',1.750)'
	siantre-verify -q "$set"
	expect_fail 65 "table queues: its rows came back changed" drill
	shows "fail TIME dump again and compare db_backup.sql.gz: table queues: its rows came back changed .*"
	shows "FAILED: not everything came back as it was saved .*"
	shows "none RTO disaster not measured, .*"
	[ "$(jq -r '.level + " " + .result' "$set/verified.json")" = "drill fail" ]
	[ "$(last status) $(last exit)" = "fail 65" ]
	clean
	# A shallower proof does not put it right.
	siantre-verify -q --record "$set"
	[ "$(jq -r '.level + " " + .result' "$set/verified.json")" = "drill fail" ]
	# The next drill takes the one before.
	expect_ok drill
	shows "db $(basename "$DBSET")"
}

@test "a set that was damaged since: 65, named, and the others are drilled all the same" {
	chmod u+w "$DBSET/db_backup.sql.gz"
	flip "$DBSET/db_backup.sql.gz" 3000
	expect_fail 65 "$DBSET/db_backup.sql.gz: " drill
	shows "fail TIME prove the set: .*"
	shows "ok TIME compare app_files.tar.gz: .*"
	shows "ok TIME load db_backup.sql.gz.*" # that of the full backup
	shows "none RTO critical not measured, .*"
	[ "$(jq -r .result "$DBSET/verified.json")" = fail ]
	[ "$(jq -r .result "$FILESSET/verified.json")" = ok ]
	clean
}

@test "a set of db without a dump, and SQL of other tools: not drilled is not passed" {
	mkdir "$T/jobs"
	printf '#!/bin/bash\necho nothing >db.txt\n' >"$T/jobs/db"
	chmod 0755 "$T/jobs" "$T/jobs/db"
	expect_ok siantre-run -c "$T/x.conf" --jobs "$T/jobs" -q db
	set=$(ls -d "$T"/backup/2*/ | tail -n 1)
	expect_fail 65 "not there: db_backup.sql" drill "${set%/}"
	shows "none RTO critical not measured, .*"
	printf '#!/bin/bash\necho "-- MySQL dump 10.19" >db_backup.sql\n' >"$T/jobs/db"
	cp "$T/jobs/db" "$T/jobs/mine"
	expect_ok siantre-run -c "$T/x.conf" --jobs "$T/jobs" -q db
	set=$(ls -d "$T"/backup/2*/ | tail -n 1)
	expect_fail 1 "db_backup.sql: not a dump of siantre-dump: not drilled" drill "${set%/}"
	shows "fail TIME load db_backup.sql: not begun"
	shows "none RTO critical not measured, .*"
	[ "$(jq -r '.level + " " + .result' "$set/verified.json")" = "structure ok" ]
	# In a job of one's own it is no failure, but the set is not said to be drilled.
	expect_ok siantre-run -c "$T/x.conf" --jobs "$T/jobs" -q mine
	set=$(ls -d "$T"/backup/2*/ | tail -n 1)
	expect_ok drill "${set%/}"
	shows "PASSED, with warnings .*"
	[ "$(jq -r '.level + " " + .result' "$set/verified.json")" = "structure ok" ]
	clean
}

@test "a dump of several databases comes back; questions that nobody was asked are missed" {
	new_db siantre_two
	sql "CREATE TABLE t (a INT PRIMARY KEY); INSERT INTO t VALUES (1), (2);
	    CREATE VIEW v AS SELECT * FROM siantre.queues" siantre_two
	mkdir "$T/jobs"
	cp "$DB/root.cnf" "$T/root.cnf"
	ours "$T/root.cnf"
	cat >"$T/jobs/db" <<-JOB
		#!/bin/bash
		set -euo pipefail
		siantre-dump -q --defaults-file $T/root.cnf -B siantre siantre_two |
		    siantre-pack -q --require-end -o db_backup.sql.gz
	JOB
	chmod 0755 "$T/jobs" "$T/jobs/db"
	expect_ok siantre-run -c "$T/x.conf" --jobs "$T/jobs" -q db
	sql "DROP DATABASE siantre_two"
	set=$(ls -d "$T"/backup/2*/ | tail -n 1)
	expect_ok drill "${set%/}"
	shows "ok TIME dump again and compare db_backup.sql.gz: 3 tables, 504 rows are the same, and so are all definitions"
	echo 'SELECT 1;' >"$T/drill.sql"
	expect_fail 1 "drill.sql: not asked: no single database came back" drill "${set%/}"
	shows "missed TIME ask DRILL_SQL: not asked: .*"
	clean
}

@test "an archive that unpacks to something else than tar reads in it: 65" {
	mkdir "$T/jobs" "$T/old" "$T/new"
	echo old >"$T/old/file"
	echo newer >"$T/new/file"
	printf '#!/bin/bash\nset -e\ntar -cf x.tar -C %s/old file\ntar -rf x.tar -C %s/new file\n' "$T" "$T" >"$T/jobs/mine"
	chmod 0755 "$T/jobs" "$T/jobs/mine"
	expect_ok siantre-run -c "$T/x.conf" --jobs "$T/jobs" -q mine
	set=$(ls -d "$T"/backup/2*/ | tail -n 1)
	set=${set%/}
	expect_fail 65 "$set/x.tar: what was unpacked differs: file: " drill "$set"
	shows "fail TIME compare x.tar: file: (Size|Mod time) differs.*"
	[ "$(jq -r '.level + " " + .result' "$set/verified.json")" = "drill fail" ]
	clean
}

@test "a program of the drill that dies says nothing of the set" {
	need_root
	unshare -m true 2>/dev/null || skip "this machine allows no mounts"
	printf '#!/bin/sh\nkill -9 $$\n' >"$T/tar"
	chmod 0755 "$T/tar"
	expect_fail 1 "app_files.tar.gz: not compared: tar ended 137" \
	    unshare -m bash -c 'mount --bind "$0" "$(command -v tar)" && exec "$@"' "$T/tar" \
	    siantre-verify --level drill -c "$T/x.conf" "$FILESSET"
	[ "$(jq -r '.level + " " + .result' "$FILESSET/verified.json")" = "structure ok" ]
}

@test "checks of DRILL_SQL: no, empty, NULL and an error are missed, the set is right" {
	cat >"$T/drill.sql" <<-'SQL'
		-- none
		SELECT COUNT(*) FROM queues WHERE id > 1000;
		-- no row
		SELECT id FROM queues WHERE id > 1000;
		-- <b>nothing</b>
		SELECT NULL;
		SELECT missing FROM queues;
		-- fine
		SELECT 'yes';
	SQL
	expect_fail 1 'check "none": the answer is 0' drill
	said 'siantre-verify: check "no row": the answer is empty'
	shows "missed TIME check: none: the answer is 0"
	shows "missed TIME check: no row: the answer is empty"
	shows "missed TIME check: <b>nothing</b>: the answer is NULL"
	shows "missed TIME check: SELECT missing FROM queues: ERROR 1054 .*"
	shows "ok TIME check: fine: yes"
	shows "FAILED: everything came back, but not as it was promised .*"
	grep -q 'check: &lt;b&gt;nothing&lt;/b&gt;' "$T"/state/drills/*.html
	lacks -iE '<b>|<script|https?:' "$T"/state/drills/*.html
	[ "$(last status) $(last exit)" = "fail 1" ]
	[ "$(jq -r '.level + " " + .result' "$DBSET/verified.json")" = "drill ok" ]
	clean
}

@test "DRILL_SQL that others may write, or that does not end, is refused before anything" {
	echo 'SELECT 1;' >"$T/drill.sql"
	chmod 0666 "$T/drill.sql"
	expect_fail 78 "drill.sql: others may write it (mode 0666)" drill
	said "hint: chmod go-w $T/drill.sql"
	[ "$(last event) $(last exit)" = "drill 78" ]
	chmod 0644 "$T/drill.sql"
	echo 'SELECT 2' >>"$T/drill.sql"
	expect_fail 78 "drill.sql:3: the last statement does not end with a semicolon" drill
	[ ! -e "$T/state/scratch" ]
}

@test "RTO and RPO that are missed: 1, each told" {
	printf 'RTO_CRITICAL=0\nRTO_DISASTER=0\nRPO=0\nRPO_CONFIG=0\nGRACE=0\n' >>"$T/x.conf"
	sleep 1
	expect_fail 1 "RTO critical missed: the database alone took " drill
	grep -q "^siantre-verify: RPO database missed: set $(basename "$DBSET") is .* old, more than " "$T/stderr"
	shows "missed RTO critical .*"
	shows "ok RTO normal .*"
	shows "missed RTO disaster .*"
	shows "missed RPO database .*"
	shows "missed RPO configuration .*"
	rm -r "$FILESSET"
	expect_fail 1 "RPO configuration missed: no verified set of it" drill
	shows "none RTO normal not measured, .*"
	clean
}

@test "a newer set of another application in the same folder is not drilled" {
	local other
	other=$T/backup/$(date -d "+1 hour" +%Y%m%d_%H%M%S)
	cp -a "$DBSET" "$other"
	of_shop "$other"
	siantre-verify -q --record "$other"
	expect_ok drill
	[ "$(jq -r .level "$DBSET/verified.json")" = drill ]
	[ "$(jq -r .level "$other/verified.json")" = structure ]
}

@test "a file with a set-gid bit, as chmod -R 2775 leaves it, makes no set a bad one" {
	cp -a "$DB/app" "$T/app"
	chmod 2755 "$T/app/artisan"
	sed -i "s|^APP_DIR=.*|APP_DIR=$T/app|" "$T/x.conf"
	rm -rf "${FILESSET:?}"
	FILESSET=$(siantre-run -c "$T/x.conf" --jobs "$ROOT/tools/jobs" files)
	expect_ok drill
	shows "ok TIME unpack app_files.tar.gz: .*"
	[ "$(jq -r .level,.result "$FILESSET/verified.json" | xargs)" = "drill ok" ]
}

@test "no set at all is no drill" {
	rm -r "$T"/backup/2* "$T/backup/full"
	expect_fail 1 "$T/backup: no verified set" drill
	shows "FAILED: nothing was drilled .*"
	rm -r "$T/backup"
	expect_fail 74 "$T/backup" drill
	[ "$(last status) $(last exit)" = "fail 74" ]
}

@test "sets by name: only these, no event, a report where one is asked for" {
	expect_ok drill --json "$DBSET"
	jq -e '[.steps[].set] | unique == [null, "'"$(basename "$DBSET")"'"]' "$T/stdout"
	jq -e '[.goals[].kind] | unique == ["RTO"]' "$T/stdout"
	[ ! -e "$T/state/journal.jsonl" ]
	[ ! -e "$T/state/drills" ]
	mkdir "$T/reports"
	ours "$T/reports"
	expect_ok drill -q --report "$T/reports" "$FILESSET"
	[ ! -s "$T/stdout" ]
	[ "$(ls "$T/reports" | wc -l)" = 3 ]
	grep -q "unpack app_files.tar.gz" "$T"/reports/*.txt
	clean
}

@test "siantre-run drill: no set, one event, and its own where the script fails" {
	expect_ok siantre-run -c "$T/x.conf" --jobs "$ROOT/tools/jobs" drill
	[ ! -s "$T/stdout" ]
	[ "$(wc -l <"$T/state/journal.jsonl")" = 1 ]
	[ "$(last event) $(last status)" = "drill ok" ]
	[ "$(ls -d "$T"/backup/2* | wc -l)" = 2 ]
	grep -q 'siantre-verify: drill: passed in' "$T/state/backup.log"
	siantre-status -c "$T/x.conf" | grep -qE '^drill +- .* ok '
	mkdir -m 0755 "$T/jobs"
	printf '#!/bin/bash\necho "out of luck" >&2\nexit 69\n' >"$T/jobs/drill"
	chmod 0755 "$T/jobs/drill"
	expect_fail 69 "out of luck" siantre-run -c "$T/x.conf" --jobs "$T/jobs" drill
	[ "$(last event) $(last job) $(last status) $(last exit)" = "drill drill fail 69" ]
	[ "$(last message)" = "out of luck" ]
	[ "$(siantre-run -n -c "$T/x.conf" --jobs "$T/jobs" drill)" = "$T/jobs/drill would run" ]
}

@test "no server package: a scratch database on the application's server, and the missing GRANT" {
	sql "REVOKE IF EXISTS ALL ON \`siantre\\_drill\\_%\`.* FROM siantre@localhost" 2>/dev/null || true
	expect_fail 77 "hint: GRANT ALL ON \`siantre\\_drill\\_%\`.* TO 'siantre'@'localhost';" \
	    without_server siantre-verify --level drill -c "$T/x.conf"
	shows "fail TIME make the database siantre_drill_.*: the account may not"
	shows "FAILED: not everything could be restored here .*"
	shows "ok TIME compare app_files.tar.gz: .*"
	[ "$(jq -r '.level + " " + .result' "$DBSET/verified.json")" = "structure ok" ]
	clean
	sql "GRANT ALL ON \`siantre\\_drill\\_%\`.* TO siantre@localhost"
	echo 'SELECT COUNT(*) = 500 FROM queues;' >"$T/drill.sql"
	expect_ok without_server siantre-verify --level drill -c "$T/x.conf"
	shows "Server: .*MariaDB.* of the application, in the database siantre_drill_.*"
	shows "ok TIME dump again and compare db_backup.sql.gz: 2 tables, 502 rows are the same; definitions not compared: they name another database"
	shows "ok TIME check: SELECT COUNT\(\*\) = 500 FROM queues: 1"
	[ "$(jq -r '.level + " " + .result' "$DBSET/verified.json")" = "drill ok" ]
	lacks -rF 'ra"has' "$T/stdout" "$T/stderr" "$T/state"
	clean
	# The live database is as it was.
	[ "$(sql "SELECT COUNT(*) FROM queues" siantre)" = 500 ]
	# With an option file, and with a server that is not there.
	printf '[client]\nsocket=%s\nuser=root\n' "$DB/sock" >"$T/root.cnf"
	chmod 0600 "$T/root.cnf"
	ours "$T/root.cnf"
	echo "DB_DEFAULTS_FILE=$T/root.cnf" >>"$T/x.conf"
	expect_ok without_server siantre-verify --level drill -c "$T/x.conf"
	sed -i "s|^socket=.*|socket=$T/none|" "$T/root.cnf"
	expect_fail 69 "$T/none" without_server siantre-verify --level drill -c "$T/x.conf"
	grep -qF "hint: the unit siantre-drill reaches it by its socket alone: see SCHEDULE in siantre-run(1)" "$T/stderr"
	clean
}

@test "killed in the middle: the next one ends its server, removes all and passes" {
	echo 'SELECT SLEEP(60) = 0;' >"$T/drill.sql"
	(exec siantre-verify --level drill -c "$T/x.conf") >/dev/null 2>&1 &
	pid=$!
	sleeping
	server=$(pgrep -f "^mariadbd .*--datadir=$T/state/scratch/siantre-drill/server/data")
	expect_fail 75 "another drill (process " drill
	[ ! -e "$T/state/journal.jsonl" ] # it will tell of itself
	kill -9 "$pid"
	wait "$pid" || true
	kill -0 "$server"
	[ -d "$T/state/scratch/siantre-drill/server/data" ]
	rm "$T/drill.sql"
	expect_ok drill
	grep -qE 'warning: ended [0-9]+ process(es)? of a drill that was killed' "$T/stderr"
	! kill -0 "$server" 2>/dev/null || false
	clean
}

@test "killed with a scratch database: the next one drops it, and no other" {
	sql "GRANT ALL ON \`siantre\\_drill\\_%\`.* TO siantre@localhost"
	need_root
	echo 'SELECT SLEEP(60) = 0;' >"$T/drill.sql"
	without_server siantre-verify --level drill -c "$T/x.conf" >/dev/null 2>&1 &
	for _ in $(seq 300); do
		pgrep -f "$T/state/scratch/siantre-drill/given.cnf.*SLEEP" >/dev/null && break
		sleep 0.1
	done
	pkill -9 -f -- "^siantre-verify --level drill -c $T/x.conf"
	wait || true
	[ -n "$(sql "SHOW DATABASES LIKE 'siantre\\_drill%'")" ]
	new_db siantre_drill_mine
	rm "$T/drill.sql"
	expect_ok without_server siantre-verify --level drill -c "$T/x.conf"
	grep -qE 'warning: dropped siantre_drill_[0-9a-f]{8}, which a drill left' "$T/stderr"
	[ "$(sql "SHOW DATABASES LIKE 'siantre\\_drill%'")" = siantre_drill_mine ]
	sql "DROP DATABASE siantre_drill_mine"
	clean
}

@test "stopped by a signal: it dies of it, says so, and leaves nothing" {
	echo 'SELECT SLEEP(60) = 0;' >"$T/drill.sql"
	for signal in TERM INT; do
		(
			trap - INT
			exec siantre-verify --level drill -c "$T/x.conf"
		) >/dev/null 2>&1 &
		pid=$!
		sleeping
		kill -s "$signal" "$(pgrep -f "^siantre-verify --level drill -c $T/x.conf")"
		code=0
		wait "$pid" || code=$?
		[ "$code" = $((128 + $(kill -l "$signal"))) ]
		[ "$(last status) $(last exit)" = "fail $code" ]
		[ "$(last message)" = "stopped by SIG$signal" ]
		clean
	done
	[ "$(jq -r .level "$DBSET/verified.json")" = structure ]
}

@test "no room: 73 with both figures, before anything is started" {
	small_disk "$T/small" 16m
	ours "$T/small"
	echo "DRILL_DIR=$T/small/scratch" >>"$T/x.conf"
	expect_fail 73 "the drill may take 40" drill
	grep -qE "$T/small/scratch/siantre-drill: the drill may take [0-9.]+ MiB, and [0-9.]+ MiB are free" "$T/stderr"
	said "hint: set DRILL_DIR to a folder with more room"
	[ "$(last status) $(last exit)" = "fail 73" ]
	[ "$(ls -A "$T/small/scratch")" = siantre-drill.lock ]
}

@test "a folder that others laid is not used, and nothing behind a link is removed" {
	mkdir "$T/open" "$T/precious"
	chmod 1777 "$T/open"
	echo 1 >"$T/precious/file"
	ln -s "$T/precious" "$T/open/siantre-drill"
	echo "DRILL_DIR=$T/open" >>"$T/x.conf"
	expect_fail 73 "$T/open/siantre-drill: not a folder of this user" drill
	[ -e "$T/precious/file" ]
}

@test "application from git: what no remote has, without the tree's own configuration" {
	cp -a "$DB/app" "$T/app"
	chmod -R u+rwX "$T/app"
	sed -i "s|^APP_DIR=.*|APP_DIR=$T/app|" "$T/x.conf"
	export HOME=$T
	git config --global --add safe.directory '*'
	git config --global user.name x
	git config --global user.email x@example.invalid
	git -C "$T/app" init -q
	printf '.env*\nnode_modules/\nvendor/\nstorage/\n' >"$T/app/.gitignore"
	printf '*.php filter=steal\n' >"$T/app/.gitattributes"
	git -C "$T/app" add -A
	git -C "$T/app" commit -qm one
	git -C "$T/app" update-ref refs/remotes/origin/main HEAD
	git -C "$T/app" config core.fsmonitor "touch $T/state/stolen"
	git -C "$T/app" config filter.steal.clean "touch $T/state/stolen; cat"
	[ "$(id -u)" != 0 ] || chown -R www-data: "$T/app"
	expect_ok drill
	shows "ok RPO application TIME of 1 h: what git does not have \(HEAD is pushed, the tree is clean\)"
	echo '// new' >>"$T/app/app/Models/User.php"
	expect_ok drill
	shows "ok RPO application .*0 commits not pushed, 1 file changed or new; .*"
	touch -d '3 hours ago' "$T/app/app/Models/User.php"
	expect_fail 1 "RPO application missed: 0 commits not pushed, 1 file changed or new; the oldest 3 h ago, more than 1 h" drill
	git -C "$T/app" config --unset core.fsmonitor
	git -C "$T/app" config --unset filter.steal.clean
	GIT_COMMITTER_DATE=$(date -d '2 days ago' -Is) git -C "$T/app" commit -qam two
	expect_fail 1 "RPO application missed: 1 commit not pushed, 0 files changed or new; the oldest 2 d ago" drill
	[ ! -e "$T/state/stolen" ]
}

@test "an ordinary user drills too" {
	chmod 0755 "$T/backup"
	if [ "$(id -u)" = 0 ]; then
		chown -R nobody "$T/backup" "$T/state"
	fi
	expect_ok as_nobody siantre-verify --level drill -c "$T/x.conf"
	[ "$(jq -r '.level + " " + .result' "$DBSET/verified.json")" = "drill ok" ]
	clean
}

@test "on a terminal each step is announced" {
	expect_ok script -qec "siantre-verify --level drill -c $T/x.conf $DBSET" "$T/typescript"
	grep -q "siantre-verify: $(basename "$DBSET"): load db_backup.sql.gz \.\.\." "$T/typescript"
	expect_ok drill "$DBSET"
	lacks -F 'load db_backup.sql.gz ...' "$T/stderr"
}

@test "the questions that are shipped can be asked of such a database" {
	fill_small siantre_shipped
	sed 's/^-- \(SELECT .*;\)$/\1/' "$ROOT/etc/drill.sql" >"$T/all.sql"
	[ "$(grep -c '^SELECT' "$T/all.sql")" = 3 ]
	grep '^SELECT' "$T/all.sql" | sql - siantre_shipped
	sql "DROP DATABASE siantre_shipped"
	cp "$ROOT/etc/drill.sql" "$T/drill.sql"
	ours "$T/drill.sql"
	expect_ok drill "$DBSET"
	lacks 'check:' "$T/stdout"
}

@test "the private server: no network, no rights, bounded, nice" {
	echo 'SELECT SLEEP(3) = 0;' >"$T/drill.sql"
	echo 'DRILL_MEMORY=512M' >>"$T/x.conf"
	drill >"$T/out" 2>&1 &
	sleeping
	server=$(pgrep -f "^mariadbd .*--datadir=$T/state/scratch/siantre-drill/server/data")
	grep -qE '^Max data size +536870912 ' "/proc/$server/limits"
	grep -qE '^CapEff:\s0+$' "/proc/$server/status"
	[ "$(ps -o ni= -p "$server" | tr -d ' ')" -ge 10 ]
	tr '\0' '\n' <"/proc/$server/cmdline" | grep -qx -- --skip-networking
	[ "$(stat -c %a "$T/state/scratch/siantre-drill")" = 700 ]
	wait
	grep -q '^PASSED' "$T/out"
	echo 'DRILL_MEMORY=100M' >>"$T/x.conf"
	expect_fail 78 "DRILL_MEMORY: a server needs 384 MiB at least" drill
	clean
}

@test "usage" {
	expect_fail 64 "--level drill goes with" drill --record
	expect_fail 64 "--config is for --level drill" siantre-verify -c x "$DBSET"
	expect_fail 64 "--report is for --level drill" siantre-verify --report x "$DBSET"
	expect_fail 64 '--level: "deep" is none of checksum, structure and drill' siantre-verify -l deep "$DBSET"
	expect_fail 78 "$T/none.conf" siantre-verify --level drill -c "$T/none.conf"
	expect_fail 74 "$T/none" drill "$T/none"
}
