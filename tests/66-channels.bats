#!/usr/bin/env bats
# Mail, SMS and gateways: what goes out, and what each answer means.
# shellcheck disable=SC2153,SC2154

load lib
load channels

setup_file() {
	FAR=$(mktemp -d "${TMPDIR:-/tmp}/siantre-far.XXXXXX")
	export FAR
	chmod 0755 "$FAR"
	make_ca "$FAR/smtp"
	mkdir "$FAR/http"
	cp "$FAR/smtp"/*.pem "$FAR/http"
	start_smtp "$FAR/smtp"
	start_http "$FAR/http"
}

teardown_file() {
	stop_servers "$FAR/smtp"
	stop_servers "$FAR/http"
	rm -rf "$FAR"
}

setup() {
	lib_setup
	export CREDENTIALS_DIRECTORY=$T/secrets SIANTRE_GATEWAYS=$ROOT/gateways:$T/own
	mkdir -m 0700 "$T/secrets"
	mkdir "$T/own"
	rm -f "$HTTP/requests"
}

# conf LINE...: the configuration.
conf() {
	printf '%s\n' "$@" >"$T/c.conf"
}

# secret NAME VALUE
secret() {
	(umask 077 && printf '%s\n' "$2" >"$T/secrets/$1")
}

# sends CODE REASON CHANNEL TO [SUBJECT TEXT BRIEF ID]: what comes of it, and nothing on stderr.
sends() {
	local code=$1 reason=$2
	shift 2
	"$BUILD/send" "$T/c.conf" "$@" >"$T/stdout" 2>"$T/stderr"
	[ ! -s "$T/stderr" ] || { cat "$T/stderr" && return 1; }
	[ "$(cat "$T/stdout")" = "$code $reason" ] && return
	echo "expected: $code $reason"
	echo "got: $(cat "$T/stdout")"
	return 1
}

# mail_part N HEADER|BODY: of the Nth mail (* for the only one), as Python's parser reads it.
mail_part() {
	python3 - "$SMTP"/mail.$1 "$2" <<-'END'
		import email, email.policy, sys
		mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
		print(mail.get_content() if sys.argv[2] == "BODY" else mail[sys.argv[2]], end="")
	END
}

envelope() {
	jq -r "$2" "$SMTP/envelope.$1"
}

@test "mail by SMTP with STARTTLS and a login" {
	need_smtp
	secret mail 'benar & salah'
	conf "MAIL=smtp://siti@localhost:$SMTP_STARTTLS" "MAIL_CA=$SMTP/ca.pem" \
	    'MAIL_FROM="Cadangan é <backup@dinas.example>"'
	sends 0 "250 kept as 1" mail budi@dinas.example 'Cadangan gagal: “db” – é' \
	    $'Halo é\n.\n.satu titik\nFrom saya\r\n\x1b[2Jakhir = '
	[ "$(envelope 1 '"\(.kind) \(.from) \(.to[0]) \(.user) \(.secure)"')" = \
	    "starttls backup@dinas.example budi@dinas.example siti true" ]
	[ "$(cat "$SMTP/said")" = "starttls siti true true" ]
	[ "$(mail_part 1 Subject)" = 'Cadangan gagal: “db” – é' ]
	[ "$(mail_part 1 From)" = 'Cadangan é <backup@dinas.example>' ]
	[ "$(mail_part 1 To)" = budi@dinas.example ]
	[ "$(mail_part 1 Auto-Submitted)" = auto-generated ]
	[ "$(mail_part 1 Date)" = "Wed, 26 Nov 2025 02:00:00 +0000" ]
	[[ "$(mail_part 1 Message-ID)" == "<m-1."*"@dinas.example>" ]]
	[[ "$(mail_part 1 References)" == "<i-1."*"@dinas.example>" ]]
	[ "$(mail_part 1 In-Reply-To)" = "$(mail_part 1 References)" ]
	[ "$(mail_part 1 BODY)" = $'Halo é\n.\n.satu titik\nFrom saya\n?[2Jakhir = ' ]
	LC_ALL=C grep -qP '[^\x00-\x7f]' "$SMTP/mail.1" && return 1
	# No line end but CRLF.
	[ "$(tr -d '\r' <"$SMTP/mail.1" | wc -l)" = "$(grep -c $'\r$' "$SMTP/mail.1")" ]
}

@test "mail by SMTP with TLS from the first byte" {
	need_smtp
	secret mail 'benar & salah'
	conf "MAIL=smtps://siti%40dinas@localhost:$SMTP_TLS" "MAIL_CA=$SMTP/ca.pem"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^0 250 kept as ' "$T/stdout"
	[ "$(cat "$SMTP/said")" = "smtps siti@dinas true true" ]
	# Such an account is the sender, where none is named.
	[ "$(jq -r .from "$SMTP"/envelope.*)" = siti@dinas ]
}

@test "a wrong password is for good, and nobody sees it" {
	need_smtp
	secret mail 'salah sekali'
	conf "MAIL=smtp://siti@localhost:$SMTP_STARTTLS" "MAIL_CA=$SMTP/ca.pem"
	sends 77 'the login was refused: 535 5.7.8 no: ************ ?[31mred' mail a@b.example
	[ ! -e "$SMTP/mail.1" ]
	rm "$T/secrets/mail"
	rm "$SMTP/said"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -qx '78 .*/siantre/secrets/mail: No such file or directory' "$T/stdout"
	secret mail 'benar & salah'
	chmod 0604 "$T/secrets/mail"
	sends 78 "$T/secrets/mail: open to others: chmod 0600" mail a@b.example
	[ ! -e "$SMTP/said" ]
}

