#!/usr/bin/env bats
# ENCRYPT_TO: what jobs make is encrypted by age(1), and opened again with --identity, or by age.
# shellcheck disable=SC2153,SC2154,SC2016,SC2030,SC2031

load lib
load trees

# The sets are made once, for two age keys in a file of recipients and an ssh key, none of which
# the configuration tells the private half of.
setup_file() {
	start_db
	"$ROOT/tests/apptree" "$DB/app" "DB_SOCKET=$DB/sock" DB_DATABASE=siantre \
	    DB_USERNAME=siantre DB_PASSWORD=rahasia-sekali
	[ "$(id -u)" = 0 ] || chmod 0600 "$DB/app/storage/app/kunci.pem"
	fill_small siantre
	sql "CREATE USER siantre@localhost IDENTIFIED BY 'rahasia-sekali'; GRANT ALL ON siantre.* TO siantre@localhost;
	    GRANT SELECT ON mysql.proc TO siantre@localhost"
	mkdir "$DB/nginx" "$DB/sets" "$DB/state" "$DB/keys"
	echo 'events {}' >"$DB/nginx/nginx.conf"
	chmod 0755 "$DB" "$DB/keys"
	# Root's: whoever a tool becomes may read it, and so may a restore.
	for key in one two stranger; do
		age-keygen -o "$DB/keys/$key" 2>/dev/null
	done
	ssh-keygen -q -t ed25519 -N '' -C 'sari@kantor' -f "$DB/keys/ssh"
	{
		echo '# of the office'
		age-keygen -y "$DB/keys/one"
		age-keygen -y "$DB/keys/two"
	} >"$DB/recipients of us"
	chmod 0700 "$DB/sets"
	ours "$DB/sets" "$DB/state"
	configuration "$DB/sets" "$DB/state" >"$DB/x.conf"
	for job in db files full; do
		siantre-run -c "$DB/x.conf" -q --jobs "$ROOT/tools/jobs" "$job"
	done
}

setup() {
	lib_setup
	cp -a "$DB/sets" "$T/backup"
	cp -a "$DB/keys" "$T/keys"
	mkdir "$T/state" "$T/jobs"
	ours "$T/state"
	configuration "$T/backup" "$T/state" >"$T/x.conf"
	DBSET=$(dirname "$(ls -d "$T"/backup/2*/db_backup.sql.gz.age)")
	FILESSET=$(dirname "$(ls -d "$T"/backup/2*/app_files.tar.gz.age)")
	FULLSET=$(ls -d "$T"/backup/full/2*)
	KEY=$T/keys/one
	export JOBS_DIR=$ROOT/tools/jobs
}

configuration() {
	printf 'APP_DIR=%s\nBACKUP_DIR=%s\nSTATE_DIR=%s\nLOG_FILE=%s\n' "$DB/app" "$1" "$2" "$2/backup.log"
	printf 'EXCLUDE_LIST=%s\nWEB_CONFIG=%s\n' "$ROOT/etc/exclude_list.txt" "$DB/nginx"
	printf 'ENCRYPT_TO="%s , %s"\n' "$(cat "$DB/keys/ssh.pub")" "$DB/recipients of us"
}

no_new_set() {
	[ "$(find "$T/backup" -mindepth 1 -maxdepth 2 -name '2*' | wc -l)" = 3 ]
	[ -z "$(find "$T/backup/.partial" -mindepth 1 2>/dev/null)" ]
}

# without_age COMMAND...: on a machine that has none.
without_age() {
	need_root
	unshare -m true 2>/dev/null || skip "this machine allows no mounts"
	unshare -m bash -c 'mount --bind /dev/null "$(command -v age)" && exec "$@"' - "$@"
}

# level SET: what its verified.json says.
level() {
	jq -r '.level + " " + .result' "$1/verified.json"
}

restore() {
	siantre-restore "$1" --no-units "${@:2}"
}

# --- what jobs make ----------------------------------------------------------------------------

