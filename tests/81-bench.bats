# The report of the benches is made of what they wrote.
load lib

# results LINE...: with @ for the tabs between.
results() {
	printf '%s\n' "$@" | tr @ '\t' >"$T/results"
	printf 'machine\tCPU\ta <fast> & good one\nversion\tgzip\t1.12\n' >"$T/machine"
	mkdir -p "$T/report"
	"$ROOT/tests/bench/render" "$T/report" "$T/machine" "$T/results"
}

row() { # row LINE: it stands in the report
	grep -qxF -- "$1" "$T/report/RESULTS.md" || {
		echo "not there: $1"
		cat "$T/report/RESULTS.md"
		return 1
	}
}

@test "tables say what was measured, against whom, and which bar is missed" {
	results "pack@level 2: times as fast as@gzip -6@17.04@16@18.5@14@least@20@-@sql@ROWS=9 make bench-pack" \
	    "pack@level 2: times as fast as@pigz -6@6.996@6@8@7@least@10@-@sql@ROWS=9 make bench-pack" \
	    "pack@level 2: size against@gzip -6@1.05@1.05@1.05@1.09@most@1.07@-@sql@ROWS=9 make bench-pack" \
	    "pack@level 2: peak memory@-@48.5@48@48.5@48@most@-@MiB@sql@ROWS=9 make bench-pack" \
	    "pack@zstd <-T2>: time@siantre-dump | siantre-pack@1.5@1@2@-@none@-@-@sql@ROWS=9 make bench-pack" \
	    "ship@ended before its end, with exit code@-@1@1@1@0@most@-@exit@-@make bench-ship"
	row "| level 2: times as fast as | gzip -6 | 17.0 (16.0 – 18.5) | ≥ 14 | ≥ 20 | reached |"
	# Never on the wrong side of the bar by being rounded.
	row "| level 2: times as fast as | pigz -6 | 6.996 (6.00 – 8.00) | ≥ 7 | ≥ 10 | **missed** |"
	row "| level 2: size against | gzip -6 | 1.05 | ≤ 1.09 | ≤ 1.07 | reached, stretch too |"
	row "| level 2: peak memory | – | 48.5 MiB (48.0 MiB – 48.5 MiB) | ≤ 48 MiB | – | **missed** |"
	row "| ended before its end, with exit code | – | 1.00 | ≤ 0 | – | **missed** |"
	row "ROWS=9 make bench-pack"
	row "2 of 5 bars are reached, and 1 of 3 stretch goals."
	row "| CPU | a <fast> & good one |"
	row "- pack, level 2: peak memory (sql): 48.5 MiB (48.0 MiB – 48.5 MiB), the bar is ≤ 48 MiB"
	[ ! -e "$T/report/ship.svg" ]
	[ "$(grep -c 'had other work' "$T/report/RESULTS.md")" = 0 ]
	printf 'machine\tcores\t2\nmachine\tprocessors busy with other work\t1.5\n' >"$T/machine"
	"$ROOT/tests/bench/render" "$T/report" "$T/machine" "$T/results"
	row "**The machine had other work (1.5 of 2 processors): the figures say little.**"
}

@test "charts are well-formed, name what they show, and reach as far as the figures" {
	results "pack@<level & 2>: times as fast as@gzip -6@10@8@12@14@least@-@-@sql@make bench-pack" \
	    "pack@<level & 2>: times as fast as@pigz -6@5@5@5@4@least@-@-@sql@make bench-pack" \
	    "pack@size against@gzip -6@1.05@1.05@1.05@1.09@most@-@-@sql@make bench-pack" \
	    "pack@memory@-@24@24@24@48@most@-@MiB@sql@make bench-pack"
	row "![The ratios of the tables below as bars](pack.svg)"
	python3 - "$T/report/pack.svg" <<-'PYTHON'
		import sys
		from xml.dom.minidom import parse
		doc = parse(sys.argv[1])
		texts = [t.firstChild.data for t in doc.getElementsByTagName("text")]
		assert "<level & 2>: times as fast as gzip -6" in texts, texts
		assert "10.0 (8.00 – 12.0), bar ≥ 14: missed" in texts, texts
		assert "5.00, bar ≥ 4: reached" in texts, texts
		bars = [(r.getAttribute("class"), float(r.getAttribute("width"))) for r in doc.getElementsByTagName("rect")
		    if r.getAttribute("class") in ("missed", "reached", "free")]
		assert [b[0] for b in bars] == ["missed", "reached", "reached", "reached"], bars
		# The second is half of the first, the last half of what is allowed.
		assert abs(bars[0][1] / bars[1][1] - 2) < 0.01, bars
		assert abs(bars[3][1] * 2 * 1.08 - 736) < 1, bars
		ones = [l for l in doc.getElementsByTagName("line") if l.getAttribute("class") == "one"]
		assert len(ones) == 4
		assert abs(float(ones[0].getAttribute("x1")) - 12 - bars[0][1] / 10) < 0.2
	PYTHON
	# Both schemes, nothing fetched.
	grep -q 'prefers-color-scheme: dark' "$T/report/pack.svg"
	[ "$(grep -cE 'href|@import|url\(|<script' "$T/report/pack.svg")" = 0 ]
}

@test "what a bench says goes to its results, with the command that gives it again" {
	printf '%s\n' '#!/bin/bash' 'set -eu' "source $ROOT/tests/bench/lib.bash" "BITS='1 2' EMPTY=" \
	    'bench_begin ROWS BITS EMPTY' 'case_a() { sleep 0.02; }' 'case_b() { :; }' 'declare -A label=([a]="the | other")' \
	    'bench_rounds a b' 'BENCH_GROUP=here' 'bench_table b a' \
	    'bench_bar "b: times as fast as" "a | b" least 1.5 9999999 "$(bench_ratio wall a b)"' \
	    'bench_bar "memory" - most 3 - 4 MiB' >"$T/few"
	ROWS=7 ROUNDS=2 TMPDIR=$T BENCH_OUT=$T/results SIANTRE_BUILD=$BUILD bash "$T/few" >"$T/said"
	cat "$T/results"
	[ "$(wc -l <"$T/results")" = 3 ]
	[ "$(awk -F'\t' '{ print NF }' "$T/results" | sort -u)" = 12 ]
	[ "$(cut -f 12 "$T/results" | sort -u)" = "ROWS=7 BITS='1 2' ROUNDS=2 make bench-few" ]
	[ "$(cut -f 1-3,7-11 "$T/results" | sed -n 2p | tr '\t' '@')" = "few@b: times as fast as@a | b@1.5@least@9999999@-@here" ]
	awk -F'\t' 'NR == 2 { exit !($4 >= $5 && $4 <= $6 && $5 > 1) }' "$T/results"
	[ "$(sed -n 3p "$T/results" | cut -f 2-10 | tr '\t' '@')" = "memory@-@4@4@4@3@most@-@MiB" ]
	grep -qE '^b: times as fast as a \| b +[0-9.]+ .*at least +1.5, stretch 9999999  ok$' "$T/said"
	grep -qE '^memory in MiB +4.00 .*at most +3, stretch +-  short$' "$T/said"
}
