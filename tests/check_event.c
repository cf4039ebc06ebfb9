#include "unit.h"

#include <jansson.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>

#include "base/event.h"

static const struct event full = {
    .time = "2026-11-23T02:00:41Z",
    .host = "web1",
    .job = "db",
    .event = "run",
    .status = "ok",
    .exit = 0,
    .seconds = 41.2,
    .bytes = 123,
    .set = "20261123_020000",
    .message = "done",
};

#define FULL                                                                             \
	"{\"time\":\"2026-11-23T02:00:41Z\",\"host\":\"web1\",\"job\":\"db\",\"event\":" \
	"\"run\","                                                                       \
	"\"status\":\"ok\",\"exit\":0,\"seconds\":41.2,\"bytes\":123,"                   \
	"\"set\":\"20261123_020000\",\"message\":\"done\"}\n"

START_TEST(a_line)
{
	struct event e = {.time = "2026-11-23T02:00:41Z",
	    .host = "h",
	    .event = "check",
	    .status = "fail",
	    .exit = 75,
	    .seconds = -1,
	    .bytes = -1};
	char *line = event_line(&full);

	ck_assert_str_eq(line, FULL);
	free(line);
	line = event_line(&e);
	ck_assert_str_eq(line,
	    "{\"time\":\"2026-11-23T02:00:41Z\",\"host\":\"h\",\"event\":\"check\","
	    "\"status\":\"fail\",\"exit\":75}\n");
	free(line);
	e.bytes = INT64_MAX;
	e.seconds = 0;
	line = event_line(&e);
	ck_assert_ptr_nonnull(
	    strstr(line, "\"exit\":75,\"seconds\":0.0,\"bytes\":9223372036854775807}"));
	free(line);
}
END_TEST

/* That memory was short before does not keep a failure out of the journal. */
START_TEST(after_hunger)
{
#ifndef SANITIZED /* memory that nobody has ends the program there */
	json_malloc_t room;
	json_free_t end;
	char *line;

	json_get_alloc_funcs(&room, &end);
	ck_assert_ptr_null(room(SIZE_MAX / 2));
	ck_assert_ptr_nonnull(line = event_line(&full));
	ck_assert_str_eq(line, FULL);
	free(line);
#endif
}
END_TEST

START_TEST(any_bytes)
{
	struct event e = full;
	char *line;

	e.message = "a\n\"\\\x1b[31m\x7f\xc2\x9b\xff\xe2\x82z\xc3\xa9\xf0\x9f\x98\x80";
	line = event_line(&e);
	ck_assert_ptr_nonnull(
	    strstr(line, "\"message\":\"a\\n\\\"\\\\\\u001B[31m\\u007F\\u009B"
			 "\xef\xbf\xbd\xef\xbf\xbdz\xc3\xa9\xf0\x9f\x98\x80\"}\n"));
	free(line);
}
END_TEST

START_TEST(defaults)
{
	struct event e = {.event = "test", .status = "ok"};
	char *line = event_line(&e), host[256] = "";
	json_t *o = json_loads(line, 0, NULL);
	int64_t t;

	ck_assert_ptr_nonnull(o);
	gethostname(host, sizeof(host) - 1);
	ck_assert_str_eq(json_string_value(json_object_get(o, "host")), host);
	ck_assert_int_eq(event_time(json_string_value(json_object_get(o, "time")), &t), 0);
	ck_assert_int_ge(t, time(NULL) - 100);
	ck_assert_int_le(t, time(NULL));
	json_decref(o);
	free(line);
}
END_TEST

