#ifndef DB_LOADERS_H
#define DB_LOADERS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/progress.h"
#include "db/login.h"
#include "db/parts.h"
#include "db/resume.h"
#include "sql/source.h"
#include "sql/token.h"
#include "db/turns.h"

/*
 * The second turn over an epoch of a dump (db/parts.h): the rows, by several threads with a
 * connection each.  A large table is loaded by LOAD DATA (db/bulk.h) and gets its indexes after
 * its rows; the parts of one without AUTO_INCREMENT are loaded side by side, while those of one
 * with it would only wait for each other, and those of one without a primary key would come in
 * another order.  Small tables are loaded as they stand, many by one
 * thread.
 */
struct loaders_options {
	struct login *login;
	const struct sql_source *source;
	const struct parts *parts;
	const char *into;                /* the database; NULL: the dump names them all */
	const struct turn_table *tables; /* as the first turn left them */
	char *const *settings;
	struct token_server server;
	unsigned jobs;
	bool allow_warnings;
	bool compared;         /* see db/send.h */
	uint64_t large;        /* bytes of rows that make a table large */
	struct resume *resume; /* is told of the tables that are in; NULL: nobody is */
	bool *no_load;         /* becomes true where the server takes no LOAD DATA LOCAL */
	struct progress *progress;
	MYSQL *m; /* idle: for KILL */
};

/**
 * loaders_run(o, e):
 * Load the rows of ${e}, and then add indexes and foreign keys.  Return 0, or an exit code after
 * reporting; 1 after a stop signal (silently).
 */
int loaders_run(const struct loaders_options *o, const struct epoch *e);

#endif
