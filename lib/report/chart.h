#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "report/leaf.h"

/*
 * Lines over time, drawn as SVG, each with a table of the same numbers beside it.  The drawing
 * stretches to the width that there is; its words are HTML, so that they stay readable.
 */

/**
 * chart_space(l):
 * Append the free space that the runs have found.
 */
void chart_space(struct leaf *l);

#endif
