#!/usr/bin/env bats
# siantre-alert check: what is promised, looked at from what lies on the disk; a made-up clock
# (SIANTRE_NOW) lets the days pass.
load lib
load check

setup() {
	check_setup
}

@test "a server on its first days: silence until the time is over, then an alarm for each job" {
	check
	is db age ""
	later 25:59:00
	check
	is db age ""
	grep -q "all is well" "$T/stdout"
	later 00:02:00
	check
	grep -qx "fail    db: there is no verified backup" "$T/stdout"
	grep -qx "fail    files: there is no verified backup" "$T/stdout"
	is db age fail
	is files age fail
	is full age ""
	# A week and the grace.
	SIANTRE_NOW=$((NOW + 7 * 86400 + 7200))
	check -q
	is full age ""
	[ ! -s "$T/stdout" ]
	later 00:00:01
	check -q
	is full age fail
}

@test "no stamp of the installation: the first look makes one" {
	rm "$T/state/installed"
	check
	[ "$(cat "$T/state/installed")" = "$(moment "$NOW")" ]
	later 26:00:01
	check
	is db age fail
	# What is no time, or one to come, counts as long ago: an alarm too many rather than none.
	rm -r "$T/state/journal.jsonl" "$T/state/alert"
	echo yesterday >"$T/state/installed"
	expect_ok siantre-alert check --queue -c "$T/conf"
	grep -qF "installed: not a time" "$T/stderr"
	is db age fail
	rm -r "$T/state/journal.jsonl" "$T/state/alert"
	moment $((SIANTRE_NOW + 86400 * 300)) >"$T/state/installed"
	check
	is db age fail
}

@test "a backup in time is told once, and so is one that is late; an hour is no news" {
	make_set db 3600 structure
	make_set files 3599 structure
	make_set full 86400 structure
	check
	is db age ok
	is full age ok
	count=$(lines)
	for _ in 1 2 3; do
		later 01:00:00
		check
	done
	[ "$(lines)" = "$count" ]
	later 22:00:00
	check
	is db age ok
	later 00:00:01
	check -v
	is db age "ok fail"
	is full age ok
	grep -qx "fail    db: the newest verified backup is 1 d 2 h old, more than 1 d 2 h" "$T/stdout"
	grep -q "^ok      full: the newest verified backup is" "$T/stdout"
	# A day later once more, with words of that day: whoever reads it may have lost it.
	later 23:00:00
	check
	is db age "ok fail"
	later 01:00:00
	check
	is db age "ok fail fail"
	make_set db 60 structure
	check
	is db age "ok fail fail ok"
	is files age "ok fail"
}

@test "a set of another application in the same folder keeps no promise of this one" {
	later 30:00:00
	make_set db 3600
	of_shop "$FOLDER"
	record "$FOLDER" structure
	own
	check
	grep -qx "fail    db: there is no verified backup" "$T/stdout"
	is db age fail
	make_set db 3601 structure
	check
	is db age "fail ok"
}

@test "only what is proven counts: no line of the journal, no file's time, no damaged set" {
	SIANTRE_NOW=$((NOW + 86400 * 10))
	printf '{"time":"%s","host":"web1","job":"db","event":"run","status":"ok","exit":0}\n' \
	    "$(moment $((SIANTRE_NOW - 60)))" >"$T/state/journal.jsonl"
	own
	make_set db 3600
	check
	is db age fail
	record "$FOLDER" checksum
	own
	check
	is db age "fail ok"
	# SHA256SUMS is another one than was verified.
	echo "# x" >>"$FOLDER/SHA256SUMS"
	check
	is db age "fail ok fail"
	rm -r "$FOLDER"
	make_set db $((86400 * 3)) structure
	touch "$FOLDER"/* "$FOLDER"
	check
	is db age "fail ok fail"
	# One whose file was lost since.
	make_set db 1800 structure
	mv "$FOLDER/data.bin" "$T/lost"
	expect_ok siantre-alert check --queue -c "$T/conf"
	said "siantre-alert: $FOLDER/data.bin: No such file or directory"
	is db age "fail ok fail"
	mv "$T/lost" "$FOLDER/data.bin"
	check
	is db age "fail ok fail ok"
	# Or its end, or a date that nobody vouches for came.
	truncate -s 2047 "$FOLDER/data.bin"
	expect_ok siantre-alert check --queue -c "$T/conf"
	is db age "fail ok fail ok fail"
	rm -r "$FOLDER"
	make_set db $((86400 * 2)) structure
	sed -i "s/\"started\": \"[^\"]*/\"started\": \"$(moment $((SIANTRE_NOW - 60)))/" "$FOLDER/set.json"
	expect_ok siantre-alert check --queue -c "$T/conf"
	said "siantre-alert: $FOLDER/set.json: not the one that SHA256SUMS names"
	is db age "fail ok fail ok fail"
}

