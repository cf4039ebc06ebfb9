#include "notify/moment.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/language.h"
#include "base/num.h"

int64_t
moment_now(void)
{
	const char *text = getenv("SIANTRE_NOW");
	uint64_t seconds;

	if (text != NULL && num_count(text, 0, INT32_MAX * (uint64_t)64, &seconds) == 0)
		return (int64_t)seconds;
	return (int64_t)time(NULL);
}

const char *
moment_text(char buf[MOMENT_TEXT], int64_t t)
{
	time_t when = (time_t)t;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
	    strftime(buf, MOMENT_TEXT, "%Y-%m-%d %H:%M %Z", &tm) == 0)
		strlcpy(buf, "?", MOMENT_TEXT);
	return buf;
}

const char *
moment_length(char buf[MOMENT_TEXT], int64_t seconds)
{
	char first[20], second[20] = "";
	int minutes, hours, days;

	if (seconds < 60) {
		snprintf(buf, MOMENT_TEXT, "%s", _("less than a minute"));
		return buf;
	}
	if (seconds > (int64_t)36500 * 86400)
		seconds = (int64_t)36500 * 86400;
	minutes = (int)(seconds / 60 % 60);
	hours = (int)(seconds / 3600 % 24);
	days = (int)(seconds / 86400);
	if (days > 0) {
		snprintf(first, sizeof(first), P_("%d day", "%d days", days), days);
		if (hours > 0)
			snprintf(
			    second, sizeof(second), P_("%d hour", "%d hours", hours), hours);
	} else if (hours > 0) {
		snprintf(first, sizeof(first), P_("%d hour", "%d hours", hours), hours);
		if (minutes > 0)
			snprintf(second, sizeof(second), P_("%d minute", "%d minutes", minutes),
			    minutes);
	} else {
		snprintf(first, sizeof(first), P_("%d minute", "%d minutes", minutes), minutes);
	}
	snprintf(buf, MOMENT_TEXT, "%s%s%s", first, *second != '\0' ? " " : "", second);
	return buf;
}

/* Minutes since midnight of HH:MM at ${*text}, which moves behind it; -1 for anything else. */
static int
clock_of(const char **text)
{
	const char *t = *text;

	for (int i = 0; i < 5; i++) {
		if (i == 2 ? t[i] != ':' : t[i] < '0' || t[i] > '9')
			return -1;
	}
	int hours = (t[0] - '0') * 10 + t[1] - '0', minutes = (t[3] - '0') * 10 + t[4] - '0';
	if (hours > 24 || minutes > 59 || hours * 60 + minutes > 24 * 60)
		return -1;
	*text = t + 5;
	return hours * 60 + minutes;
}

int
moment_quiet(const char *hours, int64_t t, int64_t *end)
{
	time_t when = (time_t)t;
	struct tm tm;
	int from, to, now;

	if (*hours == '\0')
		return 0;
	from = clock_of(&hours);
	if (from == -1 || *hours++ != '-' || (to = clock_of(&hours)) == -1 || *hours != '\0')
		return -1;
	if (localtime_r(&when, &tm) == NULL)
		return -1;
	now = tm.tm_hour * 60 + tm.tm_min;
	if (from <= to ? now < from || now >= to : now < from && now >= to)
		return 0;
	/* Over midnight, or a change to summer time: mktime() finds the right second. */
	tm.tm_mday += now >= to;
	tm.tm_hour = to / 60;
	tm.tm_min = to % 60;
	tm.tm_sec = 0;
	tm.tm_isdst = -1;
	*end = (int64_t)mktime(&tm);
	return *end > t;
}
