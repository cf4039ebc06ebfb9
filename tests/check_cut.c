#include "gz/cut.h"

#include "gz_data.h"
#include "unit.h"

/* The lengths of the fragments of ${buf}, handed over in pieces of ${piece} bytes (0: odd ones). */
static size_t
cut_all(const uint8_t *buf, size_t len, size_t piece, size_t *lengths, size_t room)
{
	struct cut c = {0};
	uint64_t seed = 3;
	size_t count = 0, fragment = 0, n, limit;

	for (size_t at = 0; at < len; at += n) {
		limit = piece > 0 ? piece : 1 + next_number(&seed) % 70000;
		if (limit > len - at)
			limit = len - at;
		n = cut_next(&c, buf + at, limit);
		ck_assert_uint_ge(n, 1);
		ck_assert_uint_le(n, limit);
		fragment += n;
		if (c.length == 0) {
			ck_assert_uint_lt(count, room);
			lengths[count++] = fragment;
			fragment = 0;
		} else {
			ck_assert_uint_eq(c.length, fragment);
			ck_assert_uint_eq(n, limit);
		}
	}
	if (fragment > 0)
		lengths[count++] = fragment;
	return count;
}

/* The rule as the header and the paper tell it, without skipping, rolling or splitting. */
static size_t
first_fragment(const uint8_t *buf, size_t len)
{
	for (size_t n = CUT_MIN; n < len; n++) {
		uint64_t hash = 0;
		unsigned bits = n <= CUT_NORMAL ? 19 : 15;

		if (n == CUT_MAX)
			return n;
		for (size_t i = n - 64; i < n; i++)
			hash = (hash << 1) + cut_gear(buf[i]);
		if (hash >> (64 - bits) == 0)
			return n;
	}
	return len;
}

START_TEST(gear_values_are_splitmix64)
{
	uint64_t state = 0;

	for (int i = 0; i < 256; i++)
		ck_assert_uint_eq(cut_gear((uint8_t)i), next_number(&state));
	ck_assert_uint_eq(cut_gear(0), UINT64_C(0xe220a8397b1dcdaf));
}
END_TEST

START_TEST(cuts_follow_the_rule)
{
	const size_t len = 3 << 20;
	uint8_t *buf = make_noise(len, 1);
	size_t lengths[64], count, at = 0;

	count = cut_all(buf, len, len, lengths, 64);
	ck_assert_uint_gt(count, 15);
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(lengths[i], first_fragment(buf + at, len - at));
		at += lengths[i];
	}
	ck_assert_uint_eq(at, len);
	free(buf);
}
END_TEST

/* Fragments are addressed by their bytes for years: these cuts may never move. */
START_TEST(cuts_stay_where_they_are)
{
	const size_t len = 1 << 20;
	uint8_t *buf = make_rows(len, 1);
	const size_t expected[] = {145350, 132244, 136358, 209955, 161195, 154103, 109371};
	size_t lengths[64];

	ck_assert_uint_eq(cut_all(buf, len, len, lengths, 64), 7);
	ck_assert_mem_eq(lengths, expected, sizeof(expected));
	free(buf);
}
END_TEST

START_TEST(cuts_do_not_depend_on_pieces)
{
	const size_t len = 2 << 20;
	const size_t pieces[] = {1, 63, 64, 65, 4096, CUT_MIN - 64, CUT_MIN - 63, CUT_MIN, 0};
	uint8_t *buf = make_rows(len, 2);
	size_t whole[64], parts[64], count;

	count = cut_all(buf, len, len, whole, 64);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		ck_assert_uint_eq(cut_all(buf, len, pieces[i], parts, 64), count);
		ck_assert_mem_eq(whole, parts, count * sizeof(whole[0]));
	}
	free(buf);
}
END_TEST

/*
 * Fragments of noise end anywhere, also where two cuts are so near to each other that the later
 * one is come upon first.
 */
START_TEST(the_earlier_cut_counts)
{
	const size_t len = 32 << 20;
	uint8_t *buf = make_noise(len, 6);
	size_t *whole = calloc(512, sizeof(*whole)), *parts = calloc(512, sizeof(*parts)),
	       count;

	ck_assert(whole != NULL && parts != NULL);
	count = cut_all(buf, len, len, whole, 512);
	ck_assert_uint_gt(count, 150);
	ck_assert_uint_eq(cut_all(buf, len, 1000, parts, 512), count);
	ck_assert_mem_eq(whole, parts, count * sizeof(whole[0]));
	free(whole);
	free(parts);
	free(buf);
}
END_TEST

