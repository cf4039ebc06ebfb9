#include "notify/policy_book.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

void
book_open(const struct config *c, struct book *book)
{
	static const char *const keys[BOOK_RANKS] = {
	    "CONTACT_PRIMARY", "CONTACT_SECONDARY", "CONTACT_EMERGENCY"};

	memset(book, 0, sizeof(*book));
	book->config = c;
	for (size_t i = 0; i < BOOK_RANKS; i++) {
		/* One that is wrong must not keep the others from being told. */
		if (contact_of(c, keys[i], &book->who[i]) != 0) {
			memset(&book->who[i], 0, sizeof(book->who[i]));
			book->wrong = true;
		}
	}
	channel_list(c, &book->channels);
}

/* Whether ${n} goes to ${who} on ${channel}. */
static bool
is_for(const struct book *book, const struct notice *n, const struct contact *who,
    const char *channel)
{
	const struct incident *i = n->incident;
	bool has_mail = channel_has(book->config, "mail") &&
			channel_address(book->config, "mail", who) != NULL;

	/* That a channel is broken is said by all others. */
	if (strcmp(i->event, "channel") == 0)
		return strcmp(i->what, channel) != 0;
	if (strcmp(channel, "mail") == 0)
		return true;
	if (i->worst == INCIDENT_WARNING)
		return !has_mail;
	return strcmp(channel, "sms") != 0 || incident_urgent(i) || !has_mail;
}

static struct bundle *
bundle_of(struct bundles *bundles, const char *channel, const char *to, unsigned rank)
{
	struct bundle *more, *b;

	for (size_t i = 0; i < bundles->count; i++) {
		b = &bundles->all[i];
		if (strcmp(b->channel, channel) == 0 && strcmp(b->to, to) == 0)
			return b;
	}
	more = reallocarray(bundles->all, bundles->count + 1, sizeof(*more));
	if (more == NULL) {
		warn("messages");
		return NULL;
	}
	bundles->all = more;
	b = &more[bundles->count++];
	memset(b, 0, sizeof(*b));
	strlcpy(b->channel, channel, sizeof(b->channel));
	strlcpy(b->to, to, sizeof(b->to));
	b->rank = rank;
	return b;
}

/* Add ${n} to ${b}, unless it is there: two contacts may be one person. */
static int
bundle_add(struct bundle *b, const struct notice *n)
{
	struct notice *more;

	for (size_t i = 0; i < b->count; i++) {
		if (b->notices[i].incident == n->incident)
			return 0;
	}
	more = reallocarray(b->notices, b->count + 1, sizeof(*more));
	if (more == NULL) {
		warn("messages");
		return -1;
	}
	b->notices = more;
	more[b->count++] = *n;
	b->urgent |= incident_urgent(n->incident);
	return 0;
}

int
book_tell(const struct book *book, const struct notice *n, unsigned first, unsigned last,
    struct bundles *bundles)
{
	const char *channel, *to;
	struct bundle *b;
	int reached = 0;

	for (unsigned rank = first; rank <= last && rank < BOOK_RANKS; rank++) {
		const struct contact *who = &book->who[rank];

		for (size_t k = 0; k < book->channels.count; k++) {
			channel = book->channels.names[k];
			to = channel_address(book->config, channel, who);
			/* What all see has been said to all with the first word. */
			if (to == NULL || (*to == '\0' && rank > 0) ||
			    !is_for(book, n, who, channel))
				continue;
			if ((b = bundle_of(bundles, channel, to, rank)) == NULL ||
			    bundle_add(b, n) == -1)
				return -1;
			reached++;
		}
	}
	return reached;
}

void
bundles_free(struct bundles *bundles)
{
	for (size_t i = 0; i < bundles->count; i++)
		free(bundles->all[i].notices);
	free(bundles->all);
	memset(bundles, 0, sizeof(*bundles));
}
