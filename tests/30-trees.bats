#!/usr/bin/env bats
# Trees into archives: siantre-pack with paths.

load lib
load trees

pack() {
	siantre-pack -q "$@"
}

# note JQ-LIKE PYTHON EXPRESSION over the pack note n: what siantre-run would read.
note() {
	python3 -c 'import json, sys
n = json.loads(open(sys.argv[1]).read().splitlines()[-1])
print(eval(sys.argv[2]))' "$T/notes" "$1"
}

@test "GNU tar unpacks what was packed: names, links, holes, ACLs, attributes, times, owners" {
	nasty "$T/in/app"
	pack -C "$T/in" app >"$T/app.tar.gz"
	mkdir "$T/out"
	tar -xpzf "$T/app.tar.gz" --xattrs --acls -C "$T/out" 2>"$T/stderr"
	# All it says is that it does not know the word for names that are not UTF-8, and the times.
	lacks -v "keyword 'hdrcharset'\|implausibly old time\|in the future" "$T/stderr"
	same_facts "$T/in/app" "$T/out/app"
}

@test "bsdtar unpacks what was packed" {
	nasty "$T/in/app"
	pack -C "$T/in" app >"$T/app.tar.gz"
	mkdir "$T/out"
	# In the C locale it leaves names as they are and says so; elsewhere it composes letters.
	# It does not decode %3D in the names of attributes.
	setfattr -x 'user.a=b%c' "$T/in/app/run.sh"
	pack -C "$T/in" app >"$T/app.tar.gz"
	LC_ALL=C bsdtar -xpzf "$T/app.tar.gz" --xattrs --acls -C "$T/out" 2>"$T/stderr" || true
	lacks -v "can't be converted\|Error exit delayed" "$T/stderr"
	same_facts "$T/in/app" "$T/out/app"
}

@test "python and busybox read it" {
	nasty "$T/in/app"
	pack -C "$T/in" app >"$T/app.tar.gz"
	python3 - "$T/app.tar.gz" >"$T/python" <<-'E'
		import os, sys, tarfile
		for mode in "r:gz", "r|gz":
		    for m in tarfile.open(sys.argv[1], mode, errors="surrogateescape"):
		        os.write(1, os.fsencode(m.name.rstrip("/")) + b"\0")
	E
	(cd "$T/in" && find app -print0 && find app -print0) | sort -z >"$T/find"
	sort -z "$T/python" | cmp - "$T/find"
	mkdir "$T/out"
	pack -C "$T/in" app/noise app/a.txt app/resources | busybox tar -xzf - -C "$T/out"
	cmp "$T/in/app/noise" "$T/out/app/noise"
	[ -d "$T/out/app/resources/views/vendor" ]
}

@test "the same tree gives the same bytes: again, elsewhere, in another locale, from a copy" {
	nasty "$T/in/app"
	pack -C "$T/in" app >"$T/1.gz"
	(cd "$T/in" && LC_ALL=C TZ=UTC pack app/) | cmp - "$T/1.gz"
	cp -a "$T/in" "$T/copy"
	cat "$T/copy/app/noise" >/dev/null
	pack -C "$T/copy" ./app >"$T/2.gz"
	cmp "$T/1.gz" "$T/2.gz"
	touch "$T/copy/app/a.txt"
	not cmp -s "$T/1.gz" <(pack -C "$T/copy" app)
}

@test "entries are sorted, and a path stands as it was named" {
	mkdir -p "$T/in/b" "$T/in/a-" "$T/in/a"
	touch "$T/in/b/z" "$T/in/b/Z" "$T/in/a-/x" "$T/in/a/x" "$T/in/a.c"
	[ "$(pack -C "$T/in" . | tar -tzf - | paste -sd' ')" = "./ ./a/ ./a/x ./a-/ ./a-/x ./a.c ./b/ ./b/Z ./b/z" ]
	[ "$(pack -C "$T/in" b//./z a | tar -tzf - | paste -sd' ')" = "b/z a/ a/x" ]
	[ "$(pack "$T/in/a" | tar -tzf - | head -1)" = "${T#/}/in/a/" ]
}

