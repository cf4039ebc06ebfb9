#ifndef NOTIFY_MEMORY_H
#define NOTIFY_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "notify/disk.h"

/*
 * What one look at the promises knows of those before: check.json in STATE_DIR/alert.  Where it is
 * lost, each promise is told once more, kept or broken, and the trends begin anew.
 */
struct memory;

/* Which promise: of which host ("" or NULL: this one), job and kind. */
struct memory_key {
	const char *host;
	const char *job;
	const char *what;
};

#define MEMORY_KEY 256 /* bytes of all three together */

/**
 * memory_read(folder, out):
 * Read ${folder}/check.json; a missing or damaged one is empty (the latter is reported).  ${*out}
 * is the caller's (memory_free).  Return 0, or the exit code after reporting.
 */
int memory_read(const char *folder, struct memory **out);

/**
 * memory_write(m):
 * Write it back, 0600, atomically.  Return 0, or -1 after reporting.
 */
int memory_write(const struct memory *m);

/**
 * memory_told(m, k):
 * Return the status ("ok", "warn", "fail") that was told last of that promise, owned by ${m}; NULL
 * where nothing was.
 */
const char *memory_told(const struct memory *m, const struct memory_key *k);

/**
 * memory_due(m, k, status, now):
 * Return whether ${status} is news of that promise: another one than was told last, or a broken
 * promise that was last told a day ago (what reads the events may have lost its state, and the
 * words have become old).
 */
bool memory_due(
    const struct memory *m, const struct memory_key *k, const char *status, int64_t now);

/**
 * memory_tell(m, k, status, now):
 * It was told.  Return 0, or -1 after reporting, without memory.
 */
int memory_tell(struct memory *m, const struct memory_key *k, const char *status, int64_t now);

/**
 * memory_drop(m, k):
 * Nobody promises that any more.
 */
void memory_drop(struct memory *m, const struct memory_key *k);

/**
 * memory_each(m, i, text, k):
 * Put the ${i}th promise that something was told of into ${*k}, whose texts are in ${text}.
 * Return 0, or -1 behind the last.
 */
int memory_each(const struct memory *m, size_t i, char text[MEMORY_KEY], struct memory_key *k);

/**
 * memory_number(m, group, key), memory_set_number(m, group, key, value):
 * A number that is kept under two names; -1 where there is none.  Setting it returns 0, or -1
 * after reporting, without memory.
 */
int64_t memory_number(const struct memory *m, const char *group, const char *key);
int memory_set_number(struct memory *m, const char *group, const char *key, int64_t value);

/**
 * memory_name(m, group, i):
 * Return the second name of the ${i}th number of ${group}, owned by ${m} until it is changed, or
 * NULL behind the last.
 */
const char *memory_name(const struct memory *m, const char *group, size_t i);

/**
 * memory_forget(m, group, key):
 * Forget that number; where ${key} is NULL, all of ${group}.
 */
void memory_forget(struct memory *m, const char *group, const char *key);

/**
 * memory_boot(m), memory_set_boot(m, boot):
 * Which start of the machine the last look was in, owned by ${m}, "" where that is not known.
 */
const char *memory_boot(const struct memory *m);
int memory_set_boot(struct memory *m, const char *boot);

/**
 * memory_samples(m, out, max):
 * Put the samples of the disk into ${out}, the oldest first.  Return how many, ${max} at most.
 */
size_t memory_samples(const struct memory *m, struct disk_sample *out, size_t max);

/**
 * memory_sample(m, s):
 * Remember ${s}, where the last one is 20 hours older, or lies in the future; DISK_SAMPLES of them
 * at most.  Return 0, or -1 after reporting, without memory.
 */
int memory_sample(struct memory *m, const struct disk_sample *s);

/**
 * memory_unsample(m):
 * Forget the samples: it is another disk.
 */
void memory_unsample(struct memory *m);

/**
 * memory_free(m):
 * NULL is fine.
 */
void memory_free(struct memory *m);

#endif
