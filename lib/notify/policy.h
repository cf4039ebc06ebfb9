#ifndef NOTIFY_POLICY_H
#define NOTIFY_POLICY_H

#include <stdbool.h>

#include "notify/outbox.h"
#include "notify/state.h"
#include "set/config.h"

/*
 * Who is told what, and when.  A change is told, not each event:
 *
 *	a failure, once, to CONTACT_PRIMARY: by mail and to NOTIFY_ALSO; by SMS as well where no
 *	verified backup exists in time, and to whoever has no mail
 *	again while it lasts, 1, 2, 4, 8 ... days after the first word
 *	to CONTACT_SECONDARY too after ESCALATE without an ack, to CONTACT_EMERGENCY after twice
 *	that; at once, where a message can never be delivered, or nobody before can be told at all
 *	anew, where nothing of it was ever delivered and a broken channel works again
 *	its end, with the length of the outage, to all who were told
 *	a warning, once, by mail
 *
 * Four things or more for one person on one channel are one message.  In QUIET_HOURS all of it
 * waits but the backup that is missing.
 */

/**
 * policy_run(c, s, now, box):
 * Decide what is to be told at ${now}, append it to ${box}, and note in ${s} that it was.  The
 * same state at the same time gives the same messages.  Return 0; EX_CONFIG after reporting,
 * where the configuration names nobody who can be told, or has a value that is none (then a
 * default stands in for it); EX_OSERR without memory, and then ${s} must not be saved.
 */
int policy_run(const struct config *c, struct state *s, int64_t now, struct outbox *box);

/**
 * policy_knows(wish):
 * Whether ${wish} is a value of NOTIFY_OK.
 */
bool policy_knows(const char *wish);

/**
 * policy_delivered(s, item, now):
 * The message ${item} has left.
 */
void policy_delivered(struct state *s, const struct outbox_item *item, int64_t now);

/**
 * policy_lost(s, item, now):
 * ${item} will never be delivered: the next person is told of what it is about, and the other
 * channels that this one is broken.  Doing it twice is doing it once.  Return 0, or -1 after
 * reporting.
 */
int policy_lost(struct state *s, const struct outbox_item *item, int64_t now);

#endif
