# Far ends and bad lines for scenarios: `load remotes` behind `load lib`; see tests/remotes.
#   start_rsyncd   $RSYNCD the folder, $RSYNCD_PORT, $RSYNCD_URL
#   start_sshd     $SSHD, $SSHD_PORT, $SSH_CONFIG: `ssh -F "$SSH_CONFIG" far`
#   start_sftp, start_webdav, start_s3   $SFTP, $WEBDAV, $S3, …_PORT; all in $RCLONE_CONFIG
#   start_proxy [--count] [--port PORT] TARGET_PORT MODE [N]   $PROXY_PORT, $PROXY (its number)
# Called from setup_file they serve all tests of the file until stop_far in teardown_file; called
# in a test, until stop_far in teardown, which comes before lib_teardown:
#   setup_file() { start_rsyncd; }        teardown() { stop_far; lib_teardown; }
#   teardown_file() { stop_far; }
# Each call of start_KIND with the folder of one that was stopped starts that again, on its port.
# shellcheck shell=bash disable=SC2153,SC2154,SC2119,SC2120

# What a machine has in its environment for other purposes.
unset AWS_CA_BUNDLE AWS_PROFILE AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
unset RSYNC_RSH RSYNC_PASSWORD RSYNC_PROXY RSYNC_CONNECT_PROG SSH_AUTH_SOCK
unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY

# far_root: the folder for what is started now, in $root.
far_root() {
	if [ -n "${T:-}" ]; then
		root=$T/far
		mkdir -p "$root"
		return
	fi
	if [ -z "${FAR:-}" ]; then
		FAR=$(mktemp -d "${TMPDIR:-/tmp}/siantre-far.XXXXXX")
		export FAR
		chmod 0755 "$FAR"
	fi
	root=$FAR
}

# start_far KIND [DIR]: the folder is in $far then.
start_far() {
	local root
	far_root
	far=${2:-$root/$1}
	"$ROOT/tests/remotes" start "$1" "$far" 3>&- 4>&- || return 1
}

stop_far_server() {
	"$ROOT/tests/remotes" stop "$1" 3>&- 4>&-
}

start_rsyncd() {
	start_far rsyncd "$@" || return 1
	export RSYNCD=$far RSYNCD_PORT RSYNCD_URL
	RSYNCD_PORT=$(cat "$far/port")
	RSYNCD_URL=rsync://127.0.0.1:$RSYNCD_PORT
}

start_sshd() {
	start_far sshd "$@" || return 1
	export SSHD=$far SSHD_PORT SSH_CONFIG=$far/config
	SSHD_PORT=$(cat "$far/port")
}

start_sftp() {
	start_far sftp "$@" || return 1
	export SFTP=$far SFTP_PORT
	SFTP_PORT=$(cat "$far/port")
	rclone_config
}

start_webdav() {
	start_far webdav "$@" || return 1
	export WEBDAV=$far WEBDAV_PORT
	WEBDAV_PORT=$(cat "$far/port")
	rclone_config
}

# start_s3: skips the test where there is no s3rver.
start_s3() {
	need_s3
	start_far s3 "$@" || return 1
	export S3=$far S3_PORT
	S3_PORT=$(cat "$far/port")
	rclone_config
}

need_s3() {
	[ -d "$("$ROOT/tests/npm" s3 --where)" ] || skip "no s3rver: tests/npm s3 needs npm and its registry"
}

# rclone_config [KIND PORT]: write $RCLONE_CONFIG with every remote that was started, and local:
# (the folder $LOCAL); that of KIND at PORT, which is a proxy's.
rclone_config() {
	local root dir kind
	far_root
	export RCLONE_CONFIG=$root/rclone.conf LOCAL=$root/local
	mkdir -p "$LOCAL"
	{
		printf '%s\n' "[local]" "type = alias" "remote = $LOCAL"
		for dir in "${SFTP:-}" "${WEBDAV:-}" "${S3:-}"; do
			[ -n "$dir" ] || continue
			kind=$(cat "$dir/kind")
			if [ "$kind" = "${1:-}" ]; then
				"$ROOT/tests/remotes" fragment "$dir" "$2"
			else
				"$ROOT/tests/remotes" fragment "$dir"
			fi
		done
	} >"$RCLONE_CONFIG"
	chmod 0640 "$RCLONE_CONFIG"
	[ "$(id -u)" != 0 ] || chgrp siantre-backup "$RCLONE_CONFIG"
}

# ssh_through PORT: another $SSH_CONFIG, whose hosts are behind a proxy.
ssh_through() {
	local root
	far_root
	sed "s/^  Port .*/  Port $1/" "$SSHD/config" >"$root/ssh_config.$1"
	export SSH_CONFIG=$root/ssh_config.$1
}