@test "without STARTTLS, with a certificate of somebody else or for another host: no mail, no password" {
	need_smtp
	secret mail 'benar & salah'
	conf "MAIL=smtp://siti@localhost:$SMTP_PLAIN" "MAIL_CA=$SMTP/ca.pem"
	sends 75 'the server offers no STARTTLS, so nothing was sent' mail a@b.example
	conf "MAIL=smtp://siti@127.0.0.1:$SMTP_STARTTLS" "MAIL_CA=$SMTP/ca.pem"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^75 SSL: no alternative certificate subject name matches' "$T/stdout"
	make_ca "$T/other"
	conf "MAIL=smtp://siti@localhost:$SMTP_STARTTLS" "MAIL_CA=$T/other/ca.pem"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^75 SSL certificate problem' "$T/stdout"
	conf "MAIL=smtp://siti@localhost:$SMTP_STARTTLS" "MAIL_CA=$T/none.pem"
	sends 78 "$T/none.pem: the file of certificates cannot be read" mail a@b.example
	# What is not this machine by its text is far away, with all that is asked of it.
	conf "MAIL=smtp://siti@127.1:$SMTP_PLAIN"
	sends 75 'the server offers no STARTTLS, so nothing was sent' mail a@b.example
	conf "MAIL=smtp://siti@127.1:$SMTP_STARTTLS"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^75 SSL certificate problem' "$T/stdout"
	[ ! -e "$SMTP/said" ]
	[ -z "$(ls "$SMTP"/mail.* 2>/dev/null)" ]
}

@test "this machine's own mail server needs no certificate" {
	need_smtp
	conf "MAIL=smtp://127.0.0.1:$SMTP_PLAIN"
	"$BUILD/send" "$T/c.conf" mail root@localhost >"$T/stdout"
	grep -q '^0 250 kept' "$T/stdout"
	[ "$(jq -r '"\(.to[0]) \(.secure)"' "$SMTP"/envelope.*)" = "root@localhost false" ]
	rm "$SMTP"/mail.* "$SMTP"/envelope.*
	secret mail 'benar & salah'
	conf "MAIL=smtp://siti@127.0.0.1:$SMTP_STARTTLS"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^0 250 kept' "$T/stdout"
	[ "$(jq -r .secure "$SMTP"/envelope.*)" = true ]
}

@test "4xx is later, 5xx never, and what the server says cannot steer a terminal" {
	need_smtp
	conf "MAIL=smtp://127.0.0.1:$SMTP_PLAIN"
	sends 69 '550 5.1.1 nobody of that name' mail no@dinas.example
	sends 75 '451 4.7.1 greylisted' mail later@dinas.example
	sends 69 '552 5.2.2 mailbox full' mail full@dinas.example
	"$BUILD/send" "$T/c.conf" mail rude@dinas.example >"$T/stdout"
	grep -q '^69 550 ?\[2J' "$T/stdout"
	[ "$(wc -c <"$T/stdout")" -lt 260 ]
	LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$T/stdout" && return 1
	[ -z "$(ls "$SMTP"/mail.* 2>/dev/null)" ]
}

@test "a server that is down, or never answers, is asked again later; a stop signal is heard" {
	need_smtp
	conf "MAIL=smtp://127.0.0.1:1"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^75 Failed to connect to 127.0.0.1 port 1 ' "$T/stdout"
	conf "MAIL=smtp://127.0.0.1:$SMTP_PLAIN"
	SIANTRE_PATIENCE=2 "$BUILD/send" "$T/c.conf" mail slow@dinas.example >"$T/stdout"
	grep -qi '^75 .*timed\? \?out' "$T/stdout"
	local started=$SECONDS
	timeout --foreground -s TERM 1 "$BUILD/send" "$T/c.conf" mail slow@dinas.example >"$T/stdout" || true
	[ "$(cat "$T/stdout")" = "75 stopped" ]
	[ $((SECONDS - started)) -le 8 ]
}

@test "mail servers that are none, or lose their way" {
	cat >"$T/odd.py" <<-'END'
		import socket, sys
		# Each visitor gets the bytes of the next line; then it is read from, and left.
		server = socket.socket()
		server.bind(("127.0.0.1", 0))
		server.listen()
		print(server.getsockname()[1], flush=True)
		for line in sys.argv[1:]:
		    visitor, _ = server.accept()
		    visitor.settimeout(20)
		    for part in line.encode("latin-1").decode("unicode_escape").encode("latin-1").split(b"|"):
		        try:
		            visitor.sendall(part)
		            visitor.recv(65536)
		        except OSError:
		            pass
		    visitor.close()
	END
	python3 "$T/odd.py" '554 go away\r\n' '421 busy\r\n' 'HTTP/1.1 400 \x1b[2J\r\n' '' \
	    '220 x\r\n|250 x\r\n|250 x\r\n|250 x\r\n|354 x\r\n|' \
	    '220 x\r\n|250 x\r\n|250 x\r\n|250 x\r\n|354 x\r\n|\xff\x00\x9b31m 250\r\n' >"$T/port" 3>&- &
	local pid=$!
	comes test -s "$T/port"
	conf "MAIL=smtp://127.0.0.1:$(cat "$T/port")"
	export SIANTRE_PATIENCE=8
	sends 69 '554 go away' mail a@b.example
	sends 75 '421 busy' mail a@b.example
	for _ in {1..4}; do
		"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
		cat "$T/stdout"
		grep -q '^75 ..' "$T/stdout"
		LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$T/stdout" && return 1
	done
	kill "$pid" 2>/dev/null || true
	wait "$pid" || true
}

