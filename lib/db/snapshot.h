#ifndef DB_SNAPSHOT_H
#define DB_SNAPSHOT_H

#include <jansson.h>
#include <mysql.h>

#include "db/content.h"
#include "db/equal.h"
#include "db/hold.h"
#include "db/login.h"

/*
 * One moment of some databases: what they hold, and several connections that see all of it as it
 * was then.  Changes of definitions are kept away (db/hold.h), or found (db/stamp.h).
 */
struct snapshot {
	MYSQL *meta; /* the catalogue, the definitions, LOCK TABLES where no snapshot covers */
	struct grants *grants; /* the account's */
	struct hold *hold;
	MYSQL **readers; /* in the snapshot */
	unsigned int n;
	struct content *content;
	struct equal_position position;
};

struct snapshot_options {
	const struct selection *selection;
	enum hold_mode mode;
	bool definitions; /* those that no snapshot holds will be dumped: keep their digests */
	json_t *warnings; /* array of text: what the account may not see, but may not exist */
	unsigned int jobs;
};

/**
 * snapshot_open(l, databases, n, o, out):
 * Open a snapshot of ${n} databases as ${*out} (snapshot_free), with up to ${o}->jobs readers;
 * try again where others hold tables or change them just then.  Return 0, or an exit code after
 * reporting (EX_TEMPFAIL where all attempts were in vain).
 */
int snapshot_open(struct login *l, char *const *databases, size_t n,
    const struct snapshot_options *o, struct snapshot **out);

/**
 * snapshot_dumped(s, i):
 * Table number ${i} of the content is dumped, and so are all before it: give its lock back.
 * Return 0, or an exit code after reporting: EX_TEMPFAIL where it was changed meanwhile.
 */
int snapshot_dumped(struct snapshot *s, size_t i);

/**
 * snapshot_free(s):
 * Close every connection.  NULL is fine.
 */
void snapshot_free(struct snapshot *s);

#endif
