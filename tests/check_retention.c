#include "unit.h"

#include <stdbool.h>
#include <time.h>

#include "set/retention.h"

#define SETS 64

/* What stands around the sets of a case. */
struct around {
	const char *zone; /* NULL: UTC */
	const char *now;  /* on the wall of that zone */
	uint64_t floor;   /* 0: RETENTION_FLOOR */
	bool incomplete, many;
};

static int64_t
moment(const char *text)
{
	struct tm tm = {.tm_isdst = -1};

	ck_assert_ptr_nonnull(strptime(text, "%Y%m%d_%H%M%S", &tm));
	return (int64_t)mktime(&tm);
}

/*
 * Judge ${lines}, up to a NULL: "+20261123_020000 keep daily 1".  + is verified, - is not, . is a
 * bare name; job:NAME is one of that job, else it is db.
 */
static void
judge(const struct around *a, const char *rules, const char *const *lines)
{
	struct retention_set sets[SETS] = {0};
	char copies[SETS][128], said[512], expected[512];
	struct retention_rules r;
	struct retention_guards g = {.floor = a->floor != 0 ? a->floor : RETENTION_FLOOR,
	    .incomplete = a->incomplete,
	    .many = a->many};
	size_t n = 0;

	setenv("TZ", a->zone != NULL ? a->zone : "UTC", 1);
	tzset();
	g.now = moment(a->now);
	ck_assert_ptr_null(retention_rules_parse(rules, &r));
	for (; lines[n] != NULL; n++) {
		char *name = copies[n], *colon;

		strlcpy(name, lines[n] + 1, sizeof(copies[n]));
		name[strcspn(name, " ")] = '\0';
		sets[n].verified = *lines[n] == '+';
		sets[n].job = "db";
		if ((colon = strchr(name, ':')) != NULL) {
			*colon = '\0';
			sets[n].job = name;
			name = colon + 1;
		}
		sets[n].bare = *lines[n] == '.';
		sets[n].name = name;
	}
	ck_assert_int_eq(retention_decide(sets, n, &r, &g), 0);
	for (size_t i = 0; i < n; i++) {
		struct buf b = {0};

		retention_why(&sets[i], &r, &b);
		snprintf(said, sizeof(said), "%s: %s %s", lines[i],
		    sets[i].remove ? "remove" : "keep", buf_string(&b));
		snprintf(
		    expected, sizeof(expected), "%s: %s", lines[i], strchr(lines[i], ' ') + 1);
		ck_assert_str_eq(said, expected);
		buf_free(&b);
	}
}

#define JUDGE(around, rules, ...) \
	judge(&(around), rules, (const char *const[]){__VA_ARGS__, NULL})

static const struct around usual = {.now = "20261123_030000", .many = true};
static const struct around one = {.now = "20261123_030000", .many = true, .floor = 1};

START_TEST(within)
{
	JUDGE(one, "within=30d", "+20261123_020000 keep within 30d, newest verified",
	    "+20261024_020001 keep within 30d",
	    "+20261024_020000 remove older than 30d", /* as old as that is too old */
	    "+20261020_020000 remove older than 30d");
	/* From the newest set, not from the clock. */
	JUDGE(((struct around){.now = "20261130_020000", .floor = 1, .many = true}),
	    "within=30d", "+20261123_020000 keep within 30d, newest verified",
	    "+20261024_020001 keep within 30d", "+20261024_020000 remove older than 30d");
	JUDGE(one, "within-daily=3d", "+20261123_020000 keep daily within 3d, newest verified",
	    "+20261122_230000 keep daily within 3d",
	    "+20261122_020000 remove not the newest of its day",
	    "+20261120_020001 keep daily within 3d", "+20261120_020000 remove older than 3d");
	JUDGE(one, "within-hourly=2d within-monthly=1y",
	    "+20261123_025900 keep hourly within 2d, monthly within 1y, newest verified",
	    "+20261123_020000 remove not the newest of its hour, not the newest of its month",
	    "+20261122_025900 keep hourly within 2d", "+20261031_235959 keep monthly within 1y",
	    "+20261030_235959 remove older than 2d, not the newest of its month",
	    "+20251123_025900 remove older than 2d, older than 1y");
}
END_TEST

