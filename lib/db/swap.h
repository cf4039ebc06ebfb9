#ifndef DB_SWAP_H
#define DB_SWAP_H

#include <stdbool.h>
#include <mysql.h>

#include "sql/names.h"

/*
 * Tables of three databases that change places: those of the target go to the one that keeps
 * them, those of the stage to the target.  All functions return 0, or an exit code after
 * reporting.
 */
struct swap {
	const char *target, *stage, *before;
	const struct names *old; /* tables of the target … */
	const struct names *new; /* … and of the stage, when they set out */
};

/**
 * swap_tables(m, database, out):
 * Put the names of all tables and sequences of ${database}, which may be missing, into ${out}.
 */
int swap_tables(MYSQL *m, const char *database, struct names *out);

/**
 * swap_tables_of(m, database, part, out):
 * The same, of those that ${part} names (NULL: of all).
 */
int swap_tables_of(MYSQL *m, const char *database, const struct names *part, struct names *out);

/**
 * swap_moved(m, s, out):
 * Let ${*out} say whether any table has left its place.
 */
int swap_moved(MYSQL *m, const struct swap *s, bool *out);

/**
 * swap_reach(m, database, tables):
 * See whether all ${tables} can be had: EX_TEMPFAIL where others hold one for too long.
 */
int swap_reach(MYSQL *m, const char *database, const struct names *tables);

/**
 * swap_forward(m, s), swap_back(m, s):
 * Move all that has not moved yet; move back all that has.  One statement does it.  No table is
 * moved away where the one that it makes way for is gone: then it is EX_DATAERR.
 */
int swap_forward(MYSQL *m, const struct swap *s);
int swap_back(MYSQL *m, const struct swap *s);

/**
 * swap_programs(m, database, part):
 * Drop the events, triggers, views and routines of ${database}, or only the triggers of its tables
 * ${part} (NULL: no such limit).
 */
int swap_programs(MYSQL *m, const char *database, const struct names *part);

#endif
