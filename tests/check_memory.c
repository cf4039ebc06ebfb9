#include "unit.h"

#include <sys/stat.h>

#include "notify/memory.h"
#include "notify/news.h"
#include "notify/promise_parts.h"

#define NOW INT64_C(1795564800)
#define HOUR 3600
#define DAY 86400
#define KEY(j, w) (&(struct memory_key){.job = j, .what = w})

static struct memory *
read_it(void)
{
	struct memory *m;

	ck_assert_int_eq(memory_read(".", &m), 0);
	ck_assert_ptr_nonnull(m);
	return m;
}

START_TEST(it_lasts)
{
	struct memory *m = read_it();
	struct disk_sample s[3];
	char text[MEMORY_KEY];
	struct memory_key k;

	ck_assert_ptr_null(memory_told(m, KEY("db", "age")));
	ck_assert_int_eq(memory_number(m, "newest", "db"), -1);
	ck_assert_str_eq(memory_boot(m), "");
	ck_assert_int_eq(memory_tell(m, KEY("db", "age"), "fail", NOW), 0);
	ck_assert_int_eq(memory_set_number(m, "newest", "db", 5), 0);
	ck_assert_int_eq(memory_set_boot(m, "one"), 0);
	ck_assert_int_eq(
	    memory_sample(m, &(struct disk_sample){.time = NOW, .free = 7, .sets = 8}), 0);
	ck_assert_int_eq(memory_write(m), 0);
	memory_free(m);

	m = read_it();
	ck_assert_str_eq(memory_told(m, KEY("db", "age")), "fail");
	ck_assert_int_eq(memory_number(m, "newest", "db"), 5);
	ck_assert_str_eq(memory_boot(m), "one");
	ck_assert_uint_eq(memory_samples(m, s, 3), 1);
	ck_assert_int_eq(s[0].time, NOW);
	ck_assert_uint_eq(s[0].free, 7);
	ck_assert_uint_eq(s[0].sets, 8);
	ck_assert_int_eq(memory_each(m, 0, text, &k), 0);
	ck_assert_str_eq(k.host, "");
	ck_assert_str_eq(k.job, "db");
	ck_assert_str_eq(k.what, "age");
	ck_assert_int_eq(memory_each(m, 1, text, &k), -1);
	memory_drop(m, KEY("db", "age"));
	ck_assert_ptr_null(memory_told(m, KEY("db", "age")));
	memory_free(m);
	memory_free(NULL);
}
END_TEST

/* Whatever has become of the file, it is begun anew. */
START_TEST(damage)
{
	static const char *const texts[] = {"", "{", "[]",
	    "{\"told\": 5, \"numbers\": [], \"disk\": {}}",
	    "{\"told\": {\"x\": 5, \"db age\": {\"status\": 7}}, \"numbers\": {\"look\": "
	    "{\"time\": \"x\"}}, "
	    "\"disk\": [5, [], [-1, -2, -3], [\"a\"]]}"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct disk_sample s[8];
		char text[MEMORY_KEY];
		struct memory_key key;
		struct memory *m;

		unit_write("check.json", texts[i]);
		unit_catch();
		m = read_it();
		(void)unit_caught();
		ck_assert_ptr_null(memory_told(m, KEY("db", "age")));
		ck_assert(memory_due(m, KEY("db", "age"), "ok", NOW));
		ck_assert_int_eq(memory_number(m, "look", "time"), -1);
		for (size_t k = 0; memory_each(m, k, text, &key) == 0; k++)
			ck_assert_uint_lt(k, 4);
		(void)memory_samples(m, s, 8);
		ck_assert_int_eq(memory_tell(m, KEY("db", "age"), "ok", NOW), 0);
		ck_assert_int_eq(memory_set_number(m, "look", "time", 3), 0);
		ck_assert_int_eq(memory_sample(m, &(struct disk_sample){.time = NOW}), 0);
		ck_assert_int_eq(memory_write(m), 0);
		memory_free(m);
		m = read_it();
		ck_assert_str_eq(memory_told(m, KEY("db", "age")), "ok");
		memory_free(m);
	}
}
END_TEST

