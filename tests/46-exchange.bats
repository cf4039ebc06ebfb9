#!/usr/bin/env bats
# siantre-restore db in place of a live database: what moves, what stays, and what is left of it
# where it is interrupted.
# shellcheck disable=SC2016 # backquotes are names of databases
load lib

# old and new: two states of one database, with everything that RENAME TABLE has trouble with.
old() {
	cat <<'SQL'
CREATE SEQUENCE numbers START WITH 1000 CYCLE;
CREATE TABLE parents (id int NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(40), KEY (name)) ENGINE=InnoDB;
CREATE TABLE children (id int PRIMARY KEY, parent int, sibling int,
    CONSTRAINT of_parent FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE CASCADE,
    CONSTRAINT of_sibling FOREIGN KEY (sibling) REFERENCES children (id));
CREATE TABLE tickets (id int NOT NULL DEFAULT nextval(numbers) PRIMARY KEY, x int CHECK (x > 0),
    y int GENERATED ALWAYS AS (x * 2) STORED);
CREATE TABLE history (id int PRIMARY KEY, x int) WITH SYSTEM VERSIONING;
CREATE TABLE texts (id int PRIMARY KEY, t text, FULLTEXT KEY (t));
CREATE TABLE plain (x int) ENGINE=MyISAM;
CREATE TABLE aria (x int) ENGINE=Aria;
CREATE TABLE parted (id int PRIMARY KEY, x int) PARTITION BY HASH (id) PARTITIONS 3;
CREATE TABLE `only old; ``` (x int);
INSERT INTO parents (name) VALUES ('a'),('b'),('c');
INSERT INTO children VALUES (1,1,NULL),(2,1,1),(3,3,2);
INSERT INTO tickets (x) VALUES (5),(6);
INSERT INTO history VALUES (1,1); UPDATE history SET x = 2;
INSERT INTO texts VALUES (1,'one word');
INSERT INTO plain VALUES (1); INSERT INTO aria VALUES (1); INSERT INTO parted VALUES (1,1),(2,2);
INSERT INTO `only old; ``` VALUES (1);
CREATE FUNCTION half(n int) RETURNS int DETERMINISTIC RETURN n DIV 2;
CREATE VIEW first_view AS SELECT half(id) AS h, name FROM parents;
CREATE VIEW second_view AS SELECT COUNT(h) AS n FROM first_view;
CREATE TRIGGER named BEFORE INSERT ON parents FOR EACH ROW SET NEW.name = CONCAT('old ', NEW.name);
CREATE EVENT yearly ON SCHEDULE EVERY 1 YEAR DO DELETE FROM plain;
DELIMITER //
CREATE PROCEDURE fill() BEGIN INSERT INTO plain VALUES (2); INSERT INTO aria VALUES (2); END //
DELIMITER ;
SQL
}

new() {
	old | sed "s/'old '/'new '/; s/only old/only new/; s/n DIV 2/n DIV 3/; /^CREATE EVENT/d;
	    s/^INSERT INTO parents.*/INSERT INTO parents (name) VALUES ('d');/
	    s/^INSERT INTO children.*/INSERT INTO children VALUES (7,1,NULL),(9,1,7);/"
	echo 'CREATE TABLE zz (x int); INSERT INTO zz VALUES (1); CREATE VIEW third_view AS SELECT * FROM zz;'
}

setup_file() {
	start_db
	new_db back other
	new | sql - back
	siantre-dump --defaults-file="$DB/root.cnf" back >"$DB/new.sql"
	new_db back
	old | sql - back
	siantre-dump --defaults-file="$DB/root.cnf" back >"$DB/old.sql"
	sql "CREATE TABLE other.kept (x int); INSERT INTO other.kept VALUES (7);
	    CREATE USER app@localhost; GRANT ALL ON back.* TO app@localhost;
	    GRANT SELECT ON mysql.proc TO app@localhost; CREATE USER clerk@localhost"
}

setup() {
	lib_setup
	printf 'STATE_DIR=%s\n' "$T/state" >"$T/siantre.conf"
	drop_like 'back%'
	restore "$DB/old.sql" >"$T/setup.log" 2>&1 || cat "$T/setup.log"
}

restore() {
	siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --into back "$@"
}

# is WHICH: the database is wholly old, or wholly new, and so is nothing beside it.
is() {
	siantre-dump --defaults-file="$DB/root.cnf" back >"$T/now.sql"
	cmp "$T/now.sql" "$DB/$1.sql" || { diff -a "$T/now.sql" "$DB/$1.sql" | head -n 20; false; }
	[ "$(sql 'SELECT * FROM other.kept')" = 7 ]
}

