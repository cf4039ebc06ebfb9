#ifndef DB_EXCHANGE_NAME_H
#define DB_EXCHANGE_NAME_H

#include "db/exchange.h"

/*
 * What stands beside a database that is exchanged: databases, and files in the folder.
 */

/**
 * exchange_name_stage(target), exchange_name_before(target):
 * The name of the database that is loaded in place of ${target}, and the one that keeps the old
 * tables from now on; the caller frees them.  NULL after reporting, where there is no memory or
 * the name would be too long.
 */
char *exchange_name_stage(const char *target);
char *exchange_name_before(const char *target);

/**
 * exchange_name_unused(x, out):
 * Let ${*out} be an exchange_name_before() that no database and no text has, which the caller
 * frees.  Return 0, or an exit code after reporting.
 */
int exchange_name_unused(const struct exchange *x, char **out);

/**
 * exchange_name_path(x, database, end, rc):
 * Where to keep something about ${database} on the server of x->m, in the folder; the caller
 * frees it.  NULL after reporting, with the exit code in ${*rc}.
 */
char *exchange_name_path(
    const struct exchange *x, const char *database, const char *end, int *rc);

/**
 * exchange_name_kept(x, before):
 * Where the views, routines, triggers and events are kept that belonged to the tables in the
 * database ${before}; the caller frees it.  NULL after reporting.
 */
char *exchange_name_kept(const struct exchange *x, const char *before);

#endif
