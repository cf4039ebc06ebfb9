#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What event lines, notes and manifests need beside jansson itself.
 */

/**
 * json_text(text):
 * Return a JSON string of ${text}, with U+FFFD in place of what is not UTF-8, or NULL with
 * errno set.
 */
json_t *json_text(const char *text);

/**
 * json_line(value, len):
 * Return ${value} as one line of JSON with a newline, ${*len} bytes, which the caller frees:
 * keys in the order in which they were set, text as UTF-8, every control character escaped
 * (DEL and U+0080 to U+009F too, which a terminal would obey).  NULL with errno set.
 */
char *json_line(const json_t *value, size_t *len);

/**
 * json_read(text, len, flags, line):
 * Return what the ${len} bytes of JSON at ${text} say, read with jansson's ${flags}, or NULL with
 * errno: ENOMEM, which says nothing about the text, or EBADMSG where it is no JSON, from ${*line}
 * on (where ${line} is not NULL).
 */
json_t *json_read(const char *text, size_t len, size_t flags, int *line);

/**
 * json_starved():
 * Whether jansson lacked memory in this thread since this, json_read() or json_format() was called
 * last: what failed since may have failed by that.
 */
bool json_starved(void);

/**
 * json_format(value, flags):
 * Return ${value} as text, with jansson's ${flags}, for the caller to free, or NULL with errno set:
 * also where memory was short in this thread while ${value} was made (see json_starved()), as
 * something may be missing in it then.  NULL as ${value} is such a case.
 */
char *json_format(const json_t *value, size_t flags);

/**
 * json_append(fd, line, len):
 * Append ${line} to ${fd}, which is open with O_APPEND, with one write.  What a full disk took
 * only a part of is cut off again, so the caller holds the file's lock or is its only writer.
 * Return 0, or -1 with errno set.
 */
int json_append(int fd, const char *line, size_t len);

#endif
