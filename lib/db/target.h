#ifndef DB_TARGET_H
#define DB_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <mysql.h>

#include "sql/endmark.h"

/*
 * The database that a dump goes into.  All functions return 0, or an exit code after
 * reporting.
 */
struct target {
	bool exists;
	uint64_t objects; /* tables, views, sequences, routines and events in it */
};

/**
 * target_spell(m, name, out):
 * How the server writes the name of the database ${name}, which the caller frees: one that does
 * not tell names apart by case writes them in small letters.
 */
int target_spell(MYSQL *m, const char *name, char **out);

/**
 * target_look(m, name, t):
 * See whether ${name} is there and what it holds.
 */
int target_look(MYSQL *m, const char *name, struct target *t);

/**
 * target_create(m, name):
 * Create ${name} with utf8mb4 and utf8mb4_unicode_ci; it must not exist.  Where the right is
 * missing the message names the GRANT.
 */
int target_create(MYSQL *m, const char *name);

/**
 * target_drop(m, name):
 * Drop ${name} and all that is in it.
 */
int target_drop(MYSQL *m, const char *name);

/**
 * target_count(m, into, e, dump):
 * Compare the rows of each table with what the end mark ${e} of ${dump} says.  ${into}: the
 * database that holds them all; NULL: each is in the one that it came from.  EX_DATAERR where
 * a table differs.
 */
int target_count(MYSQL *m, const char *into, const struct endmark *e, const char *dump);

/**
 * target_hint(m, name, definer):
 * Say on stderr which GRANT lets this account fill ${name} (NULL: every database); with
 * ${definer}, which one lets it make what another account defines.
 */
void target_hint(MYSQL *m, const char *name, bool definer);

#endif
