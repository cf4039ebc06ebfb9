# What messages are sent to, for scenarios: `load channels` behind `load lib`.
#   make_ca DIR        DIR/ca.pem, and DIR/cert.pem, key.pem for the name localhost (and no number)
#   start_smtp DIR     $SMTP (the folder), $SMTP_STARTTLS, $SMTP_PLAIN, $SMTP_TLS (ports)
#   start_http DIR     $HTTP (the folder), $HTTP_PORT, $HTTPS_PORT; `answer NAME STATUS BODY`
#   stop_servers DIR   stops what DIR's servers are
# Each server runs until stop_servers; DIR needs what make_ca makes.
# shellcheck shell=bash disable=SC2153,SC2154

unset http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY no_proxy NO_PROXY

make_ca() {
	mkdir -p "$1"
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "/CN=Test CA" \
	    -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
	    -keyout "$1/key.pem" -out "$1/cert.csr" 2>/dev/null
	openssl x509 -req -in "$1/cert.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -days 2 -CAcreateserial \
	    -extfile <(echo subjectAltName=DNS:localhost) -out "$1/cert.pem" 2>/dev/null
}

# run_server DIR COMMAND...: start it and wait for DIR/ports.
run_server() {
	local dir=$1
	shift
	rm -f "$dir/ports"
	"$@" >"$dir/log" 2>&1 3>&- 4>&- </dev/null &
	echo $! >>"$dir/servers"
	for _ in $(seq 200); do
		[ ! -f "$dir/ports" ] || return 0
		kill -0 $! 2>/dev/null || break
		sleep 0.05
	done
	cat "$dir/log"
	return 1
}

start_smtp() {
	local at
	at=$("$ROOT/tests/npm" smtp --where)
	[ -d "$at" ] || "$ROOT/tests/npm" smtp >/dev/null 2>&1 || return 0
	export SMTP=$1 SMTP_STARTTLS SMTP_PLAIN SMTP_TLS
	run_server "$1" env NODE_PATH="$at/node_modules" node "$ROOT/tests/smtp/server.js" "$1"
	read -r SMTP_STARTTLS SMTP_PLAIN SMTP_TLS <"$1/ports"
}

# need_smtp: skips the test where npm brought no smtp-server.
need_smtp() {
	[ -n "${SMTP:-}" ] || skip "smtp-server is not installed: tests/npm smtp"
	rm -f "$SMTP"/mail.* "$SMTP"/envelope.* "$SMTP/said"
}

start_http() {
	export HTTP=$1 HTTP_PORT HTTPS_PORT
	mkdir -p "$1/answers"
	run_server "$1" python3 "$ROOT/tests/http/replay" "$1"
	read -r HTTP_PORT HTTPS_PORT <"$1/ports"
}

# answer NAME STATUS BODY: what http://…/NAME/… says from now on.
answer() {
	printf '%s\n%s' "$2" "$3" >"$HTTP/answers/$1"
}

# asked FILTER: the last request, through jq.
asked() {
	tail -n 1 "$HTTP/requests" | jq -r "$1"
}

stop_servers() {
	local pid
	[ -f "$1/servers" ] || return 0
	while read -r pid; do
		kill "$pid" 2>/dev/null || true
		for _ in $(seq 100); do
			kill -0 "$pid" 2>/dev/null || break
			sleep 0.05
		done
	done <"$1/servers"
	rm -f "$1/servers"
}