START_TEST(appended)
{
	struct stat st;

	umask(077);
	ck_assert_int_eq(event_append("journal", &full), 0);
	ck_assert_str_eq(unit_read("journal"), FULL);
	ck_assert_int_eq(stat("journal", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
	chmod("journal", 0600);
	ck_assert_int_eq(event_append("journal", &full), 0);
	ck_assert_str_eq(unit_read("journal"), FULL FULL);
	ck_assert_int_eq(stat("journal", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(torn_last_line)
{
	unit_write("journal", "{\"time\":");
	ck_assert_int_eq(event_append("journal", &full), 0);
	ck_assert_str_eq(unit_read("journal"), "{\"time\":\n" FULL);
	unit_write("journal", "\n");
	ck_assert_int_eq(event_append("journal", &full), 0);
	ck_assert_str_eq(unit_read("journal"), "\n" FULL);
}
END_TEST

START_TEST(full_disk)
{
	int rc;

	ck_assert_int_eq(event_append("journal", &full), 0);
	unit_catch();
	unit_file_limit(sizeof(FULL) + 20);
	rc = event_append("journal", &full);
	unit_file_limit(0);
	ck_assert_int_eq(rc, -1);
	ck_assert_str_eq(
	    unit_caught(), "check_event: write journal: No space left on device\n");
	ck_assert_str_eq(unit_read("journal"), FULL);
	ck_assert_int_eq(event_append("journal", &full), 0);
	ck_assert_str_eq(unit_read("journal"), FULL FULL);
}
END_TEST

static void
refused(const char *path, const char *words)
{
	unit_catch();
	ck_assert_int_eq(event_append(path, &full), -1);
	ck_assert_str_eq(unit_caught(), words);
}

START_TEST(refusals)
{
	unit_write("victim", "precious");
	ck_assert_int_eq(symlink("victim", "link"), 0);
	mkdir("folder", 0700);
	mkfifo("pipe", 0600);
	refused("nowhere/journal",
	    "check_event: open nowhere/journal: No such file or directory\n");
	refused("link", "check_event: open link: Too many levels of symbolic links\n");
	refused("folder", "check_event: open folder: Is a directory\n");
	refused("pipe", "check_event: pipe: not a regular file\n");
	ck_assert_str_eq(unit_read("victim"), "precious");
}
END_TEST

/* While somebody else holds the journal, nothing is written, and it is not given up. */
START_TEST(locked_journal)
{
	pid_t pid;
	int fd = open("journal", O_RDWR | O_CREAT, 0600);

	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	if ((pid = fork()) == 0)
		_exit(event_append("journal", &full) == 0 ? 0 : 1);
	usleep(200000);
	ck_assert_str_eq(unit_read("journal"), "");
	/* It notices what was written meanwhile. */
	ck_assert_int_eq(write(fd, "torn", 4), 4);
	ck_assert_int_eq(flock(fd, LOCK_UN), 0);
	ck_assert_int_eq(unit_wait(pid), 0);
	ck_assert_str_eq(unit_read("journal"), "torn\n" FULL);
	close(fd);
}
END_TEST

/* Rotated away while we waited for the lock: the line goes to the new file. */
START_TEST(rotated_journal)
{
	struct stat st;
	pid_t pid;
	int fd = open("journal", O_RDWR | O_CREAT, 0600);

	umask(077);
	ck_assert_int_eq(flock(fd, LOCK_EX), 0);
	if ((pid = fork()) == 0)
		_exit(event_append("journal", &full) == 0 ? 0 : 1);
	usleep(100000);
	ck_assert_int_eq(rename("journal", "journal.1"), 0);
	close(fd);
	ck_assert_int_eq(unit_wait(pid), 0);
	ck_assert_str_eq(unit_read("journal.1"), "");
	ck_assert_str_eq(unit_read("journal"), FULL);
	ck_assert_int_eq(stat("journal", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0640);
}
END_TEST

/* Four at once, with lines that differ in length, and somebody who tears. */
START_TEST(many_writers)
{
	static char line[70000], message[60000];
	struct event e = full;
	pid_t pids[4];
	int i, n, seen[4] = {0}, lines = 0, fd;
	json_t *o;
	FILE *f;

	memset(message, 'm', sizeof(message) - 1);
	for (i = 0; i < 4; i++) {
		if ((pids[i] = fork()) == 0) {
			e.exit = i;
			for (n = 0; n < 50; n++) {
				e.message =
				    message + sizeof(message) - 1 - (n % 5) * (i * 4000);
				if (event_append("journal", &e) == -1)
					_exit(1);
			}
			_exit(0);
		}
	}
	for (n = 0; n < 20; n++) {
		fd = open("journal", O_WRONLY | O_APPEND | O_CREAT, 0600);
		ck_assert_int_eq(flock(fd, LOCK_EX), 0);
		ck_assert_int_eq(write(fd, "torn", 4), 4);
		close(fd);
		usleep(1000);
	}
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(unit_wait(pids[i]), 0);
	f = fopen("journal", "r");
	while (fgets(line, sizeof(line), f) != NULL) {
		if ((o = json_loads(line, 0, NULL)) == NULL)
			continue;
		seen[json_integer_value(json_object_get(o, "exit"))]++;
		lines++;
		json_decref(o);
	}
	fclose(f);
	ck_assert_int_eq(lines, 200);
	for (i = 0; i < 4; i++)
		ck_assert_int_eq(seen[i], 50);
}
END_TEST

START_TEST(root_makes_it_for_others)
{
	struct stat st;

	if (geteuid() != 0)
		return;
	mkdir("state", 0700);
	ck_assert_int_eq(chown("state", 1234, 5678), 0);
	ck_assert_int_eq(event_append("state/journal", &full), 0);
	ck_assert_int_eq(stat("state/journal", &st), 0);
	ck_assert_uint_eq(st.st_uid, 1234);
	ck_assert_uint_eq(st.st_gid, 5678);
}
END_TEST

START_TEST(times)
{
	static const struct {
		const char *text;
		int64_t want;
	} good[] = {{"1970-01-01T00:00:00Z", 0}, {"2026-11-23T02:00:41Z", 1795399241},
	    {"2024-02-29T23:59:59Z", 1709251199}, {"2000-02-29T00:00:00Z", 951782400},
	    {"1969-12-31T23:59:59Z", -1}, {"2038-01-19T03:14:08Z", 2147483648},
	    {"9999-12-31T23:59:59Z", 253402300799}};
	static const char *const bad[] = {"", "2026-11-23", "2026-11-23T02:00:41",
	    "2026-11-23T02:00:41z", "2026-11-23T02:00:41Z ", " 2026-11-23T02:00:41Z",
	    "2026-11-23 02:00:41Z", "2026-11-23T02:00:41+00:00", "2026-13-23T02:00:41Z",
	    "2026-00-23T02:00:41Z", "2026-11-31T02:00:41Z", "2026-11-00T02:00:41Z",
	    "2025-02-29T02:00:41Z", "2100-02-29T02:00:41Z", "2026-11-23T24:00:00Z",
	    "2026-11-23T02:60:00Z", "2026-11-23T02:00:60Z", "2026-1-23T02:00:41Z",
	    "2026-11-23T2:00:41Z", "-026-11-23T02:00:41Z", "2026-11-23T02:00:4"};
	char now[24];
	int64_t t = 42;
	size_t i;

	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		ck_assert_int_eq(event_time(good[i].text, &t), 0);
		ck_assert_int_eq(t, good[i].want);
		ck_assert_str_eq(event_stamp(now, t), good[i].text);
	}
	/* Where the calendar has no such year. */
	ck_assert_str_eq(event_stamp(now, INT64_MAX), "1970-01-01T00:00:00Z");
	t = 42;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(event_time(bad[i], &t) == -1, "took %s", bad[i]);
	ck_assert_int_eq(t, 42);
	/* Wherever we are. */
	setenv("TZ", "Asia/Jakarta", 1);
	tzset();
	ck_assert_int_eq(event_time("1970-01-01T00:00:00Z", &t), 0);
	ck_assert_int_eq(t, 0);
	ck_assert_ptr_eq(event_now(now), now);
	ck_assert_int_eq(event_time(now, &t), 0);
	ck_assert_int_le(t, time(NULL));
	ck_assert_int_ge(t, time(NULL) - 100);
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("event");

	tcase_add_test(t, a_line);
	tcase_add_test(t, after_hunger);
	tcase_add_test(t, any_bytes);
	tcase_add_test(t, defaults);
	tcase_add_test(t, appended);
	tcase_add_test(t, torn_last_line);
	tcase_add_test(t, full_disk);
	tcase_add_test(t, refusals);
	tcase_add_test(t, locked_journal);
	tcase_add_test(t, rotated_journal);
	tcase_add_test(t, many_writers);
	tcase_add_test(t, root_makes_it_for_others);
	tcase_add_test(t, times);
	return unit_main(t);
}
