/* What opens, keeps and closes an incident; the state that remembers it. */
#include "unit.h"

#include "notify/moment.h"
#include "notify/state_parts.h"

#define NOW 1800000000

static struct incidents *list;

static struct event
event_at(int64_t when, const char *job, const char *event, const char *status, const char *what)
{
	struct event e = {.host = "web1",
	    .job = job,
	    .event = event,
	    .status = status,
	    .what = what,
	    .seconds = -1,
	    .bytes = -1};
	time_t t = (time_t)when;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(e.time, sizeof(e.time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return e;
}

static int
take_at(int64_t when, const char *job, const char *event, const char *status, const char *what)
{
	struct event e = event_at(when, job, event, status, what);

	if (list == NULL)
		list = incidents_new();
	return incidents_take(list, &e, NOW);
}

static struct incident *
of(const char *job, const char *event, const char *what)
{
	struct incident *i = incidents_find(list, "web1", job, event, what);

	ck_assert_ptr_nonnull(i);
	return i;
}

START_TEST(opens_and_closes)
{
	struct incident *i;

	ck_assert_int_eq(take_at(NOW - 100, "db", "run", "ok", NULL), 1);
	i = of("db", "run", NULL);
	ck_assert(!incident_open(i));
	ck_assert_uint_eq(i->number, 0);
	ck_assert_int_eq(take_at(NOW - 90, "db", "run", "fail", NULL), 1);
	ck_assert(incident_open(i));
	ck_assert_uint_eq(i->number, 1);
	ck_assert_int_eq(i->since, NOW - 90);
	ck_assert_int_eq(take_at(NOW - 80, "db", "run", "fail", NULL), 1);
	ck_assert_int_eq(i->since, NOW - 90);
	ck_assert_uint_eq(i->count, 2);
	ck_assert_int_eq(take_at(NOW - 70, "db", "run", "ok", NULL), 1);
	ck_assert(!incident_open(i));
	ck_assert_int_eq(i->closed, NOW - 70);
	ck_assert_int_eq(i->worst, INCIDENT_FAIL);
	/* Another job, another matter. */
	ck_assert_int_eq(take_at(NOW - 60, "files", "run", "fail", NULL), 1);
	ck_assert_uint_eq(of("files", "run", NULL)->number, 2);
	ck_assert_uint_eq(incidents_next(list), 3);
}
END_TEST

START_TEST(old_news_is_none)
{
	ck_assert_int_eq(take_at(NOW - 100, "db", "run", "fail", NULL), 1);
	ck_assert_int_eq(take_at(NOW - 100, "db", "run", "fail", NULL), 0);
	ck_assert_int_eq(take_at(NOW - 101, "db", "run", "ok", NULL), 0);
	ck_assert(incident_open(of("db", "run", NULL)));
	/* Two in one second, and both again: in any order it stays. */
	ck_assert_int_eq(take_at(NOW - 100, "db", "run", "ok", NULL), 1);
	ck_assert(!incident_open(of("db", "run", NULL)));
	ck_assert_int_eq(take_at(NOW - 100, "db", "run", "fail", NULL), 0);
	ck_assert_int_eq(take_at(NOW - 100, "db", "run", "ok", NULL), 0);
	ck_assert(!incident_open(of("db", "run", NULL)));
}
END_TEST

START_TEST(future_counts_as_now)
{
	ck_assert_int_eq(take_at(NOW + 3600, "db", "run", "ok", NULL), 1);
	ck_assert_int_eq(of("db", "run", NULL)->last, NOW + 3600);
	ck_assert_int_eq(take_at(NOW + 86400, "files", "run", "ok", NULL), 1);
	ck_assert_int_eq(of("files", "run", NULL)->last, NOW);
	ck_assert_int_eq(take_at(NOW + 1, "files", "run", "fail", NULL), 1);
	/* What the clock said before it was set back is no measure. */
	of("files", "run", NULL)->last = NOW + 100000;
	ck_assert_int_eq(take_at(NOW + 2, "files", "run", "ok", NULL), 1);
	ck_assert_int_eq(of("files", "run", NULL)->last, NOW + 2);
}
END_TEST

START_TEST(broken_again_before_it_was_told)
{
	struct incident *i;

	take_at(NOW - 100, "db", "run", "fail", NULL);
	take_at(NOW - 90, "db", "run", "ok", NULL);
	take_at(NOW - 80, "db", "run", "fail", NULL);
	i = of("db", "run", NULL);
	ck_assert_uint_eq(i->number, 1);
	ck_assert_int_eq(i->since, NOW - 100);
	ck_assert_int_eq(i->closed, 0);
	/* After that it is another one. */
	take_at(NOW - 70, "db", "run", "ok", NULL);
	incidents_forget(i);
	i->acked = i->told = NOW - 70;
	i->rank = i->climb = i->reminders = 2;
	take_at(NOW - 60, "db", "run", "fail", NULL);
	ck_assert_uint_eq(i->number, 2);
	ck_assert_int_eq(i->since, NOW - 60);
	ck_assert(i->acked == 0 && i->told == 0 && i->rank == 0 && i->climb == 0 &&
		  i->reminders == 0 && i->count == 1);
}
END_TEST

START_TEST(warnings)
{
	struct incident *i;

	take_at(NOW - 100, "db", "run", "warn", NULL);
	i = of("db", "run", NULL);
	ck_assert_int_eq(i->level, INCIDENT_WARNING);
	ck_assert_uint_eq(i->number, 1);
	take_at(NOW - 90, "db", "run", "fail", NULL);
	ck_assert_int_eq(i->level, INCIDENT_FAIL);
	ck_assert_uint_eq(i->number, 2);
	ck_assert_int_eq(i->since, NOW - 90);
	take_at(NOW - 80, "db", "run", "warn", NULL);
	ck_assert_int_eq(i->level, INCIDENT_WARNING);
	ck_assert_int_eq(i->worst, INCIDENT_FAIL);
	ck_assert_uint_eq(i->number, 2);
}
END_TEST

START_TEST(what_else_ends)
{
	struct incident *prune, *ship;

	take_at(NOW - 9000, "db", "prune", "fail", NULL);
	prune = of("db", "prune", NULL);
	take_at(NOW - 8000, "files", "run", "ok", NULL);
	incidents_settle(list, NOW);
	ck_assert(incident_open(prune));
	take_at(NOW - 7000, "db", "run", "ok", NULL);
	incidents_settle(list, NOW - 7000 + 3599);
	ck_assert(incident_open(prune));
	/* It is heard of again. */
	take_at(NOW - 6990, "db", "prune", "fail", NULL);
	incidents_settle(list, NOW);
	ck_assert(incident_open(prune));
	take_at(NOW - 5000, "db", "run", "warn", NULL);
	incidents_settle(list, NOW - 5000 + 3600);
	ck_assert(!incident_open(prune));
	ck_assert_int_eq(prune->closed, NOW - 5000);

	take_at(NOW - 100, "ship", "ship", "fail", NULL);
	take_at(NOW - 100, "ship", "ship", "fail", "/mnt/a");
	take_at(NOW - 50, "ship", "ship", "ok", "/mnt/b");
	ship = of("ship", "ship", NULL);
	ck_assert(!incident_open(ship));
	ck_assert(incident_open(of("ship", "ship", "/mnt/a")));
}
END_TEST

START_TEST(texts_are_lines)
{
	char job[600];
	struct event e;
	struct incident *i;

	memset(job, 0, sizeof(job));
	for (size_t k = 0; k + 2 < sizeof(job) - 1; k += 2)
		memcpy(job + k, "\xc3\xbc", 2);
	e = event_at(NOW, job, "run", "fail", NULL);
	e.message = "a\nb\x1b[31m\xff";
	list = incidents_new();
	ck_assert_int_eq(incidents_take(list, &e, NOW), 1);
	i = incidents_get(list, 0);
	ck_assert_uint_eq(strlen(i->job), 200);
	ck_assert_str_eq(i->message, "a?b?[31m?");
	/* The same name again is the same key. */
	ck_assert_int_eq(incidents_take(list, &e, NOW), 0);
	ck_assert_uint_eq(incidents_count(list), 1);
}
END_TEST

START_TEST(many_keys)
{
	char name[32];

	for (int k = 0; k < 4096; k++) {
		snprintf(name, sizeof(name), "job%d", k);
		ck_assert_int_eq(
		    take_at(NOW - 5000 + k, name, "run", k < 10 ? "ok" : "fail", NULL), 1);
	}
	ck_assert_int_eq(take_at(NOW, "one more", "run", "fail", NULL), 1);
	ck_assert_uint_eq(incidents_count(list), 4096);
	ck_assert_ptr_null(incidents_find(list, "web1", "job0", "run", ""));
	for (int k = 1; k < 10; k++) {
		snprintf(name, sizeof(name), "new%d", k);
		ck_assert_int_eq(take_at(NOW, name, "run", "fail", NULL), 1);
	}
	unit_catch();
	ck_assert_int_eq(take_at(NOW, "too much", "run", "fail", NULL), -1);
	ck_assert_ptr_nonnull(
	    strstr(unit_caught(), "more than 4096 things are wrong at once\n"));
}
END_TEST

static struct state *
filled(void)
{
	struct state *s = state_new();
	struct event e = event_at(NOW - 5, "db", "run", "fail", NULL);
	struct state_job *j;

	e.message = "it \"broke\" \xc3\xbc";
	ck_assert_int_eq(incidents_take(s->incidents, &e, NOW), 1);
	incidents_get(s->incidents, 0)->acked = NOW;
	free(incidents_get(s->incidents, 0)->acked_by);
	incidents_get(s->incidents, 0)->acked_by = strdup("siti");
	ck_assert_int_eq(state_tested(s, "mail", NOW - 1, true), 0);
	ck_assert_int_eq(state_tested(s, "sms", NOW - 2, true), 0);
	ck_assert_int_eq(state_tested(s, "sms", NOW, false), 0);
	j = state_job(s, "web1", "db", "run");
	j->good = 3;
	j->last = NOW;
	s->known = true;
	s->week = NOW + 7;
	s->order = 12;
	s->cursor.inode = UINT64_MAX;
	s->cursor.offset = 99;
	hash_bytes("x", 1, s->cursor.digest);
	return s;
}

START_TEST(state_comes_back)
{
	struct state *s = filled(), *t;
	struct buf one = {0}, other = {0};
	const struct state_test *test;

	ck_assert_int_eq(state_format(s, &one), 0);
	t = state_new();
	ck_assert_int_eq(state_parse(one.data, one.len, t), 0);
	ck_assert_int_eq(state_format(t, &other), 0);
	ck_assert_uint_eq(one.len, other.len);
	ck_assert_mem_eq(one.data, other.data, one.len);
	ck_assert_ptr_nonnull(test = state_find_test(t, "sms"));
	ck_assert(test->when == NOW && !test->ok);
	ck_assert_ptr_null(state_find_test(t, "ntfy"));
	ck_assert(t->cursor.inode == UINT64_MAX && t->cursor.offset == 99 && t->order == 12);
	state_close(s);
	state_close(t);
	buf_free(&one);
	buf_free(&other);
}
END_TEST

START_TEST(state_cut_anywhere)
{
	struct state *s = filled(), *t;
	struct buf b = {0};

	ck_assert_int_eq(state_format(s, &b), 0);
	unit_catch();
	for (size_t len = 0; len + 2 < b.len; len++) {
		t = state_new();
		ck_assert_int_eq(state_parse(b.data, len, t), 65);
		state_close(t);
	}
	unit_caught();
	state_close(s);
	buf_free(&b);
}
END_TEST

START_TEST(state_that_cannot_be)
{
	static const char *const change[][3] = {
	    {"\"format\": 1", "\"format\": 2", "a format of a newer version"},
	    {"\"level\": 2", "\"level\": 3", "something in it cannot be"},
	    {"\"level\": 2", "\"level\": -1", "something in it cannot be"},
	    {"\"worst\": 2", "\"worst\": 1", "something in it cannot be"},
	    {"\"number\": 1", "\"number\": 2", "something in it cannot be"},
	    {"\"rank\": 0", "\"rank\": 3", "something in it cannot be"},
	    {"\"since\": 1", "\"since\": -1", "something in it cannot be"},
	    {"\"offset\": 99", "\"offset\": -1", "something in it cannot be"},
	    {"\"host\": \"web1\"", "\"host\": \"we\\n1\"", "something in it cannot be"},
	    {"\"next\": 2", "\"next\": 0", "not whole"},
	    {"\"known\"", "\"known2\"", "not whole"},
	};
	struct state *s = filled(), *t;
	struct buf b = {0}, c = {0};
	char *at;

	ck_assert_int_eq(state_format(s, &b), 0);
	for (size_t k = 0; k < sizeof(change) / sizeof(change[0]); k++) {
		buf_reset(&c, 0);
		ck_assert_ptr_nonnull(at = strstr(buf_string(&b), change[k][0]));
		buf_add(&c, b.data, (size_t)(at - b.data));
		buf_text(&c, change[k][1]);
		buf_text(&c, at + strlen(change[k][0]));
		t = state_new();
		unit_catch();
		ck_assert_msg(state_parse(c.data, c.len, t) == 65, "%s", change[k][1]);
		ck_assert_ptr_nonnull(strstr(unit_caught(), change[k][2]));
		state_close(t);
	}
	state_close(s);
	buf_free(&b);
	buf_free(&c);
}
END_TEST

START_TEST(state_locked)
{
	struct state *s = NULL, *t = NULL;

	ck_assert_int_eq(state_read(".", &s), 0);
	ck_assert_uint_eq(incidents_count(state_incidents(s)), 0);
	state_close(s);
	ck_assert_int_eq(state_open(".", 0, &s), 0);
	unit_catch();
	ck_assert_int_eq(state_open(".", 0, &t), 75);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "another siantre-alert is at work"));
	ck_assert_int_eq(state_tested(s, "mail", NOW, true), 0);
	ck_assert_int_eq(state_save(s), 0);
	state_close(s);
	ck_assert_int_eq(state_open(".", 0, &s), 0);
	ck_assert_ptr_nonnull(state_find_test(s, "mail"));
	/* What a kill left half-written goes. */
	unit_write("alert/.state.json.abcdef", "x");
	state_close(s);
	ck_assert_int_eq(state_open(".", 0, &s), 0);
	ck_assert_int_eq(access("alert/.state.json.abcdef", F_OK), -1);
	/* A full disk: there is room for this. */
	ck_assert_int_eq(access("alert/spare", F_OK), 0);
	ck_assert(state_make_room(s));
	ck_assert(!state_make_room(s));
	ck_assert_int_eq(state_save(s), 0);
	ck_assert_int_eq(access("alert/spare", F_OK), 0);
	state_close(s);
	state_close(NULL);
}
END_TEST

