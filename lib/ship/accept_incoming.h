#ifndef SHIP_ACCEPT_INCOMING_H
#define SHIP_ACCEPT_INCOMING_H

#include <stddef.h>

/*
 * The folder INCOMING, which others write to while we look.  Sets are named as in ACCEPTED: "NAME"
 * or "full/NAME".
 */
struct accept_incoming;

/**
 * accept_incoming_open(path, out):
 * List the folders in ${path}, which must live as long, that have the name of a set, finished or
 * not; remove what an earlier run of ours left half removed.  ${*out} is the caller's
 * (accept_incoming_free).  Return 0, or the exit code after reporting: EX_DATAERR where there are
 * more than anybody sends, or full/ is no folder, and ${*out} has the others; EX_IOERR where
 * ${path} cannot be read, and ${*out} is NULL.
 */
int accept_incoming_open(const char *path, struct accept_incoming **out);

/**
 * accept_incoming_fd(in):
 * Return the descriptor of the folder, owned by ${in}.
 */
int accept_incoming_fd(const struct accept_incoming *in);

/**
 * accept_incoming_set(in, i):
 * Return the ${i}th set, the oldest first, owned by ${in}; NULL behind the last.
 */
const char *accept_incoming_set(const struct accept_incoming *in, size_t i);

/**
 * accept_incoming_enter(in, i):
 * Open the folder of the ${i}th set, which may be gone by now, or something else.  Return the
 * descriptor, or -1 with errno set.
 */
int accept_incoming_enter(const struct accept_incoming *in, size_t i);

/**
 * accept_incoming_remove(in, i):
 * Remove the ${i}th set: it vanishes at once under its name, then for good.  A missing one is fine.
 * Return 0, or -1 after reporting, with a hint.
 */
int accept_incoming_remove(const struct accept_incoming *in, size_t i);

/**
 * accept_incoming_free(in):
 * NULL is fine.
 */
void accept_incoming_free(struct accept_incoming *in);

#endif
