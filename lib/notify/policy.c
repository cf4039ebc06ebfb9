#include "notify/policy.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/host.h"
#include "notify/moment.h"
#include "notify/policy_book.h"
#include "notify/policy_items.h"
#include "notify/state_parts.h"

#define DAY 86400
#define REMINDERS_MAX 12 /* the last one after eleven years */

/* What was decided about one incident; it is noted there when the messages are made. */
struct decision {
	struct incident *incident;
	enum notice_kind kind;
	unsigned rank;
	unsigned reminders;
};

struct decisions {
	struct decision *all;
	size_t count;
};

/* Who should be told of ${i} by now. */
static unsigned
rank_due(const struct incident *i, int64_t now, int64_t escalate)
{
	unsigned rank = i->rank;

	if (i->acked != 0)
		return rank;
	if (i->climb > rank)
		rank = i->climb;
	if (escalate > 0 && rank < 2 && now - i->told >= 2 * escalate)
		rank = 2;
	else if (escalate > 0 && rank < 1 && now - i->told >= escalate)
		rank = 1;
	return rank;
}

/* How many reminders there should have been by now. */
static unsigned
reminders_due(const struct incident *i, int64_t now)
{
	unsigned n = i->reminders;

	while (n < REMINDERS_MAX && now - i->told >= (int64_t)DAY << n)
		n++;
	return n;
}

/* Note the decision.  Return 0, or -1 after reporting. */
static int
decide(struct decisions *d, struct incident *i, enum notice_kind kind, unsigned rank,
    unsigned reminders)
{
	struct decision *more = reallocarray(d->all, d->count + 1, sizeof(*more));

	if (more == NULL) {
		warn("messages");
		return -1;
	}
	d->all = more;
	more[d->count++] = (struct decision){i, kind, rank, reminders};
	return 0;
}

/*
 * Decide what is to be told of ${i}.  Return how many can be told, 0 also where there is nothing
 * to tell, or -1 after reporting.  ${*nobody} is set where a failure can be told to nobody.
 */
static int
judge(const struct book *book, struct incident *i, int64_t now, int64_t escalate, int64_t hold,
    struct bundles *bundles, struct decisions *d, bool *nobody)
{
	struct notice n = {.incident = i};
	unsigned rank, reminders, last;
	int reached;

	if (i->worst == INCIDENT_NONE)
		return 0;
	/* A warning that is over is no news, nor is that a channel works again. */
	if (!incident_open(i) && i->worst == INCIDENT_WARNING) {
		incidents_forget(i);
		return 0;
	}
	if (!incident_open(i))
		n.kind = NOTICE_CLOSED;
	else if (i->worst == INCIDENT_FAIL && i->level == INCIDENT_WARNING)
		n.kind = NOTICE_EASED;
	else if (i->told == 0)
		n.kind = NOTICE_OPEN;
	else
		n.kind = NOTICE_REMIND;
	if (n.kind != NOTICE_REMIND) {
		last = i->rank;
		reached = book_tell(book, &n, 0, last, bundles);
		/* Where the first cannot be told at all, the next one is, and at once. */
		while (reached == 0 && i->worst == INCIDENT_FAIL && n.kind != NOTICE_CLOSED &&
		       ++last < BOOK_RANKS)
			reached = book_tell(book, &n, last, last, bundles);
		/* What is over need not wait for somebody who can be told. */
		if (reached == 0 && n.kind == NOTICE_CLOSED)
			incidents_forget(i);
		else if (reached == 0 && i->worst == INCIDENT_FAIL)
			*nobody = true;
		if (reached > 0 && decide(d, i, n.kind, last, i->reminders) == -1)
			return -1;
		return reached;
	}
	if (i->level != INCIDENT_FAIL)
		return 0;
	/* Told by a clock that was ahead: the days count from now. */
	if (i->told > now + DAY)
		i->told = now;
	rank = rank_due(i, now, escalate);
	reminders = reminders_due(i, now);
	if (reminders > i->reminders) {
		last = i->acked != 0 ? 0 : i->rank;
		i->reminders = reminders;
		if (book_tell(book, &n, 0, last, bundles) == -1 ||
		    decide(d, i, NOTICE_REMIND, i->rank, reminders) == -1)
			return -1;
	}
	/* Who answers before quiet hours end has answered: until then nobody else is called. */
	if (rank > i->rank && (hold == 0 || incident_urgent(i))) {
		n.kind = NOTICE_CLIMB;
		reached = book_tell(book, &n, i->rank + 1, rank, bundles);
		/* Of a message that was lost the next one who can be told is. */
		while (reached == 0 && i->climb > i->rank && rank + 1 < BOOK_RANKS) {
			rank++;
			reached = book_tell(book, &n, rank, rank, bundles);
		}
		if (reached == -1 || decide(d, i, NOTICE_CLIMB, rank, i->reminders) == -1)
			return -1;
	}
	return 0;
}

/* The messages are made: ${d} is done. */
static void
note(const struct decision *d, int64_t now, int64_t hold)
{
	struct incident *i = d->incident;

	i->told_last = now;
	switch (d->kind) {
	case NOTICE_OPEN:
		/* Nobody is late with an answer to what waits for the morning. */
		i->told = hold != 0 && !incident_urgent(i) ? hold : now;
		i->told_level = i->level;
		i->rank = d->rank;
		break;
	case NOTICE_REMIND: break;
	case NOTICE_CLIMB: i->rank = d->rank; break;
	case NOTICE_EASED:
		if (i->told == 0)
			i->told = now;
		i->rank = d->rank;
		i->worst = i->told_level = INCIDENT_WARNING;
		break;
	case NOTICE_CLOSED: incidents_forget(i); break;
	}
}

