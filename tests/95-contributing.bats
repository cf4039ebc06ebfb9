# CONTRIBUTING.md is right: its commands end 0 in a copy of the sources, as an ordinary user.
load lib

# commands: one a line, without comments.
commands() {
	sed -n '/^```sh$/,/^```$/p' "$ROOT/CONTRIBUTING.md" | sed '/^```/d; s/ \{2,\}# .*//'
}

@test "the commands that take seconds work as they stand" {
	[ "$BUILD" = "$ROOT/build" ] || skip "they are those of the plain build"
	local line n=0
	mkdir "$T/tree" "$T/tree/build" "$T/try"
	cp -a "$ROOT"/{lib,tools,tests,gateways,README.md,README.id.md,CONTRIBUTING.md,debian} "$T/tree"
	cp "$BUILD"/{siantre-*,libsiantre-*.so,send} "$T/tree/build"
	chmod a+w "$T" "$T/try" "$T/tree" "$T/tree"/{tools/jobs,gateways}
	cd "$T/tree"
	while IFS= read -r line; do
		case $line in
		make\ * | .ci/run | git\ tag\ * | *tests/fuzz/run\ * | tests/run\ *) continue ;;
		esac
		n=$((n + 1))
		echo "$line"
		as_nobody bash -euc "${line//\/tmp\/try/$T/try}" </dev/null
	done < <(commands)
	[ "$n" -ge 8 ]
	gunzip -c "$T"/try/backup/20*/kernel.gz | grep -q Linux
}

@test "targets, files and variables that it names are there" {
	local word n=0
	for word in $(commands | grep -oE '\bmake( [A-Z_]+=[0-9]+)*( [a-z-]+)+' | grep -oE ' [a-z-]+'); do
		n=$((n + 1))
		grep -qE "^([a-z-]+ )*$word( [a-z-]+)*:" "$ROOT/Makefile" || {
			echo "no target $word"
			return 1
		}
	done
	[ "$n" -ge 10 ]
	n=0
	for word in $(grep -oE '\b(lib|tests|tools|debian|po|man|gateways|cron\.d|systemd|\.ci)/[A-Za-z0-9_./-]*[A-Za-z0-9_]' \
	    "$ROOT/CONTRIBUTING.md" | grep -vE 'NAME|MODULE|/(kernel|mine\.conf)$' | sort -u); do
		n=$((n + 1))
		[ -e "$ROOT/$word" ] || {
			echo "no $word"
			return 1
		}
	done
	[ "$n" -ge 12 ]
	# One page.
	[ "$(wc -l <"$ROOT/CONTRIBUTING.md")" -le 100 ]
}
