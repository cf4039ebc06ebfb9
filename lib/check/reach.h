#ifndef CHECK_REACH_H
#define CHECK_REACH_H

#include <stdbool.h>

#include "base/buf.h"

/*
 * Which addresses a unit must be allowed to reach (IPAddressAllow=) for a server elsewhere.
 */

/**
 * reach_missing(host, allowed):
 * Return whether ${host} has an address that is in none of the nets ${allowed} ("10.0.0.0/8 ::1/128",
 * as systemctl show prints them).  A name that is not known has none.
 */
bool reach_missing(const char *host, const char *allowed);

/**
 * reach_lines(host, resolv, lines):
 * Append " IPAddressAllow=ADDRESS" to ${lines} for each address of ${host} and, where it is a name,
 * for each name server in the file ${resolv} (resolv.conf(5)) that is another machine.
 */
void reach_lines(const char *host, const char *resolv, struct buf *lines);

#endif
