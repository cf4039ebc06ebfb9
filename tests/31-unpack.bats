#!/usr/bin/env bats
# Archives back into trees: siantre-restore files.

load lib
load trees

restore() {
	siantre-restore files "$@"
}

# Nothing but what was there before: no new folder, no file of a hostile archive.
nothing_new() {
	[ "$(cd "$T" && find . -name '*siantre-new*' -o -name '*evil*')" = "" ]
}

@test "what was packed comes back: names, links, holes, ACLs, attributes, times, owners" {
	nasty "$T/in/app"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	restore "$T/app.tar.gz" --into "$T/out"
	same_facts "$T/in/app" "$T/out/app"
	[ "$(du -k "$T/out/app/sparse" | cut -f1)" -lt 64 ]
	[ "$(du -k "$T/out/app/hole" | cut -f1)" = 0 ]
	nothing_new
}

@test "what GNU tar packed, in each of its formats" {
	nasty "$T/in/app"
	rm "$T/in/app/"$'\xed\xa0\xbd\xed\xb8\x80'
	for format in gnu posix; do
		[ $format = posix ] || find "$T/in/app" -exec touch -h -d '2026-03-02 07:08:09 UTC' {} +
		more=()
		[ $format = gnu ] || more=(--acls --xattrs)
		tar --format=$format "${more[@]}" -S -czf "$T/app.tar.gz" -C "$T/in" app
		if [ $format = gnu ]; then
			cp -a "$T/in" "$T/plain"
			(cd "$T/plain" && setfacl -R -b app && setfattr -x user.note app/a.txt &&
			    setfattr -x 'user.a=b%c' app/run.sh && setfattr -x user.empty app/tail)
			chmod 0664 "$T/plain/app/tail" # with an ACL, the mask
			touch -r "$T/in/app" "$T/plain/app"
			restore "$T/app.tar.gz" --into "$T/out-$format"
			same_facts "$T/plain/app" "$T/out-$format/app"
		else
			restore "$T/app.tar.gz" --into "$T/out-$format"
			same_facts "$T/in/app" "$T/out-$format/app"
		fi
	done
	mkdir "$T/old"
	echo x >"$T/old/x"
	for format in v7 ustar; do
		tar --format=$format -C "$T" -cf - old | restore - --into "$T/out-$format"
		[ "$(cat "$T/out-$format/old/x")" = x ]
	done
}

@test "what GNU tar --listed-incremental packed: with each folder a list of what is in it" {
	mkdir -p "$T/in/app/sub" "$T/in/app/empty"
	echo x >"$T/in/app/x"
	echo y >"$T/in/app/sub/y"
	for format in gnu posix; do
		tar --format=$format --listed-incremental="$T/$format.snar" -czf "$T/$format.tar.gz" \
		    -C "$T/in" app
		expect_ok restore "$T/$format.tar.gz" --into "$T/out-$format"
		[ "$(cd "$T/out-$format" && find . | sort | paste -sd' ')" = \
		    ". ./app ./app/empty ./app/sub ./app/sub/y ./app/x" ]
		[ "$(cat "$T/out-$format/app/x" "$T/out-$format/app/sub/y" | paste -sd' ')" = "x y" ]
	done
}

@test "a hard link with too long a name for one comes back as a file, and is told" {
	local name
	mkdir -p "$T/in/app/z"
	name=$(printf 'd%.0s' {1..250})
	(
		cd "$T/in/app" || exit 1
		echo deep >../deep
		echo flat >flat
		for _ in {1..17}; do
			mkdir "$name"
			cd "$name" || exit 1
		done
		# Once the long name is the first one, once the second.
		ln ../../../../../../../../../../../../../../../../../../deep deep
		ln ../../../../../../../../../../../../../../../../../flat second
	)
	ln "$T/in/deep" "$T/in/app/z/1"
	ln "$T/in/deep" "$T/in/app/z/2"
	ln "$T/in/app/flat" "$T/in/app/z/flat"
	expect_ok siantre-pack -q -o "$T/app.tar.gz" -C "$T/in" app
	[ "$(grep -c 'a hard link with too long a name for one, packed as a file of its own$' "$T/stderr")" = 2 ]
	[ "$(wc -l <"$T/stderr")" = 2 ]
	expect_fail 65 "too long a name" siantre-pack -q --strict -o "$T/strict.tar.gz" -C "$T/in" app
	expect_ok restore "$T/app.tar.gz" --into "$T/out"
	[ "$(find "$T/out/app" -type f -execdir cat {} + | sort | paste -sd' ')" = "deep deep deep flat flat flat" ]
	[ "$T/out/app/z/1" -ef "$T/out/app/z/2" ]
	[ "$T/out/app/flat" -ef "$T/out/app/z/flat" ]
}

