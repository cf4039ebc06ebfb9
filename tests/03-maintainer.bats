#!/usr/bin/env bats
# What the Debian package's scripts do to a machine, on folders that stand for its own.
# shellcheck disable=SC2154,SC2016

load lib

setup() {
	lib_setup
	need_root
	unshare --mount true 2>/dev/null || skip "no mount namespace to be had"
	mkdir -p "$T/lib/siantre" "$T/log/siantre" "$T/etc" "$T/units/timers.target.wants" "$T/run" "$T/bin"
	chmod 0755 "$T" "$T"/*
	chown siantre-backup: "$T/lib/siantre" "$T/log/siantre"
	for script in postinst prerm postrm; do
		sed 's/^#DEBHELPER#$//' "$ROOT/debian/siantre-backup.$script" >"$T/$script"
	done
	printf '%s\n' '#!/bin/sh' "echo \"\$*\" >>$T/invoked" >"$T/bin/deb-systemd-invoke"
	chmod 0755 "$T/bin/deb-systemd-invoke"
	: >"$T/invoked"
}

# script NAME ARGUMENT...: as dpkg runs it, where /var/lib, /var/log, /etc/siantre and so on are ours.
script() {
	unshare --mount --propagation private sh -euc '
		mount --bind "$0/lib" /var/lib
		mount --bind "$0/log" /var/log
		mount --bind "$0/units" /etc/systemd/system
		[ ! -d /etc/siantre ] || mount --bind "$0/etc" /etc/siantre
		mount --bind "$0/run" /run
		PATH=$0/bin:$PATH
		cd /
		script=$1
		shift
		exec sh "$0/$script" "$@"' "$T" "$@" >"$T/said" 2>&1 || {
		cat "$T/said"
		return 1
	}
}

@test "further applications that are enabled are started again by an installation" {
	local wants=$T/units/timers.target.wants
	ln -s /lib/systemd/system/siantre@.target "$wants/siantre@shop.target"
	ln -s /lib/systemd/system/siantre@.target "$wants/siantre@toko-2.target"
	ln -s /lib/systemd/system/siantre-db@.timer "$wants/siantre-db@third.timer"
	# Without systemd there is nobody to ask.
	script prerm remove
	script postinst configure 0.1.0
	[ ! -s "$T/invoked" ]
	mkdir -p "$T/run/systemd/system"
	script prerm upgrade 0.2.0
	[ ! -s "$T/invoked" ]
	script prerm remove
	[ "$(cat "$T/invoked")" = "stop siantre@*.target siantre-*@*.timer" ]
	: >"$T/invoked"
	script postinst configure 0.1.0
	[ "$(paste -sd , "$T/invoked")" = "start siantre@shop.target,start siantre@toko-2.target,start siantre-db@third.timer" ]
	: >"$T/invoked"
	script postinst abort-remove
	[ "$(wc -l <"$T/invoked")" = 3 ]
	rm "$wants"/*
	: >"$T/invoked"
	script postinst configure 0.1.0
	[ ! -s "$T/invoked" ]
}

@test "an installation is not held up by a folder of backups that root cannot make" {
	local place
	: >"$T/file"
	ln -s /nonexistent/disk "$T/away"
	cp "$T/postinst" "$T/postinst.as-it-is"
	# A file system that takes nothing, the link to a disk that is not there, a file.
	for place in /proc/sys/backup "$T/away" "$T/file"; do
		rm -f "$T/lib/siantre/installed"
		sed "s| /backup| $place|g" "$T/postinst.as-it-is" >"$T/postinst"
		script postinst configure ''
		[ -e "$T/lib/siantre/installed" ]
		grep -qF "siantre-backup: $place/siantre could not be made" "$T/said"
		tail -n 1 "$T/said" | grep -q 'siantre-run check-config$'
	done
	# Where it can be made, there is no word of it.
	sed "s| /backup| /var/lib/backup|g" "$T/postinst.as-it-is" >"$T/postinst"
	script postinst configure ''
	[ "$(stat -c '%U %a' "$T/lib/backup" "$T/lib/backup/siantre" | paste -sd ' ')" = "root 755 siantre-backup 700" ]
	[ "$(wc -l <"$T/said")" = 1 ]
}

@test "needrestart leaves the units of jobs alone, those of further applications too" {
	local conf=$ROOT/debian/needrestart/siantre-backup.conf units=("$ROOT"/systemd/siantre-*.service)
	grep -qx 'debian/needrestart/siantre-backup.conf etc/needrestart/conf.d' "$ROOT/debian/siantre-backup.install"
	# As needrestart reads its conf.d, and asks for each service.
	perl -we 'use strict; our %nrconf = (blacklist_rc => [qr(^other)]); my $conf = shift;
		eval do { local (@ARGV, $/) = $conf; <> }; die $@ if $@;
		for my $rc (@ARGV) { print "$rc\n" unless grep { $rc =~ /$_/ } @{$nrconf{blacklist_rc}} }' "$conf" \
	    other.service mariadb.service "mysiantre-db.service" \
	    "${units[@]##*/}" siantre-db@shop.service siantre-flush@shop.service >"$T/restarted"
	[ "$(paste -sd ' ' "$T/restarted")" = "mariadb.service mysiantre-db.service" ]
}

