#!/usr/bin/env bats
# siantre-restore files into a running application: its units, what is carried over, and kills.
load lib
load trees

setup() {
	lib_setup
	export SYSTEMCTL=$T/units
	mkdir -p "$T/units" "$T/bin" "$T/state" "$T/www/app/storage" "$T/in/app/storage"
	ln -s "$ROOT/tests/systemctl" "$T/bin/systemctl"
	PATH=$T/bin:$PATH
	units nginx php8.2-fpm antrian-queue-worker
	conf
	echo old >"$T/www/app/f"
	echo old >"$T/www/app/storage/s"
	echo new >"$T/in/app/f"
	echo new >"$T/in/app/storage/s"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	mkdir "$T/set"
	cp "$T/app.tar.gz" "$T/set/app_files.tar.gz"
	siantre-pack -q -C "$T/in/app" storage >"$T/set/storage_files.tar.gz"
}

# conf [LINE...]: the configuration, with these lines as well.
conf() {
	printf '%s\n' APP_NAME=antrian "APP_DIR=$T/www/app" "BACKUP_DIR=$T/backup" \
	    "STATE_DIR=$T/state" "$@" >"$T/x.conf"
}

# units NAME...: these are active.
units() {
	local unit
	for unit; do
		echo active >"$T/units/$unit.service"
	done
}

restore() {
	siantre-restore files -c "$T/x.conf" "$@"
}

# itself: the exchange, in a process whose id is in $T/pid.
itself() {
	# shellcheck disable=SC2016
	bash -c 'echo $$ >"$1"; exec siantre-restore files -c "$2" "$3" --into "$4" --yes' \
	    - "$T/pid" "$T/x.conf" "$T/app.tar.gz" "$T/www"
}

calls() {
	cat "$T/units/calls" 2>/dev/null || true
}

called() { # called LINE...: these calls, and no other
	diff <(printf '%s\n' "$@") <(calls)
}

all_active() {
	local unit
	for unit in nginx php8.2-fpm antrian-queue-worker; do
		[ "$(cat "$T/units/$unit.service")" = active ] || return 1
	done
}

# live WORD: this is the tree in use, whole.
live() {
	[ "$(cat "$T/www/app/f")" = "$1" ] && [ "$(cat "$T/www/app/storage/s")" = "$1" ]
}

nothing_left() {
	[ -z "$(find "$T/www" -name '*siantre-new*')" ]
	[ ! -e "$T/state/antrian.stopped" ]
}

@test "the units that are active stop for the rename, and start in the opposite order" {
	units apache2
	echo inactive >"$T/units/php7.4-fpm.service"
	echo activating >"$T/units/antrian-queue-worker.service"
	# What stands while the first one stops: the old tree, and the names on the disk.
	cat >"$T/units/stop-nginx.service" <<-E
		#!/bin/sh
		cp "$T/www/app/f" "$T/f.at-stop"
		cp "$T/state/antrian.stopped" "$T/stopped.at-stop"
		cat "$T/www"/app.siantre-new-*/app/f >"$T/new.at-stop"
	E
	printf '#!/bin/sh\ncp "%s" "%s"\n' "$T/www/app/f" "$T/f.at-start" \
	    >"$T/units/start-php8.2-fpm.service"
	chmod +x "$T/units/stop-nginx.service" "$T/units/start-php8.2-fpm.service"
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	called "stop nginx.service" "stop apache2.service" "stop antrian-queue-worker.service" \
	    "stop php8.2-fpm.service" "start php8.2-fpm.service" \
	    "start antrian-queue-worker.service" "start apache2.service" "start nginx.service"
	[ "$(cat "$T/f.at-stop" "$T/new.at-stop" "$T/f.at-start")" = $'old\nnew\nnew' ]
	diff "$T/stopped.at-stop" - <<-E
		nginx.service
		apache2.service
		antrian-queue-worker.service
		php8.2-fpm.service
	E
	live new
	nothing_left
	[ "$(cat "$T/units/php7.4-fpm.service")" = inactive ]
}

