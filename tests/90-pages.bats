# The manual pages and the tools say the same.
load lib

# The long options of --help, and those that have an entry in the page's lists.
help_options() {
	"$1" --help | grep -oE '(^|[[ ])--[a-z][a-z-]*' | tr -d '[ ' | sort -u
}
page_options() {
	sed -n 's/^\.It //p' "${2:-$ROOT/man/$1.1}" | grep -oE 'Fl -[a-z][a-z-]*' | sed 's/^Fl /-/' | sort -u
}

# The commands in the synopsis of a page, and those of --help.
page_commands() {
	sed -n '/^\.Sh /{x;s/^/x/;/^x\{3\}/q;x;};p' "$1" |
	    sed -nE '/^\.Nm$/{n;s/^\.Cm ([a-z-]+)$/\1/p;}' | sort -u
}
help_commands() {
	"$1" --help | sed -nE "/^\$/q; s/^(usage:| +) *$1 ([a-z]+)( .*|$)/\2/p" | sort -u
}

# translations PAGE: the pages in other languages that are there.
translations() {
	local page
	for page in "$ROOT"/man/*/"${1##*/}"; do
		[ ! -f "$page" ] || echo "$page"
	done
}

@test "each tool has a page, and each page a tool" {
	for source in "$ROOT"/tools/siantre-*.c; do
		tool=${source##*/}
		[ -f "$ROOT/man/${tool%.c}.1" ]
	done
	for page in "$ROOT"/man/*.1; do
		page=${page##*/}
		[ -x "$BUILD/${page%.1}" ]
	done
}

@test "option lists of --help and page agree" {
	for page in "$ROOT"/man/*.1; do
		tool=${page##*/}
		tool=${tool%.1}
		"$tool" --help >"$T/help"
		diff <(help_options "$tool") <(page_options "$tool") || {
			echo "$tool: --help (<) and man/$tool.1 (>) differ"
			return 1
		}
	done
}

@test "short options of --help and page agree" {
	for page in "$ROOT"/man/*.1; do
		tool=${page##*/}
		tool=${tool%.1}
		diff <("$tool" --help | sed -nE 's/^ +-([A-Za-z0-9]),? .*/\1/p' | sort -u) \
		    <(sed -nE 's/^\.It Fl ([A-Za-z0-9]) .*/\1/p; s/^\.It Fl ([A-Za-z0-9])$/\1/p' "$page" | sort -u) || {
			echo "$tool: --help (<) and man/$tool.1 (>) differ"
			return 1
		}
	done
}

@test "commands of --help and page agree" {
	for page in "$ROOT"/man/*.1; do
		tool=${page##*/}
		tool=${tool%.1}
		diff <(help_commands "$tool") <(page_commands "$page") || {
			echo "$tool: --help (<) and man/$tool.1 (>) differ"
			return 1
		}
	done
	[ "$(help_commands siantre-restore | paste -sd' ')" = "all db files" ]
}

@test "pages in other languages have the sections, options, keys and commands of the English ones" {
	local page there what bad=0
	for page in "$ROOT"/man/*.[1-8]; do
		while read -r there; do
			# Warnings are for headings that are none in English.
			mandoc -Tlint -W error "$there"
			for what in '^\.Sh ' '^\.Ss ' '^\.It ' '^\.Dl ' '^\.Bd '; do
				[ "$(grep -c "$what" "$page")" = "$(grep -c "$what" "$there")" ] || {
					echo "$there: not as many lines with $what as in $page"
					bad=1
				}
			done
			diff <(page_options "" "$page") <(page_options "" "$there") || {
				echo "man/${page##*/} (<) and $there (>) differ"
				bad=1
			}
			diff <(sed -nE 's/^\.It Ev ([A-Z_]+) .*/\1/p' "$page") <(sed -nE 's/^\.It Ev ([A-Z_]+) .*/\1/p' "$there") || bad=1
		done < <(translations "$page")
	done
	for there in "$ROOT"/man/*/*.[1-8]; do
		[ ! -f "$there" ] || [ -f "$ROOT/man/${there##*/}" ] || {
			echo "$there: there is no English one"
			bad=1
		}
	done
	[ $bad = 0 ]
}

