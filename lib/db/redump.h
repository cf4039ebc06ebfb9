#ifndef DB_REDUMP_H
#define DB_REDUMP_H

#include <stdbool.h>

#include "sql/endmark.h"
#include "db/login.h"

/*
 * The last proof of a restore: what is in the database now is dumped once more, to nowhere, and
 * the rows and digest of every table are compared with what the end mark of the dump promised.
 */
struct redump {
	struct login *login;
	const char *database; /* that was restored … */
	const char *origin;   /* … from the tables of this one; NULL: the dump has no other */
	const struct endmark *promised;
	const char *dump; /* its name, for messages */
	bool part;        /* what else is in the database is not looked at */
	unsigned jobs;    /* connections that read */
	bool quiet;       /* no progress */
};

/**
 * redump_compare(r):
 * Compare.  Return 0, or an exit code after reporting: EX_DATAERR with a line for each table
 * that is missing, holds other rows, or was not promised.
 */
int redump_compare(const struct redump *r);

#endif
