# siantre-alert: incidents, the outbox, who is told what and when, by a clock that the tests set.
load lib
load faults/lib

setup() {
	lib_setup
	mkdir "$T/bin" "$T/state" "$T/mail"
	# What sendmail(1) does: mail in, exit code 0; down: try again; refuse: never.
	cat >"$T/bin/sendmail" <<-END
		#!/bin/bash
		mail=\$(sed -z 's/=\n//g') # soft ends of lines
		to=\$(sed -n 's/^To: //p;T;q' <<<"\$mail")
		[ ! -e "$T/down" ] || exit 75
		[ ! -e "$T/refuse.\$to" ] || exit 67
		while [ -e "$T/slow" ]; do sleep 0.05; done
		printf '%s\n' "\$mail" >"$T/mail/.\$\$" && mv "$T/mail/.\$\$" "$T/mail/\$(date +%s%N).\$\$"
	END
	chmod +x "$T/bin/sendmail"
	PATH=$T/bin:$PATH
	cat >"$T/app.conf" <<-END
		APP_DIR=$T/app
		BACKUP_DIR=$T/backup
		STATE_DIR=$T/state
		LANGUAGE=en
		CONTACT_PRIMARY="Siti Rahma <siti@dinas.example>"
		CONTACT_SECONDARY="Budi <budi@dinas.example>"
		CONTACT_EMERGENCY="Vendor <vendor@vendor.example>"
		NOTIFY_OK=never
	END
	export SIANTRE_LOCALEDIR=$BUILD/locale TZ=Asia/Jakarta
	# Who it becomes where root runs the tests.
	if [ "$(id -u)" = 0 ]; then
		chown -R siantre-backup: "$T/state" "$T/mail"
	fi
	at "2026-11-23 02:00"
}

# at TIME: what siantre-alert takes for now, in local time.
at() {
	SIANTRE_NOW=$(date -d "$1" +%s)
	export SIANTRE_NOW
}

# later SECONDS
later() {
	SIANTRE_NOW=$((SIANTRE_NOW + $1))
}

# event JOB STATUS [EVENT [WHAT [MESSAGE [EXIT]]]]: a line, as of now.
event() {
	printf '{"time":"%s","host":"web1","job":"%s","event":"%s","status":"%s","exit":%d' \
	    "$(date -u -d "@$SIANTRE_NOW" +%FT%TZ)" "$1" "${3:-run}" "$2" "${6:-0}"
	[ -z "${5:-}" ] || printf ',"message":"%s"' "$5"
	[ -z "${4:-}" ] || printf ',"what":"%s"' "$4"
	printf '}\n'
}

# journal ARGS: the same, at the end of the journal.
journal() {
	event "$@" >>"$T/state/journal.jsonl"
}

alert() {
	siantre-alert "$@" -c "$T/app.conf"
}

flush() {
	expect_ok alert flush
}

# subjects [WHO]: of the mails so far, in their order.
subjects() {
	local mail
	for mail in "$T"/mail/*; do
		[ -e "$mail" ] || continue
		grep -q "^To: .*${1:-}" "$mail" || continue
		sed -n 's/^Subject: //p;T;q' "$mail"
	done
}

# mails [WHO]: how many.
mails() {
	subjects "${1:-}" | wc -l
}

forget() {
	rm -f "$T"/mail/*
}

# told LINES...: exactly these subjects to Siti since the last look.
told() {
	diff <(printf '%s\n' "$@" | sed '/^$/d') <(subjects siti) || return
	forget
}

@test "a failure is told once, with what happened and what to do" {
	event db fail run "" "mariadb: Access denied for user 'siantre'@'localhost'" 77 >"$T/event"
	expect_ok alert <"$T/event"
	[ "$(mails)" = 1 ]
	cat "$T"/mail/*
	grep -qxF 'To: siti@dinas.example' "$T"/mail/*
	grep -qxF 'Subject: web1: backup db failed' "$T"/mail/*
	grep -qxF 'Auto-Submitted: auto-generated' "$T"/mail/*
	grep -qxF 'Since: 2026-11-23 02:00 WIB' "$T"/mail/*
	grep -qxF "What happened: mariadb: Access denied for user 'siantre'@'localhost'" "$T"/mail/*
	grep -qxF 'Exit code: 77' "$T"/mail/*
	grep -qxF "  sudo siantre-run -c $T/app.conf db" "$T"/mail/*
	grep -qxF "  sudo siantre-alert ack -c $T/app.conf 1" "$T"/mail/*
	# The same line again, and the same failure an hour later.
	expect_ok alert <"$T/event"
	later 3600
	event db fail >"$T/event"
	expect_ok alert <"$T/event"
	[ "$(mails)" = 1 ]
	forget
	# What is over does not begin again with the lines that told of it.
	later 60
	event db ok >>"$T/event"
	expect_ok alert <"$T/event"
	told "web1: backup db works again, after 1 hour 1 minute"
	expect_ok alert <"$T/event"
	[ "$(mails)" = 0 ]
	[ "$(stat -c %a "$T/state/alert" "$T/state/alert/state.json" | paste -sd' ')" = "700 600" ]
}

@test "in Indonesian, with the same commands" {
	sed -i 's/^LANGUAGE=.*/LANGUAGE=id/' "$T/app.conf"
	event db fail >"$T/event"
	expect_ok alert <"$T/event"
	told "web1: cadangan db gagal"
	later 7500
	event db ok >"$T/event"
	expect_ok alert <"$T/event"
	told "web1: cadangan db berjalan lagi, setelah 2 jam 5 menit"
}

