#ifndef DB_TURNS_H
#define DB_TURNS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sql/guard.h"
#include "db/login.h"
#include "db/parts.h"
#include "db/send.h"
#include "sql/source.h"
#include "db/tables.h"
#include "sql/token.h"

/*
 * The first and the last turn over an epoch of a dump (db/parts.h): all of its statements but
 * the rows.  Each turn has a connection of its own, in which the settings of the dump run in
 * their order.
 */

/* What the first turn learns about a table for those who load its rows. */
struct turn_table {
	bool loaded;           /* by an earlier load: it is there, with its indexes */
	uint64_t line, column; /* of its CREATE TABLE */
	char *indexes;         /* what follows on ALTER TABLE once they are in; NULL: nothing */
	char **fulltext;
	size_t fulltexts;
	char *foreign; /* … and once those of all tables are in */
};

/* What becomes of views, routines, triggers and events. */
enum turn_programs { PROGRAMS_TOO, PROGRAMS_NOT, PROGRAMS_ALONE };

struct turn_options {
	const struct sql_source *source;
	const struct parts *parts;
	const char *into;  /* the database that is the current one at the start; NULL: none */
	bool fixed;        /* as for guard_new */
	const char *alias; /* what the dump may call that database, too; NULL: nothing */
	bool foreign;      /* as for send_begin */
	struct token_server server;
	bool allow_warnings;
	uint64_t large; /* tables with as many bytes of rows get their indexes after them */
	enum turn_programs programs;
	struct tables *made; /* gets the tables that the first turn makes; NULL: nobody asks */
	struct buf *script;  /* statements are not sent but appended (db/script.h); or NULL */
};

struct turn {
	struct turn_options o;
	struct send send;
	struct guard *guard;
	char *current; /* database; empty: that one */
};

/**
 * turn_open(t, login, o):
 * Connect, unless a script is written, and begin.  Return 0, or an exit code after reporting.
 */
int turn_open(struct turn *t, struct login *login, const struct turn_options *o);

/**
 * turn_first(t, e, tables, settings):
 * Take the first turn over ${e}.  ${tables}, one for each table of the plan, and ${settings}, one
 * for each part of it, are filled for those of ${e}; a table that is loaded is left alone: a SET statement that makes a session like
 * the one that the rows were to find; several parts may share one, and NULL is that of the part
 * before.  Return 0, or an exit code after reporting.
 */
int turn_first(
    struct turn *t, const struct epoch *e, struct turn_table *tables, char **settings);

/**
 * turn_last(t, e):
 * Take the last turn over ${e}.
 */
int turn_last(struct turn *t, const struct epoch *e);

/**
 * turn_close(t, commit):
 * Commit, if all went well, and close the connection.  Return 0, or an exit code after
 * reporting.
 */
int turn_close(struct turn *t, bool commit);

/**
 * turn_table_free(t):
 * Forget what ${t} says.
 */
void turn_table_free(struct turn_table *t);

#endif
