#ifndef RESTORE_WAY_H
#define RESTORE_WAY_H

#include <stdbool.h>

#include "set/config.h"
#include "db/login.h"

/*
 * How to log in, as it was said on the command line; all NULL: not at all.
 */
struct way {
	const char *env_file, *defaults, *extra;
	const char *host, *port, *socket, *user;
	bool ask;
};

/**
 * way_log_in(w, config, l):
 * Let ${l} log in that way, or where none was said, to the application's database, as ${config}
 * (NULL: none) has it.  Return 0, or an exit code after reporting.
 */
int way_log_in(const struct way *w, const struct config *config, struct login *l);

/**
 * way_is_application(config, name):
 * Whether the database ${name} is the application's.
 */
bool way_is_application(const struct config *config, const char *name);

#endif
