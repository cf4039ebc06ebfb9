#!/usr/bin/env bats
# A call that fails while a tree is saved and brought back, copies are sent and alerts told: a small
# sample of what `make check-faults` does to each one.
# shellcheck disable=SC2154,SC2030,SC2031

load lib
load faults/lib

teardown() {
	[[ $BUILD == *-san ]] || lib_teardown
}

setup() {
	[[ $BUILD != *-san ]] || skip "a sanitizer comes before other libraries"
	lib_setup
	cat >"$T/x.conf" <<-CONF
		APP_DIR=$T/www/siantre
		BACKUP_DIR=$T/backup
		STATE_DIR=$T/state
		LOG_FILE=$T/log/backup.log
		WEB_CONFIG=$T/www/siantre/public
		SHIP_TO=$T/away
	CONF
	mkdir -p "$T/backup" "$T/state" "$T/log" "$T/www/siantre/public" "$T/www/siantre/storage"
	chmod 0700 "$T/backup"
	[ "$(id -u)" != 0 ] || chown siantre-backup: "$T/backup" "$T/state" "$T/log"
	echo 'APP_KEY=x' >"$T/www/siantre/.env"
	echo 'server {}' >"$T/www/siantre/public/x.conf"
	head -c 3000000 /dev/urandom >"$T/www/siantre/storage/foto.jpg"
	echo kecil >"$T/www/siantre/storage/kecil.txt"
}

# every CALL STEP COMMAND...: run it with each STEPth CALL failing; after each, `judge` is called with
# the exit code in $rc.  No command in that ends the test by itself: it returns.
every() {
	local call=$1 step=$2 n total
	shift 2
	faulty none:0 "$@"
	[ "$rc" = 0 ]
	judge
	total=$(calls "$call")
	[ "$total" -gt 5 ]
	for ((n = 1; n <= total; n += step)); do
		faulty "$call:$n" "$@"
		judge || { echo "$call:$n ended $rc: $(cat "$T/stderr")" && return 1; }
	done
}

jobs_with() { # jobs_with CALL:N: in what the scripts start that call fails
	head -c 88 /dev/zero >"$T/counts"
	chmod 0666 "$T/counts"
	cp -r "$ROOT/tools/jobs" "$T/jobs"
	sed -i "1a export FAULT=$1 FAULT_COUNT='$T/counts' LD_PRELOAD='$BUILD/faults.so'" "$T/jobs/files"
}

@test "each read of a tree fails once: it is said, or the file is named where zeros stand for it" {
	judge() {
		rm -rf "$T/out"
		[ $rc = 0 ] || { [ $rc = 74 ] && [ ! -e "$T/a.gz" ] && return; } || return 1
		mkdir "$T/out"
		tar -xzf "$T/a.gz" -C "$T/out"
		rm "$T/a.gz"
		diff -rq "$T/www" "$T/out" | sed 's/.* and \(.*\) differ$/\1/' >"$T/other"
		sed -n "s|^siantre-pack: \(.*\): Input/output error, filled with zeros from byte [0-9]*$|$T/out/\1|p" "$T/stderr" |
		    diff "$T/other" - || return 1
		python3 - "$T/notes" >"$T/noted" <<-'PYTHON' || return 1
			import json, sys
			note = json.loads(open(sys.argv[1]).read())
			assert note["warnings"] == len(note["skipped"])
			for skipped in note["skipped"]:
			    print(sys.argv[1][:-5] + "out/" + skipped["path"])
		PYTHON
		diff "$T/other" "$T/noted" && rm "$T/notes"
	}
	export SIANTRE_NOTES=$T/notes
	every read 1 siantre-pack -q -o "$T/a.gz" -C "$T/www" siantre
}

@test "a file that cannot be read: the set names it first, the event warns and counts, restoring tells" {
	local set
	jobs_with read:8
	ln -s gone "$T/www/siantre/link"
	perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, pack_sockaddr_un($ARGV[0])) or die' \
	    "$T/www/siantre/sock"
	expect_ok siantre-run -c "$T/x.conf" --jobs "$T/jobs" files
	set=$(cat "$T/stdout")
	grep -qE '^siantre-pack: siantre/storage/foto.jpg: Input/output error, filled with zeros from byte [0-9]+$' "$T/stderr"
	grep -qF '"status": "warn"' "$set/set.json"
	python3 -c 'import json, re, sys
warnings = json.load(open(sys.argv[1]))["warnings"]
assert len(warnings) == 1 and re.fullmatch("app_files.tar.gz: siantre/storage/foto.jpg: Input/output error, filled with zeros from byte [0-9]+", warnings[0]), warnings' \
	    "$set/set.json"
	tail -n 1 "$T/state/journal.jsonl" | grep -F '"status":"warn"' |
	    grep -qF '; warning: app_files.tar.gz: siantre/storage/foto.jpg: Input/output error'
	expect_ok siantre-restore files -q --into "$T/into" --allow-links "$set"
	grep -qE "^siantre-restore: app_files.tar.gz: when it was packed: siantre/storage/foto.jpg: Input/output error, filled with zeros from byte [0-9]+$" "$T/stderr"
	expect_ok siantre-restore files -q --into "$T/into" --what storage "$set"
	[ ! -s "$T/stderr" ]
}