@test "the queue worker is the one of WORKER_UNIT; a template is none that can be asked for" {
	units antrean@1 pekerja
	conf WORKER_UNIT=/etc/systemd/system/pekerja.service
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	called "stop nginx.service" "stop pekerja.service" "stop php8.2-fpm.service" \
	    "start php8.2-fpm.service" "start pekerja.service" "start nginx.service"
	rm "$T/units/calls"
	units antrean@
	conf WORKER_UNIT=/etc/systemd/system/antrean@.service
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	called "stop nginx.service" "stop php8.2-fpm.service" "start php8.2-fpm.service" \
	    "start nginx.service"
}

@test "RESTORE_UNITS: a list, none; without systemd" {
	conf "RESTORE_UNITS='php8.2-fpm nginx.service cron'"
	echo inactive >"$T/units/cron.service"
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	called "stop php8.2-fpm.service" "stop nginx.service" "start nginx.service" \
	    "start php8.2-fpm.service"
	rm "$T/units/calls"
	conf RESTORE_UNITS=none
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	expect_ok siantre-restore files --no-units "$T/app.tar.gz" --into "$T/www" --yes
	[ -z "$(calls)" ]
	conf "RESTORE_UNITS='nginx nginz'"
	expect_fail 78 'RESTORE_UNITS: there is no unit nginz.service' \
	    restore "$T/app.tar.gz" --into "$T/www" --yes
	echo offline >"$T/units/system"
	expect_fail 78 'RESTORE_UNITS=nginx nginz: systemd does not run here' \
	    restore "$T/app.tar.gz" --into "$T/www" --yes
	grep -qxF "hint: --no-units, or RESTORE_UNITS=none in $T/x.conf" "$T/stderr"
	rm "$T/bin/systemctl"
	mkdir "$T/no-path"
	ln -s "$BUILD/siantre-restore" "$T/no-path"
	expect_fail 78 'systemd does not run here' env PATH="$T/no-path" siantre-restore files \
	    -c "$T/x.conf" "$T/app.tar.gz" --into "$T/www" --yes
	conf
	expect_ok env PATH="$T/no-path" siantre-restore files -c "$T/x.conf" "$T/app.tar.gz" \
	    --into "$T/www" --yes
	[ -z "$(calls)" ]
	conf RESTORE_UNITS=-x
	expect_fail 78 'RESTORE_UNITS=-x: not auto, none, or names of units' \
	    restore "$T/app.tar.gz" --into "$T/www" --yes
	grep -qxF "hint: --no-units does without the configuration" "$T/stderr"
}

@test "only where the place is the application's" {
	expect_ok restore "$T/app.tar.gz" --into "$T/other"
	mkdir "$T/www/app2"
	expect_ok restore "$T/app.tar.gz" --into "$T/found" app/f
	[ -z "$(calls)" ]
	# Below it: the uploads alone.
	expect_ok restore "$T/set" --what storage --into "$T/www/app" --yes
	[ "$(cat "$T/www/app/f" "$T/www/app/storage/s")" = $'old\nnew' ]
	[ "$(cat "$T/www/app"/storage_before_*/s)" = old ]
	[ "$(calls | wc -l)" = 6 ]
	# A folder above it.
	siantre-pack -q -C "$T/in" . >"$T/dot.tar.gz"
	rm "$T/units/calls"
	expect_ok restore "$T/dot.tar.gz" --into "$T/www" --yes
	[ "$(calls | wc -l)" = 6 ]
	live new
	# Uploads that lie elsewhere.
	mkdir -p "$T/data/storage"
	echo x >"$T/data/storage/x"
	conf "STORAGE_DIR=$T/data/storage"
	rm "$T/units/calls"
	expect_ok restore "$T/set" --what storage --into "$T/data" --yes
	[ "$(calls | wc -l)" = 6 ]
	# The application through a symlink.
	ln -s www "$T/html"
	conf "APP_DIR=$T/html/app"
	rm "$T/units/calls"
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	[ "$(calls | wc -l)" = 6 ]
}

