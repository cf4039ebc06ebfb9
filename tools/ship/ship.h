#ifndef TOOLS_SHIP_SHIP_H
#define TOOLS_SHIP_SHIP_H

/*
 * The commands of siantre-ship, a file each.
 */
#include <stdbool.h>
#include <stdint.h>

#include "set/config.h"
#include "ship/catchup.h"

struct ship {
	const struct config *config;
	struct transfer_options transfer;
	struct catchup_options catchup;
	const char *state; /* the folder for what is known of destinations */
	const char *job;   /* --job */
	const char *name;  /* --name */
	bool require_end;
	bool events; /* they go to the journal */
	bool quiet;
};

/* What main() does with destinations.  Each returns an exit code, after reporting. */

/*
 * Bring the ${count} destinations ${to}, or where there are none those of SHIP_TO, up to date with
 * ${paths}, up to a NULL; where there are none, with BACKUP_DIR.
 */
int ship_all(struct ship *s, const char *const *to, size_t count, char *const *paths);
int ship_stream(const struct ship *s, const char *to);
int ship_list(const struct ship *s, const char *from);
int ship_create(const struct ship *s, const char *to);
int ship_fetch(const struct ship *s, const char *from, const char *set, const char *folder);

/* siantre-ship --accept, with options of its own: main()'s arguments, and its result. */
int ship_accept(int argc, char **argv);
extern const char ship_accept_help[];

#endif
