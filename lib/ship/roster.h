#ifndef SHIP_ROSTER_H
#define SHIP_ROSTER_H

#include "base/buf.h"
#include "ship/far.h"

/**
 * roster_list(f, out):
 * Append to ${out} the sets at the destination ${f}, the newest first, a line each as siantre-prune
 * reads them: name, job, "verified" or "unverified", with tabs between.  Where sets of a job of one
 * name come from several applications or hosts, the job is "db of siantre on web1".  Return 0, or
 * the exit code after reporting.
 */
int roster_list(struct far *f, struct buf *out);

#endif
