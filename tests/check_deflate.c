#include "gz/deflate.h"

#include "gz/cut.h"
#include <stdbool.h>

#include "gz_data.h"
#include "unit.h"

/*
 * Pack ${in} alone and hold what the fragment promises: byte for byte the same after inflating
 * it without any history, no final block, flushed at its end, within the bound.
 */
static size_t
pack(struct deflate *d, const uint8_t *in, size_t len, uint8_t *out)
{
	static const uint8_t flush[DEFLATE_FLUSH_LENGTH] = {0, 0, 0xff, 0xff};
	size_t used = deflate_fragment(d, in, len, out), in_len = used, out_len = len + 1;
	uint8_t *again = malloc(len + 1);

	ck_assert_ptr_nonnull(again);
	ck_assert_uint_le(used, deflate_bound(len));
	ck_assert_int_eq(zlib_inflate(-MAX_WBITS, out, &in_len, again, &out_len), Z_OK);
	ck_assert_uint_eq(in_len, used);
	ck_assert_uint_eq(out_len, len);
	ck_assert_mem_eq(again, in, len);
	ck_assert_mem_eq(out + used - sizeof(flush), flush, sizeof(flush));
	free(again);
	return used;
}

START_TEST(fragments_of_every_kind_and_size)
{
	const size_t sizes[] = {0, 1, 2, 3, 64, 255, 256, 257, 4096, 32767, 32768, 32769, 65534,
	    65535, 65536, CUT_NORMAL - 1, CUT_NORMAL, CUT_NORMAL + 1, CUT_MAX - 1, CUT_MAX};
	uint8_t *out = malloc(deflate_bound(CUT_MAX)), *zeros = calloc(1, CUT_MAX);
	uint8_t *noise = make_noise(CUT_MAX, 1), *rows = make_rows(CUT_MAX, 2);
	struct deflate *d = deflate_open(_i);

	ck_assert(out != NULL && zeros != NULL && d != NULL);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		size_t len = sizes[i];

		pack(d, zeros, len, out);
		pack(d, noise, len, out);
		pack(d, rows, len, out);
	}
	ck_assert_uint_lt(pack(d, zeros, CUT_MAX, out), CUT_MAX / 100);
	ck_assert_uint_lt(pack(d, rows, CUT_MAX, out), CUT_MAX * 45 / 100);
	deflate_free(d);
	free(out);
	free(zeros);
	free(noise);
	free(rows);
}
END_TEST

/* The half-and-half fragment makes the library change its mind in the middle. */
START_TEST(fragments_that_compress_in_part)
{
	uint8_t *out = malloc(deflate_bound(CUT_MAX)), *mixed = make_noise(CUT_MAX, 3);
	struct deflate *d = deflate_open(_i);

	ck_assert(out != NULL && d != NULL);
	memset(mixed + CUT_MAX / 4, 'x', CUT_MAX / 4);
	memset(mixed + CUT_MAX / 4 * 3, 'y', 100);
	pack(d, mixed, CUT_MAX, out);
	deflate_free(d);
	free(out);
	free(mixed);
}
END_TEST

START_TEST(the_past_leaves_no_trace)
{
	uint8_t *rows = make_rows(CUT_MAX, 4), *noise = make_noise(CUT_MAX, 5);
	uint8_t *first = malloc(deflate_bound(CUT_MAX)), *then = malloc(deflate_bound(CUT_MAX));
	struct deflate *d = deflate_open(_i);
	size_t used;

	ck_assert(first != NULL && then != NULL && d != NULL);
	used = deflate_fragment(d, rows, CUT_NORMAL, first);
	deflate_fragment(d, noise, CUT_MAX, then);
	deflate_fragment(d, rows + 1000, CUT_MAX - 1000, then);
	ck_assert_uint_eq(deflate_fragment(d, rows, CUT_NORMAL, then), used);
	ck_assert_mem_eq(first, then, used);
	deflate_free(d);
	d = deflate_open(_i);
	ck_assert_uint_eq(deflate_fragment(d, rows, CUT_NORMAL, then), used);
	ck_assert_mem_eq(first, then, used);
	deflate_free(d);
	free(first);
	free(then);
	free(rows);
	free(noise);
}
END_TEST

START_TEST(noise_is_stored_within_the_bound)
{
	uint8_t *noise = make_noise(CUT_MAX, 6), *out = malloc(deflate_bound(CUT_MAX));
	struct deflate *d = deflate_open(_i);

	ck_assert(out != NULL && d != NULL);
	/* 5 bytes a stored block of 65535, and 5 for the flush. */
	ck_assert_uint_le(pack(d, noise, CUT_MAX, out), CUT_MAX + 9 * 5 + 5);
	ck_assert_uint_eq(deflate_bound(0), 5);
	ck_assert_uint_eq(deflate_bound(65535), 65535 + 10);
	ck_assert_uint_eq(deflate_bound(65536), 65536 + 15);
	deflate_free(d);
	free(out);
	free(noise);
}
END_TEST