START_TEST(counts)
{
	JUDGE(one, "daily=2", "+20261123_030000 keep daily 1, newest verified",
	    "+20261123_020000 remove not the newest of its day",
	    "+20261110_020000 keep daily 2", /* days without a set are not counted */
	    "+20261110_010000 remove not the newest of its day",
	    "+20261109_020000 remove beyond daily 2");
	JUDGE(one, "last=2", "+20261123_030000 keep last 1, newest verified",
	    "+20261123_030000/20261123_020000 keep last 2",
	    "+20261122_020000 remove beyond last 2");
	JUDGE(one, "hourly=2", "+20261123_025959 keep hourly 1, newest verified",
	    "+20261123_020000 remove not the newest of its hour",
	    "+20261123_015959 keep hourly 2");
	JUDGE(one, "monthly=2", "+20261101_000000 keep monthly 1, newest verified",
	    "+20261031_235959 keep monthly 2",
	    "+20261001_000000 remove not the newest of its month",
	    "+20260930_235959 remove beyond monthly 2");
	JUDGE(one, "monthly=2", /* the same month of two years */
	    "+20261101_000000 keep monthly 1, newest verified",
	    "+20251101_000000 keep monthly 2");
	JUDGE(one, "yearly=2", "+20261123_000000 keep yearly 1, newest verified",
	    "+20260101_000000 remove not the newest of its year",
	    "+20251231_235959 keep yearly 2", "+20241231_235959 remove beyond yearly 2");
	/* Rules are united; one set may serve many. */
	JUDGE(one, "within=1d last=1 daily=2 weekly=2 monthly=2 yearly=2",
	    "+20261123_020000 keep within 1d, last 1, daily 1, weekly 1, monthly 1, yearly 1, "
	    "newest verified",
	    "+20261122_030000 keep within 1d, daily 2, weekly 2",
	    "+20261122_010000 remove older than 1d, beyond last 1, not the newest of its day, "
	    "not "
	    "the newest of its week, not the newest of its month, not the newest of its year",
	    "+20261031_020000 keep monthly 2", "+20251231_020000 keep yearly 2");
}
END_TEST

/* 2025-12-29 is a Monday, of week 1 of 2026; 2027-01-03 a Sunday, of week 53 of 2026. */
START_TEST(turn_of_the_year)
{
	static const struct around then = {.now = "20260106_000000", .floor = 1, .many = true};
	static const struct around later = {.now = "20270105_000000", .floor = 1, .many = true};

	JUDGE(then, "weekly=3", "+20260105_020000 keep weekly 1, newest verified",
	    "+20260104_020000 keep weekly 2",
	    "+20260103_020000 remove not the newest of its week",
	    "+20260102_020000 remove not the newest of its week",
	    "+20260101_020000 remove not the newest of its week",
	    "+20251231_020000 remove not the newest of its week",
	    "+20251230_020000 remove not the newest of its week",
	    "+20251229_020000 remove not the newest of its week",
	    "+20251228_020000 keep weekly 3",
	    "+20251227_020000 remove not the newest of its week",
	    "+20251221_020000 remove beyond weekly 3");
	JUDGE(later, "weekly=2 yearly=2",
	    "+20270104_020000 keep weekly 1, yearly 1, newest verified",
	    "+20270103_020000 keep weekly 2",
	    "+20270101_020000 remove not the newest of its week, not the newest of its year",
	    "+20261231_020000 keep yearly 2",
	    "+20261228_020000 remove not the newest of its week, not the newest of its year",
	    "+20261227_020000 remove beyond weekly 2, not the newest of its year");
	/* A week that begins in one year and ends in the next is one. */
	JUDGE(then, "within-weekly=30d monthly=2",
	    "+20260101_000000 keep weekly within 30d, monthly 1, newest verified",
	    "+20251231_235959 keep monthly 2", "+20251228_000000 keep weekly within 30d");
}
END_TEST

START_TEST(leap_days)
{
	static const struct around leap = {.now = "20240302_000000", .floor = 1, .many = true};
	static const struct around none = {.now = "20230302_000000", .floor = 1, .many = true};

	JUDGE(leap, "within=1d daily=3",
	    "+20240301_020000 keep within 1d, daily 1, newest verified",
	    "+20240229_020001 keep within 1d, daily 2",
	    "+20240229_020000 remove older than 1d, not the newest of its day",
	    "+20240228_020000 keep daily 3");
	JUDGE(none, "within=1d monthly=2",
	    "+20230301_020000 keep within 1d, monthly 1, newest verified",
	    "+20230228_020001 keep within 1d, monthly 2",
	    "+20230228_020000 remove older than 1d, not the newest of its month");
	/* A year of the rules has 365 days, so that one with a leap day is longer. */
	JUDGE(leap, "within=1y", "+20240301_020000 keep within 1y, newest verified",
	    "+20230302_020001 keep within 1y", "+20230302_020000 remove older than 1y",
	    "+20230301_020000 remove older than 1y");
}
END_TEST

