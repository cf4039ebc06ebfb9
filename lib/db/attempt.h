#ifndef DB_ATTEMPT_H
#define DB_ATTEMPT_H

#include <stdbool.h>
#include <mysql.h>

#include "db/exchange.h"
#include "db/load.h"
#include "db/loading.h"
#include "sql/names.h"
#include "db/reading.h"
#include "db/tables.h"

/*
 * One attempt to load a dump, which load_run makes.  The dump is read once with nothing but eyes;
 * then its statements are looked up again where that reading saw them, and must be the same.  One
 * connection looks at databases, makes and drops them and counts rows in a session of its own;
 * others take the dump's statements, which leave their sessions in any state.
 */
struct attempt {
	struct login *login;
	const struct load_options *o;
	const struct sql_source *source;
	MYSQL *m;
	struct reading *first; /* what the first reading learned */
	struct loading g;
	struct tables made; /* of a part */
	struct exchange_result exchanged;
	struct names libraries; /* functions of the server that come from them */
};

/**
 * attempt_once(a, into, programs):
 * Load into ${into} (NULL: into the databases that the dump names), and prove it.  Return 0, or
 * an exit code after reporting; then what is there stays there.
 */
int attempt_once(struct attempt *a, const char *into, enum turn_programs programs);

/**
 * attempt_resume(a, x, database, exists):
 * Learn how far a load into ${database}, which ${exists}, has come last time, where it may go on;
 * begin to write down how far it comes now, where it begins.  Return as attempt_once.
 */
int attempt_resume(
    struct attempt *a, const struct exchange *x, const char *database, bool exists);

/**
 * attempt_fresh(a, into, programs):
 * As attempt_once, into a database that is not there yet, or holds what an earlier call has left:
 * it is there afterwards only if all of it is, or somebody wants to go on.
 */
int attempt_fresh(struct attempt *a, const char *into, enum turn_programs programs);

/**
 * attempt_forget(x, database):
 * Forget what a load right into ${database} had done: what takes its place is not to be gone on
 * with.  Return 0, or an exit code after reporting.
 */
int attempt_forget(const struct exchange *x, const char *database);

/**
 * attempt_give_up(a, into):
 * Not all of the dump is in ${into}, which this attempt has made: drop it, unless somebody wants
 * to go on.
 */
void attempt_give_up(struct attempt *a, const char *into);

#endif
