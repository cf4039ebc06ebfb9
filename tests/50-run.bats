#!/usr/bin/env bats
# siantre-run: what happens around a job, with jobs that are a few lines each.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031

load lib

setup() {
	lib_setup
	mkdir "$T/backup" "$T/state" "$T/log" "$T/jobs"
	printf '%s\n' "BACKUP_DIR=$T/backup" "STATE_DIR=$T/state" "LOG_FILE=$T/log/backup.log" \
	    >"$T/x.conf"
	chmod 0700 "$T/backup"
	ours "$T/backup" "$T/state" "$T/log"
	holders=()
}

teardown() {
	local pid
	for pid in ${holders[@]+"${holders[@]}"}; do
		# Most have ended, and the number may be somebody else's by now.
		! grep -aqsF "$T" "/proc/$pid/cmdline" "/proc/$pid/environ" || kill -9 "$pid" || true
	done
	lib_teardown
}

# sets: the names of all sets.
sets() {
	find "$T/backup" -maxdepth 1 -name '2*' -printf '%f\n' | sort
}

# no_set: neither a set nor anything half-made.
no_set() {
	[ -z "$(sets)" ]
	nothing_partial
}

nothing_partial() {
	[ -z "$(find "$T/backup/.partial" -mindepth 1 2>/dev/null)" ]
}

# works: the next run makes a set.
works() {
	job fine 'echo fine >fine.txt'
	expect_ok runs fine
	[ -f "$(cat "$T/stdout")/verified.json" ]
	[ "$(last status)" = ok ]
	nothing_partial
}

# hold: a run that holds the lock until $T/go exists; waits until its job runs.
hold() {
	job hold 'echo $$ >"${0%/*}/../state/pid"' 'echo x >x' \
	    'while [ ! -e "${0%/*}/../go" ]; do sleep 0.05; done'
	siantre-run -c "$T/x.conf" --jobs "$T/jobs" hold >"$T/hold.out" 2>"$T/hold.err" 3>&- &
	holder=$!
	holders+=("$holder")
	comes test -s "$T/state/pid"
	holders+=("$(cat "$T/state/pid")")
}

@test "a job that ends well becomes a set that is proven" {
	job two 'echo one >one.txt' 'echo two | gzip -n >two.gz' 'echo "a word"' 'echo "a complaint" >&2'
	expect_ok runs two
	set=$(cat "$T/stdout")
	[ "$set" = "$T/backup/$(sets)" ]
	[[ $(sets) =~ ^[0-9]{8}_[0-9]{6}$ ]]
	[ "$(find "$set" -mindepth 1 -printf '%f\n' | LC_ALL=C sort | paste -sd ' ')" = \
	    "SHA256SUMS one.txt set.json two.gz verified.json" ]
	(cd "$set" && sha256sum --quiet --strict -c SHA256SUMS)
	[ "$(wc -l <"$set/SHA256SUMS")" = 3 ]
	grep -q '"level": "structure"' "$set/verified.json"
	grep -q '"result": "ok"' "$set/verified.json"
	grep -qF "\"manifest\": \"$(sha256sum <"$set/SHA256SUMS" | cut -d ' ' -f 1)\"" "$set/verified.json"
	[ "$(stat -c %a "$set")" = 700 ]
	[ "$(find "$set" -type f -printf '%m\n' | sort -u)" = 440 ]
	nothing_partial
	[ "$(last job)/$(last event)/$(last status)/$(last exit)" = two/run/ok/0 ]
	[ "$(last set)" = "$(sets)" ]
	[ "$(last message)" = "one.txt 4 B, two.gz $(stat -c %s "$set/two.gz") B" ]
	[ "$(last bytes)" = $((4 + $(stat -c %s "$set/two.gz"))) ]
	# Both streams of the job are in the log, with times, and by hand on stderr.
	grep -qE '^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8}[+-][0-9]{4} siantre two: a word$' "$T/log/backup.log"
	grep -q ' siantre two: a complaint$' "$T/log/backup.log"
	grep -qx 'a word' "$T/stderr"
	grep -qx 'a complaint' "$T/stderr"
}

