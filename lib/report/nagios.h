#ifndef REPORT_NAGIOS_H
#define REPORT_NAGIOS_H

#include <stdio.h>

#include "report/facts.h"

/**
 * nagios_print(f, out):
 * Print ${f} as the one line of a monitoring plugin (https://www.monitoring-plugins.org/doc/
 * guidelines.html), with performance data, and return its exit code: 0 ok, 1 warning, 2 critical.
 */
int nagios_print(const struct facts *f, FILE *out);

/**
 * nagios_unknown(out):
 * Print the line of a plugin that could not find out, and return its exit code, 3.
 */
int nagios_unknown(FILE *out);

#endif
