#ifndef SQL_EXCHANGE_FILE_H
#define SQL_EXCHANGE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/names.h"

/*
 * The journal of an exchange (db/exchange.h): a folder that appears whole, and durable, before
 * the first step, and goes after the last.
 */
struct exchange_file {
	char *stage, *before; /* databases */
	char *digest;         /* of the dump; empty: there is none */
	char *time;           /* when it began, UTC */
	bool foreign;
	bool part;             /* only these tables are exchanged: */
	struct names old, new; /* tables */
	struct names grants;   /* GRANT statements that go with dropped routines */
	char *undo, *redo;     /* SQL: the views and so on of the old and the new side */
	size_t undo_len, redo_len;
};

/**
 * exchange_file_path(folder, server, target):
 * Where the journal of ${target} on ${server} is; the caller frees it.  NULL after reporting.
 */
char *exchange_file_path(const char *folder, const char *server, const char *target);

/**
 * exchange_file_folder(folder):
 * Make the folder of the journals where it is missing, and the one that it lies in.  Return 0 if
 * it can be written to, or -1 with errno set.
 */
int exchange_file_folder(const char *folder);

/**
 * exchange_file_write(path, f):
 * Write ${f}; its folder is made where it is missing.  Return 0, or an exit code after
 * reporting, with nothing left behind.
 */
int exchange_file_write(const char *path, const struct exchange_file *f);

/**
 * exchange_file_read(path, f, found):
 * Read the journal into ${f}, if there is one (exchange_file_free); who may not look into the
 * folder finds none.  Return 0, or an exit code after reporting: EX_DATAERR for one that is
 * damaged, in any byte.
 */
int exchange_file_read(const char *path, struct exchange_file *f, bool *found);

/**
 * exchange_file_tidy(path):
 * Remove what a call that was killed has left of writing or forgetting the journal.
 */
void exchange_file_tidy(const char *path);

/**
 * exchange_file_done(path, keep):
 * Forget the journal; its undo text becomes the file ${keep} (NULL: that goes as well).  Return
 * as exchange_file_write.
 */
int exchange_file_done(const char *path, const char *keep);

/**
 * exchange_file_free(f):
 * Forget what ${f} says.
 */
void exchange_file_free(struct exchange_file *f);

#endif
