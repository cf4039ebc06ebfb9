#ifndef SHIP_COPYFILE_H
#define SHIP_COPYFILE_H

#include <stdbool.h>

#include "base/progress.h"

/**
 * copyfile_into(from, name, to, anew, progress):
 * Copy the regular file ${name} of the folder ${from} to the folder ${to} under the same name,
 * 0440, atomically and durable.  What is there with the same bytes is left as it is, unless
 * ${anew}.  ${progress} (may be NULL) is told of the bytes in either case.  Return 0, or the exit
 * code after reporting: EX_CANTCREAT where no file can be made, EX_NOPERM where it may not, EX_IOERR,
 * EX_DATAERR for what is no regular file, 1 after a stop signal.
 */
int copyfile_into(
    const char *from, const char *name, const char *to, bool anew, struct progress *progress);

#endif
