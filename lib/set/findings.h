#ifndef SET_FINDINGS_H
#define SET_FINDINGS_H

#include <stdbool.h>

/*
 * What a look at the system found, thing by thing: fine, worth a word, or a failure to come;
 * and the command that mends it.
 */
struct findings;

/**
 * findings_new(void):
 * Return an empty list, or NULL after reporting.
 */
struct findings *findings_new(void);

/**
 * findings_add(f, level, subject, format, ...):
 * Append one: ${level} is ok, warn or fail.
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
 * findings_failed(f):
 * Return whether one of them is fail, or memory ran out.
 */
bool findings_failed(const struct findings *f);

/**
 * findings_print(f, json):
 * Print them to stdout, for people or as a JSON list.  Return 0, or an exit code after
 * reporting.
 */
int findings_print(const struct findings *f, bool json);

/**
 * findings_free(f):
 * NULL is fine.
 */
void findings_free(struct findings *f);

#endif
