# The section SECURITY MODEL of siantre(7): each of its sentences with the tests that show it, and
# those tests that stand nowhere else.
# shellcheck disable=SC2016,SC2154
load lib

setup_file() {
	start_db
	fill_small siantre
}

# place: an application's folders, their configuration, and jobs of a few lines.
place() {
	mkdir "$T/backup" "$T/state" "$T/log" "$T/jobs" "$T/app"
	chmod 0700 "$T/backup"
	chmod 0750 "$T/state" "$T/log"
	ours "$T/backup" "$T/state" "$T/log"
	printf '%s\n' "BACKUP_DIR=$T/backup" "STATE_DIR=$T/state" "LOG_FILE=$T/log/backup.log" \
	    "APP_DIR=$T/app" WEB_CONFIG= "$@" >"$T/x.conf"
	printf '%s\n' '#!/bin/bash' 'echo fine >fine.txt' >"$T/jobs/fine"
	cp "$T/jobs/fine" "$T/jobs/full"
	chmod 0755 "$T/jobs/"*
}

# rendered PAGE HEADING: the sentences of a section, a line each, headings in front of theirs.
rendered() {
	mandoc -T utf8 -O width=1000 "$1" | col -bx | sed -n "/^$2\$/,/^[A-Z]/p" | sed '1d; $d' |
	    sed -E 's/^ +//; /^$/d; s/([.][”]?)  +/\1\n/g'
}

# claims: sentences, and behind each, with a tab in front, its tests as `FILE: TEST`.
claims() {
	sed '/^#/d' "$ROOT/tests/security"
}

