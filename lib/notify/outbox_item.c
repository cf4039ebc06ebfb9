/* A message in the outbox as a file. */
#include "notify/outbox.h"

#include <err.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

#define FORMAT 1
#define ITEM_INCIDENTS 4096

void
outbox_item_free(struct outbox_item *item)
{
	message_free(&item->message);
	free(item->incidents);
	free(item->dead);
	memset(item, 0, sizeof(*item));
}

/* Names of files and threads. */
static bool
is_name(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 200 && text[0] != '-' &&
	       strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == len;
}

static bool
is_brief(const char *text)
{
	for (const char *c = text; *c != '\0'; c++) {
		if (*c < ' ' || *c > '~')
			return false;
	}
	return strlen(text) <= MESSAGE_BRIEF;
}

static bool
is_time(json_int_t t)
{
	return t >= 0 && t <= (json_int_t)1 << 40;
}

int
outbox_parse(const char *text, size_t len, struct outbox_item *item)
{
	const char *id, *thread, *channel, *to, *subject, *full, *brief, *dead;
	json_int_t time, not_before, order, waiting, next;
	int format, urgent, tries, rank, rc = -1;
	json_t *all, *numbers, *at;
	size_t i;
	bool told = false;

	memset(item, 0, sizeof(*item));
	all = json_read(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (all == NULL)
		goto out;
	errno = 0;
	if (json_unpack(all,
		"{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:I,s:I,s:i,s:o,s:I,s:i,s:I,s:I,s:s}",
		"format", &format, "id", &id, "thread", &thread, "channel", &channel, "to", &to,
		"subject", &subject, "text", &full, "brief", &brief, "urgent", &urgent, "time",
		&time, "not_before", &not_before, "tries", &tries, "incidents", &numbers,
		"order", &order, "rank", &rank, "waiting", &waiting, "next", &next, "dead",
		&dead) != 0)
		goto out;
	if (format != FORMAT || !is_name(id) || !is_name(thread) ||
	    !message_line(channel, 64) || *channel == '\0' || !message_line(to, 256) ||
	    !message_line(subject, 1000) || !is_brief(brief) || !is_time(time) ||
	    !is_time(not_before) || tries < 0 || order < 0 || rank < 0 || rank > 2 ||
	    !is_time(waiting) || !is_time(next) || !message_line(dead, 1000) ||
	    !json_is_array(numbers) || json_array_size(numbers) > ITEM_INCIDENTS)
		goto out;
	const struct message m = {
	    .id = (char *)(uintptr_t)id,
	    .thread = (char *)(uintptr_t)thread,
	    .channel = (char *)(uintptr_t)channel,
	    .to = (char *)(uintptr_t)to,
	    .subject = (char *)(uintptr_t)subject,
	    .text = (char *)(uintptr_t)full,
	    .brief = (char *)(uintptr_t)brief,
	    .urgent = urgent != 0,
	    .time = time,
	    .not_before = not_before,
	    .tries = (unsigned)tries,
	};
	if (message_copy(&item->message, &m) == -1) {
		told = true;
		goto out;
	}
	item->incidents = calloc(json_array_size(numbers) + 1, sizeof(*item->incidents));
	if (item->incidents == NULL || (*dead != '\0' && (item->dead = strdup(dead)) == NULL))
		goto out;
	json_array_foreach(numbers, i, at)
	{
		if (!json_is_integer(at) || json_integer_value(at) <= 0)
			goto out;
		item->incidents[item->incident_count++] = (uint64_t)json_integer_value(at);
	}
	item->order = (uint64_t)order;
	item->rank = (unsigned)rank;
	item->waiting = waiting;
	item->next = next;
	rc = 0;
out:
	if (rc != 0 && (told || json_starved() || errno == ENOMEM)) {
		if (!told)
			warnx("messages: out of memory");
		rc = -2;
	}
	json_decref(all);
	if (rc != 0)
		outbox_item_free(item);
	return rc;
}

char *
outbox_format(const struct outbox_item *item)
{
	const struct message *m = &item->message;
	json_t *all = NULL, *numbers = json_array();
	char *text = NULL;

	for (size_t i = 0; i < item->incident_count; i++) {
		if (json_array_append_new(
			numbers, json_integer((json_int_t)item->incidents[i])) == -1)
			goto out;
	}
	all = json_pack(
	    "{s:i,s:s,s:s,s:s,s:s,s:s,s:s,s:s,s:b,s:I,s:I,s:i,s:O,s:I,s:i,s:I,s:I,s:s}",
	    "format", FORMAT, "id", m->id, "thread", m->thread, "channel", m->channel, "to",
	    m->to, "subject", m->subject, "text", m->text, "brief", m->brief, "urgent",
	    (int)m->urgent, "time", (json_int_t)m->time, "not_before",
	    (json_int_t)m->not_before, "tries", (int)m->tries, "incidents", numbers, "order",
	    (json_int_t)item->order, "rank", (int)item->rank, "waiting",
	    (json_int_t)item->waiting, "next", (json_int_t)item->next, "dead",
	    item->dead != NULL ? item->dead : "");
out:
	text = json_format(all, JSON_INDENT(1));
	if (text == NULL)
		warnx("message %s: out of memory", m->id);
	json_decref(numbers);
	json_decref(all);
	return text;
}
