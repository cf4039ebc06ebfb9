#ifndef DB_QUERY_H
#define DB_QUERY_H

#include <mysql.h>

#include "base/buf.h"

/*
 * Statements whose failure is reported at once.  ${what} names the object in the message
 * ("table `siantre`.`users`").
 */

/**
 * query_run(m, what, sql):
 * Run ${sql}, which gives no rows.  Return 0, or an exit code after reporting.
 */
int query_run(MYSQL *m, const char *what, const char *sql);

/**
 * query_do(m, what, sql):
 * The same for a statement in a buffer, which is freed in any case.
 */
int query_do(MYSQL *m, const char *what, struct buf *sql);

/**
 * query_rows(m, what, shape, sql, out):
 * Run ${sql} and store its rows in ${*out} (mysql_free_result).  ${shape} has a letter for each
 * column that the caller looks at: 'v' a value, '-' a value or NULL; a server whose answer is
 * another one is not believed (query_shape).  Return as query_run.
 */
int query_rows(MYSQL *m, const char *what, const char *shape, const char *sql, MYSQL_RES **out);

/**
 * query_buf(m, what, shape, sql, out):
 * The same for a statement in a buffer, which is freed in any case.
 */
int query_buf(MYSQL *m, const char *what, const char *shape, struct buf *sql, MYSQL_RES **out);

/**
 * query_shape(what, shape, res):
 * Look at all rows of ${res}, the answer to a question about ${what}, and go back to the first.
 * Return 0, or EX_UNAVAILABLE after reporting that it is not of that shape.
 */
int query_shape(const char *what, const char *shape, MYSQL_RES *res);

/**
 * query_value(m, what, sql, out):
 * Run ${sql} and return a copy of the first column of its first row in ${*out} (free), NULL
 * where there is no row or the value is NULL.  Return as query_run.
 */
int query_value(MYSQL *m, const char *what, const char *sql, char **out);

/**
 * query_match(b, column, value):
 * Append "column = 'value'" to ${b}, twice: names come back from information_schema under a
 * collation that takes "a" and "A" or "a " for the same.  The first comparison is as the server
 * likes it, which lets it open one table instead of all; the second is as BINARY, which is what
 * we mean.
 */
void query_match(struct buf *b, const char *column, const char *value);

#endif
