#!/usr/bin/env bats
# siantre-dump beside statements that change tables, and beside those who wait for them.
# shellcheck disable=SC2016
load lib

setup_file() {
	start_db
	new_db ddl
	# a and z are small; t is read in many ranges, w in one long piece.
	sql "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1);
	    CREATE TABLE t (id int PRIMARY KEY, x varchar(200));
	    INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_400000;
	    CREATE TABLE w (k char(40) PRIMARY KEY, x varchar(200));
	    INSERT INTO w SELECT SHA1(seq), REPEAT(MD5(seq), 5) FROM seq_1_to_400000;
	    CREATE TABLE z (id int PRIMARY KEY, n int); INSERT INTO z VALUES (7, 1);
	    CREATE TABLE z2 LIKE z; INSERT INTO z2 VALUES (8, 2)" ddl
	sql "CREATE USER app@localhost IDENTIFIED BY 'x'; GRANT ALL ON ddl.* TO app@localhost"
}

teardown() {
	[ -z "${pid:-}" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null || true
	lib_teardown
}

# The connection that sleeps, with what it holds.
SLEEPS="SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'DO SLEEP%'"

# begin OPTIONS...: a dump of ddl that stands still because nobody takes what it writes.
begin() {
	mkfifo "$T/out"
	siantre-dump --defaults-file="$DB/root.cnf" "$@" >"$T/out" 2>"$T/err" 7>&- &
	pid=$!
	exec 7<"$T/out"
	head -c 1000 <&7 >"$T/all"
	sleep 1 # until the readers stand still too
}

# finish CODE: take the rest; the dump ends with CODE, and with an end mark only if that is 0.
finish() {
	local rc=0
	cat <&7 >>"$T/all"
	exec 7<&-
	wait "$pid" || rc=$?
	pid=
	[ "$rc" = "$1" ] || { echo "ended $rc, not $1"; cat "$T/err"; return 1; }
	[ "$(grep -ac '^-- siantre-end' "$T/all")" = "$([ "$1" = 0 ] && echo 1 || echo 0)" ]
}

# behind STATEMENT QUERY: run STATEMENT, and QUERY behind it; how long QUERY waited, in seconds.
behind() {
	local changer from
	sql "$1" ddl 7<&- &
	changer=$!
	sleep 0.3
	from=$SECONDS
	timeout 30 mariadb --defaults-file="$DB/root.cnf" ddl -e "$2" >/dev/null 7<&-
	waited=$((SECONDS - from))
	wait "$changer"
}

@test "who waits behind a TRUNCATE of a table still to come waits no longer than the lock's time" {
	new_db copy
	begin ddl
	behind "TRUNCATE z" "SELECT * FROM z"
	[ "$waited" -le 10 ] # about one second; the dump itself stands still until we read on
	finish 75
	grep -qF 'siantre-dump: table `ddl`.`z`: ' "$T/err"
	sql "INSERT INTO z VALUES (7, 1)" ddl
}

@test "the same for an ALTER of the table that is being read" {
	begin ddl
	behind "ALTER TABLE t ADD y int, ALGORITHM=INSTANT" "SELECT * FROM t LIMIT 1"
	[ "$waited" -le 10 ]
	finish 75
	# One line, of three: the definition is another, rows went with the old one, or a machine too
	# slow to read the range to its end had to cut it.
	[ "$(wc -l <"$T/err")" = 1 ]
	grep -qxE 'siantre-dump: table `ddl`.`t`: (its definition changed while the dump ran; try again|[0-9]+ rows read, but COUNT\(\*\) says [0-9]+: it changed while the dump ran; try again|a change of it waited for more than 2 s behind one long read; try again \(--ddl=block lets it wait\))' "$T/err"
	sql "ALTER TABLE t DROP y" ddl
}

@test "one long read is cut for it, and the dump says so" {
	begin ddl w
	behind "ALTER TABLE w ADD y int, ALGORITHM=INSTANT" "SELECT * FROM w LIMIT 1"
	[ "$waited" -le 12 ]
	finish 75
	[ "$(cat "$T/err")" = 'siantre-dump: table `ddl`.`w`: a change of it waited for more than 2 s behind one long read; try again (--ddl=block lets it wait)' ]
	sql "ALTER TABLE w DROP y" ddl
}

@test "a change of a table that is dumped already does no harm" {
	begin ddl
	timeout 20 mariadb --defaults-file="$DB/root.cnf" ddl -e "ALTER TABLE a ADD y int"
	finish 0
	sql "ALTER TABLE a DROP y" ddl
}

@test "who waits for somebody else costs the dump its locks, not its success" {
	new_db other
	sql "CREATE TABLE o (id int PRIMARY KEY); INSERT INTO o VALUES (1)" other
	dump ddl >"$T/before"
	sql "START TRANSACTION; SELECT * FROM o; DO SLEEP(4)" other 7<&- >/dev/null &
	local other=$!
	until_sql "$SLEEPS"
	begin ddl
	sql "ALTER TABLE o ADD y int" other 7<&- # waits more than a second
	# The dump holds nothing by now: z can be changed at once, and that is found.
	sql "SET lock_wait_timeout = 1; INSERT INTO z VALUES (9, 9); DELETE FROM z WHERE id = 9;
	    ALTER TABLE a COMMENT 'x'" ddl
	wait "$other"
	finish 0
	cmp "$T/before" "$T/all"
	sql "ALTER TABLE a COMMENT ''" ddl
}

@test "--ddl=block lets them wait" {
	begin --ddl=block ddl
	# Even for what is dumped.
	expect_fail 1 "Lock wait timeout" sql "SET lock_wait_timeout = 3; ALTER TABLE a ADD y int" ddl
	expect_fail 1 "Lock wait timeout" sql "SET lock_wait_timeout = 3; TRUNCATE z" ddl
	finish 0
	[ "$(sql "SELECT COUNT(*) FROM z" ddl)" = 1 ]
}

@test "--ddl=detect holds nothing, and finds what changed" {
	local change undo words
	dump --ddl=detect ddl >"$T/calm"
	dump ddl | cmp - "$T/calm"
	while IFS='|' read -r change undo words; do
		echo "$change"
		begin --ddl=detect ddl
		sql "SET lock_wait_timeout = 1; $change" ddl 7<&-
		finish 75
		grep -qF "siantre-dump: table \`ddl\`.\`$words" "$T/err"
		rm "$T/out"
		sql "$undo" ddl
	done <<'CHANGES'
ALTER TABLE z ADD y int, ALGORITHM=INSTANT|ALTER TABLE z DROP y|z`: its definition changed while the dump ran
ALTER TABLE z DROP n, ALGORITHM=INSTANT|ALTER TABLE z ADD n int; UPDATE z SET n = 1|z`:
RENAME TABLE z TO y, z2 TO z, y TO z2|RENAME TABLE z TO y, z2 TO z, y TO z2|z`: its definition changed while the dump ran
TRUNCATE z|INSERT INTO z VALUES (7, 1)|z`:
DROP TABLE z|CREATE TABLE z LIKE z2; INSERT INTO z VALUES (7, 1)|z`:
ALTER TABLE z FORCE|DO 0|z`:
CHANGES
}

@test "a table that stays locked: 75, after some attempts" {
	sql "LOCK TABLES z WRITE; DO SLEEP(60)" ddl >/dev/null 2>&1 &
	local locker=$!
	until_sql "$SLEEPS"
	expect_fail 75 "siantre-dump: snapshot: another statement locks a table, in all of 10 attempts; try again" dump ddl
	sql "KILL $(sql "$SLEEPS")"
	wait "$locker" || true
}

@test "a table that is locked for a moment is waited for" {
	sql "LOCK TABLES z WRITE; DO SLEEP(4)" ddl >/dev/null &
	until_sql "$SLEEPS"
	dump ddl >/dev/null
	wait
}

@test "a table without transactions that others write just then is waited for" {
	sql "CREATE TABLE m (id int) ENGINE=MyISAM; INSERT INTO m VALUES (1)" ddl
	sql "SELECT GET_LOCK('m', 0); INSERT INTO m SELECT SLEEP(5)" ddl >/dev/null &
	local writer=$!
	until_sql "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'INSERT INTO m SELECT SLEEP%'"
	dump ddl m >"$T/all"
	grep -qx '(0);' "$T/all" # what was written meanwhile
	wait "$writer"
	sql "DROP TABLE m" ddl
}

@test "the usual account reads in parallel, with or without the right to lock" {
	env_file "$T/.env" ddl app x
	dump -j 1 ddl >"$T/one"
	local right
	for right in "LOCK TABLES ON ddl.*" "SELECT ON ddl.*"; do # what is there anyway: nothing goes
		mkfifo "$T/fifo"
		siantre-dump --env-file "$T/.env" -j 4 >"$T/fifo" 2>"$T/err" 7>&- &
		pid=$!
		exec 7<"$T/fifo"
		head -c 1000 <&7 >"$T/all"
		sleep 0.5
		sql "SELECT COUNT(*) FROM information_schema.PROCESSLIST WHERE USER = 'app'" >"$T/connections"
		finish 0
		cmp "$T/one" "$T/all"
		# Readers, the hold, the definitions.
		[ "$(cat "$T/connections")" = "$([ "$right" = "SELECT ON ddl.*" ] && echo 3 || echo 6)" ]
		rm "$T/fifo"
		[ "$right" = "SELECT ON ddl.*" ] || sql "REVOKE $right FROM app@localhost"
	done
	sql "GRANT ALL ON ddl.* TO app@localhost"
}

@test "a killed hold is a lost server: its locks were not there" {
	begin --ddl=block ddl
	sql "KILL $(sql "SELECT MIN(ID) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Sleep' AND ID <> CONNECTION_ID()
	    AND ID > (SELECT MIN(ID) FROM information_schema.PROCESSLIST WHERE COMMAND = 'Sleep')")"
	finish 69
	grep -qF "siantre-dump: metadata locks: " "$T/err"
}

@test "--ddl takes three words" {
	expect_fail 64 '--ddl: "maybe" is none of release, block and detect' dump --ddl=maybe ddl
}
