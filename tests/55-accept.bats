#!/usr/bin/env bats
# siantre-ship --accept: what a server sends through rsync's daemon into a folder of its own becomes
# sets of a tree that it cannot write, and whatever else it does there comes to nothing.
# As root, the daemon is `nobody` and the tree siantre-backup's; otherwise both are this user's.
load lib

setup() {
	lib_setup
	IN=$T/in TREE=$T/tree SRC=$T/src
	mkdir -m 2770 "$IN"
	mkdir -m 0700 "$TREE"
	mkdir "$SRC"
	[ "$(id -u)" != 0 ] || chown nobody:nogroup "$IN"
	[ "$(id -u)" != 0 ] || chown siantre-backup: "$TREE"
}

teardown() {
	stop_daemon
	leave_alone
	lib_teardown
}

# accept [OPTIONS]: as the owner of the tree, who is in the group of the daemon's user.
accept() {
	as_keeper siantre-ship --accept --reserve 0 "$@" "$IN" "$TREE"
}

as_keeper() {
	if [ "$(id -u)" != 0 ]; then
		"$@"
		return
	fi
	if [ ! -d "$T/.tools" ]; then
		mkdir -m 0755 "$T/.tools"
		install -m 0755 "$BUILD"/siantre-{ship,verify} "$BUILD"/libsiantre-*.so "$T/.tools/"
	fi
	setpriv --reuid=siantre-backup --regid=siantre-backup --groups=nogroup --inh-caps=-all \
	    env "PATH=$T/.tools:$PATH" "$@"
}

# as_sender COMMAND...: as the user of the daemon, which is what whoever has the server can do.
as_sender() {
	if [ "$(id -u)" != 0 ]; then
		"$@"
		return
	fi
	setpriv --reuid=nobody --regid=nogroup --clear-groups --inh-caps=-all \
	    bash -c 'umask 007; "$@"' _ "$@"
}

# make_set DIR NAME [JOB [TEXT]]: a whole set with two files, one of them packed with an index.
make_set() {
	local dir=$1/$2 job=${3:-db} text=${4:-$2 of the job ${3:-db}}
	mkdir -p "$dir"
	printf '%s\n' "$text" >"$dir/env_backup.env"
	seq 2000 | sed "s/^/$text /" | siantre-pack --index "$dir/data.txt.gz.idx" >"$dir/data.txt.gz"
	finish_set "$dir" "$2" "$job"
}

# finish_set DIR NAME JOB: set.json and SHA256SUMS for what lies in DIR.
finish_set() {
	local file files=()
	(
		cd "$1" || exit
		rm -f SHA256SUMS set.json
		for file in *; do
			files+=("$(printf '{"name":"%s","bytes":%d,"sha256":"%s"}' "$file" \
			    "$(stat -c %s "$file")" "$(sha256sum "$file" | cut -d' ' -f1)")")
		done
		(
			IFS=,
			printf '{"format":1,"job":"%s","application":"siantre","set":"%s","host":"web1","tool":"t","started":"","ended":"","status":"ok","files":[%s]}' \
			    "$3" "$2" "${files[*]}"
		) >set.json
		sha256sum -- * >"$1.sums"
		mv "$1.sums" SHA256SUMS
	)
}

# put NAME [JOB [TEXT]]: such a set in the incoming folder, without the daemon.
put() {
	local below=
	[ "${2:-}" != full ] || below=full/
	make_set "$SRC/$below" "$@"
	deliver "$below$1"
}

# deliver SET: put what lies in $SRC there, as the daemon would.
deliver() {
	chmod -R g+w "$SRC/$1"
	as_sender mkdir -p "$IN/$1"
	as_sender cp -r "$SRC/$1/." "$IN/$1"
}

# A daemon as the example for it says, but for users and paths.
start_daemon() {
	local edit=(-e "s|/srv/siantre/incoming/|$T/modules/|; s|/srv/siantre/tree/%.*|$TREE|"
	    -e "s|/etc/siantre/rsyncd.secrets|$T/secrets|; /^#\[backup/,\$s/^#//")
	mkdir -p "$T/modules"
	ln -sfn "$IN" "$T/modules/web1"
	echo web1:secret >"$T/secrets"
	echo secret >"$T/password"
	chmod 0600 "$T/secrets" "$T/password"
	if [ "$(id -u)" = 0 ]; then
		edit+=(-e 's/siantre-incoming$/nobody/; s/^gid = nobody/gid = nogroup/')
	else
		edit+=(-e '/^ *[ug]id =/d; s/^use chroot = yes/use chroot = no/')
	fi
	{
		echo "log file = $T/rsyncd.log"
		echo "lock file = $T/rsyncd.lock"
		sed "${edit[@]}" "$ROOT/examples/rsyncd.conf"
	} >"$T/rsyncd.conf"
	for PORT in $((20000 + RANDOM % 20000)) $((20000 + RANDOM % 20000)) $((20000 + RANDOM % 20000)); do
		rsync --daemon --no-detach --address=127.0.0.1 --port="$PORT" --config="$T/rsyncd.conf" 3>&- &
		DAEMON=$!
		for _ in $(seq 50); do
			kill -0 "$DAEMON" 2>/dev/null || break
			! : 2>/dev/null <"/dev/tcp/127.0.0.1/$PORT" || return 0
			sleep 0.1
		done
		stop_daemon
	done
	cat "$T/rsyncd.log"
	return 1
}

stop_daemon() {
	[ -n "${DAEMON:-}" ] || return 0
	kill "$DAEMON" 2>/dev/null || true
	wait "$DAEMON" 2>/dev/null || true
	DAEMON=
}