@test "a purge leaves what is the only thing that opens a backup" {
	local state=$T/lib/siantre
	mkdir -p "$state/.config/rclone" "$state/.ssh" "$state/shop" "$state/alert/outbox"
	printf '%s\n' '[sealed]' 'type = crypt' >"$state/.config/rclone/rclone.conf"
	: >"$state/shop/siantre-backup.key"
	: >"$state/.ssh/id_ed25519"
	: >"$state/journal.jsonl"
	: >"$T/log/siantre/backup.log"
	script postrm purge
	[ "$(cd "$T" && find lib log -type f | sort | paste -sd ' ')" = \
	    "lib/siantre/.config/rclone/rclone.conf lib/siantre/shop/siantre-backup.key" ]
	[ "$(grep -c ' stays: .*what opens them' "$T/said")" = 2 ]
	[ ! -e "$T/log/siantre" ]
}

@test "a purge leaves what opens a backup under any other name" {
	local state=$T/lib/siantre
	printf '%s\n' '[sealed]' 'type = crypt' 'remote = far:x' 'password = zzz' >"$state/offsite.ini"
	printf '%s\n' '# Encrypted rclone configuration File' '' 'RCLONE_ENCRYPT_V0:' >"$state/offsite2.ini"
	printf 'age-encryption.org/v1\n-> scrypt x 18\n\001\002\n' >"$state/identity"
	printf '%s\n' '-----BEGIN AGE ENCRYPTED FILE-----' >"$state/identity.pem"
	echo AGE-PLUGIN-YUBIKEY-1EXAMPLE >"$state/token"
	echo 'type of crypt' >"$state/journal.jsonl"
	script postrm purge
	[ "$(cd "$state" && echo *)" = "identity identity.pem offsite.ini offsite2.ini token" ]
	[ "$(grep -c ' stays: .*what opens them' "$T/said")" = 5 ]
}

@test "a purge takes what a drill that was killed has left, of further applications too" {
	local folder
	for folder in siantre siantre/shop; do
		mkdir -p "$T/lib/$folder/scratch/siantre-drill/files"
		: >"$T/lib/$folder/scratch/siantre-drill/files/old.sql"
	done
	script postrm purge
	[ ! -e "$T/lib/siantre" ] && [ ! -s "$T/said" ]
}

@test "a purge follows no link that siantre-backup has laid" {
	local state=$T/lib/siantre
	mkdir "$T/lib/theirs"
	: >"$T/lib/theirs/file"
	ln -s /var/lib/theirs "$state/alert"
	ln -s /var/lib/theirs "$state/.hidden"
	ln -s /var/lib/theirs "$state/a b
c"
	ln -s /var/lib/theirs "$T/log/siantre/x.log"
	mkdir "$state/-rf" "$state/drills"
	ln -s ../../theirs "$state/drills/x"
	script postrm purge
	[ -e "$T/lib/theirs/file" ] && [ ! -e "$state" ] && [ ! -e "$T/log/siantre" ]
}
