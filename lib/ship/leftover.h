#ifndef SHIP_LEFTOVER_H
#define SHIP_LEFTOVER_H

#include "ship/far.h"
#include "ship/plan.h"

/**
 * leftover_run(f, p):
 * Remove from the destination what runs left behind that were cut or killed, and that nobody will
 * go on with: in .partial the sets that are not here any more, or are there already; folders of
 * sets without SHA256SUMS, where sets are made in their place; streams that are a week old.
 * Nothing that does not carry the name of a set (or of a stream), and no set that is as new as the
 * newest whole one there: another machine may be at work on it.  ${p} is what was done.  Return
 * 0, or the exit code after reporting.
 */
int leftover_run(struct far *f, const struct plan *p);

#endif
