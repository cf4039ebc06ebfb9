/* Who is told what, and in which words. */
#include "unit.h"

#include <limits.h>
#include <sysexits.h>

#include "base/language.h"
#include "notify/policy.h"
#include "notify/state_parts.h"
#include "notify/words.h"
#include "notify/words_phrase.h"

#define NOW 1800000000
#define DAY 86400

static struct config *
config_of(const char *more)
{
	struct config *c = NULL;
	char text[2048];

	snprintf(text, sizeof(text),
	    "STATE_DIR=/nonexistent\nBACKUP_DIR=/b\nBACKUP_MOUNT=/mnt/b\nNOTIFY_OK=never\n"
	    "CONTACT_PRIMARY=\"Siti <siti@x.example> 0812-3456-7890\"\n"
	    "CONTACT_SECONDARY=\"Budi <budi@x.example>\"\nCONTACT_EMERGENCY=02112345678\n"
	    "SMS=gammu\n%s",
	    more);
	unit_write("x.conf", text);
	ck_assert_int_eq(config_read("./x.conf", &c), 0);
	return c;
}

static int
take_at(struct state *s, int64_t when, const char *job, const char *event, const char *status,
    const char *what)
{
	struct event e = {.host = "web1",
	    .job = job,
	    .event = event,
	    .status = status,
	    .what = what,
	    .seconds = -1,
	    .bytes = -1,
	    .message = "SELECT * FROM users"};
	time_t t = (time_t)when;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(e.time, sizeof(e.time), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return incidents_take(s->incidents, &e, when);
}

static struct outbox box;

/* What is told at ${now}: "channel to subject" a line. */
static const char *
told(const struct config *c, struct state *s, int64_t now)
{
	static char text[16384];
	size_t len = 0;

	outbox_free(&box);
	ck_assert_int_eq(policy_run(c, s, now, &box), 0);
	*text = '\0';
	for (size_t i = 0; i < box.count; i++) {
		const struct message *m = &box.items[i].message;

		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %s %s\n",
		    m->channel, m->to, m->subject);
	}
	return text;
}

START_TEST(failure_and_end)
{
	struct config *c = config_of("");
	struct state *s = state_new();
	char *id;

	s->known = true;
	take_at(s, NOW, "db", "run", "fail", NULL);
	ck_assert_str_eq(told(c, s, NOW), "mail siti@x.example web1: backup db failed\n");
	ck_assert_uint_eq(box.items[0].rank, 0);
	ck_assert_uint_eq(box.items[0].incidents[0], 1);
	ck_assert(!box.items[0].message.urgent);
	ck_assert_str_eq(told(c, s, NOW), "");
	/* The secondary after two hours, the emergency, who has no mail, after four by SMS. */
	ck_assert_str_eq(told(c, s, NOW + 7199), "");
	ck_assert_str_eq(told(c, s, NOW + 7200), "mail budi@x.example web1: backup db failed, "
						 "and nobody has answered for 2 hours\n");
	ck_assert_str_eq(told(c, s, NOW + 14400),
	    "sms 622112345678 web1: backup db failed, and nobody has answered for 4 hours\n");
	ck_assert_uint_eq(box.items[0].rank, 2);
	/* A day: all three. */
	ck_assert_str_eq(told(c, s, NOW + DAY - 1), "");
	ck_assert_str_eq(told(c, s, NOW + DAY),
	    "mail siti@x.example web1: backup db failed, for 1 day now\n"
	    "mail budi@x.example web1: backup db failed, for 1 day now\n"
	    "sms 622112345678 web1: backup db failed, for 1 day now\n");
	id = strdup(box.items[0].message.thread);
	take_at(s, NOW + DAY + 60, "db", "run", "ok", NULL);
	ck_assert_str_eq(told(c, s, NOW + 2 * DAY),
	    "mail siti@x.example web1: backup db works again, after 1 day\n"
	    "mail budi@x.example web1: backup db works again, after 1 day\n"
	    "sms 622112345678 web1: backup db works again, after 1 day\n");
	/* One thread. */
	ck_assert_str_eq(box.items[0].message.thread, id);
	ck_assert_str_eq(told(c, s, NOW + 9 * DAY), "");
	free(id);
	state_close(s);
	config_free(c);
}
END_TEST

