# What every bench uses: `source "${BASH_SOURCE[0]%/*}/lib.bash"`, then bench_begin.
#   $BUILD   the built tools, first in PATH
#   $W       the work folder, removed at the end
#   $OUT     an empty folder for what a case writes: in memory where there is room, so that the
#            disk is not measured
#   $WARM    1 in the warm-up round, which is not counted
#   $STREAM  where the output of a case goes that only makes a stream: nowhere, but to a file in
#            $OUT in the warm-up round, which tells its size
#   $ROUNDS  how many rounds are
# A case is a function case_NAME; the commands in it run through `measure`.  Where there is a
# function bench_prepare, it runs before each, and does not count.  Rounds run every
# case once, one after the other, so that a busy machine is as busy for all of them; what counts
# is the median, over the rounds, of the ratio between two cases of one round.
# What is printed is for people; the same figures go as lines to the file $BENCH_OUT, if it is set
# (bench_result), and tests/bench/render makes the tables and charts of RESULTS.md of these.
# shellcheck shell=bash

export LC_ALL=C.UTF-8
cd "${BASH_SOURCE[0]%/*}/../.." || exit 1
BUILD=${SIANTRE_BUILD:-$PWD/build}
[[ $BUILD == /* ]] || BUILD=$PWD/$BUILD
PATH=$BUILD:$PATH:/usr/sbin:/sbin
ROUNDS=${ROUNDS:-5}

bench_fail() {
	printf 'bench: %s\n' "$*" >&2
	exit 1
}

# bench_count NAME: $NAME must be a number of at least 1.
bench_count() {
	[[ ${!1} =~ ^[1-9][0-9]{0,9}$ ]] || {
		printf 'bench: %s=%s is not a number of at least 1\n' "$1" "${!1}" >&2
		exit 64
	}
}

bench_clean() {
	[ -z "${DB:-}" ] || tests/mariadbd stop "$DB" || true
	rm -rf "$W" "$OUT"
}

# bench_begin NAME...: makes $W and $OUT.  The NAMEs are the variables that tell how much is done;
# with them the results say which command gives them again.
bench_begin() {
	local name value
	bench_count ROUNDS
	BENCH=${0##*/}
	BENCH_COMMAND=
	for name in "$@" ROUNDS; do
		value=${!name:-}
		[[ $value =~ ^[A-Za-z0-9]*$ ]] || value=${value@Q}
		[ -z "$value" ] || BENCH_COMMAND+="$name=$value "
	done
	BENCH_COMMAND+="make bench-$BENCH"
	BENCH_GROUP=
	W=$(mktemp -d "${TMPDIR:-/tmp}/siantre-bench.XXXXXX")
	OUT=$W/out
	trap bench_clean EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	: >"$W/results"
}

# bench_room BYTES: $OUT in memory, where so much is free there.
bench_room() {
	local free
	free=$(df --output=avail -B1 /dev/shm 2>/dev/null | tail -n 1) || return 0
	[ "${free:-0}" -lt "$1" ] || OUT=$(mktemp -d /dev/shm/siantre-bench.XXXXXX)
}

# bench_server DIR [mariadbd options]: a private server, started anew with these options.
bench_server() {
	[ -z "${DB:-}" ] || tests/mariadbd stop "$DB"
	DB=$1
	shift
	tests/mariadbd start "$DB" "$@"
	SERVER=$(cat "$DB/pid")
}

# sql STATEMENTS [client options and database]: as the server's root.
sql() {
	local statements=$1
	shift
	mariadb --defaults-file="$DB/root.cnf" --default-character-set=utf8mb4 --batch \
	    --skip-column-names "$@" <<<"$statements"
}

# measure COMMAND...: runs it; its CPU time and peak memory count for the case.
measure() {
	"$BUILD/bench/measure" "$W/children" "$@"
}

# CPU time of the server so far, in clock ticks.
bench_server_cpu() {
	if [ -n "${SERVER:-}" ]; then
		sed 's/.*) //' "/proc/$SERVER/stat" | awk '{ print $12 + $13 }'
	else
		echo 0
	fi
}

# bench_case ROUND NAME: runs case_NAME and adds a line to $W/results:
# NAME ROUND wall-seconds client-CPU server-CPU peak-KiB bytes-in-$OUT
bench_case() {
	local from to server client rss bytes
	rm -rf "$OUT"
	mkdir "$OUT"
	[ "$(type -t bench_prepare)" != function ] || bench_prepare
	: >"$W/children"
	server=$(bench_server_cpu)
	from=$EPOCHREALTIME
	"case_$2" 2>"$W/said" || {
		cat "$W/said" >&2
		bench_fail "case $2 failed"
	}
	to=$EPOCHREALTIME
	server=$(($(bench_server_cpu) - server))
	read -r client rss < <(awk '{ cpu += $2; rss += $3 } END { print cpu + 0, rss + 0 }' "$W/children")
	bytes=$(du -sb --apparent-size "$OUT" | cut -f 1)
	bytes=$((bytes - $(stat -c %s "$OUT")))
	awk -v name="$2" -v round="$1" -v from="$from" -v to="$to" -v client="$client" \
	    -v server="$server" -v hz="$(getconf CLK_TCK)" -v rss="$rss" -v bytes="$bytes" \
	    'BEGIN { printf "%s %d %.6f %.6f %.2f %d %d\n",
		name, round, to - from, client, server / hz, rss, bytes }' >>"$W/results"
}