START_TEST(quiet_hours)
{
	int64_t end = 0, noon;
	struct tm tm = {
	    .tm_year = 126, .tm_mon = 10, .tm_mday = 23, .tm_hour = 12, .tm_isdst = -1};

	setenv("TZ", "Asia/Jakarta", 1);
	tzset();
	noon = (int64_t)mktime(&tm);
	ck_assert_int_eq(moment_quiet("", noon, &end), 0);
	ck_assert_int_eq(moment_quiet("22:00-06:00", noon, &end), 0);
	ck_assert_int_eq(moment_quiet("22:00-06:00", noon + 10 * 3600, &end), 1);
	ck_assert_int_eq(end, noon + 18 * 3600);
	ck_assert_int_eq(moment_quiet("22:00-06:00", noon + 17 * 3600 + 3599, &end), 1);
	ck_assert_int_eq(end, noon + 18 * 3600);
	ck_assert_int_eq(moment_quiet("22:00-06:00", noon + 18 * 3600, &end), 0);
	ck_assert_int_eq(moment_quiet("12:00-13:30", noon, &end), 1);
	ck_assert_int_eq(end, noon + 5400);
	ck_assert_int_eq(moment_quiet("12:00-12:00", noon, &end), 0);
	ck_assert_int_eq(moment_quiet("22-06", noon, &end), -1);
	ck_assert_int_eq(moment_quiet("22:00-06:00 ", noon, &end), -1);
	ck_assert_int_eq(moment_quiet("25:00-06:00", noon, &end), -1);
	ck_assert_int_eq(moment_quiet("22:60-06:00", noon, &end), -1);
	ck_assert_int_eq(moment_quiet("22:00", noon, &end), -1);
}
END_TEST

