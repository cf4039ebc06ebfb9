#ifndef DB_LIBRARIES_H
#define DB_LIBRARIES_H

#include <mysql.h>

#include "sql/names.h"

/**
 * libraries_read(m, names):
 * Add to ${names} the functions of the server of ${m} that come from libraries, as far as this
 * account may know them.  Return 0, or an exit code after reporting.
 */
int libraries_read(MYSQL *m, struct names *names);

#endif
