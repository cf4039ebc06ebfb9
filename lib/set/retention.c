/*
 * The sets are sorted by job, each job's from the newest to the oldest, and walked once in that
 * order.  A rule that counts then needs to know two things only: how many periods it has counted,
 * and which was the last.  What it sees next either lies in that one, and a newer set stands for
 * it, or opens the next.
 *
 * A second run over what the first one has left removes nothing: the sets that a rule has counted
 * are all still there, so that the rule is in the same state at each of the others.
 */
#include "set/retention.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "set/setname.h"

#define USUAL 4 /* times the usual distance is a hole */

struct entry {
	struct retention_set *set;
	struct setname when;
	bool named;
};

/* How far a rule has come. */
struct state {
	uint64_t used;
	int64_t last; /* the newest period that it has seen */
};

/* Bare names first, by themselves; whatever they go by, it is no job. */
static int
compare_jobs(const struct retention_set *a, const struct retention_set *b)
{
	const char *x = a->job != NULL ? a->job : "", *y = b->job != NULL ? b->job : "";
	int by = a->bare != b->bare ? b->bare - a->bare : strcmp(x, y);

	if (by != 0)
		return by;
	x = a->application != NULL ? a->application : "";
	y = b->application != NULL ? b->application : "";
	return strcmp(x, y);
}

/* By job; what is no set first, then the newest first; twins side by side. */
static int
order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int by = compare_jobs(x->set, y->set);

	if (by != 0)
		return by;
	if (x->named != y->named)
		return x->named ? 1 : -1;
	if (x->when.wall != y->when.wall)
		return x->when.wall > y->when.wall ? -1 : 1;
	return strcmp(x->set->name, y->set->name);
}

static int64_t
period(const struct setname *when, size_t kind)
{
	switch (kind) {
	case RETENTION_HOUR: return when->wall / 3600;
	case RETENTION_DAY: return when->wall / 86400;
	/* 1970-01-01 was a Thursday.  The weeks are those of ISO 8601, without their numbers. */
	case RETENTION_WEEK: return (when->wall / 86400 + 3) / 7;
	case RETENTION_MONTH: return (int64_t)when->year * 12 + when->month;
	default: return when->year;
	}
}

/* Whether ${s} is the first in its period.  What is not verified opens none. */
static bool
opens(struct state *s, const struct entry *e, size_t kind)
{
	int64_t p;

	if (kind != RETENTION_EACH) {
		p = period(&e->when, kind);
		if (p == s->last)
			return false;
		if (e->set->verified)
			s->last = p;
	}
	if (e->set->verified)
		s->used++;
	return true;
}

/* Apply the rules to ${n} sets of one job, the newest first, ${anchor} the newest verified. */
static void
apply(struct entry *e, size_t n, const struct retention_rules *r, int64_t anchor)
{
	struct state within[RETENTION_PERIODS], count[RETENTION_PERIODS];
	struct retention_reason *why;

	for (size_t k = 0; k < RETENTION_PERIODS; k++)
		within[k] = count[k] = (struct state){0, -1};
	for (size_t i = 0; i < n; i++) {
		why = &e[i].set->reason;
		for (size_t k = 0; k < RETENTION_PERIODS; k++) {
			if (r->within[k] != 0) {
				if (e[i].when.wall <= anchor - r->within[k])
					why->beyond |= 1U << k;
				else if (opens(&within[k], &e[i], k))
					why->kept |= 1U << k;
			}
			if (r->count[k] != 0) {
				if (count[k].used >= r->count[k]) {
					if (k == RETENTION_EACH ||
					    period(&e[i].when, k) != count[k].last)
						why->beyond |= 1U << (RETENTION_PERIODS + k);
				} else if (opens(&count[k], &e[i], k)) {
					why->kept |= 1U << (RETENTION_PERIODS + k);
					if (e[i].set->verified)
						why->number[k] = count[k].used;
				}
			}
		}
	}
}

