#ifndef DB_SCRIPT_H
#define DB_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sql/lex.h"
#include "db/send.h"

/*
 * A short run of SQL statements as text in memory, which the mariadb client would load as well.
 */

/**
 * script_add(b, s):
 * Append ${s} behind a DELIMITER that it does not hold, where it needs one, and behind a comment
 * that says where it stood.  Return 0, or EX_OSERR after reporting.
 */
int script_add(struct buf *b, const struct lex_statement *s);

/**
 * script_run(s, text, len, foreign):
 * Send the statements of ${text} by ${s}, from send_begin(${foreign}) to send_end; messages
 * name the places where they stood.  Return 0, or an exit code after reporting.
 */
int script_run(struct send *s, const char *text, size_t len, bool foreign);

#endif
