#!/usr/bin/env bats
# siantre-ship: copies elsewhere, with every kind of place there is.  SHIP_ALL=1 takes each of them in
# every test.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031,SC2034

load lib
load remotes
load ship

setup_file() {
	start_rsyncd
	start_sshd
	start_sftp
	start_webdav
	[ ! -d "$("$ROOT/tests/npm" s3 --where)" ] || start_s3
}

teardown_file() {
	stop_far
}

teardown() {
	stop_far
	lib_teardown
}

# happy KIND: from nothing to a set that is back.
happy() {
	make_sets db 20261101_020000 20261102_020000
	make_set 20261101_040000 full
	place "$1"
	expect_ok ship --create "$DEST"
	[ ! -s "$T/stdout" ]
	[ ! -s "$T/stderr" ]
	expect_ok ship -n --to "$DEST"
	said "siantre-ship: $DEST: would send 20261101_020000"
	[ -z "$(there)" ]
	expect_ok ship -v --to "$DEST"
	said "siantre-ship: $DEST: sending full/20261101_040000"
	grep -qE "^siantre-ship: $DEST: 3 sent \([0-9.]+ KiB\), 0 proven again, 0 removed, 3 there, the newest 20261102_020000 in " "$T/stderr"
	all_there
	expect_ok ship --to "$DEST" --check all
	grep -qF ": 0 sent (0 B), 3 proven again, 0 removed, 3 there" "$T/stderr"
	expect_ok ship --list "$DEST"
	printf '%s\t%s\tverified\n' 20261102_020000 db full/20261101_040000 full 20261101_020000 db |
	    cmp - "$T/stdout"
	siantre-prune --keep-last 1 - <"$T/stdout"
	# And back.
	mkdir "$T/back"
	ours "$T/back"
	expect_ok ship --from "$DEST" latest "$T/back/all"
	printf '%s\n' "$T/back/all/full/20261101_040000" "$T/back/all/20261102_020000" | cmp - "$T/stdout"
	diff -r "$BACKUP/20261102_020000" "$T/back/all/20261102_020000"
	diff -r "$BACKUP/full/20261101_040000" "$T/back/all/full/20261101_040000"
	siantre-verify -q "$T/back/all/20261102_020000"
	[ "$(stat -c %a "$T/back/all/20261102_020000/set.json")" = 440 ]
}

@test "what is fetched, and what cannot be" {
	happy folder
	expect_ok ship -q --to "$DEST"
	[ ! -s "$T/stderr" ]
	# What is there already stays, and is named.
	for i in 1 2; do
		expect_ok ship --from "$DEST" 20261101_020000 "$T/back/one"
		[ "$(cat "$T/stdout")" = "$T/back/one/20261101_020000" ]
	done
	expect_ok ship --from "$DEST" --job full latest "$T/back/full"
	[ "$(cat "$T/stdout")" = "$T/back/full/full/20261101_040000" ]
	expect_fail 65 "$DEST: no set 20261109_020000 there" ship --from "$DEST" 20261109_020000 "$T/back/x"
	said "hint: siantre-ship --list $DEST"
	expect_fail 65 "$DEST: no set latest of the job none there" ship --from "$DEST" --job none latest "$T/back/x"
	# Another set of that name.
	rm -rf "$T/back/one/20261101_020000"
	cp -a "$BACKUP/20261102_020000" "$T/back/one/20261101_020000"
	expect_fail 73 "$T/back/one/20261101_020000: another set of this name is there" ship --from "$DEST" 20261101_020000 "$T/back/one"
	# That set, which is damaged by now, is none to restore from.
	flip "$T/back/all/20261102_020000/files.tar.gz" 900
	expect_fail 65 "$T/back/all/20261102_020000/files.tar.gz: other bytes than were sent" ship --from "$DEST" 20261102_020000 "$T/back/all"
	said "hint: move $T/back/all/20261102_020000 away, and it is fetched anew"
	[ ! -s "$T/stdout" ]
	expect_fail 64 "--dry-run is for sets that are sent" ship -n --from "$DEST" latest "$T/back/x"
	expect_fail 64 '--timeout: "" is not a duration such as 2m' ship --timeout '' --list "$DEST"
	echo SHIP_TIMEOUT=0 >>"$CONF"
	expect_fail 64 '--timeout: "0" is not a duration such as 2m' ship --list "$DEST"
}

@test "a daemon" { happy rsync; }
@test "ssh with a shell" { happy ssh; }
@test "ssh that is held to rrsync" { once && happy rrsync; }
@test "rclone: SFTP" { once && happy sftp; }
@test "rclone: WebDAV" { happy dav; }
@test "rclone: S3" { once && happy s3; }

# streams KIND: standard input as one file.
streams() {
	make_sets db 20261101_020000
	place "$1"
	expect_ok ship --create "$DEST"
	seq 1 200000 >"$T/plain"
	siantre-pack -q <"$T/plain" >"$T/x.sql.gz"
	ship --to "$DEST" --name x.sql.gz -q < <(cat "$T/x.sql.gz")
	at
	cmp "$T/x.sql.gz" "$AT/x.sql.gz"
	# A taken name, and what is not whole.
	expect_fail 73 "x.sql.gz" ship --to "$DEST" --name x.sql.gz < <(head -c 1000 "$T/plain" | siantre-pack -q)
	at
	cmp "$T/x.sql.gz" "$AT/x.sql.gz"
	expect_fail 65 "truncated after " ship --to "$DEST" --name y.sql.gz < <(head -c -1 "$T/x.sql.gz")
	at
	[ "$(cd "$AT" && find . -maxdepth 1 -type f -printf '%f\n' | sort | xargs)" = "README.txt x.sql.gz" ]
	nothing_unfinished
	[ -z "$(find "$(state)" -path '*deposit/*' -print)" ]
}

@test "a stream must be whole" {
	streams folder
	expect_fail 65 "stdin: empty" ship --to "$DEST" --name y.txt </dev/null
	expect_fail 65 "stdin: empty" ship --to "$DEST" --name y.sql.gz </dev/null
	expect_fail 65 "siantre-pack: stdin: " ship --to "$DEST" --name y.sql.gz < <(cat "$T/x.sql.gz" "$T/plain")
	expect_fail 65 "siantre-pack: stdin: not gzip" ship --to "$DEST" --name y.sql.gz <"$T/plain"
	expect_fail 65 "no end mark" ship --to "$DEST" --name y.sql.gz --require-end <"$T/x.sql.gz"
	expect_fail 65 "no end mark" ship --to "$DEST" --name y.sql --require-end <"$T/plain"
	expect_fail 65 "stdin: " ship --to "$DEST" --name y.sql.gz.age <"$T/plain"
	[ "$(cd "$AT" && find . -maxdepth 1 -type f -printf '%f\n' | sort | xargs)" = "README.txt x.sql.gz" ]
	nothing_unfinished
	ship --to "$DEST" --name plain.txt -q < <(cat "$T/plain")
	cmp "$T/plain" "$AT/plain.txt"
	printf -- '-- siantre-dump 1\nSELECT 1;\n' | "$ROOT/tests/endmark" >"$T/dump.sql"
	expect_ok ship --to "$DEST" --name z.sql.gz --require-end < <(siantre-pack -q <"$T/dump.sql")
	expect_ok ship --to "$DEST" --name z.sql --require-end <"$T/dump.sql"
	# The sets of a place are not disturbed.
	expect_ok ship --to "$DEST"
	all_there
	[ -e "$AT/plain.txt" ]
	expect_fail 64 "--name: letters, digits, dots, dashes and underscores" ship --to "$DEST" --name ../x </dev/null
	expect_fail 64 "--name: letters, digits" ship --to "$DEST" --name .x </dev/null
	expect_fail 64 "and not the name of a set" ship --to "$DEST" --name 20261101_020000 </dev/null
}

