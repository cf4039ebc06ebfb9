#include "set/retained.h"

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/plain.h"

void
retained_line(const struct retention_set *s, const struct prune_wish *w, FILE *out)
{
	struct buf b = {0};

	buf_printf(&b, "%s %s ", s->remove ? "remove" : "keep", s->name);
	retention_why(s, prune_rules(w, s), &b);
	if (buf_string(&b) != NULL)
		fprintf(out, "%s\n", plain_text(b.data));
	buf_free(&b);
}

/* What is known of one job. */
struct tally {
	size_t all, go, future;
	const struct retention_set *held;
};

/* Report on the job ${job}. */
static void
warn_job(const char *job, const struct tally *t, bool acting)
{
	struct buf b = {0};

	buf_printf(&b, "%.255s", job);
	if (buf_string(&b) == NULL)
		return;
	plain_text(b.data);
	if (t->future > 0)
		warnx("%s: %zu of %zu sets are dated in the future: they stay, and nothing is "
		      "measured from them",
		    b.data, t->future, t->all);
	if (t->held != NULL) {
		buf_text(&b, ": nothing is removed: ");
		retention_hold_why(t->held, &b);
		if (buf_string(&b) != NULL)
			warnx("%s", b.data);
		if (t->held->hold == RETENTION_MOST)
			fputs("hint: look at siantre-prune -v; if that is right: siantre-prune --yes "
			      "--allow-many\n",
			    stderr);
	} else if (!acting && t->go > t->all / 2) {
		warnx("%s: %zu of %zu would go, more than half", b.data, t->go, t->all);
	}
	buf_free(&b);
}

static int
by_job(const void *a, const void *b)
{
	const struct retention_set *const *x = a, *const *y = b;

	return strcmp((*x)->job, (*y)->job);
}

void
retained_warn(const struct retention_set *sets, size_t n, bool acting)
{
	const struct retention_set **order = calloc(n + 1, sizeof(*order));
	size_t count = 0, next;

	if (order == NULL) {
		warn("retention");
		return;
	}
	/* Of bare names there is no job to speak of. */
	for (size_t i = 0; i < n; i++) {
		if (!sets[i].bare && !sets[i].twin)
			order[count++] = &sets[i];
	}
	qsort(order, count, sizeof(*order), by_job);
	for (size_t i = 0; i < count; i = next) {
		struct tally t = {0};

		for (next = i; next < count && by_job(&order[i], &order[next]) == 0; next++) {
			t.all++;
			t.go += order[next]->remove;
			t.future += order[next]->reason.guard == RETENTION_FUTURE;
			if (order[next]->hold != RETENTION_FREE && t.held == NULL)
				t.held = order[next];
		}
		warn_job(order[i]->job, &t, acting);
	}
	free(order);
}

json_t *
retained_json(const struct retention_set *sets, size_t n, const struct prune_wish *w)
{
	json_t *list = json_array(), *o;
	struct buf b = {0};

	for (size_t i = 0; i < n && list != NULL; i++) {
		buf_reset(&b, 4096);
		retention_why(&sets[i], prune_rules(w, &sets[i]), &b);
		o = buf_string(&b) == NULL
			? NULL
			: json_pack("{s:o, s:o, s:o, s:s, s:s}", "set", json_text(sets[i].name),
			      "job", sets[i].bare ? json_null() : json_text(sets[i].job),
			      "verified",
			      sets[i].bare ? json_null() : json_boolean(sets[i].verified),
			      "action", sets[i].remove ? "remove" : "keep", "why", b.data);
		if (o == NULL || json_array_append_new(list, o) != 0) {
			json_decref(list);
			list = NULL;
		}
	}
	buf_free(&b);
	return list;
}
