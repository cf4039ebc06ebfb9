#ifndef DB_CREATE_H
#define DB_CREATE_H

#include <stdbool.h>
#include <mysql.h>

#include "base/buf.h"
#include "db/catalogue.h"

/*
 * The text that makes an object again, from SHOW CREATE.
 */

/**
 * create_table(m, t, drop, out, keys):
 * Append what makes ${t} (a table or sequence) to ${out}, behind a DROP where ${drop}, and its
 * foreign keys as one ALTER TABLE to ${keys}.  Return 0, or an exit code after reporting.
 */
int create_table(MYSQL *m, const struct table *t, bool drop, struct buf *out, struct buf *keys);

/**
 * create_text(m, t, out):
 * Append the definition of the table ${t} to ${out}, without its AUTO_INCREMENT: what stays the
 * same while only rows come and go.  Return as create_table.
 */
int create_text(MYSQL *m, const struct table *t, struct buf *out);

/**
 * create_view(m, t, drop, definer, out, valid):
 * Append what makes the view ${t} to ${out}; without its DEFINER where not ${definer}.
 * ${*valid} is false where the server says that it refers to what is not there.  Return 0, or
 * an exit code after reporting.
 */
int create_view(
    MYSQL *m, const struct table *t, bool drop, bool definer, struct buf *out, bool *valid);

/**
 * create_comment(why, text, out):
 * Append the lines of ${text} to ${out} as comments that begin with ${why}.  Return 0, or
 * EX_OSERR.
 */
int create_comment(const char *why, const char *text, struct buf *out);

/**
 * create_program(m, p, drop, definer, out):
 * The same for a trigger, routine or event, in the client character set, collation, sql_mode
 * and time zone that it was made in, behind a DELIMITER that its text does not hold.  Return 0,
 * or an exit code after reporting (EX_NOPERM where the account may not see the text, with the
 * right that is missing).
 */
int create_program(MYSQL *m, const struct program *p, bool drop, bool definer, struct buf *out);

#endif
