#ifndef DB_LOADING_H
#define DB_LOADING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mysql.h>

#include "base/buf.h"
#include "db/login.h"
#include "db/reading.h"
#include "sql/source.h"
#include "db/turns.h"

/*
 * One loading of a dump that was read (db/reading.h): the turns over all of its epochs.
 */
struct loading {
	struct login *login;
	const struct sql_source *source;
	const struct reading *first;
	const char *into;  /* the database; NULL: the dump names them all */
	const char *alias; /* as for turn_options */
	struct token_server server;
	enum turn_programs programs;
	bool allow_warnings;
	bool compared; /* digests, afterwards, where the dump has them */
	bool quiet;
	unsigned jobs;         /* connections that load rows, 1 at least */
	uint64_t large;        /* as for turn_options */
	MYSQL *m;              /* idle: for KILL */
	struct tables *made;   /* as for turn_options */
	struct resume *resume; /* what is in already, and is told of more; or NULL */

	bool no_load;      /* it turned out: the server takes no LOAD DATA LOCAL, … */
	bool no_scheduler; /* … runs no events, and there are some */
};

/**
 * loading_run(g):
 * Load.  Return 0, or an exit code after reporting; then the database holds some part of it.
 */
int loading_run(struct loading *g);

/**
 * loading_script(g, target, out):
 * Append to ${out} the statements that make the dump's views, routines, triggers and events in
 * the database ${target}, with the settings between them.  Return 0, or an exit code after
 * reporting.
 */
int loading_script(const struct loading *g, const char *target, struct buf *out);

#endif
