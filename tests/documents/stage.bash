# What must have happened before a command of the documents, for tests/documents/scene.
# shellcheck shell=bash disable=SC2154

# exempt COMMAND: the few that are not run here, and why.
exempt() {
	case $1 in
	'make demo'*) echo "it is a test by itself" ;;
	'make check'*) echo "this is a part of it" ;;
	'make deb '*) echo "make check-package builds and installs the package" ;;
	*) return 1 ;;
	esac
}

# expected COMMAND CODE: another exit code than 0 that the documents give for it.
expected() {
	case $1/$2 in
	*--salvage*/65) ;;         # siantre-pack(1): what is left of a damaged file is never whole
	*) return 1 ;;
	esac
}

# empty NAME: a database without tables.
empty() {
	mariadb -e "DROP DATABASE IF EXISTS $1; CREATE DATABASE $1 CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci"
}

# lose: application and database, as on a new server.
lose() {
	rm -rf /var/www/siantre /etc/nginx/sites-*/siantre /etc/cron.d/siantre /etc/systemd/system/siantre-queue-worker.service
	mariadb -e 'DROP DATABASE IF EXISTS siantre; DROP USER IF EXISTS siantre@localhost'
}

# sealed: the sets are encrypted ones.
sealed() {
	[ ! -e /run/sealed ] || return 0
	touch /run/sealed
	rm -r /backup/siantre/*
	cp -a /srv/sealed/* /backup/siantre
	cd "$PWD" || return # to what stands there now
}

# unsealed: they are not, again.
unsealed() {
	[ -e /run/sealed ] || return 0
	rm -r /run/sealed /backup/siantre/*
	cp -a /mnt/backup/siantre/* /backup/siantre
	cd "$PWD" || return
}

# gateway: one that answers, in place of that of Fonnte.
gateway() {
	[ ! -e /run/gateway ] || return 0
	echo 'URL=http://127.0.0.1:8099/' >/etc/siantre/gateways/fonnte.conf
	cat >/run/gateway <<-'E'
		import http.server
		class Answer(http.server.BaseHTTPRequestHandler):
		    def do_POST(self):
		        self.rfile.read(int(self.headers["Content-Length"]))
		        body = b'{"status":true,"detail":"sent"}'
		        self.send_response(200)
		        self.send_header("Content-Type", "application/json")
		        self.send_header("Content-Length", str(len(body)))
		        self.end_headers()
		        self.wfile.write(body)
		http.server.HTTPServer(("127.0.0.1", 8099), Answer).serve_forever()
	E
	python3 /run/gateway >/dev/null 2>&1 &
	listening 8099
}

# stage COMMAND: see to it that it makes sense.
stage() {
	case $1 in
	*--identity* | 'age '* | *.age* | 'cd '* | 'sha256sum '* | 'chmod '* | 'shred '* | 'mkdir -m 0700 /root/opened') ;;
	*) unsealed ;;
	esac
	case $1 in
	'sha256sum -c SHA256SUMS &&'*) ;; # drops it by itself
	*"mariadb -e 'CREATE DATABASE siantre"*) mariadb -e 'DROP DATABASE IF EXISTS siantre' ;;
	*"CREATE USER siantre@localhost"*) mariadb -e 'DROP USER IF EXISTS siantre@localhost' ;;
	*'| mariadb scratch') empty scratch ;;
	*'| mariadb siantre') empty siantre ;;
	'gunzip -c'*'mariadb --comments siantre') empty siantre ;;
	'age -d -i siantre-backup.key'*) cd /root && empty siantre ;;
	'age -d'*)
		[ -e /root/siantre-backup.key ] || install -m 0600 /srv/key /root/siantre-backup.key
		sealed
		[[ $1 != *mariadb* ]] || empty siantre
		;;
	'age-keygen -o'*) mkdir -p /root/new && cd /root/new || return ;;
	'chmod 0600 /root/siantre-backup.key') sealed ;;
	*'--identity siantre-backup.key'*) cd /root && sealed ;;
	'siantre-restore all --step server /mnt'*) lose ;;
	'siantre-restore all -n'*) ;;
	'siantre-restore all --step'*) ;;
	'siantre-restore all '*) lose ;;
	*'--into test_recovery --table'* | *'--into test_recovery') mariadb -e 'DROP DATABASE IF EXISTS test_recovery' ;;
	*'test_recovery --table users') mariadb -e 'DROP DATABASE IF EXISTS test_recovery' ;;
	'siantre-verify --level drill /srv/returned/'*)
		rm -r /srv/returned/*
		cp -a /mnt/backup/siantre/2* /srv/returned
		;;
	*'siantre_before_20261127'*restore/*)
		mariadb -BNe "SHOW DATABASES LIKE 'siantre\\_before\\_%'" | grep -q . || siantre-restore db --yes "/backup/siantre/${day}_020000"
		;;
	'ls -d /var/www/*_before_*') mkdir /var/www/siantre_before_20260101_000000 ;;
	*'git status'*)
		sudo -u www-data env HOME=/tmp git init -q /var/www/siantre
		;;
	*'siantre-alert ack 12'*)
		for job in {a..l}; do
			printf '{"time":"%s","host":"web1","job":"%s","event":"run","status":"fail","exit":69}\n' "$(date -u +%FT%TZ)" "$job"
		done | siantre-alert --queue
		;;
	*'siantre-alert test'*)
		gateway
		grep -q ^SMS= /etc/siantre/siantre.conf || echo SMS=fonnte >>/etc/siantre/siantre.conf
		grep -q ^CONTACT_PRIMARY /etc/siantre/siantre.conf ||
			echo 'CONTACT_PRIMARY="Siti <siti@dinas.example> 0812-3456-7890"' >>/etc/siantre/siantre.conf
		;;
	*'watch --hosts /etc/siantre/hosts'*) echo web1 >/etc/siantre/hosts ;;
	'rclone lsf'*)
		mkdir -p /root/.config/rclone "/srv/store/siantre/${day}_020000" /srv/store/siantre/20260101_020000
		printf '[store]\ntype = alias\nremote = /srv/store\n' >/root/.config/rclone/rclone.conf
		;;
	*'-o siantre_backup.sql.gz') rm -f siantre_backup.sql.gz ;;
	'mv /backup/siantre/.trash'*) install -d -o siantre-backup /backup/siantre/.trash/20261020_020000 ;;
	'find /var/www/siantre -type f -mtime'*) touch /var/www/siantre/artisan ;;
	*--salvage*)
		cp /backup/siantre/"${day}_020000"/db_backup.sql.gz siantre_backup.sql.gz
		printf 'damage' | dd of=siantre_backup.sql.gz bs=1 seek=20000 conv=notrunc
		;;
	'#!'*)
		mkdir -p /srv/letters && echo letter >/srv/letters/1
		! grep -q -- --age <<<"$1" || echo "ENCRYPT_TO=$(cat /root/recipient)" >>/etc/siantre/siantre.conf
		;;
	*'/etc/siantre/office.txt'*) cp /root/recipient /etc/siantre/office.txt ;;
	'APP_DIR=/srv/antrean'*)
		cp -a /var/www/siantre /srv/antrean
		mount -t tmpfs siantre-test /mnt/backup
		install -d -o siantre-backup -m 0700 /mnt/backup/antrean
		;;
	esac
}

# translate COMMAND: what is typed for it.
translate() {
	case $1 in
	'#!'*)
		printf '%s\n' "$1" >/etc/siantre/jobs/letters
		chmod 0755 /etc/siantre/jobs/letters
		printf 'siantre-run letters'
		;;
	*/dev/stdin*) printf '%s <<<token' "$1" ;;
	*' SET') printf '%s' "${1% SET} /srv/returned/${day}_020000" ;;
	[A-Z]*_[A-Z]*=* | KEEP=*)
		# shellcheck disable=SC2001
		sed "s|AAAAC3Nza\.\.\.|$(cut -d ' ' -f 2 /root/.ssh/id_ed25519.pub)|" <<<"$1" >/etc/siantre/siantre.conf
		printf 'siantre-run check-config'
		;;
	'-- '*) printf 'mariadb siantre <<<%q' "$1" ;;
	*) printf '%s' "$1" ;;
	esac
}
