#ifndef DB_VIEWS_H
#define DB_VIEWS_H

#include <jansson.h>
#include <mysql.h>
#include <stdbool.h>

#include "db/catalogue.h"
#include "sql/use.h"

/**
 * views_write(m, catalogues, n, drop, definer, use, warnings):
 * Write what makes the views of ${n} catalogues, each behind those that it reads from, in
 * whichever database these are; ${drop} and ${definer} as in create_view.  A view that could not
 * be loaded, because it is invalid or reads from what is left out, is written as a comment,
 * warned about, and appended to the array ${warnings}.  Return 0, or an exit code after
 * reporting.
 */
int views_write(MYSQL *m, struct catalogue *const *catalogues, size_t n, bool drop,
    bool definer, struct use *use, json_t *warnings);

#endif
