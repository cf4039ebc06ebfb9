#ifndef DB_PARTS_H
#define DB_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/lex.h"
#include "sql/statement.h"

/*
 * In which order the statements of a dump may run, learned while it is read once.
 *
 * The dump is cut into epochs, each of which has to be done before the next one begins.  Inside
 * an epoch there are three turns: first everything that is neither rows nor late, in the dump's
 * order; then the rows, those of one table beside those of another; then what is late, in the
 * dump's order again.  Settings of the session run in the first turn and, over a connection of
 * its own, in the last one, each time in the dump's order, so that every statement finds those
 * that stand before it.
 *
 * An epoch ends where that would change the outcome: at a statement of another kind behind rows
 * or a late one, where a table is made or dropped that this one has touched, and where rows
 * follow a change of their table.
 *
 * Where the statements lie is all that is kept of them.  A dump that goes to and fro between
 * tables more often than PARTS_MOST times has the rest of its rows loaded in the first turn, one
 * statement behind the other, so that the plan of no dump is larger than a few dozen MiB and the
 * names in it.
 */
#define PARTS_MOST ((size_t)1 << 18)
#define PART_MOST ((uint64_t)64 << 20) /* bytes, unless one statement is longer */

/* INSERT statements for one table, one behind the other. */
struct part {
	struct lex_state from;
	uint64_t end;          /* behind the last one's delimiter */
	struct lex_state next; /* the statement behind them; an offset of 0: none */
	uint64_t sum;          /* of the statements' text */
	size_t after;          /* the next part of the same table; PART_NONE: none */
};

#define PART_NONE SIZE_MAX

struct part_table {
	char *database, *name; /* an empty database is the one that the dump is loaded into */
	size_t first, last;    /* parts */
	uint64_t bytes;
};

struct epoch {
	struct lex_state from;
	size_t first_part, parts;
	size_t first_table, tables;
	bool late;    /* there is something for the last turn */
	uint64_t sum; /* of the text of the statements that are in no part */
};

struct parts {
	struct part *parts;
	size_t parts_len, parts_size;
	struct part_table *tables;
	size_t tables_len, tables_size;
	struct epoch *epochs;
	size_t epochs_len, epochs_size;
	char *target; /* what the dump may call the database that it is loaded into, or empty */
	char *current; /* database; empty: that one */
	void *objects; /* tree of what was named so far */
	bool open;     /* the last part may go on */
};

/**
 * parts_new(target):
 * Return an empty plan for a dump that is loaded into a database that it may call ${target}
 * (NULL: by no name).  Return NULL after reporting that memory is out.
 */
struct parts *parts_new(const char *target);

/**
 * parts_add(p, s, server, query):
 * Take the next statement; ${query} says whether there is one in the rows of an INSERT.  Return
 * 0, or -1 after reporting that memory is out.
 */
int parts_add(struct parts *p, const struct lex_statement *s, const struct token_server *server,
    bool query);

/**
 * parts_sum(sum, s):
 * Return the sum of statements, ${sum}, with ${s} added.
 */
uint64_t parts_sum(uint64_t sum, const struct lex_statement *s);

/**
 * parts_table(p, current, st):
 * The table that ${st} names where ${current} is the current database, owned by ${p}, in its
 * last epoch; NULL where it has no rows.
 */
const struct part_table *parts_table(
    const struct parts *p, const char *current, const struct statement *st);

/**
 * parts_bytes(p):
 * The bytes of all rows.
 */
uint64_t parts_bytes(const struct parts *p);

/**
 * parts_free(p):
 * NULL is fine.
 */
void parts_free(struct parts *p);

#endif
