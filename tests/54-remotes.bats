#!/usr/bin/env bats
# tests/remotes: each far end works with its own ordinary client, and refuses what it should.
# shellcheck disable=SC2154,SC2030,SC2031

load lib
load remotes

setup_file() {
	start_rsyncd
	start_sshd
	start_sftp
	start_webdav
}

teardown_file() {
	stop_far
}

setup() {
	lib_setup
	printf 'satu\n' >"$T/one"
	head -c 100000 /dev/urandom >"$T/two"
}

teardown() {
	stop_far
	lib_teardown
}

# as_ours COMMAND...: as the account that the tools become where root starts them, else as this one.
as_ours() {
	if [ "$(id -u)" != 0 ]; then
		"$@"
		return
	fi
	setpriv --reuid=siantre-backup --regid=siantre-backup --clear-groups --inh-caps=-all \
	    env "HOME=$T" "$@"
}

over_ssh() {
	rsync -e "ssh -F $SSH_CONFIG" "$@"
}

# rc COMMAND...: rclone, which shall not try for long.
rc() {
	rclone --retries 1 --low-level-retries 1 --contimeout 10s "$@"
}

@test "rsync daemon: read and write, read only, write only" {
	expect_ok rsync "$T/one" "$T/two" "$RSYNCD_URL/backup/sub/" --mkpath
	cmp "$T/two" "$RSYNCD/data/backup/sub/two"
	expect_ok rsync -a "$RSYNCD_URL/backup/sub/" "$T/back/"
	cmp "$T/two" "$T/back/two"
	expect_fail 1 "ERROR: module is read only" rsync "$T/one" "$RSYNCD_URL/ro/"
	cp "$T/one" "$RSYNCD/data/ro/"
	expect_ok rsync "$RSYNCD_URL/ro/one" "$T/from-ro"
	expect_ok rsync "$T/one" "$RSYNCD_URL/wo/"
	expect_fail 1 "ERROR: module is write only" rsync "$RSYNCD_URL/wo/one" "$T/from-wo"
	expect_fail 5 "Unknown module" rsync "$T/one" "$RSYNCD_URL/none/"
}

@test "rsync daemon: a password, the wrong one, none" {
	secret=rsync://siantre@${RSYNCD_URL#rsync://}/secret/
	expect_ok rsync --password-file="$RSYNCD/password" "$T/two" "$secret"
	cmp "$T/two" "$RSYNCD/data/secret/two"
	expect_fail 5 "auth failed on module secret" \
	    rsync --password-file="$RSYNCD/password.wrong" "$T/one" "$secret"
	expect_fail 5 "auth failed on module secret" \
	    rsync --password-file="$RSYNCD/password" "$T/one" "${secret/siantre@/other@}"
	[ ! -e "$RSYNCD/data/secret/one" ]
	expect_ok as_ours rsync --password-file="$RSYNCD/password" "$secret"
	[ "$(id -u)" != 0 ] || expect_fail 1 "Permission denied" as_nobody rsync --password-file="$RSYNCD/password" "$secret"
}

@test "rsync daemon: a full disk" {
	small_disk "$RSYNCD/full" 1m
	head -c 3000000 /dev/urandom >"$T/big"
	expect_fail 11 "No space left on device" rsync "$T/big" "$RSYNCD_URL/full/"
	[ -z "$(ls -A "$RSYNCD/full")" ]
	expect_ok rsync "$T/two" "$RSYNCD_URL/full/"
}

@test "sshd: a shell, and rsync over it" {
	[ "$(ssh -F "$SSH_CONFIG" far 'id -u; echo yes')" = "$(id -u)"$'\n'yes ]
	expect_ok over_ssh "$T/two" "far:$SSHD/data/"
	cmp "$T/two" "$SSHD/data/two"
	expect_ok sftp -F "$SSH_CONFIG" -b - far <<<"get $SSHD/data/two $T/back"
	cmp "$T/two" "$T/back"
	expect_ok as_ours ssh -F "$SSH_CONFIG" far true
}

@test "sshd: nothing but rsync at the far end" {
	expect_ok over_ssh "$T/two" far-rrsync:three
	cmp "$T/two" "$SSHD/data/three"
	expect_ok over_ssh far-rrsync:three "$T/back"
	cmp "$T/two" "$T/back"
	expect_fail 1 "SSH_ORIGINAL_COMMAND does not run rsync" ssh -F "$SSH_CONFIG" far-rrsync id
	expect_ok over_ssh far-ro:three "$T/again"
	expect_fail 12 "sending to read-only server is not allowed" over_ssh "$T/two" far-ro:four
	[ ! -e "$SSHD/data/four" ]
}

@test "sshd: the wrong key, the wrong host key, nobody there" {
	expect_fail 255 "Permission denied (publickey)" ssh -F "$SSH_CONFIG" far-wrong-key true
	expect_fail 255 "Host key verification failed." ssh -F "$SSH_CONFIG" far-wrong-host true
	# rsync says 255, or 12 where it saw the end of the pipe first.
	not over_ssh "$T/one" "far-wrong-host:$SSHD/data/wrong" 2>"$T/stderr"
	grep -qF "Host key verification failed." "$T/stderr"
	[ ! -e "$SSHD/data/wrong" ]
	start_proxy "$SSHD_PORT" refuse
	ssh_through "$PROXY_PORT"
	expect_fail 255 "Connection refused" ssh -F "$SSH_CONFIG" far true
}

