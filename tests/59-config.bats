#!/usr/bin/env bats
# siantre-run check-config on a server as it is installed: what starts the jobs, what the units let
# them do, how it reads.
# shellcheck disable=SC2153,SC2154,SC2016,SC2030,SC2031

load lib
load status

setup_file() {
	# On an address of its own, which no other test of this machine has.
	PORT=$((20000 + $$ % 10000))
	export PORT
	start_db --skip-networking=0 --bind-address=127.0.0.5 --port="$PORT"
	"$ROOT/tests/apptree" "$DB/app" "DB_SOCKET=$DB/sock" DB_DATABASE=siantre \
	    DB_USERNAME=siantre DB_PASSWORD=rahasia
	fill_small siantre
	sql "CREATE USER siantre@localhost IDENTIFIED BY 'rahasia'; GRANT ALL ON siantre.* TO siantre@localhost;
	    GRANT SELECT ON mysql.proc TO siantre@localhost;
	    CREATE USER siantre@'127.%' IDENTIFIED BY 'rahasia'; GRANT ALL ON siantre.* TO siantre@'127.%';
	    GRANT SELECT ON mysql.proc TO siantre@'127.%'"
	# Rows as a small office has them; what the tree weighs is told by others.
	rm -rf "$DB/app/node_modules" "$DB/app/vendor"
}

setup() {
	lib_setup
	need_root
	unshare -m true 2>/dev/null || skip "this machine allows no mounts"
	mkdir -p "$T/backup" "$T/state" "$T/log" "$T/etc/siantre" "$T/etc/cron.d" "$T/units" "$T/bin"
	chmod 0700 "$T/backup"
	chown siantre-backup:siantre-backup "$T/backup" "$T/state" "$T/log"
	# What it finds beside itself wins over what the machine has.
	cp "$BUILD/siantre-run" "$BUILD"/libsiantre-*.so "$T/bin/"
	for tool in dump pack verify; do ln -s "$BUILD/siantre-$tool" "$T/bin/"; done
	ln -s "$ROOT/tests/systemctl" "$T/bin/systemctl"
	export SYSTEMCTL=$T/units CRON=$T/etc/cron.d
	[ -d /etc/cron.d ] || mkdir /etc/cron.d
	conf siantre
}

# conf NAME [LINE...]: the configuration of an application.
conf() {
	printf '%s\n' "APP_DIR=$DB/app" "BACKUP_DIR=$T/backup" "STATE_DIR=$T/state" "LOG_FILE=$T/log/backup.log" \
	    "DASHBOARD=$T/state/page.html" "EXCLUDE_LIST=$ROOT/etc/exclude_list.txt" LANGUAGE=en "${@:2}" >"$T/etc/siantre/$1.conf"
}

# on_host COMMAND...: where the configuration and the cron lines of this machine are ours.
on_host() {
	unshare -m bash -c 'mount --bind "$0" /usr/local/etc && mount --bind "$CRON" /etc/cron.d && exec "$@"' "$T/etc" "$@"
}

checks() {
	on_host "$T/bin/siantre-run" --jobs "$ROOT/tools/jobs" "$@" check-config
}