@test "a stream that is stopped in the middle leaves nothing" {
	for kind in $(few folder rsync ssh); do
		echo $kind
		place $kind
		make_sets db "2026110$((i += 1))_020000"
		expect_ok ship --create "$DEST"
		rm -f "$T/slow"
		mkfifo "$T/slow"
		siantre-ship -c "$CONF" "${OPTIONS[@]}" --to "$DEST" --name w.txt <"$T/slow" 2>"$T/stderr" 3>&- &
		pid=$!
		exec 7>"$T/slow"
		seq 1 100000 >&7
		kill -TERM $pid
		exec 7>&-
		got=0
		wait $pid || got=$?
		[ $got = 143 ]
		at
		# The shell at the other end learns of it by the line.
		comes nothing_unfinished
		[ ! -e "$AT/w.txt" ]
	done
}

@test "a stream to a daemon" { streams rsync; }
@test "a stream over ssh" { streams ssh; }
@test "a stream over ssh that is held to rrsync" { once && streams rrsync; }
@test "a stream over SFTP" { once && streams sftp; }
@test "a stream over WebDAV" { streams dav; }
@test "a stream to S3" { once && streams s3; }

@test "a README.txt of somebody else stays" {
	for kind in $(few folder rsync ssh sftp); do
		[ $kind != s3 ] || continue
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		make_sets db 20261101_020000
		place $kind
		mkdir -p "$AT"
		echo mine >"$AT/README.txt"
		ours "$AT"
		changed
		expect_ok ship --create "$DEST"
		[ "$(cat "$AT/README.txt")" = mine ]
		heals
	done
}

@test "two streams of one name at once" {
	for kind in $(few folder rsync ssh sftp); do
		echo $kind
		rm -rf "${BACKUP:-$T/backup}" "$T/slow"
		make_sets db 20261101_020000
		place $kind
		expect_ok ship --create "$DEST"
		mkfifo "$T/slow"
		ship --to "$DEST" --name w.txt <"$T/slow" 2>"$T/err" 3>&- &
		exec 7>"$T/slow"
		echo one >&7
		# Where it is kept is not there before that run is.
		spooled() { [ -e "$(state)/deposit/w.txt" ]; }
		comes spooled
		expect_fail 75 "w.txt: another run is writing it" ship --to "$DEST" --name w.txt <<<two
		# Another name, or sets, may go at the same time.
		expect_ok ship --to "$DEST" --name v.txt <<<three
		expect_ok ship --to "$DEST"
		exec 7>&-
		wait
		at
		[ "$(cat "$AT/w.txt")" = one ]
		[ "$(cat "$AT/v.txt")" = three ]
		all_there
	done
}

@test "one name of a stream from two sides" {
	place folder
	make_sets db 20261101_020000
	expect_ok ship --create "$DEST"
	mkfifo "$T/slow"
	ship --to "$DEST" --name w.txt <"$T/slow" 2>"$T/err" 3>&- &
	exec 7>"$T/slow"
	echo one >&7
	comes test -s "$AT/.partial/w.txt.stream"
	# Here by what is known of the place, under whatever name; from elsewhere by the file there.
	expect_fail 75 "/deposit/w.txt: another run is writing it" ship --to "$DEST/." --name w.txt <<<two
	mkdir "$T/other"
	ours "$T/other"
	expect_fail 75 "w.txt.stream: another run is writing it" ship --state "$T/other" --to "$DEST" --name w.txt <<<two
	exec 7>&-
	wait
	[ "$(cat "$AT/w.txt")" = one ]
}

@test "a job that begins leaves alone what is being fetched into its folder" {
	local pid inode
	head -c 100000 /dev/urandom | base64 >"$T/more"
	make_big 20261101_020000 "$T/more"
	place rsync
	expect_ok ship --create "$DEST"
	expect_ok ship --to "$DEST"
	mkdir "$T/other" "$T/jobs" "$T/state2"
	ours "$T/other" "$T/state2"
	printf '#!/bin/bash\necho fine >fine.txt\n' >"$T/jobs/fine"
	chmod 0755 "$T/jobs/fine"
	printf '%s\n' "BACKUP_DIR=$T/other" "STATE_DIR=$T/state2" "LOG_FILE=$T/state2/log" >"$T/other.conf"
	start_proxy "$RSYNCD_PORT" slow 20000
	siantre-ship -c "$CONF" --from "${DEST/$RSYNCD_PORT/$PROXY_PORT}" latest "$T/other" >"$T/fetched" 3>&- &
	pid=$!
	comes test -d "$T/other/.partial/20261101_020000"
	comes pgrep -P "$pid" rsync
	inode=$(stat -c %i "$T/other/.partial/20261101_020000")
	expect_ok siantre-run -q -c "$T/other.conf" --jobs "$T/jobs" fine
	# Gone, it would be fetched once more, from the beginning.
	[ "$(stat -c %i "$T/other/.partial/20261101_020000")" = "$inode" ]
	kill -0 "$pid"
	wait "$pid"
	[ "$(cat "$T/fetched")" = "$T/other/20261101_020000" ]
	siantre-verify -q "$T/other/20261101_020000"
}

@test "several places, of which one does not answer; the journal" {
	make_sets db 20261101_020000
	place folder one
	mkdir "$T/two"
	ours "$T/two"
	expect_ok ship --create "$T/one"
	expect_ok ship --create "$T/two"
	expect_fail 78 "Connection refused" ship --to rsync://127.0.0.1:1/x/y --to "$T/one" --to "$T/nowhere" --to "$T/two"
	grep -qF "hint: siantre-ship --create $T/nowhere makes it one" "$T/stderr"
	all_there
	AT=$T/two all_there
	# Whoever names a place by hand leaves no event.
	[ "$(grep -c '"ship"' "$T/far.state/journal.jsonl")" = 0 ]
	make_sets db 20261102_020000
	echo "SHIP_TO=\"$T/one  rsync://127.0.0.1:1/x/y $T/two\"" >>"$CONF"
	expect_fail 69 "Connection refused" ship
	jq -c 'select(.event == "ship") | [.job, .status, .exit, .set]' "$T/far.state/journal.jsonl" >"$T/events"
	printf '%s\n' '["ship","ok",0,"20261102_020000"]' '["ship","fail",69,null]' '["ship","ok",0,"20261102_020000"]' |
	    cmp - "$T/events"
	jq -r 'select(.event == "ship") | .message' "$T/far.state/journal.jsonl" | grep -qF "$T/two: 1 sent ("
	sed -i '/^SHIP_TO/d' "$CONF"
	expect_ok ship
	said "siantre-ship: SHIP_TO is empty: there is no place to send to"
}