@test "nothing is stopped where nothing will be exchanged" {
	expect_ok restore -n "$T/app.tar.gz" --into "$T/www"
	[ "$(cat "$T/stdout")" = "$T/app.tar.gz: 4 entries; would exchange $T/www/app while these are stopped: nginx.service antrian-queue-worker.service php8.2-fpm.service" ]
	expect_ok restore --list "$T/app.tar.gz"
	head -c 150 "$T/app.tar.gz" >"$T/cut.tar.gz"
	expect_fail 65 "$T/cut.tar.gz" restore "$T/cut.tar.gz" --into "$T/www" --yes
	expect_fail 73 "$T/www/app: exists" restore "$T/app.tar.gz" --into "$T/www"
	expect_fail 73 "$T/www/app: exists; single paths go to a new folder" \
	    restore "$T/app.tar.gz" --into "$T/www/app" --yes app/f
	mv "$T/www/app" "$T/www/real"
	ln -s real "$T/www/app"
	expect_fail 73 "$T/www/app: a symlink is not replaced" \
	    restore "$T/app.tar.gz" --into "$T/www" --yes
	said "hint: name the folder that it leads to"
	rm "$T/www/app"
	small_disk "$T/www/app" 512k
	expect_fail 73 "$T/www/app: a mount point cannot be exchanged" \
	    restore "$T/app.tar.gz" --into "$T/www" --yes
	[ -z "$(calls)" ]
	nothing_left
}

@test "a unit that does not stop: all are started, nothing is exchanged" {
	printf '#!/bin/sh\nexit 1\n' >"$T/units/stop-antrian-queue-worker.service"
	chmod +x "$T/units"/stop-*
	expect_fail 1 "antrian-queue-worker.service: systemctl stop ended 1" \
	    restore "$T/app.tar.gz" --into "$T/www" --yes
	said "hint: systemctl status antrian-queue-worker.service"
	said "siantre-restore: nothing was exchanged"
	live old
	all_active
	nothing_left
	[ "$(ls "$T/www")" = app ]
	# Where their names cannot be written down none is stopped.
	conf "STATE_DIR=$T/nowhere"
	rm "$T/units/calls"
	expect_fail 73 "$T/nowhere/antrian.restore.lock" restore "$T/app.tar.gz" --into "$T/www" --yes
	[ -z "$(calls)" ]
	live old
}

@test "a unit that does not start: the exchange stands, and the next call tries again" {
	printf '#!/bin/sh\nexit 1\n' >"$T/units/start-php8.2-fpm.service"
	chmod +x "$T/units"/start-*
	expect_fail 1 "php8.2-fpm.service: systemctl start ended 1" \
	    restore "$T/app.tar.gz" --into "$T/www" --yes
	said "hint: systemctl status php8.2-fpm.service"
	live new
	[ "$(cat "$T/units/nginx.service")" = active ]
	[ "$(cat "$T/state/antrian.stopped")" = php8.2-fpm.service ]
	grep -q "app_before_.*: the folder that was there" "$T/stderr"
	rm "$T/units/start-php8.2-fpm.service"
	expect_ok restore "$T/app.tar.gz" --into "$T/elsewhere"
	said "siantre-restore: php8.2-fpm.service: left stopped by an earlier call, is started"
	all_active
	nothing_left
}

@test "a call that is killed between stop and start: the next one, of any kind, starts them" {
	printf '#!/bin/sh\nkill -KILL $(cat "%s")\n' "$T/pid" >"$T/units/stop-php8.2-fpm.service"
	chmod +x "$T/units/stop-php8.2-fpm.service"
	for next in files db no-units; do
		units nginx php8.2-fpm antrian-queue-worker
		expect_fail 137 "" itself
		live old
		[ "$(cat "$T/units/nginx.service")" = inactive ]
		case $next in
		files) expect_ok restore "$T/app.tar.gz" --into "$T/elsewhere" ;;
		db) expect_fail 74 "nothing.sql: No such file" \
		    siantre-restore db -c "$T/x.conf" "$T/nothing.sql" ;;
		no-units)
			expect_ok siantre-restore files --no-units "$T/app.tar.gz" --into "$T/elsewhere2"
			expect_ok restore -n "$T/app.tar.gz" --into "$T/www"
			[ "$(cat "$T/units/nginx.service")" = inactive ]
			expect_ok restore "$T/app.tar.gz" --into "$T/elsewhere3"
			;;
		esac
		said "siantre-restore: nginx.service: left stopped by an earlier call, is started"
		all_active
		[ ! -e "$T/state/antrian.stopped" ]
	done
	# The unfinished folder goes as soon as another one is made in its place.
	[ -n "$(find "$T/www" -name 'app.siantre-new-*')" ]
	rm "$T/units/stop-php8.2-fpm.service"
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	grep -q "siantre-restore: app.siantre-new-[a-z0-9]* beside $T/www/app: left by a call that was killed, removed" \
	    "$T/stderr"
	live new
	nothing_left
}

