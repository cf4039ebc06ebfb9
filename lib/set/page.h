#ifndef SET_PAGE_H
#define SET_PAGE_H

#include <stdbool.h>

/*
 * What a web server on this machine answers, by way of curl(1).
 */
struct page {
	int status; /* of HTTP; 0: nobody answered */
	char *text; /* the page */
	char why[256];
};

/**
 * page_get(url, p):
 * Ask for ${url} and follow where it leads, but ask this machine (127.0.0.1) in any case,
 * whatever host the names in it mean.  Fill ${p} (page_free).  Return whether it answered with a
 * status from 200 to 399; otherwise p->why says why not.
 */
bool page_get(const char *url, struct page *p);

/**
 * page_free(p):
 * Free what ${p} holds.
 */
void page_free(struct page *p);

#endif
