#!/usr/bin/env bats
# What siantre-dump says of what its account may not see, against real accounts and roles.
# shellcheck disable=SC2016
load lib

setup_file() {
	start_db
	new_db shop
	sql - shop <<'SQL'
CREATE TABLE shirts (id int PRIMARY KEY, n int);
INSERT INTO shirts SELECT seq, seq FROM seq_1_to_50;
CREATE TABLE shoes LIKE shirts;
CREATE VIEW top AS SELECT id FROM shirts WHERE n > 40;
CREATE TRIGGER t BEFORE INSERT ON shirts FOR EACH ROW SET NEW.n = NEW.n + 1;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO DELETE FROM shirts;
CREATE SEQUENCE s;
CREATE DATABASE old;
CREATE TABLE old.m (id int PRIMARY KEY) ENGINE=MyISAM;
INSERT INTO old.m VALUES (1);
CREATE DATABASE routines;
CREATE TABLE routines.t (id int PRIMARY KEY);
CREATE PROCEDURE routines.p() SELECT 1;
SQL
}

setup() {
	lib_setup
	sql "CREATE OR REPLACE USER app@localhost"
}

dump() {
	siantre-dump -S "$DB/sock" -u app "$@"
}

# whole OPTIONS AND OPERANDS: the account's dump is that of root, but for what it says of itself.
whole() {
	expect_ok dump "$@"
	diff <(grep -v '^-- siantre-[ne]' "$T/stdout") \
	    <(siantre-dump --defaults-file="$DB/root.cnf" "$@" | grep -v '^-- siantre-[ne]')
}

