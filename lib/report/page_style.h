#ifndef REPORT_PAGE_STYLE_H
#define REPORT_PAGE_STYLE_H

/**
 * page_style:
 * The text of page.css, of which the Makefile makes a string.
 */
extern const char page_style[];

#endif
