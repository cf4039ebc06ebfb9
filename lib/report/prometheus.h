#ifndef REPORT_PROMETHEUS_H
#define REPORT_PROMETHEUS_H

#include <stdio.h>

#include "report/facts.h"

/**
 * prometheus_print(f, out):
 * Print ${f} in Prometheus' text format, version 0.0.4, for the textfile collector: gauges alone,
 * without timestamps, in seconds and bytes.  What is not known has no line.  As the file may get
 * old, it holds times and not ages.
 */
void prometheus_print(const struct facts *f, FILE *out);

#endif
