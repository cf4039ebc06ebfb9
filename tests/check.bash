# What the scenarios of siantre-alert check and watch share: `load check` behind `load lib`.
# shellcheck shell=bash disable=SC2154,SC2034,SC2119,SC2120

# check_setup: a configuration, empty folders, and a clock that stands on the first of March.
check_setup() {
	lib_setup
	mkdir -p "$T/backup" "$T/state"
	NOW=$(date -u -d 2027-03-01T12:00:00Z +%s)
	moment "$NOW" >"$T/state/installed"
	export SIANTRE_NOW=$NOW
	configure
	own
}

# configure [LINES]: the configuration of the application.
configure() {
	printf '%s\n' "BACKUP_DIR=$T/backup" "STATE_DIR=$T/state" "LOG_FILE=$T/log" "MAIL=sendmail" \
	    "CONTACT_PRIMARY=admin@dinas.example" "LANGUAGE=en" "DASHBOARD=" "$@" >"$T/conf"
}

own() {
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/backup" "$T/state"
}

moment() {
	date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ
}

# later HOURS:MINUTES:SECONDS: the clock goes on by so much.
later() {
	local h m s
	IFS=: read -r h m s <<<"$1"
	SIANTRE_NOW=$((SIANTRE_NOW + 10#$h * 3600 + 10#$m * 60 + 10#$s))
}

# make_set JOB AGO [LEVEL [BYTES]]: a set that began AGO seconds before now, verified where a LEVEL
# is given, in $T/backup or $SETS.
make_set() {
	local at=$((SIANTRE_NOW - $2)) name folder bytes=${4:-2048}
	name=$(date -d "@$at" +%Y%m%d_%H%M%S)
	folder=${SETS:-$T/backup}
	[ "$1" != full ] || folder=$folder/full
	folder=$folder/$name
	[ ! -e "$folder" ] || return 1
	mkdir -p "$folder"
	truncate -s "$bytes" "$folder/data.bin${ENC:+.age}"
	jq -n --indent 1 --arg job "$1" --arg set "$name" --arg start "$(moment "$at")" \
	    --argjson bytes "$bytes" --arg file "data.bin${ENC:+.age}" \
	    --arg sum "$(sha256sum <"$folder/data.bin${ENC:+.age}" | cut -d' ' -f1)" '{format: 1,
	    job: $job, application: "siantre", set: $set, host: "web1",
	    tool: "siantre-backup 0.1.0", started: $start, ended: $start, status: "ok",
	    files: [{name: $file, bytes: $bytes, sha256: $sum}], warnings: []}' \
	    >"$folder/set.json"
	(cd "$folder" && sha256sum data.bin* set.json >SHA256SUMS)
	[ $# -lt 3 ] || record "$folder" "$3"
	SET=$name FOLDER=$folder
	own
}

# record FOLDER LEVEL: a verified.json that counts.
record() {
	jq -n --arg level "$2" --arg time "$(moment "$SIANTRE_NOW")" \
	    --arg sum "$(sha256sum <"$1/SHA256SUMS" | cut -d' ' -f1)" '{format: 1, time: $time,
	    level: $level, result: "ok", manifest: $sum, tool: "siantre-backup 0.1.0"}' \
	    >"$1/verified.json"
}

# check [OPTIONS]: it ends 0, and says nothing on stderr.
check() {
	expect_ok siantre-alert check --queue -c "$T/conf" "$@"
	cat "$T/stdout" "$T/stderr"
	[ ! -s "$T/stderr" ]
}

# told JOB WHAT: the statuses of all lines that the journal has of that promise, one after another.
told() {
	[ -e "$T/state/journal.jsonl" ] || return 0
	jq -r --arg job "$1" --arg what "$2" 'select(.job == $job and .what == $what and
	    .event == "check") | .status' "$T/state/journal.jsonl" | paste -sd' '
}

# is JOB WHAT STATUSES
is() {
	local got
	got=$(told "$1" "$2")
	[ "$got" = "$3" ] || {
		echo "$1 $2: expected \"$3\", got \"$got\""
		return 1
	}
}

# message JOB WHAT: the words of the last line about it.
message() {
	jq -r --arg job "$1" --arg what "$2" 'select(.job == $job and .what == $what) | .message' \
	    "$T/state/journal.jsonl" | tail -n 1
}

lines() {
	wc -l <"$T/state/journal.jsonl"
}

# with_stubs: siantre-alert in $T/bin beside a systemctl, which says when the unit began ($BEGAN), and
# a sendmail that keeps what it gets in $T/mails.
with_stubs() {
	mkdir -p "$T/bin" "$T/mails"
	install -m 0755 "$BUILD/siantre-alert" "$BUILD"/libsiantre-*.so "$T/bin"
	cat >"$T/bin/systemctl" <<-EOF
		#!/bin/bash
		[ "\$*" = "show --timestamp=unix --property=InactiveExitTimestamp -- siantre-\$UNIT.service" ] || exit 1
		echo "InactiveExitTimestamp=@\$BEGAN"
	EOF
	cat >"$T/bin/sendmail" <<-EOF
		#!/bin/bash
		f=\$(mktemp "$T/mails/XXXXXX") && cat >"\$f"
	EOF
	chmod 0755 "$T/bin"/*
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/mails"
	export PATH=$T/bin:$PATH
}

# mails WORDS: how many hold them in their subject.
mails() {
	cat "$T/mails"/* 2>/dev/null | grep -ciE "^Subject: .*$1" || true
}

# fail UNIT RESULT CODE STATUS: systemd starts siantre-alert@UNIT.service.
fail() {
	UNIT=$1 MONITOR_SERVICE_RESULT=$2 MONITOR_EXIT_CODE=$3 MONITOR_EXIT_STATUS=$4 \
	    MONITOR_UNIT=siantre-$1.service \
	    expect_ok "$T/bin/siantre-alert" failed -c "$T/conf" --queue "siantre-$1.service"
	cat "$T/stderr"
}

# runs: job, status, exit code and message of every line that is no check.
runs() {
	jq -r 'select(.event != "check") | "\(.job) \(.event) \(.status) \(.exit) \(.message)"' \
	    "$T/state/journal.jsonl"
}
