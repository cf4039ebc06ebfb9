-- drill.sql: what a restored database has to answer in a drill, see siantre.conf(5), DRILL_SQL.
-- A statement ends with a semicolon at the end of a line; the comment before it is its name.
-- It holds where the first column of the first row is neither empty nor 0 nor NULL.  The dump
-- was made at night: ask for what was there then.
--
-- Take away the "-- " before a statement to ask it.

-- there are users
-- SELECT COUNT(*) FROM users;

-- queues of yesterday exist
-- SELECT COUNT(*) FROM queues WHERE created_at >= CURDATE() - INTERVAL 1 DAY;

-- every queue belongs to a service
-- SELECT COUNT(*) = 0 FROM queues q LEFT JOIN services s ON s.id = q.service_id WHERE s.id IS NULL;
