#ifndef DB_LOADER_H
#define DB_LOADER_H

#include "db/bulk.h"
#include "db/loaders.h"

/*
 * A connection of its own that loads rows: in a session like the one that the dump made for them.
 * All functions return 0, or an exit code after reporting.
 */
struct loader {
	const struct loaders_options *o;
	struct bulk bulk;
	const char *settings; /* that are in force */
};

/* What is known of a large table, for all who load it. */
struct loader_table {
	struct fields fields;
	const char
	    *client; /* character set of the text; NULL: one that LOAD DATA cannot take */
	const char *settings; /* that this was seen in */
	atomic_bool wanted;   /* LOAD DATA */
};

/**
 * loader_init(w, o, done):
 * Get ready; ${*done} counts the bytes of statements.
 */
void loader_init(struct loader *w, const struct loaders_options *o, _Atomic uint64_t *done);

/**
 * loader_connect(w):
 * Connect.
 */
int loader_connect(struct loader *w);

/**
 * loader_look(w, table, settings, t):
 * See what the table ${table} of the plan looks like.
 */
int loader_look(struct loader *w, size_t table, const char *settings, struct loader_table *t);

/**
 * loader_part(w, table, part, settings, t):
 * Load the part ${part} of the table ${table}; ${t} is NULL for a small one.
 */
int loader_part(
    struct loader *w, size_t table, size_t part, const char *settings, struct loader_table *t);

/**
 * loader_index(w, table):
 * Add the indexes that were taken out of the table's definition.
 */
int loader_index(struct loader *w, size_t table);

/**
 * loader_foreign(w, table, settings):
 * Add its foreign keys, if there are some.
 */
int loader_foreign(struct loader *w, size_t table, const char *settings);

/**
 * loader_close(w):
 * Be done: close the connection, if there is one, and what was read from.
 */
void loader_close(struct loader *w);

#endif
