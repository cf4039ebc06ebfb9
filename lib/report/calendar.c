#include "report/calendar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/language.h"

/* C.UTF-8 has English names only, whatever language is spoken. */
static const char *const weekdays[] = {N_("Sunday"), N_("Monday"), N_("Tuesday"),
    N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday")};
static const char *const months[] = {N_("January"), N_("February"), N_("March"), N_("April"),
    N_("May"), N_("June"), N_("July"), N_("August"), N_("September"), N_("October"),
    N_("November"), N_("December")};
static const char *const short_months[] = {N_("Jan"), N_("Feb"), N_("Mar"), N_("Apr"),
    N_("May"), N_("Jun"), N_("Jul"), N_("Aug"), N_("Sep"), N_("Oct"), N_("Nov"), N_("Dec")};

/* A moment without a place on the clock is shown as the first one there is. */
static struct tm
local(int64_t t)
{
	time_t seconds = (time_t)t;
	struct tm tm;

	if (localtime_r(&seconds, &tm) == NULL)
		tm = (struct tm){.tm_mday = 1, .tm_year = 70};
	return tm;
}

static bool
same_day(const struct tm *a, const struct tm *b)
{
	return a->tm_year == b->tm_year && a->tm_yday == b->tm_yday;
}

/* Whether ${tm} is ${days} days off ${now}; noon, which no change of the clock moves away. */
static bool
off(const struct tm *tm, int64_t now, int days)
{
	struct tm other = local(now);

	other.tm_mday += days;
	other.tm_hour = 12;
	other.tm_isdst = -1;
	(void)mktime(&other);
	return same_day(tm, &other);
}

static const char *
clock_text(char buf[16], const struct tm *tm)
{
	/* TRANSLATORS: hour and minute. */
	snprintf(buf, 16, _("%02d:%02d"), tm->tm_hour % 24, tm->tm_min % 60);
	return buf;
}

const char *
calendar_long(char buf[CALENDAR_TEXT], int64_t t)
{
	struct tm tm = local(t);
	char clock[16], zone[16] = "";

	if (strftime(zone, sizeof(zone), "%Z", &tm) == 0)
		*zone = '\0';
	/* TRANSLATORS: weekday, day, month, year, time of the day, time zone. */
	snprintf(buf, CALENDAR_TEXT, _("%s, %d %s %d, %s %s"),
	    language_text(weekdays[tm.tm_wday % 7]), tm.tm_mday,
	    language_text(months[tm.tm_mon % 12]), tm.tm_year + 1900, clock_text(clock, &tm),
	    zone);
	return buf;
}

const char *
calendar_date(char buf[CALENDAR_TEXT], int64_t t)
{
	struct tm tm = local(t);

	/* TRANSLATORS: day, month, year. */
	snprintf(buf, CALENDAR_TEXT, _("%d %s %d"), tm.tm_mday,
	    language_text(months[tm.tm_mon % 12]), tm.tm_year + 1900);
	return buf;
}

const char *
calendar_day(char buf[CALENDAR_TEXT], int64_t t)
{
	struct tm tm = local(t);

	/* TRANSLATORS: day, month. */
	snprintf(buf, CALENDAR_TEXT, _("%d %s"), tm.tm_mday,
	    language_text(short_months[tm.tm_mon % 12]));
	return buf;
}

const char *
calendar_near(char buf[CALENDAR_TEXT], int64_t t, int64_t now)
{
	struct tm tm = local(t), today = local(now);
	char clock[16];

	clock_text(clock, &tm);
	if (off(&tm, now, 0))
		snprintf(buf, CALENDAR_TEXT, _("today %s"), clock);
	else if (off(&tm, now, -1))
		snprintf(buf, CALENDAR_TEXT, _("yesterday %s"), clock);
	else if (off(&tm, now, 1))
		snprintf(buf, CALENDAR_TEXT, _("tomorrow %s"), clock);
	else if (tm.tm_year != today.tm_year)
		return calendar_point(buf, t);
	else
		/* TRANSLATORS: day, month, time of the day. */
		snprintf(buf, CALENDAR_TEXT, _("%d %s %s"), tm.tm_mday,
		    language_text(short_months[tm.tm_mon % 12]), clock);
	return buf;
}

const char *
calendar_point(char buf[CALENDAR_TEXT], int64_t t)
{
	struct tm tm = local(t);
	char clock[16];

	/* TRANSLATORS: day, month, year, time of the day. */
	snprintf(buf, CALENDAR_TEXT, _("%d %s %d %s"), tm.tm_mday,
	    language_text(short_months[tm.tm_mon % 12]), tm.tm_year + 1900,
	    clock_text(clock, &tm));
	return buf;
}

const char *
calendar_stamp(char buf[CALENDAR_TEXT], int64_t t)
{
	time_t seconds = (time_t)t;
	struct tm tm;

	/* A year of four digits is what HTML knows. */
	if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year < -899 || tm.tm_year > 8099)
		tm = (struct tm){.tm_mday = 1, .tm_year = 70};
	strftime(buf, CALENDAR_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return buf;
}
