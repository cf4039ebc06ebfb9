#ifndef NOTIFY_CHANNEL_H
#define NOTIFY_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "notify/contact.h"
#include "notify/message.h"
#include "set/config.h"

/*
 * The ways out of this machine.  Which ones a configuration has:
 *
 *	mail       MAIL is not "none": sendmail(1) or SMTP; the whole text, to our own people
 *	sms        SMS is set: smstools, gammu, or a gateway (notify/gateway.h); the brief text
 *	NAME       each gateway in NOTIFY_ALSO; the brief text
 *
 * Beside them "ping" is a channel for channel_send() alone, where PING_URL is set: its message
 * needs an id, and in ${to} what is put behind the URL: "" (well), "start", "fail" or an exit
 * code.  It is no way to reach people, so that channel_list() has it not.
 */
#define CHANNEL_MAX 16
#define CHANNEL_NAME 65

struct channels {
	size_t count;
	char names[CHANNEL_MAX][CHANNEL_NAME];
};

/**
 * channel_list(c, out):
 * The channels of ${c}, mail first, then sms, then those of NOTIFY_ALSO in their order, none
 * twice.
 */
void channel_list(const struct config *c, struct channels *out);

/**
 * channel_has(c, name):
 * Return whether channel_list() has ${name}.
 */
bool channel_has(const struct config *c, const char *name);

/**
 * channel_shared(c, name):
 * Return whether a message on the channel ${name} goes to one place for all (a group, a topic),
 * rather than to a person: then it is sent once, with an empty ${to}.
 */
bool channel_shared(const struct config *c, const char *name);

/**
 * channel_address(c, name, who):
 * Return the ${to} of messages to ${who} on the channel ${name}, which points into ${who}: the
 * mail address, or the number; "" where the channel is shared; NULL where ${who} cannot be
 * reached so.
 */
const char *channel_address(
    const struct config *c, const char *name, const struct contact *who);

/**
 * channel_send(c, m, reason):
 * Hand the message ${m} over to its channel; this takes two minutes at most, and ends soon after
 * a stop signal.  Return 0 where it was taken; EX_TEMPFAIL where a later attempt may do (no
 * network, 4xx, a full spool, stopped); any other code of sysexits(3) where it will never work
 * (a refused recipient, a wrong password, a channel that is not configured: EX_CONFIG).
 * ${reason} is one line for people then, with what the other side said, in which no secret and
 * nothing that a terminal obeys is left; "" for 0, or what was said.  Nothing is written to
 * stderr.
 */
int channel_send(const struct config *c, const struct message *m, char reason[256]);

#endif