@test "no address and no subject makes a second header or recipient" {
	need_smtp
	conf "MAIL=smtp://127.0.0.1:$SMTP_PLAIN"
	sends 65 'not a mail address' mail $'a@b.example>\r\nRCPT TO:<c@d.example'
	sends 65 'not a mail address' mail 'a@b.example,c@d.example'
	"$BUILD/send" "$T/c.conf" mail a@b.example $'satu\r\nBcc: jahat@dinas.example\r\n\r\nisi' >"$T/stdout"
	grep -q '^0 ' "$T/stdout"
	[ "$(mail_part '*' Subject)" = 'satu  Bcc: jahat@dinas.example    isi' ]
	[ "$(mail_part '*' Bcc)" = None ]
	[ "$(jq -c .to "$SMTP"/envelope.*)" = '["a@b.example"]' ]
}

@test "mail through exim's sendmail" {
	need_root
	command -v exim4 >/dev/null || skip "exim4 is not installed"
	mkdir -p "$T/exim/spool" "$T/exim/log" "$T/bin"
	mkdir -m 1777 "$T/exim/mail"
	sed 's/^\t*//' >"$T/exim.conf" <<-END
		primary_hostname = web1.dinas.example
		domainlist local_domains = dinas.example : web1.dinas.example
		spool_directory = $T/exim/spool
		log_file_path = $T/exim/log/%s
		exim_user = root
		exim_group = root
		keep_environment =
		tls_advertise_hosts =
		begin routers
		local:
		driver = accept
		domains = +local_domains
		transport = file
		local_parts = root : siti
		begin transports
		file:
		driver = appendfile
		file = $T/exim/mail/\$local_part_data
		user = nobody
		group = nogroup
	END
	printf '#!/bin/sh\nexec exim4 -C %s -odi "$@"\n' "$T/exim.conf" >"$T/bin/sendmail"
	chmod 0755 "$T/bin/sendmail"
	PATH=$T/bin:$PATH
	conf 'MAIL_FROM=backup@dinas.example'
	sends 0 'sendmail took it' mail siti@dinas.example 'Cadangan gagal: é' $'Halo é\n.\n..\nakhir'
	sends 0 'sendmail took it' mail root
	SMTP=$T/exim/mail
	tail -n +2 "$SMTP/siti" >"$SMTP/mail.1"
	[ "$(mail_part 1 Subject)" = 'Cadangan gagal: é' ]
	[ "$(mail_part 1 From)" = backup@dinas.example ]
	[ "$(mail_part 1 To)" = siti@dinas.example ]
	[ "$(mail_part 1 BODY)" = $'Halo é\n.\n..\nakhir' ]
	grep -q '^To: root' "$SMTP/root"
}

@test "mail through msmtp's sendmail: its exit codes" {
	need_smtp
	command -v msmtp >/dev/null || skip "msmtp is not installed"
	mkdir "$T/bin"
	printf 'account default\nhost 127.0.0.1\nport %s\nfrom backup@dinas.example\n' "$SMTP_PLAIN" >"$T/msmtprc"
	chmod 0600 "$T/msmtprc"
	printf '#!/bin/sh\nexec msmtp -C %s "$@"\n' "$T/msmtprc" >"$T/bin/sendmail"
	chmod 0755 "$T/bin/sendmail"
	PATH=$T/bin:$PATH
	conf ''
	sends 0 'sendmail took it' mail siti@dinas.example 'Satu é' $'Halo\n.\nakhir'
	[ "$(mail_part '*' Subject)" = 'Satu é' ]
	[ "$(mail_part '*' BODY)" = $'Halo\n.\nakhir' ]
	"$BUILD/send" "$T/c.conf" mail no@dinas.example >"$T/stdout"
	grep -q '^65 sendmail ended with exit code 65: msmtp: .*550 5.1.1 nobody of that name' "$T/stdout"
	"$BUILD/send" "$T/c.conf" mail later@dinas.example >"$T/stdout"
	grep -q '^75 sendmail ended with exit code 69: msmtp: .*451 4.7.1 greylisted' "$T/stdout"
	sed -i 's/^port .*/port 1/' "$T/msmtprc"
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^75 sendmail ended with exit code ' "$T/stdout"
}

@test "a sendmail that hangs, dies, floods or is missing" {
	mkdir "$T/bin"
	conf ''
	fake() {
		printf '#!/bin/sh\n%s\n' "$1" >"$T/bin/sendmail"
		chmod 0755 "$T/bin/sendmail"
	}
	local path=$PATH
	PATH=$T/bin:$PATH
	fake 'cat >/dev/null; exit 75'
	sends 75 'sendmail ended with exit code 75' mail a@b.example
	fake 'echo "mailq: \033[31mfull" >&2; exit 1'
	sends 75 'sendmail ended with exit code 1: mailq: ?[31mfull' mail a@b.example
	fake 'kill -9 $$'
	sends 75 'sendmail ended with exit code 137' mail a@b.example
	fake 'exit 67'
	sends 67 'sendmail ended with exit code 67' mail a@b.example
	fake 'yes | head -c 5000000; exit 64'
	"$BUILD/send" "$T/c.conf" mail a@b.example >"$T/stdout"
	grep -q '^64 sendmail ended with exit code 64: y y y' "$T/stdout"
	fake 'sleep 100'
	export SIANTRE_PATIENCE=1
	sends 75 'sendmail did not end within 1 s' mail a@b.example
	unset SIANTRE_PATIENCE
	# It is given what it needs, and no password of ours stands in its words.
	fake 'echo "$@" >'"$T"'/args; cat >'"$T"'/mail'
	sends 0 'sendmail took it' mail a@b.example
	[ "$(cat "$T/args")" = "-t -oi" ]
	grep -q '^Message-ID: <m-1@' "$T/mail"
	grep -q '^From:' "$T/mail" && return 1
	conf MAIL=none
	sends 78 'MAIL=none' mail a@b.example
	PATH=$path
}

