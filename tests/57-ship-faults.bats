#!/usr/bin/env bats
# siantre-ship where something is wrong with the line or the far end: the right code, one clear line,
# nothing false called shipped, and the next run heals it.
#   SHIP_ALL=1 SHIP_CUTS=50 SHIP_FLIPS=50 SHIP_KILLS=100 bats tests/57-ship-faults.bats
# takes all kinds of places, and more of each trouble.
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
	local pid
	# What a test that failed left suspended.
	for pid in $(cat "$T/children" 2>/dev/null); do
		! grep -aqsF "$T" "/proc/$pid/cmdline" || kill -9 "$pid" || true
	done
	stop_far
	lib_teardown
}

# bad_lines: the kinds of places to reach over a bad line.
bad_lines() {
	[ "${SHIP_ALL:-0}" = 1 ] && echo rsync ssh sftp || echo rsync
}

# ready KIND: a place that has one set, and a second set here.
ready() {
	make_sets db 20261101_020000
	place "$1"
	expect_ok ship --create "$DEST"
	expect_ok ship --to "$DEST"
	make_sets db 20261102_020000
}

@test "ssh: the host's key is another one, or nobody knows it" {
	ready ssh
	known=$SSHD/known_hosts.wrong
	fails 78 "hint: another machine answers, or it was set up anew" --known-hosts "$known"
	: >"$T/nobody"
	fails 78 "Host key verification failed" --known-hosts "$T/nobody"
	said "hint: the host is not in known_hosts of this user: ssh-keyscan HOST, compare, and add it"
	fails 78 "$DEST: $T/gone: No such file or directory" --known-hosts "$T/gone"
	heals
}

@test "ssh: a wrong key, one that may only read, none" {
	ready ssh
	fails 77 "Permission denied (publickey)" --ssh-key "$SSHD/id.wrong"
	said "hint: the public key of this user in authorized_keys of the other"
	fails 78 "$DEST: $T/no key: No such file or directory" --ssh-key "$T/no key"
	place rrsync "${AT##*/}"
	fails 77 "sending to read-only server is not allowed" --ssh-key "$SSHD/id.ro"
	said "hint: the restriction of this key in authorized_keys"
	# What it may, it does.
	expect_ok ship --list "$DEST" --ssh-key "$SSHD/id.ro"
	grep -q '^20261101_020000' "$T/stdout"
	heals
}

@test "a daemon: a wrong password, none, and the right one" {
	make_sets db 20261101_020000
	DEST=rsync://siantre@127.0.0.1:$RSYNCD_PORT/secret/web1 OPTIONS=() AT=$RSYNCD/data/secret/web1 KIND=rsync
	fails 77 "auth failed on module secret" --password-file "$RSYNCD/password.wrong"
	said "hint: --password-file, with the module's password"
	fails 77 "password"
	fails 78 "$DEST: $T/gone: No such file or directory" --password-file "$T/gone"
	cp "$RSYNCD/password" "$T/open"
	chmod 0644 "$T/open"
	fails 78 "password file must not be other-accessible" --password-file "$T/open"
	OPTIONS=(--password-file "$RSYNCD/password")
	expect_ok ship --create "$DEST"
	heals
}

@test "rclone: a wrong password, key, host, remote" {
	make_sets db 20261101_020000
	place sftp
	for DEST in rclone:sftp-wrong:x rclone:dav-wrong:x $([ -z "${S3:-}" ] || echo rclone:s3-wrong:siantre/x); do
		fails 77 "$DEST: "
	done
	DEST=rclone:sftp-wrong-host:x
	fails 78 "$DEST: connect: Failed to backend: NewFs: couldn't connect SSH: ssh: handshake failed: knownhosts: key mismatch"
	said "hint: another machine answers, or it was set up anew: ask its administrator before you change known_hosts"
	DEST=rclone:nobody:x
	fails 78 "didn't find section in config file"
	said "hint: rclone config, as the user who runs this, or --rclone-config"
}

@test "nobody listens" {
	make_sets db 20261101_020000
	start_proxy "$RSYNCD_PORT" refuse
	place rsync
	DEST=rsync://127.0.0.1:$PROXY_PORT/backup/x
	fails 69 "Connection refused"
	grep -q "; trying again in 0.0 s" "$T/stderr"
	PORT=$PROXY_PORT place ssh
	fails 69 "Connection refused"
	for kind in sftp webdav $([ -z "${S3:-}" ] || echo s3); do
		rclone_config "$kind" "$PROXY_PORT"
		place "${kind/webdav/dav}"
		fails 69 "connection refused"
	done
	rclone_config
}

