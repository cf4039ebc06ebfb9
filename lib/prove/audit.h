#ifndef PROVE_AUDIT_H
#define PROVE_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "prove/crew.h"
#include "prove/prove.h"

/*
 * The proof of a whole set: SHA256SUMS names every file of the folder and nothing else, each
 * has its digest and proves what it is, and set.json tells the same story.  Every defect is
 * reported as "FOLDER/FILE: what", and one does not hide the next.
 *
 * The files are proven by a crew, so that those of several sets can be proven side by side.  The
 * two lists, SHA256SUMS and set.json, are read here: small texts with small readers, which look
 * at each line, and are fuzzed.
 */
struct audit;

/*
 * Indexes come before the files that are held against them, and what is in encrypted files after
 * these: only where the file is what it was is it worth the while.
 */
enum audit_turn { AUDIT_INDEXES, AUDIT_FILES, AUDIT_INNER };

/**
 * audit_open(folder, o, out):
 * Read the lists of the set ${folder}, and compare them; of ${o}, which must live as long, only
 * level, threads and identity are used.  ${*out} is the caller's (audit_free), also after a failure; NULL
 * without memory, or where the folder cannot be opened: then an exit code is returned, 0 otherwise.
 */
int audit_open(const char *folder, const struct prove_options *o, struct audit **out);

/**
 * audit_bytes(a):
 * Return how many bytes the proofs will read.
 */
uint64_t audit_bytes(const struct audit *a);

/**
 * audit_add(a, crew, turn):
 * Have ${crew} prove the files of a turn.  Between two turns, crew_wait().
 */
void audit_add(struct audit *a, struct crew *crew, enum audit_turn turn);

/**
 * audit_end(a):
 * Hold what was proven against set.json.  Return 0, or the worst exit code of all: EX_DATAERR
 * for a set that is damaged, EX_IOERR for what cannot be read, EX_CONFIG where the identity does
 * not open what it should, 1 for anything else (a stop signal).
 */
int audit_end(struct audit *a);

/**
 * audit_file(a, i, name):
 * Return the proof of the ${i}th file, in the order of SHA256SUMS, and its name in ${*name},
 * owned by ${a}; NULL behind the last.
 */
const struct proof *audit_file(const struct audit *a, size_t i, const char **name);

/**
 * audit_inner(a, i):
 * Return the proof of what is in the ${i}th file, NULL where it is not encrypted or nobody had the
 * key.
 */
const struct proof *audit_inner(const struct audit *a, size_t i);

/**
 * audit_level(a):
 * Return how deep all of the set was looked at: "checksum", "sealed" where something encrypted
 * was not opened, or "structure".
 */
const char *audit_level(const struct audit *a);

/**
 * audit_job(a):
 * Return the job that made the set, owned by ${a}; "" where set.json does not say.
 */
const char *audit_job(const struct audit *a);

/**
 * audit_record(a):
 * Write the set's verified.json: ok where audit_end returned 0, fail where the set is damaged;
 * nothing in any other case, and a shallower proof does not replace a deeper one that still
 * counts or that failed.  Return 0, or an exit code after reporting.
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
