/* What the tests of lib/gz share: bytes to pack, files in memory, and the other library. */
#ifndef TESTS_GZ_DATA_H
#define TESTS_GZ_DATA_H

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

/* Every which case a long loop takes: 1, or $STEP where each takes long. */
static inline size_t
each(void)
{
	const char *step = getenv("STEP");

	return step != NULL && atoi(step) > 0 ? (size_t)atoi(step) : 1;
}

/* splitmix64, as Steele, Lea and Flood have it. */
static inline uint64_t
next_number(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* ${len} bytes that do not compress; the caller frees them. */
static inline uint8_t *
make_noise(size_t len, uint64_t seed)
{
	uint8_t *out = malloc(len + 1);

	ck_assert_ptr_nonnull(out);
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)next_number(&seed);
	return out;
}

/* ${len} bytes like a dump. */
static inline uint8_t *
make_rows(size_t len, uint64_t seed)
{
	static const char *const names[] = {"Budi", "Siti", "Agus", "Dewi", "Rina", "Joko"};
	uint8_t *out = malloc(len + 128);
	size_t used = 0;

	ck_assert_ptr_nonnull(out);
	for (unsigned id = 1; used < len; id++) {
		uint64_t n = next_number(&seed);

		used += (size_t)snprintf((char *)out + used, 128,
		    "(%u,'%s','A%03u',%u,'%08x'),\n", id, names[n % 6],
		    (unsigned)(n >> 8 & 511), (unsigned)(n >> 20 & 7), (unsigned)(n >> 32));
	}
	return out;
}

/* A file in memory with ${len} bytes, at its beginning. */
static inline int
make_file(const void *buf, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	ck_assert_int_ne(fd, -1);
	if (len > 0)
		ck_assert_int_eq(pwrite(fd, buf, len, 0), (ssize_t)len);
	return fd;
}

/*
 * Inflate with zlib: ${bits} as inflateInit2 has them.  Return what it says at the end, with
 * the bytes it took and made.
 */
static inline int
zlib_inflate(int bits, const uint8_t *in, size_t *in_len, uint8_t *out, size_t *out_len)
{
	z_stream z = {0};
	int rc;

	ck_assert_int_eq(inflateInit2(&z, bits), Z_OK);
	z.next_in = (Bytef *)(uintptr_t)in;
	z.avail_in = (uInt)*in_len;
	z.next_out = out;
	z.avail_out = (uInt)*out_len;
	rc = inflate(&z, Z_SYNC_FLUSH);
	*in_len = z.total_in;
	*out_len = z.total_out;
	inflateEnd(&z);
	return rc;
}

#endif
