#ifndef NOTIFY_MOMENT_H
#define NOTIFY_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The clock that incidents, reminders and retries go by, and how its times are written for
 * people.  Tests set SIANTRE_NOW to seconds since 1970 and so let a week pass in a second; it is
 * read here and nowhere else.
 */

/**
 * moment_now(void):
 * Return the seconds since 1970: those of SIANTRE_NOW, where that is a number, or the clock's.
 */
int64_t moment_now(void);

/**
 * moment_text(buf, t):
 * Write the moment ${t} in local time for people ("2026-11-23 02:00 WIB") into ${buf} of
 * MOMENT_TEXT bytes, plain ASCII; return ${buf}.
 */
#define MOMENT_TEXT 40
const char *moment_text(char buf[MOMENT_TEXT], int64_t t);

/**
 * moment_length(buf, seconds):
 * Write a length of time in the language that is spoken ("3 days 4 hours", "25 minutes") into
 * ${buf} of MOMENT_TEXT bytes; return ${buf}.
 */
const char *moment_length(char buf[MOMENT_TEXT], int64_t seconds);

/**
 * moment_quiet(hours, t, end):
 * Whether ${t} lies within the quiet hours ${hours} ("22:00-06:00", local time; "" is none);
 * then ${*end} is when they end.
 * Return 1 or 0, or -1 where ${hours} is not such a text.
 */
int moment_quiet(const char *hours, int64_t t, int64_t *end);

#endif
