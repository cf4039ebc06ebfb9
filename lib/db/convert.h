#ifndef DB_CONVERT_H
#define DB_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "db/fields.h"
#include "sql/lex.h"
#include "sql/token.h"

/*
 * The rows of INSERT statements as the lines of a LOAD DATA (see fields_statement) that stores
 * the same values.  Only literals are converted, and of those the ones whose class of column
 * leaves no doubt; whatever else a statement holds, it is one to be sent as it stands.
 */
struct convert {
	const struct fields *fields;
	const struct field **used; /* the columns of the last statement, in its order */
	size_t n;
	char *head; /* that statement's bytes up to VALUES, included */
	size_t head_len;
};

/**
 * convert_rows(c, s, server, out, rows, same):
 * Append the rows of ${s} to ${out} and let ${*rows} be their number; ${*same} says whether the
 * columns are those of the call before.  Return false, with ${out} as it was, where that cannot
 * be done; memory that runs out is one such case.
 */
bool convert_rows(struct convert *c, const struct lex_statement *s,
    const struct token_server *server, struct buf *out, uint64_t *rows, bool *same);

/**
 * convert_free(c):
 * Give back what ${c} holds, but for the fields.
 */
void convert_free(struct convert *c);

#endif
