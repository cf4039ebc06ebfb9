/*
 * Messages out of decisions.  Their ids say what they are about, so that whoever was killed before
 * the state was written makes the same ones again and not second ones.
 */
#include "notify/policy_items.h"

#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/hash.h"
#include "notify/state_parts.h"
#include "notify/words.h"

#define MANY 4
#define SHORT 10 /* digits of a digest that stand for it */

static void
short_hash(const char *text, char out[SHORT + 1])
{
	char hex[HASH_HEX];

	hash_bytes(text, strlen(text), hex);
	strlcpy(out, hex, SHORT + 1);
}

/* "12-0a1b2c3d4e": the same for all messages about one incident, and for no other one. */
static void
thread_of(const struct incident *i, char out[64])
{
	struct buf b = {0};
	char hash[SHORT + 1] = "";

	buf_printf(
	    &b, "%s\n%s\n%s\n%s\n%" PRId64, i->host, i->job, i->event, i->what, i->since);
	if (buf_string(&b) != NULL)
		short_hash(b.data, hash);
	snprintf(out, 64, "%" PRIu64 "-%s", i->number, hash);
	buf_free(&b);
}

/* What of an incident a notice says, as a part of an id. */
static void
tag_of(const struct notice *n, char out[24])
{
	switch (n->kind) {
	case NOTICE_OPEN: strlcpy(out, "open", 24); break;
	case NOTICE_REMIND: snprintf(out, 24, "again%u", n->incident->reminders); break;
	case NOTICE_CLIMB: strlcpy(out, "climb", 24); break;
	case NOTICE_EASED: strlcpy(out, "eased", 24); break;
	case NOTICE_CLOSED: strlcpy(out, "closed", 24); break;
	}
}

/* Letters and digits of the name of a channel. */
static void
name_of(const char *channel, char out[24])
{
	size_t len = 0;

	for (; *channel != '\0' && len < 23; channel++) {
		char c = *channel;

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		out[len++] = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
	}
	out[len] = '\0';
}

/* Give ${item}, whose texts are set, its names and put it into ${box}. */
static int
finish(struct state *s, struct outbox_item *item, const char *thread, const char *tag,
    const char *channel, const char *to, struct outbox *box)
{
	struct message *m = &item->message;
	char name[24], hash[SHORT + 1];

	name_of(channel, name);
	short_hash(to, hash);
	if (asprintf(&m->id, "%s-%s-%s-%s", thread, tag, name, hash) == -1)
		m->id = NULL;
	m->thread = strdup(thread);
	m->channel = strdup(channel);
	m->to = strdup(to);
	if (m->id == NULL || m->thread == NULL || m->channel == NULL || m->to == NULL) {
		warn("message");
		return -1;
	}
	item->order = s->order++;
	item->waiting = m->not_before > m->time ? m->not_before : m->time;
	return outbox_add(box, item);
}

/* One message for all notices of ${b}. */
static int
digest(const struct config *c, struct state *s, const struct bundle *b, int64_t now,
    int64_t hold, struct outbox *box)
{
	struct outbox_item item = {.rank = b->rank};
	struct buf names = {0};
	char thread[64], tag[24], hash[SHORT + 1] = "";
	int rc = -1;

	item.message.urgent = b->urgent;
	item.message.time = now;
	item.message.not_before = b->urgent ? 0 : hold;
	item.incidents = calloc(b->count, sizeof(*item.incidents));
	if (item.incidents == NULL) {
		warn("message");
		goto out;
	}
	for (size_t k = 0; k < b->count; k++) {
		item.incidents[item.incident_count++] = b->notices[k].incident->number;
		thread_of(b->notices[k].incident, thread);
		tag_of(&b->notices[k], tag);
		buf_printf(&names, "%s-%s\n", thread, tag);
	}
	if (buf_string(&names) == NULL)
		goto out;
	short_hash(names.data, hash);
	snprintf(thread, sizeof(thread), "digest-%s", hash);
	if (words_digest(c, b->notices, b->count, now, &item.message) == -1)
		goto out;
	rc = finish(s, &item, thread, "many", b->channel, b->to, box);
out:
	buf_free(&names);
	outbox_item_free(&item);
	return rc;
}

