#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/facts.h"

/**
 * text_print(f, out, colour, quiet):
 * Print ${f} for people: first whether all is well, then a table, then what somebody should read;
 * where ${quiet}, only that.  Times are local.  What comes from the journal cannot draw on the
 * terminal.  Colours only underline what the words say.
 */
void text_print(const struct facts *f, FILE *out, bool colour, bool quiet);

#endif
