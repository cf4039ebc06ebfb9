/*
 * A CRC is linear: the difference of two depends on the bits that differ alone, and of one bit on
 * how many bits stand behind it.  The polynomial of CRC-32 is primitive, so that each number of
 * them, up to 2^32 - 2, gives a difference of its own.
 */
#include "gz/flip.h"

#include "base/sig.h"

#define LOOK (1U << 24)        /* bits between two looks for a stop signal */
#define POLYNOMIAL 0xedb88320U /* its highest power is the lowest bit */

bool
flip_find(uint32_t difference, uint64_t length, uint64_t *offset, uint8_t *mask)
{
	uint64_t bits = length <= UINT32_MAX / 8 ? length * 8 : UINT32_MAX;
	uint32_t crc = POLYNOMIAL; /* where the last bit differs */

	for (uint64_t behind = 0; behind < bits; behind++) {
		if (crc == difference) {
			*offset = length - 1 - behind / 8;
			*mask = (uint8_t)(0x80 >> behind % 8);
			return true;
		}
		if (behind % LOOK == 0 && sig_stop() != 0)
			return false;
		crc = crc >> 1 ^ (POLYNOMIAL & -(crc & 1));
	}
	return false;
}
