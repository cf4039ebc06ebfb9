# What every part of the load test uses: `source "${BASH_SOURCE[0]%/*}/lib.bash"`, then
# load_begin PART BYTES INODES.
#   $W       the work folder, removed at the end
#   $BUILD   the built tools, first in PATH
# The commands that count run through `measure`, between load_case and load_done:
#   load_case STEP UNITS   what follows is STEP, for so many files, tables, sets ...
#   measure COMMAND...     run it; its processor time and its peak are noted under STEP
#   load_done              add what was noted to $RESULTS, a line a process, with tabs:
#                          PART STEP UNITS PROCESS CPU-SECONDS PEAK-KIB
# What a process has started and waited for counts to it: its time is added, and of the peaks the
# highest is taken.
# shellcheck shell=bash

export LC_ALL=C.UTF-8 TZ=Asia/Jakarta
cd "${BASH_SOURCE[0]%/*}/../.." || exit 1
BUILD=${SIANTRE_BUILD:-$PWD/build}
[[ $BUILD == /* ]] || BUILD=$PWD/$BUILD
PATH=$BUILD:$PATH:/usr/sbin:/sbin
unset MYSQL_PWD SIANTRE_NOTES

# What is left to others, whatever happens.
KEEP_BYTES=$((4 << 30))
KEEP_INODES=200000

# load_fail [-CODE] WORDS
load_fail() {
	local code=1
	[[ $1 != -[0-9]* ]] || { code=${1#-} && shift; }
	printf 'load: %s: %s\n' "$PART" "$*" >&2
	exit "$code"
}

# load_number NAME: $NAME must be a number of at least 1.
load_number() {
	[[ ${!1} =~ ^[1-9][0-9]{0,9}$ ]] || load_fail -64 "$1=${!1} is not a number of at least 1"
}

# load_short BYTES INODES: say what the disk of the work folder lacks for that, and for others.
load_short() {
	local free inodes
	read -r free inodes < <(df -B1 --output=avail,iavail "$W" | tail -n 1)
	if [ "$free" -lt $(($1 + KEEP_BYTES)) ]; then
		echo "$(((free - KEEP_BYTES) >> 20)) MiB are free, and $(($1 >> 20)) needed"
	elif [[ $inodes =~ ^[0-9]+$ ]] && [ "$inodes" -lt $(($2 + KEEP_INODES)) ]; then
		echo "$((inodes - KEEP_INODES)) inodes are free, and $2 needed"
	fi
}

# load_begin PART BYTES INODES: ends 73, before anything is made, where there is less.
load_begin() {
	local short
	PART=$1
	RESULTS=${LOAD_RESULTS:?}
	W=$(mktemp -d "${LOAD_DIR:-${TMPDIR:-/tmp}}/siantre-load.XXXXXX")
	chmod 0755 "$W"
	MOUNTED=()
	WATCH=
	trap load_clean EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	trap 'load_fail -73 "$W: the disk is nearly full"' USR1
	short=$(load_short "$2" "$3")
	[ -z "$short" ] || load_fail -73 "$W: $short (beside $((KEEP_BYTES >> 30)) GiB and $KEEP_INODES inodes for others)"
	load_watch $$ &
	WATCH=$!
}

# Others may fill the disk meanwhile: what runs is ended, and then this script.
load_watch() {
	local pid
	trap - EXIT INT TERM USR1
	while sleep 2 && [ -d "$W" ]; do
		[ -n "$(load_short 0 0)" ] || continue
		kill -USR1 "$1"
		for pid in $(pgrep -P "$1"); do
			[ "$pid" = "$BASHPID" ] || { pkill -TERM -P "$pid" || kill "$pid"; }
		done
		return 0
	done
}

load_clean() {
	local place
	trap - USR1
	[ -z "$WATCH" ] || kill "$WATCH" 2>/dev/null || true
	[ -z "${DB:-}" ] || tests/mariadbd stop "$DB" || true
	for place in ${MOUNTED[@]+"${MOUNTED[@]}"}; do
		umount "$place" || umount -l "$place" || true
	done
	rm -rf "$W"
}

# load_disk DIR BYTES INODES: where root may, a file system of its own in a file, which is gone at
# once in the end, however many files are in it; otherwise a plain folder.
load_disk() {
	mkdir -p "$1"
	[ "$(id -u)" = 0 ] || return 0
	truncate -s "$2" "$1.image"
	mke2fs -q -t ext4 -O ^has_journal -m 0 -N "$3" -E lazy_itable_init=1 "$1.image"
	if mount -o loop,noatime "$1.image" "$1" 2>/dev/null; then
		MOUNTED+=("$1")
		rm "$1.image"
	else
		rm "$1.image"
	fi
}

# load_drop DIR: what load_disk made.
load_drop() {
	local place rest=()
	for place in ${MOUNTED[@]+"${MOUNTED[@]}"}; do
		if [ "$place" = "$1" ]; then
			umount "$1"
		else
			rest+=("$place")
		fi
	done
	MOUNTED=(${rest[@]+"${rest[@]}"})
	rm -rf "$1"
}

# load_ours PATH...: give them to the user that the tools become where root starts them.
load_ours() {
	[ "$(id -u)" != 0 ] || chown -R siantre-backup:siantre-backup "$@"
}

load_case() {
	STEP=$1 UNITS=$2
	: >"$W/children"
	printf 'load: %s: %s, %s\n' "$PART" "$STEP" "$UNITS" >&2
}

measure() {
	"$BUILD/bench/measure" "$W/children" "$@"
}

load_done() {
	awk -v OFS='\t' -v part="$PART" -v step="$STEP" -v units="$UNITS" '{ sub(".*/", "", $1)
		print part, step, units, $1, $2, $3 }' "$W/children" >>"$RESULTS"
}

# load_server [mariadbd options]: a private server.
load_server() {
	DB=$W/db
	tests/mariadbd start "$DB" "$@"
}

# sql STATEMENTS [client options and database]: as the server's root; `-` reads stdin.
sql() {
	local statements=$1
	shift
	if [ "$statements" = - ]; then
		mariadb --defaults-file="$DB/root.cnf" --default-character-set=utf8mb4 --batch \
		    --skip-column-names --max-allowed-packet=1G "$@"
	else
		mariadb --defaults-file="$DB/root.cnf" --default-character-set=utf8mb4 --batch \
		    --skip-column-names --max-allowed-packet=1G "$@" <<<"$statements"
	fi
}

# load_fact WORDS: one more line below the table.
load_fact() {
	printf '%s\tfact\t%s\n' "$PART" "$*" >>"$RESULTS"
}
