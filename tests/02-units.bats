#!/usr/bin/env bats
# The units: what systemd says of them, when they run, and whether each job really does its work
# with no more rights, system calls, paths and network than its unit leaves it.
# shellcheck disable=SC2154,SC2016

load lib
load remotes

setup_file() {
	local parent=${TMPDIR:-/tmp}
	[ "$(id -u)" != 0 ] || parent=/srv
	UNITS=$(mktemp -d "$parent/siantre-units.XXXXXX")
	export UNITS
	chmod 0755 "$UNITS"
	# The tools need not be installed to look at the units.
	mkdir "$UNITS/systemd" "$UNITS/whole"
	cp "$ROOT"/systemd/siantre* "$UNITS/whole"
	"$ROOT/systemd/instances" "$UNITS/whole"
	for unit in "$UNITS"/whole/*; do
		sed 's#/usr/bin/siantre-[a-z]*#/bin/true#' "$unit" >"$UNITS/systemd/${unit##*/}"
	done
	export SYSTEMD_UNIT_PATH=$UNITS/systemd:
}

teardown_file() {
	T=$UNITS/place stop_far
	DB=$UNITS/place/db
	[ ! -d "$DB" ] || stop_db
	rm -rf "$UNITS"
}

# instance NAME: the file as an instance where it is a template.
instance() {
	case $1 in
	siantre-alert@.service) echo "$UNITS/systemd/siantre-alert@siantre-db@shop.service.service" ;;
	*) echo "$UNITS/systemd/${1/@./@shop.}" ;;
	esac
}

# security UNIT: its exposure in tenths.
security() {
	# The name has to be there as such: a template is looked at as an instance.
	mkdir -p "$T/instances"
	cp "$UNITS/systemd/$1" "$T/instances/${1/@./@shop.}"
	systemd-analyze security --offline=true --no-pager "$T/instances/${1/@./@shop.}" 2>/dev/null |
	    sed -n 's/.*exposure level for .*: \([0-9]*\)\.\([0-9]\) .*/\1\2/p' | sed 's/^0*\(.\)/\1/'
}

@test "systemd has nothing to say against the units, those of further applications neither" {
	local files=() name
	for name in "$UNITS"/systemd/*; do
		files+=("$(instance "${name##*/}")")
	done
	[ "$(systemd-analyze verify --man=no "${files[@]}" 2>&1)" = "" ]
	# Nor against the drop-ins that are examples, which say what to type.
	for name in remote-database backup-folder; do
		sed -n 's/^#   //p' "$ROOT/examples/$name.conf" |
		    sed "s|/usr/share/doc/siantre-backup|$ROOT|; s|/etc/systemd/system|$T/dropins|; s/^systemctl/true/" >"$T/command"
		bash -eu "$T/command"
		[ -s "$T/dropins/siantre-full.service.d/$name.conf" ]
	done
	[ "$(SYSTEMD_UNIT_PATH=$T/dropins:$UNITS/systemd: systemd-analyze verify --man=no "$UNITS"/systemd/siantre-{db,files,full,drill,verify}.service 2>&1)" = "" ]
	sed -i 's/^ReadWrite/Foo&/' "$T/dropins/siantre-verify.service.d/backup-folder.conf"
	[[ $(SYSTEMD_UNIT_PATH=$T/dropins:$UNITS/systemd: systemd-analyze verify --man=no "$UNITS/systemd/siantre-verify.service" 2>&1) == *FooReadWrite* ]]
	# It would say so.
	sed 's/^Nice=.*/Nice=much/' "$UNITS/systemd/siantre-db.service" >"$T/siantre-db.service"
	[[ $(SYSTEMD_UNIT_PATH=$T:$UNITS/systemd: systemd-analyze verify --man=no "$T/siantre-db.service" 2>&1) == *"nice priority"* ]]
}