START_TEST(summer_time)
{
	static const struct around autumn = {
	    .zone = "Europe/Berlin", .now = "20261026_030000", .floor = 1, .many = true};
	static const struct around spring = {
	    .zone = "Europe/Berlin", .now = "20260330_030000", .floor = 1, .many = true};

	/* A day of 25 hours and one of 23 are a day each. */
	JUDGE(autumn, "within=1d hourly=3",
	    "+20261026_020000 keep within 1d, hourly 1, newest verified",
	    "+20261025_023000 keep within 1d, hourly 2", "+20261025_020001 keep within 1d",
	    "+20261025_020000 remove older than 1d, not the newest of its hour",
	    "+20261025_015959 keep hourly 3");
	JUDGE(spring, "within=1d hourly=4",
	    "+20260330_020000 keep within 1d, hourly 1, newest verified",
	    "+20260329_033000 keep within 1d, hourly 2",
	    "+20260329_023000 keep within 1d, hourly 3", /* not an hour of Berlin; a set all the same */
	    "+20260329_015959 keep hourly 4",
	    "+20260329_010000 remove older than 1d, not the newest of its hour");
	/* The hour that comes twice: a set of its first time is no set of the future. */
	setenv("TZ", "Europe/Berlin", 1);
	tzset();
	{
		struct retention_rules r;
		struct retention_guards g = {
		    .now = 1792890900, .floor = 1, .many = true}; /* 02:15 again */
		struct retention_set sets[] = {
		    {.name = "20261025_025900", .job = "db", .verified = true},
		    {.name = "20261020_020000", .job = "db", .verified = true}};

		ck_assert_ptr_null(retention_rules_parse("within=1d", &r));
		ck_assert_int_eq(retention_decide(sets, 2, &r, &g), 0);
		ck_assert_int_eq(sets[0].reason.guard, RETENTION_NEWEST);
		ck_assert(sets[1].remove);
	}
}
END_TEST

START_TEST(floors)
{
	JUDGE(usual, "within=1d", "+20261123_020000 keep within 1d, newest verified",
	    "+20261120_020000 keep one of the 3 newest verified",
	    "+20261119_020000 keep one of the 3 newest verified",
	    "+20261118_020000 remove older than 1d");
	JUDGE(usual, "within=1d", "+20261123_020000 keep within 1d, newest verified",
	    "+20261120_020000 keep one of the 3 newest verified");
	/* What is not verified is no part of the floor. */
	JUDGE(usual, "last=1", "+20261123_020000 keep last 1, newest verified",
	    "-20261122_020000 remove beyond last 1, not verified",
	    "+20261121_020000 keep one of the 3 newest verified",
	    "-20261120_020000 remove beyond last 1, not verified",
	    "+20261119_020000 keep one of the 3 newest verified",
	    "+20261118_020000 remove beyond last 1");
	JUDGE(((struct around){.now = "20261123_030000", .many = true, .floor = 2}), "last=1",
	    "+20261123_020000 keep last 1, newest verified",
	    "+20261122_020000 keep one of the 2 newest verified",
	    "+20261121_020000 remove beyond last 1");
}
END_TEST

START_TEST(unverified)
{
	/* Zero-byte successes must not push the real ones out. */
	JUDGE(one, "daily=2",
	    "-20261123_020000 keep daily, no newer one is verified, not verified",
	    "-20261123_010000 keep daily, no newer one is verified, not verified",
	    "+20261122_020000 keep daily 1, newest verified",
	    "-20261122_010000 remove not the newest of its day, not verified",
	    "-20261121_020000 keep daily, not verified", /* it could still be verified */
	    "+20261120_020000 keep daily 2",
	    "-20261119_020000 remove beyond daily 2, not verified");
	JUDGE(one, "within=2d",
	    "-20261123_020000 keep within 2d, no newer one is verified, not verified",
	    "+20261122_020000 keep within 2d, newest verified",
	    "-20261121_020000 keep within 2d, not verified",
	    "-20261120_020000 remove older than 2d, not verified");
	JUDGE(one, "within=2d last=1", "-20261123_020000 keep none is verified, not verified",
	    "-20251123_020000 keep none is verified, not verified");
}
END_TEST

