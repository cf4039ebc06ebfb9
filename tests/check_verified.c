#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "base/event.h"
#include "base/hash.h"
#include "set/verified.h"

#define SUMS "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03  a\n"

START_TEST(round_trip)
{
	struct verified v;
	struct stat st;
	int64_t when;

	unit_write("SHA256SUMS", SUMS);
	ck_assert_int_eq(verified_write(".", "structure", true, NULL), 0);
	ck_assert_int_eq(stat("verified.json", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0440);
	ck_assert_int_eq(verified_read(".", &v), 0);
	ck_assert(v.counts);
	ck_assert(v.ok);
	ck_assert_str_eq(v.level, "structure");
	ck_assert_str_eq(v.message, "");
	ck_assert_int_eq(event_time(v.time, &when), 0);

	/* Once more, deeper: it replaces the first. */
	ck_assert_int_eq(verified_write(".", "drill", true, "restored in 2 min"), 0);
	ck_assert_int_eq(verified_read(".", &v), 0);
	ck_assert_str_eq(v.level, "drill");
	ck_assert_str_eq(v.message, "restored in 2 min");
}
END_TEST

/* What was proven deeper is read again: that is noted beside what it says. */
START_TEST(reread)
{
	struct verified before, v;

	unit_write("SHA256SUMS", SUMS);
	ck_assert_int_eq(verified_write(".", "drill", true, "restored in 2 min"), 0);
	ck_assert_int_eq(verified_read(".", &before), 0);
	ck_assert_ptr_null(strstr(unit_read("verified.json"), "\"read\""));
	ck_assert_int_eq(verified_reread("."), 0);
	ck_assert_ptr_nonnull(strstr(unit_read("verified.json"), "\"read\": \"2"));
	ck_assert_int_eq(verified_reread("."), 0);
	ck_assert_int_eq(verified_read(".", &v), 0);
	ck_assert(v.counts);
	ck_assert_str_eq(v.level, "drill");
	ck_assert_str_eq(v.message, "restored in 2 min");
	ck_assert_str_eq(v.time, before.time);
}
END_TEST

START_TEST(other_sums)
{
	struct verified v;

	unit_write("SHA256SUMS", SUMS);
	ck_assert_int_eq(verified_write(".", "checksum", true, NULL), 0);
	unit_write("SHA256SUMS", SUMS SUMS);
	ck_assert_int_eq(verified_read(".", &v), 0);
	ck_assert(v.ok);
	ck_assert(!v.counts);
}
END_TEST

START_TEST(failed)
{
	struct verified v;

	unit_write("SHA256SUMS", SUMS);
	ck_assert_int_eq(
	    verified_write(".", "checksum", false, "a: digest\033[2J \xff differs"), 0);
	ck_assert_int_eq(verified_read(".", &v), 0);
	ck_assert(!v.ok);
	ck_assert(!v.counts);
	ck_assert_str_eq(v.message, "a: digest?[2J \\xff differs");
}
END_TEST

START_TEST(none)
{
	struct verified v = {.counts = true, .level = "drill"};

	ck_assert_int_eq(verified_read(".", &v), 0);
	ck_assert(!v.counts);
	ck_assert_str_eq(v.level, "");
}
END_TEST

static const struct {
	const char *text, *words;
} bad[] = {
    {"", "./verified.json:1: not JSON"},
    {"[]", "./verified.json: not a JSON object"},
    {"{}", "./verified.json: not a record of a verification"},
    {"{\"format\":1,\"format\":1}", "./verified.json:1: not JSON"},
    {"{\"format\":2,\"time\":\"2026-11-23T02:00:41Z\",\"level\":\"drill\",\"result\":\"ok\","
     "\"manifest\":\"M\"}",
	"not a record of a verification"},
    {"{\"format\":1,\"time\":\"yesterday\",\"level\":\"drill\",\"result\":\"ok\",\"manifest\":"
     "\"M\"}",
	"not a record of a verification"},
    {"{\"format\":1,\"time\":\"2026-11-23T02:00:41Z\",\"level\":\"best\",\"result\":\"ok\","
     "\"manifest\":\"M\"}",
	"not a record of a verification"},
    {"{\"format\":1,\"time\":\"2026-11-23T02:00:41Z\",\"level\":\"drill\",\"result\":true,"
     "\"manifest\":\"M\"}",
	"not a record of a verification"},
};

/* Each M is the digest that would count, were it not for the rest. */
START_TEST(refused)
{
	struct verified v;
	char hex[HASH_HEX], text[512], *m;
	const char *said;
	int rc;

	unit_write("SHA256SUMS", SUMS);
	hash_bytes(SUMS, strlen(SUMS), hex);
	snprintf(text, sizeof(text), "%s", bad[_i].text);
	if ((m = strstr(text, "\"M\"")) != NULL)
		snprintf(m, sizeof(text) - (size_t)(m - text), "\"%s\"}", hex);
	unit_write("verified.json", text);
	unit_catch();
	rc = verified_read(".", &v);
	said = unit_caught();
	ck_assert_int_eq(rc, 0);
	ck_assert(!v.counts);
	ck_assert_msg(strstr(said, bad[_i].words) != NULL, "it said: %s", said);
}
END_TEST

START_TEST(without_sums)
{
	struct verified v;
	const char *said;
	int rc;

	unit_catch();
	rc = verified_write(".", "checksum", true, NULL);
	said = unit_caught();
	ck_assert_int_eq(rc, EX_IOERR);
	ck_assert_ptr_nonnull(strstr(said, "./SHA256SUMS: No such file or directory"));
	ck_assert_int_ne(access("verified.json", F_OK), 0);

	unit_write("SHA256SUMS", SUMS);
	ck_assert_int_eq(verified_write(".", "checksum", true, NULL), 0);
	unlink("SHA256SUMS");
	unit_catch();
	rc = verified_read(".", &v);
	said = unit_caught();
	ck_assert_int_eq(rc, 0);
	ck_assert(v.ok);
	ck_assert(!v.counts);
	ck_assert_ptr_nonnull(strstr(said, "./SHA256SUMS: missing: the set does not count"));
	/* Where nobody can say so, it is an error. */
	ck_assert_int_eq(symlink("SHA256SUMS", "SHA256SUMS"), 0);
	unit_catch();
	rc = verified_read(".", &v);
	ck_assert_ptr_nonnull(strstr(unit_caught(), "./SHA256SUMS: Too many levels"));
	ck_assert_int_eq(rc, EX_IOERR);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("verified");

	tcase_add_test(t, round_trip);
	tcase_add_test(t, reread);
	tcase_add_test(t, other_sums);
	tcase_add_test(t, failed);
	tcase_add_test(t, none);
	tcase_add_loop_test(t, refused, 0, (int)(sizeof(bad) / sizeof(bad[0])));
	tcase_add_test(t, without_sums);
	return unit_main(t);
}
