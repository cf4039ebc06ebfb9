#include "gz/seal.h"

#include <isa-l/igzip_lib.h>

#include "gz_data.h"
#include "unit.h"

static const uint32_t sums[] = {
    0, 1, 0x80000000, 0x55555555, 0xaaaaaaaa, 0xffffffff, 0xdeadbeef};

#define SUMS (sizeof(sums) / sizeof(sums[0]))

START_TEST(a_seal_carries_its_sum)
{
	uint8_t seal[SEAL_LENGTH];
	uint32_t crc;
	uint64_t seed = 1;

	for (size_t i = 0; i < SUMS; i++) {
		seal_make(sums[i], seal);
		ck_assert_int_eq(seal_read(seal, &crc), 1);
		ck_assert_uint_eq(crc, sums[i]);
	}
	for (size_t i = 0; i < 1000; i++) {
		uint32_t sum = (uint32_t)next_number(&seed);

		seal_make(sum, seal);
		ck_assert_int_eq(seal_read(seal, &crc), 1);
		ck_assert_uint_eq(crc, sum);
	}
}
END_TEST

START_TEST(a_seal_is_a_final_block_without_content)
{
	uint8_t seal[SEAL_LENGTH], out[16];
	struct inflate_state s;

	for (size_t i = 0; i < SUMS; i++) {
		size_t in_len = SEAL_LENGTH, out_len = sizeof(out);

		seal_make(sums[i], seal);
		ck_assert_int_eq(
		    zlib_inflate(-MAX_WBITS, seal, &in_len, out, &out_len), Z_STREAM_END);
		ck_assert_uint_eq(in_len, SEAL_LENGTH);
		ck_assert_uint_eq(out_len, 0);

		isal_inflate_init(&s);
		s.next_in = seal;
		s.avail_in = SEAL_LENGTH;
		s.next_out = out;
		s.avail_out = sizeof(out);
		ck_assert_int_eq(isal_inflate(&s), ISAL_DECOMP_OK);
		ck_assert_int_eq(s.block_state, ISAL_BLOCK_FINISH);
		ck_assert_uint_eq(s.total_out, 0);
	}
}
END_TEST

/* No bit of a seal is without meaning. */
START_TEST(every_flipped_bit_is_seen)
{
	uint8_t seal[SEAL_LENGTH];
	uint32_t crc;

	for (size_t i = 0; i < SUMS; i++) {
		seal_make(sums[i], seal);
		for (size_t bit = 0; bit < SEAL_LENGTH * 8; bit++) {
			seal[bit / 8] ^= (uint8_t)(1 << bit % 8);
			ck_assert_int_eq(seal_read(seal, &crc), -1);
			seal[bit / 8] ^= (uint8_t)(1 << bit % 8);
		}
	}
}
END_TEST

START_TEST(other_bytes_are_no_seal)
{
	uint8_t *noise = make_noise(100000, 2), zeros[SEAL_LENGTH] = {0}, ones[SEAL_LENGTH];
	uint32_t crc;

	for (size_t at = 0; at + SEAL_LENGTH <= 100000; at++)
		ck_assert_int_eq(seal_read(noise + at, &crc), 0);
	memset(ones, 0xff, sizeof(ones));
	ck_assert_int_eq(seal_read(zeros, &crc), 0);
	ck_assert_int_eq(seal_read(ones, &crc), 0);
	free(noise);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("seal");

	tcase_add_test(t, a_seal_carries_its_sum);
	tcase_add_test(t, a_seal_is_a_final_block_without_content);
	tcase_add_test(t, every_flipped_bit_is_seen);
	tcase_add_test(t, other_bytes_are_no_seal);
	return unit_main(t);
}
