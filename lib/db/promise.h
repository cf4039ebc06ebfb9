#ifndef DB_PROMISE_H
#define DB_PROMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/marktail.h"
#include "sql/source.h"

/*
 * What a dump says of itself, learned with as little reading as it takes: a straight source with
 * an end mark that says where rows are is not read but for that; all others are read and proven
 * whole.
 */
struct promise {
	bool own;   /* it has an end mark, which is ${mark} … */
	bool whole; /* … and keeps it */
	struct marktail mark;
	uint64_t plain; /* bytes of the dump */
};

/**
 * promise_read(source, foreign, quiet, p):
 * Learn ${*p} (whose mark is the caller's) about ${source}, which can be opened anywhere
 * afterwards.  ${foreign}: there may be no end mark; ${quiet}: no progress.  Return 0, or an exit
 * code after reporting.
 */
int promise_read(const struct sql_source *source, bool foreign, bool quiet, struct promise *p);

#endif
