# The README in other languages says what the English one does.
load lib

# commands FILE: the command blocks, without the words of their comments.
commands() {
	sed -n '/^```sh$/,/^```$/p' "$1" | sed -E 's/(^| )# .*/\1#/'
}

# names FILE: what stands in backquotes outside of the blocks.
names() {
	sed '/^```sh$/,/^```$/d' "$1" | grep -oE '`[^`]+`' | sort
}

@test "README.id.md has the commands, names, headings and tables of README.md" {
	local en=$ROOT/README.md id=$ROOT/README.id.md
	[ "$(commands "$en" | wc -l)" -gt 30 ]
	diff <(commands "$en") <(commands "$id")
	diff <(names "$en") <(names "$id")
	diff <(grep -oE '^#+ ' "$en") <(grep -oE '^#+ ' "$id")
	[ "$(grep -c '^|' "$en")" = "$(grep -c '^|' "$id")" ]
}

@test "each README links the other in its first lines" {
	head -n 4 "$ROOT/README.md" | grep -qF '(README.id.md)'
	head -n 4 "$ROOT/README.id.md" | grep -qF '(README.md)'
}

@test "the picture of the layers is held against the includes" {
	[ "$(grep -c '(lib/layers.svg)' "$ROOT/README.md")" = 1 ]
	mkdir "$T/tree" "$T/tree/tests"
	cp -a "$ROOT/lib" "$ROOT/tools" "$T/tree"
	cp "$ROOT/tests/layers" "$T/tree/tests"
	cd "$T/tree"
	tests/layers check
	# An include against the arrows, an arrow without an include, a folder that nobody told of.
	echo '#include "report/report.h"' >>lib/ship/far.c
	sed -i '/^#include "db\//d' lib/recover/*.[ch]
	mkdir lib/new
	echo '#include "base/io.h"' >lib/new/new.c
	[ "$(tests/layers check)" = "lib/new: not among the layers of tests/layers
lib/ship/far.c: includes report, which is not below ship
recover → db: drawn, but no file includes it" ]
	# An arrow that the others say already, and one that was left out.
	rm -r lib && cp -a "$ROOT/lib" .
	sed -i 's/\["ship"\]/["ship", "set"]/; s/\["prove", "db"\]/["prove"]/' tests/layers
	tests/layers check >said || true
	grep -qxF 'notify → set: drawn, but set is below another one already' said
	grep -q '^lib/recover/.*: includes db, which is not below recover$' said
	grep -qF 'lib/layers.svg: not what tests/layers draws; run tests/layers draw' said
}
