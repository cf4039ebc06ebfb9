# What stands in a scenario and does not fail it: of `[ A ] && [ B ]` in front of other commands only B
# counts.  Prints such lines; ends 1 where there are some.
FNR == 1 { held = "" }
held != "" && $0 !~ /^[[:space:]]*}/ { print held; bad = 1 }
{
	held = ""
	s = $0
	gsub(/"[^"]*"|'[^']*'/, "_", s)
}
s ~ /^[[:space:]]*([^|]*\|\| \{ )?\[.*\] && (! )?(\[|grep |cmp |diff )/ && s !~ /\|\| (return|false|exit)|&& (return|break|continue)|\(cd / {
	held = FILENAME ":" FNR ": " $0
}
END { exit bad }
