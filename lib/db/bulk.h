#ifndef DB_BULK_H
#define DB_BULK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "db/convert.h"
#include "db/fields.h"
#include "db/parts.h"
#include "db/send.h"
#include "sql/source.h"
#include "sql/token.h"

/*
 * The rows of a table on their way to the server: INSERT statements become LOAD DATA LOCAL,
 * whose lines come from memory.  What cannot be converted is sent as it stands, and so is all
 * of a LOAD DATA that fails or warns: it is rolled back, and the INSERT statements say what is
 * wrong, and where; or they are fine, and the rest of the table is left to them.
 */
struct bulk {
	struct send send;
	const struct sql_source *source;
	struct replay *replay; /* of the part before: parts often follow each other */
	struct token_server server;
	bool no_load;                /* the server takes none */
	_Atomic uint64_t *done;      /* bytes of statements, for progress */
	const struct fields *fields; /* NULL: nothing is converted */
	const char *database;
	const char *client; /* character set of the text */
};

/**
 * bulk_part(b, p, t, wanted):
 * Send the statements of ${p}, rows for ${t}; ${*wanted} says whether LOAD DATA may be tried, and
 * becomes false where it was of no use.  Return 0, or an exit code after reporting.
 */
int bulk_part(
    struct bulk *b, const struct part *p, const struct part_table *t, atomic_bool *wanted);

/**
 * bulk_end(b):
 * No part follows: let go of the source.
 */
void bulk_end(struct bulk *b);

#endif
