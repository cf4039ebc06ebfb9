#ifndef REPORT_FORECAST_H
#define REPORT_FORECAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "set/config.h"

/*
 * In how many days the disk of the sets is full, as siantre-alert reckons it (notify/disk.h): page
 * and alarm do not tell two numbers.
 */
struct forecast;

enum { FORECAST_UNKNOWN = -2, FORECAST_NEVER = -1 };

/**
 * forecast_new(void):
 * Return a forecast without sets, or NULL after reporting.
 */
struct forecast *forecast_new(void);

/**
 * forecast_set(f, name, job, began, bytes):
 * Take in a verified set; they come the newest first.  Return 0, or -1 after reporting.
 */
int forecast_set(
    struct forecast *f, const char *name, const char *job, int64_t began, int64_t bytes);

/**
 * forecast_days(f, c, room, now, days):
 * Put into ${*days} in how many days, a year at most, nothing of ${room} bytes is left, or
 * FORECAST_NEVER (not within a year), or FORECAST_UNKNOWN (too little is known).  What else grows
 * on that disk is taken from what siantre-alert check has seen.  Return 0, or -1 after reporting,
 * without memory.
 */
int forecast_days(
    const struct forecast *f, const struct config *c, int64_t room, int64_t now, int64_t *days);

/**
 * forecast_soon(c, days):
 * Return whether somebody should hear that the disk is full in so many days (forecast_days()): as
 * siantre-alert does by DISK_WARN.
 */
bool forecast_soon(const struct config *c, int64_t days);

/**
 * forecast_free(f):
 * NULL is fine.
 */
void forecast_free(struct forecast *f);

#endif