@test "names that root did not write down are started by nobody" {
	need_root
	echo inactive >"$T/units/evil.service"
	echo evil.service >"$T/state/antrian.stopped"
	chown nobody "$T/state/antrian.stopped"
	expect_ok restore "$T/app.tar.gz" --into "$T/elsewhere"
	grep -qF "$T/state/antrian.stopped: not written by siantre-restore, passed over" "$T/stderr"
	ln -sf /dev/zero "$T/state/antrian.stopped"
	expect_ok restore "$T/app.tar.gz" --into "$T/elsewhere2"
	rm "$T/state/antrian.stopped"
	echo evil.service >"$T/state/antrian.stopped"
	chmod 0666 "$T/state/antrian.stopped"
	expect_ok restore "$T/app.tar.gz" --into "$T/elsewhere3"
	[ -z "$(calls)" ]
}

@test "a stop signal while units are down waits until they are up" {
	printf '#!/bin/sh\nkill -TERM $(cat "%s"); sleep 0.3\n' "$T/pid" >"$T/units/stop-php8.2-fpm.service"
	chmod +x "$T/units/stop-php8.2-fpm.service"
	expect_fail 143 "" itself
	all_active
	nothing_left
	# It came with the last unit: the exchange was as good as done.
	live new
	# With an earlier one nothing is exchanged.
	mv "$T/units/stop-php8.2-fpm.service" "$T/units/stop-nginx.service"
	echo other >"$T/www/app/f"
	expect_fail 143 "" itself
	all_active
	nothing_left
	[ "$(cat "$T/www/app/f")" = other ]
}

@test "of two calls one waits until the other has started the units" {
	printf '#!/bin/sh\ntouch "%s"; sleep 1; touch "%s"\n' "$T/down" "$T/up" \
	    >"$T/units/stop-php8.2-fpm.service"
	chmod +x "$T/units/stop-php8.2-fpm.service"
	restore "$T/app.tar.gz" --into "$T/www" --yes -q &
	first=$!
	comes test -e "$T/down"
	rm "$T/units/stop-php8.2-fpm.service"
	# It neither starts what is not its own to start nor comes between.
	expect_ok restore "$T/set" --what storage --into "$T/www/app" --yes
	[ "$(grep -c "left stopped" "$T/stderr")" = 0 ]
	[ -e "$T/up" ]
	wait "$first"
	all_active
	nothing_left
	[ "$(calls | cut -d' ' -f1 | uniq | paste -sd' ')" = "stop start stop start" ]
}

@test "vendor and node_modules are copied into an application that lacks them" {
	nasty "$T/www/app/vendor"
	mkdir -p "$T/www/app/node_modules/x" "$T/www/app/other"
	echo n >"$T/www/app/node_modules/x/n"
	chmod 0750 "$T/in/app"
	touch -d '2026-03-02 07:08:09' "$T/in/app"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	cp -a "$T/www/app" "$T/was"
	# The web server stops only when all of it is there.
	printf '#!/bin/sh\n[ -e %s/app.siantre-new-*/app/vendor/a.txt ]\n' "$T/www" \
	    >"$T/units/stop-nginx.service"
	chmod +x "$T/units/stop-nginx.service"
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	grep -qE "siantre-restore: vendor, node_modules: copied from the folder that is there: [0-9]+ entries, " \
	    "$T/stderr"
	live new
	same_facts "$T/was/vendor" "$T/www/app/vendor"
	[ "$(cat "$T/www/app/node_modules/x/n")" = n ]
	[ ! -e "$T/www/app/other" ]
	[ "$(stat -c '%a %y' "$T/www/app" | cut -c1-23)" = "750 2026-03-02 07:08:09" ]
	same_facts "$T/was" "$T/www"/app_before_*
	# Files of their own: what writes into the one does not change the other.
	[ ! "$T/www/app/vendor/a.txt" -ef "$(echo "$T/www"/app_before_*)/vendor/a.txt" ]
	nothing_left
}

