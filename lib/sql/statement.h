#ifndef SQL_STATEMENT_H
#define SQL_STATEMENT_H

#include <stdbool.h>

#include "sql/lex.h"
#include "sql/token.h"

/*
 * What a statement of a dump is about, as far as it matters for the order in which statements
 * may run.  Each has passed the guard (sql/guard.h).
 */
enum statement_kind {
	STATEMENT_NOTHING, /* no effect that a loader needs: LOCK TABLES, DISABLE KEYS, ANALYZE */
	STATEMENT_SETTING, /* of the session, or of the current database */
	STATEMENT_TABLE,   /* makes a database, table or sequence, or drops one */
	STATEMENT_ROWS,    /* for one table */
	STATEMENT_LATE,    /* a view, routine, trigger or event; a change of a table */
	STATEMENT_OTHER    /* anything else: all before it have to be done */
};

enum { STATEMENT_NAME = 64 * 4 + 1 };

struct statement {
	enum statement_kind kind;
	bool creates;                  /* a table, a sequence */
	bool table;                    /* … which is a table */
	bool program;                  /* late: a view, routine, trigger or event */
	char database[STATEMENT_NAME]; /* of that name, or of USE; empty: the current one */
	char whole[STATEMENT_NAME];    /* a database that is made, changed or dropped */
	char
	    name[STATEMENT_NAME]; /* of what is created, dropped, changed or filled; or empty */
};

/**
 * statement_tokens(s, server):
 * The tokens of ${s}, from its first.
 */
struct tokens statement_tokens(
    const struct lex_statement *s, const struct token_server *server);

/**
 * statement_read(s, server, out):
 * Fill ${*out} for ${s}.
 */
void statement_read(
    const struct lex_statement *s, const struct token_server *server, struct statement *out);

#endif
