#include "unit.h"

#include <math.h>
#include <time.h>

#include "report/history.h"
#include "report/points.h"

#define HOUR ((int64_t)3600)
#define DAY (24 * HOUR)
#define LIMIT (26 * HOUR)

/* 2026-11-26 12:00 in Jakarta. */
#define NOON ((int64_t)1795669200)

static char moments[24];

static void
stamp(char buf[24], int64_t when)
{
	time_t t = (time_t)when;
	struct tm tm;

	ck_assert_ptr_nonnull(gmtime_r(&t, &tm));
	strftime(buf, 24, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static const char *
set_name(int64_t when)
{
	static char name[24];
	time_t t = (time_t)when;
	struct tm tm;

	ck_assert_ptr_nonnull(localtime_r(&t, &tm));
	strftime(name, sizeof(name), "%Y%m%d_%H%M%S", &tm);
	return name;
}

/* A run of ${job} that ended at ${when}; with a set unless it failed. */
static void
add(struct history *h, const char *job, const char *status, int64_t when, int64_t bytes)
{
	bool failed = strcmp(status, "fail") == 0;
	struct event e = {.job = job,
	    .event = "run",
	    .status = status,
	    .exit = failed ? 69 : 0,
	    .seconds = 60,
	    .bytes = failed ? -1 : bytes,
	    .set = failed ? NULL : set_name(when - 60),
	    .message = "m"};

	stamp(e.time, when);
	ck_assert_int_eq(history_event(h, &e), 0);
}

static struct history *
start(void)
{
	struct history *h;

	setenv("TZ", "Asia/Jakarta", 1);
	ck_assert_ptr_nonnull(h = history_new(NOON));
	return h;
}

/* The days of ${job} as a word of one letter each. */
static const char *
strip(const struct history *h, const char *job)
{
	static char text[HISTORY_DAYS + 1];
	const struct history_job *j = history_job(h, job);

	ck_assert_ptr_nonnull(j);
	for (size_t i = 0; i < HISTORY_DAYS; i++)
		text[i] = history_day_word(j->days[i])[0];
	return text;
}

START_TEST(nights)
{
	struct history *h = start();

	/* Ten good nights at two o'clock, today's too. */
	for (int64_t d = 9; d >= 0; d--)
		add(h, "db", "ok", NOON - 10 * HOUR - d * DAY, 1000);
	history_judge(h, "db", LIMIT);
	ck_assert_str_eq(strip(h, "db"), "bbbbbbbbbbbbbbbbbbbboooooooooo");
	ck_assert_int_eq(history_job(h, "db")->days[19], HISTORY_BEFORE);
	ck_assert_int_eq(history_job(h, "db")->days[20], HISTORY_OK);
	ck_assert_int_eq(history_job(h, "db")->days[29], HISTORY_OK);
	ck_assert_ptr_null(history_job(h, "files"));
	history_free(h);
}
END_TEST

START_TEST(worst_wins)
{
	struct history *h = start();
	const struct history_job *j;

	add(h, "db", "ok", NOON - 5 * DAY, 1000);
	add(h, "db", "warn", NOON - 4 * DAY, 1000);
	add(h, "db", "ok", NOON - 4 * DAY + HOUR, 1000);
	add(h, "db", "fail", NOON - 3 * DAY, 1000);
	add(h, "db", "ok", NOON - 3 * DAY + HOUR, 1000);
	/* Two days without a run: the first ends 35 h after the last good one. */
	add(h, "db", "ok", NOON, 1000);
	history_judge(h, "db", LIMIT);
	j = history_job(h, "db");
	ck_assert_int_eq(j->days[23], HISTORY_BEFORE);
	ck_assert_int_eq(j->days[24], HISTORY_OK);
	ck_assert_int_eq(j->days[25], HISTORY_WARN);
	ck_assert_int_eq(j->days[26], HISTORY_FAIL);
	ck_assert_int_eq(j->days[27], HISTORY_OVERDUE);
	ck_assert_int_eq(j->days[28], HISTORY_OVERDUE);
	ck_assert_int_eq(j->days[29], HISTORY_OK);
	/* Held to no age, a day without a run is idle. */
	history_judge(h, "db", -1);
	ck_assert_int_eq(j->days[27], HISTORY_IDLE);
	/* Held to a week, too. */
	history_judge(h, "db", 7 * DAY);
	ck_assert_int_eq(j->days[28], HISTORY_IDLE);
	history_free(h);
}
END_TEST

START_TEST(long_ago)
{
	struct history *h = start();
	const struct history_job *j;

	/* Known for long, last good 31 days ago: idle as long as that is young enough. */
	add(h, "full", "ok", NOON - 90 * DAY, 1000);
	add(h, "full", "ok", NOON - 31 * DAY, 1000);
	history_judge(h, "full", 10 * DAY);
	j = history_job(h, "full");
	ck_assert_int_eq(j->days[0], HISTORY_IDLE);
	ck_assert_int_eq(j->days[7], HISTORY_IDLE);
	ck_assert_int_eq(j->days[9], HISTORY_OVERDUE);
	ck_assert_int_eq(j->days[29], HISTORY_OVERDUE);
	/* Failures alone make a job known, and overdue on days without one. */
	add(h, "db", "fail", NOON - 2 * DAY, 0);
	history_judge(h, "db", LIMIT);
	j = history_job(h, "db");
	ck_assert_int_eq(j->days[26], HISTORY_BEFORE);
	ck_assert_int_eq(j->days[27], HISTORY_FAIL);
	ck_assert_int_eq(j->days[28], HISTORY_OVERDUE);
	history_free(h);
}
END_TEST

START_TEST(midnight)
{
	struct history *h = start();
	const struct history_job *j;

	/* By the local clock: 00:30 and 23:30 in Jakarta are the same day of UTC minus one. */
	add(h, "db", "fail", NOON - 11 * HOUR - HOUR / 2, 0);
	history_judge(h, "db", -1);
	j = history_job(h, "db");
	ck_assert_int_eq(j->days[29], HISTORY_FAIL);
	ck_assert_int_eq(j->days[28], HISTORY_BEFORE);
	add(h, "db", "fail", NOON - 12 * HOUR - HOUR / 2, 0);
	history_judge(h, "db", -1);
	ck_assert_int_eq(j->days[28], HISTORY_FAIL);
	/* A set that began before midnight is of that day. */
	add(h, "files", "ok", NOON - 12 * HOUR + 30, 1);
	history_judge(h, "files", -1);
	j = history_job(h, "files");
	ck_assert_int_eq(j->days[28], HISTORY_OK);
	ck_assert_int_eq(j->days[29], HISTORY_IDLE);
	ck_assert_int_eq(history_midnight(h, 29), NOON - 12 * HOUR);
	ck_assert_int_eq(history_midnight(h, 30), NOON + 12 * HOUR);
	history_free(h);
}
END_TEST

START_TEST(future)
{
	struct history *h = start();
	const struct history_job *j;

	/* A clock that was wrong: a set from next year keeps nothing from being overdue. */
	add(h, "db", "ok", NOON - 5 * DAY, 1);
	add(h, "db", "ok", NOON + 300 * DAY, 1);
	history_judge(h, "db", LIMIT);
	j = history_job(h, "db");
	ck_assert_int_eq(j->days[29], HISTORY_OVERDUE);
	history_free(h);
}
END_TEST

START_TEST(space)
{
	struct history *h = start();
	const struct trend_point *points;
	struct event e = {.job = "db",
	    .event = "run",
	    .status = "ok",
	    .seconds = -1,
	    .bytes = -1,
	    .has_free = true};
	size_t n;

	/* A line from next year, between honest ones. */
	for (int day = 3; day >= 0; day--) {
		stamp(e.time, NOON - day * DAY);
		e.free = 100 + day;
		ck_assert_int_eq(history_event(h, &e), 0);
		stamp(e.time, NOON + 300 * DAY);
		e.free = 1;
		ck_assert_int_eq(history_event(h, &e), 0);
	}
	points = history_space(h, &n);
	ck_assert_uint_eq(n, 4);
	ck_assert_int_eq(points[0].free, 103);
	ck_assert_int_eq(points[3].free, 100);
	history_free(h);
}
END_TEST

START_TEST(from_disk)
{
	struct history *h = start();
	const struct history_job *j;

	/* The journal is gone, the sets stand; one is in both. */
	history_set(h, "db", set_name(NOON - 2 * DAY), NOON - 2 * DAY, 50, 700, true);
	history_set(h, "db", set_name(NOON - DAY - 60), NOON - DAY - 60, -1, 800, false);
	add(h, "db", "ok", NOON - DAY, 800);
	history_judge(h, "db", LIMIT);
	j = history_job(h, "db");
	ck_assert_int_eq(j->days[27], HISTORY_WARN);
	ck_assert_int_eq(j->days[28], HISTORY_OK);
	ck_assert_uint_eq(j->count, 2);
	ck_assert_int_eq(j->points[0].bytes, 700);
	ck_assert(isnan(j->points[0].change));
	ck_assert_int_eq(j->points[1].bytes, 800);
	ck_assert_int_eq(j->points[1].when, NOON - DAY - 60);
	ck_assert_double_eq(j->points[1].seconds, 60);
	ck_assert_double_eq_tol(j->points[1].change, 1.0 / 7, 1e-9);
	ck_assert_ptr_null(history_last(h, "files"));
	ck_assert_str_eq(history_last(h, "db")->status, "ok");
	history_free(h);
}
END_TEST

START_TEST(rings)
{
	struct history *h = start();
	struct event check = {.job = "db", .event = "check", .status = "fail", .what = "age"};

	for (int64_t i = 0; i < 200; i++)
		add(h, "db", i % 2 == 0 ? "fail" : "ok", NOON - (200 - i) * HOUR, 1000 + i);
	/* What a check found is not a run that failed. */
	stamp(check.time, NOON);
	ck_assert_int_eq(history_event(h, &check), 0);
	for (size_t i = 0; i < HISTORY_RUNS; i++) {
		stamp(moments, NOON - (int64_t)(i + 1) * HOUR);
		ck_assert_str_eq(history_run(h, i)->time, moments);
	}
	ck_assert_ptr_null(history_run(h, HISTORY_RUNS));
	for (size_t i = 0; i < HISTORY_FAILURES; i++) {
		stamp(moments, NOON - (int64_t)(2 * i + 2) * HOUR);
		ck_assert_str_eq(history_failure(h, i)->time, moments);
		ck_assert_str_eq(history_failure(h, i)->status, "fail");
	}
	ck_assert_ptr_null(history_failure(h, HISTORY_FAILURES));
	history_judge(h, "db", LIMIT);
	ck_assert_uint_eq(history_job(h, "db")->count, HISTORY_POINTS);
	ck_assert_int_eq(history_job(h, "db")->points[HISTORY_POINTS - 1].bytes, 1199);
	ck_assert_int_eq(
	    history_job(h, "db")->points[0].bytes, 1199 - 2 * (HISTORY_POINTS - 1));
	history_free(h);
}
END_TEST

/* Names of any length and number: cut between two characters, and no more than there is room. */
START_TEST(names)
{
	struct history *h = start();
	char name[200], cut[HISTORY_NAME];
	size_t n = 0;

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	memcpy(name + HISTORY_NAME - 2, "\xc3\xa9", 2);
	ck_assert_uint_eq(strlen(history_cut(name, cut)), HISTORY_NAME - 2);
	add(h, name, "ok", NOON, 1);
	ck_assert_str_eq(history_name(h, 0), cut);
	ck_assert_ptr_nonnull(history_job(h, name));
	ck_assert_str_eq(history_cut("", cut), "");
	for (int i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "job%d", i);
		add(h, name, "fail", NOON, 1);
	}
	while (history_name(h, n) != NULL)
		n++;
	ck_assert_uint_eq(n, HISTORY_JOBS);
	ck_assert_str_eq(history_run(h, 0)->job, "job99");
	history_free(h);
	history_free(NULL);
}
END_TEST

static size_t
judge(const int64_t *sizes, size_t n, struct history_point out[HISTORY_POINTS])
{
	static struct points p;

	p.n = 0;
	for (size_t i = 0; i < n; i++) {
		struct history_point one = {.bytes = sizes[i], .seconds = 1};

		snprintf(one.set, sizeof(one.set), "20260101_%06zu", i);
		points_add(&p, &one);
	}
	return points_judge(&p, out);
}

START_TEST(odd)
{
	static const int64_t half[] = {100, 101, 99, 100, 102, 100, 101, 100, 50, 101};
	static const int64_t small[] = {100, 100, 100, 100, 100, 100, 100, 100, 110, 100};
	static const int64_t few[] = {100, 100, 100, 100, 100, 100, 10};
	struct history_point out[HISTORY_POINTS];
	int64_t growing[60] = {100000}, zero[20] = {0};

	ck_assert_uint_eq(judge(half, 10, out), 10);
	for (size_t i = 0; i < 10; i++)
		ck_assert_int_eq(out[i].odd, i == 8);
	/* Within a fifth of the median nothing is, however still it was before. */
	judge(small, 10, out);
	ck_assert(!out[8].odd);
	/* Six before it say nothing. */
	judge(few, 7, out);
	ck_assert(!out[6].odd);
	/* Two in a hundred each day: three times as much after two months, and none of it odd. */
	for (size_t i = 1; i < 60; i++)
		growing[i] = growing[i - 1] * 102 / 100;
	judge(growing, 60, out);
	for (size_t i = 0; i < 60; i++)
		ck_assert_msg(!out[i].odd, "%zu", i);
	/* But its double is, and nothing of that size before makes it so. */
	growing[59] *= 3;
	judge(growing, 60, out);
	ck_assert(out[59].odd);
	judge(zero, 20, out);
	ck_assert(!out[19].odd && isnan(out[19].change));
}
END_TEST

START_TEST(disordered)
{
	struct history *h = start();
	const struct history_job *j;

	/* Two writers, a clock that was set back: the points are by their names. */
	for (int64_t i = 0; i < 300; i++)
		add(h, "db", "ok", NOON - ((i * 7919) % 300 + 1) * HOUR,
		    1000 + (i * 7919) % 300);
	history_judge(h, "db", -1);
	j = history_job(h, "db");
	ck_assert_uint_eq(j->count, HISTORY_POINTS);
	for (size_t i = 1; i < j->count; i++)
		ck_assert_int_lt(j->points[i - 1].when, j->points[i].when);
	ck_assert_int_eq(j->points[j->count - 1].bytes, 1000);
	history_free(h);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("history");

	tcase_add_test(t, nights);
	tcase_add_test(t, worst_wins);
	tcase_add_test(t, long_ago);
	tcase_add_test(t, midnight);
	tcase_add_test(t, future);
	tcase_add_test(t, space);
	tcase_add_test(t, from_disk);
	tcase_add_test(t, rings);
	tcase_add_test(t, names);
	tcase_add_test(t, odd);
	tcase_add_test(t, disordered);
	return unit_main(t);
}
