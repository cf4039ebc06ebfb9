#!/usr/bin/env bats
# siantre-dump of a part: tables, patterns, conditions; and the options that others know.
# shellcheck disable=SC2016
load lib

setup_file() {
	start_db
	fill_small siantre 60
	new_db part
	sql 'CREATE TABLE `a*` (id int PRIMARY KEY, n int);
	    CREATE TABLE ab (id int PRIMARY KEY, n int);
	    CREATE TABLE a_b (id int PRIMARY KEY, n int, CONSTRAINT k FOREIGN KEY (n) REFERENCES ab (id));
	    CREATE TABLE `b.c` (id int PRIMARY KEY, n int) ENGINE=MyISAM;
	    INSERT INTO `a*` SELECT seq, seq * 2 FROM seq_1_to_20; INSERT INTO ab SELECT * FROM `a*`;
	    INSERT INTO a_b SELECT seq, seq FROM seq_1_to_20; INSERT INTO `b.c` SELECT * FROM ab;
	    CREATE VIEW v1 AS SELECT * FROM ab; CREATE VIEW v0 AS SELECT * FROM v1;
	    CREATE VIEW v2 AS SELECT id AS ab FROM a_b;
	    CREATE TRIGGER g BEFORE INSERT ON ab FOR EACH ROW SET NEW.n = 1;
	    CREATE SEQUENCE s' part
}

# made FILE: the names of what it makes, in order.
made() {
	sed -nE 's/^CREATE .*(TABLE|VIEW|SEQUENCE) `([^`]*)`.*/\2/p; s/^CREATE .* trigger (g) .*/\1/pi' "$1" | paste -sd ' '
}

# takes WORDS OPTIONS...: the dump of `part` with OPTIONS makes WORDS.
takes() {
	local words=$1
	shift
	expect_ok dump "$@"
	[ "$(made "$T/stdout")" = "$words" ] || {
		echo "$*: expected \"$words\", got \"$(made "$T/stdout")\""
		return 1
	}
}

@test "operands: names, patterns, and a name that looks like a pattern" {
	takes 's a* a_b ab b.c v1 v0 v2 g' part
	takes 'a_b' part a_b
	takes 'a*' part 'a*'
	takes 'a* ab g' part a?
	takes 'a_b ab g' part 'a?*b' ab
	takes 'b.c' part '*.*'
	takes 'v1 v0 v2' part 'v?'
	takes 's' part s
	expect_fail 65 'siantre-dump: part: no table or view "a%"' dump part ab 'a%'
	expect_fail 65 'siantre-dump: part: no table or view "AB"' dump part AB
	expect_fail 65 'siantre-dump: part: no table or view "ab?"' dump part 'ab?'
}

@test "--ignore-table leaves tables, their triggers and what reads from them out" {
	takes 's a* a_b b.c v2' part --ignore-table=part.ab
	grep -qxF 'siantre-dump: view `part`.`v1`: reads from what is left out; kept as a comment' "$T/stderr"
	grep -qxF 'siantre-dump: view `part`.`v0`: reads from what is left out; kept as a comment' "$T/stderr"
	grep -q '^-- incomplete view: CREATE .*VIEW `v0`' "$T/stdout"
	grep -qF -- '-- siantre-note {"partial":{"left_out":[{"database":"part","table":"ab"}]}}' "$T/stdout"
	# What is left loads, though a foreign key points to what is not there.
	new_db copy
	sql - copy <"$T/stdout"
	[ "$(sql 'SELECT COUNT(*) FROM copy.v2')" = 20 ]
	takes 's a_b ab v1 v0 v2 g' part --ignore-table='a*' --ignore-table='b.*'
	takes 's a* a_b ab b.c v2 g' part --ignore-table=v1
	takes 'a* a_b' part 'a?*' --ignore-table='*.ab'
	expect_fail 65 'siantre-dump: --ignore-table: no table or view "siantre.ab"' \
	    dump part --ignore-table=siantre.ab
	# With several databases the database has to be named.
	expect_fail 65 '--ignore-table: no table or view "ab"' dump -B part siantre --ignore-table=ab
	expect_ok dump -B part siantre --ignore-table=part.ab --ignore-table='siantre.*_*'
	[ "$(made "$T/stdout")" = 's a* a_b b.c counters logs payments queues services sessions uploads users v2' ]
	takes 's a* a_b b.c v2' -B part --ignore-table=ab
}

