#ifndef SHIP_DEPOSIT_H
#define SHIP_DEPOSIT_H

#include <stdbool.h>

#include "base/progress.h"

/*
 * A stream on its way to a destination, as one file.  While it passes it is hashed, and what can
 * prove itself is held to that: a gzip file has to be whole (siantre-pack -d reads along), an
 * encrypted one of a length that such files have.  Nobody takes the stream of a program that
 * died for a file: what proves nothing needs --require-end, or a pipeline with pipefail.
 */
struct deposit;

/**
 * deposit_new(name, in, require_end, progress):
 * Start to take the stream ${in} as the file ${name}, a plain name of letters, digits, dots,
 * dashes and underscores.  With ${require_end} it must be a dump with its end mark.  Return it,
 * or NULL after reporting.
 */
struct deposit *deposit_new(
    const char *name, int in, bool require_end, struct progress *progress);

/**
 * deposit_is_name(name):
 * Return whether ${name} can be the name of such a file: a plain one, and none that means something
 * else there, as that of a set does.
 */
bool deposit_is_name(const char *name);

/**
 * deposit_name(d):
 * Return its name, owned by the caller of deposit_new().
 */
const char *deposit_name(const struct deposit *d);

/**
 * deposit_feed(d, fd):
 * Write the stream to ${fd}.  As transfer_run's feed.
 */
int deposit_feed(void *d, int fd);

/**
 * deposit_end(d):
 * The stream has passed: return 0 if it was whole, or the exit code after reporting.
 */
int deposit_end(struct deposit *d);

/**
 * deposit_sha256(d):
 * After deposit_end(): the digest of all its bytes, owned by ${d}.
 */
const char *deposit_sha256(const struct deposit *d);

/**
 * deposit_open(path, fd):
 * Open the file ${path} for a stream, empty, 0600: what somebody who was killed left there is
 * written over.  Return 0, or the exit code after reporting: EX_TEMPFAIL where somebody writes it
 * at this moment.
 */
int deposit_open(const char *path, int *fd);

/**
 * deposit_is_busy(dir, name):
 * Return whether somebody has the file ${name} of the folder ${dir} from deposit_open().
 */
bool deposit_is_busy(int dir, const char *name);

/**
 * deposit_claim(d, folder):
 * Hold a file of its name in ${folder}, empty, until deposit_free() removes it: another stream of
 * this name must not be written into the same file at the far end.  What others left in ${folder}
 * is removed.  Return 0, or the exit code after reporting: EX_TEMPFAIL where another one has it.
 */
int deposit_claim(struct deposit *d, const char *folder);

/**
 * deposit_spool(d):
 * For those who must know where it ends before they begin: write it to the file of
 * deposit_claim().  Return 0 where it is whole, or the exit code after reporting.
 */
int deposit_spool(struct deposit *d);

/**
 * deposit_path(d):
 * Return the path of that file, owned by ${d}.
 */
const char *deposit_path(const struct deposit *d);

/**
 * deposit_free(d):
 * NULL is fine.
 */
void deposit_free(struct deposit *d);

#endif
