#!/usr/bin/env bats
# tests/proxy: each way in which a line can be bad is that way, to the byte.
# shellcheck disable=SC2154,SC2030,SC2031

load lib
load remotes

# A server that keeps what each connection sends in $T/got.N and then sends $T/back; where there is
# a file $T/early it does so after 100000 bytes.
setup() {
	lib_setup
	head -c 300000 /dev/urandom >"$T/data"
	head -c 200000 /dev/urandom >"$T/back"
	python3 - "$T" >"$T/server.port" 3>&- 4>&- <<'PYTHON' &
import os, socket, sys, threading
folder = sys.argv[1]
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
def serve(n, c):
    try:
        with open(f"{folder}/got.{n}", "wb", buffering=0) as f:
            early = os.path.exists(f"{folder}/early")
            while got := c.recv(65536):
                f.write(got)
                if early and f.tell() >= 100000:
                    break
            c.sendall(open(f"{folder}/back", "rb").read())
            while early and (got := c.recv(65536)):
                f.write(got)
            c.shutdown(socket.SHUT_WR)
        how = "end"
    except OSError: # ENOTCONN, where the reset was quicker than the shutdown
        how = "reset"
    open(f"{folder}/.how.{n}", "w").write(how)
    os.rename(f"{folder}/.how.{n}", f"{folder}/how.{n}")
n = 0
while True:
    c, _ = s.accept()
    n += 1
    threading.Thread(target=serve, args=(n, c), daemon=True).start()
PYTHON
	server=$!
	comes test -s "$T/server.port"
	port=$(cat "$T/server.port")
}

teardown() {
	[ -z "$server" ] || kill "$server"
	stop_far
	lib_teardown
}

