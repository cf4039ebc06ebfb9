#ifndef DB_PLAN_H
#define DB_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "db/dump.h"

/**
 * plan_print(l, databases, n, o, json):
 * Print to stdout what dump_write would dump, and dump nothing: each table with its kind and
 * engine, the server's estimate of its rows and bytes, and in how many pieces it would be read;
 * then how many there are of everything, and what the account lacks.  With ${json} one JSON
 * object.  Only the catalogue is read, and no lock is held.  Return 0, also where something is
 * lacking, or an exit code after reporting.
 */
int plan_print(
    struct login *l, char *const *databases, size_t n, const struct dump_options *o, bool json);

#endif
