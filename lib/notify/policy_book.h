#ifndef NOTIFY_POLICY_BOOK_H
#define NOTIFY_POLICY_BOOK_H

#include "notify/channel.h"
#include "notify/notice.h"
#include "set/config.h"

/*
 * Who can be told, and what each is told in one go.
 */
#define BOOK_RANKS 3

struct book {
	const struct config *config;
	struct contact who[BOOK_RANKS];
	struct channels channels;
	bool wrong; /* a contact could not be read; it was reported */
};

/* One person on one channel, and what there is to say. */
struct bundle {
	char channel[CHANNEL_NAME];
	char to[256];
	unsigned rank;
	bool urgent;
	struct notice *notices;
	size_t count;
};

struct bundles {
	struct bundle *all;
	size_t count;
};

/**
 * book_open(c, book):
 * Read who is responsible and which channels there are.
 */
void book_open(const struct config *c, struct book *book);

/**
 * book_tell(book, n, first, last, bundles):
 * Put the notice ${n} into the bundles of the persons from rank ${first} to ${last}, on the
 * channels that it is for.  Return how many can be reached, or -1 after reporting.
 */
int book_tell(const struct book *book, const struct notice *n, unsigned first, unsigned last,
    struct bundles *bundles);

/**
 * bundles_free(bundles):
 * Free their content.
 */
void bundles_free(struct bundles *bundles);

#endif
