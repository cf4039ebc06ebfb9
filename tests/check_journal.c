#include "unit.h"

#include "set/journal.h"

#define LINE(text) \
	"{\"time\":\"2026-11-23T02:00:41Z\",\"event\":\"run\",\"status\":\"ok\"" text "}\n"

/* Read the journal to its end and return the number of events; ${last} is a copy of the last. */
static size_t
count(struct journal *j)
{
	struct event e;
	size_t events = 0;
	int rc;

	ck_assert_ptr_nonnull(j);
	while ((rc = journal_next(j, &e)) == 1)
		events++;
	ck_assert_int_eq(rc, 0);
	ck_assert_int_eq(journal_next(j, &e), 0);
	return events;
}

START_TEST(round_trip)
{
	struct event written = {.host = "web1",
	    .job = "db",
	    .event = "run",
	    .status = "warn",
	    .exit = 3,
	    .seconds = 41.2,
	    .bytes = 123,
	    .set = "20261123_020000",
	    .message = "satu \"dua\"\n\xf0\x9f\xaa\xaa",
	    .time = "2026-11-23T02:00:41Z"};
	struct event bare = {.event = "check", .status = "fail", .seconds = -1, .bytes = -1}, e;
	struct journal *j;

	ck_assert_int_eq(event_append("journal", &written), 0);
	ck_assert_int_eq(event_append("journal", &bare), 0);
	ck_assert_ptr_nonnull(j = journal_open("journal"));
	ck_assert_int_eq(journal_next(j, &e), 1);
	ck_assert_str_eq(e.time, written.time);
	ck_assert_str_eq(e.host, "web1");
	ck_assert_str_eq(e.job, "db");
	ck_assert_str_eq(e.event, "run");
	ck_assert_str_eq(e.status, "warn");
	ck_assert_int_eq(e.exit, 3);
	ck_assert_double_eq(e.seconds, 41.2);
	ck_assert_int_eq(e.bytes, 123);
	ck_assert_str_eq(e.set, "20261123_020000");
	ck_assert_str_eq(e.message, written.message);
	ck_assert_int_eq(journal_next(j, &e), 1);
	ck_assert_ptr_null(e.job);
	ck_assert_ptr_null(e.set);
	ck_assert(e.seconds < 0);
	ck_assert_int_eq(e.bytes, -1);
	ck_assert_int_eq(journal_next(j, &e), 0);
	ck_assert_uint_eq(journal_garbage(j), 0);
	ck_assert_uint_eq(journal_torn(j), 0);
	journal_close(j);
	journal_close(NULL);
}
END_TEST

/* What was rotated away comes first, once, and its torn end does not touch what follows. */
START_TEST(past)
{
	struct journal *j;
	struct event e;
	FILE *f;

	ck_assert_ptr_nonnull(j = journal_open_past("journal"));
	ck_assert_int_eq(journal_next(j, &e), 0);
	journal_close(j);

	unit_write("journal.1", LINE(",\"job\":\"old\"") LINE("") "{\"time\":\"2026-11");
	unit_write("journal", LINE(",\"job\":\"new\""));
	ck_assert_ptr_nonnull(j = journal_open_past("journal"));
	ck_assert_int_eq(journal_next(j, &e), 1);
	ck_assert_str_eq(e.job, "old");
	ck_assert_int_eq(journal_next(j, &e), 1);
	ck_assert_int_eq(journal_next(j, &e), 1);
	ck_assert_str_eq(e.job, "new");
	ck_assert_uint_eq(count(j), 0);
	ck_assert_uint_eq(journal_garbage(j), 1);
	ck_assert_uint_eq(journal_torn(j), 0);
	journal_close(j);
	ck_assert_uint_eq(count(j = journal_open("journal")), 1);
	journal_close(j);

	/* Between a rotation and the next event there is no journal. */
	ck_assert_int_eq(unlink("journal"), 0);
	ck_assert_uint_eq(count(j = journal_open_past("journal")), 2);
	ck_assert_uint_eq(journal_torn(j), 1);
	journal_close(j);

	/* One file under both names is one. */
	ck_assert_int_eq(link("journal.1", "journal"), 0);
	ck_assert_uint_eq(count(j = journal_open_past("journal")), 2);
	journal_close(j);

	/* A line without an end, longer than the buffer. */
	ck_assert_int_eq(unlink("journal"), 0);
	ck_assert_ptr_nonnull(f = fopen("journal.1", "w"));
	for (size_t n = 0; n < 3 * (size_t)JOURNAL_LINE; n++)
		putc('x', f);
	fclose(f);
	unit_write("journal", LINE(""));
	ck_assert_uint_eq(count(j = journal_open_past("journal")), 1);
	ck_assert_uint_eq(journal_garbage(j), 1);
	ck_assert_uint_eq(journal_torn(j), 0);
	journal_close(j);
}
END_TEST