START_TEST(lengths)
{
	char buf[MOMENT_TEXT];

	setenv("SIANTRE_NOW", "1234", 1);
	ck_assert_int_eq(moment_now(), 1234);
	setenv("SIANTRE_NOW", "x", 1);
	ck_assert_int_ge(moment_now(), 1234567);
	ck_assert_str_eq(moment_length(buf, 59), "less than a minute");
	ck_assert_str_eq(moment_length(buf, -5), "less than a minute");
	ck_assert_str_eq(moment_length(buf, 60), "1 minute");
	ck_assert_str_eq(moment_length(buf, 3600), "1 hour");
	ck_assert_str_eq(moment_length(buf, 7320), "2 hours 2 minutes");
	ck_assert_str_eq(moment_length(buf, 86400), "1 day");
	ck_assert_str_eq(moment_length(buf, 100000), "1 day 3 hours");
	ck_assert_str_eq(moment_length(buf, INT64_MAX), "36500 days");
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("incident");

	tcase_add_test(cases, opens_and_closes);
	tcase_add_test(cases, old_news_is_none);
	tcase_add_test(cases, future_counts_as_now);
	tcase_add_test(cases, broken_again_before_it_was_told);
	tcase_add_test(cases, warnings);
	tcase_add_test(cases, what_else_ends);
	tcase_add_test(cases, texts_are_lines);
	tcase_add_test(cases, many_keys);
	tcase_add_test(cases, state_comes_back);
	tcase_add_test(cases, state_cut_anywhere);
	tcase_add_test(cases, state_that_cannot_be);
	tcase_add_test(cases, state_locked);
	tcase_add_test(cases, quiet_hours);
	tcase_add_test(cases, lengths);
	return unit_main(cases);
}
