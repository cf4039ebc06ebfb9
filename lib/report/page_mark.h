#ifndef REPORT_PAGE_MARK_H
#define REPORT_PAGE_MARK_H

#include "base/buf.h"
#include "report/history.h"

/*
 * The signs on the page.  A state has a colour, a shape and a word; ${kind} is "ok", "warn",
 * "fail", "overdue" or "idle", which are classes of page.css too.
 */

/**
 * page_symbols(b):
 * Append the shapes that the rest of the page refers to.
 */
void page_symbols(struct buf *b);

/**
 * page_shape(b, kind):
 * Append the shape alone, which a screen reader passes over.
 */
void page_shape(struct buf *b, const char *kind);

/**
 * page_mark(b, kind, word):
 * Append the shape and ${word}.
 */
void page_mark(struct buf *b, const char *kind, const char *word);

/**
 * page_status_word(status, kind):
 * Return the word for the status of an event or a step (ok, warn, fail, missed, none), and put what
 * goes with it into ${*kind}.
 */
const char *page_status_word(const char *status, const char **kind);

/**
 * page_status(b, status):
 * Append its mark.
 */
void page_status(struct buf *b, const char *status);

/**
 * page_cell(b, day, title):
 * Append one day of a strip; ${title} may be NULL.
 */
void page_cell(struct buf *b, enum history_day day, const char *title);

/**
 * page_bar(b, kind, part):
 * Append a bar, filled for ${part} of its length; for the eye alone.
 */
void page_bar(struct buf *b, const char *kind, double part);

/**
 * page_job(b, job):
 * Append what people call ${job}, which may be NULL or anything.
 */
void page_job(struct buf *b, const char *job);

#endif
