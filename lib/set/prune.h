#ifndef SET_PRUNE_H
#define SET_PRUNE_H

#include <stddef.h>
#include <stdint.h>

#include "set/retention.h"

/*
 * The sets of a backup folder, judged, and moved to the trash.  Whoever removes holds the lock of
 * the application.
 */
struct prune;

struct prune_wish {
	const char *root;             /* BACKUP_DIR */
	const char *job;              /* only the sets of this one; NULL: of all */
	const char *application;      /* likewise: others have rules of their own */
	struct retention_rules rules; /* of every job but full */
	struct retention_rules full;  /* of full */
	struct retention_guards guards;
};

/**
 * prune_judge(w, out):
 * Read what the sets of ${w->root} are and whether they are verified and still have all their files in
 * full length, and decide.  A folder with
 * the name of a set and no set.json of ours is nobody's business, and stays.  ${*out} is the
 * caller's (prune_free).  Return 0, or the exit code after reporting: EX_IOERR where the folder
 * cannot be listed, or a set in it not be read; then ${*out} may still say what there is, and
 * nothing of it goes.
 */
int prune_judge(const struct prune_wish *w, struct prune **out);

/**
 * prune_sets(p, count):
 * Return the sets, the oldest first, ${*count} of them, owned by ${p}; the name of each is NAME or
 * full/NAME.
 */
const struct retention_set *prune_sets(const struct prune *p, size_t *count);

/**
 * prune_rules(w, s):
 * Return the rules for the set ${s}.
 */
const struct retention_rules *prune_rules(
    const struct prune_wish *w, const struct retention_set *s);

/**
 * prune_stranger(p, i):
 * Return the ${i}th entry that has the name of a set and is none of ours, NAME or full/NAME, owned
 * by ${p}, or NULL behind the last.
 */
const char *prune_stranger(const struct prune *p, size_t i);

struct prune_done {
	size_t moved; /* sets, to the trash */
	size_t gone;  /* entries of the trash, for good */
};

/**
 * prune_remove(p, age, moved, context, done):
 * Move what is to go to the trash, the oldest first; each set that is there is told to ${moved}
 * (may be NULL).  Then remove from the trash what has lain there for ${age} seconds, unless the
 * clock is in doubt: a job is held by a hole, or because its newest set is old.  Return 0, or the
 * exit code after reporting: EX_CANTCREAT, EX_IOERR, EX_TEMPFAIL; 1 where a signal asked to stop.
 * ${*done} is filled in any case.
 */
int prune_remove(const struct prune *p, int64_t age,
    void (*moved)(const struct retention_set *, void *), void *context,
    struct prune_done *done);

/**
 * prune_free(p):
 * NULL is fine.
 */
void prune_free(struct prune *p);

#endif
