#ifndef DB_DEFINITIONS_H
#define DB_DEFINITIONS_H

#include <stdbool.h>
#include <mysql.h>

#include "base/hash.h"
#include "db/catalogue.h"

/*
 * What no snapshot holds still: which tables there are, and the text of views, routines,
 * triggers and events.  It is looked at twice, and a dump during which it changed is none.
 */

/**
 * definitions_digest(m, c, s, hex):
 * Digest the definitions of all views, routines, triggers and events of ${c}'s database as they
 * are now, reduced to ${s}, their own list included.  Return 0, or an exit code after reporting.
 */
int definitions_digest(
    MYSQL *m, const struct catalogue *c, const struct selection *s, char hex[HASH_HEX]);

/**
 * definitions_tables(m, c, s, same):
 * Tell in ${*same} whether the tables that there are now, reduced to ${s}, are those in ${c}.
 * Return 0, or an exit code after reporting.
 */
int definitions_tables(
    MYSQL *m, const struct catalogue *c, const struct selection *s, bool *same);

#endif
