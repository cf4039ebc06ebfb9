#ifndef DB_INSTEAD_H
#define DB_INSTEAD_H

#include "db/attempt.h"

/**
 * instead_run(a, x):
 * Load in place of a database that holds something: the dump goes beside it first, and the two
 * are exchanged (db/exchange.h), so that nothing is lost before all of it was loaded.  Return 0,
 * or an exit code after reporting.
 */
int instead_run(struct attempt *a, const struct exchange *x);

#endif
