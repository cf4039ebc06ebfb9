#ifndef SQL_SESSION_H
#define SQL_SESSION_H

#include <stddef.h>

#include "sql/token.h"

/*
 * The session that a dump is loaded in, as far as the dump may set it: session and user
 * variables, to values that nothing computes.
 *
 * In some character sets a byte that looks like the end of a string may be half of a
 * character.  siantre-dump names such a one in front of a definition that was made in it; up to
 * the `SET NAMES` behind that only ASCII passes.  An all-zero struct is a session of utf8mb4.
 */
struct session {
	const char *unsafe; /* that character set, while it is in force */
};

/**
 * session_set(s, rest, error, size):
 * Judge a SET statement; ${rest} stands behind that word.  Return 0, or -1 with why in ${error}
 * of ${size} bytes.
 */
int session_set(struct session *s, struct tokens rest, char *error, size_t size);

/**
 * session_text(s, text, len, error, size):
 * Judge whether the bytes of a statement can be told in this session.  Return as session_set.
 */
int session_text(
    const struct session *s, const char *text, size_t len, char *error, size_t size);

#endif