databases() {
	sql "SHOW DATABASES LIKE 'back%'" | sed 's/[0-9]/d/g' | xargs
}

@test "the new database takes the place of the old one, which stays beside it" {
	is old
	sql 'GRANT EXECUTE ON PROCEDURE back.fill TO clerk@localhost; GRANT SELECT ON back.plain TO clerk@localhost'
	expect_ok restore --yes "$DB/new.sql"
	is new
	[ "$(databases)" = 'back back_before_dddddddd_dddddd' ]
	kept=$(sql "SHOW DATABASES LIKE 'back_before%'")
	[ "$(sed -n 1p "$T/stdout")" = "$DB/new.sql into existing database \`back\`: $(grep -c "^-- siantre-table" "$DB/new.sql") tables, $(sed -n "s/.*siantre-end.*\"rows\":\([0-9]*\).*/\1/p" "$DB/new.sql") rows" ]
	[ "$(sed -n 2p "$T/stdout")" = "the old database is \`$kept\`; --drop-old drops it" ]
	[ "$(sed -n 3p "$T/stdout")" = "its views, routines, triggers and events: $T/state/restore/$kept.sql" ]
	# The old tables are whole, with their rows and keys among themselves.
	[ "$(sql 'SELECT COUNT(*) FROM parents; SELECT COUNT(*) FROM children; SELECT x FROM `only old; ```' "$kept")" = $'3\n3\n1' ]
	sql 'DELETE FROM parents WHERE id = 3' "$kept"
	[ "$(sql 'SELECT COUNT(*) FROM children' "$kept"; sql 'SELECT COUNT(*) FROM back.children')" = $'2\n2' ]
	# What was dropped can be had from the text: with it, the old database is the old one again.
	sql - "$kept" <"$T/state/restore/$kept.sql"
	[ "$(sql 'SELECT n FROM second_view' "$kept")" = 2 ]
	# The new ones work: sequence, trigger, view, routine, and who may call it.
	sql 'INSERT INTO back.tickets (x) VALUES (9)'
	[ "$(sql 'SELECT COUNT(*), MAX(y) FROM back.tickets')" = $'3\t18' ]
	sql "INSERT INTO back.parents (name) VALUES ('z')"
	[ "$(sql 'SELECT name FROM back.parents ORDER BY id DESC LIMIT 1')" = 'new z' ]
	[ "$(mariadb --defaults-file="$DB/root.cnf" -u clerk -BN -e 'CALL back.fill(); SELECT COUNT(*) FROM back.plain')" = 2 ]
	not compgen -G "$T/state/restore/*@*"
}

@test "what a pipe leaves of a dump of another tool takes no database's place" {
	: >"$T/nothing.sql"
	printf -- '-- remarks\n\n' | gzip >"$T/remarks.sql.gz"
	printf 'SET NAMES utf8mb4;\nSET time_zone = "+00:00";\n' >"$T/set.sql"
	expect_fail 65 "$T/nothing.sql: no statement in it" restore --yes --foreign "$T/nothing.sql"
	expect_fail 65 "$T/remarks.sql.gz: no statement in it" restore --yes --foreign "$T/remarks.sql.gz"
	expect_fail 65 "$T/set.sql: no table in it: it takes no database's place" restore --yes --foreign "$T/set.sql"
	said 'hint: to empty database `back`, drop it'
	is old
	[ "$(databases)" = back ]
	not compgen -G "$T/state/restore/*@*"
}

@test "--drop-old names what exchanges have kept, and drops it with --yes" {
	expect_ok restore --drop-old
	[ "$(cat "$T/stdout")" = 'no old database is kept of `back`' ]
	expect_ok restore --yes "$DB/new.sql"
	sleep 1.1
	expect_ok restore --yes "$DB/old.sql"
	is old
	sql 'CREATE DATABASE back_before; CREATE DATABASE back_before_20200101_12345x'
	expect_ok restore --drop-old
	[ "$(wc -l <"$T/stdout")" = 2 ]
	[ "$(sed 's/[0-9]/d/g' "$T/stdout" | uniq)" = 'would drop `back_before_dddddddd_dddddd`' ]
	said 'hint: --yes drops what is named'
	expect_ok restore --drop-old --yes -n
	[ "$(ls "$T/state/restore" | wc -l)" = 2 ]
	expect_ok restore --drop-old --yes
	[ "$(sed 's/[0-9]/d/g' "$T/stdout" | uniq)" = 'dropped `back_before_dddddddd_dddddd`' ]
	[ "$(sql "SHOW DATABASES LIKE 'back%'" | xargs)" = 'back back_before back_before_20200101_12345x' ]
	[ -z "$(ls "$T/state/restore")" ]
	is old
}

