#ifndef REPORT_PAGE_STRIP_H
#define REPORT_PAGE_STRIP_H

#include "report/leaf.h"

/**
 * page_strip(l, h):
 * Append the last thirty days of a job: a sign each, and in words the days that were not good.
 */
void page_strip(struct leaf *l, const struct history_job *h);

/**
 * page_legend(l):
 * Append what the signs mean.
 */
void page_legend(struct leaf *l);

#endif
