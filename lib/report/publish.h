#ifndef REPORT_PUBLISH_H
#define REPORT_PUBLISH_H

#include <stdio.h>

#include "report/facts.h"

enum publish_format {
	PUBLISH_TEXT,
	PUBLISH_JSON,
	PUBLISH_PROMETHEUS,
	PUBLISH_NAGIOS,
	PUBLISH_HTML,
};

/**
 * publish_format(name, out):
 * Find the format ${name}: text, json, prometheus, nagios, html.  Return 0, or -1.
 */
int publish_format(const char *name, enum publish_format *out);

/**
 * publish_all(f, told):
 * Write the files that the configuration of ${f} asks for, DASHBOARD (0640) and PROMETHEUS_FILE
 * (0644: another user reads it), and their names to ${told} (NULL: nowhere).  One that cannot be
 * written keeps back no other.  Return 0, or the exit code after reporting.
 */
int publish_all(const struct facts *f, FILE *told);

#endif
