#!/usr/bin/env bats
# siantre-verify: what it proves, what it refuses, and in which words.

load lib

setup_file() {
	BAD=$(mktemp -d "${TMPDIR:-/tmp}/siantre-bad.XXXXXX")
	export BAD
	chmod 0755 "$BAD"
	"${BATS_TEST_DIRNAME}/bad/make" "$BAD"
}

teardown_file() {
	rm -rf "$BAD"
}

# verify_fails WORDS OPERAND...: exit 65, WORDS on stderr, in one line.
verify_fails() {
	local words=$1
	shift
	expect_fail 65 "$words" siantre-verify "$@" || return 1
	[ "$(wc -l <"$T/stderr")" = 1 ] || {
		cat "$T/stderr"
		return 1
	}
	[ "$(cat "$T/stdout")" = "${!#}: FAILED" ]
}

@test "everything sound is proven, with the plain tools as witnesses" {
	local name kind what
	while IFS=$'\t' read -r name kind what; do
		[[ $name == good-* ]] || continue
		echo "$name: $what"
		expect_ok siantre-verify "$BAD/$name"
		grep -qF "$BAD/$name: ok: " "$T/stdout"
		[ ! -s "$T/stderr" ]
		case $name in
		*.tar.gz) tar -tzf "$BAD/$name" >/dev/null ;;
		*.gz) gzip -t "$BAD/$name" ;;
		good-set) (cd "$BAD/$name" && sha256sum -c --quiet SHA256SUMS) ;;
		esac
	done <"$BAD/list"
}

@test "everything damaged is refused with exit 65 and one line" {
	local name kind what
	while IFS=$'\t' read -r name kind what; do
		[[ $name != good-* ]] || continue
		echo "$name: $what"
		verify_fails "siantre-verify: $BAD/$name" "$BAD/$name"
	done <"$BAD/list"
}

@test "gzip is told apart in words" {
	verify_fails "gz-cut-body.gz: gzip: truncated after 2768 bytes" "$BAD/gz-cut-body.gz"
	verify_fails "gz-crc.gz: gzip: checksum differs" "$BAD/gz-crc.gz"
	verify_fails "gz-length.gz: gzip: length differs" "$BAD/gz-length.gz"
	verify_fails "gz-behind.gz: gzip: bytes behind the end" "$BAD/gz-behind.gz"
	verify_fails "gz-seal.gz: gzip: seal differs" "$BAD/gz-seal.gz"
	verify_fails "gz-no-bytes.gz: empty" "$BAD/gz-no-bytes.gz"
	verify_fails "gz-cut-magic.gz: not gzip, as its name says" "$BAD/gz-cut-magic.gz"
}

@test "what gzip -t lets pass is refused" {
	gzip -t "$BAD/gz-distance.gz"
	verify_fails "invalid distance too far back" "$BAD/gz-distance.gz"
}

@test "a lost second member is seen by the end mark" {
	gzip -t "$BAD/sql-member-lost.sql.gz"
	verify_fails "sql-member-lost.sql.gz: no end mark" "$BAD/sql-member-lost.sql.gz"
}

@test "dumps are told apart in words" {
	verify_fails "sql-cut-rows.sql: no end mark" "$BAD/sql-cut-rows.sql"
	verify_fails "rows of table \`siantre\`.\`queues\` differ: 298 counted, 299 promised" \
	    "$BAD/sql-row-lost.sql.gz"
	verify_fails "digest of table \`siantre\`.\`queues\` differs" "$BAD/sql-row-changed.sql.gz"
	verify_fails "digest of the schema differs" "$BAD/sql-schema-changed.sql"
	verify_fails "bytes behind the end mark" "$BAD/sql-twice.sql"
}

@test "archives are told apart in words" {
	verify_fails "tar-cut-entry.tar.gz: tar: cut short" "$BAD/tar-cut-entry.tar.gz"
	verify_fails "tar-garbage.tar: tar: bytes behind the end" "$BAD/tar-garbage.tar"
	verify_fails "tar-checksum.tar: tar: " "$BAD/tar-checksum.tar"
}

@test "foreign SQL is proven as gzip, and said to be no more" {
	expect_ok siantre-verify "$BAD/good-foreign.sql.gz"
	grep -qF "good-foreign.sql.gz: ok: foreign SQL: no end mark to prove" "$T/stdout"
	verify_fails "good-foreign.sql.gz: no end mark" --require-end "$BAD/good-foreign.sql.gz"
	expect_ok siantre-verify --require-end "$BAD/good-dump.sql.gz"
}

