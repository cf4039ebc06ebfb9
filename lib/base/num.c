#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/num.h"

/* Take the digits at ${*text} into ${*out}; return -1 for none of them or too large a number. */
static int
digits(const char **text, uint64_t *out)
{
	const char *p = *text;
	uint64_t n = 0;

	if (*p < '0' || *p > '9')
		return -1;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*p - '0'), &n))
			return -1;
	}
	*text = p;
	*out = n;
	return 0;
}

int
num_count(const char *text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n;

	if (digits(&text, &n) == -1 || *text != '\0' || n < min || n > max)
		return -1;
	*out = n;
	return 0;
}

int
num_size(const char *text, uint64_t *out)
{
	static const char units[] = "KMGTPkmgtp";
	const char *unit;
	uint64_t n;
	int i;

	if (digits(&text, &n) == -1)
		return -1;
	if (*text != '\0' && (unit = strchr(units, *text)) != NULL) {
		for (i = 0; i <= (int)(unit - units) % 5; i++) {
			if (__builtin_mul_overflow(n, (uint64_t)1024, &n))
				return -1;
		}
		text++;
		if (*text == 'i' && text[1] == 'B')
			text++;
	}
	if (*text == 'B')
		text++;
	if (*text != '\0')
		return -1;
	*out = n;
	return 0;
}

int
num_duration(const char *text, int64_t *out)
{
	static const struct {
		char letter;
		int64_t seconds;
	} units[] = {{'y', 365 * 86400}, {'w', 7 * 86400}, {'d', 86400}, {'h', 3600}, {'m', 60},
	    {'s', 1}};
	int64_t sum = 0, part;
	size_t i = 0;
	uint64_t n;

	if (strcmp(text, "0") == 0) {
		*out = 0;
		return 0;
	}
	do {
		if (digits(&text, &n) == -1)
			return -1;
		/* The units fall, so the search goes on where it stood. */
		while (i < sizeof(units) / sizeof(units[0]) && units[i].letter != *text)
			i++;
		if (i == sizeof(units) / sizeof(units[0]))
			return -1;
		if (__builtin_mul_overflow(n, units[i].seconds, &part) ||
		    __builtin_add_overflow(sum, part, &sum))
			return -1;
		text++;
		i++;
	} while (*text != '\0');
	*out = sum;
	return 0;
}

const char *
num_human(char *buf, size_t size, uint64_t bytes)
{
	static const char units[] = "KMGTPE";
	double n = (double)bytes / 1024;
	size_t i = 0;

	if (bytes < 1024) {
		snprintf(buf, size, "%ju B", (uintmax_t)bytes);
		return buf;
	}
	/* What would round to 1024 belongs to the next unit. */
	for (; n >= 1023.5 && units[i + 1] != '\0'; i++)
		n /= 1024;
	snprintf(buf, size, "%.*f %ciB", n < 99.95 ? 1 : 0, n, units[i]);
	return buf;
}

/* Write "${a} ${unit_a} ${b} ${unit_b}", without the second pair where ${b} is 0. */
static void
pair(char *buf, size_t size, uint64_t a, const char *unit_a, uint64_t b, const char *unit_b)
{
	if (b == 0)
		snprintf(buf, size, "%ju %s", (uintmax_t)a, unit_a);
	else
		snprintf(
		    buf, size, "%ju %s %ju %s", (uintmax_t)a, unit_a, (uintmax_t)b, unit_b);
}

const char *
num_elapsed(char *buf, size_t size, double seconds)
{
	uint64_t n;

	if (!(seconds > 0))
		seconds = 0;
	if (seconds < 59.95) {
		snprintf(buf, size, "%.1f s", seconds);
		return buf;
	}
	n = seconds < 1e15 ? (uint64_t)(seconds + 0.5) : (uint64_t)1e15;
	/* Two units at most, rounded down, so that "1 h 60 min" cannot come about. */
	if (n < 3600)
		pair(buf, size, n / 60, "min", n % 60, "s");
	else if (n < 86400)
		pair(buf, size, n / 3600, "h", n % 3600 / 60, "min");
	else if (n < 10 * 86400)
		pair(buf, size, n / 86400, "d", n % 86400 / 3600, "h");
	else
		snprintf(buf, size, "%ju d", (uintmax_t)(n / 86400));
	return buf;
}
