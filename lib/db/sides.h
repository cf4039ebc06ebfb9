#ifndef DB_SIDES_H
#define DB_SIDES_H

#include <stddef.h>

#include "db/exchange.h"
#include "sql/names.h"

/*
 * What an exchange has to write down of its two sides before its first step.  All functions
 * return 0, or an exit code after reporting.
 */

/**
 * sides_programs(x, text, len):
 * What an exchange drops of the target, as text that makes it again, which the caller frees: the
 * foreign keys of db/loose.h, and its views, routines, triggers and events, or the triggers of
 * its part, as a dump.  EX_NOPERM where the account may not see all of it.
 */
int sides_programs(const struct exchange *x, char **text, size_t *len);

/**
 * sides_grants(x, out):
 * The GRANTs that are lost when the routines of the target are dropped.
 */
int sides_grants(const struct exchange *x, struct names *out);

#endif