@test "a missing operand is an error of its own, and the others are still proven" {
	expect_fail 1 "$T/none: No such file or directory" siantre-verify "$T/none"
	expect_fail 1 "none: No such file" siantre-verify "$T/none" "$BAD/good-plain.gz"
	grep -qF "good-plain.gz: ok" "$T/stdout"
	expect_fail 65 "none: No such file" siantre-verify "$BAD/gz-crc.gz" "$T/none"
	grep -qF "gz-crc.gz: gzip: checksum differs" "$T/stderr"
	mkfifo "$T/pipe"
	verify_fails "pipe: not a regular file" "$T/pipe"
}

@test "what is said comes in the order of the operands, however many are proven at a time" {
	local jobs name files=()
	# The first takes the longest.
	head -c 300M /dev/zero | gzip -1 >"$T/large.gz"
	flip "$T/large.gz" 200000
	for name in gz-crc.gz good-plain.gz sql-no-end.sql good-set set-changed gz-distance.gz good-dump.sql; do
		files+=("$BAD/$name")
	done
	for jobs in 1 2 7 64; do
		expect_fail 65 "large.gz: gzip: " siantre-verify -j $jobs "$T/large.gz" "${files[@]}"
		[ "$jobs" != 1 ] || cp "$T/stderr" "$T/stderr1"
		[ "$jobs" != 1 ] || cp "$T/stdout" "$T/stdout1"
		cmp "$T/stdout1" "$T/stdout"
		cmp "$T/stderr1" "$T/stderr"
	done
	[ "$(cut -d: -f1 "$T/stdout" | tail -n 7)" = "$(printf '%s\n' "${files[@]}")" ]
	[ "$(wc -l <"$T/stderr")" = 5 ]
}

@test "the checksum level reads bytes and no more" {
	expect_ok siantre-verify --level checksum "$BAD/gz-crc.gz"
	expect_ok siantre-verify --level checksum --json "$BAD/gz-crc.gz"
	[ "$(jq -r '.level + " " + .operands[0].sha256' "$T/stdout")" = \
	    "checksum $(sha256sum <"$BAD/gz-crc.gz" | cut -d' ' -f1)" ]
	expect_ok siantre-verify -l checksum "$BAD/set-cut"
	expect_fail 65 "env_backup.env: size differs" siantre-verify -l checksum "$BAD/set-changed"
}

@test "a set's defects are told one by one" {
	cp -r "$BAD/good-set" "$T/set"
	rm "$T/set/env_backup.env"
	flip "$T/set/db_backup.sql.gz" 100
	echo >"$T/set/more"
	expect_fail 65 "$T/set/db_backup.sql.gz: checksum differs" siantre-verify "$T/set"
	grep -qxF "siantre-verify: $T/set/env_backup.env: listed in SHA256SUMS but missing" \
	    "$T/stderr"
	grep -qxF "siantre-verify: $T/set/more: not listed in SHA256SUMS" "$T/stderr"
	[ "$(wc -l <"$T/stderr")" = 3 ]
	[ "$(cat "$T/stdout")" = "$T/set: FAILED" ]
}

@test "paths that leave the set are refused unread" {
	verify_fails "SHA256SUMS:6: not a name for a file of a set" "$BAD/set-sums-up"
	verify_fails "SHA256SUMS:6: not a name for a file of a set" "$BAD/set-sums-absolute"
	cp -r "$BAD/good-set" "$T/set"
	mv "$T/set/env_backup.env" "$T/elsewhere"
	ln -s ../elsewhere "$T/set/env_backup.env"
	verify_fails "env_backup.env: not a regular file" "$T/set"
	rm "$T/set/env_backup.env"
	mkfifo "$T/set/env_backup.env"
	verify_fails "env_backup.env: not a regular file" "$T/set"
}

@test "set.json is held against what is there" {
	verify_fails "set.json says 7" "$BAD/set-json-plain"
	verify_fails "checksum of the unpacked bytes differs from set.json" \
	    "$BAD/set-json-plain-digest"
	verify_fails "tables differ from those in set.json" "$BAD/set-json-table"
	verify_fails "app_files.tar.gz: set.json does not name it" "$BAD/set-json-lost"
	verify_fails "z: set.json names it, SHA256SUMS does not" "$BAD/set-json-extra"
	verify_fails "set.json: File too large" "$BAD/set-json-huge"
	verify_fails "no set.json" "$BAD/set-json-none"
}

