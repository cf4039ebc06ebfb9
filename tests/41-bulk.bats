#!/usr/bin/env bats
# siantre-restore db with large tables: LOAD DATA from memory over several connections, indexes
# after the rows.  What is there afterwards is what the client makes of the same dump.
# shellcheck disable=SC2016 # backquotes are names
load lib

setup_file() {
	start_db
	sql "SET GLOBAL innodb_stats_auto_recalc = 0"
}

setup() {
	lib_setup
	sql "DROP DATABASE IF EXISTS back; DROP DATABASE IF EXISTS ref"
}

restore() {
	siantre-restore db --defaults-file="$DB/root.cnf" --bulk-from 0 "$@"
}

# client FILE: what the client makes of it, in the database ref.
client() {
	new_db ref
	mariadb --defaults-file="$DB/root.cnf" --binary-mode --comments --default-character-set=utf8mb4 ref <"$1"
}

# loads: how many LOAD DATA statements the server has seen.
loads() {
	sql "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE VARIABLE_NAME = 'Com_load'"
}

@test "literals of every kind, by chance: what INSERT makes of them" {
	local seed before
	for seed in 1 2 3 4 5 6 "$RANDOM"; do
		echo "seed $seed"
		tests/literals "$seed" 700 >"$T/d.sql"
		client "$T/d.sql"
		before=$(loads)
		sql "DROP DATABASE IF EXISTS back"
		expect_ok restore -q --foreign --into back "$T/d.sql"
		[ "$(loads)" -gt $((before + 10)) ]
		same ref back
	done
}

@test "indexes and keys of every kind are there again, in their order" {
	cat >"$T/d.sql" <<-'SQL'
		SET NAMES utf8mb4;
		SET foreign_key_checks = 0;
		CREATE TABLE child (id int NOT NULL AUTO_INCREMENT, p int, q int NOT NULL, t text, u varchar(300), g point NOT NULL,
		  w int GENERATED ALWAYS AS (q + 1) STORED,
		  PRIMARY KEY (id), UNIQUE KEY u1 (q, p) COMMENT 'a, (b) ''c''', KEY k1 (p), KEY k2 (u(10) DESC, q),
		  UNIQUE u2 (w), INDEX (u), SPATIAL KEY sp (g), FULLTEXT KEY f1 (t), FULLTEXT f2 (u, t),
		  CONSTRAINT c1 CHECK (q > 0), CONSTRAINT fk1 FOREIGN KEY (p) REFERENCES parent (id) ON DELETE SET NULL,
		  FOREIGN KEY (q) REFERENCES parent (code)) ENGINE=InnoDB COMMENT='KEY (x), ''';
		INSERT INTO child (id, p, q, t, u, g) VALUES (5,1,10,'words, words','u',POINT(1,2)),(7,NULL,11,NULL,'v',POINT(3,4));
		CREATE TABLE parent (id int, code int, PRIMARY KEY (id), KEY code (code)) ENGINE=InnoDB;
		INSERT INTO parent VALUES (1,10),(2,11);
		CREATE TABLE parted (a int NOT NULL, b int, PRIMARY KEY (a), KEY b (b)) ENGINE=InnoDB
		/*!50100 PARTITION BY HASH (a) PARTITIONS 3 */;
		INSERT INTO parted VALUES (1,1),(2,2),(3,3);
		CREATE TABLE later (a int NOT NULL, id int NOT NULL AUTO_INCREMENT, b int, PRIMARY KEY (a), KEY b (b), KEY id (id)) ENGINE=InnoDB;
		INSERT INTO later VALUES (1,1,1),(2,2,2);
		CREATE TABLE bare (a int, b int UNIQUE, KEY a (a)) ENGINE=InnoDB;
		INSERT INTO bare VALUES (1,1),(1,2);
		CREATE TABLE mine (a int PRIMARY KEY, b blob, UNIQUE KEY h (b) USING HASH, KEY a (a)) ENGINE=InnoDB;
		INSERT INTO mine VALUES (1,'x'),(2,'y');
		CREATE TABLE isam (a int PRIMARY KEY, b int, KEY b (b)) ENGINE=MyISAM;
		INSERT INTO isam VALUES (1,1),(2,2);
		CREATE TABLE `we``ird` (`a``,(` int PRIMARY KEY, `b'` int, KEY `k``)` (`b'`)) ENGINE=InnoDB;
		INSERT INTO `we``ird` VALUES (1,1);
	SQL
	client "$T/d.sql"
	expect_ok restore -q --foreign --into back "$T/d.sql"
	same ref back
	# And the way of our own dumps, with several connections and one.
	siantre-dump --defaults-file="$DB/root.cnf" ref >"$T/own.sql"
	for jobs in 1 3; do
		sql "DROP DATABASE back"
		expect_ok restore -q -j "$jobs" --into back "$T/own.sql"
		same ref back
	done
}