# talk [SECONDS [COUNT]]: send $T/data through the proxy over COUNT connections at a time, keep
# each answer in $T/answer.N; what happened, and how many bytes came, are printed for each.
talk() {
	perl - "$T" "$PROXY_PORT" "${1:-60}" "${2:-1}" 3>&- 4>&- <<'PERL'
use strict; use IO::Socket::INET; use IO::Select; use Errno;
my ($folder, $port, $limit, $count) = @ARGV;
$SIG{PIPE} = 'IGNORE';
open(my $f, '<', "$folder/data") or die; my $data = do { local $/; <$f> // '' };
my ($reads, $writes, %of) = (IO::Select->new, IO::Select->new);
sub over { my ($c, $how) = @_; $c->{how} //= $how; $reads->remove($c->{s}); $writes->remove($c->{s}) }
my @all = map {
	my $c = {got => '', sent => 0};
	$c->{s} = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port);
	if ($c->{s}) { $c->{s}->blocking(0); $reads->add($c->{s}); $writes->add($c->{s}); $of{$c->{s}} = $c }
	else { $c->{how} = $!{ECONNREFUSED} ? 'refused' : $!{ECONNRESET} ? 'reset' : $! }
	$c
} 1 .. $count;
my $end = time + $limit;
while ($reads->count && time <= $end) {
	my ($r, $w) = IO::Select->select($reads, $writes, undef, 0.1) or next;
	for my $s (@$w) {
		my $c = $of{$s};
		my $n = 0;
		$n = $s->syswrite($data, 65536, $c->{sent}) if $c->{sent} < length $data;
		if (!defined $n) {
			over($c, 'reset') unless $!{EAGAIN};
			next;
		}
		$c->{sent} += $n;
		if ($c->{sent} == length $data) { $s->shutdown(1); $writes->remove($s) }
	}
	for my $s (@$r) {
		my $c = $of{$s};
		next if $c->{how};
		my $n = $s->sysread($c->{got}, 65536, length $c->{got});
		over($c, defined $n ? 'end' : 'reset') if defined $n ? $n == 0 : !$!{EAGAIN};
	}
}
for my $i (1 .. $count) {
	my $c = $all[$i - 1];
	open(my $o, '>', "$folder/answer.$i"); print $o $c->{got}; close $o;
	print(($c->{how} // 'nothing') . ' ' . length($c->{got}) . "\n");
}
PERL
}

# says WORDS [SECONDS]: what talk prints.
says() {
	local said
	said=$(talk "${2:-60}")
	[ "$said" = "$1" ] || { echo "expected \"$1\", got \"$said\"" && return 1; }
}

# server_saw N HOW BYTES: how the Nth connection ended (any: either way), and how many bytes came until
# then.
server_saw() {
	comes test -f "$T/how.$1"
	echo "connection $1: $(cat "$T/how.$1"), $(stat -c %s "$T/got.$1") bytes"
	[[ $2 == any || $(cat "$T/how.$1") == "$2" ]]
	[ "$(stat -c %s "$T/got.$1")" = "$3" ]
}

# holds FILE BYTES
holds() {
	[ "$(stat -c %s "$1")" = "$2" ]
}

# turned A B: which bits differ, as `BYTE:OLD:NEW` with octal values, the first byte being 1.
turned() {
	cmp -l "$1" "$2" | awk '{ print $1 ":" $2 ":" $3 }'
}

# one_bit BYTE:OLD:NEW N: it is byte N, and one bit of it.
one_bit() {
	local byte old new
	IFS=: read -r byte old new <<<"$1"
	[ "$byte" = "$2" ]
	[ $((8#$old ^ 8#$new)) = 16 ]
}

@test "count: what goes through is untouched, and counted" {
	start_proxy --count "$port" count
	says "end 200000"
	cmp "$T/answer.1" "$T/back"
	server_saw 1 end 300000
	cmp "$T/got.1" "$T/data"
	: >"$T/data"
	says "end 200000"
	server_saw 2 end 0
	# Also while it runs.
	comes grep -q 'open 0 ' "$PROXY_DIR/count"
	read -r _ to _ back _ <"$PROXY_DIR/count"
	[ "$to/$back" = 300000/400000 ]
	stop_proxy
	[ "$SENT/$RECEIVED/$CONNECTIONS" = 300000/400000/2 ]
}

@test "many connections at a time do not mix" {
	start_proxy --count "$port" count
	[ "$(talk 60 20 | uniq -c | awk '{ print $1, $2, $3 }')" = "20 end 200000" ]
	for n in {1..20}; do
		cmp "$T/answer.$n" "$T/back"
		server_saw "$n" end 300000
		cmp "$T/got.$n" "$T/data"
	done
	stop_proxy
	[ "$SENT/$CONNECTIONS" = 6000000/20 ]
}

@test "cut: a reset on both sides after N bytes, in each connection" {
	for n in 0 1 65536 299999; do
		start_proxy --count "$port" cut "$n"
		rm -f "$T"/how.* "$T"/got.*
		says "reset 0"
		says "reset 0"
		for got in "$T"/got.*; do
			server_saw "${got##*.}" reset "$n"
			cmp -n "$n" "$got" "$T/data"
		done
		stop_proxy
		[ "$SENT/$CONNECTIONS" = $((2 * n))/2 ]
	done
	# It is not reached: nothing happens.
	start_proxy "$port" cut 300001
	says "end 200000"
}

@test "cut-back, cut-both: what comes from the server counts" {
	start_proxy "$port" cut-back 123456
	says "reset 123456"
	cmp -n 123456 "$T/answer.1" "$T/back"
	# Its answer may lie in a buffer already when the reset comes.
	server_saw 1 any 300000
	stop_proxy
	start_proxy "$port" cut-both 450000
	says "reset 150000"
	stop_proxy
	start_proxy "$port" cut-both 200000
	says "reset 0"
	server_saw 3 reset 200000
}

@test "cut-total: once, then the line is whole" {
	start_proxy --count "$port" cut-total 500000
	says "end 200000"
	says "reset 0"
	server_saw 2 reset 200000
	says "end 200000"
	server_saw 3 end 300000
	stop_proxy
	[ "$SENT/$CONNECTIONS" = 800000/3 ]
	start_proxy "$port" cut-total-back 200001
	says "end 200000"
	says "reset 1"
	says "end 200000"
}

@test "flip: one bit of the Nth byte, once" {
	for n in 1 70000 300000; do
		rm -f "$T"/how.* "$T"/got.*
		start_proxy "$port" flip "$n"
		says "end 200000"
		says "end 200000"
		cmp "$T/answer.1" "$T/back"
		first=$(find "$T" -name 'got.*' | sort -V | head -n 1)
		one_bit "$(turned "$T/data" "$first")" "$n"
		cmp "$T/got.$((${first##*.} + 1))" "$T/data"
		stop_proxy
	done
	rm "$T"/got.*
	start_proxy "$port" flip 300001
	says "end 200000"
	says "end 200000"
	cmp "$T/got.7" "$T/data"
	one_bit "$(turned "$T/data" "$T/got.8")" 1
}

@test "flip-back" {
	start_proxy "$port" flip-back 200001
	says "end 200000"
	cmp "$T/answer.1" "$T/back"
	says "end 200000"
	one_bit "$(turned "$T/back" "$T/answer.1")" 1
	says "end 200000"
	cmp "$T/answer.1" "$T/back"
	cmp "$T/got.2" "$T/data"
}

@test "slow: so many bytes a second" {
	start_proxy "$port" slow 400000
	began=${EPOCHREALTIME/./}
	says "end 200000"
	took=$((${EPOCHREALTIME/./} - began))
	# 0.75 s there and 0.5 s back; a busy machine may take longer.
	echo "$took microseconds"
	[ "$took" -gt 1100000 ]
	[ "$took" -lt 10000000 ]
	cmp "$T/got.1" "$T/data"
	cmp "$T/answer.1" "$T/back"
}

@test "stall: after N bytes nothing moves, and nobody is told" {
	: >"$T/early"
	start_proxy --count "$port" stall 100000
	says "nothing 0" 1
	comes holds "$T/got.1" 100000
	[ ! -e "$T/how.1" ] # though the client has gone
	read -r _ to _ back _ _ _ open <"$PROXY_DIR/count"
	[ "$to/$back/$open" = 100000/0/1 ]
	stop_proxy
	server_saw 1 reset 100000
	rm "$T/early"
	start_proxy "$port" stall-back 50000
	says "nothing 50000" 1
	server_saw 2 end 300000
}

@test "refuse: nobody listens there, and nobody else can" {
	start_proxy "$port" refuse
	says "refused 0"
	expect_fail 1 "proxy: port $PROXY_PORT: Address already in use" \
	    proxy --for 1 "$PROXY_PORT" "$port" count
}

@test "a server that is gone: the client is reset" {
	start_proxy "$port" count
	kill "$server"
	wait "$server" || true
	says "reset 0"
	server=
}

@test "SIGTERM ends it with 0, and so does its time" {
	start_proxy "$port" count
	kill "$PROXY"
	wait "$PROXY" # ends 0
	timeout 20 "$BUILD/proxy" --for 0 0 "$port" count >"$T/out"
	grep -qE '^[0-9]+$' "$T/out"
}

@test "what it does not understand" {
	expect_fail 64 "usage: proxy" proxy --for 1 0 "$port"
	expect_fail 64 "usage: proxy" proxy --for 1 0 "$port" cut
	expect_fail 64 "usage: proxy" proxy --for 1 0 "$port" count 5
	expect_fail 64 "usage: proxy" proxy --for 1 0 "$port" none 5
	expect_fail 64 "proxy: -5: not a number" proxy --for 1 -- 0 "$port" cut -5
	expect_fail 64 "proxy: 65536: not a number up to 65535" proxy --for 1 0 65536 count
}
