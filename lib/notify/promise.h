#ifndef NOTIFY_PROMISE_H
#define NOTIFY_PROMISE_H

#include <stddef.h>
#include <stdint.h>

#include "notify/memory.h"
#include "set/config.h"

/*
 * What the configuration promises, each looked at from what lies on the disk: a job that ran, or a
 * line in the journal, is no proof of anything.
 *
 *   age        of db, files and full: the newest verified set is younger than RPO and GRACE.  The
 *              weekly full is held to a week and GRACE (to RPO and GRACE where that is more).
 *              Before the first set the time counts from the installation (STATE_DIR/installed).
 *              Where the folder of the sets cannot be seen, it counts from the newest that was
 *              ever seen there.
 *   remote     of ship, ship-2, ship-3 ...: for each place of SHIP_TO, in this order: every
 *              verified set that is older than RPO and GRACE, and that the retention there would
 *              keep, is proven there.  A place counts from the day on which it was first named.
 *   drill      recovery was rehearsed within DRILL_EVERY: by a report in STATE_DIR/drills, or by a
 *              set that a drill has proven.  Where sets are encrypted and no IDENTITY is here, that
 *              it is not rehearsed on this machine is a warning.
 *   reread     of verify: no verified set was last read more than 45 days ago.  A warning.
 *   disk       see notify/disk.h.
 *   mount      something is mounted at BACKUP_MOUNT.
 *   dashboard  the page DASHBOARD is younger than 26 hours.  A warning.
 *   clock      the clock shows a time after that of this version, no set and no event is dated
 *              more than a day ahead of it, and it has not been moved.
 *   channel    each way to tell people (mail, sms, the gateways of NOTIFY_ALSO) was tested within
 *              35 days.  A warning.
 *
 * A clock that is moved raises one incident, not a storm: for RPO and GRACE from then on, ages count
 * from that moment, and what else is measured in time is left as it was.
 */
enum promise_state {
	PROMISE_KEPT,
	PROMISE_WARN,
	PROMISE_BROKEN,
	PROMISE_UNKNOWN, /* cannot be told now: what was told last still holds */
};

#define PROMISE_MESSAGE 320
#define PROMISE_HOST 72

struct promise {
	char host[PROMISE_HOST]; /* "": this one */
	char job[PROMISE_HOST];
	const char *what;
	enum promise_state state;
	char message[PROMISE_MESSAGE]; /* one English line for the administrator */
};

struct promises {
	struct promise *list;
	size_t count;
	size_t room;
};

/* What promises are held against, beside the disk. */
struct promise_moment {
	int64_t now;   /* seconds since 1970 */
	int64_t up;    /* seconds since this machine was started; -1: not known */
	char boot[40]; /* which start that was */
};

/**
 * promises_add(p, host, job, what, state, format, ...):
 * Add one.  ${host} may be NULL, ${what} must live as long.  Return 0, or EX_OSERR after
 * reporting, without memory.
 */
int promises_add(struct promises *p, const char *host, const char *job, const char *what,
    enum promise_state state, const char *format, ...) __attribute__((format(printf, 6, 7)));

/**
 * promises_free(p):
 * Free what ${p} holds, which may be all zero.
 */
void promises_free(struct promises *p);

/**
 * promise_look(c, at, memory, p):
 * Look at all promises of the configuration ${c} and fill ${*p} (promises_free); ${memory} is what
 * was known the last time, and is brought up to date.  What cannot be read is reported, and proves
 * nothing.  Return 0, or EX_OSERR after reporting, without memory.
 */
int promise_look(const struct config *c, const struct promise_moment *at, struct memory *memory,
    struct promises *p);

/**
 * promise_mind(at, memory, patience, moved):
 * Put into ${*moved} when the clock was moved, by this clock, or -1, and let ${memory} know of this
 * look for the next.  Of several moves within ${patience} seconds the first counts: a clock that
 * leaps about puts off nothing for ever.  Return 0, or EX_OSERR after reporting, without memory.
 */
int promise_mind(
    const struct promise_moment *at, struct memory *memory, int64_t patience, int64_t *moved);

/**
 * promise_word(state):
 * Return "ok", "warn", "fail" or "unknown".
 */
const char *promise_word(enum promise_state state);

#endif