remote() { # remote RSYNC-ARGUMENTS...
	rsync --password-file="$T/password" --port="$PORT" "$@"
}

# send NAME [FOLDER/]: as a sender does: SHA256SUMS last.
send() {
	remote -rt --mkpath --partial-dir=.rsync-partial --exclude=/SHA256SUMS "$SRC/${2:-}$1/" \
	    "rsync://web1@127.0.0.1/incoming/${2:-}$1/" &&
	    remote -t "$SRC/${2:-}$1/SHA256SUMS" "rsync://web1@127.0.0.1/incoming/${2:-}$1/"
}

# whole: every set of the tree is whole and proven, ACCEPTED names them all, and nothing is left of
# work in progress.
whole() {
	local set names=()
	for set in "$TREE"/[0-9]* "$TREE"/full/[0-9]*; do
		[ -d "$set" ] || continue
		(cd "$set" && sha256sum --quiet -c SHA256SUMS) || return 1
		[ "$(jq -r '.result + .manifest' "$set/verified.json")" = \
		    "ok$(sha256sum <"$set/SHA256SUMS" | cut -d' ' -f1)" ] || return 1
		names+=("${set#"$TREE/"}  $(sha256sum <"$set/SHA256SUMS" | cut -d' ' -f1)")
	done
	[ -z "$(ls -A "$TREE/.partial")" ] || return 1
	diff <(printf '%s\n' ${names[@]+"${names[@]}"} | sed '/^$/d') "$IN/ACCEPTED"
}

# left: what lies in the incoming folder, but for the daemon's own, in one line.
left() {
	(cd "$IN" && find . ./full -mindepth 1 -maxdepth 1 ! -name full ! -name ACCEPTED 2>/dev/null) |
	    sed 's|^\./||' | sort | paste -sd' '
}

@test "what the daemon took in becomes sets of the tree, proven by the receiver itself" {
	make_set "$SRC" 20261120_020000
	make_set "$SRC" 20261121_020000
	make_set "$SRC" 20261121_030000 files
	make_set "$SRC/full" 20261122_040000 full
	make_set "$SRC" 20261123_020000
	echo '{"format":1,"level":"drill","result":"ok"}' >"$SRC/20261120_020000/verified.json"
	start_daemon
	send 20261120_020000
	send 20261121_020000
	send 20261121_030000
	send 20261122_040000 full/
	remote -r --exclude=SHA256SUMS "$SRC/20261123_020000" rsync://web1@127.0.0.1/incoming/
	remote -r --mkpath --exclude=SHA256SUMS "$SRC/20261123_020000/" rsync://web1@127.0.0.1/incoming/20261120_030000/.rsync-partial
	expect_ok accept -v
	diff - "$T/stdout" <<-END
		20261120_020000: accepted: db, 3 files, $(size_of 20261120_020000)
		20261120_030000: unfinished
		20261121_020000: accepted: db, 3 files, $(size_of 20261121_020000)
		20261121_030000: accepted: files, 3 files, $(size_of 20261121_030000)
		full/20261122_040000: accepted: full, 3 files, $(size_of full/20261122_040000)
		20261123_020000: unfinished
		20261120_020000: removed from the incoming folder
	END
	whole
	[ "$(wc -l <"$IN/ACCEPTED")" = 4 ]
	[ "$(jq -r .level "$TREE/20261120_020000/verified.json")" = structure ]
	for set in 20261120_020000 full/20261122_040000; do
		diff -r -x verified.json "$SRC/$set" "$TREE/$set"
		[ "$(stat -c %a "$TREE/$set" "$TREE/$set"/* | sort -u | paste -sd' ')" = "440 700" ]
	done
	expect_ok as_keeper siantre-verify "$TREE/20261121_030000"
	# The newest of each job stay, and what is not finished.
	[ "$(left)" = "20261120_030000 20261121_020000 20261121_030000 20261123_020000 full/20261122_040000" ]
	# The sender reads what it need not send again.
	remote rsync://web1@127.0.0.1/incoming/ACCEPTED "$T/fetched"
	cmp "$T/fetched" "$IN/ACCEPTED"

	# There is nothing more to do, and nothing is done.
	before=$(stat -c '%i %Z' "$IN/ACCEPTED" "$TREE"/2*)
	expect_ok accept
	[ ! -s "$T/stdout" ]
	[ "$(stat -c '%i %Z' "$IN/ACCEPTED" "$TREE"/2*)" = "$before" ]
	# The rest of the set comes, and it is accepted too.
	send 20261123_020000
	expect_ok accept --json
	[ "$(jq -r '.result + ": " + ([.sets[] | .set + " " + .result + " " + .job] | join(", "))' "$T/stdout")" = \
	    "ok: 20261120_030000 unfinished , 20261121_020000 stands db, 20261121_030000 stands files, full/20261122_040000 stands full, 20261123_020000 accepted db" ]
	whole
	[ "$(left)" = "20261120_030000 20261121_030000 20261123_020000 full/20261122_040000" ]
}

size_of() {
	local bytes
	bytes=$(jq '[.files[].bytes] | add' "$SRC/$1/set.json")
	awk -v n="$bytes" 'BEGIN { printf "%.1f KiB", n / 1024 }'
}