@test "--ignore-table-data keeps the definition" {
	takes 's a* a_b ab b.c v1 v0 v2 g' part --ignore-table-data='?b' --ignore-table-data=part.b.c
	[ "$(grep -c '^INSERT INTO `a' "$T/stdout")" = 2 ]
	[ "$(grep -c '^INSERT INTO `ab`\|^INSERT INTO `b.c`' "$T/stdout")" = 0 ]
	grep -qF '{"partial":{"without_rows":[{"database":"part","table":"ab"},{"database":"part","table":"b.c"}]}}' "$T/stdout"
	[ "$(grep -c '^-- siantre-table' "$T/stdout")" = 2 ]
	cp "$T/stdout" "$T/part.sql"
	expect_ok siantre-verify "$T/part.sql"
	expect_fail 65 '--ignore-table-data: no table or view "x"' dump part --ignore-table-data=x
}

@test "--where: the same rows of every table, whatever reads them" {
	expect_ok env SIANTRE_NOTES="$T/notes" siantre-dump --defaults-file="$DB/root.cnf" part -w "id > 18 OR n = 4 OR '%'='x' -- "$'\n'
	[ "$(grep -c '^(' "$T/stdout")" = 12 ]
	[ "$(grep '^-- siantre-note {"partial"' "$T/stdout")" = "-- siantre-note {\"partial\":{\"where\":\"id > 18 OR n = 4 OR '%'='x' -- \\n\"}}" ]
	[ "$(jq -r .partial.where "$T/notes")" = "id > 18 OR n = 4 OR '%'='x' -- " ]
	expect_ok dump part
	[ "$(grep -c partial "$T/stdout")" = 0 ]
	# A table that is read in ranges: their ends, their rows and their number.
	new_db big
	sql "CREATE TABLE t (id int PRIMARY KEY, x varchar(200)); INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5)
	    FROM seq_1_to_60000; ANALYZE TABLE t" big >/dev/null
	dump big -j 3 --where='id % 3 = 1 OR id = 60000' >"$T/third"
	[ "$(grep -c '^(' "$T/third")" = 20001 ]
	new_db copy
	sql - copy <"$T/third"
	[ "$(sql 'SELECT COUNT(*), MIN(id), MAX(id) FROM t WHERE id % 3 = 1 OR id = 60000' copy)" = $'20001\t1\t60000' ]
	[ "$(sql 'SELECT COUNT(*) FROM big.t JOIN copy.t c USING (id, x)')" = 20001 ]
	expect_fail 1 "Unknown column 'nix'" dump part --where=nix
	expect_fail 64 "--where: empty" dump part --where=
}

@test "a command line of mysqldump gives the same dump" {
	dump siantre >"$T/a"
	dump --opt --single-transaction --quick -R -E --triggers --hex-blob --order-by-primary \
	    --complete-insert -e --no-tablespaces --skip-dump-date --add-drop-table --tz-utc \
	    --skip-lock-tables --set-gtid-purged=OFF --column-statistics=0 \
	    --default-character-set=utf8mb4 --max-allowed-packet=1G siantre | cmp - "$T/a"
	dump --tables siantre users services >"$T/some"
	dump siantre users services | cmp - "$T/some"
	dump -B --tables siantre users services | cmp - "$T/some"
	dump -B siantre >"$T/b"
	[ "$(grep -c '^CREATE DATABASE IF NOT EXISTS `siantre`' "$T/b")" = 1 ]
	dump -n -B siantre >"$T/n"
	[ "$(grep -c '^CREATE DATABASE' "$T/n")" = 0 ]
	[ "$(grep -c '^USE `siantre`' "$T/n")" = 1 ]
	dump --skip-add-drop-table siantre | cmp - <(dump --skip-add-drop siantre)
	dump --master-data=2 siantre >/dev/null
}

