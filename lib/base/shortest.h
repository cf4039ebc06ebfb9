#ifndef BASE_SHORTEST_H
#define BASE_SHORTEST_H

#include <stddef.h>

#define SHORTEST_ROOM 40

/**
 * shortest_double(out, x):
 * Write the finite number ${x} as the shortest decimal that reads back as ${x}, and of those the
 * nearest one, into ${out}, which has room for SHORTEST_ROOM bytes; return how many it took.  No
 * NUL is written.  As MariaDB prints a DOUBLE: 0.1, 1234.5, 1e16, 2.5e-20.
 */
size_t shortest_double(char *out, double x);

#endif