@test "no unit lies more open than it has to" {
	local unit at
	for unit in check:10 files:10 verify:10 drill:10 db:16 full:16 ship:19; do
		for at in "" @; do
			echo "${unit%:*}$at: $(security "siantre-${unit%:*}$at.service")"
			[ "$(security "siantre-${unit%:*}$at.service")" -le "${unit#*:}" ]
		done
	done
	# A database elsewhere costs its network, and nothing else.
	cat "$UNITS/systemd/siantre-db.service" "$ROOT/examples/remote-database.conf" >"$UNITS/systemd/siantre-x.service"
	[ "$(security siantre-x.service)" -le 18 ]
	rm "$UNITS/systemd/siantre-x.service"
	lacks "^PrivateUsers=" "$UNITS"/whole/*
}

@test "every unit has a bound to its time, its place behind others, and someone who hears that it failed" {
	local unit file
	for file in "$UNITS"/whole/*.service; do
		unit=${file##*/siantre-}
		for line in '^Type=oneshot$' '^TimeoutStartSec=[0-9]*\(h\|min\)$' '^User=siantre-backup$' \
		    '^UMask=0077$' '^After=local-fs.target' '^LimitCORE=0$' '^StateDirectory=siantre\( siantre/%i\)\?$'; do
			grep -q "$line" "$file" || { echo "$unit: no $line" && return 1; }
		done
		case $unit in
		alert* | flush* | selftest*) continue ;;
		esac
		for line in '^OnFailure=siantre-alert@%n.service$' '^Nice=1[05]$' '^IOSchedulingClass=\(idle\|best-effort\)$' \
		    '^ProtectSystem=strict$' '^NoNewPrivileges=yes$' '^CapabilityBoundingSet=\(CAP_DAC_READ_SEARCH\)\?$'; do
			grep -q "$line" "$file" || { echo "$unit: no $line" && return 1; }
		done
		# A run that is made up for begins with the machine: the disks of the network first.
		grep -q '^After=local-fs.target remote-fs.target\( \|$\)' "$file" || { echo "$unit: not behind the disks" && return 1; }
		[ "${unit#check}" != "$unit" ] || grep -q '^KillMode=mixed$' "$file"
		! grep -q '^PrivateNetwork=yes$' "$file" || grep -qx 'RestrictAddressFamilies=AF_UNIX' "$file"
	done
	for file in "$UNITS"/whole/*.timer; do
		unit=${file##*/siantre-}
		grep -q '^RandomizedDelaySec=' "$file"
		grep -qx 'FixedRandomDelay=true' "$file"
		grep -qx 'WantedBy=timers.target' "$file"
		[ -e "${file%.timer}.service" ]
		# What comes again within the hour need not be made up for.
		[[ $unit == check* || $unit == alert* || $unit == flush* ]] || grep -qx 'Persistent=true' "$file"
	done
}

