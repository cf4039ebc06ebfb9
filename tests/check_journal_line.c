#include "unit.h"

#include "set/journal_line.h"

/* Deterministic, so that a failure comes back. */
static uint32_t
next(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void
same_text(const char *a, const char *b)
{
	ck_assert_int_eq(a == NULL, b == NULL);
	if (a != NULL)
		ck_assert_str_eq(a, b);
}

/* Hold both readings of ${line} against each other; return whether the quick one took it. */
static bool
agree(const char *line)
{
	char *copy = strdup(line);
	size_t len = strlen(line);
	struct event quick, slow;
	json_t *owner;
	bool taken, is;

	ck_assert_ptr_nonnull(copy);
	taken = journal_line(copy, len, &quick);
	is = journal_event(line, len, &slow, &owner);
	if (taken) {
		ck_assert_msg(is, "the parser has no event in: %s", line);
		ck_assert_str_eq(quick.time, slow.time);
		same_text(quick.host, slow.host);
		same_text(quick.job, slow.job);
		same_text(quick.event, slow.event);
		same_text(quick.status, slow.status);
		ck_assert_int_eq(quick.exit, slow.exit);
		ck_assert_double_eq(quick.seconds, slow.seconds);
		ck_assert_int_eq(quick.bytes, slow.bytes);
		same_text(quick.set, slow.set);
		same_text(quick.message, slow.message);
		same_text(quick.what, slow.what);
		ck_assert_int_eq(quick.has_free, slow.has_free);
		ck_assert_int_eq(quick.free, slow.free);
	} else
		ck_assert_str_eq(copy, line);
	json_decref(owner);
	free(copy);
	return taken;
}

#define START "{\"time\":\"2026-11-23T02:00:41Z\","
#define REST "\"event\":\"run\",\"status\":\"ok\""

START_TEST(shapes)
{
	static const struct {
		const char *line;
		bool taken;
	} cases[] = {
	    {START REST "}", true},
	    {START "\"host\":\"w\",\"job\":\"db\"," REST
		   ",\"exit\":0,\"seconds\":41.2,\"bytes\":123,\"set\":\"20261123_020000\","
		   "\"message\":\"m\",\"what\":\"age\",\"free\":99}",
		true},
	    {START REST ",\"seconds\":0.0}", true},
	    {START REST ",\"seconds\":7}", true},
	    {START REST ",\"seconds\":123456789012.345}", true},
	    {START REST ",\"message\":\"\"}", true},
	    {START REST ",\"exit\":2147483647}", true},
	    /* Everything below is the parser's, be it an event or none. */
	    {"", false},
	    {"{", false},
	    {"{}", false},
	    {START REST, false},
	    {START REST "} ", false},
	    {START REST "}}", false},
	    {START REST ",}", false},
	    {START REST ",\"exit\":2147483648}", false},
	    {START REST ",\"exit\":-1}", false},
	    {START REST ",\"exit\":01}", false},
	    {START REST ",\"exit\":1.0}", false},
	    {START REST ",\"exit\":}", false},
	    {START REST ",\"exit\":1", false},
	    {START REST ",\"exit\":null}", false},
	    {START REST ",\"seconds\":00.5}", false},
	    {START REST ",\"seconds\":1.}", false},
	    {START REST ",\"seconds\":.5}", false},
	    {START REST ",\"seconds\":1e3}", false},
	    {START REST ",\"seconds\":1.5e3}", false},
	    {START REST ",\"seconds\":1234567890123456.5}", false},
	    {START REST ",\"bytes\":1234567890123456789}", false},
	    {START REST ",\"message\":\"a\\\"b\"}", false},
	    {START REST ",\"message\":\"\xc3\xa9\"}", false},
	    {START REST ",\"message\":\"\t\"}", false},
	    {START REST ",\"message\":\"a}", false},
	    {START REST ",\"message\":7}", false},
	    {START REST ",\"extra\":7}", false},
	    {START REST ",\"what\":\"w\",\"message\":\"out of order\"}", false},
	    {START REST ",\"status\":\"fail\"}", false},
	    {START " " REST "}", false},
	    {START "\"event\":\"run\",\"status\":\"good\"}", false},
	    {START "\"event\":\"run\"}", false},
	    {START "\"status\":\"ok\"}", false},
	    {"{\"event\":\"run\",\"status\":\"ok\"}", false},
	    {"{\"time\":\"2026-02-30T02:00:41Z\"," REST "}", false},
	    {"{\"time\":\"2026-11-23T02:00:41+\"," REST "}", false},
	    {"{\"time\":\"2026-11-23\"," REST "}", false},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		ck_assert_msg(agree(cases[i].line) == cases[i].taken, "%s", cases[i].line);
}
END_TEST

/* A text of ${n} characters of every kind. */
static void
fill(char *text, size_t n, uint32_t *state)
{
	static const char *const parts[] = {"a", "Z", " ", "\"", "\\", "\n", "\x7f", "\xc3\xa9",
	    "\xf0\x9f\xaa\xaa", "\xff", "{", "}", ",", ":", "/", "\x01", "db", "0"};
	static const size_t kinds = sizeof(parts) / sizeof(parts[0]);
	bool wild = next(state) % 4 == 0;

	*text = '\0';
	while (n-- > 0)
		strcat(text, wild ? parts[next(state) % kinds] : n % 5 == 0 ? " " : "x");
}

START_TEST(written)
{
	static const char *const statuses[] = {"ok", "warn", "fail"};
	uint32_t state = 7;
	size_t quick = 0;

	for (int i = 0; i < 5000; i++) {
		char host[256], message[256], *line;
		struct event e = {.host = host,
		    .job = next(&state) % 5 != 0 ? "db" : NULL,
		    .event = "run",
		    .status = statuses[next(&state) % 3],
		    .exit = (int)(next(&state) % 80),
		    .seconds = next(&state) % 4 != 0 ? next(&state) / 7.0 : -1,
		    .bytes = next(&state) % 4 != 0 ? (int64_t)next(&state) << 20 : -1,
		    .set = next(&state) % 3 != 0 ? "20261123_020000" : NULL,
		    .what = next(&state) % 3 == 0 ? "age" : NULL,
		    .message = next(&state) % 4 != 0 ? message : NULL,
		    .has_free = next(&state) % 2 != 0,
		    .free = (int64_t)next(&state) << 16,
		    .time = "2026-11-23T02:00:41Z"};

		fill(host, next(&state) % 8, &state);
		fill(message, next(&state) % 40, &state);
		ck_assert_ptr_nonnull(line = event_line(&e));
		line[strlen(line) - 1] = '\0'; /* the newline */
		quick += agree(line);
		free(line);
	}
	/* Most of what we write ourselves. */
	ck_assert_uint_gt(quick, 2500);
}
END_TEST

START_TEST(changed)
{
	static const char good[] = START "\"host\":\"web1\",\"job\":\"db\"," REST
					 ",\"exit\":0,\"seconds\":41.2,\"bytes\":123,"
					 "\"set\":\"20261123_020000\",\"message\":\"m\","
					 "\"what\":\"age\",\"free\":99}";
	static const char bytes[] = "\"\\,:{}[] 019.-+eEtnZ\x01\x7f\xc3x";
	uint32_t state = 11;
	char line[sizeof(good)];

	/* Each byte by each other of those; and a byte taken out. */
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		for (size_t k = 0; k < sizeof(bytes) - 1; k++) {
			memcpy(line, good, sizeof(good));
			line[i] = bytes[k];
			agree(line);
		}
		memcpy(line, good, sizeof(good));
		memmove(line + i, line + i + 1, sizeof(good) - 1 - i);
		agree(line);
		memcpy(line, good, sizeof(good));
		line[i] = '\0';
		agree(line);
	}
	for (int i = 0; i < 20000; i++) {
		memcpy(line, good, sizeof(good));
		for (uint32_t n = 1 + next(&state) % 4; n > 0; n--)
			line[next(&state) % (sizeof(good) - 1)] =
			    bytes[next(&state) % (sizeof(bytes) - 1)];
		agree(line);
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("journal_line");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, shapes);
	tcase_add_test(t, written);
	tcase_add_test(t, changed);
	return unit_main(t);
}
