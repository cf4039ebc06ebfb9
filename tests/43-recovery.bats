#!/usr/bin/env bats
# siantre-restore all: everything is lost, and comes back: database and account, application,
# uploads, .env, web server, cron line, queue worker; then the checklist.
load lib
load trees

setup_file() {
	start_db
}

setup() {
	lib_setup
	need_root
	export SYSTEMCTL=$T/units PORT
	PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	APP=$T/www/antrian
	mkdir -p "$T/units" "$T/bin" "$T/state" "$T/log" "$T/etc" "$T/backup" "$T/nginx/conf.d"
	ln -s "$ROOT/tests/systemctl" "$T/bin/systemctl"
	printf '#!/bin/sh\nexit 0\n' >"$T/bin/cron"
	cp "$T/bin/cron" "$T/bin/php-fpm8.2"
	chmod +x "$T/bin/cron" "$T/bin/php-fpm8.2"
	PATH=$T/bin:$PATH
	for unit in nginx cron antrian-queue-worker; do
		echo active >"$T/units/$unit.service"
	done
	# What the unit of nginx would do.
	printf '#!/bin/sh\nexec nginx -s reload -c "%s"\n' "$T/nginx/nginx.conf" \
	    >"$T/units/reload-or-restart-nginx.service"
	chmod +x "$T/units/reload-or-restart-nginx.service"
	cat >"$T/x.conf" <<-E
		APP_NAME=antrian
		APP_DIR=$APP
		BACKUP_DIR=$T/backup/antrian
		STATE_DIR=$T/state
		LOG_FILE=$T/log/log
		EXCLUDE_LIST=$ROOT/etc/exclude_list.txt
		WEB_CONFIG=$T/nginx
		APP_USER=nobody
		CRON_FILE=$T/etc/cron-antrian
		WORKER_UNIT=$T/etc/antrian-queue-worker.service
		CHECK_PAGE_TEXT='Antrean Kota'
	E
	living
	chown -R siantre-backup: "$T/backup" "$T/state" "$T/log"
}

teardown() {
	[ -z "${NGINX:-}" ] || { kill "$NGINX" && wait "$NGINX"; } || true
	lib_teardown
}

# living: the server as it was.
living() {
	PASSWORD="s3cret'\\\"#\$x"
	fill_small antrian_db 40
	sql "DROP USER IF EXISTS app@localhost, app@127.0.0.1, app@'::1'"
	"$ROOT/tests/apptree" "$APP" "DB_SOCKET=$DB/sock" DB_DATABASE=antrian_db DB_USERNAME=app \
	    "DB_PASSWORD=$PASSWORD" "APP_URL=http://antrian.example:$PORT"
	printf '<h1>Antrean Kota</h1>\n' >"$APP/public/index.html"
	echo '{}' >"$APP/composer.json"
	echo '{}' >"$APP/package.json"
	echo '<?php' >"$APP/vendor/autoload.php"
	mkdir "$APP/public/build"
	echo '{}' >"$APP/public/build/manifest.json"
	chown -R nobody:nogroup "$APP"
	login "$PASSWORD"
	nginx_conf
	cat >"$T/nginx/conf.d/antrian.conf" <<-E
		server {
		    listen 127.0.0.1:$PORT;
		    server_name antrian.example;
		    root $APP/public;
		    index index.html;
		}
	E
}