@test "the first good run, and those after it, are no news" {
	journal db ok
	journal files ok
	flush
	later 86400
	journal db ok
	flush
	[ "$(mails)" = 0 ]
	expect_ok alert list
	grep -qxF "Nothing is wrong." "$T/stdout"
}

@test "what was over before the first start is history, what is open is told" {
	journal db fail
	journal files fail
	later 3600
	journal db ok
	later 86400
	flush
	told "web1: backup files failed"
}

@test "reminders after 1, 2, 4 and 8 days, then the end with its length" {
	sed -i 's/^ESCALATE=.*//; $aESCALATE=0' "$T/app.conf"
	journal db fail
	# Every six hours for eleven days.
	for _ in {1..44}; do
		flush
		later 21600
	done
	journal db ok
	flush
	flush
	told "web1: backup db failed" "web1: backup db failed, for 1 day now" \
	    "web1: backup db failed, for 2 days now" "web1: backup db failed, for 4 days now" \
	    "web1: backup db failed, for 8 days now" "web1: backup db works again, after 11 days"
}

@test "after days without a flush one reminder makes up for all" {
	journal db fail
	flush
	later $((5 * 86400))
	flush
	flush
	told "web1: backup db failed" "web1: backup db failed, for 5 days now"
}

@test "who is not answered calls the next: after two hours, after four" {
	journal db fail
	flush
	later 7000
	flush
	[ "$(mails budi)$(mails vendor)" = 00 ]
	later 200
	flush
	flush
	[ "$(mails budi)$(mails vendor)" = 10 ]
	[ "$(subjects budi)" = "web1: backup db failed, and nobody has answered for 2 hours" ]
	later 7200
	flush
	flush
	[ "$(mails siti)$(mails budi)$(mails vendor)" = 111 ]
	forget
	# Its end is told to all of them.
	journal db ok
	flush
	[ "$(mails siti)$(mails budi)$(mails vendor)" = 111 ]
}

@test "whoever answers calls nobody else" {
	journal db fail
	flush
	SUDO_USER=siti expect_ok alert ack 1
	grep -qxF "1  web1: backup db failed" "$T/stdout"
	later 20000
	flush
	[ "$(mails budi)$(mails vendor)" = 00 ]
	expect_ok alert list
	grep -qF "siti looks after it" "$T/stdout"
	later 86400
	flush
	subjects siti | grep -qxF "web1: backup db failed, for 1 day 5 hours now"
	expect_fail 1 "7: no open incident" alert ack 7
	said "hint: siantre-alert list -c $T/app.conf"
	# It is over, however no event will say so.
	expect_ok alert ack --over 1
	forget
	later $((9 * 86400))
	flush
	[ "$(mails)" = 0 ]
	expect_fail 64 "--over needs an incident, or all" alert ack --over
	# A name in whatever bytes is one that the state can hold.
	later 60
	journal files fail
	flush
	SUDO_USER=$(printf 'b\xff%s' "$(printf 'é%.0s' {1..40})") expect_ok alert ack all
	expect_ok alert list
	grep -q "backup files failed.*b?é*? looks after it" "$T/stdout"
}

@test "a warning is told once and never again" {
	journal db warn run "" "two files vanished"
	flush
	told "web1: backup db was made, with a warning"
	for _ in {1..5}; do
		later 86400
		journal db warn run "" "two files vanished"
		flush
	done
	journal db ok
	flush
	[ "$(mails)" = 0 ]
	# It fails after all: that is news.
	later 60
	journal db warn
	flush
	forget
	later 60
	journal db fail
	flush
	told "web1: backup db failed"
	# And a good run with a warning ends it.
	later 3600
	journal db warn
	flush
	told "web1: backup db works again, after 1 hour, with a warning"
	later 60
	journal db ok
	flush
	[ "$(mails)" = 0 ]
	# Whoever ends it reads what it was.
	later 60
	journal db warn
	flush
	expect_ok alert ack --over all
	grep -qx "[0-9]*  web1: backup db was made, with a warning" "$T/stdout"
}