@test "--carry: what is named, none; what the archive has comes from the archive" {
	mkdir -p "$T/www/app/vendor" "$T/www/app/public_build" "$T/in/app/vendor"
	echo old >"$T/www/app/vendor/v"
	echo old >"$T/www/app/public_build/b"
	ln -s vendor "$T/www/app/node_modules"
	echo new >"$T/in/app/vendor/v"
	siantre-pack -q -C "$T/in" app >"$T/with.tar.gz"
	cp -a "$T/www/app" "$T/was"
	again() {
		rm -rf "$T/www"
		mkdir "$T/www"
		cp -a "$T/was" "$T/www/app"
	}
	expect_ok restore "$T/with.tar.gz" --into "$T/www" --yes
	[ "$(cat "$T/www/app/vendor/v")" = new ]
	[ ! -e "$T/www/app/node_modules" ]
	again
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes --carry vendor,public_build,nothing
	[ "$(cat "$T/www/app/vendor/v" "$T/www/app/public_build/b")" = $'old\nold' ]
	again
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes --carry none
	[ ! -e "$T/www/app/vendor" ]
	for name in ../x a/b '' . 'vendor,'; do
		expect_fail 64 'is not the name of a folder at the top' \
		    restore "$T/app.tar.gz" --into "$T/www" --yes --carry "$name"
	done
	# A copy that cannot be whole is none.
	again
	install -m 4755 /bin/true "$T/www/app/vendor/su"
	expect_fail 65 'a set-id bit' restore "$T/app.tar.gz" --into "$T/www" --yes
	[ "$(cat "$T/www/app/f")" = old ]
	[ "$(ls "$T/www")" = app ]
	rm "$T/units/calls"
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes --allow-special
	[ -u "$T/www/app/vendor/su" ]
}

@test "a copy that does not fit on the disk changes nothing" {
	small_disk "$T/disk" 2M
	mkdir -p "$T/disk/app/vendor"
	head -c 1200000 /dev/urandom >"$T/disk/app/vendor/large"
	conf "APP_DIR=$T/disk/app"
	expect_fail 73 "No space left on device" restore "$T/app.tar.gz" --into "$T/disk" --yes
	[ -z "$(calls)" ]
	[ "$(ls "$T/disk")" = app ]
	[ "$(stat -c %s "$T/disk/app/vendor/large")" = 1200000 ]
}

@test "one folder of a full backup" {
	mkdir -p "$T/root/var/www/app/public" "$T/root/etc" "$T/full/20261122_040000" "$T/www/app/vendor"
	cp -a "$T/in/app/." "$T/root/var/www/app"
	echo v >"$T/www/app/vendor/v"
	ln "$T/root/var/www/app/f" "$T/root/var/www/app/hard"
	ln -s ../storage "$T/root/var/www/app/public/storage"
	siantre-pack -q -C "$T/root" etc var/www/app \
	    >"$T/full/20261122_040000/full_system_backup_20261122_040000.tar.gz"
	full=("$T/full/20261122_040000" --what full --into "$T/www" --yes)
	expect_fail 73 "more than the folder etc in it" restore "${full[@]}"
	said "hint: --folder takes one out of it; all of it goes --into a new folder"
	mkdir "$T/etc"
	touch "$T/etc/x"
	siantre-pack -q -C "$T" etc/x www/app >"$T/several.tar.gz"
	expect_fail 73 "$T/www/app: exists; an archive of several paths goes to a new folder" \
	    restore "$T/several.tar.gz" --into "$T/www/app" --yes
	said "hint: --folder takes a single one out of it"
	expect_fail 65 "var/www/ap: not in the archive" restore "${full[@]}" --folder var/www/ap
	expect_fail 64 '--folder or single paths, not both' restore "${full[@]}" --folder a b
	for name in / var/.. . ''; do
		expect_fail 64 'is not the name of a folder' restore "${full[@]}" --folder "$name"
	done
	live old
	[ -z "$(calls)" ]
	expect_ok restore "${full[@]}" --folder /var/www/app/
	live new
	[ "$(cat "$T/www/app/vendor/v")" = v ]
	[ "$T/www/app/hard" -ef "$T/www/app/f" ]
	[ "$(readlink "$T/www/app/public/storage")" = ../storage ]
	[ ! -e "$T/www/app/etc" ]
	# As tar(1) and find(1) write it, it is the same folder.
	mkdir "$T/dotted"
	expect_ok restore "${full[@]}" --into "$T/dotted" --folder ./var/www/app
	[ "$(cat "$T/dotted/app/f")" = new ]
	[ "$(ls "$T/dotted")" = app ]
	# What leads out of that folder is refused, though it stays in the archive.
	ln -s ../../etc "$T/root/var/www/app/out"
	siantre-pack -q -C "$T/root" etc var/www/app >"$T/out.tar.gz"
	expect_fail 65 "app/out: refused: a symlink that leaves the folder" \
	    restore "$T/out.tar.gz" --into "$T/www" --yes --folder var/www/app
	rm "$T/root/var/www/app/out"
	ln "$T/root/var/www/app/f" "$T/root/etc/f"
	siantre-pack -q -C "$T/root" etc var/www/app >"$T/out.tar.gz"
	expect_fail 65 "a hard link to etc/f, which was not asked for" \
	    restore "$T/out.tar.gz" --into "$T/www" --yes --folder var/www/app
	nothing_left
}