START_TEST(jobs)
{
	JUDGE(one, "daily=1", "+db:20261123_020000 keep daily 1, newest verified",
	    "+files:20261123_030000 keep daily 1, newest verified",
	    "+db:20261122_020000 remove beyond daily 1",
	    "+files:20261122_030000 remove beyond daily 1",
	    "+full:full/20261123_010000 keep daily 1, newest verified",
	    "+full:20261122_230000 remove beyond daily 1",
	    "+db:full keep not the name of a set", "+db:.trash keep not the name of a set",
	    "-db:20261123_0200 keep not the name of a set, not verified",
	    "-x:20261101_000000 keep none is verified, not verified");
}
END_TEST

/* Of a bare name the newest stays; there is nothing to say about the rest. */
START_TEST(bare)
{
	static const struct around late = {.now = "20270801_000000"};

	JUDGE(late, "within=1d", ".20261123_020000 keep within 1d, newest",
	    ".20261122_030000 keep within 1d", ".20261122_020000 remove older than 1d",
	    ".20261121_020000 remove older than 1d", ".20261120_020000 remove older than 1d");
	/* By folder; and one of bare names is no job of that name. */
	JUDGE(usual, "last=1", ".a:a/20261123_020000 keep last 1, newest",
	    ".a:a/20261122_020000 remove beyond last 1",
	    ".b:b/20261122_020000 keep last 1, newest",
	    "+a:20261121_020000 keep last 1, newest verified",
	    "+a:20261120_020000 keep one of the 3 newest verified");
	JUDGE(late, "last=2", ".20280101_020000 keep dated in the future",
	    ".20261122_030000 keep last 1, newest", ".20261122_020000 keep last 2",
	    ".full keep not the name of a set");
}
END_TEST

START_TEST(no_rules)
{
	JUDGE(one, "", "+20261123_020000 keep newest verified",
	    "-20251123_020000 keep no rules, not verified", "+20161123_020000 keep no rules");
	{
		struct retention_set s = {.name = "20261123_020000"};

		ck_assert_int_eq(retention_decide(&s, 1, &(struct retention_rules){0},
				     &(struct retention_guards){.now = 1795402800}),
		    0);
		ck_assert(s.bare && s.verified && s.reason.guard == RETENTION_NEWEST);
	}
	ck_assert_int_eq(retention_decide(NULL, 0, &(struct retention_rules){0},
			     &(struct retention_guards){0}),
	    0);
}
END_TEST

/* One set in two lines: it must not be kept by one and removed by the other. */
START_TEST(twins)
{
	JUDGE(one, "daily=2", "+20261123_020000 keep daily 1, newest verified",
	    "+20261122_020000 keep daily 2", "+20261123_020000 keep daily 1, newest verified",
	    "+20261122_020000 keep daily 2", "+20261121_020000 remove beyond daily 2",
	    "+20261121_020000 remove beyond daily 2", "+20261121_020000 remove beyond daily 2");
	JUDGE(one, "last=1", ".20261123_020000 keep last 1, newest",
	    ".20261123_020000 keep last 1, newest", ".20261122_020000 remove beyond last 1");
}
END_TEST

START_TEST(twins_disagree)
{
	struct retention_set sets[] = {
	    {.name = "20261123_020000", .job = "db", .verified = true},
	    {.name = "20261122_020000", .job = "db", .verified = true},
	    {.name = "20261123_020000", .job = "db", .verified = false}};
	struct retention_rules r;
	struct retention_guards g = {.now = 1795402800, .floor = 1, .many = true};

	ck_assert_ptr_null(retention_rules_parse("last=1", &r));
	ck_assert_int_eq(retention_decide(sets, 3, &r, &g), 0);
	ck_assert(!sets[0].verified && !sets[2].verified);
	ck_assert(sets[0].twin != sets[2].twin && !sets[1].twin);
	ck_assert_int_eq(sets[0].reason.guard, RETENTION_NONE_NEWER);
	ck_assert_int_eq(sets[1].reason.guard, RETENTION_NEWEST);
	ck_assert_int_eq(sets[2].reason.guard, RETENTION_NONE_NEWER);
}
END_TEST

