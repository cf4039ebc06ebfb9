#ifndef NOTIFY_WATCH_H
#define NOTIFY_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/memory.h"
#include "notify/promise.h"

/*
 * The sets that hosts have sent to this machine, looked at without a word from those hosts: whether
 * one of them is late, was never heard of, or has vanished.
 *
 * A destination is a folder of sets of one host (its name is that of the folder, or given as
 * NAME=DEST), a folder of such folders (what siantre-ship --accept makes; each named as its host),
 * or one that only siantre-ship can reach.  Nothing is written there.
 *
 * A set counts where its verified.json speaks of this SHA256SUMS, SHA256SUMS of this set.json, and
 * every file that it names is there with the size that set.json has; where asked for, of the
 * newest set of each job every byte is held against it too.  What siantre-ship lists counts where it
 * says "verified".  Sets that are dated more than a day ahead do not count.
 */
struct watch;

#define WATCH_JOBS 16 /* of one host; full is one of them */

struct watch_wish {
	int64_t rpo; /* seconds, of every job but full, which has a week at least */
	int64_t grace;
	const char *jobs; /* that every host is held to, with commas between; full once seen */
	bool deep;
	const char *config; /* whose keys siantre-ship takes; NULL: the default one's */
	struct promise_moment at;
};

/**
 * watch_new(w):
 * Return a watch without hosts; ${w} must live as long.  NULL after reporting.
 */
struct watch *watch_new(const struct watch_wish *w);

/**
 * watch_dest(w, dest):
 * Look at ${dest}.  What cannot be read is reported and remembered as such: a listing that failed
 * is no empty one.  Return 0, or after reporting EX_USAGE for a name that is none, EX_OSERR.
 */
int watch_dest(struct watch *w, const char *dest);

/**
 * watch_expect(w, name):
 * The host ${name} is one that must be there.  Return 0, or after reporting EX_USAGE for what is no
 * name of a host, EX_OSERR.
 */
int watch_expect(struct watch *w, const char *name);

/**
 * watch_judge(w, m, p):
 * Add to ${p} what is to be said, after all destinations; ${m} knows the hosts of the last time,
 * and is brought up to date.  Return 0, or EX_OSERR after reporting.
 */
int watch_judge(struct watch *w, struct memory *m, struct promises *p);

/**
 * watch_forget(m, name):
 * Let ${m} forget the host ${name}: what was told of it is over with the next look.  Return whether
 * it was known.
 */
bool watch_forget(struct memory *m, const char *name);

/**
 * watch_host_name(name):
 * Return whether ${name} may be that of a host: letters, digits, dots, dashes and underscores.
 */
bool watch_host_name(const char *name);

/**
 * watch_free(w):
 * NULL is fine.
 */
void watch_free(struct watch *w);

#endif
