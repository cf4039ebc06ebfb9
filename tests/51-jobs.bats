#!/usr/bin/env bats
# The jobs db, files and full on a real server and a real tree, and check-config.
# shellcheck disable=SC2153,SC2154,SC2016,SC2030,SC2031

load lib

setup_file() {
	start_db
	"$ROOT/tests/apptree" "$DB/app" "DB_SOCKET=$DB/sock" DB_DATABASE=siantre \
	    DB_USERNAME=siantre 'DB_PASSWORD=ra"has$ia #1'
	# Only root can copy it as it is.
	[ "$(id -u)" = 0 ] || chmod 0600 "$DB/app/storage/app/kunci.pem"
	fill_small siantre
	sql "CREATE USER siantre@localhost IDENTIFIED BY 'ra\"has\$ia #1'; GRANT ALL ON siantre.* TO siantre@localhost;
	    GRANT SELECT ON mysql.proc TO siantre@localhost"
}

setup() {
	lib_setup
	mkdir "$T/backup" "$T/state" "$T/log"
	chmod 0700 "$T/backup"
	ours "$T/backup" "$T/state" "$T/log"
	mkdir "$T/www"
	cp -a "$DB/app" "$T/www/siantre"
	mkdir -p "$T/nginx/sites-available" "$T/nginx/sites-enabled" "$T/nginx/conf.d"
	echo 'events {}' >"$T/nginx/nginx.conf"
	echo 'gzip on;' >"$T/nginx/conf.d/gzip.conf"
	echo 'server { listen 80; }' >"$T/nginx/sites-available/siantre"
	echo 'server { listen 81; }' >"$T/nginx/sites-available/off"
	ln -s ../sites-available/siantre "$T/nginx/sites-enabled/siantre"
	cat >"$T/x.conf" <<-CONF
		APP_DIR=$T/www/siantre
		BACKUP_DIR=$T/backup
		STATE_DIR=$T/state
		LOG_FILE=$T/log/backup.log
		EXCLUDE_LIST=$ROOT/etc/exclude_list.txt
		WEB_CONFIG=$T/nginx
	CONF
	export JOBS_DIR=$ROOT/tools/jobs
}

no_set() {
	[ -z "$(find "$T/backup" -mindepth 1 -path "$T/backup/.partial" -o -path "$T/backup/full" -o -print)" ]
}

@test "db: the dump of the database, with its tables in set.json" {
	expect_ok runs db
	set=$(cat "$T/stdout")
	(cd "$set" && sha256sum --quiet --strict -c SHA256SUMS)
	siantre-dump -q --env-file "$T/www/siantre/.env" >"$T/again.sql"
	gunzip -c "$set/db_backup.sql.gz" | cmp - "$T/again.sql"
	[ -s "$set/db_backup.sql.gz.idx" ]
	python3 - "$set/set.json" "$(sql 'SELECT COUNT(*) FROM queues' siantre)" <<-'PY'
		import json, sys
		dump = json.load(open(sys.argv[1]))["files"][0]["dump"]
		assert dump["server"].endswith("MariaDB") or dump["server"], dump
		rows = {t["table"]: t["rows"] for t in dump["tables"]}
		assert rows["queues"] == int(sys.argv[2]), rows
	PY
	[ "$(last status)" = ok ]
	lacks -rF 'has$ia' "$set/set.json" "$T/log" "$T/state"
}

@test "db: an option file instead of the .env" {
	printf '[client]\nsocket="%s"\nuser=siantre\npassword="ra\\"has$ia #1"\ndatabase=siantre\n' \
	    "$DB/sock" >"$T/db.cnf"
	chmod 0600 "$T/db.cnf"
	ours "$T/db.cnf"
	rm "$T/www/siantre/.env"
	echo "DB_DEFAULTS_FILE=$T/db.cnf" >>"$T/x.conf"
	expect_ok runs db
	expect_ok runs files
	set=$(cat "$T/stdout")
	[ ! -e "$set/env_backup.env" ]
	grep -qF "$T/www/siantre/.env: not there" "$set/set.json"
	chmod 0644 "$T/db.cnf"
	expect_fail 78 "db.cnf: readable by others (mode 0644)" runs db
}

