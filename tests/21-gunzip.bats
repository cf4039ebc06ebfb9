#!/usr/bin/env bats
# siantre-pack -d: in parallel, by an index, parts of a file, and what is left of a damaged one.
load lib

setup_file() {
	export DATA
	DATA=$(mktemp -d "${TMPDIR:-/tmp}/siantre-data.XXXXXX")
	python3 - "$DATA/rows" <<'PYTHON'
import random, sys
r = random.Random(3)
with open(sys.argv[1], "w") as out:
    for i in range(1, 90001):
        out.write("(%d,'%s','A%03d',%d,'%016x'),\n" % (i, r.choice(["Budi", "Siti", "Agus"]),
            r.randrange(500), r.randrange(9), r.getrandbits(64)))
PYTHON
	"$BUILD/siantre-pack" --index "$DATA/rows.gz.idx" -o "$DATA/rows.gz" <"$DATA/rows"
}

teardown_file() {
	rm -rf "$DATA"
}

# entry N: plain offset, plain length, packed offset and packed length of fragment N, in $e.
entry() {
	read -ra e < <(sed -n "$(($1 + 1))p" "$DATA/rows.gz.idx")
}

@test "the same bytes whatever -j, from a file and from a pipe, with the index and without" {
	local jobs
	for jobs in 1 2 5; do
		siantre-pack -d -j $jobs "$DATA/rows.gz" | cmp - "$DATA/rows"
		siantre-pack -d -j $jobs --index "$DATA/rows.gz.idx" "$DATA/rows.gz" | cmp - "$DATA/rows"
		cat "$DATA/rows.gz" | siantre-pack -d -j $jobs --index "$DATA/rows.gz.idx" | cmp - "$DATA/rows"
	done
	gzip -c "$DATA/rows" | siantre-pack -d -j 3 | cmp - "$DATA/rows"
	pigz -b 128 -c "$DATA/rows" | siantre-pack -d -j 3 | cmp - "$DATA/rows"
	pigz -i -b 128 -c "$DATA/rows" | siantre-pack -d -j 3 | cmp - "$DATA/rows"
}

@test "with the index nothing is written that it does not prove" {
	entry 3
	cp "$DATA/rows.gz" "$T/x.gz"
	flip "$T/x.gz" $((e[2] + e[3] / 2))
	expect_fail 65 "x.gz: fragment 3 is not the one in its index" \
	    siantre-pack -d --index "$DATA/rows.gz.idx" "$T/x.gz"
	head -c "${e[0]}" "$DATA/rows" | cmp - "$T/stdout"
	head -c $((e[2] + 5)) "$DATA/rows.gz" >"$T/x.gz"
	expect_fail 65 "x.gz: truncated after $((e[2] + 5)) bytes" \
	    siantre-pack -d --index "$DATA/rows.gz.idx" -o "$T/out" "$T/x.gz"
	[ ! -e "$T/out" ]
	# Another file's index, and a damaged one.
	head -c 500000 "$DATA/rows" | siantre-pack --index "$T/y.idx" -o "$T/y.gz"
	expect_fail 65 "rows.gz: " siantre-pack -d --index "$T/y.idx" "$DATA/rows.gz"
	expect_fail 65 "y.gz: " siantre-pack -d --index "$DATA/rows.gz.idx" "$T/y.gz"
	flip "$T/y.idx" 100
	expect_fail 65 "$T/y.idx:" siantre-pack -d --index "$T/y.idx" "$T/y.gz"
	expect_fail 74 "open $T/none: No such file" siantre-pack -d --index "$T/none" "$T/y.gz"
}

@test "a range of plain bytes" {
	local size from len
	size=$(stat -c %s "$DATA/rows")
	entry 2
	for from in 0 1 $((e[0] - 1)) "${e[0]}" $((size - 1)) "$size"; do
		for len in 0 1 "${e[1]}" $((e[1] + 1)) 1000000; do
			siantre-pack -d --range "$from:$len" "$DATA/rows.gz" |
			    cmp - <(tail -c +$((from + 1)) "$DATA/rows" | head -c "$len")
		done
	done
	siantre-pack -d --range 1M: "$DATA/rows.gz" | cmp - <(tail -c +1048577 "$DATA/rows")
	cat "$DATA/rows.gz" | siantre-pack -d --range 5:7 --index "$DATA/rows.gz.idx" |
	    cmp - <(tail -c +6 "$DATA/rows" | head -c 7)
	expect_fail 64 "the range begins behind the end, which is byte $size" \
	    siantre-pack -d --range $((size + 1)):1 "$DATA/rows.gz"
	# Damage elsewhere does no harm; damage there does.
	cp "$DATA/rows.gz" "$T/x.gz"
	flip "$T/x.gz" $((e[2] + 9))
	siantre-pack -d --index "$DATA/rows.gz.idx" --range 0:1000 "$T/x.gz" | cmp - <(head -c 1000 "$DATA/rows")
	expect_fail 65 "x.gz: fragment 2 is not the one in its index" \
	    siantre-pack -d --index "$DATA/rows.gz.idx" --range $((e[0] + 9)):10 "$T/x.gz"
}

