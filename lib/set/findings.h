#ifndef SET_FINDINGS_H
#define SET_FINDINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * What a look at the system found, thing by thing: fine, worth a word, or a failure to come; and
 * the command that mends it.  Texts are in the language of whoever reads (base/language.h);
 * levels, commands and facts are the same in each.
 */
struct findings;

/**
 * findings_new(void):
 * Return an empty list, or NULL after reporting.
 */
struct findings *findings_new(void);

/**
 * findings_part(f, title):
 * What is added from now on stands under the heading ${title}, an English text that is translated
 * where it is printed (N_()); "": apart, without a heading.
 */
void findings_part(struct findings *f, const char *title);

/**
 * findings_add(f, level, subject, format, ...):
 * Append one: ${level} is ok, warn or fail; ${subject} is English, as a heading is.
 */
void findings_add(struct findings *f, const char *level, const char *subject,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/**
 * findings_mend(f, format, ...):
 * Name the command that mends the last one.
 */
void findings_mend(struct findings *f, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * findings_fact(f, key, value):
 * What the last one says, for programs: ${value} is taken over.
 */
void findings_fact(struct findings *f, const char *key, json_t *value);

/**
 * findings_word(text):
 * Return ${text} as one word of a shell's command, in quotes where it needs them.  In a static
 * buffer that the fourth call from now uses again.
 */
const char *findings_word(const char *text);

/**
 * findings_count(f, level):
 * Return how many there are of ${level}.
 */
size_t findings_count(const struct findings *f, const char *level);

/**
 * findings_failed(f):
 * Return whether one of them is fail, or memory ran out.
 */
bool findings_failed(const struct findings *f);

/**
 * findings_print(f, json):
 * Print them to stdout: for people, folded to the width of the terminal or of $COLUMNS, commands
 * always on a line of their own; or as a JSON list.  Return 0, or an exit code after reporting.
 */
int findings_print(const struct findings *f, bool json);

/**
 * findings_free(f):
 * NULL is fine.
 */
void findings_free(struct findings *f);

#endif
