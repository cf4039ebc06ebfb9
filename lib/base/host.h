#ifndef BASE_HOST_H
#define BASE_HOST_H

#define HOST_SIZE 65 /* of a name on Linux, with its NUL */

/**
 * host_name(out):
 * Write the name of this machine to ${out}, as event lines and sets have it: the kernel's, or
 * "localhost" where it tells none.  Return ${out}.
 */
const char *host_name(char out[HOST_SIZE]);

#endif
