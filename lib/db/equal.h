#ifndef DB_EQUAL_H
#define DB_EQUAL_H

#include <stdbool.h>
#include <stdint.h>
#include <mysql.h>

#include "base/buf.h"
#include "db/catalogue.h"

/*
 * Snapshots of several connections that see the same moment.
 *
 * MariaDB with a binary log tells the position of each snapshot: they are opened again until all
 * are the same.  Otherwise they are opened while all tables are locked against writing, for the
 * moment that it takes: by LOCK TABLES … READ, which the usual account may; by FLUSH TABLES WITH
 * READ LOCK, where it may not do that; on MySQL under LOCK INSTANCE FOR BACKUP, where it may.
 * Where none of these may be had there is one reader.
 */

struct equal_position {
	char *file; /* of the binary log; NULL: none, or not known */
	uint64_t offset;
	char *gtid; /* NULL where there is none */
};

/**
 * equal_open(readers, n, locker, tables, ntables, position, why):
 * Open the snapshots of the ${*n} ${readers}; the locks are ${locker}'s and are gone afterwards.
 * Where equal ones cannot be, all readers but one are closed and ${*n} is 1.  ${position} is
 * filled in.  Return 0, or an exit code after reporting; where the tables stay locked by others,
 * return -1 with the cause in ${*why} and nothing reported.
 */
int equal_open(MYSQL **readers, unsigned int *n, MYSQL *locker, struct table *const *tables,
    size_t ntables, struct equal_position *position, const char **why);

/**
 * equal_all_logged(m, all):
 * Ask MariaDB whether every commit moves the position of its binary log: nothing is filtered out of it,
 * and what comes from another server is logged, too.  ${*all} is false where there is no such log, and
 * where the account may not ask (BINLOG MONITOR; without log_slave_updates, SLAVE MONITOR).  What a
 * session commits with sql_log_bin=0 nobody can know.  Return 0, or an exit code after reporting.
 */
int equal_all_logged(MYSQL *m, bool *all);

/**
 * equal_lock_sql(b, tables, n):
 * Append the LOCK TABLES statement of those of ${n} tables whose rows are dumped; return how
 * many there are.
 */
size_t equal_lock_sql(struct buf *b, struct table *const *tables, size_t n);

/* A way to keep writers away, and back; a ${before} that may not be had is left out. */
struct equal_way {
	const char *before; /* NULL: none */
	const char *lock;   /* NULL: LOCK TABLES */
	const char *after;  /* NULL: none */
	bool position;      /* the whole server stands still: the position can be asked for */
};

/**
 * equal_ways(mariadb, n):
 * The ways to try, ${*n} of them, in that order, on MariaDB or on MySQL.
 */
const struct equal_way *equal_ways(bool mariadb, size_t *n);

/**
 * equal_position_free(p):
 * Free what ${p} holds.
 */
void equal_position_free(struct equal_position *p);

#endif
