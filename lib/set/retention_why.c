/* What retention_decide has found, in words. */
#include <stdbool.h>
#include <string.h>

#include "set/retention.h"

#define DAY INT64_C(86400)

static const char *const names[RETENTION_PERIODS] = {
    [RETENTION_EACH] = "last",
    [RETENTION_HOUR] = "hourly",
    [RETENTION_DAY] = "daily",
    [RETENTION_WEEK] = "weekly",
    [RETENTION_MONTH] = "monthly",
    [RETENTION_YEAR] = "yearly",
};

static const char *const periods[RETENTION_PERIODS] = {
    [RETENTION_EACH] = "moment",
    [RETENTION_HOUR] = "hour",
    [RETENTION_DAY] = "day",
    [RETENTION_WEEK] = "week",
    [RETENTION_MONTH] = "month",
    [RETENTION_YEAR] = "year",
};

static void
comma(struct buf *b, size_t start)
{
	if (b->len > start)
		buf_text(b, ", ");
}

/* An age in full days, or below ten of them in hours. */
static const char *
age(char buf[RETENTION_AGE], int64_t seconds)
{
	return retention_rules_age(
	    buf, seconds >= 10 * DAY ? seconds / DAY * DAY : seconds / 3600 * 3600);
}

static void
kept(const struct retention_set *s, const struct retention_rules *r, struct buf *b)
{
	char text[RETENTION_AGE];
	size_t start = b->len;

	for (size_t k = 0; k < RETENTION_PERIODS; k++) {
		if ((s->reason.kept & 1U << k) == 0)
			continue;
		comma(b, start);
		buf_printf(b, "%s%swithin %s", k == RETENTION_EACH ? "" : names[k],
		    k == RETENTION_EACH ? "" : " ", retention_rules_age(text, r->within[k]));
	}
	for (size_t k = 0; k < RETENTION_PERIODS; k++) {
		if ((s->reason.kept & 1U << (RETENTION_PERIODS + k)) == 0)
			continue;
		comma(b, start);
		buf_text(b, names[k]);
		if (s->reason.number[k] != 0)
			buf_printf(b, " %ju", (uintmax_t)s->reason.number[k]);
	}
	switch (s->reason.guard) {
	case RETENTION_NO_GUARD: break;
	case RETENTION_NO_NAME: buf_text(b, "not the name of a set"); break;
	case RETENTION_NO_RULES: buf_text(b, "no rules"); break;
	case RETENTION_FUTURE: buf_text(b, "dated in the future"); break;
	case RETENTION_NEWEST:
		comma(b, start);
		buf_text(b, s->bare ? "newest" : "newest verified");
		break;
	case RETENTION_AMONG:
		if (b->len == start)
			buf_printf(b, "one of the %jd newest verified",
			    (intmax_t)s->reason.amounts[0]);
		break;
	case RETENTION_NONE_NEWER:
		comma(b, start);
		buf_text(b, "no newer one is verified");
		break;
	}
}

static void
gone(const struct retention_set *s, const struct retention_rules *r, struct buf *b)
{
	char text[RETENTION_AGE];
	size_t start = b->len;

	for (size_t k = 0; k < RETENTION_PERIODS; k++) {
		if (r->within[k] == 0)
			continue;
		comma(b, start);
		if ((s->reason.beyond & 1U << k) != 0)
			buf_printf(b, "older than %s", retention_rules_age(text, r->within[k]));
		else
			buf_printf(b, "not the newest of its %s", periods[k]);
	}
	for (size_t k = 0; k < RETENTION_PERIODS; k++) {
		if (r->count[k] == 0)
			continue;
		comma(b, start);
		if ((s->reason.beyond & 1U << (RETENTION_PERIODS + k)) != 0)
			buf_printf(b, "beyond %s %ju", names[k], (uintmax_t)r->count[k]);
		else
			buf_printf(b, "not the newest of its %s", periods[k]);
	}
}

void
retention_why(const struct retention_set *s, const struct retention_rules *r, struct buf *b)
{
	if (s->remove)
		gone(s, r, b);
	else if (s->hold != RETENTION_FREE)
		retention_hold_why(s, b);
	else
		kept(s, r, b);
	if (!s->verified)
		buf_text(b, ", not verified");
}

void
retention_hold_why(const struct retention_set *s, struct buf *b)
{
	const int64_t *n = s->reason.amounts;
	char a[RETENTION_AGE], c[RETENTION_AGE];

	switch (s->hold) {
	case RETENTION_FREE: break;
	case RETENTION_UNPROVEN: buf_text(b, "none is verified"); break;
	case RETENTION_STALE:
		buf_printf(b, "the newest verified set is %s old, and the rules reach %s",
		    age(a, n[0]), age(c, n[1]));
		break;
	case RETENTION_HOLE:
		buf_printf(b, "fewer than %jd verified sets since a hole of %s", (intmax_t)n[1],
		    age(a, n[0]));
		break;
	case RETENTION_MOST:
		buf_printf(b, "%jd of %jd would go at once, more than half", (intmax_t)n[0],
		    (intmax_t)n[1]);
		break;
	case RETENTION_INCOMPLETE: buf_text(b, "not all sets are known"); break;
	}
}
