# For scenarios in which one call fails (preload.c).  The sanitizers want to be the first to be loaded,
# and have a malloc of their own: there these are skipped.
# shellcheck shell=bash disable=SC2034

# faulty CALL:N COMMAND...: the Nth CALL of the siantre- programs in it fails.  Its exit code is in $rc,
# what it says in $T/stdout and $T/stderr, how many calls it made in $T/counts.
faulty() {
	local fault=$1
	shift
	head -c 88 /dev/zero >"$T/counts"
	chmod 0666 "$T/counts"
	rc=0
	env FAULT="$fault" FAULT_COUNT="$T/counts" LD_PRELOAD="$BUILD/faults.so" "$@" \
	    >"$T/stdout" 2>"$T/stderr" </dev/null || rc=$?
}

# calls NAME: how many of these the last one made.
calls() {
	local names=(read write fsync rename open mkdir unlink connect malloc short-read short-write) i
	for i in "${!names[@]}"; do
		[ "${names[i]}" != "$1" ] || od -A n -v -t u8 -j $((8 * i)) -N 8 "$T/counts" | tr -d ' '
	done
}
