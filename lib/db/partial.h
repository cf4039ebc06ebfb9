#ifndef DB_PARTIAL_H
#define DB_PARTIAL_H

#include <stdbool.h>

#include "sql/pick.h"
#include "sql/source.h"

/*
 * A part of a dump as a dump of its own: some tables, or all without their rows.  It begins with
 * the settings of the whole and ends with an end mark for what is in it, so that whoever loads
 * dumps loads it.
 *
 * From a dump of siantre-dump that can be opened anywhere, nothing is read but its end mark, the
 * text in front of, between and behind the tables where something of theirs stands, and, once the
 * part is loaded, their rows.  Any other dump is read and proven whole, first.
 */
struct partial;

struct partial_options {
	struct pick_options pick;
	bool foreign; /* there may be no end mark */
	bool quiet;   /* no progress */
};

/**
 * partial_open(base, o, out):
 * Find the part ${o} of ${base}, which outlives it.  What ${o} points to is kept.  Return 0, or
 * an exit code after reporting: EX_DATAERR for damage and for a table that is not there, others
 * of pick_finish, those of the source; 1 after a stop signal (silently).
 */
int partial_open(
    const struct sql_source *base, const struct partial_options *o, struct partial **out);

/**
 * partial_source(p):
 * Return what loads the part, owned by ${p}.
 */
const struct sql_source *partial_source(struct partial *p);

/**
 * partial_pick(p):
 * Return what was chosen, owned by ${p}.
 */
const struct pick *partial_pick(const struct partial *p);

/**
 * partial_proof(p):
 * How much of the part is proven once it was loaded, as a sentence for people.
 */
const char *partial_proof(const struct partial *p);

/**
 * partial_free(p):
 * NULL is fine.
 */
void partial_free(struct partial *p);

#endif
