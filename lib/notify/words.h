#ifndef NOTIFY_WORDS_H
#define NOTIFY_WORDS_H

#include "notify/message.h"
#include "notify/notice.h"
#include "notify/state.h"
#include "set/config.h"

/*
 * What messages say, in the language that is spoken.  Each fills subject, text and brief of the
 * message ${m} and returns 0, or -1 after reporting.
 */

/**
 * words_notice(c, n, now, m):
 * One notice.  The text has what happened, since when, and the exact commands that mend it; for a
 * name that no command line should hold there is none.
 */
int words_notice(
    const struct config *c, const struct notice *n, int64_t now, struct message *m);

/**
 * words_digest(c, list, count, now, m):
 * Several notices in one message.
 */
int words_digest(const struct config *c, const struct notice *list, size_t count, int64_t now,
    struct message *m);

/**
 * words_weekly(c, s, m):
 * What went well in the last week, and what is open.
 */
int words_weekly(const struct config *c, const struct state *s, struct message *m);

/**
 * words_good(s, m):
 * The good runs that ${s} remembers.
 */
int words_good(const struct state *s, struct message *m);

/**
 * words_phrase(i, good):
 * What is wrong, or ${good}: that it is well again, as half a sentence without the host, which
 * the caller frees; NULL without memory.
 */
char *words_phrase(const struct incident *i, bool good);

#endif