@test "-n and --json write nothing" {
	later 48:00:00
	check -n
	jq -es 'map(select(.job == "db")) == [{time: "2027-03-03T12:00:00Z", host: .[0].host, job: "db",
	    event: "check", status: "fail", exit: 0, message: "db: there is no verified backup",
	    what: "age"}]' "$T/stdout"
	[ ! -e "$T/state/journal.jsonl" ]
	[ ! -e "$T/state/alert/check.json" ]
	check -n --json
	jq -e '.promises[] | select(.job == "db") | .what == "age" and .status == "fail"' "$T/stdout"
	[ ! -e "$T/state/journal.jsonl" ]
	check --json
	is db age fail
	expect_fail 64 "needs no operand" siantre-alert check -c "$T/conf" now
}

@test "the state is lost: all is told once more, and what was wrong is closed" {
	later 48:00:00
	check
	is db age fail
	make_set db 3600 structure
	rm "$T/state/alert/check.json"
	check
	is db age "fail ok"
	echo "{" >"$T/state/alert/check.json"
	own
	expect_ok siantre-alert check --queue -c "$T/conf"
	grep -qF check.json "$T/stderr"
	is db age "fail ok ok"
	[ "$(stat -c %a "$T/state/alert" "$T/state/alert/check.json" | paste -sd' ')" = "700 600" ]
}

@test "the journal cannot be written: it is told the next time" {
	later 48:00:00
	mkdir "$T/state/journal.jsonl"
	own
	expect_fail 74 "journal.jsonl" siantre-alert check --queue -c "$T/conf" -q
	rmdir "$T/state/journal.jsonl"
	check
	is db age fail
}

