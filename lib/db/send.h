#ifndef DB_SEND_H
#define DB_SEND_H

#include <stdbool.h>
#include <stdint.h>
#include <mysql.h>

#include "sql/lex.h"

/*
 * The statements of a dump on their way to the server, one after the other over one
 * connection.
 */
struct send {
	MYSQL *m;
	const char *name; /* of the dump, for messages */
	const char *into; /* the database, for a hint; NULL: several */
	bool allow_warnings;
	bool compared;     /* rows are, afterwards: what does not fit is seen then */
	uint64_t warnings; /* that were allowed */
	bool no_scheduler; /* there are events, and the server does not run any */
	uint64_t pending;  /* bytes since the last commit */
};

/**
 * send_begin(s, foreign):
 * Set the session up as the dump expects it: what the client of ${foreign} dumps starts with,
 * or what siantre-dump's own settings build on.  Return 0, or an exit code after reporting.
 */
int send_begin(struct send *s, bool foreign);

/**
 * send_statement(s, statement):
 * Send it, and report a failure or a warning of the server with its place.  Return 0, or the exit
 * code: EX_DATAERR for what the server does not accept, EX_CANTCREAT where its disk is full, those
 * of login_fail for a lost server, locks and missing rights.
 */
int send_statement(struct send *s, const struct lex_statement *statement);

/**
 * send_end(s):
 * Make the last rows durable.  Return as send_statement.
 */
int send_end(struct send *s);

#endif