@test "a week without a line heals itself, the oldest first" {
	place rsync
	make_sets db 20261101_020000
	expect_ok ship --create "$DEST"
	expect_ok ship --to "$DEST"
	make_sets db 2026110{7,3,5,4,2,6}_020000
	make_set 20261104_030000 full
	expect_ok ship -v --to "$DEST"
	sed -n "s|^siantre-ship: $DEST: sending ||p" "$T/stderr" >"$T/order"
	printf '%s\n' 2026110{2,3,4}_020000 full/20261104_030000 2026110{5,6,7}_020000 | cmp - "$T/order"
	all_there
}

@test "what is not verified, damaged or of another is not sent, and keeps back nothing" {
	for kind in folder rsync; do
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2,3,4,5}_020000
		# Not verified; damaged since; what cannot be read; a failed proof.
		rm "$BACKUP/20261101_020000/verified.json"
		chmod u+w "$BACKUP/20261102_020000/note.txt"
		echo x >>"$BACKUP/20261102_020000/note.txt"
		rm "$BACKUP/20261103_020000/note.txt"
		mkdir "$BACKUP/20261103_020000/note.txt"
		expect_ok ship --create "$DEST"
		expect_fail 65 "siantre-ship: $BACKUP/20261101_020000: not verified, not sent" ship --to "$DEST"
		said "siantre-ship: $BACKUP/20261102_020000/note.txt: other bytes than were sent"
		grep -qF "siantre-ship: $BACKUP/20261103_020000/note.txt: " "$T/stderr"
		[ "$(there | xargs)" = "20261104_020000 20261105_020000" ]
		no_half
		expect_fail 65 "20261101_020000: not verified, not sent" ship --to "$DEST" "$BACKUP/20261101_020000"
		expect_fail 65 "20261102_020000/note.txt: other bytes than were sent" ship --to "$DEST" "$BACKUP/20261102_020000"
		# Another set of this name.
		rm -rf "$BACKUP"/2026110{1,2,3,4}_020000
		make_sets db 20261106_020000
		expect_ok ship --to "$DEST"
		seq 1 10 >"$T/ten"
		rm -rf "$BACKUP/20261106_020000"
		make_big 20261106_020000 "$T/ten"
		make_sets db 20261107_020000
		cp -a "$AT/20261106_020000" "$T/was"
		expect_fail 65 "$DEST: 20261106_020000: another set of this name is there; it is left alone" ship --to "$DEST"
		diff -r "$T/was" "$AT/20261106_020000"
		[ -d "$AT/20261107_020000" ]
		rm -rf "$T/was"
	done
}

@test "what cannot be said to be verified is no success" {
	place folder
	make_sets db 2026110{1,2,3}_020000
	expect_ok ship --create "$DEST"
	chmod 0 "$BACKUP/20261102_020000/verified.json"
	expect_fail 74 "$BACKUP/20261102_020000/verified.json: Permission denied" ship --to "$DEST"
	[ "$(there | xargs)" = "20261101_020000 20261103_020000" ]
	expect_fail 74 "verified.json: Permission denied" ship --to "$DEST" "$BACKUP/20261102_020000"
	chmod 440 "$BACKUP/20261102_020000/verified.json"
	heals
}

@test "a backup disk that is not mounted is no success" {
	place folder
	make_sets db 20261101_020000
	expect_ok ship --create "$DEST"
	echo "BACKUP_MOUNT=$BACKUP" >>"$CONF"
	expect_fail 73 "mount point $BACKUP: nothing is mounted there" ship --to "$DEST"
	# What is named is meant.
	expect_ok ship --to "$DEST" "$BACKUP"
	all_there
}

@test "retention there goes by what lies there" {
	for kind in $(few folder rsync); do
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2,3,4,5,6,7}_020000
		expect_ok ship --create "$DEST"
		expect_ok ship -q --to "$DEST"
		# All but the newest are gone here, which is no reason for anything there.
		rm -rf "$BACKUP"/2026110{1,2,3,4,5,6}_020000
		expect_ok ship -q --to "$DEST" --keep within=1y
		[ "$(there | wc -l)" = 7 ]
		# More than half at once.
		expect_ok ship --to "$DEST" --keep last=1
		grep -qE "^siantre-ship: $DEST: of the job db of [^ ]+ on [^ ]+ nothing is removed: " "$T/stderr"
		[ "$(there | wc -l)" = 7 ]
		expect_ok ship -n --to "$DEST" --keep last=1 --allow-many
		said "siantre-ship: $DEST: would remove 20261101_020000"
		[ "$(there | wc -l)" = 7 ]
		# Three stay, whatever the rules say.
		expect_ok ship -v --to "$DEST" --keep last=1 --allow-many
		said "siantre-ship: $DEST: removing 20261104_020000"
		[ "$(there | xargs)" = "20261105_020000 20261106_020000 20261107_020000" ]
		no_half
		nothing_unfinished
		at
		[ ! -e "$AT/20261101_020000" ]
		[ -e "$AT/README.txt" ]
		# A set that would go at once is not sent.
		make_sets db 20261101_020000
		expect_ok ship -v --to "$DEST" --keep last=1
		said "siantre-ship: $DEST: too old for 20261101_020000"
		[ "$(there | wc -l)" = 3 ]
	done
}

@test "what the machine there has accepted is not sent again" {
	for kind in $(few rsync folder); do
		[ $kind != s3 ] || continue
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2,3}_020000
		make_sets full 20261101_040000
		expect_ok ship --create "$DEST"
		expect_ok ship -q --to "$DEST"
		(cd "$AT" && for set in 2026110{1,2}_020000 full/20261101_040000; do
			printf '%s  %s\n' "$set" "$(sha256sum <"$set/SHA256SUMS" | cut -d ' ' -f 1)"
			rm -rf "$set"
		done >ACCEPTED)
		chmod 0444 "$AT/ACCEPTED"
		changed
		make_sets db 20261104_020000
		expect_ok ship -v --check none --to "$DEST" --keep last=1 --allow-many
		grep -qE ": 1 sent \(.*, 0 proven again, 0 removed, 5 there, the newest 20261104_020000 in " "$T/stderr"
		[ "$(there | xargs)" = "20261103_020000 20261104_020000" ]
		# Another one of the same name is told.
		chmod 0644 "$AT/ACCEPTED"
		sed -i "1s/  .*/  $(echo another | sha256sum | cut -d ' ' -f 1)/" "$AT/ACCEPTED"
		changed
		expect_fail 65 "$DEST: 20261101_020000: another set of this name is there" ship --to "$DEST"
		# Who does not know what is there sends nothing.
		echo rubbish >"$AT/ACCEPTED"
		changed
		make_sets db 20261105_020000
		expect_fail 65 "ACCEPTED" ship --to "$DEST"
		[ "$(there | xargs)" = "20261103_020000 20261104_020000" ]
	done
}

