#include "gz/flip.h"

#include <string.h>
#include <zlib.h>

#include "gz_data.h"
#include "unit.h"

START_TEST(each_bit_is_found)
{
	const size_t len = 3000;
	uint8_t *rows = make_rows(len, 1), mask;
	uint32_t crc = (uint32_t)crc32(0, rows, len);
	uint64_t at;

	for (size_t bit = 0; bit < len * 8; bit += bit < 200 ? 1 : 37) {
		rows[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(flip_find(crc ^ (uint32_t)crc32(0, rows, len), len, &at, &mask));
		ck_assert_uint_eq(at, bit / 8);
		ck_assert_uint_eq(mask, 1 << bit % 8);
		rows[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	free(rows);
}
END_TEST

START_TEST(the_last_and_the_first_bit)
{
	uint8_t byte = 0, mask;
	uint32_t crc = (uint32_t)crc32(0, &byte, 1);
	uint64_t at = 9;

	byte = 0x80;
	ck_assert(flip_find(crc ^ (uint32_t)crc32(0, &byte, 1), 1, &at, &mask));
	ck_assert_uint_eq(at, 0);
	ck_assert_uint_eq(mask, 0x80);
	byte = 1;
	ck_assert(flip_find(crc ^ (uint32_t)crc32(0, &byte, 1), 1, &at, &mask));
	ck_assert_uint_eq(mask, 1);
}
END_TEST

/* Two bits in a short text differ from one in it, but for bits far away. */
START_TEST(two_bits_are_not_one)
{
	const size_t len = 200;
	uint8_t *rows = make_rows(len, 2), mask;
	uint32_t crc = (uint32_t)crc32(0, rows, len);
	uint64_t at;

	for (size_t bit = 1; bit < len * 8; bit += 13) {
		rows[0] ^= 1;
		rows[bit / 8] ^= (uint8_t)(1 << bit % 8);
		ck_assert(!flip_find(crc ^ (uint32_t)crc32(0, rows, len), len, &at, &mask));
		rows[bit / 8] ^= (uint8_t)(1 << bit % 8);
		rows[0] ^= 1;
	}
	ck_assert(!flip_find(0, len, &at, &mask));
	free(rows);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("flip");

	tcase_add_test(t, each_bit_is_found);
	tcase_add_test(t, the_last_and_the_first_bit);
	tcase_add_test(t, two_bits_are_not_one);
	return unit_main(t);
}
