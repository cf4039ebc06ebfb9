#ifndef NOTIFY_CHECKALERT_H
#define NOTIFY_CHECKALERT_H

#include "set/config.h"
#include "set/findings.h"

/**
 * checkalert_look(c, found):
 * Look at who is told, and at each channel of ${c} without sending anything: contacts that are
 * none or cannot be reached, programs and spools that are missing, gateways and their secrets.
 * Add what was found, with the command that mends it.  It needs no libcurl.
 */
void checkalert_look(const struct config *c, struct findings *found);

#endif