nginx_conf() {
	cat >"$T/nginx/nginx.conf" <<-E
		pid $T/nginx.pid;
		error_log $T/nginx.log;
		user nobody nogroup;
		worker_processes 1;
		events { worker_connections 16; }
		http {
		    access_log off;
		    client_body_temp_path $T/tmp-body;
		    proxy_temp_path $T/tmp-proxy;
		    fastcgi_temp_path $T/tmp-fastcgi;
		    uwsgi_temp_path $T/tmp-uwsgi;
		    scgi_temp_path $T/tmp-scgi;
		    include $T/nginx/conf.d/*.conf;
		}
	E
}

login() { # login PASSWORD: the application's account
	sql - <<-E
		SET sql_mode = 'NO_BACKSLASH_ESCAPES';
		CREATE USER app@localhost IDENTIFIED BY '${1//\'/\'\'}';
		GRANT ALL ON \`antrian\_db\`.* TO app@localhost;
		GRANT SELECT ON mysql.proc TO app@localhost;
	E
}

backup() { # backup JOB...
	local job
	for job; do
		siantre-run -q -c "$T/x.conf" "$job"
	done
}

# lost: a new server: packages are there, and nothing of the application.
lost() {
	mv "$APP" "$T/was"
	rm -rf "${T:?}/www" "${T:?}/nginx/conf.d"/* "${T:?}/etc"/*
	rm "$T/units/antrian-queue-worker.service"
	siantre-dump -q --defaults-file="$DB/root.cnf" antrian_db >"$T/was.sql"
	sql "DROP DATABASE antrian_db; DROP USER app@localhost"
	nginx -c "$T/nginx/nginx.conf" -g 'daemon off;' 3>&- 4>&- &
	NGINX=$!
	comes test -s "$T/nginx.pid"
	# systemd takes up the unit's file.
	printf '#!/bin/sh\n[ -s "%s" ]\n' "$T/etc/antrian-queue-worker.service" \
	    >"$T/units/start-antrian-queue-worker.service"
	chmod +x "$T/units/start-antrian-queue-worker.service"
}

all() {
	siantre-restore all -c "$T/x.conf" --allow-links "$@"
}

# not_all [as_nobody] OPTION...: something is not done.
not_all() {
	local got=0 as=()
	[ "${1:-}" != as_nobody ] || { as=(as_nobody) && shift; }
	${as[@]+"${as[@]}"} siantre-restore all -c "$T/x.conf" --allow-links "$@" \
	    >"$T/stdout" 2>"$T/stderr" || got=$?
	[ $got = 1 ] || {
		echo "exit $got"
		cat "$T/stdout" "$T/stderr"
		return 1
	}
}

# line NAME STATE [WORDS]: what the last run printed about a step.
line() {
	grep -E "^$1 +$2 " "$T/stdout" | grep -qF -- "${3:-}" || {
		echo "no line: $1 $2 ${3:-}"
		cat "$T/stdout" "$T/stderr"
		return 1
	}
}

point() { # point ✓|✗ NAME [WORDS]
	grep -F "$1 $2 " "$T/stdout" | grep -qF -- "${3:-}" || {
		echo "no point: $1 $2 ${3:-}"
		cat "$T/stdout"
		return 1
	}
}

# host COMMAND...: where /etc is a copy of this machine's, with the web servers that the test makes.
host() {
	unshare -m bash -c 'mount --bind "$0" /etc && exec "$@"' "$T/host" "$@"
}

# servers: that copy, without a site; both servers, which only tell in $T/units/calls what they
# were asked, and WEB_CONFIG for neither.
servers() {
	local name
	unshare -m true 2>/dev/null || skip "this machine allows no mounts"
	cp -a /etc "$T/host"
	rm -rf "$T/host/nginx" "$T/host/apache2" "$T/host/letsencrypt"
	mkdir -p "$T/host/nginx/conf.d" "$T/host/apache2"/{mods,conf,sites}-{available,enabled}
	rm "$T/units/reload-or-restart-nginx.service"
	echo active >"$T/units/apache2.service"
	for name in nginx apachectl; do
		printf '#!/bin/sh\necho "%s $*" >>"%s"\n' "$name" "$T/units/calls" >"$T/bin/$name"
		chmod +x "$T/bin/$name"
	done
	sed -i '/^WEB_CONFIG=/d' "$T/x.conf"
}

# module NAME...: modules of Apache that are in use.
module() {
	local name
	for name; do
		echo "LoadModule $name" >"$T/host/apache2/mods-available/$name"
		ln -s "../mods-available/$name" "$T/host/apache2/mods-enabled/$name"
	done
}

quiet_about_secrets() {
	[ "$(cat "$T/stdout" "$T/stderr" | grep -cF 's3cret')" = 0 ]
}

@test "all is lost, and all comes back; a second run finds all of it there" {
	backup db files
	lost
	expect_ok all -n
	line application would "unpack the application"
	line rows would "load the dump"
	[ ! -e "$T/www" ]
	[ ! -e "$T/etc/cron-antrian" ]
	[ -z "$(sql "SHOW DATABASES LIKE 'antrian%'")" ]

	# What the application's own links lead to is for somebody to decide.
	rc=0
	siantre-restore all -c "$T/x.conf" --step application >"$T/stdout" 2>"$T/stderr" || rc=$?
	[ $rc = 1 ]
	line application "not done" "see the message above"
	grep -qF "putus: refused: a symlink that leaves the folder (--allow-links lets it pass)" "$T/stderr"
	[ -z "$(ls "$T/www")" ]

	expect_ok all
	quiet_about_secrets
	line server there "all that it needs is installed"
	line application "done" "$APP from $T/backup/antrian/"
	line storage there "$APP/storage"
	line env there "$APP/.env, APP_KEY as in the backup"
	line rights there
	line database "done" '`antrian_db` made for app'
	line rows "done" "into database \`antrian_db\`: 10 tables, 211 rows"
	line composer there
	line assets there
	line web "done" "1 files and links, tested"
	line cron "done" "$T/etc/cron-antrian"
	line worker "done" "enabled and started"
	same_facts "$T/was" "$APP"
	siantre-dump -q --defaults-file="$DB/root.cnf" antrian_db | cmp - "$T/was.sql"
	# The account has its database and no other, and what a dump of it needs.
	diff <(sql "SHOW GRANTS FOR app@'127.0.0.1'" | sed 's/ IDENTIFIED BY.*//') - <<-'E'
		GRANT USAGE ON *.* TO `app`@`127.0.0.1`
		GRANT ALL PRIVILEGES ON `antrian\\_db`.* TO `app`@`127.0.0.1`
		GRANT SELECT ON `mysql`.`proc` TO `app`@`127.0.0.1`
	E
	grep -qxF "* * * * * nobody cd '$APP' && php artisan schedule:run >/dev/null 2>&1" "$T/etc/cron-antrian"
	grep -qxF "User=nobody" "$T/etc/antrian-queue-worker.service"
	grep -qxF "daemon-reload " "$T/units/calls"
	grep -qxF "enable antrian-queue-worker.service" "$T/units/calls"
	point ✓ "server ready"
	point ✓ "database answers" '`antrian_db` answers app'
	point ✓ "tables and rows" "10 tables, 211 rows, as in the backup"
	point ✓ "application installed"
	point ✓ "configuration in place" "web server: 2 files in place"
	point ✓ "rights"
	point ✓ "web server runs" "it answers http://antrian.example:$PORT"
	point ✓ "application answers" "HTTP 200"
	point ✓ "main page" 'it says "Antrean Kota"'
	point ✓ "cron active" "$T/etc/cron-antrian"
	point ✓ "queue worker active"
	grep -qxF "11 of 11 points are right" "$T/stdout"

	: >"$T/units/calls"
	expect_ok all
	[ "$(grep -cE '^[a-z]+ +there ' "$T/stdout")" = 12 ]
	[ "$(grep -cE '^[a-z]+ +(done|not done) ' "$T/stdout")" = 0 ]
	[ ! -s "$T/units/calls" ]
	expect_ok all -q
	[ ! -s "$T/stdout" ]
}

@test "no backup begins while it goes on, and it does not begin beside one" {
	backup db files
	lost
	exec 8>"$T/state/antrian.lock"
	flock -n 8
	expect_fail 75 "another run (process" all
	said "hint: the same command again, once that run has ended"
	[ ! -e "$T/www" ]
	[ -z "$(sql "SHOW DATABASES LIKE 'antrian%'")" ]
	expect_fail 75 "another run (process" all --step rows
	# What fills nothing goes on beside it.
	not_all --step checklist
	expect_ok all -n
	exec 8>&-
	# The look at the web server's files stands for the time between.
	cat >"$T/bin/nginx" <<-E
		#!/bin/bash
		flock -n "$T/state/antrian.lock" true || echo held >>"$T/held"
		exec "$(command -v nginx)" "\$@"
	E
	chmod +x "$T/bin/nginx"
	expect_ok all
	grep -qx held "$T/held"
	[ "$(stat -c %U "$T/state/antrian.lock")" = siantre-backup ]
	flock -n "$T/state/antrian.lock" true
	backup files
}

@test "from encrypted backups, with the key alone" {
	age-keygen -o "$T/key" 2>/dev/null
	echo "ENCRYPT_TO=$(age-keygen -y "$T/key")" >>"$T/x.conf"
	backup db files full
	lost
	expect_fail 78 "siantre-restore: the backups are encrypted: --identity FILE is needed" all
	[ ! -e "$T/www" ]
	age-keygen -o "$T/other" 2>/dev/null
	not_all --identity "$T/other" --step application
	grep -qF "app_files.tar.gz.age: cannot be decrypted: no identity matched" "$T/stderr"
	[ -z "$(ls "$T/www" 2>/dev/null)" ]
	expect_ok all --identity "$T/key"
	quiet_about_secrets
	line application "done" "$APP from $T/backup/antrian/"
	line env there "$APP/.env, APP_KEY as in the backup"
	line rows "done" "into database \`antrian_db\`: 10 tables, 211 rows"
	line web "done" "1 files and links, tested"
	same_facts "$T/was" "$APP"
	siantre-dump -q --defaults-file="$DB/root.cnf" antrian_db | cmp - "$T/was.sql"
	# set.json does not name them: this is from the dump itself.
	point ✓ "tables and rows" "10 tables, 211 rows, as in the backup"
	grep -qxF "11 of 11 points are right" "$T/stdout"
	sql "DELETE FROM users LIMIT 1" antrian_db
	not_all --identity "$T/key" --step checklist
	point ✗ "tables and rows" "the backup"
	# The .env alone, and from the full backup alone.
	rm "$APP/.env"
	expect_ok all --identity "$T/key" --step env
	cmp "$APP/.env" "$T/was/.env"
	rm -r "$APP"
	expect_ok all --identity "$T/key" --step application "$T"/backup/antrian/full/2*
	line application "done" "$APP from $T/backup/antrian/full/"
}

@test "from the full backup alone: composer and npm fetch what it leaves out, not as root" {
	printf '[Service]\nExecStart=/opt/own/worker\n' >"$T/etc/antrian-queue-worker.service"
	backup full
	lost
	cat >"$T/bin/composer" <<-'E'
		#!/bin/sh
		echo "composer $* as $(id -un) in $PWD, home $HOME" >>"$LOG"
		mkdir -p vendor && echo '<?php' >vendor/autoload.php
	E
	cat >"$T/bin/npm" <<-'E'
		#!/bin/sh
		echo "npm $* as $(id -un) in $PWD" >>"$LOG"
		[ "$1" = ci ] || { mkdir -p public/build && echo '{}' >public/build/manifest.json; }
	E
	chmod +x "$T/bin/composer" "$T/bin/npm"
	export LOG=$T/built
	touch "$LOG"
	chmod 0666 "$LOG"
	# The build is not left out of a full backup by itself.
	rm -rf "$T/was/public/build"
	expect_ok all
	line application "done" "$APP from $T/backup/antrian/full/"
	line env there "APP_KEY set"
	line rows "done" "10 tables, 211 rows"
	line composer "done"
	line assets there
	line web "done" "1 files and links, tested"
	line worker "done"
	# The unit is the old one.
	grep -qx "ExecStart=/opt/own/worker" "$T/etc/antrian-queue-worker.service"
	rm "$APP/public/build/manifest.json"
	expect_ok all --step assets
	line assets "done"
	diff "$LOG" - <<-E
		composer install --no-dev --no-interaction --optimize-autoloader as nobody in $APP, home /nonexistent
		npm ci as nobody in $APP
		npm run build as nobody in $APP
	E
	[ "$(stat -c %U "$APP/vendor/autoload.php")" = nobody ]
	cmp "$T/was/.env" "$APP/.env"
	# Composer that is missing or fails.
	rm -r "$APP/vendor"
	printf '#!/bin/sh\nexit 2\n' >"$T/bin/composer"
	expect_fail 1 "siantre-restore: composer install ended 2" all --step composer
	line composer "not done" "see the message above"
	rm "$T/bin/composer"
	not_all --step composer
	line composer "not done" "composer is not installed"
	not_all --step server
	line server "not done" "apt-get install composer"
}

@test "a stop signal ends it between two steps, and the next run goes on" {
	rm -r "$APP/vendor"
	backup db files
	lost
	printf '#!/bin/sh\ntouch started\nsleep 20\n' >"$T/bin/composer"
	chmod +x "$T/bin/composer"
	siantre-restore all -c "$T/x.conf" --allow-links >"$T/stdout" 2>"$T/stderr" &
	pid=$!
	comes test -e "$APP/started"
	kill -TERM $pid
	got=0
	wait $pid || got=$?
	[ $got = 143 ]
	line rows "done"
	line composer "not done"
	[ "$(grep -cE '^web|^cron|✓|✗' "$T/stdout")" = 0 ]
	printf '#!/bin/sh\nmkdir vendor && touch vendor/autoload.php\n' >"$T/bin/composer"
	expect_ok all
	line rows there
	line composer "done"
	line web "done"
}

@test "packages: one line of apt-get for all that is missing" {
	backup db files
	full=$T/backup/antrian/full/20261122_040000
	mkdir -p "$full"
	# One that dpkg has heard of is not there for that.
	known=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' 'php*' |
	    sed -n 's/^not-installed \(php-[a-z]*\)$/\1/p' | sed 1q)
	printf 'php8.2-fpm\t8.2\nphp-fancy\t1\n%sphpmyadmin\t1\nphp-cli\t2\n' \
	    "${known:+$known	1
}" >"$full/installed_packages.txt"
	touch "$full/full_system_backup_20261122_040000.tar.gz"
	lost
	rm "$T/bin/cron"
	not_all --step server "$T/backup/antrian" "$full"
	cat "$T/stdout"
	line server "not done" "apt-get install php8.2-fpm php-fancy${known:+ $known} cron" ||
	    line server "not done" "apt-get install php-fancy${known:+ $known} cron"
}

