#ifndef REPORT_COPIES_H
#define REPORT_COPIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "report/due.h"
#include "set/config.h"

/*
 * What is known here of the copies elsewhere: from the state that siantre-ship keeps of each
 * place.  Nobody is asked, so it is as old as the last run of siantre-ship.
 */
struct copies_place {
	char *place;     /* as SHIP_TO names it */
	bool known;      /* siantre-ship has been there */
	int64_t looked;  /* when it last came to its end, seconds since 1970; 0: not known */
	size_t sets;     /* there */
	size_t missing;  /* verified here and to be kept there, but not there */
	size_t damaged;  /* found damaged there, and not mended */
	char newest[32]; /* the newest set there, "full/..." too; empty: none */
	int64_t newest_when; /* when that began; 0 */
	int64_t behind; /* seconds between the oldest verified set that is missing there and
				now; 0: none is missing */
	int64_t proven; /* when a set was last proven there; 0: never */
};

struct copies;

/**
 * copies_read(c, due, now, out):
 * Look at all places of SHIP_TO, where the sets ${due} have to be.  ${*out} is the caller's
 * (copies_free).  Return 0, or -1 after reporting, without memory.
 */
int copies_read(
    const struct config *c, const struct due *due, int64_t now, struct copies **out);

/**
 * copies_place(c, i):
 * Return the ${i}th place, NULL behind the last; ${c} may be NULL.
 */
const struct copies_place *copies_place(const struct copies *c, size_t i);

/**
 * copies_free(c):
 * NULL is fine.
 */
void copies_free(struct copies *c);

#endif