@test "statements whose order matters keep it" {
	cat >"$T/d.sql" <<-'SQL'
		CREATE TABLE a (id int PRIMARY KEY, x int DEFAULT 5, KEY x (x)) ENGINE=InnoDB;
		INSERT INTO a VALUES (1,1),(2,2);
		CREATE TABLE copy AS SELECT * FROM a;
		INSERT INTO a VALUES (3,3);
		INSERT INTO a SELECT id + 10, x FROM a;
		ALTER TABLE a ADD y int DEFAULT 7;
		INSERT INTO a (id) VALUES (4);
		CREATE INDEX y ON a (y);
		INSERT INTO a VALUES (5,5,5);
		TRUNCATE TABLE copy;
		INSERT INTO copy VALUES (9,9);
		CREATE TABLE b (id int PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO b VALUES (1);
		DROP TABLE b;
		CREATE TABLE b (name varchar(10) PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO b VALUES ('one');
		SET sql_mode = 'NO_BACKSLASH_ESCAPES';
		INSERT INTO b VALUES ('a\n');
		SET sql_mode = 'ANSI_QUOTES';
		INSERT INTO "b" VALUES ('c\n');
		SET sql_mode = '';
		INSERT INTO b VALUES ("d\"");
		SET NAMES latin1;
		CREATE TABLE l (c varchar(10) CHARACTER SET utf8mb4 PRIMARY KEY) ENGINE=InnoDB;
		INSERT INTO l VALUES ('Ã¤');
		SET NAMES utf8mb4;
		INSERT INTO l VALUES ('ä');
		CREATE VIEW v AS SELECT COUNT(*) AS n FROM b;
		INSERT INTO b VALUES ('after');
		CREATE TABLE placeholder (id int) ENGINE=MyISAM;
		DROP TABLE IF EXISTS placeholder;
		CREATE VIEW placeholder AS SELECT * FROM v;
		CREATE TEMPORARY TABLE tmp (id int);
		INSERT INTO b VALUES ('');
		INSERT INTO b SET name = 'set';
		REPLACE INTO b VALUES ('one');
		INSERT IGNORE INTO b VALUES ('one');
		INSERT INTO b VALUES ('one') ON DUPLICATE KEY UPDATE name = 'uno';
		CREATE SEQUENCE s;
		DO SETVAL(s, 41);
		ALTER TABLE b ADD KEY late (name);
	SQL
	client "$T/d.sql"
	for jobs in 1 4; do
		sql "DROP DATABASE IF EXISTS back"
		expect_ok restore -q -j "$jobs" --foreign --allow-warnings --into back "$T/d.sql"
		same ref back
	done
}

@test "a server without local_infile gets INSERT statements, and that is said" {
	tests/literals 7 300 >"$T/d.sql"
	client "$T/d.sql"
	sql "SET GLOBAL local_infile = OFF"
	expect_ok restore --foreign --into back "$T/d.sql" || { sql "SET GLOBAL local_infile = ON"; return 1; }
	sql "SET GLOBAL local_infile = ON"
	grep -qxF "rows went as INSERT statements, which takes longer: SET GLOBAL local_infile = ON;" "$T/stdout"
	[ ! -s "$T/stderr" ]
	same ref back
}

@test "what the server refuses is said of its statement, as if there were no LOAD DATA" {
	local head="SET sql_mode = 'STRICT_ALL_TABLES';
CREATE TABLE t (id int PRIMARY KEY, v varchar(3), n int, UNIQUE KEY v (v)) ENGINE=InnoDB;
INSERT INTO t VALUES (1,'a',1);"
	while IFS='|' read -r rows place error; do
		printf '%s\n%b\n' "$head" "$rows" >"$T/d.sql"
		expect_fail 65 "$T/d.sql:$place: $error" restore --foreign -q --into back "$T/d.sql"
		[ -z "$(sql "SHOW DATABASES LIKE 'back'")" ]
	done <<-'CASES'
		INSERT INTO t VALUES (2,'b',2),\n(1,'c',3);|4:1|Duplicate entry '1' for key 'PRIMARY' (1062)
		INSERT INTO t VALUES (2,'b',2);\n  INSERT INTO t VALUES (3,'long',3);|5:3|Data too long for column 'v' at row 1 (1406)
		INSERT INTO t VALUES (2,'b',2),(3,'\xff',3);|4:1|Incorrect string value: '\xFF' for column `back`.`t`.`v` at row 2 (1366)
		INSERT INTO t VALUES (2,'b',99999999999);|4:1|Out of range value for column 'n' at row 1 (1264)
		INSERT INTO t VALUES (2,'b');|4:1|Column count doesn't match value count at row 1 (1136)
		INSERT INTO t VALUES (2,'b',x);|4:1|Unknown column 'x' in 'VALUES' (1054)
		INSERT INTO t VALUES (2,'b','two');|4:1|Incorrect integer value: 'two' for column `back`.`t`.`n` at row 1 (1366)
	CASES
	# What only the index finds is said of the table.
	printf '%s\n%s\n' "$head" "INSERT INTO t VALUES (2,'b',2),(3,'b',2);" >"$T/d.sql"
	expect_fail 65 "$T/d.sql:2:1: Duplicate entry 'b' for key 'v' (1062)" \
	    restore --foreign -q --into back "$T/d.sql"
}

@test "a warning is an error here, too, unless it is allowed" {
	printf '%s\n' "SET sql_mode = '';" "CREATE TABLE t (id int PRIMARY KEY, n tinyint) ENGINE=InnoDB;" \
	    "INSERT INTO t VALUES (1,1);" "INSERT INTO t VALUES (2,1000);" "INSERT INTO t VALUES (3,3);" >"$T/d.sql"
	expect_fail 65 "$T/d.sql:4:1: warning of the server: Out of range value for column 'n' at row 1 (1264)" \
	    restore --foreign -q --into back "$T/d.sql"
	client "$T/d.sql"
	expect_ok restore --foreign -q --allow-warnings --into back "$T/d.sql"
	same ref back
}

@test "a LOAD DATA that is rolled back takes no other rows along" {
	printf '%s\n' "SET sql_mode = '';" "CREATE TABLE t (id int PRIMARY KEY, v varchar(9)) ENGINE=InnoDB;" \
	    "INSERT INTO t VALUES (1, UPPER('a'));" "INSERT INTO t VALUES (2, 'far too long for it');" \
	    "INSERT INTO t SET id = 3;" "INSERT INTO t VALUES (4, 'x');" >"$T/d.sql"
	client "$T/d.sql"
	expect_ok restore --foreign -q --allow-warnings --into back "$T/d.sql"
	[ "$(sql 'SELECT GROUP_CONCAT(id, v) FROM back.t')" = "1A,2far too l,4x" ]
	same ref back
}

@test "an error behind the first row of a result, and a CHECK that fails, are errors" {
	local head="SET sql_mode = 'STRICT_ALL_TABLES';
CREATE TABLE t (id int PRIMARY KEY, u uuid, j json) ENGINE=InnoDB;"
	printf '%s\n' "$head" "INSERT INTO t (id, u) VALUES (1, NULL), (2, 'x') RETURNING id;" >"$T/d.sql"
	expect_fail 65 "$T/d.sql:3:1: Incorrect uuid value: 'x'" restore --foreign -q --into back "$T/d.sql"
	printf '%s\n' "$head" "INSERT INTO t (id, j) VALUES (1, '{}');" "INSERT INTO t (id, j) VALUES (2, '{');" >"$T/d.sql"
	expect_fail 65 "$T/d.sql:4:1: CONSTRAINT \`t.j\` failed for \`back\`.\`t\` (4025)" \
	    restore --foreign -q --into back "$T/d.sql"
	sed -i '1i SET check_constraint_checks = 0;' "$T/d.sql"
	client "$T/d.sql"
	expect_ok restore --foreign -q --into back "$T/d.sql"
	same ref back
}

@test "settings that change between the rows of a table" {
	cat >"$T/d.sql" <<-'SQL'
		SET sql_mode = 'EMPTY_STRING_IS_NULL';
		CREATE TABLE t (id int PRIMARY KEY, v varchar(9)) ENGINE=InnoDB;
		INSERT INTO t VALUES (1,'');
		SET sql_mode = '';
		INSERT INTO t VALUES (2,'');
		CREATE TABLE l (id int PRIMARY KEY, c varchar(10) CHARACTER SET utf8mb4) ENGINE=InnoDB;
		SET NAMES latin1;
		INSERT INTO l VALUES (1,'Ã¤');
		SET NAMES utf8mb4;
		INSERT INTO l VALUES (2,'ä');
	SQL
	client "$T/d.sql"
	expect_ok restore --foreign -q --into back "$T/d.sql"
	same ref back
}

@test "odd grammar by chance: stored or refused as the server does" {
	expect_ok "$ROOT/tests/differ" "${DIFFER_S:-15}" "${DIFFER_SEED:-1795703190}"
	tail -n 1 "$T/stdout"
}

# many BYTES: rows of a table that is larger than what one LOAD DATA takes.
many() {
	python3 - "$1" <<-'PY'
		import sys
		print("SET NAMES utf8mb4;\nCREATE TABLE many (id int NOT NULL, s varchar(90), n double, PRIMARY KEY (id), KEY n (n)) ENGINE=InnoDB;")
		done = number = 0
		while done < int(sys.argv[1]):
		    rows = range(number, number + 9000)
		    line = "INSERT INTO many VALUES " + ",".join("(%d,'text of the row %d with a \\\\ and a \\', ä',%r)" % (i, i, i / 7) for i in rows) + ";"
		    print(line)
		    number += 9000
		    done += len(line)
		print("CREATE TABLE other (id int NOT NULL AUTO_INCREMENT, v int, PRIMARY KEY (id), KEY v (v)) ENGINE=InnoDB;")
		print("INSERT INTO other VALUES (1,1),(2,2);")
	PY
}

@test "a large table goes in parts, side by side, from a file of any kind" {
	many 150000000 >"$T/d.sql"
	client "$T/d.sql"
	local before
	before=$(loads)
	expect_ok restore -q -j 2 --foreign --into back "$T/d.sql"
	[ "$(loads)" = $((before + 4)) ]
	same ref back
	mv "$T/same.ref" "$T/right"
	again() { # again WAY...: and the same comes of it
		sql "DROP DATABASE back"
		expect_ok restore -q --into back "$@"
		dumped back | cmp - "$T/right"
	}
	gzip -1 <"$T/d.sql" >"$T/d.sql.gz"
	again -j 2 --foreign "$T/d.sql.gz"
	siantre-dump --defaults-file="$DB/root.cnf" ref | siantre-pack >"$T/own.sql.gz"
	again -j 3 "$T/own.sql.gz"
	again - <"$T/own.sql.gz"
}

@test "a signal while rows are loaded and indexed ends it at once, and leaves nothing" {
	many 60000000 >"$T/d.sql"
	local what id rc
	for what in 'LOAD DATA%' 'ALTER TABLE%'; do
		siantre-restore db --defaults-file="$DB/root.cnf" --bulk-from 0 --foreign --into back \
		    "$T/d.sql" >"$T/stdout" 2>"$T/stderr" &
		id=$! rc=0
		until_sql "SELECT 1 FROM information_schema.processlist WHERE info LIKE '$what'"
		kill -TERM "$id"
		wait "$id" || rc=$?
		[ "$rc" = 143 ]
		[ -z "$(sql "SHOW DATABASES LIKE 'back'")" ]
		[ ! -s "$T/stderr" ] || { cat "$T/stderr"; false; }
	done
}

@test "a connection lost among several ends 69, with one line, and leaves nothing" {
	many 60000000 >"$T/d.sql"
	local rc=0 id
	restore --foreign -j 2 --into back "$T/d.sql" >"$T/stdout" 2>"$T/stderr" &
	id=$!
	until_sql "SELECT 1 FROM information_schema.processlist WHERE info LIKE 'LOAD DATA%'"
	sql "KILL $(sql "SELECT id FROM information_schema.processlist WHERE info LIKE 'LOAD DATA%' LIMIT 1")"
	wait "$id" || rc=$?
	cat "$T/stderr"
	[ "$rc" = 69 ]
	[ "$(wc -l <"$T/stderr")" = 1 ]
	[ -z "$(sql "SHOW DATABASES LIKE 'back'")" ]
}

@test "thousands of small tables" {
	awk 'BEGIN { for (i = 0; i < 2000; i++)
		printf "CREATE TABLE t%d (id int PRIMARY KEY, x int, KEY x (x)) ENGINE=InnoDB;\nINSERT INTO t%d VALUES (1,%d);\n", i, i, i }' |
	    gzip >"$T/d.sql.gz"
	expect_ok siantre-restore db -q --defaults-file="$DB/root.cnf" --foreign --into back "$T/d.sql.gz"
	[ "$(sql "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'back'")" = 2000 ]
	[ "$(sql "SELECT x FROM back.t1999")" = 1999 ]
}

@test "a large table without a key keeps its order, whoever loads it" {
	new_db ref
	sql "CREATE TABLE keyless (s varchar(200), x int);
	    INSERT INTO keyless SELECT CONCAT(SHA2(seq, 512), 'x'), seq % 7 FROM seq_1_to_550000" ref
	siantre-dump --defaults-file="$DB/root.cnf" ref >"$T/d.sql"
	[ "$(stat -c %s "$T/d.sql")" -gt $((67108864 + 8000000)) ]
	expect_ok restore -q -j 3 --into back "$T/d.sql"
	same ref back
}

@test "values that name generated columns are passed over, as INSERT does it" {
	cat >"$T/d.sql" <<-'SQL'
		SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
		CREATE TABLE g (id int PRIMARY KEY, v int AS (id * 2) VIRTUAL, s varchar(9) AS (CONCAT('n', id)) STORED, x text);
		INSERT INTO g VALUES (1,2,'n1','one'),(2,4,'n2','two'),(3,NULL,'','three'),(4,0x38,_binary 'n4','four');
	SQL
	client "$T/d.sql"
	local before
	before=$(loads)
	expect_ok restore -q --foreign --into back "$T/d.sql"
	[ "$(loads)" = $((before + 1)) ]
	same ref back
	[ "$(sql 'SELECT SUM(v), MAX(s) FROM back.g')" = $'20\tn4' ]
	# A strict session refuses them.
	sed -i "s/'NO_AUTO_VALUE_ON_ZERO'/'STRICT_TRANS_TABLES'/; s/'n2'/'n7'/" "$T/d.sql"
	sql "DROP DATABASE back"
	expect_fail 65 "The value specified for generated column 'v' in table 'g' has been ignored (1906)" \
	    restore -q --foreign --into back "$T/d.sql"
	[ "$(loads)" = $((before + 1)) ]
}

@test "a character that the session's character set does not have is refused, as INSERT does it" {
	printf '%s\n' "SET NAMES utf8mb3; SET sql_mode = 'STRICT_ALL_TABLES';" \
	    "CREATE TABLE t (id int PRIMARY KEY, s varchar(9)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;" \
	    "INSERT INTO t VALUES (1,'ä漢'),(2,'b');" >"$T/d.sql"
	client "$T/d.sql"
	local before
	before=$(loads)
	expect_ok restore -q --foreign --into back "$T/d.sql"
	[ "$(loads)" = $((before + 1)) ]
	same ref back
	sql "DROP DATABASE back"
	sed -i "s/'b'/'😀'/" "$T/d.sql"
	expect_fail 65 "$T/d.sql:3:1: Incorrect string value: '\xF0\x9F\x98\x80' for column" \
	    restore -q --foreign --into back "$T/d.sql"
}