@test "db: the dump's own reason and code, not those of the stage behind it" {
	sed -i 's/^DB_PASSWORD=.*/DB_PASSWORD=salah/' "$T/www/siantre/.env"
	expect_fail 77 "siantre-run: db: no set was made (exit 77)" runs db
	grep -q '^siantre-dump: .*siantre' "$T/stderr"
	[[ $(last message) == "siantre-dump: "* ]]
	sed -i "s|^DB_SOCKET=.*|DB_SOCKET=$T/no.sock|" "$T/www/siantre/.env"
	expect_fail 69 "no set was made (exit 69)" runs db
	sed -i "s|^DB_CONNECTION=.*|DB_CONNECTION=sqlite|" "$T/www/siantre/.env"
	expect_fail 78 "sqlite" runs db
	rm "$T/www/siantre/.env"
	expect_fail 78 "$T/www/siantre/.env" runs db
	no_set
}

@test "db: what changes while it is dumped is dumped again" {
	(
		until [ -e "$T/over" ] || grep -q "db: trying again in 5 s" "$T/log/backup.log" 2>/dev/null; do
			printf 'CREATE OR REPLACE PROCEDURE moving() SELECT %s;\n' {1..50}
		done | sql - siantre
	) &
	# The client has to be there before the dump begins, and not for longer than it is needed.
	until_sql "SELECT 1 FROM mysql.proc WHERE db = 'siantre' AND name = 'moving'"
	expect_ok runs db || { touch "$T/over" && wait && false; }
	touch "$T/over"
	wait
	sql "DROP PROCEDURE moving" siantre
	grep -qF "siantre: a view, routine, trigger or event changed while the dump ran; try again" "$T/log/backup.log"
	set=$(cat "$T/stdout")
	gunzip -c "$set/db_backup.sql.gz" | grep -qF 'PROCEDURE `moving`'
	[ "$(find "$set" -name '*.gz' | wc -l)" = 1 ]
}

@test "db: a disk that fills up is told by the stage that met it" {
	small_disk "$T/small" 256k
	sed -i "s|^BACKUP_DIR=.*|BACKUP_DIR=$T/small/b|" "$T/x.conf"
	mkdir -m 0700 "$T/small/b"
	ours "$T/small/b"
	sql "CREATE TABLE noise AS SELECT seq, SHA2(seq, 512) AS a, SHA2(-seq, 512) AS b FROM seq_1_to_20000" siantre
	expect_fail 74 "No space left on device" runs db
	sql "DROP TABLE noise" siantre
	[ -z "$(find "$T/small/b" -type f)" ]
}

@test "files: the tree, the storage, the .env and the web server's configuration" {
	expect_ok runs files
	set=$(cat "$T/stdout")
	(cd "$set" && sha256sum --quiet --strict -c SHA256SUMS)
	[ "$(find "$set" -type f -printf '%f %m\n' | LC_ALL=C sort | paste -sd ' ')" = \
	    "SHA256SUMS 440 app_files.tar.gz 440 env_backup.env 440 set.json 440 storage_files.tar.gz 440 verified.json 440 web_config.conf 440" ]
	mkdir "$T/out"
	tar -xzpf "$set/app_files.tar.gz" -C "$T/out"
	diff -r --no-dereference "$T/www/siantre" "$T/out/siantre"
	rm -r "$T/out/siantre/storage"
	tar -xzpf "$set/storage_files.tar.gz" -C "$T/out/siantre"
	diff -r --no-dereference "$T/www/siantre" "$T/out/siantre"
	cmp "$set/env_backup.env" "$T/www/siantre/.env"
	for line in 'events {}' 'gzip on;' 'server { listen 80; }' "# ---- $T/nginx/sites-available/siantre"; do
		grep -qxF "$line" "$set/web_config.conf"
	done
	lacks -F 'listen 81' "$set/web_config.conf"
	python3 - "$set/set.json" "$(tar -tzf "$set/app_files.tar.gz" | wc -l)" <<-'PY'
		import json, sys
		files = {f["name"]: f for f in json.load(open(sys.argv[1]))["files"]}
		assert files["app_files.tar.gz"]["entries"] == int(sys.argv[2])
	PY
}