@test "packages: what PHP needs beside Apache, and which web server it was" {
	unshare -m true 2>/dev/null || skip "this machine allows no mounts"
	backup files
	cp -a "$(echo "$T/backup/antrian"/2*)" "$T/20261123_030000"
	full=$T/backup/antrian/full/20261122_040000
	mkdir -p "$full" "$T/none"
	touch "$full/full_system_backup_20261122_040000.tar.gz"
	lost
	lacking() { # lacking SET WORDS: what is to be installed where nothing is
		local got=0
		unshare -m bash -c 'for f in /usr/sbin /usr/local/sbin /usr/lib/apache2; do [ ! -d $f ] || mount --bind "$0" $f; done
		    PATH=$BUILD exec siantre-restore all -c "$1" --step server "$2"' "$T/none" "$T/x.conf" "$1" >"$T/stdout" 2>"$T/stderr" || got=$?
		[ $got = 1 ] || return 1
		line server "not done" "apt-get install $2 "
	}
	php="php-cli php-mysql php-mbstring php-xml php-curl php-zip"
	apache() { # apache LINE: what Apache was told
		printf '# ---- /etc/apache2/conf-available/php.conf\n%s\n' "$1" >"$T/apache.conf"
		install -m 0440 "$T/apache.conf" "$T/20261123_030000/web_config.conf"
	}
	apache 'DirectoryIndex index.php'
	lacking "$T/20261123_030000" "apache2 $php libapache2-mod-php"
	apache 'SetHandler "proxy:unix:/run/php/php8.2-fpm.sock|fcgi://localhost"'
	lacking "$T/20261123_030000" "apache2 $php php-fpm"
	apache 'SetHandler "proxy:unix:/run/php/antrian.sock|fcgi://localhost"'
	lacking "$T/20261123_030000" "apache2 $php php-fpm"
	# The list of the old server tells of it where there is no web_config.conf.
	printf 'apache2\t2.4\nnginx-common\t1.22\n' >"$full/installed_packages.txt"
	lacking "$full" "apache2 $php libapache2-mod-php"
	printf 'apache2\t2.4\nnginx\t1.22\n' >"$full/installed_packages.txt"
	lacking "$full" "nginx $php php-fpm"
	# PHP in Apache is one of PHP's packages.
	printf 'apache2\t2.4\nlibapache2-mod-php8.2\t8.2\nlibapache2-mod-phpx\t1\n' >"$full/installed_packages.txt"
	not_all --step server "$full"
	grep -qF " libapache2-mod-php8.2" "$T/stdout"
	lacks -F mod-phpx "$T/stdout"
}

