#!/usr/bin/env bats
# The dashboard: siantre-status --format=html, looked at in a browser, at two widths, dark and light,
# in both languages, on paper, by keyboard and by axe-core; its numbers against those of --json.

load lib

setup_file() {
	export SIANTRE_LOCALEDIR=$BUILD/locale
	export SIANTRE_NOW=${SIANTRE_NOW:-$(date +%s)}
}

# scene NAME [LANGUAGE]: a server in that state; its page is $T/page.html, its facts $T/status.json.
scene() {
	mkdir -p "$T/s/backup"
	# Where that can be, on a disk of its own, whose free space nobody else changes.
	! mount -t tmpfs -o size=300g,mode=0755 siantre-test "$T/s/backup" 2>/dev/null ||
	    LIB_DISKS+=("$T/s/backup")
	"$ROOT/tests/page/scene" "$1" "$T/s" "$SIANTRE_NOW" "${2:-en}"
	page
}

# Both of one moment: a second or a block of the disk later they may differ for good reason.
page() {
	local before after page _
	for _ in {1..300}; do
		before=$(siantre-status -c "$T/s/siantre.conf" --json)
		page=$(siantre-status -c "$T/s/siantre.conf" --format=html)
		after=$(siantre-status -c "$T/s/siantre.conf" --json)
		[ "$before" = "$after" ] || continue
		printf '%s\n' "$page" >"$T/page.html"
		printf '%s\n' "$after" >"$T/status.json"
		return 0
	done
	echo "the facts never stood still"
	return 1
}

# look: what a browser says about it.  SIANTRE_PICTURES=FOLDER keeps the pictures.
look() {
	local modules pictures=$T
	# The page of the sanitized build is the same one; the browser is not what that is about.
	[[ ${SIANTRE_BUILD:-} != *-san ]] || return 0
	modules=$("$ROOT/tests/npm" page --where)
	[ -d "$modules" ] || skip "no axe-core: tests/npm page needs npm and its registry"
	command -v chromium >/dev/null || skip "no chromium"
	if [ -n "${SIANTRE_PICTURES:-}" ]; then
		pictures=$SIANTRE_PICTURES/$1
		mkdir -p "$pictures"
		cp "$T/page.html" "$pictures"
	fi
	node "$ROOT/tests/page/check.mjs" "$modules" "$T/page.html" "$T/status.json" "$pictures"
}

# has TEXT: the page has it; hasnt TEXT: it has not.
has() {
	grep -qF -- "$1" "$T/page.html" || { echo "not on the page: $1" && return 1; }
}

hasnt() {
	! grep -qF -- "$1" "$T/page.html" || { echo "on the page: $1" && return 1; }
}

@test "an empty installation" {
	scene empty
	has '<body class="is-fail">'
	has 'Never backed up: Database, Files.'
	has 'There is no verified set.'
	has 'No drill yet'
	has 'The journal has none.'
	look empty
}

@test "one week" {
	scene week
	has '<html lang="en">'
	has 'Backups of <strong><bdi>siantre</bdi></strong>'
	has 'class="day before"'
	has 'class="day ok"'
	has 'Every backup is fresh'
	has 'Time to recover (RTO)'
	has 'Siti Rahma &lt;siti@dinas.example&gt; 0812-3456-7890'
	look week
}

@test "a year" {
	scene year
	has 'class="day fail"'
	has 'class="day warn"'
	has 'class="day overdue"'
	has 'class="day idle"'
	has '>failed: '
	has '1 odd one'
	has '<h2 id="charts">Size and duration</h2>'
	has 'Older runs'
	look year
}

@test "a year, in Indonesian" {
	scene year id
	has '<html lang="id">'
	has 'Halaman ini dibuat'
	has 'Basis data'
	has 'Langkah'
	hasnt 'This page was made'
	look year-id
}

@test "everything is broken" {
	scene broken
	has '<body class="is-fail">'
	has 'Backups are overdue: Database, Files, Full system.'
	has 'Out of the ordinary'
	has 'Not everything came back'
	has 'Not proven, so it does not count:'
	has 'Never reached'
	has 'Damaged there'
	has 'Database: no verified backup in time'
	has '<code>sudo siantre-alert ack -c '
	has 'Acknowledged '
	# What has happened, and not what the same word means where it is a promise.
	hasnt 'a drill is overdue'
	hasnt 'a channel was not tested'
	has 'the recovery drill failed'
	look broken
}

@test "everything is broken, in Indonesian" {
	scene broken id
	has 'Cadangan terlambat: Basis data, Berkas, Sistem lengkap.'
	look broken-id
}

@test "hostile names and messages stay text" {
	scene hostile
	has '&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;'
	has '[U+202E]'
	hasnt '<script'
	hasnt '<img'
	# Long ones are cut, and say so.
	hasnt xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\
xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
	grep -qE '… <small>\([0-9]{5} bytes\)' "$T/page.html"
	look hostile
}

@test "a page that cannot be written says so" {
	scene week
	expect_fail 74 'write stdout: No space left on device' \
	    bash -c 'siantre-status -c "$1" --format=html >/dev/full' - "$T/s/siantre.conf"
}