@test "a full disk: what the journal does not take is told all the same, and so is its end" {
	need_root
	small_disk "$T/state" 1m
	moment "$NOW" >"$T/state/installed"
	with_stubs
	make_set db 60 structure
	make_set files 59 structure
	expect_ok "$T/bin/siantre-alert" check -q -c "$T/conf"
	is db age ok
	# Its last page is full as well.
	local line='{"time":"2027-03-01T12:00:00Z","event":"test","status":"ok","message":"%*s"}\n' size
	size=$(stat -c %s "$T/state/journal.jsonl")
	# shellcheck disable=SC2059
	printf "$line" $((8192 - size % 4096 - ${#line} + 4)) x >>"$T/state/journal.jsonl"
	[ $(($(stat -c %s "$T/state/journal.jsonl") % 4096)) = 0 ]
	dd if=/dev/zero of="$T/state/full" bs=4k conv=fsync 2>/dev/null || true
	later 27:00:00
	for _ in 1 2 3; do
		expect_fail 74 "No space left on device" "$T/bin/siantre-alert" check -q -c "$T/conf"
		rm -f "$T/state/alert/spare"
		dd if=/dev/zero of="$T/state/full" oflag=append bs=4k conv=notrunc,fsync 2>/dev/null || true
		later 00:10:00
	done
	[ "$(mails "no verified backup")" = 2 ]
	is db age ok
	rm "$T/state/full"
	make_set db 60 structure
	make_set files 59 structure
	expect_ok "$T/bin/siantre-alert" check -q -c "$T/conf"
	[ "$(mails "there is a verified backup")" = 2 ]
	[ "$(mails "no verified backup")" = 2 ]
}

@test "a disk that has become read-only: told each hour by the look, and by nobody else" {
	need_root
	small_disk "$T/state" 1m
	moment "$NOW" >"$T/state/installed"
	own
	with_stubs
	expect_ok "$T/bin/siantre-alert" check -q -c "$T/conf"
	mount -o remount,ro "$T/state"
	later 27:00:00
	local _
	for _ in 1 2; do
		expect_fail 74 "Read-only file system" "$T/bin/siantre-alert" check -q -c "$T/conf"
		run "$T/bin/siantre-alert" flush -c "$T/conf"
		run "$T/bin/siantre-alert" flush -c "$T/conf"
		later 01:00:00
	done
	[ "$(mails "no verified backup")" = 4 ]
	mount -o remount,rw "$T/state"
	expect_ok "$T/bin/siantre-alert" check -q -c "$T/conf"
	[ "$(mails "no verified backup")" = 6 ]
	expect_ok "$T/bin/siantre-alert" check -q -c "$T/conf"
	[ "$(mails "no verified backup")" = 6 ]
}

@test "the folder of the sets is gone: the age counts from what was seen there" {
	make_set db 3600 structure
	make_set files 3599 structure
	check
	mv "$T/backup" "$T/away"
	expect_ok siantre-alert check --queue -c "$T/conf"
	grep -q "backup: No such file" "$T/stderr"
	is db age ok
	later 25:00:01
	expect_ok siantre-alert check --queue -c "$T/conf"
	is db age "ok fail"
	message db age | grep -qF "cannot read $T/backup"
	mv "$T/away" "$T/backup"
	make_set db 60 structure
	check
	is db age "ok fail ok"
}

@test "the mount: not there is told at once, and what lies below the mount point is no backup" {
	need_root
	configure "BACKUP_MOUNT=$T/backup"
	make_set db 60 structure
	check
	is mount mount fail
	message mount mount | grep -qF "mount point $T/backup: nothing is mounted there"
	is db age ""
	unshare -m bash -c "mount --bind '$T/backup' '$T/backup' && siantre-alert check --queue -q -c '$T/conf'"
	is mount mount fail
	small_disk "$T/backup" 1m
	own
	make_set db 60 structure
	check
	is mount mount "fail ok"
	is db age ok
	configure
	check
	is mount mount "fail ok"
	configure "BACKUP_MOUNT=$T/nowhere"
	check
	is mount mount "fail ok fail"
	# Nobody asks for it any more.
	configure
	check
	is mount mount "fail ok fail ok"
	message mount mount | grep -qx "no longer asked for"
}

# ship_key PLACE: the folder in which siantre-ship keeps what it knows of that place.
ship_key() {
	printf '%s/ship/%s-%.8s' "$T/state" "$(sed 's/[^A-Za-z0-9]/_/g' <<<"$1" | cut -c 1-40)" \
	    "$(printf %s "$1" | sha256sum)"
}

@test "copies elsewhere, by siantre-ship itself: behind, and up to date again" {
	local dest=$T/copies
	configure "SHIP_TO=\"$dest /nowhere/there\""
	mkdir "$dest"
	[ "$(id -u)" != 0 ] || chown siantre-backup: "$dest"
	make_set db 3600 structure
	check
	is ship remote ok
	is ship-2 remote ok
	expect_ok siantre-ship -c "$T/conf" --create "$dest"
	siantre-ship -c "$T/conf" -q || true
	[ -d "$(ship_key "$dest")" ]
	later 24:30:00
	make_set db 60 structure
	later 02:00:00
	check
	is ship remote ok
	is ship-2 remote "ok fail"
	message ship-2 remote | grep -qF "/nowhere/there: no set is proven there; 1 due"
	later 26:00:00
	check
	is ship remote "ok fail"
	message ship remote | grep -qE "^$dest: it is behind: 1 of 2 sets are not proven there, the oldest \($SET\)"
	siantre-ship -c "$T/conf" -q || true
	check
	is ship remote "ok fail ok"
	# What the retention there does not keep is not missed: three stay in any case.
	configure "SHIP_TO=\"$dest /nowhere/there\"" "SHIP_KEEP=last=1"
	for i in 1 2 3 4 5; do make_set db $((86400 * 20 + i)) structure; done
	check
	is ship remote "ok fail ok fail"
	message ship remote | grep -qF "1 of 7 sets are not proven there"
	configure "SHIP_TO=\"$dest /nowhere/there\""
	later 24:00:00
	check
	is ship remote "ok fail ok fail fail"
	message ship remote | grep -qF "5 of 7 sets are not proven there"
	# The second place is taken out.
	configure "SHIP_TO=$dest"
	check
	is ship-2 remote "ok fail fail fail ok"
}

@test "a place that was named today has its time" {
	make_set db $((86400 * 3)) structure
	check
	configure "SHIP_TO=rsync://127.0.0.1:1/m/x"
	check
	is ship remote ok
	later 26:00:00
	check
	is ship remote ok
	later 00:00:01
	check
	is ship remote "ok fail"
}

@test "what the machine behind the place has accepted is there" {
	local place=rsync://127.0.0.1:1/m/x
	configure "SHIP_TO=$place"
	make_set db 60 structure
	check
	mkdir -p "$(ship_key $place)/mirror"
	printf '%s  %s\n' "$SET" "$(sha256sum <"$FOLDER/SHA256SUMS" | cut -d' ' -f1)" \
	    >"$(ship_key $place)/mirror/ACCEPTED"
	own
	later 30:00:00
	check
	is ship remote ok
	sed -i 's/  ./  0/' "$(ship_key $place)/mirror/ACCEPTED"
	check
	is ship remote "ok fail"
}

# drill AGO RESULT: the report of one.
drill() {
	mkdir -p "$T/state/drills"
	jq -n --arg time "$(moment $((SIANTRE_NOW - $1)))" --arg result "$2" '{format: 1, time: $time,
	    result: $result}' \
	    >"$T/state/drills/drill_$(date -d "@$((SIANTRE_NOW - $1))" +%Y%m%d_%H%M%S).json"
	own
}

@test "the drill: overdue after DRILL_EVERY, from the installation on" {
	check
	is drill drill ""
	SIANTRE_NOW=$((NOW + 86400 * 100))
	check
	is drill drill ""
	later 00:00:01
	check
	is drill drill fail
	message drill drill | grep -qF "recovery was never rehearsed"
	drill 60 fail
	check
	is drill drill fail
	drill 50 missed
	check
	is drill drill "fail ok"
	SIANTRE_NOW=$((SIANTRE_NOW + 86400 * 100))
	# Neither damage nor a report from the future is a drill.
	echo "{" >"$T/state/drills/drill_20260101_000000.json"
	drill -864000 ok
	expect_ok siantre-alert check --queue -c "$T/conf"
	grep -qF drill_20260101_000000.json "$T/stderr"
	is drill drill "fail ok fail"
	message drill drill | grep -qF "the last recovery drill was"
	rm "$T/state/drills/drill_20260101_000000.json"
	# A set that was proven by one.
	make_set db 3600 drill
	check
	is drill drill "fail ok fail ok"
}

@test "what is kept is not read again: told once a set is 45 days old, until it is" {
	make_set db 3600 structure
	check
	is verify reread ""
	SIANTRE_NOW=$((NOW + 45 * 86400))
	check
	is verify reread ok
	later 00:00:01
	check
	is verify reread "ok warn"
	message verify reread | grep -qF "the set $SET was last read 45 d ago"
	# As siantre-verify --record notes it.
	jq --arg now "$(moment "$SIANTRE_NOW")" '.read = $now' "$FOLDER/verified.json" >"$T/new"
	cat "$T/new" >"$FOLDER/verified.json"
	check
	is verify reread "ok warn ok"
	# What went is no longer waited for.
	later 1081:00:00
	check
	is verify reread "ok warn ok warn"
	rm -r "$FOLDER"
	check
	is verify reread "ok warn ok warn ok"
}

@test "encrypted sets without their key: not rehearsed here is a warning" {
	SIANTRE_NOW=$((NOW + 86400 * 101))
	ENC=yes make_set db 60 sealed
	check
	is drill drill warn
	message drill drill | grep -qF "not rehearsed on this machine"
	configure "IDENTITY=$T/key"
	check
	is drill drill "warn fail"
}

@test "the disk: a floor as long as little is known, then a forecast, and no flutter" {
	need_root
	small_disk "$T/backup" 100m
	own
	make_set db 3600 structure 1000000
	later 00:01:00
	check
	is disk disk ok
	# Real bytes, for the disk; set.json has what counts.
	head -c 103000000 /dev/zero >"$T/backup/ballast"
	later 00:01:00
	check
	is disk disk "ok warn"
	message disk disk | grep -qE "the disk of the backups has 1\..* MiB left, and the next sets may take 1.1 MiB"
	head -c 800000 /dev/zero >"$T/backup/ballast2"
	later 00:01:00
	check
	is disk disk "ok warn fail"
	rm "$T/backup/ballast"*
	later 00:01:00
	check
	is disk disk "ok warn fail ok"
	# A set of 4 MB a night, all kept for 30 days.
	for i in $(seq 1 10); do make_set db $((86400 * i)) structure 4000000; done
	head -c 30000000 /dev/zero >"$T/backup/ballast"
	later 00:01:00
	check
	is disk disk "ok warn fail ok"
	head -c 60000000 /dev/zero >"$T/backup/ballast"
	later 00:01:00
	check
	is disk disk "ok warn fail ok warn"
	message disk disk | grep -qE "the disk of the backups is full in 1[0-2] days: .* left"
	# Sixteen days are more than fourteen, but not enough to say that all is well.
	head -c 42000000 /dev/zero >"$T/backup/ballast"
	later 00:01:00
	check
	is disk disk "ok warn fail ok warn"
	configure "DISK_WARN=5d"
	later 00:01:00
	check
	is disk disk "ok warn fail ok warn ok"
	# A sample a day; those of another disk are none.
	for _ in 1 2; do
		later 21:00:00
		check -q
	done
	jq -e '.disk | length == 3' "$T/state/alert/check.json"
	mount -o remount,size=105m "$T/backup"
	later 21:00:00
	check -q
	jq -e '.disk | length == 4' "$T/state/alert/check.json"
	mount -o remount,size=200m "$T/backup"
	later 01:00:00
	check -q
	jq -e '.disk | length == 1' "$T/state/alert/check.json"
}

@test "the dashboard: old, missing, or not wanted" {
	configure "DASHBOARD=$T/state/page.html"
	check
	is dashboard dashboard ""
	touch -d "@$SIANTRE_NOW" "$T/state/page.html"
	check
	is dashboard dashboard ok
	later 26:00:00
	check
	is dashboard dashboard ok
	later 00:00:01
	check
	is dashboard dashboard "ok warn"
	message dashboard dashboard | grep -qF "it no longer shows what stands"
	rm "$T/state/page.html"
	later 24:00:00
	check
	is dashboard dashboard "ok warn warn"
	message dashboard dashboard | grep -qF "page.html: missing"
	configure
	check
	is dashboard dashboard "ok warn warn ok"
	# Written by a clock that was ahead: for how long nobody looks at it again, nobody knows.
	configure "DASHBOARD=$T/state/page.html"
	touch -d "@$((SIANTRE_NOW + 86401))" "$T/state/page.html"
	check
	is dashboard dashboard "ok warn warn ok warn"
	message dashboard dashboard | grep -qF "dated in the future"
}

@test "a clock that is set back tells of itself, once, and of nothing else" {
	make_set db 3600 structure
	make_set files 3599 structure
	make_set full 3600 structure
	check
	before=$(lines)
	SIANTRE_NOW=$((NOW - 86400 * 60))
	check
	is clock clock "ok fail"
	message clock clock | grep -qE "the set [0-9_]{15} is dated .* in the future"
	[ "$(lines)" = $((before + 1)) ]
	# It stays so, and the nights go on: the new sets are the ones that count.
	for _ in 1 2 3 4 5; do
		later 05:00:00
		check -q
	done
	[ "$(lines)" = $((before + 2)) ] # the clock, a day later
	make_set db 60 structure
	make_set files 59 structure
	later 02:00:00
	check -q
	is db age ok
	later 26:00:00
	check -q
	is db age "ok fail"
	# Put right: the true sets are the newest again.
	SIANTRE_NOW=$((NOW + 7200))
	check -q
	is db age "ok fail ok"
	is clock clock "ok fail fail fail ok"
}

@test "a clock that is before this version, or behind its own journal" {
	SIANTRE_NOW=86400
	check
	is clock clock fail
	message clock clock | grep -qF "before this version"
	rm -r "$T/state/journal.jsonl" "$T/state/alert"
	SIANTRE_NOW=$NOW
	printf '{"time":"%s","host":"web1","job":"db","event":"run","status":"ok","exit":0}\n' \
	    "$(moment $((NOW + 86401)))" >"$T/state/journal.jsonl"
	own
	check
	is clock clock fail
	message clock clock | grep -qF "the journal has a line that is dated 1 d"
	# The next run is dated right.
	printf '{"time":"%s","host":"web1","job":"db","event":"run","status":"ok","exit":0}\n' \
	    "$(moment "$NOW")" >>"$T/state/journal.jsonl"
	check
	is clock clock "fail ok"
}

@test "whom to tell is no part of the look: its unit does not fail and work in turns" {
	local key
	with_stubs
	make_set db 60 structure
	make_set files 59 structure
	for key in 'CONTACT_SECONDARY="Budi 0812-34"' RPO=soon; do
		configure "$key"
		for _ in 1 2 3; do
			later 01:00:00
			export BEGAN=$((SIANTRE_NOW - 5))
			rc=0
			siantre-alert check --queue -q -c "$T/conf" 2>"$T/stderr" || rc=$?
			[ $rc = 0 ] || UNIT=check MONITOR_SERVICE_RESULT=exit-code MONITOR_EXIT_CODE=exited \
			    MONITOR_EXIT_STATUS=$rc MONITOR_UNIT=siantre-check.service \
			    siantre-alert failed -q -c "$T/conf" siantre-check.service || true
			siantre-alert flush -q -c "$T/conf" || true
		done
		[ "$(mails 'hourly look')" = 0 ]
		[ -z "$(jq -r 'select(.what == "check" and .status == "fail")' "$T/state/journal.jsonl")" ]
	done
	[ "$(mails 'configuration')" = 1 ]
}

@test "a configuration that is wrong is told by what can be had of it, until it is right" {
	with_stubs
	make_set db 60 structure
	make_set files 7200 structure
	later 25:30:00
	check
	is db age ok
	is files age fail
	echo "RPO=soon" >>"$T/conf"
	expect_fail 78 "RPO=soon" siantre-alert check -c "$T/conf" -q
	is configuration config "ok fail"
	[ "$(mails 'configuration')" = 1 ]
	# Of what it promises nothing can be said.
	is db age ok
	is files age fail
	# A job that did not even begin.
	BEGAN=$((SIANTRE_NOW - 5)) UNIT=db MONITOR_SERVICE_RESULT=exit-code MONITOR_EXIT_CODE=exited \
	    MONITOR_EXIT_STATUS=78 expect_fail 78 "RPO=soon" \
	    siantre-alert failed -c "$T/conf" siantre-db.service
	[[ $(runs | tail -n 1) == "db run fail 78 siantre-db.service failed: exit-code (exited, 78); the configuration cannot be read: siantre-run check-config" ]]
	[ "$(mails 'backup db failed')" = 1 ]
	configure
	check
	is configuration config "ok fail ok"
}

@test "a channel that was not tested for 35 days" {
	configure "SMS=zenziva" "NOTIFY_ALSO=ntfy"
	SIANTRE_NOW=$((NOW + 86400 * 35))
	check
	is sms channel ""
	later 00:00:01
	check
	is sms channel warn
	is ntfy channel warn
	is mail channel warn
	message sms channel | grep -qF "never tested: siantre-alert test sms"
	# Nor was it by a clock that was ahead.
	jq --argjson at $((SIANTRE_NOW + 86401)) '.tests = [{name: "mail", when: $at, ok: true}]' \
	    "$T/state/alert/state.json" >"$T/new"
	cat "$T/new" >"$T/state/alert/state.json"
	check
	is mail channel warn
	# Where that cannot be read, it is not over.
	echo x >"$T/state/alert/state.json"
	expect_ok siantre-alert check --queue -c "$T/conf"
	is mail channel warn
	is sms channel warn
}

@test "failed: what was killed before it could tell is told, and what has told is not told twice" {
	with_stubs
	export BEGAN=$((SIANTRE_NOW - 600))
	fail db oom-kill killed KILL
	[ "$(runs)" = "db run fail 137 siantre-db.service failed: oom-kill (killed, KILL), and its job could not tell of it" ]
	fail db oom-kill killed KILL
	[ "$(runs | wc -l)" = 1 ]
	# Another night: the line of the last one does not count; its own, behind its start, does.
	later 24:00:00
	BEGAN=$((SIANTRE_NOW - 600))
	fail files timeout killed TERM
	[ "$(runs | tail -n 1)" = "files run fail 143 siantre-files.service failed: timeout (killed, TERM), and its job could not tell of it" ]
	fail db exit-code exited 65
	[ "$(runs | tail -n 1)" = "db run fail 65 siantre-db.service failed: exit-code (exited, 65), and its job could not tell of it" ]
	later 24:00:00
	BEGAN=$((SIANTRE_NOW - 600))
	printf '{"time":"%s","host":"web1","job":"db","event":"run","status":"fail","exit":65}\n' \
	    "$(moment $((BEGAN + 1)))" >>"$T/state/journal.jsonl"
	fail db exit-code exited 65
	[ "$(runs | wc -l)" = 4 ]
	# A run by hand that went well while the unit waited says nothing about the unit.
	later 24:00:00
	BEGAN=$((SIANTRE_NOW - 600))
	printf '{"time":"%s","host":"web1","job":"db","event":"run","status":"ok","exit":0}\n' \
	    "$(moment $((BEGAN + 1)))" >>"$T/state/journal.jsonl"
	fail db core-dump dumped SEGV
	[[ $(runs | tail -n 1) == "db run fail 139 "* ]]
	# Copies that were being made by somebody else.
	before=$(runs | wc -l)
	fail ship exit-code exited 75
	[ "$(runs | wc -l)" = "$before" ]
	fail ship exit-code exited 69
	[[ $(runs | tail -n 1) == "ship ship fail 69 "* ]]
	fail drill signal killed HUP
	[[ $(runs | tail -n 1) == "drill drill fail 129 "* ]]
	expect_fail 64 "one unit" siantre-alert failed -c "$T/conf"
}

@test "failed: the look itself, until the next one that succeeds" {
	with_stubs
	export BEGAN=$((SIANTRE_NOW - 60))
	fail check exit-code exited 74
	is check check fail
	message check check | grep -qF "siantre-check.service failed: exit-code (exited, 74)"
	check
	is check check "fail ok"
}

@test "from the disk to the mail: an alarm, and its end" {
	with_stubs
	later 30:00:00
	expect_ok siantre-alert check -q -c "$T/conf"
	[ "$(mails 'no verified backup of (db|files) in time')" = 2 ]
	later 01:00:00
	expect_ok siantre-alert check -q -c "$T/conf"
	[ "$(mails .)" = 2 ]
	make_set db 60 structure
	make_set files 59 structure
	expect_ok siantre-alert check -q -c "$T/conf"
	[ "$(mails 'there is a verified backup of (db|files) again')" = 2 ]
	later 01:00:00
	expect_ok siantre-alert check -q -c "$T/conf"
	[ "$(mails .)" = 4 ] || {
		cat "$T/mails"/*
		return 1
	}
}

@test "a test of a channel is what keeps its promise" {
	with_stubs
	SIANTRE_NOW=$((NOW + 86400 * 36))
	check
	is mail channel warn
	expect_ok siantre-alert test -c "$T/conf" mail
	check
	is mail channel "warn ok"
	SIANTRE_NOW=$((SIANTRE_NOW + 86400 * 35 + 1))
	check
	is mail channel "warn ok warn"
	message mail channel | grep -qF "the last test of this channel was"
}
