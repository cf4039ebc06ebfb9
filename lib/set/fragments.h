#ifndef SET_FRAGMENTS_H
#define SET_FRAGMENTS_H

#include <stddef.h>
#include <stdint.h>

/*
 * The comparison of a packed file with its index: the plain bytes are pushed in, and each
 * fragment's digest has to be the one that the index promises.
 */
struct fragments;

/**
 * fragments_open(fd, name, out):
 * Start with the index at ${fd}, which stays the caller's; ${name} is for messages.  ${*out}
 * is the caller's (fragments_free).  Return 0, or the exit code after reporting.
 */
int fragments_open(int fd, const char *name, struct fragments **out);

/**
 * fragments_add(f, buf, len):
 * Take the next ${len} plain bytes.
 */
void fragments_add(struct fragments *f, const void *buf, size_t len);

/**
 * fragments_finish(f, packed):
 * No byte follows, and the file has ${packed} bytes.  Return NULL if all is as the index says,
 * else what is not, for a message "NAME: what".  Not reported, but where reading the index
 * failed.
 */
const char *fragments_finish(struct fragments *f, uint64_t packed);

/**
 * fragments_free(f):
 * NULL is fine.
 */
void fragments_free(struct fragments *f);

#endif