@test "every file of every job is encrypted, proven before, and told of by both digests" {
	for set in "$DBSET" "$FILESSET" "$FULLSET"; do
		(cd "$set" && sha256sum --quiet --strict -c SHA256SUMS)
		for file in "$set"/*; do
			name=${file##*/}
			case $name in
			SHA256SUMS | set.json | verified.json) continue ;;
			*.age) ;;
			*) false ;;
			esac
			age -d -i "$KEY" "$file" >"$T/inner"
			jq -e --arg name "$name" --arg sha "$(sha256sum <"$T/inner" | cut -d' ' -f1)" \
			    --argjson bytes "$(stat -c %s "$T/inner")" '.files[] | select(.name == $name) |
			    .inner_sha256 == $sha and .inner_bytes == $bytes' "$set/set.json"
			[[ $name != *.gz.age ]] ||
				jq -e --arg name "$name" --arg sha "$(gunzip -c "$T/inner" | sha256sum | cut -d' ' -f1)" \
				    '.files[] | select(.name == $name) | .plain_sha256 == $sha' "$set/set.json"
		done
		[ "$(level "$set")" = "sealed ok" ]
	done
	[ "$(ls "$DBSET" | tr '\n' ' ')" = "SHA256SUMS db_backup.sql.gz.age set.json verified.json " ]
	[ "$(ls "$FILESSET" | tr '\n' ' ')" = "SHA256SUMS app_files.tar.gz.age env_backup.env.age set.json storage_files.tar.gz.age verified.json web_config.conf.age " ]
	[ "$(ls "$FULLSET" | tr '\n' ' ')" = "SHA256SUMS db_backup.sql.gz.age full_system_backup_${FULLSET##*/}.tar.gz.age installed_packages.txt.age set.json verified.json " ]
	# Of the application neither a name nor a value.
	lacks -raE 'queues|rahasia|APP_KEY|artisan|laravel|CREATE TABLE|dpkg' "$T/backup"
	jq -e '.files[0].dump | has("digest") and has("server") and (has("tables") or has("databases") | not)' "$DBSET/set.json"
	# Counted, not named: this machine has a log.
	jq -r '.warnings[]' "$FULLSET/set.json" >"$T/warnings"
	lacks -v 'named in the log of this machine$\|: not there' "$T/warnings"
}

@test "without siantre: age, gunzip, mariadb, tar; each recipient alone" {
	for key in one two ssh; do
		new_db back
		age -d -i "$T/keys/$key" "$DBSET/db_backup.sql.gz.age" | gunzip | sql - back
		same siantre back
	done
	mkdir "$T/out"
	age -d -i "$KEY" "$FILESSET/app_files.tar.gz.age" | tar -xzpf - -C "$T/out"
	diff -r --no-dereference "$DB/app" "$T/out/app"
	age -d -i "$KEY" "$FILESSET/env_backup.env.age" | cmp - "$DB/app/.env"
	age -d -i "$KEY" "$FULLSET/installed_packages.txt.age" | cmp - <(dpkg-query -W)
	expect_fail 1 "no identity matched" age -d -i "$T/keys/stranger" "$DBSET/db_backup.sql.gz.age"
}

@test "nothing plain is on the disk while a job runs" {
	# An age beside the tools, which looks around before it does its work.
	need_root
	install -d -o siantre-backup -m 0755 "$T/tools" "$T/seen" "$T/tmp"
	install -m 0755 "$BUILD"/{,lib}siantre-* "$T/tools/"
	cat >"$T/tools/age" <<-E
		#!/bin/bash
		find "$T/backup" "$T/state" "$T/tmp" -newer "$T/begin" -type f >>"$T/seen/files"
		grep -raE 'rahasia-sekali|CREATE TABLE|APP_KEY' "$T/backup" "$T/state" "$T/tmp" >>"$T/seen/plain"
		exec /usr/bin/age "\$@"
	E
	chmod 0755 "$T/tools/age"
	touch "$T/begin"
	for job in db files full; do
		TMPDIR=$T/tmp expect_ok "$T/tools/siantre-run" -c "$T/x.conf" --jobs "$ROOT/tools/jobs" "$job"
	done
	[ ! -s "$T/seen/plain" ]
	# It has looked, and seen files of its own.
	grep -q '\.partial/.*\.age' "$T/seen/files"
}

