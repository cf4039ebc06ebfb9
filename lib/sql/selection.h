#ifndef SQL_SELECTION_H
#define SQL_SELECTION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Which tables of the databases are dumped, and how much of each: names and patterns as they
 * were typed.  In a pattern `*` stands for any characters and `?` for one, as in a shell; every
 * other byte, `%` and `_` too, stands for itself.  A table that bears the pattern as its name
 * is the one that is meant.
 */

/* A name or pattern. */
struct pick {
	const char *text;
	bool used; /* it met a table */
};

struct picks {
	struct pick *items;
	size_t n;
};

struct selection {
	struct picks tables;       /* of the one database; empty: all */
	struct picks ignored;      /* DATABASE.TABLE, or TABLE where there is one database */
	struct picks ignored_rows; /* the same: tables that come without rows */
	const char *where;         /* SQL that rows must meet; NULL: none */
	bool several;              /* there is more than one database */
	bool no_data;
	bool no_history; /* of system-versioned tables: only rows that are valid now */
	bool no_views;
	bool no_triggers;
	bool no_routines;
	bool no_events;
};

/**
 * selection_add(p, text):
 * Append ${text}, which must outlive ${p}.  Return 0, or -1 after reporting that memory is out.
 */
int selection_add(struct picks *p, const char *text);

/**
 * selection_mark(p, database, several, names, n, marks):
 * Set ${marks}[i] to whether one of ${p} means the table ${names}[i] of ${database}, ${n} in
 * all, and remember which of ${p} met one.  ${database} is NULL where ${p} are names of tables
 * alone.
 */
void selection_mark(struct picks *p, const char *database, bool several,
    const char *const *names, size_t n, bool *marks);

/**
 * selection_check(s, database):
 * Once all databases were looked at, ${database} first: return 0, or EX_DATAERR after reporting
 * the first name or pattern that met nothing.
 */
int selection_check(const struct selection *s, const char *database);

/**
 * selection_free(s):
 * Free the lists.
 */
void selection_free(struct selection *s);

#endif
