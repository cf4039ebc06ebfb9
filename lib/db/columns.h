#ifndef DB_COLUMNS_H
#define DB_COLUMNS_H

#include <mysql.h>
#include <stdbool.h>

#include "base/buf.h"
#include "db/catalogue.h"

/**
 * columns_form(column, select, mariadb, name, type, charset):
 * Decide how the column ${name} of DATA_TYPE ${type} and CHARACTER_SET_NAME ${charset} (NULL:
 * none) is written, and append what reads it so from a server (${mariadb} or MySQL) to
 * ${select}.
 */
void columns_form(struct row_column *column, struct buf *select, bool mariadb, const char *name,
    const char *type, const char *charset);

/**
 * columns_read(m, t):
 * Fill in the columns of ${t}, how each is read and written, its primary key, and the statements
 * made of them.  Where ${t} has history that cannot be written, because its times are numbers of
 * transactions, ${t} becomes one without, and its history_lost is set.  Return 0, or an exit code after reporting: EX_DATAERR where no column can be
 * seen.
 */
int columns_read(MYSQL *m, struct table *t);

#endif
