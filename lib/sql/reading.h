#ifndef SQL_READING_H
#define SQL_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "sql/endmark.h"
#include "sql/guard.h"
#include "sql/source.h"
#include "sql/token.h"

/*
 * One pass over a dump: its bytes are proven (by the end mark; without one, by what can be seen
 * of a dump of other tools), its text is split into statements, and each is judged.  Memory:
 * 1 MiB and the largest statement.
 */
struct reading_options {
	bool foreign;       /* no end mark is asked for, unless siantre-dump wrote it */
	const char *target; /* as for guard_new */
	bool fixed;
	struct token_server server;
	struct progress *progress; /* NULL: none */
};

struct reading;

/**
 * reading_statement: what is done with each statement.  Return 0, or an exit code after
 * reporting, which ends the pass.
 */
typedef int reading_statement(void *ctx, const struct lex_statement *s);

/**
 * reading_pass(s, o, each, ctx, out):
 * Read ${s} from its first byte to its end.  Without ${each} nothing but the reading is done,
 * and what the end mark says of damage comes before what the text says.  ${*out} is what was
 * learned (reading_free).  Return 0, or an exit code after reporting: EX_DATAERR for damage
 * and for statements that do not belong into a dump ("NAME:LINE:COLUMN: …"), what the source
 * and ${each} returned, 1 after a stop signal (silently).
 */
int reading_pass(const struct sql_source *s, const struct reading_options *o,
    reading_statement *each, void *ctx, struct reading **out);

/**
 * reading_endmark(r):
 * The proven end mark, owned by ${r}; NULL for a dump of other tools.
 */
const struct endmark *reading_endmark(const struct reading *r);

/**
 * reading_guard(r):
 * The guard, which knows what databases the dump named; owned by ${r}.
 */
const struct guard *reading_guard(const struct reading *r);

/**
 * reading_digest(r):
 * A digest that covers every byte: two readings of one dump have the same.
 */
const char *reading_digest(const struct reading *r);

/**
 * reading_largest(r, line, column):
 * The length of the longest statement and where it begins.
 */
size_t reading_largest(const struct reading *r, uint64_t *line, uint64_t *column);

/**
 * reading_free(r):
 * NULL is fine.
 */
void reading_free(struct reading *r);

#endif
