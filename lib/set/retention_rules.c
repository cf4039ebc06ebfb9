#include "set/retention_rules.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"

#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define YEAR (365 * DAY)
#define LONGEST (1000 * YEAR) /* no sum of times overflows */
#define MOST 1000000000       /* sets */

/* As in the names of the rules; and how long one of them is at most. */
static const struct {
	const char *word;
	int64_t length;
} periods[RETENTION_PERIODS] = {
    [RETENTION_EACH] = {"last", 0},
    [RETENTION_HOUR] = {"hourly", HOUR},
    [RETENTION_DAY] = {"daily", DAY},
    [RETENTION_WEEK] = {"weekly", 7 * DAY},
    [RETENTION_MONTH] = {"monthly", 31 * DAY},
    [RETENTION_YEAR] = {"yearly", 366 * DAY},
};

static const char *
set_within(int64_t *within, const char *value)
{
	int64_t seconds;

	if (*within != 0)
		return "given twice";
	/* An m is a month to some and a minute to others: nobody shall lose sets over it. */
	if (value[strspn(value, "0123456789hdwy")] != '\0' ||
	    num_duration(value, &seconds) != 0)
		return "not a duration in h, d, w or y such as 30d or 1y";
	if (seconds == 0)
		return "0 keeps nothing; leave the rule out where it is not wanted";
	if (seconds > LONGEST)
		return "longer than 1000y";
	*within = seconds;
	return NULL;
}

static const char *
set_count(uint64_t *count, const char *value)
{
	uint64_t n;

	if (*count != 0)
		return "given twice";
	if (num_count(value, 0, MOST, &n) != 0)
		return "not a number such as 7";
	if (n == 0)
		return "0 keeps nothing; leave the rule out where it is not wanted";
	*count = n;
	return NULL;
}

const char *
retention_rules_set(struct retention_rules *r, const char *name, const char *value)
{
	const char *period = strncmp(name, "within-", 7) == 0 ? name + 7 : name;

	if (strcmp(name, "within") == 0)
		return set_within(&r->within[RETENTION_EACH], value);
	for (size_t i = 0; i < RETENTION_PERIODS; i++) {
		if (strcmp(period, periods[i].word) != 0 ||
		    (period != name && i == RETENTION_EACH))
			continue;
		return period == name ? set_count(&r->count[i], value)
				      : set_within(&r->within[i], value);
	}
	return "not a rule such as within=30d or daily=7";
}

const char *
retention_rules_parse(const char *text, struct retention_rules *out)
{
	struct retention_rules rules = {0};
	const char *problem = NULL;
	char word[64], *value;
	size_t len;

	memset(out, 0, sizeof(*out));
	for (text += strspn(text, " "); *text != '\0'; text += strspn(text, " ")) {
		len = strcspn(text, " ");
		if (len >= sizeof(word))
			return "not a rule such as within=30d or daily=7";
		memcpy(word, text, len);
		word[len] = '\0';
		text += len;
		if ((value = strchr(word, '=')) == NULL)
			return "not a rule such as within=30d or daily=7";
		*value++ = '\0';
		if ((problem = retention_rules_set(&rules, word, value)) != NULL)
			return problem;
	}
	*out = rules;
	return NULL;
}

bool
retention_rules_empty(const struct retention_rules *r)
{
	for (size_t i = 0; i < RETENTION_PERIODS; i++) {
		if (r->within[i] != 0 || r->count[i] != 0)
			return false;
	}
	return true;
}

int64_t
retention_rules_reach(const struct retention_rules *r)
{
	int64_t reach = 0, one;

	for (size_t i = 0; i < RETENTION_PERIODS; i++) {
		one = r->within[i];
		if (__builtin_mul_overflow((int64_t)r->count[i], periods[i].length, &one) ||
		    one > LONGEST)
			one = LONGEST;
		if (one < r->within[i])
			one = r->within[i];
		if (one > reach)
			reach = one;
	}
	return reach;
}

int64_t
retention_rules_shortest(const struct retention_rules *r)
{
	int64_t shortest = 0;

	for (size_t i = 0; i < RETENTION_PERIODS; i++) {
		if (r->within[i] != 0 && (shortest == 0 || r->within[i] < shortest))
			shortest = r->within[i];
	}
	return shortest;
}

const char *
retention_rules_age(char buf[RETENTION_AGE], int64_t seconds)
{
	if (seconds >= YEAR && seconds % YEAR == 0)
		snprintf(buf, RETENTION_AGE, "%jdy", (intmax_t)(seconds / YEAR));
	else if (seconds >= DAY && seconds % DAY == 0)
		snprintf(buf, RETENTION_AGE, "%jdd", (intmax_t)(seconds / DAY));
	else
		snprintf(buf, RETENTION_AGE, "%jdh", (intmax_t)(seconds / HOUR));
	return buf;
}
