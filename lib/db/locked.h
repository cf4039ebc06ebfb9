#ifndef DB_LOCKED_H
#define DB_LOCKED_H

#include <mysql.h>

#include "db/rows.h"

/**
 * locked_rows(m, w):
 * Write all rows of ${w}'s table, which no snapshot covers (MyISAM, Aria, MEMORY, CSV, ARCHIVE):
 * LOCK TABLES … READ over ${m}, read, unlock.  Return 0, or an exit code after reporting.
 */
int locked_rows(MYSQL *m, struct rows_writer *w);

#endif