@test "what fails does not stop what does not depend on it" {
	backup db files
	lost
	expect_ok all --step application
	sed -i "s|^DB_SOCKET=.*|DB_SOCKET=$T/nowhere|" "$APP/.env"
	expect_fail 1 "connect: Can't connect" all
	line database "not done" "see the message above"
	line rows "not done" "it needs database"
	line web "done"
	line cron "done"
	point ✗ "database answers"
	point ✗ "tables and rows"
	point ✓ "application answers"
	quiet_about_secrets
}

@test "the .env: another APP_KEY is not taken for the right one" {
	backup db files
	lost
	expect_ok all
	sed -i 's/^APP_KEY=.*/APP_KEY=base64:bmV3/' "$APP/.env"
	not_all
	line env "not done" "the APP_KEY of $APP/.env is not that of the backup"
	line database "not done" "it needs env"
	point ✗ "configuration in place" "the APP_KEY of"
	expect_ok all --step env --yes
	line env "done" "the old one is $APP/.env.before"
	cmp "$T/was/.env" "$APP/.env"
	[ "$(stat -c '%a %U' "$APP/.env")" = "640 nobody" ]
	grep -qx 'APP_KEY=base64:bmV3' "$APP/.env.before"
	# The first one that was set aside stays.
	sed -i 's/^APP_KEY=.*/APP_KEY=base64:b3RoZXI=/' "$APP/.env"
	not_all --step env --yes
	grep -qx 'APP_KEY=base64:bmV3' "$APP/.env.before"
	grep -qx 'APP_KEY=base64:b3RoZXI=' "$APP/.env"
	rm "$APP/.env"
	expect_ok all --step env
	cmp "$T/was/.env" "$APP/.env"
	expect_ok all
	# What cannot be put back takes the place of nothing.
	for set in "$T/backup/antrian"/2*; do
		[ ! -e "$set/env_backup.env" ] || cp -r "$set" "$T/set"
	done
	chmod u+w "$T/set/env_backup.env"
	head -c 2M /dev/zero | tr '\0' '#' >>"$T/set/env_backup.env"
	sed -i '/^APP_KEY=/d' "$APP/.env"
	rm "$APP/.env.before"
	not_all --step env --yes "$T/set"
	[ -s "$APP/.env" ]
	[ ! -e "$APP/.env.before" ]
}

