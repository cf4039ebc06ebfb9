#!/usr/bin/env bats
# The power goes in the middle: tests/power/run on its smallest scenarios; `make check-power` does all.

load lib

setup() {
	[[ $BUILD != *-san ]] || skip "the sanitizers do not work under strace"
	lib_setup
}

power() {
	"$ROOT/tests/power/run" "$@" >"$T/found" && rc=0 || rc=$?
	cat "$T/found"
	[ "$rc" != 77 ] || skip "this machine allows no strace"
}

@test "whenever the power goes, a set is a set, and a failure is told" {
	power --small --some 0 --every 60
	[ "$rc" = 0 ]
	grep -qE '^check-power: 3 scenarios, [0-9]{3} states, [1-9][0-9]* runs, 0 found, ' "$T/found"
}

@test "a disk that no fsync reaches is found out" {
	power --deaf --some 0 --every 1000 run
	[ "$rc" = 1 ]
	grep -qE '^  operation [0-9]+ of siantre-pack: backup/.*/data.gz gets its name before its bytes were fsynced$' "$T/found"
	grep -qE '^  backup/[0-9_]* looks like a set: data.gz has other bytes$' "$T/found"
}