@test "what bsdtar packed" {
	nasty "$T/in/app"
	rm "$T/in/app/"$'\xed\xa0\xbd\xed\xb8\x80' # it would be another name in the archive
	bsdtar --format=pax --acls --xattrs -czf "$T/app.tar.gz" -C "$T/in" app 2>"$T/stderr" || true
	restore "$T/app.tar.gz" --into "$T/out"
	same_facts "$T/in/app" "$T/out/app"
}

@test "--into names the folder or the one it lies in; the old one is kept" {
	mkdir -p "$T/in/app"
	echo new >"$T/in/app/f"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	mkdir -p "$T/www/app" "$T/www/other"
	echo old >"$T/www/app/f"
	expect_fail 73 "$T/www/app: exists" restore "$T/app.tar.gz" --into "$T/www"
	grep -qF 'hint: --yes exchanges it and keeps the old one beside it' "$T/stderr"
	expect_fail 73 "$T/www/app: exists" restore "$T/app.tar.gz" --into "$T/www/app/"
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --dry-run
	[ "$(cat "$T/stdout")" = "$T/app.tar.gz: 2 entries; would exchange $T/www/app" ]
	[ "$(cat "$T/www/app/f")" = old ]
	expect_ok restore "$T/app.tar.gz" --into "$T/www" --yes
	grep -qx "siantre-restore: $T/www/app: 2 entries, .*" "$T/stderr"
	grep -qxE "siantre-restore: $T/www/app_before_[0-9]{8}_[0-9]{6}: the folder that was there" "$T/stderr"
	[ "$(cat "$T/www/app/f")" = new ]
	[ "$(cat "$T/www"/app_before_*/f)" = old ]
	# At once again: the name of the kept one is taken.
	echo newer >"$T/www/app/f"
	restore "$T/app.tar.gz" --into "$T/www/app" --yes --quiet
	[ "$(cat "$T/www/app/f")" = new ]
	[ "$(cat "$T/www"/app_before_*/f | sort | paste -sd' ')" = "newer old" ]
	[ -d "$T/www/other" ]
	restore "$T/app.tar.gz" --into "$T/fresh"
	[ "$(cat "$T/fresh/app/f")" = new ]
	restore "$T/app.tar.gz" --into "$T/fresh2/" 2>/dev/null
	[ "$(cat "$T/fresh2/app/f")" = new ]
	(cd "$T/www" && rm -r app && restore ../app.tar.gz --into app)
	[ "$(cat "$T/www/app/f")" = new ]
	nothing_new
}