@test "every sentence of SECURITY MODEL has a test, and each of these tests is there" {
	local bad=0 file name
	rendered "$ROOT/man/siantre.7" 'SECURITY MODEL' | sed '/^What is not protected$/,$d' | grep '[.”]$' >"$T/page"
	[ "$(wc -l <"$T/page")" -gt 40 ]
	claims | grep -v $'^\t' >"$T/list"
	diff "$T/page" "$T/list" || {
		echo "man/siantre.7 (<) and tests/security (>) differ"
		return 1
	}
	# None without one.
	awk '/^\t/ { n++; next } NR > 1 && n == 0 { print "no test: " last; bad = 1 }
	    { last = $0; n = 0 } END { if (n == 0) { print "no test: " last; bad = 1 } exit bad }' <(claims)
	while IFS= read -r name; do
		file=${name%%: *} name=${name#*: }
		if [[ $file == check_* ]]; then
			grep -qF "START_TEST($name)" "$ROOT/tests/$file.c"
		else
			grep -qF "@test \"$name\" {" "$ROOT/tests/$file.bats"
		fi || {
			echo "no such test: $file: $name"
			bad=1
		}
	done < <(claims | sed -n 's/^\t//p')
	[ $bad = 0 ]
}

@test "the section is whole in other languages" {
	local page
	for page in "$ROOT"/man/*/siantre.7; do
		[ "$(rendered "$page" 'MODEL KEAMANAN' | wc -l)" = "$(rendered "$ROOT/man/siantre.7" 'SECURITY MODEL' | wc -l)" ]
	done
}

# waiting: every tool, waiting for something, as `NAME PID` lines in $T/tools; let_go ends them.
waiting() {
	local fifo=$T/wait
	place
	chmod -R a+rwX "$T"
	mkfifo "$fifo"
	chmod 0666 "$fifo"
	exec 7<>"$fifo"
	python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(9); print("ready", flush=True); time.sleep(60)' \
	    "$T/silent" >"$T/ready" 2>&1 3>&- &
	silent=$!
	comes grep -q ready "$T/ready"
	chmod 0777 "$T/silent"
	printf '%s\n' '#!/bin/bash' 'cat "${0%/*}/../wait" >x' >"$T/jobs/hold"
	chmod 0755 "$T/jobs/hold"
	: >"$T/tools"
	start siantre-pack <"$fifo"
	start siantre-verify <"$fifo"
	start siantre-prune --keep-last 1 - <"$fifo"
	start siantre-status -c "$T/x.conf" - <"$fifo"
	start siantre-alert -c "$T/x.conf" <"$fifo"
	mkdir -m 0777 "$T/far"
	"${AS[@]}" siantre-ship -q -c "$T/x.conf" --create "$T/far"
	start siantre-ship -c "$T/x.conf" --name x.txt --to "$T/far" <"$fifo"
	start siantre-restore db -S "$T/silent" --into x "$ROOT/LICENSE"
	start siantre-dump -S "$T/silent" x
	start siantre-run -c "$T/x.conf" --jobs "$T/jobs" hold
}

start() {
	# Without its word, what goes to the background reads /dev/null.
	"${AS[@]}" "$@" <&0 >/dev/null 2>"$T/err.$1" 3>&- 7>&- &
	local pid=$!
	if [ "${AS[*]}" = as_nobody ] && [ "$(id -u)" = 0 ]; then # a shell, and below it the tool
		comes pgrep -P "$pid" -x "$1" >"$T/pid"
		pid=$(cat "$T/pid")
	fi
	echo "$1 $pid" >>"$T/tools"
}

let_go() {
	local name pid
	[ -e "$T/tools" ] || return 0
	while read -r name pid; do
		kill "$pid" 2>/dev/null || true
	done <"$T/tools"
	exec 7>&-
	kill "$silent"
	wait
	rm "$T/tools"
}

teardown() {
	let_go
	tell_truth
	lib_teardown
}

# limits_are_zero PID NAME: both limits of core dumps are, and it is no longer the program before.
limits_are_zero() {
	[ "$(cat "/proc/$1/comm")" = "${2:0:15}" ] && grep -qE '^Max core file size +0 +0 ' "/proc/$1/limits"
}

@test "no tool leaves a core dump, nor does what it starts" {
	local AS=(as_nobody) name pid child bad=0
	ulimit -c unlimited 2>/dev/null || ulimit -c "$(ulimit -H -c)"
	waiting
	while read -r name pid; do
		comes limits_are_zero "$pid" "$name" || { bad=1; cat "$T/err.$name"; }
		# A process that is not dumpable has files of root's there.
		[ "$(stat -c %u "/proc/$pid/environ")" = 0 ] || { echo "$name: dumpable"; bad=1; }
		if as_nobody cat "/proc/$pid/environ" >/dev/null 2>&1; then echo "$name: its environment"; bad=1; fi
	done <"$T/tools"
	pid=$(sed -n 's/^siantre-run //p' "$T/tools")
	comes pgrep -P "$pid" -x hold
	child=$(pgrep -P "$pid" -x hold)
	grep -qE '^Max core file size +0 +0 ' "/proc/$child/limits"
	[ $bad = 0 ]
}

@test "started as root, each is whom it says, with the rights that it says" {
	need_root
	local AS=() name pid user caps bad=0
	waiting
	while read -r name pid; do
		user=siantre-backup caps=0000000000000004
		case $name in
		siantre-alert | siantre-ship) caps=0000000000000000 ;;
		# prune: names on stdin; a folder below.
		siantre-dump | siantre-pack | siantre-prune | siantre-restore | siantre-status)
			user=root caps=$(sed -n 's/^CapEff:\t//p' /proc/$$/status)
			;;
		esac
		comes limits_are_zero "$pid" "$name" || bad=1
		comes is_whom "$pid" "$user" "$caps" || { echo "$name is not $user with $caps"; bad=1; }
	done <"$T/tools"
	expect_ok siantre-prune -q --yes --keep-last 1 "$T/backup"
	[ "$(stat -c %U "$T/backup/.trash")" = siantre-backup ]
	[ $bad = 0 ]
}

is_whom() {
	[ "$(awk '/^Uid:/ { print $2 $3 $4 }' "/proc/$1/status")" = "$(id -u "$2" | sed 's/.*/&&&/')" ] &&
	    [ "$(sed -n 's/^CapEff:\t//p' "/proc/$1/status")" = "$3" ]
}

@test "no option takes a password" {
	local tool
	expect_fail 64 "-p: no option takes a password" siantre-dump -psecret siantre
	for tool in "$ROOT"/man/siantre-*.1; do
		tool=${tool##*/}
		# A file that holds one may be named.
		not grep -E -- '--[a-z-]*(pass|secret|token|key)[a-z-]*[= ][A-Z]' <("${tool%.1}" --help | grep -v 'FILE')
	done
}

@test "a new installation's folders are closed to others" {
	grep -qxF '		folder 0700 siantre-backup /backup/siantre ||' "$ROOT/debian/siantre-backup.postinst"
	for folder in lib log; do
		grep -qxF "	folder 0750 siantre-backup /var/$folder/siantre" "$ROOT/debian/siantre-backup.postinst"
		grep -qxF "d /var/$folder/siantre :0750 :siantre-backup :siantre-backup -" "$ROOT/debian/siantre-backup.tmpfiles"
	done
	lacks -v '^#\|:0750 :siantre-backup :siantre-backup' "$ROOT/debian/siantre-backup.tmpfiles"
}

@test "others can read nothing of sets, state and log, whatever their folders allow" {
	need_root
	place
	chmod 0755 "$T/backup" "$T/state" "$T/log"
	expect_ok runs fine
	[ "$(stat -c '%a %U' "$(cat "$T/stdout")")" = "700 siantre-backup" ]
	[ "$(stat -c '%a %U' "$(cat "$T/stdout")"/{fine.txt,SHA256SUMS,set.json} | sort -u)" = "440 siantre-backup" ]
	[ -s "$T/state/journal.jsonl" ]
	[ -s "$T/log/backup.log" ]
	as_nobody find "$T/backup" "$T/state" "$T/log" -type f -readable >"$T/found" 2>/dev/null || true
	[ ! -s "$T/found" ]
}

@test "a password is nowhere but in the copy of the .env" {
	place "DB_ENV_FILE=$T/app/.env"
	sql "CREATE OR REPLACE USER app@localhost IDENTIFIED BY 'burung-kenari'; GRANT ALL ON siantre.* TO app@localhost;
	    GRANT SELECT ON mysql.proc TO app@localhost"
	env_file "$T/app/.env" siantre app burung-kenari
	mkdir "$T/app/storage"
	expect_ok siantre-run -v -c "$T/x.conf" --jobs "$ROOT/tools/jobs" db
	cat "$T/stdout" "$T/stderr" >"$T/said"
	expect_ok siantre-run -v -c "$T/x.conf" --jobs "$ROOT/tools/jobs" files
	cat "$T/stdout" "$T/stderr" >>"$T/said"
	sed -i 's/^DB_PASSWORD=.*/DB_PASSWORD=kenari-burung/' "$T/app/.env"
	expect_fail 77 "Access denied" siantre-run -v -c "$T/x.conf" --jobs "$ROOT/tools/jobs" db
	cat "$T/stdout" "$T/stderr" >>"$T/said"
	siantre-run check-config -c "$T/x.conf" >>"$T/said" 2>&1 || true
	[ -s "$T/said" ]
	grep -rlE 'burung-kenari|kenari-burung' "$T/said" "$T/backup" "$T/state" "$T/log" >"$T/found"
	[ "$(sed 's|.*/||' "$T/found")" = env_backup.env ]
}

@test "what others laid into the folder of the backups is not written through" {
	need_root
	place
	chmod 0777 "$T/backup"
	mkdir "$T/theirs"
	chown nobody "$T/theirs"
	chmod 0777 "$T/theirs"
	# The folder that is cleaned goes as the link that it is.
	as_nobody ln -s "$T/theirs" "$T/backup/.partial"
	expect_ok runs fine
	[ ! -L "$T/backup/.partial" ]
	rmdir "$T/backup/.partial"
	as_nobody mkdir -m 0777 "$T/backup/.partial" "$T/backup/.partial/closed"
	as_nobody chmod 0755 "$T/backup/.partial/closed"
	as_nobody touch "$T/backup/.partial/closed/x"
	expect_fail 73 "siantre-run: $T/backup/.partial: not a folder of this user (uid $(id -u nobody))" runs fine
	rm -r "$T/backup/.partial"
	as_nobody ln -s "$T/theirs" "$T/backup/full"
	expect_fail 73 "siantre-run: $T/backup/full: not a folder of this user" runs full
	rm "$T/backup/full"
	rm -rf "$T/backup/.trash"
	as_nobody ln -s "$T/theirs" "$T/backup/.trash"
	expect_fail 73 "$T/backup/.trash: " siantre-prune --yes --keep-last 1 "$T/backup"
	[ -z "$(ls -A "$T/theirs")" ]
}

@test "a link or FIFO for journal, lock or log is neither followed nor waited for" {
	need_root
	local name file
	place
	echo precious >"$T/precious"
	chown siantre-backup "$T/precious"
	while read -r name file code words; do
		rm -f "$T/$file"
		ln -s "$T/precious" "$T/$file"
		got=0
		timeout 60 "$BUILD/siantre-run" -c "$T/x.conf" --jobs "$T/jobs" fine >"$T/stdout" 2>"$T/stderr" || got=$?
		[ "$got" = "$code" ]
		grep -qF "$T/$file: $words" "$T/stderr"
		rm "$T/$file"
		mkfifo -m 0666 "$T/$file"
		got=0
		timeout 60 "$BUILD/siantre-run" -c "$T/x.conf" --jobs "$T/jobs" fine >"$T/stdout" 2>"$T/stderr" || got=$?
		[ "$got" = "$code" ] || { echo "$name: $got"; cat "$T/stderr"; false; }
		rm "$T/$file"
	done <<-'CASES'
		journal state/journal.jsonl 74 Too many levels of symbolic links
		lock state/siantre.lock 73 Too many levels of symbolic links
		log log/backup.log 0 Too many levels of symbolic links
	CASES
	[ "$(cat "$T/precious")" = precious ]
	rm -f "$T/state/journal.jsonl"
	mkfifo "$T/state/journal.jsonl"
	expect_fail 74 "journal $T/state/journal.jsonl: not a regular file" timeout 60 "$BUILD/siantre-status" -c "$T/x.conf"
}

@test "a set of links and FIFOs is none" {
	place
	expect_ok runs fine
	set=$(basename "$(cat "$T/stdout")")
	ln -s /etc "$T/backup/20261101_020000"
	mkdir "$T/backup/20261102_020000"
	mkfifo "$T/backup/20261102_020000/"{set.json,SHA256SUMS}
	ln -s /dev/zero "$T/backup/20261102_020000/verified.json"
	ours "$T/backup/20261102_020000"
	expect_fail 65 "20261102_020000/SHA256SUMS: not a regular file" timeout 60 "$BUILD/siantre-verify" "$T"/backup/2026110*
	timeout 60 "$BUILD/siantre-status" --json -c "$T/x.conf" >"$T/json"
	[ "$(jq '[.jobs[] | select(.newest != null)] | length' "$T/json")" = 1 ] || { jq .jobs "$T/json"; false; }
	mkdir -m 0777 "$T/far"
	siantre-ship -q -c "$T/x.conf" --create "$T/far"
	ours "$T/far"
	timeout 60 "$BUILD/siantre-ship" -c "$T/x.conf" --to "$T/far" 2>/dev/null || true
	[ "$(cd "$T/far" && ls -d 2*)" = "$set" ]
}

@test "a hostile .env is refused, or means what its text is" {
	place
	cd "$T"
	ln -s /dev/zero link
	mkfifo fifo
	expect_fail 78 "a symbolic link; the .env must be a regular file" siantre-dump --env-file link
	expect_fail 78 "fifo: not a regular file" timeout 60 "$BUILD/siantre-dump" --env-file fifo
	expect_fail 78 "/dev/zero: not a regular file" timeout 60 "$BUILD/siantre-dump" --env-file /dev/zero
	truncate -s 1G large
	expect_fail 78 "large" timeout 60 "$BUILD/siantre-dump" --env-file large
	printf 'DB_DATABASE=x\0y\n' >nul
	expect_fail 78 "nul:1: " siantre-dump --env-file nul
	cat >app/.env <<-'ENV'
		DB_HOST="-oProxyCommand=touch ran"
		DB_DATABASE="--help`touch ran`$(touch ran);touch ran"
		DB_USERNAME="$(touch ran)"
		DB_PASSWORD="`touch ran`"
	ENV
	echo "DB_ENV_FILE=$T/app/.env" >>x.conf
	expect_fail 69 "siantre-dump: connect: " siantre-run -c "$T/x.conf" --jobs "$ROOT/tools/jobs" db
	siantre-run check-config -c "$T/x.conf" >stdout 2>&1 || true
	[ -z "$(find "$T" -name ran)" ]
}

@test "hostile names in the application's tree stay names everywhere" {
	local evil=$'-rf \e[31mred\nBcc: x@y.example <script>alert(1)' bytes=$'\xff\xfe'
	place
	mkdir "$T/app/storage" "$T/mail" "$T/bin"
	ours "$T/mail"
	printf '%s\n' APP_ENV=x DB_DATABASE=x >"$T/app/.env"
	(
		cd "$T/app"
		echo 1 >"./-rf"
		echo 2 >"./--checkpoint-action=exec=touch ran"
		echo 3 >"./$bytes"
		echo 4 >'./$(touch ran)'
		mkdir "./${evil%%<*}"
	)
	# A file of that name that vanished while it was packed: as siantre-pack notes it.
	jq -n --arg path "app/storage/$evil" '[{path: $path, why: "vanished, left out"}]' >"$T/skipped"
	chmod 0644 "$T/skipped"
	cat >"$T/jobs/files" <<-E
		#!/bin/bash
		set -e
		bash "$ROOT/tools/jobs/files"
		told=\$(jq -c --slurpfile s "$T/skipped" 'if .entries > 3 then .skipped = \$s[0] | .warnings = 1 else . end' "\$SIANTRE_NOTES")
		printf '%s\n' "\$told" >"\$SIANTRE_NOTES"
	E
	chmod 0755 "$T/jobs/files"
	expect_ok siantre-run -v -c "$T/x.conf" --jobs "$T/jobs" files
	not grep -q $'\e' "$T/stderr" "$T/log/backup.log" "$T/state/journal.jsonl"
	not grep '^Bcc' "$T/stderr" "$T/log/backup.log" "$T/state/journal.jsonl"
	[ "$(jq -r .status "$T/state/journal.jsonl")" = warn ]
	jq -r .message "$T/state/journal.jsonl" | grep -qF 'vanished, left out'
	set=$(tail -n 1 "$T/stdout")
	mkdir "$T/back"
	tar -xzf "$set/app_files.tar.gz" -C "$T/back"
	[ "$(cat "$T/back/app/-rf" "$T/back/app/$bytes" "$T/back/app/"'$(touch ran)' | paste -sd' ')" = "1 3 4" ]
	siantre-status -c "$T/x.conf" >"$T/text" 2>&1
	not grep -q $'\e' "$T/text"
	siantre-status -c "$T/x.conf" --format=html >"$T/page" 2>&1
	not grep -q '<script' "$T/page"
	printf '%s\n' '#!/bin/bash' "cat >>$T/mail/all" >"$T/bin/sendmail"
	chmod 0755 "$T/bin/sendmail"
	printf '%s\n' 'CONTACT_PRIMARY="A <a@b.example>"' MAIL=sendmail >>"$T/x.conf"
	PATH=$T/bin:$PATH siantre-alert -c "$T/x.conf" <"$T/state/journal.jsonl"
	[ -s "$T/mail/all" ]
	not grep -q $'\e' "$T/mail/all"
	not grep -q '^Bcc' "$T/mail/all"
	[ -z "$(find "$T" -name ran)" ]
}

# lies LIE [TEXT]: the answer to each statement that $ASKED is found in, at $T/lie.sock.
lies() {
	tell_truth
	: >"$T/lie.out"
	"$ROOT/tests/liar" ${NTH:+--nth "$NTH"} --stolen "$T/stolen" "$T/lie.sock" "$DB/sock" "$ASKED" "$@" \
	    >"$T/lie.out" 2>&1 3>&- &
	LIAR=$!
	comes grep -q ready "$T/lie.out"
	printf '[client]\nsocket=%s\nuser=root\n' "$T/lie.sock" >"$T/lie.cnf"
	chmod 0600 "$T/lie.cnf"
}

tell_truth() {
	[ -z "${LIAR:-}" ] || { kill "$LIAR"; wait "$LIAR" || true; }
	LIAR=
	rm -f "$T/lie.sock"
}

@test "a server that asks for files gets none, and draws nothing" {
	local at
	for at in 'SET NAMES' CURRENT_USER 'FROM .siantre'; do
		ASKED=$at lies infile /etc/passwd
		expect_fail 1 "Load data local infile forbidden" siantre-dump --defaults-file="$T/lie.cnf" siantre
	done
	# Where rows go there by LOAD DATA LOCAL, it is still no file's name that counts.
	siantre-dump --defaults-file="$DB/root.cnf" siantre >"$T/d.sql"
	ASKED='LOAD DATA' lies infile /etc/passwd
	rm -f "$T/stolen"
	siantre-restore db -q --defaults-file="$T/lie.cnf" --into back --bulk-from 0 "$T/d.sql" 2>"$T/stderr" || true
	[ -s "$T/stolen" ] # it was asked
	lacks -a root: "$T/stolen"
	ASKED=CURRENT_USER lies error '\x1b[31mred\nevil: \u0007'
	expect_fail 1 '?[31mred?evil: ?' siantre-dump --defaults-file="$T/lie.cnf" siantre
	[ "$(wc -l <"$T/stderr")" = 1 ]
	ASKED='FROM .siantre' lies garbage
	expect_fail 69 "siantre-dump: " siantre-dump --defaults-file="$T/lie.cnf" siantre
	not grep -q $'\e' "$T/stderr"
	ASKED='FROM .siantre' lies gone
	expect_fail 69 "siantre-dump: " siantre-dump --defaults-file="$T/lie.cnf" siantre
	not grep -q siantre-end "$T/stdout"
	tell_truth
}

@test "an answer of another shape than asked for ends the dump, and nothing is read behind it" {
	local at lie n=0 got
	sql "CREATE OR REPLACE VIEW v AS SELECT id FROM users; CREATE SEQUENCE IF NOT EXISTS s;
	    CREATE OR REPLACE PROCEDURE p() SELECT 1; CREATE OR REPLACE EVENT e ON SCHEDULE EVERY 1 DAY DISABLE DO SET @x = 1" siantre
	while IFS='|' read -r at lie; do
		n=$((n + 1))
		[ $((n % STEP)) = 0 ] || continue
		# shellcheck disable=SC2086
		ASKED=$at lies $lie
		got=0
		siantre-dump -q -j1 --defaults-file="$T/lie.cnf" siantre >"$T/stdout" 2>"$T/stderr" </dev/null || got=$?
		kill "$LIAR"
		wait "$LIAR" || true
		LIAR=
		[ "$(tail -n 1 "$T/lie.out")" != 0 ] || { echo "$at: never asked"; false; }
		# NULL may be right: a column without a default, a table without a time.
		[ "$lie" = null ] || [ $got != 0 ] || { echo "$at: $lie: taken for an answer"; false; }
		[ $got -lt 100 ] || { echo "$at: $lie: $got"; cat "$T/stderr"; false; }
		not grep -E 'Sanitizer|runtime error' "$T/stderr"
	done <<-'CASES'
		FROM information_schema.TABLES|null
		FROM information_schema.COLUMNS|null
		STATISTICS|columns 1
		SCHEMATA|columns 1
		FROM information_schema.ROUTINES|columns 1
		FROM information_schema.ROUTINES|null
		CREATE_TIME|null
		SHOW CREATE TABLE|columns 1
		SHOW CREATE VIEW|columns 1
		SHOW CREATE PROCEDURE|null
		SHOW CREATE EVENT|columns 1
		next_not_cached|null
		binlog_snapshot|null
		time_zone,|columns 1
		SELECT .*FROM .siantre...users|columns 1
	CASES
	ASKED='FROM information_schema.COLUMNS' lies columns 1
	expect_fail 69 "what answers is no such server: columns or values are missing" siantre-dump --defaults-file="$T/lie.cnf" siantre
	ASKED='FROM information_schema.COLUMNS' lies columns 0
	expect_fail 69 "what answers is no such server: columns or values are missing" siantre-dump --defaults-file="$T/lie.cnf" siantre
	sql "DROP VIEW v; DROP SEQUENCE s; DROP PROCEDURE p; DROP EVENT e" siantre
	tell_truth
}

@test "a year of ten figures, an hour of ten" {
	local swap got
	# Rows with floating-point numbers come in the binary protocol.
	sql "CREATE OR REPLACE TABLE clock (r double, d date, t time);
	    INSERT INTO clock VALUES (1.5, '2024-01-02', '10:11:12')" siantre
	for swap in '04e8070102 04ffff0102' '0800000000000a0b0c 0800ffffff7fff0b0c'; do
		ASKED=clock lies swap "$swap"
		got=0
		siantre-dump -q -j1 --defaults-file="$T/lie.cnf" siantre clock >"$T/stdout" 2>"$T/stderr" || got=$?
		[ $got -lt 100 ] || { echo "$swap: $got"; cat "$T/stderr"; false; }
		not grep -F "(1.5,'2024-01-02','10:11:12')" "$T/stdout"
		not grep -E 'Sanitizer|runtime error' "$T/stderr"
	done
	tell_truth
	sql "DROP TABLE clock" siantre
}
