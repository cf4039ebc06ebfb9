#ifndef NOTIFY_PROGRAM_H
#define NOTIFY_PROGRAM_H

#include <stddef.h>

enum { PROGRAM_LATE = -2 };

/**
 * program_run(argv, input, len, seconds, said, size):
 * Run ${argv} with ${len} bytes at ${input} as its stdin; it may take ${seconds}, is ended with
 * all that it started behind that, and after a stop signal.  What it wrote to stdout and stderr
 * goes as one plain line into ${said} of ${size} bytes.  Return its exit status as a shell has
 * it; PROGRAM_LATE where it was ended; -1 after reporting where it could not be run.
 */
int program_run(
    char *const argv[], const void *input, size_t len, int seconds, char *said, size_t size);

/**
 * program_patience(void):
 * Return for how many seconds we wait for another program or server: 60, or what tests put into
 * SIANTRE_PATIENCE, which is read here and nowhere else.
 */
int program_patience(void);

/**
 * program_line(text, out, size):
 * Write ${text} as one line that no terminal obeys into ${out} of ${size} bytes: runs of blanks
 * and line ends become one blank, none at the ends.  ${text} may be ${out}.
 */
void program_line(const char *text, char *out, size_t size);

#endif
