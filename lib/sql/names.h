#ifndef SQL_NAMES_H
#define SQL_NAMES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * A small set of names in the order in which they came; an all-zero struct is empty.
 */
struct names {
	char **items;
	size_t len;
	void *tree; /* of the same names, to find one */
};

/**
 * names_has(n, name):
 * Whether ${name} is in the set, to the byte.
 */
bool names_has(const struct names *n, const char *name);

/**
 * names_add(n, name):
 * Put a copy of ${name} into the set, unless it is there.  Return 0, or -1 without memory.
 */
int names_add(struct names *n, const char *name);

/**
 * names_free(n):
 * Empty the set.
 */
void names_free(struct names *n);

#endif
