#ifndef SET_RETENTION_RULES_H
#define SET_RETENTION_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The rules of retention, with the meaning that they have for `restic forget` (0.14): a set stays
 * if any of them keeps it.
 *
 *   within D          every set that is less than D older than the newest
 *   within-daily D    of those the newest of each day (hourly, weekly, monthly, yearly alike)
 *   last N            the N newest
 *   daily N           the newest of each of the N newest days that have a set (alike)
 *
 * Days, months and years are those of the calendar in the names; weeks those of ISO 8601, from
 * Monday to Sunday.
 */
enum retention_period {
	RETENTION_EACH, /* every set is a period of its own */
	RETENTION_HOUR,
	RETENTION_DAY,
	RETENTION_WEEK,
	RETENTION_MONTH,
	RETENTION_YEAR,
	RETENTION_PERIODS
};

/* All zero: no rule, and every set is kept. */
struct retention_rules {
	int64_t within[RETENTION_PERIODS]; /* seconds; 0: off */
	uint64_t count[RETENTION_PERIODS]; /* sets; 0: off */
};

/**
 * retention_rules_set(r, name, value):
 * Add the rule ${name} ("within", "within-daily", "last", "daily", …) with ${value}: a duration in
 * h, d, w or y (a y is 365 d) or a number; neither may be 0.  Return NULL, or what is wrong, for a
 * message "OPTION VALUE: what".
 */
const char *retention_rules_set(struct retention_rules *r, const char *name, const char *value);

/**
 * retention_rules_parse(text, out):
 * Read rules as a configuration has them, "within=30d daily=7 monthly=12"; "" is no rule.  Return
 * NULL, or what is wrong, for a message "KEY=VALUE: what", with ${*out} all zero.
 */
const char *retention_rules_parse(const char *text, struct retention_rules *out);

/**
 * retention_rules_empty(r):
 * Return whether there is no rule.
 */
bool retention_rules_empty(const struct retention_rules *r);

/**
 * retention_rules_reach(r):
 * Return how many seconds back the farthest of the rules reaches, if there is a set in every
 * period; 0 where there is none with a measure in time.
 */
int64_t retention_rules_reach(const struct retention_rules *r);

/**
 * retention_rules_shortest(r):
 * Return the shortest of the durations, or 0 where there is none.
 */
int64_t retention_rules_shortest(const struct retention_rules *r);

/**
 * retention_rules_age(buf, seconds):
 * Write a duration as a rule has it, "1y", "30d" or "36h", in full hours, into ${buf}; return
 * ${buf}.
 */
#define RETENTION_AGE 24
const char *retention_rules_age(char buf[RETENTION_AGE], int64_t seconds);

#endif