@test "what is never done is refused by its name" {
	expect_fail 64 'siantre-dump: --tab=/tmp: the dump is SQL on stdout' dump --tab=/tmp siantre
	expect_fail 64 '--skip-comments: settings and comments are part of the dump' dump --skip-comments siantre
	expect_fail 64 '--source-data=1: the position is a comment (=2)' dump --master-data=1 siantre
	expect_fail 64 '-p: no option takes a password' dump -ps3cret siantre
	[ "$(grep -c s3cret "$T/stderr")" = 0 ]
	expect_fail 64 "--set-gtid-purged=ON: no statement for replication is written" \
	    dump --set-gtid-purged=ON siantre
	grep -q '^usage: siantre-dump' "$T/stderr"
}

@test "--plan says what would be dumped, and dumps nothing" {
	new_db big
	sql "CREATE TABLE t (id int PRIMARY KEY, x varchar(200)); INSERT INTO t SELECT seq, REPEAT(MD5(seq), 5)
	    FROM seq_1_to_60000; ANALYZE TABLE t" big >/dev/null
	expect_ok dump --plan -B part big --ignore-table='part.a*' --ignore-table-data=part.ab
	[ "$(awk '{ print $1, $2, $NF }' "$T/stdout" | head -n 8)" = 'KIND ENGINE NAME
sequence InnoDB part.s
table InnoDB part.a_b
table InnoDB part.ab
table MyISAM part.b.c
view - part.v0
view - part.v1
view - part.v2' ]
	grep -qE '^table +InnoDB +- +- +-  part.ab$' "$T/stdout"
	grep -qE '^table +MyISAM +20 +[0-9.]+ (B|KiB) +1  part.b.c$' "$T/stdout"
	grep -qE '^about [0-9]+ rows and [0-9.]+ MiB in [0-9]+ chunks; tables 4, views 3, sequences 1, triggers 1, routines 0, events 0$' "$T/stdout"
	expect_ok dump --plan --json big
	[ "$(jq -r '.tables[0] | .database, .table, .kind, .engine' "$T/stdout" | paste -sd ' ')" = 'big t table InnoDB' ]
	[ "$(jq '.tables[0].chunks > 5 and .tables[0].chunks < 40 and .chunks == .tables[0].chunks' "$T/stdout")" = true ]
	[ "$(jq '.tables[0].rows > 40000 and .tables[0].bytes > 9000000' "$T/stdout")" = true ]
	# The chunks are those that are read.
	sql "SET GLOBAL general_log = 0; SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1"
	dump big >/dev/null
	sql "SET GLOBAL general_log = 0"
	chunks=$(sql "SELECT COUNT(*) FROM mysql.general_log WHERE argument LIKE 'SELECT %FROM \`big\`.\`t\`% ORDER BY %'")
	said=$(jq .chunks "$T/stdout")
	[ "$chunks" -ge $((said / 2)) ]
	[ "$chunks" -le $((said * 2)) ]
	expect_ok dump --plan siantre --json
	[ "$(jq -r '.programs[] | .kind + " " + .name' "$T/stdout" | paste -sd ,)" = \
	    'FUNCTION queue_label,PROCEDURE call_next,TRIGGER payments_check,TRIGGER queues_log,EVENT daily_reset' ]
	expect_fail 64 '--plan is missing' dump --json siantre
	expect_fail 65 'no table or view "x"' dump --plan part x
	expect_fail 74 'write stdout: No space left on device' bash -c \
	    "siantre-dump --defaults-file='$DB/root.cnf' --plan siantre >/dev/full"
}
