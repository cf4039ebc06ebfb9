/*
 * Random histories of sets: what must hold whatever they are.  The rules are also looked up the
 * slow way, set against set, with the calendar of the C library.
 *   COUNT=1000000 SEED=7 build/check_retention_random
 */
#include "unit.h"

#include <inttypes.h>
#include <stdbool.h>
#include <time.h>

#include "set/retention.h"

#define SETS 32
#define JOBS 2
#define PERIOD_TEXT 16
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)
#define NOW INT64_C(1795399200) /* 2026-11-23 02:00 */

static uint64_t state;

/* splitmix64 */
static uint64_t
number(uint64_t below)
{
	uint64_t z = (state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

static bool
chance(uint64_t in)
{
	return number(in) == 0;
}

static uint64_t
setting(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : fallback;
}

/* One history, judged. */
struct history {
	struct retention_set sets[SETS];
	char names[SETS][40];
	int64_t walls[SETS];
	char periods[SETS][RETENTION_PERIODS][PERIOD_TEXT];
	size_t n;
	struct retention_rules rules;
	struct retention_guards guards;
};

static const char *const jobs[JOBS] = {"db", "files"};

static void
make_set(struct history *h, int64_t wall)
{
	struct retention_set *s = &h->sets[h->n];
	time_t t = (time_t)wall;
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(h->names[h->n], sizeof(h->names[0]), "%Y%m%d_%H%M%S", &tm);
	/* strftime's own calendar, of which the code knows nothing. */
#define PERIOD(kind, format) strftime(h->periods[h->n][kind], PERIOD_TEXT, format, &tm)
	PERIOD(RETENTION_EACH, "%Y%m%d%H%M%S");
	PERIOD(RETENTION_HOUR, "%Y%m%d%H");
	PERIOD(RETENTION_DAY, "%Y%m%d");
	PERIOD(RETENTION_WEEK, "%GW%V");
	PERIOD(RETENTION_MONTH, "%Y%m");
	PERIOD(RETENTION_YEAR, "%Y");
	h->walls[h->n] = wall;
	*s = (struct retention_set){.name = h->names[h->n], .job = jobs[number(JOBS)]};
	s->verified = !chance(5);
	h->n++;
}

static void
make(struct history *h)
{
	static const int64_t steps[] = {
	    1, 60, HOUR, 5 * HOUR, DAY, DAY, DAY, 3 * DAY, 7 * DAY, 31 * DAY, 365 * DAY};
	int64_t wall = NOW - (int64_t)(chance(4) ? number(100 * DAY) : number(HOUR));
	int64_t step = steps[number(sizeof(steps) / sizeof(steps[0]))];
	size_t n = 1 + number(SETS - 1);

	memset(h, 0, sizeof(*h));
	if (chance(4)) /* a few that a clock has dated wrong */
		wall += (int64_t)number(10 * 365 * DAY);
	while (h->n < n) {
		make_set(h, wall);
		wall -= chance(3) ? (int64_t)number((uint64_t)(2 * step)) + 1 : step;
		if (chance(10))
			wall -= (int64_t)number(400 * DAY);
		if (wall < 0)
			break;
		if (chance(20))
			step = steps[number(sizeof(steps) / sizeof(steps[0]))];
	}
	for (size_t k = 0; k < RETENTION_PERIODS; k++) {
		if (chance(4))
			h->rules.within[k] =
			    (int64_t)(chance(2) ? number(60) + 1 : number(1000) + 1) *
			    (chance(4) ? HOUR : DAY);
		if (chance(3))
			h->rules.count[k] = number(chance(2) ? 4 : 20) + 1;
	}
	h->guards = (struct retention_guards){
	    .now = NOW, .floor = chance(3) ? number(8) : RETENTION_FLOOR, .many = !chance(3)};
}

/* The order in which sets are listed is nobody's. */
static void
shuffle(struct retention_set *sets, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t k = number(i);
		struct retention_set s = sets[i - 1];

		sets[i - 1] = sets[k];
		sets[k] = s;
	}
}

/* An assertion that holds is a write too, and these are many. */
static void
decide(struct retention_set *sets, size_t n, const struct history *h,
    const struct retention_guards *g)
{
	if (retention_decide(sets, n, &h->rules, g) != 0)
		ck_abort_msg("no decision");
}

static size_t
index_of(const struct history *h, const struct retention_set *s)
{
	return (size_t)(s->name - h->names[0]) / sizeof(h->names[0]);
}

/* Whether the rules keep the set ${at} of a history that is only verified sets of its job. */
static bool
rules_keep(const struct history *h, size_t at, int64_t limit)
{
	const struct retention_set *s = NULL;
	int64_t newest = INT64_MIN;
	size_t of[SETS] = {0}, n = 0;

	for (size_t i = 0; i < h->n; i++) {
		if (index_of(h, &h->sets[i]) == at)
			s = &h->sets[i];
	}
	for (size_t i = 0; i < h->n; i++) {
		size_t k = index_of(h, &h->sets[i]);

		if (strcmp(h->sets[i].job, s->job) == 0 && h->sets[i].verified &&
		    h->walls[k] <= limit) {
			of[n++] = k;
			if (h->walls[k] > newest)
				newest = h->walls[k];
		}
	}
	for (size_t k = 0; k < RETENTION_PERIODS; k++) {
		uint64_t newer = 0;
		bool first = true;

		for (size_t i = 0; i < n; i++) {
			bool head = h->walls[of[i]] > h->walls[at];

			if (head && strcmp(h->periods[of[i]][k], h->periods[at][k]) == 0)
				first = false;
			/* Of each newer period one set counts: its newest. */
			for (size_t j = 0; j < n && head; j++) {
				if (strcmp(h->periods[of[j]][k], h->periods[of[i]][k]) == 0 &&
				    h->walls[of[j]] > h->walls[of[i]])
					head = false;
			}
			newer += head;
		}
		if (first && h->rules.within[k] != 0 &&
		    h->walls[at] > newest - h->rules.within[k])
			return true;
		if (first && newer < h->rules.count[k])
			return true;
	}
	return false;
}

/* What stands in each job, before and after. */
struct tally {
	uint64_t verified, left;
	int64_t newest; /* verified, and not of the future */
	size_t all, go;
	bool newest_left, held;
};

static void
tell(const struct history *h, uint64_t round, const char *what, size_t i)
{
	fprintf(stderr, "history %" PRIu64 ": %s: %s %s\n", round, h->sets[i].job,
	    h->sets[i].name, what);
	for (size_t k = 0; k < h->n; k++)
		fprintf(stderr, "%s\t%s\t%s\t%s\n", h->sets[k].name, h->sets[k].job,
		    h->sets[k].verified ? "verified" : "unverified",
		    h->sets[k].remove ? "remove" : "keep");
	ck_abort_msg("history %" PRIu64 ": %s", round, what);
}

static void
check_floor(const struct history *h, uint64_t round)
{
	uint64_t floor = h->guards.floor == 0 ? 1 : h->guards.floor;

	for (size_t j = 0; j < JOBS; j++) {
		struct tally t = {.newest = INT64_MIN};

		for (size_t i = 0; i < h->n; i++) {
			const struct retention_set *s = &h->sets[i];
			int64_t wall = h->walls[index_of(h, s)];
			bool future = wall > NOW + 2 * HOUR;

			if (strcmp(s->job, jobs[j]) != 0)
				continue;
			t.all++;
			t.go += s->remove;
			t.held |= s->hold != RETENTION_FREE;
			if (s->remove && s->hold != RETENTION_FREE)
				tell(h, round, "goes and is held", i);
			if (s->remove && future)
				tell(h, round, "is of the future and goes", i);
			if (!s->verified || future)
				continue;
			t.verified++;
			t.left += !s->remove;
			if (wall > t.newest) {
				t.newest = wall;
				t.newest_left = !s->remove;
			}
		}
		if (t.left < (t.verified < floor ? t.verified : floor) ||
		    (t.verified > 0 && !t.newest_left))
			tell(h, round, "too few are left", 0);
		if (t.go > 0 && t.held)
			tell(h, round, "one goes and another is held", 0);
		if (t.go > t.all / 2 && !h->guards.many)
			tell(h, round, "more than half go", 0);
		for (size_t i = 0; i < h->n; i++) {
			if (h->sets[i].remove && strcmp(h->sets[i].job, jobs[j]) == 0 &&
			    h->walls[index_of(h, &h->sets[i])] >= t.newest)
				tell(h, round, "goes, and no newer one is verified", i);
		}
	}
}

/* What the rules keep never goes; what they do not is guarded, or goes. */
static void
check_rules(const struct history *h, uint64_t round)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct retention_set *s = &h->sets[i];
		size_t at = index_of(h, s);
		bool keep;

		if (h->walls[at] > NOW + 2 * HOUR || s->hold == RETENTION_UNPROVEN)
			continue;
		keep = retention_rules_empty(&h->rules) || rules_keep(h, at, NOW + 2 * HOUR);
		if (keep && (s->remove || s->hold != RETENTION_FREE))
			tell(h, round, "goes although a rule keeps it", i);
		if (!keep && !s->remove && s->hold == RETENTION_FREE &&
		    s->reason.guard == RETENTION_NO_GUARD)
			tell(h, round, "stays for no reason", i);
	}
}