@test "files: an apache configuration, another folder, a file, none" {
	mkdir -p "$T/apache/sites-enabled"
	echo 'ServerRoot /etc/apache2' >"$T/apache/apache2.conf"
	echo '<VirtualHost *:80>' >"$T/apache/sites-enabled/siantre.conf"
	sed -i "s|^WEB_CONFIG=.*|WEB_CONFIG=$T/apache|" "$T/x.conf"
	expect_ok runs files
	grep -qx '<VirtualHost \*:80>' "$(cat "$T/stdout")/web_config.conf"
	sed -i "s|^WEB_CONFIG=.*|WEB_CONFIG=$T/nginx/conf.d|" "$T/x.conf"
	expect_ok runs files
	grep -qx 'gzip on;' "$(cat "$T/stdout")/web_config.conf"
	sed -i "s|^WEB_CONFIG=.*|WEB_CONFIG=$T/nginx/nginx.conf|" "$T/x.conf"
	expect_ok runs files
	grep -qx 'events {}' "$(cat "$T/stdout")/web_config.conf"
	sed -i "s|^WEB_CONFIG=.*|WEB_CONFIG=$T/none|" "$T/x.conf"
	expect_ok runs files
	[ ! -e "$(cat "$T/stdout")/web_config.conf" ]
	grep -qF "no web server configuration in $T/none" "$(cat "$T/stdout")/set.json"
	[ "$(last status)" = warn ]
}

@test "files: what belongs to the application cannot lead elsewhere" {
	rm "$T/www/siantre/.env"
	ln -s /etc/shadow "$T/www/siantre/.env"
	expect_fail 78 "files: DB_ENV_FILE=$T/www/siantre/.env: not a regular file" runs files
	rm "$T/www/siantre/.env"
	mkfifo "$T/www/siantre/.env"
	expect_fail 78 "not a regular file" timeout 60 "$BUILD/siantre-run" -c "$T/x.conf" files
	rm "$T/www/siantre/.env"
	echo x >"$T/www/siantre/.env"
	mv "$T/www/siantre/storage" "$T/storage"
	ln -s /etc "$T/www/siantre/storage"
	expect_fail 78 "files: STORAGE_DIR=storage: $T/www/siantre/storage is not a folder" runs files
	rm "$T/www/siantre/storage"
	expect_fail 78 "storage is not a folder" runs files
	no_set
	# Where uploads live elsewhere, the configuration says so.
	echo "STORAGE_DIR=$T/storage" >>"$T/x.conf"
	expect_ok runs files
	tar -tzf "$(cat "$T/stdout")/storage_files.tar.gz" | grep -q '^storage/logs/laravel.log$'
	mv "$T/www/siantre" "$T/www/gone"
	expect_fail 78 "files: APP_DIR=$T/www/siantre: no such folder" runs files
}

@test "files: an application folder that is a symlink is packed, not its name" {
	mv "$T/www/siantre" "$T/www/release-7"
	ln -s release-7 "$T/www/siantre"
	expect_ok runs files
	tar -tzf "$(cat "$T/stdout")/app_files.tar.gz" | grep -q '^release-7/artisan$'
	tar -tzf "$(cat "$T/stdout")/storage_files.tar.gz" | grep -q '^storage/logs/laravel.log$'
}