START_TEST(urgent_by_sms)
{
	struct config *c = config_of("QUIET_HOURS=00:00-24:00\n");
	struct state *s = state_new();

	take_at(s, NOW, "db", "check", "fail", "age");
	take_at(s, NOW, "db", "run", "fail", NULL);
	ck_assert_str_eq(told(c, s, NOW),
	    "mail siti@x.example URGENT: web1: no verified backup of db in time\n"
	    "mail siti@x.example web1: backup db failed\n"
	    "sms 6281234567890 URGENT: web1: no verified backup of db in time\n");
	ck_assert(box.items[0].message.urgent && box.items[0].message.not_before == 0);
	ck_assert(!box.items[1].message.urgent && box.items[1].message.not_before > NOW);
	ck_assert_int_eq(box.items[1].waiting, box.items[1].message.not_before);
	ck_assert(box.items[2].message.urgent && box.items[2].message.not_before == 0);
	state_close(s);
	config_free(c);
}
END_TEST

START_TEST(made_again_they_are_the_same)
{
	struct config *c = config_of("");
	char *ids[2][3];

	for (int k = 0; k < 2; k++) {
		struct state *s = state_new();

		take_at(s, NOW, "db", "check", "fail", "age");
		take_at(s, NOW, "db", "run", "fail", NULL);
		told(c, s, NOW);
		ck_assert_uint_eq(box.count, 3);
		for (int i = 0; i < 3; i++)
			ids[k][i] = strdup(box.items[i].message.id);
		state_close(s);
	}
	for (int i = 0; i < 3; i++) {
		ck_assert_str_eq(ids[0][i], ids[1][i]);
		ck_assert_str_ne(ids[0][i], ids[0][(i + 1) % 3]);
	}
	for (int i = 0; i < 3; i++) {
		free(ids[0][i]);
		free(ids[1][i]);
	}
	config_free(c);
}
END_TEST

START_TEST(told_by_a_clock_that_was_ahead)
{
	struct config *c = config_of("");
	struct state *s = state_new();

	take_at(s, NOW, "db", "run", "fail", NULL);
	told(c, s, NOW + 400 * DAY);
	ck_assert_str_eq(told(c, s, NOW), "");
	ck_assert_str_eq(told(c, s, NOW + 7200), "mail budi@x.example web1: backup db failed, "
						 "and nobody has answered for 2 hours\n");
	state_close(s);
	config_free(c);
}
END_TEST

START_TEST(acked)
{
	struct config *c = config_of("");
	struct state *s = state_new();
	struct incident *i;

	take_at(s, NOW, "db", "run", "fail", NULL);
	told(c, s, NOW);
	told(c, s, NOW + 7200);
	i = incidents_get(s->incidents, 0);
	i->acked = NOW + 7300;
	ck_assert_str_eq(told(c, s, NOW + DAY),
	    "mail siti@x.example web1: backup db failed, for 1 day now\n");
	state_close(s);
	config_free(c);
}
END_TEST

START_TEST(lost_and_delivered)
{
	struct config *c = config_of("");
	struct state *s = state_new();
	struct outbox_item lost = {
	    .dead = (char *)(uintptr_t) "mail siti@x.example: no such user"};
	uint64_t number = 1;

	take_at(s, NOW, "db", "run", "fail", NULL);
	told(c, s, NOW);
	lost.message.channel = (char *)(uintptr_t) "mail";
	lost.incidents = &number;
	lost.incident_count = 1;
	ck_assert_int_eq(policy_lost(s, &lost, NOW), 0);
	ck_assert_int_eq(policy_lost(s, &lost, NOW), 0);
	told(c, s, NOW);
	ck_assert_uint_eq(box.count, 2);
	ck_assert_str_eq(box.items[0].message.to, "budi@x.example");
	ck_assert_ptr_nonnull(
	    strstr(box.items[0].message.subject, "a message about it cannot be delivered"));
	ck_assert_str_eq(box.items[1].message.channel, "sms");
	ck_assert_ptr_nonnull(
	    strstr(box.items[1].message.brief, "messages by mail cannot be delivered"));
	/* Known: what reason there was is not for others. */
	ck_assert_ptr_null(strstr(box.items[1].message.brief, "siti"));
	ck_assert_ptr_nonnull(strstr(box.items[1].message.text, "no such user"));
	ck_assert_int_eq(policy_lost(s, &lost, NOW), 0);
	ck_assert_str_eq(told(c, s, NOW), "");
	policy_delivered(s, &lost, NOW + 5);
	ck_assert_int_eq(incidents_get(s->incidents, 0)->delivered, NOW + 5);
	ck_assert(!incident_open(incidents_get(s->incidents, 1)));
	ck_assert_str_eq(told(c, s, NOW + 5), "");
	state_close(s);
	config_free(c);
}
END_TEST