@test "an archive of the folder itself, and one of several paths" {
	mkdir -p "$T/in/a" "$T/in/b"
	echo new >"$T/in/a/f"
	chmod 0750 "$T/in/a"
	siantre-pack -q -C "$T/in/a" . >"$T/dot.tar.gz"
	mkdir "$T/empty"
	restore "$T/dot.tar.gz" --into "$T/empty"
	[ "$(stat -c %a "$T/empty")" = 750 ]
	[ "$(cat "$T/empty/f")" = new ]
	echo old >"$T/empty/f"
	expect_fail 73 "$T/empty: exists" restore "$T/dot.tar.gz" --into "$T/empty"
	restore "$T/dot.tar.gz" --into "$T/empty" --yes
	[ "$(cat "$T/empty/f")" = new ]
	siantre-pack -q -C "$T" in/a in/b >"$T/several.tar.gz"
	expect_fail 73 "exists; an archive of several paths goes to a new folder" \
	    restore "$T/several.tar.gz" --into "$T/empty" --yes
	restore "$T/several.tar.gz" --into "$T/several"
	[ "$(cat "$T/several/in/a/f")" = new ]
	[ "$(stat -c %a "$T/several")" = 755 ]
	siantre-pack -q -C "$T/in" a b >"$T/two.tar.gz"
	expect_fail 73 "more than the folder a in it" restore "$T/two.tar.gz" --into "$T/empty" --yes
	[ ! -e "$T/empty/a" ]
	nothing_new
}

@test "from a set: the application, or --what storage or full" {
	mkdir -p "$T/in/app/storage" "$T/sets/20261123_030000" "$T/sets/full/20261122_040000"
	echo s >"$T/in/app/storage/s"
	siantre-pack -q -C "$T/in" app >"$T/sets/20261123_030000/app_files.tar.gz"
	siantre-pack -q -C "$T/in/app" storage >"$T/sets/20261123_030000/storage_files.tar.gz"
	siantre-pack -q -C "$T" in/app >"$T/sets/full/20261122_040000/full_system_backup_20261122_040000.tar.gz"
	restore "$T/sets/20261123_030000" --into "$T/www"
	[ "$(cat "$T/www/app/storage/s")" = s ]
	echo old >"$T/www/app/storage/s"
	restore "$T/sets/20261123_030000/" --what storage --into "$T/www/app" --yes
	[ "$(cat "$T/www/app/storage/s")" = s ]
	[ "$(cat "$T/www/app"/storage_before_*/s)" = old ]
	(cd "$T/sets/full/20261122_040000" && restore . --what full --into "$T/all")
	[ "$(cat "$T/all/in/app/storage/s")" = s ]
	expect_fail 64 '--what: "nope" is not app, storage or full' \
	    restore "$T/sets/20261123_030000" --what nope --into "$T/x"
	expect_fail 74 "app_files.tar.gz: No such file" restore "$T/sets" --into "$T/x"
	expect_fail 74 "nope.tar.gz: No such file" restore "$T/nope.tar.gz" --into "$T/x"
}

@test "what may not be replaced is refused, and nothing is read before" {
	mkdir -p "$T/in/app" "$T/real"
	echo x >"$T/in/app/x"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	ln -s real "$T/app"
	expect_fail 73 "$T/app: a symlink is not replaced" restore "$T/app.tar.gz" --into "$T" --yes
	expect_fail 73 "$T/app: a symlink is not replaced" restore "$T/app.tar.gz" --into "$T/app" --yes
	rm "$T/app"
	echo file >"$T/app"
	expect_fail 73 "$T/app: not a folder" restore "$T/app.tar.gz" --into "$T" --yes
	expect_fail 73 "$T/no/where: No such file" restore "$T/app.tar.gz" --into "$T/no/where/app"
	expect_fail 64 "--into" restore "$T/app.tar.gz"
	(cd "$T" && siantre-pack -q -C in/app . >dot.tar.gz)
	expect_fail 64 "..: not the name of a folder" restore "$T/dot.tar.gz" --into "$T/in/.." --yes
	expect_fail 64 "/: not the name of a folder" restore "$T/dot.tar.gz" --into / --yes
	[ "$(cat "$T/app")" = file ]
	nothing_new
}

# cron starts root's commands in /root, and who gave up root then stands where he may not enter.
@test "started in a folder that this user may not enter" {
	need_root
	mkdir -p "$T/in/app"
	echo x >"$T/in/app/x"
	tar -czf "$T/app.tar.gz" -C "$T/in" app
	chmod 0644 "$T/app.tar.gz"
	install -d -m 0777 "$T/out"
	mkdir -m 0700 "$T/shut"
	cd "$T/shut"
	as_nobody siantre-restore files "$T/app.tar.gz" --into "$T/out/app"
	cd "$T"
	diff -r "$T/in/app" "$T/out/app"
}

