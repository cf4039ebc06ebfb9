#!/usr/bin/env bats
# Whatever reads foreign bytes does so locked in: seen from outside, and on kernels that lack one
# of the locks.

load lib

# locked_worker PID: the one child of PID has no new rights, its system calls are filtered, it
# has no capability and no descriptor but pipes, files that it was given, and /dev/null.
locked_worker() {
	local worker="" i ours
	# Whoever runs these tests may be filtered as well.
	ours=$(sed -n 's/^Seccomp_filters:\s*//p' "/proc/$1/status")
	for ((i = 0; i < 200; i++)); do
		worker=$(pgrep -P "$1") &&
			grep -qxE "Seccomp_filters:.$((ours + 1))" "/proc/$worker/status" 2>/dev/null && break
		worker=""
		sleep 0.02
	done
	[ -n "$worker" ] || {
		echo "no worker of $1 that is locked in"
		return 1
	}
	grep -E '^(NoNewPrivs|Seccomp|Cap)' "/proc/$worker/status"
	grep -qx 'NoNewPrivs:.1' "/proc/$worker/status"
	grep -qx 'Seccomp:.2' "/proc/$worker/status"
	CAPS=$(sed -n 's/^CapPrm:\s*//p' "/proc/$worker/status")
	DESCRIPTORS=$(find "/proc/$worker/fd" -type l -printf '%l\n' | sort)
	echo "$DESCRIPTORS"
}

@test "siantre-verify reads a file in a process that can do nothing else" {
	local pid
	# Zeros take a while to prove.
	head -c 2G /dev/zero | siantre-pack >"$T/large.gz"
	chmod 0644 "$T/large.gz"
	siantre-verify -q "$T/large.gz" &
	pid=$!
	locked_worker $pid
	[ "$CAPS" = 0000000000000000 ]
	[ "$(grep -cv '^pipe:' <<<"$DESCRIPTORS")" = 3 ]
	[ "$(grep -cx '/dev/null' <<<"$DESCRIPTORS")" = 2 ]
	grep -qx "$T/large.gz" <<<"$DESCRIPTORS"
	wait $pid
}

@test "siantre-verify as a filter does, too" {
	local pid
	head -c 2G /dev/zero | siantre-pack >"$T/large.gz"
	siantre-verify -q <"$T/large.gz" >"$T/out" &
	pid=$!
	locked_worker $pid
	[ "$CAPS" = 0000000000000000 ]
	wait $pid
	cmp "$T/large.gz" "$T/out"
}

@test "siantre-pack -d reads a slow pipe in a process that can do nothing else" {
	local pid
	mkfifo "$T/pipe"
	siantre-pack -q -d -o "$T/out" <"$T/pipe" &
	pid=$!
	exec 7>"$T/pipe"
	locked_worker $pid
	[ "$CAPS" = 0000000000000000 ]
	# The pipe, the new file without its name's last part, /dev/null, stderr.
	[ "$(grep -cE "^($T/(pipe|\\.?out.*)|/dev/null)( \\(deleted\\))?\$" <<<"$DESCRIPTORS")" = 3 ]
	[ "$(grep -cv '^pipe:' <<<"$DESCRIPTORS")" = 3 ]
	gzip -c >&7 <<<"a line"
	exec 7>&-
	wait $pid
	[ "$(cat "$T/out")" = "a line" ]
}

@test "siantre-restore unpacks in a process that can write to the new folder only" {
	local pid
	mkdir "$T/www"
	head -c 800M /dev/zero >"$T/www/zeros"
	siantre-pack -C "$T" www >"$T/www.tar.gz"
	siantre-restore files -q --into "$T/new" "$T/www.tar.gz" &
	pid=$!
	# The first worker only looks at the first entry.
	for ((i = 0; i < 200; i++)); do
		compgen -G "$T/new.siantre-new-*" >/dev/null && break
		sleep 0.02
	done
	locked_worker $pid
	# To give files to their owners, and no more: CHOWN, DAC_OVERRIDE, FOWNER, FSETID.
	[ $((0x$CAPS & ~0x1b)) = 0 ]
	[ "$(grep -cE "^$T/new\.siantre-new-[^/]*(/www.*)?\$" <<<"$DESCRIPTORS")" -ge 1 ]
	kill -TERM $pid
	wait $pid || true
	[ -z "$(compgen -G "$T/new*")" ]
}

@test "a kernel without one of the locks, or both, does as well, and -v says so" {
	local lack words
	mkdir "$T/www"
	echo "Antrian" >"$T/www/a"
	ln "$T/www/a" "$T/www/b"
	siantre-pack -C "$T" www >"$T/www.tar.gz"
	for lack in seccomp landlock both; do
		case $lack in
		seccomp) words="sandbox: this kernel has no seccomp" ;;
		landlock) words="sandbox: this kernel has no Landlock" ;;
		both) words="sandbox: this kernel has no seccomp and no Landlock" ;;
		esac
		expect_ok without $lack siantre-verify "$T/www.tar.gz"
		[ ! -s "$T/stderr" ]
		expect_ok without $lack siantre-verify -v "$T/www.tar.gz"
		grep -qxF "siantre-verify: $words" "$T/stderr"
		expect_ok without $lack siantre-pack -d -v -o "$T/$lack.tar" "$T/www.tar.gz"
		grep -qxF "siantre-pack: $words" "$T/stderr"
		tar -tf "$T/$lack.tar"
		expect_ok without $lack siantre-restore files -v --into "$T/$lack" "$T/www.tar.gz"
		grep -qxF "siantre-restore: $words" "$T/stderr"
		[ "$(cat "$T/$lack/www/b")" = Antrian ]
		[ "$T/$lack/www/a" -ef "$T/$lack/www/b" ]
	done
	expect_ok siantre-verify -v "$T/www.tar.gz"
	[ ! -s "$T/stderr" ]
}

@test "a worker that is killed is an error that says so" {
	local pid worker got=0
	mkfifo "$T/pipe"
	siantre-pack -q -d -o "$T/out" <"$T/pipe" 2>"$T/err" &
	pid=$!
	exec 7>"$T/pipe"
	locked_worker $pid
	worker=$(pgrep -P $pid)
	kill -KILL "$worker"
	wait $pid || got=$?
	exec 7>&-
	[ $got = 1 ]
	grep -qxF "siantre-pack: stdin: the process that read it was killed by signal 9 (Killed)" "$T/err"
	[ ! -e "$T/out" ]
}
