#ifndef SET_JOURNAL_LINE_H
#define SET_JOURNAL_LINE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/event.h"

/**
 * journal_line(line, len, e):
 * Fill ${*e} from the ${len} bytes at ${line} (without a newline; one more byte can be written),
 * where they are an event as event_line() writes most of them: the keys in their order, no blanks,
 * plain ASCII without escapes.  The texts of ${e} lie in ${line}, which is changed.  Return false,
 * with ${line} as it was, for everything else: be it an event or none, a JSON parser has to say.
 */
bool journal_line(char *line, size_t len, struct event *e);

/**
 * journal_event(line, len, e, holder):
 * The same by the parser, for any line: the texts of ${e} are those of ${*holder}, which the caller
 * releases (json_decref) in any case.  Return whether it is an event; where it is none, errno is
 * ENOMEM if nobody can tell, else EBADMSG.
 */
bool journal_event(const char *line, size_t len, struct event *e, json_t **holder);

#endif
