#ifndef DB_LOAD_H
#define DB_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "db/exchange.h"
#include "db/login.h"
#include "sql/pick.h"
#include "sql/source.h"

/*
 * A dump back into a database: proven whole before anything is touched, loaded through the C
 * API with the exact bytes of each statement, and counted afterwards.
 */
struct load_options {
	const char *into; /* --into: the database; NULL: what the dump names, or the .env */
	bool foreign;     /* a dump of other tools: there is no end mark */
	bool resume; /* go on with what an earlier call has left; leave it for the next one */
	bool yes;    /* an existing database that holds something may be replaced */
	bool allow_warnings;
	bool dry_run;   /* prove, look, say what would be done */
	bool quiet;     /* no progress, no account of what was done */
	bool verbose;   /* rows of each table */
	unsigned jobs;  /* connections that load rows, 1 at least */
	uint64_t large; /* bytes of rows from which on LOAD DATA is worth it for a table */
	bool any_space; /* do not look whether there is room */
	bool rows_only; /* count rows afterwards; do not compare digests */
	/* The dump is these tables: none may be there yet, anything else may.  NULL: it is all. */
	const struct pick *part;
	bool no_data; /* … without rows */

	struct exchange exchange; /* its folder, quiet, stop and start; the rest is filled in */
};

/**
 * load_run(l, source, o):
 * Load ${source}.  A database that does not exist is made, and dropped again where loading fails.
 * What an earlier call has left half-loaded there or
 * in NAME_new is gone on with where resume is asked for.  One that holds something else is
 * refused without yes; with it, the dump is loaded into NAME_new
 * without views, routines, triggers and events, compared there, and exchanged for the old one
 * (db/exchange.h), which stays under another name.  An exchange that was interrupted before is
 * settled first.
 *
 * Return 0, or an exit code after reporting: EX_DATAERR for damage, for what guard.h refuses,
 * for statements or warnings of the server ("NAME:LINE:COLUMN: …") and for rows that do not
 * agree; EX_CANTCREAT for a database that holds something; EX_USAGE where no database is
 * named; EX_CONFIG where the server takes no statement that large; EX_TEMPFAIL where another
 * restore is at the same database; those of login_fail; 1 after a stop signal (silently).
 */
int load_run(struct login *l, const struct sql_source *source, const struct load_options *o);

#endif
