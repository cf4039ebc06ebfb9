#ifndef GZ_OUTPUT_H
#define GZ_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Where a filter's bytes go: stdout, or a file that appears whole or not at all.  Everything
 * here reports, but stays silent where the reader of stdout went away or a signal asks for a
 * stop.
 */
struct output;

/**
 * output_open(path, replace, o):
 * Start writing ${path} (which stays the caller's; NULL: stdout), with the permissions that the
 * umask leaves; a file that is there is replaced only if ${replace}.  Return 0 with the output
 * in ${*o}, or EX_CANTCREAT or EX_OSERR.
 */
int output_open(const char *path, bool replace, struct output **o);

/**
 * output_taken(path):
 * Return whether there is something at ${path}, after reporting it.
 */
bool output_taken(const char *path);

/**
 * output_mode(void):
 * Return the permissions of a new file: what the umask leaves of 0666.
 */
mode_t output_mode(void);

/**
 * output_fd(o):
 * Return the descriptor that is written to; it stays ${o}'s.
 */
int output_fd(const struct output *o);

/**
 * output_write(o, buf, len):
 * Write ${len} bytes.  Return 0 or the exit code.
 */
int output_write(struct output *o, const void *buf, size_t len);

/**
 * output_commit(o):
 * Make the file durable and visible, or close stdout, and free ${o} in any case.  Return 0 or
 * the exit code, with nothing left behind.
 */
int output_commit(struct output *o);

/**
 * output_abort(o):
 * Leave no file behind and free ${o}.  NULL is fine.
 */
void output_abort(struct output *o);

#endif
