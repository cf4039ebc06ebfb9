#ifndef SET_JOURNAL_H
#define SET_JOURNAL_H

#include <stddef.h>

#include "base/event.h"

/*
 * Reads a journal of event lines (base/event.h writes them), from its beginning, line by line,
 * in a memory that does not grow with it.
 */
struct journal;

#define JOURNAL_LINE 65536 /* a longer line is garbage */

/**
 * journal_open(path):
 * Open the journal ${path}; "-" is stdin; a missing file is an empty journal.  Return it, or
 * NULL after reporting, as of anything but a regular file: it is never waited for.
 */
struct journal *journal_open(const char *path);

/**
 * journal_open_past(path):
 * The same, with what was rotated away last before it: ${path}.1, where there is one, from its
 * beginning.
 */
struct journal *journal_open_past(const char *path);

/**
 * journal_next(j, e):
 * Fill ${*e} with the next event; its texts are ${j}'s until the next call.  Lines that are no
 * events are counted and passed over, so is a torn last line.  Return 1, 0 at the end, or -1
 * after reporting.
 */
int journal_next(struct journal *j, struct event *e);

/**
 * journal_garbage(j), journal_torn(j):
 * How many whole lines were no events; whether the last line, unfinished, was none (0 or 1).  Of an
 * older file the last line counts as whole.
 */
size_t journal_garbage(const struct journal *j);
size_t journal_torn(const struct journal *j);

/**
 * journal_close(j):
 * NULL is fine.
 */
void journal_close(struct journal *j);

#endif