@test "an account with another password keeps it, unless --yes" {
	backup db files
	lost
	login other
	not_all
	line database "not done" "Access denied for user 'app'@'localhost'"
	line database "not done" "--yes gives the account the password of the .env"
	line rows "not done" "it needs database"
	expect_ok all --step database --yes
	expect_ok all
	line rows "done"
	# A server elsewhere is nobody's to set up from here.
	sed -i 's/^DB_SOCKET=.*/DB_HOST=db.invalid/' "$APP/.env"
	not_all --step database
	line database "not done" "the server is another machine: make \`antrian_db\` and its account there"
}

@test "a web configuration that the server does not take is taken away again" {
	echo 'server { listen 127.0.0.1:1; nonsense on; }' >"$T/nginx/conf.d/bad.conf"
	backup db files
	lost
	expect_fail 1 'unknown directive "nonsense"' all
	line web "not done" "nginx -t does not take it, and it was taken away again"
	[ -z "$(ls "$T/nginx/conf.d")" ]
	[ "$(grep -c 'reload-or' "$T/units/calls")" = 0 ]
	line worker "done"
	point ✗ "web server runs" "nobody answers"
	point ✗ "application answers"
	point ✗ "main page"
	not_all --step checklist
	[ "$(grep -c ✗ "$T/stdout")" = 4 ]
}

@test "files of the web server that a killed call left are tested by the next one" {
	backup db files
	lost
	printf '#!/bin/sh\nkill -KILL $PPID\n' >"$T/bin/nginx"
	chmod +x "$T/bin/nginx"
	got=0
	siantre-restore all -c "$T/x.conf" --step web 2>"$T/stderr" || got=$?
	[ $got = 137 ]
	[ -e "$T/nginx/conf.d/antrian.conf" ]
	rm "$T/bin/nginx"
	expect_ok all
	line web "done"
	point ✓ "web server runs"
	[ ! -e "$T/state/antrian.web-untested" ]
}

@test "files of the web server: sites that were enabled are, what is there stays, no others" {
	mkdir -p "$T/nginx/sites-available" "$T/nginx/sites-enabled"
	mv "$T/nginx/conf.d/antrian.conf" "$T/nginx/sites-available/antrian"
	ln -s ../sites-available/antrian "$T/nginx/sites-enabled/antrian"
	sed -i "s|conf.d/\*.conf|sites-enabled/*|" "$T/nginx/nginx.conf"
	backup db files
	lost
	rm -r "$T/nginx"/sites-*/antrian
	echo "# of the package" >>"$T/nginx/nginx.conf"
	expect_ok all
	line web "done" "2 files and links, tested"
	[ "$(readlink "$T/nginx/sites-enabled/antrian")" = ../sites-available/antrian ]
	[ "$(tail -n 1 "$T/nginx/nginx.conf")" = "# of the package" ]
	# A path elsewhere is none of ours.
	set=$(dirname "$(find "$T/backup" -name web_config.conf)")
	sed "s|^# ---- .*nginx.conf|# ---- $T/etc/passwd|" "$set/web_config.conf" >"$T/evil.conf"
	cp -a "$set" "$T/20261123_030000"
	install -m 0440 "$T/evil.conf" "$T/20261123_030000/web_config.conf"
	expect_fail 1 "$T/etc/passwd: not in WEB_CONFIG" all --step web "$T/20261123_030000"
	[ ! -e "$T/etc/passwd" ]
	sed -i "s|$T/etc/passwd|$T/nginx/../etc/passwd|" "$T/evil.conf"
	install -m 0440 "$T/evil.conf" "$T/20261123_030000/web_config.conf"
	expect_fail 1 "is not the path of a file" all --step web "$T/20261123_030000"
	[ ! -e "$T/etc/passwd" ]
}

