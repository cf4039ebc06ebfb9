#!/usr/bin/env bats
# siantre-status: what stands, in words and as JSON.

load lib
load status

@test "no sets: said of each job, and no error" {
	status
	says "$T/backup: db, files without a verified backup"
	says "db - - - 0 - -"
	says "full - - - 0 - -"
	says "warning: db: no verified set"
	says "warning: files: no verified set"
	lacks "full:" "$T/stdout"
	status --json
	json '[.jobs[] | .job] == ["db", "files", "full"]'
	json '.jobs | all(.state == "none" and .newest == null and .sets == 0 and .run == null)'
	json '.warnings == ["db: no verified set", "files: no verified set"]'
	json '.failures == [] and .journal.events == 0'
}

@test "fresh sets: age, size, counts and the last run" {
	local oldest
	make_set db 40days structure
	oldest=$SET
	make_set db 26hours structure
	make_set db 3hours structure
	make_set files 2hours structure
	make_set full 3days structure
	event db fail 65 26hours "no end mark"
	event db ok 0 3hours "db_backup.sql.gz 2.0 KiB"
	status
	says "$T/backup: every backup is fresh and verified"
	says "db [0-9_]{15} 3 h( [0-9]+ min)? 2.0 KiB 3 $oldest ok [0-9]{4}-[0-9-]+ [0-9:]+"
	says "files [0-9_]{15} 2 h( [0-9]+ min)? 2.0 KiB 1 [0-9_]{15} -"
	says "full [0-9_]{15} 3 d.* 2.0 KiB 1 [0-9_]{15} -"
	says "failed: .* db run, exit code 65: no end mark"
	lacks "^warning" "$T/stdout"

	status --json
	json '.jobs[0] | .state == "fresh" and .sets == 3 and .verified == 3 and .rpo == 86400'
	json ".jobs[0].oldest == \"$oldest\" and .grace == 7200"
	json '.jobs[0].newest | .bytes == 2048 and .level == "structure" and
	    .age >= 10800 and .age < 10900'
	json '.jobs[0].run | .status == "ok" and .exit == 0 and .seconds == 41.2'
	json '.jobs[2] | .state == "fresh" and .rpo == 604800'
	json '.failures | length == 1 and .[0].message == "no end mark" and .[0].exit == 65'
	json '.warnings == [] and .journal.events == 2 and .journal.torn == false'
}