@test "as root: siantre-backup owns everything, and may read what is closed to it" {
	need_root
	install -m 0600 /dev/stdin "$T/closed" <<<"only root"
	job closed "cat $T/closed >copy" 'id -un >user' 'grep -E "^Cap(Eff|Prm|Amb|Inh)" /proc/self/status >caps' 'grep -E "^(CapBnd|NoNewPrivs)" /proc/self/status >given'
	expect_ok runs closed
	set=$(cat "$T/stdout")
	[ "$(cat "$set/copy")" = "only root" ]
	[ "$(cat "$set/user")" = siantre-backup ]
	# CAP_DAC_READ_SEARCH is bit 2; nothing else is left.
	[ "$(awk '{ print $2 }' "$set/caps" | sort -u)" = 0000000000000004 ]
	[ "$(awk '{ print $2 }' "$set/given" | paste -sd ' ')" = "0000000000000000 1" ]
	[ -z "$(find "$T/backup" "$T/state" "$T/log" ! -user siantre-backup)" ]
}

@test "a job that fails leaves no set: its code, its last words, and a line in the journal" {
	job wrong 'echo half >half' 'echo noise' 'echo "db: no route to host" >&2' 'echo "hint: look there" >&2' 'exit 69'
	expect_fail 69 "siantre-run: wrong: no set was made (exit 69)" runs wrong
	[ ! -s "$T/stdout" ]
	no_set
	[ "$(last status)/$(last exit)/$(last set)" = fail/69/- ]
	[ "$(last message)" = "db: no route to host; hint: look there" ]
	works
}

@test "codes that are not sysexits' become 1; silence is told" {
	for code in 1 2 63 79 126 127 130 255; do
		job wrong "exit $code"
		expect_fail 1 "/jobs/wrong ended $code without a word" runs wrong
		[ "$(last exit)" = 1 ]
	done
	for code in 64 65 74 75 78; do
		job wrong "exit $code"
		expect_fail "$code" "without a word" runs wrong
	done
	job wrong 'kill -9 $$'
	expect_fail 1 "ended 137 without a word" runs wrong
	no_set
	works
}

@test "each stage of a pipeline counts" {
	for pipe in 'false | cat >f' 'echo x | false | cat >f' 'echo x | cat >f | false' \
	    'echo x | tee f | (cat >/dev/null; exit 3)'; do
		job pipe "$pipe"
		expect_fail 1 "no set was made" runs pipe
		no_set
	done
	works
}

@test "what is no backup becomes no set, though the job ends 0" {
	job none 'true'
	expect_fail 65 "siantre-run: the job ended well and made no file" runs none
	job empty 'echo x >full' ': >empty'
	expect_fail 65 "siantre-run: empty: the job made an empty file" runs empty
	[ "$(last message)" = "siantre-run: empty: the job made an empty file" ]
	job folder 'mkdir sub' 'echo x >sub/x'
	expect_fail 65 "siantre-run: sub: the job made something else than a regular file" runs folder
	job link 'ln -s /etc/passwd link'
	expect_fail 65 "siantre-run: link: the job made something else" runs link
	job hidden 'echo x >.x'
	expect_fail 65 "has no plain name" runs hidden
	job own 'echo {} >set.json'
	expect_fail 65 "the job made a set.json of its own" runs own
	no_set
	[ "$(grep -c '"status":"fail"' "$T/state/journal.jsonl")" = 6 ]
	works
}

@test "what siantre-verify refuses becomes no set, though the job ends 0" {
	job cut 'seq 100000 | gzip >x.gz' 'truncate -s -9 x.gz'
	expect_fail 65 "what the job made is not proven (siantre-verify ended 65)" runs cut
	[ "$(last status)/$(last exit)" = fail/65 ]
	job flip 'seq 100000 | gzip >x.gz' 'printf "\377\377\377" | dd of=x.gz bs=1 seek=5000 conv=notrunc status=none'
	expect_fail 65 "is not proven" runs flip
	job name 'echo "no archive" | gzip >x.tar.gz'
	expect_fail 65 "is not proven" runs name
	no_set
	works
}

