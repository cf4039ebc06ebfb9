#!/usr/bin/env bats
# siantre-status for monitors and programs: Prometheus, Nagios, JSON; what it writes after a run;
# and that nothing in a name or a message gets out of its place.

load lib
load status

# Everything that can be known: sets, a journal of weeks, a drill, copies, who is responsible.
rich() {
	local i APPLICATION=antrian # for make_set
	: "$APPLICATION"
	mkdir -p "$T/state/drills" "$T/copies"
	cat >"$T/app.conf" <<-END
		APP_NAME=antrian
		BACKUP_DIR=$T/backup
		STATE_DIR=$T/state
		LOG_FILE=$T/log
		SHIP_TO=$T/copies
		LANGUAGE=en
		CONTACT_PRIMARY="Siti Rahma <siti@dinas.example> 0812-3456-7890"
		CONTACT_EMERGENCY=vendor
		MAIL=none
		NOTIFY_ALSO=ntfy
		$(printf '%s\n' "$@")
	END
	for i in 20 15 12 9 6 3 2 1; do
		make_set db "${i}days" structure
		run_event db ok 0 "${i}days" "$SET" 2048 $((100000000000 - (30 - i) * 1000000000))
	done
	make_set db 3hours drill 20480
	run_event db ok 0 3hours "$SET" 20480 70000000000
	make_set files 2hours structure
	make_set full 3days sealed
	event files fail 65 26hours "no end mark"
	mv "$T/journal" "$T/state/journal.jsonl"
	cat >"$T/state/drills/drill_20261001_050000.json" <<-END
		{"format": 1, "time": "$(moment 30days)", "application": "antrian", "host": "web1",
		 "server": "10.11.19-MariaDB", "result": "missed", "exit": 1, "seconds": 321.5,
		 "steps": [
		  {"job": "db", "set": "20261001_020000", "what": "load db_backup.sql.gz",
		   "result": "ok", "exit": 0, "seconds": 41.2, "detail": null}],
		 "goals": [
		  {"kind": "RTO", "name": "critical", "what": "the database alone",
		   "result": "ok", "seconds": 44.7, "limit": 1800, "detail": null},
		  {"kind": "RTO", "name": "normal", "what": "the database and the files",
		   "result": "missed", "seconds": 9000, "limit": 7200, "detail": null},
		  {"kind": "RPO", "name": "application", "what": "git",
		   "result": "none", "seconds": null, "limit": 3600, "detail": "no git"}]}
	END
	# One of a clock that was wrong, an older one, and what is none.
	sed "s/$(moment 30days)/2099-01-01T00:00:00Z/; s/missed/ok/g" "$T/state/drills/drill_20261001_050000.json" \
	    >"$T/state/drills/drill_20990101_000000.json"
	echo '{' >"$T/state/drills/drill_20260701_050000.json"
	echo '{' >"$T/state/drills/drill_20991001_050000.json.tmp"
	# As root siantre-ship becomes another.
	[ "$(id -u)" != 0 ] || chown -R siantre-backup "$T/backup" "$T/state" "$T/copies"
}

# run_event JOB STATUS EXIT AGO SET BYTES FREE: as siantre-run writes it.
run_event() {
	jq -nc --arg time "$(moment "$4")" --arg job "$1" --arg status "$2" --argjson exit "$3" \
	    --arg set "$5" --argjson bytes "$6" --argjson free "$7" '{time: $time, host: "web1",
	    job: $job, event: "run", status: $status, exit: $exit, seconds: 41.2, bytes: $bytes,
	    set: $set, message: "done", free: $free}' >>"$T/journal"
}

promtool() {
	local tool
	tool=$("$ROOT/tests/prometheus/install" --where)
	[ -x "$tool" ] || skip "no promtool: tests/prometheus/install fetches it"
	"$tool" "$@"
}

# told OPTION...: what siantre-status says of the application, in $T/stdout.
told() {
	expect_ok siantre-status -c "$T/app.conf" "$@"
	cat "$T/stderr"
	[ ! -s "$T/stderr" ]
}

# gauge NAME{LABELS}: its value in $T/stdout.
gauge() {
	grep -F "siantre_$1 " "$T/stdout" | cut -d' ' -f2
}