@test "an SMS through smstools is sent by its daemon" {
	command -v smsd >/dev/null || [ -x /usr/sbin/smsd ] || skip "smstools is not installed"
	local pid ok=1
	mkdir -p "$T"/sms/{outgoing,checked,failed,sent,incoming}
	sed 's/^\t*//' >"$T/smsd.conf" <<-END
		devices = GSM1
		outgoing = $T/sms/outgoing
		checked = $T/sms/checked
		failed = $T/sms/failed
		sent = $T/sms/sent
		incoming = $T/sms/incoming
		logfile = $T/smsd.log
		infofile = $T/smsd.running
		pidfile = $T/smsd.pid
		loglevel = 7
		delaytime = 1
		[GSM1]
		device = /dev/null
		modem_disabled = yes
	END
	conf "SMS=smstools:$T/sms"
	sends 0 'smstools has it in its spool' sms 6281234567890 s t 'siantre web1: tidak ada cadangan'
	sends 0 'smstools has it in its spool' sms 6281234567890 s t 'siantre web1: tidak ada cadangan'
	[ "$(ls -A "$T/sms/outgoing")" = siantre-m-1 ]
	[ "$(ls -A "$T/sms" | wc -l)" = 5 ]
	PATH=$PATH:/usr/sbin smsd "-c$T/smsd.conf" -t >/dev/null 2>&1 3>&- &
	pid=$!
	comes grep -q 'SMS sent, .*To: 6281234567890' "$T/smsd.log" || ok=0
	kill "$pid"
	wait "$pid" || true
	[ $ok = 1 ] || { cat "$T/smsd.log" && return 1; }
	grep -rqx 'siantre web1: tidak ada cadangan' "$T/sms/sent" "$T/sms/checked"
	rm -r "$T/sms/outgoing"
	sends 78 "$T/sms: No such file or directory" sms 6281234567890
}

@test "an SMS through gammu-smsd is sent by its daemon" {
	command -v gammu-smsd-inject >/dev/null || skip "gammu-smsd is not installed"
	local pid
	mkdir -p "$T"/gammu/{inbox,outbox,sent,error} "$T/phone"
	sed 's/^\t*//' >"$T/smsdrc" <<-END
		[gammu]
		model = dummy
		connection = none
		port = $T/phone
		[smsd]
		service = files
		logfile = $T/gammu.log
		inboxpath = $T/gammu/inbox/
		outboxpath = $T/gammu/outbox/
		sentsmspath = $T/gammu/sent/
		errorsmspath = $T/gammu/error/
	END
	conf "SMS=gammu:$T/smsdrc"
	sends 0 'gammu-smsd has it in its outbox' sms 6281234567890 s t 'siantre web1: tidak ada $(cadangan)'
	gammu-smsd -c "$T/smsdrc" >/dev/null 2>&1 3>&- &
	pid=$!
	comes compgen -G "$T/gammu/sent/*" >/dev/null
	kill "$pid"
	wait "$pid" || true
	grep -qx '; siantre web1: tidak ada $(cadangan)' "$T"/gammu/sent/*
	grep -q '^Number = "+6281234567890"' "$T"/gammu/sent/*
	sends 65 'not a telephone number' sms '-c/etc/passwd'
	conf "SMS=gammu:$T/none"
	"$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -q '^75 gammu-smsd-inject ended with exit code' "$T/stdout"
}

# gateway NAME KEY=VALUE...: the shipped one, with these keys of our own.
gateway() {
	local name=$1
	shift
	printf '%s\n' "$@" >"$T/own/$name.conf"
}

# preset_path NAME: what the request of the shipped one goes to, behind the host.
preset_path() {
	sed -n 's|^URL=https://[^/]*/||p' "$ROOT/gateways/$1.conf"
}

@test "Fonnte: HTTP 200 with status false is a failure" {
	secret fonnte-token 'aBc+123'
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/fonnte/$(preset_path fonnte)"
	conf SMS=fonnte
	answer fonnte 200 '{"detail":"success! message in queue","id":["80367170"],"process":"pending","status":true,"target":["6281234567890"]}'
	sends 0 'HTTP 200: success! message in queue' sms 6281234567890 s t 'siantre web1: a&b=c "d"'
	[ "$(asked '.method + " " + .path')" = "POST /fonnte/send" ]
	[ "$(asked '.headers.authorization')" = 'aBc+123' ]
	[ "$(asked '.headers["content-type"]')" = application/x-www-form-urlencoded ]
	[ "$(asked .body)" = 'target=6281234567890&message=siantre%20web1%3A%20a%26b%3Dc%20%22d%22&countryCode=62' ]
	answer fonnte 200 '{"Status":false,"reason":"token invalid"}'
	sends 69 'HTTP 200: token invalid' sms 6281234567890
	answer fonnte 200 '{"status":false,"reason":"device disconnected: aBc+123"}'
	sends 75 'HTTP 200: device disconnected: *******' sms 6281234567890
	answer fonnte 200 '<html>maintenance</html>'
	sends 75 'HTTP 200: <html>maintenance</html>' sms 6281234567890
}

