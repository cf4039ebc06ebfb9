#ifndef DB_CONTENT_H
#define DB_CONTENT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <mysql.h>

#include "base/hash.h"
#include "db/catalogue.h"
#include "db/grants.h"

/*
 * What a dump will hold: the catalogues of its databases, and their tables in the order in which
 * they come.  Views, routines, triggers and events are in no snapshot: their definitions are
 * compared at the end.
 */
struct content {
	const struct selection *selection;
	struct catalogue **catalogues;
	char (*digests)[HASH_HEX]; /* of the definitions that no snapshot holds */
	size_t n;
	struct table **tables; /* of all catalogues, without views */
	size_t ntables;
	struct table **ranged; /* those with rows that a snapshot holds */
	size_t nranged;
};

/**
 * content_read(m, g, databases, n, s, out):
 * Read what ${n} databases hold, reduced to ${s}, into ${*out} (content_free); ${g} are the
 * account's grants.  Return 0, or an exit code after reporting.
 */
int content_read(MYSQL *m, const struct grants *g, char *const *databases, size_t n,
    const struct selection *s, struct content **out);

/**
 * content_may(g, c, definitions, warnings):
 * See that nothing that would be dumped is hidden from an account with ${g}, with its rows alone where
 * not ${definitions}.  Return 0, or an exit code after reporting: EX_NOPERM where something would
 * be lost; what may be is reported and appended to the array ${warnings}.
 */
int content_may(
    const struct grants *g, const struct content *c, bool definitions, json_t *warnings);

/**
 * content_settle(m, c, definitions, why):
 * Now that nothing changes any more: see that the tables are still those that were listed, keep
 * the digests of the other ${definitions} where they are asked for, and read the columns.
 * Return 0, or an exit code after reporting; where a table came or went, return -1 with the
 * cause in ${*why} and nothing reported.
 */
int content_settle(MYSQL *m, struct content *c, bool definitions, const char **why);

/**
 * content_compare(m, c):
 * See that views, routines, triggers and events are what they were.  Return 0, or an exit code
 * after reporting: EX_TEMPFAIL where one changed.
 */
int content_compare(MYSQL *m, const struct content *c);

/**
 * content_free(c):
 * NULL is fine.
 */
void content_free(struct content *c);

#endif
