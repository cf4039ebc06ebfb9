#ifndef DB_MARKNOTE_H
#define DB_MARKNOTE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "db/catalogue.h"
#include "sql/emit.h"

/*
 * What a dump tells about itself: in its end mark, and to whoever set $SIANTRE_NOTES.
 */
struct marknote {
	const char *server;  /* version */
	const char *started; /* event_now()'s form */
	json_t *position;    /* {"file":…,"pos":…,"gtid":…}; NULL: none */
	json_t *warnings;    /* array of text */
	json_t *partial;     /* of marknote_partial; NULL: nothing was left out */
	char *const *databases;
	size_t ndatabases;
};

/**
 * marknote_partial(catalogues, n, s, out):
 * Put into ${*out} what ${s} leaves out of the ${n} ${catalogues}: the condition that rows
 * meet, the tables that come without rows, and those that do not come; NULL where that is
 * nothing.  Return 0, or EX_OSERR after reporting.
 */
int marknote_partial(
    struct catalogue *const *catalogues, size_t n, const struct selection *s, json_t **out);

/**
 * marknote_end(f, position, out):
 * Append the end mark's "-- siantre-note {…}" lines to ${out}: the warnings and what was left
 * out, if any, and with ${position} where the snapshot stands in the binary log.  Return 0, or EX_OSERR.
 */
int marknote_end(const struct marknote *f, bool position, struct buf *out);

/**
 * marknote_run(f, e):
 * Append the note of siantre-set(5) about the dump that left through ${e}, which has ended.
 * Return 0, or an exit code after reporting.
 */
int marknote_run(const struct marknote *f, const struct emit *e);

#endif
