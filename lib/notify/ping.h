#ifndef NOTIFY_PING_H
#define NOTIFY_PING_H

#include "set/config.h"

/**
 * ping_send(c, suffix, reason):
 * Ask for PING_URL, or PING_URL/${suffix} where that is not empty ("start", "fail", an exit
 * code), as the gateway "healthchecks" says.  Return as channel_send(): 0 too where PING_URL is
 * empty.
 */
int ping_send(const struct config *c, const char *suffix, char reason[256]);

#endif