@test "a mount point in the folder is refused: it would go with the old one" {
	mkdir -p "$T/in/app/storage" "$T/app/storage"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	small_disk "$T/app/storage" 512k
	echo new >"$T/app/storage/upload"
	expect_fail 73 "$T/app/storage: mounted there: it would go with the old folder" \
	    restore "$T/app.tar.gz" --into "$T" --yes
	[ "$(cat "$T/app/storage/upload")" = new ]
	nothing_new
}

@test "a mount point is refused" {
	mkdir -p "$T/in/app"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	small_disk "$T/app" 512k
	expect_fail 73 "$T/app: a mount point cannot be exchanged" \
	    restore "$T/app.tar.gz" --into "$T" --yes
	nothing_new
}

@test "a full disk leaves nothing and changes nothing" {
	mkdir -p "$T/in/app"
	head -c 2M /dev/urandom >"$T/in/app/large"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	small_disk "$T/disk" 1M
	mkdir "$T/disk/app"
	echo old >"$T/disk/app/f"
	expect_fail 73 "No space left on device" restore "$T/app.tar.gz" --into "$T/disk" --yes
	[ "$(cat "$T/disk/app/f")" = old ]
	[ "$(ls -A "$T/disk")" = app ]
}

@test "hostile archives are refused whole, and nothing is made" {
	mkdir "$T/bad"
	"$ROOT/tests/bad/tars" "$T/bad"
	echo victim >"$T/hard-victim"
	while read -r name words; do
		expect_fail 65 "$words" restore "$T/bad/$name.tar" --into "$T/out"
		[ ! -e "$T/out" ]
		nothing_new
		echo "$name" >>"$T/done"
	done <<-'E'
		absolute /abs-evil: refused: an absolute name
		dotdot ../dotdot-evil: refused: a name with ".."
		dotdot-inside refused: a name with ".."
		symlink-through d/evil: refused: Cannot extract through symlink
		symlink-out in/out: refused: a symlink that leaves the folder
		symlink-absolute out: refused: a symlink that leaves the folder
		symlink-cheat out: refused: a symlink that leaves the folder
		symlink-top app/out: refused: a symlink that leaves the folder
		hardlink-out h: refused: a hard link that leaves the folder
		hardlink-absolute h: refused: a hard link that leaves the folder
		hardlink-through h: refused: Cannot extract through symlink
		hardlink-to-nothing h: refused: Hard-link target 'nothing' does not exist
		hardlink-symlink-up a/up: refused: a symlink that leaves the folder
		hardlink-setgid h: refused: a set-id bit
		device null: refused: a device
		block disk: refused: a device
		setuid su: refused: a set-id bit
		setgid sg: refused: a set-id bit
		setuid-fifo ff: refused: a set-id bit
		capability cap: refused: capabilities
		file-as-folder a/b: refused
		deep refused: too many folders deep
	E
	[ "$(cat "$T/hard-victim")" = victim ]
	[ "$(stat -c %h "$T/hard-victim")" = 1 ]
	[ ! -e /abs-evil ]
	# The rest is odd, not dangerous.
	ls "$T/bad" | sed 's/\.tar$//' | grep -vxFf "$T/done" >"$T/odd"
	printf '%s\n' hardlink-to-symlink symlink-then-file | diff - "$T/odd"
	restore "$T/bad/symlink-then-file.tar" --into "$T/out"
	[ ! -L "$T/out/f" ]
	[ "$(cat "$T/out/f")" = new ]
	restore "$T/bad/hardlink-to-symlink.tar" --into "$T/out2"
	[ ! -e "$T/out2/nowhere" ]
}

