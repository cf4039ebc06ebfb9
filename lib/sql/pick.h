#ifndef SQL_PICK_H
#define SQL_PICK_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/lex.h"
#include "sql/tablelist.h"

/*
 * Which statements of a dump are wanted where only some of its tables are, or no rows.
 *
 * Of a table these are its CREATE, its rows, what changes it (ALTER TABLE, CREATE INDEX) and its
 * triggers, beside the settings of the session.  No DROP: a table that is there is never
 * replaced by them.  No USE either: all goes into one database.
 */
struct pick;

struct pick_options {
	char *const *tables; /* "table" or "database.table" */
	size_t n;            /* 0: all of the dump */
	bool no_data;
};

/**
 * pick_new(o, database):
 * Return a judge for a dump that begins in ${database} (NULL: it has no name there).  What ${o}
 * points to is kept.  Return NULL after reporting that memory is out.
 */
struct pick *pick_new(const struct pick_options *o, const char *database);

/**
 * pick_table(p, database, table):
 * Whether the rows of that table are wanted.
 */
bool pick_table(const struct pick *p, const char *database, const char *table);

/**
 * pick_names(p, database, table):
 * Whether that table is wanted, with rows or without.
 */
bool pick_names(const struct pick *p, const char *database, const char *table);

/**
 * pick_listed(p, l):
 * Whether tables are named, and each of them is one of ${l}.
 */
bool pick_listed(const struct pick *p, const struct tablelist *l);

/**
 * pick_statement(p, s, keep):
 * Take the next statement of the dump; ${*keep} says whether it is wanted.  Return 0, or
 * EX_OSERR after reporting.
 */
int pick_statement(struct pick *p, const struct lex_statement *s, bool *keep);

/**
 * pick_finish(p, name):
 * No statement follows in the dump ${name}.  Return 0, or an exit code after reporting:
 * EX_DATAERR for a table that is not in it; EX_USAGE for a view, a sequence, one that several
 * databases have, and for tables of several databases.
 */
int pick_finish(const struct pick *p, const char *name);

/**
 * pick_found(p, i):
 * The name of the ${i}th of the wanted tables, owned by ${p}, once pick_finish returned 0; NULL
 * behind the last.
 */
const char *pick_found(const struct pick *p, size_t i);

/**
 * pick_used(p):
 * The database that the dump itself says USE for before the wanted tables, owned by ${p}; NULL
 * where it does not.
 */
const char *pick_used(const struct pick *p);

/**
 * pick_free(p):
 * NULL is fine.
 */
void pick_free(struct pick *p);

#endif
