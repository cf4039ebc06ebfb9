#ifndef SQL_COLUMNS_H
#define SQL_COLUMNS_H

#include <mysql.h>

#include "sql/catalogue.h"

/**
 * columns_read(m, t):
 * Fill in the columns of ${t}, how each is read and written, its primary key, and the statements
 * made of them.  Return 0, or an exit code after reporting: EX_DATAERR where no column can be
 * seen.
 */
int columns_read(MYSQL *m, struct table *t);

#endif
