#include "report/json.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/notes.h"

static json_t *
text(const char *s)
{
	return s != NULL && *s != '\0' ? notes_text(s) : json_null();
}

static json_t *
count(int64_t n)
{
	return n >= 0 ? json_integer((json_int_t)n) : json_null();
}

/* Where it is not known: NAN, or less than 0. */
static json_t *
seconds(double s)
{
	return s >= 0 ? json_real(s) : json_null();
}

static json_t *
moment(int64_t when)
{
	char buf[24];

	return when > 0 ? json_string(event_stamp(buf, when)) : json_null();
}

static json_t *
run_object(const struct history_run *r)
{
	return json_pack("{s:s,s:o,s:o,s:o,s:i,s:o,s:o,s:o,s:o,s:o}", "time", r->time, "job",
	    text(r->job), "event", text(r->event), "status", text(r->status), "exit", r->exit,
	    "seconds", seconds(r->seconds), "bytes", count(r->bytes), "set", text(r->set),
	    "what", text(r->what), "message", text(r->message));
}

static json_t *
point_object(const struct history_point *p)
{
	return json_pack("{s:o,s:o,s:o,s:o,s:o,s:b}", "set", text(p->set), "time",
	    moment(p->when), "bytes", count(p->bytes), "seconds", seconds(p->seconds), "change",
	    isnan(p->change) ? json_null() : json_real(p->change), "odd", p->odd);
}

static json_t *
job_object(const struct facts_job *j)
{
	json_t *newest = json_null(), *days = json_array(), *points = json_array();
	const struct history_job *h = j->history;

	if (j->newest != NULL)
		newest = json_pack("{s:o,s:o,s:I,s:o,s:o,s:o,s:b}", "set", text(j->newest),
		    "time", moment(j->began), "age", (json_int_t)j->age, "bytes",
		    count(j->bytes), "level", text(j->level), "proven", text(j->proven),
		    "sealed", facts_sealed(j));
	for (size_t i = 0; h != NULL && i < HISTORY_DAYS; i++)
		json_array_append_new(days, json_string(history_day_word(h->days[i])));
	for (size_t i = 0; h != NULL && i < h->count; i++)
		json_array_append_new(points, point_object(&h->points[i]));
	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "job",
	    text(j->job), "state", facts_state_word(j->state), "rpo", count(j->rpo), "next",
	    moment(j->next), "sets", count((int64_t)j->sets), "verified",
	    count((int64_t)j->verified), "oldest", text(j->oldest), "newest", newest,
	    "unverified", text(j->unverified), "rehearsed", text(j->rehearsed), "run",
	    j->last != NULL ? run_object(j->last) : json_null(), "days", days, "points",
	    points);
}

static json_t *
disk_object(const struct facts *f)
{
	const struct facts_disk *d = facts_disk(f);
	const struct trend_point *points;
	json_t *list = json_array();
	size_t n;

	points = history_space(facts_history(f), &n);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(
		    list, json_pack("{s:o,s:o}", "time", moment(points[i].when), "free",
			      count(points[i].free)));
	return json_pack("{s:o,s:o,s:o,s:b,s:o}", "free", count(d->free), "total",
	    count(d->total), "full_in_days", count(d->days), "filling", d->days >= 0, "points",
	    list);
}

static json_t *
copies_list(const struct facts *f)
{
	const struct copies_place *p;
	json_t *list = json_array();

	for (size_t i = 0; (p = copies_place(facts_copies(f), i)) != NULL; i++)
		json_array_append_new(
		    list, json_pack("{s:o,s:b,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "place",
			      text(p->place), "known", p->known, "looked", moment(p->looked),
			      "sets", p->known ? count((int64_t)p->sets) : json_null(),
			      "missing", p->known ? count((int64_t)p->missing) : json_null(),
			      "damaged", p->known ? count((int64_t)p->damaged) : json_null(),
			      "newest", text(p->newest), "newest_time", moment(p->newest_when),
			      "behind", p->known ? count(p->behind) : json_null(), "proven",
			      moment(p->proven)));
	return list;
}

static json_t *
drill_object(const struct facts *f)
{
	const struct rehearsal *r = facts_drill(f);
	json_t *goals, *steps;

	if (r == NULL)
		return json_null();
	goals = json_array();
	steps = json_array();
	for (size_t i = 0; i < r->ngoals; i++) {
		const struct rehearsal_goal *g = &r->goals[i];

		json_array_append_new(
		    goals, json_pack("{s:o,s:o,s:o,s:o,s:o,s:I,s:o}", "kind", text(g->kind),
			       "name", text(g->name), "what", text(g->what), "result",
			       text(g->result), "seconds", seconds(g->seconds), "limit",
			       (json_int_t)g->limit, "detail", text(g->detail)));
	}
	for (size_t i = 0; i < r->nsteps; i++) {
		const struct rehearsal_step *s = &r->steps[i];

		json_array_append_new(
		    steps, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "job", text(s->job), "set",
			       text(s->set), "what", text(s->what), "result", text(s->result),
			       "seconds", seconds(s->seconds), "detail", text(s->detail)));
	}
	return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "time", r->time, "result",
	    text(r->result), "seconds", seconds(r->seconds), "due", moment(facts_drill_due(f)),
	    "server", text(r->server), "report", text(r->report), "goals", goals, "steps",
	    steps);
}