static int
compare_lengths(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * The hole among the ${floor} newest of the ${n} sets, or 0.  Without memory any distance counts
 * as one: better none goes.
 */
static int64_t
find_hole(const struct entry *e, size_t n, const struct retention_rules *r, uint64_t floor)
{
	int64_t shortest = retention_rules_shortest(r), hole = 0, previous = 0, *lengths;
	size_t count = 0, verified = 0;

	if (shortest == 0 || n < 3)
		return 0;
	if ((lengths = calloc(n, sizeof(*lengths))) == NULL)
		return INT64_MAX;
	for (size_t i = 0; i < n; i++) {
		if (!e[i].set->verified)
			continue;
		if (verified++ > 0) {
			lengths[count] = previous - e[i].when.wall;
			if ((verified <= floor || verified == 2) && lengths[count] > hole)
				hole = lengths[count];
			count++;
		}
		previous = e[i].when.wall;
	}
	if (count < 2 || hole <= shortest) {
		hole = 0;
	} else {
		qsort(lengths, count, sizeof(*lengths), compare_lengths);
		if (hole / USUAL <= lengths[(count - 1) / 2])
			hole = 0;
	}
	free(lengths);
	return hole;
}

/* Let none of the job's sets go. */
static void
hold(struct entry *e, size_t n, enum retention_hold why, int64_t a, int64_t b)
{
	for (size_t i = 0; i < n; i++) {
		if (!e[i].set->remove)
			continue;
		e[i].set->remove = false;
		e[i].set->hold = why;
		e[i].set->reason.amounts[0] = a;
		e[i].set->reason.amounts[1] = b;
	}
}

/* Set the guards above what the rules have said.  Return how many sets would still go. */
static size_t
guard(struct entry *e, size_t n, uint64_t floor, bool any_rule)
{
	struct retention_set *s;
	size_t verified = 0, go = 0;

	for (size_t i = 0; i < n; i++) {
		s = e[i].set;
		if (s->verified && verified++ < floor) {
			s->reason.guard = verified == 1 ? RETENTION_NEWEST : RETENTION_AMONG;
			s->reason.amounts[0] = (int64_t)floor;
		} else if (verified == 0) {
			s->reason.guard = RETENTION_NONE_NEWER;
		} else if (!any_rule) {
			s->reason.guard = RETENTION_NO_RULES;
		} else if (s->reason.kept == 0) {
			s->remove = true;
			go++;
		}
	}
	return go;
}

/* Decide on the ${n} sets of one job, none of them twice. */
static void
decide(struct entry *e, size_t n, const struct retention_rules *r,
    const struct retention_guards *g, int64_t wall)
{
	bool bare = e[0].set->bare;
	uint64_t floor = bare || g->floor == 0 ? 1 : g->floor;
	int64_t reach = retention_rules_reach(r), hole, old;
	size_t all = n, go, newest;

	while (n > 0 && e[0].when.wall > wall + SETNAME_AHEAD) {
		e[0].set->reason.guard = RETENTION_FUTURE;
		e++;
		n--;
	}
	for (newest = 0; newest < n && !e[newest].set->verified; newest++)
		;
	if (newest == n) {
		for (size_t i = 0; i < n; i++)
			e[i].set->hold = RETENTION_UNPROVEN;
		return;
	}
	apply(e, n, r, e[newest].when.wall);
	go = guard(e, n, floor, !retention_rules_empty(r));
	old = wall - e[newest].when.wall;
	hole = bare ? 0 : find_hole(e, n, r, floor);
	for (size_t i = 0; i < n; i++)
		e[i].set->doubt = !bare && (hole != 0 || (reach != 0 && old > reach));
	if (go == 0)
		return;
	if (g->incomplete)
		hold(e, n, RETENTION_INCOMPLETE, 0, 0);
	else if (bare)
		return;
	else if (reach != 0 && old > reach)
		hold(e, n, RETENTION_STALE, old, reach);
	else if (hole != 0)
		hold(e, n, RETENTION_HOLE, hole, floor < 2 ? 2 : (int64_t)floor);
	else if (!g->many && go > all / 2)
		hold(e, n, RETENTION_MOST, (int64_t)go, (int64_t)all);
}

static bool
twins(const struct entry *a, const struct entry *b)
{
	return a->when.wall == b->when.wall && strcmp(a->set->name, b->set->name) == 0;
}

/*
 * Decide on the ${n} sets of one job.  Of twins the first is judged, at the front of the list, and
 * the others, of which ${spare} has room, do as it does.
 */
static void
decide_job(struct entry *e, size_t n, struct entry *spare, const struct retention_rules *r,
    const struct retention_guards *g, int64_t wall)
{
	size_t once = 0, again = 0;

	for (; n > 0 && !e[0].named; e++, n--)
		e[0].set->reason.guard = RETENTION_NO_NAME;
	for (size_t i = 0; i < n; i++) {
		if (once > 0 && twins(&e[once - 1], &e[i])) {
			e[once - 1].set->verified &= e[i].set->verified;
			spare[again++] = e[i];
		} else {
			e[once++] = e[i];
		}
	}
	if (once > 0)
		decide(e, once, r, g, wall);
	for (size_t i = 0, k = 0; k < again; k++) {
		while (!twins(&e[i], &spare[k]))
			i++;
		spare[k].set->verified = e[i].set->verified;
		spare[k].set->twin = true;
		spare[k].set->remove = e[i].set->remove;
		spare[k].set->hold = e[i].set->hold;
		spare[k].set->reason = e[i].set->reason;
	}
}

int
retention_decide(struct retention_set *sets, size_t n, const struct retention_rules *r,
    const struct retention_guards *g)
{
	struct entry *e = calloc(n + 1, 2 * sizeof(*e));
	const char *name;
	size_t count;

	for (size_t i = 0; i < n; i++) {
		sets[i].remove = sets[i].twin = false;
		sets[i].hold = RETENTION_FREE;
		sets[i].reason = (struct retention_reason){0};
		if (e == NULL)
			continue;
		sets[i].bare |= sets[i].job == NULL;
		sets[i].verified |= sets[i].bare;
		name = strrchr(sets[i].name, '/');
		e[i].set = &sets[i];
		e[i].named =
		    setname_read(name != NULL ? name + 1 : sets[i].name, &e[i].when) == 0;
	}
	if (e == NULL) {
		warn("retention");
		return -1;
	}
	qsort(e, n, sizeof(*e), order);
	for (size_t i = 0; i < n; i += count) {
		for (count = 1; i + count < n; count++) {
			if (compare_jobs(e[i].set, e[i + count].set) != 0)
				break;
		}
		decide_job(e + i, count, e + n + 1, r, g, setname_wall(g->now));
	}
	free(e);
	return 0;
}

int
retention_elsewhere(
    struct retention_set *sets, size_t n, const struct retention_rules *r, int64_t now)
{
	const struct retention_guards guards = {
	    .now = now, .floor = RETENTION_FLOOR, .many = true};

	return retention_rules_empty(r) ? 0 : retention_decide(sets, n, r, &guards);
}
