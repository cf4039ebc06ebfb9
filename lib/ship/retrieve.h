#ifndef SHIP_RETRIEVE_H
#define SHIP_RETRIEVE_H

#include "base/buf.h"
#include "ship/far.h"

/**
 * retrieve_run(f, set, job, folder, out):
 * Copy sets from the destination into ${folder} (made where only it is missing), which is a
 * backup folder then: ${set} is "20261123_020000", "full/20261122_040000", or "latest": of each
 * job, or of ${job} alone (NULL: each), of each application on each host, the newest that is
 * verified there.  Each set appears in ${folder} whole and as its SHA256SUMS says, or not at all;
 * what is there already is left, and held against it (EX_DATAERR).
 * Appends the paths to ${out}, a line each.  Return 0, or the exit code after reporting;
 * EX_DATAERR also where there is no such set.
 */
int retrieve_run(
    struct far *f, const char *set, const char *job, const char *folder, struct buf *out);

#endif