@test "what is known of a place may be lost, damaged or forged" {
	for kind in $(few rsync sftp); do
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2,3}_020000
		expect_ok ship --create "$DEST"
		expect_ok ship -q --to "$DEST"
		state=$(state)
		chmod u+w "$state/proven.json"
		echo '{"20261101' >"$state/proven.json"
		# Forged texts of a set that is not there, and of one that is.
		mkdir "$state/mirror/20261109_020000"
		cp "$state/mirror/20261101_020000/"* "$state/mirror/20261109_020000/"
		chmod u+w "$state/mirror/20261102_020000/SHA256SUMS"
		sed -i "1s/^[0-9a-f]*/$(echo forged | sha256sum | cut -d ' ' -f 1)/" "$state/mirror/20261102_020000/SHA256SUMS"
		ln -s /etc "$state/mirror/20261108_020000"
		ours "$state"
		expect_ok ship --to "$DEST"
		grep -qF "proven.json:" "$T/stderr"
		grep -qF ": 0 sent (0 B), 3 proven again, 0 removed, 3 there" "$T/stderr"
		all_there
		[ "$(ship --list "$DEST" | wc -l)" = 3 ]
		rm -rf "$state"
		expect_ok ship -v --to "$DEST"
		grep -qF ": 0 sent (0 B), 3 proven again" "$T/stderr"
		# The newest is proven first.
		grep -m 1 -q "proving 20261103_020000" <(grep proving "$T/stderr")
		[ -e /etc/passwd ]
	done
}

# rot FILE: turn a bit in a file that lies there, and keep its date.
rot() {
	chmod u+w "$AT/$1"
	cp -p "$AT/$1" "$T/rotten"
	flip "$T/rotten" $(($(stat -c %s "$T/rotten") / 2))
	cp -p "$T/rotten" "$AT/$1"
	rm "$T/rotten"
}

@test "what rots there is found, and mended from here where it still is" {
	for kind in $(few folder rsync); do
		[ $kind != s3 ] || continue
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2,3,4,5}_020000
		expect_ok ship --create "$DEST"
		expect_ok ship -q --to "$DEST"
		rot 20261101_020000/files.tar.gz
		echo more >"$AT/20261102_020000/stray"
		rm -f "$AT/20261103_020000/note.txt"
		changed
		# Nothing of it shows in the small texts.
		[ $kind = folder ] || [ $kind = ssh ] || expect_ok ship -q --to "$DEST"
		expect_ok ship --to "$DEST" --check all
		grep -qF "/20261101_020000/files.tar.gz: other bytes than were sent" "$T/stderr"
		said "siantre-ship: $DEST: 20261101_020000 is damaged there; sending it anew"
		grep -qE "/20261102_020000/stray: it does not belong to the set" "$T/stderr"
		grep -qE "/20261103_020000/note.txt: it is not there" "$T/stderr"
		changed
		all_there
		# The small texts themselves.
		rot 20261104_020000/SHA256SUMS
		rot 20261105_020000/set.json
		changed
		expect_ok ship --to "$DEST"
		said "siantre-ship: $DEST: 20261104_020000 is damaged there; sending it anew"
		said "siantre-ship: $DEST: 20261105_020000 is damaged there; sending it anew"
		changed
		all_there
		mkdir -p "$T/back"
		ours "$T/back"
		# Gone here: it is told, each time, until somebody has seen to it.
		mkdir "$T/gone"
		mv "$BACKUP"/2026110{1,5}_020000 "$T/gone"
		rot 20261105_020000/files.tar.gz
		changed
		expect_fail 65 "$DEST: 20261105_020000 is damaged there, and not here any more" ship --to "$DEST" --check all
		# Retention does not rely on it: the newest that is whole stays, and two beside.
		expect_fail 65 "20261105_020000 is damaged there" ship --to "$DEST" --check none --keep last=1 --allow-many
		[ "$(there | xargs)" = "20261102_020000 20261103_020000 20261104_020000 20261105_020000" ]
		expect_fail 65 "20261105_020000/files.tar.gz: other bytes than were sent" ship --from "$DEST" 20261105_020000 "$T/back/$kind"
		[ ! -e "$T/back/$kind/20261105_020000" ]
		# Nor does anybody who looks.
		[ "$(ship --list "$DEST" | head -n 2 | xargs)" = "20261105_020000 db unverified 20261104_020000 db verified" ]
		expect_ok ship --from "$DEST" latest "$T/back/$kind"
		[ "$(cd "$T/back/$kind" && echo 2*)" = 20261104_020000 ]
		cp -p "$T/gone/20261105_020000/files.tar.gz" "$AT/20261105_020000/files.tar.gz"
		changed
		expect_ok ship --to "$DEST" --check none
		grep -qF "1 proven again" "$T/stderr"
		rm -rf "$T/gone"
	done
}

@test "what is damaged there is not called proven any more where it cannot be mended" {
	place folder
	make_sets db 2026110{1,2}_020000
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	rot 20261102_020000/files.tar.gz
	# Nobody may write where it is sent anew.
	chmod 0500 "$AT/.partial"
	expect_fail 77 "$AT/.partial/20261102_020000: Permission denied" ship --to "$DEST" --check all
	said "siantre-ship: $DEST: 20261102_020000 is damaged there; sending it anew"
	grep -qF ", the newest 20261101_020000 in " "$T/stderr"
	jq -e '."20261102_020000" | .failed and (.sums | not)' "$(state)/proven.json"
	[ "$(ship --list "$DEST" | xargs)" = "20261102_020000 db unverified 20261101_020000 db verified" ]
	chmod 0700 "$AT/.partial"
	# It is mended by the next run, whatever that is to prove again.
	heals --check none
	[ "$(ship --list "$DEST" | grep -c unverified)" = 0 ]
}

