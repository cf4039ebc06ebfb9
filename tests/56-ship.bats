#!/usr/bin/env bats
# siantre-ship: copies elsewhere, with every kind of place there is.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031,SC2034

load lib
load remotes
load ship

setup_file() {
	start_rsyncd
	start_sshd
	start_sftp
	start_webdav
	[ ! -d "$("$ROOT/tests/s3/install" --where)" ] || start_s3
}

teardown_file() {
	stop_far
}

# happy KIND: from nothing to a set that is back.
happy() {
	local extra
	make_sets db 20261101_020000 20261102_020000
	make_set 20261101_040000 full
	place "$1"
	expect_fail 78 "hint: siantre-ship --create $DEST makes it one" ship --to "$DEST"
	[ ! -e "$AT/20261101_020000" ]
	expect_ok ship --create "$DEST"
	[ ! -s "$T/stdout" ] && [ ! -s "$T/stderr" ]
	expect_ok ship --list "$DEST"
	[ ! -s "$T/stdout" ]
	expect_ok ship -n --to "$DEST"
	said "siantre-ship: $DEST: would send 20261101_020000"
	[ -z "$(there)" ]
	expect_ok ship -v --to "$DEST"
	said "siantre-ship: $DEST: sending full/20261101_040000"
	grep -qE "^siantre-ship: $DEST: 3 sent \([0-9.]+ KiB\), 0 proven again, 0 removed, 3 there, the newest 20261102_020000 in " "$T/stderr"
	all_there
	expect_ok ship -q --to "$DEST"
	[ ! -s "$T/stderr" ]
	expect_ok ship --to "$DEST" --check all
	grep -qF ": 0 sent (0 B), 3 proven again, 0 removed, 3 there" "$T/stderr"
	expect_ok ship --list "$DEST"
	printf '%s\t%s\tverified\n' 20261102_020000 db full/20261101_040000 full 20261101_020000 db |
	    cmp - "$T/stdout"
	siantre-prune --keep-last 1 - <"$T/stdout"
	# And back.
	mkdir "$T/back"
	far_ours "$T/back"
	expect_ok ship --from "$DEST" latest "$T/back/all"
	printf '%s\n' "$T/back/all/full/20261101_040000" "$T/back/all/20261102_020000" | cmp - "$T/stdout"
	diff -r "$BACKUP/20261102_020000" "$T/back/all/20261102_020000"
	diff -r "$BACKUP/full/20261101_040000" "$T/back/all/full/20261101_040000"
	siantre-verify -q "$T/back/all/20261102_020000"
	[ "$(stat -c %a "$T/back/all/20261102_020000/set.json")" = 440 ]
	expect_ok ship --from "$DEST" 20261101_020000 "$T/back/one"
	expect_ok ship --from "$DEST" 20261101_020000 "$T/back/one"
	expect_ok ship --from "$DEST" --job full latest "$T/back/full"
	[ "$(cat "$T/stdout")" = "$T/back/full/full/20261101_040000" ]
	expect_fail 65 "$DEST: no set 20261109_020000 there" ship --from "$DEST" 20261109_020000 "$T/back/x"
	said "siantre-ship: hint: siantre-ship --list $DEST"
}

@test "a folder" { happy folder; }
@test "a daemon" { happy rsync; }
@test "ssh with a shell" { happy ssh; }
@test "ssh that is held to rrsync" { happy rrsync; }
@test "rclone: SFTP" { happy sftp; }
@test "rclone: WebDAV" { happy dav; }
@test "rclone: S3" { happy s3; }
