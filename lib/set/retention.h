#ifndef SET_RETENTION_H
#define SET_RETENTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "set/retention_rules.h"

/*
 * Which sets stay and which may go: rules, and the guards that stand above them.  Nothing is read
 * or removed here, so that a folder, a listing on stdin and one of a remote are judged alike.
 *
 * The rules are applied to each job of each application by itself, and to its verified sets alone:
 * durations are measured from the newest of them, never from the clock, and periods are counted where
 * they have one.  A set that is not verified goes when the rules would not keep it even if it were,
 * and a newer verified one stands.  The guards:
 *
 *   - the newest verified set of a job stays, and the ${floor} newest of them do;
 *   - a set that is dated later than now (by more than two hours: summer time) stays, and nothing
 *     is measured from it;
 *   - no set of a job goes (retention_hold) where none is verified, where the newest verified one
 *     is older than the rules reach, or stands behind a hole.
 *
 * A hole is one between two of the ${floor} newest verified sets that is longer than the shortest
 * duration of the rules, and than four times what is usual between two sets of the job: either
 * there was no backup for long, or the clock has jumped and the newest sets carry wrong dates.
 * Then the old ones wait until ${floor} new ones stand.
 */
enum retention_hold {
	RETENTION_FREE,
	RETENTION_UNPROVEN,   /* the job has no verified set */
	RETENTION_STALE,      /* its newest verified set is older than the rules reach */
	RETENTION_HOLE,       /* too few new sets since a hole */
	RETENTION_MOST,       /* more than half of the job's sets would go at once */
	RETENTION_INCOMPLETE, /* not all sets are known */
};

#define RETENTION_FLOOR 3

struct retention_guards {
	int64_t now;     /* seconds since 1970 */
	uint64_t floor;  /* verified sets of each job that stay; 0 is taken for 1 */
	bool incomplete; /* the listing is: nothing goes */
	bool many;       /* more than half of a job's sets may go */
};

struct retention_set {
	const char *name;        /* YYYYmmdd_HHMMSS, or a path that ends in it */
	const char *job;         /* NULL: as bare */
	const char *application; /* whose job that is; NULL: not known, one more */
	bool bare; /* only its name is known, and ${job} is anything that goes together: it
	                     counts as verified, and of the guards only those of the newest set and
	                     of the future hold */
	bool verified;

	/* What retention_decide says. */
	bool remove;
	bool doubt;               /* the clock: its job's newest set is old, or behind a hole */
	bool twin;                /* the same one as another set in the list */
	enum retention_hold hold; /* it would go but for this */
	struct retention_reason {
		uint32_t kept;                      /* by which rules: a bit each */
		uint32_t beyond;                    /* of which rules it is out of reach */
		uint64_t number[RETENTION_PERIODS]; /* which one it is for a rule that counts */
		enum {
			RETENTION_NO_GUARD,
			RETENTION_NO_NAME, /* not the name of a set */
			RETENTION_NO_RULES,
			RETENTION_FUTURE,
			RETENTION_NEWEST, /* verified */
			RETENTION_AMONG,  /* the newest verified */
			RETENTION_NONE_NEWER,
		} guard;
		int64_t amounts[2]; /* of the hold or the guard */
	} reason;
};

/**
 * retention_decide(sets, n, r, g):
 * Decide on the ${n} sets at ${sets}, in any order, of one or more jobs.  Two of one job and name
 * are one, which is verified if both are.  Where it says remove, hold is RETENTION_FREE.  Return 0,
 * or -1 after reporting, without memory: then nothing goes.
 */
int retention_decide(struct retention_set *sets, size_t n, const struct retention_rules *r,
    const struct retention_guards *g);

/**
 * retention_elsewhere(sets, n, r, now):
 * Decide what a place that keeps copies by the rules ${r} would remove of these, all sent ${now}:
 * nothing where there is no rule, and any number at once.  Return 0, or -1 after reporting.
 */
int retention_elsewhere(
    struct retention_set *sets, size_t n, const struct retention_rules *r, int64_t now);

/**
 * retention_why(s, r, b):
 * Append why ${s} stays or goes by the rules ${r}, in one line without a newline: "daily 1, newest
 * verified", "older than 30d".
 */
void retention_why(
    const struct retention_set *s, const struct retention_rules *r, struct buf *b);

/**
 * retention_hold_why(s, b):
 * Append why no set of the job goes, where ${s} has a hold: "the newest verified set is 40d old,
 * and the rules reach 30d".
 */
void retention_hold_why(const struct retention_set *s, struct buf *b);

#endif