@test "what stands is out of the sender's reach, and is never overwritten" {
	make_set "$SRC" 20261120_020000
	make_set "$SRC" 20261121_020000
	start_daemon
	send 20261120_020000
	send 20261121_020000
	expect_ok accept
	before=$(find "$TREE" -type f -path '*/2*' -exec sha256sum {} + | sort)
	# Another set under an old name, a good one beside it, and everything else gone.
	rm -r "${SRC:?}"/*
	make_set "$SRC" 20261120_020000 db "nothing of it is left"
	make_set "$SRC" 20261121_020000 db "nor of this"
	make_set "$SRC" 20261122_020000
	for name in 20261120_020000 20261121_020000 20261122_020000; do
		send $name
	done
	expect_fail 65 "siantre-ship: $IN/20261120_020000: $TREE/20261120_020000 stands already, with another SHA256SUMS" accept
	said "siantre-ship: $IN/20261121_020000: $TREE/20261121_020000 stands already, with another SHA256SUMS"
	said "hint: what stands is never replaced; to see which is right: diff -r --no-dereference $IN/20261120_020000 $TREE/20261120_020000"
	[ "$(find "$TREE" -type f -path '*/2*' ! -path '*/20261122*' -exec sha256sum {} + | sort)" = "$before" ]
	whole
	[ -d "$TREE/20261122_020000" ]
	[ "$(left)" = "20261120_020000 20261121_020000 20261122_020000" ]
	mkdir "$T/empty"
	remote -r --delete "$T/empty/" rsync://web1@127.0.0.1/incoming/
	[ "$(ls -A "$IN")" = "" ]
	expect_ok accept
	whole
	[ "$(wc -l <"$IN/ACCEPTED")" = 3 ]
	# By the other module, which is for reading, neither.
	remote -r rsync://web1@127.0.0.1/backup/20261120_020000 "$T/back"
	cmp "$T/back/20261120_020000/env_backup.env" "$TREE/20261120_020000/env_backup.env"
	expect_fail 1 "module is read only" remote -r "$SRC/20261120_020000" rsync://web1@127.0.0.1/backup/
	expect_fail 23 ".accept.lock" remote rsync://web1@127.0.0.1/backup/.accept.lock "$T/lock"
	expect_fail 5 "auth failed" remote -r rsync://web2@127.0.0.1/incoming/
	if [ "$(id -u)" = 0 ]; then
		expect_fail 2 "Permission denied" as_sender ls "$TREE"
		expect_fail 1 "Permission denied" as_sender touch "$TREE/x"
	fi
}

@test "as many of the newest stay as a basis as are asked for" {
	for day in 20 21 22 23 24; do
		put 202611${day}_020000
		[ $day -gt 22 ] || put 202611${day}_030000 files
	done
	put 20261122_040000 full
	expect_ok accept --basis 2 -q
	[ ! -s "$T/stdout" ]
	[ "$(left)" = "20261121_030000 20261122_030000 20261123_020000 20261124_020000 full/20261122_040000" ]
	whole
	[ "$(wc -l <"$IN/ACCEPTED")" = 9 ]
	expect_ok accept
	[ "$(left)" = "20261122_030000 20261124_020000 full/20261122_040000" ]
	whole
}

# refused WORDS: the set 20261120_020000 is refused with these words, and the good ones are taken.
refused() {
	expect_fail 65 "siantre-ship: $IN/20261120_020000$1" accept || return 1
	[ ! -e "$TREE/20261120_020000" ] && [ -e "$TREE/20261121_020000" ] || return 1
	[ -e "$IN/20261120_020000" ] && grep -qxF "20261120_020000: REFUSED" "$T/stdout" || return 1
	[ "$(grep -vc '^hint: ' "$T/stderr")" = 1 ] || {
		cat "$T/stderr"
		return 1
	}
	whole || return 1
	as_sender rm -rf "$IN/20261120_020000"
}

# bend COMMAND: a set in the incoming folder, in which COMMAND is run.
bend() {
	rm -rf "${SRC:?}/20261120_020000"
	put 20261120_020000
	(cd "$IN/20261120_020000" && as_sender bash -c "$1")
}

sums='sha256sum -- [a-z]* >SHA256SUMS'

@test "a set that holds anything but plain files is refused, whatever it is" {
	put 20261121_020000
	bend "ln -sf /etc/hostname env_backup.env"
	refused "/env_backup.env: not a regular file"
	bend "ln -sf '$TREE/20261121_020000/set.json' set.json"
	refused "/set.json: not a regular file"
	bend "mv SHA256SUMS x; ln -s x SHA256SUMS"
	refused "/SHA256SUMS: not a regular file"
	bend 'rm env_backup.env; mkfifo env_backup.env'
	refused "/env_backup.env: not a regular file"
	bend 'rm SHA256SUMS; mkfifo SHA256SUMS'
	refused "/SHA256SUMS: not a regular file"
	bend 'rm env_backup.env; mkdir env_backup.env'
	refused "/env_backup.env: not a regular file"
	bend 'python3 -c "import socket; socket.socket(socket.AF_UNIX).bind(\"s\")"; mv s env_backup.env'
	refused "/env_backup.env: not a regular file"
	bend 'ln env_backup.env ../same'
	refused "/env_backup.env: has other names too (hard links)"
	rm "$IN/same"
	bend 'ln SHA256SUMS ../same'
	refused "/SHA256SUMS: has other names too (hard links)"
	rm "$IN/same"
	if [ "$(id -u)" = 0 ]; then
		bend true
		rm "$IN/20261120_020000/env_backup.env"
		mknod "$IN/20261120_020000/env_backup.env" c 1 5
		refused "/env_backup.env: not a regular file"
	fi
}