@test "four things at once are one message, three are three" {
	for job in a b c; do journal "$job" fail; done
	flush
	told "web1: backup a failed" "web1: backup b failed" "web1: backup c failed"
	for job in d e f g; do journal "$job" fail; done
	flush
	[ "$(mails)" = 1 ]
	for job in d e f g; do grep -q "web1: backup $job failed" "$T"/mail/*; done
	told "web1: 4 incidents"
	later 600
	for job in a b c d e f g; do journal "$job" ok; done
	flush
	told "web1: 7 incidents, 7 of them over"
}

@test "a failure of one place is not closed by another one" {
	journal ship fail ship /mnt/usb
	journal ship ok ship rsync://far.example/siantre
	flush
	told "web1: copying backups elsewhere failed"
	later 3600
	journal ship ok ship rsync://far.example/siantre
	flush
	[ "$(mails)" = 0 ]
	journal ship ok ship /mnt/usb
	flush
	told "web1: copying backups elsewhere works again, after 1 hour"
}

@test "pruning is well again an hour after a run that nothing more was heard of" {
	journal db ok
	journal db fail prune
	flush
	told "web1: pruning old backups of db failed"
	later 80000
	journal db ok
	flush
	later 60
	journal db fail prune
	flush
	later 4000
	flush
	[ "$(mails siti)" = 0 ]
	later 78000
	journal db ok
	flush
	forget
	later 4000
	flush
	told "web1: old backups of db are pruned again, after 1 day 21 hours"
}

@test "quiet hours hold back what can wait, and call nobody before" {
	sed -i '$aQUIET_HOURS=22:00-06:00' "$T/app.conf"
	at "2026-11-23 23:00"
	journal db fail
	flush
	later 18000
	flush
	[ "$(mails)" = 0 ]
	# No verified backup in time: nobody sleeps.
	journal files fail check age "the newest is 27 h old"
	flush
	told "URGENT: web1: no verified backup of files in time"
	at "2026-11-24 05:59"
	flush
	[ "$(mails siti)" = 0 ]
	at "2026-11-24 06:01"
	expect_ok alert ack 2
	flush
	told "web1: backup db failed"
	at "2026-11-24 07:55"
	flush
	[ "$(mails budi)" = 0 ]
	at "2026-11-24 08:02"
	flush
	[ "$(mails budi)" = 1 ]
}

@test "who answers in quiet hours has answered: nobody else is called for it in the morning" {
	sed -i '$aQUIET_HOURS=22:00-06:00' "$T/app.conf"
	at "2026-11-23 21:30"
	journal db fail
	flush
	[ "$(mails siti)" = 1 ]
	at "2026-11-23 23:30"
	flush
	at "2026-11-23 23:45"
	expect_ok alert ack 1
	at "2026-11-24 06:05"
	flush
	[ "$(mails budi)" = 0 ]
}

@test "what is kept is damaged where it is, and not read again where that is all that is known" {
	journal verify fail verify '' x 73
	flush
	told "web1: backups that are kept are not read again"
	later 3600
	journal verify ok verify
	flush
	told "web1: backups that are kept are read again, after 1 hour"
	later 3600
	journal verify fail verify '' x 65
	flush
	told "web1: a backup that is kept is damaged"
}

@test "what fails and is over in quiet hours is one message" {
	sed -i '$aQUIET_HOURS=22:00-06:00' "$T/app.conf"
	at "2026-11-23 23:00"
	journal db fail
	flush
	at "2026-11-24 01:00"
	journal db ok
	flush
	at "2026-11-24 06:00"
	flush
	told "web1: backup db works again, after 2 hours"
	[ -z "$(ls "$T/state/alert/outbox")" ]
}

@test "the way out is closed for a day: one message with all of it, or the failure and then its end" {
	touch "$T/down"
	journal db fail
	journal files fail
	flush
	grep -qF "mail siti@dinas.example: not delivered, attempt 1: " "$T/stderr"
	# Every five minutes for a day: it is not tried each time.
	for _ in {1..40}; do
		later 2160
		flush
	done
	tries=$(grep -h '"tries"' "$T"/state/alert/outbox/1-*-mail-*.json | tr -dc '0-9\n' | sort -n | tail -n 1)
	[ "$tries" -ge 20 ]
	[ "$tries" -le 40 ]
	journal db ok
	flush
	rm "$T/down"
	later 4000
	flush
	told "web1: backup files failed, for 1 day now" "web1: backup db works again, after 1 day"
	[ -z "$(ls "$T/state/alert/outbox")" ]
}

@test "two days in vain: it goes to dead/, the next one is told, and other channels" {
	touch "$T/refuse.siti@dinas.example"
	journal db fail
	expect_fail 69 "mail siti@dinas.example: cannot be delivered: " alert flush
	# Siti cannot be reached: Budi is told at once.
	[ "$(subjects budi)" = "web1: backup db failed, and a message about it cannot be delivered" ]
	[ "$(find "$T/state/alert/dead" -name '*.json' | wc -l)" = 1 ]
	expect_ok alert list
	grep -qF "1 message could not be delivered: $T/state/alert/dead" "$T/stdout"
	# Only for a while: a message that waits for two days.
	rm "$T"/refuse.*
	touch "$T/down"
	journal files fail
	for _ in {1..60}; do
		later 3000
		expect_ok alert flush --queue
		alert flush 2>>"$T/said" || true
	done
	cat "$T/said"
	grep -qF "given up after two days" "$T/said"
}

@test "the sign of a broken channel goes by the others" {
	cat >"$T/bin/gammu-smsd-inject" <<-END
		#!/bin/bash
		cat >>"$T/sms"
		echo >>"$T/sms"
	END
	chmod +x "$T/bin/gammu-smsd-inject"
	touch "$T/sms"
	chmod 0666 "$T/sms"
	sed -i 's/^CONTACT_PRIMARY=.*/CONTACT_PRIMARY="Siti <siti@dinas.example> 0812-3456-7890"/; $aSMS=gammu' "$T/app.conf"
	touch "$T/refuse.siti@dinas.example"
	journal db fail
	expect_fail 69 "cannot be delivered" alert flush
	cat "$T/sms"
	grep -qF "messages by mail cannot be delivered" "$T/sms"
	# It works again: that closes by itself, without a word.
	rm "$T"/refuse.*
	later 600
	journal files fail
	flush
	expect_ok alert list --json
	lacks '"event":"channel"' "$T/stdout"
	[ "$(grep -c . "$T/sms")" = 1 ]
}

