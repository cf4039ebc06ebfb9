#ifndef NOTIFY_INTAKE_PARTS_H
#define NOTIFY_INTAKE_PARTS_H

#include "notify/state_parts.h"

/**
 * intake_rest(s, fd, name, now, c):
 * Take in the whole lines of the file ${fd} from where it stands, which is ${c->offset}, and move
 * ${c} behind them.  Return 0, or the exit code after reporting.
 */
int intake_rest(struct state *s, int fd, const char *name, int64_t now, struct state_cursor *c);

#endif
