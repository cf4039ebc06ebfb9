#ifndef BASE_CRONTAB_H
#define BASE_CRONTAB_H

#include <stdbool.h>
#include <time.h>

/*
 * The times of a line of crontab(5), as Debian's cron reads them: five fields with numbers, names
 * of months and days, ranges, lists and steps, or a nickname (@daily).  A day is due where both of
 * its fields have it; where neither of them begins with a star, where one of them has it.
 */

/**
 * crontab_next(line, after, next):
 * Store in ${*next} the first time after ${after} that the fields at the start of ${line} name, by
 * the local clock; what follows them (a user, a command) is not looked at.  A time that is missing
 * on the day when clocks are put forward comes as much later; one that comes twice comes once.
 * Return false, with ${*next} as it was, where these are no five fields, or where no day of the
 * next eight years is one of theirs (30 February, @reboot).
 */
bool crontab_next(const char *line, time_t after, time_t *next);

#endif
