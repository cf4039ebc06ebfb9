#!/usr/bin/env bats
# Dumps while money moves between rows of different tables, and while tables, views and routines
# are changed under them.  A dump may give up (75: try again), but not always, and each that ends
# 0 restores through the plain client to a state in which nothing is lost, doubled or swapped.
#   STRESS_S=30    seconds a server
# shellcheck disable=SC2016,SC2154
load lib

ROWS=6000 # of acc_int: enough to be read in ranges
FEW=1000  # of the others

teardown() {
	[ -z "${DB:-}" ] || finish || true
	stop_db
	lib_teardown
}

# Tables whose rows say where they belong (home) and who they are (me), and what moves money
# between them.  Of the tables that are renamed into each other the columns tell which is which.
prepare() {
	sql - <<SQL
CREATE DATABASE stress; CREATE DATABASE copy; CREATE DATABASE work;
USE stress;
CREATE TABLE acc_int (id int PRIMARY KEY, money int NOT NULL, home varchar(9) NOT NULL, me int unsigned NOT NULL, pad varchar(900) NOT NULL);
INSERT INTO acc_int SELECT seq, 1000, 'acc_int', CRC32(seq), REPEAT('x', 900) FROM seq_1_to_$ROWS;
CREATE TABLE acc_str (id varchar(12) PRIMARY KEY, money int NOT NULL, home varchar(9) NOT NULL, me int unsigned NOT NULL);
INSERT INTO acc_str SELECT CONCAT('k', seq), 1000, 'acc_str', CRC32(CONCAT('k', seq)) FROM seq_1_to_$FEW;
CREATE TABLE acc_pair (shop int, code char(8), money int NOT NULL, home varchar(9) NOT NULL, me int unsigned NOT NULL, PRIMARY KEY (shop, code));
INSERT INTO acc_pair SELECT seq % 50, CONCAT('c', seq), 1000, 'acc_pair', CRC32(CONCAT('c', seq)) FROM seq_1_to_$FEW;
CREATE TABLE swap_a (id int PRIMARY KEY, money int NOT NULL, home varchar(9) NOT NULL, a_only int NOT NULL);
INSERT INTO swap_a SELECT seq, 1000, 'a', 1 FROM seq_1_to_$FEW;
CREATE TABLE swap_b (b_only int NOT NULL, home varchar(9) NOT NULL, id int PRIMARY KEY, money int NOT NULL);
INSERT INTO swap_b SELECT 2, 'b', seq, 1000 FROM seq_1_to_$FEW;
CREATE TABLE side (id int PRIMARY KEY); INSERT INTO side SELECT seq FROM seq_1_to_100;
CREATE TABLE zside (id int); INSERT INTO zside SELECT seq FROM seq_1_to_100;
CREATE VIEW rich AS SELECT id, money, 1 AS version FROM acc_int;

CREATE TABLE work.flag (stop int); INSERT INTO work.flag VALUES (0);
CREATE TABLE work.done (what varchar(20), n int);
DELIMITER //
CREATE PROCEDURE work.move()
BEGIN
  DECLARE moves, failed, k, m, giver, changed INT DEFAULT 0;
  SET SESSION lock_wait_timeout = 2, innodb_lock_wait_timeout = 2;
  WHILE (SELECT stop FROM work.flag) = 0 DO
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN ROLLBACK; SET failed = failed + 1; END;
      START TRANSACTION;
      -- One gives, the others get: a commit that only some readers see is seen in the sum.
      SET giver = FLOOR(RAND() * 5), changed = 0;
      FOR place IN 0..4 DO
        SET k = 1 + FLOOR(RAND() * IF(place = 0, $ROWS, $FEW)), m = IF(place = giver, -4, 1);
        CASE place
          WHEN 0 THEN UPDATE stress.acc_int SET money = money + m WHERE id = k;
          WHEN 1 THEN UPDATE stress.acc_str SET money = money + m WHERE id = CONCAT('k', k);
          WHEN 2 THEN UPDATE stress.acc_pair SET money = money + m WHERE shop = k % 50 AND code = CONCAT('c', k);
          WHEN 3 THEN UPDATE stress.swap_a SET money = money + m WHERE id = k;
          ELSE UPDATE stress.swap_b SET money = money + m WHERE id = k;
        END CASE;
        SET changed = changed + ROW_COUNT();
      END FOR;
      IF changed = 5 THEN COMMIT; SET moves = moves + 1; ELSE ROLLBACK; END IF;
    END;
    -- Bursts, so that there are commits between any two steps of a dump.
    IF moves % 200 = 0 THEN DO SLEEP(0.1); END IF;
  END WHILE;
  INSERT INTO work.done VALUES ('moves', moves), ('failed moves', failed);
END//
CREATE PROCEDURE work.change(pace double)
BEGIN
  DECLARE changes, failed, kind INT DEFAULT 0;
  SET SESSION lock_wait_timeout = 2;
  WHILE (SELECT stop FROM work.flag) = 0 DO
    BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION SET failed = failed + 1;
      CASE kind % 11
        WHEN 0 THEN ALTER TABLE stress.acc_int ADD COLUMN IF NOT EXISTS extra int NOT NULL DEFAULT 7, ALGORITHM = INSTANT;
        WHEN 1 THEN RENAME TABLE stress.swap_a TO stress.swap_x, stress.swap_b TO stress.swap_a, stress.swap_x TO stress.swap_b;
        WHEN 2 THEN ALTER TABLE stress.acc_pair ADD COLUMN IF NOT EXISTS extra int NOT NULL DEFAULT 7 FIRST, ALGORITHM = INSTANT;
        WHEN 3 THEN TRUNCATE stress.side; INSERT INTO stress.side SELECT seq FROM seq_1_to_100;
        WHEN 4 THEN ALTER TABLE stress.acc_int DROP COLUMN IF EXISTS extra, ALGORITHM = INSTANT;
        WHEN 5 THEN ALTER TABLE stress.acc_str ADD COLUMN IF NOT EXISTS extra int NOT NULL DEFAULT 7 AFTER id, ALGORITHM = COPY;
        WHEN 6 THEN RENAME TABLE stress.swap_b TO stress.swap_x, stress.swap_a TO stress.swap_b, stress.swap_x TO stress.swap_a;
        WHEN 7 THEN ALTER TABLE stress.acc_str DROP COLUMN IF EXISTS extra, ALGORITHM = COPY;
        WHEN 8 THEN ALTER TABLE stress.acc_pair DROP COLUMN IF EXISTS extra, ALGORITHM = INSTANT;
        WHEN 9 THEN ALTER TABLE stress.acc_int FORCE;
        ELSE DROP TABLE stress.zside; CREATE TABLE stress.zside (id int); INSERT INTO stress.zside SELECT seq FROM seq_1_to_100;
      END CASE;
      SET changes = changes + 1;
    END;
    SET kind = kind + 1;
    DO SLEEP(pace * (0.2 + RAND() * 0.6));
  END WHILE;
  INSERT INTO work.done VALUES ('changes', changes), ('failed changes', failed);
END//
DELIMITER ;
SQL
}

