# make install places everything, below DESTDIR and nowhere else.
load lib

# install_to DIR [make variables]: a quiet make install, with the build of its own that other
# prefixes need.
install_to() {
	local dir=$1
	shift
	make -C "$ROOT" -s --no-print-directory BUILD="$T/build" CFLAGS=-O0 DESTDIR="$dir" "$@" install \
	    >"$T/log" 2>&1 || {
		cat "$T/log"
		return 1
	}
}

@test "make install prefix=/usr places tools, jobs, configuration, pages, units and cron lines" {
	once
	install_to "$T/root" prefix=/usr unitdir=/lib/systemd/system
	for source in "$ROOT"/tools/siantre-*.c; do
		tool=${source##*/}
		[ -x "$T/root/usr/bin/${tool%.c}" ]
	done
	for job in "$ROOT"/tools/jobs/*; do
		cmp "$job" "$T/root/usr/lib/siantre/jobs/${job##*/}"
		[ "$(stat -c %a "$T/root/usr/lib/siantre/jobs/${job##*/}")" = 755 ]
	done
	for gateway in "$ROOT"/gateways/*; do
		cmp "$gateway" "$T/root/usr/lib/siantre/gateways/${gateway##*/}"
		[ "$(stat -c %a "$T/root/usr/lib/siantre/gateways/${gateway##*/}")" = 644 ]
	done
	[ -d "$T/root/etc/siantre/gateways" ]
	for page in "$ROOT"/man/*.[1-8]; do
		cmp "$page" "$T/root/usr/share/man/man${page##*.}/${page##*/}"
	done
	cmp "$ROOT/completion/siantre-backup" "$T/root/usr/share/bash-completion/completions/siantre-backup"
	for source in "$ROOT"/tools/siantre-*.c; do
		tool=${source##*/}
		[ "$(readlink "$T/root/usr/share/bash-completion/completions/${tool%.c}")" = siantre-backup ]
	done
	for file in "$ROOT"/etc/*; do
		cmp "$file" "$T/root/etc/siantre/${file##*/}"
	done
	cmp "$ROOT/cron.d/siantre-backup" "$T/root/etc/cron.d/siantre-backup"
	[ "$(stat -c %a "$T/root/etc/cron.d/siantre-backup")" = 644 ]
	for unit in "$ROOT"/systemd/siantre*; do
		cmp "$unit" "$T/root/lib/systemd/system/${unit##*/}"
	done
	for example in "$ROOT"/examples/*; do
		cmp "$example" "$T/root/usr/share/doc/siantre-backup/examples/${example##*/}"
	done
	# The tools look where they were installed.
	local library tool
	library=$(compgen -G "$T/root/usr/lib/siantre/libsiantre-*.so")
	grep -qx /usr/lib/siantre/jobs <(strings -a "$library")
	for tool in "$T"/root/usr/bin/siantre-*; do
		grep -q 'RUNPATH.*\[/usr/lib/siantre\]' <(readelf -d "$tool")
		grep -qF "NEEDED)             Shared library: [${library##*/}]" <(readelf -d "$tool")
	done

	# A changed configuration stays.
	echo '# ours' >"$T/root/etc/siantre/siantre.conf"
	install_to "$T/root" prefix=/usr unitdir=/lib/systemd/system
	[ "$(cat "$T/root/etc/siantre/siantre.conf")" = '# ours' ]
}

@test "a tool loads what it works with, and nothing else" {
	local tool want
	for tool in alert dump pack prune restore run ship status verify; do
		case $tool in
		alert) want=curl ;;
		dump) want=mariadb ;;
		pack | ship | verify) want='archive isal z' ;;
		restore) want='archive isal mariadb z' ;;
		*) want='' ;;
		esac
		[ "$(readelf -d "$BUILD/siantre-$tool" |
		    sed -nE 's/.*NEEDED.*\[lib(archive|curl|isal|mariadb|z)\.so.*/\1/p' | sort | xargs)" = "$want" ] ||
		    { echo "siantre-$tool"; readelf -d "$BUILD/siantre-$tool"; return 1; }
	done
}

@test "make install without a prefix goes to /usr/local, units and cron lines with it" {
	once
	install_to "$T/root"
	[ -x "$T/root/usr/local/bin/siantre-run" ]
	[ -f "$T/root/usr/local/etc/siantre/siantre.conf" ]
	grep -q ' /usr/local/lib/siantre/jobs /usr/local/etc/siantre/jobs$' \
	    "$T/root/usr/local/share/bash-completion/completions/siantre-run"
	grep -q '^ExecStart=/usr/local/bin/siantre-run ' "$T/root/usr/local/lib/systemd/system/siantre-db.service"
	grep -q '^ExecStart=/usr/local/bin/siantre-run -c %i ' "$T/root/usr/local/lib/systemd/system/siantre-db@.service"
	grep -q '^ExecStart=/usr/local/bin/siantre-ship ' "$T/root/usr/local/share/doc/siantre-backup/examples/siantre-accept@.service"
	grep -q '\-x /usr/local/bin/siantre-run' "$T/root/usr/local/etc/cron.d/siantre-backup"
	# Passwords and tokens lie where the tools look for them.
	for unit in alert alert@ flush@ selftest selftest@; do
		grep -qx 'LoadCredential=siantre:/usr/local/etc/siantre/secrets' \
		    "$T/root/usr/local/lib/systemd/system/siantre-$unit.service"
	done
	[ -z "$(find "$T/root" -mindepth 1 -maxdepth 1 ! -name usr)" ]
}