@test "--allow-links and --allow-special let pass what they name" {
	mkdir "$T/bad"
	"$ROOT/tests/bad/tars" "$T/bad"
	for name in symlink-out symlink-absolute symlink-cheat symlink-top; do
		expect_fail 65 "--allow-links lets it pass" restore "$T/bad/$name.tar" --into "$T/$name" \
		    --allow-special
		restore "$T/bad/$name.tar" --into "$T/$name" --allow-links
		[ -d "$T/$name" ]
	done
	[ "$(readlink "$T/symlink-absolute/out")" = /etc ]
	expect_fail 65 "Cannot extract through symlink" \
	    restore "$T/bad/symlink-through.tar" --into "$T/through" --allow-links --allow-special
	expect_fail 65 "a set-id bit" restore "$T/bad/setuid.tar" --into "$T/setuid" --allow-links
	restore "$T/bad/setuid.tar" --into "$T/setuid" --allow-special
	[ "$(stat -c %a "$T/setuid/su")" = 4755 ]
	need_root
	restore "$T/bad/device.tar" --into "$T/device" --allow-special
	[ -c "$T/device/null" ]
	restore "$T/bad/capability.tar" --into "$T/capability" --allow-special
	getfattr -m security.capability "$T/capability/cap" | grep -qx security.capability
}

@test "an absolute link into the target is inside" {
	mkdir -p "$T/www/app/public" "$T/www/app/storage/app/public"
	ln -s "$T/www/app/storage/app/public" "$T/www/app/public/storage"
	siantre-pack -q -C "$T/www" app >"$T/app.tar.gz"
	restore "$T/app.tar.gz" --into "$T/www" --yes
	[ "$(readlink "$T/www/app/public/storage")" = "$T/www/app/storage/app/public" ]
	expect_fail 65 "app/public/storage: refused: a symlink that leaves the folder" \
	    restore "$T/app.tar.gz" --into "$T/elsewhere"
}

@test "damage anywhere: exit 65, nothing made, the old folder untouched" {
	mkdir -p "$T/in/app" "$T/www/app"
	head -c 3000 /dev/urandom >"$T/in/app/x"
	head -c 1500 /dev/zero >"$T/in/app/zeros"
	echo old >"$T/www/app/f"
	siantre-pack -q -C "$T/in" app >"$T/a.tar.gz"
	gunzip -c "$T/a.tar.gz" >"$T/a.tar"
	size=$(stat -c %s "$T/a.tar.gz")
	for ((cut = 0; cut < size; cut += 97)); do
		head -c $cut "$T/a.tar.gz" >"$T/cut.tar.gz"
		expect_fail 65 "$T/cut.tar.gz" restore "$T/cut.tar.gz" --into "$T/www" --yes
	done
	end=$(python3 -c 'import sys, tarfile
print(tarfile.open(sys.argv[1]).getmembers()[-1].offset_data + 1536)' "$T/a.tar")
	for ((cut = 0; cut < end + 1024; cut += 256)); do
		head -c $cut "$T/a.tar" >"$T/cut.tar"
		expect_fail 65 "$T/cut.tar" restore "$T/cut.tar" --into "$T/www" --yes
	done
	# A flipped bit in the middle of a packed file.
	cp "$T/a.tar.gz" "$T/flip.tar.gz"
	flip "$T/flip.tar.gz" $((size / 2))
	expect_fail 65 "$T/flip.tar.gz" restore "$T/flip.tar.gz" --into "$T/www" --yes
	[ "$(ls -A "$T/www")" = app ]
	[ "$(cat "$T/www/app/f")" = old ]
	expect_fail 65 "siantre-restore: stdin" restore - --into "$T/www" --yes <"$T/cut.tar"
	nothing_new
}

@test "single paths go to a new folder" {
	nasty "$T/in/app"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	restore "$T/app.tar.gz" --into "$T/out" app/noise ./app/storage/ 2>/dev/null
	(cd "$T/out" && find . | sort | paste -sd' ') >"$T/list"
	echo ". ./app ./app/noise ./app/storage ./app/storage/logs ./app/storage/up" | diff - "$T/list"
	cmp "$T/in/app/noise" "$T/out/app/noise"
	expect_fail 73 "exists; single paths go to a new folder" \
	    restore "$T/app.tar.gz" --into "$T/out" --yes app/noise
	expect_fail 65 "app/nois: not in the archive" restore "$T/app.tar.gz" --into "$T/out2" app/nois app/noise
	expect_fail 64 "app/hard.txt: a hard link to app/a.txt, which was not asked for" \
	    restore "$T/app.tar.gz" --into "$T/out2" app/hard.txt
	[ ! -e "$T/out2" ]
	restore "$T/app.tar.gz" --into "$T/out2" app/hard.txt app/a.txt
	[ "$T/out2/app/hard.txt" -ef "$T/out2/app/a.txt" ]
	nothing_new
}

@test "a hard link that brings the content along, as some tools write it" {
	python3 - "$T/a.tar" <<-'E'
		import io, sys, tarfile
		t = tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT)
		for name, kind in ("app", tarfile.DIRTYPE), ("app/a", tarfile.REGTYPE), ("app/b", tarfile.LNKTYPE):
		    i = tarfile.TarInfo(name)
		    i.type = kind
		    i.mode = 0o755
		    i.linkname = "app/a" if kind == tarfile.LNKTYPE else ""
		    i.size = 0 if kind == tarfile.DIRTYPE else 5
		    i.pax_headers = {"mtime": "1.5"}
		    t.addfile(i)
		    if i.size > 0:
		        # addfile() writes the content of plain files only.
		        t.fileobj.write(b"hello".ljust(512, b"\0"))
		        t.offset += 512
		t.close()
	E
	siantre-pack -q -o "$T/a.tar.gz" <"$T/a.tar"
	siantre-verify -q "$T/a.tar.gz"
	restore "$T/a.tar.gz" --into "$T/out"
	[ "$T/out/app/a" -ef "$T/out/app/b" ]
	[ "$(cat "$T/out/app/b")" = hello ]
}