@test "what differs from the dump is not exchanged" {
	# The end mark promises other rows than the statements give.
	sed '/^-- siantre-table\|^-- siantre-end\|^-- siantre-note/d; s/^(1);$/(1.4);/' "$DB/new.sql" |
	    tests/endmark >"$T/d.sql"
	expect_fail 65 'table `back_new`.`aria`: its rows after loading are not those of the dump: their digests differ' \
	    restore --yes "$T/d.sql"
	said "hint: where the dump comes from another server's or siantre-dump's version, --compare rows compares their numbers"
	is old
	[ "$(databases)" = back ]
	expect_ok restore --yes --compare rows "$T/d.sql"
	is new
}

@test "what cannot be exchanged is known before anything is loaded" {
	sql 'CREATE TABLE other.refers (p int, CONSTRAINT outside FOREIGN KEY (p) REFERENCES back.parents (id))'
	expect_fail 73 'table `other`.`refers` refers to `back`.`parents`, which is to be exchanged' \
	    restore --yes "$DB/new.sql"
	said 'hint: drop that foreign key, and add it again afterwards'
	sql 'DROP TABLE other.refers'
	is old
	# An account that may not make the database beside it, or not see all of the old one.
	printf '[client]\nsocket=%s\nuser=app\n' "$DB/sock" >"$T/app.cnf"
	chmod 0600 "$T/app.cnf"
	sql 'GRANT SET USER ON *.* TO app@localhost'
	expect_fail 77 "create the database: Access denied for user 'app'@'localhost' to database 'back_new'" \
	    siantre-restore db -c "$T/siantre.conf" --defaults-file="$T/app.cnf" --into back --yes "$DB/new.sql"
	said "hint: GRANT ALL ON \`back\_new\`.* TO 'app'@'localhost';"
	is old
	[ -z "$(ls "$T/state/restore")" ] # nor is there a load to go on with
	long=$(printf 'x%.0s' {1..50})
	new_db "$long"
	sql "CREATE TABLE $long.t (x int)"
	expect_fail 73 "database \`$long\`: the name is too long to keep an old one beside it" \
	    siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --into "$long" --yes "$DB/new.sql"
	sql "DROP DATABASE $long"
}

@test "what the new views and routines need and do not find puts the old ones back" {
	sed '/^-- siantre-table\|^-- siantre-end\|^-- siantre-note/d' "$DB/new.sql" |
	    sed 's/^CREATE .*VIEW `third_view`.*/CREATE VIEW `third_view` AS SELECT no_such_column FROM `zz`;/' |
	    tests/endmark >"$T/d.sql"
	line=$(grep -n no_such_column "$T/d.sql" | cut -d : -f 1)
	expect_fail 65 "$T/d.sql:$line:1: Unknown column 'no_such_column' in 'SELECT' (1054)" restore --yes "$T/d.sql"
	said 'hint: database `back` is as it was'
	is old
	[ "$(databases)" = back ]
	[ -z "$(ls "$T/state/restore")" ]
}

@test "a transaction that holds a table is not waited for longer than it is good for the others" {
	mariadb --defaults-file="$DB/root.cnf" back -e 'BEGIN; SELECT * FROM parents; SELECT SLEEP(100)' >/dev/null &
	until_sql "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%' AND ID <> CONNECTION_ID()"
	holder=$(sql "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%' AND ID <> CONNECTION_ID()")
	expect_fail 75 'exchange the tables: Lock wait timeout exceeded' restore --yes "$DB/new.sql"
	# Not a step was taken, and what was loaded is there still.
	said 'hint: database `back_new` holds all of the dump: --resume'
	is old
	[ -z "$(compgen -G "$T/state/restore/back@*")" ]
	sql "KILL $holder"
	wait
	expect_ok restore --yes --resume "$DB/new.sql"
	is new
	[ "$(databases)" = 'back back_before_dddddddd_dddddd' ]
}

@test "two restores into one database: the second one ends 75" {
	sql "SELECT GET_LOCK(CONCAT('siantre-restore:', LEFT(SHA2('back', 256), 32)), 0), SLEEP(100)" >/dev/null &
	until_sql "SELECT 1 FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT GET_LOCK%' AND ID <> CONNECTION_ID()"
	holder=$(sql "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT GET_LOCK%' AND ID <> CONNECTION_ID()")
	expect_fail 75 'database `back`: another restore is at it' restore --yes "$DB/new.sql"
	sql "KILL $holder"
	wait || true
	is old
}

