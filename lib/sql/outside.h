#ifndef SQL_OUTSIDE_H
#define SQL_OUTSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/token.h"

/*
 * What the words of a statement about tables or rows may name that lies outside of any database:
 * folders and files, other servers, functions that read files, wait or run programs, and a second
 * statement.
 */

/**
 * outside_engine(name):
 * Whether tables of the storage engine ${name} are files or tables elsewhere; what cannot be told
 * is.
 */
bool outside_engine(const char *name);

/**
 * outside_library(name, server):
 * Whether ${server} has a function ${name} that comes from a library.
 */
bool outside_library(const char *name, const struct token_server *server);

/**
 * outside_words(last, t, rest, error, size):
 * Judge the token ${t} of a statement, between ${last} and ${rest}.  Return 0, or -1 with why in
 * ${error} of ${size} bytes.
 */
int outside_words(const struct token *last, const struct token *t, struct tokens rest,
    char *error, size_t size);

#endif
