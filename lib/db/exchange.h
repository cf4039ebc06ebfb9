#ifndef DB_EXCHANGE_H
#define DB_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <mysql.h>

#include "db/login.h"
#include "sql/names.h"

/*
 * A database that was loaded beside the live one takes its place.
 *
 * RENAME TABLE moves all tables of both at once, but no table that has a trigger, no view, no
 * routine and no event.  So the new database is loaded without those; the old ones are dropped
 * before, and the new ones made after.  What both sides' are, and which tables, is on the disk
 * before the first of these steps, so that whoever comes next can finish an exchange that was
 * interrupted, or undo it: it is undone as long as no table has moved, and finished from then on.
 * The old tables go to a database NAME_before_YYYYmmdd_HHMMSS, and the text of what was dropped
 * to a file of that name.
 *
 * Where only some tables are exchanged, all else stays: their triggers are dropped and made, and
 * foreign keys between them and other tables, which would hold on to the tables that have gone.
 */
struct exchange {
	struct login *login;
	MYSQL *m; /* a session of its own, which holds the lock */
	const char *target;
	const struct names *part; /* only these tables are exchanged; NULL: all that it holds */
	const char *folder;       /* of the journals; made where it is missing */
	bool quiet;

	/* What uses the database, is stopped before the first step and started after the last. */
	int (*stop)(void *ctx);  /* NULL: nothing is; 0, or an exit code after reporting */
	int (*start)(void *ctx); /* the same */
	void *ctx;
};

/* How an exchange that somebody else began was settled. */
enum exchange_settled { EXCHANGE_NONE, EXCHANGE_FINISHED, EXCHANGE_UNDONE };

struct exchange_result {
	enum exchange_settled settled;
	char *digest;      /* of the dump that it brought, where it was finished; or NULL */
	char *before;      /* the old database; NULL: there was no table in it */
	char *file;        /* with the old views, routines, triggers and events; or NULL */
	bool no_scheduler; /* there are events, and the server runs none */
};

/* The new side. */
struct exchange_new {
	const char *stage;  /* the database; it is gone afterwards */
	const char *dump;   /* its name, for messages */
	const char *digest; /* of the dump; NULL: there is none */
	const char *script; /* makes views, routines, triggers and events */
	size_t script_len;
	bool foreign; /* the script's session, as for send_begin */
	bool allow_warnings;
};

/**
 * exchange_settle(x, dry_run, out):
 * Lock the target against other restores for as long as x->m lives, and finish or undo an
 * exchange that was interrupted; with ${dry_run} only say so.  Return 0, or an exit code after
 * reporting: EX_TEMPFAIL where another restore is at it.  ${*out} is the caller's
 * (exchange_result_free).
 */
int exchange_settle(const struct exchange *x, bool dry_run, struct exchange_result *out);

/**
 * exchange_run(x, new, out):
 * Exchange.  Return 0; or an exit code after reporting, with the old database in its place (where
 * even that failed, it says so, and exchange_settle has to be called again).
 */
int exchange_run(
    const struct exchange *x, const struct exchange_new *new, struct exchange_result *out);

/**
 * exchange_result_free(r):
 * Forget what ${r} says.
 */
void exchange_result_free(struct exchange_result *r);

#endif