START_TEST(holds)
{
	static const struct around partly = {
	    .now = "20261123_030000", .floor = 1, .many = true, .incomplete = true};
	static const struct around careful = {.now = "20261123_030000", .floor = 1};
	static const struct around stopped = {
	    .now = "20261224_030000", .floor = 1, .many = true};

	JUDGE(partly, "last=1", "+20261123_020000 keep last 1, newest verified",
	    "+20261122_020000 keep not all sets are known");
	/* The backup has stopped: what there is may not shrink. */
	JUDGE(stopped, "within=30d", "+20261123_020000 keep within 30d, newest verified",
	    "+20261020_020000 keep the newest verified set is 31d old, and the rules reach 30d",
	    "-20261020_020001 keep the newest verified set is 31d old, and the rules reach "
	    "30d, "
	    "not verified",
	    "+files:20261220_030000 keep within 30d, newest verified",
	    "+files:20261020_030000 remove older than 30d");
	JUDGE(stopped, "daily=30", "+20261123_030001 keep daily 1, newest verified",
	    "+20261123_020000 keep the newest verified set is 30d old, and the rules reach "
	    "30d");
	JUDGE(stopped, "daily=31", "+20261123_030000 keep daily 1, newest verified",
	    "+20261123_020000 remove not the newest of its day");
	JUDGE(stopped, "last=1", /* a rule without a measure in time */
	    "+20251123_030000 keep last 1, newest verified",
	    "+20251122_020000 remove beyond last 1");
	/* More than half at once; half is fine. */
	JUDGE(careful, "last=1", "+20261123_020000 keep last 1, newest verified",
	    "+20261122_020000 keep 2 of 3 would go at once, more than half",
	    "+20261121_020000 keep 2 of 3 would go at once, more than half",
	    "+files:20261123_030000 keep last 1, newest verified",
	    "+files:20261122_030000 remove beyond last 1");
}
END_TEST

/* Months without a backup, then new ones: the old ones wait until there are enough. */
START_TEST(hole)
{
	JUDGE(usual, "within=30d", "+20261123_020000 keep within 30d, newest verified",
	    "+20260604_020000 keep one of the 3 newest verified",
	    "+20260603_020000 keep one of the 3 newest verified",
	    "+20260602_020000 keep fewer than 3 verified sets since a hole of 172d",
	    "-20260601_030000 keep fewer than 3 verified sets since a hole of 172d, not "
	    "verified",
	    "+20260601_020000 keep fewer than 3 verified sets since a hole of 172d");
	JUDGE(usual, "within=30d", "+20261123_020000 keep within 30d, newest verified",
	    "-20261122_030000 keep within 30d, not verified",
	    "+20261122_020000 keep within 30d",
	    "+20260603_020000 keep one of the 3 newest verified",
	    "+20260602_020000 keep fewer than 3 verified sets since a hole of 172d",
	    "+20260601_020000 keep fewer than 3 verified sets since a hole of 172d");
	JUDGE(usual, "within=30d", "+20261123_020000 keep within 30d, newest verified",
	    "+20261122_020000 keep within 30d", "+20261121_020000 keep within 30d",
	    "+20260602_020000 remove older than 30d", "+20260601_020000 remove older than 30d");
	/* Where sets are always that far apart it is none, however short the rule. */
	JUDGE(one, "within=1d", "+20261123_020000 keep within 1d, newest verified",
	    "+20261116_020000 remove older than 1d", "+20261109_020000 remove older than 1d",
	    "+20261102_020000 remove older than 1d");
	/* Four times what is usual is none, more is one. */
	JUDGE(one, "within=1d", "+20261123_020000 keep within 1d, newest verified",
	    "+20261119_020000 remove older than 1d", "+20261118_020000 remove older than 1d",
	    "+20261117_020000 remove older than 1d");
	JUDGE(one, "within=1d", "+20261123_020000 keep within 1d, newest verified",
	    "+20261119_015900 keep fewer than 2 verified sets since a hole of 4d",
	    "+20261118_015900 keep fewer than 2 verified sets since a hole of 4d",
	    "+20261117_015900 keep fewer than 2 verified sets since a hole of 4d");
	/* Rules that count need no such guard. */
	JUDGE(usual, "last=2", "+20261123_020000 keep last 1, newest verified",
	    "+20260604_020000 keep last 2",
	    "+20260603_020000 keep one of the 3 newest verified",
	    "+20260602_020000 remove beyond last 2");
}
END_TEST