@test "modules of Apache that are here are used again, but for how it makes processes and runs PHP" {
	servers
	module rewrite.load ssl.load ssl.conf mpm_event.load mpm_event.conf php8.2.load gone.load
	echo '<VirtualHost *:80>' >"$T/host/apache2/sites-available/antrian.conf"
	ln -s ../sites-available/antrian.conf "$T/host/apache2/sites-enabled/antrian.conf"
	host siantre-run -q -c "$T/x.conf" files
	host siantre-run -q -c "$T/x.conf" full
	for set in "$T/backup/antrian"/2* "$T/backup/antrian/full"/2*; do
		rm -f "$T/host/apache2"/{mods,sites}-enabled/* "$T/host/apache2/sites-available"/* \
		    "$T/host/apache2/mods-available/gone.load" "$T/units/calls"
		expect_ok host siantre-restore all -c "$T/x.conf" --step web "$set"
		diff <(cd "$T/host/apache2" && find ./*-enabled -type l -printf '%p %l\n' | LC_ALL=C sort) - <<-'E' || {
			./mods-enabled/rewrite.load ../mods-available/rewrite.load
			./mods-enabled/ssl.conf ../mods-available/ssl.conf
			./mods-enabled/ssl.load ../mods-available/ssl.load
			./sites-enabled/antrian.conf ../sites-available/antrian.conf
		E
			cat "$T/stdout" "$T/stderr"
			false
		}
		[ ! -e "$T/host/apache2/mods-available/gone.load" ]
		# It is Apache's, though nginx is here as well.
		[ "$(cat "$T/units/calls")" = $'apachectl configtest\nreload-or-restart apache2.service' ]
		expect_ok host siantre-restore all -c "$T/x.conf" --step web "$set"
		line web there
	done
	# A module that was turned off since is one that is missing.
	rm "$T/host/apache2/mods-enabled/rewrite.load"
	expect_ok host siantre-restore all -c "$T/x.conf" --step web "$(echo "$T/backup/antrian"/2*)"
	line web "done" "1 files and links, tested"
}

@test "both web servers are asked before the first is told to; certificates after a killed call" {
	servers
	mkdir -p "$T/host/letsencrypt/live/antrian"
	echo key >"$T/host/letsencrypt/live/antrian/privkey.pem"
	printf 'events {}\n' >"$T/host/nginx/nginx.conf"
	echo 'ssl_certificate_key /etc/letsencrypt/live/antrian/privkey.pem;' >"$T/host/nginx/conf.d/antrian.conf"
	echo 'Listen 8080' >"$T/host/apache2/ports.conf"
	host siantre-run -q -c "$T/x.conf" files
	host siantre-run -q -c "$T/x.conf" full
	new_server() {
		rm -rf "$T/host/letsencrypt" "$T/host/nginx/conf.d/antrian.conf" "$T/host/apache2/ports.conf" "$T/units/calls"
	}
	web() {
		host siantre-restore all -c "$T/x.conf" --step web "$@"
	}
	new_server
	expect_ok web
	[ "$(cat "$T/host/letsencrypt/live/antrian/privkey.pem")" = key ]
	diff "$T/units/calls" - <<-'E'
		nginx -t
		apachectl configtest
		reload-or-restart nginx.service
		reload-or-restart apache2.service
	E
	# One that does not take its own leaves the other as it is.
	new_server
	sed -i '$aecho "Syntax error" >\&2; exit 1' "$T/bin/apachectl"
	expect_fail 1 "Syntax error" web
	line web "not done" "apachectl configtest does not take it, and it was taken away again"
	[ "$(cat "$T/units/calls")" = $'nginx -t\napachectl configtest' ]
	[ ! -e "$T/host/nginx/conf.d/antrian.conf" ]
	sed -i '$d' "$T/bin/apachectl"
	# The files are there, the certificates are not: so does a call leave it that is killed between.
	new_server
	cp "$T/bin/nginx" "$T/nginx.asked"
	printf '#!/bin/sh\nkill -KILL $PPID\n' >"$T/bin/nginx"
	got=0
	web "$(echo "$T/backup/antrian"/2*)" 2>"$T/stderr" || got=$?
	[ $got = 137 ]
	[ -e "$T/host/nginx/conf.d/antrian.conf" ]
	[ ! -e "$T/host/letsencrypt" ]
	cp "$T/nginx.asked" "$T/bin/nginx"
	expect_ok web
	[ "$(cat "$T/host/letsencrypt/live/antrian/privkey.pem")" = key ]
}

@test "rights: what PHP writes to is its own, and the .env is closed" {
	backup db files
	lost
	expect_ok all
	chown root "$APP/storage/app/public/uploads" "$APP/bootstrap/cache"
	chmod 0644 "$APP/.env"
	echo victim >"$T/victim"
	ln "$T/victim" "$APP/storage/hard"
	ln -s "$T/victim" "$APP/storage/soft"
	not_all --step checklist
	point ✗ rights "others may read it (mode 0644)"
	expect_ok all --step rights
	line rights "done"
	[ "$(stat -c %a "$APP/.env")" = 640 ]
	setpriv --reuid=nobody --regid=nogroup --clear-groups cat "$APP/.env" >/dev/null
	# What PHP read by the rights of others it reads by those of its group then.
	chown root:root "$APP/.env"
	not_all --step checklist
	point ✗ rights "$APP/.env: nobody may not read it"
	chmod 0604 "$APP/.env"
	expect_ok all --step rights
	[ "$(stat -c %a "$APP/.env")" = 640 ]
	setpriv --reuid=nobody --regid=nogroup --clear-groups cat "$APP/.env" >/dev/null
	[ "$(stat -c %U "$APP/storage/app/public/uploads")" = nobody ]
	[ "$(stat -c %U "$APP/bootstrap/cache")" = nobody ]
	[ "$(stat -c %U "$T/victim")" = root ]
	[ "$(stat -c %U "$APP/storage/soft")" = nobody ]
	[ -d "$APP/storage/framework/views" ]
	sed -i 's/APP_USER=.*/APP_USER=no-such-user/' "$T/x.conf"
	not_all --step rights
	line rights "not done" "APP_USER=no-such-user: there is no such account"
}

@test "an application folder that was a symlink; a table with its history" {
	mv "$APP" "$T/www/release-7"
	ln -s release-7 "$APP"
	sql "CREATE TABLE prices (a int) WITH SYSTEM VERSIONING; INSERT INTO prices VALUES (1), (2);
	    UPDATE prices SET a = a + 10; DELETE FROM prices WHERE a = 11" antrian_db
	backup db files
	rm "$APP"
	mv "$T/www/release-7" "$APP"
	lost
	expect_ok all
	line application "done" "$APP from $T/backup/antrian/"
	[ -f "$APP/artisan" ]
	[ ! -L "$APP" ]
	same_facts "$T/was" "$APP"
	point ✓ "tables and rows" "11 tables, 215 rows, as in the backup"
	grep -qxF "11 of 11 points are right" "$T/stdout"
}

