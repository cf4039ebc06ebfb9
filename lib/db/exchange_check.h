#ifndef DB_EXCHANGE_CHECK_H
#define DB_EXCHANGE_CHECK_H

#include "db/exchange.h"

/**
 * exchange_check(x):
 * See, before anything is loaded, whether the target can be exchanged: return 0, or an exit code
 * after reporting, EX_CANTCREAT where tables that stay, or those of other databases, refer to its
 * tables, or the folder of the journals cannot be written, EX_NOPERM where the account may not see all of it, or could not make again
 * what an exchange drops.
 */
int exchange_check(const struct exchange *x);

#endif
