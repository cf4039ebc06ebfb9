#include "set/setname.h"

#include <stdbool.h>
#include <time.h>

#define LENGTH 15

/* The number in ${len} digits at ${text}; -1: they are not digits. */
static int
digits(const char *text, int len)
{
	int n = 0;

	for (int i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		n = n * 10 + (text[i] - '0');
	}
	return n;
}

static bool
is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days from 1970-01-01 to that date. */
static int64_t
days(int year, int month, int day)
{
	/* Before each month, in a year that is none of 366. */
	static const int before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int past = year - 1;

	return (int64_t)(year - 1970) * 365 + (past / 4 - past / 100 + past / 400) - 477 +
	       before[month - 1] + (month > 2 && is_leap(year)) + day - 1;
}

int
setname_read(const char *name, struct setname *out)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day, hour, minute, second;

	for (int i = 0; i < LENGTH; i++) {
		if (i == 8 ? name[i] != '_' : name[i] < '0' || name[i] > '9')
			return -1;
	}
	if (name[LENGTH] != '\0')
		return -1;
	year = digits(name, 4);
	month = digits(name + 4, 2);
	day = digits(name + 6, 2);
	hour = digits(name + 9, 2);
	minute = digits(name + 11, 2);
	second = digits(name + 13, 2);
	if (year < 1970 || month < 1 || month > 12 || day < 1 ||
	    day > lengths[month - 1] + (month == 2 && is_leap(year)) || hour > 23 ||
	    minute > 59 || second > 59)
		return -1;
	if (out != NULL) {
		out->year = year;
		out->month = month;
		out->wall = days(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
	}
	return 0;
}

int64_t
setname_wall(int64_t moment)
{
	time_t t = (time_t)moment;
	struct tm tm;

	return localtime_r(&t, &tm) != NULL ? moment + tm.tm_gmtoff : moment;
}
