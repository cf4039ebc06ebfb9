#!/usr/bin/env bats
# siantre-pack as a filter: what it writes is read by everybody, what it reads is proven.
# shellcheck disable=SC2154
load lib

setup_file() {
	export DATA
	DATA=$(mktemp -d "${TMPDIR:-/tmp}/siantre-data.XXXXXX")
	seq -f '(%.0f,"Budi Santoso",NULL),' 1 150000 >"$DATA/rows"
	head -c 3000000 "$DATA/rows" | tail -c 400000 >"$DATA/part"
	python3 -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(700000))' \
	    >"$DATA/noise"
	printf x >"$DATA/one"
	: >"$DATA/none"
	head -c 2000000 /dev/zero >"$DATA/zeros"
	local name level
	for name in rows part noise one none zeros; do
		for level in 2 6; do
			"$BUILD/siantre-pack" -$level <"$DATA/$name" >"$DATA/$name.$level.gz"
		done
	done
}

teardown_file() {
	rm -rf "$DATA"
}

# read_by COMMAND...: each packed file on stdin of COMMAND comes back to the byte.
read_by() {
	local file
	command -v "$1" >/dev/null || skip "no $1 here"
	for file in "$DATA"/*.gz; do
		"$@" <"$file" >"$T/out"
		cmp "$T/out" "${file%.?.gz}"
	done
}

# dump_text: a small whole dump.
dump_text() {
	local body='-- siantre-dump 1
SELECT 1;
' start schema
	schema=$(printf %s "$body" | sha256sum | cut -c 1-64)
	start="-- siantre-end {\"format\":1,\"tables\":0,\"rows\":0,\"bytes\":${#body},\"schema\":\"$schema\""
	printf '%s%s,"sha256":"%s"}\n' "$body" "$start" "$(printf %s "$start" | sha256sum | cut -c 1-64)"
}

@test "read by siantre-pack -d" { read_by siantre-pack -d; }
@test "read by gunzip" { read_by gunzip -c; }
@test "read by pigz" { read_by pigz -dc; }
@test "read by busybox" { read_by busybox gunzip -c; }
@test "read by bsdcat" { read_by bsdcat; }
@test "read by 7-Zip" { read_by 7zz x -tgzip -si -so; }

@test "read by Python" {
	read_by python3 -c 'import gzip, sys
sys.stdout.buffer.write(gzip.GzipFile(fileobj=sys.stdin.buffer).read())'
}

@test "read by Perl, default options" {
	read_by perl -MIO::Uncompress::Gunzip=gunzip,:all -e 'gunzip "-" => "-" or die $GunzipError'
}

@test "read by PHP gzdecode" {
	read_by php -r 'fwrite(STDOUT, gzdecode(stream_get_contents(STDIN)));'
}

@test "read by PHP gzopen" {
	# shellcheck disable=SC2016
	read_by php -r '$f = gzopen("php://stdin", "rb"); while (!gzeof($f)) fwrite(STDOUT, gzread($f, 8192));'
}

@test "read by Node" {
	read_by node -e 'const {pipeline} = require("stream"), zlib = require("zlib");
pipeline(process.stdin, zlib.createGunzip(), process.stdout, (e) => { if (e) process.exit(1); });'
}

@test "read by curl --compressed" {
	command -v curl >/dev/null || skip "no curl here"
	local file
	python3 - "$DATA" "$T/port" <<'PYTHON' 3>&- &
import http.server, os, sys
folder, note = sys.argv[1:]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = open(os.path.join(folder, os.path.basename(self.path)), "rb").read()
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *words):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
open(note + ".new", "w").write(str(server.server_port))
os.rename(note + ".new", note)
server.serve_forever()
PYTHON
	local server=$!
	comes test -e "$T/port"
	for file in "$DATA"/*.gz; do
		curl -sS --noproxy '*' --compressed -o "$T/out" \
		    "http://127.0.0.1:$(cat "$T/port")/${file##*/}" || { kill $server; return 1; }
		# curl makes no file of nothing.
		[ -e "$T/out" ] || : >"$T/out"
		cmp "$T/out" "${file%.?.gz}" || { kill $server; return 1; }
		rm "$T/out"
	done
	kill $server
}