@test "a stale set is overdue, whatever the journal and the file times say" {
	make_set db 27hours structure
	touch "$FOLDER" "$FOLDER"/*
	make_set files 25hours structure
	event db ok 0 1hours "made nothing"
	status
	says "$T/backup: db overdue"
	says "warning: db: overdue: the newest verified set is 1 d 3 h old, more than 1 d and 2 h of grace"
	status --json
	json '.jobs[0].state == "overdue" and .jobs[1].state == "fresh"'
	make_set full 8days structure
	status
	says "$T/backup: db, full overdue"
}

@test "full may not have had its day yet; that it has run once and left nothing is no such case" {
	make_set db 3hours structure
	make_set files 2hours structure
	status
	says "$T/backup: every backup is fresh and verified"
	event full ok 0 60days "made something"
	status
	says "$T/backup: full without a verified backup"
	says "warning: full: no verified set"
}

@test "a set of another application in the same folder makes nothing of this one fresh" {
	printf '%s\n' "BACKUP_DIR=$T/backup" "STATE_DIR=$T" "LOG_FILE=$T/log" >"$T/x.conf"
	make_set files 70minutes structure
	make_set db 50hours structure
	make_set db 1hours
	of_shop "$FOLDER"
	siantre_record "$FOLDER" structure
	expect_ok siantre-status -c "$T/x.conf" --json
	json '.jobs[0] | .state == "overdue" and .sets == 1'
	printf 'APP_NAME=shop\n' >>"$T/x.conf"
	expect_ok siantre-status -c "$T/x.conf" --json
	json '.jobs[0] | .state == "fresh" and .sets == 1'
	# Without a configuration all of them are looked at.
	expect_ok siantre-status --dir "$T/backup" --json "$T/journal"
	json '.jobs[0] | .state == "fresh" and .sets == 2'
}

@test "an unverified set makes nothing fresh" {
	make_set files 70minutes structure
	make_set db 50hours structure
	make_set db 1hours
	status
	says "$T/backup: db overdue"
	says "warning: db: the newest set, $SET, is not verified"
	status --json
	json ".jobs[0] | .sets == 2 and .verified == 1 and .unverified == \"$SET\""

	# A record that failed, or that speaks of another SHA256SUMS, is none.
	siantre_record "$FOLDER" structure
	status --json
	json '.jobs[0].state == "fresh"'
	sed -i 's/"ok"/"fail"/' "$FOLDER/verified.json"
	status --json
	json '.jobs[0].state == "overdue"'
	siantre_record "$FOLDER" structure
	echo >>"$FOLDER/SHA256SUMS"
	status --json
	json '.jobs[0].state == "overdue"'
}

@test "a verified set without its files makes nothing fresh" {
	make_set files 70minutes structure
	make_set db 50hours structure
	make_set db 1hours structure
	status
	says "$T/backup: every backup is fresh and verified"
	truncate -s 2047 "$FOLDER/data.bin"
	lost() {
		expect_ok siantre-status --dir "$T/backup"
		cat "$T/stdout" "$T/stderr"
		says "$T/backup: db overdue"
		says "warning: db: the newest set, $SET, is not verified"
	}
	lost
	said "siantre-status: $FOLDER/data.bin: not the file that was proven"
	rm "$FOLDER/data.bin"
	lost
	said "siantre-status: $FOLDER/data.bin: No such file or directory"
}

@test "only unverified sets are as good as none" {
	make_set db 1hours
	make_set files 70minutes structure
	status
	says "$T/backup: db without a verified backup"
	says "warning: db: no verified set"
}

@test "a set dated in the future is said to be, and makes nothing fresh" {
	local real
	make_set db "3 days ago 6days" structure
	make_set files 70minutes structure
	status
	says "$T/backup: db without a verified backup"
	says "warning: db: the newest verified set is dated in the future"
	make_set db 30hours structure
	real=$SET
	status
	says "$T/backup: db overdue"
	says "warning: db: the newest verified set is dated in the future"
	status --json
	json ".jobs[0] | .state == \"overdue\" and .newest.set == \"$real\" and .verified == 2"
	json ".last.job == \"files\""
	status --format=prometheus
	says "siantre_backup_start_timestamp_seconds\{.*backup=\"db\"\} $(date -d "$(moment 30hours)" +%s | cut -c1-8)[0-9]*"

	# By a clock that is an hour ahead it is still the newest.
	make_set db "2 hours ago 3hours" structure
	status
	says "$T/backup: every backup is fresh, but one thing needs a look"
}

@test "the hour that comes twice when summer ends: the newest is the one that began last" {
	export TZ=Europe/Berlin SIANTRE_NOW=1793000000 # 2026-10-26 08:33
	make_set files "$(($(date +%s) - 1792994400))seconds" structure
	make_set db "$(($(date +%s) - 1792888200))seconds" structure # 02:30, in summer
	make_set db "$(($(date +%s) - 1792890300))seconds" structure # 02:05, in winter
	status --json
	json ".jobs[0].newest.set == \"$SET\" and .jobs[0].newest.time == \"2026-10-25T01:05:00Z\""
}

@test "garbage and a torn last line are counted, nothing is lost" {
	make_set db 1hours structure
	make_set files 70minutes structure
	event db ok 0 3hours first
	{
		echo 'no json at all'
		echo '{"time":"yesterday","event":"run","status":"ok"}'
		printf '\0\377\n'
	} >>"$T/journal"
	event db warn 0 2hours second
	printf '{"time":"2026-11-23T02:0' >>"$T/journal"
	status
	says "db .* warn .*"
	says "journal: 3 lines are no events"
	says "journal: the last line is torn"
	status --json
	json '.journal.events == 2 and .journal.garbage == 3 and .journal.torn == true'
	json '.jobs[0].run.message == "second"'
}

@test "the last five failures are shown, the latest first" {
	local i
	for i in 1 2 3 4 5 6 7; do
		event db fail $i "$((10 - i))hours" "failure $i"
	done
	status --json
	json '[.failures[] | .exit] == [7, 6, 5, 4, 3]'
	status
	says "warning: db: the last run failed with exit code 7"
	[ "$(grep -c '^failed: ' "$T/stdout")" = 5 ]
	grep '^failed: ' "$T/stdout" | head -n 1 | grep -qF "exit code 7: failure 7"
	expect_ok siantre-status -q --dir "$T/backup" "$T/journal"
	lacks JOB "$T/stdout"
	grep -q '^failed: ' "$T/stdout"
}

@test "the journal may come on stdin, be missing, or not be asked for" {
	event db ok 0 1hours "done"
	siantre-status --json --dir "$T/backup" - <"$T/journal" >"$T/stdout"
	json '.journal.path == "-" and .journal.events == 1'
	siantre-status --json --dir "$T/backup" "$T/none" >"$T/stdout"
	json '.journal.events == 0'
	siantre-status --json --dir "$T/backup" >"$T/stdout"
	json '.journal.path == null'
}

@test "a configuration names folder, journal and limits" {
	local APPLICATION=antrian # for make_set
	: "$APPLICATION"
	mkdir "$T/state"
	cat >"$T/app.conf" <<-END
		APP_NAME=antrian
		BACKUP_DIR=$T/backup
		STATE_DIR=$T/state
		RPO=2h
		GRACE=0
	END
	make_set db 3hours structure
	make_set files 70minutes structure
	event db fail 75 1hours "locked"
	mv "$T/journal" "$T/state/journal.jsonl"
	expect_ok siantre-status -c "$T/app.conf"
	cat "$T/stdout"
	says "antrian: db overdue"
	says "failed: .* db run, exit code 75: locked"
	expect_ok siantre-status --json -c "$T/app.conf"
	json ".backup_dir == \"$T/backup\" and .grace == 0 and .jobs[0].rpo == 7200"
}

@test "sets that cannot be read are said, and count for nothing" {
	make_set db 1hours structure
	echo '{' >"$FOLDER/set.json"
	make_set files 2hours structure
	mkdir "$T/backup/notes" "$T/backup/20261399_000000"
	expect_ok siantre-status --json --dir "$T/backup" "$T/journal"
	grep -qF "set.json" "$T/stderr"
	json '.jobs[0].state == "none"'
	json '.jobs | map(select(.job == "unknown")) | length == 1 and .[0].verified == 0'
}

@test "a folder that is not there is an error" {
	expect_fail 74 "$T/none: No such file or directory" siantre-status --dir "$T/none" "$T/journal"
	[ ! -s "$T/stdout" ]
}

@test "the journal cannot draw on the terminal, colour stays off a pipe" {
	event db fail 1 1hours $'\033[31mred\nsecond line'
	status
	lacks $'\033' "$T/stdout"
	grep -qF 'exit code 1: \033[31mred\012second line' "$T/stdout"
	script -qec "siantre-status --dir $T/backup" /dev/null >"$T/stdout"
	grep -q $'\033\[31mdb, files without a verified backup' "$T/stdout"
	NO_COLOR=1 script -qec "siantre-status --dir $T/backup" /dev/null >"$T/stdout"
	lacks $'\033' "$T/stdout"
}

@test "usage errors name the option and end 64" {
	expect_fail 64 "only one of --config and --dir" siantre-status -c x --dir "$T"
	expect_fail 64 "only one journal" siantre-status a b
	expect_fail 64 "only one of --json and --quiet" siantre-status --json -q
	expect_fail 64 "usage: siantre-status" siantre-status --nonsense
	expect_ok siantre-status --help
	expect_ok siantre-status --version
}

@test "a FIFO in the place of the journal is not waited for" {
	mkfifo "$T/fifo"
	expect_fail 74 "journal $T/fifo: not a regular file" timeout 20 siantre-status -q --dir "$T/backup" "$T/fifo"
}
