#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Reading and writing of descriptors.  EINTR, short reads, short writes and descriptors that
 * somebody made non-blocking are solved here once.  These functions do not report: they set
 * errno, and the caller knows the name.
 * An EINTR after a stop signal (see base/sig.h) is returned, so that no call blocks a stop.
 */

/**
 * io_read(fd, buf, len):
 * Read ${len} bytes from ${fd} into ${buf}; fewer only at the end of the file.
 * Return the number of bytes read, 0 at the end, or -1 with errno set.
 */
ssize_t io_read(int fd, void *buf, size_t len);

/**
 * io_read_at(fd, buf, len, offset):
 * The same from ${offset} of a file on, wherever it is read: that stays.
 */
ssize_t io_read_at(int fd, void *buf, size_t len, uint64_t offset);

/**
 * io_read_some(fd, buf, len):
 * Read what is there now, between 1 and ${len} bytes.  Return the number of bytes, 0 at the
 * end, or -1 with errno set.
 */
ssize_t io_read_some(int fd, void *buf, size_t len);

/**
 * io_write(fd, buf, len):
 * Write all ${len} bytes at ${buf} to ${fd}.  Return 0, or -1 with errno set (EPIPE when the
 * reader went away).
 */
int io_write(int fd, const void *buf, size_t len);

/**
 * io_close(fd):
 * Close ${*fd} unless it is -1, and set it to -1.  Return 0, or -1 with errno set: on the
 * writing side a close that fails is a write that failed.
 */
int io_close(int *fd);

/**
 * io_read_file(fd, max, buf, len):
 * Read the rest of ${fd} into a new buffer ${*buf} of ${*len} bytes with a NUL behind it; the
 * caller frees it.  More than ${max} bytes is EFBIG.  Return 0, or -1 with errno set.
 */
int io_read_file(int fd, size_t max, char **buf, size_t *len);

/**
 * io_grow_pipe(fd):
 * Make the pipe at ${fd} as large as an unprivileged process may (1 MiB).  Harmless where
 * ${fd} is no pipe.
 */
void io_grow_pipe(int fd);

/**
 * io_read_exit(void):
 * The exit code for what could not be opened, read or written, from errno: EX_OSERR where there was
 * no memory for it, EX_IOERR otherwise.
 */
int io_read_exit(void);

/**
 * io_write_exit(void):
 * The exit code that a failed write to stdout deserves, from errno: 1 for EPIPE (silently),
 * EX_IOERR otherwise, after one line that says "write stdout".
 */
int io_write_exit(void);

#endif
