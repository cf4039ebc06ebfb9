#ifndef DB_GRANTS_H
#define DB_GRANTS_H

#include <stdbool.h>
#include <mysql.h>

#include "base/buf.h"

/*
 * What the account at hand may do, from the text of SHOW GRANTS: its own rights, those of its
 * active role and what that was given, and those of PUBLIC.  Rights on a database stand behind
 * a pattern, and of the patterns of one account the server uses one alone: the name itself if
 * it is among them, otherwise one that its version chooses; so of several others only what all
 * of them give is counted.  MySQL's partial revokes take away from the rights on everything.
 *
 * Not seen here: what a server adds from another account of the same user name, whose host
 * pattern fits too (see grants_known).
 */
struct grants;

enum grants_right {
	GRANTS_SELECT = 1 << 0,
	GRANTS_SHOW_VIEW = 1 << 1,
	GRANTS_TRIGGER = 1 << 2,
	GRANTS_EVENT = 1 << 3,
	GRANTS_LOCK_TABLES = 1 << 4,
	GRANTS_ROUTINE = 1 << 5, /* any that shows which routines there are */
	GRANTS_SHOW_DATABASES = 1 << 6,
	GRANTS_ALL = (1 << 7) - 1
};

/**
 * grants_new(account, caseless, show_routine):
 * Return the rights of ${account}, as CURRENT_USER() gives it, with none yet; where ${caseless},
 * names of databases and tables differ in more than case; ${show_routine} as below.  Return NULL
 * after reporting that memory is out.
 */
struct grants *grants_new(const char *account, bool caseless, bool show_routine);

/**
 * grants_add(g, line):
 * Add a line of SHOW GRANTS; one about roles, routines or proxies is passed over.  Return 0, or
 * -1 after reporting that memory is out.
 */
int grants_add(struct grants *g, const char *line);

/**
 * grants_read(m, out):
 * Ask the server for the account of ${m} and its rights.  Return 0 with them in ${*out}
 * (grants_free), or an exit code after reporting.
 */
int grants_read(MYSQL *m, struct grants **out);

/**
 * grants_on(g, database, table):
 * Return the rights on ${table} of ${database}, or on all of it where ${table} is NULL, or on
 * everything where ${database} is NULL too.
 */
unsigned int grants_on(const struct grants *g, const char *database, const char *table);

/**
 * grants_known(g, database):
 * Whether any right on ${database} or a table of it was said.  If the server shows its tables
 * though none was, the rights are not known.
 */
bool grants_known(const struct grants *g, const char *database);

/**
 * grants_statement(g, rights, database, table, out):
 * Append the GRANT that gives ${rights} (a list as SQL has it) on ${table} of ${database}, or on
 * all of it where ${table} is NULL, or on everything where ${database} is NULL too, to the
 * account.  Where a pattern gives it what it has there, that pattern is named: another name
 * would make the server forget the pattern.
 */
void grants_statement(const struct grants *g, const char *rights, const char *database,
    const char *table, struct buf *out);

/**
 * grants_show_routine(g):
 * Whether the text of routines is shown by the right SHOW_ROUTINE, not by SELECT on mysql.proc.
 */
bool grants_show_routine(const struct grants *g);

/**
 * grants_free(g):
 * NULL is fine.
 */
void grants_free(struct grants *g);

#endif