@test "a folder that a running call fills is not taken for one that is left over" {
	mkfifo "$T/hold"
	# It has spooled a part of its input and waits for more.
	printf '#!/bin/sh\ntouch "%s"; read -r x <"%s"\n' "$T/down" "$T/hold" >"$T/units/stop-nginx.service"
	chmod +x "$T/units/stop-nginx.service"
	restore "$T/app.tar.gz" --into "$T/www" --yes -q &
	first=$!
	comes test -e "$T/down"
	mkdir "$T/www/app.siantre-new-zzzzzz" "$T/www/app.siantre-new-zzzz" "$T/www/app.siantre-new-ZZZZZZ"
	siantre-restore files --no-units "$T/app.tar.gz" --into "$T/www" --yes 2>"$T/stderr"
	[ "$(grep -c 'left by a call that was killed, removed' "$T/stderr")" = 1 ]
	[ ! -e "$T/www/app.siantre-new-zzzzzz" ]
	rmdir "$T/www/app.siantre-new-zzzz" "$T/www/app.siantre-new-ZZZZZZ"
	echo go >"$T/hold"
	wait "$first"
	live new
	all_active
	nothing_left
}

# FILES_KILLS=200 for more of them.
@test "SIGKILL at any moment: the tree in use is whole, and the next call clears up" {
	for n in {1..60}; do
		mkdir -p "$T/in/app/d$n" "$T/www/app/vendor/p$n"
		head -c 4000 /dev/urandom >"$T/in/app/d$n/file"
		echo "$n" >"$T/www/app/vendor/p$n/file"
	done
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	mkdir "$T/trees"
	cp -a "$T/www/app" "$T/trees/old"
	cp -a "$T/in/app" "$T/trees/new"
	cp -a "$T/www/app/vendor" "$T/trees/new/vendor"
	same_tree() {
		diff -r "$T/trees/$1" "$2" >/dev/null
	}
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes # how long one takes
	same_tree new "$T/www/app"
	start=${EPOCHREALTIME/[.,]/}
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	took=$((${EPOCHREALTIME/[.,]/} - start))
	old=0 new=0
	for ((i = 0; i < ${FILES_KILLS:-40}; i++)); do
		rm -rf "$T/www"
		mkdir "$T/www"
		cp -a "$T/trees/old" "$T/www/app"
		siantre-restore files -c "$T/x.conf" "$T/app.tar.gz" --into "$T/www" --yes -q \
		    2>/dev/null &
		pid=$!
		sleep "$(((RANDOM * 32768 + RANDOM) % took))e-6"
		kill -KILL "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
		# What one takes changes with what else this machine does: follow it.
		if same_tree old "$T/www/app"; then
			old=$((old + 1)) took=$((took + took / 10))
		else
			same_tree new "$T/www/app"
			new=$((new + 1)) took=$((took - took / 10))
		fi
		for kept in "$T/www"/app_before_*; do
			[ ! -e "$kept" ] || same_tree old "$kept" || same_tree new "$kept"
		done
		expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
		same_tree new "$T/www/app"
		all_active
		nothing_left
	done
	echo "killed ${FILES_KILLS:-40} times: $old before the exchange, $new behind it"
	[ "$old" -gt 0 ] && [ "$new" -gt 0 ]
}
