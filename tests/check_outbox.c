/* Messages in the outbox: files, what overtakes what, what is tried again. */
#include "unit.h"

#include <sys/stat.h>
#include <sysexits.h>

#include "base/buf.h"
#include "base/lock.h"
#include "notify/outbox.h"
#include "notify/state_parts.h"

#define NOW 1800000000

/* A message about ${incident}, of which there is none where it is 0. */
static struct outbox_item
item_of(const char *id, const char *to, uint64_t incident, uint64_t order)
{
	struct outbox_item item = {.order = order, .waiting = NOW};

	item.message = (struct message){.id = strdup(id),
	    .thread = strdup("1-abc"),
	    .channel = strdup("mail"),
	    .to = strdup(to),
	    .subject = strdup("web1: backup db failed"),
	    .text = strdup("line\nanother \xc3\xbc\n"),
	    .brief = strdup("web1: failed"),
	    .time = NOW};
	item.incidents = calloc(1, sizeof(*item.incidents));
	item.incidents[0] = incident;
	item.incident_count = incident != 0;
	return item;
}

static void
put(const char *id, const char *to, uint64_t incident, uint64_t order)
{
	struct outbox_item item = item_of(id, to, incident, order);

	ck_assert_int_eq(outbox_put(".", &item), 0);
	outbox_item_free(&item);
}

START_TEST(comes_back)
{
	struct outbox_item item = item_of("1-abc-open-mail-x", "siti@x.example", 7, 3), other;
	char *one, *two;

	item.dead = strdup("no such person");
	item.message.urgent = true;
	item.message.tries = 4;
	item.rank = 2;
	ck_assert_ptr_nonnull(one = outbox_format(&item));
	ck_assert_int_eq(outbox_parse(one, strlen(one), &other), 0);
	ck_assert_str_eq(other.dead, "no such person");
	ck_assert_str_eq(other.message.text, item.message.text);
	ck_assert(other.rank == 2 && other.incident_count == 1 && other.incidents[0] == 7);
	ck_assert_ptr_nonnull(two = outbox_format(&other));
	ck_assert_str_eq(one, two);
	outbox_item_free(&other);
	for (size_t len = 0; len < strlen(one); len++)
		ck_assert_int_eq(outbox_parse(one, len, &other), -1);
	free(one);
	free(two);
	outbox_item_free(&item);
}
END_TEST

START_TEST(what_cannot_be)
{
	static const char *const change[][2] = {
	    {"\"id\": \"1-abc-open\"", "\"id\": \"../1\""},
	    {"\"id\": \"1-abc-open\"", "\"id\": \"\""},
	    {"\"channel\": \"mail\"", "\"channel\": \"\""},
	    {"\"to\": \"siti\"", "\"to\": \"siti\\nBcc: x\""},
	    {"\"subject\": \"web1", "\"subject\": \"we\\r\\nb1"},
	    {"\"brief\": \"web1", "\"brief\": \"w\xc3\xbc"},
	    {"\"rank\": 0", "\"rank\": 3"},
	    {"\"tries\": 0", "\"tries\": -1"},
	    {"\"format\": 1", "\"format\": 2"},
	    {"\"time\": 1", "\"time\": -1"},
	};
	struct outbox_item item = item_of("1-abc-open", "siti", 7, 3), other;
	char *text = outbox_format(&item), *at;
	struct buf b = {0};

	for (size_t k = 0; k < sizeof(change) / sizeof(change[0]); k++) {
		buf_reset(&b, 0);
		ck_assert_ptr_nonnull(at = strstr(text, change[k][0]));
		buf_add(&b, text, (size_t)(at - text));
		buf_text(&b, change[k][1]);
		buf_text(&b, at + strlen(change[k][0]));
		ck_assert_msg(outbox_parse(b.data, b.len, &other) == -1, "%s", change[k][1]);
	}
	buf_free(&b);
	free(text);
	outbox_item_free(&item);
}
END_TEST

