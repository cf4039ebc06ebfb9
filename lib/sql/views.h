#ifndef SQL_VIEWS_H
#define SQL_VIEWS_H

#include <jansson.h>
#include <mysql.h>
#include <stdbool.h>

#include "sql/catalogue.h"
#include "sql/emit.h"

/**
 * views_write(m, c, drop, definer, e, warnings):
 * Write what makes the views of ${c} to ${e}, each behind those that it reads; ${drop} and
 * ${definer} as in create_view.  A view that could not be loaded, because it is invalid or reads
 * from a table that ${c} leaves out, is written as a comment, warned about, and appended to the
 * array ${warnings}.  Return 0, or an exit code after reporting.
 */
int views_write(MYSQL *m, const struct catalogue *c, bool drop, bool definer, struct emit *e,
    json_t *warnings);

#endif
