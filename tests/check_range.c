#include "unit.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/range.h"

static struct table t;
static struct table *tables[] = {&t};

/* Cut all of [smallest, largest], where a key gives so many bytes, and check that the ranges meet
 * each other and cover it. */
static size_t
cut_all(bool is_unsigned, const char *smallest, const char *largest, double bytes_each)
{
	struct cursor c = {.tables = tables, .ntables = 1};
	struct range r, before = {0};
	size_t n = 0;
	double all;

	t.key = strdup("`id`");
	t.key_unsigned = is_unsigned;
	t.est_bytes = 64 * RANGE_BYTES;
	ck_assert(cursor_needs_keys(&c));
	cursor_keys(&c, smallest, largest);
	for (;; n++) {
		ck_assert_ptr_eq(cursor_table(&c), &t);
		cursor_cut(&c, &r);
		if (r.counts)
			break;
		ck_assert(r.first == (n == 0));
		ck_assert(!r.final);
		if (n > 0) {
			ck_assert(!before.last);
			ck_assert_uint_eq(r.from, before.to);
			ck_assert(r.last || r.to > r.from);
		}
		before = r;
		all = (double)(r.to - r.from) * bytes_each;
		r.bytes = all < 0x1p64 ? (uint64_t)all : UINT64_MAX;
		cursor_steer(&c, &r);
		ck_assert_uint_lt(n, 100000);
	}
	ck_assert(before.last);
	ck_assert(r.final);
	ck_assert_ptr_null(cursor_table(&c));
	free(t.key);
	return n;
}

START_TEST(ranges_cover_every_key_once)
{
	static const char *const keys[][2] = {{"0", "18446744073709551615"},
	    {"18446744073709551615", "18446744073709551615"}, {"1", "1"}, {"5", "1000000"},
	    {"9223372036854775807", "9223372036854775809"}};
	static const char *const signed_keys[][2] = {
	    {"-9223372036854775808", "9223372036854775807"}, {"-1", "1"}, {"-100000", "-99"},
	    {"9223372036854775807", "9223372036854775807"}};

	for (size_t i = 0; i < 5; i++)
		cut_all(true, keys[i][0], keys[i][1], 1e-12);
	for (size_t i = 0; i < 4; i++)
		cut_all(false, signed_keys[i][0], signed_keys[i][1], 1e-12);
}
END_TEST

START_TEST(gaps_widen_and_dense_keys_narrow)
{
	size_t right = cut_all(true, "1", "64000000", 1), dense, sparse;

	ck_assert_uint_ge(right, 60);
	ck_assert_uint_le(right, 70);
	sparse = cut_all(true, "1", "64000000", 0.001);
	ck_assert_uint_lt(sparse, 10);
	dense = cut_all(true, "1", "64000000", 16); /* the estimate was 16 times too small */
	ck_assert_uint_gt(dense, 400);
	ck_assert_uint_lt(dense, 2000);
}
END_TEST

START_TEST(an_empty_table_is_one_range_and_a_count)
{
	ck_assert_uint_eq(cut_all(true, "", "", 0), 1);
}
END_TEST

START_TEST(a_small_table_or_one_without_a_key_is_one_range)
{
	struct cursor c = {.tables = tables, .ntables = 1};
	struct range r;

	memset(&t, 0, sizeof(t));
	t.est_bytes = 64 * RANGE_BYTES;
	ck_assert(!cursor_needs_keys(&c));
	cursor_cut(&c, &r);
	ck_assert(r.first && r.last && r.final && !r.counts);
	ck_assert_ptr_null(cursor_table(&c));
}
END_TEST

START_TEST(statements)
{
	struct range r = {.table = &t};
	struct buf b = {0};
	char key[] = "`id`", select[] = "SELECT `id`", from[] = " FROM `d`.`t`",
	     order[] = " ORDER BY `id`";

	t = (struct table){.key = key, .select = select, .from = from, .order = order};
	r.first = r.last = true;
	range_sql(&r, &b);
	ck_assert_str_eq(buf_string(&b), "SELECT `id` FROM `d`.`t` ORDER BY `id`");
	buf_reset(&b, 0);
	r.first = r.last = false;
	r.from = (uint64_t)-5 ^ 1ULL << 63;
	r.to = 7 ^ 1ULL << 63;
	range_sql(&r, &b);
	ck_assert_str_eq(buf_string(&b),
	    "SELECT `id` FROM `d`.`t` WHERE `id` >= -5 AND `id` < 7 ORDER BY `id`");
	buf_reset(&b, 0);
	t.key_unsigned = true;
	r.first = true;
	r.to = UINT64_MAX;
	range_sql(&r, &b);
	ck_assert_str_eq(buf_string(&b),
	    "SELECT `id` FROM `d`.`t` WHERE `id` < 18446744073709551615 ORDER BY `id`");
	buf_reset(&b, 0);
	r.counts = true;
	range_sql(&r, &b);
	ck_assert_str_eq(buf_string(&b), "SELECT COUNT(*) FROM `d`.`t`");
	buf_reset(&b, 0);

	t.where = "a = 1 OR b";
	range_sql(&r, &b);
	ck_assert_str_eq(buf_string(&b), "SELECT COUNT(*) FROM `d`.`t` WHERE (a = 1 OR b)");
	buf_reset(&b, 0);
	range_keys_sql(&t, &b);
	ck_assert_str_eq(
	    buf_string(&b), "SELECT MIN(`id`), MAX(`id`) FROM `d`.`t` WHERE (a = 1 OR b)");
	buf_reset(&b, 0);
	r.counts = r.first = false;
	r.from = 5;
	r.to = 7;
	range_sql(&r, &b);
	ck_assert_str_eq(buf_string(&b),
	    "SELECT `id` FROM `d`.`t` WHERE (a = 1 OR b) AND `id` >= 5 AND `id` < 7 ORDER BY "
	    "`id`");
	buf_reset(&b, 0);
	r.first = r.last = true;
	range_sql(&r, &b);
	ck_assert_str_eq(
	    buf_string(&b), "SELECT `id` FROM `d`.`t` WHERE (a = 1 OR b) ORDER BY `id`");
	buf_free(&b);
}
END_TEST

int
main(void)
{
	TCase *c = tcase_create("range");

	tcase_add_test(c, ranges_cover_every_key_once);
	tcase_add_test(c, gaps_widen_and_dense_keys_narrow);
	tcase_add_test(c, an_empty_table_is_one_range_and_a_count);
	tcase_add_test(c, a_small_table_or_one_without_a_key_is_one_range);
	tcase_add_test(c, statements);
	return unit_main(c);
}