@test "a dump that breaks off never becomes a file" {
	siantre-dump -q --defaults-file="$DB/root.cnf" siantre >"$T/jobs/dump.sql"
	chmod 0644 "$T/jobs/dump.sql"
	JOBS_DIR=$T/jobs
	job db "head -c 100000 '$T/jobs/dump.sql' | siantre-pack -q --check --require-end | siantre-run --age x.sql.gz.age ||
		{ code=\${PIPESTATUS[1]} && ls -A >&2 && exit \$code; }"
	expect_fail 65 "x.sql.gz.age: stdin is not what siantre-pack has finished: no file is made" runs db
	grep -qF "stdin: no end mark" "$T/stderr"
	lacks '^x.sql.gz.age$' "$T/stderr"
	# Nor is something else a gzip file because it is called one, or what nobody has written.
	job db "gzip -c '$T/jobs/dump.sql' | siantre-run --age x.sql.gz.age"
	expect_fail 65 "not what siantre-pack has finished" runs db
	job db ": | siantre-run --age x.txt.age"
	expect_fail 65 "x.txt.age: nothing came on stdin: no file is made" runs db
	no_new_set
	job db "siantre-pack -q --check --require-end <'$T/jobs/dump.sql' | siantre-run --age x.sql.gz.age"
	expect_ok runs db
	age -d -i "$KEY" "$(cat "$T/stdout")/x.sql.gz.age" | gunzip | cmp - "$T/jobs/dump.sql"
}

@test "what a job leaves in plain, encrypts by itself or changes later makes no set" {
	export JOBS_DIR=$T/jobs
	job db "echo plain >a.txt; echo x | siantre-run --age b.txt.age"
	expect_fail 78 "a.txt: ENCRYPT_TO is set, and the job has not encrypted this file" runs db
	grep -qE "hint: the jobs in .*/siantre/jobs show how" "$T/stderr"
	job db "echo x | age -R '$DB/recipients of us' -o b.txt.age"
	expect_fail 78 "b.txt.age: encrypted, but not by siantre-run --age" runs db
	job db "echo x | siantre-run --age b.txt.age; echo y | age -R '$DB/recipients of us' >c; mv c b.txt.age"
	expect_fail 65 "b.txt.age: not what siantre-run --age has made" runs db
	no_new_set
	# The last one counts where a file is made anew.
	job db "echo x | siantre-run --age b.txt.age; echo y | siantre-run --age b.txt.age"
	expect_ok runs db
	[ "$(age -d -i "$KEY" "$(cat "$T/stdout")/b.txt.age")" = y ]
}

@test "siantre-run --age: names, a full disk, a signal" {
	export SIANTRE_ENCRYPT_TO SIANTRE_NOTES=$T/notes
	SIANTRE_ENCRYPT_TO=$(age-keygen -y "$KEY")
	cd "$T"
	for name in x.txt a/x.age .x.age .age ''; do
		expect_fail 64 "--age: \"$name\" is not the name of a file that ends in .age" siantre-run --age "$name" </dev/null
	done
	SIANTRE_NOTES='' expect_fail 64 "--age is for the script of a job, where ENCRYPT_TO is set" siantre-run --age x.age </dev/null
	SIANTRE_ENCRYPT_TO='' expect_fail 64 "--age is for the script of a job" siantre-run --age x.age </dev/null
	SIANTRE_ENCRYPT_TO=/none expect_fail 1 "x.age: cannot be encrypted: failed to parse recipient file" siantre-run --age x.age <"$KEY"
	expect_fail 74 "read stdin: Is a directory" siantre-run --age x.age <"$T"
	without_age true # skips where that cannot be shown
	expect_fail 78 "age: not found, and ENCRYPT_TO needs it" without_age siantre-run --age x.age <"$KEY"
	said "hint: apt install age"
	small_disk "$T/small" 128k
	cd "$T/small"
	expect_fail 74 "write x.age: No space left on device" siantre-run --age x.age < <(head -c 1000000 /dev/urandom)
	[ -z "$(ls -A)" ]
	mkdir "$T/stopped"
	cd "$T/stopped"
	mkfifo "$T/fifo"
	siantre-run --age x.age <"$T/fifo" 2>"$T/stderr" &
	exec 5>"$T/fifo"
	head -c 10000 /dev/urandom >&5
	until [ -n "$(ls -A)" ]; do sleep 0.05; done
	kill -TERM $!
	got=0
	wait $! || got=$?
	exec 5>&-
	[ $got = 143 ]
	[ -z "$(ls -A)" ] && [ ! -e "$T/notes" ]
}

