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
