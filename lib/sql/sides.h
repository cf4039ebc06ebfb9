#ifndef SQL_SIDES_H
#define SQL_SIDES_H

#include <stddef.h>

#include "base/buf.h"
#include "sql/exchange.h"
#include "sql/names.h"

/*
 * What an exchange has to write down of its two sides before its first step.  All functions
 * return 0, or an exit code after reporting.
 */

/**
 * sides_programs(x, text, len):
 * The views, routines, triggers and events of the target as the text of a dump, which the caller
 * frees.  EX_NOPERM where the account may not see all of it.
 */
int sides_programs(const struct exchange *x, char **text, size_t *len);

/**
 * sides_grants(x, out):
 * The GRANTs that are lost when the routines of the target are dropped.
 */
int sides_grants(const struct exchange *x, struct names *out);

/**
 * sides_defaults(x, stage, out):
 * Take the DEFAULTs from the tables of ${stage} that ask a sequence, and append what puts them
 * back to ${out}: they name the database that the sequence is in, and a table whose sequence is
 * not there cannot even be altered.
 */
int sides_defaults(const struct exchange *x, const char *stage, struct buf *out);

#endif