@test "what is urgent goes by SMS too, in 160 plain characters without anything private" {
	cat >"$T/bin/gammu-smsd-inject" <<-END
		#!/bin/bash
		printf '%s\n' "\$*" >>"$T/sms"
		cat >>"$T/sms"
	END
	chmod +x "$T/bin/gammu-smsd-inject"
	touch "$T/sms"
	chmod 0666 "$T/sms"
	sed -i 's/^CONTACT_PRIMARY=.*/CONTACT_PRIMARY="Siti <siti@dinas.example> 0812-3456-7890"/; $aSMS=gammu' "$T/app.conf"
	journal db fail run "" "/backup/siantre: INSERT INTO users VALUES (1)"
	flush
	[ ! -s "$T/sms" ]
	journal db fail check age "SELECT secret FROM users: /backup/siantre"
	flush
	cat "$T/sms"
	grep -qF "web1: no verified backup of db in time (#2), since 2026-11-23 02:00 WIB" "$T/sms"
	grep -qF "6281234567890" "$T/sms"
	lacks -E "SELECT|INSERT|/backup|users" "$T/sms"
	for file in "$T"/mail/*; do
		cat "$file"
	done | grep -qF "What happened: SELECT secret FROM users: /backup/siantre"
}

@test "hostile names stay names: no command line holds them, briefs are plain" {
	event 'x; rm -rf ~' fail run "" 'a\u001b[31mb\u0000c\nBcc: x@y' >"$T/event"
	expect_ok alert <"$T/event"
	event "$(printf 'ü%.0s' {1..300})" fail >>"$T/event"
	expect_ok alert <"$T/event"
	[ "$(mails)" -ge 1 ]
	lacks 'siantre-run.*rm -rf' "$T"/mail/*
	lacks $'\e' "$T"/mail/*
	lacks '^Bcc' "$T"/mail/*
	expect_ok alert list -v
	lacks $'\e' "$T/stdout"
}

@test "a name that no state can hold is cut and cleaned before it is counted" {
	sed -i 's/^NOTIFY_OK=.*/NOTIFY_OK=weekly/' "$T/app.conf"
	journal db fail
	journal 'a\tb\u0001' ok
	journal "$(printf 'x%.0s' {1..300})" fail
	flush
	told "web1: backup db failed" "web1: backup $(printf 'x%.0s' {1..24}) failed"
	# It is read back: nothing is begun anew, and told again.
	later 300
	expect_ok alert flush
	[ ! -s "$T/stderr" ]
	[ ! -e "$T/state/alert/state.damaged" ]
	[ "$(mails)" = 0 ]
}