@test "salvage: one flipped bit is flipped back, without the index" {
	local at size
	size=$(stat -c %s "$DATA/rows.gz")
	for at in 2 12 $((size / 3)) $((size / 2)) $((size - 40)); do
		cp "$DATA/rows.gz" "$T/x.gz"
		flip "$T/x.gz" "$at" 4
		expect_fail 65 "x.gz: one bit was flipped, in byte $at (packed); it is flipped back" \
		    siantre-pack -d --salvage "$T/x.gz"
		cmp "$DATA/rows" "$T/stdout"
		grep -qF "x.gz: nothing is lost" "$T/stderr"
		expect_fail 65 "siantre-pack: $T/x.gz: " siantre-pack -d "$T/x.gz"
	done
}

@test "salvage: with the index the fragments that are whole, and zeros for the others" {
	cp "$DATA/rows.gz" "$T/x.gz"
	local lost=0 n
	cp "$DATA/rows" "$T/expected"
	for n in 2 4 5; do
		entry $n
		flip "$T/x.gz" $((e[2] + 30)) 255
		dd if=/dev/zero of="$T/expected" bs=1 seek="${e[0]}" count="${e[1]}" conv=notrunc status=none
		lost=$((lost + e[1]))
	done
	expect_fail 65 "x.gz: lost: bytes " siantre-pack -d --salvage --index "$DATA/rows.gz.idx" "$T/x.gz"
	cmp "$T/expected" "$T/stdout"
	# 4 and 5 are one stretch.
	[ "$(grep -c "lost: bytes" "$T/stderr")" = 2 ]
	entry 2
	grep -qF "lost: bytes ${e[0]} to $((e[0] + e[1])) (packed: ${e[2]} to $((e[2] + e[3])))" "$T/stderr"
	# The same from a pipe, and into a file.
	expect_fail 65 "stdin: lost: bytes " siantre-pack -d --salvage --index "$DATA/rows.gz.idx" -o "$T/out" <"$T/x.gz"
	cmp "$T/expected" "$T/out"
}

@test "salvage: without the index, what does not unpack is lost, and told" {
	cp "$DATA/rows.gz" "$T/x.gz"
	entry 3
	python3 -c 'import sys
f = open(sys.argv[1], "r+b"); f.seek(int(sys.argv[2])); f.write(b"\xff" * 2000)' "$T/x.gz" $((e[2] + 50))
	expect_fail 65 "lost: bytes ${e[0]} to $((e[0] + e[1])) (packed: ${e[2]} to $((e[2] + e[3])))" \
	    siantre-pack -d --salvage "$T/x.gz"
	grep -qF "without its index nothing proves a fragment that unpacks" "$T/stderr"
	cp "$DATA/rows" "$T/expected"
	dd if=/dev/zero of="$T/expected" bs=1 seek="${e[0]}" count="${e[1]}" conv=notrunc status=none
	cmp "$T/expected" "$T/stdout"
	# The mark between two fragments is gone: both are lost, nothing else.
	cp "$DATA/rows.gz" "$T/x.gz"
	flip "$T/x.gz" $((e[2] + e[3] - 1)) 255
	flip "$T/x.gz" $((e[2] + e[3] - 2)) 255
	expect_fail 65 "lost: bytes ${e[0]} to " siantre-pack -d --salvage "$T/x.gz"
	[ "$(stat -c %s "$T/stdout")" = "$(stat -c %s "$DATA/rows")" ]
	cmp <(head -c "${e[0]}" "$DATA/rows") <(head -c "${e[0]}" "$T/stdout")
	entry 5
	cmp <(tail -c +$((e[0] + 1)) "$DATA/rows") <(tail -c +$((e[0] + 1)) "$T/stdout")
	# Bytes are missing: what comes behind stands somewhere else in the file.
	entry 3
	{ head -c $((e[2] + 100)) "$DATA/rows.gz"; tail -c +$((e[2] + 5000)) "$DATA/rows.gz"; } >"$T/x.gz"
	expect_fail 65 "lost: bytes ${e[0]} to $((e[0] + e[1]))" siantre-pack -d --salvage "$T/x.gz"
	cmp "$T/expected" "$T/stdout"
}

