#!/usr/bin/env bats
# siantre-alert watch: the sets that other machines have sent, looked at without a word from them.
load lib
load check

setup() {
	check_setup
	TREE=$T/tree
	mkdir "$TREE"
}

# host NAME [AGO]: a host with sets of db and files, AGO seconds old (an hour).
host() {
	SETS=$TREE/$1 make_set db "${2:-3600}" structure
	SETS=$TREE/$1 make_set files "$((${2:-3600} - 1))" structure
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$TREE"
}

# watch [OPTIONS] DEST...: it ends 0, and says nothing on stderr.
watch() {
	expect_ok siantre-alert watch --queue -c "$T/conf" "$@"
	cat "$T/stdout" "$T/stderr"
	[ ! -s "$T/stderr" ]
}

# of HOST JOB WHAT STATUSES: what the journal has of it.
of() {
	local got
	got=$(jq -r --arg host "$1" --arg job "$2" --arg what "$3" 'select(.host == $host and
	    .job == $job and .what == $what) | .status' "$T/state/journal.jsonl" | paste -sd' ')
	[ "$got" = "$4" ] || {
		echo "$1 $2 $3: expected \"$4\", got \"$got\""
		return 1
	}
}

said_of() { # said_of HOST JOB WHAT: the last words
	jq -r --arg host "$1" --arg job "$2" --arg what "$3" 'select(.host == $host and
	    .job == $job and .what == $what) | .message' "$T/state/journal.jsonl" | tail -n 1
}

@test "a tree of hosts: the one that is late, the one that never came, the one that vanished" {
	host web1
	host web2
	printf '# all of them\nweb1\nweb3 # soon\n\n' >"$T/hosts"
	watch --hosts "$T/hosts" "$TREE"
	of web1 db age ok
	of web2 files age ok
	of web3 host age ""
	grep -qx "all is well" "$T/stdout"
	later 24:00:00
	rm -r "${TREE:?}/web1"
	host web1 60
	watch --hosts "$T/hosts" "$TREE"
	[ "$(grep -c . "$T/stdout")" = 1 ]
	later 02:00:00
	watch --hosts "$T/hosts" "$TREE"
	of web1 db age ok
	of web2 db age "ok fail"
	of web2 files age "ok fail"
	said_of web2 db age | grep -qE "^web2: the newest verified set of db is .* old, more than 1 d 2 h$"
	later 00:00:01
	watch --hosts "$T/hosts" "$TREE"
	of web3 host age fail
	said_of web3 host age | grep -qx "web3: it has never sent a set"
	host web3
	host web2
	watch --hosts web1,web3 "$TREE"
	of web3 host age "fail ok"
	of web2 db age "ok fail ok"
	# Nobody named web2, and it is missed all the same.
	mv "$TREE/web2" "$T/away"
	watch "$TREE"
	of web2 host age "ok fail"
	said_of web2 host age | grep -qF "web2: it has vanished"
	of web2 db age "ok fail ok"
	mv "$T/away" "$TREE/web2"
	watch "$TREE"
	of web2 host age "ok fail ok"
	rm -r "${TREE:?}/web2"
	watch "$TREE"
	siantre-alert watch -c "$T/conf" --forget web2
	watch "$TREE"
	of web2 host age "ok fail ok fail ok"
	expect_fail 1 "nobody knows that host" siantre-alert watch -c "$T/conf" --forget web2
}

@test "one host's folder, by its name or another one" {
	host web1
	watch "$TREE/web1/"
	of web1 db age ok
	watch "shop=$TREE/web1"
	of shop db age ok
	of web1 host age "ok fail"
	expect_fail 64 "which host is that?" siantre-alert watch -c "$T/conf" backup.example:/
	expect_fail 64 "which destination?" siantre-alert watch -c "$T/conf"
	expect_fail 64 "not the name of a host" siantre-alert watch -c "$T/conf" --hosts -x,web1 "$TREE"
	expect_fail 64 '--rpo: "soon" is not a duration' siantre-alert watch --rpo soon "$TREE"
	expect_fail 78 "--hosts $T/none" siantre-alert watch -c "$T/conf" --hosts "$T/none" "$TREE"
}

@test "full is held to a week once it was seen, other jobs where they are named" {
	host web1
	watch --jobs db "$TREE"
	of web1 files age ""
	SETS=$TREE/web1 make_set full 86400 structure
	SETS=$TREE/web1 make_set mine 86300 structure
	watch "$TREE"
	of web1 full age ok
	of web1 mine age ""
	later 100:00:00
	host web1
	watch --jobs db,files,mine "$TREE"
	of web1 mine age fail
	of web1 full age ok
	later 50:00:00
	watch --rpo 30d "$TREE"
	of web1 full age ok
	watch --grace 1s "$TREE"
	of web1 full age "ok fail"
}