@test "Zenziva: its status 1 is a success, whatever HTTP says" {
	secret zenziva-userkey u1
	secret zenziva-passkey 'p&1'
	gateway zenziva "URL=http://127.0.0.1:$HTTP_PORT/zenziva/$(preset_path zenziva)"
	conf SMS=zenziva
	answer zenziva 201 '{"messageId":1,"to":"081234567890","status":"1","text":"Success"}'
	sends 0 'HTTP 201: Success' sms 6281234567890 s t 'satu dua'
	[ "$(asked .path)" = /zenziva/reguler/api/sendsms/ ]
	[ "$(asked .body)" = 'userkey=u1&passkey=p%261&to=081234567890&message=satu%20dua' ]
	answer zenziva 200 '{"to":"081234567890","status":"0","text":"Credit not enough"}'
	sends 75 'HTTP 200: Credit not enough' sms 6281234567890
	answer zenziva 401 '{"status":"5","text":"Userkey / Passkey Salah"}'
	sends 69 'HTTP 401: Userkey / Passkey Salah' sms 6281234567890
}

@test "OCA, Twilio: what they take, and what they refuse" {
	secret oca-token jwt.abc
	gateway oca "URL=http://127.0.0.1:$HTTP_PORT/oca/$(preset_path oca)"
	conf SMS=oca
	answer oca 200 '{"status":"sent","msg_uid":"df82"}'
	sends 0 'HTTP 200: {"status":"sent","msg_uid":"df82"}' sms 6281234567890 s t 'kata "satu" \ dua'
	[ "$(asked '.headers.authorization')" = 'Bearer jwt.abc' ]
	[ "$(asked '.body | fromjson | .phone + "|" + .message')" = '6281234567890|kata "satu" \ dua' ]
	answer oca 406 '{"errors":[{"message":[{"value":"1","msg":"Invalid country code"}],"code":"39"}]}'
	sends 69 'HTTP 406: Invalid country code' sms 6281234567890
	answer oca 429 '{"errors":[{"message":"Too Many Request","code":9}]}'
	sends 75 'HTTP 429: Too Many Request' sms 6281234567890

	secret twilio-sid AC123
	secret twilio-token tok:en
	secret twilio-from +15550001111
	gateway twilio "URL=http://127.0.0.1:$HTTP_PORT/twilio/$(preset_path twilio)"
	conf SMS=twilio
	answer twilio 201 '{"sid":"SM1","status":"queued","error_code":null}'
	"$BUILD/send" "$T/c.conf" sms 6281234567890 s t satu >"$T/stdout"
	grep -q '^0 HTTP 201: ' "$T/stdout"
	[ "$(asked .path)" = /twilio/2010-04-01/Accounts/AC123/Messages.json ]
	[ "$(asked '.headers.authorization')" = "Basic $(printf AC123:tok:en | base64)" ]
	[ "$(asked .body)" = 'To=%2B6281234567890&From=%2B15550001111&Body=satu' ]
	answer twilio 400 '{"code":21211,"message":"Invalid To number","status":400}'
	sends 69 'HTTP 400: Invalid To number' sms 6281234567890
	answer twilio 503 ''
	sends 75 'HTTP 503' sms 6281234567890
}

@test "Telegram, ntfy: one place for all, without a number" {
	secret telegram-token 12:AB-c
	secret telegram-chat -100123
	gateway telegram "URL=http://127.0.0.1:$HTTP_PORT/telegram/$(preset_path telegram)"
	conf NOTIFY_ALSO=telegram
	answer telegram 200 '{"ok":true,"result":{"message_id":5}}'
	"$BUILD/send" "$T/c.conf" telegram '' s t '<b>satu</b>' >"$T/stdout"
	grep -q '^0 HTTP 200: ' "$T/stdout"
	[ "$(asked .path)" = /telegram/bot12%3AAB-c/sendMessage ]
	[ "$(asked '.body | fromjson | .chat_id + "|" + .text')" = '-100123|<b>satu</b>' ]
	answer telegram 429 '{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 34"}'
	sends 75 'HTTP 429: Too Many Requests: retry after 34' telegram ''
	answer telegram 401 '{"ok":false,"error_code":401,"description":"Unauthorized"}'
	sends 69 'HTTP 401: Unauthorized' telegram ''

	secret ntfy-topic 'rahasia 1/2'
	gateway ntfy "URL=http://127.0.0.1:$HTTP_PORT/ntfy/$(preset_path ntfy)"
	conf NOTIFY_ALSO=ntfy
	answer ntfy 200 '{"id":"x","time":1,"event":"message","topic":"t","message":"satu"}'
	"$BUILD/send" "$T/c.conf" ntfy '' s t satu >"$T/stdout"
	grep -q '^0 HTTP 200: ' "$T/stdout"
	[ "$(asked .path)" = /ntfy/rahasia%201%2F2 ]
	[ "$(asked '.headers.authorization')" = null ]
	[ "$(asked '.headers.priority + " " + .body')" = 'default satu' ]
	secret ntfy-token tk_1
	answer ntfy 403 '{"code":40301,"http":403,"error":"forbidden"}'
	sends 69 'HTTP 403: forbidden' ntfy ''
	[ "$(asked '.headers.authorization')" = 'Bearer tk_1' ]
}