# well_formed FILE: every line is of the exposition format, gauges alone, no series twice.
well_formed() {
	# One sample: a name, labels, a number, and no timestamp.
	local label='[a-z_]+="([^"\\]|\\[\\n"])*"'
	[ "$(grep -cvE '^# (HELP|TYPE) siantre_[a-z_]+ ' "$1")" = \
	    "$(grep -cE "^siantre_[a-z_]+\{$label(,$label)*\} -?[0-9.e+]+\$" "$1")" ]
	[ -z "$(grep -v '^#' "$1" | sed 's/ [^ ]*$//' | sort | uniq -d)" ]
	[ -z "$(grep '^# TYPE' "$1" | grep -v ' gauge$')" ]
	[ -z "$(grep '^# TYPE' "$1" | sort | uniq -d)" ]
	iconv -f UTF-8 -t UTF-8 "$1" >/dev/null
}

@test "Prometheus: lint-clean, gauges alone, and the numbers are those of --json" {
	rich
	expect_ok siantre-ship -q -c "$T/app.conf" --create "$T/copies"
	expect_ok siantre-ship -q -c "$T/app.conf"
	told --format=prometheus
	well_formed "$T/stdout"
	promtool check metrics <"$T/stdout" >"$T/lint" 2>&1
	cat "$T/lint"
	[ ! -s "$T/lint" ]
	cp "$T/stdout" "$T/prom"
	told --json
	cp "$T/stdout" "$T/json"
	cp "$T/prom" "$T/stdout"
	local a='application="antrian"'
	is() { [ "$(gauge "$1")" = "$(jq -r "$2" "$T/json")" ] || { echo "$1 is not $2"; return 1; }; }
	is "backup_size_bytes{$a,backup=\"db\"}" '.jobs[0].newest.bytes'
	is "backup_sets{$a,backup=\"db\"}" '.jobs[0].sets'
	is "backup_verified_sets{$a,backup=\"full\"}" '.jobs[2].verified'
	is "backup_start_timestamp_seconds{$a,backup=\"files\"}" '.jobs[1].newest.time | fromdate'
	is "run_next_timestamp_seconds{$a,backup=\"full\"}" '.jobs[2].next | fromdate'
	is "backup_limit_seconds{$a,backup=\"full\"}" '.jobs[2].rpo'
	is "run_success{$a,backup=\"files\"}" '.jobs[1].run | if .status == "fail" then 0 else 1 end'
	is "run_duration_seconds{$a,backup=\"db\"}" '.jobs[0].run.seconds'
	is "drill_goal_seconds{$a,kind=\"RTO\",name=\"normal\"}" '.drill.goals[1].seconds'
	is "drill_goal_limit_seconds{$a,kind=\"RPO\",name=\"application\"}" '.drill.goals[2].limit'
	is "drill_due_timestamp_seconds{$a}" '.drill.due | fromdate'
	is "copy_sets{$a,place=\"$T/copies\"}" '.copies[0].sets'
	is "copy_missing_sets{$a,place=\"$T/copies\"}" '.copies[0].missing'
	is "copy_newest_timestamp_seconds{$a,place=\"$T/copies\"}" '.copies[0].newest_time | fromdate'
	[ "$(gauge "drill_success{$a}")" = 0 ]
	[ "$(gauge "health{$a}")" = 1 ]
	# What was not measured has no line.
	[ -z "$(gauge "drill_goal_seconds{$a,kind=\"RPO\",name=\"application\"}")" ]
	[ "$(gauge "copy_known{$a,place=\"$T/copies\"}")" = 1 ]

	# A place that is named twice is one; of one that was never reached there is nothing else.
	sed -i "s,^SHIP_TO=.*,SHIP_TO=\"$T/copies $T/none $T/copies\"," "$T/app.conf"
	told --format=prometheus
	well_formed "$T/stdout"
	[ "$(gauge "copy_known{$a,place=\"$T/copies\"}")" = 1 ]
	[ "$(gauge "copy_known{$a,place=\"$T/none\"}")" = 0 ]
	[ -z "$(gauge "copy_behind_seconds{$a,place=\"$T/none\"}")" ]
	told --json
	json "[.copies[].place] == [\"$T/copies\", \"$T/none\"]"
}

@test "copies: what is not kept there is not missing, neither here nor for siantre-alert" {
	rich "SHIP_KEEP=within=5d"
	expect_ok siantre-ship -q -c "$T/app.conf" --create "$T/copies"
	told --json
	# Of the nine of db 3 hours, 1, 2 and 3 days old; those of files and full.
	json '.copies[0] | .sets == 0 and .missing == 6'
	# A proof outlives the file that it is of, and siantre-ship sends no such set.
	mv "$FOLDER/data.bin" "$T/aside"
	siantre-status -c "$T/app.conf" --json >"$T/stdout"
	json '.copies[0].missing == 5'
	mv "$T/aside" "$FOLDER/data.bin"
	expect_ok siantre-ship -q -c "$T/app.conf"
	told --json
	json '.copies[0] | .sets == 6 and .missing == 0 and .behind == 0'
	json '[.warnings[] | select(startswith("copies"))] == []'
	newest=$(jq -r '.copies[0].newest' "$T/stdout")
	siantre-alert check -v -c "$T/app.conf" >"$T/stdout" || : # it has more to say
	grep -qE "^ok +$T/copies: 6 of 11 sets are proven there" "$T/stdout"
	# How fresh the place is, only what is whole can say.
	mv "$T/backup/$newest" "$T/aside"
	echo more >>"$T/copies/$newest/data.bin"
	expect_fail 65 "$newest is damaged there, and not here any more" siantre-ship -q -c "$T/app.conf" --check all
	told --json
	json ".copies[0] | .damaged == 1 and .sets == 6 and .newest < \"$newest\""
	mv "$T/aside" "$T/backup/$newest"
}

@test "Prometheus: the alert rules fire when they should, and not before" {
	cp "$ROOT/examples/siantre.rules.yml" "$ROOT/tests/prometheus/rules.yml" "$T"
	cd "$T"
	promtool check rules siantre.rules.yml
	promtool test rules rules.yml
	# A rule that nothing can make fire is seen: every name in them is one that is written.
	rich
	told --format=prometheus
	local name
	for name in $(grep -oE 'siantre_[a-z_]+' "$T/siantre.rules.yml" | sort -u); do
		grep -q "^# TYPE $name gauge" "$T/stdout" || { echo "nobody writes $name"; return 1; }
	done
}

@test "--write: both files, whole, for those who may read them; and as often as one likes" {
	local first
	rich "PROMETHEUS_FILE=$T/node/siantre.prom" "DASHBOARD=$T/web/index.html"
	mkdir "$T/node" "$T/web"
	chmod 0777 "$T/node" "$T/web" "$T/state" "$T/state/drills"
	chmod -R a+rX "$T/backup" "$T/state"
	expect_ok siantre-status --write -c "$T/app.conf"
	[ "$(cat "$T/stdout")" = "$T/web/index.html
$T/node/siantre.prom" ]
	[ "$(stat -c %a "$T/web/index.html")" = 640 ]
	[ "$(stat -c %a "$T/node/siantre.prom")" = 644 ]
	well_formed "$T/node/siantre.prom"
	first=$(stat -c %i "$T/node/siantre.prom")
	expect_ok siantre-status --write -q -c "$T/app.conf"
	[ ! -s "$T/stdout" ]
	[ ! -s "$T/stderr" ]
	[ "$(stat -c %i "$T/node/siantre.prom")" != "$first" ]
	[ "$(ls -A "$T/node")" = siantre.prom ]
	[ "$(ls -A "$T/web")" = index.html ]

	# One that cannot be written keeps back no other, and stays as it was.
	rm -r "$T/web"
	rm "$T/node/siantre.prom"
	expect_fail 73 "$T/web" siantre-status --write -c "$T/app.conf"
	[ -s "$T/node/siantre.prom" ]
}

@test "--write: as root the files are the nightly user's" {
	[ "$(id -u)" = 0 ] || skip "only root becomes another"
	rich "PROMETHEUS_FILE=$T/node/siantre.prom" "DASHBOARD=$T/web/index.html"
	mkdir "$T/node" "$T/web"
	chmod 0777 "$T/node" "$T/web"
	chmod -R a+rX "$T"
	expect_ok siantre-status --write -q -c "$T/app.conf"
	[ "$(stat -c %U "$T/web/index.html" "$T/node/siantre.prom")" = "siantre-backup
siantre-backup" ]
}

@test "--write: where neither is wanted nothing is written" {
	rich "DASHBOARD="
	chmod -R a+rX "$T"
	expect_ok siantre-status --write -c "$T/app.conf"
	[ ! -s "$T/stdout" ]
}

# nagios CODE LINE: the plugin's code and, as a pattern, its line.
nagios() {
	local code=$1 line=$2 got=0
	siantre-status -c "$T/app.conf" --format=nagios >"$T/stdout" 2>"$T/stderr" || got=$?
	cat "$T/stdout" "$T/stderr"
	[ "$got" = "$code" ]
	[ "$(wc -l <"$T/stdout")" = 1 ]
	grep -qE -- "$line" "$T/stdout"
}

@test "Nagios: one line, figures that a monitor reads, codes 0 to 3" {
	rich
	rm -r "$T/state/drills"
	# The last run of files failed; its sets are young.
	nagios 1 '^SIANTRE WARNING - every backup is fresh, but [a-z0-9]+ things? needs? a look: '
	# 'label'=value[UOM];[warn];[crit];[min];[max], with blanks between.
	local figure="'[^'=|]+'=[0-9]+(s|B)?(;[0-9]*){0,4}"
	cut -d'|' -f2- "$T/stdout" | grep -qE "^( $figure)+\$"
	grep -qE "'age_db'=1[0-9]{4}s;86400;93600;0 'size_db'=20480B" "$T/stdout"
	grep -qE "'age_full'=[0-9]+s;604800;612000;0" "$T/stdout"

	: >"$T/state/journal.jsonl"
	sed -i '/SHIP_TO/d' "$T/app.conf"
	nagios 0 '^SIANTRE OK - every backup is fresh and verified \| '
	mv "$T/backup" "$T/old"
	mkdir "$T/backup"
	nagios 2 '^SIANTRE CRITICAL - db, files without a verified backup \| '
	APPLICATION=antrian make_set db 27hours structure
	APPLICATION=antrian make_set files 1hours structure
	nagios 2 '^SIANTRE CRITICAL - db overdue \| '
	rm -r "$T/backup"
	nagios 3 '^SIANTRE UNKNOWN - '
	grep -q "$T/backup" "$T/stderr"
	echo 'RPO=never' >>"$T/app.conf"
	nagios 3 '^SIANTRE UNKNOWN - '
}

@test "JSON: every key is there, and each stands in the manual" {
	rich
	expect_ok siantre-ship -q -c "$T/app.conf" --create "$T/copies"
	told --json
	local key
	for key in $(jq -r '[paths | map(select(type == "string"))[]] | unique[]' "$T/stdout"); do
		grep -qE "^\.(It |Pq )?Sy .*\b$key\b" "$ROOT/man/siantre-status.1" ||
		    { echo "the manual lacks $key"; return 1; }
	done
	json '.health == "warn" and (.reason | startswith("every backup is fresh, but "))'
	json '.host != "" and .last.job == "files" and (.next.job | IN("db", "files", "full"))'
	json '.jobs[0].days | length == 30 and .[29] != "before"'
	json '.jobs[0].points | length == 9 and .[8].odd and .[8].change == 9 and .[7].odd == false'
	json '.jobs[0].points[0].change == null and .jobs[0].points[1].change == 0'
	json '.jobs[2].newest.sealed and (.jobs[0].newest.sealed | not)'
	# One a day: in the night, three hours ago was the day of yesterday's.
	local days
	days=$(for ago in {20,15,12,9,6,3,2,1}days 3hours; do date -d "$ago ago" +%F; done | sort -u | wc -l)
	json ".disk.free > 0 and .disk.total >= .disk.free and (.disk.points | length == $days)"
	json '.copies | length == 1 and .[0].known and .[0].sets == 0 and .[0].missing == 11'
	json '.drill.result == "missed" and .drill.report == "drill_20261001_050000"'
	json '.drill.steps[0].what == "load db_backup.sql.gz" and .drill.goals[2].seconds == null'
	json '.contacts == [{role: "primary", contact: "Siti Rahma <siti@dinas.example> 0812-3456-7890"},
	    {role: "emergency", contact: "vendor"}]'
	json '.channels == [{channel: "ntfy", tested: null, ok: null}]'
	json '.incidents == [] and (.runs | length == 10) and .runs[0].event == "run"'
	json '[.warnings[] | select(startswith("copies: ") or startswith("drill: "))] | length == 2'
	# Without a configuration: what the sets and the journal say.
	expect_ok siantre-status --json -d "$T/backup" "$T/state/journal.jsonl"
	json '.drill == null and .copies == [] and .contacts == [] and (.runs | length == 10)'
}

@test "text: five seconds for what matters, the rest below" {
	rich
	expect_ok siantre-ship -q -c "$T/app.conf" --create "$T/copies"
	expect_ok siantre-ship -q -c "$T/app.conf"
	told
	cat "$T/stdout"
	head -n 1 "$T/stdout" | grep -qE '^antrian: every backup is fresh, but [0-9]+ things need a look$'
	says "last: files [0-9_]{15}, 2 h( [0-9]+ min)? ago"
	says "next: (db|files|full), [0-9-]{10} 0[234]:00"
	says "disk: [0-9.]+ [KMGT]iB free of [0-9.]+ [KMGT]iB.*"
	says "copies: $T/copies: 11 sets, the newest [0-9_]{15}, proven [0-9-]+ [0-9:]+, missing 0"
	says "drill: [0-9-]{10} [0-9:]{5}: missed; the next by [0-9-]{10} [0-9:]{5}"
	says " RTO critical: 44.7 s of 30 min"
	says " RTO normal: 2 h 30 min of 2 h"
	says "responsible: Siti Rahma <siti@dinas.example> 0812-3456-7890, vendor"
	says "warning: drill: the last one did not keep what was promised"
	grep -qE '^db {7}[ +o.X!]{29}\+$|^db {7}[ +o.X!]{29}\.$' "$T/stdout"
	sed -i 's/LANGUAGE=en/LANGUAGE=id/' "$T/app.conf"
	export SIANTRE_LOCALEDIR=$BUILD/locale
	told
	head -n 1 "$T/stdout" | grep -qE '^antrian: semua cadangan baru, tetapi [0-9]+ hal perlu dilihat$'
	says "terakhir: files [0-9_]{15}, 2 jam( [0-9]+ mnt)? lalu"
	says "latihan: [0-9-]{10} [0-9:]{5}: missed; berikutnya paling lambat .*"
	# What programs read stays as it is.
	told --json
	json '.reason | startswith("every backup is fresh, but ")'
	nagios 1 '^SIANTRE WARNING - every backup is fresh'
	# So does what went wrong, the words of the system with it.
	echo DASHBOARD=/proc/none/page.html >>"$T/app.conf"
	expect_fail 73 'create /proc/none/page.html: No such file or directory' siantre-status -c "$T/app.conf" --write
}

@test "open incidents are told, until they are over" {
	command -v siantre-alert >/dev/null || skip "no siantre-alert"
	rich
	jq -nc --arg time "$(moment 1hours)" '{time: $time, host: "web1", job: "db",
	    event: "check", status: "fail", exit: 1, what: "age", message: "too old"}' |
	    siantre-alert --queue -c "$T/app.conf"
	told --json
	json '.incidents | length == 1 and .[0].job == "db" and .[0].what == "age" and
	    .[0].level == "fail" and .[0].acknowledged == null'
	told
	grep -q '^incident: 1 since .*, not acknowledged: too old' "$T/stdout"
	told --format=prometheus
	[ "$(gauge 'incidents_open{application="antrian",level="fail"}')" = 1 ]
	rm -r "$T/state/drills"
	: >"$T/state/journal.jsonl"
	sed -i '/SHIP_TO/d' "$T/app.conf"
	nagios 1 '^SIANTRE WARNING - every backup is fresh, but one thing needs a look: too old \| '
	# When messages are sent, the page is written: it names what is open.
	[ ! -e "$T/state/dashboard.html" ]
	siantre-alert flush -c "$T/app.conf" || : # nobody answers at ntfy
	grep -q 'too old' "$T/state/dashboard.html"
	expect_ok siantre-alert ack all -c "$T/app.conf"
	told --json
	json '.incidents[0].acknowledged != null'
}

@test "hostile names and messages stay in their places" {
	local long evil=$'<script>alert(1)</script>\e[31m\u202egnp.exe\u200b\x07 | \'a=b\' "q" \\ & \n# TYPE x gauge\nsiantre_x 1'
	long=$(head -c 10240 /dev/zero | tr '\0' A)
	rich
	{
		cat "$T/state/journal.jsonl"
		jq -nc --arg t "$(moment 1hours)" --arg evil "$evil" '{time: $t, host: $evil,
		    job: $evil, event: "run", status: "fail", exit: 1, message: $evil}'
		jq -nc --arg t "$(moment 1hours)" --arg long "$long" '{time: $t, job: $long,
		    event: "run", status: "ok", exit: 0, message: $long, set: $long, bytes: 1}'
		jq -nc --arg t "$(moment 1hours)" --arg long "${long}B" '{time: $t, job: $long,
		    event: "run", status: "fail", exit: 1, message: $long}'
		jq -nc --arg t "$(moment 1hours)" --arg evil "$evil" '{time: $t, job: "",
		    event: $evil, status: "fail", exit: 1}'
	} >"$T/journal"
	mv "$T/journal" "$T/state/journal.jsonl"

	told
	lacks $'\e' "$T/stdout"
	lacks $'\u202e' "$T/stdout"
	lacks $'\u200b' "$T/stdout"
	lacks '^siantre_x' "$T/stdout"
	grep -qF '<script>alert(1)</script>\033[31m\342\200\256gnp.exe' "$T/stdout"
	[ "$(wc -L <"$T/stdout")" -lt 1500 ]
	told --json
	jq -e --arg evil "$evil" 'any(.runs[]; .message == $evil)' "$T/stdout" >/dev/null
	jq -e --arg long "$long" 'any(.runs[]; .message == $long)' "$T/stdout" >/dev/null
	lacks $'\e' "$T/stdout"
	told --format=prometheus
	well_formed "$T/stdout"
	promtool check metrics <"$T/stdout" >"$T/lint" 2>&1
	[ ! -s "$T/lint" ]
	lacks '^siantre_x' "$T/stdout"
	# Nothing but that job is left to name.
	sed -i '/SHIP_TO/d' "$T/app.conf"
	rm -r "$T/state/drills"
	jq -c --arg evil "$evil" 'select(.job == $evil)' "$T/state/journal.jsonl" >"$T/journal"
	mv "$T/journal" "$T/state/journal.jsonl"
	nagios 1 '^SIANTRE WARNING - every backup is fresh, but one thing needs a look: <script>'
	[ "$(tr -cd '|' <"$T/stdout")" = '|' ]
	local figure="'[^'=|]+'=[0-9]+(s|B)?(;[0-9]*){0,4}"
	cut -d'|' -f2- "$T/stdout" | grep -qE "^( $figure)+\$"
}

@test "a journal with two writers and garbage in between loses nothing" {
	local i
	make_set db 1hours structure
	make_set files 70minutes structure
	(for i in {1..150}; do event db ok 0 1hours "db $i"; done) &
	(for i in {1..150}; do event files ok 0 1hours "files $i"; done)
	wait
	sed -i '100i not an event' "$T/journal"
	printf '{"time":"2026-11-2' >>"$T/journal"
	status --json
	json '.journal == {path: "'"$T/journal"'", events: 300, garbage: 1, torn: true}'
	json '.jobs[0].run.message == "db 150" and .jobs[1].run.message == "files 150"'
}

@test "the hours are those of the cron lines and of the timers" {
	local hours=$T/hours unit
	# minute hour day month weekday job, as lib/set/schedule.c has them.
	sed -n 's/^    "\(.*\)",$/\1/p' "$ROOT/lib/set/schedule.c" | sort >"$hours"
	[ "$(wc -l <"$hours")" -ge 5 ]
	sed -nE 's,^([^#]* .* .* .* .*) root if .*; then /usr/bin/siantre-run --wait ([a-z]+);.*,\1 \2,p' \
	    "$ROOT/cron.d/siantre-backup" | sort | diff - "$hours"
	while read -r m h d mo w job; do
		unit=$ROOT/systemd/siantre-$job.timer
		case "$d $mo $w" in
		'* * *') want=$(printf '*-*-* %02d:%02d:00' "$h" "$m") ;;
		'* * 0') want=$(printf 'Sun *-*-* %02d:%02d:00' "$h" "$m") ;;
		'* * 6') want=$(printf 'Sat *-*-* %02d:%02d:00' "$h" "$m") ;;
		'1 1,4,7,10 *') want=$(printf '*-01,04,07,10-01 %02d:%02d:00' "$h" "$m") ;;
		esac
		grep -qxF "OnCalendar=$want" "$unit"
	done <"$hours"
}

