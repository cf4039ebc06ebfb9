#!/usr/bin/env bats
# A call that fails in the middle of a run: a small sample of what `make check-faults` does to each one.
# shellcheck disable=SC2154

load lib
load faults/lib

setup_file() {
	[ -e "$BUILD/faults.so" ] || return 0
	GOOD=$(mktemp -d "${TMPDIR:-/tmp}/siantre-good.XXXXXX")
	export GOOD
	chmod 0755 "$GOOD"
	"$ROOT/tests/bad/make" "$GOOD"
	# Two sets that were proven.
	mkdir "$GOOD/sets"
	for name in 20261101_020000 20261102_020000; do
		cp -a "$GOOD/good-set" "$GOOD/sets/$name"
	done
	chmod -R u+w "$GOOD/sets"
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$GOOD/sets"
	siantre-verify -q --record "$GOOD/sets/"2*
}

teardown_file() {
	rm -rf "${GOOD:-}"
}

setup() {
	[[ $BUILD != *-san ]] || skip "not with the sanitizers"
	lib_setup
	cp -a "$GOOD/sets" "$T/sets"
}

# ended CODES: with one of these, and one line where it is not 0.
ended() {
	if [[ " $1 " != *" $rc "* ]] || [ "$(grep -cv '^hint: ' "$T/stderr")" != $((rc != 0)) ]; then
		echo "exit $rc"
		cat "$T/stderr"
		return 1
	fi
}

@test "no call that fails makes a proven set one that is damaged" {
	local list call total step n
	list=("$T/sets/20261101_020000")
	faulty none:0 siantre-verify -q --record "${list[@]}"
	[ "$rc" = 0 ]
	cp "$T/counts" "$T/all"
	for call in malloc read short-read open write fsync rename; do
		cp "$T/all" "$T/counts"
		total=$(calls $call)
		[ "$total" -gt 0 ]
		step=$((total / 16 + 1))
		for ((n = 1; n <= total; n += step)); do
			echo "$call $n of $total"
			faulty "$call:$n" siantre-verify -q --record "${list[@]}"
			case $call in
			short-*) ended 0 ;;
			malloc) ended "0 71" ;;
			read | open) ended "0 71 74" ;; # a random seed can do without
			*) ended "71 73 74" ;;
			esac
			grep -q '"result": "ok"' "${list[0]}/verified.json"
			[ -z "$(find "$T/sets" -name '.*')" ]
		done
	done
	expect_ok siantre-verify -q "${list[@]}"
}

@test "no call that fails makes prune lose what it keeps, or leave half of what it takes" {
	local prune call total n
	prune=(siantre-prune -q --yes --keep-last 1 --keep-verified 1 --allow-many --trash 0 "$T/sets")
	faulty none:0 "${prune[@]}"
	[ "$rc" = 0 ]
	[ "$(cd "$T/sets" && echo 2*)" = 20261102_020000 ]
	cp "$T/counts" "$T/all"
	for call in rename mkdir fsync unlink; do
		cp "$T/all" "$T/counts"
		total=$(calls $call)
		[ "$total" -gt 0 ]
		for ((n = 1; n <= total; n++)); do
			echo "$call $n of $total"
			rm -rf "$T/sets"
			cp -a "$GOOD/sets" "$T/sets"
			faulty "$call:$n" "${prune[@]}"
			ended "73 74"
			for set in "$T/sets/"2* "$T/sets/.trash/"2*; do
				[ ! -d "$set" ] || (cd "$set" && sha256sum --quiet --strict -c SHA256SUMS)
			done
			[ -d "$T/sets/20261102_020000" ]
			expect_ok "${prune[@]}"
			[ -z "$(find "$T/sets/.trash" -mindepth 1 -maxdepth 1 ! -name lock)" ]
		done
	done
}
