# No documented command is wrong: those of README.md and of the manual pages are taken out of the
# documents and run, in order, on a server as they describe it: tests/documents/run.
load lib

setup_file() {
	[ "$(id -u)" = 0 ] || return 0
	[[ $BUILD != *-san ]] || return 0
	export RESULTS
	RESULTS=$(mktemp -d "${TMPDIR:-/tmp}/siantre-documents.XXXXXX")
	RC=0
	"$ROOT/tests/documents/run" "$RESULTS" "$ROOT/README.md" "$ROOT"/man/*.[1-8] >"$RESULTS/log" 2>&1 3>&- 4>&- || RC=$?
	export RC
}

teardown_file() {
	[ -z "${RESULTS:-}" ] || rm -rf "$RESULTS"
}

extract() {
	"$ROOT/tests/documents/extract" "$@"
}

@test "every command of README.md and the manual pages ends as the document says" {
	need_root
	[[ $BUILD != *-san ]] || skip "the plain build does"
	[ "$RC" != 77 ] || skip "this machine allows no name spaces or overlays"
	[ "$RC" = 0 ] || { tail -n 40 "$RESULTS/log" && return 1; }
	# Each command has a result: the exit code was the right one, or the list in stage.bash says why not.
	grep -vE $'^(0|exempt)\t' "$RESULTS/table" | while IFS=$'\t' read -r code name where text; do
		printf '%s: exit %s: %s\n' "$where" "$code" "$text"
		cat "$RESULTS/out/$name.stage" "$RESULTS/out/$name" 2>/dev/null | tail -n 25
	done >"$RESULTS/wrong"
	[ ! -s "$RESULTS/wrong" ] || { cat "$RESULTS/wrong" && return 1; }
	diff <(tr -cd '\0' <"$RESULTS/commands" | wc -c) <(wc -l <"$RESULTS/table")
	# The list of those that are not run is short, and only of README.md's way to build.
	[ "$(grep -c '^exempt' "$RESULTS/table")" -le 3 ]
	[ "$(grep -c '^exempt.*README.md:' "$RESULTS/table")" = "$(grep -c '^exempt' "$RESULTS/table")" ]
	[ "$(grep -c 'siantre-recovery.7' "$RESULTS/table")" -ge 100 ]
	# On an empty server all of it came back.
	name=$(awk -F'\t' '$3 ~ /^siantre-recovery/ && $4 == "siantre-restore all /mnt/backup/siantre" { print $2 }' "$RESULTS/table")
	grep -qx "11 of 11 points are right" "$RESULTS/out/$name"
}

# texts FILE: one command a line, without comments.
texts() {
	extract "$1" | perl -0 -pe 's/\A[^\n]*\n//; s/[ \t]+#[ \t][^\0\n]*//g; s/\s*\0/\0/; s/\n/ /g; s/\0/\n/'
}

@test "documents in other languages have the same commands" {
	local there page bad=0
	[ ! -f "$ROOT/README.id.md" ] || diff <(texts "$ROOT/README.md") <(texts "$ROOT/README.id.md") || {
		echo "README.md (<) and README.id.md (>) differ"
		bad=1
	}
	for there in "$ROOT"/man/*/*.[1-8]; do
		[ -f "$there" ] || continue
		page=$ROOT/man/${there##*/}
		diff <(texts "$page") <(texts "$there") || {
			echo "$page (<) and $there (>) differ"
			bad=1
		}
	done
	[ $bad = 0 ]
}

# exchange PAGE FAILING: the runbook's exchange of the database by plain tools, where the command
# FAILING fails; the statements and units that it came to.
exchange() {
	extract "$1" | perl -0 -ne 's/\A[^\n]*\n//; s/\0/\n/; print if /pipefail|mariadb-dump/' >"$T/exchange"
	[ "$(grep -c 'DROP DATABASE' "$T/exchange")" = 1 ] || { echo "not one DROP DATABASE" && return; }
	sed -i "s|/root/|$T/|" "$T/exchange"
	rm -rf "$T/stubs" && mkdir -p "$T/stubs"
	for name in sha256sum mariadb-dump gunzip mariadb systemctl; do
		printf '#!/bin/sh\n[ %s != %s ] || exit 1\necho %s "$*" >>"%s/calls"\n' $name "$2" $name "$T" >"$T/stubs/$name"
		chmod 0755 "$T/stubs/$name"
	done
	rm -f "$T/calls"
	PATH=$T/stubs:$PATH bash "$T/exchange" >"$T/stdout" 2>&1 || true
	grep -oE 'DROP|CREATE|comments|systemctl start' "$T/calls" 2>/dev/null | paste -sd' '
}

@test "the exchange by plain tools drops nothing before it is saved and the backup proven" {
	local page
	for page in "$ROOT"/man/siantre-recovery.7 "$ROOT"/man/id/siantre-recovery.7; do
		[ "$(exchange "$page" none)" = "DROP CREATE comments systemctl start" ]
		[ "$(exchange "$page" sha256sum)" = "" ]
		[ "$(exchange "$page" mariadb-dump)" = "" ]
		[ "$(exchange "$page" gunzip)" = "DROP CREATE comments" ]
	done
}

@test "hints, comments and units name tools and options that there are" {
	local tool options option n=0
	while read -r tool options; do
		[ -x "$BUILD/$tool" ] || {
			echo "there is no $tool"
			return 1
		}
		[ -f "$T/$tool" ] || { "$tool" --help && { [ "$tool" != siantre-ship ] || "$tool" --accept --help; }; } >"$T/$tool"
		for option in $options; do
			n=$((n + 1))
			grep -qE -- "(^|[[ ,])$option([] =,[]|\$)" "$T/$tool" || {
				echo "$tool has no $option, but this is written:"
				grep -rnE -- "$tool .*$option" "$ROOT"/{lib,tools,etc,debian,systemd,cron.d,examples}
				return 1
			}
		done
	done < <(grep -rhoE 'siantre-(alert|dump|pack|prune|restore|run|ship|status|verify)( [A-Za-z0-9_/.%=:@<>-]+)+' \
	    "$ROOT"/{lib,tools,etc,debian,systemd,cron.d,examples} | tr ' ' '\n' |
	    awk '/^siantre-[a-z]+$/ { if (line ~ /--/) print line; line = $0; next }
	        /^--[a-z]/ { sub(/[=.,:%\/].*/, ""); line = line " " $0 } END { if (line ~ /--/) print line }' | sort -u)
	[ "$n" -ge 20 ]
}