/* Nobody is second: who is third need not wait for that. */
START_TEST(lost_without_a_second)
{
	struct config *c = config_of("CONTACT_SECONDARY=\nESCALATE=0s\n");
	struct state *s = state_new();
	uint64_t number = 1;
	struct outbox_item lost = {
	    .dead = (char *)(uintptr_t) "mail siti@x.example: no such user",
	    .incidents = &number,
	    .incident_count = 1};

	take_at(s, NOW, "db", "run", "fail", NULL);
	told(c, s, NOW);
	lost.message.channel = (char *)(uintptr_t) "mail";
	ck_assert_int_eq(policy_lost(s, &lost, NOW), 0);
	ck_assert_ptr_nonnull(strstr(told(c, s, NOW),
	    "sms 622112345678 web1: backup db failed, and a message about it cannot be "
	    "delivered\n"));
	ck_assert_str_eq(told(c, s, NOW + DAY - 1), "");
	state_close(s);
	config_free(c);
}
END_TEST

/* Its test has failed, and then a message: that is not better than before. */
START_TEST(lost_where_the_test_failed)
{
	struct config *c = config_of("");
	struct state *s = state_new();
	struct outbox_item lost = {
	    .dead = (char *)(uintptr_t) "mail siti@x.example: no such user"};
	char host[256] = "";
	struct event e = {.host = host,
	    .job = "siantre-alert",
	    .event = "channel",
	    .what = "mail",
	    .status = "fail",
	    .time = "2027-01-15T08:00:00Z",
	    .seconds = -1,
	    .bytes = -1};

	gethostname(host, sizeof(host) - 1);
	ck_assert_int_eq(incidents_take(s->incidents, &e, NOW), 1);
	told(c, s, NOW);
	ck_assert_uint_eq(box.count, 1);
	lost.message.channel = (char *)(uintptr_t) "mail";
	ck_assert_int_eq(policy_lost(s, &lost, NOW + 60), 0);
	ck_assert_str_eq(told(c, s, NOW + 60), "");
	ck_assert_int_eq(incidents_get(s->incidents, 0)->level, INCIDENT_FAIL);
	state_close(s);
	config_free(c);
}
END_TEST

/* All ways were closed: once one is open, it is said what nobody has heard. */
START_TEST(retold)
{
	struct config *c = config_of("SMS=\nCONTACT_SECONDARY=\nCONTACT_EMERGENCY=\n");
	struct state *s = state_new();
	struct outbox_item lost = {.dead = (char *)(uintptr_t) "mail siti@x.example: 535"};
	uint64_t numbers[2] = {1, 2};
	char host[256] = "", *id;
	struct event e = {.host = host,
	    .job = "siantre-alert",
	    .event = "channel",
	    .what = "mail",
	    .status = "ok",
	    .time = "2027-01-15T09:00:00Z",
	    .seconds = -1,
	    .bytes = -1};

	gethostname(host, sizeof(host) - 1);
	take_at(s, NOW, "db", "run", "fail", NULL);
	take_at(s, NOW, "files", "run", "warn", NULL);
	told(c, s, NOW);
	ck_assert_uint_eq(box.count, 2);
	id = strdup(box.items[0].message.id);
	lost.message.channel = (char *)(uintptr_t) "mail";
	lost.incidents = numbers;
	lost.incident_count = 2;
	ck_assert_int_eq(policy_lost(s, &lost, NOW), 0);
	ck_assert_str_eq(told(c, s, NOW), "");
	ck_assert_str_eq(told(c, s, NOW + 3000), "");
	ck_assert_int_eq(incidents_take(s->incidents, &e, NOW + 3600), 1);
	ck_assert_str_eq(told(c, s, NOW + 3600),
	    "mail siti@x.example web1: backup db failed\n"
	    "mail siti@x.example web1: backup files was made, with a warning\n");
	ck_assert_str_eq(box.items[0].message.id, id);
	ck_assert_str_eq(told(c, s, NOW + 3600), "");
	/* What has arrived is not said again. */
	policy_delivered(s,
	    &(struct outbox_item){.message.channel = lost.message.channel,
		.incidents = numbers,
		.incident_count = 2},
	    NOW + 3600);
	ck_assert_int_eq(policy_lost(s, &lost, NOW + 3700), 0);
	policy_delivered(
	    s, &(struct outbox_item){.message.channel = lost.message.channel}, NOW + 3800);
	ck_assert_str_eq(told(c, s, NOW + 3800), "");
	free(id);
	state_close(s);
	config_free(c);
}
END_TEST