@test "a disk that does not give its bytes back is damage that is mended, and the run goes on" {
	once
	cat >"$T/eio.c" <<-'C'
		#include <errno.h>
		#include <stdlib.h>
		#include <sys/stat.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		ssize_t read(int fd, void *buf, size_t len)
		{
			static int times;
			struct stat st;
			if (fstat(fd, &st) == 0 && st.st_ino == strtoul(getenv("BAD_INODE"), NULL, 10) &&
			    times++ < atoi(getenv("BAD_TIMES"))) {
				errno = EIO;
				return -1;
			}
			return syscall(SYS_read, fd, buf, len);
		}
	C
	cc -D_GNU_SOURCE -shared -fPIC -o "$T/eio.so" "$T/eio.c"
	place folder
	make_sets db 2026110{1,2,3,4}_020000
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	rm -rf "$BACKUP/20261101_020000"
	export BAD_INODE BAD_TIMES=1
	BAD_INODE=$(stat -c %i "$AT/20261102_020000/files.tar.gz")
	LD_PRELOAD=$T/eio.so expect_ok ship -q --to "$DEST" --check all
	[ ! -s "$T/stderr" ]
	BAD_TIMES=99
	LD_PRELOAD=$T/eio.so expect_ok ship --to "$DEST" --check all --keep last=3
	said "siantre-ship: $AT/20261102_020000/files.tar.gz: Input/output error"
	said "siantre-ship: $DEST: 20261102_020000 is damaged there; sending it anew"
	all_there
	# One that is not here any more keeps back no other.
	BAD_INODE=$(stat -c %i "$AT/20261102_020000/files.tar.gz")
	rm -rf "$BACKUP/20261102_020000"
	make_sets db 20261105_020000
	LD_PRELOAD=$T/eio.so expect_fail 65 "20261102_020000 is damaged there, and not here any more" ship --to "$DEST" --check all
	grep -qF ": failed; 1 sent " "$T/stderr"
	[ -d "$AT/20261105_020000" ]
}

@test "a proof of the future, by a clock that went wrong, is renewed first" {
	place folder
	make_sets db 2026110{1,2,3}_020000
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	jq '."20261102_020000".time = "2999-01-01T02:00:00Z"' "$(state)/proven.json" >"$T/proven"
	cat "$T/proven" >"$(state)/proven.json"
	expect_ok ship -v --to "$DEST" --check sample:10%
	said "siantre-ship: $DEST: proving 20261102_020000"
	[ "$(grep -c ': proving ' "$T/stderr")" = 1 ]
	lacks '"2999-' "$(state)/proven.json"
}

@test "a copy is not called proven because it is damaged as the set here is" {
	for kind in $(few folder rsync); do
		[ $kind != s3 ] || continue
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2,3}_020000
		expect_ok ship --create "$DEST"
		chmod u+w "$BACKUP/20261102_020000/note.txt"
		echo x >>"$BACKUP/20261102_020000/note.txt"
		# Brought there by other means, the damaged one as it is.
		cp -a "$BACKUP"/2026110{1,2}_020000 "$AT/"
		changed
		expect_fail 65 "$DEST: 20261102_020000 is damaged there, and here" ship --to "$DEST"
		grep -qF "/20261102_020000/note.txt: other bytes than were sent" "$T/stderr"
		jq -e '."20261101_020000".sums and ."20261102_020000".failed' "$(state)/proven.json"
		# What is damaged here is no mark against what is there.
		rm -rf "$AT/20261102_020000" "$BACKUP/20261102_020000"
		chmod u+w "$BACKUP/20261103_020000/note.txt"
		echo x >>"$BACKUP/20261103_020000/note.txt"
		changed
		expect_ok ship --to "$DEST" --check all
		case $kind in rsync | rrsync) said "siantre-ship: $DEST: 20261103_020000 is damaged here, and whole there" ;; esac
		jq -e '."20261103_020000".sums' "$(state)/proven.json"
	done
}

@test "disks that take turns in one place are not taken for each other" {
	place folder
	make_sets db 2026110{1,2,3}_020000
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	mv "$AT" "$T/one"
	mkdir "$AT"
	ours "$AT"
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	mv "$AT" "$T/two"
	rot_in=$AT AT=$T/one
	rot 20261101_020000/files.tar.gz
	AT=$rot_in
	rm -rf "$BACKUP/20261101_020000"
	mv "$T/one" "$AT"
	expect_fail 65 "20261101_020000 is damaged there, and not here any more" ship --to "$DEST" --check all
	mv "$AT" "$T/one"
	mv "$T/two" "$AT"
	expect_ok ship --to "$DEST" --check all
	mv "$AT" "$T/two"
	mv "$T/one" "$AT"
	expect_fail 65 "20261101_020000 is damaged there, and not here any more" ship --to "$DEST" --check none
}

@test "one folder by two names is one place" {
	place folder
	make_sets db 20261101_020000
	expect_ok ship --create "$DEST"
	expect_ok ship --to "$DEST"
	ln -s "$AT" "$T/link"
	for name in "$AT/" "$T/link" "$AT/../${AT##*/}"; do
		expect_ok ship --to "$name"
		grep -qF ": 0 sent (0 B), 1 proven again" "$T/stderr"
	done
	[ "$(find "$T/far.state/ship" -name proven.json | wc -l)" = 1 ]
	# And two by one name are two.
	mkdir -p "$T/a/copies" "$T/b"
	ours "$T/a" "$T/b"
	(cd "$T/a" && expect_ok ship --create ./copies && expect_ok ship --to ./copies)
	cp -a "$T/a/copies" "$T/b/copies"
	chmod u+w "$T/b/copies/20261101_020000/note.txt"
	echo x >>"$T/b/copies/20261101_020000/note.txt"
	(cd "$T/b" && expect_ok ship --to ./copies --check none)
	grep -qF "./copies: 20261101_020000 is damaged there; sending it anew" "$T/stderr"
}