@test "cron lines and timers keep the same hours" {
	while read -r minute hour day months weekday _ command; do
		job=${command#*--wait }
		job=${job%%;*}
		# What a unit starts when it has succeeded, cron starts behind it.
		then=$(sed -n 's/^OnSuccess=siantre-\([a-z]*\).service.*$/\1/p' "$ROOT/systemd/siantre-$job.service")
		[ "$then" != alert ] || then='' # it has a line of its own
		[ "$command" = "${command%%; then *}; then /usr/bin/siantre-run --wait $job;${then:+ /usr/bin/siantre-run --wait $then;} fi" ]
		calendar=$(sed -n 's/^OnCalendar=//p' "$ROOT/systemd/siantre-$job.timer")
		case $weekday in
		0) name='Sun ' ;;
		6) name='Sat ' ;;
		*) name='' ;;
		esac
		[ "$day" = '*' ] || day=$(printf %02d "$day")
		[ "$months" = '*' ] || months=$(printf '%02d,' ${months//,/ } | sed 's/,$//')
		[ "$calendar" = "$(printf '%s*-%s-%s %02d:%02d:00' "$name" "$months" "$day" "$hour" "$minute")" ]
		grep -q "^ExecStart=/usr/bin/siantre-run --wait $job\$" "$ROOT/systemd/siantre-$job.service"
		[[ $command == 'if [ ! -d /run/systemd/system ] && [ -x /usr/bin/siantre-run ]; then '* ]]
	done < <(grep -E '^[0-9].*siantre-run' "$ROOT/cron.d/siantre-backup")
	[ "$(grep -cE '^[0-9*]' "$ROOT/cron.d/siantre-backup")" = "$(find "$ROOT/systemd" -name '*.timer' | wc -l)" ]
	# What siantre-status says of the next run comes from these lines.
	while read -r minute hour day months weekday _ command; do
		job=${command#*--wait }
		grep -qF "\"$minute $hour $day $months $weekday ${job%%;*}\"" "$ROOT/lib/set/schedule.c"
	done < <(grep -E '^[0-9].*siantre-run' "$ROOT/cron.d/siantre-backup")
}

@test "cron lines and timers look and tell alike" {
	local unit command
	for unit in check alert selftest; do
		command=$(sed -n 's/^ExecStart=\(.*\)/\1/p' "$ROOT/systemd/siantre-$unit.service" |
		    sed 's/ --queue//; s/--quiet/-q/')
		grep -qF " root if [ ! -d /run/systemd/system ] && [ -x /usr/bin/siantre-alert ]; then $command 2>&1 | logger -t siantre-alert; fi" \
		    "$ROOT/cron.d/siantre-backup"
	done
	grep -q '^17 \* \* \* \* root' "$ROOT/cron.d/siantre-backup"
	grep -qx 'OnCalendar=\*-\*-\* \*:17:00' "$ROOT/systemd/siantre-check.timer"
	grep -q '^\*/5 \* \* \* \* root' "$ROOT/cron.d/siantre-backup"
	grep -qx 'OnCalendar=\*-\*-\* \*:00/5:00' "$ROOT/systemd/siantre-alert.timer"
	grep -q '^0 9 1 \* \* root' "$ROOT/cron.d/siantre-backup"
	grep -qx 'OnCalendar=\*-\*-01 09:00:00' "$ROOT/systemd/siantre-selftest.timer"
}

@test "what sends mail has none of the options that keep sendmail from its set-id" {
	local unit
	# Those that systemd.exec(5) lists under NoNewPrivileges=, and the bounding set.
	for unit in alert alert@ selftest; do
		grep -q '^User=siantre-backup$' "$ROOT/systemd/siantre-$unit.service"
		lacks -E '^(NoNewPrivileges|DynamicUser|LockPersonality|MemoryDenyWriteExecute|PrivateDevices|ProtectClock|ProtectHostname|ProtectKernel[A-Za-z]*|RestrictAddressFamilies|RestrictNamespaces|RestrictRealtime|RestrictSUIDSGID|SystemCall[A-Za-z]*|CapabilityBoundingSet)=' \
		    "$ROOT/systemd/siantre-$unit.service"
	done
	# Every unit that makes or sends something says so when it fails, and what only looks is shut in.
	for unit in db files full ship drill verify check; do
		grep -qx 'OnFailure=siantre-alert@%n.service' "$ROOT/systemd/siantre-$unit.service"
		grep -qE '^OnSuccess=(siantre-ship.service )?siantre-alert.service$' "$ROOT/systemd/siantre-$unit.service"
	done
	grep -qx 'PrivateNetwork=yes' "$ROOT/systemd/siantre-check.service"
	grep -qx 'CapabilityBoundingSet=' "$ROOT/systemd/siantre-check.service"
}
