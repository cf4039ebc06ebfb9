#!/usr/bin/env bats
# siantre-run verify: what is kept is read again before somebody needs it.
# shellcheck disable=SC2154,SC2016

load lib

setup_file() {
	T=$(mktemp -d "${TMPDIR:-/tmp}/siantre-sets.XXXXXX")
	export SETS=$T
	chmod 0755 "$T"
	mkdir "$T/backup" "$T/backup/full" "$T/state" "$T/jobs"
	printf '%s\n' "BACKUP_DIR=$T/backup" "STATE_DIR=$T/state" "LOG_FILE=$T/state/backup.log" \
	    "CONTACT_PRIMARY=root@localhost" >"$T/x.conf"
	printf '%s\n' '#!/bin/bash' "head -c 100000 '$BUILD/siantre-run' | siantre-pack -q -o x.gz" |
	    tee "$T/jobs/full" >"$T/jobs/db"
	cp "$ROOT/tools/jobs/verify" "$T/jobs"
	chmod 0755 "$T"/jobs/*
	chmod 0700 "$T/backup"
	ours "$T/backup" "$T/backup/full" "$T/state"
	for _ in {1..7}; do
		runs -q db
	done
	runs -q full
}

teardown_file() {
	rm -rf "$SETS"
}

setup() {
	lib_setup
	cp -a "$SETS/." "$T"
	sed -i "s|$SETS|$T|" "$T/x.conf"
	mapfile -t sets < <(cd "$T/backup" && ls -d 2* full/2*)
	# Each was last read a day after the one before.
	for i in {0..7}; do
		record "$i" "time" "2026-01-0$((i + 1))T02:00:00Z"
	done
}

# record I KEY VALUE: let the record of the set I say so.
record() {
	local file=$T/backup/${sets[$1]}/verified.json
	jq --arg value "$3" ".$2 = \$value" "$file" >"$T/record"
	rm -f "$file"
	install -m 0440 "$T/record" "$file"
	ours "$file"
}

# read_again I...: these sets, and no others, were read since their records were written.
read_again() {
	local i
	for i in {0..7}; do
		if grep -q '"2026-01-' "$T/backup/${sets[i]}/verified.json"; then
			[[ " $* " != *" $i "* ]] || { echo "${sets[i]} was not read" && return 1; }
		else
			[[ " $* " == *" $i "* ]] || { echo "${sets[i]} was read" && return 1; }
		fi
	done
}

# last KEY...: what the last line of the journal has.
last() {
	tail -n 1 "$T/state/journal.jsonl" | jq -r "[$1] | join(\" \")"
}

# spoil I: damage the middle of its file.
spoil() {
	flip "$T/backup/${sets[$1]}/x.gz" 9000
}

@test "a quarter of the sets is read again, those first that were not for the longest time" {
	runs verify 2>"$T/stderr"
	read_again 0 1
	[ "$(last .job,.event,.status,.exit,.message)" = \
	    "verify verify ok 0 verify: 2 of 8 sets were read again, and are as they were" ]
	runs --wait verify 2>"$T/stderr"
	[ ! -s "$T/stderr" ]
	read_again 0 1 2 3
	runs -q verify
	runs -q verify
	read_again 0 1 2 3 4 5 6 7
	[ "$(jq -r .level,.result "$T/backup/${sets[7]}/verified.json" | paste -sd ' ')" = "structure ok" ]
}

@test "a set that has rotted fails the run by name, no longer counts, and is not forgotten" {
	spoil 1
	expect_fail 65 "verify: 1 of 2 sets that were read again are damaged: ${sets[1]}" runs verify
	[[ $(last .event,.status,.exit,.message) == "verify fail 65 siantre-verify: $T/backup/${sets[1]}/x.gz: checksum differs; "*"1 of 2 sets that were read again are damaged: ${sets[1]}" ]]
	[ "$(jq -r .result "$T/backup/${sets[1]}/verified.json")" = fail ]
	# It is read again each time, beside the quarter of the others.
	expect_fail 65 "verify: 1 of 3 sets that were read again are damaged: ${sets[1]}" runs verify
	read_again 0 1 2 3
	# Somebody brings the sound one back.
	install -m 0440 "$T/backup/${sets[0]}/x.gz" "$T/backup/${sets[1]}/x.gz"
	ours "$T/backup/${sets[1]}/x.gz"
	runs -q verify
	[ "$(jq -r .result "$T/backup/${sets[1]}/verified.json")" = ok ]
	[ "$(last .status)" = ok ]
}

@test "those who are responsible hear of it once, and again when it is mended" {
	siantre-alert check -c "$T/x.conf" --queue --quiet || true
	spoil 0
	expect_fail 65 damaged runs -q verify
	siantre-alert check -c "$T/x.conf" --queue --quiet || true
	grep -rls 'a backup that is kept is damaged' "$T/state/alert" >"$T/told"
	[ -s "$T/told" ]
	expect_fail 65 damaged runs -q verify
	siantre-alert check -c "$T/x.conf" --queue --quiet || true
	grep -rls 'a backup that is kept is damaged' "$T/state/alert" | diff "$T/told" -
	siantre-alert list -c "$T/x.conf" >"$T/open" || true
	grep -q 'verify' "$T/open"
	install -m 0440 "$T/backup/${sets[1]}/x.gz" "$T/backup/${sets[0]}/x.gz"
	ours "$T/backup/${sets[0]}/x.gz"
	runs -q verify
	siantre-alert check -c "$T/x.conf" --queue --quiet || true
	siantre-alert list -c "$T/x.conf" >"$T/open" || true
	[ "$(grep -c 'verify' "$T/open")" = 0 ]
}

@test "a drilled set keeps its record, and has its turn like the others" {
	record 0 level drill
	runs -q verify
	read_again 1 # its time is that of the drill
	[ "$(jq -r '.level, .time' "$T/backup/${sets[0]}/verified.json" | paste -sd ' ')" = "drill 2026-01-01T02:00:00Z" ]
	[[ $(jq -r .read "$T/backup/${sets[0]}/verified.json") > 2026-02 ]]
	runs -q verify
	read_again 1 2 3
	# A drill that failed is not put right by reading.
	record 4 level drill
	record 4 result fail
	expect_fail 65 "verify: 1 of 3 sets that were read again are damaged: ${sets[4]}" runs verify
}

@test "a set that was read in the future, by a clock that went wrong, is read at once" {
	record 6 time 2999-01-01T02:00:00Z
	runs -q verify
	read_again 0 1 6
	[ "$(grep -L '"2999-' "$T"/backup/{,full/}2*/verified.json | wc -l)" = 8 ]
	[ "$(last .message)" = "verify: 3 of 8 sets were read again, and are as they were" ]
	runs -q verify
	[ "$(last .message)" = "verify: 2 of 8 sets were read again, and are as they were" ]
	read_again 0 1 2 3 6
}

