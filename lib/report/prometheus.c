#include "report/prometheus.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

/* What is printed, and where. */
struct page {
	const struct facts *f;
	FILE *out;
};

/* A value in a label: any UTF-8, with three characters escaped. */
static void
print_label(struct page *p, const char *before, const char *name, const char *text)
{
	char *clean = utf8_clean(text, strlen(text), "\xef\xbf\xbd", NULL);

	fprintf(p->out, "%s%s=\"", before, name);
	for (const char *at = clean != NULL ? clean : ""; *at != '\0'; at++) {
		switch (*at) {
		case '\\': fputs("\\\\", p->out); break;
		case '"': fputs("\\\"", p->out); break;
		case '\n': fputs("\\n", p->out); break;
		default: fputc(*at, p->out);
		}
	}
	fputc('"', p->out);
	free(clean);
}

static void
begin(struct page *p, const char *name, const char *what)
{
	fprintf(p->out, "# HELP siantre_%s %s\n# TYPE siantre_%s gauge\n", name, what, name);
}

/*
 * One line: ${value}, NAN for none, with two labels and their texts, NULL for none.  The
 * application comes first, so that those of many can be collected in one place.
 */
static void
line2(struct page *p, const char *name, double value, const char *label, const char *text,
    const char *label2, const char *text2)
{
	if (isnan(value))
		return;
	fprintf(p->out, "siantre_%s", name);
	print_label(p, "{", "application", facts_wish(p->f)->application);
	if (label != NULL)
		print_label(p, ",", label, text);
	if (label2 != NULL)
		print_label(p, ",", label2, text2);
	fprintf(p->out, "} %.15g\n", value);
}

static void
line1(struct page *p, const char *name, double value, const char *label, const char *text)
{
	line2(p, name, value, label, text, NULL, NULL);
}

static void
line(struct page *p, const char *name, double value)
{
	line2(p, name, value, NULL, NULL, NULL, NULL);
}

static double
known(int64_t n)
{
	return n >= 0 ? (double)n : NAN;
}

static double
moment(int64_t when)
{
	return when > 0 ? (double)when : NAN;
}

static double
rpo(const struct facts_job *j)
{
	return known(j->rpo);
}

static double
began(const struct facts_job *j)
{
	return moment(j->began);
}

static double
bytes(const struct facts_job *j)
{
	return known(j->bytes);
}

static double
sets(const struct facts_job *j)
{
	return (double)j->sets;
}

static double
verified(const struct facts_job *j)
{
	return (double)j->verified;
}

static double
next(const struct facts_job *j)
{
	return moment(j->next);
}

static double
ended(const struct facts_job *j)
{
	return j->last != NULL ? moment(j->last->when) : NAN;
}

static double
success(const struct facts_job *j)
{
	return j->last != NULL ? strcmp(j->last->status, "fail") != 0 : NAN;
}

static double
took(const struct facts_job *j)
{
	return j->last != NULL && j->last->seconds >= 0 ? j->last->seconds : NAN;
}

static double
odd(const struct facts_job *j)
{
	size_t n = j->history != NULL ? j->history->count : 0;

	return n > 0 ? j->history->points[n - 1].odd : NAN;
}

static void
print_jobs(struct page *p)
{
	static const struct {
		const char *name, *what;
		double (*value)(const struct facts_job *);
	} families[] = {
	    {"backup_limit_seconds",
		"How old the newest verified set may be, without the grace.", rpo},
	    {"backup_start_timestamp_seconds", "When the newest verified set began.", began},
	    {"backup_size_bytes", "Size of the newest verified set.", bytes},
	    {"backup_sets", "Sets that stand.", sets},
	    {"backup_verified_sets", "Sets that stand and are verified.", verified},
	    {"backup_size_odd", "Whether the size of the newest set is out of the ordinary.",
		odd},
	    {"run_next_timestamp_seconds", "When the job runs next.", next},
	    {"run_end_timestamp_seconds", "When the last run ended.", ended},
	    {"run_success", "Whether the last run went well.", success},
	    {"run_duration_seconds", "How long the last run took.", took},
	};
	const struct facts_job *j;

	for (size_t k = 0; k < sizeof(families) / sizeof(families[0]); k++) {
		begin(p, families[k].name, families[k].what);
		for (size_t i = 0; (j = facts_job(p->f, i)) != NULL; i++)
			line1(p, families[k].name, families[k].value(j), "backup", j->job);
	}
}

static void
print_disk(struct page *p)
{
	const struct facts_disk *d = facts_disk(p->f);

	begin(p, "disk_free_bytes", "Free space of the file system of the sets.");
	line(p, "disk_free_bytes", known(d->free));
	begin(p, "disk_size_bytes", "Size of the file system of the sets.");
	line(p, "disk_size_bytes", known(d->total));
	begin(p, "disk_full_seconds", "In how long it is full, if it goes on as it did.");
	line(p, "disk_full_seconds", d->days >= 0 ? (double)d->days * 86400 : NAN);
}

static double
seen(const struct copies_place *c)
{
	return c->known;
}

