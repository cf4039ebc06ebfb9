#ifndef DB_RESUME_H
#define DB_RESUME_H

#include <stdbool.h>
#include <stddef.h>
#include <mysql.h>

#include "sql/endmark.h"

/*
 * How far a load has come: a file with the name of each table whose rows and indexes are in, so
 * that a load that was interrupted can go on.  It is about one dump, which its digest tells, and
 * one database.  That the tables are what they should be is proven afterwards, by their digests.
 */
struct resume;

/**
 * resume_open(path, database, digest, go_on, out):
 * With ${go_on}, read the file ${path} if it is about ${database} and ${digest}; where it is not,
 * ${*out} is NULL.  Otherwise begin a new one in its place.  Return 0, or an exit code after
 * reporting.
 */
int resume_open(const char *path, const char *database, const char *digest, bool go_on,
    struct resume **out);

/**
 * resume_found(r):
 * Whether it goes on; for NULL, no.
 */
bool resume_found(const struct resume *r);

/**
 * resume_has(r, table):
 * Whether ${table} is in; for NULL, no.
 */
bool resume_has(const struct resume *r, const char *table);

/**
 * resume_add(r, tables, n):
 * Remember that ${n} more are in, durably; from any thread.  For NULL, nothing.  Return 0, or an
 * exit code after reporting.
 */
int resume_add(struct resume *r, const char *const *tables, size_t n);

/**
 * resume_clear(r, m, database, e):
 * Make ${database} ready to go on with the dump that ${e} ends: what is not in goes, and so do all
 * foreign keys, views, routines, triggers and events, which come after the rows.  A table that the
 * dump does not have: EX_CANTCREAT, and nothing goes.  Return 0, or an exit code after reporting.
 */
int resume_clear(
    const struct resume *r, MYSQL *m, const char *database, const struct endmark *e);

/**
 * resume_close(r, keep):
 * Remove the file, unless ${keep}, and free ${r}.  NULL is fine.
 */
void resume_close(struct resume *r, bool keep);

#endif