@test "killed at any moment, the next call leaves it wholly old or wholly new" {
	kills=${EXCHANGE_KILLS:-$((40 / STEP))}
	started=$(date +%s%N)
	expect_ok restore --yes "$DB/new.sql"
	took=$(($(date +%s%N) - started))
	state=new olds=0 news=0 settled=0
	for i in $(seq "$kills"); do
		other=$([ $state = new ] && echo old || echo new)
		siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --into back --yes \
		    "$DB/$other.sql" >/dev/null 2>&1 &
		pid=$!
		# Half of them anywhere, half of them where the exchange is, which is short.
		if [ $((i % 2)) = 0 ]; then
			sleep "$(awk -v t=$took -v r=$RANDOM 'BEGIN { printf "%.4f", t / 1e9 * r / 32768 }')"
		else
			until compgen -G "$T/state/restore/back@????????????" >/dev/null || ! kill -0 $pid 2>/dev/null; do
				sleep 0.002
			done
			sleep "$(awk -v r=$RANDOM 'BEGIN { printf "%.4f", 0.12 * r / 32768 }')"
		fi
		kill -9 $pid 2>/dev/null || true
		wait $pid || true
		expect_ok restore --settle
		! grep -q interrupted "$T/stderr" || settled=$((settled + 1))
		siantre-dump --defaults-file="$DB/root.cnf" back >"$T/now.sql"
		if cmp -s "$T/now.sql" "$DB/$other.sql"; then
			state=$other news=$((news + 1))
		else
			cmp "$T/now.sql" "$DB/$state.sql" || {
				echo "kill $i: neither old nor new"
				diff -a "$T/now.sql" "$DB/$state.sql" | head -n 20
				false
			}
			olds=$((olds + 1))
		fi
		[ -z "$(compgen -G "$T/state/restore/back@*")" ]
		sql 'DROP DATABASE IF EXISTS back_new'
		[ $((i % 10)) != 0 ] || expect_ok restore --drop-old --yes
	done
	echo "# $kills kills: $olds old, $news new, $settled settled" >&3
	[ $settled -gt $((kills / 10)) ]
}

@test "a dump that names the database itself does not touch it before its time" {
	siantre-dump --defaults-file="$DB/root.cnf" -B back >"$T/own.sql"
	mariadb-dump --defaults-file="$DB/root.cnf" -B --add-drop-database --routines --events \
	    --ignore-table=back.tickets --ignore-table=back.numbers back >"$T/foreign.sql"
	expect_ok restore --yes "$T/own.sql"
	is old
	sql 'INSERT INTO back.plain VALUES (3)'
	# What the server refuses behind all the tables: had they gone into the live one, it would show.
	sed 's/ VIEW `second_view`/ VIEW nonsense `second_view`/' "$T/own.sql" |
	    sed '/^-- siantre-table\|^-- siantre-end\|^-- siantre-note/d' | tests/endmark >"$T/bad.sql"
	expect_fail 65 'You have an error in your SQL syntax' restore --yes "$T/bad.sql"
	[ "$(sql 'SELECT SUM(x) FROM back.plain')" = 4 ]
	expect_ok restore --yes --foreign "$T/foreign.sql"
	[ "$(sql 'SELECT SUM(x) FROM back.plain; SELECT n FROM back.second_view; SELECT COUNT(*) FROM back.children')" = $'1\n3\n3' ]
	# A table by its whole name is the live one's: that is refused.
	echo 'CREATE TABLE `back`.`x` (a int);' >"$T/f.sql"
	expect_fail 65 "$T/f.sql:1:1: database \`back\` is named; only \`back_new\` may be touched" restore --yes --foreign "$T/f.sql"
}