# start_proxy [--count] [--port PORT] TARGET_PORT MODE [N]: see tests/proxy.c.
start_proxy() {
	local root dir options=() port=0
	far_root
	dir=$(mktemp -d "$root/proxy.XXXXXX")
	while [[ $1 == --* ]]; do
		case $1 in
		--count) options=(--count "$dir/count") ;;
		--port) port=$2 && shift ;;
		esac
		shift
	done
	"$BUILD/proxy" "${options[@]}" "$port" "$@" >"$dir/port" 2>"$dir/err" 3>&- 4>&- &
	PROXY=$! PROXY_PORT='' PROXY_DIR=$dir
	echo "$PROXY" >"$dir/pid"
	for _ in {1..600}; do
		! { read -r PROXY_PORT <"$dir/port"; } 2>/dev/null || break
		kill -0 "$PROXY" 2>/dev/null || break
		sleep 0.02
	done
	[ -n "$PROXY_PORT" ] || { cat "$dir/err" && return 1; }
}

# stop_proxy: the last one.  With --count its figures are in $SENT, $RECEIVED and $CONNECTIONS.
stop_proxy() {
	kill "$PROXY" 2>/dev/null || true
	wait "$PROXY" 2>/dev/null || true
	rm -f "$PROXY_DIR/pid"
	# shellcheck disable=SC2034
	[ ! -f "$PROXY_DIR/count" ] || read -r _ SENT _ RECEIVED _ CONNECTIONS _ <"$PROXY_DIR/count"
}

# stop_far: what this test started, or this file where no test runs, also after a failure.
stop_far() {
	local root=${T:+$T/far} dir pid
	root=${root:-${FAR:-}}
	[ -n "$root" ] || return 0
	for dir in "$root"/*/; do
		dir=${dir%/}
		if [ -f "$dir/kind" ]; then
			stop_far_server "$dir"
		elif [ -f "$dir/pid" ]; then
			pid=$(cat "$dir/pid")
			# It may have ended, and the number may be somebody else's by now.
			[ "$(readlink "/proc/$pid/exe")" != "$(realpath "$BUILD/proxy")" ] || kill "$pid" || true
		fi
	done
	[ -n "${T:-}" ] || rm -rf "$root"
}

# set_conf: a configuration $CONF for the backup folder $BACKUP ($T/backup).
set_conf() {
	BACKUP=${BACKUP:-$T/backup}
	CONF=$T/far.conf
	mkdir -p "$BACKUP" "$T/far.state" "$T/far.log"
	chmod 0700 "$BACKUP"
	printf '%s\n' "BACKUP_DIR=$BACKUP" "STATE_DIR=$T/far.state" "LOG_FILE=$T/far.log/backup.log" >"$CONF"
	ours "$BACKUP" "$T/far.state" "$T/far.log"
}

# seed_set JOB FILE...: a set that siantre-run made of these files, in $seed.
seed_set() {
	local job=$1 file
	shift
	set_conf
	mkdir -p "$T/far.jobs"
	{
		printf '%s\n' '#!/bin/bash' 'set -euo pipefail'
		for file; do
			printf 'cat %q >%q\n' "$file" "${file##*/}"
		done
	} >"$T/far.jobs/$job"
	chmod 0755 "$T/far.jobs/$job"
	seed=$(siantre-run -c "$CONF" --jobs "$T/far.jobs" "$job" 2>"$T/far.err") || {
		cat "$T/far.err"
		return 1
	}
}

# make_set NAME [JOB]: a verified set of that name (20261123_020000) and job (db) in $BACKUP, as
# siantre-run makes it: a plain file note.txt, which holds the name, and an archive of 20 kB, the
# same in all.  Quick: the first of a job takes a run, the others a few milliseconds each.
make_set() {
	make_sets "${2:-db}" "$1"
}

