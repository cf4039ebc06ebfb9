#!/usr/bin/env bats
# The nightly backup from end to end, and back with plain tools only.
load lib

setup_file() {
	start_db
	fill_small siantre 500
}

# An application, its configuration and an empty backup folder; as root the folders belong to
# the user that the nightly run becomes.
night_setup() {
	mkdir -p "$T/www/siantre/storage/app" "$T/www/siantre/public" "$T/backup" "$T/state" "$T/log"
	env_file "$T/www/siantre/.env" siantre
	echo '<?php' >"$T/www/siantre/public/index.php"
	head -c 100000 /dev/urandom >"$T/www/siantre/storage/app/upload.bin"
	ln -s ../storage/app "$T/www/siantre/public/storage"
	chmod 0600 "$T/www/siantre/.env"
	cat >"$T/siantre.conf" <<CONF
APP_NAME=siantre
APP_DIR=$T/www/siantre
BACKUP_DIR=$T/backup/siantre
STATE_DIR=$T/state
LOG_FILE=$T/log/backup.log
EXCLUDE_LIST=$ROOT/etc/exclude_list.txt
CONF
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/backup" "$T/state" "$T/log"
}

night() {
	siantre-run -c "$T/siantre.conf" "$@"
}

newest() {
	find "$T/backup/siantre" -mindepth 1 -maxdepth 1 -name '2*' | sort | tail -n 1
}

# What the database holds, in a form that two copies share.
contents() {
	mariadb-dump --defaults-file="$DB/root.cnf" --skip-comments --routines --events \
	    --order-by-primary "$1"
}

@test "a dump that is killed at any moment leaves no file and ends 65" {
	for delay in 0.001 0.01 0.03 0.05 0.08 0.1 0.15; do
		expect_fail 65 "siantre-pack: " bash -c "set -o pipefail
			timeout -s KILL $delay siantre-dump --defaults-file='$DB/root.cnf' -B siantre siantre siantre siantre siantre siantre siantre siantre siantre siantre |
			siantre-pack --require-end -o '$T/f' || exit \$?" || [ -e "$T/f" ] # or it was faster
		if [ -e "$T/f" ]; then
			siantre-verify "$T/f"
			rm "$T/f"
		fi
		[ -z "$(find "$T" -name '.f*')" ]
	done
}

@test "db: a committed, verified set that plain tools recover" {
	night_setup
	night db
	set=$(newest)
	[ -n "$set" ]
	(cd "$set" && sha256sum -c --quiet SHA256SUMS)
	[ "$(stat -c %a "$set")" = 700 ]
	[ "$(stat -c %a "$set/db_backup.sql.gz")" = 440 ]
	new_db copy
	gunzip -c "$set/db_backup.sql.gz" | sql - copy
	diff <(contents siantre) <(contents copy)
	python3 - "$set" <<'PY'
import json, sys, os, hashlib
d = sys.argv[1]
s = json.load(open(d + '/set.json'))
assert s['job'] == 'db' and s['status'] in ('ok', 'warn'), s
f = [f for f in s['files'] if f['name'] == 'db_backup.sql.gz'][0]
data = open(d + '/db_backup.sql.gz', 'rb').read()
assert f['bytes'] == len(data) and f['sha256'] == hashlib.sha256(data).hexdigest()
import gzip
plain = gzip.decompress(data)
assert f['plain_bytes'] == len(plain) and f['plain_sha256'] == hashlib.sha256(plain).hexdigest()
assert [t for t in f['dump']['tables'] if t['table'] == 'queues'][0]['rows'] == 500
v = json.load(open(d + '/verified.json'))
assert v['result'] == 'ok' and v['level'] == 'structure'
assert v['manifest'] == hashlib.sha256(open(d + '/SHA256SUMS', 'rb').read()).hexdigest()
PY
	tail -n 1 "$T/state/journal.jsonl" | grep -q '"job":"db","event":"run","status":"ok","exit":0'
	siantre-verify "$set"
	siantre-status -c "$T/siantre.conf" | grep -q "$(basename "$set")"
}

@test "files and full: archives that GNU tar unpacks to the same tree" {
	night_setup
	night files
	set=$(newest)
	(cd "$set" && sha256sum -c --quiet SHA256SUMS)
	mkdir "$T/out"
	tar -xzf "$set/app_files.tar.gz" -C "$T/out"
	diff -r --no-dereference "$T/www/siantre" "$T/out/siantre"
	cmp "$T/www/siantre/.env" "$set/env_backup.env"
	tar -tzf "$set/storage_files.tar.gz" | grep -q 'app/upload.bin'
	night full
	full=$(find "$T/backup/siantre/full" -mindepth 1 -maxdepth 1 -name '2*')
	tar -tzf "$full"/full_system_backup_*.tar.gz >/dev/null
	(cd "$full" && sha256sum -c --quiet SHA256SUMS)
}

@test "and back: the database and the files, with our own tool" {
	night_setup
	night db
	night files
	db=$(dirname "$(find "$T/backup/siantre" -name db_backup.sql.gz)")
	files=$(dirname "$(find "$T/backup/siantre" -name app_files.tar.gz)")
	sql "DROP DATABASE IF EXISTS copy"
	siantre-restore db "$db" --into copy --defaults-file "$DB/root.cnf"
	diff <(contents siantre) <(contents copy)
	mkdir "$T/back"
	siantre-restore files "$files" --into "$T/back/siantre"
	diff -r --no-dereference "$T/www/siantre" "$T/back/siantre"
}

@test "a pipeline that fails anywhere: no set, a fail line, and the next run succeeds" {
	night_setup
	sed -i 's/^DB_DATABASE=.*/DB_DATABASE=nowhere/' "$T/www/siantre/.env"
	expect_fail 65 "Unknown database" night db
	[ -z "$(newest)" ]
	tail -n 1 "$T/state/journal.jsonl" | grep -q '"event":"run","status":"fail","exit":65'
	sed -i 's/^DB_DATABASE=.*/DB_DATABASE=siantre/' "$T/www/siantre/.env"
	night db
	[ -n "$(newest)" ]
}

@test "bad input is named, with its code, and nothing is touched" {
	siantre-dump --defaults-file="$DB/root.cnf" siantre | siantre-pack --require-end -o "$T/good.sql.gz"
	head -c 5000 "$T/good.sql.gz" >"$T/cut.sql.gz"
	sql "DROP DATABASE IF EXISTS copy"
	expect_fail 65 "truncated" siantre-restore db "$T/cut.sql.gz" --into copy --defaults-file "$DB/root.cnf"
	[ -z "$(sql "SHOW DATABASES LIKE 'copy'")" ]
	expect_fail 65 "truncated" siantre-verify "$T/cut.sql.gz"
	python3 - "$T/good.sql.gz" "$T/flipped.sql.gz" <<'PY'
import sys
d = bytearray(open(sys.argv[1], 'rb').read())
d[len(d) // 2] ^= 4
open(sys.argv[2], 'wb').write(d)
PY
	expect_fail 65 "flipped.sql.gz" siantre-verify "$T/flipped.sql.gz"
	gunzip -c "$T/good.sql.gz" | head -n 30 | gzip >"$T/noend.sql.gz"
	expect_fail 65 "no end mark" siantre-restore db "$T/noend.sql.gz" --into copy --defaults-file "$DB/root.cnf"
	expect_fail 65 "no end mark" bash -c "gunzip -c '$T/noend.sql.gz' | siantre-pack --require-end -o '$T/x'"
	[ ! -e "$T/x" ]
	[ -z "$(sql "SHOW DATABASES LIKE 'copy'")" ]
}