static bool
any_future(const struct history *h, const char *job)
{
	for (size_t i = 0; i < h->n; i++) {
		if (strcmp(h->sets[i].job, job) == 0 &&
		    h->sets[i].reason.guard == RETENTION_FUTURE)
			return true;
	}
	return false;
}

/* Judge once more what is left; and all of it, by clocks that are wrong by ten years. */
static void
check_again(const struct history *h, uint64_t round, struct history *again)
{
	static const int64_t wrong[] = {-3653 * DAY, 3653 * DAY};

	*again = *h;
	again->n = 0;
	for (size_t i = 0; i < h->n; i++) {
		if (!h->sets[i].remove)
			again->sets[again->n++] = h->sets[i];
	}
	shuffle(again->sets, again->n);
	decide(again->sets, again->n, h, &h->guards);
	for (size_t i = 0; i < again->n; i++) {
		if (again->sets[i].remove)
			tell(again, round, "goes in a second run", i);
	}
	for (size_t w = 0; w < 2; w++) {
		struct retention_guards g = h->guards;

		memcpy(again->sets, h->sets, sizeof(h->sets));
		g.now += wrong[w];
		decide(again->sets, h->n, h, &g);
		for (size_t i = 0; i < h->n; i++) {
			/* Where sets of the future become some of the past they may well count. */
			if (again->sets[i].remove && !h->sets[i].remove &&
			    h->sets[i].hold == RETENTION_FREE &&
			    (w == 0 || !any_future(h, h->sets[i].job)))
				tell(h, round, "goes by a wrong clock", i);
		}
	}
}

START_TEST(histories)
{
	uint64_t count = setting("COUNT", 100000), seed = setting("SEED", 1), removed = 0,
		 held = 0, sets = 0;
	static struct history h, again;

	for (uint64_t round = 0; round < count; round++) {
		state = seed * 1000003 + round;
		make(&h);
		shuffle(h.sets, h.n);
		decide(h.sets, h.n, &h, &h.guards);
		/* The names may have moved with their sets, and point to them still. */
		check_floor(&h, round);
		check_rules(&h, round);
		check_again(&h, round, &again);
		sets += h.n;
		for (size_t i = 0; i < h.n; i++) {
			removed += h.sets[i].remove;
			held += h.sets[i].hold > RETENTION_UNPROVEN;
		}
	}
	/* Otherwise nothing was shown. */
	if (count >= 1000) {
		ck_assert_uint_gt(removed, sets / 10);
		ck_assert_uint_gt(sets - removed, sets / 10);
		ck_assert_uint_gt(held, sets / 100);
	}
}
END_TEST

int
main(void)
{
	TCase *t = tcase_create("retention_random");

	setenv("TZ", "UTC", 1);
	tzset();
	tcase_add_test(t, histories);
	return unit_main(t);
}
