# What every scenario file loads: `load lib`.
#   $ROOT   the source tree         $BUILD  the built tools (SIANTRE_BUILD, or build/), first in PATH
#   $T      a fresh folder a test, removed behind it; anybody may enter it; a server that
#           tests/mariadbd has started in a folder in it is stopped then
#   $STEP   1, or 5 where the sanitizers make each run slow: every which case a long loop takes
#   $DB     after start_db: the folder of a private server; $DB/sock, $DB/root.cnf
# A file that needs a server says so once:  setup_file() { start_db; }
# A file with a setup() or teardown() of its own calls lib_setup or lib_teardown in it.
# shellcheck shell=bash disable=SC2154

ROOT=$(cd "${BASH_SOURCE[0]%/*}/.." && pwd)
BUILD=${SIANTRE_BUILD:-$ROOT/build}
[[ $BUILD == /* ]] || BUILD=$ROOT/$BUILD
# What Debian's packages brought, before wrappers of the same names that a machine may have.
PATH=$BUILD:/usr/bin:/bin:$PATH
STEP=1
[[ $BUILD != *-*san ]] || STEP=5
export ROOT BUILD STEP PATH LC_ALL=C.UTF-8 TZ=Asia/Jakarta
export TCELL_MINIMIZE=1 # rclone: no tables for screens, which are half of its start
unset MYSQL_PWD SIANTRE_NOTES NO_COLOR

lib_setup() {
	T=$(mktemp -d "${TMPDIR:-/tmp}/siantre-test.XXXXXX")
	chmod 0755 "$T"
	LIB_DISKS=()
}

lib_teardown() {
	local disk log _
	# Servers of this test alone.
	for log in "$T"/*/error.log; do
		[ ! -e "$log" ] || "$ROOT/tests/mariadbd" stop "${log%/error.log}"
	done
	for disk in ${LIB_DISKS[@]+"${LIB_DISKS[@]}"}; do
		# A server that worked there may only just be leaving.
		for _ in {1..200}; do
			! umount "$disk" 2>/dev/null || break
			sleep 0.05
		done
	done
	chmod -R u+rwX "$T"
	rm -rf "$T"
}

setup() {
	lib_setup
}

teardown() {
	lib_teardown
}

teardown_file() {
	stop_db
}

# ours PATH...: give them, and all in them, to the user that the tools become where root starts them.
ours() {
	[ "$(id -u)" != 0 ] || chown -R siantre-backup:siantre-backup "$@"
}

# job NAME LINE...: a job of these lines in $T/jobs, for `runs`.
job() {
	local name=$1
	shift
	printf '%s\n' '#!/bin/bash' 'set -euo pipefail' "$@" >"$T/jobs/$name"
	chmod 0755 "$T/jobs/$name"
}

# runs ARG...: siantre-run with $T/x.conf and these jobs, or those in $JOBS_DIR.
runs() {
	siantre-run -c "$T/x.conf" --jobs "${JOBS_DIR:-$T/jobs}" "$@"
}

# last KEY: its value in the last line of the journal, - where it has none.
last() {
	tail -n 1 "$T/state/journal.jsonl" | jq -r ".$1 // \"-\""
}

# start_db [mariadbd options]: a private server for all tests of the file.
start_db() {
	DB=$(mktemp -d "${TMPDIR:-/tmp}/siantre-db.XXXXXX")
	export DB
	"$ROOT/tests/mariadbd" start "$DB" "$@"
}

stop_db() {
	[ -n "${DB:-}" ] || return 0
	"$ROOT/tests/mariadbd" stop "$DB"
	rm -rf "$DB"
	unset DB
}

# sql STATEMENTS [client options and database]: as the server's root; `sql -` reads stdin.
sql() {
	local statements=$1
	shift
	if [ "$statements" = - ]; then
		mariadb --defaults-file="$DB/root.cnf" --default-character-set=utf8mb4 --comments \
		    --batch --skip-column-names --max-allowed-packet=256M "$@"
	else
		mariadb --defaults-file="$DB/root.cnf" --default-character-set=utf8mb4 --comments \
		    --batch --skip-column-names "$@" <<<"$statements"
	fi
}

# dump ARG...: siantre-dump as the server's root.
dump() {
	siantre-dump --defaults-file="$DB/root.cnf" "$@"
}

# new_db NAME...: empty databases, dropped first where they exist.
new_db() {
	local name
	for name in "$@"; do
		sql "DROP DATABASE IF EXISTS \`$name\`; CREATE DATABASE \`$name\`"
	done
}

# drop_like PATTERN: drop every database of that name.
drop_like() {
	local name
	for name in $(sql "SHOW DATABASES LIKE '$1'"); do
		sql "DROP DATABASE \`$name\`"
	done
}

# fill_small NAME [ROWS]: a small SiAntre database NAME (default: siantre, 60 queue rows).
fill_small() {
	new_db "${1:-siantre}"
	"$ROOT/tests/fill" "${2:-60}" | sql - "${1:-siantre}"
}

# env_file FILE DATABASE [USER [PASSWORD]]: the .env of an application that uses the server.
env_file() {
	printf 'APP_NAME="SiAntre"\nDB_CONNECTION=mysql\nDB_SOCKET=%s\nDB_DATABASE=%s\n' \
	    "$DB/sock" "$2" >"$1"
	printf 'DB_USERNAME=%s\nDB_PASSWORD="%s"\n' "${3:-root}" "${4:-}" >>"$1"
}

# flip FILE OFFSET [MASK]: turn bits of one byte, which so differs whatever it was.
flip() {
	local byte
	byte=$(od -A n -t u1 -j "$2" -N 1 "$1")
	printf '%b' "\\x$(printf %x $((byte ^ ${3:-16})))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# expect_fail CODE WORDS COMMAND...: COMMAND ends with CODE and one line on stderr holds WORDS.
# $T/stdout and $T/stderr keep what it wrote.
expect_fail() {
	local code=$1 words=$2 got=0
	shift 2
	"$@" >"$T/stdout" 2>"$T/stderr" || got=$?
	if [ "$got" = "$code" ] && grep -qF -- "$words" "$T/stderr"; then
		return 0
	fi
	echo "expected exit $code and \"$words\"; got exit $got from: $*"
	sed 's/^/stderr: /' "$T/stderr"
	return 1
}

# said LINE: the last command wrote this line to stderr.
said() {
	grep -qxF -- "$1" "$T/stderr" || {
		echo "not said: $1"
		cat "$T/stderr"
		return 1
	}
}

# once: what takes long and is the same code again is left to the build without sanitizers.
once() {
	[[ $BUILD != *-*san ]] || skip "the plain build does"
}

# dumped NAME: what a database dumps to, but for its name.
dumped() {
	siantre-dump --defaults-file="$DB/root.cnf" "$1" >"$T/same.dump" || return 1
	sed "s/^\(-- siantre-[a-z]* {\"database\":\"\)$1\"/\1name\"/" "$T/same.dump" |
	    grep -av '^-- siantre-\(end\|note {"offsets"\)'
}

# same A B: both databases dump to the same bytes.
same() {
	dumped "$1" >"$T/same.$1" || return 1
	dumped "$2" >"$T/same.$2" || return 1
	cmp "$T/same.$1" "$T/same.$2" || { diff -a "$T/same.$1" "$T/same.$2" | cut -c 1-200 | head -n 20; false; }
}

# not COMMAND...: it must fail.  After a bare `!` a test goes on.
not() {
	! "$@"
}

# lacks [grep options] PATTERN FILE...: no line of the files matches, and all can be read.
lacks() {
	local rc=0
	grep "$@" || rc=$?
	[ "$rc" = 1 ]
}

# comes COMMAND...: wait until it ends 0, a minute at most.
comes() {
	local _
	for _ in {1..1200}; do
		! "$@" 2>/dev/null || return 0
		sleep 0.05
	done
	echo "never came true: $*"
	return 1
}

# ended PID: it has, though init may not yet have asked for its end.
ended() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

# until_sql QUERY: wait until it has a row, two minutes at most.
until_sql() {
	for _ in $(seq 1200); do
		[ -z "$(sql "$1")" ] || return 0
		sleep 0.1
	done
	return 1
}

# expect_ok COMMAND...: COMMAND ends 0; what it wrote is shown where it does not.
expect_ok() {
	local got=0
	"$@" >"$T/stdout" 2>"$T/stderr" || got=$?
	[ "$got" != 0 ] || return 0
	echo "expected exit 0; got exit $got from: $*"
	sed 's/^/stderr: /' "$T/stderr"
	return 1
}

need_root() {
	[ "$(id -u)" = 0 ] || skip "needs root"
}

# as_nobody COMMAND...: as an ordinary user: `nobody` where the tests run as root, else this one.
# The tools are found even where the source tree is closed to others.
as_nobody() {
	if [ "$(id -u)" != 0 ]; then
		"$@"
		return
	fi
	local drop=(setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=-all
	    env "HOME=$T")
	if ! "${drop[@]}" test -x "$BUILD/siantre-dump" && [ ! -d "$T/.tools" ]; then
		mkdir -m 0755 "$T/.tools"
		install -m 0755 "$BUILD"/{,lib}siantre-* "$T/.tools/"
	fi
	[ ! -d "$T/.tools" ] || drop+=("PATH=$T/.tools:$PATH")
	"${drop[@]}" "$@"
}

# small_disk DIR SIZE: a tmpfs of SIZE ("512k") at DIR, unmounted behind the test.
small_disk() {
	need_root
	mkdir -p "$1"
	mount -t tmpfs -o "size=$2,mode=0755" siantre-test "$1" 2>/dev/null ||
		skip "this machine allows no tmpfs"
	LIB_DISKS+=("$1")
}

# of_shop SET: it becomes one of the application shop, and is no longer proven.
of_shop() {
	chmod u+w "$1" "$1"/*
	sed -i -E 's/"application": *"[^"]*"/"application": "shop"/' "$1/set.json"
	(cd "$1" && sed 's/^[^ ]*  //' SHA256SUMS | xargs -d '\n' sha256sum -- >new && mv new SHA256SUMS)
	rm -f "$1/verified.json"
}
