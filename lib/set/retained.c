#include "set/retained.h"

#include <err.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hint.h"
#include "base/io.h"
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
			hintx("look at siantre-prune -v; if that is right: siantre-prune "
			      "--yes "
			      "--allow-many");
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

/* Return the object of one set, or NULL without memory. */
static json_t *
set_object(const struct retention_set *s, const struct prune_wish *w)
{
	struct buf why = {0};
	json_t *o = NULL;

	retention_why(s, prune_rules(w, s), &why);
	if (buf_string(&why) != NULL)
		o = json_pack("{s:o, s:o, s:o, s:s, s:s}", "set", json_text(s->name), "job",
		    s->bare ? json_null() : json_text(s->job), "verified",
		    s->bare ? json_null() : json_boolean(s->verified), "action",
		    s->remove ? "remove" : "keep", "why", why.data);
	buf_free(&why);
	return o;
}

int
retained_json(const struct retention_set *sets, size_t n, const struct prune_wish *w, FILE *out)
{
	json_t *list = json_array();
	json_t *root = json_pack("{s:i, s:o}", "format", 1, "sets", list);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0 && root != NULL; i++) {
		if (json_array_append_new(list, set_object(&sets[i], w)) != 0)
			rc = EX_OSERR;
	}
	if (root == NULL || rc != 0) {
		warnx("report: out of memory");
		rc = EX_OSERR;
	} else if (json_dumpf(root, out, JSON_INDENT(1)) != 0 || putc('\n', out) == EOF) {
		rc = io_write_exit();
	}
	json_decref(root);
	return rc;
}