@test "what is no proof: half a set, a changed one, one from the future, one that nobody verified" {
	SETS=$TREE/web1 make_set db $((86400 * 3)) structure
	SETS=$TREE/web1 make_set files 3000 structure
	watch "$TREE"
	of web1 db age fail
	SETS=$TREE/web1 make_set db 3600
	watch "$TREE"
	of web1 db age fail
	# It is verified, and a file has lost its end.
	record "$FOLDER" structure
	truncate -s 100 "$FOLDER/data.bin"
	own_tree
	expect_ok siantre-alert watch --queue -c "$T/conf" "$TREE"
	grep -qF "$FOLDER: damaged: it does not hold what it promises" "$T/stderr"
	of web1 db age fail
	of web1 host damaged "ok fail"
	# Its size is right, its bytes are not: only --deep can know.
	truncate -s 2048 "$FOLDER/data.bin"
	printf x | dd of="$FOLDER/data.bin" conv=notrunc status=none
	watch "$TREE"
	of web1 db age "fail ok"
	of web1 host damaged "ok fail ok"
	expect_ok siantre-alert watch --deep --queue -c "$T/conf" "$TREE"
	of web1 db age "fail ok fail"
	of web1 host damaged "ok fail ok fail"
	# A set.json that SHA256SUMS does not know: any date could stand there.
	rm -r "$FOLDER"
	SETS=$TREE/web1 make_set db $((86400 * 2)) structure
	sed -i "s/\"started\": \"[^\"]*/\"started\": \"$(moment $((SIANTRE_NOW - 60)))/" "$FOLDER/set.json"
	own_tree
	expect_ok siantre-alert watch --queue -c "$T/conf" "$TREE"
	of web1 db age "fail ok fail"
	rm -r "$FOLDER"
	SETS=$TREE/web1 make_set db -172800 structure
	own_tree
	watch "$TREE"
	of web1 db age "fail ok fail"
	of web1 host clock "ok warn"
	SETS=$TREE/web1 make_set db 30 structure
	own_tree
	watch "$TREE"
	of web1 db age "fail ok fail ok"
}

own_tree() {
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$TREE"
}

@test "a clock that is set back makes nothing well that was late" {
	SETS=$TREE/web1 make_set db $((86400 * 3)) structure
	SETS=$TREE/web1 make_set files $((3600 * 10)) structure
	watch "$TREE"
	of web1 db age fail
	of web1 files age ok
	SIANTRE_NOW=$((SIANTRE_NOW - 7200))
	watch "$TREE"
	of web1 db age fail
	# A set of now counts, and what is late still is late when the time for that is over.
	later 26:00:01
	watch "$TREE"
	of web1 db age "fail fail" # the line of a day
	of web1 files age "ok fail"
	SETS=$TREE/web1 make_set db 60 structure
	watch "$TREE"
	of web1 db age "fail fail ok"
}

@test "jobs that nobody asked for crowd out none" {
	local i
	SETS=$TREE/web1 make_set db $((86400 * 3)) structure
	SETS=$TREE/web1 make_set files 60 structure
	for i in {1..20}; do
		SETS=$TREE/web1 make_set "job$i" $((3600 + i)) structure
	done
	watch "$TREE"
	of web1 db age fail
	of web1 files age ok
	expect_fail 64 "--jobs: more than 15" siantre-alert watch -c "$T/conf" \
	    --jobs "db$(printf ',job%s' {1..15})" "$TREE"
}

@test "a destination that cannot be read is no empty one" {
	host web1
	watch "$TREE"
	mv "$TREE" "$T/away"
	expect_ok siantre-alert watch --queue -c "$T/conf" "$TREE"
	jq -e 'select(.what == "place" and .status == "fail") | .message | endswith("/tree: cannot be read")' \
	    "$T/state/journal.jsonl"
	of web1 host age ok
	of web1 db age ok
	# It is not there for long: the age goes on.
	later 26:00:00
	expect_ok siantre-alert watch --queue -c "$T/conf" "$TREE"
	of web1 db age "ok fail"
	mv "$T/away" "$TREE"
	host web1
	watch "$TREE"
	of web1 db age "ok fail ok"
	jq -se 'map(select(.what == "place") | .status) == ["ok", "fail", "fail", "ok"]' "$T/state/journal.jsonl"
}