@test "the folder is gone, or was never a place for copies" {
	for kind in $(few folder rsync); do
		[ "$kind" != s3 ] || continue
		echo "$kind"
		[ ! -d "${BACKUP:-/nonexistent}" ] || rm -rf "$BACKUP"
		ready "$kind"
		mv "$AT" "$T/elsewhere"
		changed
		expect_fail 78 "hint: siantre-ship --create $DEST makes it one" ship --to "$DEST"
		mkdir "$AT"
		ours "$AT"
		changed
		expect_fail 78 "$DEST: no README.txt there: not a place for backups yet, or its disk is not mounted" ship --to "$DEST"
		[ -z "$(ls -A "$AT")" ]
		expect_fail 78 "no README.txt there" ship --to "$DEST" --name x.txt <<<x
		[ -z "$(ls -A "$AT")" ]
		rmdir "$AT"
		mv "$T/elsewhere" "$AT"
		changed
		heals
	done
}

@test "what may not be written, or not be read" {
	ready rsync
	cp -a "$AT" "$RSYNCD/data/ro/x"
	DEST=$RSYNCD_URL/ro/x
	fails 77 "module is read only"
	said 'hint: "read only = no" in its rsyncd.conf'
	cp -a "$AT" "$RSYNCD/data/wo/x"
	DEST=$RSYNCD_URL/wo/x
	fails 77 "module is write only"
	DEST=$RSYNCD_URL/nothing/x
	fails 78 "Unknown module 'nothing'"
	rm -rf "$BACKUP"
	need_root
	ready folder
	chown root "$AT"
	chmod 0755 "$AT"
	fails 77 "rename $AT/.partial/20261102_020000 to $AT/20261102_020000: Permission denied"
	ours "$AT"
	heals
}

# full KIND: a place on a disk that is full.
full() {
	echo "$1"
	rm -rf "${BACKUP:-$T/backup}"
	ready "$1"
	seq 200000 300000 >"$T/more"
	make_big 20261103_020000 "$T/more"
	cp -a "$AT/." "$2/"
	ours "$2"
	DEST=$3 AT=$2
	changed
	# It looks once to know what is there already.
	head -c 10m /dev/zero >"$AT/ballast" 2>/dev/null || true
	fails 74 " space"
	said "hint: make room at the far end" || [ "$1" = folder ]
	rm "$AT/ballast"
	changed
	mount -o remount,size=20m "$2"
	heals
}

@test "the disk there is full" {
	mkdir "$T/disk" "$RSYNCD/full/x" "$SSHD/data/full"
	small_disk "$T/disk" 600k
	full folder "$T/disk" "$T/disk"
	small_disk "$RSYNCD/full/x" 600k
	full rsync "$RSYNCD/full/x" "$RSYNCD_URL/full/x"
	[ "${SHIP_ALL:-0}" = 1 ] || return 0
	small_disk "$SSHD/data/full" 600k
	full ssh "$SSHD/data/full" "ssh://root@127.0.0.1:$SSHD_PORT$SSHD/data/full"
	mkdir "$SFTP/data/full"
	small_disk "$SFTP/data/full" 600k
	full sftp "$SFTP/data/full" rclone:sftp:full
}

@test "a slow line, and a limit" {
	make_sets db 20261101_020000
	for kind in $(bad_lines); do
		place "$kind"
		expect_ok ship --create "$DEST"
		case $kind in
		rsync) start_proxy "$RSYNCD_PORT" slow 40000 && DEST=${DEST/$RSYNCD_PORT/$PROXY_PORT} ;;
		ssh) start_proxy "$SSHD_PORT" slow 40000 && DEST=${DEST/$SSHD_PORT/$PROXY_PORT} ;;
		sftp)
			start_proxy "$SFTP_PORT" slow 40000
			rclone_config sftp "$PROXY_PORT"
			OPTIONS=(--rclone-config "$RCLONE_CONFIG")
			;;
		esac
		heals --bwlimit 30K --timeout 20s
		stop_proxy
	done
}