# job_conf: a configuration whose job "mine" needs nothing.
job_conf() {
	mkdir -p "$T/jobs" "$T/state" "$T/app"
	cat >"$T/jobs/mine" <<-'END'
		#!/bin/bash
		[ ! -e "$SIANTRE_STATE_DIR/fail" ] || exit 1
		echo data >data.txt
	END
	chmod 0755 "$T/jobs/mine"
	chmod 0777 "$T/backup" "$T/state"
	rm "$T/journal"
	cat >"$T/app.conf" <<-END
		APP_NAME=antrian
		APP_DIR=$T/app
		BACKUP_DIR=$T/backup
		STATE_DIR=$T/state
		LOG_FILE=$T/state/log
		PROMETHEUS_FILE=$T/state/siantre.prom
		$(printf '%s\n' "$@")
	END
}

@test "a run has page and figures written anew, however it ends" {
	job_conf
	expect_ok siantre-run -c "$T/app.conf" --jobs "$T/jobs" mine
	[ -s "$T/state/dashboard.html" ]
	grep -q '^siantre_run_success{application="antrian",backup="mine"} 1$' "$T/state/siantre.prom"
	# The journal knows how much room there was.
	tail -n 1 "$T/state/journal.jsonl" | jq -e '.free > 0 and (keys_unsorted | last == "free")'
	touch "$T/state/fail"
	expect_fail 1 "no set was made" siantre-run -c "$T/app.conf" --jobs "$T/jobs" mine
	grep -q '^siantre_run_success{application="antrian",backup="mine"} 0$' "$T/state/siantre.prom"
	tail -n 1 "$T/state/journal.jsonl" | jq -e '.status == "fail" and .free > 0'
}