@test "a further application has all that the first one has, by one target" {
	local file wants
	wants=$(sed -n 's/^Wants=//p' "$ROOT/systemd/siantre@.target" | tr ' ' '\n' | sort)
	[ "$wants" = "$(cd "$UNITS/whole" && ls -- *@.timer | sed 's/@/@%i/' | sort)" ]
	[ "$(ls "$ROOT"/systemd/*.timer | wc -l)" = "$(ls "$UNITS"/whole/*@.timer | wc -l)" ]
	for file in "$UNITS"/whole/*@.timer; do
		grep -qx 'PartOf=siantre@%i.target' "$file"
	done
	for file in "$UNITS"/whole/*@.service; do
		[ "${file##*/}" != siantre-alert@.service ] || continue
		grep -qE '^ExecStart=/usr/bin/siantre-(run|alert [a-z]+) -c %i ' "$file"
		# Nothing of it starts, or writes to, what belongs to the first.
		grep -E '^(OnSuccess|ReadWritePaths)=' "$file" | grep -v '/node-exporter\|/var/log/' >"$T/others" || true
		[ "$(grep -cv '@%i\|/%i' "$T/others")" = 0 ]
	done
	# They take the option.
	expect_fail 78 "$T/none.conf: No such file or directory" siantre-run -c "$T/none.conf" --wait db
	for command in $(sed -n 's|^ExecStart=/usr/bin/siantre-alert \([a-z]*\) -c %i.*|\1|p' "$UNITS"/whole/*@.service); do
		expect_fail 78 "$T/none.conf: No such file or directory" siantre-alert "$command" -c "$T/none.conf"
	done
}

@test "a further application has its lines for cron by the command of siantre-run(1)" {
	local line
	mkdir "$T/cron.d"
	cp "$ROOT/cron.d/siantre-backup" "$T/cron.d"
	mandoc -T ascii "$ROOT/man/siantre-run.1" | sed 's|.\x08||g' | sed -n '/sed -e/,/siantre-shop$/p' |
	    sed "s|/etc/cron.d|$T/cron.d|g" >"$T/command"
	[ "$(wc -l <"$T/command")" = 3 ]
	bash -eu "$T/command"
	[ "$(grep -c '^[0-9*]' "$T/cron.d/siantre-shop")" = "$(grep -c '^[0-9*]' "$ROOT/cron.d/siantre-backup")" ]
	while read -r line; do
		bash -n -c "${line#* root }"
		[ "$(grep -oE 'siantre-(run|alert) [-a-z]+' <<<"$line" | wc -l)" = "$(grep -o -- '-c shop' <<<"$line" | wc -l)" ]
		[[ $line == *"-c shop"* ]]
	done < <(grep '^[0-9*]' "$T/cron.d/siantre-shop")
	grep -qF '/usr/bin/siantre-run -c shop --wait db; /usr/bin/siantre-run -c shop --wait ship; fi' "$T/cron.d/siantre-shop"
	grep -qF '/usr/bin/siantre-alert check -c shop -q 2>&1' "$T/cron.d/siantre-shop"
}

@test "that a unit of a further application failed is told by that one's configuration" {
	local folder
	need_root
	unshare --mount true 2>/dev/null || skip "no mount namespace to be had"
	# Where this build looks for configurations.
	folder=$(siantre-run --help | sed -n 's|.*-c, --config NAME *\(/.*\)/NAME.conf.*|\1|p')
	mkdir "$T/state" "$T/shop" "$T/none"
	chown siantre-backup: "$T/state" "$T/shop" "$T/none"
	printf '%s\n' "STATE_DIR=$T/state" "LOG_FILE=$T/log" >"$T/siantre.conf"
	printf '%s\n' "STATE_DIR=$T/shop" "LOG_FILE=$T/log" >"$T/shop.conf"
	unshare --mount --propagation private bash -euc '
		parent=${2%/*}
		mount -t tmpfs tmpfs "$parent"
		mkdir "$2"
		cp "$1"/*.conf "$2"
		export MONITOR_SERVICE_RESULT=oom-kill MONITOR_EXIT_CODE=killed MONITOR_EXIT_STATUS=KILL
		for unit in siantre-db@shop.service siantre-files@none.service siantre-full.service; do
			siantre-alert failed --queue --quiet "$unit"
		done' told "$T" "$folder"
	[ "$(jq -r '.job + " " + .message' "$T/shop/journal.jsonl")" = \
	    "db siantre-db@shop.service failed: oom-kill (killed, KILL), and its job could not tell of it" ]
	[ "$(jq -r .job "$T/state/journal.jsonl" | paste -sd ' ')" = "files full" ]
}

# cron_fields JOB: the fields of its line.
cron_fields() {
	grep -E "^[0-9*].*(--wait $1; |siantre-alert $1 )" "$ROOT/cron.d/siantre-backup" | head -n 1 | cut -d ' ' -f 1-5
}

@test "crontab lines and timers come at the same times, ten times from any day on" {
	local base zone job fields calendar zones='UTC Asia/Jakarta Europe/Berlin'
	[ "$STEP" = 1 ] || zones=Asia/Jakarta
	for job in db files full ship verify drill check flush test; do
		case $job in
		ship) fields='0 6 * * *' ;; # the others start it too
		*) fields=$(cron_fields "$job") ;;
		esac
		case $job in
		flush) unit=alert ;;
		test) unit=selftest ;;
		*) unit=$job ;;
		esac
		grep -qF "$fields root" "$ROOT/cron.d/siantre-backup"
		calendar=$(sed -n 's/^OnCalendar=//p' "$ROOT/systemd/siantre-$unit.timer")
		for zone in $zones; do
			# A leap day, the end of a year, a Sunday at the full hour, a timer's own second.
			for base in '2028-02-28 12:34:56' '2026-12-31 23:59:59' '2026-11-29 04:00:00' '2027-07-01 05:00:00'; do
				TZ=$zone systemd-analyze calendar --iterations=10 --base-time="$base" "$calendar" |
				    sed -n 's/.*\(Next elapse\|Iter. #[0-9]*\): //p' | cut -d ' ' -f 2,3 >"$T/systemd"
				TZ=$zone "$BUILD/crontab_times" "$fields" "$base" 10 >"$T/cron"
				[ "$(wc -l <"$T/cron")" = 10 ]
				diff "$T/systemd" "$T/cron" || { echo "$job, $zone, from $base" && return 1; }
			done
		done
	done
}

@test "no night is left out where summer time begins at the hour of a timer" {
	local unit timer calendar zone eve left_out=0 after
	while read -r zone eve; do
		for unit in db files ship; do
			timer=$ROOT/systemd/siantre-$unit.timer
			calendar=$(sed -n 's/^OnCalendar=//p' "$timer")
			TZ=$zone systemd-analyze calendar --iterations=2 --base-time="$eve 12:00:00" "$calendar" |
			    sed -n 's/.*\(Next elapse\|Iter. #[0-9]*\): //p' >"$T/nights"
			[ "$(wc -l <"$T/nights")" = 2 ]
			[ "$(cut -d ' ' -f 2 "$T/nights" | tail -n 1)" != "$(date -d "$eve 12:00 UTC + 2 days" -u +%F)" ] || continue
			left_out=$((left_out + 1))
			echo "siantre-$unit.timer, $zone:" && cat "$T/nights"
			# Behind the 25 hours of the day that summer time ends on, before it is too late (RPO and GRACE).
			after=$(sed -n 's/^OnUnitActiveSec=//p' "$timer")
			[ -n "$after" ]
			after=$(systemd-analyze timespan "$after" | sed -n 's/^ *\(μs\|us\): //p')
			[ "$after" -gt $((25 * 3600 * 1000000)) ]
			[ "$after" -lt $(((26 * 3600 - 1800) * 1000000)) ]
		done
	done <<-'ZONES'
		Europe/Berlin 2027-03-26
		America/New_York 2027-03-12
		Europe/Helsinki 2027-03-26
		Europe/London 2027-03-26
	ZONES
	# The hours of db and files are among those.
	[ "$left_out" -ge 3 ]
	# What comes once a week, or less often, has an hour that no zone leaves out.
	for unit in full verify drill selftest; do
		grep -qE '^OnCalendar=.* 0[4-9]:00:00$' "$ROOT/systemd/siantre-$unit.timer"
	done
}

# place: an application in $P, its database and a copy of the tools; made by the first test that
# wants it.  Not in /tmp, which is another one for most units.
place() {
	need_root
	[[ $BUILD != *-san ]] || skip "the sanitizers need what no unit allows"
	unshare --mount true 2>/dev/null || skip "no mount namespace to be had"
	P=$UNITS/place
	DB=$UNITS/place/db
	if [ -d "$P" ]; then
		rm -rf "$P"/{backup,state,log}/{,.}[!.]* "$P/x.conf"
	else
		make_place
	fi
	printf '%s\n' "APP_DIR=$P/app" "BACKUP_DIR=$P/backup" "STATE_DIR=$P/state" "LOG_FILE=$P/log/backup.log" \
	    "EXCLUDE_LIST=$P/exclude_list.txt" "WEB_CONFIG=$P/nginx" "DRILL_SQL=$P/drill.sql" >"$P/x.conf"
}

make_place() {
	mkdir -p "$P/bin" "$P/lib/siantre" "$P/backup" "$P/state" "$P/log" "$P/nginx"
	cp "$BUILD"/siantre-{run,dump,pack,verify,prune,ship,restore,status,alert} "$BUILD"/libsiantre-*.so "$BUILD/confined" "$P/bin"
	cp -r "$ROOT/tools/jobs" "$P/lib/siantre/jobs"
	cp "$ROOT/etc/exclude_list.txt" "$P"
	# Regular expressions are compiled to code where that may be run.
	printf '%s\n' '-- numbers' "SELECT COUNT(*) = 500 FROM queues WHERE number REGEXP '^(A|B)[0-9]{1,3}\$';" >"$P/drill.sql"
	install -m 4755 "$(command -v id)" "$P/bin/set-id"
	echo 'events {}' >"$P/nginx/nginx.conf"
	"$ROOT/tests/mariadbd" start "$DB"
	"$ROOT/tests/apptree" "$P/app" "DB_SOCKET=$DB/sock" DB_DATABASE=siantre DB_USERNAME=root
	chmod 0700 "$P/app" "$P/backup"
	new_db siantre
	sql "CREATE TABLE queues (id INT PRIMARY KEY, number VARCHAR(9)); INSERT INTO queues SELECT seq, CONCAT('A', seq) FROM seq_1_to_500;
	    CREATE VIEW waiting AS SELECT id FROM queues" siantre
	chown siantre-backup: "$P/backup" "$P/state" "$P/log"
}

teardown() {
	stop_far
	lib_teardown
}

# as_unit NAME: what its ExecStart= is, as it would be there.
as_unit() {
	local command
	command=$(sed -n "s|^ExecStart=/usr/bin/||p" "$ROOT/systemd/siantre-$1.service")
	case $command in
	siantre-run*) command="${command/ / -c $P/x.conf -v }" ;;
	siantre-alert*) command=$(sed "s|^\([^ ]* [a-z]*\)|\1 -c $P/x.conf|" <<<"$command") ;;
	esac
	# shellcheck disable=SC2086
	SIANTRE_BUILD=$P/bin "$ROOT/tests/in-unit" "$ROOT/systemd/siantre-$1.service" "$P" "$P/bin/"$command
}

@test "each job does its work under the limits of its unit" {
	place
	for unit in db files full verify drill check; do
		expect_ok as_unit "$unit"
	done
	# Where /etc/php is not there, `full` has a warning.
	[ "$(jq -r 'select(.event != "check") | .job + " " + .event + " " + .status' "$P/state/journal.jsonl" |
	    sed 's/^full run warn$/full run ok/' | paste -sd ,)" = \
	    "db run ok,files run ok,full run ok,verify verify ok,drill drill ok" ]
	# What belongs to www-data alone was read.
	set=$(ls -d "$P"/backup/2*/env_backup.env)
	cmp "$set" "$P/app/.env"
	[ -s "$P/state/dashboard.html" ]
	[ "$(stat -c '%U %a' "$P/state/journal.jsonl")" = "siantre-backup 640" ]
	expect_ok as_unit alert
}

