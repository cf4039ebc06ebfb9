#!/usr/bin/env bats
# A clock that jumps, two runs at once, locks that nobody holds, disks that are full, read-only or
# gone, a server that is started anew: in the middle of a run, each at a moment that is chosen.
# Part of `make check-kills`; tests/kills/run says what stands elsewhere.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load ../lib

setup() {
	lib_setup
	mkdir "$T/backup" "$T/state" "$T/log" "$T/jobs"
	printf '%s\n' "BACKUP_DIR=$T/backup" "STATE_DIR=$T/state" "LOG_FILE=$T/log/backup.log" >"$T/x.conf"
	chmod 0700 "$T/backup"
	ours "$T/backup" "$T/state" "$T/log"
	holders=()
	# Where a job stands still until the test lets it go on.
	mkdir -m 0777 "$T/gate"
	job fine 'echo fine >fine.txt'
	job slow 'echo one >one.txt' "touch '$T/gate/in'" "while [ ! -e '$T/gate/go' ]; do sleep 0.05; done" \
	    'echo two >two.txt'
}

teardown() {
	touch "$T/gate/go"
	local pid
	for pid in ${holders[@]+"${holders[@]}"}; do
		! grep -aqsF "$T" "/proc/$pid/cmdline" || kill -9 "$pid" || true
	done
	! mountpoint -q "$T/disk" || umount -l "$T/disk"
	stop_db
	lib_teardown
}

# begin ARG...: a run in the background, $pid; the gate tells how far it is.
begin() {
	rm -f "$T/gate/in" "$T/gate/go"
	runs "$@" >"$T/stdout" 2>"$T/stderr" 3>&- &
	pid=$!
	holders+=("$pid")
}

# inside: its job has come to the gate.
inside() {
	local _
	for _ in {1..1200}; do
		[ ! -e "$T/gate/in" ] || return 0
		sleep 0.05
	done
	return 1
}

# finish CODE: let it go on; it ends so.
finish() {
	local got=0
	touch "$T/gate/go"
	wait "$pid" || got=$?
	[ "$got" = "$1" ] || {
		echo "expected exit $1; got $got"
		cat "$T/stderr"
		return 1
	}
}

sets() {
	find "${1:-$T/backup}" -maxdepth 1 -name '2*' -printf '%f\n' | sort
}

# whole [DIR]: every set there is one.
whole() {
	local set
	for set in $(sets "${1:-$T/backup}"); do
		(cd "${1:-$T/backup}/$set" && sha256sum --quiet --strict -c SHA256SUMS)
		siantre-verify -q "${1:-$T/backup}/$set"
	done
}

# tidy [DIR]: nothing half-made is there.
tidy() {
	[ -z "$(find "${1:-$T/backup}/.partial" -mindepth 1)" ]
}

# --- The clock -----------------------------------------------------------------------------------

# clocked COMMAND...: by a clock that "$T/gate/clock" sets while it runs.  How long things take is
# told by a clock that nobody sets.
clocked() {
	local library
	library=/usr/lib/$(uname -m)-linux-gnu/faketime/libfaketimeMT.so.1
	[ -e "$library" ] || skip "no libfaketime"
	env LD_PRELOAD="$library" FAKETIME_TIMESTAMP_FILE="$T/gate/clock" FAKETIME_NO_CACHE=1 \
	    FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DONT_RESET=1 "$@"
}

clock() {
	echo "$1" >"$T/gate/.clock"
	chmod 0644 "$T/gate/.clock"
	mv "$T/gate/.clock" "$T/gate/clock"
}

@test "the clock jumps by an hour or a day while a job runs" {
	[[ $BUILD != *-san ]] || skip "two preloaded libraries do not go together"
	local count=0 step
	for step in +3600 -3600 +86400 -86400; do
		clock +0
		begin_clocked slow
		inside
		clock "$step"
		finish 0
		count=$((count + 1))
		[ "$(sets | wc -l)" = "$count" ]
		# The time that it took is no clock's.
		[ "$(last 'seconds | . < 100 and . >= 0')" = true ]
		[ "$(last status)" = ok ]
		# And the next one, by the clock that jumped.
		expect_ok clocked_run fine
		count=$((count + 1))
		[ "$(sets | wc -l)" = "$count" ]
		tidy
	done
	whole
	# By the right clock again.
	expect_ok runs fine
	[ "$(sets | wc -l)" = $((count + 1)) ]
}

clocked_run() {
	clocked siantre-run -c "$T/x.conf" --jobs "$T/jobs" "$@"
}
begin_clocked() {
	rm -f "$T/gate/in" "$T/gate/go"
	clocked_run "$@" >"$T/stdout" 2>"$T/stderr" 3>&- &
	pid=$!
	holders+=("$pid")
}

