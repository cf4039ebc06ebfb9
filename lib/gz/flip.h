#ifndef GZ_FLIP_H
#define GZ_FLIP_H

#include <stdbool.h>
#include <stdint.h>

/**
 * flip_find(difference, length, offset, mask):
 * If one flipped bit in ${length} bytes changes their CRC-32 by ${difference} (the exclusive or of
 * both), put its byte's place in ${*offset} and the bit itself in ${*mask}, and return true.  Where
 * more than one bit was flipped, a bit that has nothing to do with it may be found: what it gives
 * has to be proven.  After a stop signal it finds nothing.  Takes some seconds a gigabyte; bits
 * that are more than 2^32 - 1 before the end are not found.
 */
bool flip_find(uint32_t difference, uint64_t length, uint64_t *offset, uint8_t *mask);

#endif
