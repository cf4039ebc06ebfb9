#include "notify/incident.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "base/plain.h"
#include "base/utf8.h"

/* More keys than this is nobody's server; the oldest that are over make room. */
#define KEYS_MAX 4096
#define KEY_LEN 200
#define MESSAGE_LEN 500

/* A clock may be that much ahead of ours; what is further in the future is wrong. */
#define AHEAD 3600

/* How long after a run that went well nothing more is heard of pruning. */
#define CALM 3600

struct incidents {
	struct incident **all;
	size_t count;
	size_t size;
	uint64_t next;
};

struct incidents *
incidents_new(void)
{
	struct incidents *list = calloc(1, sizeof(*list));

	if (list == NULL)
		warn("incidents");
	else
		list->next = 1;
	return list;
}

size_t
incidents_count(const struct incidents *list)
{
	return list->count;
}

struct incident *
incidents_get(const struct incidents *list, size_t i)
{
	return list->all[i];
}

uint64_t
incidents_next(const struct incidents *list)
{
	return list->next;
}

void
incidents_number(struct incidents *list, uint64_t next)
{
	list->next = next;
}

bool
incident_open(const struct incident *i)
{
	return i->level != INCIDENT_NONE;
}

bool
incident_urgent(const struct incident *i)
{
	return strcmp(i->event, "check") == 0 && strcmp(i->what, "age") == 0;
}

static void
incident_free(struct incident *i)
{
	if (i == NULL)
		return;
	free(i->host);
	free(i->job);
	free(i->event);
	free(i->what);
	free(i->message);
	free(i->set);
	free(i->acked_by);
	free(i);
}

void
incidents_free(struct incidents *list)
{
	if (list == NULL)
		return;
	for (size_t i = 0; i < list->count; i++)
		incident_free(list->all[i]);
	free(list->all);
	free(list);
}

/* A copy of ${text}, whatever it is, as one plain line of ${max} bytes at most. */
static char *
line_of(const char *text, size_t max)
{
	char *copy;
	size_t len;

	if (text == NULL)
		text = "";
	if ((copy = utf8_clean(text, strlen(text), "?", &len)) == NULL)
		return NULL;
	if (len > max) {
		/* Not in the middle of a character. */
		for (len = max; len > 0 && ((unsigned char)copy[len] & 0xc0) == 0x80;)
			len--;
		copy[len] = '\0';
	}
	plain_text(copy);
	return copy;
}

static bool
is_key(const struct incident *i, const char *const key[4])
{
	return strcmp(i->host, key[0]) == 0 && strcmp(i->job, key[1]) == 0 &&
	       strcmp(i->event, key[2]) == 0 && strcmp(i->what, key[3]) == 0;
}

struct incident *
incidents_find(const struct incidents *list, const char *host, const char *job,
    const char *event, const char *what)
{
	const char *key[4] = {host != NULL ? host : "", job != NULL ? job : "",
	    event != NULL ? event : "", what != NULL ? what : ""};

	for (size_t i = 0; i < list->count; i++) {
		if (is_key(list->all[i], key))
			return list->all[i];
	}
	return NULL;
}

/* Make room for one more key.  Return 0, or -1 after reporting. */
static int
make_room(struct incidents *list)
{
	size_t oldest = SIZE_MAX;
	struct incident **more;

	if (list->count >= KEYS_MAX) {
		for (size_t i = 0; i < list->count; i++) {
			const struct incident *at = list->all[i];

			if (!incident_open(at) && at->worst == INCIDENT_NONE &&
			    (oldest == SIZE_MAX || at->last < list->all[oldest]->last))
				oldest = i;
		}
		if (oldest == SIZE_MAX) {
			warnx("more than %d things are wrong at once", KEYS_MAX);
			return -1;
		}
		incident_free(list->all[oldest]);
		memmove(list->all + oldest, list->all + oldest + 1,
		    (--list->count - oldest) * sizeof(*list->all));
	}
	if (list->count == list->size) {
		more = reallocarray(list->all, list->size * 2 + 16, sizeof(*more));
		if (more == NULL) {
			warn("incidents");
			return -1;
		}
		list->all = more;
		list->size = list->size * 2 + 16;
	}
	return 0;
}

/* Return the entry of the key, made where it is missing, or NULL after reporting. */
static struct incident *
seek(struct incidents *list, const char *const raw[4])
{
	char *key[4] = {0};
	struct incident *found = NULL, *new = NULL;
	bool bad = false;

	for (int i = 0; i < 4; i++)
		bad |= (key[i] = line_of(raw[i], KEY_LEN)) == NULL;
	if (bad) {
		warn("incidents");
		goto out;
	}
	found = incidents_find(list, key[0], key[1], key[2], key[3]);
	if (found != NULL || make_room(list) == -1)
		goto out;
	if ((new = calloc(1, sizeof(*new))) == NULL || (new->message = strdup("")) == NULL ||
	    (new->set = strdup("")) == NULL || (new->acked_by = strdup("")) == NULL) {
		warn("incidents");
		incident_free(new);
		goto out;
	}
	new->host = key[0];
	new->job = key[1];
	new->event = key[2];
	new->what = key[3];
	memset(key, 0, sizeof(key));
	list->all[list->count++] = found = new;
out:
	for (int i = 0; i < 4; i++)
		free(key[i]);
	return found;
}

