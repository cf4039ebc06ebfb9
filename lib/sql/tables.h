#ifndef SQL_TABLES_H
#define SQL_TABLES_H

#include <stddef.h>
#include <mysql.h>

#include "sql/pick.h"

/*
 * Single tables that are put into a database beside what it holds.  An all-zero struct is an
 * empty list of those that were made.
 */
struct tables {
	char **names;
	size_t len;
};

/**
 * tables_absent(m, database, pick):
 * See that none of the tables of ${pick} is in ${database}.  Return 0, EX_CANTCREAT after
 * reporting where one is, or another exit code.
 */
int tables_absent(MYSQL *m, const char *database, const struct pick *pick);

/**
 * tables_made(t, name):
 * Remember that ${name} was made.  Return 0, or EX_OSERR after reporting.
 */
int tables_made(struct tables *t, const char *name);

/**
 * tables_drop(t, m, database):
 * Drop those that were made in ${database}.  Return 0, or an exit code after reporting.
 */
int tables_drop(const struct tables *t, MYSQL *m, const char *database);

/**
 * tables_free(t):
 * Forget them.
 */
void tables_free(struct tables *t);

#endif
