# Places for copies: `load ship` behind `load remotes`.
#   place KIND    $DEST and $AT, an empty place of its own in a server that setup_file started;
#                 KIND: folder, rsync, ssh, rrsync, sftp, dav, s3
#   ship ARG...   siantre-ship with what reaches it
# shellcheck shell=bash disable=SC2034,SC2154,SC2153

# place KIND [NAME]: in $AT its folder here; in $OPTIONS what siantre-ship needs to reach it.
place() {
	local name=${2:-web$BATS_TEST_NUMBER.$RANDOM}
	KIND=$1 OPTIONS=()
	case $1 in
	folder)
		AT=$T/$name DEST=$AT
		mkdir "$AT"
		ours "$AT"
		;;
	rsync) AT=$RSYNCD/data/backup/$name DEST=$RSYNCD_URL/backup/$name ;;
	ssh | rrsync)
		AT=$SSHD/data/$name DEST=ssh://$(id -un)@127.0.0.1:${PORT:-$SSHD_PORT}$AT
		OPTIONS=(--ssh-key "$SSHD/id" --known-hosts "$SSHD/known_hosts")
		[ "$1" = ssh ] || {
			OPTIONS[1]=$SSHD/id.rrsync
			DEST=ssh://$(id -un)@127.0.0.1:${PORT:-$SSHD_PORT}/$name
		}
		;;
	sftp) AT=$SFTP/data/$name DEST=rclone:sftp:$name ;;
	dav) AT=$WEBDAV/data/$name DEST=rclone:dav:$name ;;
	s3)
		need_s3
		AT=$T/s3.$name DEST=rclone:s3:siantre/$name
		;;
	esac
	case $1 in sftp | dav | s3) OPTIONS=(--rclone-config "$RCLONE_CONFIG") ;; esac
}

# ship ARG...: quick about trying again.
ship() {
	siantre-ship -c "$CONF" --tries 2 --pause 0s ${OPTIONS[@]+"${OPTIONS[@]}"} "$@"
}

# kinds: those that this machine can have.
kinds() {
	echo folder rsync ssh rrsync sftp dav
	[ ! -d "$("$ROOT/tests/npm" s3 --where)" ] || echo s3
}

# few KIND...: these, or with SHIP_ALL=1 all kinds.
few() {
	[ "${SHIP_ALL:-0}" = 1 ] && kinds || echo "$@"
}

# at: what is there, up to date in $AT.
at() {
	[ "$KIND" = s3 ] || return 0
	rm -rf "$AT"
	# The line may be a bad one; but nobody waits at a dead end.
	for _ in 1 2 3; do
		! rclone copy --fast-list --retries 1 --low-level-retries 1 --contimeout 5s \
		    "${DEST#rclone:}" "$AT" 2>/dev/null || return 0
	done
	mkdir -p "$AT"
}

# there: the names of the whole sets there, sorted.
there() {
	at
	[ -d "$AT" ] || return 0
	(cd "$AT" && find . -mindepth 2 -maxdepth 3 -name SHA256SUMS ! -path './.*' -printf '%h\n') |
	    sed 's|^\./||' | sort
}

# no_half: what looks like a set there is one, to the byte.
no_half() {
	local name
	for name in $(there); do
		(cd "$AT/$name" && sha256sum -c --quiet --strict SHA256SUMS) || {
			echo "$DEST/$name: not what its SHA256SUMS says"
			return 1
		}
		[ ! -d "$BACKUP/$name" ] || diff -r -x verified.json "$BACKUP/$name" "$AT/$name"
	done
}

# here: the names of the sets in $BACKUP, sorted.
here() {
	(cd "$BACKUP" && find . -mindepth 2 -maxdepth 3 -name SHA256SUMS ! -path './.*' -printf '%h\n') |
	    sed 's|^\./||' | sort
}

# changed: what lies there was changed by somebody; rclone's servers remember what they have seen.
changed() {
	case $KIND in
	sftp) stop_far_server "$SFTP" && start_sftp "$SFTP" ;;
	dav) stop_far_server "$WEBDAV" && start_webdav "$WEBDAV" ;;
	*) return 0 ;;
	esac
	OPTIONS=(--rclone-config "$RCLONE_CONFIG")
}

# all_there: every set of $BACKUP is there, whole, and nothing unfinished is.
all_there() {
	no_half
	[ "$(there)" = "$(here)" ] || { diff <(here) <(there) || true; return 1; }
	nothing_unfinished
}

nothing_unfinished() {
	local found
	found=$(cd "$AT" && find . \( -path './.partial/*' -o -name .rsync-partial -o -name '.*.??????' \) -print)
	[ -z "$found" ] || { echo "left there: $found" && return 1; }
}

# state: the folder of what is known of $DEST.
state() {
	local hex dir key=$DEST
	[ "$KIND" != folder ] || key="$(realpath "$AT") $(stat -c %.9Y "$AT/README.txt")"
	hex=$(printf %s "$key" | sha256sum)
	for dir in "$T/far.state/ship/"*-"${hex:0:8}"; do echo "$dir"; done
}

# nothing_false: no half set there, and what is called proven is there.
nothing_false() {
	local name proven
	no_half
	proven=$(state)/proven.json
	[ -f "$proven" ] && [ -d "$AT" ] || return 0
	for name in $(jq -r 'to_entries[] | select(.value.sums) | .key' "$proven"); do
		[ -f "$AT/$name/SHA256SUMS" ] || { echo "$name is called proven, and is not there" && return 1; }
	done
}

# fails CODE WORDS [ARG...]: shipping to $DEST ends so, and says it in one line, beside a hint, what
# is said of tries, and the result.
fails() {
	local code=$1 words=$2 lines
	shift 2
	expect_fail "$code" "$words" ship --to "$DEST" "$@"
	lines=$(grep -vcE '^hint: |; trying again in |: failed; [0-9]+ sent ' "$T/stderr")
	[ "$lines" = 1 ] || {
		echo "$lines lines"
		cat "$T/stderr"
		return 1
	}
	[ "$(grep -c ': failed; ' "$T/stderr")" = 1 ]
	nothing_false
}

# heals [ARG...]: the next run brings all there.
heals() {
	expect_ok ship --to "$DEST" "$@"
	all_there
}

# make_big NAME FILE: a set with this file, as it is.
make_big() {
	make_sets db "$1"
	local sum
	chmod u+w "$BACKUP/$1"/*
	cp "$2" "$BACKUP/$1/note.txt"
	read -r sum _ < <(sha256sum "$2")
	jq --arg sum "$sum" --argjson size "$(stat -c %s "$2")" '(.files[] | select(.name == "note.txt") | .sha256) = $sum |
	    (.files[] | select(.name == "note.txt") | .bytes) = $size' "$BACKUP/$1/set.json" >"$T/set.json"
	cp "$T/set.json" "$BACKUP/$1/set.json"
	seal_set "$BACKUP/$1"
	siantre-verify -q --record "$BACKUP/$1"
}

# big_next: one more set here, with much that no other has.
big_next() {
	NEXT=$(date -d "${NEXT:-20261001} + 1 day" +%Y%m%d)
	head -c 30000 /dev/urandom | base64 >"$T/more"
	make_big "${NEXT}_020000" "$T/more"
}

