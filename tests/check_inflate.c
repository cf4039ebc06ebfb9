#include "gz/inflate.h"

#include "gz/cut.h"
#include "gz/deflate.h"
#include "gz_data.h"
#include "unit.h"

static uint8_t *out; /* CUT_MAX */
static struct inflate *quick, *strict;

static void
prepare(void)
{
	ck_assert_ptr_nonnull(out = malloc(CUT_MAX));
	ck_assert_ptr_nonnull(quick = inflate_open(true));
	ck_assert_ptr_nonnull(strict = inflate_open(false));
}

static void
clean_up(void)
{
	inflate_free(quick);
	inflate_free(strict);
	free(out);
}

/* Both ways: what the strict one accepts, the quick one does as well, and makes the same of it. */
static ssize_t
unpack(uint8_t *in, size_t len, uint8_t *to, size_t room)
{
	uint8_t *other = malloc(room + 1);
	ssize_t got = inflate_fragment(strict, in, len, to, room);

	ck_assert_ptr_nonnull(other);
	if (got != -1) {
		ck_assert_int_eq(inflate_fragment(quick, in, len, other, room), got);
		ck_assert_mem_eq(other, to, (size_t)got);
	} else {
		ck_assert_int_le(inflate_fragment(quick, in, len, other, room), (ssize_t)room);
	}
	free(other);
	return got;
}

/* The packed ${len} bytes at ${in}, with room behind. */
static uint8_t *
pack(int level, const uint8_t *in, size_t len, size_t *packed)
{
	uint8_t *buf = malloc(deflate_bound(len) + INFLATE_SPARE);
	struct deflate *d = deflate_open(level);

	ck_assert(buf != NULL && d != NULL);
	*packed = deflate_fragment(d, in, len, buf);
	deflate_free(d);
	return buf;
}

START_TEST(what_was_packed_comes_back)
{
	const size_t sizes[] = {0, 1, 2, 1000, 65535, 65536, CUT_NORMAL, CUT_MAX};
	uint8_t *data[3] = {make_rows(CUT_MAX, 1), make_noise(CUT_MAX, 2), calloc(1, CUT_MAX)};
	uint8_t *buf;
	size_t packed;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (int k = 0; k < 3; k++) {
			buf = pack(_i, data[k], sizes[i], &packed);
			ck_assert_int_eq(unpack(buf, packed, out, CUT_MAX), (ssize_t)sizes[i]);
			ck_assert_mem_eq(out, data[k], sizes[i]);
			/* No room to spare is enough; less is not. */
			ck_assert_int_eq(unpack(buf, packed, out, sizes[i]), (ssize_t)sizes[i]);
			if (sizes[i] > 0)
				ck_assert_int_eq(unpack(buf, packed, out, sizes[i] - 1), -1);
			free(buf);
		}
	}
	for (int k = 0; k < 3; k++)
		free(data[k]);
}
END_TEST

/* A cut or longer fragment is none, wherever the end falls. */
START_TEST(only_whole_fragments)
{
	const size_t len = 3000;
	uint8_t *rows = make_rows(len, 3), *buf, *copy;
	size_t packed;

	buf = pack(_i, rows, len, &packed);
	ck_assert_ptr_nonnull(copy = malloc(packed + 10 + INFLATE_SPARE));
	/* Before the empty block of the flush stands a whole fragment, if that ends at a byte. */
	for (size_t n = 0; n < packed - DEFLATE_FLUSH_LENGTH - 1; n++) {
		ssize_t got;

		memcpy(copy, buf, n);
		got = unpack(copy, n, out, CUT_MAX);
		ck_assert_msg(got == -1 || n == 0, "%zu of %zu bytes: %zd", n, packed, got);
		got = inflate_fragment(quick, copy, n, out, CUT_MAX);
		ck_assert_msg(got == -1 || n == 0, "%zu of %zu bytes: %zd", n, packed, got);
	}
	for (int behind = 0; behind < 256; behind++) {
		memcpy(copy, buf, packed);
		copy[packed] = (uint8_t)behind;
		ck_assert_int_eq(unpack(copy, packed + 1, out, CUT_MAX), -1);
	}
	free(copy);
	free(buf);
	free(rows);
}
END_TEST

START_TEST(nothing_points_before_the_first_byte)
{
	/* One block, fixed codes: a match of three bytes at distance one; end; empty block. */
	uint8_t in[16] = {0x02, 0x02, 0x00, 0x00, 0x00, 0xff, 0xff};

	ck_assert_int_eq(unpack(in, 7, out, CUT_MAX), -1);
}
END_TEST

START_TEST(a_final_block_is_no_fragment)
{
	uint8_t empty[16] = {0x01, 0x00, 0x00, 0xff, 0xff}, fixed[16] = {0x03, 0x00};

	ck_assert_int_eq(unpack(empty, 5, out, CUT_MAX), -1);
	ck_assert_int_eq(unpack(fixed, 2, out, CUT_MAX), -1);
	empty[0] = 0;
	ck_assert_int_eq(unpack(empty, 5, out, CUT_MAX), 0);
}
END_TEST

/* Whatever the bytes: an answer, and no write where there is no room. */
START_TEST(noise)
{
	uint64_t seed = 7;
	uint8_t in[200], small[64];

	for (int i = 0; i < 200000; i++) {
		size_t len = next_number(&seed) % (sizeof(in) - INFLATE_SPARE);

		for (size_t k = 0; k < len; k++)
			in[k] = (uint8_t)next_number(&seed);
		ck_assert_int_le(unpack(in, len, small, sizeof(small)), (ssize_t)sizeof(small));
	}
	inflate_free(NULL);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("inflate");

	tcase_add_checked_fixture(t, prepare, clean_up);
	tcase_add_loop_test(t, what_was_packed_comes_back, 1, 10);
	tcase_add_loop_test(t, only_whole_fragments, 1, 10);
	tcase_add_test(t, nothing_points_before_the_first_byte);
	tcase_add_test(t, a_final_block_is_no_fragment);
	tcase_add_test(t, noise);
	return unit_main(t);
}
