#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Text as HTML.  Whatever comes in, what goes out is text: no markup, no control character, no
 * character that HTML forbids, none that turns the direction of what stands beside it.
 */

/**
 * markup_text(b, text):
 * Append ${text}: escaped, also for a value between double quotes.  What is not UTF-8 becomes
 * U+FFFD, a newline or tab a blank, another control character its picture, and what would turn
 * the direction of the line its number ("[U+202E]").
 */
void markup_text(struct buf *b, const char *text);

/**
 * markup_foreign(b, text, most):
 * Append ${text}, which comes from somewhere else, in a <bdi> that keeps its direction to
 * itself; of more than ${most} characters the first ones, and how many bytes there were.
 */
void markup_foreign(struct buf *b, const char *text, size_t most);

/**
 * markup_message(b, text, most):
 * The same for a message of the tools, which are in English whatever the page is in.
 */
void markup_message(struct buf *b, const char *text, size_t most);

#define MARKUP_NAME 48   /* as many characters of a name are shown, */
#define MARKUP_LINE 160  /* of a message in one line, */
#define MARKUP_WHOLE 600 /* and of one that somebody wanted to see */

#endif