@test "age that is not there, and recipients that it does not take: no run begins, 78" {
	expect_fail 78 "age: not found, and ENCRYPT_TO needs it" without_age siantre-run -c "$T/x.conf" --jobs "$ROOT/tools/jobs" db
	said "hint: apt install age"
	got=0
	without_age siantre-run -c "$T/x.conf" check-config >"$T/stdout" || got=$?
	[ $got = 78 ]
	grep -A1 "^fail  encryption      ENCRYPT_TO is set, and age is not installed" "$T/stdout" | grep -qE '^ +apt-get install age$'
	echo 'age1x' >"$T/bad"
	sed -i "s|^ENCRYPT_TO=.*|ENCRYPT_TO=$T/bad|" "$T/x.conf"
	expect_fail 78 'ENCRYPT_TO: failed to parse recipient file' runs db
	expect_fail 78 "a nightly run would fail" runs check-config
	grep -qF 'fail  encryption      ENCRYPT_TO: failed to parse recipient file' "$T/stdout"
	recipient=$(age-keygen -y "$KEY")
	[[ $recipient == *q ]] && last=p || last=q
	sed -i "s|^ENCRYPT_TO=.*|ENCRYPT_TO=${recipient%?}$last|" "$T/x.conf"
	expect_fail 78 'ENCRYPT_TO: malformed recipient' runs db
	sed -i "s|^ENCRYPT_TO=.*|ENCRYPT_TO=$(grep -v '^#' "$KEY")|" "$T/x.conf"
	expect_fail 78 'ENCRYPT_TO: a secret key, which must not be here' runs db
	lacks -F AGE-SECRET "$T/stderr"
	no_new_set
}

@test "check-config: for whom, and a key that lies where it should not" {
	expect_ok runs check-config
	grep -qxF "ok    encryption      age encrypts for ENCRYPT_TO (2 entries); this machine needs no key" "$T/stdout"
	lacks identity "$T/stdout"
	echo "IDENTITY=$KEY" >>"$T/x.conf"
	expect_ok runs check-config
	grep -qxF "warn  identity        $KEY: the key that opens the backups lies on the machine that makes them" "$T/stdout"
	chmod 0644 "$KEY"
	expect_ok runs check-config
	grep -qxF "warn  identity        $KEY: open to others (mode 0644)" "$T/stdout"
	sed -i '/^ENCRYPT_TO/d' "$T/x.conf"
	chmod 0600 "$KEY"
	expect_ok runs check-config
	grep -qxF "ok    identity        $KEY" "$T/stdout"
	lacks "encryption" "$T/stdout"
}

@test "siantre-status: sealed, and whether it was rehearsed" {
	expect_ok siantre-status -c "$T/x.conf"
	grep -qxF "sealed: db: ${DBSET##*/} is encrypted, and not looked into; not rehearsed: a drill needs --identity" "$T/stdout"
	grep -qF "sealed: full: " "$T/stdout"
	lacks "warning: " "$T/stdout"
	expect_ok siantre-status -c "$T/x.conf" --json
	jq -e '.jobs[0] | .newest.level == "sealed" and .rehearsed == null' "$T/stdout"
}

# --- verify ------------------------------------------------------------------------------------

