#ifndef DRILL_GIVEN_H
#define DRILL_GIVEN_H

#include <stdbool.h>

#include "set/config.h"

/*
 * A scratch database on the application's own server, for machines without the package of one.
 */
struct given;

#define GIVEN_NAME 24 /* siantre_drill_0123abcd and a NUL, with room */

/**
 * given_is_name(text):
 * Return whether ${text} is such a name: nothing else is ever dropped.
 */
bool given_is_name(const char *text);

/**
 * given_open(c, folder, out):
 * Find the server of the configuration ${c}: with DB_DEFAULTS_FILE, or with DB_ENV_FILE, whose
 * login is written into a private option file in ${folder}.  ${*out} is the caller's
 * (given_free).  Return 0, or an exit code after reporting: EX_CONFIG, EX_CANTCREAT,
 * EX_UNAVAILABLE, EX_NOPERM.
 */
int given_open(const struct config *c, const char *folder, struct given **out);

/**
 * given_options(g), given_version(g):
 * The option file; what the server calls itself.  Both owned by ${g}.
 */
const char *given_options(const struct given *g);
const char *given_version(const struct given *g);

/**
 * given_name(name):
 * Make up a new name.
 */
void given_name(char name[GIVEN_NAME]);

/**
 * given_create(g, name), given_drop(g, name):
 * Make and drop the database ${name}, one of given_name()'s.  Return 0, or an exit code after
 * reporting: EX_NOPERM with the GRANT that is missing, EX_UNAVAILABLE, 1.
 */
int given_create(const struct given *g, const char *name);
int given_drop(const struct given *g, const char *name);

/**
 * given_free(g):
 * NULL is fine.
 */
void given_free(struct given *g);

#endif
