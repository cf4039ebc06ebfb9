#ifndef SQL_SNAPSHOT_H
#define SQL_SNAPSHOT_H

#include <stdint.h>
#include <mysql.h>

#include "sql/catalogue.h"
#include "sql/login.h"

/*
 * Several connections that see the same moment of the same tables.
 *
 * A guard connection first touches every table in a transaction: the metadata locks that it
 * then holds keep ALTER, DROP and RENAME away, which a snapshot alone does not survive.  Then
 * the readers open their snapshots, and these are made equal: where there is a binary log, by
 * comparing positions; otherwise by a moment of LOCK TABLES … READ from a connection of its
 * own, or of FLUSH TABLES WITH READ LOCK; where the account may do neither, by using one reader.
 */
struct snapshot {
	MYSQL *guard;    /* also reads the catalogue and the definitions */
	MYSQL **readers; /* in the snapshot */
	unsigned int n;
	MYSQL
	*locker;    /* for tables that no snapshot covers: LOCK TABLES, read, UNLOCK TABLES */
	char *file; /* binary log position, NULL without a binary log */
	uint64_t position;
	char *gtid; /* NULL where there is none */
};

/**
 * snapshot_new(l, database, out):
 * Connect the guard of a new ${*out} (snapshot_free).  Return 0, or an exit code after
 * reporting.
 */
int snapshot_new(struct login *l, const char *database, struct snapshot **out);

/**
 * snapshot_open(s, l, tables, ntables, n):
 * Guard ${ntables} tables (those that have no transactions are passed over) and open up to ${n} readers in one snapshot.
 * Return 0, or an exit code after reporting (EX_TEMPFAIL where locks could not be had in time).
 */
int snapshot_open(struct snapshot *s, struct login *l, struct table *const *tables,
    size_t ntables, unsigned int n);

/**
 * snapshot_release(s, t, i):
 * Give the guard of ${t} back, number ${i} of snapshot_open's tables: it and all before it are
 * dumped.
 * Return 0, or an exit code after reporting.
 */
int snapshot_release(struct snapshot *s, const struct table *t, size_t i);

/**
 * snapshot_free(s):
 * Close every connection.  NULL is fine.
 */
void snapshot_free(struct snapshot *s);

#endif
