#ifndef DB_TABLES_H
#define DB_TABLES_H

#include <stdbool.h>
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
 * tables_look(m, database, pick, refuse, any):
 * Let ${*any} say whether one of the tables of ${pick} is in ${database}.  Return 0, EX_CANTCREAT
 * after reporting where a view or sequence bears such a name, or (${refuse}) a table does, or
 * another exit code.
 */
int tables_look(
    MYSQL *m, const char *database, const struct pick *pick, bool refuse, bool *any);

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
