# What the tests share: an application of Laravel's shape in a server of its own.
# shellcheck shell=bash

# A failure is of use only with a word to it.
trap 'echo "line $LINENO: $BASH_COMMAND: exit $?" >&2' ERR
set -E

src=$PWD
db=$AUTOPKGTEST_TMP/db
stop() {
	[ ! -d "$db" ] || "$src/tests/mariadbd" stop "$db"
}

# server: a private mariadbd; its root is whoever reads $db/root.cnf.
server() {
	chmod 0755 "$AUTOPKGTEST_TMP"
	trap stop EXIT
	"$src/tests/mariadbd" start "$db"
}
sql() {
	mariadb --defaults-file="$db/root.cnf" --batch --skip-column-names "$@"
}

# application DIR DATABASE: its tree, its database, its account.
application() {
	local password="p#ss \"word\" \$HOME \\ 'x'" quoted
	quoted=${password//\\/\\\\}
	sql <<-SQL
		CREATE DATABASE $2 CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
		CREATE USER $2@localhost IDENTIFIED BY '${quoted//\'/\\\'}';
		GRANT ALL ON $2.* TO $2@localhost;
		GRANT SELECT ON mysql.proc TO $2@localhost;
	SQL
	"$src/tests/fill" 5000 | sql "$2"
	mkdir -p "${1%/*}"
	"$src/tests/apptree" "$1" "DB_SOCKET=$db/sock" DB_HOST=127.0.0.1 "DB_DATABASE=$2" "DB_USERNAME=$2" \
	    "DB_PASSWORD=$password"
}

# default_application: the one that an untouched configuration saves, unless this machine has it.
default_application() {
	[ ! -e /var/www/siantre/.env ] || return 0
	server
	application /var/www/siantre siantre
}

# newest: the newest set of the default application.
newest() {
	find /backup/siantre -mindepth 1 -maxdepth 1 -name '2*' | sort | tail -n 1
}

# another SET SECONDS: wait until there is a newer one than SET.
another() {
	local left
	for ((left = $2 * 5; left > 0; left--)); do
		[ "$(newest)" = "$1" ] || return 0
		sleep 0.2
	done
	echo "no new set in $2 s" >&2
	return 1
}