@test "full: the system's archive less the exclude list, a dump, the packages" {
	mkdir -p "$T/tls" "$T/extra/sub"
	echo key >"$T/tls/key.pem"
	echo more >"$T/extra/sub/more.txt"
	printf 'server {\n\tssl_certificate_key "%s/tls/key.pem";\n\tssl_certificate %s/tls/none.pem;\n}\n' "$T" "$T" \
	    >"$T/nginx/sites-available/tls"
	echo "FULL_EXTRA_PATHS=$T/extra:$T/extra/sub:$T/missing" >>"$T/x.conf"
	expect_ok runs full
	set=$(cat "$T/stdout")
	[[ $set == "$T/backup/full/"* ]]
	(cd "$set" && sha256sum --quiet --strict -c SHA256SUMS)
	tar -tzf "$set/full_system_backup_${set##*/}.tar.gz" >"$T/list"
	root=${T#/}
	for path in "$root/www/siantre/artisan" "$root/www/siantre/.env" "$root/www/siantre/public/vendor/telescope/app.js" \
	    "$root/nginx/sites-enabled/siantre" "$root/tls/key.pem" "$root/extra/sub/more.txt" var/lib/dpkg/status; do
		grep -qxF "$path" "$T/list"
	done
	[ "$(grep -cxF "$root/extra/sub/more.txt" "$T/list")" = 1 ]
	lacks -E 'laravel\.log$|\.tmp$|/siantre/node_modules|/siantre/vendor/|\.env\.(local|backup)$|Thumbs|DS_Store' "$T/list"
	dpkg-query -W | cmp - "$set/installed_packages.txt"
	siantre-dump -q --env-file "$T/www/siantre/.env" | cmp - <(gunzip -c "$set/db_backup.sql.gz")
	grep -qF "$T/missing: not there" "$set/set.json"
	grep -qF "siantre-queue-worker.service: not there" "$set/set.json"
}

@test "full: uploads and .env that lie elsewhere, PHP in Apache, where a symlink led to" {
	need_root
	unshare -m true 2>/dev/null || skip "this machine allows no mounts"
	cp -a /etc "$T/host"
	mkdir -p "$T/host/php/9.9/apache2"
	echo 'memory_limit = 1G' >"$T/host/php/9.9/apache2/php.ini"
	mv "$T/www/siantre/.env" "$T/siantre.env"
	mv "$T/www/siantre/storage" "$T/uploads"
	mv "$T/www/siantre" "$T/www/release-7"
	ln -s release-7 "$T/www/siantre"
	printf '%s\n' "STORAGE_DIR=$T/uploads" "DB_ENV_FILE=$T/siantre.env" >>"$T/x.conf"
	expect_ok unshare -m bash -c 'mount --bind "$0" /etc && exec "$@"' "$T/host" \
	    siantre-run -c "$T/x.conf" --jobs "$JOBS_DIR" full
	set=$(cat "$T/stdout")
	tar -tzf "$set/full_system_backup_${set##*/}.tar.gz" >"$T/list"
	root=${T#/}
	for path in etc/php/9.9/apache2/php.ini "$root/siantre.env" "$root/uploads/app/public/uploads/foto-1.jpg" \
	    "$root/www/siantre" "$root/www/release-7/artisan"; do
		grep -qxF "$path" "$T/list" || { echo "missing: $path" && false; }
	done
	[ "$(cat "$set/application_folder.txt")" = "$T/www/release-7" ]
}

@test "full: without an exclude list nothing is left out, and that is told" {
	echo "EXCLUDE_LIST=$T/none" >>"$T/x.conf"
	expect_ok runs full
	set=$(cat "$T/stdout")
	tar -tzf "$set"/full_system_backup_*.tar.gz | grep -q '/siantre/vendor/penyedia/'
	grep -qF "exclude list $T/none: not there, nothing is left out" "$set/set.json"
	sed -i '/^APP_DIR/d' "$T/x.conf"
	printf 'APP_DIR=%s/none\nDB_ENV_FILE=%s/www/siantre/.env\n' "$T" "$T" >>"$T/x.conf"
	expect_fail 78 "full: APP_DIR=$T/none: no such folder" runs full
}

@test "a tree with what cannot be read is a set with a warning" {
	chmod 0000 "$T/www/siantre/storage/app/kunci.pem"
	# Root reads everything, and so does who siantre-run becomes then: an ordinary user does not.
	as=()
	if [ "$(id -u)" = 0 ]; then
		chown -R nobody "$T/backup" "$T/state" "$T/log" "$T/www/siantre"
		as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
	fi
	as_nobody() {
		${as[@]+"${as[@]}"} siantre-run -c "$T/x.conf" --jobs "$ROOT/tools/jobs" "$@"
	}
	expect_ok as_nobody check-config
	grep -qE "^warn  application .*kunci.pem: .* may not read it" "$T/stdout"
	expect_ok as_nobody files
	grep -qF 'kunci.pem: Permission denied' "$(cat "$T/stdout")/set.json"
	[ "$(last status)" = warn ]
}

# --- check-config ------------------------------------------------------------------------------

@test "check-config: a server on which all is well" {
	expect_ok runs check-config
	lacks '^fail' "$T/stdout"
	for line in "configuration   $T/x.conf" "database        siantre-dump logs in with $T/www/siantre/.env" \
	    "storage         $T/www/siantre/storage" "web server      $T/nginx" \
	    "backup folder   $T/backup" "state folder    $T/state" "log folder      $T/log"; do
		grep -qxF "ok    $line" "$T/stdout"
	done
	grep -qE "^ok    application     $T/www/siantre: [0-9]+ files, [0-9.]+ [KM]iB$" "$T/stdout"
	tables=$(sql "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'siantre' AND table_type = 'BASE TABLE'")
	views=$(sql "SELECT COUNT(*) FROM information_schema.views WHERE table_schema = 'siantre'")
	grep -qE "^ok    database        tables: $tables, views: $views; about [0-9.]+ [KM]iB by server statistics$" "$T/stdout"
	grep -qE "^ok    database        siantre on [0-9.]+-MariaDB.* \(.*UNIX socket\) as siantre@localhost$" "$T/stdout"
	grep -qxF "ok    snapshot        parallel; LOCK TABLES holds writers for a moment" "$T/stdout"
	[ "$(tail -n 1 "$T/stdout")" = 'ok    tonight         a run would work; see what is marked "warn"' ]
	[ "$(id -u)" != 0 ] || grep -qF "siantre-backup: reads every file, changes none of others" "$T/stdout"
	# Nothing was ever saved: a guess from the sizes.
	for job in "db              $T/backup" "files           $T/backup" "full            $T/backup/full"; do
		grep -qE "^ok    $job/YYYYmmdd_HHMMSS, about [0-9.]+ [KM]iB in [0-9.]+ s \(a guess: 40 MB/s\)$" "$T/stdout"
	done
	grep -qE "^ok    free space      [0-9.]+ [KMGT]iB: room for " "$T/stdout"
	# Nothing was changed.
	[ -z "$(find "$T/backup" "$T/state" "$T/log" -mindepth 1)" ]
	expect_ok runs db
	expect_ok runs check-config
	grep -qE "^ok    db              $T/backup/YYYYmmdd_HHMMSS, about [0-9.]+ KiB in [0-9.]+ s, as the last one$" "$T/stdout"
}

@test "check-config: a .env that everybody can read is a warning, and the command mends it" {
	chmod 0644 "$T/www/siantre/.env"
	expect_ok runs check-config
	grep -qF "warn  .env            $T/www/siantre/.env: every user of this machine can read it (mode 0644)" "$T/stdout"
	command=$(grep -A1 '^warn  .env' "$T/stdout" | tail -n 1)
	[ "${command##*  }" = "chmod o-rwx $T/www/siantre/.env" ]
	eval "$command"
	expect_ok runs check-config
	lacks '^warn  .env' "$T/stdout"
}

@test "check-config: each thing that is missing, and the command that mends it" {
	sed -i "s|^BACKUP_DIR=.*|BACKUP_DIR=$T/new/b|; s|^STATE_DIR=.*|STATE_DIR=$T/new/s|; s|^LOG_FILE=.*|LOG_FILE=$T/new/l/x.log|" "$T/x.conf"
	expect_fail 78 "siantre-run: a nightly run would fail" runs check-config
	for folder in b s l; do
		grep -qE "^fail  .*$T/new/$folder: No such file or directory$" "$T/stdout"
	done
	user=$([ "$(id -u)" = 0 ] && echo siantre-backup || id -un)
	grep -qF "install -d -m 0700 -o $user -g $user $T/new/b" "$T/stdout"
	grep -oE 'install -d .*' "$T/stdout" | sed "s/ -g $user/ -g $(id -gn "$user")/" | bash -e
	expect_ok runs check-config
}

@test "check-config: a database that does not answer, in siantre-dump's words" {
	sed -i 's/^DB_PASSWORD=.*/DB_PASSWORD=salah/' "$T/www/siantre/.env"
	expect_fail 78 "a nightly run would fail" runs check-config
	grep -qE "^fail  database        .*siantre.*\(siantre-dump ended 77\)" "$T/stdout"
	lacks -F salah "$T/stdout" "$T/stderr"
	sed -i 's/^DB_PASSWORD=.*/DB_PASSWORD="ra\\"has$ia #1"/' "$T/www/siantre/.env"
	sql "REVOKE SELECT ON mysql.proc FROM siantre@localhost"
	got=0
	runs check-config >"$T/stdout" || got=$?
	sql "GRANT SELECT ON mysql.proc TO siantre@localhost"
	[ "$got" = 78 ]
	grep -A1 '^fail  database' "$T/stdout" | grep -qE '^ +GRANT SELECT ON `mysql`\.`proc` TO'
	sql "REVOKE TRIGGER ON siantre.* FROM siantre@localhost"
	got=0
	runs check-config >"$T/stdout" || got=$?
	sql "GRANT TRIGGER ON siantre.* TO siantre@localhost"
	[ "$got" = 78 ]
	grep -qxF "fail  database        siantre: this account lacks TRIGGER; triggers would be lost (siantre-dump ended 77)" "$T/stdout"
	grep -A1 '^fail  database' "$T/stdout" | grep -qE '^ +GRANT TRIGGER ON `siantre`\.\* TO .siantre.@.localhost.;$'
	# What is only warned of, too.
	sql "REVOKE EXECUTE, CREATE ROUTINE, ALTER ROUTINE ON siantre.* FROM siantre@localhost; REVOKE SELECT ON mysql.proc FROM siantre@localhost"
	got=0
	runs check-config >"$T/stdout" || got=$?
	sql "GRANT ALL ON siantre.* TO siantre@localhost; GRANT SELECT ON mysql.proc TO siantre@localhost"
	[ "$got" = 0 ]
	grep -qE "^ok    database        siantre-dump logs in" "$T/stdout"
	grep -A1 '^warn  database        siantre: routines of other accounts cannot be seen' "$T/stdout" |
	    grep -qE '^ +GRANT SELECT ON `mysql`\.`proc` TO'
	rm "$T/www/siantre/.env"
	expect_fail 78 "a nightly run would fail" runs check-config
	grep -qF "fail  .env            $T/www/siantre/.env: No such file or directory" "$T/stdout"
	ln -s "$T/x.conf" "$T/www/siantre/.env"
	expect_fail 78 "a nightly run would fail" runs check-config
	grep -qF "fail  .env            $T/www/siantre/.env: not a regular file" "$T/stdout"
	# The command that sets the key does so behind a last line without its end, too.
	truncate -s -1 "$T/x.conf"
	last=$(tail -n 1 "$T/x.conf")
	bash -ec "$(grep -F "DB_ENV_FILE=$T/x.conf >>$T/x.conf" "$T/stdout")"
	grep -qxF "$last" "$T/x.conf"
	grep -qxF "DB_ENV_FILE=$T/x.conf" "$T/x.conf"
}

@test "check-config: folders that are closed, open, of other kinds" {
	chmod 0500 "$T/backup"
	chmod 0777 "$T/state"
	rmdir "$T/log"
	echo x >"$T/log"
	printf 'BACKUP_MOUNT=%s\nWEB_CONFIG=%s/none\n' "$T/backup" "$T" >>"$T/x.conf"
	expect_fail 78 "a nightly run would fail" runs check-config
	grep -qE "^fail  backup folder   $T/backup: .* may not write there: Permission denied" "$T/stdout"
	grep -qF "warn  state folder    $T/state: open to others (mode 0777)" "$T/stdout"
	grep -qF "chmod 0750 $T/state" "$T/stdout"
	grep -qF "fail  log folder      $T/log: not a folder" "$T/stdout"
	grep -qF "fail  backup disk     nothing is mounted at $T/backup" "$T/stdout"
	grep -qF "fail  web server      $T/none: No such file or directory" "$T/stdout"
}

@test "check-config: the copies elsewhere, what they need, and the command that mends it" {
	expect_ok runs check-config
	grep -qF "warn  copies elsewhere" "$T/stdout"
	grep -qF "SHIP_TO is empty: the backups are on this machine alone" "$T/stdout"
	mkdir -m 0700 "$T/usb"
	ours "$T/usb"
	echo "SHIP_TO='$T/usb rsync://127.0.0.1/b/web1'" >>"$T/x.conf"
	expect_fail 78 "a nightly run would fail" runs check-config
	grep -qF "fail  copies elsewhere  $T/usb/README.txt: No such file or directory" "$T/stdout"
	command=$(grep -A1 "^fail  copies elsewhere" "$T/stdout" | tail -n 1)
	[[ $command == *"  siantre-ship --create $T/usb    # once its disk is mounted" ]]
	expect_ok siantre-ship -c "$T/x.conf" --create "$T/usb"
	expect_ok runs check-config
	grep -qxF "ok    copies elsewhere  $T/usb" "$T/stdout"
	grep -qxF "ok    copies elsewhere  rsync://127.0.0.1/b/web1 (not asked; siantre-ship --list asks it)" "$T/stdout"
	lacks '^warn  copies elsewhere' "$T/stdout"
	echo secret >"$T/password"
	chmod 0644 "$T/password"
	ours "$T/password"
	printf 'SHIP_PASSWORD_FILE=%s\nSHIP_SSH_KEY=%s\n' "$T/password" "$T/none" >>"$T/x.conf"
	expect_fail 78 "a nightly run would fail" runs check-config
	grep -qxF "fail  copies elsewhere  SHIP_PASSWORD_FILE=$T/password: open to others (mode 0644)" "$T/stdout"
	grep -qxF "fail  copies elsewhere  SHIP_SSH_KEY=$T/none: No such file or directory" "$T/stdout"
	if [ "$(id -u)" = 0 ]; then
		# A key that is not there is made.
		command=$(grep -A1 'SHIP_SSH_KEY=.*No such file' "$T/stdout" | sed -n '2s/^ *//p')
		[ "$command" = "ssh-keygen -q -t ed25519 -N '' -f $T/none && chown siantre-backup $T/none" ]
		bash -ec "$command"
		expect_fail 78 "a nightly run would fail" runs check-config
		lacks -F SHIP_SSH_KEY "$T/stdout"
		# We may read it, siantre-ship gives that right up.
		chown root "$T/password"
		chmod 0600 "$T/password"
		expect_fail 78 "a nightly run would fail" runs check-config
		grep -qxF "fail  copies elsewhere  SHIP_PASSWORD_FILE=$T/password: Permission denied" "$T/stdout"
		bash -ec "$(grep -A1 'password: Permission denied' "$T/stdout" | sed -n '2s/^ *//p')"
		expect_ok runs check-config
		lacks -F SHIP_PASSWORD_FILE "$T/stdout"
	fi
	echo "SHIP_TO=usb" >>"$T/x.conf"
	expect_fail 78 "SHIP_TO=usb: a folder in it does not begin with a slash" runs check-config
}

@test "the job ship: an event for each place, and none where there is no place" {
	expect_ok runs db
	before=$(wc -l <"$T/state/journal.jsonl")
	expect_ok runs ship
	said "siantre-run: ship: SHIP_TO is empty: there is no place to send to"
	[ "$(wc -l <"$T/state/journal.jsonl")" = "$before" ]
	mkdir -m 0700 "$T/one" "$T/two"
	ours "$T/one" "$T/two"
	echo "SHIP_TO='$T/one $T/two'" >>"$T/x.conf"
	expect_ok siantre-ship -c "$T/x.conf" --create "$T/one"
	expect_fail 78 "$T/two: no README.txt there" runs ship
	[ "$(wc -l <"$T/state/journal.jsonl")" = $((before + 2)) ]
	[ "$(tail -n 2 "$T/state/journal.jsonl" | jq -r '[.job, .event, .status, .exit] | join(" ")' | paste -sd,)" = "ship ship ok 0,ship ship fail 78" ]
	tail -n 1 "$T/state/journal.jsonl" | jq -re .message | grep -qF "$T/two: no README.txt there: not a place for backups yet"
	diff -r "$T/backup"/2* "$T/one"/2*
	expect_ok siantre-ship -c "$T/x.conf" --create "$T/two"
	expect_ok runs ship
	diff -r "$T/backup"/2* "$T/two"/2*
	expect_ok runs -n ship
	grep -qF "/jobs/ship would run" "$T/stdout"
}

@test "check-config: as JSON" {
	expect_ok runs --json check-config
	python3 - "$T/stdout" "$(find "$T/www/siantre" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')" <<-'PY'
		import json, sys
		found = json.load(open(sys.argv[1]))
		assert all(set(f) <= {"level", "subject", "text", "command", "part", "facts"} for f in found)
		assert {"database", "backup folder", "db", "files", "full"} <= {f["subject"] for f in found}
		assert not [f for f in found if f["level"] == "fail"]
		facts = {}
		for f in found:
		    for key, value in f.get("facts", {}).items():
		        facts[f["subject"], key] = value
		assert facts["database", "tables"] >= 10 and facts["database", "bytes"] > 0, facts
		assert facts["database", "database"] == "siantre" and "MariaDB" in facts["database", "server"]
		assert facts["snapshot", "lock"] == "lock-tables"
		assert facts["application", "files"] > 3 and facts["application", "complete"] is True
		assert facts["application", "bytes"] == int(sys.argv[2]), facts
		assert facts["db", "measured"] is False and facts["db", "bytes"] > 0 and facts["db", "seconds"] > 0
		assert facts["free space", "free"] > 0 and facts["retention", "keep"] == "within=30d"
	PY
}
