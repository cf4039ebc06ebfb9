# What the scenarios about trees share: `load trees`.
# shellcheck shell=bash disable=SC2154

# nasty DIR: a tree with what a packer can trip over.  As root with owners.
nasty() {
	local long
	mkdir -p "$1"
	(
		cd "$1" || exit 1
		umask 022
		mkdir -p storage/logs node_modules/x vendor/y resources/views/vendor empty
		echo hello >a.txt
		echo '#!/bin/sh' >run.sh
		chmod 0750 run.sh
		ln a.txt hard.txt
		ln -s a.txt sym
		ln -s ../a.txt storage/up
		: >nothing
		chmod 0000 nothing
		chmod 1777 empty
		chmod 2775 storage
		# Names: any bytes but / and NUL; decomposed letters, invalid UTF-8, CESU-8.
		for name in $'new\nline' "quo\"te'\`\$x" $'e\xcc\x81' $'\xc3\xa9' $'bad\xff' \
		    $'\xed\xa0\xbd\xed\xb8\x80' '😀' 'back\slash' -dash ' blanks ' '*?[' '#x#'; do
			printf '%s' "$name" >"$name"
		done
		ln -s $'bad\xff' $'link\xfe'
		ln -s $'e\xcc\x81' decomposed
		ln $'e\xcc\x81' $'hard e\xcc\x81'
		long=$(printf 'l%.0s' {1..250})
		mkdir -p "$long.d/$long/$long"
		echo deep >"$long.d/$long/$long/$long"
		ln -s "$long.d/$long/$long/$long" longlink
		ln "$long.d/$long/$long/$long" longhard
		# Holes: between data, at the end, nothing else.
		truncate -s 10M sparse
		printf 'middle' | dd of=sparse bs=1 seek=5000000 conv=notrunc status=none
		printf 'start' >./tail
		truncate -s 1M tail
		truncate -s 3M hole
		mkfifo fifo
		perl -e 'srand 1; print pack "C*", map { int rand 256 } 1 .. 300000' >noise
		setfattr -n user.note -v 0x00ff0a a.txt
		setfattr -n 'user.a=b%c' -v value run.sh
		setfattr -n user.empty tail
		setfacl -m u:1234:rw,g:33:r tail
		setfacl -m u:33:rwx storage
		setfacl -d -m u:33:rwx storage
		[ "$(id -u)" != 0 ] || chown -h 1234:5678 hole noise sym longlink resources
		find . -depth -print0 | xargs -0 touch -h -d '2026-03-02 07:08:09.123456789 UTC'
		touch -h -d '2001-02-03 04:05:06.7 UTC' sym
		touch -d '2040-01-01 00:00:00.000000001 UTC' a.txt
		touch -d '1965-01-01 00:00:00 UTC' nothing
	)
}

# facts DIR: all that must survive, one fact a line; sockets are never packed.
facts() {
	(
		cd "$1" || exit 1
		find . -type d -printf '%p %y %m %U:%G %T@\0' -o ! -type s \
		    -printf '%p %y %m %U:%G %s %T@ %n %l\0' | sort -z | tr '\n\0' '\1\n'
		find . ! -type d -links +1 -printf '%i %p\0' | sort -z -k 2 |
		    awk 'BEGIN { RS = "\0" } { i = $1; sub(/^[^ ]* /, ""); if (!(i in f)) f[i] = $0; print f[i] " = " $0 }'
		find . -type f -print0 | sort -z | xargs -0 -r sha256sum --
		find . ! -type s -print0 | sort -z | xargs -0 -r getfattr -h -d -m '^user\.' -e hex --
		find . ! -type l ! -type s -print0 | sort -z | xargs -0 -r getfacl -n --
	)
}

# same_facts A B: B has all that A has.
same_facts() {
	facts "$1" >"$T/facts.1"
	facts "$2" >"$T/facts.2"
	[ "$(wc -l <"$T/facts.1")" -gt 5 ]
	diff "$T/facts.1" "$T/facts.2"
}
