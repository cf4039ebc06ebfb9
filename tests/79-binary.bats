#!/usr/bin/env bats
# siantre-dump: rows with floating-point numbers are read in the binary protocol; the text is that
# of the server all the same.
# shellcheck disable=SC2016
load lib

setup_file() {
	start_db
	new_db bin
	# b is read in the binary protocol; t, which has one long column more, as text.
	sql "SET sql_mode = '';
	    CREATE TABLE b (id int PRIMARY KEY AUTO_INCREMENT, f float, d double, fu float unsigned,
	    ti tinyint, tu tinyint unsigned, tz tinyint zerofill, si smallint, su smallint unsigned,
	    mi mediumint, mu mediumint unsigned, i int, iz int(8) zerofill, bi bigint, bu bigint unsigned,
	    bz bigint zerofill, y year, da date, tm time, tm6 time(6), dt datetime, dt3 datetime(3),
	    ts timestamp NULL, ts6 timestamp(6) NULL, de decimal(20,5), dz decimal(8,2) zerofill,
	    c char(5), v varchar(100), g varchar(20) CHARACTER SET gbk, l1 varchar(20) CHARACTER SET latin1,
	    bn binary(4), vb varbinary(50), bt bit(10), e enum('a','b''c','ü'), s set('x','y'),
	    te text, bl blob, ip inet6, u uuid, w double GENERATED ALWAYS AS (d * 2) VIRTUAL)
	    DEFAULT CHARACTER SET utf8mb4;
	    INSERT INTO b (f, d) VALUES (NULL, NULL), (0.1, 0.1), (1e38, 1e308), (-1.17549435e-38, 5e-324),
	    (16777217, 9007199254740993), (123456.789, 123456.789), (-0.0, -0.0), (1e15, 1e15), (1e16, 1e-15);
	    INSERT INTO b (fu, ti, tu, tz, si, su, mi, mu, i, iz, bi, bu, bz, y) VALUES
	    (1.5, -128, 255, 7, -32768, 65535, -8388608, 16777215, -2147483648, 42, -9223372036854775808,
	    18446744073709551615, 5, 1901), (0, 127, 0, 0, 32767, 0, 8388607, 0, 2147483647, 123456789,
	    9223372036854775807, 0, 18446744073709551615, 0), (NULL, 0, 9, 255, 0, 9, 0, 9, 0, 0, 0, 9, 0, 2155);
	    INSERT INTO b (da, tm, tm6, dt, dt3, ts, ts6) VALUES
	    ('2024-02-29', '-838:59:59', '838:59:58.999999', '9999-12-31 23:59:59', '0001-01-01 00:00:00.007',
	    '1970-01-01 00:00:01', '2038-01-19 03:14:07.000001'), ('0000-00-00', '00:00:00', '-00:00:00.5', 0, 0, 0, 0),
	    ('2024-00-00', '9:8:7', '100:00:00', '2024-05-00', '2024-05-06 07:08:09.1', NULL, NULL);
	    INSERT INTO b (de, dz, c, v, g, l1, bn, vb, bt, e, s, te, bl, ip, u) VALUES
	    (-12345.67891, 3.5, 'a\\'b', 'é\\\\\\n\\0', '汉', 'é', 'a\\0', 'x\\0y', b'1000000001', 'ü', 'x,y',
	    REPEAT('long ', 12000), REPEAT('\\0', 65535), '2001:db8::1', '123e4567-e89b-12d3-a456-426614174000'),
	    (0, 0, '', '', '', '', '', '', 0, 'b\\'c', '', '', '', '::', '00000000-0000-0000-0000-000000000000');
	    INSERT INTO b (f, d, dt3) SELECT RAND(seq) * POW(10, CAST(seq % 70 AS SIGNED) - 35), RAND(seq) * POW(10, CAST(seq % 600 AS SIGNED) - 300),
	    '2020-01-01' + INTERVAL seq * 7919 SECOND FROM seq_1_to_60000;
	    CREATE TABLE t LIKE b; ALTER TABLE t ADD z longtext; INSERT INTO t
	    (id,f,d,fu,ti,tu,tz,si,su,mi,mu,i,iz,bi,bu,bz,y,da,tm,tm6,dt,dt3,ts,ts6,de,dz,c,v,g,l1,bn,vb,bt,e,s,te,bl,ip,u)
	    SELECT id,f,d,fu,ti,tu,tz,si,su,mi,mu,i,iz,bi,bu,bz,y,da,tm,tm6,dt,dt3,ts,ts6,de,dz,c,v,g,l1,bn,vb,bt,e,s,te,bl,ip,u
	    FROM b" bin
}

@test "every type of column, as the server writes it" {
	dump bin b | grep -a '^(' | sed 's/;$/,/' >"$T/b"
	dump bin t | grep -a '^(' | sed 's/;$/,/; s/,NULL),$/),/' >"$T/t"
	[ "$(wc -l <"$T/b")" = 60017 ]
	cmp "$T/b" "$T/t"
	grep -qF ",0.10000000149011612,0.1," "$T/b"
}

@test "one is read in the binary protocol, the other is not" {
	sql "SET GLOBAL log_output = 'TABLE', general_log = 1"
	dump bin >/dev/null
	sql "SET GLOBAL general_log = 0"
	[ "$(sql "SELECT COUNT(*) > 0 FROM mysql.general_log WHERE command_type = 'Execute' AND argument LIKE '%\`bin\`.\`b\`%'")" = 1 ]
	[ "$(sql "SELECT COUNT(*) FROM mysql.general_log WHERE command_type = 'Execute' AND argument LIKE '%\`bin\`.\`t\`%'")" = 0 ]
}

@test "a server that has no room for a prepared statement is read as text" {
	dump bin b | grep -a '^(' >"$T/b"
	sql "SET GLOBAL max_prepared_stmt_count = 0"
	expect_ok dump bin b
	sql "SET GLOBAL max_prepared_stmt_count = DEFAULT"
	cmp "$T/b" <(grep -a '^(' "$T/stdout")
}

@test "it comes back, and is dumped to the same bytes" {
	dump bin >"$T/a"
	new_db back
	expect_ok siantre-restore db --defaults-file="$DB/root.cnf" --into back "$T/a"
	dump back >"$T/c"
	cmp <(grep -a '^(' "$T/a") <(grep -a '^(' "$T/c")
	[ "$(sql "SELECT COUNT(*) FROM bin.b JOIN back.b AS o USING (id) WHERE bin.b.f <=> o.f AND bin.b.d <=> o.d")" = 60017 ]
}

@test "a number with a fixed number of decimals keeps them" {
	sql "CREATE TABLE x (id int PRIMARY KEY, d double(10,2), f float(7,3)); INSERT INTO x VALUES (1, 12.5, 1.25)" bin
	dump bin x | grep -qF "(1,12.50,1.25)"
	sql "DROP TABLE x" bin
}

@test "a table that goes before it is read: 75, with the server's words" {
	# The moment that was caught is left to chance: each has to end so.
	sql "CREATE TABLE x (id int PRIMARY KEY, d double); INSERT INTO x VALUES (1, 1.5)" bin
	mkfifo "$T/out"
	siantre-dump --defaults-file="$DB/root.cnf" --ddl=detect -j 1 bin >"$T/out" 2>"$T/err" &
	local pid=$! rc=0
	exec 7<"$T/out"
	head -c 1000 <&7 >"$T/all"
	sleep 1
	sql "SET lock_wait_timeout = 1; DROP TABLE x" bin 7<&-
	cat <&7 >>"$T/all"
	exec 7<&-
	wait "$pid" || rc=$?
	cat "$T/err"
	[ "$rc" = 75 ]
	grep -qF "Table 'bin.x' doesn't exist (1146)" "$T/err"
}

@test "a table whose values have no known length is read as text" {
	sql "CREATE TABLE x (id int PRIMARY KEY, lat double, p point); INSERT INTO x VALUES (1, 1.5, POINT(1, 2));
	    SET GLOBAL log_output = 'TABLE'; TRUNCATE mysql.general_log; SET GLOBAL general_log = 1" bin
	dump bin x | grep -qF "(1,1.5,0x0000000001"
	sql "SET GLOBAL general_log = 0"
	[ "$(sql "SELECT COUNT(*) FROM mysql.general_log WHERE command_type = 'Execute' AND argument LIKE '%.\`x\`%'")" = 0 ]
	sql "DROP TABLE x" bin
}

@test "killed while rows are read: 69, and no end mark" {
	mkfifo "$T/out"
	siantre-dump --defaults-file="$DB/root.cnf" -j 1 bin b >"$T/out" 2>"$T/err" &
	local pid=$! rc=0
	exec 7<"$T/out"
	head -c 1000 <&7 >"$T/all"
	sleep 0.5
	sql "$(sql "SELECT CONCAT('KILL ', ID, ';') FROM information_schema.PROCESSLIST WHERE DB IS NULL AND COMMAND <> 'Daemon' AND ID <> CONNECTION_ID()")" || true
	cat <&7 >>"$T/all"
	exec 7<&-
	wait "$pid" || rc=$?
	[ "$rc" = 69 ] || { cat "$T/err"; false; }
	[ "$(grep -ac '^-- siantre-end' "$T/all")" = 0 ]
}
