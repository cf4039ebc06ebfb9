#ifndef DB_PROVISION_H
#define DB_PROVISION_H

#include <stdbool.h>
#include <stdint.h>

#include "db/login.h"

/*
 * The database and the account that an application's .env names, on a server that has neither.
 */

/**
 * provision_try(app, objects, why):
 * Return whether the application can log in and its database is there, with the number of tables
 * and views in it in ${*objects} (may be NULL); otherwise why not in ${why}.  Nothing is
 * reported.
 */
bool provision_try(struct login *app, uint64_t *objects, char why[256]);

/**
 * provision_make(admin, app, change):
 * As ${admin}, make the database (utf8mb4, utf8mb4_unicode_ci) and the account of ${app} at
 * localhost, 127.0.0.1 and ::1, with all rights on that database and no other.  What exists
 * stays as it is; only with ${change} does an account that exists get the password of ${app}.
 * Root gets nothing.  Return 0, or the exit code after reporting: EX_CONFIG where ${app} names
 * no database or account, those of login_connect() and query_run().
 */
int provision_make(struct login *admin, const struct login *app, bool change);

/**
 * provision_rows(m, table, rows):
 * Count the rows of ${table} of the current database.  Return whether that worked; where not
 * (there is no such table) nothing is reported.
 */
bool provision_rows(MYSQL *m, const char *table, uint64_t *rows);

#endif