@test "through siantre-ship: a daemon, and one that does not answer" {
	host web1
	# siantre-ship reaches a folder by itself too; here it stands for what only it can reach.
	mkdir "$T/bin"
	install -m 0755 "$BUILD/siantre-alert" "$BUILD"/libsiantre-*.so "$T/bin"
	cat >"$T/bin/siantre-ship" <<-EOF
		#!/bin/bash
		echo "\$*" >>"$T/asked"
		[ "\$3" = rsync://there/m/web1 ] || exit 69
		exec "$BUILD/siantre-ship" --quiet --state "$T/state/ship" -c "$T/conf" --list "$TREE/web1"
	EOF
	chmod 0755 "$T/bin/siantre-ship"
	echo siantre >"$TREE/web1/README.txt"
	: >"$T/asked"
	chmod 0666 "$T/asked"
	own
	PATH=$T/bin:$PATH watch rsync://there/m/web1
	[ "$(cat "$T/asked")" = "--quiet --list rsync://there/m/web1 -c $T/conf" ]
	of web1 db age ok
	of web1 files age ok
	PATH=$T/bin:$PATH expect_ok siantre-alert watch --queue -c "$T/conf" rsync://away/m/web1
	jq -e 'select(.what == "place" and .status == "fail") | .message == "rsync://away/m/web1: cannot be read"' \
	    "$T/state/journal.jsonl"
	of web1 db age ok
	later 27:00:00
	PATH=$T/bin:$PATH watch db1=rsync://there/m/web1
	of db1 db age fail
}

@test "through siantre-ship: a place to which several hosts send" {
	mkdir "$T/bin"
	install -m 0755 "$BUILD/siantre-alert" "$BUILD"/libsiantre-*.so "$T/bin"
	cat >"$T/bin/siantre-ship" <<-EOF
		#!/bin/bash
		printf '%s\tdb of siantre on %s\tverified\n' "$(date -d "@$((NOW - 3600))" +%Y%m%d_%H%M%S)" web1 \
		    "$(date -d "@$((NOW - 900000))" +%Y%m%d_%H%M%S)" web9
	EOF
	chmod 0755 "$T/bin/siantre-ship"
	PATH=$T/bin:$PATH watch web=rsync://there/m
	of web db age ok
}

@test "the look itself fails: told by its unit, until the next one that succeeds" {
	with_stubs
	host web1
	export BEGAN=$((SIANTRE_NOW - 60))
	fail watch timeout killed TERM
	is watch check fail
	message watch check | grep -qF "siantre-watch.service failed: timeout (killed, TERM)"
	watch "$TREE"
	is watch check "fail ok"
	# A memory of its own does not know of it, and ends it all the same.
	watch --state "$T/state/mine" "$TREE"
	later 01:00:00
	export BEGAN=$((SIANTRE_NOW - 60))
	fail watch exit-code exited 74
	is watch check "fail ok ok fail"
	watch --state "$T/state/mine" "$TREE"
	is watch check "fail ok ok fail ok"
	later 01:00:00
	export BEGAN=$((SIANTRE_NOW - 60))
	fail watch exit-code exited 74
	is watch check "fail ok ok fail ok fail"
}

@test "-n and --json write nothing; the state is where it is asked for" {
	host web1 200000
	watch -n --state "$T/state/mine" "$TREE"
	jq -es 'map(select(.host == "web1" and .job == "db@mine")) | .[0].status == "fail"' "$T/stdout"
	[ ! -e "$T/state/journal.jsonl" ]
	watch -n --json "$TREE"
	jq -e '.promises[] | select(.host == "web1" and .job == "db") | .status == "fail" and .what == "age"' "$T/stdout"
	watch --state "$T/state/mine" "$TREE"
	[ -e "$T/state/mine/check.json" ]
	of web1 db@mine age fail
}

@test "two calls that look at other places do not speak for each other" {
	host web1
	cp -a "$TREE" "$T/other"
	watch "$TREE"
	watch --state "$T/state/second/" "$T/other"
	of web1 db age ok
	of web1 db@second age ok
	# Here it is late and there it is not; there the place is gone, and here it is not.
	later 30:00:00
	rm -r "${TREE:?}/web1"
	host web1 60
	chmod 0755 "$T/other"
	mv "$T/other" "$T/gone"
	expect_ok siantre-alert watch --queue -c "$T/conf" --state "$T/state/second" "$T/other"
	watch "$TREE"
	siantre-alert list -c "$T/conf" >"$T/list"
	grep -qF "cannot be read" "$T/list"
	mv "$T/gone" "$T/other"
	watch --state "$T/state/second" "$T/other"
	watch "$TREE"
	of web1 db age ok
	of web1 db@second age "ok fail"
	siantre-alert list -c "$T/conf" >"$T/list"
	not grep -qF "cannot be read" "$T/list"
	grep -q "^.*the newest verified set of db is" "$T/list"
}

@test "nothing is written where the sets are" {
	host web1
	find "$TREE" -printf '%p %T@ %C@ %m\n' | sort >"$T/before"
	watch --deep "$TREE"
	find "$TREE" -printf '%p %T@ %C@ %m\n' | sort | cmp - "$T/before"
}