@test "a set that is not what its lists say is refused, and said why" {
	put 20261121_020000
	bend 'echo x >>env_backup.env'
	refused "/env_backup.env: size differs: 32 bytes, and set.json says 30"
	bend 'sed -i s/of/OF/ env_backup.env'
	refused "/env_backup.env: checksum differs"
	bend 'rm env_backup.env'
	refused "/env_backup.env: listed in SHA256SUMS but missing"
	bend 'rm set.json'
	refused ": no set.json"
	bend 'sed -i /set.json/d SHA256SUMS'
	refused ": no set.json in SHA256SUMS"
	bend 'echo >>set.json'
	refused ": set.json: checksum differs"
	bend 'echo more >more'
	refused ": more: not listed in SHA256SUMS"
	bend 'mkdir -p a/b/c/d/e/f'
	refused ": a: not listed in SHA256SUMS"
	bend $'echo >$\'new\\nline\e[31m\''
	refused ": new\\012line\\033[31m: not listed in SHA256SUMS"
	bend ': >SHA256SUMS'
	refused "/SHA256SUMS: empty"
	bend 'truncate -s 1T SHA256SUMS'
	refused "/SHA256SUMS: File too large"
	bend 'printf %s "$(cat SHA256SUMS)" >SHA256SUMS'
	refused "/SHA256SUMS: not lines of text, or cut short"
	bend 'sed "1s/  .*/  ..\/..\/evil/" -i SHA256SUMS'
	refused "/SHA256SUMS:1: not a name for a file of a set"
	bend "truncate -s 33M set.json; $sums"
	refused "/set.json: File too large"
	bend "printf '%064d  %d\\n' \$(seq 2002) >>SHA256SUMS"
	refused ": SHA256SUMS lists too many files"
	bend "sed -i s/20261120_020000/20261119_020000/ set.json; $sums"
	refused ": set.json tells of another set: 20261119_020000"
	bend "sed -i 's/\"job\":\"db\"/\"job\":\"..\\/db\"/' set.json; $sums"
	refused ": set.json names no proper job"
	bend "sed -i 's/\"job\":\"db\"/\"job\":\"full\"/' set.json; $sums"
	refused ": a set of the job full belongs into another folder"
	bend "echo '{}' >verified.json; $sums"
	refused ": SHA256SUMS lists verified.json"
	bend "echo more >more; $sums"
	refused ": more: set.json does not name it"
	bend "sed -i 's/\"bytes\":[0-9]*/\"bytes\":112589990684262/' set.json; $sums"
	expect_fail 74 "siantre-ship: $IN/20261120_020000: takes 102 TiB, " accept
	rm -r "$IN/20261120_020000"
	bend "sed -i 's/\"bytes\":[0-9]*/\"bytes\":99999999999999999999/' set.json; $sums"
	expect_fail 65 "$TREE/.partial/20261120_020000/set.json:1: not JSON" accept
	whole
}

@test "what is well listed and damaged inside is refused by a proof of the copy" {
	put 20261121_020000
	make_set "$SRC" 20261120_020000
	flip "$SRC/20261120_020000/data.txt.gz" 100
	finish_set "$SRC/20261120_020000" 20261120_020000 db
	deliver 20261120_020000
	expect_fail 65 "$TREE/.partial/20261120_020000/data.txt.gz: gzip: " accept
	said "hint: that is a copy of $IN/20261120_020000, which was sent so"
	[ ! -e "$TREE/20261120_020000" ]
	whole
}

@test "an encrypted set is accepted as what it can be proven to be: sealed" {
	mkdir "$SRC/20261120_020000"
	age-keygen -o "$T/key" 2>"$T/stderr"
	seq 1000 | age -r "$(age-keygen -y "$T/key")" -o "$SRC/20261120_020000/env_backup.env.age"
	finish_set "$SRC/20261120_020000" 20261120_020000 files
	deliver 20261120_020000
	expect_ok accept
	whole
	[ "$(jq -r .level "$TREE/20261120_020000/verified.json")" = sealed ]
	age -d -i "$T/key" "$TREE/20261120_020000/env_backup.env.age" | cmp - <(seq 1000)
	# Cut in its header, it is nothing.
	mkdir "$SRC/20261121_020000"
	head -c 150 "$SRC/20261120_020000/env_backup.env.age" >"$SRC/20261121_020000/env_backup.env.age"
	finish_set "$SRC/20261121_020000" 20261121_020000 files
	deliver 20261121_020000
	expect_fail 65 "$TREE/.partial/20261121_020000/env_backup.env.age: age: " accept
	whole
}

@test "links and strangers in place of folders lead nowhere" {
	put 20261121_020000
	mkdir "$T/elsewhere"
	make_set "$T/elsewhere" 20261120_040000 full
	chmod -R a+rX "$T/elsewhere"
	as_sender ln -s "$T/elsewhere" "$IN/full"
	as_sender ln -s "$T/elsewhere/20261120_040000" "$IN/20261120_040000"
	as_sender touch "$IN/20261119_040000" "$IN/notes"
	as_sender mkdir "$IN/20261399_020000" "$IN/-rf" "$IN/$(printf '20261120_020000\n')x"
	expect_fail 65 "siantre-ship: $IN/full: not a folder" accept
	[ "$(wc -l <"$T/stderr")" = 1 ]
	[ "$(cat "$T/stdout" | cut -d: -f1)" = 20261121_020000 ]
	whole
	[ "$(wc -l <"$IN/ACCEPTED")" = 1 ]
	[ -e "$T/elsewhere/20261120_040000/set.json" ]
	[ -e "$IN/notes" ] && [ -d "$IN/-rf" ]
}

