#ifndef DRILL_REPORT_H
#define DRILL_REPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/buf.h"
#include "drill/protocol.h"

/*
 * A drill, told: for people, for programs (siantre-set(5)), and as a page that needs nothing but
 * a browser.
 */

/**
 * report_text(p, b), report_html(p, b):
 * Append the report to ${b}, whose failed tells where memory ran out.
 */
void report_text(const struct protocol *p, struct buf *b);
void report_html(const struct protocol *p, struct buf *b);

/**
 * report_json(p):
 * Return it as an object, or NULL without memory.
 */
json_t *report_json(const struct protocol *p);

/**
 * report_print(p, json):
 * Print it to stdout, as text or as JSON.  Return 0, or -1 after reporting.
 */
int report_print(const struct protocol *p, bool json);

/**
 * report_write(p, folder):
 * Write drill_YYYYmmdd_HHMMSS (local time) .txt, .json and .html into ${folder}, which is made
 * where only it is missing.  Return 0, or -1 after reporting.
 */
int report_write(const struct protocol *p, const char *folder);

#endif
