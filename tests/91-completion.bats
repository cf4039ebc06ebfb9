# Tab behind the tools: what bash offers is what they take.
load lib

setup() {
	lib_setup
	mkdir -p "$T/lib/jobs" "$T/lib/gateways" "$T/etc/jobs" "$T/backup/full/20261122_040000" "$T/backup/20261123_020000"
	touch "$T/lib/jobs"/{db,files,full,ship,drill} "$T/etc/jobs/letters" "$T/lib/gateways"/{README,fonnte.conf} "$T/etc/shop.conf"
	echo "BACKUP_DIR='$T/backup' # a disk" >"$T/etc/siantre.conf"
	sed "s|/etc/siantre|$T/etc|g; s|/usr/lib/siantre|$T/lib|g" "$ROOT/completion/siantre-backup" >"$T/completion"
}

# offered WORD...: what is offered for the last of these, one a line, in a shell of its own.
# $BEFORE: what that shell reads first.
offered() {
	(cd "$T" && BEFORE=${BEFORE:-} bash --norc --noprofile -c '
		eval "$BEFORE"
		set -u
		. "$1" && shift
		set -- "$@"
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE}
		complete -p "$1" >/dev/null
		_siantre "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		[ ${#COMPREPLY[@]} = 0 ] || printf "%s\n" "${COMPREPLY[@]}"
	' bash "$T/completion" "$@") >"$T/out" 2>"$T/err"
	[ ! -s "$T/err" ] || {
		cat "$T/err"
		return 1
	}
	sort -u "$T/out"
}

# offers EXPECTED WORD...
offers() {
	local expected=$1
	shift
	offered "$@" | paste -sd' ' | diff <(echo "$expected") - || {
		echo "expected (<): $*"
		return 1
	}
}

# commands TOOL: the commands that have options of their own, '' for none.
commands() {
	case $1 in
	siantre-alert | siantre-restore) "$1" --help | sed -nE "s/^ +$1 ([a-z]+) .*/\1/p; s/^usage: $1 ([a-z]+) .*/\1/p" | sort -u ;;
	siantre-ship) printf '%s\n' '' --accept ;;
	*) echo ;;
	esac
}

@test "options: what is offered behind -- is what --help names, of all commands together" {
	local source tool command
	for source in "$ROOT"/tools/siantre-*.c; do
		tool=${source##*/} tool=${tool%.c}
		while read -r command; do
			# shellcheck disable=SC2086
			offered "$tool" $command -- || return 1
		done < <(commands "$tool") | sort -u >"$T/offered"
		"$tool" --help | grep -oE '(^|[[ ,])--[a-z][a-z-]*' | tr -d '[ ,' | sort -u >"$T/help"
		diff "$T/help" "$T/offered" || {
			echo "$tool: --help (<) and completion (>) differ"
			return 1
		}
	done
}

@test "short options: likewise" {
	local source tool command
	for source in "$ROOT"/tools/siantre-*.c; do
		tool=${source##*/} tool=${tool%.c}
		while read -r command; do
			# shellcheck disable=SC2086
			offered "$tool" $command - || return 1
		done < <(commands "$tool") | grep -E '^-[^-]' | sort -u >"$T/offered"
		"$tool" --help | sed -nE 's/^ +(-[A-Za-z0]),? .*/\1/p' | sort -u >"$T/help"
		diff "$T/help" "$T/offered" || {
			echo "$tool: --help (<) and completion (>) differ"
			return 1
		}
	done
}

@test "each command takes every option that is offered for it" {
	local tool command option
	for tool in siantre-restore siantre-ship; do
		while read -r command; do
			for option in $(offered "$tool" ${command:+"$command"} --); do
				# An option that wants a value gets --help for one: nothing is done in any case.
				[ "$option" != --accept ] || continue
				"$tool" ${command:+"$command"} "$option" --help --help </dev/null >"$T/stdout" 2>"$T/stderr" || true
				[ "$(grep -cE 'unrecognized|unknown' "$T/stderr")" = 0 ] || {
					cat "$T/stderr"
					return 1
				}
			done
		done < <(commands "$tool")
	done
	# That of siantre-alert says for each command which it takes.
	siantre-alert --help | sed -nE 's/^ +siantre-alert ([a-z]+) (.*)/\1 \2/p' | grep -v '^watch' | while read -r command option; do
		diff <(grep -oE -- '--[a-z]+' <<<"$option" | sort) \
		    <(offered siantre-alert "$command" -- |
			grep -vxE -- '--(config|dry-run|quiet|verbose|help|version)') || {
			echo "siantre-alert $command: --help (<) and completion (>) differ"
			return 1
		}
	done
}

@test "commands, steps, levels, formats, jobs, configurations, channels, sets" {
	offers "all db files" siantre-restore ''
	offers "ack check failed flush list test watch" siantre-alert ''
	diff <(commands siantre-restore) <(offered siantre-restore '')
	diff <(commands siantre-alert) <(offered siantre-alert '')
	diff <(siantre-restore all --list | sed 's/ .*//' | sort) <(offered siantre-restore all --step '')
	offers "structure" siantre-verify --level s
	offers "checksum drill structure" siantre-verify --level = ''
	offers "html json nagios prometheus text" siantre-status -f ''
	offers "check-config db drill files full letters ship" siantre-run ''
	offers "letters" siantre-run -q le
	offers "shop siantre" siantre-run -c ''
	offers "all fonnte mail ping sms" siantre-alert test ''
	diff <(cd "$ROOT/systemd" && grep -l '^OnFailure=siantre-alert@' *.service | grep -v @ | sort) \
	    <(offered siantre-alert failed '')
	offers "app full storage" siantre-restore files --what ''
	offers "$T/backup $T/backup/20261123_020000 $T/backup/full/20261122_040000" siantre-verify "$T/b"
	offers "$T/backup/full/20261122_040000" siantre-restore db "$T/backup/full/2"
	offers "latest" siantre-ship --from x: la
	offers "" siantre-dump --where ''
	touch "$T/x.env"
	offers "x.env" siantre-dump --env-file x
	offers "backup" siantre-restore files --into b
	offers "" siantre-restore db --into b
}

@test "names of folders and files are words, whatever is in them, and none is run" {
	mkdir "$T/backup/"{'$(touch ran)_1','`touch ran`_2','in two_3'}
	touch "$T/lib/jobs/"'$(touch ran)' "$T/etc/a b.conf"
	offered siantre-verify "$T/backup/" >"$T/offered"
	grep -qxF "$T/backup/in two_3" "$T/offered"
	grep -qxF "$T/backup/"'$(touch ran)_1' "$T/offered"
	offered siantre-run '' | grep -qxF '$(touch ran)'
	offers "a b" siantre-run -c a
	[ ! -e "$T/ran" ]
}

@test "with bash-completion's helper the same" {
	BEFORE='_init_completion() {
		words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
		[[ $* == *-s* ]] || return
		if [[ $cur == --?*=* ]]; then prev=${cur%%=*} cur=${cur#*=} split=true; fi
	}'
	offers "structure" siantre-verify --level=st
	offers "all db files" siantre-restore ''
	offers "--resume" siantre-restore db --res
}
