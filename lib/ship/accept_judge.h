#ifndef SHIP_ACCEPT_JUDGE_H
#define SHIP_ACCEPT_JUDGE_H

#include <stddef.h>
#include <stdint.h>

#include "set/manifest.h"
#include "set/sums.h"
#include "ship/accept.h"
#include "ship/accept_tree.h"

/*
 * What a set must be to be taken, before its files are looked at.  ${where} is its path in
 * INCOMING, for messages; ${set} its name as in ACCEPTED.  Each returns 0, or the exit code after
 * reporting: EX_DATAERR for a set that is refused, EX_IOERR where something cannot be read, or
 * there is no room.
 */

/**
 * accept_judge_name(o, t, set, where):
 * The name is free, not to come, and its day not full.
 */
int accept_judge_name(const struct accept_options *o, const struct accept_tree *t,
    const char *set, const char *where);

/**
 * accept_judge_folder(fd, sums, where):
 * Nothing lies in the folder ${fd} but what SHA256SUMS lists, a record of a proof (the sender's
 * own, which is not looked at), and names with a dot in front, which a transfer leaves.
 */
int accept_judge_folder(int fd, const struct sums *sums, const char *where);

/**
 * accept_judge_manifest(m, sums, set, where):
 * set.json tells of this set, of a job that belongs there, and of every file in SHA256SUMS.
 */
int accept_judge_manifest(
    const struct manifest *m, const struct sums *sums, const char *set, const char *where);

/**
 * accept_judge_entry(m, name, out):
 * Fill ${*out} with what set.json says of the file ${name}.  Return 0, or -1 where it says nothing.
 */
int accept_judge_entry(const struct manifest *m, const char *name, struct manifest_file *out);

/**
 * accept_judge_age(o, t, set, job, where):
 * It is not too late for it.
 */
int accept_judge_age(const struct accept_options *o, struct accept_tree *t, const char *set,
    const char *job, const char *where);

/**
 * accept_judge_room(o, t, bytes, where):
 * ${bytes} fit, and leave others their room.
 */
int accept_judge_room(const struct accept_options *o, const struct accept_tree *t,
    uint64_t bytes, const char *where);

#endif