@test "encrypted sets are made, read again and drilled under the limits of the units" {
	place
	command -v age >/dev/null || skip "age is not installed"
	age-keygen -o "$P/key" 2>/dev/null
	chmod 0600 "$P/key"
	printf '%s\n' "ENCRYPT_TO=$(age-keygen -y "$P/key")" "IDENTITY=$P/key" >>"$P/x.conf"
	for unit in db files verify drill; do
		expect_ok as_unit "$unit"
	done
	[ "$(jq -r '.job + " " + .status' "$P/state/journal.jsonl" | paste -sd ,)" = "db ok,files ok,verify ok,drill ok" ]
	rm "$P/key"
}

@test "outside of its unit's paths no job can write, and it has no other right than to read" {
	place
	for unit in db files full verify drill check ship; do
		caps=0000000000000000 reads=no writes=no network=no
		case $unit in db | files | full | drill) caps=0000000000000004 reads=yes ;; esac
		case $unit in db | files | full | drill | verify) writes=yes ;; esac
		case $unit in db | full | ship) network=yes ;; esac
		inside "$unit" '
			can() { "$@" >/dev/null 2>&1 && echo yes || echo no; }
			look() {
				[ "$2" = "$3" ] || { echo "$1: $2, not $3"; bad=1; }
			}
			bad=0
			for path in x.conf bin/x app/x; do
				look "$path" "$(can touch "$0/$path")" no
			done
			for path in /etc/x /usr/x /srv/x /var/x /root/x /home/x /run/x; do
				look "$path" "$(can touch "$path")" no
			done
			look state "$(can touch "$0/state/x")" yes
			look backup "$(can touch "$0/backup/x")" "$3"
			look .env "$(can cat "$0/app/.env")" "$2"
			look bounding "$(sed -n "s/^CapBnd:\s*//p" /proc/self/status)" "$1"
			look effective "$(sed -n "s/^CapEff:\s*//p" /proc/self/status)" "$1"
			look privileges "$(sed -n "s/^NoNewPrivs:\s*//p" /proc/self/status)" 1
			look chown "$(can chown 0 "$0/state/x")" no
			look unshare "$(can unshare --user true)" no
			look set-id "$("$0/bin/set-id" -u)" "$(id -u siantre-backup)"
			[ -z "$(ls -A /tmp)" ] || look /tmp full empty
			refused=no
			(exec 3<>/dev/tcp/127.0.0.1/1) 2>&1 | grep -q refused && refused=yes
			look network "$refused" "$4"
			exit "$bad"' "$caps" "$reads" "$writes" "$network"
	done
}

