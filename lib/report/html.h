#ifndef REPORT_HTML_H
#define REPORT_HTML_H

#include <stdio.h>

#include "report/facts.h"

/**
 * html_print(f, out):
 * Print ${f} as a page that needs nothing but a browser.  Return 0, or -1 with errno set
 * where it could not be written or memory ran out.
 */
int html_print(const struct facts *f, FILE *out);

#endif
