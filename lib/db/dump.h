#ifndef DB_DUMP_H
#define DB_DUMP_H

#include <stdbool.h>
#include <stddef.h>

#include "db/catalogue.h"
#include "sql/emit.h"
#include "db/hold.h"
#include "db/login.h"

/*
 * A whole dump: one consistent snapshot of one or several databases as the SQL of
 * siantre-set(5), from the settings to the end mark.
 */
struct dump_options {
	struct selection selection;
	bool with_database; /* CREATE DATABASE and USE: several databases, or asked for */
	bool no_create_db;  /* no CREATE DATABASE */
	bool no_create;     /* rows only */
	bool no_tables;     /* views, routines, triggers and events only */
	bool no_drop;       /* no DROP before CREATE */
	bool users;         /* with the server's accounts and roles */
	bool omit_definer;
	bool position; /* the snapshot's binlog position in the end mark */
	bool quiet;
	enum hold_mode ddl;
	unsigned int jobs; /* connections that read rows, at least 1 */

	/* Once all is written: is told of every table that came with rows. */
	int (*tables)(void *ctx, const struct emit_table *tables, size_t n);
	void *tables_ctx;
};

/**
 * dump_write(l, databases, n, o, fd):
 * Dump ${n} databases to ${fd}, or nowhere (-1).  Return 0, or an exit code after reporting;
 * then what was written has no end mark.
 */
int dump_write(
    struct login *l, char *const *databases, size_t n, const struct dump_options *o, int fd);

#endif
