#ifndef SQL_ASSIGNMENT_H
#define SQL_ASSIGNMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "sql/token.h"

/*
 * One assignment of a SET statement, as far as it can be told what it sets to which value.
 */
enum { ASSIGNMENT_NAME = 64 * 4 + 1 };

struct assignment {
	char target[ASSIGNMENT_NAME]; /* NAMES for a character set, in whatever form */
	bool user;                    /* @target */
	struct tokens value;
};

/**
 * assignment_target(s, t, a):
 * Read the target that begins with the token ${*t}, which came from ${s}; ${*t} becomes what
 * stands in front of the value.  Return false where it is none.
 */
bool assignment_target(struct tokens *s, struct token *t, struct assignment *a);

/**
 * assignment_value(s, t, a):
 * Let ${a} have the tokens of its value; ${*t} becomes the comma, or the end, behind it.
 */
void assignment_value(struct tokens *s, struct token *t, struct assignment *a);

/**
 * assignment_literal(a, value, size):
 * Put the value into ${value} of ${size} bytes and return true where it is one word or string
 * that means what stands there, to everybody.
 */
bool assignment_literal(const struct assignment *a, char *value, size_t size);

/**
 * assignment_is(a, names):
 * Whether the value is one of the session's variables ${names}, up to a NULL, itself.
 */
bool assignment_is(const struct assignment *a, const char *const *names);

#endif