START_TEST(what_is_news)
{
	struct memory *m = read_it();

	/* What was never told is told, also that all is well: there may be an incident. */
	ck_assert(memory_due(m, KEY("db", "age"), "ok", NOW));
	ck_assert_int_eq(memory_tell(m, KEY("db", "age"), "ok", NOW), 0);
	ck_assert(!memory_due(m, KEY("db", "age"), "ok", NOW + 400 * DAY));
	ck_assert(memory_due(m, KEY("db", "age"), "fail", NOW + 1));
	ck_assert(memory_due(m, KEY("files", "age"), "ok", NOW));
	ck_assert_int_eq(memory_tell(m, KEY("db", "age"), "fail", NOW), 0);
	ck_assert(!memory_due(m, KEY("db", "age"), "fail", NOW + 23 * HOUR));
	ck_assert(memory_due(m, KEY("db", "age"), "fail", NOW + 24 * HOUR));
	ck_assert(memory_due(m, KEY("db", "age"), "warn", NOW + HOUR));
	/* The clock went back. */
	ck_assert(memory_due(m, KEY("db", "age"), "fail", NOW - 1));
	memory_free(m);
}
END_TEST

START_TEST(samples_are_a_day_apart)
{
	struct memory *m = read_it();
	struct disk_sample s[DISK_SAMPLES], last;

	for (int64_t i = 0; i < 60 * 24; i++) {
		last = (struct disk_sample){.time = NOW + i * HOUR, .free = (uint64_t)i};
		ck_assert_int_eq(memory_sample(m, &last), 0);
	}
	ck_assert_uint_eq(memory_samples(m, s, DISK_SAMPLES), DISK_SAMPLES);
	for (size_t i = 1; i < DISK_SAMPLES; i++)
		ck_assert_int_eq(s[i].time - s[i - 1].time, 20 * HOUR);
	ck_assert_int_gt(s[DISK_SAMPLES - 1].time, NOW + 58 * DAY);
	/* Fewer: the newest. */
	ck_assert_uint_eq(memory_samples(m, s, 2), 2);
	ck_assert_int_gt(s[1].time, NOW + 58 * DAY);
	/* The clock went back. */
	last.time = NOW;
	ck_assert_int_eq(memory_sample(m, &last), 0);
	ck_assert_uint_eq(memory_samples(m, s, DISK_SAMPLES), 1);
	memory_free(m);
}
END_TEST

static struct promise list[4];
static struct promises told = {.list = list};

static void
set(size_t i, const char *job, const char *what, enum promise_state state)
{
	strlcpy(told.list[i].host, "web1", sizeof(told.list[i].host));
	strlcpy(told.list[i].job, job, sizeof(told.list[i].job));
	told.list[i].what = what;
	told.list[i].state = state;
	strlcpy(told.list[i].message, "words", sizeof(told.list[i].message));
}

/* How many lines the journal has, and whether the last one holds ${words}. */
static size_t
lines(const char *words)
{
	const char *text = unit_read("journal"), *last = text;
	size_t n = 0;

	for (const char *c = text; (c = strchr(c, '\n')) != NULL; c++) {
		n++;
		if (c[1] != '\0')
			last = c + 1;
	}
	ck_assert_msg(strstr(last, words) != NULL, "%s lacks %s", last, words);
	return n;
}

START_TEST(lines_of_the_journal)
{
	struct memory *m = read_it();
	struct news n = {.journal = "journal", .now = NOW};

	set(0, "db", "age", PROMISE_KEPT);
	set(1, "disk", "disk", PROMISE_UNKNOWN);
	told.count = 2;
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(
	    lines("{\"time\":\"2026-11-25T00:00:00Z\",\"host\":\"web1\",\"job\":\"db\","
		  "\"event\":\"check\",\"status\":\"ok\",\"exit\":0,\"message\":\"words\","
		  "\"what\":\"age\"}"),
	    1);
	n.now += HOUR;
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(lines("ok"), 1);
	set(0, "db", "age", PROMISE_BROKEN);
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(lines("\"fail\""), 2);
	/* It cannot be told now: it is as it was. */
	set(0, "db", "age", PROMISE_UNKNOWN);
	n.now += DAY;
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(lines("\"fail\""), 2);
	set(0, "db", "age", PROMISE_BROKEN);
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(lines("\"fail\""), 3);
	/* A place that was taken out of SHIP_TO. */
	set(1, "ship", "remote", PROMISE_BROKEN);
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(lines("\"ship\""), 4);
	told.count = 1;
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(
	    lines("\"host\":\"web1\",\"job\":\"ship\",\"event\":\"check\",\"status\":\"ok\""),
	    5);
	ck_assert_ptr_null(memory_told(m, &(struct memory_key){"web1", "ship", "remote"}));
	ck_assert_int_eq(news_tell(&n, &told, m), 0);
	ck_assert_uint_eq(lines("ship"), 5);
	/* What cannot be written is not told. */
	ck_assert_int_eq(unlink("journal"), 0);
	ck_assert_int_eq(mkdir("journal", 0700), 0);
	set(0, "db", "age", PROMISE_KEPT);
	unit_catch();
	ck_assert_int_ne(news_tell(&n, &told, m), 0);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "journal"));
	ck_assert_str_eq(memory_told(m, &(struct memory_key){"web1", "db", "age"}), "fail");
	memory_free(m);
}
END_TEST