# by_other HOST NAME...: these sets here are another machine's.
by_other() {
	local host=$1 name
	shift
	for name; do
		chmod u+w "$BACKUP/$name"/*
		sed -i "s/\"host\": \"[^\"]*\"/\"host\": \"$host\"/" "$BACKUP/$name/set.json"
		grep -q "\"host\": \"$host\"" "$BACKUP/$name/set.json"
		seal_set "$BACKUP/$name"
		siantre-verify -q --record "$BACKUP/$name"
	done
}

@test "the sets of one machine are no reason to remove those of another" {
	for kind in $(few folder rsync); do
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2,3,4}_020000 2026110{5,6,7,8}_030000
		by_other web9 2026110{1,2,3,4}_020000
		expect_ok ship --create "$DEST"
		expect_ok ship -q --to "$DEST"
		rm -rf "$BACKUP"/*_020000
		expect_ok ship --to "$DEST" --keep last=3 --allow-many
		[ "$(there | xargs)" = "20261102_020000 20261103_020000 20261104_020000 20261106_030000 20261107_030000 20261108_030000" ]
	done
}

@test "several hosts and applications in one place: each has its newest, and its own retention" {
	place folder
	make_sets db 2026110{1,2,3,4}_020000 2026110{5,6,7,8,9}_030000
	by_other web9 2026110{1,2,3}_020000
	of_shop "$BACKUP/20261104_020000"
	seal_set "$BACKUP/20261104_020000"
	siantre-verify -q --record "$BACKUP/20261104_020000"
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	ship --list "$DEST" >"$T/list"
	host=$(jq -r .host "$BACKUP/20261109_030000/set.json")
	cut -f 2 "$T/list" | uniq | paste -sd , >"$T/jobs"
	echo "db of siantre on $host,db of shop on $host,db of siantre on web9" | cmp - "$T/jobs"
	# What one has sent meanwhile is no reason to remove those of another.
	[ "$(siantre-prune --keep-last 3 - <"$T/list" | sort | xargs)" = "20261105_030000 20261106_030000" ]
	mkdir "$T/back"
	ours "$T/back"
	expect_ok ship --from "$DEST" --job db latest "$T/back/all"
	[ "$(cd "$T/back/all" && echo 2*)" = "20261103_020000 20261104_020000 20261109_030000" ]
}

@test "what is not verified there is not what the place has newest" {
	place folder
	make_sets db 20261101_020000
	expect_ok ship --create "$DEST"
	expect_ok ship --to "$DEST"
	cp -a "$AT/20261101_020000" "$AT/20991231_000000"
	rm -f "$AT/20991231_000000/verified.json"
	expect_ok ship --to "$DEST" --check none
	grep -qF ", 2 there, the newest 20261101_020000 in " "$T/stderr"
}

@test "a set there that cannot be looked at is left alone, and counts for nothing" {
	place folder
	make_sets db 2026110{1,2,3,4,5}_020000
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	rm -rf "$BACKUP/20261101_020000"
	chmod 0 "$AT/20261103_020000"
	make_sets db 20261106_020000
	# It is not there as far as retention knows: three that are stay beside it.
	expect_fail 65 "$DEST: 20261103_020000: another set of this name is there; it is left alone" \
	    ship --to "$DEST" --keep last=1 --allow-many
	said "siantre-ship: $AT/20261103_020000: Permission denied"
	[ "$(stat -c %a "$AT/20261103_020000")" = 0 ]
	chmod 700 "$AT/20261103_020000"
	[ "$(there | xargs)" = "20261103_020000 20261104_020000 20261105_020000 20261106_020000" ]
	heals
}

@test "a far end that means ill" {
	for kind in $(few folder rsync); do
		[ $kind != s3 ] || continue
		echo $kind
		rm -rf "${BACKUP:-$T/backup}"
		place $kind
		make_sets db 2026110{1,2}_020000
		expect_ok ship --create "$DEST"
		expect_ok ship -q --to "$DEST"
		(
			cd "$AT"
			ln -s /etc 20261001_020000
			ln -s 20261101_020000 20261002_020000
			mkdir 20261003_020000 20261004_020000 20261005_020000 20261006_020000 20261007_020000 20261008_020000
			ln -s /etc/passwd 20261003_020000/SHA256SUMS
			mkfifo 20261004_020000/SHA256SUMS
			mkdir 20261005_020000/SHA256SUMS
			echo '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  ../../../etc/passwd' >20261006_020000/SHA256SUMS
			cp 20261101_020000/SHA256SUMS 20261007_020000/
			truncate -s 200M 20261007_020000/set.json
			cp 20261101_020000/SHA256SUMS 20261008_020000/
			head -c 3000000 /dev/zero | tr '\0' '[' >20261008_020000/set.json
			mkdir $'20261009_02\n000' '20261010_020000 x' 20261399_020000
			mkdir -p full/deep
			touch -- $'with\nnewline' $'\e[31mred' -rf '$(touch x)' '`touch x`'
			touch $'20261101_020000/\e]0;x\a' 20261102_020000/$'a\nb'
		)
		ours "$AT"
		changed
		ship --list "$DEST" >"$T/stdout" 2>"$T/stderr" || true
		not grep -q $'\e' "$T/stderr" "$T/stdout"
		grep '^2026110' "$T/stdout"
		mkdir "$T/back"
		ours "$T/back"
		# It goes on with what it can, takes nothing for what it is not, and follows no link.
		make_sets db 20261103_020000
		ship --to "$DEST" --check all >"$T/stdout" 2>"$T/stderr" || [ $? = 65 ]
		not grep -q $'\e' "$T/stderr"
		[ -f "$AT/20261103_020000/SHA256SUMS" ]
		[ ! -e "$AT/x" ]
		[ ! -e x ]
		for name in 20261001_020000 20261003_020000 20261004_020000 20261005_020000 20261006_020000 20261007_020000 20261008_020000; do
			if ship --from "$DEST" $name "$T/back" 2>"$T/stderr"; then
				echo "fetched $name"
				false
			fi
			[ ! -e "$T/back/$name" ]
		done
		# What does not belong to a set is left out.
		touch "$AT/20261101_020000/strange" "$AT/20261101_020000/"$'\e]0;x\a'
		mkdir "$AT/20261101_020000/.rsync-partial" "$AT/20261101_020000/"$'\e[31mfolder'
		touch "$AT/20261101_020000/.rsync-partial/set.json"
		ln -s /etc "$AT/20261101_020000/"$'\e[31mlink'
		ours "$AT"
		changed
		expect_ok ship --from "$DEST" 20261101_020000 "$T/back"
		grep -qF "20261101_020000/strange: it does not belong to the set; left out" "$T/stderr"
		[ $kind = folder ] || grep -qF "20261101_020000/?]0;x?: it does not belong to the set; left out" "$T/stderr"
		[ $kind != folder ] || grep -qF "20261101_020000/?]0;x?: not a file of a set; left out" "$T/stderr"
		not grep -q $'\e' "$T/stderr"
		diff -r "$BACKUP/20261101_020000" "$T/back/20261101_020000"
		ship --to "$DEST" --check all 2>"$T/stderr" || [ $? = 65 ]
		not grep -q $'\e' "$T/stderr"
		expect_fail 65 "20261007_020000 is damaged there" ship --to "$DEST" --keep last=1 --allow-many --check none
		[ -f "$AT/20261101_020000/SHA256SUMS" ]
		[ "$(head -c 4 /etc/passwd)" = root ]
		rm -rf "$T/back"
	done
}

@test "one run at a time, and a stop" {
	place rsync
	# Half a minute of a line, whatever else takes its time.
	head -c 100000 /dev/urandom | base64 >"$T/more"
	make_big 20261101_020000 "$T/more"
	expect_ok ship --create "$DEST"
	start_proxy "$RSYNCD_PORT" slow 5000
	DEST=${DEST/$RSYNCD_PORT/$PROXY_PORT}
	siantre-ship -c "$CONF" -v --to "$DEST" 2>"$T/first" 3>&- &
	pid=$!
	comes grep -q "sending 20261101_020000" "$T/first"
	expect_fail 75 "$DEST: another run (process " ship --to "$DEST"
	children=$(pgrep -P "$pid")
	[ -n "$children" ]
	kill -TERM "$pid"
	got=0
	wait "$pid" || got=$?
	[ "$got" = 143 ]
	for child in $children; do
		not kill -0 "$child" 2>/dev/null
	done
	# It says how far it came, and nothing else.
	[ -z "$(grep -vE ': sending |: failed; ' "$T/first")" ]
	no_half
	stop_proxy
	start_proxy --port "$PROXY_PORT" "$RSYNCD_PORT" count
	heals
	# Another place, and a look at this one, are free.
	flock -F "$(state)/lock" sleep 60 3>&- 4>&- &
	holder=$!
	until ! flock -n "$(state)/lock" true; do sleep 0.05; done
	expect_fail 75 "$DEST: another run (process " ship --to "$DEST"
	mkdir "$T/usb"
	ours "$T/usb"
	expect_ok ship --create "$T/usb"
	expect_ok ship --to "$T/usb"
	expect_ok ship --list "$DEST"
	kill "$holder"
}

@test "an ordinary user, with a state of its own; nothing secret where others look" {
	make_sets db 20261101_020000
	DEST=rsync://siantre@127.0.0.1:$RSYNCD_PORT/secret/x AT=$RSYNCD/data/secret/x KIND=rsync
	mkdir "$T/mine" "$T/mine/back"
	cp -a "$BACKUP" "$T/mine/backup"
	cp "$RSYNCD/password" "$T/mine/password"
	if [ "$(id -u)" = 0 ]; then chown -R nobody "$T/mine"; fi
	chmod 0600 "$T/mine/password"
	printf '%s\n' "BACKUP_DIR=$T/mine/backup" "STATE_DIR=/nonexistent" >"$T/mine/conf"
	chmod 0644 "$T/mine/conf"
	set -- -c "$T/mine/conf" --state "$T/mine/state" --password-file "$T/mine/password"
	expect_ok as_nobody siantre-ship "$@" --create "$DEST"
	# What others see of rsync.
	start_proxy "$RSYNCD_PORT" slow 8000
	as_nobody siantre-ship "$@" --to "${DEST/$RSYNCD_PORT/$PROXY_PORT}" >"$T/stdout" 2>"$T/stderr" 3>&- 4>&- &
	# Each of its processes may have ended before it is looked at.
	sees() {
		local pid
		pid=$(pgrep -f -- "^rsync .*--password-file=$T/mine/password") &&
		    cat /proc/"${pid%%$'\n'*}"/{cmdline,environ} | tr '\0' '\n' >"$T/seen" &&
		    grep -qxF -- "--password-file=$T/mine/password" "$T/seen" && grep -q '^PATH=' "$T/seen"
	}
	comes sees
	wait $!
	stop_proxy
	[ -z "$(grep -rF 'kata sandi' "$T/seen" "$T/mine/state" "$T/stderr" "$T/stdout")" ]
	expect_ok as_nobody siantre-ship "$@" --to "$DEST"
	all_there
	expect_ok as_nobody siantre-ship "$@" --list "$DEST"
	expect_ok as_nobody siantre-ship "$@" --from "$DEST" latest "$T/mine/back"
	[ "$(stat -c %a "$T/mine/state")" = 700 ]
	# A terminal is not asked for a password.
	got=0
	as_nobody timeout 30 script -qec "$(printf '%q ' siantre-ship -c "$T/mine/conf" --state "$T/mine/state" --tries 1 --list "$DEST")" /dev/null >"$T/stdout" || got=$?
	[ $got = 77 ]
	grep -qF "auth failed on module secret" "$T/stdout"
}

@test "blanks, quotes, a home, IPv6, and accounts that are odd" {
	make_sets db 20261101_020000
	odd="a b'c\"d \$(e) \`f\` 100%"
	mkdir -p "$T/$odd" "$T/keys"
	chmod 0777 "$T/$odd"
	KIND=odd OPTIONS=()
	AT=$T/$odd/folder DEST=$AT
	expect_ok ship --create "$DEST"
	heals
	AT=$RSYNCD/data/backup/$odd DEST=$RSYNCD_URL/backup/$odd
	expect_ok ship --create "$DEST"
	heals
	# Key and known hosts with a blank and a percent sign, too.
	mkdir "$T/keys/a b %h"
	cp -p "$SSHD/id" "$SSHD/known_hosts" "$T/keys/a b %h/"
	OPTIONS=(--ssh-key "$T/keys/a b %h/id" --known-hosts "$T/keys/a b %h/known_hosts")
	me=$(id -un)@127.0.0.1:$SSHD_PORT
	AT=$T/$odd/ssh DEST=ssh://$me$AT
	expect_ok ship --create "$DEST"
	heals
	make_sets db 20261102_020000
	heals
	expect_ok ship --from "$DEST" latest "$T/$odd/back"
	ship --to "$DEST" --name x.txt <<<x
	[ "$(cat "$AT/x.txt")" = x ]
	expect_fail 78 "a quote or a backslash in a path is more than ssh can take" ship --to "$DEST" --ssh-key "$T/$odd/id" || [ ! -e "$T/$odd/id" ]
	# From the home of the account.
	AT=$T/$odd/home DEST=ssh://$me/~/$(realpath --relative-to "$(eval echo "~$(id -un)")" "$T")/$odd/home
	expect_ok ship --create "$DEST"
	heals
	# A remote of rclone.
	OPTIONS=(--rclone-config "$RCLONE_CONFIG")
	AT=$SFTP/data/$odd DEST="rclone:sftp:$odd"
	KIND=sftp
	expect_ok ship --create "$DEST"
	heals
}

# own_sshd OPTION...: another sshd with these, for the keys of the first; $OWN_PORT.
own_sshd() {
	local option
	mkdir -p "$T/far/own"
	cp "$SSHD/sshd_config" "$T/far/own/sshd_config"
	sed -i '/^ListenAddress\|^Port /d' "$T/far/own/sshd_config"
	OWN_PORT=$((20000 + RANDOM % 20000))
	printf '%s\n' "Port $OWN_PORT" "$@" >>"$T/far/own/sshd_config"
	"$(PATH=$PATH:/usr/sbin command -v sshd)" -D -f "$T/far/own/sshd_config" -E "$T/far/own/log" 3>&- 4>&- &
	OWN=$!
	comes grep -q "Server listening" "$T/far/own/log"
}

@test "ssh: an address of IPv6" {
	grep -q '^00000000000000000000000000000001 ' /proc/net/if_inet6 2>/dev/null || skip "no IPv6 here"
	make_sets db 20261101_020000
	place ssh
	own_sshd "ListenAddress ::1"
	sed 's/^\[127.0.0.1\]:\*/[::1]:*/' "$SSHD/known_hosts" >"$T/known"
	DEST="ssh://$(id -un)@[::1]:$OWN_PORT$AT"
	OPTIONS+=(--known-hosts "$T/known")
	expect_ok ship --create "$DEST"
	heals
	kill "$OWN"
	wait "$OWN" || true
}

