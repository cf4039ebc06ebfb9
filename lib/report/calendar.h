#ifndef REPORT_CALENDAR_H
#define REPORT_CALENDAR_H

#include <stdint.h>

/*
 * Moments as people say them, on the local clock and in the language that is spoken.  Each
 * function writes into ${buf} of CALENDAR_TEXT bytes and returns it; ${t} is in seconds since
 * 1970.
 */
#define CALENDAR_TEXT 96

/**
 * calendar_long(buf, t):
 * "Thursday, 26 November 2026, 20:14 WIB".
 */
const char *calendar_long(char buf[CALENDAR_TEXT], int64_t t);

/**
 * calendar_date(buf, t):
 * "26 November 2026".
 */
const char *calendar_date(char buf[CALENDAR_TEXT], int64_t t);

/**
 * calendar_day(buf, t):
 * "26 Nov".
 */
const char *calendar_day(char buf[CALENDAR_TEXT], int64_t t);

/**
 * calendar_near(buf, t, now):
 * As short as it can be seen from ${now}: "today 02:00", "yesterday 02:00", "tomorrow 02:00",
 * "22 Nov 04:00", and with the year where that is another.
 */
const char *calendar_near(char buf[CALENDAR_TEXT], int64_t t, int64_t now);

/**
 * calendar_point(buf, t):
 * "26 Nov 2026 02:00", for tables.
 */
const char *calendar_point(char buf[CALENDAR_TEXT], int64_t t);

/**
 * calendar_stamp(buf, t):
 * "2026-11-26T02:00:00Z", for programs.
 */
const char *calendar_stamp(char buf[CALENDAR_TEXT], int64_t t);

#endif
