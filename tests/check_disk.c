#include "unit.h"

#include <math.h>
#include <stdbool.h>
#include <time.h>

#include "notify/disk.h"

#define DAY 86400
#define NOW INT64_C(1795564800) /* 2026-11-25 00:00 UTC */
#define MB ((uint64_t)1000000)

static char names[400][16];

/* ${n} sets of ${job}, ${step} apart, the newest ${age} ago, of ${bytes}; appended at ${at}. */
static size_t
fill(struct disk_set *sets, size_t at, size_t n, const char *job, int64_t step, int64_t age,
    uint64_t bytes)
{
	for (size_t i = 0; i < n; i++, at++) {
		time_t t = (time_t)(NOW - age - (int64_t)i * step);
		struct tm tm;

		ck_assert_ptr_nonnull(localtime_r(&t, &tm));
		strftime(names[at], sizeof(names[at]), "%Y%m%d_%H%M%S", &tm);
		sets[at] = (struct disk_set){
		    .name = names[at], .job = job, .time = (int64_t)t, .bytes = bytes};
	}
	return at;
}

static int64_t
days(const struct disk_facts *f, int64_t horizon)
{
	int64_t out = -2;

	ck_assert_int_eq(disk_days(f, horizon, &out), 0);
	return out;
}

START_TEST(a_line_that_one_wild_value_does_not_bend)
{
	double t[20], v[20], slope, height;

	for (int i = 0; i < 20; i++) {
		t[i] = i * 10;
		v[i] = 5 + 2 * t[i];
	}
	v[7] = 1e9;
	ck_assert_int_eq(disk_line(t, v, 20, &slope, &height), 0);
	ck_assert_double_eq_tol(slope, 2, 1e-9);
	ck_assert_double_eq_tol(height, 5, 1e-9);
	/* The outlier is left aside. */
	ck_assert_double_eq_tol(disk_above(t, v, 20, slope, height), 0, 1e-9);
	/* Two of twenty are no outlier any more. */
	v[3] += 40;
	v[4] += 30;
	ck_assert_double_eq_tol(disk_above(t, v, 20, slope, height), 30, 30);
	ck_assert_double_gt(disk_above(t, v, 20, slope, height), 0);
	/* All at one moment, and only two. */
	t[1] = t[0];
	ck_assert_int_eq(disk_line(t, v, 2, &slope, &height), 0);
	ck_assert_double_eq_tol(slope, 0, 1e-9);
}
END_TEST

START_TEST(too_little_is_known)
{
	struct disk_set sets[8];
	struct disk_facts f = {.sets = sets, .now = NOW, .free = 100};

	ck_assert_int_eq(days(&f, 14), DISK_UNKNOWN);
	ck_assert_uint_eq(disk_next(&f), 0);
	f.nsets = fill(sets, 0, 6, "db", DAY, 3600, 10 * MB);
	ck_assert_int_eq(days(&f, 14), DISK_UNKNOWN);
	ck_assert_uint_eq(disk_next(&f), 12 * MB);
	f.nsets = fill(sets, 6, 1, "files", DAY, 3600, 5 * MB);
	ck_assert_int_eq(days(&f, 14), DISK_UNKNOWN);
	ck_assert_uint_eq(disk_next(&f), 18 * MB);
	f.nsets = fill(sets, 0, 7, "db", DAY, 3600, 10 * MB);
	ck_assert_int_eq(days(&f, 14), 1);
}
END_TEST

/* No rule, so that all stay: ten sets fit. */
START_TEST(without_retention)
{
	struct disk_set sets[20];
	struct disk_facts f = {.sets = sets, .now = NOW, .free = 105 * MB};

	f.nsets = fill(sets, 0, 20, "db", DAY, 3600, 10 * MB);
	ck_assert_int_eq(days(&f, 14), 11);
	ck_assert_int_eq(days(&f, 10), DISK_FAR);
	/* They grow by 1 MB a night: 11 + 12 + ... */
	for (size_t i = 0; i < 20; i++)
		sets[i].bytes = (30 - i) * MB;
	ck_assert_int_eq(days(&f, 14), 4);
	/* One import does not count. */
	sets[5].bytes = 5000 * MB;
	ck_assert_int_eq(days(&f, 14), 4);
}
END_TEST