@test "a clock that is a year ahead for a night removes nothing, nor when it is right again" {
	[[ $BUILD != *-san ]] || skip "two preloaded libraries do not go together"
	local i name
	expect_ok runs fine
	name=$(sets)
	for i in {1..9}; do
		cp -a "$T/backup/$name" "$T/backup/$(date -d "$i days ago" +%Y%m%d_020000)"
	done
	sets >"$T/before"
	clock +400d
	expect_ok clocked_run fine
	[ "$(comm -23 "$T/before" <(sets) | wc -l)" = 0 ]
	[ "$(sets | wc -l)" = 11 ]
	expect_ok runs fine
	[ "$(comm -23 "$T/before" <(sets) | wc -l)" = 0 ]
	grep -qF 'dated in the future' "$T/stderr"
	siantre-status -c "$T/x.conf" >"$T/status" || true
	grep -qF 'dated in the future' "$T/status"
	whole
}

@test "the wait for a lock is as long as it is, whatever the clock does" {
	[[ $BUILD != *-san ]] || skip "two preloaded libraries do not go together"
	local got=0 from waiter step
	for step in +1d -1d; do
		clock +0
		begin slow
		inside
		clocked_run --wait=1h fine 2>"$T/waiter" 3>&- &
		waiter=$!
		holders+=("$waiter")
		until_waits "$waiter"
		clock "$step"
		sleep 1.2 # it looks at least once more
		kill -0 "$waiter"
		finish 0
		wait "$waiter"
		# And in vain it ends soon, though the clock went back.
		clock +0
		begin slow
		inside
		from=$SECONDS got=0
		(sleep 0.5 && clock "$step") &
		clocked_run --wait=2s fine 2>"$T/waiter" || got=$?
		[ "$got" = 75 ]
		[ $((SECONDS - from)) -lt 60 ]
		wait $!
		finish 0
	done
	whole
}

# until_waits PID: it has the configuration behind it and asks for the lock: it sleeps.
until_waits() {
	local _
	for _ in {1..600}; do
		! grep -qsE 'nanosleep' "/proc/$1/wchan" || return 0
		sleep 0.05
	done
	return 0
}

# --- Locks ---------------------------------------------------------------------------------------

@test "six runs at once: by hand one of them works, on time all of them" {
	local i codes=() pids=() got ok=0
	for i in {1..6}; do
		runs -q fine 2>"$T/err.$i" 3>&- &
		pids+=($!)
	done
	for i in {0..5}; do
		got=0
		wait "${pids[i]}" || got=$?
		codes+=("$got")
		[ "$got" = 0 ] || [ "$got" = 75 ]
		[ "$got" != 0 ] || ok=$((ok + 1))
	done
	echo "${codes[*]}"
	[ "$ok" -ge 1 ]
	[ "$(sets | wc -l)" = "$ok" ]
	pids=()
	for i in {1..6}; do
		runs --wait=5m fine 3>&- &
		pids+=($!)
	done
	for i in "${pids[@]}"; do
		wait "$i"
	done
	[ "$(sets | wc -l)" = $((ok + 6)) ]
	[ "$(grep -c '"event":"run","status":"ok"' "$T/state/journal.jsonl")" = $((ok + 6)) ]
	whole
	tidy
}

@test "a lock file that nobody holds is none, whatever stands in it" {
	expect_ok runs fine
	local lock=$T/state/siantre.lock text
	[ -e "$lock" ]
	for text in 999999 1 "$$" -5 garbage "$(head -c 5000 /dev/zero | tr '\0' 9)"; do
		printf '%s\n' "$text" >"$lock"
		expect_ok runs fine
		[ ! -s "$lock" ]
	done
	# What is not ours is not followed.
	rm "$lock"
	ln -s "$T/elsewhere" "$lock"
	expect_fail 73 "siantre.lock: Too many levels of symbolic links" runs fine
	[ ! -e "$T/elsewhere" ]
	rm "$lock"
	expect_ok runs fine
	whole
}

# --- Disks ---------------------------------------------------------------------------------------

# disk SIZE: a disk of its own at $T/disk with the sets; it can go, and come back as it was.
disk() {
	small_disk "$T/real" "$1"
	mkdir "$T/disk" "$T/real/sets"
	chmod 0700 "$T/real/sets"
	ours "$T/real/sets"
	mount --bind "$T/real" "$T/disk"
	printf 'BACKUP_DIR=%s/disk/sets\nBACKUP_MOUNT=%s/disk\n' "$T" "$T" >>"$T/x.conf"
}

@test "the disk becomes read-only in the middle" {
	disk 4m
	expect_ok runs fine
	first=$(sets "$T/real/sets")
	job late 'echo one >one.txt' "touch '$T/gate/in'" "while [ ! -e '$T/gate/go' ]; do sleep 0.05; done"
	begin late
	inside
	mount -o remount,ro,bind "$T/disk"
	mount -o remount,ro "$T/real"
	finish 74
	grep -qF 'Read-only file system' "$T/stderr"
	[ "$(last status)" = fail ]
	[[ $(last message) == *'Read-only file system'* ]]
	[ "$(sets "$T/real/sets")" = "$first" ]
	expect_fail 73 'Read-only file system' runs fine
	[ "$(last status)" = fail ]
	mount -o remount,rw "$T/real"
	mount -o remount,rw,bind "$T/disk"
	expect_ok runs fine
	whole "$T/real/sets"
	tidy "$T/real/sets"
}