/* Until when what is not urgent waits; 0: it need not. */
static int64_t
held_until(const struct config *c, int64_t now, bool *wrong)
{
	const char *hours = config_get(c, "QUIET_HOURS");
	int64_t end = 0;
	int rc = moment_quiet(hours, now, &end);

	if (rc == -1) {
		warnx("QUIET_HOURS=%s: not hours such as 22:00-06:00; nothing waits", hours);
		*wrong = true;
	}
	return rc == 1 ? end : 0;
}

/*
 * Where a channel works again, what was told by it in vain is told anew: nobody had known of it
 * before the first reminder, nor of a warning ever.
 */
static void
retell(struct state *s)
{
	bool again = false;

	for (size_t k = 0; k < incidents_count(s->incidents); k++) {
		const struct incident *i = incidents_get(s->incidents, k);

		again |= strcmp(i->event, "channel") == 0 && !incident_open(i) &&
			 i->worst != INCIDENT_NONE;
	}
	for (size_t k = 0; again && k < incidents_count(s->incidents); k++) {
		struct incident *i = incidents_get(s->incidents, k);

		if (incident_open(i) && i->told != 0 && i->delivered == 0)
			i->told = i->reminders = 0;
	}
}

bool
policy_knows(const char *wish)
{
	return strcmp(wish, "never") == 0 || strcmp(wish, "weekly") == 0 ||
	       strcmp(wish, "each") == 0;
}

int
policy_run(const struct config *c, struct state *s, int64_t now, struct outbox *box)
{
	int64_t escalate = config_number(c, "ESCALATE"), hold;
	const char *wish = config_get(c, "NOTIFY_OK"), *name = config_name(c);
	struct decisions d = {0};
	struct bundles bundles = {0};
	bool nobody = false, wrong = false;
	struct book book;
	int rc = EX_OSERR;

	book_open(c, &book);
	hold = held_until(c, now, &wrong);
	if (!policy_knows(wish)) {
		warnx("NOTIFY_OK=%s: none of never, weekly and each; taken as weekly", wish);
		wrong = true;
	}
	incidents_settle(s->incidents, now);
	retell(s);
	for (size_t k = 0; k < incidents_count(s->incidents); k++) {
		struct incident *i = incidents_get(s->incidents, k);

		/* What was over before we came is history. */
		if (!s->known && !incident_open(i))
			incidents_forget(i);
		if (judge(&book, i, now, escalate, hold, &bundles, &d, &nobody) == -1)
			goto out;
	}
	for (size_t k = 0; k < bundles.count; k++) {
		if (items_of_bundle(c, s, &bundles.all[k], now, hold, box) == -1)
			goto out;
	}
	if (items_good(c, s, &book, now, hold, box) == -1 || items_ping(c, s, now, box) == -1)
		goto out;
	for (size_t k = 0; k < d.count; k++)
		note(&d.all[k], now, hold);
	state_good_clear(s);
	s->known = true;
	if (nobody) {
		warnx("nobody can be told of what is wrong");
		hintx("set CONTACT_PRIMARY, MAIL and SMS in %s; siantre-alert list%s%s",
		    config_path(c), *name != '\0' ? " -c " : "", name);
	}
	rc = nobody || wrong || book.wrong ? EX_CONFIG : 0;
out:
	free(d.all);
	bundles_free(&bundles);
	return rc;
}

static struct incident *
by_number(const struct state *s, uint64_t number)
{
	for (size_t k = 0; k < incidents_count(s->incidents); k++) {
		struct incident *i = incidents_get(s->incidents, k);

		if (i->number == number)
			return i;
	}
	return NULL;
}

/* That ${channel} is broken, or was; NULL: it never was. */
static struct incident *
of_channel(const struct state *s, const char *channel)
{
	char host[HOST_SIZE];

	return incidents_find(
	    s->incidents, host_name(host), "siantre-alert", "channel", channel);
}

/* An event of our own about ${channel}. */
static int
channel_event(
    struct state *s, const char *channel, const char *status, const char *message, int64_t now)
{
	struct event e = {.job = "siantre-alert",
	    .event = "channel",
	    .status = status,
	    .what = channel,
	    .seconds = -1,
	    .bytes = -1,
	    .message = message};
	char host[HOST_SIZE];

	e.host = host_name(host);
	event_stamp(e.time, now);
	return incidents_take(s->incidents, &e, now) == -1 ? -1 : 0;
}

void
policy_delivered(struct state *s, const struct outbox_item *item, int64_t now)
{
	struct incident *i;

	for (size_t k = 0; k < item->incident_count; k++) {
		if ((i = by_number(s, item->incidents[k])) != NULL)
			i->delivered = now;
	}
	i = of_channel(s, item->message.channel);
	if (i != NULL && incident_open(i))
		incidents_close(i, now);
}

int
policy_lost(struct state *s, const struct outbox_item *item, int64_t now)
{
	const char *channel = item->message.channel, *status = "warn";
	struct incident *i;

	for (size_t k = 0; k < item->incident_count; k++) {
		if ((i = by_number(s, item->incidents[k])) != NULL && i->climb <= item->rank)
			i->climb = item->rank < 2 ? item->rank + 1 : 2;
	}
	/* Where its test has failed, a message that it does not take makes that no better. */
	if ((i = of_channel(s, channel)) != NULL && i->level == INCIDENT_FAIL)
		status = "fail";
	return channel_event(s, channel, status, item->dead, now);
}
