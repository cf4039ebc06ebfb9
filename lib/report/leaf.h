#ifndef REPORT_LEAF_H
#define REPORT_LEAF_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "report/facts.h"

/*
 * A page while it is written, and the numbers on it.  Each number is an element that says from
 * which place in siantre-status --json it comes (data-fact, a path with dots) and what its value
 * is there, so that a test can hold the two against each other, and a reader can copy it.
 */
#define LEAF_FIGURE 320
#define LEAF_FIGURES 8

struct leaf {
	struct buf *b;
	const struct facts *f;
	int64_t now;
	char figures[LEAF_FIGURES][LEAF_FIGURE];
	size_t turn;
};

/*
 * Each of these returns a piece of HTML, owned by ${l}, which lives until LEAF_FIGURES more were
 * made.  The format and what follows it make the path.
 */

/**
 * leaf_elapsed(l, seconds, format, ...):
 * "18 h 14 min", in the language that is spoken.
 */
const char *leaf_elapsed(struct leaf *l, double seconds, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * leaf_bytes(l, bytes, format, ...):
 * "41.2 MiB".
 */
const char *leaf_bytes(struct leaf *l, int64_t bytes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * leaf_count(l, n, format, ...):
 * "27".
 */
const char *leaf_count(struct leaf *l, int64_t n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * leaf_whole(l, n, format, ...):
 * "27" of 27.9.
 */
const char *leaf_whole(struct leaf *l, double n, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * leaf_share(l, part, format, ...):
 * "12.5 %" of 0.125, without a sign.
 */
const char *leaf_share(struct leaf *l, double part, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * leaf_near(l, t, format, ...), leaf_date(l, t, format, ...), leaf_point(l, t, format, ...):
 * A moment: "today 02:00", "26 November 2026", "26 Nov 2026 02:00".
 */
const char *leaf_near(struct leaf *l, int64_t t, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *leaf_date(struct leaf *l, int64_t t, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
const char *leaf_point(struct leaf *l, int64_t t, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/**
 * leaf_name(l, name, format, ...):
 * Append a name such as that of a set, as code.
 */
void leaf_name(struct leaf *l, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
