#ifndef GZ_SALVAGE_H
#define GZ_SALVAGE_H

#include <stdint.h>

#include "base/progress.h"
#include "gz/index.h"

struct output;

/*
 * What is left of a damaged file that siantre-pack wrote.
 *
 * With its index each fragment is proven by its digest.  Without, fragments are those that end
 * with a flush and unpack by themselves, which proves little about their bytes: so first it is
 * seen whether the seal (gz/seal.h) and the trailer tell which bit was flipped, if it was only
 * one.  That one is flipped back, and then nothing is lost.
 *
 * Of a file by somebody else what comes before the damage is salvaged.
 */
struct salvage {
	uint64_t fragments; /* that are written */
	uint64_t plain;     /* bytes of theirs */
	uint64_t lost;      /* stretches that are lost */
	uint64_t filled;    /* zero bytes that are written instead */
};

#define SALVAGE_GAP 512 /* zero bytes instead of what nobody knows the length of */

/**
 * gz_salvage(fd, name, index, out, progress, result):
 * Write to ${out} what can be had of the regular file ${fd}, called ${name} in messages, of which
 * ${index} (NULL: none) tells; zero bytes stand for what is lost, as many as it was where that is
 * known, so that no row and no name runs on into what came later.  Each stretch that is lost is
 * reported.  ${progress} (may be NULL) counts packed bytes.  Return 0 if there is nothing wrong
 * with the file; EX_DATAERR, after reporting, if there is; or another exit code after reporting.
 */
int gz_salvage(int fd, const char *name, struct gz_index_reader *index, struct output *out,
    struct progress *progress, struct salvage *result);

#endif
