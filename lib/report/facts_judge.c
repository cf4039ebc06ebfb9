#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/language.h"
#include "base/num.h"
#include "report/facts_parts.h"
#include "report/speak.h"

#define DAY 86400

/* The same is said twice: to people in their language, to programs in English. */
struct judge {
	struct facts *f;
	bool plain;
	bool failed; /* no memory: reported */
};

static const char *say(const struct judge *g, const char *text) __attribute__((format_arg(2)));

static const char *
say(const struct judge *g, const char *text)
{
	return g->plain ? text : language_text(text);
}

static const char *
elapsed(const struct judge *g, char buf[40], int64_t seconds)
{
	return g->plain ? num_elapsed(buf, 40, (double)seconds)
			: speak_elapsed(buf, 40, (double)seconds);
}

static void add(struct judge *g, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void
add(struct judge *g, const char *format, ...)
{
	char ***list = &g->f->warnings[g->plain], **more, *text;
	size_t *n = &g->f->nwarnings[g->plain];
	va_list ap;
	int len;

	va_start(ap, format);
	len = vasprintf(&text, format, ap);
	va_end(ap);
	more = reallocarray(*list, *n + 1, sizeof(**list));
	if (more != NULL)
		*list = more;
	if (len < 0 || more == NULL) {
		warn("status");
		g->failed = true;
		if (len >= 0)
			free(text);
		return;
	}
	(*list)[(*n)++] = text;
}

/* What a person has to know about one job. */
static void
judge_job(struct judge *g, const struct facts_job *j)
{
	char age[40], rpo[40], grace[40];

	/* The weekly job may never have had its day, and a drill leaves no set. */
	if (j->state == FACTS_NONE && !g->f->blind && (j->sets > 0 || facts_needed(j)))
		add(g, say(g, N_("%s: no verified set")), j->job);
	if (j->state == FACTS_OVERDUE)
		add(g,
		    say(g, N_("%s: overdue: the newest verified set is %s old, more than %s "
			      "and %s of grace")),
		    j->job, elapsed(g, age, j->age), elapsed(g, rpo, j->rpo),
		    elapsed(g, grace, g->f->wish.grace));
	if (j->ahead || (j->newest != NULL && j->age < 0))
		add(g, say(g, N_("%s: the newest verified set is dated in the future")),
		    j->job);
	if (j->unverified != NULL && j->newest != NULL)
		add(g, say(g, N_("%s: the newest set, %s, is not verified")), j->job,
		    j->unverified);
	if (j->last != NULL && strcmp(j->last->status, "fail") == 0)
		add(g, say(g, N_("%s: the last run failed with exit code %d")), j->job,
		    j->last->exit);
}

static void
judge_copies(struct judge *g)
{
	const struct facts_wish *w = &g->f->wish;
	const struct copies_place *p;
	char behind[40];

	for (size_t i = 0; (p = copies_place(g->f->copies, i)) != NULL; i++) {
		if (!p->known)
			add(g, say(g, N_("copies: nothing is known of %s")), p->place);
		/* A set that is new is still on its way. */
		if (p->missing > 0 && p->behind > w->rpo + w->grace)
			add(g,
			    say(g, N_("copies: %s is behind: %zu sets are missing there, for "
				      "%s")),
			    p->place, p->missing, elapsed(g, behind, p->behind));
		if (p->damaged > 0)
			add(g, say(g, N_("copies: %s: %zu sets were found damaged")), p->place,
			    p->damaged);
	}
}

static void
judge_rest(struct judge *g)
{
	const struct facts *f = g->f;
	const struct facts_wish *w = &f->wish;
	const struct duty_channel *c;
	char days[40];

	if (w->config != NULL && forecast_soon(w->config, f->disk.days))
		add(g, say(g, N_("disk: full in %s")), elapsed(g, days, f->disk.days * DAY));
	if (f->drill != NULL && strcmp(f->drill->result, "ok") != 0 &&
	    strcmp(f->drill->result, "warn") != 0)
		add(g, say(g, N_("drill: the last one did not keep what was promised")));
	if (f->drill_due != 0 && f->drill_due < w->now)
		add(g, say(g, N_("drill: overdue for %s")),
		    elapsed(g, days, w->now - f->drill_due));
	for (size_t i = 0; (c = duty_channel(f->duty, i)) != NULL; i++)
		if (c->tested > 0 && !c->ok)
			add(g, say(g, N_("alerts: the last test of %s failed")), c->name);
}

/* The names of the jobs that are ${state}, with commas; empty: none. */
static void
list_jobs(const struct facts *f, enum facts_state state, struct buf *b)
{
	for (size_t i = 0; i < f->njobs; i++) {
		const struct facts_job *j = &f->jobs[i];

		if (j->state != state || (state == FACTS_NONE && !facts_needed(j)))
			continue;
		buf_printf(b, "%s%s", b->len > 0 ? ", " : "", j->job);
	}
}

/* The one sentence of ${g}, NULL without memory. */
static char *
find_reason(struct judge *g)
{
	struct facts *f = g->f;
	struct buf overdue = {0}, none = {0};
	const char *late, *never;
	size_t things = facts_things(f);
	char *text = NULL;
	int len = -1;

	list_jobs(f, FACTS_OVERDUE, &overdue);
	list_jobs(f, FACTS_NONE, &none);
	late = overdue.len > 0 ? buf_string(&overdue) : "";
	never = none.len > 0 ? buf_string(&none) : "";
	f->health = FACTS_FAIL;
	if (late == NULL || never == NULL)
		goto out;
	if (f->blind) {
		len = asprintf(
		    &text, say(g, N_("the backups in %s cannot be read")), f->wish.root);
	} else if (*late != '\0' && *never != '\0') {
		len = asprintf(
		    &text, say(g, N_("%s overdue; %s without a verified backup")), late, never);
	} else if (*late != '\0') {
		len = asprintf(&text, say(g, N_("%s overdue")), late);
	} else if (*never != '\0') {
		len = asprintf(&text, say(g, N_("%s without a verified backup")), never);
	} else if (things == 1) {
		f->health = FACTS_WARN;
		text = strdup(say(g, N_("every backup is fresh, but one thing needs a look")));
		len = text != NULL ? 0 : -1;
	} else if (things > 0) {
		f->health = FACTS_WARN;
		len = asprintf(&text,
		    say(g, N_("every backup is fresh, but %zu things need a look")), things);
	} else {
		f->health = FACTS_GOOD;
		text = strdup(say(g, N_("every backup is fresh and verified")));
		len = text != NULL ? 0 : -1;
	}
out:
	buf_free(&overdue);
	buf_free(&none);
	if (len >= 0)
		return text;
	warn("status");
	return NULL;
}

bool
facts_needed(const struct facts_job *j)
{
	if (j->rpo < 0)
		return false;
	/* The weekly one may not have had its day yet, unless it has run before. */
	return strcmp(j->job, "full") != 0 ||
	       (j->history != NULL && j->history->days[HISTORY_DAYS - 1] == HISTORY_OVERDUE);
}

int
facts_judge(struct facts *f)
{
	for (int plain = 0; plain < 2; plain++) {
		struct judge g = {.f = f, .plain = plain != 0};

		for (size_t i = 0; i < f->njobs; i++)
			judge_job(&g, &f->jobs[i]);
		judge_copies(&g);
		judge_rest(&g);
		f->reasons[plain] = find_reason(&g);
		if (g.failed || f->reasons[plain] == NULL)
			return 1;
	}
	return 0;
}
