#ifndef GZ_RANGE_H
#define GZ_RANGE_H

#include <stdint.h>

#include "gz/index.h"

struct output;

/**
 * gz_range(fd, name, index, from, length, out):
 * Write to ${out} the ${length} plain bytes from ${from} on, or as many as there are, of the
 * regular file ${fd}, called ${name} in messages, of which ${index} tells.  Only the fragments
 * that hold them are read, and each is proven before it is written.  Return 0, or the exit code
 * after reporting: EX_DATAERR for a fragment that is not the one in the index, EX_USAGE where
 * the range begins behind the end.
 */
int gz_range(int fd, const char *name, struct gz_index_reader *index, uint64_t from,
    uint64_t length, struct output *out);

#endif