@test "every page ends with exit status, examples and see also, and is clean" {
	for page in "$ROOT"/man/*.[1-8]; do
		mandoc -Tlint -W warning "$page"
		for section in EXAMPLES "SEE ALSO"; do
			grep -q "^\.Sh $section" "$page"
		done
		[[ $page != *.1 ]] || grep -q '^\.Sh EXIT STATUS' "$page"
	done
}

@test "the runbook has every point of the checklist, in its order" {
	diff <(sed -nE 's/^    \{"([a-z ]+)", [a-z_]+\},$/\1/p' "$ROOT/lib/recover/checklist.c") \
	    <(sed -n '/^\.Sh THE CHECKLIST/,/^\.Sh AFTERWARDS/p' "$ROOT/man/siantre-recovery.7" |
		sed -nE '/^\.It$/{n;s/^\.Sy ([a-z ]+[a-z])( :)?$/\1/p}')
}

@test "README names every folder of the sources and of lib/" {
	local folder
	for folder in "$ROOT"/*/ "$ROOT"/lib/*/; do
		folder=${folder#"$ROOT"/}
		[[ $folder != build* ]] || continue
		case $folder in
		lib/?*) folder=${folder#lib/} folder=${folder%/} ;;
		esac
		sed -n '/^## Where things are/,$p' "$ROOT/README.md" | grep -qF "\`$folder\`" ||
		    { echo "README.md lacks $folder"; return 1; }
	done
}

@test "every page that is referred to is there" {
	find "$ROOT/man" -name '*.[1-8]' -exec grep -hoE '^\.Xr siantre[a-z.-]* [1-8]' {} + | sort -u | while read -r _ name section; do
		[ -f "$ROOT/man/$name.$section" ] || {
			echo "$name($section) is referred to and missing"
			return 1
		}
	done
}

@test "--help and --version go to stdout and end 0; the version is the package's" {
	version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$ROOT/debian/changelog")
	for source in "$ROOT"/tools/siantre-*.c; do
		tool=${source##*/}
		tool=${tool%.c}
		"$tool" --help 2>"$T/err" | grep -q '^usage: '
		[ "$("$tool" --version 2>>"$T/err")" = "$tool $version" ]
		[ ! -s "$T/err" ]
		expect_fail 64 "--no-such-option" "$tool" --no-such-option
		expect_fail 64 "usage: $tool" "$tool" --no-such-option
	done
}

@test "every configuration key has its place in siantre.conf(5)" {
	diff <(sed -nE 's/^    \{"([A-Z_]+)", .*/\1/p' "$ROOT/lib/set/config.c" | sort) \
	    <(sed -nE 's/^\.It Ev ([A-Z_]+) .*/\1/p' "$ROOT/man/siantre.conf.5" | sort)
}

@test "the shipped configuration names every key with its default" {
	diff <(sed -nE 's/^#?([A-Z_]+)=.*/\1/p' "$ROOT/etc/siantre.conf" | sort -u) \
	    <(sed -nE 's/^\.It Ev ([A-Z_]+) .*/\1/p' "$ROOT/man/siantre.conf.5" | sort)
	# The default is that of the sources, here and in the manual.
	local page
	sed -nE 's/^    \{"([A-Z_]+)", [A-Z_]+, ([^,]*),.*/\1=\2/p' "$ROOT/lib/set/config.c" |
	    sed 's|CONFIG_DEFAULT|siantre|; s|CONFIG_FOLDER|/etc/siantre|; s|CONFIG_STATE|/var/lib/siantre|; s|{APP_NAME}|siantre|; s|[" ]||g' |
	    sed 's|{APP_DIR}|/var/www/siantre|; s|{STATE_DIR}|/var/lib/siantre|' | sort >"$T/defaults"
	[ "$(wc -l <"$T/defaults")" -gt 50 ]
	diff "$T/defaults" <(sed -nE 's/^#([A-Z_]+=.*)/\1/p' "$ROOT/etc/siantre.conf" | tr -d '"' | sort)
	for page in "$ROOT"/man/siantre.conf.5 "$ROOT"/man/*/siantre.conf.5; do
		diff "$T/defaults" <(sed -nE 's/^\.It Ev ([A-Z_]+) No = ?(.*)/\1=\2/p' "$page" |
		    sed 's|${APP_DIR}|/var/www/siantre|; s|${STATE_DIR}|/var/lib/siantre|; s|${APP_NAME}|siantre|' | sort)
	done
}