@test "what is named twice stands twice, and is no hard link to itself" {
	mkdir "$T/in"
	echo x >"$T/in/f"
	ln "$T/in/f" "$T/in/g"
	pack -C "$T/in" f f g >"$T/a.tar.gz"
	[ "$(tar -tvzf "$T/a.tar.gz" | cut -c 1 | paste -sd' ')" = "- - h" ]
	bsdtar -xf "$T/a.tar.gz" -C "$T"
	[ "$T/f" -ef "$T/g" ]
}

@test "holes stay holes: a file of a terabyte without data takes no time and no room" {
	truncate -s 1T "$T/huge"
	printf 'end' >>"$T/huge"
	timeout 60 siantre-pack -q -C "$T" huge >"$T/huge.tar.gz"
	[ "$(stat -c %s "$T/huge.tar.gz")" -lt 4096 ]
	mkdir "$T/out"
	tar -xzf "$T/huge.tar.gz" -C "$T/out"
	[ "$(stat -c %s "$T/out/huge")" = $(((1 << 40) + 3)) ]
	[ "$(tail -c 3 "$T/out/huge")" = end ]
	[ "$(du -k "$T/out/huge" | cut -f1)" -lt 64 ]
}

@test "many holes in one file" {
	python3 - "$T/comb" <<-'E'
		import sys
		with open(sys.argv[1], "wb") as f:
		    for i in range(2000):
		        f.seek(i * 32768)
		        f.write(b"%d" % i)
	E
	pack -C "$T" comb >"$T/comb.tar.gz"
	mkdir "$T/out"
	tar -xzf "$T/comb.tar.gz" -C "$T/out"
	cmp "$T/comb" "$T/out/comb"
	bsdtar -xOzf "$T/comb.tar.gz" | cmp - "$T/comb"
}

@test "the shipped exclude list leaves out what it says, and only that" {
	mkdir -p "$T/in/app"/{node_modules/x,vendor/y,resources/views/vendor,public/vendor,logs}
	touch "$T/in/app"/{a.log,b.tmp,.env,.env.local,.env.backup,.DS_Store,Thumbs.db,logs/c.log} \
	    "$T/in/app"/{node_modules/x/i.js,vendor/y/p.php,resources/views/vendor/m.php,public/vendor/j.js}
	pack -C "$T/in" -X "$ROOT/etc/exclude_list.txt" app | tar -tzf - >"$T/list"
	printf '%s\n' app/ app/.env app/logs/ app/public/ app/public/vendor/ app/public/vendor/j.js \
	    app/resources/ app/resources/views/ app/resources/views/vendor/ \
	    app/resources/views/vendor/m.php | diff - "$T/list"
	# Anchors count from each packed folder; a later line wins over the list.
	pack -C "$T/in/app" -X "$ROOT/etc/exclude_list.txt" --exclude '!a.log' . | tar -tzf - >"$T/list"
	grep -qxF ./a.log "$T/list"
	lacks -F ./vendor "$T/list"
	pack -C "$T/in/app" -X "$ROOT/etc/exclude_list.txt" resources/views | tar -tzf - >"$T/list"
	lacks -F vendor "$T/list"
}

