#ifndef RESTORE_CONTENTS_H
#define RESTORE_CONTENTS_H

#include <stdio.h>

#include "recover/contents.h"

/**
 * contents_print(c, out):
 * Print what is in the dump: a line a table, and what is known of the whole.  Nothing in
 * names can draw on a terminal.
 */
void contents_print(const struct contents *c, FILE *out);

/**
 * contents_json(c, name, out):
 * The same about the dump ${name} as one JSON object with a newline.  Keys are stable: what is not
 * known is null.  Return 0, or -1 where memory ran out (reported).
 */
int contents_json(const struct contents *c, const char *name, FILE *out);

#endif
