#ifndef REPORT_PAGE_STRIP_H
#define REPORT_PAGE_STRIP_H

#include "report/leaf.h"

/**
 * page_strip(l, h, i):
 * Append the last thirty days of the ${i}th job: a sign each, and in words the days that were not
 * good.
 */
void page_strip(struct leaf *l, const struct history_job *h, size_t i);

/**
 * page_legend(l):
 * Append what the signs mean.
 */
void page_legend(struct leaf *l);

#endif