# Views and routines, which no snapshot holds still, by the account that dumps: during one dump
# in four, however long that takes.
redefine() {
	local n=0 seen=0
	while [ ! -e "$T/stop" ]; do
		n=$(cat "$T/number")
		if [ -n "$n" ] && [ "$n" != "$seen" ] && [ $((n % 4)) = 0 ]; then
			sleep "0.$((RANDOM % 4))"
			mariadb --defaults-file="$1" stress -e "$([ $((n % 8)) = 0 ] &&
			    echo "CREATE OR REPLACE VIEW rich AS SELECT id, money, $n AS version FROM acc_int" ||
			    echo "CREATE OR REPLACE PROCEDURE said() SELECT $n")"
		fi
		seen=$n
		sleep 0.05
	done
}

# finish: what runs beside the dumps ends.
finish() {
	touch "$T/stop"
	sql "UPDATE work.flag SET stop = 1"
	wait
}

# holds: print what is wrong with the database copy; nothing is.
holds() {
	local total=$(((ROWS + 4 * FEW) * 1000)) table column other
	{
		cat <<SQL
SELECT 'the sum is', s FROM (SELECT (SELECT SUM(money) FROM acc_int) + (SELECT SUM(money) FROM acc_str)
  + (SELECT SUM(money) FROM acc_pair) + (SELECT SUM(money) FROM swap_a) + (SELECT SUM(money) FROM swap_b) AS s) x
  WHERE NOT s <=> $total;
SELECT 'rows of acc_int', COUNT(*) FROM acc_int HAVING COUNT(*) <> $ROWS;
SELECT 'rows of side', COUNT(*) FROM side HAVING COUNT(*) NOT IN (0, 100);
SELECT 'strange in acc_int', id FROM acc_int WHERE home <> 'acc_int' OR me <> CRC32(id) OR pad <> REPEAT('x', 900) LIMIT 1;
SELECT 'strange in acc_str', id FROM acc_str WHERE home <> 'acc_str' OR me <> CRC32(id) LIMIT 1;
SELECT 'strange in acc_pair', code FROM acc_pair WHERE home <> 'acc_pair' OR me <> CRC32(code) LIMIT 1;
SELECT 'the view misses', COUNT(*) FROM rich HAVING COUNT(*) <> $ROWS;
SQL
		# It may have been between DROP and CREATE.
		[ -z "$(sql "SHOW TABLES LIKE 'zside'" copy)" ] ||
			echo "SELECT 'rows of zside', COUNT(*) FROM zside HAVING COUNT(*) NOT IN (0, 100);"
		for table in acc_str acc_pair swap_a swap_b; do
			echo "SELECT 'rows of $table', COUNT(*) FROM $table HAVING COUNT(*) <> $FEW;"
		done
		for table in $(sql "SELECT TABLE_NAME FROM information_schema.COLUMNS
		    WHERE TABLE_SCHEMA = 'copy' AND COLUMN_NAME = 'extra'"); do
			echo "SELECT 'extra of $table', extra FROM $table WHERE NOT extra <=> 7 LIMIT 1;"
		done
		other=
		for table in swap_a swap_b; do
			column=$(sql "SELECT LEFT(COLUMN_NAME, 1) FROM information_schema.COLUMNS
			    WHERE TABLE_SCHEMA = 'copy' AND TABLE_NAME = '$table' AND COLUMN_NAME LIKE '%only'")
			[ "$column" != "$other" ] || echo "SELECT '$table is there twice';"
			echo "SELECT 'strange in $table', id FROM $table WHERE home <> '$column'
			    OR ${column}_only <> IF('$column' = 'a', 1, 2) LIMIT 1;"
			other=$column
		done
	} | sql - copy
}

# stress OPTION-FILE: dumps, restores and looks, again and again.
stress() {
	local until how rc number=0 ok=0 again=0 wrong from pace
	prepare
	echo 0 >"$T/number"
	# Tables change so many times a dump, however long that takes here: a tenth of a second, or more.
	from=${EPOCHREALTIME/./}
	siantre-dump --defaults-file="$1" -q -j 2 stress >"$T/dump"
	pace=$(awk -v us=$((${EPOCHREALTIME/./} - from)) 'BEGIN { print us < 100000 ? 1 : us / 100000 }')
	for _ in 1 2 3; do
		sql "CALL work.move()" 3>&- &
	done
	sql "CALL work.change($pace)" 3>&- &
	redefine "$1" 3>&- &
	until=$((SECONDS + ${STRESS_S:-30}))
	while [ $SECONDS -lt $until ]; do
		for how in "-j 1" "-j 2" "-j 4" "-j 3 --ddl=block" "-j 2 --ddl=detect"; do
			rc=0
			echo $((number += 1)) >"$T/number"
			# shellcheck disable=SC2086 # several options
			siantre-dump --defaults-file="$1" -q $how stress >"$T/dump" 2>"$T/err" || rc=$?
			case $rc in
			0) ;;
			75) # only found out at the end: what detect is
				[[ $how == *detect ]] || again=$((again + 1))
				grep -v '^hint' "$T/err" >>"$T/again"
				continue
				;;
			*)
				echo "$how ended $rc:"
				cat "$T/err"
				return 1
				;;
			esac
			new_db copy
			sql - copy <"$T/dump"
			wrong=$(holds)
			[ -z "$wrong" ] || { echo "$how: $wrong" && return 1; }
			ok=$((ok + 1))
		done
	done
	finish
	echo "$ok whole, $again to be tried again, pace $pace"
	sql "SELECT what, SUM(n) FROM work.done GROUP BY what"
	touch "$T/again"
	sort "$T/again" | uniq -c | sort -rn | head -n 20 || true
	# It was a race: there was much to be wrong about.
	[ "$(sql "SELECT SUM(n) > 50 * ${STRESS_S:-30} FROM work.done WHERE what = 'moves'")" = 1 ]
	[ "$(sql "SELECT SUM(n) > 0.3 * ${STRESS_S:-30} FROM work.done WHERE what = 'changes'")" = 1 ]
	[ $ok -ge $again ]
	[ $ok -ge 3 ]
	# And the source itself is as whole as what came out of it.
	siantre-dump --defaults-file="$1" -q stress >"$T/dump"
	new_db copy
	sql - copy <"$T/dump"
	wrong=$(holds)
	[ -z "$wrong" ]
}

@test "as root, with a binary log" {
	start_db --log-bin=binlog --server-id=1
	stress "$DB/root.cnf"
}

@test "as the usual account, without a binary log" {
	start_db --skip-log-bin
	sql "CREATE USER app@localhost; GRANT ALL ON stress.* TO app@localhost; GRANT ALL ON copy.* TO app@localhost"
	printf '[client]\nsocket=%s\nuser=app\n' "$DB/sock" >"$T/app.cnf"
	chmod 0600 "$T/app.cnf"
	stress "$T/app.cnf"
}