static int
single(const struct config *c, struct state *s, const struct bundle *b, const struct notice *n,
    int64_t now, int64_t hold, struct outbox *box)
{
	struct outbox_item item = {.rank = b->rank};
	char thread[64], tag[24];
	int rc = -1;

	item.message.urgent = incident_urgent(n->incident);
	item.message.time = now;
	item.message.not_before = item.message.urgent ? 0 : hold;
	if ((item.incidents = malloc(sizeof(*item.incidents))) == NULL) {
		warn("message");
		goto out;
	}
	item.incidents[item.incident_count++] = n->incident->number;
	thread_of(n->incident, thread);
	tag_of(n, tag);
	if (words_notice(c, n, now, &item.message) == -1)
		goto out;
	rc = finish(s, &item, thread, tag, b->channel, b->to, box);
out:
	outbox_item_free(&item);
	return rc;
}

int
items_of_bundle(const struct config *c, struct state *s, const struct bundle *b, int64_t now,
    int64_t hold, struct outbox *box)
{
	if (b->count >= MANY)
		return digest(c, s, b, now, hold, box);
	for (size_t k = 0; k < b->count; k++) {
		if (single(c, s, b, &b->notices[k], now, hold, box) == -1)
			return -1;
	}
	return 0;
}

/* The next Monday, 08:00. */
static int64_t
next_week(int64_t now)
{
	time_t t = (time_t)now;
	struct tm tm;

	if (localtime_r(&t, &tm) == NULL)
		return now + 7 * 86400;
	tm.tm_mday += (8 - tm.tm_wday) % 7;
	tm.tm_hour = 8;
	tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	t = mktime(&tm);
	if (t <= (time_t)now) {
		tm.tm_mday += 7;
		tm.tm_isdst = -1;
		t = mktime(&tm);
	}
	return (int64_t)t;
}

int
items_good(const struct config *c, struct state *s, const struct book *book, int64_t now,
    int64_t hold, struct outbox *box)
{
	const char *wish = config_get(c, "NOTIFY_OK"), *to = NULL;
	bool each = strcmp(wish, "each") == 0, never = strcmp(wish, "never") == 0;
	struct outbox_item item = {0};
	char thread[64];
	int rc = 0;

	if (channel_has(c, "mail"))
		to = channel_address(c, "mail", &book->who[0]);
	item.message.time = now;
	item.message.not_before = hold;
	if (never || each) {
		s->week = 0;
		state_jobs_clear(s);
	} else if (s->week == 0 || s->week > now + 14 * 86400) {
		s->week = next_week(now);
	}
	if (each && s->known && s->good_count > 0 && to != NULL) {
		const struct state_good *g = &s->good[s->good_count - 1];

		snprintf(thread, sizeof(thread), "good-%" PRId64, g->time);
		rc = words_good(s, &item.message);
		if (rc == 0)
			rc = finish(s, &item, thread, "each", "mail", to, box);
	} else if (s->week != 0 && now >= s->week && to != NULL) {
		snprintf(thread, sizeof(thread), "week-%" PRId64, s->week);
		rc = words_weekly(c, s, &item.message);
		if (rc == 0)
			rc = finish(s, &item, thread, "weekly", "mail", to, box);
		s->week = next_week(now);
		state_jobs_clear(s);
	}
	outbox_item_free(&item);
	return rc;
}

int
items_ping(const struct config *c, struct state *s, int64_t now, struct outbox *box)
{
	struct outbox_item item = {0};
	struct message *m = &item.message;
	char thread[] = "ping", tag[24];
	int rc;

	if (*config_get(c, "PING_URL") == '\0' || *s->ping == '\0')
		return 0;
	*m = (struct message){.subject = strdup(""), .text = strdup(""), .brief = strdup("")};
	m->time = now;
	if (m->subject == NULL || m->text == NULL || m->brief == NULL) {
		warn("message");
		outbox_item_free(&item);
		return -1;
	}
	snprintf(tag, sizeof(tag), "%" PRId64, s->ping_time);
	rc = finish(
	    s, &item, thread, tag, "ping", strcmp(s->ping, "ok") == 0 ? "" : "fail", box);
	*s->ping = '\0';
	outbox_item_free(&item);
	return rc;
}
