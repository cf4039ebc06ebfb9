#ifndef DB_NEEDS_H
#define DB_NEEDS_H

#include <jansson.h>
#include <stdbool.h>

#include "db/catalogue.h"
#include "db/grants.h"

/*
 * What a dump needs that its account lacks.  A server does not refuse what the account may not
 * see: it leaves it out, and the dump would lose it without a word.
 */

/**
 * needs_tell: what one missing right or several would cost ("siantre: this account lacks
 * TRIGGER; triggers would be lost"), and the GRANT that mends it, without a semicolon, or NULL
 * where there is none.  ${fatal} is false where it is not known that there is something to lose.
 */
typedef int needs_tell(void *ctx, bool fatal, const char *text, const char *grant);

/**
 * needs_list(g, c, s, definitions, tell, ctx):
 * Tell of all that ${g} lacks to dump ${c} as ${s} has it, with rows alone where not
 * ${definitions}.  Return 0, or what ${tell} returned other than 0, or EX_OSERR after reporting.
 */
int needs_list(const struct grants *g, const struct catalogue *c, const struct selection *s,
    bool definitions, needs_tell *tell, void *ctx);

/**
 * needs_check(g, c, s, definitions, warnings, lost):
 * Report all that, and set ${*lost} where something would be lost; what may be is appended to
 * the array ${warnings}.  Return 0, or EX_OSERR after reporting.
 */
int needs_check(const struct grants *g, const struct catalogue *c, const struct selection *s,
    bool definitions, json_t *warnings, bool *lost);

/**
 * needs_databases(g):
 * Report if ${g} may not see every database.  Return 0 or EX_NOPERM.
 */
int needs_databases(const struct grants *g);

/**
 * needs_database(m, g, database):
 * Make ${database} the current one of ${m}; where the account may not, report the GRANT that it
 * lacks.  Return 0, or an exit code after reporting.
 */
int needs_database(MYSQL *m, const struct grants *g, const char *database);

/**
 * needs_text(m, what):
 * Report that the text of the routine ${what} is hidden from the account of ${m}, and the GRANT
 * that shows it.  Return EX_NOPERM, or another exit code after reporting.
 */
int needs_text(MYSQL *m, const char *what);

#endif
