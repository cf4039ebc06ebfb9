#include "set/schedule.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The one place where the hours stand, beside cron.d/siantre-backup and systemd/. */
static const char *const lines[] = {
    "0 2 * * * db",
    "0 3 * * * files",
    "0 4 * * 0 full",
    "0 6 * * * ship",
    "0 5 * * 6 verify",
    "0 5 1 1,4,7,10 * drill",
};

#define LINES (sizeof(lines) / sizeof(lines[0]))
#define DAYS 400 /* the longest way to the next one, and more */

/* Whether the list ${field} of crontab(5), without ranges, has ${value}. */
static bool
fits(const char *field, int value)
{
	int number, used;

	if (strcmp(field, "*") == 0)
		return true;
	while (sscanf(field, "%d%n", &number, &used) == 1) {
		if (number == value)
			return true;
		field += used;
		if (*field++ != ',')
			break;
	}
	return false;
}

int64_t
schedule_next(const char *job, int64_t now)
{
	char day[16], month[16], weekday[16], name[16];
	time_t from = (time_t)now, t;
	struct tm today, tm;
	int minute, hour;
	size_t i;

	for (i = 0; i < LINES; i++) {
		if (sscanf(lines[i], "%d %d %15s %15s %15s %15s", &minute, &hour, day, month,
			weekday, name) == 6 &&
		    strcmp(name, job) == 0)
			break;
	}
	if (i == LINES || localtime_r(&from, &today) == NULL)
		return -1;
	for (int k = 0; k < DAYS; k++) {
		tm = (struct tm){.tm_year = today.tm_year,
		    .tm_mon = today.tm_mon,
		    .tm_mday = today.tm_mday + k,
		    .tm_hour = hour,
		    .tm_min = minute,
		    .tm_isdst = -1};
		t = mktime(&tm); /* which also finds the weekday */
		if (t > from && fits(day, tm.tm_mday) && fits(month, tm.tm_mon + 1) &&
		    fits(weekday, tm.tm_wday))
			return (int64_t)t;
	}
	return -1;
}

const char *
schedule_line(size_t i)
{
	return i < LINES ? lines[i] : NULL;
}