START_TEST(garbage)
{
	struct journal *j;

	unit_write("journal",
	    LINE("") "\n"
		     "not JSON\n"
		     "[1,2]\n"
		     "{}\n"
		     "{\"time\":\"2026-11-23T02:00:41Z\",\"event\":\"run\"}\n"
		     "{\"time\":\"2026-11-23T02:00:41Z\",\"event\":\"run\",\"status\":\"good\"}"
		     "\n"
		     "{\"time\":\"23 Nov\",\"event\":\"run\",\"status\":\"ok\"}\n"
		     "{\"time\":1,\"event\":\"run\",\"status\":\"ok\"}\n" LINE(
			 ",\"exit\":\"a\",\"bytes\":\"b\",\"seconds\":[],\"job\":7,\"extra\":{"
			 "}"));
	j = journal_open("journal");
	ck_assert_uint_eq(count(j), 2);
	ck_assert_uint_eq(journal_garbage(j), 8);
	ck_assert_uint_eq(journal_torn(j), 0);
	journal_close(j);
}
END_TEST

/* Cut behind each byte: what is whole counts, even without its newline. */
START_TEST(torn)
{
	const char text[] = LINE("") LINE("");
	size_t one = (sizeof(text) - 1) / 2;
	char cut[sizeof(text)];
	struct journal *j;

	for (size_t len = 0; len < sizeof(text); len++) {
		memcpy(cut, text, len);
		cut[len] = '\0';
		unit_write("journal", cut);
		j = journal_open("journal");
		ck_assert_uint_eq(
		    count(j), (len >= one - 1 ? 1U : 0U) + (len >= 2 * one - 1 ? 1U : 0U));
		ck_assert_uint_eq(journal_torn(j), len % one != 0 && len % one != one - 1);
		ck_assert_uint_eq(journal_garbage(j), 0);
		journal_close(j);
	}
}
END_TEST

/* Lines of about the size of the buffer, and longer than it. */
START_TEST(long_lines)
{
	static const size_t sizes[] = {JOURNAL_LINE - 1, JOURNAL_LINE, JOURNAL_LINE + 1,
	    2 * JOURNAL_LINE, 5 * JOURNAL_LINE + 7};
	const char head[] =
	    "{\"time\":\"2026-11-23T02:00:41Z\",\"event\":\"run\",\"status\":\"ok\","
	    "\"message\":\"";
	size_t size = sizes[_i], events;
	FILE *f = fopen("journal", "w");
	struct journal *j;

	ck_assert_ptr_nonnull(f);
	fputs(LINE(""), f);
	fputs(head, f);
	for (size_t n = sizeof(head) - 1; n < size - 3; n++)
		putc('x', f);
	fputs("\"}\n", f);
	fputs(LINE(""), f);
	fclose(f);
	j = journal_open("journal");
	events = count(j);
	ck_assert_uint_eq(events, size <= JOURNAL_LINE ? 3 : 2);
	ck_assert_uint_eq(journal_garbage(j), size <= JOURNAL_LINE ? 0 : 1);
	ck_assert_uint_eq(journal_torn(j), 0);
	journal_close(j);
}
END_TEST

/* A NUL byte is not the end of anything. */
START_TEST(nul)
{
	FILE *f = fopen("journal", "w");
	struct journal *j;

	ck_assert_ptr_nonnull(f);
	fwrite("\0\0\0\n", 1, 4, f);
	fputs(LINE(""), f);
	fclose(f);
	j = journal_open("journal");
	ck_assert_uint_eq(count(j), 1);
	ck_assert_uint_eq(journal_garbage(j), 1);
	journal_close(j);
}
END_TEST

START_TEST(places)
{
	struct journal *j;
	const char *said;

	j = journal_open("none");
	ck_assert_uint_eq(count(j), 0);
	journal_close(j);

	unit_write("journal", LINE(""));
	ck_assert_ptr_nonnull(freopen("journal", "r", stdin));
	j = journal_open("-");
	ck_assert_uint_eq(count(j), 1);
	journal_close(j);

	unit_catch();
	j = journal_open("journal/x");
	said = unit_caught();
	ck_assert_ptr_null(j);
	ck_assert_ptr_nonnull(strstr(said, "journal journal/x: Not a directory"));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("journal");

	tcase_add_test(t, round_trip);
	tcase_add_test(t, past);
	tcase_add_test(t, garbage);
	tcase_add_test(t, torn);
	tcase_add_loop_test(t, long_lines, 0, 5);
	tcase_add_test(t, nul);
	tcase_add_test(t, places);
	return unit_main(t);
}
