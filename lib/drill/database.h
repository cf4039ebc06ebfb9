#ifndef DRILL_DATABASE_H
#define DRILL_DATABASE_H

#include <stdbool.h>

#include "drill/choice.h"
#include "drill/protocol.h"

/* Where dumps are loaded. */
struct landing {
	const char *options;  /* option file of the login */
	const char *config;   /* for siantre-restore */
	const char *version;  /* of the server */
	const char *identity; /* opens what is encrypted; NULL: nothing of that is drilled */
	const char
	    *database;    /* the scratch database; NULL: the dump's own names, on our server */
	char loaded[256]; /* filled in: the database that was loaded; empty: none, or several */
};

/**
 * database_drill(p, l, set, file, part):
 * Read the dump ${file} of ${set} to its end mark, load it, dump the result and compare both,
 * table by table; a step each, of which the last two count for ${part}: a restore compares, too.  Return 0, or an exit code
 * after reporting: EX_DATAERR where what came back is not what was saved, or what the tools
 * ended with.
 */
int database_drill(struct protocol *p, struct landing *l, const struct choice_set *set,
    const char *file, enum drill_part part);

#endif