@test "what the tool leaves out is what git ignores" {
	git init -q "$T/app"
	(
		cd "$T/app" || exit 1
		mkdir -p storage/logs/old public/build 'odd names' a/b/c vendor/x resources/vendor '!bang'
		touch storage/logs/{a.log,keep.log} storage/logs/old/x public/build/{app.js,app.js.map} \
		    'odd names/'{'trailing ','#hash','!bang','back\slash','star*','[x]',x,'a b'} \
		    a/b/c/{1,2,3}.txt a/1.txt vendor/x/y resources/vendor/z '!bang/x' '#top' $'new\nline.tmp'
	)
	cat >"$T/list" <<-'E'
		# comment
		*.log
		!keep.log
		/vendor/
		storage/**/old/
		a/**/[12].txt
		\#*
		\!bang
		trailing\ 
		star\*
		back\\slash
		\[x]
		*.ma?
		*.tmp  
		public/build/*
		!public/build/app.js
	E
	cp "$T/list" "$T/app/.git/info/exclude"
	(cd "$T/app" && git ls-files -z --others --exclude-standard) | sort -z >"$T/git"
	mkdir "$T/out"
	pack -C "$T/app" -X "$T/list" --exclude /.git . | tar -xzf - -C "$T/out"
	(cd "$T/out" && find . ! -type d -printf '%P\0') | sort -z >"$T/ours"
	[ "$(tr -cd "\0" <"$T/git" | wc -c)" = 6 ]
	cmp "$T/git" "$T/ours"
}

@test "--exclude-caches leaves out folders with a tag that is one" {
	mkdir -p "$T/in"/{real,short,wrong,link,folder/CACHEDIR.TAG,deep/er/cache}
	printf 'Signature: 8a477f597d28d172789f06886806bc55\n# made by a test\n' >"$T/in/real/CACHEDIR.TAG"
	cp "$T/in/real/CACHEDIR.TAG" "$T/in/deep/er/cache/"
	printf 'Signature: 8a477f597d28d172789f06886806bc5' >"$T/in/short/CACHEDIR.TAG"
	printf 'signature: 8a477f597d28d172789f06886806bc55' >"$T/in/wrong/CACHEDIR.TAG"
	ln -s ../real/CACHEDIR.TAG "$T/in/link/CACHEDIR.TAG"
	touch "$T/in"/{real,short,wrong,link,folder,deep/er/cache,deep/er}/x
	printf '%s\n' in/ in/deep/ in/deep/er/ in/deep/er/x in/folder/ in/folder/CACHEDIR.TAG/ in/folder/x \
	    in/link/ in/link/CACHEDIR.TAG in/link/x in/short/ in/short/CACHEDIR.TAG in/short/x \
	    in/wrong/ in/wrong/CACHEDIR.TAG in/wrong/x >"$T/list"
	pack --exclude-caches -C "$T" in | tar -tzf - | diff "$T/list" -
	# Not unless it is asked for, and not the path that is named.
	pack -C "$T" in | tar -tzf - | grep -qxF in/real/x
	[ "$(pack --exclude-caches -C "$T/in" real | tar -tzf - | paste -sd' ')" = "real/ real/CACHEDIR.TAG real/x" ]
}

@test "--files-from packs what a list names, in one order however the list came" {
	mkdir -p "$T/in/a/sub" "$T/in/b" "$T/in/a-"
	touch "$T/in/a/"{1,2,sub/3} "$T/in/b/"{x,y} "$T/in/a-/z" "$T/in/"$'new\nline' "$T/in/other"
	printf 'b/x\na-\n\n./a//2\na/sub/\nb/x\n' >"$T/list"
	pack -C "$T/in" --files-from "$T/list" >"$T/1.gz"
	[ "$(tar -tzf "$T/1.gz" | paste -sd' ')" = "a/2 a/sub/ a/sub/3 a-/ a-/z b/x" ]
	tac "$T/list" | pack -C "$T/in" --files-from - | cmp - "$T/1.gz"
	tr '\n' '\0' <"$T/list" | (cd "$T/in" && pack -0 --files-from -) | cmp - "$T/1.gz"
	# What find names in its own order, folders and all in them, is packed once.
	(cd "$T/in" && find . -print0 | pack --null --files-from -) >"$T/2.gz"
	pack -C "$T/in" . | cmp - "$T/2.gz"
	printf 'new\nline\0' | pack -C "$T/in" -0 --files-from - other >"$T/3.gz"
	[ "$(tar -tzf "$T/3.gz" | paste -sd' ')" = 'other new\nline' ]
	# Absolute paths stand below the root; patterns are for what lies in what is named.
	printf '%s\n' "$T/in/a" "$T/in/b/y" | pack --exclude '[1y]' --files-from - | tar -tzf - |
	    sed "s|^${T#/}/||" | paste -sd' ' | grep -qxF "in/a/ in/a/2 in/a/sub/ in/a/sub/3 in/b/y"
}

@test "--files-from: what has gone since is left out and named, and nothing at all is no archive" {
	mkdir -p "$T/in/a"
	touch "$T/in/a/x"
	printf 'a/gone\na/x\ngone/y\n' >"$T/list"
	SIANTRE_NOTES=$T/notes pack -C "$T/in" --files-from "$T/list" >"$T/a.gz" 2>"$T/stderr"
	diff "$T/stderr" - <<-'E'
		siantre-pack: a/gone: vanished, left out
		siantre-pack: gone/y: vanished, left out
	E
	[ "$(tar -tzf "$T/a.gz")" = a/x ]
	[ "$(note 'n["warnings"], n["entries"]')" = "(2, 1)" ]
	expect_fail 65 "2 files could not be packed as they are" pack --strict -C "$T/in" --files-from "$T/list"
	printf 'gone\n' >"$T/list"
	expect_fail 74 "nothing in the list was packed" pack -C "$T/in" -o "$T/b.gz" --files-from "$T/list"
	expect_fail 65 "stdin: no path in the list" pack -o "$T/b.gz" --files-from - </dev/null
	expect_fail 65 "a NUL byte in the list" pack -o "$T/b.gz" --files-from <(printf 'a\0')
	expect_fail 64 'paths with ".." are not packed' pack -o "$T/b.gz" --files-from <(echo a/../b)
	expect_fail 74 "nope: No such file or directory" pack -o "$T/b.gz" --files-from "$T/nope"
	expect_fail 64 "-0 is for --files-from" pack -0 -o "$T/b.gz" "$T/in"
	expect_fail 64 "are for paths" siantre-pack -d --files-from "$T/list"
	expect_fail 64 "a path is empty" pack -o "$T/b.gz" ""
	[ ! -e "$T/b.gz" ]
}

@test "a file without read permission is named, and the rest is packed" {
	mkdir -p "$T/in/app/closed"
	echo secret >"$T/in/app/secret"
	echo x >"$T/in/app/closed/x"
	echo open >"$T/in/app/z"
	chmod 0 "$T/in/app/secret" "$T/in/app/closed"
	SIANTRE_NOTES=$T/notes
	: >"$SIANTRE_NOTES"
	chmod 0666 "$SIANTRE_NOTES"
	export SIANTRE_NOTES
	as_nobody siantre-pack -q -C "$T/in" app >"$T/a.gz" 2>"$T/stderr"
	diff "$T/stderr" - <<-'E'
		siantre-pack: app/closed: Permission denied, what is in it left out
		siantre-pack: app/secret: Permission denied, left out
	E
	[ "$(tar -tzf "$T/a.gz" | paste -sd' ')" = "app/ app/closed/ app/z" ]
	[ "$(note 'n["warnings"], n["entries"], [s["path"] for s in n["skipped"]]')" = \
	    "(2, 3, ['app/closed', 'app/secret'])" ]
	expect_fail 65 "2 files could not be packed as they are" \
	    as_nobody siantre-pack -q --strict -C "$T/in" app
}

@test "what the paths name must be there" {
	mkdir "$T/in"
	touch "$T/in/a"
	ln -s in "$T/link"
	mkdir -m 0 "$T/closed"
	expect_fail 74 "nope: No such file or directory" pack -C "$T/in" -o "$T/a.gz" a nope
	[ ! -e "$T/a.gz" ]
	expect_fail 74 "$T/nope: No such file or directory" pack -C "$T/nope" a
	expect_fail 74 "a symlink on the way" pack -C "$T" link/a
	expect_fail 64 'paths with ".." are not packed' pack -C "$T/in" ../in
	expect_fail 77 "closed: Permission denied" as_nobody siantre-pack -C "$T" closed
	expect_fail 78 "list: No such file or directory" pack -C "$T" -X "$T/list" in
	expect_ok pack -C "$T" link
	grep -qF "siantre-pack: link: a symlink: the link is packed, not what it points to" "$T/stderr"
}

@test "a FIFO does not block, a socket is left out with a note, a device is told" {
	mkdir "$T/in"
	mkfifo "$T/in/fifo"
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$T/in/sock"
	[ "$(id -u)" != 0 ] || mknod "$T/in/null" c 1 3
	SIANTRE_NOTES=$T/notes timeout 60 siantre-pack -q -C "$T" in >"$T/a.gz" 2>"$T/stderr"
	echo 'siantre-pack: in/sock: a socket, left out' | diff - "$T/stderr"
	tar -tvzf "$T/a.gz" >"$T/list"
	grep -q '^p.* in/fifo$' "$T/list"
	[ "$(id -u)" != 0 ] || grep -q '^c.* 1,3 .* in/null$' "$T/list"
	[ "$(note 'n["warnings"], n["skipped"]')" = "(0, [{'path': 'in/sock', 'why': 'a socket, left out'}])" ]
}

@test "the ACL of a FIFO is kept, by us and by others: its mode alone would give the group more" {
	mkdir "$T/in" "$T/gnu"
	mkfifo -m 0640 "$T/in/fifo"
	setfacl -m u:1234:rw,g::- "$T/in/fifo"
	pack --strict -o "$T/a.tar.gz" -C "$T" in
	tar --acls -C "$T/gnu" -xpzf "$T/a.tar.gz"
	siantre-restore files --into "$T/ours" "$T/a.tar.gz"
	getfacl -n -c "$T/in/fifo" >"$T/acl"
	grep -qxF 'group::---' "$T/acl"
	getfacl -n -c "$T/gnu/in/fifo" | diff "$T/acl" -
	getfacl -n -c "$T/ours/in/fifo" | diff "$T/acl" -
}

@test "a name may not draw on the terminal" {
	mkdir "$T/in"
	touch "$T/in/"$'a\e[31m\nb'
	chmod 0 "$T/in/"*
	as_nobody siantre-pack -q -C "$T" in 2>"$T/stderr" >/dev/null
	grep -qF 'in/a\033[31m\012b: Permission denied' "$T/stderr"
	[ "$(wc -l <"$T/stderr")" = 1 ]
}

# stalled COMMAND...: pack "$T/in" and stop reading after its first bytes, so that the packer is
# inside its first, large file; run COMMAND; let it go on.  The archive is $T/a.gz.
stalled() {
	local pid rc=0
	head -c 48M /dev/urandom >"$T/in/0-large"
	mkfifo "$T/pipe"
	SIANTRE_NOTES=$T/notes siantre-pack -q -C "$T" in >"$T/pipe" 2>"$T/stderr" &
	pid=$!
	exec 7<"$T/pipe"
	head -c 65536 <&7 >"$T/a.gz"
	"$@"
	cat <&7 >>"$T/a.gz"
	exec 7<&-
	wait $pid || rc=$?
	cat "$T/stderr"
	[ $rc = 0 ]
}

@test "a file that grows while it is packed is cut to the size in its header" {
	mkdir "$T/in"
	echo behind >"$T/in/1"
	grow() {
		cp "$T/in/0-large" "$T/before"
		echo more >>"$T/in/0-large"
	}
	stalled grow
	mkdir "$T/out"
	tar -xzf "$T/a.gz" -C "$T/out"
	cmp "$T/out/in/0-large" "$T/before"
	[ "$(cat "$T/out/in/1")" = behind ]
	[ "$(note 'n["warnings"], n["skipped"][0]["path"], n["skipped"][0]["why"]')" = \
	    "(1, 'in/0-large', 'grew while it was packed, cut to 50331648 bytes')" ]
}

@test "a file that shrinks while it is packed is filled with zeros" {
	mkdir "$T/in"
	echo behind >"$T/in/1"
	stalled truncate -s 46M "$T/in/0-large"
	mkdir "$T/out"
	tar -xzf "$T/a.gz" -C "$T/out"
	[ "$(stat -c %s "$T/out/in/0-large")" = $((48 << 20)) ]
	cmp -n $((46 << 20)) "$T/out/in/0-large" "$T/in/0-large"
	tail -c 2M "$T/out/in/0-large" | cmp - <(head -c 2M /dev/zero)
	[ "$(cat "$T/out/in/1")" = behind ]
	[ "$(note 'n["warnings"], n["skipped"][0]["why"]')" = \
	    "(1, 'shrank while it was packed, filled with zeros from byte 48234496')" ]
}

@test "what vanishes or is swapped for a symlink while the tree is packed does no harm" {
	# More files behind the large one than are opened ahead of their turn.
	mkdir -p "$T/in/1many" "$T/in/2gone" "$T/in/3swap" "$T/in/5folder" "$T/secret"
	(cd "$T/in/1many" && seq -f 'f%05.0f' 2000 | xargs touch)
	touch "$T/in/2gone/x" "$T/in/3swap/x" "$T/in/4gone" "$T/in/6" "$T/in/7" "$T/in/8"
	echo password >"$T/secret/x"
	swap() {
		rm -r "$T/in/2gone" "$T/in/4gone" "$T/in/3swap" "$T/in/5folder"
		ln -s ../secret "$T/in/3swap"
		echo file >"$T/in/5folder"
		rm "$T/in/6" "$T/in/7" "$T/in/8"
		mkfifo "$T/in/6"
		mkdir "$T/in/7"
		ln -s ../secret/x "$T/in/8"
	}
	stalled swap
	[ "$(tar -tzf "$T/a.gz" | grep -v ^in/1many/f | paste -sd' ')" = \
	    "in/ in/0-large in/1many/ in/3swap in/6 in/8" ]
	[ "$(tar -tzf "$T/a.gz" | grep -c ^in/1many/f)" = 2000 ]
	lacks -a password <(gunzip <"$T/a.gz")
	[ "$(note 'n["warnings"], [s["path"] + ": " + s["why"] for s in n["skipped"]]')" = \
	    "(4, ['in/2gone: vanished, left out', 'in/4gone: vanished, left out', 'in/5folder: became something else, left out', 'in/7: became something else, left out'])" ]
}

@test "many small files, read ahead: all of them, in order, whatever became of them before" {
	python3 - "$T/in" <<-'E'
		import os, random, sys
		random.seed(3)
		for d in range(120):
		    os.makedirs(f"{sys.argv[1]}/{d % 7}/{d:03}")
		    for f in range(random.choice((0, 1, 3, 40, 90))):
		        with open(f"{sys.argv[1]}/{d % 7}/{d:03}/{f}", "wb") as file:
		            file.write(random.randbytes(random.choice((0, 1, 500, 512, 513, 5000, 70000, 600000)))
		                       if random.random() < .1 else b"%d %d" % (d, f) * random.randrange(2000))
	E
	pack -C "$T" in >"$T/1.gz"
	for _ in 2 3 4; do
		pack -C "$T" in | cmp - "$T/1.gz"
	done
	tar -C "$T" --sort=name --format=posix -cf - in | tar -tf - >"$T/list"
	tar -tzf "$T/1.gz" | sort | diff - <(sort "$T/list")
	[ "$(wc -l <"$T/list")" -gt 2000 ]
	mkdir "$T/out"
	tar -xzf "$T/1.gz" -C "$T/out"
	diff -r "$T/in" "$T/out/in"
	# No more descriptors than an ordinary process has, however many files wait.
	(ulimit -n 256 && pack -C "$T" in | cmp - "$T/1.gz")
	# A reader that goes away half-way: quiet, code 1.
	{
		rc=0
		siantre-pack -q -C "$T" in 2>"$T/stderr" || rc=$?
		echo $rc >"$T/rc"
	} | head -c 100000 >"$T/head"
	[ "$(cat "$T/rc")" = 1 ]
	[ ! -s "$T/stderr" ]
}

@test "a signal stops it while it waits for its reader, with files read ahead" {
	mkdir -p "$T/in/many"
	head -c 8M /dev/urandom >"$T/in/large"
	(cd "$T/in/many" && seq -f 'f%05.0f' 2000 | xargs touch)
	for signal in TERM INT HUP; do
		mkfifo "$T/pipe"
		siantre-pack -q -C "$T" in >"$T/pipe" 2>"$T/stderr" &
		pid=$!
		exec 7<"$T/pipe"
		head -c 65536 <&7 >/dev/null
		kill -$signal $pid
		rc=0
		timeout 60 tail --pid=$pid -f /dev/null
		wait $pid || rc=$?
		exec 7<&-
		[ $rc = $((128 + $(kill -l $signal))) ]
		[ ! -s "$T/stderr" ]
		rm "$T/pipe"
	done
}

@test "folders too deep for a descriptor each are named, not fatal" {
	mkdir "$T/in"
	(
		cd "$T/in" || exit 1
		for _ in {1..450}; do
			mkdir d
			cd d || exit 1
		done
		touch bottom
	)
	touch "$T/in/e"
	(
		ulimit -n 1024
		pack -C "$T" in >"$T/a.gz" 2>"$T/stderr"
	)
	grep -qF 'more than 400 folders deep, what is in it left out' "$T/stderr"
	[ "$(tar -tzf "$T/a.gz" | wc -l)" = 402 ]
	tar -tzf "$T/a.gz" | grep -qxF in/e
}

@test "--one-file-system does not go into another one" {
	mkdir "$T/in"
	small_disk "$T/in/disk" 512k
	touch "$T/in/disk/x" "$T/in/y"
	[ "$(pack --one-file-system -C "$T" in | tar -tzf - | paste -sd' ')" = "in/ in/disk/ in/y" ]
	[ "$(pack -C "$T" in | tar -tzf - | paste -sd' ')" = "in/ in/disk/ in/disk/x in/y" ]
}

@test "the archive does not pack itself" {
	mkdir "$T/in"
	echo x >"$T/in/x"
	pack -C "$T" -o "$T/in/self.tar.gz" in
	[ "$(tar -tzf "$T/in/self.tar.gz" | paste -sd' ')" = "in/ in/x" ]
	pack -C "$T" in >"$T/in/stdout.tar.gz"
	tar -tzf "$T/in/stdout.tar.gz" >"$T/list"
	lacks -F stdout "$T/list"
}

@test "an archive cut short anywhere, or not ended, is refused" {
	mkdir "$T/in"
	echo x >"$T/in/x"
	head -c 1500 /dev/zero >"$T/in/zeros"
	pack -C "$T" in | gunzip >"$T/a.tar"
	size=$(stat -c %s "$T/a.tar")
	[ "$size" = 10240 ]
	expect_ok siantre-verify "$T/a.tar"
	# The last file is all zeros: where it ends cannot be told from the bytes alone.
	end=$(python3 -c 'import sys, tarfile
m = tarfile.open(sys.argv[1]).getmembers()[-1]
print(m.offset_data + 1536)' "$T/a.tar")
	for cut in 1 511 512 513 1024 1536 2048 3000 $((end - 512)) "$end" $((end + 512)) $((end + 1023)); do
		head -c "$cut" "$T/a.tar" >"$T/cut.tar"
		expect_fail 65 "cut.tar" siantre-verify "$T/cut.tar"
		gzip -c "$T/cut.tar" >"$T/cut.tar.gz"
		expect_fail 65 "cut.tar.gz" siantre-verify "$T/cut.tar.gz"
	done
	head -c $((end + 1024)) "$T/a.tar" >"$T/cut.tar"
	expect_ok siantre-verify "$T/cut.tar"
}
