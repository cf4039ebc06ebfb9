#ifndef SHIP_PLAN_H
#define SHIP_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/hash.h"
#include "set/retention_rules.h"
#include "ship/far.h"
#include "ship/proven.h"

/*
 * What is here, what is there, and what follows from it.  Sets are named as they lie below their
 * folder: "20261123_020000", "full/20261122_040000".
 */
enum plan_todo {
	PLAN_NOTHING,  /* it is there, and proven */
	PLAN_SEND,     /* it is missing there */
	PLAN_PROVE,    /* it is there, and nobody has proven it */
	PLAN_CONFLICT, /* another set of this name is there */
	PLAN_EXPIRED,  /* the retention there would remove it at once */
	PLAN_AWAY,     /* it is there, and not here any more */
};

struct plan_set {
	char *name;
	char *path; /* here; NULL: not here */
	char *job;
	char *
	    line; /* the job, of which application, on which host: what retention takes together */
	char sums[HASH_HEX]; /* the digest of its SHA256SUMS: here, else there */
	bool there;          /* whole, in the destination's folder */
	bool accepted;       /* whole, in the tree behind it */
	bool verified;       /* its verified.json counts: here, else there */
	enum plan_todo todo;
};

struct plan {
	struct plan_set *sets; /* the oldest first */
	size_t count;
	size_t room;
	struct json_t *places; /* of each name in sets, as long as the plan is being made */
};

/**
 * plan_make(f, paths, keep, proven, p):
 * Fill ${p} (plan_free) from ${paths}, up to a NULL: backup folders, of which the verified sets
 * count, and single sets; and from the mirror of ${f}, which is up to date.  ${keep} are the
 * rules of retention there.  Return 0, or the exit code after reporting; EX_DATAERR for a named
 * set that is none, or not verified; EX_IOERR where nobody can say whether one is.  Where it cannot be known what is there, ${p} is empty.
 */
int plan_make(const struct far *f, char *const *paths, const struct retention_rules *keep,
    const struct proven *proven, struct plan *p);

/**
 * plan_doubt(p, proven):
 * For those who send nothing: what was found damaged there is not verified, whatever lies beside it.
 */
void plan_doubt(struct plan *p, const struct proven *proven);

/**
 * plan_basis(p, i):
 * Return the newest set there of the same job as the ${i}th, or NULL.
 */
const char *plan_basis(const struct plan *p, size_t i);

/**
 * plan_free(p):
 * Free what ${p} holds.
 */
void plan_free(struct plan *p);

#endif
