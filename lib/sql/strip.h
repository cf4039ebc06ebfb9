#ifndef SQL_STRIP_H
#define SQL_STRIP_H

#include <stdbool.h>

#include "base/buf.h"
#include "sql/lex.h"
#include "sql/token.h"

/*
 * CREATE TABLE without its secondary indexes and foreign keys, and what adds them once the rows
 * are there: to sort all of them is quicker than to put one after the other into its place.
 */
struct strip {
	struct buf create;
	struct buf indexes; /* what follows on ALTER TABLE name, or empty */
	struct buf
	    fulltext; /* the same for each such index, with a NUL behind it: one at a time */
	struct buf foreign; /* the same for foreign keys, all together */
};

/**
 * strip_table(s, server, out):
 * Take the CREATE TABLE statement ${s} apart.  Return false, with nothing in ${*out}, where it is
 * better loaded as it stands: without a PRIMARY KEY, where AUTO_INCREMENT needs another index,
 * for another engine than InnoDB, with history, or without such indexes.
 */
bool strip_table(
    const struct lex_statement *s, const struct token_server *server, struct strip *out);

/**
 * strip_free(s):
 * Forget the texts.
 */
void strip_free(struct strip *s);

#endif