static json_t *
duty_object(const struct facts *f)
{
	const struct duty *d = facts_duty(f);
	json_t *contacts = json_array(), *incidents = json_array(), *channels = json_array();
	const struct duty_contact *c;
	const struct duty_incident *x;
	const struct duty_channel *w;

	for (size_t i = 0; (c = duty_contact(d, i)) != NULL; i++)
		json_array_append_new(contacts,
		    json_pack("{s:s,s:o}", "role", c->role, "contact", text(c->text)));
	for (size_t i = 0; (x = duty_incident(d, i)) != NULL; i++)
		json_array_append_new(incidents,
		    json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id", text(x->id), "job",
			text(x->job), "event", text(x->event), "what", text(x->what), "level",
			text(x->level), "since", moment(x->since), "acknowledged",
			moment(x->acknowledged), "message", text(x->message)));
	for (size_t i = 0; (w = duty_channel(d, i)) != NULL; i++)
		json_array_append_new(
		    channels, json_pack("{s:o,s:o,s:o}", "channel", text(w->name), "tested",
				  moment(w->tested), "ok",
				  w->tested > 0 ? json_boolean(w->ok) : json_null()));
	return json_pack("{s:o,s:o,s:o}", "contacts", contacts, "incidents", incidents,
	    "channels", channels);
}

/* Which job that is, with one of its sets (NULL: none) and a time. */
static json_t *
pointer(const struct facts_job *j, const char *set, int64_t when)
{
	return json_pack(
	    "{s:o,s:o,s:o}", "job", text(j->job), "set", text(set), "time", moment(when));
}

int
json_print(const struct facts *f, FILE *out)
{
	const struct facts_wish *w = facts_wish(f);
	const struct history *h = facts_history(f);
	const struct facts_job *last = facts_last(f), *next = facts_next(f), *j;
	json_t *jobs = json_array(), *failures = json_array(), *warnings = json_array();
	json_t *runs = json_array(), *root, *duty = duty_object(f);
	const struct history_run *x;
	const char *line;
	char *whole = NULL;
	int rc = -1;

	for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++)
		json_array_append_new(jobs, job_object(j));
	for (size_t i = 0; (x = history_run(h, i)) != NULL; i++)
		json_array_append_new(runs, run_object(x));
	for (size_t i = 0; (x = history_failure(h, i)) != NULL; i++)
		json_array_append_new(failures, run_object(x));
	for (size_t i = 0; (line = facts_warning_plain(f, i)) != NULL; i++)
		json_array_append_new(warnings, text(line));

	root = json_pack("{s:i,s:o,s:o,s:o,s:o,s:s,s:o,s:o,s:o,s:I,s:o,s:o}", "format", 1,
	    "time", moment(w->now), "application", text(w->application), "host",
	    text(facts_host(f)), "backup_dir", text(w->root), "health",
	    facts_health_word(facts_health(f)), "reason", text(facts_reason_plain(f)), "last",
	    last != NULL ? pointer(last, last->newest, last->began) : json_null(), "next",
	    next != NULL ? pointer(next, NULL, next->next) : json_null(), "grace",
	    (json_int_t)w->grace, "jobs", jobs, "warnings", warnings);
	if (root == NULL || json_object_update_missing(root, duty) != 0 ||
	    json_object_set_new(root, "failures", failures) != 0 ||
	    json_object_set_new(root, "runs", runs) != 0 ||
	    json_object_set_new(root, "disk", disk_object(f)) != 0 ||
	    json_object_set_new(root, "copies", copies_list(f)) != 0 ||
	    json_object_set_new(root, "drill", drill_object(f)) != 0 ||
	    json_object_set_new(root, "journal",
		json_pack("{s:o,s:I,s:I,s:b}", "path", text(w->journal), "events",
		    (json_int_t)facts_events(f), "garbage", (json_int_t)facts_garbage(f),
		    "torn", facts_torn(f))) != 0)
		goto out;
	/* NULL too where there was no memory for a part of it. */
	whole = json_format(root, JSON_INDENT(1));
	if (whole != NULL && fputs(whole, out) != EOF && fputc('\n', out) != EOF)
		rc = 0;
out:
	free(whole);
	json_decref(duty);
	json_decref(root);
	return rc;
}