# timers [@NAME]: units as systemd has them where all is well.
timers() {
	local job time=02
	for job in db files full ship verify drill check "$([ -n "${1:-}" ] && echo flush || echo alert)" selftest; do
		printf '%s\n' active UnitFileState=enabled "NextElapseUSecRealtime=Fri 2026-11-27 $time:03:04 WIB" \
		    >"$T/units/siantre-$job${1:-}.timer"
		time=0$((10#$time + 1))
		printf '%s\n' inactive ProtectSystem=strict "ReadWritePaths=-/backup/siantre -/var/lib/prometheus/node-exporter -$T/backup -$T/state -$T/log" \
		    StateDirectory=siantre LogsDirectory=siantre 'IPAddressDeny=::/0 0.0.0.0/0' 'IPAddressAllow=127.0.0.0/8 ::1/128' \
		    NeedDaemonReload=no >"$T/units/siantre-$job${1:-}.service"
	done
	[ -z "${1:-}" ] || printf '%s\n' active UnitFileState=enabled >"$T/units/siantre$1.target"
}

# no_systemd: cron is what there is.
no_systemd() {
	echo offline >"$T/units/system"
	sed "s|/usr/bin/|$T/bin/|g" "$ROOT/cron.d/siantre-backup" >"$T/etc/cron.d/siantre-backup"
	cp "$BUILD/siantre-alert" "$BUILD"/libsiantre-*.so "$T/bin/"
}

# finding LEVEL SUBJECT TEXT: there is such a line, of this whole text.
finding() {
	grep -qxF -- "$(printf '%-4s  %-14s  %s' "$1" "$2" "$3")" "$T/stdout" || {
		cat "$T/stdout"
		return 1
	}
}

# mends SUBJECT: the command below the first line that is not ok.
mends() {
	grep -A1 -E "^(warn|fail)  $1 " "$T/stdout" | sed -n '2s/^ *//p'
}

@test "timers: the next run of each job, and what is beside" {
	timers
	expect_ok checks
	finding ok db "2026-11-27 02:03 by siantre-db.timer"
	finding ok files "2026-11-27 03:03 by siantre-files.timer"
	finding ok full "2026-11-27 04:03 by siantre-full.timer"
	finding ok beside "verify 2026-11-27 06:03, drill 2026-11-27 07:03, check 2026-11-27 08:03, alert 2026-11-27 09:03, selftest 2026-11-27 10:03"
	finding ok units "may write to all folders that are needed"
	tail -n 1 "$T/stdout" | grep -qF "ok    tonight         the next runs will work: db 2026-11-27 02:03, files 2026-11-27 03:03, full 2026-11-27 04:03"
	lacks -F cron.d/siantre-backup "$T/stdout"
	expect_ok checks --json
	jq -re '.[] | select(.part == "When" and .subject == "db") | .facts | .by + " " + .next' "$T/stdout" >"$T/said"
	[ "$(cat "$T/said")" = "siantre-db.timer 2026-11-27T02:03:04+0700" ]
	jq -re '.[] | select(.subject == "beside") | .facts.next.drill' "$T/stdout" | grep -qx 2026-11-27T07:03:04+0700
}

@test "timers that are stopped, masked, not enabled, not there: one command each, which mends it" {
	timers
	sed -i 1s/active/inactive/ "$T/units/siantre-db.timer" "$T/units/siantre-check.timer"
	sed -i s/enabled/disabled/ "$T/units/siantre-files.timer" "$T/units/siantre-db.timer"
	echo LoadState=masked >>"$T/units/siantre-full.timer"
	expect_fail 78 "siantre-run: a nightly run would fail" checks
	finding fail timers "stopped: siantre-db.timer siantre-check.timer"
	[ "$(mends timers)" = "systemctl enable --now siantre-db.timer siantre-check.timer" ]
	finding fail full "siantre-full.timer is masked"
	finding warn files "siantre-files.timer will not be started when the machine starts"
	finding fail tonight 'a run would fail: 2 things to mend, marked "fail"'
	for subject in timers full files; do PATH=$T/bin:$PATH bash -ec "$(mends "$subject")"; done
	expect_ok checks
	lacks -E '^(warn|fail)  (timers|full|files|db) ' "$T/stdout"
	rm "$T/units/siantre-db.timer" "$T/units/siantre-selftest.timer"
	expect_fail 78 "a nightly run would fail" checks
	finding fail db "siantre-db.timer: there is no such timer"
	finding warn selftest "siantre-selftest.timer: there is no such timer"
	[ "$(mends db)" = "apt-get install --reinstall siantre-backup" ]
}

@test "timers and a line of cron without its guard: both would run, and that is said" {
	timers
	sed "s|/usr/bin/|$T/bin/|g" "$ROOT/cron.d/siantre-backup" >"$T/etc/cron.d/siantre-backup"
	expect_ok checks
	lacks 'beside the timer' "$T/stdout"
	echo "0 1 * * * root $T/bin/siantre-run db" >"$T/etc/cron.d/ours"
	expect_ok checks
	finding warn db "/usr/local/etc/cron.d/ours line 1 runs it too, beside the timer"
	# cron reads no file of such a name.
	mv "$T/etc/cron.d/ours" "$T/etc/cron.d/ours.off"
	expect_ok checks
	lacks 'beside the timer' "$T/stdout"
}

@test "folders that the units may not write to: the drop-in, as a command that works" {
	timers
	mkdir "$T/disk" "$T/usb two"
	chown siantre-backup: "$T/disk" "$T/usb two"
	chmod 0700 "$T/disk"
	conf siantre "BACKUP_DIR=$T/disk" "PROMETHEUS_FILE='$T/usb two/x.prom'" "SHIP_TO=$T/backup"
	touch "$T/backup/README.txt"
	for job in db files full drill verify ship; do
		sed -i "s|^ReadWritePaths=.*|ReadWritePaths=-/backup/siantre -$T/state -$T/log|" "$T/units/siantre-$job.service"
	done
	expect_fail 78 "a nightly run would fail" checks
	finding fail units "these may not write to some folders: db files full drill verify ($T/disk, $T/usb two)"
	finding fail units "these may not write to some folders: ship ($T/usb two, $T/backup)"
	grep -A1 '^fail  units' "$T/stdout" | sed -n 's/^ *\(for .*\)/\1/p' | sed "s|/etc/systemd/system|$T/dropins|" >"$T/commands"
	[ "$(wc -l <"$T/commands")" = 2 ]
	PATH=$T/bin:$PATH bash -e "$T/commands"
	[ "$(cat "$T/units/calls")" = "$(printf 'daemon-reload \ndaemon-reload ')" ]
	[ "$(find "$T/dropins" -type f | sed 's|.*/siantre-||' | sort | paste -sd' ')" = \
	    "db.service.d/backup-folder.conf drill.service.d/backup-folder.conf files.service.d/backup-folder.conf full.service.d/backup-folder.conf ship.service.d/backup-folder.conf verify.service.d/backup-folder.conf" ]
	printf '%s\n' '[Service]' "ReadWritePaths=-$T/disk" "ReadWritePaths=-$T/state" "ReadWritePaths=-$T/log" \
	    "ReadWritePaths=\"-$T/usb two\"" | cmp - "$T/dropins/siantre-db.service.d/backup-folder.conf"
	# What systemd says then.
	for job in db files full drill verify ship; do
		sed -i "s|^ReadWritePaths=.*|& -$T/disk -$T/usb two -$T/backup|" "$T/units/siantre-$job.service"
	done
	expect_ok checks
	finding ok units "may write to all folders that are needed"
	sed -i s/NeedDaemonReload=no/NeedDaemonReload=yes/ "$T/units/siantre-db.service"
	expect_fail 78 "a nightly run would fail" checks
	[ "$(mends units)" = "systemctl daemon-reload" ]
}

@test "a database server elsewhere: which units may not reach it, and the drop-in" {
	timers
	grep -vE '^DB_(SOCKET|HOST|PORT)=' "$DB/app/.env" >"$T/env"
	printf 'DB_HOST=basisdata\nDB_PORT=%s\n' "$PORT" >>"$T/env"
	conf siantre "DB_ENV_FILE=$T/env"
	chmod 0600 "$T/env"
	printf '127.0.0.1 localhost\n127.0.0.5 basisdata\n' >"$T/hosts"
	far() { # [COMMAND]
		unshare -m bash -c 'mount --bind "$0" /etc/hosts && mount --bind "$1" /usr/local/etc && eval "$2" && exec "${@:3}"' \
		    "$T/hosts" "$T/etc" "${1:-:}" "$T/bin/siantre-run" --jobs "$ROOT/tools/jobs" check-config
	}
	expect_ok far # the units that we ship let loopback through
	grep -qE '^ok    database        siantre on .* \(basisdata via TCP/IP\) as siantre@127\.%$' "$T/stdout"
	sed -i 's|^IPAddressAllow=.*|IPAddressAllow=::1/128 127.0.0.1/32 10.0.0.0/8|' "$T"/units/siantre-*.service
	expect_fail 78 "a nightly run would fail" far
	finding fail units "these may not reach the database server basisdata: db full"
	PATH=$T/bin:$PATH bash -ec "$(mends units | sed "s|/etc/systemd/system|$T/dropins|")"
	# Name servers that are other machines come behind.
	[ "$(head -n 5 "$T/dropins/siantre-full.service.d/remote-database.conf")" = "$(printf '%s\n' '[Service]' PrivateNetwork=no \
	    'RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK' IPAddressAllow=localhost IPAddressAllow=127.0.0.5)" ]
	[ ! -e "$T/dropins/siantre-files.service.d" ]
	sed -i 's|^IPAddressAllow=.*|& 127.0.0.4/30|' "$T"/units/siantre-*.service
	expect_ok far
	finding ok units "may write to all folders that are needed"
	# A drill asks the application's server where it has none of its own.
	echo PrivateNetwork=yes >>"$T/units/siantre-drill.service"
	expect_ok far
	lacks 'may not reach' "$T/stdout"
	expect_ok far 'mount --bind /dev/null "$(command -v mariadbd)"'
	finding warn units "these may not reach the database server basisdata: drill"
	[ "$(mends drill)" = "apt-get install mariadb-server-core" ]
}

@test "the socket of the database in /tmp: which units have another one, and the drop-in" {
	timers
	[[ $DB == /tmp/* || $DB == /var/tmp/* ]] || skip "TMPDIR is another one"
	for job in db files full; do
		echo PrivateTmp=yes >>"$T/units/siantre-$job.service"
	done
	expect_fail 78 "a nightly run would fail" checks
	finding fail units "these have a /tmp of their own, without DB_SOCKET=$DB/sock: db full"
	PATH=$T/bin:$PATH bash -ec "$(mends units | sed "s|/etc/systemd/system|$T/dropins|")"
	printf '%s\n' '[Service]' PrivateTmp=no | cmp - "$T/dropins/siantre-full.service.d/database-socket.conf"
	[ ! -e "$T/dropins/siantre-files.service.d" ]
	sed -i s/^PrivateTmp=.*/PrivateTmp=no/ "$T"/units/siantre-*.service
	expect_ok checks
}

@test "cron: the next run by its lines, and whether a daemon is there" {
	no_systemd
	cp "$(command -v sleep)" "$T/cron"
	"$T/cron" 300 &
	daemon=$!
	expect_ok checks
	kill "$daemon"
	finding ok cron "the daemon runs"
	for job in 'db    ' 'files ' 'full  '; do
		grep -qE "^ok    $job          20[0-9-]+ 0[234]:00 by /usr/local/etc/cron.d/siantre-backup$" "$T/stdout"
	done
	grep -qE "^ok    beside          verify 20[0-9-]+ 05:00, drill .* 05:00, check .*:17, alert .*:.[05], selftest 20[0-9-]+-01 09:00$" "$T/stdout"
	[[ "$(tail -n 1 "$T/stdout")" =~ ^"ok    tonight         the next runs will work: db "20.*" 02:00, files "20.*" 03:00, full "20.*" 04:00" ]]
	lacks -F .timer "$T/stdout"
	pgrep -x 'cron|crond' >/dev/null && return 0
	expect_fail 78 "a nightly run would fail" checks
	grep -qE '^fail  cron            .*nothing starts the jobs' "$T/stdout"
	bash -n <<<"$(mends cron)"
}

@test "cron: whoever changes the hours sees them in status too" {
	no_systemd
	[ ! -d /run/systemd/system ] || skip "systemd runs this machine"
	sed -i 's/^0 2 \(.*--wait db\)/30 1 \1/' "$T/etc/cron.d/siantre-backup"
	on_host siantre-status -c siantre --json >"$T/stdout"
	next=$(jq -re '.jobs[] | select(.job == "db") | .next' "$T/stdout")
	[ "$(date -d "$next" +%H:%M)" = 01:30 ]
	next=$(jq -re '.jobs[] | select(.job == "files") | .next' "$T/stdout")
	[ "$(date -d "$next" +%H:%M)" = 03:00 ]
}

@test "what would keep a drill from its work" {
	timers
	# without NAME... -- COMMAND: where these programs are not installed.
	without() {
		local programs=()
		while [ "$1" != -- ]; do programs+=("$1") && shift; done
		on_host bash -c 'for name in $0; do ! path=$(command -v "$name") || mount --bind /dev/null "$path"; done && exec "$@"' \
		    "${programs[*]}" "${@:2}"
	}
	run=("$T/bin/siantre-run" --jobs "$ROOT/tools/jobs" check-config)
	expect_ok checks
	finding ok drill "a server of its own (mariadbd), without network"
	expect_ok without mariadb mysql -- "${run[@]}"
	finding warn drill "mariadbd is here, and no client: a drill would fail"
	[ "$(mends drill)" = "apt-get install mariadb-client-core" ]
	expect_ok without mariadb mysql mariadbd -- "${run[@]}"
	[ "$(mends drill)" = "apt-get install mariadb-server-core mariadb-client-core" ]
	# What is asked of the database, and how large its server may become.
	echo 'SELECT 1;' >"$T/drill.sql"
	chmod 0664 "$T/drill.sql"
	conf siantre "DRILL_SQL=$T/drill.sql" DRILL_MEMORY=383M
	expect_ok checks
	finding warn drill "DRILL_SQL=$T/drill.sql: others may write it (mode 0664): a drill would not begin"
	finding warn drill "DRILL_MEMORY: a server needs 384M at least: a drill would fail"
	on_host bash -ec "$(mends drill)"
	conf siantre "DRILL_SQL=$T/drill.sql" DRILL_MEMORY=384M
	expect_ok checks
	lacks -E '^warn  drill ' "$T/stdout"
	# The key.
	age-keygen -o "$T/key" 2>/dev/null
	chown nobody "$T/key"
	conf siantre "IDENTITY=$T/key"
	expect_ok checks
	finding warn identity "$T/key: belongs neither to root nor to siantre-backup: a drill would not begin"
	on_host bash -ec "$(mends identity)"
	expect_ok checks
	finding ok identity "$T/key"
	expect_ok without age -- "${run[@]}"
	finding warn identity "IDENTITY is set, and age is not installed: a drill would not begin"
	[ "$(mends identity)" = "apt-get install age" ]
	ssh-keygen -q -t ed25519 -N hush -f "$T/asks"
	conf siantre "IDENTITY=$T/asks" LANGUAGE=en
	expect_ok checks
	finding warn identity "$T/asks: it has a passphrase, which a drill cannot ask for"
	export SIANTRE_LOCALEDIR=$BUILD/locale
	conf siantre "IDENTITY=$T/asks" LANGUAGE=id
	expect_ok checks
	finding warn kunci "$T/asks: kuncinya bersandi, yang tidak dapat ditanyakan oleh latihan pemulihan"
}

@test "cron: no lines, lines for nobody, for a program that is not there, open to others" {
	no_systemd
	rm "$T/etc/cron.d/siantre-backup"
	expect_fail 78 "a nightly run would fail" checks
	finding fail cron "no line in /usr/local/etc/cron.d starts: db, files, full, verify, drill, check, alert, selftest"
	[ "$(mends cron)" = "apt-get install --reinstall -o Dpkg::Options::=--force-confmiss siantre-backup" ]
	printf '%s\n' '# 0 2 * * * root siantre-run db' 'MAILTO=root' "0 2 * * * nobodyelse $T/bin/siantre-run --wait db" \
	    '0 3 30 2 * root siantre-run files' \
	    '0 4 * * 0 root [ -x /none/siantre-run ] && /none/siantre-run --wait full; true' >"$T/etc/cron.d/x"
	expect_fail 78 "a nightly run would fail" checks
	finding fail db "/usr/local/etc/cron.d/x line 3: there is no account nobodyelse"
	finding fail files "/usr/local/etc/cron.d/x line 4: cron will never run it"
	finding fail full "/usr/local/etc/cron.d/x line 5: does nothing without /none/siantre-run, which is not there"
	finding warn cron "no line in /usr/local/etc/cron.d starts: verify, drill, check, alert, selftest"
	chmod 0666 "$T/etc/cron.d/x"
	expect_fail 78 "a nightly run would fail" checks
	finding fail db "/usr/local/etc/cron.d/x: cron does not read it: not root's alone (mode 0666)"
	on_host bash -ec "$(mends db)"
	[ "$(stat -c %a "$T/etc/cron.d/x")" = 644 ]
	printf '0 2 * * * siantre-backup %s/bin/siantre-run --wait db\n' "$T" >"$T/etc/cron.d/x"
	expect_fail 78 "a nightly run would fail" checks
	finding warn db "/usr/local/etc/cron.d/x line 1: as siantre-backup, which may not read every file"
}

@test "cron: lines in a folder that it does not read are no lines" {
	export CRON=$T/etc.cron.d
	mkdir "$CRON"
	no_systemd
	expect_fail 78 "a nightly run would fail" checks
	finding fail cron "/usr/local/etc/cron.d/siantre-backup: cron reads /etc/cron.d alone"
	[ "$(mends cron)" = "ln -sb /usr/local/etc/cron.d/siantre-backup /etc/cron.d/" ]
	on_host bash -ec "$(mends cron)"
	[ -L "$CRON/siantre-backup" ]
	checks >"$T/stdout" 2>&1 || true
	lacks -F 'cron reads' "$T/stdout"
	# Another file of that name is not ours.
	rm "$CRON/siantre-backup"
	cp "$T/etc/cron.d/siantre-backup" "$CRON"
	expect_fail 78 "a nightly run would fail" checks
	finding fail cron "/usr/local/etc/cron.d/siantre-backup: cron reads /etc/cron.d alone"
}

@test "another application: its own units, its own lines of cron" {
	conf toko
	timers @toko
	expect_ok checks -c toko
	finding ok db "2026-11-27 02:03 by siantre-db@toko.timer"
	finding ok beside "verify 2026-11-27 06:03, drill 2026-11-27 07:03, check 2026-11-27 08:03, alert 2026-11-27 09:03, selftest 2026-11-27 10:03"
	sed -i 1s/active/inactive/ "$T/units"/siantre-*@toko.timer
	expect_fail 78 "a nightly run would fail" checks -c toko
	[ "$(mends timers)" = "systemctl enable --now siantre@toko.target" ]
	no_systemd
	expect_fail 78 "a nightly run would fail" checks -c toko
	finding fail cron "no line in /usr/local/etc/cron.d starts: db, files, full, verify, drill, check, alert, selftest"
	on_host bash -ec "$(mends cron)"
	bash -n <(sed -n 's/^[0-9*].* root //p' "$T/etc/cron.d/siantre-toko")
	checks -c toko >"$T/stdout" 2>&1 || true
	grep -qE "^ok    db              20.* 02:00 by /usr/local/etc/cron.d/siantre-toko$" "$T/stdout"
	lacks "no line in" "$T/stdout"
	# The first one keeps its own.
	checks >"$T/stdout" 2>&1 || true
	grep -qE "^ok    db              20.* 02:00 by /usr/local/etc/cron.d/siantre-backup$" "$T/stdout"
}

@test "a configuration that no unit starts" {
	cp "$T/etc/siantre/siantre.conf" "$T/lain.conf"
	expect_ok checks -c "$T/lain.conf"
	finding warn schedule "$T/lain.conf is not in /usr/local/etc/siantre: no timer of ours starts it"
	on_host bash -ec "$(mends schedule)"
	cmp "$T/lain.conf" "$T/etc/siantre/lain.conf"
	mv "$T/lain.conf" "$T/lain"
	expect_ok checks -c "$T/lain"
	[ "$(mends schedule)" = "install -m 0644 $T/lain /usr/local/etc/siantre/lain.conf" ]
}

@test "folded to 80 columns, and the commands are not" {
	timers
	conf siantre "WEB_CONFIG=$DB/app" "SHIP_TO=$T/backup"
	COLUMNS=80 expect_fail 78 "a nightly run would fail" checks
	while IFS= read -r line; do
		text=${line:22} text=${text#"  "} # behind a long subject
		[[ ${#line} -le 80 || $line == "                        "* || ! $text == *' '* ]] || {
			echo "too wide: $line"
			return 1
		}
	done <"$T/stdout"
	[ "$(grep -cxE '(What is saved|Where to|When|Who is told)' "$T/stdout")" = 4 ]
	# A number stays with its unit, a day with its hour, however narrow it is.
	for width in 50 55 60 65 70; do
		COLUMNS=$width expect_fail 78 "a nightly run would fail" checks
		lacks -E '^ +([KMG]?i?B|s|min|[0-9]{2}:[0-9]{2})([ ,;)]|$)' "$T/stdout"
	done
}

@test "in Indonesian, but for commands, levels and what programs read" {
	timers
	export SIANTRE_LOCALEDIR=$BUILD/locale
	chmod 0644 "$DB/app/.env"
	conf siantre LANGUAGE=id "BACKUP_DIR=$T/none"
	expect_fail 78 "siantre-run: a nightly run would fail" checks
	chmod 0640 "$DB/app/.env"
	[ "$(grep -cxE '(Apa yang dicadangkan|Ke mana|Kapan|Siapa yang diberi tahu)' "$T/stdout")" = 4 ]
	finding warn .env "$DB/app/.env: semua pengguna mesin ini dapat membacanya (mode 0644)"
	[ "$(mends .env)" = "chmod o-rwx $DB/app/.env" ]
	finding fail "folder cadangan" "$T/none: No such file or directory"
	finding ok "potret data" "paralel; LOCK TABLES menahan penulis sejenak"
	finding ok db "2026-11-27 02:03 oleh siantre-db.timer"
	[[ "$(tail -n 1 "$T/stdout")" =~ "pencadangan akan gagal: "[0-9]+" hal harus diperbaiki, bertanda \"fail\""$ ]]
	# No sentence was forgotten.
	lacks -wE 'the|and|not|is|may' <(grep -E '^(ok|warn|fail) ' "$T/stdout" | grep -vF 'No such file')
	expect_fail 78 "a nightly run would fail" checks --json
	jq -re '.[] | select(.subject == "backup folder") | .part' "$T/stdout" | grep -qx 'Where to'
	lacks -F cadangan "$T/stdout"
}

@test "a database that does not run, or does not let us in: a command for each" {
	local env=$T/app.env
	timers
	conf siantre "DB_ENV_FILE=$env"
	sed "s/^DB_PASSWORD=.*/DB_PASSWORD=salah/" "$DB/app/.env" >"$env"
	expect_fail 78 "a nightly run would fail" checks
	grep -qF "fail  database        connect: Access denied for user 'siantre'@'localhost'" "$T/stdout"
	[ "$(mends database)" = "sensible-editor $env    # the keys DB_..." ]
	sed "s|^DB_SOCKET=.*|DB_SOCKET=$T/none|" "$DB/app/.env" >"$env"
	expect_fail 78 "a nightly run would fail" checks
	[ "$(mends database)" = "systemctl start mariadb" ]
	echo offline >"$T/units/system"
	expect_fail 78 "a nightly run would fail" checks
	[ "$(mends database)" = "service mariadb start" ]
	# Elsewhere there is nothing to start here.
	sed "s|^DB_SOCKET=.*|DB_HOST=db1.invalid|" "$DB/app/.env" >"$env"
	expect_fail 78 "a nightly run would fail" checks
	grep -qF "(siantre-dump ended 69)" "$T/stdout"
	[ "$(mends database)" = "sensible-editor $env    # the keys DB_..." ]
	printf '[client]\nuser=siantre\npassword=salah\nsocket=%s\ndatabase=siantre\n' "$DB/sock" >"$T/db.cnf"
	chown siantre-backup: "$T/db.cnf" && chmod 0600 "$T/db.cnf"
	conf siantre "DB_DEFAULTS_FILE=$T/db.cnf"
	expect_fail 78 "a nightly run would fail" checks
	[ "$(mends database)" = "sensible-editor $T/db.cnf    # host, socket, user, password, database" ]
}

@test "a key for the copies where siantre-ship cannot come: the command brings it there" {
	timers
	mkdir -m 0700 "$T/root" && echo key >"$T/root/id_ed25519" && chmod 0600 "$T/root/id_ed25519"
	conf siantre SHIP_TO=rsync://127.0.0.1/b/web1 "SHIP_SSH_KEY=$T/root/id_ed25519"
	expect_fail 78 "a nightly run would fail" checks
	finding fail "copies elsewhere" "SHIP_SSH_KEY=$T/root/id_ed25519: Permission denied"
	on_host bash -ec "$(mends 'copies elsewhere')"
	expect_ok checks
	[ "$(stat -c '%U %a' "$T/etc/siantre/secrets/id_ed25519")" = "siantre-backup 600" ]
	[ "$(stat -c '%U' "$T/root/id_ed25519")" = root ]
}

@test "an SMS spool of another group: the command that adds siantre-backup to it works" {
	timers
	mkdir -p "$T/sms/outgoing"
	chgrp -R mail "$T/sms"
	chmod 2770 "$T/sms" "$T/sms/outgoing"
	conf siantre "SMS=smstools:$T/sms" "CONTACT_PRIMARY='Siti <siti@dinas.example> 081234567890'"
	# What changes the accounts of this machine changes a copy of them.
	cp -a /etc "$T/host"
	in_host() {
		unshare -m bash -c 'mount --bind "$0" /etc && mount --bind "$1" /usr/local/etc && exec "${@:2}"' "$T/host" "$T/etc" "$@"
	}
	expect_ok in_host "$T/bin/siantre-run" --jobs "$ROOT/tools/jobs" check-config
	finding warn "alert channels" "sms: $T/sms/outgoing: siantre-backup may not write there"
	command=$(grep -A1 '^warn  alert channels  sms' "$T/stdout" | sed -n '2s/^ *//p')
	[ "$command" = "usermod -aG mail siantre-backup" ]
	in_host bash -ec "$command"
	expect_ok in_host "$T/bin/siantre-run" --jobs "$ROOT/tools/jobs" check-config
	finding ok "alert channels" "sms through smstools; not tested yet"
	grep -A1 'sms through smstools' "$T/stdout" | tail -n 1 | grep -qx ' *siantre-alert test sms'
	# gammu keeps its outbox where its configuration says.
	mkdir "$T/outbox"
	chgrp mail "$T/outbox"
	chmod 0770 "$T/outbox"
	printf '[smsd]\nservice = files\n OutboxPath = %s/\n' "$T/outbox" >"$T/gammu"
	conf siantre "SMS=gammu:$T/gammu" "CONTACT_PRIMARY='Siti <siti@dinas.example> 081234567890'"
	printf '#!/bin/sh\n' >"$T/bin/gammu-smsd-inject"
	chmod 0755 "$T/bin/gammu-smsd-inject"
	expect_ok checks
	finding warn "alert channels" "sms: $T/outbox/: siantre-backup may not write there"
	expect_ok checks --json
	jq -re '.[] | select(.facts.group) | .command' "$T/stdout" | grep -qx 'usermod -aG mail siantre-backup'
}

@test "the last test of a channel, and a secret that cron's siantre-alert may not read" {
	timers
	mkdir -p "$T/state/alert" "$T/etc/siantre/secrets"
	conf siantre MAIL=smtps://siti@mail.dinas.example MAIL_FROM=backup@dinas.example "CONTACT_PRIMARY='Siti <siti@dinas.example>'"
	echo rahasia >"$T/etc/siantre/secrets/mail"
	chmod 0600 "$T/etc/siantre/secrets/mail"
	expect_ok checks
	finding ok "alert channels" "mail through mail.dinas.example, port 465, with a password (not asked); not tested yet"
	lacks -F rahasia "$T/stdout" "$T/stderr"
	no_systemd
	checks >"$T/stdout" 2>&1 || true
	finding warn "alert channels" "mail: /usr/local/etc/siantre/secrets/mail: siantre-alert may not read it where cron starts it"
	on_host bash -ec "$(mends 'alert channels')"
	[ "$(stat -c '%U %a' "$T/etc/siantre/secrets/mail")" = "siantre-backup 600" ]
	checks >"$T/stdout" 2>&1 || true
	finding ok "alert channels" "mail through mail.dinas.example, port 465, with a password (not asked); not tested yet"
}

@test "when people are told: what siantre-alert would take as something else" {
	timers
	conf siantre NOTIFY_OK=monthly QUIET_HOURS=night
	checks >"$T/stdout" 2>&1 || true
	finding warn "who is told" "NOTIFY_OK=monthly: none of never, weekly and each; taken as weekly"
	finding warn "who is told" "QUIET_HOURS=night: not hours such as 22:00-06:00; nothing waits"
	conf siantre NOTIFY_OK=each QUIET_HOURS=22:00-06:00
	checks >"$T/stdout" 2>&1 || true
	lacks -E 'NOTIFY_OK|QUIET_HOURS' "$T/stdout"
}

@test "the room: as it grows now, and for how many days" {
	timers
	small_disk "$T/backup" 40m
	chmod 0700 "$T/backup"
	for day in 2 3 4 5 6 7 8 9; do
		make_set db "${day}days" structure 2000000
	done
	chown -R siantre-backup: "$T/backup"
	# Little beside, so that the disk is the sets'.
	mkdir -p "$T/www/siantre/storage"
	conf siantre "APP_DIR=$T/www/siantre" "DB_ENV_FILE=$DB/app/.env"
	expect_ok checks
	grep -qE '^warn  disk            as it grows now, it is full in [0-9]+ days?$' "$T/stdout"
	finding warn "free space" "$(sed -n 's/^warn  free space      //p' "$T/stdout")"
	grep -qE '^warn  free space      [0-9.]+ MiB: room for about 1[5-9] days of sets \(about 2\.3 MiB a day\)$' "$T/stdout"
	grep -qE "^ok    db              $T/backup/YYYYmmdd_HHMMSS, about 2\.3 MiB$" "$T/stdout"
	expect_ok checks --json
	jq -re '.[] | select(.subject == "disk") | .facts.full_in_days' "$T/stdout" | grep -qE '^[0-9]+$'
	jq -re '.[] | select(.subject == "db" and .facts.measured != null) | .facts | "\(.measured) \(.bytes)"' "$T/stdout" | grep -qx 'true 2400000'
	# The next set does not fit at all.
	head -c 24000000 /dev/zero >"$T/backup/other"
	expect_fail 78 "a nightly run would fail" checks
	grep -qE '^fail  db              the next set may take 2\.3 MiB, and [0-9.]+ [KM]iB are free$' "$T/stdout"
}

@test "whoever is not root is told what to type, and no command gives him the backups" {
	timers
	conf siantre BACKUP_DIR="$T/backup"
	as_user() {
		on_host setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=-all "$T/bin/siantre-run" --jobs "$ROOT/tools/jobs" "$@" check-config
	}
	expect_fail 78 "siantre-run: a nightly run would fail" as_user
	finding warn rights "nobody, with the rights of that user alone; the nightly runs have others"
	[ "$(mends rights)" = "sudo siantre-run check-config" ]
	finding fail "backup folder" "$T/backup: nobody may not write there: Permission denied"
	[ "$(mends 'backup folder')" = "sudo siantre-run check-config" ]
	lacks -F 'chown nobody' "$T/stdout"
	conf toko
	as_user -c toko >"$T/stdout" 2>&1 || true
	[ "$(mends rights)" = "sudo siantre-run -c toko check-config" ]
}

@test "a configuration that is not there, or cannot be read: in a word, with the line" {
	conf toko
	expect_fail 78 "siantre-run: configuration /usr/local/etc/siantre/tokp.conf: No such file or directory" checks -c tokp
	said "hint: in /usr/local/etc/siantre there are: siantre toko"
	conf siantre KEEP=within=30x
	expect_fail 78 "siantre.conf:8: KEEP=within=30x: not a duration" checks
	printf 'APP_DIR="/var/www\n' >"$T/etc/siantre/siantre.conf"
	expect_fail 78 "siantre.conf:1: " checks
}

@test "paths that a shell would take apart stand in quotes, and the command still works" {
	timers
	odd="$T/a dir; touch \$(it's)"
	mkdir "$odd"
	conf siantre "BACKUP_DIR='$T/none'"
	printf 'BACKUP_DIR="%s/b"\n' "${odd//\$/\\\$}" >>"$T/etc/siantre/siantre.conf"
	expect_fail 78 "a nightly run would fail" checks
	command=$(mends "backup folder")
	on_host bash -ec "$command"
	[ "$(stat -c '%U %a' "$odd/b")" = "siantre-backup 700" ]
	[ -z "$(find . -maxdepth 1 -name 'it*')" ]
	checks >"$T/stdout" 2>&1 || true
	finding ok "backup folder" "$odd/b"
}