@test "an index is held against its file" {
	verify_fails "fragment 1 is not the one in its index" "$BAD/set-index-digest"
	verify_fails "fragment 1 is not the one in its index" "$BAD/set-index-other"
	verify_fails "an index without its file" "$BAD/set-index-alone"
}

@test "each flipped byte of a set is found" {
	cp -r "$BAD/good-set" "$T/set"
	cd "$T/set"
	# A small set: the archive goes.
	rm app_files.tar.gz
	jq --indent 1 'del(.files[] | select(.name == "app_files.tar.gz"))' set.json >../set.json
	mv ../set.json set.json
	sha256sum db_backup* env_backup.env set.json >SHA256SUMS
	expect_ok siantre-verify "$T/set"
	python3 - "$T/set" <<-'END'
		import os, subprocess, sys
		folder = sys.argv[1]
		wrong = 0
		for name in sorted(os.listdir(folder)):
		    path = os.path.join(folder, name)
		    data = open(path, "rb").read()
		    for at in range(0, len(data), int(os.environ["STEP"])):
		        with open(path, "r+b") as f:
		            f.seek(at)
		            f.write(bytes([data[at] ^ (1 << at % 8)]))
		        run = subprocess.run(["siantre-verify", folder], capture_output=True)
		        if run.returncode != 65 or not run.stderr:
		            print(name, at, run.returncode, run.stderr)
		            wrong += 1
		        with open(path, "r+b") as f:
		            f.seek(at)
		            f.write(data[at:at + 1])
		sys.exit(wrong != 0)
	END
	expect_ok siantre-verify "$T/set"
}