@test "a socket alone is no warning" {
	perl -MSocket -e 'socket(S, AF_UNIX, SOCK_STREAM, 0) && bind(S, pack_sockaddr_un($ARGV[0])) or die' \
	    "$T/www/siantre/sock"
	expect_ok siantre-run -c "$T/x.conf" --jobs "$ROOT/tools/jobs" files
	grep -qF '"status": "ok"' "$(cat "$T/stdout")/set.json"
}

@test "each read of an archive fails once: none is called damaged for it, and no tree is left" {
	judge() {
		[ $rc = 0 ] || { [ $rc = 74 ] && [ ! -e "$T/into" ] && grep -qF 'Input/output error' "$T/stderr"; } || return 1
		rm -rf "$T/into"
		[ -z "$(compgen -G "$T/into*")" ]
	}
	siantre-pack -q -o "$T/a.gz" -C "$T/www" siantre
	every read 1 siantre-restore files -q --into "$T/into" "$T/a.gz"
}

@test "without memory a tree is packed whole, or not at all" {
	local uploads=$T/www/siantre/storage
	judge() {
		rm -rf "$T/out"
		# libarchive and the C library may end the program themselves.
		[ $rc = 0 ] || { [ ! -e "$T/a.gz" ] && return; }
		mkdir "$T/out"
		siantre-verify -q "$T/a.gz" && tar -xzf "$T/a.gz" -C "$T/out" 2>/dev/null || return 1
		rm "$T/a.gz"
		diff -r --no-dereference "$T/www" "$T/out"
	}
	# Names that need a header of their own, and a map.
	echo a >"$uploads/latin-"$'\xe9'".txt"
	echo b >"$uploads/KTP — Iñaki.txt"
	ln -s "$(printf 'jauh%.0s' {1..30})" "$uploads/tautan"
	truncate -s 1M "$uploads/jarang"
	echo c >>"$uploads/jarang"
	rm "$uploads/foto.jpg"
	every malloc 1 siantre-pack -q -o "$T/a.gz" -C "$T/www" siantre
}

@test "without memory nothing is called damaged" {
	judge() {
		# The C library ends a program itself where a library (libcap-ng) needs room for a thread's data.
		[[ " 0 1 71 73 74 75 78 " == *" $rc "* ]] || grep -q 'thread-local data: ABORT' "$T/stderr" || return 1
		lacks -E 'not JSON|damaged|no event|not a message|something in it|Unrecognized|no note' "$T/stderr" || return 1
		[ ! -e "$T/state/alert/state.damaged" ] || return 1
		[ -z "$(compgen -G "$T/state/alert/dead/*")" ]
	}
	mkdir "$T/away"
	[ "$(id -u)" != 0 ] || chown siantre-backup: "$T/away"
	siantre-ship -q -c "$T/x.conf" --create "$T/away"
	expect_ok siantre-run -q -c "$T/x.conf" --jobs "$ROOT/tools/jobs" files
	siantre-ship -q -c "$T/x.conf"
	every malloc 53 siantre-ship -q -c "$T/x.conf"
	# A state with an incident in it, and a message that waits.
	printf '%s\n' "CONTACT_PRIMARY='Siti <siti@dinas.example>'" MAIL=sendmail >>"$T/x.conf"
	printf '%s\n' '{"time":"2026-11-23T02:00:41Z","host":"web1","job":"db","event":"run","status":"fail","exit":69,"seconds":1,"bytes":0,"set":"","message":"no"}' >"$T/event"
	PATH=$T:$PATH siantre-alert -q -c "$T/x.conf" --queue <"$T/event"
	every malloc 61 siantre-alert -q -c "$T/x.conf" --queue <"$T/event"
}

@test "without memory the end of a rotated journal is not passed over" {
	local alert=(siantre-alert flush -q -c "$T/x.conf" --queue)
	judge() {
		rc=0
		"${alert[@]}" || rc=$?
		[ "$rc" = 0 ] && grep -q '"job": "late"' "$T/state/alert/state.json" || return 1
		rewind
	}
	rewind() {
		rm -rf "$T/state/alert"
		cp -a "$T/before" "$T/state/alert"
	}
	printf '%s\n' "CONTACT_PRIMARY='Siti <siti@dinas.example>'" MAIL=sendmail >>"$T/x.conf"
	event() {
		printf '{"time":"2026-11-23T02:00:41Z","host":"web1","job":"%s","event":"run","status":"fail","exit":69,"message":"no"}\n' "$1"
	}
	event early >"$T/state/journal.jsonl"
	"${alert[@]}"
	event late >>"$T/state/journal.jsonl"
	mv "$T/state/journal.jsonl" "$T/state/journal.jsonl.1"
	event new >"$T/state/journal.jsonl"
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/state"
	cp -a "$T/state/alert" "$T/before"
	every malloc 5 "${alert[@]}"
}

@test "without memory no right is called missing" {
	# The C library's look at the accounts may end the program itself.
	judge() { [[ " 0 71 73 74 75 78 127 134 139 " == *" $rc "* ]] || return 1; }
	every malloc 1 siantre-prune -q -c "$T/x.conf" --yes
	printf '%s\n' "CONTACT_PRIMARY='Siti <siti@dinas.example>'" MAIL=sendmail >>"$T/x.conf"
	every malloc 7 siantre-alert -q -c "$T/x.conf" --queue
}
