#ifndef TAR_AHEAD_H
#define TAR_AHEAD_H

#include "tar/find.h"

/*
 * A line in which finds wait for their turn, in order.  While those in front are written, a few
 * threads open and read the files among the others, so that a tree of small files waits for
 * many of them at once.  Memory is AHEAD_MEMORY, whatever is in the line.
 */
struct ahead;

#define AHEAD_MEMORY (5U << 20)
#define AHEAD_READERS 16

/**
 * ahead_open(readers, take, ctx):
 * Start a line with ${readers} threads, AHEAD_READERS at most (0: nothing is read ahead).  ${take} gets
 * each find in its turn, in the caller's thread, may move things out of it, and returns 0 or an
 * exit code after reporting, which ends the line.  Return it, or NULL after reporting.
 */
struct ahead *ahead_open(
    unsigned int readers, int (*take)(void *ctx, struct find *f), void *ctx);

/**
 * ahead_add(a, f):
 * Put ${f} at the end of the line, which takes over what it holds in any case.  Where the line
 * is full, those in front have their turn first.  Return 0 or what ${take} returned.
 */
int ahead_add(struct ahead *a, const struct find *f);

/**
 * ahead_end(a):
 * Let all have their turn.  Return as ahead_add.
 */
int ahead_end(struct ahead *a);

/**
 * ahead_free(a):
 * Drop what is in the line.  NULL is fine.
 */
void ahead_free(struct ahead *a);

#endif