@test "ACCEPTED is written anew, whatever lies under its name, and nothing else is" {
	local what
	put 20261121_020000
	echo "do not touch" >"$T/victim"
	[ "$(id -u)" != 0 ] || chown siantre-backup "$T/victim"
	expect_ok accept
	for what in "ln -s '$T/victim' ACCEPTED" "ln -s '$TREE' ACCEPTED" 'mkfifo ACCEPTED' \
	    'mkdir -p ACCEPTED/a/b; touch ACCEPTED/a/c' 'echo none >ACCEPTED' 'ln ../victim ACCEPTED' \
	    'mkdir -p ACCEPTED; ln -s / ACCEPTED/all' true; do
		(cd "$IN" && as_sender bash -c "rm -rf ACCEPTED; $what" 2>/dev/null) || true
		expect_ok accept
		whole
		[ -f "$IN/ACCEPTED" ]
		[ ! -L "$IN/ACCEPTED" ]
		[ "$(stat -c %a "$IN/ACCEPTED")" = 444 ]
		[ "$(cat "$T/victim")" = "do not touch" ]
		[ -z "$(find "$IN" -name '.ACCEPTED*')" ]
	done
}

# meddle CODE: as the sender, until leave_alone, run this Python over and over, in the current folder,
# with each set in $s; what fails in it is skipped.
meddle() {
	as_sender python3 -c 'import os, random, shutil, sys, time
print(os.getpid(), flush=True)
random.seed(1)
while os.path.exists("."):
    for s in sorted(n for n in os.listdir(".") if n.startswith("2")):
        try:
            exec(sys.argv[1])
        except OSError:
            pass
    time.sleep(0.001)' "$1" >"$T/meddler" 3>&- &
	MEDDLER=$!
	until [ -s "$T/meddler" ]; do :; done
}

leave_alone() {
	[ -n "${MEDDLER:-}" ] || return 0
	kill "$(cat "$T/meddler")" || true
	wait "$MEDDLER" || true
	MEDDLER=
}

@test "files that change while they are copied are taken as they should be, or not at all" {
	local i name taken=0 refused=0
	head -c 2000000 /dev/urandom >"$T/good"
	chmod 0644 "$T/good"
	cd "$IN"
	# Bytes change in the file, it is a link, it is another file, and it is right again.
	meddle "
f = s + '/large'
with open(f, 'r+b') as o:
    o.seek(1900000)
    b = o.read(1)
    o.seek(1900000)
    o.write(b'X' if b != b'X' else b'Y')
time.sleep(random.random() / 100)
os.symlink('$T/good', s + '/.l')
os.rename(s + '/.l', f)
time.sleep(random.random() / 1000)
shutil.copy('$T/good', s + '/.n')
os.rename(s + '/.n', f)
time.sleep(random.random() / 20)"
	for i in $(seq 10 $((10 / STEP + 10))); do
		name=202610${i}_020000
		mkdir -p "$SRC/$name"
		cp "$T/good" "$SRC/$name/large"
		finish_set "$SRC/$name" "$name" db
		deliver "$name" 2>/dev/null || true
		accept >"$T/stdout" 2>"$T/stderr" || [ $? = 65 ]
		lacks -v "/large: \(checksum differs\|not a regular file\|size differs\|listed in\)" "$T/stderr"
		whole
		if [ -e "$TREE/$name" ]; then
			taken=$((taken + 1))
			cmp "$T/good" "$TREE/$name/large"
		else
			refused=$((refused + 1))
		fi
		until as_sender rm -rf "$IN/$name" 2>/dev/null; do :; done
	done
	leave_alone
	echo "taken: $taken, refused: $refused"
}

@test "sets that vanish or become links under our hands are no error, and not followed" {
	local i rc
	cd "$IN"
	for i in $(seq 10 24); do
		make_set "$T/elsewhere" "202610${i}_020000" db "a set of others"
		make_set "$SRC" "202610${i}_020000"
	done
	chmod -R a+rX "$T/elsewhere"
	meddle "
os.rename(s, 'gone')
os.symlink('$T/elsewhere/' + s, s)
time.sleep(random.random() / 200)
os.unlink(s)
os.rename('gone', s)
time.sleep(random.random() / 200)"
	for i in $(seq 10 24); do
		deliver "202610${i}_020000" 2>/dev/null || true
		rc=0
		accept >"$T/stdout" 2>"$T/stderr" || rc=$?
		[ $rc = 0 ] || [ $rc = 65 ] || {
			cat "$T/stderr"
			return 1
		}
	done
	leave_alone
	rm -rf "$IN/gone"
	accept || [ $? = 65 ]
	whole
	[ "$(wc -l <"$IN/ACCEPTED")" -gt 0 ]
	lacks -r "a set of others" "$TREE"
	[ "$(find "$T/elsewhere" -name SHA256SUMS | wc -l)" = 15 ]
}

@test "dates: not from the future, not too late, not too many of a day" {
	local name
	name=$(date -d '+2 days' +%Y%m%d_020000)
	put "$name"
	expect_fail 65 "siantre-ship: $IN/$name: dated in the future" accept
	rm -r "${IN:?}/$name"
	name=$(date -d '+12 hours' +%Y%m%d_%H%M%S) # somewhere it is that late
	put "$name" files
	put 20251123_020000
	expect_ok accept
	# A line was down, and a copy was damaged: that may come late, but all the past not.
	put 20251117_020000
	expect_ok accept
	put 20251101_020000
	put 20240229_020000 other
	expect_fail 65 "siantre-ship: $IN/20251101_020000: 22 d older than 20251123_020000, the newest of the job db (--late)" accept
	said "hint: by hand, with a longer --late, it is taken"
	[ -d "$TREE/20240229_020000" ] # the first of its job
	expect_ok accept --late 30d
	for name in 20251122_010000 20251122_020000 20251122_030000; do
		put $name
	done
	expect_fail 65 "siantre-ship: $IN/20251122_030000: 2 sets of that day stand already (--per-day)" accept --per-day 2
	whole
	[ ! -e "$TREE/20251122_030000" ]
}

