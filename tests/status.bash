# What the scenarios of siantre-status share: sets, events and what is said of them.
# shellcheck shell=bash disable=SC2154

setup() {
	lib_setup
	mkdir "$T/backup"
	: >"$T/journal"
}

# moment AGO: the UTC time that long ago, as event lines have it.
moment() {
	date -u -d "-$1" +%Y-%m-%dT%H:%M:%SZ
}

# make_set JOB AGO [LEVEL [BYTES]]: a set of $APPLICATION (siantre) that began that long ago, verified
# where a LEVEL is given.
make_set() {
	local name folder bytes=${4:-2048}
	name=$(date -d "-$2" +%Y%m%d_%H%M%S)
	folder=$T/backup
	[ "$1" != full ] || folder=$T/backup/full
	folder=$folder/$name
	[ ! -e "$folder" ] || return 1
	mkdir -p "$folder"
	head -c "$bytes" /dev/zero >"$folder/data.bin"
	jq -n --indent 1 --arg job "$1" --arg set "$name" --arg start "$(moment "$2")" \
	    --arg application "${APPLICATION:-siantre}" \
	    --argjson bytes "$bytes" \
	    --arg sum "$(sha256sum <"$folder/data.bin" | cut -d' ' -f1)" '{format: 1, job: $job,
	    application: $application, set: $set, host: "web1", tool: "siantre-backup 0.1.0",
	    started: $start, ended: $start, status: "ok",
	    files: [{name: "data.bin", bytes: $bytes, sha256: $sum}], warnings: []}' >"$folder/set.json"
	(cd "$folder" && sha256sum data.bin set.json >SHA256SUMS)
	[ $# -lt 3 ] || siantre_record "$folder" "$3"
	# shellcheck disable=SC2034
	SET=$name FOLDER=$folder
}

# siantre_record FOLDER LEVEL: a verified.json that counts.
siantre_record() {
	jq -n --arg level "$2" --arg time "$(moment 0hours)" \
	    --arg sum "$(sha256sum <"$1/SHA256SUMS" | cut -d' ' -f1)" '{format: 1, time: $time,
	    level: $level, result: "ok", manifest: $sum, tool: "siantre-backup 0.1.0"}' \
	    >"$1/verified.json"
}

# event JOB STATUS EXIT AGO MESSAGE: one line of the journal.
event() {
	jq -nc --arg time "$(moment "$4")" --arg job "$1" --arg status "$2" --argjson exit "$3" \
	    --arg message "$5" '{time: $time, host: "web1", job: $job, event: "run",
	    status: $status, exit: $exit, seconds: 41.2, message: $message}' >>"$T/journal"
}

status() {
	expect_ok siantre-status --dir "$T/backup" "$@" "$T/journal"
	cat "$T/stdout"
	[ ! -s "$T/stderr" ]
}

# says LINE: stdout has it, with any run of blanks as one.
says() {
	tr -s ' ' <"$T/stdout" | grep -qE -- "^$1\$" || {
		echo "no such line: $1"
		return 1
	}
}

json() {
	jq -e "$1" "$T/stdout" >/dev/null || {
		echo "not so: $1"
		return 1
	}
}
