#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdio.h>

#include "report/facts.h"

/**
 * json_print(f, out):
 * Print ${f} as one JSON object with a newline.  Keys are stable and in siantre-status(1);
 * what is not known is null; texts are English, times UTC.
 * Return 0, or -1 where it could not be written or memory ran out (not reported).
 */
int json_print(const struct facts *f, FILE *out);

#endif