static double
there(const struct copies_place *c)
{
	return c->known ? (double)c->sets : NAN;
}

static double
missing(const struct copies_place *c)
{
	return c->known ? (double)c->missing : NAN;
}

static double
damaged(const struct copies_place *c)
{
	return c->known ? (double)c->damaged : NAN;
}

static double
behind(const struct copies_place *c)
{
	return c->known ? (double)c->behind : NAN;
}

static double
newest(const struct copies_place *c)
{
	return moment(c->newest_when);
}

static double
proven(const struct copies_place *c)
{
	return moment(c->proven);
}

static void
print_copies(struct page *p)
{
	static const struct {
		const char *name, *what;
		double (*value)(const struct copies_place *);
	} families[] = {
	    {"copy_known", "Whether anything is known of a place elsewhere.", seen},
	    {"copy_sets", "Sets at a place elsewhere.", there},
	    {"copy_missing_sets", "Verified sets here that are not there.", missing},
	    {"copy_damaged_sets", "Sets that were found damaged there.", damaged},
	    {"copy_behind_seconds", "Age of the oldest verified set that is missing there.",
		behind},
	    {"copy_newest_timestamp_seconds", "When the newest set there began.", newest},
	    {"copy_proven_timestamp_seconds", "When a set was last proven there.", proven},
	};
	const struct copies *copies = facts_copies(p->f);
	const struct copies_place *c;

	for (size_t k = 0; k < sizeof(families) / sizeof(families[0]); k++) {
		begin(p, families[k].name, families[k].what);
		for (size_t i = 0; (c = copies_place(copies, i)) != NULL; i++)
			line1(p, families[k].name, families[k].value(c), "place", c->place);
	}
}

static void
print_drill(struct page *p)
{
	const struct rehearsal *r = facts_drill(p->f);

	begin(p, "drill_timestamp_seconds", "When the last drill began.");
	line(p, "drill_timestamp_seconds", r != NULL ? (double)r->when : NAN);
	begin(p, "drill_due_timestamp_seconds", "By when the next drill must have been.");
	line(p, "drill_due_timestamp_seconds", moment(facts_drill_due(p->f)));
	begin(p, "drill_success", "Whether the last drill kept what was promised.");
	line(p, "drill_success",
	    r == NULL ? NAN : strcmp(r->result, "ok") == 0 || strcmp(r->result, "warn") == 0);
	begin(p, "drill_goal_seconds", "What the last drill measured.");
	for (size_t i = 0; r != NULL && i < r->ngoals; i++)
		line2(p, "drill_goal_seconds",
		    r->goals[i].seconds >= 0 ? r->goals[i].seconds : NAN, "kind",
		    r->goals[i].kind, "name", r->goals[i].name);
	begin(p, "drill_goal_limit_seconds", "What it may be.");
	for (size_t i = 0; r != NULL && i < r->ngoals; i++)
		line2(p, "drill_goal_limit_seconds", known(r->goals[i].limit), "kind",
		    r->goals[i].kind, "name", r->goals[i].name);
}

static void
print_duty(struct page *p)
{
	const struct duty *d = facts_duty(p->f);
	const struct duty_incident *incident;
	const struct duty_channel *c;
	double failures = 0, warnings = 0;

	for (size_t i = 0; (incident = duty_incident(d, i)) != NULL; i++)
		*(strcmp(incident->level, "fail") == 0 ? &failures : &warnings) += 1;
	begin(p, "incidents_open", "Incidents that are not over.");
	line1(p, "incidents_open", d != NULL ? failures : NAN, "level", "fail");
	line1(p, "incidents_open", d != NULL ? warnings : NAN, "level", "warn");
	begin(p, "channel_success", "Whether the last self-test of the channel went well.");
	for (size_t i = 0; (c = duty_channel(d, i)) != NULL; i++)
		line1(p, "channel_success", c->tested > 0 ? c->ok : NAN, "channel", c->name);
	begin(p, "channel_test_timestamp_seconds", "When the channel was last tested.");
	for (size_t i = 0; (c = duty_channel(d, i)) != NULL; i++)
		line1(
		    p, "channel_test_timestamp_seconds", moment(c->tested), "channel", c->name);
}

void
prometheus_print(const struct facts *f, FILE *out)
{
	struct page p = {.f = f, .out = out};

	begin(&p, "status_timestamp_seconds", "When this was written.");
	line(&p, "status_timestamp_seconds", (double)facts_wish(f)->now);
	begin(&p, "health",
	    "0: every backup is fresh, 1: something needs a look, 2: overdue or not there.");
	line(&p, "health", (double)facts_health(f));
	begin(&p, "backup_grace_seconds", "How much older than its limit a set may be.");
	line(&p, "backup_grace_seconds", (double)facts_wish(f)->grace);
	print_jobs(&p);
	print_disk(&p);
	print_copies(&p);
	print_drill(&p);
	print_duty(&p);
	begin(&p, "journal_garbage_lines", "Lines of the journal that are no events.");
	line(&p, "journal_garbage_lines", (double)facts_garbage(f));
}
