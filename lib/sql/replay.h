#ifndef SQL_REPLAY_H
#define SQL_REPLAY_H

#include <stdint.h>

#include "sql/lex.h"
#include "sql/source.h"

/*
 * The statements of a dump from a place on that was seen when it was read as a whole.  Several
 * threads can have one each.
 */
struct replay;

/**
 * replay_open(source, from, end, out):
 * Begin with the statement at ${from}; nothing from ${end} on is wanted, which lies between two
 * statements.  Return 0, or an exit code after reporting.
 */
int replay_open(const struct sql_source *source, const struct lex_state *from, uint64_t end,
    struct replay **out);

/**
 * replay_move(r, to, end):
 * Go on with the statement at ${to}; of nothing from ${end} on, as with replay_open.  What lies
 * a little ahead is reached by reading on.  Return as replay_open; where it failed, only
 * replay_free may follow.
 */
int replay_move(struct replay *r, const struct lex_state *to, uint64_t end);

/**
 * replay_next(r, s):
 * Put the next statement in ${*s}, where it stays until the next call.  Return 0, with a NULL
 * text where there is no more, or an exit code after reporting: EX_DATAERR where the text is
 * not what it was, those of the source.
 */
int replay_next(struct replay *r, struct lex_statement *s);

/**
 * replay_free(r):
 * NULL is fine.
 */
void replay_free(struct replay *r);

#endif