@test "verify: sealed without the key; with it all is looked into, and recorded so" {
	expect_ok siantre-verify -v "$DBSET"
	grep -qE "^$DBSET: ok: set of db, 2 files, .*, sealed: not looked into$" "$T/stdout"
	grep -qF "db_backup.sql.gz.age: ok: encrypted for 3 recipients: sealed, not looked into" "$T/stdout"
	expect_ok siantre-verify -v --record --identity "$KEY" "$DBSET" "$FILESSET" "$FULLSET"
	lacks sealed "$T/stdout"
	grep -qE "db_backup.sql.gz.age: ok: encrypted: dump, [0-9]+ tables, [0-9]+ rows" "$T/stdout"
	grep -qE "app_files.tar.gz.age: ok: encrypted: tar archive, [0-9]+ entries" "$T/stdout"
	grep -qE "env_backup.env.age: ok: encrypted: checksum only" "$T/stdout"
	for set in "$DBSET" "$FILESSET" "$FULLSET"; do
		[ "$(level "$set")" = "structure ok" ]
	done
	# What somebody has looked into does not become sealed again.
	expect_ok siantre-verify -q --record "$DBSET"
	[ "$(level "$DBSET")" = "structure ok" ]
	expect_ok siantre-verify --json --identity "$T/keys/ssh" "$DBSET" "$FILESSET/web_config.conf.age"
	jq -e '.operands[0] | .level == "structure" and (.files[0] | .level == "structure" and .inner.kind == "dump"
	    and .inner.rows > 0 and .inner.sha256 != .sha256)' "$T/stdout"
	jq -e '.operands[1] | .kind == "age" and .result == "ok" and .inner.kind == "other"' "$T/stdout"
	expect_ok siantre-verify --json "$DBSET"
	jq -e '.operands[0] | .level == "sealed" and (.files[0] | has("inner") | not)' "$T/stdout"
}

