#!/usr/bin/env bats
# Our reading of .env files against the parser that Laravel itself uses.
# shellcheck disable=SC2016
load lib

compare() {
	php "$ROOT/tests/dotenv_compare.php" "$BUILD/dotenv_print" "$T" "$@"
}

# print TEXT (as printf has it): what we make of it; $status, $output.
print() {
	# shellcheck disable=SC2059
	printf "$1" >"$T/.env"
	cd "$T" || return
	run dotenv_print .env
}

@test "a table of nasty files reads as in phpdotenv" {
	run compare table
	echo "$output"
	[ "$status" = 0 ]
	[[ $output =~ ^([0-9]+)" cases, "([0-9]+)" set, "([0-9]+)" refused, 0 differ"$ ]]
	[ "${BASH_REMATCH[1]}" -ge 250 ]
	[ "${BASH_REMATCH[2]}" -ge 150 ]
	[ "${BASH_REMATCH[3]}" -ge 50 ]
}

@test "random files read as in phpdotenv" {
	run compare random 4000 1
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == "4000 cases, "*" 0 differ" ]]
}

@test "the comparison notices a difference" {
	printf '#!/bin/sh\nfor f; do echo "{\\"K\\":\\"value\\"}"; done\n' >"$T/print"
	chmod +x "$T/print"
	run php "$ROOT/tests/dotenv_compare.php" "$T/print" "$T" table
	[ "$status" = 1 ]
	[[ $output == *"differ: K="* ]]
}

@test "a refusal names file, line and cause, and shows no value" {
	print 'A=1\nB="x\ny"\n\nDB_PASSWORD=top secret\n'
	[ "$output" = $'dotenv_print: .env:5: text behind the value (one with spaces needs quotes)\nnull' ]
	print 'DB_PASSWORD="top\\secret"'
	[ "$output" = $'dotenv_print: .env:1: unknown escape between double quotes\nnull' ]
	print "\r\nDB_PASSWORD='topsecret"
	[ "$output" = $'dotenv_print: .env:2: missing closing quote\nnull' ]
	print 'K=1\rtop secret=2'
	[ "$output" = $'dotenv_print: .env:2: a name has only letters, digits, _ and .\nnull' ]
	print '=topsecret'
	[ "$output" = $'dotenv_print: .env:1: no name before the equals sign\nnull' ]
}

@test "a NUL byte is refused" {
	print 'A=1\nB=\0002\n'
	[ "$output" = $'dotenv_print: .env:2: a NUL byte\nnull' ]
}

@test "a double quote that is never closed is told, and what stands before it counts" {
	print 'A=1\nB="2\nC=3\n'
	[ "$output" = $'dotenv_print: .env:2: missing closing quote: nothing from here on counts\n{"A":"1"}' ]
}

@test "the environment plays no part" {
	export OTHER=outside A=outside
	print 'A=1\nB=${OTHER}\n'
	[ "$output" = '{"A":"1","B":"${OTHER}"}' ]
}

@test "values that grow without bounds are refused" {
	local i text='A0=0123456789\n'
	for i in {1..18}; do
		text+="A$i=\${A$((i - 1))}\${A$((i - 1))}\n"
	done
	print "$text"
	[ "$output" = $'dotenv_print: .env:18: the value is too long\nnull' ]
}

@test "4096 keys are read, one more is refused" {
	seq -f 'K%g=1' 4096 >"$T/.env"
	cd "$T" || return
	run dotenv_print .env
	[[ $output == *'"K4096":"1"}' ]]
	echo 'K4097=1' >>.env
	run dotenv_print .env
	[ "$output" = $'dotenv_print: .env:4097: too many keys\nnull' ]
}

@test "1 MiB is read, one byte more is refused" {
	{
		echo 'K=v'
		head -c $((1048576 - 4)) /dev/zero | tr '\0' '#'
	} >"$T/.env"
	cd "$T" || return
	run dotenv_print .env
	[ "$output" = '{"K":"v"}' ]
	printf '#' >>.env
	run dotenv_print .env
	[ "$output" = $'dotenv_print: .env: larger than 1 MiB\nnull' ]
}
