#ifndef DB_STAMP_H
#define DB_STAMP_H

#include <mysql.h>

#include "base/hash.h"
#include "db/catalogue.h"

/*
 * What shows that a table is still the one it was: its definition, and when it was last defined.
 * The server keeps that time to the second, and moves it for ALTER (instant ones too), RENAME
 * and CREATE.
 */

/**
 * stamp_tables(m, tables, n, settle):
 * Stamp ${n} tables in their ${stamp}.  With ${settle}, wait until any later change will show
 * in it: a second at most.  Return 0, or an exit code after reporting; EX_TEMPFAIL where one is
 * no longer there.
 */
int stamp_tables(MYSQL *m, struct table *const *tables, size_t n, bool settle);

/**
 * stamp_check(m, t):
 * Return 0 where ${t} still is as its ${stamp} says, or an exit code after reporting:
 * EX_TEMPFAIL where it was changed.
 */
int stamp_check(MYSQL *m, const struct table *t);

#endif
