#ifndef VERIFY_PROOFS_H
#define VERIFY_PROOFS_H

#include <jansson.h>
#include <stdbool.h>

#include "prove/audit.h"
#include "prove/prove.h"

/*
 * What siantre-verify found out, for people and for programs.  What is wrong was said on stderr
 * before; the text only says which operand is right and which is not.
 */

/**
 * proofs_print_file(name, p, inner):
 * Print "NAME: ok: what it is" or "NAME: FAILED" to stdout; ${inner} (may be NULL) is the proof of
 * what is in an encrypted file.
 */
void proofs_print_file(const char *name, const struct proof *p, const struct proof *inner);

/**
 * proofs_print_set(name, a, code, verbose):
 * The same of a set, of which ${a} (may be NULL) was the audit and ${code} its result; where
 * ${verbose}, with a line for each file.
 */
void proofs_print_set(const char *name, const struct audit *a, int code, bool verbose);

/**
 * proofs_json_file(name, p, inner), proofs_json_set(name, a, code):
 * Return the same as a JSON object, which the caller owns; NULL without memory.
 */
json_t *proofs_json_file(const char *name, const struct proof *p, const struct proof *inner);
json_t *proofs_json_set(const char *name, const struct audit *a, int code);

#endif