@test "--list prints the names, one a line or NUL between them" {
	nasty "$T/in/app"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	restore "$T/app.tar.gz" --list -0 | sort -z >"$T/list"
	(cd "$T/in" && find app \( -type d -printf '%p/\0' \) -o -printf '%p\0') | sort -z | cmp - "$T/list"
	restore --list - <"$T/app.tar.gz" >"$T/list"
	[ "$(wc -l <"$T/list")" = "$(find "$T/in/app" -print0 | tr -cd '\0' | wc -c)" ]
	grep -qxF 'app/new\012line' "$T/list"
	restore --list "$T/app.tar.gz" app/storage | diff - <(printf 'app/storage/\napp/storage/logs/\napp/storage/up\n')
	head -c 2000 "$T/app.tar.gz" >"$T/cut.tar.gz"
	expect_fail 65 "cut.tar.gz" restore --list "$T/cut.tar.gz"
}

@test "an ordinary user gets the files as his own" {
	need_root
	mkdir -p "$T/in/app/closed"
	echo x >"$T/in/app/closed/x"
	chmod 0500 "$T/in/app/closed"
	chown -R 1234:5678 "$T/in/app"
	siantre-pack -q -C "$T/in" app >"$T/app.tar.gz"
	mkdir -m 0777 "$T/home"
	chmod 0644 "$T/app.tar.gz"
	as_nobody siantre-restore files -q "$T/app.tar.gz" --into "$T/home"
	[ "$(stat -c '%U %a' "$T/home/app/closed")" = "nobody 500" ]
	# What is refused half-way is removed, closed folders and all.
	siantre-pack -q -C "$T/in" app >"$T/two.tar.gz"
	(cd "$T/in/app" && ln -s /etc out)
	siantre-pack -q -C "$T/in" app >"$T/refused.tar.gz"
	chmod 0644 "$T/refused.tar.gz"
	mkdir -m 0777 "$T/home2"
	expect_fail 65 "a symlink that leaves the folder" \
	    as_nobody siantre-restore files "$T/refused.tar.gz" --into "$T/home2"
	[ "$(ls -A "$T/home2")" = "" ]
}