@test "a page that cannot be written is said, and changes no run" {
	job_conf "DASHBOARD=$T/none/index.html"
	expect_ok siantre-run -c "$T/app.conf" --jobs "$T/jobs" mine
	[ "$(wc -l <"$T/stdout")" = 1 ]
	grep -qF "$T/none" "$T/stderr"
	grep -qF "siantre-status --write ended 73" "$T/stderr"
	[ -s "$T/state/siantre.prom" ]
	# From a timer it is said in the log alone.
	expect_ok siantre-run --wait -c "$T/app.conf" --jobs "$T/jobs" mine
	[ ! -s "$T/stderr" ]
	[ "$(grep -c 'siantre-status --write ended 73' "$T/state/log")" = 2 ]
	tail -n 1 "$T/state/journal.jsonl" | jq -e '.status == "ok"'
}

@test "a disk that is gone is on the page, which is not that of yesterday" {
	job_conf
	APPLICATION=antrian make_set db 3hours structure
	APPLICATION=antrian make_set files 2hours structure
	chmod -R a+rX "$T/backup"
	export SIANTRE_NOW
	SIANTRE_NOW=$(date +%s)
	expect_ok siantre-run -c "$T/app.conf" --jobs "$T/jobs" mine
	grep -qF "Every backup is fresh" "$T/state/dashboard.html"
	mv "$T/backup" "$T/gone"
	ln -s "$T/unplugged/backup" "$T/backup"
	SIANTRE_NOW=$((SIANTRE_NOW + 60))
	expect_fail 73 "no set was made" siantre-run -c "$T/app.conf" --jobs "$T/jobs" mine
	grep -qF "<h1>The backups cannot be read.</h1>" "$T/state/dashboard.html"
	grep -qF "datetime=\"$(date -u -d "@$SIANTRE_NOW" +%Y-%m-%dT%H:%M:%SZ)\" data-fact=\"time\"" \
	    "$T/state/dashboard.html"
	lacks "Every backup is fresh\|There is no verified set\|No backup yet" "$T/state/dashboard.html"
	grep -q '^siantre_health{application="antrian"} 2$' "$T/state/siantre.prom"
	grep -q '^siantre_run_success{application="antrian",backup="mine"} 0$' "$T/state/siantre.prom"
	# Whoever asks hears that it could not be said.
	expect_fail 74 "$T/backup" siantre-status -c "$T/app.conf"

	# Not mounted is gone too, whatever lies below the mount point.
	rm "$T/backup"
	mv "$T/gone" "$T/backup"
	expect_ok siantre-status --write -c "$T/app.conf"
	grep -qF "Every backup is fresh" "$T/state/dashboard.html"
	echo "BACKUP_MOUNT=$T/backup" >>"$T/app.conf"
	expect_ok siantre-status --write -c "$T/app.conf"
	said "siantre-status: mount point $T/backup: nothing is mounted there"
	grep -qF "<h1>The backups cannot be read.</h1>" "$T/state/dashboard.html"
	expect_fail 74 "nothing is mounted there" siantre-status -c "$T/app.conf" --json
}

