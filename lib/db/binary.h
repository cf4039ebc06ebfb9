#ifndef DB_BINARY_H
#define DB_BINARY_H

#include <mysql.h>

/*
 * The rows of a query, read in the binary protocol and written here as the server would write
 * them.  For the server that is less work: to find the shortest decimal of a floating-point
 * number takes it longer than all the rest of a row, and base/shortest.h does it in a tenth of the
 * time.  It pays where there are such columns.
 */
struct binary;

#define BINARY_MOST (512UL << 10) /* bytes of text that all columns together can have */

/**
 * binary_open(m, sql, b):
 * Run ${sql} over ${m}, which is the rows' until binary_close(): ${*b} is to be closed in any case
 * (NULL where there is none), but not before mysql_errno(${m}) was looked at, which closing resets.
 * Return 0; -1 where the server refused, as mysql_errno(${m}) tells; or EX_OSERR after reporting.
 */
int binary_open(MYSQL *m, const char *sql, struct binary **b);

/**
 * binary_columns(b):
 * How many columns its rows have.
 */
unsigned int binary_columns(const struct binary *b);

/**
 * binary_next(b, row, lengths):
 * Let ${*row} and ${*lengths} be the next row, owned by ${b} until the next call.  Return 1; 0
 * behind the last one; -1, as mysql_errno() tells; or an exit code, negative, after reporting.
 */
int binary_next(struct binary *b, MYSQL_ROW *row, const unsigned long **lengths);

/**
 * binary_close(b):
 * NULL is fine.
 */
void binary_close(struct binary *b);

#endif
