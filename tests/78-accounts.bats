#!/usr/bin/env bats
# siantre-dump --users: accounts and roles of one server on another one.
# shellcheck disable=SC2016
load lib

setup_file() {
	start_db
	fill_small siantre 60
	new_db other
	# Accounts of host names, which this server does not use, are in the way of a silent dump.
	sql "DELETE FROM mysql.global_priv WHERE Host NOT IN ('localhost', '') AND User = 'root'; FLUSH PRIVILEGES"
	sql - <<'SQL'
CREATE TABLE other.t (id int, x int);
CREATE USER app@localhost IDENTIFIED BY 'r1ght';
CREATE USER 'we`ird''x -- y'@'10.0.0.%' IDENTIFIED BY 'z;--' REQUIRE SSL WITH MAX_QUERIES_PER_HOUR 5 ACCOUNT LOCK PASSWORD EXPIRE INTERVAL 30 DAY;
CREATE USER twice@'%' IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('y');
CREATE USER ''@localhost;
CREATE ROLE clerk; CREATE ROLE `head``clerk`;
GRANT SELECT, INSERT ON siantre.* TO clerk;
GRANT clerk TO `head``clerk`; GRANT DELETE ON siantre.* TO `head``clerk`;
GRANT `head``clerk` TO app@localhost WITH ADMIN OPTION; SET DEFAULT ROLE `head``clerk` FOR app@localhost;
GRANT ALL ON `siantre\_%`.* TO app@localhost WITH GRANT OPTION;
GRANT PROCESS ON *.* TO twice@'%' WITH GRANT OPTION;
GRANT SELECT (id, name), UPDATE ON siantre.users TO app@localhost;
GRANT EXECUTE ON PROCEDURE siantre.call_next TO app@localhost;
GRANT SELECT ON mysql.proc TO app@localhost;
GRANT SELECT ON other.t TO clerk;
GRANT SELECT ON other.* TO PUBLIC;
GRANT PROXY ON twice@'%' TO app@localhost;
FLUSH PRIVILEGES;
SQL
}

# two: a second server, which has root alone.
two() {
	"$ROOT/tests/mariadbd" start "$T/two"
	sql2 "DELETE FROM mysql.global_priv WHERE Host NOT IN ('localhost', '') AND User = 'root'; FLUSH PRIVILEGES"
}

sql2() {
	DB=$T/two sql "$@"
}

@test "accounts and roles of one server, with the databases, are those of the other" {
	dump -B siantre other --users >"$T/all.sql" 2>"$T/err"
	[ ! -s "$T/err" ] || { cat "$T/err"; false; }
	two
	sql2 - <"$T/all.sql"
	sql2 "FLUSH PRIVILEGES"
	siantre-dump --defaults-file="$T/two/root.cnf" -B siantre other --users | cmp - "$T/all.sql"
	# The rights work, the password too, and the role is the default.
	printf '[client]\nsocket=%s\nuser=app\npassword=r1ght\n' "$T/two/sock" >"$T/app.cnf"
	chmod 0600 "$T/app.cnf"
	[ "$(mariadb --defaults-file="$T/app.cnf" -NB -e 'SELECT CURRENT_ROLE(), COUNT(*) FROM siantre.queues')" = $'head`clerk\t60' ]
	expect_fail 1 'denied' mariadb --defaults-file="$T/app.cnf" -e 'UPDATE siantre.queues SET number = 1'
	# Accounts stand before what they define, and rights on tables behind these.
	awk '/^CREATE USER/ { u = NR } /^CREATE ROLE/ && !r { r = NR } /^CREATE TABLE/ && !t { t = NR } /^GRANT SELECT \(`id`/ { g = NR } /^CREATE .*EVENT/ { e = NR } /^SET DEFAULT ROLE/ { d = NR }
	    END { exit !(u && u < r && r < t && e < g && g < d) }' "$T/all.sql"
	# Again: nothing changes, and nothing is lost.
	sql2 "SET PASSWORD FOR app@localhost = PASSWORD('n3w')"
	sql2 - <"$T/all.sql"
	sed -i 's/r1ght/n3w/' "$T/app.cnf"
	mariadb --defaults-file="$T/app.cnf" -e 'SELECT 1' >/dev/null
	[ "$(grep -c '^DROP USER\|^DROP ROLE' "$T/all.sql")" = 0 ]
}