# lacks RIGHTS [OBJECTS OPERANDS...]: the dump of shop ends 77 and names them and what is lost.
lacks() {
	local rights=$1 objects=$2
	shift 2
	[ $# -gt 0 ] || set -- shop
	expect_fail 77 "this account lacks $rights; $objects would be lost" dump "$@"
	[ ! -s "$T/stdout" ]
}

# mend: run the GRANTs of the hints.
mend() {
	sed -n 's/^hint: \(GRANT .*;\)$/\1/p' "$T/stderr" | tee "$T/mend"
	[ -s "$T/mend" ]
	sql - <"$T/mend"
}

@test "five rights are enough, and each of them that is missing is named and mended by the hint" {
	local all=(SELECT "SHOW VIEW" TRIGGER EVENT "LOCK TABLES")
	local objects=(tables views triggers events) i list
	sql "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON shop.* TO app@localhost"
	whole shop
	for i in 0 1 2 3; do
		sql "CREATE OR REPLACE USER app@localhost"
		list=$(printf ', %s' "${all[@]:0:i}" "${all[@]:i+1}")
		sql "GRANT ${list:2} ON shop.* TO app@localhost"
		lacks "${all[i]}" "${objects[i]}"
		grep -qxF "hint: GRANT ${all[i]} ON \`shop\`.* TO 'app'@'localhost';" "$T/stderr"
		mend
		whole shop
	done
	sql "CREATE OR REPLACE USER app@localhost; GRANT CREATE ON shop.* TO app@localhost"
	lacks "SELECT, SHOW VIEW, TRIGGER and EVENT" "tables, views, triggers and events"
	mend
	whole shop
	# What is seen for a routine's sake is no empty database.
	sql "GRANT EXECUTE ON PROCEDURE routines.p TO app@localhost"
	lacks "SELECT and EVENT" "tables and events" routines
}

@test "LOCK TABLES is missed by tables without transactions alone" {
	sql "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO app@localhost;
	    GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON old.* TO app@localhost"
	whole shop
	whole -j 4 shop
	lacks "LOCK TABLES" "rows of tables without transactions" old
	whole -d old
	lacks "LOCK TABLES" "rows of tables without transactions" old m
	mend
	whole old
}

@test "what is left out needs no right" {
	sql "GRANT SELECT, SHOW VIEW, EVENT ON shop.* TO app@localhost"
	lacks TRIGGER triggers
	whole --skip-triggers shop
	sql "GRANT TRIGGER ON shop.* TO app@localhost; REVOKE EVENT ON shop.* FROM app@localhost"
	whole --skip-events shop
	whole shop shirts top
	sql "REVOKE SHOW VIEW ON shop.* FROM app@localhost"
	whole --skip-events --skip-views shop
	sql "REVOKE TRIGGER ON shop.* FROM app@localhost"
	whole -t shop
	lacks TRIGGER triggers shop shirts
	whole shop s
}

@test "rights on single tables: enough where they are named, and a column is no table" {
	sql "GRANT SELECT, TRIGGER ON shop.shirts TO app@localhost; GRANT SELECT (id), TRIGGER ON shop.shoes TO app@localhost"
	lacks "SELECT and EVENT" "tables and events"
	whole shop shirts
	lacks SELECT tables shop shoes
	grep -qxF "hint: GRANT SELECT ON \`shop\`.\`shoes\` TO 'app'@'localhost';" "$T/stderr"
	mend
	whole shop shirts shoes
}

@test "rights that come from a role, from the role of a role, from PUBLIC" {
	sql "CREATE OR REPLACE ROLE inner_role; CREATE OR REPLACE ROLE outer_role; GRANT inner_role TO outer_role;
	    GRANT SELECT, SHOW VIEW ON shop.* TO inner_role; GRANT TRIGGER ON shop.* TO outer_role;
	    GRANT outer_role TO app@localhost"
	# Not active: it has none of them.
	expect_fail 77 "shop: Access denied for user 'app'@'localhost' to database 'shop'" dump shop
	grep -qxF "hint: GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON \`shop\`.* TO 'app'@'localhost';" "$T/stderr"
	sql "SET DEFAULT ROLE outer_role FOR app@localhost"
	lacks EVENT events
	whole --skip-events shop
	sql "GRANT EVENT ON shop.* TO PUBLIC"
	whole shop
	sql "REVOKE EVENT ON shop.* FROM PUBLIC"
	lacks EVENT events
	sql "DROP ROLE inner_role; DROP ROLE outer_role"
}

@test "patterns: the one that counts, and the GRANT that does not hide it" {
	sql 'CREATE OR REPLACE DATABASE my_shop; CREATE TABLE my_shop.t (id int); CREATE TRIGGER my_shop.g BEFORE INSERT ON my_shop.t FOR EACH ROW SET @x = 1'
	sql 'GRANT SELECT, INSERT, EVENT ON `my%`.* TO app@localhost'
	lacks TRIGGER triggers my_shop
	grep -qxF "hint: GRANT TRIGGER ON \`my%\`.* TO 'app'@'localhost';" "$T/stderr"
	mend
	whole my_shop
	sql "INSERT INTO t VALUES (1)" -u app my_shop # the application still may
	# The name itself hides the pattern, the server says.
	sql 'GRANT TRIGGER ON `my\_shop`.* TO app@localhost'
	lacks "SELECT and EVENT" "tables and events" my_shop
	mend
	whole my_shop
	# What is granted anew names this database alone.
	sql "CREATE OR REPLACE USER app@localhost"
	expect_fail 77 "my_shop: Access denied" dump my_shop
	mend
	grep -qF 'ON `my\_shop`.* TO' "$T/mend"
	whole my_shop
	sql "DROP DATABASE my_shop"
}

@test "names with quotes in account and database" {
	for _ in 1 2; do
		sql - <<'SQL'
CREATE OR REPLACE USER 'o''d `x'@localhost;
CREATE OR REPLACE DATABASE `a``b\'c%_`;
CREATE TABLE `a``b\'c%_`.t (id int);
SQL
		expect_fail 77 "Access denied" siantre-dump -S "$DB/sock" -u 'o'"'"'d `x' 'a`b\'"'"'c%_'
		mend
		expect_ok siantre-dump -S "$DB/sock" -u 'o'"'"'d `x' 'a`b\'"'"'c%_'
	done
	sql - <<'SQL'
DROP USER 'o''d `x'@localhost;
DROP DATABASE `a``b\'c%_`;
SQL
}

@test "routines: unseen ones are a warning in the end mark, hidden text is an error" {
	sql "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON routines.* TO app@localhost"
	expect_ok dump routines
	said="routines: routines of other accounts cannot be seen; if there are any, they are lost"
	grep -qxF "siantre-dump: $said" "$T/stderr"
	grep '^-- siantre-note' "$T/stdout" | grep -qF "$said"
	[ "$(grep -c PROCEDURE "$T/stdout")" = 0 ]
	expect_ok dump --skip-routines routines
	[ ! -s "$T/stderr" ]
	expect_ok dump routines t
	[ ! -s "$T/stderr" ]
	sql "GRANT EXECUTE ON routines.* TO app@localhost"
	expect_fail 77 'procedure `routines`.`p`: its text is hidden from this account' dump routines
	grep -qxF 'hint: GRANT SELECT ON `mysql`.`proc` TO '"'app'@'localhost';" "$T/stderr"
	sql "REVOKE EXECUTE ON routines.* FROM app@localhost"
	expect_ok dump routines
	mend
	whole routines
	[ ! -s "$T/stderr" ]
}

@test "all databases: not without the right to see them" {
	sql "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO app@localhost"
	lacks "SHOW DATABASES" databases -A
	sql "GRANT SHOW DATABASES ON *.* TO app@localhost"
	expect_fail 77 "old: Access denied" dump -A # it sees them, and nothing in them
	sql "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, LOCK TABLES ON *.* TO app@localhost"
	whole -A
}

@test "rights that the server takes from another account of the same name" {
	sql "CREATE OR REPLACE USER app@'%'; GRANT ALL ON shop.* TO app@'%'"
	whole shop
	grep -qF "shop: the rights of this account come from another one of the same name" "$T/stderr"
	sql "DROP USER app@'%'"
}

@test "--plan lists all that is missing, and ends well" {
	sql "GRANT SELECT ON shop.shirts TO app@localhost; GRANT SELECT, TRIGGER, EVENT ON old.* TO app@localhost;
	    GRANT INSERT ON shop.shoes TO app@localhost"
	expect_ok dump --plan -B shop old
	grep -qE '^table +InnoDB .* shop.shirts$' "$T/stdout"
	grep -qE '^table +InnoDB .* shop.shoes$' "$T/stdout"
	grep -qxF "missing: shop: this account lacks SELECT, TRIGGER and EVENT; tables, triggers and events would be lost" "$T/stdout"
	grep -qxF "hint: GRANT SELECT, TRIGGER, EVENT ON \`shop\`.* TO 'app'@'localhost';" "$T/stdout"
	grep -qxF "missing: old: this account lacks LOCK TABLES; rows of tables without transactions would be lost" "$T/stdout"
	grep -qxF "perhaps missing: old: routines of other accounts cannot be seen; if there are any, they are lost" "$T/stdout"
	expect_ok dump --plan --json -B shop old
	[ "$(jq -r '.missing[] | select(.fatal) | .grant' "$T/stdout" | paste -sd ';')" = \
	    "GRANT SELECT, TRIGGER, EVENT ON \`shop\`.* TO 'app'@'localhost';GRANT LOCK TABLES ON \`old\`.* TO 'app'@'localhost'" ]
	expect_ok siantre-dump --defaults-file="$DB/root.cnf" --plan shop
	[ "$(grep -c missing "$T/stdout")" = 0 ]
	expect_fail 77 "routines: Access denied" dump --plan routines
	grep -q "^hint: GRANT SELECT" "$T/stderr"
}

@test "a pattern of tables may mean one that is not seen" {
	sql "GRANT SELECT, TRIGGER ON shop.shirts TO app@localhost"
	whole shop shirts
	lacks SELECT tables shop 'sh*'
	sql "GRANT SELECT, TRIGGER ON shop.* TO app@localhost"
	whole shop 'sh*'
}
