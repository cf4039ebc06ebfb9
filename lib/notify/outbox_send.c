/* The way out: what is superseded, what is due, and what becomes of it. */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/lock.h"
#include "base/num.h"
#include "base/sig.h"
#include "notify/channel.h"
#include "notify/outbox.h"
#include "notify/state_parts.h"

#define FIRST 60
#define LONGEST 3600

/* Two days may pass at once, when a clock is set: so often it was tried at least. */
#define TRIES_LEAST 10

/* Quiet hours are shorter than this, and no pause is longer than LONGEST and a tenth. */
#define DAY 86400

/* After so many failures in a row a channel is left alone until the next time. */
#define ENOUGH 3

struct sender {
	const struct config *config;
	const char *folder;
	int64_t now;
	bool saved;
	bool hurry;
	struct outbox box;
	struct channel_luck {
		const char *name;
		unsigned failed;
	} * luck;
	size_t lucks;
	struct outbox_outcome *out;
};

static bool
to_same(const struct outbox_item *a, const struct outbox_item *b)
{
	return strcmp(a->message.channel, b->message.channel) == 0 &&
	       strcmp(a->message.to, b->message.to) == 0;
}

static bool
tells_of(const struct outbox_item *item, uint64_t incident)
{
	for (size_t i = 0; i < item->incident_count; i++) {
		if (item->incidents[i] == incident)
			return true;
	}
	return false;
}

/* The later message that says all that item ${at} does, or NULL. */
static struct outbox_item *
newer(const struct outbox *box, size_t at)
{
	const struct outbox_item *old = &box->items[at];
	struct outbox_item *last = NULL;
	size_t i, k;

	/* Signs of life: the newest counts. */
	if (strcmp(old->message.channel, "ping") == 0) {
		for (i = at + 1; i < box->count; i++) {
			if (strcmp(box->items[i].message.channel, "ping") == 0)
				last = &box->items[i];
		}
		return last;
	}
	if (old->incident_count == 0)
		return NULL;
	for (k = 0; k < old->incident_count; k++) {
		for (i = at + 1; i < box->count; i++) {
			struct outbox_item *item = &box->items[i];

			if (item->dead == NULL && to_same(old, item) &&
			    tells_of(item, old->incidents[k]))
				break;
		}
		if (i == box->count)
			return NULL;
		last = &box->items[i];
	}
	return last;
}

/* Write ${item} again.  On a full disk it stays as it was: it is tried once more. */
static int
rewrite(const struct sender *s, const struct outbox_item *item)
{
	return outbox_put(s->folder, item) == -1 ? -1 : 0;
}

/* Take out of the box what a later message says as well. */
static int
supersede(struct sender *s)
{
	for (size_t i = 0; i < s->box.count; i++) {
		struct outbox_item *old = &s->box.items[i], *item;

		if (old->dead != NULL || (item = newer(&s->box, i)) == NULL)
			continue;
		/* This person has waited since the first word. */
		if (old->waiting < item->waiting) {
			item->waiting = old->waiting;
			item->message.tries = old->message.tries;
			if (rewrite(s, item) == -1)
				continue;
		}
		if (outbox_remove(s->folder, old, !s->saved) == -1)
			return EX_IOERR;
	}
	return 0;
}

static struct channel_luck *
luck_of(struct sender *s, const char *name)
{
	for (size_t i = 0; i < s->lucks; i++) {
		if (strcmp(s->luck[i].name, name) == 0)
			return &s->luck[i];
	}
	/* There is room for as many as there are messages. */
	s->luck[s->lucks].name = name;
	return &s->luck[s->lucks++];
}

/* How long to wait after ${tries} failures: not all at the same time. */
static int64_t
backoff(unsigned tries)
{
	int64_t pause = FIRST;

	for (unsigned i = 1; i < tries && pause < LONGEST; i++)
		pause *= 2;
	if (pause > LONGEST)
		pause = LONGEST;
	return pause - pause / 10 + arc4random_uniform((uint32_t)(pause / 5 + 1));
}

