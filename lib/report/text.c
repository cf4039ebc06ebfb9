#include "report/text.h"

#include <string.h>

#include "base/language.h"
#include "base/num.h"
#include "report/speak.h"

#define RED "\033[31m"
#define YELLOW "\033[33m"
#define GREEN "\033[32m"
#define PLAIN "\033[0m"

static const char *
health_colour(enum facts_health health)
{
	return health == FACTS_FAIL ? RED : health == FACTS_WARN ? YELLOW : GREEN;
}

/* How it stands, and which backup was the last and which is the next. */
static void
print_heading(const struct facts *f, FILE *out, bool colour)
{
	const struct facts_job *last = facts_last(f), *next = facts_next(f);
	char age[40], when[24];

	fprintf(out, "%s: %s%s%s\n", speak_text(facts_wish(f)->application),
	    colour ? health_colour(facts_health(f)) : "", facts_reason(f), colour ? PLAIN : "");
	if (last != NULL)
		/* TRANSLATORS: a job, the name of a set, its age. */
		fprintf(out, _("last: %s %s, %s ago\n"), speak_text(last->job), last->newest,
		    speak_elapsed(age, sizeof(age), last->age > 0 ? (double)last->age : 0));
	if (next != NULL)
		/* TRANSLATORS: a job, a time. */
		fprintf(out, _("next: %s, %s\n"), speak_text(next->job),
		    speak_moment(when, next->next));
	fputc('\n', out);
}

static void
print_job(const struct facts_job *j, FILE *out, bool colour)
{
	const char *sign = j->state == FACTS_OVERDUE ? RED
			   : j->state == FACTS_FRESH ? GREEN
						     : "";
	const char *bad = j->last != NULL && strcmp(j->last->status, "fail") == 0 ? RED : "";
	char age[40] = "-", size[16] = "-", when[24];

	if (j->newest != NULL)
		speak_elapsed(age, sizeof(age), j->age > 0 ? (double)j->age : 0);
	if (j->bytes >= 0)
		num_human(size, sizeof(size), (uint64_t)j->bytes);
	fprintf(out, "%-8s %-16s %s%-14s%s %10s %5zu  %-16s ", speak_text(j->job),
	    j->newest != NULL ? j->newest : "-", colour ? sign : "", age,
	    colour && *sign != '\0' ? PLAIN : "", size, j->sets,
	    j->oldest != NULL ? j->oldest : "-");
	if (j->last != NULL)
		fprintf(out, "%s%s%s %s\n", colour ? bad : "", speak_text(j->last->status),
		    colour && *bad != '\0' ? PLAIN : "", speak_moment(when, j->last->when));
	else
		fputs("-\n", out);
}

/* A month, a sign a day. */
static void
print_days(const struct facts *f, FILE *out)
{
	static const char signs[] = {
	    [HISTORY_BEFORE] = ' ',
	    [HISTORY_IDLE] = '.',
	    [HISTORY_OK] = '+',
	    [HISTORY_WARN] = '!',
	    [HISTORY_OVERDUE] = 'o',
	    [HISTORY_FAIL] = 'X',
	};
	const struct facts_job *j;
	bool any = false;

	for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++) {
		if (j->history == NULL)
			continue;
		if (!any)
			fprintf(out, "\n%-8s %s\n", "",
			    _("30 days to today: + good, ! warning, o overdue, X failed, . "
			      "nothing to do"));
		any = true;
		fprintf(out, "%-8s ", speak_text(j->job));
		for (size_t d = 0; d < HISTORY_DAYS; d++)
			fputc(signs[j->history->days[d]], out);
		fputc('\n', out);
	}
}

static void
print_disk(const struct facts *f, FILE *out)
{
	const struct facts_disk *d = facts_disk(f);
	char left[16], total[16], full[40];

	if (d->free < 0)
		return;
	fprintf(out, _("disk: %s free of %s"), num_human(left, sizeof(left), (uint64_t)d->free),
	    num_human(total, sizeof(total), (uint64_t)d->total));
	if (d->days >= 0)
		fprintf(out, _(", full in %s"),
		    speak_elapsed(full, sizeof(full), (double)d->days * 86400));
	fputc('\n', out);
}

static void
print_copies(const struct facts *f, FILE *out)
{
	const struct copies_place *p;
	char when[24];

	for (size_t i = 0; (p = copies_place(facts_copies(f), i)) != NULL; i++) {
		if (!p->known) {
			fprintf(out, _("copies: %s: nothing is known of it\n"),
			    speak_text(p->place));
			continue;
		}
		fprintf(out, _("copies: %s: %zu sets, the newest %s, proven %s, missing %zu\n"),
		    speak_text(p->place), p->sets, *p->newest != '\0' ? p->newest : "-",
		    speak_moment(when, p->proven), p->missing);
	}
}

