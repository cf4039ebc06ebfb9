#ifndef DRILL_CHECKS_H
#define DRILL_CHECKS_H

#include <stdbool.h>
#include <stddef.h>

#include "drill/protocol.h"

/*
 * The statements of DRILL_SQL, which know what makes a database one of this application:
 *
 *	-- queues of yesterday exist
 *	SELECT COUNT(*) FROM queues WHERE …;
 *
 * A statement ends with a semicolon at the end of a line; the comment before it is its name.  It
 * holds where it gives a row whose first column is neither empty nor 0 nor NULL.
 */
struct checks;

#define CHECKS_MAX 65536 /* bytes of the file */

/**
 * checks_parse(text, len, name, out):
 * Take ${len} bytes at ${text}; ${name} is for messages.  ${*out} is the caller's (checks_free).
 * Return 0, or EX_CONFIG after reporting.
 */
int checks_parse(const char *text, size_t len, const char *name, struct checks **out);

/**
 * checks_read(path, out):
 * The same for a file, which only this user and root may write; one that is missing holds none.
 */
int checks_read(const char *path, struct checks **out);

/**
 * checks_name(c, i), checks_statement(c, i):
 * The ${i}th, owned by ${c}; NULL behind the last.
 */
const char *checks_name(const struct checks *c, size_t i);
const char *checks_statement(const struct checks *c, size_t i);

/**
 * checks_holds(answer):
 * Return whether the rows ${answer}, as the client prints them, mean yes.
 */
bool checks_holds(const char *answer);

/**
 * checks_run(c, p, job, set, options, database):
 * Ask them all, with the option file ${options}, of ${database}, a step each.
 */
void checks_run(const struct checks *c, struct protocol *p, const char *job, const char *set,
    const char *options, const char *database);

/**
 * checks_free(c):
 * NULL is fine.
 */
void checks_free(struct checks *c);

#endif