@test "garbage, torn lines and lines without end are told and passed over" {
	{
		echo 'no json'
		echo '{"time":"2026-11-23","event":"run","status":"fail"}'
		head -c 200000 /dev/zero | tr '\0' x
		echo
		event db fail
		echo '[1,2]'
		printf '{"time":"2026-11-22T19:00:0'
	} >"$T/state/journal.jsonl"
	flush
	cat "$T/stderr"
	grep -qF "journal.jsonl: 4 lines are no event: passed over" "$T/stderr"
	told "web1: backup db failed"
	# Told once; the torn line waits for its end.
	flush
	[ ! -s "$T/stderr" ]
	printf '0Z","host":"web1","job":"files","event":"run","status":"fail"}\n' >>"$T/state/journal.jsonl"
	flush
	told "web1: backup files failed"
	# On stdin the end is the end.
	{
		event x fail
		printf '{"time":"2026'
	} >"$T/event"
	expect_ok alert <"$T/event"
	said "siantre-alert: stdin: the last line is torn: passed over"
	event y fail | tr -d '\n' >"$T/event"
	expect_ok alert <"$T/event"
	told "web1: backup x failed" "web1: backup y failed"
}

@test "the journal is rotated, shortened, made anew: nothing is lost and nothing told twice" {
	journal db fail
	flush
	journal files fail
	mv "$T/state/journal.jsonl" "$T/state/journal.jsonl.1"
	later 60
	journal full fail
	flush
	told "web1: backup db failed" "web1: backup files failed" "web1: backup full failed"
	# Cut back to the first line, then longer than before with another content.
	event db fail >"$T/state/journal.jsonl"
	flush
	later 60
	# The same inode, longer than before, and another content.
	for job in x y z; do event "$job" fail; done >"$T/state/journal.jsonl"
	flush
	told "web1: backup x failed" "web1: backup y failed" "web1: backup z failed"
	rm "$T/state/journal.jsonl"
	flush
	[ "$(mails)" = 0 ]
}

@test "two writers and two senders at once: everything once" {
	for i in {1..8}; do
		(
			for k in {1..5}; do event "job$i-$k" fail; done | siantre-alert -c "$T/app.conf"
			alert flush
		) 2>>"$T/stderr" &
	done
	wait
	flush
	cat "$T/stderr"
	for i in {1..8}; do
		for k in {1..5}; do
			[ "$(cat "$T"/mail/* | grep -cE "^[0-9]+\. web1: backup job$i-$k failed")" = 1 ]
		done
	done
	[ "$(grep -o '"number": [0-9]*' "$T/state/alert/state.json" | sort -u | wc -l)" = 40 ]
}

@test "a gateway that hangs holds up neither an ack nor new events" {
	journal db fail
	touch "$T/slow" # a mail takes until that is gone
	siantre-alert flush -c "$T/app.conf" 2>"$T/slow.err" &
	pid=$!
	comes test -e "$T/state/alert/state.json"
	expect_ok alert ack 1
	event files fail >"$T/event"
	expect_ok alert --queue <"$T/event"
	kill -0 "$pid"
	rm "$T/slow"
	wait "$pid"
	flush
	told "web1: backup db failed" "web1: backup files failed"
	expect_ok alert list
	grep -q "^1  FAIL.* looks after it" "$T/stdout"
}

@test "a clock that was wrong does not hide what comes after it" {
	at "2031-01-01 00:00"
	journal db ok
	flush
	at "2026-11-23 02:00"
	journal db fail
	flush
	told "web1: backup db failed"
	# One line from the future, and then an honest one.
	later 60
	(later 31536000; event db ok) >>"$T/state/journal.jsonl"
	flush
	forget
	later 60
	journal db fail
	flush
	told "web1: backup db failed"
}

