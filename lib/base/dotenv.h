#ifndef BASE_DOTENV_H
#define BASE_DOTENV_H

#include <stddef.h>

/*
 * The syntax of Laravel's .env (vlucas/phpdotenv 5), for the application's file and for our
 * own configuration: KEY=value, `export `, single quotes (literal), double quotes (escapes
 * \n \r \t \f \v \" \\ \$, several lines), bare values up to a #, ${OTHER} resolved from keys
 * set earlier in the same file and left as it stands where there is none.  `KEY` without an
 * equals sign unsets KEY.
 *
 * Three differences are on purpose: the process environment plays no part; a NUL byte is
 * refused, and so are more than 4096 keys and values that ${OTHER} makes larger than 1 MiB.
 * Where a double quote is never closed, that parser silently ignores the rest of the file; so
 * do we, with a warning.
 */
struct dotenv;

/**
 * dotenv_parse(text, len, name):
 * Parse ${len} bytes at ${text}; ${name} is for messages.  A later line wins over an earlier
 * one.  Return the values (dotenv_free), or NULL after reporting "NAME:LINE: what", never with
 * a part of the line, which may be a secret.
 */
struct dotenv *dotenv_parse(const char *text, size_t len, const char *name);

/**
 * dotenv_read(fd, name):
 * Read ${fd} to its end (1 MiB at most) and parse it.  Return as dotenv_parse.
 */
struct dotenv *dotenv_read(int fd, const char *name);

/**
 * dotenv_get(d, key):
 * Return the value of ${key}, owned by ${d}, or NULL where it is not set.  `KEY=` is set, to
 * the empty text.
 */
const char *dotenv_get(const struct dotenv *d, const char *key);

/**
 * dotenv_key(d, i):
 * Return the ${i}th key in order of first appearance, or NULL behind the last.
 */
const char *dotenv_key(const struct dotenv *d, size_t i);

/**
 * dotenv_free(d):
 * Wipe and free ${d}.  NULL is fine.
 */
void dotenv_free(struct dotenv *d);

#endif