struct incident *
incidents_add(struct incidents *list, const char *host, const char *job, const char *event,
    const char *what)
{
	const char *raw[4] = {host, job, event, what};

	return seek(list, raw);
}

static enum incident_level
level_of(const char *status)
{
	if (strcmp(status, "fail") == 0)
		return INCIDENT_FAIL;
	return strcmp(status, "warn") == 0 ? INCIDENT_WARNING : INCIDENT_NONE;
}

void
incidents_close(struct incident *i, int64_t when)
{
	if (!incident_open(i))
		return;
	i->level = INCIDENT_NONE;
	i->closed = when;
	i->calm = 0;
}

void
incidents_forget(struct incident *i)
{
	i->worst = INCIDENT_NONE;
}

/* A new incident under the key of ${i}: nobody knows of it yet. */
static void
begin(struct incidents *list, struct incident *i, int64_t when)
{
	i->number = list->next++;
	i->since = when;
	i->worst = i->told_level = INCIDENT_NONE;
	i->told = i->told_last = i->delivered = i->acked = 0;
	i->count = i->reminders = i->rank = i->climb = 0;
	i->acked_by[0] = '\0';
}

/* Take over what ${e} says went wrong.  Return 0, or -1 after reporting. */
static int
describe(struct incident *i, const struct event *e)
{
	char *message = line_of(e->message, MESSAGE_LEN), *set = line_of(e->set, KEY_LEN);

	if (message == NULL || set == NULL) {
		warn("incidents");
		free(message);
		free(set);
		return -1;
	}
	free(i->message);
	free(i->set);
	i->message = message;
	i->set = set;
	i->exit = e->exit;
	return 0;
}

/*
 * What else a good event ends: a run of a job shows that it is pruned again unless that is heard
 * of; a place that copies went to shows that siantre-ship as such runs.
 */
static void
ends_too(struct incidents *list, const struct incident *i, int64_t when)
{
	struct incident *other;

	if (strcmp(i->event, "run") == 0 &&
	    (other = incidents_find(list, i->host, i->job, "prune", "")) != NULL &&
	    incident_open(other) && other->calm == 0 && when >= other->last)
		other->calm = when;
	if (strcmp(i->event, "ship") == 0 && *i->what != '\0' &&
	    (other = incidents_find(list, i->host, i->job, "ship", "")) != NULL &&
	    when >= other->last)
		incidents_close(other, when);
}

int
incidents_take(struct incidents *list, const struct event *e, int64_t now)
{
	const char *raw[4] = {e->host, e->job, e->event, e->what};
	enum incident_level level = level_of(e->status);
	struct incident *i;
	int64_t when;

	if (event_time(e->time, &when) == -1)
		return 0;
	if ((i = seek(list, raw)) == NULL)
		return -1;
	if (when > now + AHEAD)
		when = now;
	/* Where the clock was set back, what it said before is no measure. */
	if (i->last <= now + AHEAD) {
		if (when < i->last || (when == i->last && i->seen & 1U << level))
			return 0;
	}
	/* First what may fail: an event that was seen is not taken in again. */
	if (level != INCIDENT_NONE && describe(i, e) == -1)
		return -1;
	i->seen = (when == i->last ? i->seen : 0) | 1U << level;
	i->last = when;
	i->calm = 0;
	if (level == INCIDENT_NONE) {
		incidents_close(i, when);
		ends_too(list, i, when);
		return 1;
	}
	/*
	 * What is broken again before anybody heard that it was well is broken still; a warning
	 * that becomes a failure is another matter than before.
	 */
	if (i->worst == INCIDENT_NONE ||
	    (level == INCIDENT_FAIL && i->worst == INCIDENT_WARNING))
		begin(list, i, when);
	i->closed = 0;
	i->level = level;
	if (level > i->worst)
		i->worst = level;
	if (level == INCIDENT_FAIL)
		i->count++;
	else if (strcmp(i->event, "run") == 0) /* a set was made, whatever is odd about it */
		ends_too(list, i, when);
	return 1;
}

void
incidents_settle(struct incidents *list, int64_t now)
{
	for (size_t i = 0; i < list->count; i++) {
		struct incident *at = list->all[i];

		if (incident_open(at) && at->calm != 0 && now - at->calm >= CALM)
			incidents_close(at, at->calm);
	}
}