@test "good news: each, weekly" {
	sed -i 's/^NOTIFY_OK=.*/NOTIFY_OK=each/' "$T/app.conf"
	flush
	journal db ok run "" "1 file"
	flush
	told "web1: backup db is made"
	# Of many at once a subject is no list: it has an end.
	for n in {1..64}; do
		journal "a_job_whose_name_is_not_short_$n" ok
	done
	flush
	told "web1: 64 good backups"
	sed -i 's/^NOTIFY_OK=.*/NOTIFY_OK=weekly/' "$T/app.conf"
	at "2026-11-23 09:00"
	flush
	for day in 24 25 26 27 28 29 30; do
		at "2026-11-$day 02:10"
		[ "$day" = 26 ] && journal db fail || journal db ok
		flush
	done
	forget
	at "2026-11-30 07:59"
	flush
	[ "$(mails)" = 0 ]
	at "2026-11-30 08:00"
	flush
	flush
	cat "$T"/mail/*
	grep -qF "web1 db: 6 of 7 went well, the newest 2026-11-30 02:10 WIB" "$T"/mail/*
	[ "$(mails)" = 1 ]
	forget
	at "2026-12-20 08:00"
	flush
	[ "$(mails)" = 1 ]
	grep -qF "There was none." "$T"/mail/*
	# A word that is none: said, and the rest works.
	sed -i 's/^NOTIFY_OK=.*/NOTIFY_OK=often/' "$T/app.conf"
	journal files fail
	forget
	expect_fail 78 "NOTIFY_OK=often: none of never, weekly and each; taken as weekly" alert flush
	[ "$(subjects)" = "web1: backup files failed" ]
}

@test "nobody to tell: said each time, and told as soon as there is somebody" {
	sed -i 's/^CONTACT_.*//; $aCONTACT_PRIMARY=' "$T/app.conf"
	journal db fail
	expect_fail 78 "nobody can be told of what is wrong" alert flush
	said "hint: set CONTACT_PRIMARY, MAIL and SMS in $T/app.conf; siantre-alert list -c $T/app.conf"
	expect_fail 78 "nobody can be told of what is wrong" alert flush
	sed -i 's/^CONTACT_PRIMARY=.*/CONTACT_PRIMARY=siti@dinas.example/' "$T/app.conf"
	flush
	told "web1: backup db failed"
}

@test "--dry-run changes nothing; --queue sends nothing" {
	journal db fail
	expect_ok alert flush --dry-run
	grep -qP "^mail\tsiti@dinas.example\tweb1: backup db failed$" "$T/stdout"
	[ ! -e "$T/state/alert" ]
	[ "$(mails)" = 0 ]
	expect_ok alert flush --queue
	[ "$(mails)" = 0 ]
	[ "$(find "$T/state/alert/outbox" -name '*.json' | wc -l)" = 1 ]
	expect_ok alert list
	grep -qF "not delivered yet" "$T/stdout"
	grep -qxF "1 message waits." "$T/stdout"
	flush
	told "web1: backup db failed"
}

@test "who may not look is told how" {
	need_root
	journal db fail
	flush
	chmod 0755 "$T"
	expect_fail 77 "state.json: Permission denied" as_nobody siantre-alert list -c "$T/app.conf"
	said "hint: sudo siantre-alert list -c $T/app.conf"
	# A set-id sendmail below must keep what it is given.
	cat >"$T/bin/sendmail" <<-END
		#!/bin/bash
		cat >/dev/null
		grep -E '^(NoNewPrivs|CapBnd|CapEff|Uid):' /proc/self/status >"$T/mail/rights"
	END
	later 60
	journal files fail
	flush
	cat "$T/mail/rights"
	grep -qP '^NoNewPrivs:\t0$' "$T/mail/rights"
	grep -qP '^CapEff:\t0+$' "$T/mail/rights"
	[ "$(sed -n 's/^CapBnd:\t//p' "$T/mail/rights")" = "$(sed -n 's/^CapBnd:\t//p' /proc/self/status)" ]
	grep -qP "^Uid:\t$(id -u siantre-backup)\t" "$T/mail/rights"
}

@test "a damaged state is kept aside and begun anew; a damaged message goes to dead/" {
	journal db fail
	flush
	forget
	printf '{"format":1' >"$T/state/alert/state.json"
	flush
	cat "$T/stderr"
	grep -qF "state.json: not JSON" "$T/stderr"
	[ "$(cat "$T/state/alert/state.damaged")" = '{"format":1' ]
	told "web1: backup db failed"
	echo rubbish >"$T/state/alert/outbox/1-x.json"
	flush
	grep -qF "outbox/1-x.json: not a message; moved to dead/" "$T/stderr"
	[ "$(cat "$T/state/alert/dead/1-x.json")" = rubbish ]
}

# small_state SIZE: STATE_DIR on a disk of that size.
small_state() {
	small_disk "$T/state" "$1"
	chown siantre-backup: "$T/state"
}

# fill: not a byte more goes onto that disk.
fill() {
	dd if=/dev/zero of="$T/state/full" bs=4k conv=fsync 2>/dev/null || true
	if echo x >"$T/state/full2" 2>/dev/null; then
		return 1
	fi
	rm -f "$T/state/full2"
}

