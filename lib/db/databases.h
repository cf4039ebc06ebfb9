#ifndef DB_DATABASES_H
#define DB_DATABASES_H

#include <stddef.h>

#include "db/login.h"

/**
 * databases_list(l, names, n):
 * List all databases but the server's own into ${*names} (free each and the list).  Return 0,
 * or an exit code after reporting: EX_NOPERM where the account may not see them all.
 */
int databases_list(struct login *l, char ***names, size_t *n);

#endif