@test "from the full backup alone: an application behind a symlink, uploads and .env elsewhere" {
	mv "$APP" "$T/www/release-7"
	ln -s release-7 "$APP"
	backup full
	# The uploads of the folder that the symlink led to, and those that lie outside of it.
	mv "$T/www/release-7/.env" "$T/etc/antrian.env"
	cp -a "$T/www/release-7/storage" "$T/uploads"
	cp "$T/x.conf" "$T/inside.conf"
	printf '%s\n' "DB_ENV_FILE=$T/etc/antrian.env" "STORAGE_DIR=$T/uploads" >>"$T/x.conf"
	within=$(echo "$T/backup/antrian/full"/2*)
	sleep 1.1 # the next set has another name
	backup full
	cp "$T/etc/antrian.env" "$T/env"
	mv "$T/uploads" "$T/old"
	rm "$APP"
	mv "$T/www/release-7" "$APP"
	lost
	expect_ok all --step application
	line application "done" "$APP from $T/backup/antrian/full/"
	[ -f "$APP/artisan" ]
	[ ! -L "$APP" ]
	[ ! -e "$T/www/release-7" ]
	expect_ok all --step storage
	diff -r --no-dereference "$T/old/app" "$T/uploads/app"
	expect_ok all --step env
	line env "done" "$T/etc/antrian.env from $T/backup/antrian/full/"
	cmp "$T/env" "$T/etc/antrian.env"
	[ "$(stat -c '%a %U' "$T/etc/antrian.env")" = "640 nobody" ]
	quiet_about_secrets
	rm -r "$APP/storage"
	expect_ok siantre-restore all -c "$T/inside.conf" --allow-links --step storage "$within"
	diff -r --no-dereference "$T/old/app" "$APP/storage/app"
}

@test "a load that did not end is not taken for what was there" {
	sql "CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW SET NEW.name = TRIM(NEW.name)" antrian_db
	backup db files
	lost
	expect_ok all --step application
	expect_ok all --step database
	# All rows come in, and then the trigger does not.
	sql "CREATE OR REPLACE USER low@localhost;
	    GRANT SELECT, INSERT, CREATE, DROP, ALTER, INDEX, REFERENCES, CREATE VIEW ON antrian_db.* TO low@localhost"
	printf '[client]\nsocket=%s\nuser=low\n' "$DB/sock" >"$T/low.cnf"
	chmod 0600 "$T/low.cnf"
	not_all --step rows --defaults-file "$T/low.cnf"
	line rows "not done"
	[ "$(sql "SELECT COUNT(*) > 0 FROM antrian_db.users")" = 1 ]
	for _ in 1 2; do
		not_all
		line rows "not done" '`antrian_db` holds a part of the dump, whose load did not end (--yes loads it anew; without'
	done
	expect_ok all --step rows --yes
	line rows "done" "tables, 211 rows"
	siantre-dump -q --defaults-file="$DB/root.cnf" antrian_db | cmp - "$T/was.sql"
	expect_ok all
	line rows there
	# Where nothing came in, nothing is left to be told of.
	sql "DROP DATABASE antrian_db; CREATE DATABASE antrian_db; REVOKE CREATE ON antrian_db.* FROM low@localhost"
	not_all --step rows --defaults-file "$T/low.cnf"
	expect_ok all --step rows
	line rows "done"
	sql "DROP USER low@localhost"
	sql "DROP DATABASE $(sql "SHOW DATABASES LIKE 'antrian_db_before%'")"
}

@test "a server of the .env that is not the one at the socket is left to its own root" {
	backup db files
	lost
	expect_ok all --step application
	sed -i -e '/^DB_SOCKET=/d' -e '/^DB_HOST=/d' -e '/^DB_PORT=/d' "$APP/.env"
	printf '%s\n' DB_HOST=127.0.0.1 DB_PORT=1 >>"$APP/.env"
	sql "CREATE USER app@localhost IDENTIFIED BY 'of another application'"
	sql "SELECT user, host, authentication_string FROM mysql.user" >"$T/accounts"
	mkdir "$T/home"
	printf '[client]\nsocket=%s\n' "$DB/sock" >"$T/home/.my.cnf"
	for step in database rows; do
		HOME=$T/home not_all --yes --step $step
		line $step "not done" "the server at the socket is another one than that of the .env: --defaults-file FILE names its root"
	done
	[ -z "$(sql "SHOW DATABASES LIKE 'antrian%'")" ]
	sql "SELECT user, host, authentication_string FROM mysql.user" | cmp - "$T/accounts"
}

@test "the checklist sees what is missing" {
	backup db files
	lost
	expect_ok all -q
	crossed() { # crossed NAME WORDS: this point, and no other
		not_all --step checklist
		point ✗ "$1" "$2"
		[ "$(grep -c ✗ "$T/stdout")" = 1 ]
	}
	sql "INSERT INTO antrian_db.failed_jobs (uuid, exception) VALUES (UUID(), 'x')"
	crossed "tables and rows" '`failed_jobs` has 1 rows, the backup 0'
	sql 'RENAME TABLE antrian_db.failed_jobs TO antrian_db.others'
	crossed "tables and rows" '`failed_jobs` is missing'
	sql 'DELETE FROM antrian_db.others; RENAME TABLE antrian_db.others TO antrian_db.failed_jobs'
	mv "$APP/public/index.html" "$T/index.html"
	echo other >"$APP/public/index.html"
	crossed "main page" 'it does not say "Antrean Kota"'
	rm "$APP/public/index.html"
	not_all --step checklist
	point ✗ "application answers" "HTTP 403"
	point ✓ "web server runs"
	mv "$T/index.html" "$APP/public/index.html"
	mv "$APP/vendor/autoload.php" "$T/autoload.php"
	not_all --step checklist
	point ✗ "application installed" "vendor/autoload.php is missing"
	mv "$T/autoload.php" "$APP/vendor/autoload.php"
	echo failed >"$T/units/antrian-queue-worker.service"
	crossed "queue worker active" "antrian-queue-worker.service is not active"
	echo active >"$T/units/antrian-queue-worker.service"
	echo inactive >"$T/units/cron.service"
	crossed "cron active" "cron does not run"
	echo active >"$T/units/cron.service"
	sed -i 's/^\*/#*/' "$T/etc/cron-antrian"
	crossed "cron active" "no line runs artisan schedule:run"
	# Nor does that of an application whose folder begins with the same letters.
	echo "* * * * * nobody cd '${APP}2' && php artisan schedule:run" >>"$T/etc/cron-antrian"
	crossed "cron active" "no line runs artisan schedule:run"
	expect_ok all --step cron
	expect_ok all --step checklist
	# Whatever the name means elsewhere, this machine is asked.
	echo "CHECK_URL=http://192.0.2.1:$PORT/" >>"$T/x.conf"
	expect_ok all --step checklist
	kill "$NGINX"
	wait "$NGINX" || true
	NGINX=
	not_all --step checklist
	point ✗ "web server runs" "nobody answers"
}