static void
print_drill(const struct facts *f, FILE *out)
{
	const struct rehearsal *r = facts_drill(f);
	char when[24], due[24], took[40], limit[40];

	if (r == NULL) {
		if (facts_wish(f)->config != NULL)
			fputs(_("drill: none yet\n"), out);
		return;
	}
	/* TRANSLATORS: when, with which result, and by when the next one has to be. */
	fprintf(out, _("drill: %s: %s; the next by %s\n"), speak_moment(when, r->when),
	    speak_text(r->result), speak_moment(due, facts_drill_due(f)));
	for (size_t i = 0; i < r->ngoals; i++) {
		const struct rehearsal_goal *g = &r->goals[i];

		if (strcmp(g->kind, "RTO") != 0)
			continue;
		speak_elapsed(limit, sizeof(limit), (double)g->limit);
		if (g->seconds >= 0)
			/* TRANSLATORS: RTO critical: 44 s of 30 min */
			fprintf(out, _("  %s %s: %s of %s\n"), speak_text(g->kind),
			    speak_text(g->name), speak_elapsed(took, sizeof(took), g->seconds),
			    limit);
		else
			fprintf(out, _("  %s %s: not measured, at most %s\n"),
			    speak_text(g->kind), speak_text(g->name), limit);
	}
}

static void
print_duty(const struct facts *f, FILE *out)
{
	const struct duty *d = facts_duty(f);
	const struct duty_contact *c;
	const struct duty_channel *w;
	char when[24];

	for (size_t i = 0; (c = duty_contact(d, i)) != NULL; i++)
		fprintf(out, "%s%s", i == 0 ? _("responsible: ") : ", ", speak_text(c->text));
	if (duty_contact(d, 0) != NULL)
		fputc('\n', out);
	for (size_t i = 0; (w = duty_channel(d, i)) != NULL; i++)
		fprintf(out, _("alerts: %s, tested %s%s\n"), speak_text(w->name),
		    speak_moment(when, w->tested),
		    w->tested > 0 && !w->ok ? _(": failed") : "");
}

/* No warning: who encrypts has wanted that this machine cannot look into it. */
static void
print_sealed(const struct facts_job *j, FILE *out)
{
	const char *job = speak_text(j->job);

	if (j->rehearsed != NULL)
		fprintf(out,
		    _("sealed: %s: %s is encrypted, and not looked into; the newest that was "
		      "rehearsed is %s\n"),
		    job, j->newest, j->rehearsed);
	else
		fprintf(out,
		    _("sealed: %s: %s is encrypted, and not looked into; not rehearsed: a "
		      "drill needs --identity\n"),
		    job, j->newest);
}

static void
print_failure(const struct history_run *x, FILE *out)
{
	char when[24];

	fprintf(out, _("failed: %s %s %s, exit code %d%s%s\n"), speak_moment(when, x->when),
	    x->job != NULL ? speak_text(x->job) : "-", speak_text(x->event), x->exit,
	    x->message != NULL ? ": " : "", x->message != NULL ? speak_text(x->message) : "");
}

static void
print_incident(const struct duty_incident *x, FILE *out, bool colour)
{
	char when[24];

	fprintf(out, _("%sincident%s: %s since %s, %s%s%s\n"),
	    colour ? strcmp(x->level, "fail") == 0 ? RED : YELLOW : "", colour ? PLAIN : "",
	    speak_text(x->id), speak_moment(when, x->since),
	    x->acknowledged > 0 ? _("acknowledged") : _("not acknowledged"),
	    x->message != NULL ? ": " : "", x->message != NULL ? speak_text(x->message) : "");
}

void
text_print(const struct facts *f, FILE *out, bool colour, bool quiet)
{
	const struct history *h = facts_history(f);
	const struct duty_incident *incident;
	const struct history_run *x;
	const struct facts_job *j;
	const char *line;

	if (!quiet) {
		print_heading(f, out, colour);
		fprintf(out, "%-8s %-16s %-14s %10s %5s  %-16s %s\n", _("JOB"),
		    _("NEWEST VERIFIED"), _("AGE"), _("SIZE"), _("SETS"), _("OLDEST"),
		    _("LAST RUN"));
		for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++)
			print_job(j, out, colour);
		print_days(f, out);
		fputc('\n', out);
		print_disk(f, out);
		print_copies(f, out);
		print_drill(f, out);
		print_duty(f, out);
		for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++)
			if (facts_sealed(j))
				print_sealed(j, out);
	}
	for (size_t i = 0; (line = facts_warning(f, i)) != NULL; i++)
		fprintf(out, _("%swarning%s: %s\n"), colour ? YELLOW : "", colour ? PLAIN : "",
		    speak_text(line));
	for (size_t i = 0; (incident = duty_incident(facts_duty(f), i)) != NULL; i++)
		print_incident(incident, out, colour);
	for (size_t i = 0; (x = history_failure(h, i)) != NULL; i++)
		print_failure(x, out);
	if (facts_garbage(f) > 0)
		fprintf(out,
		    P_("journal: %zu line is no event\n", "journal: %zu lines are no events\n",
			facts_garbage(f)),
		    facts_garbage(f));
	if (facts_torn(f))
		fputs(_("journal: the last line is torn\n"), out);
}