@test "a ping: the address as it stands, with how it went behind its path" {
	answer hc 200 OK
	conf "PING_URL=http://127.0.0.1:$HTTP_PORT/hc/5bf66975"
	sends 0 'HTTP 200: OK' ping ''
	[ "$(asked '.method + " " + .path')" = "GET /hc/5bf66975" ]
	sends 0 'HTTP 200: OK' ping start
	[ "$(asked .path)" = /hc/5bf66975/start ]
	sends 0 'HTTP 200: OK' ping 75
	[ "$(asked .path)" = /hc/5bf66975/75 ]
	sends 65 'not what a ping may end with' ping ../x
	conf "PING_URL=http://127.0.0.1:$HTTP_PORT/hc/5bf66975/?a=b"
	sends 0 'HTTP 200: OK' ping fail
	[ "$(asked .path)" = '/hc/5bf66975/fail?a=b' ]
	answer hc 200 'OK (not found)'
	sends 75 'HTTP 200: OK (not found)' ping fail
	answer hc 404 'not found'
	sends 69 'HTTP 404: not found' ping fail
	conf ''
	sends 0 '' ping fail
	# What expects a POST gets one, even if it is empty.
	gateway healthchecks METHOD=POST
	conf "PING_URL=http://127.0.0.1:$HTTP_PORT/hc/5bf66975"
	answer hc 200 OK
	sends 0 'HTTP 200: OK' ping ''
	[ "$(asked '.method + " " + .headers["content-length"]')" = "POST 0" ]
}

@test "a gateway over https: its certificate counts, and its own authority can be named" {
	secret fonnte-token abcd
	answer fonnte 200 '{"status":true}'
	conf SMS=fonnte
	gateway fonnte "URL=https://localhost:$HTTPS_PORT/fonnte/send"
	"$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -q '^75 SSL certificate problem' "$T/stdout"
	gateway fonnte "URL=https://127.0.0.1:$HTTPS_PORT/fonnte/send" "CA=$HTTP/ca.pem"
	"$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -q '^75 SSL: no alternative certificate subject name matches' "$T/stdout"
	[ ! -e "$HTTP/requests" ]
	gateway fonnte "URL=https://localhost:$HTTPS_PORT/fonnte/send" "CA=$HTTP/ca.pem"
	sends 0 'HTTP 200: {"status":true}' sms 6281234567890
	gateway fonnte "URL=https://localhost:$HTTPS_PORT/fonnte/send" "CA=$T/none"
	sends 78 "$T/none: the file of certificates cannot be read" sms 6281234567890
}

@test "a secret goes nowhere but there: no redirect, no plain line, no other host, no proxy of the environment" {
	secret fonnte-token abcd
	conf SMS=fonnte
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/away/send"
	sends 75 'HTTP 302, a redirect, which is not followed' sms 6281234567890
	[ "$(wc -l <"$HTTP/requests")" = 1 ]
	gateway fonnte "URL=http://gateway.example/send"
	sends 78 'http://gateway.example is not https' sms 6281234567890
	gateway fonnte "URL=http://127.0.0.1@gateway.example/send"
	sends 78 'the URL holds an account' sms 6281234567890
	gateway fonnte "URL=http://127.0.0.1.gateway.example/send"
	sends 78 'http://127.0.0.1.gateway.example is not https' sms 6281234567890
	[ "$(wc -l <"$HTTP/requests")" = 1 ]
	# A proxy that answers nobody, were it asked.
	answer fonnte 200 '{"status":true}'
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/fonnte/send"
	http_proxy=http://127.0.0.1:1 ALL_PROXY=http://127.0.0.1:1 \
	    "$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -qx '0 HTTP 200: {"status":true}' "$T/stdout"
	# The one that the configuration names sees the name of the host, and no more.
	gateway fonnte "URL=https://gateway.invalid/send"
	rm "$HTTP/requests"
	conf SMS=fonnte "NOTIFY_PROXY=http://127.0.0.1:$HTTP_PORT"
	no_proxy='*' NO_PROXY='*' "$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -q '^75 ' "$T/stdout"
	[ "$(asked '.method + " " + .path')" = "CONNECT gateway.invalid:443" ]
	grep -q abcd "$HTTP/requests" && return 1
	# This machine needs no proxy.
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/fonnte/send"
	sends 0 'HTTP 200: {"status":true}' sms 6281234567890
}

@test "answers that never end, never come, or end too soon" {
	secret fonnte-token abcd
	conf SMS=fonnte
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/huge/send"
	timeout 20 "$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -q '^75 HTTP 200: {"status":true' "$T/stdout"
	[ "$(wc -c <"$T/stdout")" -lt 260 ]
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/drop/send"
	sends 75 'Empty reply from server' sms 6281234567890
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/slow/send"
	SIANTRE_PATIENCE=1 "$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -q '^75 Operation timed out' "$T/stdout"
	timeout --foreground -s TERM 1 "$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout" || true
	[ "$(cat "$T/stdout")" = "75 stopped" ]
	gateway fonnte "URL=http://127.0.0.1:1/send"
	"$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -q '^75 Failed to connect' "$T/stdout"
}

