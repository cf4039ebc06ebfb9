#include "report/json.h"

#include <jansson.h>
#include <time.h>

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

static json_t *
job_object(const struct facts_job *j)
{
	json_t *newest = json_null(), *run = json_null();

	if (j->newest != NULL)
		newest = json_pack("{s:o,s:I,s:o,s:o,s:o}", "set", text(j->newest), "age",
		    (json_int_t)j->age, "bytes", count(j->bytes), "level", text(j->level),
		    "proven", text(j->proven));
	if (j->last != NULL)
		run = json_pack("{s:o,s:o,s:i,s:o,s:o}", "time", text(j->last->time), "status",
		    text(j->last->status), "exit", j->last->exit, "seconds",
		    j->last->seconds >= 0 ? json_real(j->last->seconds) : json_null(),
		    "message", text(j->last->message));
	return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "job", text(j->job),
	    "state", facts_state_word(j->state), "rpo", count(j->rpo), "sets",
	    count((int64_t)j->sets), "verified", count((int64_t)j->verified), "oldest",
	    text(j->oldest), "newest", newest, "unverified", text(j->unverified), "run", run,
	    "rehearsed", text(j->rehearsed));
}

int
json_print(const struct facts *f, FILE *out)
{
	const struct facts_wish *w = facts_wish(f);
	json_t *jobs = json_array(), *failures = json_array(), *warnings = json_array(), *root;
	const struct history_run *x;
	const struct facts_job *j;
	const char *line;
	char now[24] = "";
	time_t seconds = (time_t)w->now;
	struct tm tm;
	int rc = -1;

	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", &tm);
	for (size_t i = 0; (j = facts_job(f, i)) != NULL; i++)
		json_array_append_new(jobs, job_object(j));
	for (size_t i = 0; (x = history_failure(facts_history(f), i)) != NULL; i++)
		json_array_append_new(
		    failures, json_pack("{s:o,s:o,s:o,s:i,s:o}", "time", text(x->time), "job",
				  text(x->job), "event", text(x->event), "exit", x->exit,
				  "message", text(x->message)));
	for (size_t i = 0; (line = facts_warning_plain(f, i)) != NULL; i++)
		json_array_append_new(warnings, text(line));

	root = json_pack("{s:i,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:{s:o,s:I,s:I,s:b}}", "format", 1,
	    "time", text(now), "application", text(w->application), "backup_dir", text(w->root),
	    "grace", (json_int_t)w->grace, "jobs", jobs, "warnings", warnings, "failures",
	    failures, "journal", "path", text(w->journal), "events",
	    (json_int_t)facts_events(f), "garbage", (json_int_t)facts_garbage(f), "torn",
	    facts_torn(f));
	if (root != NULL && json_dumpf(root, out, JSON_INDENT(1)) == 0 &&
	    fputc('\n', out) != EOF)
		rc = 0;
	json_decref(root);
	return rc;
}
