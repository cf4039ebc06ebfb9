#ifndef DB_HOLD_H
#define DB_HOLD_H

#include <stdbool.h>
#include <mysql.h>

#include "db/catalogue.h"
#include "db/login.h"

/*
 * Keeps changes of definitions away from tables that are still to be dumped, which a snapshot
 * alone does not survive: a transaction of its own touches every table and so holds its metadata
 * lock.
 *
 * While an ALTER or TRUNCATE waits for such a lock, everybody else who comes to the table waits
 * behind it.  So with HOLD_RELEASE a thread looks who waits, and where anybody has waited for
 * about a second, it gives all locks back at once: from then on definitions are compared (see
 * db/stamp.h), and what did change makes the dump fail.
 */
struct hold;

#define HOLD_LOCK_WAIT \
	"2" /* seconds that a statement of ours waits for a table, and others behind it */

enum hold_mode {
	HOLD_RELEASE, /* a table's lock is given back once it is dumped, or somebody waits */
	HOLD_BLOCK,   /* all locks are held to the end, whoever waits */
	HOLD_DETECT   /* no locks: definitions are compared */
};

/**
 * hold_named(name, mode):
 * Set ${*mode} to the mode called ${name}: release, block or detect.  Return 0, or -1.
 */
int hold_named(const char *name, enum hold_mode *mode);

/**
 * hold_new(l, mode, out):
 * Connect for a new ${*out}.  Return 0, or an exit code after reporting.
 */
int hold_new(struct login *l, enum hold_mode mode, struct hold **out);

/**
 * hold_tables(h, tables, n, why):
 * Take the locks of ${n} tables, and give those of an earlier call back.  ${tables} must live as
 * long as ${h}.  Return 0, or an exit code after reporting; where a table is locked by others or
 * has just gone, return -1 with the cause in ${*why} and nothing reported.
 */
int hold_tables(struct hold *h, struct table *const *tables, size_t n, const char **why);

/**
 * hold_watch(h, own, n):
 * From now on look after those who wait.  ${own} are our ${n} other connections: they wait for
 * others too, and one of them that reads a table for which somebody has waited too long is cut.
 * Return 0, or an exit code after reporting.
 */
int hold_watch(struct hold *h, MYSQL *const *own, size_t n);

/**
 * hold_release(h, i):
 * Table number ${i} of hold_tables and all before it are dumped.
 */
void hold_release(struct hold *h, size_t i);

/**
 * hold_yielded(h):
 * Whether locks were given back before their tables were dumped (or never taken): readers then
 * keep none longer than a statement takes, and definitions must be compared.
 */
bool hold_yielded(struct hold *h);

/**
 * hold_cut(h):
 * Whether a connection of ours was cut for somebody who waited; that was reported.
 */
bool hold_cut(struct hold *h);

/**
 * hold_end(h):
 * Stop looking.  Return 0 where the locks were there as long as they should, or an exit code
 * after reporting.
 */
int hold_end(struct hold *h);

/**
 * hold_free(h):
 * NULL is fine.
 */
void hold_free(struct hold *h);

#endif