@test "a line on which nothing moves any more" {
	for kind in $(bad_lines); do
		rm -rf "${BACKUP:-$T/backup}"
		ready "$kind"
		NEXT=20261102
		big_next
		was=$DEST options=("${OPTIONS[@]}")
		for n in 10 20000; do
			# What has been sent by half may have to be missed for longer.
			timeout=2s
			[ $kind$n != rsync20000 ] || timeout=1s
			case $kind in
			rsync) start_proxy "$RSYNCD_PORT" stall $n && DEST=${was/$RSYNCD_PORT/$PROXY_PORT} ;;
			ssh) start_proxy "$SSHD_PORT" stall $n && DEST=${was/$SSHD_PORT/$PROXY_PORT} ;;
			sftp)
				start_proxy "$SFTP_PORT" stall $n
				rclone_config sftp "$PROXY_PORT"
				OPTIONS=(--rclone-config "$RCLONE_CONFIG")
				;;
			esac
			began=$SECONDS
			fails 69 "$DEST: " --timeout $timeout --tries 1
			echo "$kind: $n: $((SECONDS - began)) s"
			[ $((SECONDS - began)) -lt 25 ]
			stop_proxy
		done
		DEST=$was OPTIONS=("${options[@]}")
		heals
	done
}

# line_at MODE [N]: a proxy on $LINE, which is always the same port, before $TARGET.
line_at() {
	[ -z "$LINE" ] || stop_proxy
	start_proxy --count --port "${LINE:-0}" "$TARGET" "$@"
	LINE=$PROXY_PORT
}

# behind KIND: a place behind the proxy of line_at, with a set; $BYTES_TO and $BYTES_BACK: what went over
# the line for the second one.
behind() {
	local name=behind.$BATS_TEST_NUMBER.$1 count
	rm -rf "${BACKUP:-$T/backup}"
	make_sets db 20261001_020000
	LINE=''
	case $1 in
	rsync) TARGET=$RSYNCD_PORT ;;
	ssh | rrsync) TARGET=$SSHD_PORT ;;
	sftp) TARGET=$SFTP_PORT ;;
	dav) TARGET=$WEBDAV_PORT ;;
	s3) TARGET=$S3_PORT ;;
	esac
	line_at count
	case $1 in
	sftp | s3) rclone_config "$1" "$LINE" ;;
	dav) rclone_config webdav "$LINE" ;;
	esac
	PORT=$LINE place "$1" "$name"
	[ "$1" != rsync ] || DEST=${DEST/:$RSYNCD_PORT/:$LINE}
	expect_ok ship --create "$DEST"
	expect_ok ship --to "$DEST"
	big_next
	line_at count
	expect_ok ship --to "$DEST"
	read -r _ BYTES_TO _ BYTES_BACK _ <"$PROXY_DIR/count"
	all_there
}

# within N: a number from 1 to N.
within() {
	echo $((1 + (RANDOM * 32768 + RANDOM) % $1))
}

# healing: at most two runs over a good line bring all there.
healing() {
	line_at count
	ship --to "$DEST" >"$T/stdout" 2>"$T/stderr" || heals
	all_there
	nothing_false
}

# cuts KIND [N]: the line is cut at N random bytes.
cuts() {
	local i mode got
	RANDOM=20261123
	behind "$1"
	for ((i = 0; i < ${SHIP_CUTS:-${2:-1}}; i++)); do
		big_next
		mode=cut-total n=$(within "$BYTES_TO")
		((i % 2)) || mode=cut-total-back n=$(within "$BYTES_BACK")
		line_at "$mode" "$n"
		got=0
		ship --to "$DEST" --tries 1 --timeout 15s >"$T/stdout" 2>"$T/stderr" || got=$?
		echo "$i: $mode $n: $got"
		# Cut in the last bytes it may have been done; and what can be tried again is.
		[ $got = 69 ] || [ $got = 0 ] || { cat "$T/stderr" && return 1; }
		[ $got = 0 ] || grep -q ': failed; ' "$T/stderr"
		[ $got != 0 ] || all_there
		nothing_false
		healing
	done
}

@test "a line that is cut at random bytes: a daemon" { cuts rsync 3; }
@test "a line that is cut at random bytes: ssh" { cuts ssh; }
@test "a line that is cut at random bytes: SFTP" { once && cuts sftp; }