/* The window is full when the first decision falls. */
START_TEST(a_fragment_can_end_at_the_minimum)
{
	const size_t len = 16 << 20;
	uint8_t *buf = make_noise(len, 4);
	uint64_t hash = 0;
	unsigned ends = 0;

	for (size_t i = 0; i < len; i++) {
		hash = (hash << 1) + cut_gear(buf[i]);
		if (i + 1 >= CUT_MIN && hash >> (64 - 19) == 0) {
			struct cut c = {0};

			ck_assert_uint_eq(
			    cut_next(&c, buf + i + 1 - CUT_MIN, CUT_MIN), CUT_MIN);
			ck_assert_uint_eq(c.length, 0);
			ends++;
		}
	}
	ck_assert_uint_gt(ends, 10);
	free(buf);
}
END_TEST

START_TEST(lengths_are_bounded)
{
	const size_t len = 64 << 20;
	uint8_t *buf = make_noise(len, 5);
	size_t *lengths = calloc(2048, sizeof(*lengths)), count;

	ck_assert_ptr_nonnull(lengths);
	count = cut_all(buf, len, len, lengths, 2048);
	for (size_t i = 0; i + 1 < count; i++) {
		ck_assert_uint_ge(lengths[i], CUT_MIN);
		ck_assert_uint_le(lengths[i], CUT_MAX);
	}
	ck_assert_uint_gt(len / count, CUT_NORMAL * 3 / 4);
	ck_assert_uint_lt(len / count, CUT_NORMAL * 3 / 2);
	free(lengths);
	free(buf);
}
END_TEST

START_TEST(what_never_changes_is_cut_at_the_maximum)
{
	const size_t sizes[] = {1, CUT_MIN - 1, CUT_MIN, CUT_MIN + 1, CUT_MAX - 1, CUT_MAX,
	    CUT_MAX + 1, 3 * CUT_MAX};
	uint8_t *buf = calloc(1, 3 * CUT_MAX);
	struct cut c = {0};
	size_t lengths[8];

	ck_assert_ptr_nonnull(buf);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ck_assert_uint_eq(cut_all(buf, sizes[i], sizes[i], lengths, 8),
		    (sizes[i] + CUT_MAX - 1) / CUT_MAX);
		ck_assert_uint_eq(lengths[0], sizes[i] < CUT_MAX ? sizes[i] : CUT_MAX);
	}
	ck_assert_uint_eq(cut_next(&c, buf, 0), 0);
	free(buf);
}
END_TEST

/* What it is all for: one more byte changes the fragment it falls into, and few others. */
START_TEST(an_insertion_moves_cuts_near_it_only)
{
	const size_t len = 16 << 20;
	uint8_t *buf = make_noise(len + 1, 9);
	size_t before[512], after[512], nbefore, nafter, head = 0, tail = 0;

	nbefore = cut_all(buf, len, len, before, 512);
	memmove(buf + len / 4 + 1, buf + len / 4, len - len / 4);
	nafter = cut_all(buf, len + 1, len, after, 512);
	while (head < nbefore && head < nafter && before[head] == after[head])
		head++;
	while (tail < nbefore && tail < nafter &&
	       before[nbefore - 1 - tail] == after[nafter - 1 - tail])
		tail++;
	ck_assert_uint_ge(head, 1);
	ck_assert_uint_ge(tail, 1);
	ck_assert_uint_ge(head + tail + 5, nbefore);
	ck_assert_uint_lt(head + tail, nbefore);
	free(buf);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("cut");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, gear_values_are_splitmix64);
	tcase_add_test(t, cuts_follow_the_rule);
	tcase_add_test(t, cuts_stay_where_they_are);
	tcase_add_test(t, cuts_do_not_depend_on_pieces);
	tcase_add_test(t, the_earlier_cut_counts);
	tcase_add_test(t, a_fragment_can_end_at_the_minimum);
	tcase_add_test(t, lengths_are_bounded);
	tcase_add_test(t, what_never_changes_is_cut_at_the_maximum);
	tcase_add_test(t, an_insertion_moves_cuts_near_it_only);
	return unit_main(t);
}
