#ifndef BASE_ATOMIC_H
#define BASE_ATOMIC_H

#include <stddef.h>
#include <sys/types.h>

/*
 * A file that appears whole or not at all: a temporary name (.NAME.XXXXXX, O_EXCL, 0600) in
 * the same folder, then fsync, chmod, rename and fsync of the folder.
 */
struct atomic_file;

/**
 * atomic_open(path, mode):
 * Start a new file that will replace ${path} and get ${mode} (as it is, without umask).
 * Whatever is there must be a regular file: a folder, a link, a device or a pipe is refused.
 * Return it, or NULL after reporting (errno is kept).
 */
struct atomic_file *atomic_open(const char *path, mode_t mode);

/**
 * atomic_fd(f):
 * Return the descriptor to write to; it stays ${f}'s.
 */
int atomic_fd(const struct atomic_file *f);

/**
 * atomic_commit(f):
 * Make ${f} durable and visible, and free it in any case.  Return 0, or -1 after reporting,
 * with nothing left behind.  (Only where the very last step fails, the fsync of the folder,
 * the new file stays: it is whole, and what it replaced is gone.)
 */
int atomic_commit(struct atomic_file *f);

/**
 * atomic_abort(f):
 * Remove the temporary file and free ${f}.  NULL is fine.
 */
void atomic_abort(struct atomic_file *f);

/**
 * atomic_write(path, mode, buf, len):
 * Sweep, open, write ${len} bytes at ${buf}, and commit.  Return 0, or -1 after reporting.
 */
int atomic_write(const char *path, mode_t mode, const void *buf, size_t len);

/**
 * atomic_sweep(path):
 * Remove the temporary files for ${path} that a process of this user left when it was killed, or the
 * power went.  What another one has open stays.  Says nothing.
 */
void atomic_sweep(const char *path);

/**
 * atomic_folder(path):
 * Return the folder that ${path} lies in ("." for a name alone), which the caller frees, or NULL
 * with errno set.
 */
char *atomic_folder(const char *path);

/**
 * atomic_sync_folder(path):
 * fsync the folder ${path}.  Return 0, or -1 after reporting.
 */
int atomic_sync_folder(const char *path);

/**
 * atomic_adopt(fd, path):
 * Where the process is root, give the new file ${fd} to the owner of the folder that ${path}
 * lies in: what root makes in the state folder, the user of the nightly runs must be able to
 * open.  Return 0, or -1 with errno set.
 */
int atomic_adopt(int fd, const char *path);

#endif