/* Phrases that come again after a while, as in sources and prose; of digits where ${digits}. */
static uint8_t *
make_text(size_t len, uint64_t seed, bool digits)
{
	const unsigned first = digits ? '0' : 'a', kinds = digits ? 10 : 26;

	char *phrases = malloc(1000 * 40);
	uint8_t *out = malloc(len + 40);
	size_t used = 0;

	ck_assert(phrases != NULL && out != NULL);
	for (size_t i = 0; i < 40000; i++)
		phrases[i] = (char)(i % 7 == 6 ? ' ' : first + next_number(&seed) % kinds);
	for (; used < len; used += 40)
		memcpy(out + used, phrases + next_number(&seed) % 1000 * 40, 40);
	free(phrases);
	return out;
}

static size_t
by_zlib(int level, int window, int strategy, const uint8_t *in, size_t len, uint8_t *out)
{
	z_stream z = {.next_in = (Bytef *)(uintptr_t)in,
	    .avail_in = (uInt)len,
	    .next_out = out,
	    .avail_out = (uInt)deflate_bound(len)};

	ck_assert_int_eq(deflateInit2(&z, level, Z_DEFLATED, -window, 8, strategy), Z_OK);
	ck_assert_int_eq(deflate(&z, Z_FULL_FLUSH), Z_OK);
	deflateEnd(&z);
	return z.total_out;
}

/* Either kind is packed in the way that makes it smaller. */
START_TEST(rows_and_text)
{
	uint8_t *rows = make_rows(CUT_NORMAL, 7), *text[2];
	uint8_t *out = malloc(deflate_bound(CUT_NORMAL));
	struct deflate *d = deflate_open(_i);
	size_t a, b;

	ck_assert(out != NULL && d != NULL);
	a = by_zlib(_i, 13, Z_FILTERED, rows, CUT_NORMAL, out);
	b = by_zlib(_i, 15, Z_DEFAULT_STRATEGY, rows, CUT_NORMAL, out);
	ck_assert_uint_lt(a, b);
	ck_assert_uint_eq(pack(d, rows, CUT_NORMAL, out), a);
	for (int i = 0; i < 2; i++) {
		text[i] = make_text(CUT_NORMAL, 8, i == 1);
		a = by_zlib(_i, 15, Z_DEFAULT_STRATEGY, text[i], CUT_NORMAL, out);
		b = by_zlib(_i, 13, Z_FILTERED, text[i], CUT_NORMAL, out);
		ck_assert_uint_lt(a, b);
		ck_assert_uint_eq(pack(d, text[i], CUT_NORMAL, out), a);
		free(text[i]);
	}
	deflate_free(d);
	free(out);
	free(rows);
}
END_TEST

START_TEST(nothing_to_free)
{
	deflate_free(NULL);
}
END_TEST

/* ISA-L's result depends on where its memory lies: one in some thousands would differ. */
START_TEST(the_same_wherever_its_memory_lies)
{
	enum { OTHERS = 48, SIZE = 4700, TURNS = 1000 };
	struct deflate *others[OTHERS];
	uint8_t first[SIZE + 100], again[SIZE + 100];
	char rows[SIZE + 64];

	for (int i = 0; i < OTHERS; i++)
		ck_assert_ptr_nonnull(others[i] = deflate_open(_i));
	for (unsigned turn = 0; turn < TURNS; turn++) {
		size_t len = 0;

		for (unsigned id = turn * 200; len < SIZE; id++)
			len += (size_t)snprintf(rows + len, sizeof(rows) - len,
			    "(%u,\"Budi Santoso\",NULL),\n", id);
		len = deflate_fragment(others[0], (uint8_t *)rows, SIZE, first);
		for (int i = 1; i < OTHERS; i++) {
			ck_assert_uint_eq(
			    deflate_fragment(others[i], (uint8_t *)rows, SIZE, again), len);
			ck_assert_mem_eq(again, first, len);
		}
	}
	for (int i = 0; i < OTHERS; i++)
		deflate_free(others[i]);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("deflate");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, fragments_of_every_kind_and_size, 1, 10);
	tcase_add_loop_test(t, fragments_that_compress_in_part, 1, 10);
	tcase_add_loop_test(t, the_same_wherever_its_memory_lies, 1, 4);
	tcase_add_loop_test(t, the_past_leaves_no_trace, 1, 10);
	tcase_add_loop_test(t, noise_is_stored_within_the_bound, 1, 10);
	tcase_add_loop_test(t, rows_and_text, 4, 10);
	tcase_add_test(t, nothing_to_free);
	return unit_main(t);
}
