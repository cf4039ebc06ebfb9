#ifndef REPORT_PAGE_PARTS_H
#define REPORT_PAGE_PARTS_H

#include "report/leaf.h"

/*
 * The parts of the page from top to bottom.  Each appends itself to ${l}, with whatever it has to
 * say where there is nothing to show.
 */
void page_head(struct leaf *l);     /* how it stands, when that was, what is next */
void page_warnings(struct leaf *l); /* what somebody should read; nothing where nobody should */
void page_jobs(struct leaf *l);     /* thirty days, age, size of each job */
void page_goals(struct leaf *l);    /* the last drill against RTO and RPO */
void page_disk(struct leaf *l);     /* free space, and how long it lasts */
void page_copies(struct leaf *l);   /* copies elsewhere */
void page_incidents(struct leaf *l); /* what is open */
void page_duty(struct leaf *l);      /* who is responsible, how he is told */
void page_checklist(struct leaf *l); /* the steps of the last drill */
void page_charts(struct leaf *l);    /* sizes and durations */
void page_runs(struct leaf *l);      /* the last runs */
void page_foot(struct leaf *l);      /* where this comes from */

/**
 * page_sentence(b, f):
 * Append how it stands in one sentence, in the words of this page.
 */
void page_sentence(struct buf *b, const struct facts *f);

/**
 * page_section(l, id, title, note):
 * Open a section with its heading; ${note} is HTML and may be NULL.
 */
void page_section(struct leaf *l, const char *id, const char *title, const char *note);

/**
 * page_which(l):
 * Within a command: append the option that names the configuration, where it is not the usual one.
 */
void page_which(struct leaf *l);

/**
 * page_section_end(l):
 * Close it.
 */
void page_section_end(struct leaf *l);

#endif
