#ifndef SHIP_ACCEPT_TREE_H
#define SHIP_ACCEPT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ship/accepted.h"

/*
 * What stands in TREE.  Sets are named as in ACCEPTED: "NAME" or "full/NAME".
 */
struct accept_tree;

/**
 * accept_tree_read(path, out):
 * Look through the folder ${path}, which must live as long.  ${*out} is the caller's
 * (accept_tree_free).  Return 0, or EX_IOERR after reporting.
 */
int accept_tree_read(const char *path, struct accept_tree **out);

/**
 * accept_tree_hex(t, set):
 * Return the digest of the SHA256SUMS of ${set}, owned by ${t}: NULL where there is no such set,
 * "" where there is no such file in it.
 */
const char *accept_tree_hex(const struct accept_tree *t, const char *set);

/**
 * accept_tree_damaged(t, set):
 * Whether the last proof of ${set} failed.
 */
bool accept_tree_damaged(const struct accept_tree *t, const char *set);

/**
 * accept_tree_job(t, set):
 * Return the job that made ${set}, owned by ${t}; "" where that is not known.
 */
const char *accept_tree_job(struct accept_tree *t, const char *set);

/**
 * accept_tree_newest(t, job):
 * Return the newest set of ${job}, owned by ${t}, or NULL.
 */
const char *accept_tree_newest(struct accept_tree *t, const char *job);

/**
 * accept_tree_day(t, name):
 * Return how many sets have the date of the set name ${name}.
 */
size_t accept_tree_day(const struct accept_tree *t, const char *name);

/**
 * accept_tree_bytes(t):
 * Return how many bytes the files of all sets have.
 */
uint64_t accept_tree_bytes(const struct accept_tree *t);

/**
 * accept_tree_add(t, set, hex, job):
 * ${set} has been put there, and is proven.  Return 0, or -1 after reporting.
 */
int accept_tree_add(
    struct accept_tree *t, const char *set, const char hex[HASH_HEX], const char *job);

/**
 * accept_tree_list(t):
 * Return the sets that are not damaged, as ACCEPTED has them, which the caller frees
 * (accepted_free), or NULL after reporting.
 */
struct accepted *accept_tree_list(const struct accept_tree *t);

/**
 * accept_tree_free(t):
 * NULL is fine.
 */
void accept_tree_free(struct accept_tree *t);

#endif