@test "ssh: where the place goes away in the middle, nothing is done in the account's home" {
	mkdir "$T/bin" "$T/home"
	printf '%s\n' '#!/bin/bash' "cd $T/home" 'export HOME=$PWD' \
	    '[[ $SSH_ORIGINAL_COMMAND != *"mv "* ]] || mv "$(cat at)" "$(cat at).gone" 2>/dev/null' \
	    'eval "$SSH_ORIGINAL_COMMAND"' >"$T/bin/pulled"
	chmod 0755 "$T/bin/pulled"
	make_sets db 20261101_020000
	place ssh
	expect_ok ship --create "$DEST"
	echo "$AT" >"$T/home/at"
	mkdir -p "$T/home/20261101_020000" "$T/home/.partial/20261101_020000"
	echo mine >"$T/home/20261101_020000/mine"
	(cd "$T/home" && find . | sort) >"$T/was"
	own_sshd "ListenAddress 127.0.0.1" "ForceCommand $T/bin/pulled"
	DEST=ssh://$(id -un)@127.0.0.1:$OWN_PORT$AT
	not ship --to "$DEST" >"$T/stdout" 2>"$T/stderr"
	[ -d "$AT.gone" ]
	[ ! -e "$AT" ]
	(cd "$T/home" && find . | sort) | diff "$T/was" -
	kill "$OWN"
	wait "$OWN" || true
}