@test "through a proxy the host key is right, and a cut is seen" {
	start_proxy --count "$SSHD_PORT" cut 50000
	ssh_through "$PROXY_PORT"
	expect_ok ssh -F "$SSH_CONFIG" far true
	expect_fail 255 "" ssh -F "$SSH_CONFIG" far 'cat >/dev/null' <"$T/two"
	stop_proxy
	[ "$CONNECTIONS" = 2 ]
	start_proxy "$SFTP_PORT" cut-total 50000
	rclone_config sftp "$PROXY_PORT"
	expect_fail 1 "" rc copyto "$T/two" sftp:through
	expect_ok rc copyto "$T/two" sftp:through
	cmp "$T/two" "$SFTP/data/through"
}

# each REMOTE FOLDER: the ordinary things.
each() {
	expect_ok rc copy "$T/one" "$1/a"
	expect_ok rc copy "$T/two" "$1/a"
	rc cat "$1/a/two" | cmp - "$T/two"
	[ "$(rc lsf "$1/a" | sort | paste -sd ' ')" = "one two" ]
	expect_ok rc moveto "$1/a/two" "$1/b"
	[ "$(rc cat --offset 5000 --count 9 "$1/b" | xxd -p)" = "$(tail -c +5001 "$T/two" | head -c 9 | xxd -p)" ]
	expect_ok rc rcat "$1/c" <"$T/two"
	rc cat "$1/c" | cmp - "$T/two"
	expect_ok rc purge "$1/a"
	[ "$(rc lsf "$1" | sort | paste -sd ' ')" = "b c" ]
}

@test "rclone: sftp" {
	rclone_config
	each sftp:x
	cmp "$SFTP/data/x/b" "$T/two"
	expect_fail 1 "unable to authenticate" rc lsf sftp-wrong:
	expect_fail 1 "knownhosts: key mismatch" rc lsf sftp-wrong-host:
}

@test "rclone: webdav, and a local folder" {
	rclone_config
	each dav:x
	cmp "$WEBDAV/data/x/b" "$T/two"
	expect_fail 1 "401 Unauthorized" rc lsf dav-wrong:
	each local:x
	cmp "$LOCAL/x/b" "$T/two"
	expect_ok as_ours rclone lsf dav:x
}

@test "rclone: S3" {
	start_s3
	each s3:siantre/x
	expect_fail 1 "InvalidAccessKeyId" rc lsf s3-wrong:siantre/x
	expect_fail 3 "directory not found" rc lsf s3:none
}

@test "a far end that was stopped is gone; started again it is the same" {
	start_rsyncd
	port=$RSYNCD_PORT
	expect_ok rsync "$T/two" "$RSYNCD_URL/backup/"
	pid=$(cat "$RSYNCD/pid")
	stop_far_server "$RSYNCD"
	ended "$pid"
	expect_fail 10 "Connection refused" rsync "$RSYNCD_URL/backup/"
	start_rsyncd "$RSYNCD"
	[ "$RSYNCD_PORT" = "$port" ]
	expect_ok rsync "$RSYNCD_URL/backup/two" "$T/back"
	cmp "$T/two" "$T/back"
	# Somebody else has its port: that is said, and nothing of his is used.
	stop_far_server "$RSYNCD"
	start_proxy --port "$port" 1 count
	expect_fail 1 "tests/remotes: rsyncd did not start" start_rsyncd "$RSYNCD"
}

@test "stop ends what a connection runs, and nothing else" {
	start_sshd
	ssh -F "$SSH_CONFIG" far "echo \$\$ >$T/inside; sleep 600" 2>/dev/null 3>&- 4>&- &
	client=$!
	comes test -s "$T/inside"
	inside=$(cat "$T/inside")
	start_rsyncd
	stop_far_server "$SSHD"
	ended "$inside"
	wait "$client" || true
	expect_ok rsync "$RSYNCD_URL/"
	# A process that has the number of one that has ended is not its.
	stop_far_server "$RSYNCD"
	sleep 600 3>&- 4>&- &
	other=$!
	comes grep -qx sleep "/proc/$other/comm"
	echo "$other 1" >"$RSYNCD/process"
	stop_far_server "$RSYNCD"
	kill "$other" # it is there
}

@test "sets by the dozen: each verified, each another" {
	days=()
	for day in {1..30}; do
		days+=("$(printf '202611%02d_020000' "$day")")
	done
	make_sets db "${days[@]}"
	make_set 20261101_030000 files
	make_set 20261101_040000 full
	[ "$(find "$BACKUP" -maxdepth 1 -name '2*' | wc -l)" = 31 ]
	[ "$(cat "$BACKUP"/20261117_020000/note.txt "$BACKUP"/full/20261101_040000/note.txt)" = \
	    20261117_020000$'\n'20261101_040000 ]
	[ "$(sort -u "$BACKUP"/2*/SHA256SUMS | wc -l)" = $((31 * 2 + 1)) ]
	expect_ok siantre-verify -q "$BACKUP"/2* "$BACKUP"/full/2*
	set_of 20261130_020001 db "$T/two"
	cmp "$BACKUP/20261130_020001/two" "$T/two"
	for set in "$BACKUP"/2* "$BACKUP"/full/2*; do
		[ "$(jq -r .set "$set/set.json")" = "${set##*/}" ]
		[ "$(jq -r .result,.manifest "$set/verified.json" | paste -sd ' ')" = \
		    "ok $(sha256sum <"$set/SHA256SUMS" | cut -d ' ' -f 1)" ]
	done
	expect_ok siantre-status -c "$CONF" --json
	python3 - "$T/stdout" <<'PYTHON'
import json, sys
jobs = {j["job"]: j for j in json.load(open(sys.argv[1]))["jobs"]}
assert jobs["db"]["sets"] == 31, jobs["db"]
assert jobs["files"]["sets"] == 1 and jobs["full"]["sets"] == 1
PYTHON
}
