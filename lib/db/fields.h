#ifndef DB_FIELDS_H
#define DB_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <mysql.h>

#include "base/buf.h"

/*
 * The columns that the rows of a table are loaded into: which literals of an INSERT become the
 * same value when their text is loaded by LOAD DATA, and the LOAD DATA statement for them.
 *
 * It reads the bytes as CHARACTER SET binary: under utf8mb4 half a character at the end of a
 * binary value takes the mark behind it along.  Text whose column has another character set
 * than the text has, and types that refuse binary strings (uuid, inet6), go through CONVERT.
 */
enum field_class {
	FIELD_NEVER,    /* geometry, what nobody knows yet */
	FIELD_COMPUTED, /* a generated column, for which the server passes literals over */
	FIELD_NUMBER,   /* numbers and strings */
	FIELD_YEAR,     /* four digits: 0 is another year than '0' */
	FIELD_TEXT,     /* strings '…' */
	FIELD_BINARY    /* strings '…', _binary'…' and 0x… */
};

struct field {
	char *name;
	enum field_class class;
	bool convert;  /* see above */
	bool nullable; /* NULL is NULL, and not the next number or the time */
};

struct fields {
	struct field *items; /* in the order of the table */
	size_t len;
	bool hidden;     /* some are invisible: not meant where an INSERT names no columns */
	bool fit;        /* rows can be loaded at all: InnoDB, and no history is kept */
	bool increments; /* there is an AUTO_INCREMENT */
	bool keyed;      /* there is a primary key, which the rows are in the order of */
};

/**
 * fields_read(m, database, table, client, f):
 * Ask the server of ${m} about ${table}, for text in the character set ${client}.  Return 0, or
 * an exit code after reporting.
 */
int fields_read(
    MYSQL *m, const char *database, const char *table, const char *client, struct fields *f);

/**
 * fields_find(f, name):
 * The column ${name}, in whatever case; NULL where there is none.
 */
const struct field *fields_find(const struct fields *f, const char *name);

/**
 * fields_statement(database, table, used, n, client, out):
 * Append the LOAD DATA statement for the ${n} columns ${used}, for text in ${client}.
 */
void fields_statement(const char *database, const char *table, const struct field *const *used,
    size_t n, const char *client, struct buf *out);

/**
 * fields_free(f):
 * Forget the columns.
 */
void fields_free(struct fields *f);

#endif