@test "the state is lost: what waits is not taken for what comes" {
	touch "$T/down"
	for job in db files; do journal "$job" fail; done
	alert flush 2>/dev/null
	rm "$T/state/alert/state.json" "$T/state/journal.jsonl"
	later 3600
	for job in full drill; do journal "$job" fail; done
	rm "$T/down"
	expect_ok alert flush --now
	told "web1: backup db failed" "web1: backup files failed" "web1: backup full failed" \
	    "web1: backup drill failed"
}

@test "a message that cannot be opened stays, and keeps back no other" {
	need_root
	journal db fail
	expect_ok alert flush --queue
	chown root: "$T"/state/alert/outbox/*
	later 60
	journal files fail
	alert flush 2>"$T/stderr"
	grep -q "outbox/.*: Permission denied" "$T/stderr"
	told "web1: backup files failed"
	[ ! -e "$T/state/alert/dead" ] || [ -z "$(ls "$T/state/alert/dead")" ]
	chown siantre-backup: "$T"/state/alert/outbox/*
	later 60
	flush
	told "web1: backup db failed"
}

@test "a message that cannot be read for a bad sector keeps back no other" {
	[[ $BUILD != *-san ]] || skip "not with the sanitizers"
	[ ! -e "$T/state/alert" ]
	for job in db files; do journal "$job" fail; done
	expect_ok alert flush --queue
	cp -a "$T/state" "$T/queued"
	for n in {1..60}; do
		faulty "read:$n" siantre-alert flush -c "$T/app.conf"
		grep -q "alert/outbox/.*: Input/output error" "$T/stderr" && break
		forget
		rm -r "$T/state"
		cp -a "$T/queued" "$T/state"
	done
	cat "$T/stderr"
	[ "$(mails siti)" = 1 ]
	flush
	[ "$(mails siti)" = 2 ]
}

@test "a full disk: the room that is kept for that is used, and made again" {
	need_root
	small_state 1m
	journal db fail
	flush
	forget
	for job in a b; do journal "$job" fail; done
	fill
	[ -s "$T/state/alert/spare" ]
	flush
	told "web1: backup a failed" "web1: backup b failed"
	flush
	[ "$(mails siti)" = 0 ]
	rm "$T/state/full"
	later 60
	journal db ok
	flush
	told "web1: backup db works again, after 1 minute"
	[ "$(stat -c '%s %b' "$T/state/alert/spare")" = "65536 128" ]
}

@test "a full disk and no room at all: told at least once, and not each time; then all is well" {
	need_root
	small_state 1m
	journal db ok
	flush
	for job in a b; do journal "$job" fail; done
	rm "$T/state/alert/spare"
	fill
	for _ in {1..12}; do
		expect_fail 74 "No space left on device" alert flush
		later 300
	done
	told "web1: backup a failed" "web1: backup b failed"
	for _ in {1..24}; do
		expect_fail 74 "No space left on device" alert flush
		later 300
	done
	rm "$T/state/full"
	flush
	flush
	[ "$(mails siti)" = 0 ]
	journal a ok
	journal b ok
	flush
	[ "$(subjects siti | grep -c "works again")" = 2 ]
	[ -z "$(ls "$T/state/alert/sent")" ]
}

# ids: what all mails so far are, whatever their Message-ID: two of one kind are one too many.
ids() {
	awk '/^To: /{ to = $2 } /^Subject: /{ subject = $0 }
		/^Message-ID: /{ print to, subject ~ /incidents/ ? $2 : subject }' "$T"/mail/* 2>/dev/null | sort
}

@test "kill -9 at random moments: no message is lost, and at most the one in flight comes twice" {
	kills=${ALERT_KILLS:-20}
	seed=${SEED:-$$}
	RANDOM=$seed
	echo "SEED=$seed"
	journal zero ok
	flush
	from=$(date +%s%N)
	for job in a b c; do journal "$job" fail; done
	flush
	took=$((($(date +%s%N) - from) / 1000))
	doubles=0 late=0 all=0
	for ((i = 1; i <= kills; i++)); do
		later 60
		for job in x y; do journal "$job$i" fail; done
		[ "$i" = 1 ] || journal "x$((i - 1))" ok
		# Twice in a row, now and then: what was killed is killed again.
		killed=$late
		late=1 # what was on its way may arrive a little later
		for _ in 1 2; do
			killed=$((killed + 1)) all=$((all + 1))
			siantre-alert flush -c "$T/app.conf" 2>/dev/null &
			pid=$!
			sleep "$(((RANDOM * 32768 + RANDOM) % (took * 3 / 2)))e-6"
			kill -9 "$pid" 2>/dev/null || true
			{ wait "$pid"; } 2>/dev/null || true
			[ $((RANDOM % 3)) = 0 ] || break
		done
		# Each kill doubles one message at most.
		extra=$(($(ids | wc -l) - $(ids | uniq | wc -l)))
		[ $((extra - doubles)) -le "$killed" ]
		doubles=$extra
	done
	# A mail that was on its way when its sender died may still arrive.
	sleep 0.3
	flush
	cat "$T/stderr"
	# What came late came with others in one message.
	grep -l '^To: siti' "$T"/mail/* | xargs cat >"$T/all"
	for ((i = 1; i <= kills; i++)); do
		grep -qE "^([0-9]+\. )?web1: backup y$i failed" "$T/all" || {
			echo "nothing of y$i"
			return 1
		}
		# Its failure and its end, or both as one.
		[ "$i" = "$kills" ] || grep -qE "^([0-9]+\. )?web1: backup x$i works again" "$T/all" || {
			echo "nothing of x$i"
			return 1
		}
	done
	extra=$(($(ids | wc -l) - $(ids | uniq | wc -l)))
	echo "$kills rounds: $(ids | uniq | wc -l) messages, $extra of them twice"
	[ "$extra" -le "$all" ]
	[ -z "$(find "$T/state/alert/outbox" "$T/state/alert/sent" -name '[!.]*' -type f)" ]
}

@test "a week: failures and recoveries, a day without a gateway, a reboot while sending, a full disk" {
	need_root
	small_state 1m
	sed -i 's/^NOTIFY_OK=.*/NOTIFY_OK=weekly/' "$T/app.conf"
	at "2026-11-23 00:30"
	start=$SIANTRE_NOW
	for ((hour = 0; hour < 175; hour++)); do
		SIANTRE_NOW=$((start + hour * 3600))
		case $(TZ=Asia/Jakarta date -d "@$SIANTRE_NOW" +%a-%H) in
		Tue-02) journal db fail ;;
		Thu-02)
			journal db ok
			journal files fail
			;;
		???-02) journal db ok ;;
		Wed-12) touch "$T/down" ;;
		Wed-14) journal ship fail ship /mnt/usb ;;
		Thu-12) rm "$T/down" ;;
		Fri-03)
			# The machine goes down while a mail is on its way.
			journal ship ok ship /mnt/usb
			touch "$T/slow"
			siantre-alert flush -c "$T/app.conf" 2>/dev/null &
			comes pgrep -f "$T/bin/sendmail" >/dev/null
			kill -9 $!
			wait $! || true
			rm "$T/slow"
			;;
		Fri-04) journal files ok ;;
		Sat-12)
			journal full fail
			rm "$T/state/alert/spare"
			fill
			;;
		Sat-15) rm "$T/state/full" ;;
		Sun-04) journal full ok ;;
		esac
		alert flush >>"$T/out" 2>&1 || true
	done
	cat "$T/out"
	# In the middle of sending: that one twice, all others once.
	subjects siti | sort | uniq -d >"$T/twice"
	[ "$(grep -cv "^web1: copying backups elsewhere works again" "$T/twice")" = 0 ]
	diff - <(subjects siti | sort -u | sed '/^[^:]*: the backups of a week/d') <<-END
		web1: backup db failed
		web1: backup db works again, after 1 day
		web1: backup files failed
		web1: backup files failed, for 1 day now
		web1: backup files works again, after 1 day 2 hours
		web1: backup full failed
		web1: backup full works again, after 16 hours
		web1: copying backups elsewhere failed
		web1: copying backups elsewhere failed, for 1 day now
		web1: copying backups elsewhere works again, after 1 day 13 hours
	END
	[ "$(subjects siti | grep -c "the backups of a week")" = 1 ]
	[ "$(subjects budi | sort | uniq -d | wc -l)" = 0 ]
	diff - <(subjects budi | sort) <<-END
		web1: backup db failed, and nobody has answered for 2 hours
		web1: backup db works again, after 1 day
		web1: backup files failed, and nobody has answered for 2 hours
		web1: backup files failed, for 1 day now
		web1: backup files works again, after 1 day 2 hours
		web1: backup full failed, and nobody has answered for 5 hours
		web1: backup full works again, after 16 hours
		web1: copying backups elsewhere failed, and nobody has answered for 2 hours
		web1: copying backups elsewhere failed, for 1 day now
		web1: copying backups elsewhere works again, after 1 day 13 hours
	END
	[ -z "$(find "$T/state/alert/outbox" "$T/state/alert/sent" "$T/state/alert/dead" -name '[!.]*' -type f)" ]
}
