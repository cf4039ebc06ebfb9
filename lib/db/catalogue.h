#ifndef DB_CATALOGUE_H
#define DB_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mysql.h>

#include "base/hash.h"
#include "sql/names.h"
#include "sql/row.h"
#include "sql/selection.h"

/*
 * What a server holds of the databases to dump: names, kinds and column lists, in the order in
 * which they are dumped (byte order of names, so that two servers agree).
 */

enum catalogue_kind { CATALOGUE_TABLE, CATALOGUE_VIEW, CATALOGUE_SEQUENCE };

struct table {
	const char *database; /* owned by the catalogue */
	char *name;
	char *label; /* "table `db`.`name`", for messages */
	enum catalogue_kind kind;
	char *engine;
	bool transactional; /* rows can be read in a snapshot */
	bool rows;          /* rows are dumped */
	bool emptied;       /* they would be, but for --ignore-table-data */
	bool history;       /* system-versioned: with all rows that ever were */
	bool history_lost;  /* it has some, and it cannot be dumped */
	const char *where;  /* SQL that they must meet; NULL: all are dumped */
	uint64_t est_rows;
	uint64_t est_bytes;
	char stamp[HASH_HEX]; /* of its definition, see db/stamp.h */

	/* Filled by columns_read, for tables with rows. */
	unsigned int ncolumns;
	struct row_column *columns;
	char *select; /* SELECT list */
	char *from;   /* " FROM `db`.`name`", with FOR SYSTEM_TIME ALL where there is history */
	char *insert; /* INSERT INTO `name` (list) VALUES\n */
	char *order;  /* ORDER BY of the primary key, "" without one */
	char
	    *key; /* first column of an integer primary key, quoted; NULL where there is none */
	bool key_unsigned;
	bool binary; /* read as db/binary.h does it */
};

/* A trigger, routine or event: what SHOW CREATE is asked for. */
struct program {
	const char *database;
	const char *collation; /* the database's */
	char *type;            /* TRIGGER, FUNCTION, PROCEDURE, PACKAGE, PACKAGE BODY, EVENT */
	char *name;
	char *table; /* of a trigger; NULL otherwise */
	char *label;
};

struct catalogue {
	char *database;
	char *charset;
	char *collation;
	char *comment;
	bool encrypted;       /* MySQL: new tables are */
	struct table *tables; /* sequences, then tables, then views, each by name */
	size_t ntables;
	struct names ignored;     /* tables left out by --ignore-table */
	struct program *programs; /* routines, then triggers, then events */
	size_t nprograms;
};

/**
 * catalogue_read(m, database, s, out):
 * Read what ${database} holds, reduced to ${s}, into ${*out} (catalogue_free).  Return 0, or an
 * exit code after reporting: EX_DATAERR for an unknown database.
 */
int catalogue_read(
    MYSQL *m, const char *database, const struct selection *s, struct catalogue **out);

/**
 * catalogue_free(c):
 * NULL is fine.
 */
void catalogue_free(struct catalogue *c);

#endif
