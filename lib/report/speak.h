#ifndef REPORT_SPEAK_H
#define REPORT_SPEAK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Numbers and times for people, in their language.
 */

/**
 * speak_elapsed(buf, size, seconds):
 * As num_elapsed(), with the units of the language: "1 d 3 h", "1 hari 3 jam".  ${buf} has ${size}
 * bytes (40 are enough); return it.
 */
const char *speak_elapsed(char *buf, size_t size, double seconds);

/**
 * speak_moment(buf, when):
 * Write the time ${when} on the clock of whoever reads, "2026-11-23 02:00", or "-" where it is 0 or
 * less; return ${buf}.
 */
const char *speak_moment(char buf[24], int64_t when);

/**
 * speak_text(text):
 * Return ${text} for one line of a terminal: what could steer it (control characters, also those of
 * Unicode, and marks that turn the direction of writing) and what is not UTF-8 stands there as
 * \ooo; behind 300 characters comes "...".  In a static buffer that the fourth call from now
 * uses again.
 */
const char *speak_text(const char *text);

#endif