/* A first contact that cannot be told keeps nothing from the second, nor that from the third. */
START_TEST(nobody_first)
{
	struct config *c = config_of("CONTACT_PRIMARY=\n");
	struct state *s = state_new();

	take_at(s, NOW, "db", "run", "fail", NULL);
	ck_assert_str_eq(told(c, s, NOW), "mail budi@x.example web1: backup db failed\n");
	ck_assert_uint_eq(box.items[0].rank, 1);
	ck_assert_str_eq(told(c, s, NOW), "");
	ck_assert_str_eq(told(c, s, NOW + 7200), "");
	ck_assert_str_eq(told(c, s, NOW + 14400),
	    "sms 622112345678 web1: backup db failed, and nobody has answered for 4 hours\n");
	take_at(s, NOW + 14460, "db", "run", "ok", NULL);
	told(c, s, NOW + 14460);
	ck_assert_uint_eq(box.count, 2);
	config_free(c);
	c = config_of("CONTACT_PRIMARY=\nCONTACT_SECONDARY=\n");
	take_at(s, NOW + DAY, "db", "run", "fail", NULL);
	ck_assert_str_eq(told(c, s, NOW + DAY), "sms 622112345678 web1: backup db failed\n");
	state_close(s);
	config_free(c);
}
END_TEST

START_TEST(many_are_one)
{
	struct config *c = config_of("");
	struct state *s = state_new(), *t = state_new();
	char *id, name[8];

	for (int k = 0; k < 5; k++) {
		snprintf(name, sizeof(name), "job%d", k);
		take_at(s, NOW, name, "run", "fail", NULL);
		take_at(t, NOW, name, "run", "fail", NULL);
	}
	ck_assert_str_eq(told(c, s, NOW), "mail siti@x.example web1: 5 incidents\n");
	ck_assert_uint_eq(box.items[0].incident_count, 5);
	/* Made again after a kill it is the same message. */
	id = strdup(box.items[0].message.id);
	told(c, t, NOW);
	ck_assert_str_eq(box.items[0].message.id, id);
	for (int k = 0; k < 5; k++)
		ck_assert_ptr_nonnull(strstr(box.items[0].message.text, "SELECT * FROM users"));
	ck_assert_ptr_null(strstr(box.items[0].message.brief, "SELECT"));
	ck_assert(!box.items[0].message.urgent && box.items[0].message.not_before == 0);
	free(id);
	config_free(c);
	/* With one that cannot wait none of them does. */
	c = config_of("QUIET_HOURS=00:00-24:00\n");
	for (int k = 5; k < 8; k++) {
		snprintf(name, sizeof(name), "job%d", k);
		take_at(s, NOW, name, "run", "fail", NULL);
	}
	take_at(s, NOW, "db", "check", "fail", "age");
	ck_assert_str_eq(told(c, s, NOW),
	    "mail siti@x.example URGENT: web1: 4 incidents\n"
	    "sms 6281234567890 URGENT: web1: no verified backup of db in time\n");
	ck_assert(box.items[0].message.urgent && box.items[0].message.not_before == 0);
	state_close(s);
	state_close(t);
	config_free(c);
}
END_TEST

START_TEST(one_person_once)
{
	struct config *c = config_of("CONTACT_SECONDARY=siti@x.example\nCONTACT_EMERGENCY=\n");
	struct state *s = state_new();

	take_at(s, NOW, "db", "run", "fail", NULL);
	told(c, s, NOW);
	told(c, s, NOW + 7200);
	ck_assert_str_eq(told(c, s, NOW + DAY),
	    "mail siti@x.example web1: backup db failed, for 1 day now\n");
	state_close(s);
	config_free(c);
}
END_TEST

/* Every kind of thing that can be wrong, with the longest names. */
static const char *const kinds[][2] = {{"run", ""}, {"verify", ""}, {"prune", ""},
    {"ship", "/x"}, {"drill", ""}, {"check", "age"}, {"check", "remote"}, {"check", "drill"},
    {"check", "disk"}, {"check", "dashboard"}, {"check", "clock"}, {"check", "channel"},
    {"check", "mount"}, {"check", "config"}, {"check", "check"}, {"check", "damaged"},
    {"check", "place"}, {"channel", "telegram"}, {"check", "else"}, {"odd", ""}};

