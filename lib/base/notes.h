#ifndef BASE_NOTES_H
#define BASE_NOTES_H

#include <jansson.h>

/**
 * notes_add(note):
 * Append ${note} as one JSON line, with one write, to the file that $SIANTRE_NOTES names;
 * nothing where it is not set.  Takes ${note} over (json_decref) in any case.  Return 0, or -1
 * after reporting.
 */
int notes_add(json_t *note);

/**
 * notes_wanted(void):
 * Return whether $SIANTRE_NOTES is set: facts that cost time are gathered only then.
 */
int notes_wanted(void);

/**
 * notes_text(text):
 * A JSON string of ${text}; bytes that are not UTF-8 are written as \xNN, so that any file
 * name can be told.
 */
json_t *notes_text(const char *text);

#endif
