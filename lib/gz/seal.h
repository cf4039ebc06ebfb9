#ifndef GZ_SEAL_H
#define GZ_SEAL_H

#include <stdint.h>

/*
 * The seal is the final deflate block of a packed file: a valid block that unpacks to nothing,
 * whose unused codes spell the CRC-32 of every byte of the file before it.  gzip's own trailer
 * covers the plain bytes alone, and about one flipped bit in five thousand leaves those as they
 * are (a distance to another copy of the same bytes, padding); with the seal each one is seen.
 * Readers that have never heard of it skip an empty block.
 */
#define SEAL_LENGTH 28

/**
 * seal_make(crc, out):
 * Write the seal for packed bytes with CRC-32 ${crc} to ${out}.
 */
void seal_make(uint32_t crc, uint8_t out[SEAL_LENGTH]);

/**
 * seal_read(in, crc):
 * Return 1 and the CRC-32 in ${*crc} if ${in} is a seal; 0 if it is something else; -1 if it is
 * so near to a seal that it must have been one (up to SEAL_NEAR bits differ; for other bytes
 * that is less likely than one in 2^90).
 */
int seal_read(const uint8_t in[SEAL_LENGTH], uint32_t *crc);

#define SEAL_NEAR 16

#endif
