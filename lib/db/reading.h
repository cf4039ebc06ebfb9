#ifndef DB_READING_H
#define DB_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "sql/endmark.h"
#include "sql/guard.h"
#include "db/parts.h"
#include "sql/source.h"
#include "sql/token.h"

/*
 * One pass over a dump: its bytes are proven (by the end mark; without one, by what can be seen
 * of a dump of other tools), its text is split into statements, each is judged, and where they
 * lie is remembered.  Memory: 1 MiB and the largest statement, and a little for each table.
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
 * reading_pass(s, o, out):
 * Read ${s} from its first byte to its end.  What the end mark says of damage comes before what
 * the text says.  ${*out} is what was learned (reading_free).  Return 0, or an exit code after
 * reporting: EX_DATAERR for damage and for statements that do not belong into a dump
 * ("NAME:LINE:COLUMN: …"), what the source returned, 1 after a stop signal (silently).
 */
int reading_pass(
    const struct sql_source *s, const struct reading_options *o, struct reading **out);

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
 * reading_parts(r):
 * In which order its statements may run, owned by ${r}.
 */
const struct parts *reading_parts(const struct reading *r);

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