@test "gateways and secrets that cannot be used are named" {
	conf SMS=nirgendwo
	sends 78 'there is no gateway nirgendwo' sms 6281234567890
	conf SMS=fonnte
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/fonnte/send"
	"$BUILD/send" "$T/c.conf" sms 6281234567890 >"$T/stdout"
	grep -qx '78 .*/siantre/secrets/fonnte-token: No such file or directory' "$T/stdout"
	secret fonnte-token abcd
	sends 65 'not a telephone number' sms siti
	chmod 0666 "$T/own/fonnte.conf"
	sends 78 "$T/own/fonnte.conf: others can write it: chmod go-w" sms 6281234567890
	conf ''
	sends 78 'SMS is not set' sms 6281234567890
	sends 78 'there is no gateway pigeon' pigeon ''
	[ ! -e "$HTTP/requests" ]
}

@test "every gateway that comes along is whole" {
	local file name
	conf ''
	for file in "$ROOT"/gateways/*.conf; do
		name=$(basename "$file" .conf)
		"$BUILD/send" "$T/c.conf" "$name" 6281234567890 >"$T/stdout"
		# Nothing is wrong with it but the secrets, or the address to ping.
		grep -qE "^78 (.*/siantre/secrets/$name-[a-z]+: No such file|no value for \{ping\})" "$T/stdout"
	done
	grep -vE '^ *(#|$)|https://|^URL=\{ping\}' "$ROOT"/gateways/*.conf | grep -F 'http://' && return 1
	true
}

# alert_conf LINE...: a configuration whose state the user can write that root becomes.
alert_conf() {
	mkdir -p "$T/state"
	conf "STATE_DIR=$T/state" "LANGUAGE=${SPEAK:-en}" "$@"
	[ "$(id -u)" != 0 ] || chown -R siantre-backup: "$T/state" "$T/secrets" "$T/own"
	export SIANTRE_LOCALEDIR=$BUILD/locale
}

# tested CODE ARGS...: siantre-alert test ends with CODE, and says nothing on stderr.
tested() {
	local code=$1 got=0
	shift
	siantre-alert test -c "$T/c.conf" "$@" >"$T/stdout" 2>"$T/stderr" || got=$?
	[ "$got" = "$code" ] && [ ! -s "$T/stderr" ] && return
	echo "exit $got"
	cat "$T/stdout" "$T/stderr"
	return 1
}

@test "siantre-alert test: each channel says what its answer was, and the state remembers" {
	need_smtp
	secret telegram-token 12:AB
	secret telegram-chat 1
	secret fonnte-token abcd
	gateway telegram "URL=http://127.0.0.1:$HTTP_PORT/telegram/send"
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/fonnte/send"
	answer telegram 200 '{"ok":true}'
	answer fonnte 200 '{"status":false,"reason":"device disconnected"}'
	alert_conf "MAIL=smtp://127.0.0.1:$SMTP_PLAIN" SMS=fonnte NOTIFY_ALSO=telegram \
	    'CONTACT_PRIMARY="Siti <siti@dinas.example>"' 'CONTACT_SECONDARY="Budi 0812-3456-7890"'
	tested 69
	grep -qP '^mail\tsiti@dinas.example\tok\t250 kept as ' "$T/stdout"
	# The first contact that a channel reaches gets it.
	grep -qP '^sms\t6281234567890\tfail\tHTTP 200: device disconnected$' "$T/stdout"
	grep -qP '^telegram\t-\tok\tHTTP 200: ' "$T/stdout"
	[ "$(wc -l <"$T/stdout")" = 3 ]
	[ "$(mail_part '*' Subject)" = "$(uname -n): test of the way by which alerts come" ]
	[ "$(jq -c '[.tests[] | [.name, .ok]]' "$T/state/alert/state.json")" = \
	    '[["mail",true],["sms",false],["telegram",true]]' ]
	[ "$(jq -r '.tests[0].when' "$T/state/alert/state.json")" -gt $(($(date +%s) - 60)) ]
	[[ "$(asked '.body | fromjson | .text')" == "siantre $(uname -n): TEST, nothing is wrong. "* ]]

	answer fonnte 200 '{"status":true}'
	tested 0 sms
	[ "$(wc -l <"$T/stdout")" = 1 ]
	[ "$(jq -c '[.tests[] | [.name, .ok]]' "$T/state/alert/state.json")" = \
	    '[["mail",true],["sms",true],["telegram",true]]' ]
	tested 0 -q all
	[ ! -s "$T/stdout" ]
	# Nothing but what it says goes out where it is only asked.
	rm "$HTTP/requests"
	cp "$T/state/alert/state.json" "$T/before"
	tested 0 -n all
	[ "$(grep -c 'would be sent' "$T/stdout")" = 3 ]
	[ ! -e "$HTTP/requests" ]
	cmp "$T/before" "$T/state/alert/state.json"
	# A gateway that is not there is not one that something would be sent by.
	sed -i 's/^SMS=.*/SMS=carrier/' "$T/c.conf"
	tested 69 -n sms
	grep -qP '^sms\t6281234567890\tfail\tthere is no gateway carrier$' "$T/stdout"
	sed -i 's/^SMS=.*/SMS=fonnte/' "$T/c.conf"
	expect_fail 78 'carrier: the configuration has no such channel' siantre-alert test -c "$T/c.conf" carrier
	expect_fail 78 'ping: the configuration has no such channel' siantre-alert test -c "$T/c.conf" ping
	expect_fail 64 'with this command' siantre-alert list --scheduled -c "$T/c.conf"
}