@test "a set without a proof is read at once; a folder without sets is none of its business" {
	rm "$T/backup/${sets[6]}/verified.json"
	mkdir "$T/backup/20260101_020000.bak" "$T/backup/mine"
	runs -q verify
	[ "$(last .message)" = "verify: 3 of 8 sets were read again, and are as they were" ]
	# One that nothing can be proven of.
	rm "$T/backup/${sets[6]}"/{verified.json,SHA256SUMS}
	rc=0
	runs -q verify 2>"$T/stderr" || rc=$?
	[ $rc != 0 ]
	[[ $(last .status,.message) == "fail "*"; verify: 1 of 3 sets that were read again "*": ${sets[6]}" ]]

	rm -rf "${T:?}/backup/"*
	rm -f "$T/state/journal.jsonl"
	echo "BACKUP_MOUNT=$T/backup" >>"$T/x.conf"
	expect_fail 73 "mount point $T/backup: nothing is mounted there" runs -q verify
	[[ $(last .event,.status,.exit,.message) == "verify fail 73 siantre-run: mount point $T/backup: nothing is mounted there"* ]]
	sed -i '$d' "$T/x.conf"
	mv "$T/backup" "$T/away"
	expect_fail 74 "verify: BACKUP_DIR=$T/backup: no folder that can be read" runs -q verify
	mv "$T/away" "$T/backup"
	runs -q verify
	[ "$(last .status,.message)" = "ok verify: 0 of 0 sets were read again, and are as they were" ]
}

@test "a journal that is rotated while it runs has its line once" {
	local before
	runs -q verify
	runs -q verify
	# It tells of itself, before and behind that moment.
	for before in yes no; do
		cat >"$T/jobs/verify" <<-JOB
			#!/bin/bash
			set -euo pipefail
			tell() {
				echo '{"time":"2026-11-27T00:00:00Z","host":"h","job":"verify","event":"verify","status":"ok","exit":0}' >>"$T/state/journal.jsonl"
			}
			[ $before = no ] || tell
			mv "$T/state/journal.jsonl" "$T/state/journal.jsonl.1"
			[ $before = yes ] || tell
		JOB
		runs -q verify
		[ "$(cat "$T"/state/journal.jsonl{.1,} 2>/dev/null | grep -c '"event":"verify"')" = 3 ]
		cat "$T"/state/journal.jsonl{.1,} 2>/dev/null | grep -v '2026-11-27T00:00:00Z' >"$T/journal" || true
		rm "$T"/state/journal.jsonl*
		install -m 0640 "$T/journal" "$T/state/journal.jsonl"
		ours "$T/state/journal.jsonl"
	done
	# One that says nothing is told of.
	printf '%s\n' '#!/bin/bash' "mv '$T/state/journal.jsonl' '$T/state/journal.jsonl.1'" >"$T/jobs/verify"
	runs -q verify
	[ "$(grep -c '"event":"verify"' "$T/state/journal.jsonl")" = 1 ]
}

@test "a chore that tells of one thing that went well, and fails then, has failed" {
	cat >"$T/jobs/verify" <<-JOB
		#!/bin/bash
		echo '{"time":"2026-11-27T00:00:00Z","host":"h","job":"verify","event":"verify","status":"ok","exit":0}' >>"$T/state/journal.jsonl"
		kill -9 \$\$
	JOB
	expect_fail 1 "" runs -q verify
	[ "$(jq -r 'select(.event == "verify").status' "$T/state/journal.jsonl" | xargs)" = "ok fail" ]
}
