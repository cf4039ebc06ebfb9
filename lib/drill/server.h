#ifndef DRILL_SERVER_H
#define DRILL_SERVER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A MariaDB server of our own for the time of a drill: empty, in a folder that only this user can
 * enter, reachable by a socket in it alone, without events, and bounded in memory.
 */
struct server;

/**
 * server_available(void):
 * Return whether the programs for one are installed.
 */
bool server_available(void);

/**
 * server_start(folder, memory, out):
 * Make an empty server in ${folder} (absolute, empty) that takes no more than ${memory} bytes,
 * and wait until it answers.  ${*out} is the caller's (server_stop).  Return 0, or an exit code
 * after reporting: EX_UNAVAILABLE where it does not start, with the end of what it said,
 * EX_CANTCREAT, 1 after a stop signal (silently).
 */
int server_start(const char *folder, uint64_t memory, struct server **out);

/**
 * server_options(s), server_version(s):
 * An option file with which its root logs in; what it calls itself ("10.11.19-MariaDB").  Both
 * owned by ${s}.
 */
const char *server_options(const struct server *s);
const char *server_version(const struct server *s);

/**
 * server_stop(s):
 * End it at once; its files stay.  NULL is fine.
 */
void server_stop(struct server *s);

#endif