@test "verify: set.json that lies about what is in a file is found out, by its length without a key" {
	lie() { # lie FILTER: change set.json, and let SHA256SUMS agree
		cp -a "$DBSET" "$T/lie"
		chmod u+w "$T/lie"/*
		jq "$1" "$DBSET/set.json" >"$T/lie/set.json"
		(cd "$T/lie" && sha256sum db_backup.sql.gz.age set.json >SHA256SUMS)
	}
	check() { # check CODE WORDS OPTION...
		expect_fail "$1" "$2" siantre-verify "${@:3}" "$T/lie"
		rm -rf "$T/lie"
	}
	lie '.files[0].inner_bytes += 1'
	check 65 "db_backup.sql.gz.age: encrypted size differs"
	lie '.files[0].inner_bytes += 1'
	check 65 "db_backup.sql.gz: size differs" --identity "$KEY"
	zero=0000000000000000000000000000000000000000000000000000000000000000
	lie ".files[0].inner_sha256 = \"$zero\""
	check 65 "db_backup.sql.gz: checksum differs" --identity "$KEY"
	lie ".files[0].plain_sha256 = \"$zero\""
	check 65 "db_backup.sql.gz.age: checksum of the unpacked bytes differs from set.json" --identity "$KEY"
	lie '.files[0].plain_bytes = 7'
	check 65 "db_backup.sql.gz.age: unpacked size differs" --identity "$KEY"
	lie ".files[0].dump.digest = \"$zero\""
	check 65 "db_backup.sql.gz.age: digest of the dump differs from set.json" --identity "$KEY"
	# Nobody without the key can know those.
	lie ".files[0].dump.digest = \"$zero\""
	expect_ok siantre-verify "$T/lie"
}

@test "verify as a filter passes on what is in it, once all of that is proven" {
	file=$DBSET/db_backup.sql.gz.age
	age -d -i "$KEY" "$file" >"$T/x.sql.gz"
	siantre-verify --identity "$KEY" --require-end <"$file" | cmp - "$T/x.sql.gz"
	age -a -R "$DB/recipients of us" <"$T/x.sql.gz" | siantre-verify --identity "$KEY" | cmp - "$T/x.sql.gz"
	siantre-verify --identity "$KEY" <"$T/x.sql.gz" | cmp - "$T/x.sql.gz"
	expect_fail 78 "stdin: encrypted: --identity FILE is needed" siantre-verify <"$file"
	[ ! -s "$T/stdout" ]
	head -c -1 "$file" >"$T/cut"
	expect_fail 65 "stdin: cannot be decrypted: " siantre-verify --identity "$KEY" <"$T/cut"
	[ ! -s "$T/stdout" ]
	head -c -9 "$T/x.sql.gz" | age -R "$DB/recipients of us" >"$T/bad"
	expect_fail 65 "stdin: gzip: " siantre-verify --identity "$KEY" <"$T/bad"
	[ ! -s "$T/stdout" ]
	echo hello | age -R "$DB/recipients of us" >"$T/bad"
	expect_fail 65 "nothing that proves itself" siantre-verify --identity "$KEY" <"$T/bad"
	expect_fail 64 "--identity needs --level structure" siantre-verify -l checksum --identity "$KEY" "$file"
	mkdir -m 0777 "$T/spool"
	expect_ok siantre-verify --spool "$T/spool" --identity "$KEY" "$file"
	small_disk "$T/tiny" 4k
	chmod 0777 "$T/tiny"
	expect_fail 74 "hint: TMPDIR names another folder" siantre-verify --spool "$T/tiny" --identity "$KEY" "$file"
}

@test "an identity that is missing, open to others, none at all or another one" {
	file=$DBSET/db_backup.sql.gz.age
	expect_fail 78 "identity $T/none: No such file or directory" siantre-verify --identity "$T/none" "$file"
	chmod 0640 "$KEY"
	expect_fail 78 "$KEY: readable by its group (mode 0640)" siantre-verify --identity "$KEY" "$file"
	said "hint: chmod 0600 $KEY"
	expect_fail 78 "$KEY: readable by its group" restore db --identity "$KEY" --into back "$file"
	expect_fail 78 "$KEY: readable by its group" restore files --identity "$KEY" --into "$T/back" "$FILESSET"
	expect_fail 78 "$KEY: readable by its group" siantre-restore all -c "$T/x.conf" --identity "$KEY"
	expect_fail 78 "$KEY: readable by its group" siantre-verify --level drill -c "$T/x.conf" --identity "$KEY"
	expect_fail 78 "identity -: No such file" siantre-verify --identity - "$file"
	echo hello >"$T/keys/no"
	chmod 0600 "$T/keys/no"
	expect_fail 78 "$file: cannot be decrypted: reading \"$T/keys/no\"" siantre-verify --identity "$T/keys/no" "$file"
	# Of a file alone nobody knows whether its header is damaged; a set has its digest.
	wrong=$T/keys/stranger
	expect_fail 65 "$file: cannot be decrypted: no identity matched any of the recipients" siantre-verify --identity "$wrong" "$file"
	expect_fail 78 "$file: cannot be decrypted: no identity matched any of the recipients" siantre-verify --record --identity "$wrong" "$DBSET"
	[ "$(level "$DBSET")" = "sealed ok" ]
	# A passphrase is asked for on a terminal, which a drill has not.
	ssh-keygen -q -t ed25519 -N hush -f "$T/keys/asks"
	age -r "$(cat "$T/keys/asks.pub")" <"$KEY" >"$T/x.age"
	expect_fail 78 "x.age: cannot be decrypted: failed to obtain passphrase" setsid -w siantre-verify --identity "$T/keys/asks" "$T/x.age"
	expect_fail 78 "identity $T/keys/asks: it has a passphrase, which a drill cannot ask for" \
	    siantre-verify --level drill -c "$T/x.conf" --identity "$T/keys/asks"
	expect_fail 78 "age: not found, and --identity needs it" without_age siantre-verify --identity "$KEY" "$file"
	said "hint: apt install age"
}

@test "every kind of damage is 65, wherever it is; nothing of it is restored" {
	printf 'CREATE TABLE t (a INT PRIMARY KEY); INSERT INTO t VALUES (1), (2);' | sql - "$(new_db tiny && echo tiny)"
	siantre-dump -q --defaults-file="$DB/root.cnf" tiny | siantre-pack -q --require-end |
	    age -r "$(age-keygen -y "$KEY")" >"$T/x.sql.gz.age"
	damaged() { # damaged FILE: refused, in words about it
		expect_fail 65 "siantre-verify: ${1%.age}" siantre-verify -q --identity "$KEY" "$1"
	}
	mkdir "$T/bad"
	python3 - "$T/x.sql.gz.age" "$T/bad" $((5 * STEP)) <<-'PY'
		import sys
		good, step = open(sys.argv[1], "rb").read(), int(sys.argv[3])
		for at in range(0, len(good), step):
		    b = bytearray(good)
		    b[at] ^= 1 << at % 8
		    open(f"{sys.argv[2]}/flip{at}.sql.gz.age", "wb").write(b)
		for at in range(1, len(good), 2 * step):
		    open(f"{sys.argv[2]}/cut{at}.sql.gz.age", "wb").write(good[:at])
	PY
	expect_fail 65 "cannot be decrypted" siantre-verify -q --json --identity "$KEY" "$T"/bad/*
	jq -r '.operands[] | select(.exit != 65) | "\(.name): exit \(.exit)"' "$T/stdout" >"$T/passed"
	cmp "$T/passed" /dev/null
	[ "$(jq '.operands | length' "$T/stdout")" -gt 20 ]
	cp "$T/bad/flip$((50 * STEP)).sql.gz.age" "$T/flip.sql.gz.age"
	cp "$(ls "$T"/bad/cut* | tail -n 1)" "$T/cut.sql.gz.age"
	# A cut between two chunks is one that the length does not tell; age hands out those before.
	head -c 300000 /dev/urandom | siantre-pack -q | age -r "$(age-keygen -y "$KEY")" >"$T/long.gz.age"
	header=$(($(stat -c %s "$T/long.gz.age") - 16 - $(age -d -i "$KEY" "$T/long.gz.age" | wc -c) - 16 * 5))
	head -c $((header + 16 + 2 * 65552)) "$T/long.gz.age" >"$T/cut.gz.age"
	expect_ok siantre-verify "$T/cut.gz.age"
	damaged "$T/cut.gz.age"
	grep -qF "cannot be decrypted: unexpected EOF" "$T/stderr"
	# Something behind it, and something else that somebody has encrypted.
	{ cat "$T/x.sql.gz.age" && echo x; } >"$T/more.sql.gz.age"
	damaged "$T/more.sql.gz.age"
	siantre-dump -q --defaults-file="$DB/root.cnf" tiny | head -n -1 | gzip |
	    age -r "$(age-keygen -y "$KEY")" >"$T/short.sql.gz.age"
	damaged "$T/short.sql.gz.age"
	for bad in flip cut more short; do
		sql "DROP DATABASE IF EXISTS back"
		expect_fail 65 "$bad.sql.gz" siantre-restore db --no-units --defaults-file="$DB/root.cnf" \
		    --identity "$KEY" --into back "$T/$bad.sql.gz.age"
		[ -z "$(sql "SHOW DATABASES LIKE 'back'")" ]
	done
}

# --- restore -----------------------------------------------------------------------------------

@test "restore db: a set, a file, stdin, an armoured one, with any of the keys; --list, --table" {
	db() {
		siantre-restore db --no-units --defaults-file="$DB/root.cnf" "$@"
	}
	for key in one two ssh; do
		sql "DROP DATABASE IF EXISTS back"
		expect_ok db --identity "$T/keys/$key" --into back "$DBSET"
		same siantre back
	done
	sql "DROP DATABASE back"
	expect_ok db --identity "$KEY" --into back - <"$FULLSET/db_backup.sql.gz.age"
	same siantre back
	sql "DROP DATABASE back"
	age -d -i "$KEY" "$DBSET/db_backup.sql.gz.age" | age -a -R "$DB/recipients of us" >"$T/armour"
	expect_ok db --identity "$KEY" --into back "$T/armour"
	same siantre back
	expect_ok db --identity "$KEY" --list "$DBSET"
	grep -qE "^siantre.queues +$(sql 'SELECT COUNT(*) FROM queues' siantre) " "$T/stdout"
	sql "DROP DATABASE back"
	expect_ok db --identity "$KEY" --table queues --into back "$DBSET/db_backup.sql.gz.age"
	[ "$(sql "SHOW TABLES" back)" = queues ]
	for words in "--into back" "--list"; do
		# shellcheck disable=SC2086
		expect_fail 78 "db_backup.sql.gz.age: encrypted: --identity FILE is needed" db $words "$DBSET"
	done
	expect_fail 78 "stdin: encrypted: --identity FILE is needed" db --into back - <"$DBSET/db_backup.sql.gz.age"
	expect_fail 65 "no identity matched" db --identity "$T/keys/stranger" --into other "$DBSET"
	[ -z "$(sql "SHOW DATABASES LIKE 'other'")" ]
	# A plain one beside it is the one that is taken.
	age -d -i "$KEY" "$DBSET/db_backup.sql.gz.age" >"$DBSET/db_backup.sql.gz"
	expect_ok db --list "$DBSET"
	grep -qF "proven: all of it was read" "$T/stdout"
}

@test "restore files: each archive of a set, single paths, a listing; without the key 78" {
	need_root # as an ordinary user it gives files to nobody
	expect_ok restore files --identity "$KEY" --allow-links --into "$T/www" "$FILESSET"
	same_facts "$DB/app" "$T/www/app"
	expect_ok restore files --identity "$T/keys/ssh" --allow-links --what storage --into "$T/s" "$FILESSET"
	same_facts "$DB/app/storage" "$T/s/storage"
	expect_ok restore files --identity "$KEY" --allow-links --what full --folder "${DB#/}/app/config" --into "$T/c" "$FULLSET"
	expect_ok restore files --identity "$KEY" --list "$FULLSET/full_system_backup_${FULLSET##*/}.tar.gz.age"
	grep -qxF "${DB#/}/app/artisan" "$T/stdout"
	expect_ok restore files --identity "$KEY" --into "$T/one" - app/artisan <"$FILESSET/app_files.tar.gz.age"
	cmp "$T/one/app/artisan" "$DB/app/artisan"
	for what in app storage; do
		expect_fail 78 "${what}_files.tar.gz.age: encrypted: --identity FILE is needed" \
		    restore files --what "$what" --into "$T/no" "$FILESSET"
	done
	expect_fail 78 "encrypted: --identity FILE is needed" restore files --list --what full "$FULLSET"
	expect_fail 65 "no identity matched" restore files --identity "$T/keys/stranger" --into "$T/no" "$FILESSET"
	head -c -1 "$FILESSET/app_files.tar.gz.age" >"$T/cut.tar.gz.age"
	expect_fail 65 "cut.tar.gz.age: cannot be decrypted" restore files --identity "$KEY" --into "$T/no" "$T/cut.tar.gz.age"
	[ ! -e "$T/no" ]
}