@test "the disk goes in the middle, and nothing is written in its place" {
	disk 4m
	expect_ok runs fine
	first=$(sets "$T/real/sets")
	begin slow
	inside
	umount -l "$T/disk"
	got=0
	touch "$T/gate/go"
	wait "$pid" || got=$?
	cat "$T/stderr"
	[ "$got" = 73 ] || [ "$got" = 74 ]
	[ "$(last status)/$(last exit)" = "fail/$got" ]
	[ -z "$(ls -A "$T/disk")" ]
	[ "$(sets "$T/real/sets")" = "$first" ]
	expect_fail 73 "mount point $T/disk: nothing is mounted there" runs fine
	[ -z "$(ls -A "$T/disk")" ]
	mount --bind "$T/real" "$T/disk"
	expect_ok runs fine
	whole "$T/real/sets"
	tidy "$T/real/sets"
}

@test "the disk goes while a run waits for the lock" {
	disk 4m
	begin slow
	inside
	holder=$pid
	siantre-run -c "$T/x.conf" --jobs "$T/jobs" --wait=5m fine >"$T/w.out" 2>"$T/w.err" 3>&- &
	waiter=$!
	holders+=("$waiter")
	until_waits "$waiter"
	sleep 0.5
	umount -l "$T/disk"
	touch "$T/gate/go"
	wait "$holder" || true
	got=0
	wait "$waiter" || got=$?
	[ "$got" = 73 ]
	grep -qF "mount point $T/disk: nothing is mounted there" "$T/w.err"
	[ -z "$(ls -A "$T/disk")" ]
}

@test "the disk fills up while a job writes" {
	disk 2m
	expect_ok runs fine
	begin slow
	inside
	head -c 8m /dev/zero >"$T/real/filler" 2>/dev/null || true
	got=0
	touch "$T/gate/go"
	wait "$pid" || got=$?
	[ "$got" != 0 ]
	grep -qF 'No space left on device' "$T/stderr"
	[ "$(last status)" = fail ]
	[ "$(sets "$T/real/sets" | wc -l)" = 1 ]
	rm "$T/real/filler"
	expect_ok runs fine
	whole "$T/real/sets"
	tidy "$T/real/sets"
}

# --- The server ----------------------------------------------------------------------------------

@test "the database is started anew while it is dumped" {
	start_db
	fill_small siantre 20000
	local args="--defaults-file=$DB/root.cnf"
	job dump "siantre-dump $args siantre | { head -c 100000; touch '$T/gate/in'" \
	    "while [ ! -e '$T/gate/go' ]; do sleep 0.05; done; cat; } | siantre-pack -q --require-end -o d.sql.gz"
	begin dump
	inside
	"$ROOT/tests/mariadbd" stop "$DB"
	"$ROOT/tests/mariadbd" start "$DB"
	got=0
	touch "$T/gate/go"
	wait "$pid" || got=$?
	cat "$T/stderr"
	[ "$got" != 0 ]
	grep -qE 'siantre-dump: .*(Lost connection|gone away|shutdown)' "$T/stderr"
	[ "$(last status)" = fail ]
	[ -z "$(sets)" ]
	touch "$T/gate/go"
	expect_ok runs dump
	whole
	tidy
}

@test "the database is started anew while it is restored: the live one is as it was" {
	start_db
	fill_small siantre 20000
	siantre-dump --defaults-file="$DB/root.cnf" siantre >"$T/d.sql"
	sql "CREATE TABLE newer (id int PRIMARY KEY); INSERT INTO newer VALUES (7)" siantre
	siantre-dump --defaults-file="$DB/root.cnf" siantre | sha256sum >"$T/live"
	siantre-restore db "$T/d.sql" --into siantre --yes -j 1 --defaults-file "$DB/root.cnf" >"$T/stdout" 2>"$T/stderr" 3>&- &
	pid=$!
	holders+=("$pid")
	# As soon as there is something beside the live one, it stands still.
	until_sql "SELECT 1 FROM information_schema.tables WHERE table_schema LIKE 'siantre\_%' LIMIT 1"
	kill -STOP "$pid"
	"$ROOT/tests/mariadbd" stop "$DB"
	"$ROOT/tests/mariadbd" start "$DB"
	kill -CONT "$pid"
	got=0
	wait "$pid" || got=$?
	cat "$T/stderr"
	[ "$got" = 69 ]
	siantre-dump --defaults-file="$DB/root.cnf" siantre | sha256sum | cmp - "$T/live"
	# What is half loaded is not taken for anything else, and the hint says what to do.
	said "hint: database \`siantre_new\` holds a part of the dump: drop it"
	expect_fail 73 "database \`siantre_new\` is in the way" siantre-restore db "$T/d.sql" --into siantre --yes --defaults-file "$DB/root.cnf"
	sql "DROP DATABASE siantre_new"
	expect_ok siantre-restore db "$T/d.sql" --into siantre --yes --defaults-file "$DB/root.cnf"
	siantre-dump --defaults-file="$DB/root.cnf" siantre | cmp - "$T/d.sql"
}