# flips KIND [N]: one bit is turned on the way, N times.
flips() {
	local i mode got
	RANDOM=20261124
	behind "$1"
	for ((i = 0; i < ${SHIP_FLIPS:-${2:-1}}; i++)); do
		big_next
		mode=flip n=$(within "$BYTES_TO")
		((i % 2)) || mode=flip-back n=$(within "$BYTES_BACK")
		line_at "$mode" "$n"
		got=0
		# Where both ends wait for each other then, it ends after five times that.
		ship --to "$DEST" --timeout 15s >"$T/stdout" 2>"$T/stderr" || got=$?
		echo "$i: $mode $n: $got"
		[ $got != 0 ] || all_there
		nothing_false
		healing
	done
}

@test "a bit that is turned on the way: a daemon" { flips rsync 3; }
@test "a bit that is turned on the way: ssh" { flips ssh; }
@test "a bit that is turned on the way: WebDAV" { once && flips dav 2; }
@test "a bit that is turned on the way: S3" {
	once
	need_s3
	flips s3
}

@test "a daemon that takes no more connections, or is started anew meanwhile" {
	ready rsync
	mkdir "$T/other"
	ours "$T/other"
	cp "$RSYNCD/rsyncd.conf" "$T/rsyncd.conf"
	sed -i 's/^max connections.*/max connections = -1/' "$RSYNCD/rsyncd.conf"
	fails 69 "@ERROR: max connections (-1) reached -- try again later"
	cp "$T/rsyncd.conf" "$RSYNCD/rsyncd.conf"
	heals
	make_sets db 20261104_020000
	stop_far_server "$RSYNCD"
	(
		sleep 1.5
		"$ROOT/tests/remotes" start rsyncd "$RSYNCD"
	) 3>&- 4>&- &
	expect_ok ship --to "$DEST" --tries 5 --pause 1s
	wait
	grep -q "Connection refused.*; trying again in 1.0 s" "$T/stderr"
	all_there
}

# slain: wait until nobody is at work any more whom the killed run had started.
slain() {
	local i got
	for ((i = 0; i < 100; i++)); do
		got=0
		ship --to "$DEST" >"$T/stdout" 2>"$T/stderr" || got=$?
		[ $got = 75 ] || return "$got"
		sleep 0.1
	done
	return 75
}