@test "the cron line comes behind what else the file has" {
	backup db files
	lost
	printf 'MAILTO=admin\n0 1 * * * root /opt/report' >"$T/etc/cron-antrian"
	expect_ok all --step cron
	[ "$(head -n 2 "$T/etc/cron-antrian")" = $'MAILTO=admin\n0 1 * * * root /opt/report' ]
	grep -qxF "* * * * * nobody cd '$APP' && php artisan schedule:run >/dev/null 2>&1" "$T/etc/cron-antrian"
	[ "$(wc -l <"$T/etc/cron-antrian")" = 4 ]
	expect_ok all --step cron
	line cron there
	[ "$(wc -l <"$T/etc/cron-antrian")" = 4 ]
}

@test "the uploads alone, and from a folder elsewhere" {
	backup db files
	lost
	expect_ok all
	rm -r "$APP/storage"
	expect_ok all --step storage
	line storage "done" "$APP/storage from $T/backup/antrian/"
	same_facts "$T/was/storage" "$APP/storage"
}

@test "the sets of another application in the same folder are not this one's" {
	local other=$T/backup/antrian/20300101_020000
	backup db files
	cp -a "$(dirname "$T"/backup/antrian/2*/db_backup.sql.gz)" "$other"
	of_shop "$other"
	siantre-verify -q --record "$other"
	lost
	expect_ok all
	said "siantre-restore: $other: of the application shop, not of antrian, passed over"
	grep -qxF "11 of 11 points are right" "$T/stdout"
	# Who names it has it.
	sql "DROP DATABASE antrian_db; CREATE DATABASE antrian_db"
	not_all --step checklist
	siantre-restore all -c "$T/x.conf" --step rows "$other" >"$T/stdout"
	line rows "done"
}

@test "which sets: the newest that are verified, or those named" {
	backup db files
	lost
	set=$(dirname "$(find "$T/backup" -name db_backup.sql.gz)")
	later=$T/backup/antrian/20991231_020000
	cp -a "$set" "$later"
	rm "$later/verified.json"
	expect_ok all -n
	said "siantre-restore: $later: not verified, or not whole, passed over"
	# Nor does one count that has lost a file since.
	cp -p "$set/verified.json" "$later"
	truncate -s -1 "$later/db_backup.sql.gz"
	expect_ok all -n
	said "siantre-restore: $later: not verified, or not whole, passed over"
	cp -p "$set/db_backup.sql.gz" "$later"
	rm "$later/verified.json"
	grep -qxF "from         database  $set" "$T/stdout"
	expect_ok all -n "$later" "$T/backup/antrian"
	grep -qxF "from         database  $later" "$T/stdout"
	grep -qE "^from +files +$T/backup/antrian/" "$T/stdout"
	expect_ok all -n "$set"
	grep -qxF "from         files     -" "$T/stdout"
	not_all "$set"
	line application "not done" "no backup of the application"
	line env "not done" "it needs application"
	mkdir "$T/none"
	expect_fail 65 "$T/none: no backup in it that is verified" all "$T/none"
	expect_fail 74 "$T/nowhere: No such file" all "$T/nowhere"
}

@test "from another place: the newest sets are fetched, proven, and used" {
	local far=$T/far
	mkdir "$far"
	chown siantre-backup: "$far"
	backup db files
	echo "SHIP_TO=$far" >>"$T/x.conf"
	expect_ok siantre-ship -c "$T/x.conf" --create "$far"
	expect_ok siantre-run -c "$T/x.conf" ship
	set=$(basename "$(dirname "$(find "$T/backup" -name db_backup.sql.gz)")")
	lost
	rm -rf "${T:?}/backup/antrian" "$T/state/ship"
	expect_ok all --from "$far"
	grep -qxF "from         database  $T/state/fetched/$set" "$T/stdout"
	point ✓ "tables and rows"
	same_facts "$T/was" "$APP"
	# A second run fetches nothing and finds all of it there.
	mv "$far/$set/db_backup.sql.gz" "$T/away"
	expect_ok all --from "$far"
	line rows there
	# What is damaged there is not used.
	rm -rf "$T/state/fetched"
	expect_fail 65 "db_backup.sql.gz: it is not there" all --from "$far"
	[ -z "$(find "$T/state/fetched" -name db_backup.sql.gz)" ]
	expect_fail 64 "--from brings the sets" all --from "$far" "$T/backup"
	expect_fail 65 "no set latest there" all --from "$T"
}

@test "options" {
	backup db files
	expect_fail 64 '--step: "nope" is no step' all --step nope
	expect_ok siantre-restore all --list
	[ "$(wc -l <"$T/stdout")" = 13 ]
	cut -d' ' -f1 "$T/stdout" | paste -sd' ' >"$T/names"
	grep -qx "server application storage env rights database rows composer assets web cron worker checklist" "$T/names"
	expect_fail 78 "no-such.conf" siantre-restore all -c "$T/no-such.conf"
	lost
	# An ordinary user cannot.
	mkdir -m 0755 "$T/sets"
	cp -r "$T/backup/antrian"/2* "$T/sets"
	chmod -R a+rX "$T/sets" "$T/x.conf"
	sed -i "s|^STATE_DIR=.*|STATE_DIR=$T/nobody|" "$T/x.conf"
	not_all as_nobody "$T/sets"
	line application "not done" "only root can do this"
}