@test "ssh: no sha256sum there, a noisy login, an odd shell" {
	mkdir "$T/bin"
	for tool in sh rsync mv rm mkdir sync cat find env bash; do ln -s "$(command -v $tool)" "$T/bin/"; done
	printf '%s\n' '#!/bin/bash' "export PATH=$T/bin" 'echo welcome; echo siantre-shel; eval "$SSH_ORIGINAL_COMMAND"' >"$T/bin/noisy"
	printf '%s\n' '#!/bin/bash' "export PATH=$T/bin" 'eval "$SSH_ORIGINAL_COMMAND"' >"$T/bin/bare"
	printf '%s\n' '#!/bin/bash' 'echo no shell for you; exit 1' >"$T/bin/closed"
	chmod 0755 "$T/bin"/{noisy,bare,closed}
	make_sets db 20261101_020000
	place ssh
	expect_ok ship --create "$DEST"
	own_sshd "ListenAddress 127.0.0.1" "ForceCommand $T/bin/bare"
	DEST=ssh://$(id -un)@127.0.0.1:$OWN_PORT$AT
	expect_ok ship --to "$DEST"
	all_there
	ship --to "$DEST" --name x.txt <<<x
	[ "$(cat "$AT/x.txt")" = x ]
	expect_ok ship --to "$DEST" --check all
	kill "$OWN"
	wait "$OWN" || true
	rm -f "$T/far/own/log"
	make_sets db 20261102_020000
	own_sshd "ListenAddress 127.0.0.1" "ForceCommand $T/bin/noisy"
	DEST=ssh://$(id -un)@127.0.0.1:$OWN_PORT$AT
	fails 78 "is your shell clean" --tries 5
	kill "$OWN"
	wait "$OWN" || true
	rm -f "$T/far/own/log"
	own_sshd "ListenAddress 127.0.0.1" "ForceCommand $T/bin/closed"
	DEST=ssh://$(id -un)@127.0.0.1:$OWN_PORT$AT
	fails 78 "is your shell clean" --tries 5
	kill "$OWN"
	wait "$OWN" || true
}

@test "ssh: a disk there that does not give its bytes back" {
	make_sets db 2026110{1,2}_020000
	place ssh
	expect_ok ship --create "$DEST"
	expect_ok ship -q --to "$DEST"
	mkdir "$T/bin"
	# As long as the file is the one that was there at first.
	inode=$(stat -c %i "$AT/20261102_020000/files.tar.gz")
	cat >"$T/bin/sha256sum" <<-EOF
		#!/bin/bash
		[ ! -e $T/kill ] || kill -9 \$\$
		[ "\$(stat -c %i -- "\$2")" != $inode ] || { echo "sha256sum: \$2: Input/output error" >&2 && exit 1; }
		exec $(command -v sha256sum) "\$@"
	EOF
	printf '%s\n' '#!/bin/bash' "export PATH=$T/bin:\$PATH" 'eval "$SSH_ORIGINAL_COMMAND"' >"$T/bin/shell"
	chmod 0755 "$T/bin"/*
	own_sshd "ListenAddress 127.0.0.1" "ForceCommand $T/bin/shell"
	DEST=ssh://$(id -un)@127.0.0.1:$OWN_PORT$AT
	# Where nothing can be said, nothing is called damaged.
	touch "$T/kill"
	not ship --to "$DEST" --check all >"$T/stdout" 2>"$T/stderr"
	lacks damaged "$T/stderr"
	rm "$T/kill"
	expect_ok ship --to "$DEST" --check all
	grep -qF "/20261102_020000/files.tar.gz: other bytes than were sent" "$T/stderr"
	said "siantre-ship: $DEST: 20261102_020000 is damaged there; sending it anew"
	[ "$(stat -c %i "$AT/20261102_020000/files.tar.gz")" != "$inode" ]
	all_there
	kill "$OWN"
	wait "$OWN" || true
}

@test "a daemon with a chroot, and one that refuses options" {
	need_root
	make_sets db 20261101_020000
	cp "$RSYNCD/rsyncd.conf" "$T/rsyncd.conf"
	sed -i 's/^use chroot = no/use chroot = yes/' "$RSYNCD/rsyncd.conf"
	place rsync
	expect_ok ship --create "$DEST"
	expect_ok ship --to "$DEST"
	make_sets db 20261102_020000
	make_sets full 2026110{1,2}_040000
	expect_ok ship --to "$DEST"
	all_there
	expect_ok ship --to "$DEST" --keep last=1 --check all
	ship --to "$DEST" --name x.txt <<<x
	make_sets db 20261103_020000
	for refuse in delete checksum; do
		cp "$T/rsyncd.conf" "$RSYNCD/rsyncd.conf"
		sed -i "s/^\[backup\]/[backup]\nrefuse options = $refuse/" "$RSYNCD/rsyncd.conf"
		fails 78 "The server is configured to refuse --$refuse"
		said 'hint: "refuse options" of its rsyncd.conf'
	done
	cp "$T/rsyncd.conf" "$RSYNCD/rsyncd.conf"
	heals
}

@test "a thousand sets are listed soon" {
	place rsync
	make_sets db 20261101_020000
	expect_ok ship --create "$DEST"
	for ((i = 0; i < ${SHIP_SETS:-300}; i++)); do
		day=$(printf '2%03d%02d%02d_020000' $((i / 336)) $((1 + i / 28 % 12)) $((1 + i % 28)))
		mkdir "$AT/$day"
		cp "$BACKUP/20261101_020000/"{SHA256SUMS,set.json,verified.json} "$AT/$day/"
	done
	expect_ok ship --list "$DEST"
	[ "$(wc -l <"$T/stdout")" = "${SHIP_SETS:-300}" ]
	began=${EPOCHREALTIME//[!0-9]/}
	expect_ok ship --list "$DEST"
	echo "$(((${EPOCHREALTIME//[!0-9]/} - began) / 1000)) ms"
	[ $((${EPOCHREALTIME//[!0-9]/} - began)) -lt 20000000 ]
}