# kills KIND N: N runs that are killed with their process group at a random moment.
kills() {
	local i began took pid
	rm -rf "${BACKUP:-$T/backup}"
	NEXT=20261102
	big_next
	place "$1"
	expect_ok ship --create "$DEST"
	began=${EPOCHREALTIME//[!0-9]/}
	expect_ok ship --to "$DEST"
	took=$((${EPOCHREALTIME//[!0-9]/} - began))
	for ((i = 0; i < $2; i++)); do
		big_next
		set -m
		ship --to "$DEST" >"$T/stdout" 2>"$T/stderr" 3>&- 4>&- &
		pid=$!
		set +m
		sleep "$(printf '%d.%06d' $((n = $(within "$took"), n / 1000000)) $((n % 1000000)))"
		kill -9 -- "-$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		no_half
		slain || { echo "$1: killed after $n us" && cat "$T/stderr" && return 1; }
		all_there
		nothing_false
	done
}

@test "kill -9 at random moments leaves no half set" {
	RANDOM=20261125
	read -rd '' -a all < <(few folder rsync ssh sftp) || true
	# In CI each has its turn once.
	each=$(((${SHIP_KILLS:-1} + ${#all[@]} - 1) / ${#all[@]}))
	for kind in "${all[@]}"; do
		echo "$kind"
		kills "$kind" "$each"
	done
}

@test "what was killed, and is not here any more, is taken away there" {
	for kind in $(few folder rsync s3); do
		[ "$kind" != s3 ] || [ -n "${S3:-}" ] || continue
		echo "$kind"
		rm -rf "${BACKUP:-$T/backup}"
		ready "$kind"
		NEXT=20261102
		big_next
		# As they stand in the middle.
		case $kind in
		rsync | rrsync | s3) half=20261103_020000 fullhalf=full/20261101_040000 ;;
		*) half=.partial/20261103_020000 fullhalf=.partial/20261101_040000 ;;
		esac
		mkdir "$T/half"
		cp "$BACKUP/20261103_020000"/{note.txt,set.json} "$T/half/"
		chmod 0755 "$T/half"
		case $kind in
		s3) for name in $half $fullhalf; do rclone copy "$T/half" "${DEST#rclone:}/$name"; done ;;
		*)
			mkdir -p "$AT/.partial" "$AT/full"
			[[ $half != .partial/* ]] || mkdir "$AT/.partial/20261001_020000.gone"
			for name in $half $fullhalf foreign .partial/foreign; do cp -a "$T/half" "$AT/$name"; done
			ours "$AT"
			;;
		esac
		changed
		rm -rf "$T/half" "$BACKUP/20261103_020000"
		make_sets db 20261104_020000
		# As after a run that did not come to its end.
		rm "$(state)/clean"
		expect_ok ship --to "$DEST"
		grep -qF "$DEST: removing $half, which was never finished" "$T/stderr"
		grep -qF "$DEST: removing $fullhalf, which was never finished" "$T/stderr"
		at
		[ ! -e "$AT/$half" ]
		[ ! -e "$AT/$fullhalf" ]
		if [ $kind != s3 ]; then
			[ -e "$AT/foreign/note.txt" ]
			[ -e "$AT/.partial/foreign/note.txt" ]
		fi
		rm -rf "$AT/.partial/foreign"
		all_there
		expect_ok ship -v --to "$DEST"
		not grep removing "$T/stderr"
	done
}

@test "a far end that talks for ever fills no memory" {
	make_sets db 20261101_020000
	mkdir -m 0755 "$T/bin"
	install -m 0755 "$BUILD/siantre-ship" "$BUILD"/libsiantre-*.so "$T/bin/"
	# The ssh beside it is the one that is called.
	printf '%s\n' '#!/bin/sh' 'yes "never done" 2>/dev/null | head -c 100000000 >&2' \
	    "[ \$? = 0 ] || echo refused >$T/far.state/refused" 'exit 255' >"$T/bin/ssh"
	chmod 0755 "$T/bin/ssh"
	expect_fail 69 "far:/x: connect: n" "$T/bin/siantre-ship" -c "$CONF" --tries 1 --to far:/x
	[ -e "$T/far.state/refused" ]
}

@test "what a stream that was killed left is taken away there, a week later" {
	for kind in $(few folder ssh); do
		[ "$kind" != s3 ] || continue
		echo "$kind"
		rm -rf "${BACKUP:-$T/backup}"
		ready "$kind"
		heals
		case $kind in
		rsync | rrsync) continue ;;
		esac
		mkdir -p "$AT/.partial"
		touch -d '8 days ago' "$AT/.partial/w.txt.stream"
		ours "$AT"
		changed
		# Each run comes to its end; what it looked for is remembered beside that.
		touch -d '5 days ago' "$(state)/clean"
		expect_ok ship --to "$DEST"
		[ -e "$AT/.partial/w.txt.stream" ]
		[ "$(stat -c %Y "$(state)/clean")" -lt "$(date -d '4 days ago' +%s)" ]
		touch -d '7 days ago' "$(state)/clean"
		expect_ok ship --to "$DEST"
		said "siantre-ship: $DEST: removing .partial/w.txt.stream, which was never finished"
		[ ! -e "$AT/.partial/w.txt.stream" ]
		[ "$(stat -c %Y "$(state)/clean")" -gt "$(date -d '1 hour ago' +%s)" ]
		# It was looked for in the future, by a clock that went wrong.
		touch -d '8 days ago' "$AT/.partial/w.txt.stream"
		ours "$AT"
		touch -d '99 days' "$(state)/clean"
		expect_ok ship --to "$DEST"
		[ ! -e "$AT/.partial/w.txt.stream" ]
		[ "$(stat -c %Y "$(state)/clean")" -le "$(date +%s)" ]
		all_there
	done
}

@test "what others have put where streams are made stays, whatever it is called" {
	for kind in folder ssh sftp; do
		echo "$kind"
		rm -rf "${BACKUP:-$T/backup}"
		ready "$kind"
		mkdir -p "$AT/.partial"
		touch -d '9 days ago' "$AT/.partial/ours.sql.gz.stream" "$AT/.partial/x * .stream" \
		    "$AT/.partial/x;touch y;.stream" "$AT/.partial/\$(touch y).stream" "$AT/.partial/-x.stream"
		[ "$kind" = sftp ] || touch -d '9 days ago' "$AT/.partial/"$'x\n.stream'
		ours "$AT"
		changed
		rm "$(state)/clean"
		expect_ok ship --to "$DEST"
		said "siantre-ship: $DEST: removing .partial/ours.sql.gz.stream, which was never finished"
		[ "$(grep -c removing "$T/stderr")" = 1 ]
		[ ! -e "$AT/.partial/ours.sql.gz.stream" ]
		for name in "x * " 'x;touch y;' '$(touch y)' -x; do
			[ -e "$AT/.partial/$name.stream" ]
		done
		[ "$(find "$AT" -name y)" = "" ]
		[ "$(there)" = "$(here)" ]
		no_half
	done
}

@test "who is killed alone leaves a child that nobody gets in the way of" {
	ready rsync
	start_proxy "$RSYNCD_PORT" slow 4000
	DEST=${DEST/$RSYNCD_PORT/$PROXY_PORT}
	siantre-ship -c "$CONF" -v --to "$DEST" 2>"$T/first" 3>&- 4>&- &
	pid=$!
	comes grep -q "proving 20261101_020000\|sending 20261102_020000" "$T/first"
	comes pgrep -P "$pid" >"$T/children"
	kill -9 "$pid"
	wait "$pid" || true
	# shellcheck disable=SC2046
	kill -STOP $(cat "$T/children")
	expect_fail 75 "$DEST: another run (process $pid) is at it" ship --to "$DEST"
	# shellcheck disable=SC2046
	kill -9 $(cat "$T/children")
	stop_proxy
	start_proxy --port "$PROXY_PORT" "$RSYNCD_PORT" count
	slain
	all_there
}

@test "a set that is removed here while it is sent" {
	place rsync
	NEXT=20261101
	big_next
	big_next
	make_sets db 20261104_020000
	expect_ok ship --create "$DEST"
	start_proxy "$RSYNCD_PORT" slow 30000
	DEST=${DEST/$RSYNCD_PORT/$PROXY_PORT}
	siantre-ship -c "$CONF" -v --to "$DEST" 2>"$T/first" 3>&- 4>&- &
	pid=$!
	comes grep -q "sending 20261103_020000" "$T/first"
	sleep 0.2
	mv "$BACKUP/20261103_020000" "$T/pruned"
	wait "$pid" || { cat "$T/first" && false; }
	grep -qE ": 2 sent .*, 2 there, the newest 20261104_020000" "$T/first"
	[ "$(there | xargs)" = "20261102_020000 20261104_020000" ]
	# What is left of it there goes with the next run.
	expect_ok ship --to "$DEST"
	all_there
	[ ! -e "$AT/20261103_020000" ]
}

@test "no room here to read back what is not here any more" {
	BACKUP=$T/backup
	mkdir "$BACKUP"
	head -c 800000 /dev/urandom | base64 >"$T/more"
	make_big 20261101_020000 "$T/more"
	place rsync
	small_disk "$T/small" 700k
	ours "$T/small"
	expect_ok ship --create "$DEST"
	expect_ok ship -q --state "$T/small" --to "$DEST"
	rm -rf "$BACKUP/20261101_020000"
	expect_fail 73 "/20261101_020000: no room in $T/small/" ship --state "$T/small" --to "$DEST" --check all
	[ -z "$(find "$T/small" -name back)" ]
	nothing_false
}

@test "a daemon that is stuck" {
	[ "${SHIP_ALL:-0}" = 1 ] || skip "takes a minute: SHIP_ALL=1"
	for stuck in all receiver generator; do
		rm -rf "${BACKUP:-$T/backup}"
		ready rsync
		NEXT=20261102
		big_next
		was=$DEST
		start_proxy "$RSYNCD_PORT" slow 12000
		DEST=${DEST/$RSYNCD_PORT/$PROXY_PORT}
		siantre-ship -c "$CONF" -v --tries 1 --to "$DEST" --timeout 2s 2>"$T/first" 3>&- 4>&- &
		pid=$!
		comes grep -q "sending 20261103_020000" "$T/first"
		sleep 1.5
		generator=$(pgrep -P "$(cat "$RSYNCD/pid")")
		receiver=$(pgrep -P "$generator")
		case $stuck in
		all) kill -STOP "$generator" "$receiver" ;;
		*) kill -STOP "${!stuck}" ;;
		esac
		began=$SECONDS got=0
		wait "$pid" || got=$?
		echo "$stuck: $((SECONDS - began)) s"
		kill -9 "$generator" "$receiver" || true
		[ $got = 69 ]
		[ $((SECONDS - began)) -lt 40 ]
		grep -q "timeout in data send/receive" "$T/first"
		nothing_false
		stop_proxy
		DEST=$was
		heals
	done
}