@test "kill -9: nothing is seen, and the next run cleans up" {
	hold
	kill -9 "$holder"
	wait "$holder" 2>/dev/null || true
	kill -9 "$(cat "$T/state/pid")"
	[ -z "$(sets)" ]
	[ -n "$(find "$T/backup/.partial" -mindepth 1)" ]
	works
	[ "$(sets | wc -l)" = 1 ]
}

@test "SIGTERM, SIGINT, SIGHUP: the job is stopped, nothing is left, and the journal knows" {
	for signal in TERM INT HUP; do
		rm -f "$T/state/pid"
		# A shell starts what runs in the background with SIGINT ignored.
		job hold 'echo $$ >"${0%/*}/../state/pid"' 'echo x >x' 'sleep 600 & sleep 600'
		env --default-signal=INT,HUP "$BUILD/siantre-run" -c "$T/x.conf" --jobs "$T/jobs" hold \
		    >/dev/null 2>"$T/hold.err" 3>&- &
		holder=$!
		holders+=("$holder")
		comes test -s "$T/state/pid"
		kill -s "$signal" "$holder"
		rc=0
		wait "$holder" || rc=$?
		[ "$rc" = $((128 + $(kill -l "$signal"))) ]
		grep -qF "no set was made: stopped by SIG$signal" "$T/hold.err"
		[ "$(last status)/$(last exit)" = "fail/$rc" ]
		[ "$(last message)" = "stopped by SIG$signal" ]
		# Nobody of its group is left.
		comes not pgrep -g "$(cat "$T/state/pid")"
		no_set
	done
	works
}

@test "a second run while one holds the lock: 75 by hand, and no word in the journal" {
	hold
	expect_fail 75 "siantre-run: another run (process $holder) holds the lock $T/state/siantre.lock" runs hold
	[ ! -e "$T/state/journal.jsonl" ]
	nothing_new=$(find "$T/backup/.partial" -mindepth 1 -maxdepth 1 -type d | wc -l)
	[ "$nothing_new" = 1 ]
	touch "$T/go"
	wait "$holder"
	[ "$(sets | wc -l)" = 1 ]
}

@test "a scheduled run waits for the lock; in vain, it is a failed backup" {
	hold
	job fine 'echo fine >fine.txt'
	expect_fail 75 "holds the lock" runs --wait=0 fine
	[ "$(last job)/$(last status)/$(last exit)" = fine/fail/75 ]
	expect_fail 75 "holds the lock" runs --wait=1s fine
	siantre-run -c "$T/x.conf" --jobs "$T/jobs" --wait fine >"$T/wait.out" 2>"$T/wait.err" 3>&- &
	waiter=$!
	holders+=("$waiter")
	sleep 0.3 # it asks for the lock by now
	kill -0 "$waiter"
	touch "$T/go"
	wait "$holder"
	wait "$waiter"
	[ ! -s "$T/wait.out" ]
	[ ! -s "$T/wait.err" ]
	[ "$(sets | wc -l)" = 2 ]
	[ "$(last job)/$(last status)" = fine/ok ]
}

@test "LOCK_WAIT is how long --wait waits" {
	hold
	echo LOCK_WAIT=0 >>"$T/x.conf"
	job fine 'echo fine >fine.txt'
	expect_fail 75 "holds the lock" runs --wait fine
}

@test "applications do not wait for each other" {
	hold
	sed 's/^BACKUP_DIR=.*/&2\nAPP_NAME=other/' "$T/x.conf" >"$T/y.conf"
	mkdir "$T/backup2"
	ours "$T/backup2"
	job fine 'echo "$SIANTRE_APP_NAME" >name'
	expect_ok siantre-run -c "$T/y.conf" --jobs "$T/jobs" fine
	[ "$(cat "$(cat "$T/stdout")/name")" = other ]
}