@test "alone, without a database" {
	dump --users >"$T/users.sql" 2>"$T/err"
	[ ! -s "$T/err" ] || { cat "$T/err"; false; }
	[ "$(grep -c '^CREATE USER IF NOT EXISTS' "$T/users.sql")" = 5 ]
	[ "$(grep -c 'mariadb.sys' "$T/users.sql")" = 0 ]
	[ "$(grep -c '^CREATE DATABASE\|^USE\|^CREATE TABLE' "$T/users.sql")" = 0 ]
	expect_ok siantre-verify "$T/users.sql"
	# No password, TLS or limit stands in a GRANT, which would change an account that is there.
	[ "$(grep '^GRANT' "$T/users.sql" | grep -c 'IDENTIFIED\|REQUIRE\|MAX_')" = 0 ]
	dump --users | cmp - "$T/users.sql"
	# Rights on tables need these: what comes before them is done where they are missing.
	two
	expect_fail 1 'call_next does not exist' sql2 - <"$T/users.sql"
	[ "$(sql2 "SHOW GRANTS FOR 'twice'" | head -n 1)" = "$(sql "SHOW GRANTS FOR 'twice'" | head -n 1)" ]
	# Names of accounts come with every byte.
	[ "$(sql2 "SHOW CREATE USER 'we\`ird''x -- y'@'10.0.0.%'")" = "$(sql "SHOW CREATE USER 'we\`ird''x -- y'@'10.0.0.%'")" ]
}

@test "rights on tables of databases that are not dumped are left out, and that is said" {
	expect_ok dump --users siantre
	grep -qxF 'siantre-dump: account `clerk`: a right on a table or routine of another database is left out' "$T/stderr"
	grep -qF '{"warnings":["account `clerk`: a right on a table or routine of another database is left out"]}' "$T/stdout"
	[ "$(grep -c '`other`.`t`' "$T/stdout")" = 0 ]
	grep -qxF 'GRANT SELECT ON `other`.* TO PUBLIC;' "$T/stdout"
	grep -qxF 'GRANT SELECT ON `mysql`.`proc` TO `app`@`localhost`;' "$T/stdout"
	[ "$(wc -l <"$T/stderr")" = 1 ]
}

@test "an account that the server does not use is left out with a warning" {
	sql "CREATE USER far@'far.example'; FLUSH PRIVILEGES"
	expect_ok dump --users
	grep -qxF 'siantre-dump: account `far`@`far.example`: left out: the server does not use it' "$T/stderr"
	grep -qF '"account `far`@`far.example`: left out: the server does not use it"' "$T/stdout"
	sql "DELETE FROM mysql.global_priv WHERE User = 'far'; FLUSH PRIVILEGES"
}

@test "siantre-restore takes no accounts; an ordinary account does not see them" {
	dump --users siantre >"$T/a.sql" 2>/dev/null
	expect_fail 65 'CREATE USER does not belong into a dump' \
	    siantre-restore db --defaults-file="$DB/root.cnf" --into back "$T/a.sql"
	[ -z "$(sql "SHOW DATABASES LIKE 'back'")" ]
	printf '[client]\nsocket=%s\nuser=app\npassword=r1ght\n' "$DB/sock" >"$T/app.cnf"
	chmod 0600 "$T/app.cnf"
	expect_fail 77 "denied" siantre-dump --defaults-file="$T/app.cnf" --users
	grep -qxF 'hint: GRANT SELECT ON `mysql`.* TO '\''app'\''@'\''localhost'\'';' "$T/stderr"
	[ "$(grep -c '^-- siantre-end' "$T/stdout")" = 0 ]
}