@test "a page that takes long to write keeps no other run from its lock" {
	job_conf
	chmod 0777 "$T"
	mkdir "$T/bin"
	cp "$BUILD"/siantre-{run,verify,prune} "$BUILD"/libsiantre-*.so "$T/bin"
	cat >"$T/bin/siantre-status" <<-END
		#!/bin/sh
		flock -n $T/state/antrian.lock true && echo free >>$T/said || echo held >>$T/said
		ls -A $T/backup/.partial >>$T/left
	END
	chmod 0755 "$T/bin/siantre-status"
	touch "$T/said" "$T/left"
	chmod 0666 "$T/said" "$T/left"
	expect_ok "$T/bin/siantre-run" -c "$T/app.conf" --jobs "$T/jobs" mine
	[ "$(cat "$T/said")" = free ]
	[ -d "$(cat "$T/stdout")" ]
	touch "$T/state/fail"
	expect_fail 1 "no set was made" "$T/bin/siantre-run" -c "$T/app.conf" --jobs "$T/jobs" mine
	[ "$(tail -n 1 "$T/said")" = free ]
	[ ! -s "$T/left" ]

	# One that hangs is ended, by force where it does not listen, and changes no run.
	rm "$T/state/fail"
	printf '#!/bin/sh\ntrap "" TERM\nsleep 60\n' >"$T/bin/siantre-status"
	cat >"$T/bin/timeout" <<-END
		#!/bin/sh
		echo "\$1 \$2" >>$T/said
		shift 2
		exec /usr/bin/timeout -k 0.5 0.5 "\$@"
	END
	chmod 0755 "$T/bin/timeout"
	expect_ok "$T/bin/siantre-run" -c "$T/app.conf" --jobs "$T/jobs" mine
	[ "$(tail -n 1 "$T/said")" = "--kill-after=10s 10m" ]
	grep -qF "siantre-status --write ended 137" "$T/stderr"
}