@test "the application's units stop for its database, for the exchange alone" {
	export SYSTEMCTL=$T/units
	mkdir -p "$T/units" "$T/bin"
	ln -s "$ROOT/tests/systemctl" "$T/bin/systemctl"
	PATH=$T/bin:$PATH
	echo active >"$T/units/nginx.service"
	echo active >"$T/units/siantre-queue-worker.service"
	calls() { grep -v '^is-\|^list\|^show' "$T/units/calls" | xargs; }
	env_file "$T/.env" back
	printf 'STATE_DIR=%s\nDB_ENV_FILE=%s\n' "$T/state" "$T/.env" >"$T/siantre.conf"
	# While the first one stops, the new database is whole beside the old one.
	cat >"$T/units/stop-nginx.service" <<-E
		#!/bin/sh
		mariadb --defaults-file="$DB/root.cnf" -BN -e 'SELECT COUNT(*) FROM back_new.zz; SELECT COUNT(*) FROM back.parents' | xargs >"$T/then"
	E
	chmod +x "$T/units/stop-nginx.service"
	expect_ok siantre-restore db -c "$T/siantre.conf" --yes "$DB/new.sql"
	is new
	[ "$(cat "$T/then")" = '1 3' ]
	[ "$(calls)" = 'stop nginx.service stop siantre-queue-worker.service start siantre-queue-worker.service start nginx.service' ]
	# Not for another database, and not where they shall not.
	rm "$T/units/calls"
	expect_ok siantre-restore db -c "$T/siantre.conf" --yes --into back_other "$DB/new.sql"
	expect_ok siantre-restore db -c "$T/siantre.conf" --yes --into back_other "$DB/old.sql"
	expect_ok siantre-restore db -c "$T/siantre.conf" --yes --no-units "$DB/old.sql"
	is old
	[ ! -e "$T/units/calls" ] || [ -z "$(calls)" ]
	# A part goes where its dump says, and that may be the application's.
	siantre-dump --defaults-file="$DB/root.cnf" -B back >"$T/named.sql"
	rm -f "$T/units/calls"
	expect_ok siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --yes \
	    --table parents --table children "$T/named.sql"
	[ "$(calls)" = 'stop nginx.service stop siantre-queue-worker.service start siantre-queue-worker.service start nginx.service' ]
	rm "$T/units/calls"
	# A run that goes on is not loaded under, nor does one begin meanwhile: its set would hold half of it.
	exec 8>"$T/state/siantre.lock"
	flock -n 8
	expect_fail 75 'another run (process' siantre-restore db -c "$T/siantre.conf" --yes "$DB/new.sql"
	said 'hint: the same command again, once that run has ended'
	is old
	expect_ok siantre-restore db -c "$T/siantre.conf" -n --yes "$DB/new.sql"
	expect_ok siantre-restore db -c "$T/siantre.conf" --yes --into back_other "$DB/new.sql"
	exec 8>&-
	printf '#!/bin/sh\nflock -n "%s" true || echo held >>"%s"\n' "$T/state/siantre.lock" "$T/held" >"$T/units/stop-nginx.service"
	expect_ok siantre-restore db -c "$T/siantre.conf" --yes "$DB/old.sql"
	grep -qx held "$T/held"
	flock -n "$T/state/siantre.lock" true
	# One that does not stop: nothing is exchanged.
	printf '#!/bin/sh\nexit 1\n' >"$T/units/stop-nginx.service"
	expect_fail 1 'nginx.service: systemctl stop ended 1' siantre-restore db -c "$T/siantre.conf" --yes "$DB/new.sql"
	said 'hint: database `back_new` holds all of the dump: --resume'
	is old
	rm "$T/units/stop-nginx.service"
	expect_ok siantre-restore db -c "$T/siantre.conf" --yes --resume "$DB/new.sql"
	is new
}

@test "without a word, root is root, and others are the application" {
	sql "CREATE USER IF NOT EXISTS app2@localhost IDENTIFIED BY 'x'; GRANT ALL ON \`back\_%\`.* TO app2@localhost"
	env_file "$T/.env" back_two app2 x
	printf 'STATE_DIR=%s\nDB_ENV_FILE=%s\n' "$T/state" "$T/.env" >"$T/siantre.conf"
	echo 'CREATE TABLE t (u varchar(90) DEFAULT NULL); CREATE TABLE w (x int);' >"$T/f.sql"
	expect_ok siantre-restore db -c "$T/siantre.conf" --foreign "$T/f.sql"
	[ "$(cat "$T/stdout")" = "$T/f.sql into new database \`back_two\` (no end mark: rows were not counted)" ]
	# Root may do what the application may not.
	sql 'DROP DATABASE back_two; REVOKE ALL ON `back\_%`.* FROM app2@localhost'
	expect_ok siantre-restore db -c "$T/siantre.conf" --foreign "$T/f.sql"
	# The server at the socket is another one than that in a container, at an address of this machine.
	sed 's/^DB_SOCKET=.*/DB_HOST=127.0.0.1\nDB_PORT=1/' "$T/.env" >"$T/tcp.env"
	printf 'STATE_DIR=%s\nDB_ENV_FILE=%s\n' "$T/state" "$T/tcp.env" >"$T/tcp.conf"
	printf '[client]\nsocket=%s\n' "$DB/sock" >"$T/.my.cnf"
	HOME=$T expect_fail 69 "connect: Can't connect to server on '127.0.0.1'" \
	    siantre-restore db -c "$T/tcp.conf" --into back_three --foreign "$T/f.sql"
	sed -i 's/127.0.0.1/localhost/' "$T/tcp.env"
	HOME=$T expect_ok siantre-restore db -c "$T/tcp.conf" --into back_three --foreign "$T/f.sql"
	# Where root may not get in, the application's account is used, and what it lacks is named.
	sql 'DROP DATABASE back_two'
	chmod 0644 "$T/.env"
	sql "CREATE USER nobody_else@localhost; RENAME USER root@localhost TO boss@localhost"
	got=0
	expect_fail 77 "create the database: Access denied for user 'app2'@'localhost' to database 'back_two'" \
	    siantre-restore db -c "$T/siantre.conf" --foreign "$T/f.sql" || got=1
	said "hint: GRANT ALL ON \`back\_two\`.* TO 'app2'@'localhost';" || got=1
	mariadb --defaults-file="$DB/root.cnf" -u boss -e 'RENAME USER boss@localhost TO root@localhost; DROP USER nobody_else@localhost'
	[ $got = 0 ]
}

