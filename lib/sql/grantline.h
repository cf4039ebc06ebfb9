#ifndef SQL_GRANTLINE_H
#define SQL_GRANTLINE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * The lines by which a server tells of an account, SHOW CREATE USER and SHOW GRANTS, made into
 * statements that add to what there is: an account that exists keeps its password and its
 * limits.  Edited token by token; the forms of MariaDB and MySQL differ only a little.
 */

/* A name in a line may be this long, with its NUL. */
enum { GRANTLINE_NAME = 64 * 4 + 1 };

enum grantline_kind {
	GRANTLINE_OTHER,  /* about another account: nothing was appended */
	GRANTLINE_SERVER, /* rights on everything, on databases, of proxies; roles */
	GRANTLINE_OBJECT, /* on a table, columns or a routine, which must exist */
	GRANTLINE_DEFAULT /* which role is the default, once it is given */
};

/**
 * grantline_create(text, create, later):
 * Append ${text}, a line of SHOW CREATE USER, to ${create} as CREATE USER IF NOT EXISTS.  Its
 * DEFAULT ROLE clause, which needs roles that are given, is cut out, and appended to ${later} as
 * ALTER USER.  Return 0, or -1 where ${text} does not look like one.
 */
int grantline_create(const char *text, struct buf *create, struct buf *later);

/**
 * grantline_add(text, user, host, out, database):
 * Append ${text}, a line of SHOW GRANTS for ${user}@${host} (${host} is "" for a role of
 * MariaDB), to ${out} without what it says of the password, TLS and limits, and its columns in order.  ${database}, of
 * GRANTLINE_NAME bytes, becomes that of a GRANTLINE_OBJECT.  Return its kind, or -1 where ${text}
 * is not understood.
 */
int grantline_add(
    const char *text, const char *user, const char *host, struct buf *out, char *database);

#endif