static void
looked(struct memory *m, int64_t now, int64_t up, const char *boot)
{
	ck_assert_int_eq(memory_set_number(m, "look", "time", now), 0);
	ck_assert_int_eq(memory_set_number(m, "look", "up", up), 0);
	ck_assert_int_eq(memory_set_boot(m, boot), 0);
}

START_TEST(a_clock_that_moves)
{
	struct memory *m = read_it();
	struct promise_moment at = {.now = NOW, .up = 1000, .boot = "one"};

	ck_assert_int_eq(promise_moved(&at, m), 0);
	looked(m, NOW - HOUR, 1000 - HOUR + 5, "one");
	ck_assert_int_eq(promise_moved(&at, m), 0);
	/* A year ahead, while an hour passed. */
	at.now = NOW + 365 * (int64_t)DAY;
	ck_assert_int_eq(promise_moved(&at, m), 365 * (int64_t)DAY + 5);
	/* The machine was off, or it is not known: that may be a year. */
	strlcpy(at.boot, "two", sizeof(at.boot));
	ck_assert_int_eq(promise_moved(&at, m), 0);
	at.up = -1;
	ck_assert_int_eq(promise_moved(&at, m), 0);
	/* Back is back. */
	at.now = NOW - 10 * DAY;
	ck_assert_int_eq(promise_moved(&at, m), -10 * DAY + HOUR);
	at.now = NOW - HOUR - 60;
	ck_assert_int_eq(promise_moved(&at, m), 0);
	memory_free(m);
}
END_TEST

static int64_t
mind(struct memory *m, int64_t now, int64_t up)
{
	const struct promise_moment at = {.now = now, .up = up, .boot = "one"};
	int64_t moved;

	ck_assert_int_eq(promise_mind(&at, m, 26 * HOUR, &moved), 0);
	return moved;
}

/* Whatever it does, it puts off nothing for ever. */
START_TEST(a_clock_that_leaps_about)
{
	struct memory *m = read_it();
	int64_t now = NOW, up = 100;

	ck_assert_int_eq(mind(m, now, up), -1);
	ck_assert_int_eq(mind(m, now += HOUR, up += HOUR), -1);
	ck_assert_int_eq(mind(m, now += 6 * HOUR, up += HOUR), now);
	ck_assert_int_eq(memory_number(m, "look", "times"), 1);
	/* Ahead again and again: the first one counts. */
	for (int i = 2; i <= 4; i++) {
		ck_assert_int_eq(mind(m, now += 6 * HOUR, up += HOUR), NOW + 7 * HOUR);
		ck_assert_int_eq(memory_number(m, "look", "times"), i);
	}
	/* And back: it was then. */
	ck_assert_int_eq(mind(m, now = NOW, up += HOUR), NOW);
	ck_assert_int_eq(memory_number(m, "look", "by"), -25 * HOUR);
	/* It stays right. */
	for (int i = 0; i < 27; i++)
		ck_assert_int_eq(mind(m, now += HOUR, up += HOUR), NOW);
	ck_assert_int_eq(memory_number(m, "look", "times"), 0);
	ck_assert_int_eq(mind(m, now += 2 * HOUR + 1, up += HOUR), now);
	ck_assert_int_eq(memory_number(m, "look", "times"), 1);
	memory_free(m);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("memory");

	tcase_add_test(cases, it_lasts);
	tcase_add_test(cases, damage);
	tcase_add_test(cases, what_is_news);
	tcase_add_test(cases, samples_are_a_day_apart);
	tcase_add_test(cases, lines_of_the_journal);
	tcase_add_test(cases, a_clock_that_moves);
	tcase_add_test(cases, a_clock_that_leaps_about);
	return unit_main(cases);
}
