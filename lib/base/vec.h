#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stdint.h>
#include <string.h>

/*
 * 16 bytes that are looked at together.  The vectors are the compiler's own (vector_size), which
 * become SSE2 on every amd64 machine and plain code elsewhere.
 */
typedef uint8_t vec __attribute__((vector_size(16)));

/**
 * vec_any(v):
 * Return other than 0 if any bit of ${v} is set.
 */
static inline uint64_t
vec_any(vec v)
{
	uint64_t half[2];

	memcpy(half, &v, sizeof(half));
	return half[0] | half[1];
}

#endif
