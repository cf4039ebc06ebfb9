#ifndef SQL_USE_H
#define SQL_USE_H

#include <stdbool.h>

#include "sql/emit.h"

/*
 * Which database the statements of a dump go to.  A dump of one database goes where its loader
 * stands; one of several goes through all of them more than once, because what is in one may
 * need what is in another.
 */
struct use {
	struct emit *emit;
	bool several;
	const char *current; /* the database that the last USE named; NULL: none yet */
};

/**
 * use_database(u, database):
 * Write USE where the dump is of several and ${database}, which must outlive ${u}, is not the
 * current one.  Return 0, or an exit code after reporting.
 */
int use_database(struct use *u, const char *database);

#endif
