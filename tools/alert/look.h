#ifndef TOOLS_ALERT_LOOK_H
#define TOOLS_ALERT_LOOK_H

/*
 * What the commands of siantre-alert have in common that look for themselves: `check` at this
 * machine, `watch` at the sets of others, `failed` at a unit.
 */
#include "alert.h"
#include "notify/news.h"

/**
 * look_moment(at):
 * Fill ${*at} with now, and how long this machine has been up.
 */
void look_moment(struct promise_moment *at);

/**
 * look_start(a):
 * As alert_start(), but where the configuration is wrong ${a} gets what can be had of it, so that
 * somebody hears of it.  Return what alert_start() did; without a configuration nothing can be
 * done.
 */
int look_start(struct alert *a);

/**
 * look_open(folder, lock, m):
 * Make the folder ${folder} of the state where it is missing, 0700, let no other look at the same
 * time (${*lock}), and read what is remembered.  Return 0, or the exit code after reporting.
 */
int look_open(const char *folder, int *lock, struct memory **m);

/**
 * look_tell(a, at, partial, p, m):
 * Print ${p}, and but for a dry run write what is news to the journal and ${m}, and pass it on.
 * Where ${partial}, promises that ${p} does not have are as they were.  Return 0, or the exit code
 * after reporting.
 */
int look_tell(struct alert *a, const struct promise_moment *at, bool partial,
    const struct promises *p, struct memory *m);

#endif
