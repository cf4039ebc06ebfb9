#ifndef BASE_DOTENV_VALUE_H
#define BASE_DOTENV_VALUE_H

#include <stddef.h>

#include "base/dotenv.h"

/*
 * What stands behind the equals sign: dotenv.c's other half, and nobody else's.  Both functions
 * return NULL, or what is wrong, in words that show nothing of the value.
 */

/* Of what names are made. */
#define DOTENV_NAME "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_."

/**
 * dotenv_value_read(text, end):
 * Write the value of the trimmed source from ${text} to ${*end} over it, and set ${*end} to its
 * end.  The source holds no NUL; in the value a NUL stands for each $ that may begin a ${NAME}.
 */
const char *dotenv_value_read(char *text, char **end);

/**
 * dotenv_value_resolve(d, text, end, out):
 * Make such a value from ${text} to ${end} into the new text ${*out}, each ${NAME} replaced by
 * what ${d} has; dotenv_value_free() frees it.
 */
const char *dotenv_value_resolve(
    const struct dotenv *d, const char *text, const char *end, char **out);

/**
 * dotenv_value_free(text, len):
 * Wipe ${len} bytes and free.  NULL is fine.
 */
void dotenv_value_free(char *text, size_t len);

#endif
