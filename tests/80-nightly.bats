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