@test "a set name that is taken moves to the next second" {
	now=$(date +%s)
	for n in {0..60}; do
		mkdir "$T/backup/$(date -d "@$((now + n))" +%Y%m%d_%H%M%S)"
	done
	mkdir -p "$T/backup/full/$(date -d "@$((now + 61))" +%Y%m%d_%H%M%S)"
	ours "$T/backup"/* "$T/backup/full"/*
	newest=$(sets | tail -n 1)
	job fine 'echo "$SIANTRE_SET" >name'
	expect_ok runs fine
	set=$(cat "$T/stdout")
	[[ ${set##*/} > $newest ]]
	[ "$(cat "$set/name")" = "${set##*/}" ]
	[ ! -e "$T/backup/full/${set##*/}" ]
	[ "$(find "$T/backup" -name '2*' -type d -empty | wc -l)" = 62 ]
}

@test "a clock that was put back by minutes: the new set is still the last, and stays" {
	local i old=()
	job fine 'echo fine >fine.txt'
	expect_ok runs fine
	for i in 20 30 40; do
		old+=("$(date -d "$i minutes" +%Y%m%d_%H%M%S)")
		cp -a "$(cat "$T/stdout")" "$T/backup/${old[-1]}"
	done
	rm -r "$(cat "$T/stdout")"
	mkdir -p "$T/backup/full/$(date -d "50 minutes" +%Y%m%d_%H%M%S)"
	ours "$T/backup/full"
	echo KEEP=last=1 >>"$T/x.conf"
	expect_ok runs fine
	set=$(cat "$T/stdout")
	[[ ${set##*/} > $(ls "$T/backup/full") ]]
	[ -d "$set" ]
	[ -d "$T/backup/.trash/${old[0]}" ]
	# What is a day ahead is no set that a clock made.
	mkdir "$T/backup/$(date -d "1 day" +%Y%m%d_%H%M%S)"
	ours "$T/backup"/2*
	expect_ok runs fine
	[[ $(cat "$T/stdout") < $T/backup/$(date -d "2 hours" +%Y%m%d_%H%M%S) ]]
}

@test "full sets have a folder of their own" {
	job full 'echo full >full.txt'
	expect_ok runs full
	[[ $(cat "$T/stdout") == "$T/backup/full/"2* ]]
	[ "$(stat -c %a "$T/backup/full")" = 700 ]
	[ -z "$(sets)" ]
}

@test "a full disk: no set, the code and words of the tool, and the next run works" {
	small_disk "$T/small" 1m
	sed -i "s|^BACKUP_DIR=.*|BACKUP_DIR=$T/small/b|" "$T/x.conf"
	mkdir -m 0700 "$T/small/b"
	ours "$T/small/b"
	job big 'head -c 4000000 /dev/urandom | siantre-pack -q -o big.gz'
	expect_fail 74 "No space left on device" runs big
	[ "$(last status)/$(last exit)" = fail/74 ]
	[[ $(last message) == *"No space left on device"* ]]
	[ -z "$(find "$T/small/b" -type f)" ]
	# To the last byte: no room for the manifest.
	job brim 'head -c 4000000 /dev/urandom >brim || true'
	expect_fail 74 "set.json" runs brim
	[ -z "$(find "$T/small/b" -type f)" ]
	job fine 'echo fine >fine.txt'
	expect_ok runs fine
}

@test "too little room for a set like the last one: 73 before it starts, once the trash is empty" {
	small_disk "$T/small" 4m
	sed -i "s|^BACKUP_DIR=.*|BACKUP_DIR=$T/small/b|" "$T/x.conf"
	mkdir -m 0700 "$T/small/b"
	ours "$T/small/b"
	job big 'head -c 1800000 /dev/urandom >big' 'touch "${0%/*}/../state/started"'
	expect_ok runs big
	mkdir -p "$T/small/b/.trash/20260101_020000"
	head -c 1000000 /dev/urandom >"$T/small/b/.trash/20260101_020000/x"
	ours "$T/small/b/.trash" "$T/small/b/.trash/20260101_020000"
	rm "$T/state/started"
	expect_ok runs big # 3 MB are used, 2.2 MB asked for
	[ -z "$(ls -A "$T/small/b/.trash")" ]
	rm "$T/state/started"
	expect_fail 73 "siantre-run: $T/small/b: the next set may take 2.1 MiB, and " runs big
	[ ! -e "$T/state/started" ]
	[ "$(last status)/$(last exit)" = fail/73 ]
	# check-config knows of it where the job is one of the nightly ones.
	mv "$T/jobs/big" "$T/jobs/db"
	sed -i 's/"job": "big"/"job": "db"/' "$T/small/b"/2*/set.json
	runs check-config >"$T/stdout" || true
	grep -qE '^fail  db +the next set may take 2.1 MiB, and .* are free$' "$T/stdout"
	# Another job has sets of another size.
	job fine 'echo fine >fine.txt'
	expect_ok runs fine
}

@test "BACKUP_MOUNT must be mounted" {
	mkdir "$T/disk"
	ours "$T/disk"
	printf 'BACKUP_DIR=%s/b\nBACKUP_MOUNT=%s\n' "$T/disk" "$T/disk" >>"$T/x.conf"
	job fine 'echo fine >fine.txt'
	expect_fail 73 "siantre-run: mount point $T/disk: nothing is mounted there" runs fine
	grep -qF "hint: mount $T/disk" "$T/stderr"
	[ "$(last status)/$(last exit)" = fail/73 ]
	[ -z "$(ls -A "$T/disk")" ]
	# As systemd does for ReadWritePaths=: mounted upon itself, it is no disk.
	if unshare -m true 2>/dev/null; then
		expect_fail 73 "siantre-run: mount point $T/disk: nothing is mounted there" \
		    unshare -m bash -c "mount --bind '$T/disk' '$T/disk' && exec siantre-run -c '$T/x.conf' --jobs '$T/jobs' fine"
	fi
	small_disk "$T/disk" 1m
	mkdir "$T/disk/b"
	ours "$T/disk/b"
	expect_ok runs fine
}

@test "a job sees its set, the configuration, and nothing else of ours" {
	printf 'APP_DIR=/srv/app\nLOCK_WAIT=90m\n' >>"$T/x.conf"
	job env 'env -0 | sort -z | tr "\0" "\n" >env' 'pwd >pwd' 'umask >umask' 'ls -l /proc/self/fd >fds' \
	    'readlink /proc/self/fd/0 >stdin' 'grep -E "^Sig(Ign|Blk)" /proc/self/status >signals'
	MYSQL_PWD=rahasia AWS_SECRET_ACCESS_KEY=rahasia BASH_ENV="$T/none" expect_ok runs env
	set=$(cat "$T/stdout")
	lacks -r rahasia "$set" "$T/log" "$T/state"
	[ "$(sed 's/=.*//' "$set/env" | grep -v '^SIANTRE_' | LC_ALL=C sort | paste -sd ' ')" = \
	    "$(printf '%s\n' HOME LC_ALL LOGNAME PATH PWD SHLVL TZ USER _ ${TMPDIR:+TMPDIR} | LC_ALL=C sort | paste -sd ' ')" ]
	for line in SIANTRE_JOB=env "SIANTRE_CONFIG=$T/x.conf" "SIANTRE_SET=${set##*/}" "SIANTRE_NOTES=$T/backup/.partial/${set##*/}.notes" \
	    SIANTRE_APP_NAME=siantre SIANTRE_APP_DIR=/srv/app SIANTRE_DB_ENV_FILE=/srv/app/.env \
	    SIANTRE_LOCK_WAIT=90m SIANTRE_PACK_LEVEL=2 SIANTRE_WEB_CONFIG= "TZ=$TZ" LC_ALL=C.UTF-8; do
		grep -qxF "$line" "$set/env"
	done
	# Every key, and CONFIG, JOB, SET and NOTES.
	[ "$(grep -c ^SIANTRE_ "$set/env")" = $(($(grep -cE '^#[A-Z_]+=' "$ROOT/etc/siantre.conf") + 4)) ]
	[[ $(grep ^PATH= "$set/env") == "PATH=$(realpath "$BUILD"):/usr/local/sbin:"* ]]
	[ "$(cat "$set/pwd")" = "$T/backup/.partial/${set##*/}" ]
	[ "$(cat "$set/umask")" = 0077 ]
	[ "$(cat "$set/stdin")" = /dev/null ]
	[ "$(grep -cE ' [0-9]+ -> ' "$set/fds")" = 4 ] # three, and the folder that ls reads
	while read -r _ mask; do
		[ $((16#$mask & 0x7fffffff)) = 0 ] # above are two of the C library's own
	done <"$set/signals"
}

@test "no secret in any process of a job" {
	MYSQL_PWD=rahasia hold
	pid=$(cat "$T/state/pid")
	lacks -a rahasia "/proc/$pid/environ" "/proc/$pid/cmdline"
	touch "$T/go"
	wait "$holder"
}

@test "--note is a warning in the manifest and in the event" {
	job note 'echo x >x' 'siantre-run --note "nginx: \"not\" there"'
	expect_ok runs note
	set=$(cat "$T/stdout")
	grep -qF '"status": "warn"' "$set/set.json"
	grep -qF '"nginx: \"not\" there"' "$set/set.json"
	[ "$(last status)/$(last exit)" = warn/0 ]
	[ "$(last message)" = 'x 2 B; warning: nginx: "not" there' ]
}

@test "what the tools note about their output stands in set.json" {
	job notes 'seq 1000 | siantre-pack -q --index n.gz.idx -o n.gz'
	expect_ok runs notes
	set=$(cat "$T/stdout")
	python3 - "$set" <<-'PY'
		import hashlib, json, sys
		m = json.load(open(sys.argv[1] + "/set.json"))
		assert (m["format"], m["job"], m["application"], m["status"]) == (1, "notes", "siantre", "ok")
		plain = b"".join(b"%d\n" % i for i in range(1, 1001))
		f = m["files"][0]
		assert f["name"] == "n.gz" and f["plain_bytes"] == len(plain)
		assert f["plain_sha256"] == hashlib.sha256(plain).hexdigest()
		packed = open(sys.argv[1] + "/n.gz", "rb").read()
		assert (f["bytes"], f["sha256"]) == (len(packed), hashlib.sha256(packed).hexdigest())
		assert [f["name"] for f in m["files"]] == ["n.gz", "n.gz.idx"]
		assert "warnings" in m and m["warnings"] == []
	PY
}

@test "notes that are no notes fail the run" {
	job junk 'echo x >x' 'echo junk >>"$SIANTRE_NOTES"'
	expect_fail 65 "siantre-run: notes: line 1 is no note" runs junk
	no_set
}

@test "what a job leaves running does not keep the run, nor outlive it" {
	job daemon 'echo x >x' 'sleep 600 & echo $! >"${0%/*}/../state/child"'
	expect_ok timeout 60 "$BUILD/siantre-run" -c "$T/x.conf" --jobs "$T/jobs" daemon
	child=$(cat "$T/state/child")
	holders+=("$child")
	comes ended "$child"
}

@test "scheduled: silent when all is well, one line with the cause when not" {
	job fine 'echo fine >fine.txt' 'echo chatter'
	expect_ok runs --wait fine
	[ ! -s "$T/stdout" ]
	[ ! -s "$T/stderr" ]
	grep -q 'siantre fine: chatter' "$T/log/backup.log"
	job wrong 'echo chatter' 'echo "tool: the cause" >&2' 'exit 74'
	expect_fail 74 "siantre-run: wrong: tool: the cause" runs --wait wrong
	[ "$(wc -l <"$T/stderr")" = 1 ]
	expect_ok runs --wait --verbose fine
	grep -qx chatter "$T/stderr"
	expect_ok runs --quiet fine
	[ ! -s "$T/stdout" ]
	[ ! -s "$T/stderr" ]
}

@test "no terminal sequence of a job reaches log or screen" {
	job rude 'echo x >x' 'printf "\033[2Jred\r\n" >&2' 'printf "\302\2332Jr\303\251d\n" >&2' \
	    'printf "no newline"'
	expect_ok runs rude
	lacks $'\033' "$T/log/backup.log" "$T/stderr"
	grep -q 'siantre rude: ?\[2Jred?$' "$T/log/backup.log"
	# Nor the one byte that some take for two of these.
	grep -q 'siantre rude: ??2Jréd$' "$T/log/backup.log"
	grep -q 'siantre rude: no newline$' "$T/log/backup.log"
}

@test "a log that cannot be written costs no backup; a journal that cannot, is told" {
	rm -r "$T/log"
	job fine 'echo fine >fine.txt'
	expect_ok runs fine
	grep -qF "warning: no log: $T/log/backup.log: No such file or directory" "$T/stderr"
	rm "$T/state/journal.jsonl"
	mkdir "$T/state/journal.jsonl"
	expect_fail 74 "fine: the journal does not know of this" runs fine
	[ "$(sets | wc -l)" = 2 ]
}

@test "folders that are missing or closed: 73, and where the command stands that mends it" {
	job fine 'echo fine >fine.txt'
	sed -i "s|^BACKUP_DIR=.*|BACKUP_DIR=$T/none/b|" "$T/x.conf"
	expect_fail 73 "siantre-run: create $T/none/b: No such file or directory" runs fine
	grep -qF "hint: siantre-run check-config names the command that mends it" "$T/stderr"
	sed -i "s|^BACKUP_DIR=.*|BACKUP_DIR=$T/backup|" "$T/x.conf"
	chmod 0500 "$T/backup"
	expect_fail 73 "siantre-run: create $T/backup/.partial: Permission denied" runs fine
	chmod 0700 "$T/backup"
	sed -i "s|^STATE_DIR=.*|STATE_DIR=$T/none|" "$T/x.conf"
	expect_fail 73 "siantre-run: lock $T/none/siantre.lock: No such file or directory" runs fine
	no_set
}

@test "bad jobs" {
	expect_fail 64 "siantre-run: no job nope in $T/jobs" runs nope
	expect_fail 64 "siantre-run: ../x: not a job's name" runs ../x
	expect_fail 64 "siantre-run: : not a job's name" runs ""
	job plain true
	chmod 0644 "$T/jobs/plain"
	expect_fail 78 "jobs/plain: not an executable file" runs plain
	grep -qF "hint: chmod 0755 $T/jobs/plain" "$T/stderr"
	chmod 0757 "$T/jobs/plain"
	expect_fail 78 "jobs/plain: others may write it (mode 0757)" runs plain
	grep -qF "hint: chmod o-w $T/jobs/plain" "$T/stderr"
	[ ! -e "$T/state/journal.jsonl" ]
}

@test "bad options and configuration" {
	expect_fail 64 "which job?" siantre-run
	expect_fail 64 "one job at a time" siantre-run db files
	expect_fail 64 "usage: siantre-run" siantre-run --frobnicate db
	expect_fail 64 "--json is for check-config" siantre-run --json db
	expect_fail 64 "--wait=soon: not a duration such as 90m or 4h" siantre-run --wait=soon db
	expect_fail 78 "$T/none.conf: No such file or directory" siantre-run -c "$T/none.conf" db
	expect_fail 78 "no-such.conf: No such file or directory" siantre-run -c no-such db
	echo PACK_LEVEL=best >>"$T/x.conf"
	expect_fail 78 "$T/x.conf:4: PACK_LEVEL=best: not a level between 1 and 9" runs db
	expect_ok siantre-run --help
	grep -qF "usage: siantre-run" "$T/stdout"
	expect_ok siantre-run --version
	grep -qxE "siantre-run [0-9.]+" "$T/stdout"
}

@test "an unknown key is a warning with its line" {
	echo BACKUP_DIRS=/x >>"$T/x.conf"
	job fine 'echo fine >fine.txt'
	expect_ok runs fine
	grep -qF "siantre-run: $T/x.conf:4: warning: unknown key BACKUP_DIRS" "$T/stderr"
}

@test "--dry-run changes nothing" {
	job fine 'echo fine >fine.txt'
	expect_ok runs -n fine
	grep -qF "$T/jobs/fine would fill a set in $T/backup" "$T/stdout"
	[ -z "$(find "$T/backup" "$T/state" "$T/log" -mindepth 1)" ]
}