# part OF DATABASE: parents and children with their triggers, and everything but these.
part() {
	siantre-dump --defaults-file="$DB/root.cnf" "$1" parents children | grep -av '^-- siantre-end\|offsets'
}
rest() {
	siantre-dump --defaults-file="$DB/root.cnf" --ignore-table "$1.parents" --ignore-table "$1.children" "$1" |
	    grep -av '^-- siantre-end\|^-- siantre-note'
}

@test "single tables take the place of those that are there, and all else stays" {
	sql 'CREATE TABLE back.uses (p int, CONSTRAINT uses_parent FOREIGN KEY (p) REFERENCES back.parents (id))'
	expect_fail 73 'table `back`.`parents` is there already' restore --table parents --table children "$DB/new.sql"
	said 'hint: --into names another database; --yes exchanges it'
	# Who stays must not hold on to what goes.
	expect_fail 73 'table `back`.`uses` refers to `back`.`parents`, which is to be exchanged' \
	    restore --yes --table parents --table children "$DB/new.sql"
	said 'hint: name that table, too, or drop its foreign key and add it again afterwards'
	sql 'DROP TABLE back.uses'
	expect_fail 73 'table `back`.`children` refers to `back`.`parents`, which is to be exchanged' \
	    restore --yes --table parents "$DB/new.sql"
	is old
	new_db back_ref
	restore --into back_ref "$DB/new.sql" >/dev/null
	part back_ref | sed 's/"back_ref"/"back"/' >"$T/part"
	rest back >"$T/rest"
	expect_ok restore --yes --table parents --table children "$DB/new.sql"
	kept=$(sql "SHOW DATABASES LIKE 'back_before%'")
	[ "$(sed -n 1p "$T/stdout")" = "$DB/new.sql (part) into existing database \`back\`: 2 tables, 3 rows" ]
	[ "$(sed -n 2p "$T/stdout")" = "the old tables are in \`$kept\`; --drop-old drops it" ]
	[ "$(sed -n 3p "$T/stdout")" = "their triggers and foreign keys: $T/state/restore/$kept.sql" ]
	diff <(part back) "$T/part"
	diff <(rest back) "$T/rest"
	[ "$(sql "SHOW TABLES" "$kept" | xargs)" = 'children parents' ]
	[ "$(sql 'SELECT COUNT(*) FROM parents' "$kept")" = 3 ]
	sql - "$kept" <"$T/state/restore/$kept.sql"
	sql "INSERT INTO parents (name) VALUES ('x')" "$kept"
	[ "$(sql "SELECT COUNT(*) FROM parents WHERE name = 'old x'" "$kept")" = 1 ]
	[ -z "$(compgen -G "$T/state/restore/*@*")" ]
	# One of them alone: its key to the one that stays is the new one's, not the old one's.
	expect_ok restore --yes --table children "$DB/old.sql"
	[ "$(sql 'SELECT COUNT(*) FROM back.children')" = 3 ]
	[ "$(sql "SELECT CONCAT(CONSTRAINT_NAME, '>', UNIQUE_CONSTRAINT_SCHEMA, '.', REFERENCED_TABLE_NAME) FROM
	    information_schema.REFERENTIAL_CONSTRAINTS WHERE UNIQUE_CONSTRAINT_SCHEMA = 'back' ORDER BY 1" | xargs)" = \
	    'of_parent>back.parents of_sibling>back.children' ]
	# A view is no table.
	sql 'DROP TABLE back.children; CREATE VIEW back.children AS SELECT 1 AS x'
	expect_fail 73 '`back`.`children` is there, and is no table' restore --yes --table children "$DB/old.sql"
}

@test "killed at any moment, an exchange of single tables is wholly done or not at all" {
	part back >"$T/old"
	rest back >"$T/rest"
	new_db back_ref
	restore --into back_ref "$DB/new.sql" >/dev/null
	part back_ref | sed 's/"back_ref"/"back"/' >"$T/new"
	# Let alone it is done.
	expect_ok restore --yes --table parents --table children "$DB/new.sql"
	part back | diff - "$T/new"
	kills=${EXCHANGE_KILLS:-$((12 / STEP))} state=new settled=0
	for i in $(seq "$kills"); do
		other=$([ $state = new ] && echo old || echo new)
		siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" --into back --yes \
		    --table parents --table children "$DB/$other.sql" >/dev/null 2>&1 &
		pid=$!
		until compgen -G "$T/state/restore/back@*" >/dev/null || ! kill -0 $pid 2>/dev/null; do
			sleep 0.002
		done
		sleep "$(awk -v r=$RANDOM 'BEGIN { printf "%.4f", 0.12 * r / 32768 }')"
		kill -9 $pid 2>/dev/null || true
		wait $pid || true
		expect_ok restore --settle
		! grep -q interrupted "$T/stderr" || settled=$((settled + 1))
		part back >"$T/now"
		! cmp -s "$T/now" "$T/$other" || state=$other
		diff "$T/now" "$T/$state"
		diff <(rest back) "$T/rest"
		sql 'DROP DATABASE IF EXISTS back_new'
	done
	echo "# $kills kills, $settled settled" >&3
}

# stopped_after TABLE COMMAND...: COMMAND is killed once TABLE is in; what it had said is shown.
stopped_after() {
	local table=$1 pid
	shift
	"$@" >"$T/stopped" 2>&1 &
	pid=$!
	until grep -qsF "{\"table\":\"$table\"}" "$T"/state/restore/*.loading; do
		kill -0 $pid || { cat "$T/stopped"; return 1; }
	done
	kill -9 $pid
	wait $pid || true
}

@test "--resume goes on with what was loaded, table by table" {
	new_db back
	sql "CREATE TABLE a (id int PRIMARY KEY, s varchar(80), KEY (s));
	    CREATE TABLE b (id int PRIMARY KEY, s varchar(70), KEY (s));
	    CREATE TABLE c (id int PRIMARY KEY, s varchar(60), a int, KEY (s), FOREIGN KEY (a) REFERENCES a (id));
	    CREATE TABLE d (id int PRIMARY KEY); CREATE VIEW v AS SELECT * FROM a;
	    CREATE TRIGGER t BEFORE INSERT ON d FOR EACH ROW SET NEW.id = NEW.id + 1;
	    INSERT INTO a SELECT seq, SHA2(seq, 256) FROM seq_1_to_60000;
	    INSERT INTO b SELECT seq, SHA2(seq + 1, 256) FROM seq_1_to_50000;
	    INSERT INTO c SELECT seq, SHA1(seq), seq FROM seq_1_to_50000; INSERT INTO d VALUES (1)" back
	siantre-dump --defaults-file="$DB/root.cnf" back | gzip >"$T/abc.gz"
	run=(siantre-restore db -c "$T/siantre.conf" --defaults-file="$DB/root.cnf" -j 1 --bulk-from 1k --into back)
	loads="SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'Com_load'"
	digest() { siantre-dump --defaults-file="$DB/root.cnf" back | sha256sum; }
	right=$(digest)
	for way in instead fresh; do
		if [ $way = fresh ]; then sql 'DROP DATABASE back'; else sql 'INSERT INTO back.d VALUES (77)'; fi
		stopped_after a "${run[@]}" --yes "$T/abc.gz"
		if [ $way = instead ]; then
			expect_fail 73 'database `back_new` is in the way: the dump is loaded there first' "${run[@]}" --yes "$T/abc.gz"
			said 'hint: drop it if nothing in it is needed; --resume goes on with a load of this dump'
			# Not with another one.
			expect_fail 73 'database `back_new` is in the way' "${run[@]}" --yes --resume "$DB/old.sql"
		else
			expect_fail 73 'database `back` is not empty' "${run[@]}" "$T/abc.gz"
		fi
		# What the power tore takes no other line along.
		printf '{"table":"c' >>"$(compgen -G "$T/state/restore/*.loading")"
		stopped_after b "${run[@]}" --yes --resume "$T/abc.gz"
		before=$(sql "$loads")
		expect_ok "${run[@]}" --yes --resume "$T/abc.gz"
		[ $(($(sql "$loads") - before)) = 1 ]
		[ "$(digest)" = "$right" ]
		[ -z "$(sql "SHOW DATABASES LIKE 'back_new'")" ]
		[ -z "$(compgen -G "$T/state/restore/*@*")" ]
	done
	# What was loaded right there, and replaced since, is not gone on with.
	sql 'DROP DATABASE back'
	stopped_after a "${run[@]}" "$T/abc.gz"
	expect_ok "${run[@]}" --yes "$T/abc.gz"
	[ -z "$(compgen -G "$T/state/restore/back@*")" ]
	sql 'DROP TRIGGER back.t; INSERT INTO back.d VALUES (4711)'
	expect_ok "${run[@]}" --yes --resume "$T/abc.gz"
	[ "$(digest)" = "$right" ]
	kept=$(sql "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'back\\_before\\_%' ORDER BY 1 DESC LIMIT 1")
	[ "$(sql "SELECT COUNT(*) FROM \`$kept\`.d WHERE id = 4711")" = 1 ]
	for kept in $(sql "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'back\\_before\\_%'"); do
		sql "DROP DATABASE \`$kept\`"
	done
	# A dump that names the database itself.
	siantre-dump --defaults-file="$DB/root.cnf" -B back | gzip >"$T/named.gz"
	sql 'DROP DATABASE back'
	stopped_after a "${run[@]}" "$T/named.gz"
	expect_ok "${run[@]}" --yes --resume "$T/named.gz"
	[ "$(digest)" = "$right" ]
	# What lost its rows meanwhile is found by its digest.
	sql 'DROP DATABASE back'
	stopped_after a "${run[@]}" "$T/abc.gz"
	sql 'DELETE FROM a WHERE id = 7' back
	# What is not whole is dropped, which nothing does without a word.
	expect_fail 73 'database `back` is not empty' "${run[@]}" --resume "$T/abc.gz"
	[ "$(sql 'SELECT COUNT(*) FROM back.a')" = 59999 ]
	expect_fail 65 'table `back`.`a` has 59999 rows after loading, the dump has 60000' \
	    "${run[@]}" --yes --resume "$T/abc.gz"
	said 'hint: the next call with --resume goes on from here'
	# A database that somebody made anew since, and uses.
	sql 'DROP DATABASE back; CREATE DATABASE back'
	stopped_after a "${run[@]}" --yes "$T/abc.gz"
	sql 'DROP DATABASE back; CREATE DATABASE back; CREATE TABLE back.orders (id int PRIMARY KEY);
	    CREATE VIEW back.w AS SELECT 1; INSERT INTO back.orders VALUES (1)'
	expect_fail 73 'database `back` holds the table `orders`, which is not in the dump' \
	    "${run[@]}" --yes --resume "$T/abc.gz"
	said 'hint: drop the database if nothing in it is needed, or call without --resume'
	[ "$(sql 'SELECT COUNT(*) FROM back.orders JOIN back.w')" = 1 ]
	# A dump of other tools may not be cut anywhere.
	echo 'CREATE TABLE t (x int);' >"$T/f.sql"
	expect_fail 64 "$T/f.sql: only a dump of siantre-dump can be resumed" "${run[@]}" --resume --foreign "$T/f.sql"
}

@test "a disk without room is known before anything is loaded" {
	small_disk "$T/small" 400M
	"$ROOT/tests/mariadbd" start "$T/small" >/dev/null
	fallocate -l $((($(stat -f -c %a "$T/small") * $(stat -f -c %S "$T/small") >> 20) - 20))M "$T/small/filler"
	{
		echo 'CREATE TABLE t (id int PRIMARY KEY, s longtext);'
		for i in $(seq 30); do
			printf "INSERT INTO t VALUES (%d,'%s');\n" "$i" "$(head -c 1000000 /dev/zero | tr '\0' x)"
		done
	} >"$T/d.sql"
	small() {
		siantre-restore db -c "$T/siantre.conf" --defaults-file="$T/small/root.cnf" --foreign --into t "$@"
	}
	expect_fail 73 "$T/small/data/: the database may take 42.9 MiB, and " small "$T/d.sql"
	said 'hint: --no-space-check tries it all the same'
	rm "$T/small/filler"
	expect_ok small -q "$T/d.sql"
}