@test "a quota, a reserve and a full disk end 74 and change nothing" {
	local before
	put 20261120_020000
	put 20261121_020000
	before=$(find "$IN" | sort)
	expect_fail 74 "siantre-ship: $IN/20261121_020000: takes " accept --quota "$(du -b "$SRC/20261120_020000" | cut -f1)"
	grep -qE ", and all sets of $TREE may take [0-9.]+ KiB \(--quota\)\$" "$T/stderr"
	[ -d "$TREE/20261120_020000" ]
	[ ! -e "$TREE/20261121_020000" ]
	whole
	[ "$(find "$IN" ! -name ACCEPTED | sort)" = "$before" ]
	expect_fail 74 "free in $TREE, and 1023 PiB stay free (--reserve)" accept --reserve 1023P
	expect_ok accept --quota 1M
	whole

	small_disk "$T/disk" 1m
	TREE=$T/disk
	[ "$(id -u)" != 0 ] || chown siantre-backup: "$TREE"
	chmod 0700 "$TREE"
	head -c 1100000 /dev/urandom >"$SRC/large"
	for name in 20261122_020000 20261123_020000; do
		mkdir "$SRC/$name"
		cp "$SRC/large" "$SRC/$name"
		finish_set "$SRC/$name" $name db
		deliver $name
	done
	before=$(find "$IN" ! -name ACCEPTED | sort)
	expect_fail 74 "siantre-ship: $IN/20261122_020000: takes 1.0 MiB, 984 KiB are free" accept
	# Less than is free, but not on the disk: each small file takes a block.
	rm -rf "${IN:?}"/2* "$TREE"/2*
	head -c 900K "$SRC/large" >"$SRC/20261122_020000/large"
	for i in $(seq 40); do
		echo >"$SRC/20261122_020000/small$i"
	done
	finish_set "$SRC/20261122_020000" 20261122_020000 db
	deliver 20261122_020000
	put 20261123_030000 files
	before=$(find "$IN" ! -name ACCEPTED | sort)
	expect_fail 74 "siantre-ship: write $TREE/.partial/20261122_020000/small" accept
	grep -q "No space left on device" "$T/stderr"
	whole
	[ ! -e "$TREE/20261122_020000" ]
	[ -e "$TREE/20261123_030000" ]
	[ "$(find "$IN" ! -name ACCEPTED | sort)" = "$before" ]
	rm "$SRC/20261122_020000"/small[1-3]* "$IN/20261122_020000"/*
	finish_set "$SRC/20261122_020000" 20261122_020000 db
	deliver 20261122_020000
	expect_ok accept
	whole
}

@test "two at once: the second ends 75 and says which is at work" {
	put 20261121_020000
	expect_ok accept
	exec 8>>"$TREE/.accept.lock"
	flock 8
	echo 4711 >"$TREE/.accept.lock"
	expect_fail 75 "siantre-ship: $TREE: another run is at work (process 4711)" accept
	exec 8>&-
	expect_ok accept
}

@test "kill -9 at any moment: no half set is seen, and the next run goes on" {
	local i pid day=10 delay name
	RANDOM=20261
	head -c 3000000 /dev/urandom >"$T/random"
	expect_ok accept
	for i in $(seq $((20 / STEP))); do
		day=$((day + 1))
		[ $day -lt 29 ] || { day=10; }
		name=202610${day}_$(printf %06d "$i")
		mkdir "$SRC/$name"
		head -c 3000000 "$T/random" >"$SRC/$name/large"
		finish_set "$SRC/$name" "$name" db
		deliver "$name"
		accept --late 1y >"$T/stdout" 2>"$T/stderr" 3>&- &
		pid=$!
		# Half of them in the midst of the work, whenever that is.
		while [ $((i % 2)) = 0 ] && [ ! -d "$TREE/.partial/$name" ] && kill -0 "$pid" 2>/dev/null; do :; done
		printf -v delay '0.%03d' $((RANDOM % (i % 2 == 0 ? 20 : 80 * STEP)))
		sleep $delay
		kill -9 "$pid" "$(cat "$TREE/.accept.lock")" 2>/dev/null || true
		wait "$pid" || true
		for set in "$TREE"/2*; do
			[ ! -d "$set" ] || (cd "$set" && sha256sum --quiet -c SHA256SUMS && [ -s verified.json ])
		done
	done
	expect_ok accept --late 1y
	whole
	[ "$(wc -l <"$IN/ACCEPTED")" = $((20 / STEP)) ]
	[ "$(left | wc -w)" = 1 ]
	# What a run left half removed or half written goes, and nothing else.
	as_sender mkdir -p "$IN/.removed.20261010_000001/x" "$IN/.removed.x" "$IN/full/.removed.20261011_000001"
	as_sender touch "$IN/.ACCEPTED.0123"
	expect_ok accept
	[ "$(left | sed 's/^2[^ ]*\|2[^ ]*$//g' | xargs)" = ".removed.x" ]
}

@test "a stop signal ends it cleanly" {
	local pid
	mkdir "$SRC/20261120_020000"
	head -c 200M /dev/zero >"$SRC/20261120_020000/large"
	finish_set "$SRC/20261120_020000" 20261120_020000 db
	deliver 20261120_020000
	accept >"$T/stdout" 2>"$T/stderr" 3>&- &
	pid=$!
	while [ ! -s "$TREE/.partial/20261120_020000/large" ]; do
		kill -0 $pid
	done
	kill "$(cat "$TREE/.accept.lock")"
	wait $pid || [ $? = 143 ]
	[ ! -e "$TREE/20261120_020000" ]
	[ -z "$(ls -A "$TREE/.partial")" ]
	lacks siantre-ship: "$T/stderr"
}

@test "a copy that was found damaged is healed by the same set, sent again" {
	put 20261102_020000
	put 20261121_020000
	expect_ok accept
	chmod u+w "$TREE/20261102_020000/env_backup.env"
	flip "$TREE/20261102_020000/env_backup.env" 3
	expect_fail 65 "env_backup.env: checksum differs" as_keeper siantre-verify --record "$TREE/20261102_020000"
	# It is not called accepted any longer; the sender sends it again, however old it is.
	expect_ok accept
	[ "$(cut -d' ' -f1 "$IN/ACCEPTED")" = 20261121_020000 ]
	rm -rf "${IN:?}/20261121_020000"
	deliver 20261102_020000
	expect_ok accept
	grep -q "^20261102_020000: accepted in place of a damaged copy: db, 3 files, " "$T/stdout"
	whole
	diff -r -x verified.json "$SRC/20261102_020000" "$TREE/20261102_020000"
	# But nothing else is taken for it.
	chmod u+w "$TREE/20261102_020000/env_backup.env"
	flip "$TREE/20261102_020000/env_backup.env" 3
	as_keeper siantre-verify --record "$TREE/20261102_020000" >"$T/stdout" 2>&1 || [ $? = 65 ]
	rm -rf "${IN:?}/20261102_020000" "${SRC:?}/20261102_020000"
	put 20261102_020000 db other
	expect_fail 65 "$TREE/20261102_020000 stands already, with another SHA256SUMS" accept
}

@test "where the file system cannot exchange two names, a damaged copy is healed all the same" {
	once
	cat >"$T/einval.c" <<-'C'
		#include <errno.h>
		#include <stdlib.h>
		#include <string.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		int renameat2(int d, const char *a, int e, const char *b, unsigned flags)
		{
			errno = EINVAL;
			return -1;
		}
		int renameat(int d, const char *a, int e, const char *b)
		{
			if (getenv("FULL") == NULL || strcmp(a, b) != 0)
				return syscall(SYS_renameat2, d, a, e, b, 0);
			errno = ENOSPC;
			return -1;
		}
	C
	cc -D_GNU_SOURCE -shared -fPIC -o "$T/einval.so" "$T/einval.c"
	put 20261121_020000
	LD_PRELOAD=$T/einval.so expect_ok accept
	whole
	chmod u+w "$TREE/20261121_020000/env_backup.env"
	flip "$TREE/20261121_020000/env_backup.env" 3
	expect_fail 65 "env_backup.env: checksum differs" as_keeper siantre-verify --record "$TREE/20261121_020000"
	rm -rf "${IN:?}/20261121_020000"
	deliver 20261121_020000
	# Where the whole one cannot come, the damaged one stays.
	cp -a "$TREE/20261121_020000" "$T/was"
	FULL=1 LD_PRELOAD=$T/einval.so expect_fail 74 "/20261121_020000: No space left on device" accept
	diff -r "$T/was" "$TREE/20261121_020000"
	[ -z "$(ls -A "$TREE/.partial")" ]
	LD_PRELOAD=$T/einval.so expect_ok accept
	grep -q "^20261121_020000: accepted in place of a damaged copy: db, 3 files, " "$T/stdout"
	whole
}

@test "a set of the tree that has lost its SHA256SUMS keeps no other from being taken" {
	put 20261120_020000
	expect_ok accept
	rm -rf "$TREE/20261120_020000/SHA256SUMS" "${IN:?}/20261120_020000"
	put 20261121_020000
	expect_ok accept
	[ "$(cut -d' ' -f1 "$IN/ACCEPTED")" = 20261121_020000 ]
	# Nobody knows which set it was: what is sent under its name does not replace it.
	deliver 20261120_020000
	expect_fail 65 "$TREE/20261120_020000 stands already, with another SHA256SUMS" accept
	# Nor has one that cannot be read, as a disk with a bad sector has it.
	rm -rf "${IN:?}/20261120_020000"
	mkdir "$TREE/20261120_020000/SHA256SUMS"
	rm "$TREE/20261121_020000/verified.json"
	mkdir "$TREE/20261121_020000/verified.json"
	put 20261122_020000
	expect_ok accept
	[ "$(grep -cF "$TREE/20261120_020000/SHA256SUMS: not a regular file" "$T/stderr")" = 1 ]
	grep -qF "$TREE/20261121_020000/verified.json: not a regular file" "$T/stderr"
	[ -e "$TREE/20261122_020000/verified.json" ]
}

@test "a tree that is not safe from the sender is refused, with the command that mends it" {
	put 20261121_020000
	chmod 0770 "$TREE"
	expect_fail 78 "siantre-ship: $TREE: others may write to it: who has the sender could change what stands" accept
	said "hint: chmod 0700 $TREE"
	chmod 0700 "$TREE"
	chmod 0757 "$T"
	expect_fail 78 "siantre-ship: $T: others may write to it: who has the sender could change what stands" accept
	said "hint: chmod o-w $T"
	chmod 0755 "$T"
	expect_fail 64 "$IN: the tree and the incoming folder are the same" as_keeper siantre-ship --accept "$IN" "$IN"
	mkdir "$IN/tree"
	[ "$(id -u)" != 0 ] || chown siantre-backup: "$IN/tree"
	expect_fail 64 "$IN: the tree lies in the incoming folder" as_keeper siantre-ship --accept "$IN" "$IN/tree"
	expect_fail 73 "siantre-ship: $T/none: No such file or directory" as_keeper siantre-ship --accept "$IN" "$T/none"
	grep -q "^hint: mount its disk, or: install -d -m 0700 -o [a-z-]* $T/none\$" "$T/stderr"
	expect_fail 74 "siantre-ship: $T/none: No such file or directory" as_keeper siantre-ship --accept "$T/none" "$TREE"
	if [ "$(id -u)" = 0 ]; then
		chown nobody "$TREE"
		expect_fail 78 "siantre-ship: $TREE: owned by another user (uid $(id -u nobody))" accept
		said "hint: chown -R siantre-backup: $TREE"
		chown siantre-backup "$TREE"
		chown nobody "$T"
		expect_fail 78 "siantre-ship: $T: it belongs to the owner of the incoming folder" accept
		chown root "$T"
		chgrp nogroup "$T"
		chmod 0775 "$T"
		expect_fail 78 "siantre-ship: $T: the group of the incoming folder may write to it" accept
		chmod 0755 "$T"
		# What it may not remove is said with what is to be done.
		chmod 0750 "$IN"
		expect_fail 74 "siantre-ship: write $IN/ACCEPTED: Permission denied" accept
		chmod 0770 "$IN"
		put 20261122_020000
		chmod 0750 "$IN/20261121_020000"
		expect_fail 74 "siantre-ship: remove $IN/20261121_020000: Permission denied" accept
		said "hint: what the daemon's user makes in $IN must be writable by this user's group: \"incoming chmod\" in rsyncd.conf(5)"
		chmod 0770 "$IN/20261121_020000"
	fi
	expect_ok accept
	whole
}

@test "run by root it becomes siantre-backup" {
	need_root
	chown nobody:siantre-backup "$IN"
	chmod 2770 "$IN"
	put 20261121_020000
	expect_ok siantre-ship --accept --reserve 0 "$IN" "$TREE"
	[ "$(stat -c %U "$TREE/20261121_020000" "$TREE/20261121_020000"/* "$IN/ACCEPTED" | sort -u)" = siantre-backup ]
	whole
	# Without root's right to read, too.
	put 20261122_020000
	chown nobody "$IN/20261122_020000"/*
	chmod 0600 "$IN/20261122_020000"/*
	siantre-ship --accept --reserve 0 "$IN" "$TREE" 2>"$T/stderr" || true
	grep -qF "Permission denied" "$T/stderr"
	[ ! -e "$TREE/20261122_020000" ]
}

@test "options that mean nothing are refused" {
	expect_fail 64 "siantre-ship: --accept needs INCOMING and TREE" siantre-ship --accept "$IN"
	expect_fail 64 "siantre-ship: --basis: \"0\" is not a number from 1 to 1000" siantre-ship --accept --basis 0 "$IN" "$TREE"
	expect_fail 64 "siantre-ship: --quota: \"0\" is not a size" siantre-ship --accept --quota 0 "$IN" "$TREE"
	expect_fail 64 "siantre-ship: --reserve: \"much\" is not a size" siantre-ship --accept --reserve much "$IN" "$TREE"
	expect_fail 64 "siantre-ship: --late: \"7\" is not a duration, such as 7d" siantre-ship --accept --late 7 "$IN" "$TREE"
	expect_fail 64 "siantre-ship: --per-day: \"0\" is not a number from 1 to 86400" siantre-ship --accept --per-day 0 "$IN" "$TREE"
}

@test "siantre-ship sends to the daemon of the example, and not again what was accepted" {
	local to name
	mkdir -m 0700 "$T/backup" "$T/state"
	for name in 20261101_020000 20261102_020000 20261103_020000; do
		make_set "$T/backup" $name
	done
	start_daemon
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/backup" "$T/state" "$T/password"
	as_keeper siantre-verify -q --record "$T/backup"/2*
	to=rsync://web1@127.0.0.1:$PORT/incoming
	ships() {
		as_keeper siantre-ship --state "$T/state" --password-file "$T/password" --tries 1 "$@"
	}
	expect_ok ships --create "$to"
	expect_ok ships -q --to "$to" "$T/backup"
	expect_ok accept
	for name in 20261101_020000 20261102_020000 20261103_020000; do
		diff -r -x verified.json "$T/backup/$name" "$TREE/$name"
	done
	# The basis alone is left, and nothing is missing.
	[ "$(cd "$IN" && echo 2*)" = 20261103_020000 ]
	expect_ok ships --to "$to" "$T/backup"
	grep -qF ": 0 sent (0 B)" "$T/stderr"
	[ "$(cd "$IN" && echo 2*)" = 20261103_020000 ]
	# The next one goes, and so does a set that was found damaged in the tree.
	make_set "$T/backup" 20261104_020000
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/backup"
	as_keeper siantre-verify -q --record "$T/backup"/20261104_020000
	chmod u+w "$TREE/20261102_020000/env_backup.env"
	echo x >>"$TREE/20261102_020000/env_backup.env"
	as_keeper siantre-verify -q --record "$TREE/20261102_020000" 2>/dev/null || true
	expect_ok accept
	expect_ok ships --to "$to" "$T/backup"
	grep -qF ": 2 sent (" "$T/stderr"
	expect_ok accept
	for name in 20261102_020000 20261104_020000; do
		diff -r -x verified.json "$T/backup/$name" "$TREE/$name"
	done
	# Another set under a name that was accepted is seen, and said.
	rm -rf "$T/backup/20261101_020000"
	make_set "$T/backup" 20261101_020000 db "something else"
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/backup"
	as_keeper siantre-verify -q --record "$T/backup"/20261101_020000
	expect_fail 65 "20261101_020000: another set of this name is there" ships --to "$to" "$T/backup"
}
