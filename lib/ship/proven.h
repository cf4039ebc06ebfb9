#ifndef SHIP_PROVEN_H
#define SHIP_PROVEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Which sets were found whole at the far end, and when: proven.json in the state of a destination.
 * A set that it does not name is proven again, so that the loss of this file costs time only.
 */
struct proven;

/**
 * proven_read(folder, out):
 * Read ${folder}/proven.json; a missing or damaged one is empty (the latter is reported).
 * ${*out} is the caller's (proven_free).  Return 0, or the exit code after reporting.
 */
int proven_read(const char *folder, struct proven **out);

/**
 * proven_is(p, set, sums):
 * Return whether ${set}, whose SHA256SUMS has the digest ${sums}, was proven.
 */
bool proven_is(const struct proven *p, const char *set, const char *sums);

/**
 * proven_when(p, set):
 * Return when, in seconds since 1970; 0 where it was not.
 */
int64_t proven_when(const struct proven *p, const char *set);

/**
 * proven_failed(p, set):
 * Return whether ${set} was found damaged there, and not mended since.
 */
bool proven_failed(const struct proven *p, const char *set);

/**
 * proven_note(p, set, sums):
 * ${set} has just been proven.  Writes the file, where many sets are named in it only after every
 * hundredth of them.  Return 0, or the exit code after reporting.
 */
int proven_note(struct proven *p, const char *set, const char *sums);

/**
 * proven_fail(p, set):
 * ${set} was found damaged, which is written at once.  Return as proven_note().
 */
int proven_fail(struct proven *p, const char *set);

/**
 * proven_forget(p, set):
 * ${set} will be removed: proven_write() before that, so that nothing that is gone is called proven.
 */
void proven_forget(struct proven *p, const char *set);

/**
 * proven_write(p):
 * Write what the file does not have yet: the last step of whoever changes ${p}, which may be NULL.
 * Return 0, or the exit code after reporting.
 */
int proven_write(struct proven *p);

/**
 * proven_free(p):
 * NULL is fine.
 */
void proven_free(struct proven *p);

#endif
