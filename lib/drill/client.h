#ifndef DRILL_CLIENT_H
#define DRILL_CLIENT_H

#include <stddef.h>

#include "drill/outside.h"

/*
 * Statements through the mariadb (or mysql) client: this program does not speak to servers
 * itself.
 */

/**
 * client_available(void):
 * Return the name of the client that is installed, or NULL.
 */
const char *client_available(void);

/**
 * client_query(options, database, statement, answer, size, line):
 * Run ${statement} with the option file ${options} in ${database} (NULL: none); put the first
 * ${size} - 1 bytes of the rows, columns with tabs between, into ${answer}.  Return 0, or the
 * exit code that the client's words deserve (they are in ${line} and were relayed): EX_NOPERM
 * for missing rights, EX_UNAVAILABLE where the server cannot be reached, 1 otherwise.
 */
int client_query(const char *options, const char *database, const char *statement, char *answer,
    size_t size, char line[OUTSIDE_SAID]);

#endif