/* ${item} was not taken: ${code} and ${reason} say why. */
static int
failed(struct sender *s, struct outbox_item *item, int code, const char *reason)
{
	struct message *m = &item->message;
	char how[24], *text = NULL;
	int64_t pause;

	m->tries++;
	pause = backoff(m->tries);
	item->next = s->now + pause;
	if (code == EX_TEMPFAIL &&
	    (s->now - item->waiting < OUTBOX_PATIENCE || m->tries < TRIES_LEAST)) {
		warnx("%s%s%s: not delivered, attempt %u: %s; again in %s", m->channel,
		    *m->to != '\0' ? " " : "", m->to, m->tries, reason,
		    num_elapsed(how, sizeof(how), (double)pause));
		s->out->later++;
		(void)rewrite(s, item);
		return 0;
	}
	warnx("%s%s%s: cannot be delivered: %s%s", m->channel, *m->to != '\0' ? " " : "", m->to,
	    reason, code == EX_TEMPFAIL ? "; given up after two days" : "");
	if (asprintf(&text, "%s %s: %s", m->channel, m->to, reason) == -1) {
		warn("message %s", m->id);
		return EX_OSERR;
	}
	item->dead = text;
	/* Where this cannot be written, the others are told all the same. */
	(void)rewrite(s, item);
	return 0;
}

/* Send one message, where it is due.  Return 0, or the exit code after reporting. */
static int
send_one(struct sender *s, struct outbox_item *item)
{
	struct channel_luck *luck = luck_of(s, item->message.channel);
	char reason[256] = "";
	int code;

	/* What would wait for longer than it can was written by a clock that was ahead. */
	if (item->message.not_before > s->now && item->message.not_before <= s->now + DAY) {
		s->out->held++;
		return 0;
	}
	if ((item->next > s->now && item->next <= s->now + 2 * LONGEST && !s->hurry) ||
	    luck->failed >= ENOUGH) {
		s->out->later++;
		return 0;
	}
	code = channel_send(s->config, &item->message, reason);
	/* Stopped: it is nobody's failure. */
	if (code != 0 && sig_stop() != 0)
		return 0;
	if (code == 0) {
		luck->failed = 0;
		return outbox_remove(s->folder, item, !s->saved) == -1 ? EX_IOERR : 0;
	}
	luck->failed += code == EX_TEMPFAIL;
	return failed(s, item, code, *reason != '\0' ? reason : "no reason was given");
}

static int
send_all(struct sender *s)
{
	int rc = supersede(s);

	for (int urgent = 1; urgent >= 0; urgent--) {
		for (size_t i = 0; i < s->box.count && rc == 0 && sig_stop() == 0; i++) {
			struct outbox_item *item = &s->box.items[i];

			if (item->gone || item->message.urgent != (urgent == 1))
				continue;
			if (item->dead == NULL)
				rc = send_one(s, item);
			/* Texts of a channel's name are used until the end: see luck_of(). */
			if (item->gone && rc == 0 &&
			    outbox_add_copy(&s->out->delivered, item) == -1)
				rc = EX_OSERR;
			if (item->dead != NULL && rc == 0 &&
			    outbox_add_copy(&s->out->lost, item) == -1)
				rc = EX_OSERR;
		}
	}
	return rc;
}

int
outbox_send(const struct config *c, const char *folder, int64_t now, bool saved, bool hurry,
    struct outbox_outcome *out)
{
	struct sender s = {.config = c,
	    .folder = folder,
	    .now = now,
	    .saved = saved,
	    .hurry = hurry,
	    .out = out};
	char *alert = NULL, *path = NULL, *in = NULL;
	int lock = -1, rc = EX_CANTCREAT;

	memset(out, 0, sizeof(*out));
	if ((alert = state_folder(folder, NULL)) == NULL)
		goto out;
	if (asprintf(&path, "%s/lock.send", alert) == -1) {
		path = NULL;
		warn("%s", alert);
		goto out;
	}
	if ((lock = lock_hold(path, 0)) == -1) {
		rc = errno == EWOULDBLOCK ? 0 : EX_CANTCREAT;
		goto out;
	}
	/* What cannot be taken out would be sent again each time. */
	rc = EX_CANTCREAT;
	if ((in = state_folder(folder, "outbox")) == NULL)
		goto out;
	if (access(in, W_OK | X_OK) == -1) {
		warn("%s", in);
		goto out;
	}
	if ((rc = outbox_load(folder, &s.box)) != 0)
		goto out;
	if ((s.luck = calloc(s.box.count + 1, sizeof(*s.luck))) == NULL) {
		warn("outbox");
		rc = EX_OSERR;
		goto out;
	}
	rc = send_all(&s);
out:
	io_close(&lock);
	free(s.luck);
	outbox_free(&s.box);
	free(in);
	free(path);
	free(alert);
	return rc;
}
