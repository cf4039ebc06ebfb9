#ifndef DB_LOOSE_H
#define DB_LOOSE_H

#include <stdbool.h>
#include <mysql.h>

#include "base/buf.h"
#include "sql/names.h"

/*
 * What in a table goes by the name of a database, and so does not follow when the table moves to
 * another one: foreign keys to tables that are not there, which would hold on to whatever table
 * takes that name, and DEFAULTs that ask a sequence: a table whose sequence is not there cannot
 * even be altered.
 *
 * Of tables that move alone, the ${part} (NULL: all of the database), these are all foreign keys to
 * tables that stay.  Both functions return 0, or an exit code after reporting.
 */
enum loose { LOOSE_KEYS = 1, LOOSE_DEFAULTS = 2, LOOSE_ALL = 3 };

/**
 * loose_text(m, database, part, what, out):
 * Append to ${out} the statements that make it again, for any current database.
 */
int loose_text(
    MYSQL *m, const char *database, const struct names *part, enum loose what, struct buf *out);

/**
 * loose_drop(m, database, part, what):
 * Drop it.
 */
int loose_drop(MYSQL *m, const char *database, const struct names *part, enum loose what);

/**
 * loose_keys(m, database, others):
 * Drop all foreign keys of ${database}; with ${others} those to tables of other databases alone, and
 * say of each that it went.  Return 0, or an exit code after reporting.
 */
int loose_keys(MYSQL *m, const char *database, bool others);

#endif
