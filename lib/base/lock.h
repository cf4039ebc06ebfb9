#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include <stdint.h>

/**
 * lock_take(path, wait):
 * Take the exclusive lock file ${path} (created 0600 if missing; it holds the owner's process id as
 * text, where the disk is not full), waiting at most ${wait} seconds.  The lock ends with the
 * process: a stale file is no lock.  The descriptor is close-on-exec.  Return it, or -1 with errno
 * set: EWOULDBLOCK when another process holds it (the caller reports; lock_owner() names it), EINTR
 * after a stop signal; other errors are reported here.
 */
int lock_take(const char *path, int64_t wait);

/**
 * lock_hold(path, wait):
 * The same without a word in the file: for what must also work on a disk that has become read-only,
 * if the file is there.  It is given back by close(2).
 */
int lock_hold(const char *path, int64_t wait);

/**
 * lock_owner(path):
 * Return the process id that the lock file names, or 0.
 */
int64_t lock_owner(const char *path);

/**
 * lock_release(fd):
 * Give the lock back.  -1 is fine.
 */
void lock_release(int fd);

#endif
