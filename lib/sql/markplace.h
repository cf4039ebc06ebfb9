#ifndef SQL_MARKPLACE_H
#define SQL_MARKPLACE_H

#include <stddef.h>

#include "sql/tablelist.h"

/**
 * markplace_read(notes, n, offsets, len):
 * Collect from the ${n} notes of an end mark, JSON texts, where the rows regions of its ${len}
 * tables begin: ${*offsets}, which the caller frees, is NULL where no note speaks of it, as in
 * older dumps.  Return 0, or -1 where the notes are wrong (not reported), and with
 * errno at ENOMEM where nobody can tell.
 */
int markplace_read(char *const *notes, size_t n, uint64_t **offsets, size_t len);

/**
 * markplace_compare(l, notes, n):
 * Compare that with the offsets of ${l}, which were counted.  Return 0 where they agree or
 * nothing is said, or -1 as above.
 */
int markplace_compare(const struct tablelist *l, char *const *notes, size_t n);

#endif