/* A clock that is ten years wrong loses nothing, and what it has dated wrong does no harm later. */
START_TEST(wrong_clock)
{
	static const struct around ahead = {.now = "20361123_030000", .many = true};
	static const struct around behind = {.now = "20161123_030000", .many = true};

	JUDGE(ahead, "within=30d", /* no new set yet */
	    "+20261122_020000 keep within 30d, newest verified",
	    "+20261121_020000 keep within 30d", "+20261120_020000 keep within 30d",
	    "+20261023_020000 keep the newest verified set is 3654d old, and the rules reach "
	    "30d",
	    "+20261022_020000 keep the newest verified set is 3654d old, and the rules reach "
	    "30d");
	JUDGE(ahead, "within=30d", /* one is made with it */
	    "+20361123_020000 keep within 30d, newest verified",
	    "+20261122_020000 keep one of the 3 newest verified",
	    "+20261121_020000 keep one of the 3 newest verified",
	    "+20261120_020000 keep fewer than 3 verified sets since a hole of 3654d",
	    "+20261119_020000 keep fewer than 3 verified sets since a hole of 3654d");
	JUDGE(usual, "within=30d daily=3", /* the clock is right again */
	    "+20361123_020000 keep dated in the future",
	    "+20261123_020000 keep within 30d, daily 1, newest verified",
	    "+20261122_020000 keep within 30d, daily 2",
	    "+20261121_020000 keep within 30d, daily 3",
	    "+20261023_020000 remove older than 30d, beyond daily 3");
	JUDGE(behind, "within=30d", "+20261122_020000 keep dated in the future",
	    "-20261121_020000 keep dated in the future, not verified",
	    "+20251120_020000 keep dated in the future");
	JUDGE(behind, "within=30d", /* one is made with it */
	    "+20261122_020000 keep dated in the future",
	    "+20261022_020000 keep dated in the future",
	    "+20161123_020000 keep within 30d, newest verified");
	/* Two hours are no future, more are. */
	JUDGE(usual, "last=1", "+20261123_050001 keep dated in the future",
	    "+20261123_050000 keep last 1, newest verified",
	    "+20261122_020000 keep one of the 3 newest verified");
}
END_TEST

/* A year's copies, of which most have had their time: they go at once. */
START_TEST(elsewhere)
{
	const char *const names[] = {"20261123_020000", "20261122_020000", "20261121_020000",
	    "20251119_020000", "20251118_020000", "20251117_020000", "20251116_020000"};
	struct retention_set sets[7] = {0};
	struct retention_rules r;

	setenv("TZ", "UTC", 1);
	tzset();
	for (size_t i = 0; i < 7; i++)
		sets[i] =
		    (struct retention_set){.name = names[i], .job = "db", .verified = true};
	ck_assert_ptr_null(retention_rules_parse("", &r));
	ck_assert_int_eq(retention_elsewhere(sets, 7, &r, moment("20261123_030000")), 0);
	for (size_t i = 0; i < 7; i++)
		ck_assert(!sets[i].remove);
	ck_assert_ptr_null(retention_rules_parse("within=30d", &r));
	ck_assert_int_eq(retention_elsewhere(sets, 7, &r, moment("20261123_030000")), 0);
	for (size_t i = 0; i < 7; i++)
		ck_assert(sets[i].remove == (i >= 3));
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("retention");

	tcase_add_test(t, within);
	tcase_add_test(t, counts);
	tcase_add_test(t, turn_of_the_year);
	tcase_add_test(t, leap_days);
	tcase_add_test(t, summer_time);
	tcase_add_test(t, floors);
	tcase_add_test(t, unverified);
	tcase_add_test(t, jobs);
	tcase_add_test(t, bare);
	tcase_add_test(t, no_rules);
	tcase_add_test(t, twins);
	tcase_add_test(t, twins_disagree);
	tcase_add_test(t, holds);
	tcase_add_test(t, hole);
	tcase_add_test(t, wrong_clock);
	tcase_add_test(t, elsewhere);
	return unit_main(t);
}