/* The first month: it falls by a set a day, and that ends by itself. */
START_TEST(retention_levels_it_off)
{
	struct disk_set sets[60];
	struct disk_facts f = {.sets = sets, .now = NOW, .free = 150 * MB};

	ck_assert_ptr_null(retention_rules_parse("within=30d", &f.rules));
	ck_assert_ptr_null(retention_rules_parse("within=90d", &f.full));
	f.nsets = fill(sets, 0, 20, "db", DAY, 3600, 10 * MB);
	/* Twelve more at most, of 150 MB: a line would say 15 days. */
	ck_assert_int_eq(days(&f, 60), DISK_FAR);
	f.free = 85 * MB;
	ck_assert_int_eq(days(&f, 60), 9);
	/* Full ones stay for 90 days: 24 MB each, in two, nine, sixteen days. */
	f.free = 150 * MB;
	f.nsets = fill(sets, 20, 3, "full", 7 * DAY, 5 * DAY, 20 * MB);
	ck_assert_int_eq(days(&f, 60), 11);
}
END_TEST

/* The rest of the disk fills up; one sample is wild. */
START_TEST(what_else_grows)
{
	struct disk_set sets[40];
	struct disk_sample samples[14] = {0};
	struct disk_facts f = {
	    .sets = sets, .now = NOW, .free = 100 * MB, .samples = samples, .nsamples = 14};

	ck_assert_ptr_null(retention_rules_parse("within=30d", &f.rules));
	f.nsets = fill(sets, 0, 30, "db", DAY, 3600, 1 * MB);
	ck_assert_int_eq(days(&f, 30), DISK_FAR);
	for (size_t i = 0; i < 14; i++)
		samples[i] = (struct disk_sample){.time = NOW - (int64_t)(14 - i) * DAY,
		    .free = (100 + 10 * (14 - i)) * MB,
		    .sets = 30 * MB};
	samples[4].free = 9000 * MB;
	ck_assert_int_ge(days(&f, 30), 9);
	ck_assert_int_le(days(&f, 30), 11);
	/* Six samples are none. */
	f.nsamples = 6;
	ck_assert_int_eq(days(&f, 30), DISK_FAR);
	/* It gets emptier: not counted on. */
	for (size_t i = 0; i < 14; i++)
		samples[i].free = (100 - 5 * (14 - i)) * MB;
	f.nsamples = 14;
	ck_assert_int_eq(days(&f, 30), DISK_FAR);
}
END_TEST

/* An hourly job, and one that has not come for long. */
START_TEST(odd_paces)
{
	struct disk_set sets[300];
	struct disk_facts f = {.sets = sets, .now = NOW, .free = 2400 * MB};

	f.nsets = fill(sets, 0, 100, "tick", 60, 60, 1 * MB);
	/* A minute counts as an hour: 24 a day. */
	ck_assert_int_eq(days(&f, 366), 101);
	ck_assert_int_eq(days(&f, INT64_MAX), 101);
	f.free = 25 * MB;
	f.nsets = fill(sets, 0, 10, "db", DAY, 100 * DAY, 10 * MB);
	ck_assert_int_eq(days(&f, 14), 2);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("disk");

	setenv("TZ", "Asia/Jakarta", 1);
	tzset();
	tcase_add_test(cases, a_line_that_one_wild_value_does_not_bend);
	tcase_add_test(cases, too_little_is_known);
	tcase_add_test(cases, without_retention);
	tcase_add_test(cases, retention_levels_it_off);
	tcase_add_test(cases, what_else_grows);
	tcase_add_test(cases, odd_paces);
	return unit_main(cases);
}