static void
all_words(const char *language, const char *host, const char *job)
{
	struct config *c = config_of("");
	struct incidents *list = incidents_new();
	struct message m = {0};

	language_set(language);
	ck_assert_str_eq(language_now(), language);
	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		struct incident *i = incidents_add(list, host, job, kinds[k][0], kinds[k][1]);

		i->number = 123456789;
		i->since = NOW - 345 * DAY - 82860;
		i->closed = i->last = NOW;
		i->level = i->worst = INCIDENT_FAIL;
		i->exit = 69;
		free(i->message);
		i->message = strdup("DROP TABLE users; /backup/siantre");
		for (int kind = NOTICE_OPEN; kind <= NOTICE_CLOSED; kind++) {
			const struct notice n = {i, (enum notice_kind)kind};

			ck_assert_int_eq(words_notice(c, &n, NOW, &m), 0);
			ck_assert_msg(strlen(m.brief) <= MESSAGE_BRIEF, "%s", m.brief);
			ck_assert_msg(strstr(m.brief, "(#123456789)") != NULL, "%s", m.brief);
			for (const char *p = m.brief; *p != '\0'; p++)
				ck_assert(*p >= ' ' && *p <= '~');
			ck_assert_ptr_null(strstr(m.brief, "TABLE"));
			ck_assert_ptr_null(strchr(m.brief, '/'));
			ck_assert_ptr_null(strchr(m.brief, '{'));
			ck_assert_ptr_null(strchr(m.subject, '{'));
			ck_assert_ptr_null(strchr(m.subject, '\n'));
			ck_assert_ptr_nonnull(strstr(m.text, "DROP TABLE"));
			ck_assert_ptr_null(strchr(m.text, '{'));
		}
	}
	message_free(&m);
	incidents_free(list);
	config_free(c);
}

START_TEST(words_english)
{
	all_words("en", "a-name-of-a-host-that-is-longer-than-any.example",
	    "a-job-of-a-long-name-indeed");
}
END_TEST

START_TEST(words_indonesian)
{
	all_words("id", "a-name-of-a-host-that-is-longer-than-any.example",
	    "a-job-of-a-long-name-indeed");
}
END_TEST

START_TEST(commands)
{
	struct config *c = config_of("");
	struct incidents *list = incidents_new();
	struct buf b = {0};
	struct incident *i;
	char *phrase, text[2 * PATH_MAX];

	words_commands(c, incidents_add(list, "web1", "db", "run", ""), &b);
	snprintf(text, sizeof(text),
	    "  sudo siantre-run -c %s check-config\n  sudo siantre-run -c %s db\n",
	    config_name(c), config_name(c));
	ck_assert_str_eq(buf_string(&b), text);
	snprintf(text, sizeof(text), "  sudo siantre-run -c %s check-config\n", config_name(c));
	buf_reset(&b, 0);
	words_commands(c, incidents_add(list, "web1", "x$(reboot)", "run", ""), &b);
	ck_assert_str_eq(buf_string(&b), text);
	buf_reset(&b, 0);
	words_commands(c, incidents_add(list, "web1", "-c", "run", ""), &b);
	ck_assert_str_eq(buf_string(&b), text);
	buf_reset(&b, 0);
	words_commands(c, incidents_add(list, "web1", "db", "check", "mount"), &b);
	ck_assert_str_eq(buf_string(&b), "  findmnt /mnt/b\n  sudo mount /mnt/b\n");
	buf_reset(&b, 0);
	/* A host that a watch misses is no job that could be run. */
	i = incidents_add(list, "web1", "host", "check", "age");
	words_commands(c, i, &b);
	ck_assert_str_eq(buf_string(&b), "  siantre-status\n  sudo siantre-run ship\n");
	phrase = words_phrase(i, false);
	ck_assert_str_eq(phrase, "no backups of this machine arrive");
	free(phrase);
	buf_reset(&b, 0);
	i = incidents_add(list, "web1", "db", "verify", "");
	words_commands(c, i, &b);
	snprintf(text, sizeof(text),
	    "  sudo siantre-run -c %s verify\n  siantre-status -c %s\n", config_name(c),
	    config_name(c));
	ck_assert_str_eq(buf_string(&b), text);
	buf_free(&b);
	incidents_free(list);
	config_free(c);
}
END_TEST

int
main(void)
{
	TCase *cases = tcase_create("policy");

	setenv("TZ", "Asia/Jakarta", 1);
	tcase_add_test(cases, failure_and_end);
	tcase_add_test(cases, urgent_by_sms);
	tcase_add_test(cases, made_again_they_are_the_same);
	tcase_add_test(cases, told_by_a_clock_that_was_ahead);
	tcase_add_test(cases, acked);
	tcase_add_test(cases, lost_and_delivered);
	tcase_add_test(cases, lost_without_a_second);
	tcase_add_test(cases, lost_where_the_test_failed);
	tcase_add_test(cases, retold);
	tcase_add_test(cases, nobody_first);
	tcase_add_test(cases, many_are_one);
	tcase_add_test(cases, one_person_once);
	tcase_add_test(cases, words_english);
	tcase_add_test(cases, words_indonesian);
	tcase_add_test(cases, commands);
	return unit_main(cases);
}
