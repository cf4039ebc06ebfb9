#ifndef DB_ACCOUNTS_H
#define DB_ACCOUNTS_H

#include <jansson.h>
#include <mysql.h>
#include <stddef.h>

#include "sql/emit.h"
#include "db/login.h"

/*
 * The accounts and roles of a server as statements that add to what another one has: nothing is
 * dropped, and an account that is there keeps its password.  They come in two parts, because a
 * definition needs the account that is its definer, and a right on a table needs the table.
 */
struct accounts;

/**
 * accounts_read(m, warnings, out):
 * Read all accounts and roles but the server's own into ${*out} (accounts_free).  What has to be
 * left out, here and later, is warned about and appended to the array ${warnings}, which must
 * live as long.  Return 0, or an exit code after reporting: EX_NOPERM, with the GRANT, where the
 * account may not see them.
 */
int accounts_read(MYSQL *m, json_t *warnings, struct accounts **out);

/**
 * accounts_write_first(a, e):
 * Write accounts, roles, and the rights that need nothing else.  Return 0, or an exit code after
 * reporting.
 */
int accounts_write_first(const struct accounts *a, struct emit *e);

/**
 * accounts_write_last(a, databases, n, e):
 * Write the rights on tables and routines of the ${n} ${databases} (NULL: of all) and of the
 * server's own, and the default roles; rights on others are left out.  Return 0, or an exit code
 * after reporting.
 */
int accounts_write_last(struct accounts *a, char *const *databases, size_t n, struct emit *e);

/**
 * accounts_dump(l, fd):
 * Write a dump of the accounts and of nothing else to ${fd}, with its end mark.  Return as
 * dump_write.
 */
int accounts_dump(struct login *l, int fd);

/**
 * accounts_free(a):
 * NULL is fine.
 */
void accounts_free(struct accounts *a);

#endif