# --- the drill ---------------------------------------------------------------------------------

@test "drill: with the key everything comes back; without it nothing was rehearsed, 78" {
	drill() {
		siantre-verify --level drill -c "$T/x.conf" "$@"
	}
	# Where the key is, the application need not be: these sets have come from elsewhere.
	sed -i '/^ENCRYPT_TO/d' "$T/x.conf"
	expect_fail 78 "db_backup.sql.gz.age: encrypted: --identity FILE is needed: not rehearsed" drill
	grep -qE "open app_files.tar.gz.age: +not rehearsed: encrypted, --identity FILE is needed" "$T/stdout"
	tail -n 1 "$T/state/journal.jsonl" | jq -e '.status == "fail" and .exit == 78 and (.message | contains("not rehearsed"))'
	[ "$(level "$DBSET")" = "sealed ok" ]
	# A wrong key is no fault of the sets.
	expect_fail 78 "no identity matched any of the recipients" drill --identity "$T/keys/stranger"
	[ "$(level "$DBSET")" = "sealed ok" ]
	echo "IDENTITY=$KEY" >>"$T/x.conf"
	expect_ok siantre-run -q -c "$T/x.conf" --jobs "$ROOT/tools/jobs" drill
	cat "$T"/state/drills/drill_*.txt >"$T/report"
	grep -qE "load db_backup.sql.gz.age" "$T/report"
	grep -qE "dump again and compare db_backup.sql.gz.age: +[0-9]+ tables, [0-9]+ rows are the same" "$T/report"
	grep -qE "compare app_files.tar.gz.age: +every entry is there" "$T/report"
	grep -qE "compare full_system_backup_.*.tar.gz.age: +every entry is there" "$T/report"
	grep -qE "read env_backup.env.age: +with its APP_KEY" "$T/report"
	for set in "$DBSET" "$FILESSET" "$FULLSET"; do
		[ "$(level "$set")" = "drill ok" ]
	done
	[ "$(ls -A "$T/state/scratch")" = siantre-drill.lock ]
	expect_ok siantre-status -c "$T/x.conf"
	lacks '^sealed' "$T/stdout"
	runs_again=$(printf 'ENCRYPT_TO=%s\n' "$(age-keygen -y "$KEY")")
	echo "$runs_again" >>"$T/x.conf"
	expect_ok runs db
	expect_ok siantre-status -c "$T/x.conf"
	grep -qxE "sealed: db: [0-9_]+ is encrypted, and not looked into; the newest that was rehearsed is ${DBSET##*/}" "$T/stdout"
}
