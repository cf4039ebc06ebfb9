#ifndef SET_RECORD_H
#define SET_RECORD_H

#include <jansson.h>
#include <stddef.h>

/*
 * The small text files that describe a set.  Whoever wrote them, reading them is bounded and
 * leads out of the set's folder nowhere.
 */

/**
 * record_read(folder, name, max, text, len):
 * Read ${folder}/${name}, a regular file of ${max} bytes at most and no symlink, into
 * ${*text} (NUL behind it; the caller frees it) and ${*len}.  Return 0, or the exit code after
 * reporting: EX_IOERR where it is missing or cannot be read, EX_DATAERR for anything else.
 */
int record_read(const char *folder, const char *name, size_t max, char **text, size_t *len);

/**
 * record_json(folder, name, max, out):
 * The same for a file that holds one JSON object, which the caller releases.
 */
int record_json(const char *folder, const char *name, size_t max, json_t **out);

/**
 * record_write(folder, name, object):
 * Write the JSON ${object}, indented for people, to ${folder}/${name}, 0440, atomically.
 * Return 0, or an exit code after reporting.
 */
int record_write(const char *folder, const char *name, const json_t *object);

/**
 * record_text(object, key):
 * Return the text of ${key} in ${object}, or NULL where there is none.
 */
const char *record_text(const json_t *object, const char *key);

#endif