@test "check-config says where page and figures cannot be written, and what mends it" {
	job_conf "DASHBOARD=$T/none/index.html"
	sed -i "s,^PROMETHEUS_FILE=.*,PROMETHEUS_FILE=$T/locked/siantre.prom," "$T/app.conf"
	mkdir -m 0755 "$T/locked"
	siantre-run -c "$T/app.conf" --jobs "$T/jobs" --json check-config >"$T/stdout" || :
	found() {
		jq -e --arg a "$1" --arg b "$2" --arg c "$3" 'any(.[]; .level == $a and
		    (.text | contains($b)) and (.command // "" | contains($c)))' "$T/stdout" >/dev/null ||
		    { cat "$T/stdout"; return 1; }
	}
	found warn "DASHBOARD=$T/none/index.html: $T/none: No such file" "install -d -o siantre-backup $T/none"
	if [ "$(id -u)" = 0 ]; then
		found warn "PROMETHEUS_FILE=$T/locked/siantre.prom: $T/locked: Permission denied" \
		    "setfacl -m u:siantre-backup:rwx $T/locked"
		chown siantre-backup "$T/locked"
	fi
	siantre-run -c "$T/app.conf" --jobs "$T/jobs" --json check-config >"$T/stdout" || :
	found ok "PROMETHEUS_FILE=$T/locked/siantre.prom" ""
}

@test "usage errors of formats name the option and end 64" {
	expect_fail 64 "--format=xml: not one of text, json, prometheus, nagios, html" siantre-status --format=xml
	expect_fail 64 "--quiet is for text" siantre-status --format=nagios -q
	expect_fail 64 "--write takes no format" siantre-status --write --json
	expect_fail 64 "--write takes no format" siantre-status --write -d "$T"
	expect_fail 64 "--write takes no format" siantre-status --write "$T/journal"
}
