#ifndef NOTIFY_POLICY_ITEMS_H
#define NOTIFY_POLICY_ITEMS_H

#include "notify/outbox.h"
#include "notify/policy_book.h"
#include "notify/state.h"

/**
 * items_of_bundle(c, s, b, now, hold, box):
 * Append the messages of ${b} to ${box}: one for each notice, or one for all of them where there
 * are many.  What is not urgent goes out at ${hold} (0: at once).  Return 0, or -1 after
 * reporting.
 */
int items_of_bundle(const struct config *c, struct state *s, const struct bundle *b,
    int64_t now, int64_t hold, struct outbox *box);

/**
 * items_good(c, s, book, now, hold, box):
 * Append what NOTIFY_OK asks for.  Return as above.
 */
int items_good(const struct config *c, struct state *s, const struct book *book, int64_t now,
    int64_t hold, struct outbox *box);

/**
 * items_ping(c, s, now, box):
 * Append the sign of life for PING_URL, where a run was taken in.  Return as above.
 */
int items_ping(const struct config *c, struct state *s, int64_t now, struct outbox *box);

#endif