@test "tested by gzip, pigz, busybox and 7-Zip" {
	local file
	for file in "$DATA"/*.gz; do
		gzip -t "$file"
		pigz -t "$file"
		busybox gzip -t "$file"
		! command -v 7zz >/dev/null || 7zz t -tgzip "$file" >"$T/out"
	done
}

@test "every level comes back, and the highest is smaller than the lowest" {
	local level
	for level in 1 2 3 4 5 6 7 8 9; do
		siantre-pack -$level <"$DATA/rows" >"$T/$level.gz"
		gunzip -c "$T/$level.gz" | cmp - "$DATA/rows"
	done
	[ "$(stat -c %s "$T/9.gz")" -lt "$(stat -c %s "$T/1.gz")" ]
	siantre-pack --fast <"$DATA/rows" | cmp - <(siantre-pack -1 <"$DATA/rows")
	siantre-pack --best <"$DATA/rows" | cmp - <(siantre-pack -9 <"$DATA/rows")
	siantre-pack <"$DATA/rows" | cmp - <(siantre-pack -2 <"$DATA/rows")
}

@test "the same bytes however the input arrives" {
	local size
	for size in 1007 65536 300001; do
		dd if="$DATA/rows" bs=$size status=none | siantre-pack | cmp - "$DATA/rows.2.gz"
		siantre-pack -o "$T/$size.gz" < <(dd if="$DATA/rows" obs=$size status=none)
		cmp "$T/$size.gz" "$DATA/rows.2.gz"
	done
	# Byte by byte.
	dd if="$DATA/part" bs=1 count=150000 status=none | siantre-pack >"$T/a.gz"
	head -c 150000 "$DATA/part" | siantre-pack | cmp - "$T/a.gz"
}

@test "the same bytes and the same index, whatever -j, with and without notes" {
	local jobs level
	cat "$DATA/rows" "$DATA/noise" "$DATA/zeros" "$DATA/part" >"$T/all"
	for level in 1 2 6; do
		siantre-pack -$level -j1 --index "$T/1.idx" <"$T/all" >"$T/1.gz"
		gunzip -c "$T/1.gz" | cmp - "$T/all"
		for jobs in 2 3 8; do
			SIANTRE_NOTES=$T/notes siantre-pack -$level -j$jobs --index "$T/$jobs.idx" \
			    -o "$T/$jobs.gz" < <(dd if="$T/all" obs=$((jobs * 9973)) status=none)
			cmp "$T/1.gz" "$T/$jobs.gz"
			cmp "$T/1.idx" "$T/$jobs.idx"
			rm "$T/$jobs".*
		done
		rm "$T"/1.*
	done
	[ "$(wc -l <"$T/notes")" = 9 ]
	siantre-pack --jobs 64 <"$DATA/none" | cmp - "$DATA/none.2.gz"
	expect_fail 64 "--jobs: \"0\" is not a number between 1 and 64" siantre-pack -j0
	expect_fail 64 "--jobs: \"65\" is not a number between 1 and 64" siantre-pack -j 65
}

@test "--check: the same bytes; a compressor that errs is found out" {
	local level
	siantre-pack --check <"$DATA/rows" | cmp - "$DATA/rows.2.gz"
	siantre-pack --check -6 <"$DATA/rows" | cmp - "$DATA/rows.6.gz"
	siantre-pack --check <"$DATA/noise" | cmp - "$DATA/noise.2.gz"
	! grep -qa __asan_init "$BUILD/siantre-pack" || skip "a sanitizer comes before other libraries"
	cat >"$T/err.c" <<'C'
#include <dlfcn.h>
#include <zlib.h>
int deflate(z_streamp s, int flush)
{
	static int calls;
	int (*real)(z_streamp, int) = (int (*)(z_streamp, int))dlsym(RTLD_NEXT, "deflate");
	int rc = real(s, flush);
	if (++calls == 7)
		s->next_out[-1000] ^= 4;
	return rc;
}
C
	cc -D_GNU_SOURCE -shared -fPIC -o "$T/err.so" "$T/err.c"
	LD_PRELOAD=$T/err.so siantre-pack -6 -o "$T/x.gz" <"$DATA/rows"
	not gzip -t "$T/x.gz" 2>"$T/said"
	for level in 4 6 9; do
		LD_PRELOAD=$T/err.so expect_fail 1 "does not unpack to the same bytes" \
		    siantre-pack --check -$level -o "$T/y.gz" <"$DATA/rows"
		[ ! -e "$T/y.gz" ]
	done
}

@test "cut at every length: 65, and the length is named" {
	local n size
	printf 'hello, queue %s\n' 1 2 3 4 5 6 7 8 9 | siantre-pack >"$T/x.gz"
	size=$(stat -c %s "$T/x.gz")
	expect_fail 65 "siantre-pack: stdin: empty, not gzip data" siantre-pack -d <"$DATA/none"
	for ((n = 1; n < size; n++)); do
		head -c $n "$T/x.gz" >"$T/cut.gz"
		expect_fail 65 "siantre-pack: $T/cut.gz: truncated after $n bytes" \
		    siantre-pack -d -o "$T/out" "$T/cut.gz"
		[ ! -e "$T/out" ]
	done
}

@test "each byte changed: 65" {
	printf 'hello, queue %s\n' 1 2 3 4 5 6 7 8 9 | siantre-pack >"$T/x.gz"
	python3 - "$T" <<'PYTHON'
import sys
data = open(sys.argv[1] + "/x.gz", "rb").read()
for at in range(len(data)):
    for change in (1, 0x80, 0xff):
        with open("%s/bad.%d.%d.gz" % (sys.argv[1], at, change), "wb") as out:
            out.write(data[:at] + bytes([data[at] ^ change]) + data[at + 1:])
PYTHON
	local file
	for file in "$T"/bad.*.gz; do
		expect_fail 65 "siantre-pack: stdin: " siantre-pack -d <"$file"
		[ "$(wc -l <"$T/stderr")" = 1 ]
	done
}

@test "what is behind the end is refused" {
	cat "$DATA/one.2.gz" "$DATA/one" >"$T/x.gz"
	expect_fail 65 "stdin: bytes behind the end, from byte 57 on" siantre-pack -d <"$T/x.gz"
	cat "$DATA/one.2.gz" - <<<"" | expect_fail 65 "bytes behind the end" siantre-pack -d
	head -c 512 /dev/zero | cat "$DATA/one.2.gz" - |
	    expect_fail 65 "bytes behind the end" siantre-pack -d
}

@test "files of others: members, names, comments" {
	cp "$DATA/part" "$T/with a name"
	gzip -9 "$T/with a name"
	siantre-pack -d "$T/with a name.gz" | cmp - "$DATA/part"
	cat "$T/with a name.gz" <(gzip <"$DATA/noise") "$DATA/one.2.gz" | siantre-pack -d |
	    cmp - <(cat "$DATA/part" "$DATA/noise" "$DATA/one")
	pigz -c "$DATA/rows" | siantre-pack -d | cmp - "$DATA/rows"
	perl -MIO::Compress::Gzip=gzip,:all -e 'gzip $ARGV[0] => "-", -Name => "n", -Comment => "c",
	    -ExtraField => {ab => "cd"}, -TextFlag => 1 or die $GzipError' \
	    "$DATA/part" | siantre-pack -d | cmp - "$DATA/part"
	expect_fail 65 "stdin: not gzip data" siantre-pack -d <"$DATA/rows"
}

@test "five gigabytes" {
	truncate -s 4295032833 "$T/large"
	siantre-pack -1 -o "$T/x.gz" <"$T/large"
	# The length modulo 2^32 is 65537.
	[ "$(tail -c 4 "$T/x.gz" | od -An -tu4 | tr -d ' ')" = 65537 ]
	siantre-pack -d "$T/x.gz" | cmp - "$T/large"
	pigz -t "$T/x.gz"
}

@test "memory does not grow with the data" {
	! grep -qa __asan_init "$BUILD/siantre-pack" || skip "a sanitizer needs all the address space there is"
	# Address space: program, libraries and buffers.
	(
		ulimit -v 100000
		head -c 300M /dev/zero | siantre-pack --index "$T/i" >"$T/x.gz"
		siantre-pack -d <"$T/x.gz" >"$T/size" || exit 1
	)
	[ "$(stat -c %s "$T/size")" = $((300 << 20)) ]
}

# peak COMMAND...: the most memory that it had at once, in KiB; what it writes goes to $T/out.
peak() {
	python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], "wb"), check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$T/out" "$@"
}

@test "memory: 32 MiB and 8 MiB a thread" {
	! grep -qa __asan_init "$BUILD/siantre-pack" || skip "a sanitizer has its own memory"
	local jobs level
	for jobs in 1 2 8; do
		for level in 2 9; do
			# Noise fills fragments as zeros do, but takes as much when it is packed.
			cat "$DATA"/{noise,zeros,noise,zeros,noise,zeros,noise,zeros,noise} >"$T/in"
			cat "$T/in" "$T/in" "$T/in" "$T/in" >"$T/more"
			[ "$(peak siantre-pack -j$jobs -$level --index "$T/$jobs$level" <"$T/more")" -le \
			    $(((32 + 8 * jobs) << 10)) ]
		done
	done
}

@test "the index leads to every fragment" {
	siantre-pack --index "$T/x.idx" -o "$T/x.gz" <"$DATA/rows"
	cmp "$T/x.gz" "$DATA/rows.2.gz"
	python3 - "$T" "$DATA/rows" <<'PYTHON'
import hashlib, sys, zlib
packed = open(sys.argv[1] + "/x.gz", "rb").read()
plain = open(sys.argv[2], "rb").read()
text = open(sys.argv[1] + "/x.idx", "rb").read()
lines = text.decode().split("\n")
assert lines[0] == "siantre-index 1 %d %d" % (len(packed), len(plain)), lines[0]
at = where = 0
where = 10
for line in lines[1:-2]:
    po, pl, ko, kl, digest = line.split(" ")
    po, pl, ko, kl = int(po), int(pl), int(ko), int(kl)
    assert (po, ko) == (at, where), line
    out = zlib.decompressobj(-15).decompress(packed[ko:ko + kl])
    assert out == plain[po:po + pl], line
    assert hashlib.sha256(out).hexdigest() == digest, line
    at += pl
    where += kl
assert at == len(plain) and where + 36 == len(packed)
above = text[:text.rindex(b"end ")]
assert lines[-2] == "end %d %s" % (len(lines) - 3, hashlib.sha256(above).hexdigest())
assert lines[-1] == ""
PYTHON
	[ -z "$(find "$T" -name '.*' -type f)" ]
	[ "$(stat -c %a "$T/x.idx")" = "$(stat -c %a "$T/x.gz")" ]
}

@test "a dump must be whole" {
	dump_text >"$T/dump"
	siantre-pack --require-end -o "$T/x.gz" <"$T/dump"
	gunzip -c "$T/x.gz" | cmp - "$T/dump"
	siantre-pack --require-end <"$T/dump" | cmp - "$T/x.gz"
	siantre-pack -d --require-end "$T/x.gz" | cmp - "$T/dump"

	local n size
	size=$(stat -c %s "$T/dump")
	for ((n = 0; n < size; n++)); do
		head -c $n "$T/dump" >"$T/cut"
		expect_fail 65 "siantre-pack: stdin: " siantre-pack --require-end -o "$T/y.gz" <"$T/cut"
		[ ! -e "$T/y.gz" ]
	done
	(cat "$T/dump"; echo) >"$T/longer"
	expect_fail 65 "siantre-pack: stdin: " siantre-pack --require-end -o "$T/y.gz" <"$T/longer"
	expect_fail 65 "stdin: no end mark" siantre-pack --require-end -o "$T/y.gz" <"$DATA/none"
	siantre-pack -o "$T/z.gz" <"$T/cut"
	expect_fail 65 "$T/z.gz: " siantre-pack -d --require-end -o "$T/y" "$T/z.gz"
	[ "$(ls -A "$T")" = "$(printf '%s\n' cut dump longer stderr stdout x.gz z.gz)" ]
}

@test "without -o, what a dead dump leaves can look whole to nobody" {
	dump_text | head -n -1 >"$T/cut.1"
	yes 'SELECT 1;' | head -n 200000 | cat "$T/cut.1" - >"$T/cut.2"
	for file in "$DATA/none" "$T/cut.1" "$T/cut.2"; do
		expect_fail 65 "stdin: no end mark" siantre-pack --require-end <"$file"
		cp "$T/stdout" "$T/x.gz"
		expect_fail 1 "unexpected end of file" gzip -t "$T/x.gz"
		expect_fail 1 "corrupted -- incomplete" pigz -t "$T/x.gz"
		expect_fail 1 "EOFError" python3 -c 'import gzip, sys; gzip.open(sys.argv[1]).read()' \
		    "$T/x.gz"
		expect_fail 65 "truncated" siantre-pack -d "$T/x.gz"
	done
}

@test "a dump that dies in the pipe leaves no file" {
	local codes
	(dump_text | head -c 40; kill -KILL "$BASHPID") |
	    siantre-pack --require-end -o "$T/x.gz" 2>"$T/said" || codes=("${PIPESTATUS[@]}")
	[ "${codes[1]}" = 65 ]
	[ "$(ls -A "$T")" = said ]
}

@test "notes: size and digest of both sides, and the dump" {
	dump_text >"$T/dump"
	SIANTRE_NOTES=$T/notes siantre-pack --require-end -o "$T/x.gz" <"$T/dump"
	python3 - "$T" <<'PYTHON'
import hashlib, json, sys
note = json.loads(open(sys.argv[1] + "/notes").read())
packed = open(sys.argv[1] + "/x.gz", "rb").read()
plain = open(sys.argv[1] + "/dump", "rb").read()
assert note == {"tool": "siantre-pack", "bytes": len(packed),
    "sha256": hashlib.sha256(packed).hexdigest(), "plain_bytes": len(plain),
    "plain_sha256": hashlib.sha256(plain).hexdigest(),
    "dump": json.loads(plain.decode().split("siantre-end ")[1])["sha256"]}, note
PYTHON
	rm "$T/notes"
	mkdir "$T/notes"
	SIANTRE_NOTES=$T/notes expect_fail 74 "open $T/notes: Is a directory" \
	    siantre-pack -o "$T/y.gz" <"$DATA/one"
	[ ! -e "$T/y.gz" ]
}

@test "notes of a tree: entries and what was skipped" {
	mkdir "$T/tree"
	echo a >"$T/tree/a"
	echo b >"$T/tree/b"
	SIANTRE_NOTES=$T/notes siantre-pack -C "$T" -o "$T/x.tar.gz" tree
	python3 -c 'import json, sys
note = json.load(open(sys.argv[1]))
assert note["entries"] == 3 and note["skipped"] == [] and note["warnings"] == 0, note
assert "dump" not in note' "$T/notes"
	cd "$T" && tar -xzOf x.tar.gz tree/b | cmp - tree/b
	[ "$(tar -tzf x.tar.gz)" = "$(printf '%s\n' tree/ tree/a tree/b)" ]
}

@test "a tree leaves out its own archive and what is excluded" {
	mkdir -p "$T/tree/sub/node_modules"
	touch "$T/tree/"{a.log,a.txt,sub/b.log,sub/node_modules/c}
	echo '*.log' >"$T/list"
	siantre-pack -C "$T" -X "$T/list" --exclude node_modules/ -o "$T/tree/x.tar.gz" tree
	[ "$(tar -tzf "$T/tree/x.tar.gz")" = "$(printf '%s\n' tree/ tree/a.txt tree/sub/)" ]
	siantre-pack -C "$T" tree >"$T/tree/y.tar.gz"
	tar -tzf "$T/tree/y.tar.gz" >"$T/list.y"
	grep -qxF tree/a.log "$T/list.y"
	lacks -F y.tar.gz "$T/list.y"
}

@test "--strict: a file that cannot be packed as it is ends 65 and leaves nothing" {
	need_root
	mkdir "$T/tree"
	echo a >"$T/tree/a"
	echo b >"$T/tree/b"
	chmod 0 "$T/tree/b"
	chown -R nobody "$T"
	chown root "$T/tree/b"
	as_nobody siantre-pack -C "$T" -o "$T/x.tar.gz" tree 2>"$T/said"
	grep -F 'tree/b: Permission denied' "$T/said"
	chmod 0777 "$T"
	expect_fail 65 "1 files could not be packed as they are" \
	    as_nobody siantre-pack --strict -C "$T" -o "$T/y.tar.gz" tree
	[ ! -e "$T/y.tar.gz" ]
}

@test "-o: nothing is replaced without -f, and nothing but a file with it" {
	echo mine >"$T/x.gz"
	expect_fail 73 "siantre-pack: $T/x.gz: exists; -f replaces it" \
	    siantre-pack -o "$T/x.gz" <"$DATA/one"
	[ "$(cat "$T/x.gz")" = mine ]
	siantre-pack -f -o "$T/x.gz" <"$DATA/one"
	cmp "$T/x.gz" "$DATA/one.2.gz"
	echo mine >"$T/x.idx"
	expect_fail 73 "siantre-pack: $T/x.idx: exists; -f replaces it" \
	    siantre-pack -o "$T/y.gz" --index "$T/x.idx" <"$DATA/one"
	[ ! -e "$T/y.gz" ]
	ln -s "$T/elsewhere" "$T/link"
	expect_fail 73 "$T/link" siantre-pack -f -o "$T/link" <"$DATA/one"
	mkdir "$T/folder"
	expect_fail 73 "create $T/folder" siantre-pack -f -o "$T/folder" <"$DATA/one"
	expect_fail 73 "create $T/no/x.gz: No such file or directory" \
	    siantre-pack -o "$T/no/x.gz" <"$DATA/one"
	expect_fail 73 "create $T/no/x.idx: No such file or directory" \
	    siantre-pack -o "$T/z.gz" --index "$T/no/x.idx" <"$DATA/one"
	[ ! -e "$T/z.gz" ]
}

@test "a file gets what the umask leaves" {
	(umask 027 && siantre-pack -o "$T/x.gz" <"$DATA/one")
	[ "$(stat -c %a "$T/x.gz")" = 640 ]
	(umask 077 && siantre-pack -d -o "$T/x" "$T/x.gz")
	[ "$(stat -c %a "$T/x")" = 600 ]
}

@test "full disk: 74, one line, and nothing left" {
	small_disk "$T/disk" 256k
	expect_fail 74 "siantre-pack: write $T/disk/x.gz: No space left on device" \
	    siantre-pack -o "$T/disk/x.gz" <"$DATA/noise"
	[ "$(wc -l <"$T/stderr")" = 1 ]
	[ -z "$(ls -A "$T/disk")" ]
	expect_fail 74 "siantre-pack: write $T/disk/x: No space left on device" \
	    siantre-pack -d -o "$T/disk/x" "$DATA/noise.2.gz"
	[ -z "$(ls -A "$T/disk")" ]
	# Room for the file, none for its index: neither appears.
	head -c 262144 /dev/zero >"$T/disk/filler"
	expect_fail 74 "write $T/disk/x.idx: No space left on device" \
	    siantre-pack -o "$T/x.gz" --index "$T/disk/x.idx" <"$DATA/rows"
	[ "$(ls -A "$T/disk")" = filler ]
	[ ! -e "$T/x.gz" ]
}

@test "stdout full: 74; stdout closed: 1 without a word" {
	siantre-pack <"$DATA/noise" >/dev/full 2>"$T/said" && return 1
	[ "$(cat "$T/said")" = "siantre-pack: write stdout: No space left on device" ]
	# More than the 1 MiB that a pipe takes.
	local codes
	cat "$DATA/noise" "$DATA/noise" "$DATA/noise" >"$T/noise"
	siantre-pack <"$T/noise" 2>"$T/said" | true && codes=("${PIPESTATUS[@]}")
	[ "${codes[0]}" = 1 ]
	siantre-pack -d <"$DATA/zeros.2.gz" 2>>"$T/said" | true && codes=("${PIPESTATUS[@]}")
	[ "${codes[0]}" = 1 ]
	[ ! -s "$T/said" ]
}

@test "SIGTERM, SIGINT and SIGHUP leave no file" {
	local signal pid code
	mkfifo "$T/in"
	for signal in TERM INT HUP; do
		mkdir "$T/out"
		# A job in the background of a script would ignore SIGINT.
		python3 -c 'import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
os.execvp(sys.argv[1], sys.argv[1:])' siantre-pack --index "$T/out/i" -o "$T/out/x.gz" <"$T/in" \
		    2>"$T/said" 3>&- &
		pid=$!
		exec 4>"$T/in"
		cat "$DATA/part" >&4
		until [ -n "$(find "$T/out" -name '.x.gz.*')" ]; do sleep 0.05; done
		kill -$signal $pid
		code=0
		wait $pid || code=$?
		exec 4>&-
		[ $code = $((128 + $(kill -l $signal))) ]
		[ -z "$(ls -A "$T/out")" ]
		[ ! -s "$T/said" ]
		rmdir "$T/out"
	done
}

@test "SIGTERM ends it where nobody reads" {
	local option pid code
	mkfifo "$T/out"
	exec 4<>"$T/out"
	cat "$DATA/noise" "$DATA/noise" "$DATA/noise" "$DATA/noise" >"$T/noise"
	siantre-pack <"$T/noise" >"$T/noise.gz"
	for option in -2 -d; do
		siantre-pack $option <"$T/noise$([ $option = -2 ] || echo .gz)" >"$T/out" \
		    2>"$T/said" 3>&- 4>&- &
		pid=$!
		sleep 0.5
		kill $pid
		code=0
		wait $pid || code=$?
		[ $code = 143 ]
		[ ! -s "$T/said" ]
	done
	exec 4>&-
}

@test "what cannot be read: 74" {
	expect_fail 74 "siantre-pack: open $T/no.gz: No such file or directory" \
	    siantre-pack -d "$T/no.gz"
	expect_fail 74 "siantre-pack: $T: read: Is a directory" siantre-pack -d "$T"
	expect_fail 74 "siantre-pack: read stdin: Is a directory" siantre-pack -o "$T/x.gz" <"$T"
	[ ! -e "$T/x.gz" ]
	expect_fail 74 "$T/no" siantre-pack -o "$T/x.gz" "$T/no"
	[ ! -e "$T/x.gz" ]
	expect_fail 78 "$T/list" siantre-pack -X "$T/list" "$T"
}

@test "usage: 64, the reason, the synopsis" {
	expect_fail 64 "siantre-pack: unrecognized option '--frobnicate'" siantre-pack --frobnicate
	grep -q '^usage: siantre-pack' "$T/stderr"
	expect_fail 64 "siantre-pack: -0 is for --files-from" siantre-pack -0
	expect_fail 64 "siantre-pack: option requires an argument -- 'o'" siantre-pack -o
	expect_fail 64 "-d takes one file" siantre-pack -d a b
	expect_fail 64 "are for paths" siantre-pack -C / <"$DATA/one"
	expect_fail 64 "are for paths" siantre-pack --exclude x -d <"$DATA/one.2.gz"
	expect_fail 64 "--require-end is for a dump, not for paths" siantre-pack --require-end "$T"
	grep -q '^usage: siantre-pack' "$T/stderr"
}

@test "a terminal is no place for gzip" {
	command -v script >/dev/null || skip "no script here"
	script -qec "siantre-pack <$DATA/one" /dev/null >"$T/said" </dev/null && return 1
	grep -F "siantre-pack: stdout is a terminal; redirect it, or use -o or -f" "$T/said"
	script -qec "siantre-pack >$T/x.gz" /dev/null >"$T/said" </dev/null && return 1
	grep -F "siantre-pack: stdin is a terminal; redirect it, or use -f" "$T/said"
	script -qec "siantre-pack -d >$T/x" /dev/null >"$T/said" </dev/null && return 1
	grep -F "siantre-pack: stdin is a terminal; redirect it, or use -f" "$T/said"
}

@test "help, version, -v" {
	siantre-pack --help >"$T/help"
	grep -q '^usage: siantre-pack' "$T/help"
	[[ $(siantre-pack --version) =~ ^siantre-pack\ [0-9.]+$ ]]
	[[ $(siantre-pack -V) =~ ^siantre-pack\ [0-9.]+$ ]]
	siantre-pack -v <"$DATA/zeros" 2>"$T/said" >"$T/x.gz"
	grep -E '^siantre-pack: stdin: [0-9.]+ KiB packed, 1.9 MiB plain \(0\.[0-9] %\)$' "$T/said"
}
