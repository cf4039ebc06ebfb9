#ifndef PROVE_DUMPINDEX_H
#define PROVE_DUMPINDEX_H

#include "gz/section.h"

/**
 * dumpindex_open(fd, name, out):
 * Look for the index NAME.idx of the packed file ${fd}, and let ${*out} (gz_section_free) read
 * that by it.  An index is a help: where there is none, ${*out} is NULL, and so it is, after
 * saying why, where it is damaged, is not the one in the SHA256SUMS beside it, or is of another
 * file.  Return 0, or EX_OSERR after reporting.
 */
int dumpindex_open(int fd, const char *name, struct gz_section **out);

#endif
