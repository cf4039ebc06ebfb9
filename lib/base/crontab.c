#include "base/crontab.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#define BLANKS " \t"
#define DAYS (8 * 366 + 1) /* from one 29 February to the next over a year such as 2100 */

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

struct times {
	uint64_t set[FIELDS]; /* a bit a value */
	bool star[FIELDS];    /* the field begins with a star */
};

static const struct {
	unsigned low, high;
	const char *names; /* three letters each, from the lowest value on */
} fields[FIELDS] = {{0, 59, ""}, {0, 23, ""}, {1, 31, ""},
    {1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"}, {0, 7, "sunmontuewedthufrisat"}};

static const struct {
	const char *name, *line;
} nicknames[] = {{"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"},
    {"@monthly", "0 0 1 * *"}, {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},
    {"@midnight", "0 0 * * *"}, {"@hourly", "0 * * * *"}};

/* Read a number between ${low} and ${high}; move ${*p} behind it. */
static bool
number(const char **p, unsigned low, unsigned high, unsigned *out)
{
	unsigned value = 0;

	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++) {
		value = value * 10 + (unsigned)(**p - '0');
		if (value > high)
			return false;
	}
	*out = value;
	return value >= low;
}

/* Read a number of field ${f}, or one of its names. */
static bool
value(const char **p, int f, unsigned *out)
{
	unsigned n = fields[f].low;

	for (const char *name = fields[f].names; *name != '\0'; name += 3, n++) {
		if (strncasecmp(*p, name, 3) != 0)
			continue;
		*p += 3;
		*out = n;
		return true;
	}
	return number(p, fields[f].low, fields[f].high, out);
}

/* Read one part of a list: a star or a range, either with a step, or a single value. */
static bool
part(const char **p, int f, uint64_t *set)
{
	unsigned first = fields[f].low, last = fields[f].high, step = 1;
	bool range = true;

	if (**p == '*') {
		(*p)++;
	} else {
		if (!value(p, f, &first))
			return false;
		last = first;
		range = **p == '-';
		if (range) {
			(*p)++;
			if (!value(p, f, &last) || last < first)
				return false;
		}
	}
	if (range && **p == '/') {
		(*p)++;
		if (!number(p, 1, fields[f].high, &step))
			return false;
	}
	for (unsigned n = first; n <= last; n += step)
		*set |= UINT64_C(1) << n;
	return true;
}

static bool
read_fields(const char *p, struct times *t)
{
	for (int f = 0; f < FIELDS; f++) {
		p += strspn(p, BLANKS);
		t->star[f] = *p == '*';
		do {
			if (!part(&p, f, &t->set[f]))
				return false;
		} while (*p == ',' && *++p != '\0');
		if (*p != '\0' && strchr(BLANKS "\n", *p) == NULL)
			return false;
	}
	/* Sunday is 0 and 7. */
	if ((t->set[WEEKDAY] & UINT64_C(1) << 7) != 0)
		t->set[WEEKDAY] |= 1;
	return true;
}

static bool
read_line(const char *line, struct times *t)
{
	size_t len;

	line += strspn(line, BLANKS);
	if (*line != '@')
		return read_fields(line, t);
	len = strcspn(line, BLANKS "\n");
	for (size_t i = 0; i < sizeof(nicknames) / sizeof(nicknames[0]); i++)
		if (strlen(nicknames[i].name) == len &&
		    strncasecmp(nicknames[i].name, line, len) == 0)
			return read_fields(nicknames[i].line, t);
	return false;
}

static bool
has(const struct times *t, int f, int n)
{
	return (t->set[f] >> n & 1) != 0;
}

static bool
due(const struct times *t, const struct tm *tm)
{
	bool day = has(t, DAY, tm->tm_mday), weekday = has(t, WEEKDAY, tm->tm_wday);

	return has(t, MONTH, tm->tm_mon + 1) &&
	       (t->star[DAY] || t->star[WEEKDAY] ? day && weekday : day || weekday);
}

/* The first time of ${day} after ${after}. */
static bool
on_day(const struct times *times, const struct tm *day, time_t after, time_t *next)
{
	struct tm tm;
	time_t t;

	for (int hour = 0; hour < 24; hour++)
		for (int minute = 0; has(times, HOUR, hour) && minute < 60; minute++) {
			if (!has(times, MINUTE, minute))
				continue;
			tm = (struct tm){.tm_year = day->tm_year,
			    .tm_mon = day->tm_mon,
			    .tm_mday = day->tm_mday,
			    .tm_hour = hour,
			    .tm_min = minute,
			    .tm_isdst = -1};
			if ((t = mktime(&tm)) > after) {
				*next = t;
				return true;
			}
		}
	return false;
}

bool
crontab_next(const char *line, time_t after, time_t *next)
{
	struct times times = {.set = {0}};
	struct tm today, day;

	if (!read_line(line, &times) || localtime_r(&after, &today) == NULL)
		return false;
	for (int k = 0; k < DAYS; k++) {
		/* At noon no clock is put forward or back. */
		day = (struct tm){.tm_year = today.tm_year,
		    .tm_mon = today.tm_mon,
		    .tm_mday = today.tm_mday + k,
		    .tm_hour = 12,
		    .tm_isdst = -1};
		if (mktime(&day) == -1)
			continue;
		if (due(&times, &day) && on_day(&times, &day, after, next))
			return true;
	}
	return false;
}
