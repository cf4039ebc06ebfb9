#!/usr/bin/env bats
# siantre-prune: names in, names out; a folder of sets; what siantre-run removes after a job.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load lib

setup_file() {
	# One set of each job, made as the nights make them, to be copied under other names.
	MODEL=$(mktemp -d "${TMPDIR:-/tmp}/siantre-model.XXXXXX")
	export MODEL
	chmod 0755 "$MODEL"
	mkdir "$MODEL/backup" "$MODEL/state" "$MODEL/log" "$MODEL/jobs"
	printf '%s\n' "BACKUP_DIR=$MODEL/backup" "STATE_DIR=$MODEL/state" "LOG_FILE=$MODEL/log/x" KEEP= KEEP_FULL= \
	    >"$MODEL/x.conf"
	ours "$MODEL/backup" "$MODEL/state" "$MODEL/log"
	local job
	for job in db files full; do
		printf '%s\n' '#!/bin/bash' "echo $job >$job.txt" >"$MODEL/jobs/$job"
		chmod 0755 "$MODEL/jobs/$job"
		mv "$(siantre-run -c "$MODEL/x.conf" --jobs "$MODEL/jobs" "$job" 2>/dev/null)" "$MODEL/$job"
	done
}

teardown_file() {
	rm -rf "$MODEL"
}

setup() {
	lib_setup
	B=$T/backup
	mkdir "$B" "$T/state" "$T/log" "$T/jobs"
	chmod 0700 "$B"
	printf '%s\n' "BACKUP_DIR=$B" "STATE_DIR=$T/state" "LOG_FILE=$T/log/backup.log" >"$T/x.conf"
	ours "$B" "$T/state" "$T/log"
	TODAY=$(date +%F)
	holder=
}

teardown() {
	[ -z "$holder" ] || kill "$holder" 2>/dev/null || true
	lib_teardown
}

# ago DAYS [TIME]: the name of a set that many days ago.
ago() {
	date -d "$TODAY -$1 days" "+%Y%m%d_${2:-020000}"
}

