#ifndef SET_AUDIT_H
#define SET_AUDIT_H

#include <stdbool.h>
#include <stddef.h>

#include "set/prove.h"

/*
 * The proof of a whole set: SHA256SUMS names every file of the folder and nothing else, each
 * has its digest and proves what it is, and set.json tells the same story.
 */
struct audit;

/**
 * audit_set(folder, o, quiet, out):
 * Prove the set ${folder}, with a line of progress unless ${quiet}; of ${o} only the level is
 * used.  Every defect is reported as
 * "FOLDER/FILE: what", and one does not hide the next.  ${*out} is the caller's (audit_free),
 * also after a failure; NULL without memory.  Return 0, or the worst exit code: EX_DATAERR for
 * a set that is damaged, EX_IOERR for what cannot be read, 1 for anything else (a folder that
 * is not there, a stop signal).
 */
int audit_set(
    const char *folder, const struct prove_options *o, bool quiet, struct audit **out);

/**
 * audit_file(a, i, name):
 * Return the proof of the ${i}th file, in the order of SHA256SUMS, and its name in ${*name},
 * owned by ${a}; NULL behind the last.
 */
const struct proof *audit_file(const struct audit *a, size_t i, const char **name);

/**
 * audit_job(a):
 * Return the job that made the set, owned by ${a}; "" where set.json does not say.
 */
const char *audit_job(const struct audit *a);

/**
 * audit_record(a):
 * Write the set's verified.json: ok where audit_set returned 0, fail where the set is damaged;
 * nothing in any other case, and a shallower proof does not replace a deeper one that still
 * counts.  Return 0, or -1 after reporting.
 */
int audit_record(const struct audit *a);

/**
 * audit_worse(a, b):
 * Return the worse of two exit codes: damage before unreadable before anything else.
 */
int audit_worse(int a, int b);

/**
 * audit_free(a):
 * NULL is fine.
 */
void audit_free(struct audit *a);

#endif
