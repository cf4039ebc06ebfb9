#ifndef SQL_SESSION_H
#define SQL_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/assignment.h"

/*
 * The session that a dump is loaded in, as far as the dump may set it: session and user
 * variables, to values that nothing computes.
 *
 * Two settings decide what the bytes of all later statements mean, and who reads them in another
 * way than the server does can be made to see a harmless statement in a harmful one: sql_mode
 * (where a string ends) and the character set (in some a byte that looks like the end of a string
 * may be half of a character; in others there are more bytes that are white space).  So they may
 * be set to what stands there, or put back to what a user variable has kept; anything else is
 * refused.
 *
 * siantre-dump names a character set of the first sort in front of a definition that was made in
 * it; up to the `SET NAMES` behind that only ASCII passes.
 *
 * An all-zero struct is a session of utf8mb4, with none of the modes that matter here.
 */
enum { SESSION_KEPT = 32, SESSION_NAME = ASSIGNMENT_NAME };

struct session_reading {
	bool no_backslash, ansi_quotes;
	const char *unsafe; /* that character set, while it is in force */
	bool bytes;         /* it is none of those in which all white space is ASCII */
};

struct session {
	struct session_reading now;
	/* User variables that hold one of the two. */
	struct {
		char name[SESSION_NAME];
		bool modes; /* … or the character set */
		struct session_reading was;
	} kept[SESSION_KEPT];
	size_t kept_len;
};

/**
 * session_set(s, rest, error, size):
 * Judge a SET statement; ${rest} stands behind that word.  Return 0, or -1 with why in ${error}
 * of ${size} bytes.
 */
int session_set(struct session *s, struct tokens rest, char *error, size_t size);

/**
 * session_text(s, tokens, error, size):
 * Judge whether what a statement's bytes mean, read in the modes of its ${tokens}, can be told in
 * this session.  Return as session_set.
 */
int session_text(
    const struct session *s, const struct tokens *tokens, char *error, size_t size);

#endif