# set_of JOB NAME...: verified sets of JOB.
set_of() {
	local job=$1 name
	shift
	for name in "$@"; do
		[[ $name != full/* ]] || mkdir -p "$B/full"
		cp -a "$MODEL/$job" "$B/$name"
	done
	ours "$B"
}

# nights FROM TO: a verified set of db for each of the nights so many days ago.
nights() {
	local i list=()
	for ((i = $1; i <= $2; i++)); do
		list+=("$(ago "$i")")
	done
	set_of db "${list[@]}"
}

# left: every set of the folder.
left() {
	(cd "$B" && find . -name '2*_*' -type d -not -path './.*' -printf '%P\n' | LC_ALL=C sort)
}

# trash: what lies in it.
trash() {
	find "$B/.trash" -mindepth 1 -maxdepth 1 -printf '%f\n' | LC_ALL=C sort
}

# whole DIR...: each holds the same files as the model of its job.
whole() {
	local dir
	for dir in "$@"; do
		(cd "$dir" && sha256sum --quiet --strict -c SHA256SUMS && [ -s verified.json ])
	done
}

prune() {
	siantre-prune "$@"
}

# --- Names on stdin ----------------------------------------------------------------------------

@test "names in, names out: nothing else is on stdout, and what is no set is passed over" {
	printf '%s\n' 20261123_020000 full .trash 20261020_020000 20261122_020000/ lost+found '' \
	    20261024_020000 20261301_000000 'drwx------ 4096 20261001_020000 x' >"$T/names"
	expect_ok prune --keep-within 30d - <"$T/names"
	[ "$(cat "$T/stdout")" = $'20261020_020000\n20261024_020000' ]
	[ ! -s "$T/stderr" ]
	expect_ok prune -v --keep-within 30d - <"$T/names"
	[ "$(cat "$T/stdout")" = $'20261020_020000\n20261024_020000' ]
	diff "$T/stderr" - <<-END
		pass full
		pass .trash
		pass lost+found
		pass 20261301_000000
		pass drwx------ 4096 20261001_020000 x
		keep 20261123_020000 within 30d, newest
		remove 20261020_020000 older than 30d
		keep 20261122_020000 within 30d
		remove 20261024_020000 older than 30d
	END
	# The listing of the folder itself, as a person types it.
	nights 1 3
	set_of full full/20200101_040000
	set_of db 20200101_020000
	ls "$B" | siantre-prune --keep-within 30d - >"$T/stdout"
	[ "$(cat "$T/stdout")" = 20200101_020000 ]
	# Nothing in, nothing out; nor is there a newline missing at the end.
	expect_ok prune --keep-within 30d - </dev/null
	[ ! -s "$T/stdout" ]
	printf '20261123_020000\n20261020_020000' | siantre-prune --keep-within 30d - >"$T/stdout"
	[ "$(cat "$T/stdout")" = 20261020_020000 ]
}

@test "names with folders go together by folder; twins are one" {
	printf '%s\n' a/20261123_020000 b/20261020_020000 /c/x/20261123_020000/ a/20261020_020000 \
	    /c/x/20261020_020000// a/20261020_020000 a/20261123_020000 full/20250101_040000 >"$T/names"
	expect_ok prune --keep-within 30d - <"$T/names"
	diff "$T/stdout" - <<-END
		a/20261020_020000
		/c/x/20261020_020000
	END
	tr '\n' '\0' <"$T/names" | siantre-prune -0 --keep-within 30d - >"$T/stdout"
	printf 'a/20261020_020000\0/c/x/20261020_020000\0' | cmp - "$T/stdout"
	# A line that is hostile, or much too long, is no set.
	{
		head -c 100000 /dev/zero | tr '\0' x
		printf '/20261020_020000\n20261020_020000\0\n\033[2J/20261020_020000x\n20261123_020000\n'
	} >"$T/names"
	expect_ok prune -v --keep-within 1h - <"$T/names"
	[ ! -s "$T/stdout" ]
	said 'pass ?[2J/20261020_020000x'
	[ "$(grep -c '^pass xxxx' "$T/stderr")" = 1 ]
}

@test "three fields: each job by itself, only what is verified counts, and the guards hold" {
	printf '%s\t%s\t%s\n' 20261123_020000 db unverified 20261122_020000 db verified \
	    20261121_020000 db verified 20261120_020000 db verified 20261119_020000 db verified \
	    20261118_020000 db unverified 20261123_030000 files verified 20261101_030000 files verified \
	    other db verified >"$T/names"
	expect_ok prune -v --keep-last 1 - <"$T/names"
	[ "$(cat "$T/stdout")" = $'20261119_020000\n20261118_020000' ]
	diff "$T/stderr" - <<-END
		pass other
		keep 20261123_020000 last, no newer one is verified, not verified
		keep 20261122_020000 last 1, newest verified
		keep 20261121_020000 one of the 3 newest verified
		keep 20261120_020000 one of the 3 newest verified
		remove 20261119_020000 beyond last 1
		remove 20261118_020000 beyond last 1, not verified
		keep 20261123_030000 last 1, newest verified
		keep 20261101_030000 one of the 3 newest verified
	END
	expect_ok prune --keep-verified 1 --keep-last 1 - <"$T/names"
	[ "$(wc -l <"$T/stdout")" = 5 ]
	said "siantre-prune: db: 4 of 6 would go, more than half"
	# The backup has stopped long ago.
	printf '%s\tdb\tverified\n' 20200110_020000 20200109_020000 20200101_020000 20191201_020000 >"$T/names"
	expect_ok prune --keep-within 3d - <"$T/names"
	[ ! -s "$T/stdout" ]
	grep -qE '^siantre-prune: db: nothing is removed: the newest verified set is [0-9]+d old, and the rules reach 3d$' "$T/stderr"
	expect_ok prune -q --keep-within 3d - <"$T/names"
	[ ! -s "$T/stderr" ]
	printf '20261123_020000\tdb\tunverified\n20251123_020000\tdb\tunverified\n' >"$T/names"
	expect_ok prune --keep-within 3d - <"$T/names"
	said "siantre-prune: db: nothing is removed: none is verified"
	[ ! -s "$T/stdout" ]
	printf '%s\tdb\tverified\n' 20990101_020000 "$(ago 1)" "$(ago 2)" "$(ago 3)" "$(ago 9)" >"$T/names"
	expect_ok prune --keep-within 5d - <"$T/names"
	[ "$(cat "$T/stdout")" = "$(ago 9)" ]
	said "siantre-prune: db: 1 of 5 sets are dated in the future: they stay, and nothing is measured from them"
}

@test "a line about a set that cannot be understood ends 65, and nothing is named" {
	local line
	for line in 'db' 'db\t' '\tverified' 'db\tVerified' 'db\tverified\tmore' 'db\tverified\r'; do
		printf '20261123_020000\tdb\tverified\n20251123_020000\t'"$line"'\n' >"$T/names"
		expect_fail 65 "siantre-prune: line 2: 20251123_020000: not NAME, or NAME, JOB and verified or unverified with tabs between" \
		    prune --keep-within 1d - <"$T/names"
		[ ! -s "$T/stdout" ]
	done
}

@test "what cannot be read or written is no end and no success" {
	expect_fail 74 "siantre-prune: read stdin: Is a directory" prune --keep-within 1d - </
	[ ! -s "$T/stdout" ]
	printf '20261123_020000\n20251123_020000\n' >"$T/names"
	got=0
	siantre-prune --keep-within 1d - <"$T/names" >/dev/full 2>"$T/stderr" || got=$?
	[ "$got" = 74 ]
	said "siantre-prune: write stdout: No space left on device"
	got=0
	siantre-prune --json --keep-within 1d - <"$T/names" >/dev/full 2>"$T/stderr" || got=$?
	[ "$got" = 74 ]
}

@test "bare names and periods: a word of warning, since jobs share a folder" {
	printf '%s\n' 20261123_020000 20261123_030000 >"$T/names"
	expect_ok prune --keep-daily 7 - <"$T/names"
	said "siantre-prune: bare names say nothing of jobs: of those in one folder the rules keep one a period, whatever they hold"
	[ "$(cat "$T/stdout")" = 20261123_020000 ]
	expect_ok prune -q --keep-daily 7 - <"$T/names"
	[ ! -s "$T/stderr" ]
	expect_ok prune --keep-within 30d - <"$T/names"
	[ ! -s "$T/stderr" ]
}

@test "--json says of each what and why" {
	printf '20261123_020000\n20251123_020000\n' | siantre-prune --json --keep-within 1d - >"$T/stdout"
	[ "$(jq -c .format "$T/stdout")" = 1 ]
	[ "$(jq -c '.sets[]' "$T/stdout")" = '{"set":"20261123_020000","job":null,"verified":null,"action":"keep","why":"within 1d, newest"}
{"set":"20251123_020000","job":null,"verified":null,"action":"remove","why":"older than 1d"}' ]
	printf '20261123_020000\tdb\tunverified\n' | siantre-prune -q --json --keep-within 1d - >"$T/stdout"
	[ "$(jq -c '.sets[]' "$T/stdout")" = '{"set":"20261123_020000","job":"db","verified":false,"action":"keep","why":"none is verified, not verified"}' ]
}

@test "rules that keep nothing, or say something else than meant, are refused" {
	while IFS='|' read -r option value words; do
		expect_fail 64 "siantre-prune: $option \"$value\": $words" prune "$option" "$value" - </dev/null
		grep -q '^usage: siantre-prune' "$T/stderr"
	done <<-END
		--keep-within|0|0 keeps nothing; leave the rule out where it is not wanted
		--keep-within|0d|0 keeps nothing; leave the rule out where it is not wanted
		--keep-daily|0|0 keeps nothing; leave the rule out where it is not wanted
		--keep-within||not a duration in h, d, w or y such as 30d or 1y
		--keep-within|6m|not a duration in h, d, w or y such as 30d or 1y
		--keep-within|30|not a duration in h, d, w or y such as 30d or 1y
		--keep-within-daily|-1d|not a duration in h, d, w or y such as 30d or 1y
		--keep-last||not a number such as 7
		--keep-weekly|-1|not a number such as 7
		--keep-yearly|all|not a number such as 7
		--keep-verified|0|not a number from 1 on
		--trash|3|not a duration such as 3d or 12h
	END
	expect_fail 64 'siantre-prune: --keep-last "2": given twice' prune --keep-last 1 --keep-last 2 - </dev/null
	expect_fail 64 "siantre-prune: no rule, such as --keep-within 30d" prune - </dev/null
	expect_fail 64 "siantre-prune: no rule, such as --keep-within 30d" prune --yes "$B"
	expect_fail 64 "siantre-prune: what is to be looked at? - for stdin, a folder, or -c NAME" prune --keep-last 1
	expect_fail 64 "siantre-prune: one folder at a time" prune --keep-last 1 "$B" "$B"
	for option in --yes --dry-run --config=x --job=db --trash=3d; do
		expect_fail 64 "siantre-prune: ${option%=*} is for a folder; the names on stdin are only looked at" \
		    prune --keep-last 1 "$option" - </dev/null
	done
}

@test "the rules mean what they mean to restic forget" {
	"$ROOT/tests/forget" 1 30 8 >"$T/stdout" || {
		cat "$T/stdout"
		return 1
	}
	tail -n 1 "$T/stdout" | grep -qE '^[0-9]{4} sets in 33 histories by 8 policies, 0 differences$'
}

# --- A folder ----------------------------------------------------------------------------------

@test "a folder: only named, each job by itself, and everything stays" {
	nights 1 5
	set_of db "$(ago 40)" "$(ago 41)"
	set_of files "$(ago 1 030000)" "$(ago 50 030000)"
	set_of full "full/$(ago 2)" "full/$(ago 100)" "full/$(ago 9)" "full/$(ago 16)" "full/$(ago 23)"
	before=$(left)
	expect_ok prune --keep-within 30d "$B"
	diff "$T/stdout" - <<-END
		full/$(ago 100)
		$(ago 41)
		$(ago 40)
	END
	[ ! -s "$T/stderr" ]
	[ "$(left)" = "$before" ]
	[ ! -e "$B/.trash" ]
	expect_ok prune --keep-within 30d --job db "$B/"
	[ "$(cat "$T/stdout")" = "$(ago 41)"$'\n'"$(ago 40)" ]
	expect_ok prune -v --keep-within 30d --job files "$B"
	[ ! -s "$T/stdout" ]
	diff "$T/stderr" - <<-END
		keep $(ago 50 030000) one of the 3 newest verified
		keep $(ago 1 030000) within 30d, newest verified
	END
	siantre-prune --json --keep-within 30d "$B" >"$T/stdout"
	[ "$(jq -r '.sets[] | select(.action == "remove") | .set + " " + .job + " " + .why' "$T/stdout")" = \
	    "full/$(ago 100) full older than 30d"$'\n'"$(ago 41) db older than 30d"$'\n'"$(ago 40) db older than 30d" ]
	[ "$(jq '.sets | length' "$T/stdout")" = 14 ]
	# The names can be used where they are.
	(cd "$B" && siantre-prune --keep-within 30d . | xargs -r ls -d) >"$T/stdout"
	[ "$(wc -l <"$T/stdout")" = 3 ]
	# For what would be done --yes is asked too.
	expect_ok prune --yes -n --keep-within 30d "$B"
	[ "$(wc -l <"$T/stdout")" = 3 ]
	[ "$(left)" = "$before" ]
}

@test "--yes moves them to the trash, whole, and a second run finds nothing" {
	nights 1 5
	set_of db "$(ago 40)" "$(ago 41)"
	set_of full "full/$(ago 2)" "full/$(ago 9)" "full/$(ago 16)" "full/$(ago 100)"
	expect_ok prune --yes --keep-within 30d "$B"
	diff "$T/stdout" - <<-END
		full/$(ago 100)
		$(ago 41)
		$(ago 40)
	END
	said "siantre-prune: $B: 3 of 11 sets moved to .trash; 0 gone from it for good"
	[ "$(trash)" = "$(printf '%s\n' "$(ago 100)" "$(ago 41)" "$(ago 40)")" ]
	[ "$(stat -c %a "$B/.trash")" = 700 ]
	whole "$B"/.trash/*
	[ "$(left | wc -l)" = 8 ]
	whole "$B"/2* "$B"/full/2*
	[ "$(id -u)" != 0 ] || [ -z "$(find "$B" ! -user siantre-backup)" ]
	expect_ok prune --yes --keep-within 30d "$B"
	[ ! -s "$T/stdout" ]
	[ ! -s "$T/stderr" ]
	# Back out of the trash it is a set as before.
	mv "$B/.trash/$(ago 100)" "$B/full/"
	siantre-verify -q "$B/full/$(ago 100)"
	expect_ok prune -q --yes --keep-within 30d "$B"
	[ "$(cat "$T/stdout")" = "full/$(ago 100)" ]
	[ ! -s "$T/stderr" ]
}

@test "what is not ours stays: files, links, other folders, folders with the name of a set" {
	nights 1 4
	set_of db "$(ago 40)"
	mkdir "$B/$(ago 90)" "$B/.partial" "$B/.partial/$(ago 91)" "$B/other" "$B/$(ago 92).tmp" "$B/full"
	echo x >"$B/$(ago 90)/db_backup.sql.gz" # as the shell scripts of old made it
	echo x >"$B/$(ago 93)"
	ln -s "$(ago 40)" "$B/$(ago 94)"
	echo x >"$B/full/full_system_backup_20200101.tar.gz"
	cp -a "$MODEL/db" "$B/$(ago 95)"
	echo '{' | install -m 0440 /dev/stdin "$B/$(ago 95)/set.json"
	ours "$B"
	ls -R "$B" >"$T/before"
	expect_ok prune -v --yes --keep-within 30d "$B"
	[ "$(cat "$T/stdout")" = "$(ago 40)" ]
	said "pass $(ago 90)"
	said "pass $(ago 95)"
	grep -q "^siantre-prune: .*$(ago 95)/set.json" "$T/stderr" || { cat "$T/stderr"; false; }
	mv "$B/.trash/$(ago 40)" "$B"
	rmdir "$B/.trash"
	ls -R "$B" | diff "$T/before" -
}

@test "a set whose proof no longer holds does not count, and goes only when a proven one is newer" {
	nights 2 4
	set_of db "$(ago 1)" "$(ago 5)" "$(ago 60)" "$(ago 61)" "$(ago 0 000000)"
	rm "$B/$(ago 0 000000)/verified.json"
	sed -i 's/"ok"/"fail"/' "$B/$(ago 5)/verified.json"
	echo >>"$B/$(ago 1)/SHA256SUMS"
	rm -f "$B/$(ago 60)/SHA256SUMS"
	rm "$B/$(ago 61)/verified.json"
	ours "$B"
	expect_ok prune -v --yes --keep-verified 1 --keep-last 2 --allow-many "$B"
	diff <(sed '/moved/d' "$T/stderr") - <<-END
		siantre-prune: $B/$(ago 60)/SHA256SUMS: missing: the set does not count as verified
		remove $(ago 61) beyond last 2, not verified
		remove $(ago 60) beyond last 2, not verified
		remove $(ago 5) beyond last 2, not verified
		remove $(ago 4) beyond last 2
		keep $(ago 3) last 2
		keep $(ago 2) last 1, newest verified
		keep $(ago 1) last, no newer one is verified, not verified
		keep $(ago 0 000000) last, no newer one is verified, not verified
	END
	[ "$(left | wc -l)" = 4 ]
}

@test "a set that has lost a file stands in the place of no other" {
	nights 1 5
	rm -f "$B/$(ago 1)/db.txt"
	chmod u+w "$B/$(ago 2)/db.txt"
	: >"$B/$(ago 2)/db.txt"
	expect_ok prune --yes --keep-last 1 --keep-verified 1 --allow-many "$B"
	said "siantre-prune: $B/$(ago 1)/db.txt: No such file or directory"
	said "siantre-prune: $B/$(ago 2)/db.txt: not the file that was proven"
	[ "$(left | xargs)" = "$(ago 3) $(ago 2) $(ago 1)" ]
}

@test "more than half of a job at once: refused with 1, unless --allow-many" {
	nights 1 3
	nights 31 40
	set_of files "$(ago 1 030000)" "$(ago 2 030000)" "$(ago 3 030000)" "$(ago 40 030000)"
	expect_ok prune --keep-within 30d "$B"
	[ "$(wc -l <"$T/stdout")" = 11 ]
	said "siantre-prune: db: 10 of 13 would go, more than half"
	for dry in --yes --dry-run; do
		expect_fail 1 "siantre-prune: db: nothing is removed: 10 of 13 would go at once, more than half" \
		    prune -q --yes "$dry" --keep-within 30d "$B"
		said "hint: look at siantre-prune -v; if that is right: siantre-prune --yes --allow-many"
		# The other job is not held by that.
		[ "$(cat "$T/stdout")" = "$(ago 40 030000)" ]
		[ "$dry" = --yes ] || break
		mv "$B/.trash/$(ago 40 030000)" "$B"
	done
	expect_ok prune --yes --allow-many --keep-within 30d --job db "$B"
	[ "$(wc -l <"$T/stdout")" = 10 ]
	[ "$(left | wc -l)" = 7 ]
}

@test "a stopped backup does not shrink, and its trash is left; nor after a hole" {
	nights 40 50
	mkdir -p "$B/.trash/20200101_020000"
	ours "$B"
	expect_ok prune --yes --trash 0 --keep-within 5d "$B"
	[ ! -s "$T/stdout" ]
	grep -qE "^siantre-prune: db: nothing is removed: the newest verified set is (39|40)d old, and the rules reach 5d$" "$T/stderr"
	[ "$(left | wc -l)" = 11 ]
	[ "$(trash)" = 20200101_020000 ]
	# Now it runs again: the old ones wait for three new ones.
	nights 2 2
	expect_ok prune --yes --allow-many --trash 0 --keep-within 5d "$B"
	[ ! -s "$T/stdout" ]
	said "siantre-prune: db: nothing is removed: fewer than 3 verified sets since a hole of 38d"
	[ "$(trash)" = 20200101_020000 ]
	nights 0 1
	expect_ok prune --yes --allow-many --trash 0 --keep-within 5d "$B"
	[ "$(wc -l <"$T/stdout")" = 11 ]
	[ -z "$(trash)" ]
}

@test "a stopped backup does not shrink by its trash either, where nothing else is to go" {
	nights 40 42
	mkdir -p "$B/.trash/20200101_020000"
	ours "$B"
	expect_ok prune --yes --trash 0 --keep-within 30d "$B"
	[ "$(trash)" = 20200101_020000 ]
	nights 0 0
	nights 1 2
	expect_ok prune --yes --trash 0 --keep-within 30d --allow-many "$B"
	[[ $(trash) != *20200101_020000* ]]
}

@test "two applications in one folder: each by itself, and by its own configuration alone" {
	local name
	nights 1 5
	for name in $(left); do
		mv "$B/$name" "$B/${name%_*}_010000"
		name=$B/${name%_*}_010000
		of_shop "$name"
		siantre-verify -q --record "$name"
	done
	nights 40 46
	# By the newest of both they would be out of reach.
	expect_ok prune --keep-within 30d "$B"
	[ ! -s "$T/stdout" ]
	printf 'KEEP=last=1\n' >>"$T/x.conf"
	expect_ok prune -c "$T/x.conf" --keep-verified 1
	[ "$(grep -c _020000 "$T/stdout")" = 6 ]
	[ "$(grep -c _010000 "$T/stdout")" = 0 ]
	siantre-run -c "$T/x.conf" check-config >"$T/stdout" 2>"$T/stderr" || true
	grep -qE "^warn +backup folder +$B: sets of the application shop lie there, too, and are not pruned here$" "$T/stdout"
}

@test "a listing that is not complete removes nothing and ends 74" {
	mkdir -p "$T/n"
	local i
	for i in 1 2 3 40 41; do
		cp -a "$MODEL/db" "$T/n/$(ago "$i")"
	done
	[ "$(id -u)" != 0 ] || chown -R nobody "$T/n"
	cp -a "$T/x.conf" "$T/nobody.conf"
	chmod 000 "$T/n/$(ago 2)/verified.json"
	expect_fail 74 "siantre-prune: $T/n/$(ago 2)/verified.json: Permission denied" as_nobody siantre-prune --yes --keep-within 30d "$T/n"
	said "siantre-prune: db: nothing is removed: not all sets are known"
	[ ! -s "$T/stdout" ]
	chmod 000 "$T/n/$(ago 2)"
	expect_fail 74 "siantre-prune: $T/n/$(ago 2): Permission denied" as_nobody siantre-prune --keep-within 30d "$T/n"
	[ ! -s "$T/stdout" ]
	[ "$(find "$T/n" -maxdepth 1 -name '2*' | wc -l)" = 5 ]
	expect_fail 74 "siantre-prune: $T/none: No such file or directory" prune --keep-within 30d "$T/none"
}

# --- The trash ---------------------------------------------------------------------------------

@test "the trash: what has lain there long is gone for good; the age is that in the trash" {
	nights 1 4
	set_of db "$(ago 400)"
	expect_ok prune --yes --trash 2s --keep-within 30d "$B"
	[ "$(trash)" = "$(ago 400)" ]
	set_of db "$(ago 401)"
	sleep 2.1
	expect_ok prune --yes --trash 2s --keep-within 30d "$B"
	said "siantre-prune: $B: 1 of 5 sets moved to .trash; 1 gone from it for good"
	[ "$(trash)" = "$(ago 401)" ]
	# What somebody has moved there by hand counts from then on; what was being removed goes at once.
	set_of db "$(ago 402)"
	mv "$B/$(ago 402)" "$B/.trash/"
	mkdir -p "$B/.trash/.gone.20200101_020000/x"
	touch "$B/.trash/.gone.20200101_020000/x/y"
	touch -d '2020-01-01' "$B/.trash/$(ago 402)"
	ours "$B"
	expect_ok prune --yes --keep-within 30d "$B"
	[ "$(trash)" = "$(printf '%s\n' "$(ago 402)" "$(ago 401)")" ]
	expect_ok prune --yes --trash 0 --keep-within 30d "$B"
	[ -z "$(trash)" ]
	# A set that goes is then gone.
	set_of db "$(ago 403)"
	expect_ok prune --yes --trash 0 --keep-within 30d "$B"
	said "siantre-prune: $B: 1 of 5 sets moved to .trash; 1 gone from it for good"
	[ -z "$(trash)" ]
}

@test "the trash: a name that is taken, a folder that is none" {
	nights 1 4
	for _ in 1 2 3; do
		set_of db "$(ago 40)"
		expect_ok prune --yes --keep-within 30d "$B"
	done
	[ "$(trash)" = "$(printf '%s\n' "$(ago 40)" "$(ago 40).1" "$(ago 40).2")" ]
	whole "$B"/.trash/*
	mv "$B/.trash" "$T/elsewhere"
	set_of db "$(ago 40)"
	ln -s "$T/elsewhere" "$B/.trash"
	expect_fail 73 "siantre-prune: $B/.trash: " prune --yes --keep-within 30d "$B"
	[ -d "$B/$(ago 40)" ]
	rm "$B/.trash"
	echo x >"$B/.trash"
	expect_fail 73 "siantre-prune: $B/.trash: Not a directory" prune --yes --keep-within 30d "$B"
	rm "$B/.trash"
	need_root
	chown root "$B"
	chmod 755 "$B"
	expect_fail 73 "siantre-prune: create $B/.trash: Permission denied" prune --yes --keep-within 30d "$B"
	[ "$(left | wc -l)" = 5 ]
}

@test "the disk is full: moving needs no room, and emptying the trash makes some" {
	small_disk "$T/small" 1m
	B=$T/small/b
	mkdir "$B"
	nights 1 4
	set_of db "$(ago 40)" "$(ago 41)"
	head -c 300000 /dev/zero | install -m 0440 /dev/stdin "$B/$(ago 40)/big"
	ours "$B"
	head -c 10000000 /dev/zero >"$T/small/fill" 2>/dev/null || true
	expect_ok prune --yes --keep-within 30d "$B"
	[ "$(trash)" = "$(printf '%s\n' "$(ago 41)" "$(ago 40)")" ]
	expect_ok prune --yes --trash 0 --keep-within 30d "$B"
	[ "$(df --output=avail -B1 "$B" | tail -n 1)" -ge 300000 ]
	[ "$(left | wc -l)" = 4 ]
}

@test "nobody reads what was removed: it is removed all the same, and the end says so" {
	nights 1 4
	set_of db "$(ago 40)"
	got=0
	siantre-prune -q --yes --keep-within 30d "$B" >/dev/full 2>"$T/stderr" || got=$?
	[ "$got" = 74 ]
	said "siantre-prune: write stdout: No space left on device"
	[ "$(trash)" = "$(ago 40)" ]
	set_of db "$(ago 40)"
	got=0
	siantre-prune -q --yes --keep-within 30d "$B" 2>"$T/stderr" > >(true) || got=$?
	[ -d "$B/.trash/$(ago 40).1" ]
	[ ! -s "$T/stderr" ]
}

# survivors N: N sets are there, each whole, in one place or the other.
survivors() {
	local all
	all=$({
		left
		[ ! -d "$B/.trash" ] || trash | grep -v '^\.gone'
	} | wc -l)
	[ "$all" = "$1" ] || {
		echo "$all sets of $1"
		return 1
	}
}

@test "killed at any moment: no set is lost, none is half a set" {
	local i pid n room list=() rounds=$((10 / (STEP > 1 ? 2 : 1))) middle=0
	for ((i = 0; i < 60; i++)); do
		list+=("$(date -d "2026-11-20 -$i hours" +%Y%m%d_%H%M%S)")
	done
	set_of db "${list[@]}"
	mkfifo "$T/pipe"
	for ((i = 0; i < rounds; i++)); do
		# The pipe has room for so many names: behind them it waits, in the middle of its work.
		room=$((1 + i * 5))
		exec 9<>"$T/pipe"
		head -c $((65536 - room * 16)) /dev/zero >&9
		siantre-prune -q --yes --allow-many --keep-last 3 "$B" >"$T/pipe" 3>&- 9>&- &
		pid=$!
		until [ "$(trash | wc -l)" -gt "$room" ]; do sleep 0.01; done
		exec 8<"$T/pipe" 9>&-
		# Every other time it goes on before it dies.
		((i % 2 == 0)) || head -c 65536 <&8 >"$T/drained"
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		cat "$T/drained" - <&8 2>/dev/null | tr -d '\0' >"$T/told"
		rm -f "$T/drained"
		exec 8<&-
		survivors 60
		n=$(trash | wc -l)
		[ "$n" -ge "$(wc -l <"$T/told")" ]
		[ "$n" = 57 ] || middle=$((middle + 1))
		mv "$B"/.trash/2* "$B/"
	done
	[ "$middle" -gt 0 ]
	whole "$B"/2*
	expect_ok prune --yes --allow-many --keep-last 3 "$B"
	[ "$(wc -l <"$T/stdout")" = 57 ]
	# And while the trash is emptied.
	for ((i = 0; i < rounds; i++)); do
		siantre-prune -q --yes --trash 0 --keep-last 3 "$B" 3>&- &
		pid=$!
		sleep "0.00$((i % 10))"
		kill -9 "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		trash | grep -v '^\.gone' >"$T/names" || true
		while read -r name; do
			[ "$(find "$B/.trash/$name" -type f | wc -l)" = 4 ]
		done <"$T/names"
		[ "$(left | wc -l)" = 3 ]
	done
	expect_ok prune -q --yes --trash 0 --keep-last 3 "$B"
	[ -z "$(trash)" ]
	whole "$B"/2*
}

@test "--trash 0: what takes longer than a second goes, too" {
	local pid
	nights 1 4
	set_of db "$(ago 40)" "$(ago 41)"
	mkfifo "$T/pipe"
	exec 9<>"$T/pipe"
	head -c 65536 /dev/zero >&9
	siantre-prune -q --yes --trash 0 --keep-within 30d "$B" >"$T/pipe" 3>&- 9>&- &
	pid=$!
	until [ "$(trash | wc -l)" -gt 0 ]; do sleep 0.01; done
	sleep 1.1
	exec 8<"$T/pipe" 9>&-
	tr -d '\0' <&8 >"$T/told"
	wait "$pid"
	exec 8<&-
	[ "$(wc -l <"$T/told")" = 2 ]
	[ -z "$(trash)" ]
}

# --- The configuration, the lock and the runs --------------------------------------------------

@test "-c: rules, folder and trash of the configuration; what is given wins" {
	nights 1 5
	set_of db "$(ago 40)" "$(ago 100)"
	set_of full "full/$(ago 2)" "full/$(ago 9)" "full/$(ago 16)" "full/$(ago 40)" "full/$(ago 100)"
	expect_ok prune -c "$T/x.conf"
	diff "$T/stdout" - <<-END
		$(ago 100)
		full/$(ago 100)
		$(ago 40)
	END
	expect_ok prune -v -c "$T/x.conf"
	said "remove full/$(ago 100) older than 90d"
	said "remove $(ago 100) older than 30d"
	printf 'KEEP=\nKEEP_FULL="weekly=2 monthly=1"\n' >>"$T/x.conf"
	siantre-run -c "$T/x.conf" check-config 2>"$T/stderr" >"$T/stdout" || true
	grep -qE '^ok +retention +all sets stay; full: weekly=2 monthly=1; then 3d in the trash$' "$T/stdout"
	expect_ok prune -c "$T/x.conf"
	[ "$(cat "$T/stdout")" = "full/$(ago 100)"$'\n'"full/$(ago 40)" ]
	expect_ok prune -c "$T/x.conf" --keep-within 50d
	[ "$(cat "$T/stdout")" = "$(ago 100)"$'\n'"full/$(ago 100)" ]
	mkdir "$T/other"
	cp -a "$B/$(ago 1)" "$T/other/"
	ours "$T/other"
	expect_ok prune -v -c "$T/x.conf" "$T/other"
	said "keep $(ago 1) newest verified"
	echo TRASH=0 >>"$T/x.conf"
	expect_ok prune -c "$T/x.conf" --yes --keep-within 50d
	[ -z "$(trash)" ]
	for line in 'KEEP=within=0' 'KEEP_FULL=30d' 'KEEP="daily=7 daily=8"' 'TRASH=soon'; do
		cp "$T/x.conf" "$T/bad.conf"
		echo "$line" >>"$T/bad.conf"
		expect_fail 78 "bad.conf:" prune -c "$T/bad.conf"
		grep -qF ": ${line//\"/}: " "$T/stderr"
	done
	echo "BACKUP_MOUNT=$T" >>"$T/x.conf"
	expect_fail 73 "siantre-prune: mount point $T: nothing is mounted there" prune -c "$T/x.conf" --yes
}

@test "the lock of the application, and one of the folder" {
	nights 1 4
	set_of db "$(ago 40)"
	: >"$T/state/siantre.lock"
	ours "$T/state"
	flock -F "$T/state/siantre.lock" sleep 60 3>&- &
	holder=$!
	until ! flock -n "$T/state/siantre.lock" true; do sleep 0.05; done
	expect_fail 75 "siantre-prune: another run (process 0) holds the lock $T/state/siantre.lock" prune -c "$T/x.conf" --yes
	expect_fail 75 "holds the lock" prune -c "$T/x.conf" --yes --keep-last 1 "$B/../backup"
	[ ! -s "$T/stdout" ]
	# To look takes none; nor does another folder.
	expect_ok prune -c "$T/x.conf"
	mkdir "$T/other"
	ours "$T/other"
	expect_ok prune -c "$T/x.conf" --yes "$T/other"
	kill "$holder"
	wait "$holder" || true
	flock -F "$B" sleep 60 3>&- &
	holder=$!
	until ! flock -n "$B" true; do sleep 0.05; done
	expect_fail 75 "siantre-prune: $B: another process is pruning it" prune -c "$T/x.conf" --yes
	[ ! -s "$T/stdout" ]
	[ "$(left | wc -l)" = 5 ]
}

# event N KEY: of the Nth last line of the journal.
event() {
	tail -n "$1" "$T/state/journal.jsonl" | head -n 1 | jq -r ".$2"
}

@test "siantre-run prunes after the set, in the same run: that job's sets, by its rules" {
	job db 'echo x >db.txt'
	job full 'echo x >full.txt'
	job mine 'echo x >mine.txt'
	nights 1 4
	set_of db "$(ago 40)" "$(ago 41)"
	set_of files "$(ago 1 030000)" "$(ago 2 030000)" "$(ago 3 030000)" "$(ago 50 030000)"
	set_of full "full/$(ago 7)" "full/$(ago 14)" "full/$(ago 21)" "full/$(ago 40)" "full/$(ago 100)"
	expect_ok runs db
	new=$(cat "$T/stdout")
	[ -f "$new/verified.json" ]
	said "siantre-run: db: $(ago 41) to the trash: older than 30d"
	[ "$(trash)" = "$(ago 41)"$'\n'"$(ago 40)" ]
	[ "$(event 2 event)/$(event 2 status)" = run/ok ]
	[ "$(event 1 event)/$(event 1 job)/$(event 1 status)/$(event 1 exit)" = prune/db/ok/0 ]
	[ "$(event 1 message)" = "2 of 7 sets moved to the trash: $(ago 41), $(ago 40)" ]
	grep -q ' siantre db: siantre-run: db: .* to the trash: older than 30d$' "$T/log/backup.log"
	expect_ok runs full
	[ "$(event 1 message)" = "1 of 6 sets moved to the trash: full/$(ago 100)" ]
	[ -d "$B/$(ago 50 030000)" ]
	# Nothing to do: no event.
	expect_ok runs mine
	[ "$(event 1 event)/$(event 1 job)" = run/mine ]
	# A job that fails removes nothing; nor does one without rules.
	set_of db "$(ago 40)"
	job db 'exit 65'
	expect_fail 65 "no set was made" runs db
	[ -d "$B/$(ago 40)" ]
	job db 'echo x >db.txt'
	echo KEEP= >>"$T/x.conf"
	expect_ok runs db
	[ -d "$B/$(ago 40)" ]
	[ "$(event 1 event)" = run ]
}

@test "siantre-run: where pruning fails the set stands, its path is printed, and the run says so" {
	job db 'echo x >db.txt'
	nights 1 4
	set_of db "$(ago 40)"
	echo x >"$B/.trash"
	expect_fail 73 "siantre-run: db: the set stands; pruning the older ones failed (exit 73)" runs db
	new=$(cat "$T/stdout")
	[ -f "$new/verified.json" ]
	[ "$(event 2 event)/$(event 2 status)/$(event 2 exit)" = run/ok/0 ]
	[ "$(event 1 event)/$(event 1 status)/$(event 1 exit)" = prune/fail/73 ]
	[ "$(event 1 message)" = "it failed, and the new set stands" ]
	[ -d "$B/$(ago 40)" ]
	expect_fail 73 "pruning the older ones failed" runs --wait db
}

@test "siantre-run: a guard that holds is a warning, and no failure" {
	job db 'echo x >db.txt'
	nights 100 110
	expect_ok runs db
	said "siantre-run: db: nothing is removed: fewer than 3 verified sets since a hole of $(grep -oE 'hole of [0-9]+d' "$T/stderr" | grep -oE '[0-9]+d')"
	[ "$(event 1 event)/$(event 1 status)/$(event 1 exit)" = prune/warn/0 ]
	[[ $(event 1 message) == "nothing is removed: fewer than 3 verified sets since a hole of "* ]]
	nights 1 2
	expect_ok runs db
	[[ $(event 1 message) == "nothing is removed: 11 of 15 would go at once, more than half" ]]
	[ "$(event 1 status)" = warn ]
	[ "$(left | wc -l)" = 15 ]
}
