#ifndef NOTIFY_PROMISE_PARTS_H
#define NOTIFY_PROMISE_PARTS_H

#include <stdbool.h>

#include "base/hash.h"
#include "notify/promise.h"

/*
 * What the parts of promise_look() share: the sets, read once, and how to say something.
 */
struct promise_set {
	char name[32]; /* NAME or full/NAME */
	char *job;
	int64_t time; /* when it began */
	int64_t read; /* when it was last read and found whole */
	uint64_t bytes;
	char sums[HASH_HEX]; /* of its SHA256SUMS */
	bool drilled;
	bool encrypted;
	bool ours; /* another application may have the same BACKUP_DIR */
};

struct promise_view {
	const struct config *c;
	const struct promise_moment *at;
	struct memory *memory;
	struct promises *p;
	bool failed;       /* no memory for one of them */
	int64_t patience;  /* RPO and GRACE */
	int64_t installed; /* when, or since when we know of it */
	int64_t moved;     /* when the clock was moved last; -1: never, as far as we know */
	bool unsettled;    /* that is not longer ago than the patience */
	bool seen;         /* the folder of the sets could be read */
	bool mounted;
	struct promise_set *sets; /* the verified ones, the newest first */
	size_t count;
	char ahead[32];     /* the newest set of all, where it is dated in the future */
	int64_t ahead_time; /* when that would be */
};

#define PROMISE_AHEAD ((int64_t)86400) /* what is dated farther ahead is not believed */

/**
 * promise_say(v, job, what, state, format, ...):
 * Add a promise to what was looked at.
 */
void promise_say(struct promise_view *v, const char *job, const char *what,
    enum promise_state state, const char *format, ...) __attribute__((format(printf, 5, 6)));

/**
 * promise_was_kept(v, job, what):
 * Return whether that promise was told as kept the last time, or never told of: who comes back
 * from a breach must come back a little farther, so that nothing flutters.
 */
bool promise_was_kept(const struct promise_view *v, const char *job, const char *what);

/**
 * promise_sets_read(v), promise_sets_free(v):
 * Read the verified sets, those in the future apart.  Return 0, or EX_OSERR after reporting.
 */
int promise_sets_read(struct promise_view *v);
void promise_sets_free(struct promise_view *v);

/* The promises, one function each; they return as promise_look(). */
int promise_age(struct promise_view *v);
int promise_remote(struct promise_view *v);
int promise_drill(struct promise_view *v);
int promise_reread(struct promise_view *v);
int promise_disk(struct promise_view *v);
int promise_mount(struct promise_view *v);
int promise_dashboard(struct promise_view *v);
int promise_clock(struct promise_view *v);
int promise_channel(struct promise_view *v);

/**
 * promise_moved(at, memory):
 * Return by how many seconds the clock was moved since the last look, to and fro; 0: it was not,
 * or that cannot be told.
 */
int64_t promise_moved(const struct promise_moment *at, const struct memory *memory);

#endif
