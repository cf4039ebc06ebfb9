#ifndef SHIP_EXPIRE_H
#define SHIP_EXPIRE_H

#include "ship/catchup.h"
#include "ship/plan.h"
#include "ship/proven.h"

/**
 * expire_run(f, o, p, proven, result):
 * Remove from the destination the sets that the rules do not keep, by the guards of
 * set/retention.h, judged by what is there, not by what is here.  What is removed is not there any
 * more in ${p}.  Return 0, or the exit code after reporting.
 */
int expire_run(struct far *f, const struct catchup_options *o, struct plan *p,
    struct proven *proven, struct catchup_result *result);

#endif