START_TEST(files)
{
	struct outbox box = {0};
	struct stat st;

	put("b", "siti", 2, 2);
	put("a", "siti", 3, 9);
	put("c", "siti", 1, 1);
	ck_assert_int_eq(stat("alert/outbox/a.json", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
	ck_assert_int_eq(stat("alert/outbox", &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0700);
	unit_write("alert/outbox/.d.json.abcdef", "half");
	unit_write("alert/outbox/e.json", "{}");
	/* A file that was given another name is not what it says. */
	ck_assert_int_eq(link("alert/outbox/a.json", "alert/outbox/f.json"), 0);
	ck_assert_int_eq(symlink("a.json", "alert/outbox/g.json"), 0);
	unit_catch();
	ck_assert_int_eq(outbox_load(".", &box), 0);
	unit_caught();
	ck_assert_uint_eq(box.count, 3);
	ck_assert_str_eq(box.items[0].message.id, "c");
	ck_assert_str_eq(box.items[1].message.id, "b");
	ck_assert_str_eq(box.items[2].message.id, "a");
	ck_assert_uint_eq(outbox_waiting("."), 3);
	ck_assert_uint_eq(outbox_lost("."), 3);
	ck_assert_int_eq(access("alert/outbox/.d.json.abcdef", F_OK), 0);
	ck_assert_int_eq(outbox_remove(".", &box.items[0], false), 0);
	ck_assert_int_eq(access("alert/outbox/c.json", F_OK), -1);
	ck_assert_int_eq(outbox_bury(".", &box.items[1]), 0);
	ck_assert_int_eq(access("alert/dead/b.json", F_OK), 0);
	/* What lies there for a season goes, and nothing else. */
	ck_assert_int_eq(utimensat(AT_FDCWD, "alert/dead/b.json",
			     (struct timespec[2]){{.tv_sec = 1}, {.tv_sec = 1}}, 0),
	    0);
	ck_assert_int_eq(outbox_bury(".", &box.items[2]), 0);
	ck_assert_int_eq(access("alert/dead/b.json", F_OK), -1);
	ck_assert_int_eq(access("alert/dead/a.json", F_OK), 0);
	/* Twice is once. */
	ck_assert_int_eq(outbox_bury(".", &box.items[1]), 0);
	outbox_free(&box);
}
END_TEST

/* A message may tell of very many things: it is long, and a message all the same. */
START_TEST(long_text)
{
	struct outbox_item item = item_of("1-abc-many-mail-x", "siti@x.example", 7, 3);
	struct outbox box = {0};
	size_t len = 3 << 20;

	free(item.message.text);
	ck_assert_ptr_nonnull(item.message.text = malloc(len + 1));
	memset(item.message.text, 'x', len);
	item.message.text[len] = '\0';
	ck_assert_int_eq(outbox_put(".", &item), 0);
	outbox_item_free(&item);
	ck_assert_int_eq(outbox_load(".", &box), 0);
	ck_assert_uint_eq(box.count, 1);
	ck_assert_uint_eq(strlen(box.items[0].message.text), len);
	outbox_free(&box);
}
END_TEST

START_TEST(sent_before_the_state_knew)
{
	struct outbox_item item = item_of("a", "siti", 1, 1);
	struct outbox box = {0};

	ck_assert_int_eq(outbox_put(".", &item), 0);
	ck_assert_int_eq(outbox_load(".", &box), 0);
	ck_assert_int_eq(outbox_remove(".", &box.items[0], true), 0);
	ck_assert_int_eq(outbox_put(".", &item), 1);
	ck_assert_int_eq(outbox_mark(".", "b"), 0);
	ck_assert_int_eq(access("alert/sent/b.json", F_OK), 0);
	outbox_unmark(".");
	ck_assert_int_eq(access("alert/sent/b.json", F_OK), -1);
	ck_assert_int_eq(outbox_put(".", &item), 0);
	outbox_free(&box);
	outbox_item_free(&item);
}
END_TEST

/* A sendmail that ends with what the file `code` says, and counts the mails. */
static struct config *
sendmail(void)
{
	struct config *c = NULL;
	char path[PATH_MAX], folder[PATH_MAX - 16];

	ck_assert_ptr_nonnull(getcwd(folder, sizeof(folder)));
	unit_write("sendmail", "#!/bin/sh\nsed -n 's/^To: //p' >>mails\nexit $(cat code)\n");
	ck_assert_int_eq(chmod("sendmail", 0700), 0);
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", folder);
	setenv("PATH", path, 1);
	unit_write("x.conf", "STATE_DIR=/nonexistent\n");
	ck_assert_int_eq(config_read("./x.conf", &c), 0);
	return c;
}

static struct outbox_outcome out;

static int
run(const struct config *c, int64_t now, const char *code)
{
	int rc;

	unit_write("code", code);
	unlink("mails");
	unit_write("mails", "");
	outbox_free(&out.delivered);
	outbox_free(&out.lost);
	unit_catch();
	rc = outbox_send(c, ".", now, true, false, &out);
	unit_caught();
	return rc;
}

START_TEST(newest_word_counts)
{
	struct config *c = sendmail();

	put("open", "siti", 1, 1);
	put("again", "siti", 1, 5);
	put("climb", "budi", 1, 6);
	put("other", "siti", 2, 2);
	put("week", "siti", 0, 3);
	ck_assert_int_eq(run(c, NOW, "0"), 0);
	/* The first word is in the second, and only for the same person. */
	ck_assert_str_eq(unit_read("mails"), "siti\nsiti\nsiti\nbudi\n");
	ck_assert_uint_eq(out.delivered.count, 4);
	ck_assert_str_eq(out.delivered.items[0].message.id, "other");
	ck_assert_uint_eq(outbox_waiting("."), 0);
	config_free(c);
}
END_TEST

START_TEST(again_and_again)
{
	struct config *c = sendmail();
	struct outbox box = {0};
	int64_t now = NOW, pause = 60, next;

	put("open", "siti", 1, 1);
	for (unsigned tries = 1; tries <= 9; tries++) {
		ck_assert_int_eq(run(c, now, "75"), 0);
		ck_assert_str_eq(unit_read("mails"), "siti\n");
		ck_assert_uint_eq(out.later, 1);
		ck_assert_int_eq(outbox_load(".", &box), 0);
		ck_assert_uint_eq(box.items[0].message.tries, tries);
		next = box.items[0].next;
		ck_assert_int_ge(next - now, pause * 9 / 10);
		ck_assert_int_le(next - now, pause * 11 / 10);
		outbox_free(&box);
		/* Not before its time. */
		ck_assert_int_eq(run(c, next - 1, "75"), 0);
		ck_assert_str_eq(unit_read("mails"), "");
		now = next;
		pause = pause * 2 > 3600 ? 3600 : pause * 2;
	}
	ck_assert_int_eq(run(c, NOW + OUTBOX_PATIENCE - 1, "75"), 0);
	ck_assert_uint_eq(out.lost.count, 0);
	ck_assert_int_eq(run(c, NOW + OUTBOX_PATIENCE + 7200, "75"), 0);
	ck_assert_uint_eq(out.lost.count, 1);
	ck_assert_ptr_nonnull(strstr(out.lost.items[0].dead, "mail siti: "));
	/* It stays until the state knows, is told again, and tried no more. */
	ck_assert_int_eq(run(c, NOW + OUTBOX_PATIENCE + 7200, "0"), 0);
	ck_assert_uint_eq(out.lost.count, 1);
	ck_assert_str_eq(unit_read("mails"), "");
	config_free(c);
}
END_TEST

START_TEST(two_days_count_from_the_first_word)
{
	struct config *c = sendmail();

	struct outbox_item first = item_of("open", "siti", 1, 1);
	first.message.tries = 20;
	ck_assert_int_eq(outbox_put(".", &first), 0);
	outbox_item_free(&first);
	ck_assert_int_eq(run(c, NOW, "75"), 0);
	struct outbox_item item = item_of("again", "siti", 1, 2);
	item.waiting = NOW + 86400;
	item.message.tries = 20;
	ck_assert_int_eq(outbox_put(".", &item), 0);
	outbox_item_free(&item);
	ck_assert_int_eq(run(c, NOW + OUTBOX_PATIENCE, "75"), 0);
	ck_assert_uint_eq(out.lost.count, 1);
	ck_assert_str_eq(out.lost.items[0].message.id, "again");
	ck_assert_uint_eq(outbox_waiting("."), 1);
	config_free(c);
}
END_TEST

START_TEST(clocks_that_jump)
{
	struct config *c = sendmail();
	struct outbox_item item = item_of("held", "siti", 9, 9);

	/* Made when the clock was years ahead. */
	item.message.not_before = NOW + 100 * 86400;
	item.waiting = item.next = NOW + 100 * 86400;
	ck_assert_int_eq(outbox_put(".", &item), 0);
	outbox_item_free(&item);
	ck_assert_int_eq(run(c, NOW, "0"), 0);
	ck_assert_uint_eq(out.delivered.count, 1);
	/* And when it was years behind: one failure is not two days of them. */
	put("open", "siti", 1, 1);
	ck_assert_int_eq(run(c, NOW + 1000 * 86400, "75"), 0);
	ck_assert_uint_eq(out.lost.count, 0);
	ck_assert_uint_eq(out.later, 1);
	config_free(c);
}
END_TEST

START_TEST(enough_is_enough)
{
	struct config *c = sendmail();
	char id[16];

	for (unsigned k = 0; k < 6; k++) {
		snprintf(id, sizeof(id), "m%u", k);
		put(id, "siti", k + 1, k);
	}
	ck_assert_int_eq(run(c, NOW, "75"), 0);
	ck_assert_str_eq(unit_read("mails"), "siti\nsiti\nsiti\n");
	/* The others have their turn next. */
	ck_assert_int_eq(run(c, NOW, "0"), 0);
	ck_assert_uint_eq(out.delivered.count, 3);
	ck_assert_str_eq(out.delivered.items[0].message.id, "m3");
	config_free(c);
}
END_TEST

START_TEST(never)
{
	struct config *c = sendmail();
	struct outbox_item item = item_of("held", "siti", 9, 9);

	item.message.not_before = NOW + 10;
	ck_assert_int_eq(outbox_put(".", &item), 0);
	outbox_item_free(&item);
	put("open", "siti", 1, 1);
	ck_assert_int_eq(run(c, NOW, "67"), 0);
	ck_assert_uint_eq(out.lost.count, 1);
	ck_assert_uint_eq(out.held, 1);
	ck_assert_int_eq(run(c, NOW + 10, "0"), 0);
	ck_assert_uint_eq(out.delivered.count, 1);
	ck_assert_uint_eq(out.lost.count, 1);
	config_free(c);
}
END_TEST

START_TEST(one_sender_at_a_time)
{
	struct config *c = sendmail();
	int fd;

	put("open", "siti", 1, 1);
	ck_assert_int_ne(fd = lock_hold("alert/lock.send", 0), -1);
	ck_assert_int_eq(run(c, NOW, "0"), 0);
	ck_assert_str_eq(unit_read("mails"), "");
	close(fd);
	ck_assert_int_eq(run(c, NOW, "0"), 0);
	ck_assert_str_eq(unit_read("mails"), "siti\n");
	config_free(c);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("outbox");

	tcase_add_test(cases, comes_back);
	tcase_add_test(cases, what_cannot_be);
	tcase_add_test(cases, files);
	tcase_add_test(cases, long_text);
	tcase_add_test(cases, sent_before_the_state_knew);
	tcase_add_test(cases, newest_word_counts);
	tcase_add_test(cases, again_and_again);
	tcase_add_test(cases, two_days_count_from_the_first_word);
	tcase_add_test(cases, clocks_that_jump);
	tcase_add_test(cases, enough_is_enough);
	tcase_add_test(cases, never);
	tcase_add_test(cases, one_sender_at_a_time);
	return unit_main(cases);
}