@test "each length of a cut file of a set is found" {
	cp -r "$BAD/good-set" "$T/set"
	python3 - "$T/set" <<-'END'
		import os, subprocess, sys
		folder = sys.argv[1]
		wrong = 0
		for name in sorted(os.listdir(folder)):
		    path = os.path.join(folder, name)
		    data = open(path, "rb").read()
		    for length in range(0, len(data), 1 + len(data) * int(os.environ["STEP"]) // 150):
		        with open(path, "wb") as f:
		            f.write(data[:length])
		        run = subprocess.run(["siantre-verify", folder], capture_output=True)
		        if run.returncode != 65 or not run.stderr:
		            print(name, length, run.returncode, run.stderr)
		            wrong += 1
		    with open(path, "wb") as f:
		        f.write(data)
		sys.exit(wrong != 0)
	END
}

@test "what siantre-pack makes is proven to the last bit" {
	siantre-pack --require-end --index "$T/x.sql.gz.idx" -o "$T/x.sql.gz" <"$BAD/good-dump.sql"
	expect_ok siantre-verify --json "$T/x.sql.gz" "$T/x.sql.gz.idx"
	jq -e '.operands | .[0].sealed and .[0].kind == "dump" and .[1].kind == "index"' "$T/stdout"
	python3 - "$T/x.sql.gz" <<-'END'
		import os, subprocess, sys
		data = open(sys.argv[1], "rb").read()
		wrong = 0
		for bit in range(19, 8 * len(data), 5 * int(os.environ["STEP"])):
		    bad = bytearray(data)
		    bad[bit // 8] ^= 1 << bit % 8
		    run = subprocess.run(["siantre-verify"], input=bad, capture_output=True)
		    if run.returncode != 65 or run.stdout or b"stdin: gzip: " not in run.stderr:
		        print(bit, run.returncode, run.stderr)
		        wrong += 1
		sys.exit(wrong != 0)
	END
}

@test "trees are proven whoever packed them" {
	mkdir -p "$T/www/siantre/uploads"
	head -c 70000 /dev/urandom >"$T/www/siantre/uploads/foto.jpg"
	ln -s uploads/foto.jpg "$T/www/siantre/link"
	truncate -s 3M "$T/www/siantre/sparse"
	siantre-pack -C "$T/www" siantre >"$T/ours.tar.gz"
	tar -C "$T/www" -czf "$T/gnu.tar.gz" siantre
	tar -C "$T/www" --format=gnu -Scf "$T/sparse.tar" siantre
	bsdtar -C "$T/www" -czf "$T/bsd.tgz" siantre
	expect_ok siantre-verify "$T/ours.tar.gz" "$T/gnu.tar.gz" "$T/sparse.tar" "$T/bsd.tgz"
	[ "$(grep -c 'ok: tar archive, 5 entries' "$T/stdout")" = 4 ]
}

@test "--record notes a proof that counts only for this set" {
	cp -r "$BAD/good-set" "$T/set"
	ours "$T/set"
	expect_ok siantre-verify --record "$T/set"
	[ "$(jq -r '.result + " " + .level' "$T/set/verified.json")" = "ok structure" ]
	[ "$(jq -r .manifest "$T/set/verified.json")" = \
	    "$(sha256sum <"$T/set/SHA256SUMS" | cut -d' ' -f1)" ]
	expect_ok siantre-verify "$T/set"

	# A shallower proof does not replace it.
	expect_ok siantre-verify --record --level checksum "$T/set"
	[ "$(jq -r .level "$T/set/verified.json")" = structure ]
}

@test "a set that is found damaged later is no longer a verified one" {
	cp -r "$BAD/good-set" "$T/set"
	ours "$T/set"
	expect_ok siantre-verify --record "$T/set"
	flip "$T/set/db_backup.sql.gz" 100
	expect_fail 65 "checksum differs" siantre-verify --record "$T/set"
	[ "$(jq -r .result "$T/set/verified.json")" = fail ]
	expect_fail 65 "not a whole set" siantre-verify --record "$BAD/set-no-sums"
	[ ! -e "$BAD/set-no-sums/verified.json" ]
}

@test "encrypted files are sealed: their header and length, and no more" {
	local name
	age-keygen -o "$T/key" 2>"$T/public"
	RECIPIENT=$(sed -n 's/^Public key: //p' "$T/public")
	for name in empty:0 one:1 chunk:65536 chunk1:65537 large:300000; do
		head -c "${name#*:}" /dev/urandom | age -r "$RECIPIENT" >"$T/${name%:*}.age"
		head -c "${name#*:}" /dev/urandom | age -a -r "$RECIPIENT" >"$T/${name%:*}.armour.age"
	done
	age-keygen 2>/dev/null | age-keygen -y >"$T/second"
	age -r "$RECIPIENT" -R "$T/second" -o "$T/two.sql.gz.age" "$BAD/good-dump.sql.gz"
	expect_ok siantre-verify "$T"/*.age
	[ "$(grep -c "ok: encrypted for 1 recipient: sealed, not looked into" "$T/stdout")" = 10 ]
	grep -qF "two.sql.gz.age: ok: encrypted for 2 recipients: sealed" "$T/stdout"
	expect_ok siantre-verify --json "$T/two.sql.gz.age"
	jq -e '.operands[0] | .kind == "age" and .level == "sealed" and .recipients == 2' "$T/stdout"

	# Cut, unless at the border of two chunks, where nobody without a key can see it.
	head -c 100 "$T/large.age" >"$T/x.age"
	verify_fails "x.age: age: cut short in its header" "$T/x.age"
	head -c -1 "$T/chunk1.age" >"$T/x.age"
	verify_fails "x.age: age: cut short: a file of this length cannot be decrypted" "$T/x.age"
	head -c -10 "$T/large.armour.age" >"$T/x.age"
	verify_fails "x.age: age: " "$T/x.age"
	sed 's/X25519/X2 519/;s/^--- ./---/' "$T/large.age" >"$T/x.age"
	verify_fails "x.age: age: the header is damaged" "$T/x.age"
	cp "$BAD/good-dump.sql" "$T/x.age"
	verify_fails "x.age: age: not of version 1" "$T/x.age"
	cp "$BAD/good-dump.sql.gz" "$T/x.age"
	verify_fails "x.age: not encrypted, as its name says" "$T/x.age"
	expect_fail 78 "stdin: encrypted: --identity FILE is needed" siantre-verify <"$T/one.age"
	[ ! -s "$T/stdout" ]
}

@test "a set with an encrypted file is sealed, not more" {
	local set=$T/set
	age-keygen -o "$T/key" 2>/dev/null
	cp -r "$BAD/good-set" "$set"
	age -R <(age-keygen -y "$T/key") -o "$set/db_backup.sql.gz.age" "$set/db_backup.sql.gz"
	rm "$set/db_backup.sql.gz" "$set/db_backup.sql.gz.idx"
	jq --arg sha "$(sha256sum <"$set/db_backup.sql.gz.age" | cut -d' ' -f1)" \
	    --argjson bytes "$(stat -c %s "$set/db_backup.sql.gz.age")" \
	    'del(.files[] | select(.name == "db_backup.sql.gz.idx")) | .files |= map(if .name == "db_backup.sql.gz"
		then {name: "db_backup.sql.gz.age", bytes: $bytes, sha256: $sha} else . end)' \
	    "$BAD/good-set/set.json" >"$T/set.json"
	mv "$T/set.json" "$set/set.json"
	(cd "$set" && sha256sum app_files.tar.gz db_backup.sql.gz.age env_backup.env set.json >"$T/sums" &&
	    mv "$T/sums" SHA256SUMS)
	ours "$set"
	expect_ok siantre-verify -v --record "$set"
	grep -qF "db_backup.sql.gz.age: ok: encrypted for 1 recipient: sealed" "$T/stdout"
	[ "$(jq -r '.result + " " + .level' "$set/verified.json")" = "ok sealed" ]
}

@test "--json tells of each operand and each file" {
	expect_fail 65 "checksum differs" siantre-verify --json "$BAD/good-dump.sql.gz" \
	    "$BAD/good-set" "$BAD/gz-crc.gz"
	[ "$(jq -r .result "$T/stdout")" = fail ]
	jq -e '.operands | map(.result) == ["ok", "ok", "fail"]' "$T/stdout"
	jq -e '.operands[0] | .kind == "dump" and .tables == 3 and .rows == 301 and
	    .sealed == false and (.digest | length) == 64' "$T/stdout"
	jq -e '.operands[1] | .kind == "set" and .job == "db" and
	    ([.files[] | .kind] | sort) == ["dump", "index", "other", "other", "tar"]' "$T/stdout"
	jq -e '.operands[2].message == "gzip: checksum differs"' "$T/stdout"
}

@test "the filter passes on what is proven, byte for byte" {
	local name
	for name in good-dump.sql.gz good-dump.sql good-tree.tar good-tree.tar.gz good-fragments.gz \
	    good-empty.gz; do
		siantre-verify <"$BAD/$name" >"$T/out"
		cmp "$BAD/$name" "$T/out"
	done
	siantre-verify <"$BAD/good-foreign.sql.gz" >"$T/out" 2>"$T/err"
	cmp "$BAD/good-foreign.sql.gz" "$T/out"
	grep -qxF "siantre-verify: stdin: foreign SQL: no end mark to prove" "$T/err"
}

@test "the filter emits nothing of what is damaged" {
	local name kind what got
	while IFS=$'\t' read -r name kind what; do
		case $kind/$name in */good-* | set/* | index/*) continue ;; esac
		got=0
		siantre-verify <"$BAD/$name" >"$T/out" 2>"$T/err" || got=$?
		echo "$name: $what: exit $got"
		[ $got = 65 ]
		[ ! -s "$T/out" ]
		grep -qF "siantre-verify: stdin: " "$T/err"
	done <"$BAD/list"
}

@test "the filter emits nothing of a dump that is cut anywhere" {
	python3 - "$BAD/good-dump.sql.gz" <<-'END'
		import os, subprocess, sys
		data = open(sys.argv[1], "rb").read()
		wrong = 0
		for length in range(0, len(data), 7 * int(os.environ["STEP"])):
		    run = subprocess.run(["siantre-verify"], input=data[:length], capture_output=True)
		    if run.returncode != 65 or run.stdout or not run.stderr:
		        print(length, run.returncode, run.stderr)
		        wrong += 1
		sys.exit(wrong != 0)
	END
}

@test "the filter refuses what proves nothing about itself" {
	expect_fail 65 "stdin: neither gzip nor tar nor a dump" siantre-verify <<<"APP_NAME=x"
	[ ! -s "$T/stdout" ]
	expect_fail 65 "stdin: neither gzip nor tar nor a dump" siantre-verify </dev/null
	expect_fail 65 "stdin: neither" siantre-verify <"$BAD/good-foreign.sql"
	expect_fail 65 "stdin: no end mark" siantre-verify --require-end <"$BAD/good-plain.gz"
}

@test "the spool leaves nothing behind, and its place is an option" {
	mkdir -m 0777 "$T/spool"
	siantre-verify --spool "$T/spool" <"$BAD/good-dump.sql.gz" >"$T/out"
	cmp "$BAD/good-dump.sql.gz" "$T/out"
	expect_fail 65 "checksum differs" siantre-verify --spool "$T/spool" <"$BAD/gz-crc.gz"
	[ -z "$(ls -A "$T/spool")" ]
	expect_fail 73 "cannot spool in $T/none: No such file" siantre-verify --spool "$T/none" \
	    <"$BAD/good-dump.sql.gz"
	[ ! -s "$T/stdout" ]
}

@test "a full spool ends 74 and emits nothing" {
	small_disk "$T/disk" 64k
	chmod 0777 "$T/disk"
	head -c 1000000 /dev/urandom | gzip >"$T/large.gz"
	expect_fail 74 "No space left on device" siantre-verify --spool "$T/disk" <"$T/large.gz"
	[ ! -s "$T/stdout" ]
}

@test "stdout that cannot be written ends 74, a reader that went away 1" {
	local got=0
	siantre-verify <"$BAD/good-dump.sql.gz" >/dev/full 2>"$T/err" || got=$?
	[ $got = 74 ]
	grep -qF "write stdout: No space left on device" "$T/err"
	head -c 3000000 /dev/urandom | gzip >"$T/large.gz"
	got=0
	{ siantre-verify <"$T/large.gz" 2>"$T/err" || echo $? >"$T/code"; } | head -c 1 >/dev/null
	[ "$(cat "$T/code")" = 1 ]
	[ ! -s "$T/err" ]
	got=0
	siantre-verify "$BAD/good-set" >/dev/full 2>"$T/err" || got=$?
	[ $got = 74 ]
}

@test "-q says nothing of what is right" {
	expect_ok siantre-verify -q "$BAD/good-set" "$BAD/good-plain.gz"
	[ ! -s "$T/stdout" ]
	[ ! -s "$T/stderr" ]
	expect_fail 65 "checksum differs" siantre-verify -q "$BAD/gz-crc.gz"
	[ ! -s "$T/stdout" ]
	expect_ok siantre-verify -v "$BAD/good-set"
	grep -qxF "  db_backup.sql.gz: ok: dump, 1 table, 2 rows" "$T/stdout"
	grep -qxF "  app_files.tar.gz: ok: tar archive, 7 entries" "$T/stdout"
}

@test "usage errors name the option and end 64" {
	expect_fail 64 "--level: \"deep\" is none of checksum, structure and drill" \
	    siantre-verify --level deep "$BAD/good-set"
	expect_fail 64 "--jobs: \"0\" is not a number from 1 to 256" siantre-verify -j 0 "$BAD/good-set"
	expect_fail 64 "--jobs: \"2x\" is not a number" siantre-verify --jobs=2x "$BAD/good-set"
	expect_fail 64 "--json needs an operand" siantre-verify --json </dev/null
	expect_fail 64 "--record needs an operand" siantre-verify --record </dev/null
	expect_fail 64 "--level checksum needs an operand" siantre-verify -l checksum </dev/null
	expect_fail 64 "--spool is for the filter" siantre-verify --spool /tmp "$BAD/good-set"
	expect_fail 64 "--require-end needs --level structure" \
	    siantre-verify -l checksum --require-end "$BAD/good-set"
	expect_fail 64 "usage: siantre-verify" siantre-verify --nonsense
	expect_ok siantre-verify --help
	grep -q "^usage: siantre-verify" "$T/stdout"
	expect_ok siantre-verify --version
	grep -qx "siantre-verify [0-9.]*" "$T/stdout"
}

@test "a name with control bytes draws nothing on the terminal" {
	cp -r "$BAD/good-set" "$T/set"
	touch "$T/set/"$'x\n\033[31m'
	expect_fail 65 'x\012\033[31m: not listed in SHA256SUMS' siantre-verify "$T/set"
}

@test "an ordinary user proves what it may read" {
	chmod -R a+rX "$BAD"
	as_nobody siantre-verify "$BAD/good-set" >"$T/out"
	grep -qF "good-set: ok" "$T/out"
	cp "$BAD/good-plain.gz" "$T/closed.gz"
	chmod 0 "$T/closed.gz"
	need_root
	expect_fail 1 "closed.gz: Permission denied" as_nobody siantre-verify "$T/closed.gz"
}

@test "root gives its rights up and still reads what is closed to others" {
	need_root
	cp -r "$BAD/good-set" "$T/set"
	chmod 0700 "$T/set"
	chmod 0400 "$T"/set/*
	expect_ok siantre-verify "$T/set"
	expect_fail 73 "create $T/set/verified.json: Permission denied" siantre-verify --record "$T/set"
	[ ! -e "$T/set/verified.json" ]
}