# make_sets JOB NAME...: several.
make_sets() {
	local job=$1 in
	shift
	set_conf
	in=$BACKUP
	[ "$job" != full ] || in=$BACKUP/full
	if [ ! -d "$T/far.in" ]; then
		mkdir "$T/far.in"
		seq 1 9000 >"$T/far.in/numbers"
		siantre-pack -q -C "$T/far.in" -o "$T/far.in/files.tar.gz" -f numbers
		echo 00000000_000000 >"$T/far.in/note.txt"
	fi
	if [ ! -d "$T/far.seed/$job" ]; then
		seed_set "$job" "$T/far.in/files.tar.gz" "$T/far.in/note.txt" || return 1
		mkdir -p "$T/far.seed"
		mv -T "$seed" "$T/far.seed/$job"
	fi
	mkdir -p "$in"
	# What holds the name of the set, the digest of that, and the digests of all.
	perl - "$T/far.seed/$job" "$in" "$@" <<'PERL' || return 1
use strict; use Digest::SHA 'sha256_hex'; use POSIX 'strftime'; use Time::Local;
my ($seed, $in, @names) = @ARGV;
my %seed;
for my $path (glob "$seed/*") {
	open(my $f, '<', $path) or die "$path: $!"; local $/; $seed{$path =~ s{.*/}{}r} = <$f>;
}
delete @seed{'SHA256SUMS', 'verified.json'};
for my $name (@names) {
	my %file = %seed;
	my @t = $name =~ /^(....)(..)(..)_(..)(..)(..)$/ or die "$name: no name of a set\n";
	my $began = timelocal($t[5], $t[4], $t[3], $t[2], $t[1] - 1, $t[0]);
	$file{'note.txt'} = "$name\n";
	my ($old, $new) = map { sha256_hex($_->{'note.txt'}) } \%seed, \%file;
	for ($file{'set.json'}) {
		s/$old/$new/;
		s/("set": ")[^"]*/$1$name/;
		s/("started": ")[^"]*/$1 . strftime('%FT%TZ', gmtime $began)/e;
		s/("ended": ")[^"]*/$1 . strftime('%FT%TZ', gmtime $began + 41)/e;
	}
	$file{SHA256SUMS} = join '', map { sha256_hex($file{$_}) . "  $_\n" } sort keys %file;
	mkdir "$in/$name", 0700 or die "$in/$name: $!\n";
	for (keys %file) {
		open(my $f, '>', "$in/$name/$_") or die "$in/$name/$_: $!\n";
		print $f $file{$_};
		close $f or die "$in/$name/$_: $!\n";
		chmod 0440, "$in/$name/$_";
	}
}
PERL
	set -- "${@/#/$in/}"
	ours "$in" "$@"
	siantre-verify -q --record "$@"
}

# seal_set DIR: write SHA256SUMS and the rights of a set anew.  It is not verified then.
seal_set() {
	(
		cd "$1" || exit 1
		rm -f SHA256SUMS verified.json
		sha256sum -- * >../.sums.$$
		mv ../.sums.$$ SHA256SUMS
		chmod 0440 -- *
		chmod 0700 .
	)
	ours "$1"
}

# set_of NAME JOB FILE...: a verified set of that name that holds copies of these files.
set_of() {
	local name=$1 dir
	shift
	seed_set "$@"
	dir=$BACKUP/$name
	[ "$1" != full ] || dir=$BACKUP/full/$name
	[ "$seed" = "$dir" ] || mv -T "$seed" "$dir"
	chmod u+w "$dir/set.json"
	sed -i "s/\"set\": \"${seed##*/}\"/\"set\": \"$name\"/" "$dir/set.json"
	seal_set "$dir"
	siantre-verify -q --record "$dir"
}

# make_big_pair DIR [ROWS [HOW]]: two packed dumps of a SiAntre of so many queue rows (200000: 67
# MB of SQL, 18 MB packed; twenty seconds), by the server of start_db: DIR/first/db_backup.sql.gz
# with its index, and DIR/second/…, before which one run of rows of the largest table was changed
# or appended (HOW: changed is the default): as many as 1 % of all rows of the database.
make_big_pair() {
	local dir=$1 rows=${2:-200000} run
	run=$((rows * 19 / 1000)) # there are 1.9 rows for each queue row
	fill_small far_pair "$rows"
	sql "DROP TRIGGER queues_log" far_pair # it would write into a second place
	pack_dump "$dir/first"
	case ${3:-changed} in
	changed) sql "UPDATE queues SET visitor = SHA1(id), note = CONCAT('diubah ', SHA1(id + 1)), wait_seconds = RAND(id)
	    WHERE id BETWEEN $((rows / 3)) AND $((rows / 3 + run - 1))" far_pair ;;
	appended) sql "INSERT INTO queues (service_id, day, number, visitor, phone, note, wait_seconds, created_at)
	    SELECT 1 + seq % 7, '2026-11-23', seq, SHA1(seq), CRC32(seq), SHA1(seq + 1), RAND(seq), '2026-11-23 01:00:00'
	    FROM seq_1_to_$run" far_pair ;;
	esac
	pack_dump "$dir/second"
	! cmp -s "$dir"/{first,second}/db_backup.sql.gz || { echo "make_big_pair: no difference" && return 1; }
	sql "DROP DATABASE far_pair"
}

pack_dump() {
	mkdir -p "$1"
	siantre-dump -q --defaults-file="$DB/root.cnf" far_pair |
	    siantre-pack -q --require-end --index "$1/db_backup.sql.gz.idx" -o "$1/db_backup.sql.gz"
}