# inside UNIT SCRIPT [ARGUMENT]: bash runs it under the limits of the unit; $0 is the place.
inside() {
	SIANTRE_BUILD=$P/bin "$ROOT/tests/in-unit" "$ROOT/systemd/siantre-$1.service" "$P" /bin/bash -c "$2" "$P" "${@:3}" || {
		echo "$1: not as it should be" && return 1
	}
}

@test "what tells keeps the set-id of sendmail" {
	place
	for unit in alert alert@ selftest; do
		inside "$unit" '[ "$("$0/bin/set-id" -u)" = 0 ]'
	done
}

@test "copies go out under the limits of their unit: by rsync, ssh and rclone" {
	place
	T=$P start_rsyncd
	T=$P start_sshd
	T=$P start_webdav
	as_unit db
	printf '%s\n' "SHIP_TO='$RSYNCD_URL/backup/web1 ssh://root@127.0.0.1:$SSHD_PORT$SSHD/data/web1 rclone:dav:web1'" \
	    "SHIP_SSH_KEY=$SSHD/id" "SHIP_KNOWN_HOSTS=$SSHD/known_hosts" "SHIP_RCLONE_CONFIG=$RCLONE_CONFIG" >>"$P/x.conf"
	for to in $(sed -n "s/^SHIP_TO='\(.*\)'/\1/p" "$P/x.conf"); do
		siantre-ship -c "$P/x.conf" --create "$to"
	done
	expect_ok as_unit ship
	[ "$(jq -r 'select(.event == "ship").status' "$P/state/journal.jsonl" | paste -sd ' ')" = "ok ok ok" ]
}

@test "the watch of the examples may ask siantre-ship, once its network is let through" {
	place
	start_rsyncd
	printf '%s\n' "SHIP_TO='$RSYNCD_URL/backup/web1'" >>"$P/x.conf"
	as_unit db
	siantre-ship -c "$P/x.conf" --create "$RSYNCD_URL/backup/web1"
	expect_ok as_unit ship
	# What its last comment says to do (every family: as siantre-ship has them).
	sed -E '/^(PrivateNetwork|IPAddressDeny)=/d; s/^(RestrictAddressFamilies)=.*/\1=AF_UNIX AF_INET AF_INET6 AF_NETLINK/' "$ROOT/examples/siantre-watch.service" >"$P/watch.service"
	SIANTRE_BUILD=$P/bin "$ROOT/tests/in-unit" "$P/watch.service" "$P" \
	    "$P/bin/siantre-ship" --tries 1 --state "$P/state/watch" --list "$RSYNCD_URL/backup/web1" >"$T/listed"
	grep -q "$(basename "$(ls -d "$P"/backup/2*)").*verified" "$T/listed"
}