# bench_rounds NAME...: a warm-up round, and $ROUNDS of those that count.
bench_rounds() {
	local round name
	for ((round = 0; round <= ROUNDS; round++)); do
		WARM=$((round == 0))
		STREAM=/dev/null
		# shellcheck disable=SC2034 # for the cases
		[ "$WARM" = 0 ] || STREAM=$OUT/stream
		for name in "$@"; do
			[ ! -t 2 ] || printf '\r\e[Kround %d of %d: %s' "$round" "$ROUNDS" "$name" >&2
			bench_case "$round" "$name"
		done
	done
	[ ! -t 2 ] || printf '\r\e[K' >&2
	rm -rf "$OUT"
}

# Columns of $W/results, for the two functions below.
# shellcheck disable=SC2034
wall=3 client=4 server=5 memory=6 bytes=7

# bench_ratio COLUMN A B: A divided by B, a pair a round: "median min max".
bench_ratio() {
	awk -v c="${!1}" -v a="$2" -v b="$3" '$2 > 0 && $1 == a { x[$2] = $c }
		$2 > 0 && $1 == b { y[$2] = $c }
		END { for (r in x) print (y[r] > 0 ? x[r] / y[r] : 0) }' "$W/results" | bench_median
}

# bench_values COLUMN NAME: "median min max" of a case itself.
bench_values() {
	awk -v c="${!1}" -v a="$2" '$2 > 0 && $1 == a { print $c }' "$W/results" | bench_median
}

# bench_mib NAME: the most memory that a case had in any round, in MiB; that is what is promised.
bench_mib() {
	bench_values memory "$1" | awk '{ print $3 / 1024, $2 / 1024, $3 / 1024 }'
}

bench_median() {
	sort -g | awk '{ v[NR] = $1 } END {
		if (NR == 0) exit 1
		print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, v[1], v[NR] }'
}

# bench_size NAME: bytes that the case wrote in the warm-up round.
bench_size() {
	awk -v a="$1" '$2 == 0 && $1 == a { print $7 }' "$W/results"
}

# bench_result MEASURE PEER FIGURES BAR SENSE STRETCH UNIT: a line for $BENCH_OUT, with tabs between:
#   bench measure peer median min max bar least|most|none stretch unit group command
# FIGURES are "median min max", or one figure.  BAR and STRETCH may be "-", where nothing was promised.
# Without a UNIT the figures are ratios to the peer's; with one the peer may be "-".
bench_result() {
	local median min max
	[ -n "${BENCH_OUT:-}" ] || return 0
	read -r median min max <<<"$3"
	printf '%s\t' "$BENCH" "$1" "$2" "$median" "${min:-$median}" "${max:-$median}" "$4" "$5" "$6" \
	    "${7:--}" "${BENCH_GROUP:--}" >>"$BENCH_OUT"
	printf '%s\n' "$BENCH_COMMAND" >>"$BENCH_OUT"
}

# bench_table REFERENCE NAME...: how many times the reference's figures each case needs.  What a
# case is called there: ${label[NAME]}.
bench_table() {
	local reference=$1 name size
	shift
	printf '%-42s %-18s %-18s %-18s %9s %9s\n' "times the first: median (min max)" \
	    wall "client CPU" "server CPU" memory size
	for name in "$@"; do
		size=$(bench_size "$name")
		printf '%-42s %-18s %-18s %-18s %9s %9s\n' "${label[$name]:-$name}" \
		    "$(bench_cell wall "$name" "$reference")" \
		    "$(bench_cell client "$name" "$reference")" \
		    "$(bench_cell server "$name" "$reference")" \
		    "$(bench_values memory "$name" | awk '{ printf "%.0f MiB", $3 / 1024 }')" \
		    "$([ "$size" = 0 ] || awk -v n="$size" 'BEGIN { printf "%.1f MB", n / 1e6 }')"
		[ "$name" != "$reference" ] || continue
		bench_result "${label[$name]:-$name}: time" "${label[$reference]:-$reference}" \
		    "$(bench_ratio wall "$name" "$reference")" - none - -
	done
	printf 'in seconds on this machine, median:'
	for name in "$@"; do
		printf '  %s %s' "$name" "$(bench_values wall "$name" | awk '{ printf "%.2f", $1 }')"
	done
	printf '\n\n'
}

bench_cell() {
	if [ "$2" = "$3" ]; then
		echo 1
	else
		bench_ratio "$@" | awk '{ printf "%.2f (%.2f %.2f)", $1, $2, $3 }'
	fi
}

# bench_bar MEASURE PEER least|most BAR STRETCH FIGURES [UNIT]: a line that says whether the bar is
# reached by FIGURES, and a result; the arguments are those of bench_result.
bench_bar() {
	local what="$1 $2${7:+ in $7}"
	[ "$2" != - ] || what=$1${7:+ in $7}
	awk -v what="$what" -v sense="$3" -v bar="$4" -v stretch="$5" -v figures="$6" '
		function reached(b) { return b != "-" && (sense == "least" ? m >= b + 0 : m <= b + 0) }
		BEGIN { n = split(figures, f, " "); m = f[1]
		range = n == 3 ? sprintf("(%.2f %.2f)", f[2], f[3]) : ""
		printf "%-58s %6.2f %-13s", what, m, range
		if (bar != "-")
			printf "  at %-5s %5s, stretch %5s  %s", sense, bar, stretch,
				reached(stretch) ? "ok, stretch" : reached(bar) ? "ok" : "short"
		printf "\n" }'
	bench_result "$1" "$2" "$6" "$4" "$3" "$5" "${7:--}"
}