@test "the monthly test: a channel that fails is told through the others, and that it is well again" {
	need_smtp
	secret fonnte-token abcd
	gateway fonnte "URL=http://127.0.0.1:$HTTP_PORT/fonnte/send"
	answer fonnte 200 '{"status":false,"reason":"token invalid"}'
	alert_conf "MAIL=smtp://127.0.0.1:$SMTP_PLAIN" SMS=fonnte NOTIFY_OK=never \
	    'CONTACT_PRIMARY="Siti <siti@dinas.example> 081234567890"'
	expect_ok siantre-alert flush -c "$T/c.conf"
	# By hand it is seen, and nobody else is called.
	tested 69 sms
	expect_ok siantre-alert flush -c "$T/c.conf"
	[ -z "$(ls "$SMTP"/mail.* 2>/dev/null)" ]
	sleep 1.1
	tested 69 sms --scheduled
	[ "$(mail_part '*' To)" = siti@dinas.example ]
	[[ "$(mail_part '*' Subject)" == *"messages by sms cannot be delivered"* ]]
	siantre-alert list -c "$T/c.conf" >"$T/stdout"
	grep -q 'messages by sms cannot be delivered' "$T/stdout"
	rm "$SMTP"/mail.*
	answer fonnte 200 '{"status":true}'
	sleep 1.1
	tested 0 sms
	expect_ok siantre-alert flush -c "$T/c.conf"
	[[ "$(mail_part '*' Subject)" == *"messages by sms are delivered again"* ]]
}

@test "siantre-alert test speaks Indonesian, and a ping is no sign of a backup" {
	need_smtp
	answer hc 200 OK
	SPEAK=id alert_conf "MAIL=smtp://127.0.0.1:$SMTP_PLAIN" "PING_URL=http://127.0.0.1:$HTTP_PORT/hc/1" \
	    'CONTACT_PRIMARY="Siti <siti@dinas.example>"'
	echo 'NOTIFY_ALSO="ping mail sms"' >>"$T/c.conf"
	tested 0 all
	[ "$(wc -l <"$T/stdout")" = 1 ]
	[ ! -e "$HTTP/requests" ]
	[ "$(mail_part '*' Subject)" = "$(uname -n): uji jalur pengiriman peringatan" ]
	mail_part '*' BODY | grep -q '^Tidak ada masalah'
	tested 0 ping
	[ "$(asked .path)" = /hc/1/log ]
	alert_conf MAIL=none
	expect_fail 78 'the configuration has no channel to test' siantre-alert test -c "$T/c.conf"
}

# finds WORDS [MEND]: check-config has a finding of these words, and the command that mends it.
finds() {
	grep -qF -- "$1" "$T/stdout" && grep -qF -- "${2:-}" "$T/stdout" && return
	cat "$T/stdout" "$T/stderr"
	return 1
}

@test "check-config says what is wrong with channels and contacts, and what mends it" {
	checked() {
		siantre-run check-config -c "$T/c.conf" >"$T/stdout" 2>"$T/stderr" || true
	}
	alert_conf 'MAIL=smtp://siti:rahasia@mail.dinas.example' SMS=fonnte NOTIFY_ALSO='"ntfy pigeon healthchecks"' \
	    'CONTACT_PRIMARY="Siti Rahma"' 'CONTACT_SECONDARY="Budi <budi@dinas.example>"'
	checked
	finds 'CONTACT_PRIMARY=Siti Rahma: neither a mail address in <> nor a telephone number' \
	    "sensible-editor $T/c.conf    # set CONTACT_PRIMARY"
	finds 'CONTACT_SECONDARY: Budi, budi@dinas.example'
	finds 'MAIL: a password in it, which everybody could read: it belongs into the secret mail'
	grep -q rahasia "$T/stdout" "$T/stderr" && return 1
	finds 'fonnte-token: No such file or directory' 'install -D -m 0600 -o siantre-backup /dev/stdin '
	finds 'ntfy-topic: No such file or directory'
	grep -q 'ntfy-token' "$T/stdout" && return 1
	finds 'healthchecks: it is for PING_URL, and reaches nobody'
	finds 'pigeon: there is no gateway pigeon'
	finds 'CONTACT_PRIMARY has no telephone number for SMS'

	secret mail x
	chmod 0644 "$T/secrets/mail"
	alert_conf 'MAIL=smtps://siti@mail.dinas.example' MAIL_CA="$T/none.pem" "SMS=smstools:$T/sms"
	checked
	finds "$T/secrets/mail: open to others: chmod 0600" "chmod 0600 $T/secrets/mail"
	finds "MAIL_CA=$T/none.pem: No such file or directory"
	finds 'mail: MAIL_FROM is empty'
	finds 'mail: root is an account of this machine, which mail.dinas.example does not know'
	finds "sms: $T/sms/outgoing: No such file or directory" 'apt-get install smstools'

	chmod 0600 "$T/secrets/mail"
	secret fonnte-token x
	alert_conf 'MAIL=smtp://siti@mail.dinas.example' MAIL_FROM=backup@dinas.example SMS=fonnte \
	    'CONTACT_PRIMARY="Siti <siti@dinas.example> 081234567890"'
	checked
	finds 'CONTACT_PRIMARY: Siti, siti@dinas.example, by SMS too'
	finds 'mail through mail.dinas.example, port 587, with a password (not asked)'
	finds 'sms through the gateway fonnte (not asked)'
	alert_conf MAIL=none
	checked
	finds 'CONTACT_PRIMARY is reached by no channel: nobody hears of a backup that fails'
	finds 'SMS is not set: that there is no backup is told by mail alone'
}
