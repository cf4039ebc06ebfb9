#!/usr/bin/env bats
# The same rows give the same bytes, whoever reads them; another row changes a few statements.
load lib

setup_file() {
	start_db
}

dump() {
	siantre-dump --defaults-file="$DB/root.cnf" -q "$@"
}

# statements DUMP: a line for each INSERT statement: its digest, and the id of its last row.
statements() {
	python3 - "$1" <<'PY'
import hashlib, sys
digest, last = None, b''
def end():
    if digest:
        print(digest.hexdigest(), last[1:last.index(b',')].decode())
for line in open(sys.argv[1], 'rb'):
    if line.startswith(b'INSERT INTO '):
        end()
        digest = hashlib.sha256()
    elif not line.startswith(b'('):
        end()
        digest = None
    if digest:
        digest.update(line)
        last = line
end()
PY
}

# changed A B: how many statements of B are not in A.
changed() {
	comm -13 <(cut -d ' ' -f 1 "$1" | sort) <(cut -d ' ' -f 1 "$2" | sort) | wc -l
}

@test "one row in a million: all but a few statements are the same to the byte" {
	new_db million
	sql "CREATE TABLE t (id int PRIMARY KEY, name varchar(60) NOT NULL, n int NOT NULL);
	    INSERT INTO t SELECT seq * 2, CONCAT('pengunjung ', MD5(seq)), seq % 100 FROM seq_1_to_1000000" million
	dump million >"$T/dump"
	statements "$T/dump" >"$T/before"
	local count edge change n
	count=$(wc -l <"$T/before")
	[ "$count" -ge 40 ] # of about a megabyte at most
	# Somewhere, first and last of all, and at the row that ends a statement.
	edge=$(sed -n "$((count / 2))p" "$T/before" | cut -d ' ' -f 2)
	for change in "INSERT INTO t VALUES (777777, 'baru', 1)" "UPDATE t SET n = n + 1 WHERE id = 1234568" \
	    "DELETE FROM t WHERE id = 444444" "INSERT INTO t VALUES (-1, 'pertama', 1)" \
	    "INSERT INTO t VALUES (2000001, 'terakhir', 1)" "DELETE FROM t WHERE id = 2" \
	    "UPDATE t SET name = 'ujung' WHERE id = $edge" "DELETE FROM t WHERE id = $edge" \
	    "INSERT INTO t VALUES ($edge + 1, 'sesudah ujung', 1)"; do
		sql "$change" million
		dump million >"$T/dump"
		statements "$T/dump" >"$T/after"
		n=$(changed "$T/before" "$T/after")
		echo "$n of $count statements changed: $change"
		[ "$n" -ge 1 ]
		[ "$n" -le 3 ]
		[ "$(changed "$T/after" "$T/before")" -le 3 ]
		mv "$T/after" "$T/before"
	done
}

@test "the same bytes for every number of connections, and of every run" {
	new_db many
	sql - many <<'SQL'
CREATE TABLE empty (id int PRIMARY KEY);
CREATE TABLE one (id int PRIMARY KEY); INSERT INTO one VALUES (5);
CREATE TABLE big (id bigint unsigned PRIMARY KEY, x varchar(200));
INSERT INTO big SELECT seq * 7, REPEAT(MD5(seq), 1 + seq % 6) FROM seq_1_to_100000;
INSERT INTO big VALUES (18446744073709551615, 'the largest key'), (0, 'the smallest');
CREATE TABLE gaps (id bigint PRIMARY KEY, x varchar(300));
INSERT INTO gaps SELECT IF(seq % 2, -1, 1) * CAST(seq + (seq DIV 5000) * 100000000000000 AS SIGNED), REPEAT(MD5(seq), 9) FROM seq_1_to_20000;
INSERT INTO gaps VALUES (-9223372036854775808, 'the smallest key'), (9223372036854775807, 'the largest');
CREATE TABLE pair (a int, b varchar(20) COLLATE utf8mb4_bin, x varchar(300), PRIMARY KEY (a, b));
INSERT INTO pair SELECT seq % 300, CONCAT('k', seq), REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
CREATE TABLE backwards (b varchar(20), a int, x varchar(300), PRIMARY KEY (b, a));
INSERT INTO backwards SELECT CONCAT('k', seq % 40), seq, REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
CREATE TABLE word (id varchar(40) PRIMARY KEY, x varchar(300));
INSERT INTO word SELECT SHA1(seq), REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
CREATE TABLE raw (id binary(20) PRIMARY KEY, x varchar(300));
INSERT INTO raw SELECT UNHEX(SHA1(seq)), REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
CREATE TABLE keyless (n int, x varchar(300));
INSERT INTO keyless SELECT seq % 1000, REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
CREATE TABLE half (n int, x varchar(300), UNIQUE KEY (n));
INSERT INTO half SELECT IF(seq % 3, NULL, seq), REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
CREATE TABLE wide (id int PRIMARY KEY, x longblob);
INSERT INTO wide SELECT seq, REPEAT(UNHEX(MD5(seq)), 100000) FROM seq_1_to_8;
CREATE TABLE parts (id int, d date, x varchar(300), PRIMARY KEY (id, d)) PARTITION BY RANGE (YEAR(d))
  (PARTITION p0 VALUES LESS THAN (2020), PARTITION p1 VALUES LESS THAN MAXVALUE);
INSERT INTO parts SELECT seq, '2019-06-01' + INTERVAL seq % 400 DAY, REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
CREATE TABLE island (id int PRIMARY KEY, x varchar(300)) ENGINE=MyISAM;
INSERT INTO island SELECT seq, REPEAT(MD5(seq), 9) FROM seq_1_to_30000;
SQL
	sql "ANALYZE TABLE big, gaps, pair, backwards, word, raw, keyless, half, wide, parts, island" many >/dev/null
	dump -j 1 many >"$T/dump"
	local jobs table count
	for jobs in 1 2 3 4 8; do
		dump -j $jobs many | cmp - "$T/dump"
	done
	# And whole: every row once, in the order of the key.
	for table in $(sql "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'many'"); do
		count=$(sql "SELECT COUNT(*) FROM $table" many)
		grep -a '^-- siantre-table' "$T/dump" | grep -qF "\"table\":\"$table\",\"rows\":$count,"
	done
	new_db copy
	sql - copy <"$T/dump"
	for table in $(sql "SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'many'"); do
		[ "$(sql "CHECKSUM TABLE many.$table" | cut -f 2)" = "$(sql "CHECKSUM TABLE copy.$table" | cut -f 2)" ]
	done
	# What was loaded from the dump gives it again.
	dump -j 3 copy | sed 's/"database":"copy"/"database":"many"/' | grep -av '^-- siantre-end' |
	    cmp - <(grep -av '^-- siantre-end' "$T/dump")
}