@test "salvage: cut off, the trailer gone, nothing wrong, somebody else's, no gzip" {
	entry 4
	head -c $((e[2] + 100)) "$DATA/rows.gz" >"$T/x.gz"
	expect_fail 65 "lost: from byte ${e[0]} on, nobody knows how many" siantre-pack -d --salvage "$T/x.gz"
	cmp <(head -c "${e[0]}" "$DATA/rows"; head -c 512 /dev/zero) "$T/stdout"
	cp "$DATA/rows.gz" "$T/x.gz"
	flip "$T/x.gz" $(($(stat -c %s "$T/x.gz") - 5)) 255
	expect_fail 65 "nothing is lost" siantre-pack -d --salvage "$T/x.gz"
	cmp "$DATA/rows" "$T/stdout"
	siantre-pack -d --salvage "$DATA/rows.gz" 2>"$T/stderr" | cmp - "$DATA/rows"
	[ ! -s "$T/stderr" ]
	siantre-pack -d --salvage --index "$DATA/rows.gz.idx" "$DATA/rows.gz" 2>"$T/stderr" | cmp - "$DATA/rows"
	[ ! -s "$T/stderr" ]
	gzip -c "$DATA/rows" | head -c 400000 >"$T/x.gz"
	expect_fail 65 "x.gz: truncated after 400000 bytes; the rest is lost" siantre-pack -d --salvage "$T/x.gz"
	[ "$(stat -c %s "$T/stdout")" -gt 1000000 ]
	head -c "$(stat -c %s "$T/stdout")" "$DATA/rows" | cmp - "$T/stdout"
	# Sound, with fragments that are nobody's business but pigz's.
	pigz -i -c "$DATA/rows" >"$T/x.gz"
	siantre-pack -d --salvage "$T/x.gz" 2>"$T/stderr" | cmp - "$DATA/rows"
	[ ! -s "$T/stderr" ]
	expect_fail 65 "rows: not gzip data" siantre-pack -d --salvage -o "$T/none" "$DATA/rows"
	[ ! -e "$T/none" ]
}

@test "what was read of stdin before is no part of it: a range, and salvage" {
	local more
	{ printf '%01000d' 0; cat "$DATA/rows.gz"; } >"$T/behind"
	{ printf '%01000d' 0; gzip -c "$DATA/rows"; } >"$T/behind.others"
	# behind FILE OPTION...: siantre-pack -d, where FILE is read already up to what is packed.
	behind() {
		{
			dd bs=1000 count=1 status=none of="$T/before"
			siantre-pack -d "${@:2}"
		} <"$1" >"$T/out" 2>"$T/stderr"
	}
	behind "$T/behind" --range 5:2000000 --index "$DATA/rows.gz.idx"
	cmp "$T/out" <(tail -c +6 "$DATA/rows" | head -c 2000000)
	for more in "" --index="$DATA/rows.gz.idx"; do
		behind "$T/behind" --salvage ${more:+"$more"}
		cmp "$T/out" "$DATA/rows"
		[ ! -s "$T/stderr" ]
	done
	behind "$T/behind.others" --salvage
	cmp "$T/out" "$DATA/rows"
}

@test "salvage: 99 % of a hundred megabytes, and all of it where one bit is flipped" {
	local at lost
	seq -f '(%.0f,"Budi Santoso",NULL,"2026-11-24 08:00:00"),' 1 2100000 >"$T/rows"
	[ "$(stat -c %s "$T/rows")" -gt 100000000 ]
	siantre-pack --index "$T/x.gz.idx" -o "$T/x.gz" <"$T/rows"
	at=$(($(stat -c %s "$T/x.gz") / 3))
	flip "$T/x.gz" "$at"
	expect_fail 65 "in byte $at (packed); it is flipped back" siantre-pack -d --salvage "$T/x.gz"
	cmp "$T/rows" "$T/stdout"
	expect_fail 65 "lost: bytes " siantre-pack -d --salvage --index "$T/x.gz.idx" "$T/x.gz"
	lost=$(cmp -l "$T/rows" "$T/stdout" | wc -l)
	[ "$lost" -gt 0 ]
	[ $((lost * 100)) -lt 100000000 ]
	# Two of them: the index still knows.
	flip "$T/x.gz" $((at * 2)) 1
	expect_fail 65 "lost: bytes " siantre-pack -d --salvage --index "$T/x.gz.idx" "$T/x.gz"
	[ "$(grep -c "lost: bytes" "$T/stderr")" = 2 ]
	[ "$(($(cmp -l "$T/rows" "$T/stdout" | wc -l) * 100))" -lt 100000000 ]
}

@test "usage" {
	expect_fail 64 "--range: \"5\" is not OFFSET:LENGTH" siantre-pack -d --range 5 "$DATA/rows.gz"
	expect_fail 64 "--range: \"x:1\" is not OFFSET:LENGTH" siantre-pack -d --range x:1 "$DATA/rows.gz"
	expect_fail 64 "--range and --salvage are for -d" siantre-pack --salvage <"$DATA/rows"
	expect_fail 64 "--range needs a file with its index, or --index" siantre-pack -d --range 1:2 <"$DATA/rows.gz"
	expect_fail 64 "--require-end needs all of it" siantre-pack -d --salvage --require-end "$DATA/rows.gz"
	expect_fail 64 "--check is for packing" siantre-pack -d --check "$DATA/rows.gz"
}
