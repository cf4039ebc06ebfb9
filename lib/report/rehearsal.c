#include "report/rehearsal.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/event.h"
#include "set/record.h"
#include "set/sets.h"

#define REPORT_MAX (4 << 20)
#define LIST_MAX 1000 /* steps that anyone reads */

/*
 * The name of the newest report in ${folder}: they are named by their times.  One of a clock that was
 * wrong, more than a day ahead of ${now}, would hide all that follow.
 */
static char *
newest(const char *folder, int64_t now)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	char best[64] = "", at[16];
	int64_t when;
	size_t len;

	if (d == NULL) {
		if (errno != ENOENT)
			warn("%s", folder);
		return NULL;
	}
	while ((e = readdir(d)) != NULL) {
		len = strlen(e->d_name);
		if (len != strlen("drill_YYYYmmdd_HHMMSS.json") ||
		    strncmp(e->d_name, "drill_", 6) != 0 ||
		    strcmp(e->d_name + len - 5, ".json") != 0)
			continue;
		strlcpy(at, e->d_name + 6, sizeof(at));
		if (sets_time(at, &when) == 0 && when <= now + 86400 &&
		    strcmp(e->d_name, best) > 0)
			strlcpy(best, e->d_name, sizeof(best));
	}
	closedir(d);
	return *best != '\0' ? strdup(best) : NULL;
}

/* The text of ${key}; ${*bad} where there is no memory. */
static char *
take(const json_t *o, const char *key, const char *otherwise, bool *bad)
{
	const char *text = record_text(o, key);
	char *copied = NULL;

	if (text == NULL)
		text = otherwise;
	if (text != NULL && (copied = strdup(text)) == NULL)
		*bad = true;
	return copied;
}

static double
seconds(const json_t *o, const char *key)
{
	const json_t *n = json_object_get(o, key);

	return json_is_number(n) ? json_number_value(n) : -1;
}

static void
take_goals(struct rehearsal *r, const json_t *list, bool *bad)
{
	size_t n = json_array_size(list);

	if (n == 0 || n > LIST_MAX)
		return;
	if ((r->goals = calloc(n, sizeof(*r->goals))) == NULL) {
		*bad = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		struct rehearsal_goal *g = &r->goals[r->ngoals++];

		g->kind = take(o, "kind", "", bad);
		g->name = take(o, "name", "", bad);
		g->what = take(o, "what", "", bad);
		g->result = take(o, "result", "none", bad);
		g->detail = take(o, "detail", NULL, bad);
		g->seconds = seconds(o, "seconds");
		g->limit = json_integer_value(json_object_get(o, "limit"));
	}
}

static void
take_steps(struct rehearsal *r, const json_t *list, bool *bad)
{
	size_t n = json_array_size(list);

	if (n == 0 || n > LIST_MAX)
		return;
	if ((r->steps = calloc(n, sizeof(*r->steps))) == NULL) {
		*bad = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		const json_t *o = json_array_get(list, i);
		struct rehearsal_step *s = &r->steps[r->nsteps++];

		s->job = take(o, "job", NULL, bad);
		s->set = take(o, "set", NULL, bad);
		s->what = take(o, "what", "", bad);
		s->result = take(o, "result", "none", bad);
		s->detail = take(o, "detail", NULL, bad);
		s->seconds = seconds(o, "seconds");
	}
}

int
rehearsal_read(const char *folder, int64_t now, struct rehearsal **out)
{
	char *name = newest(folder, now);
	struct rehearsal *r = NULL;
	const char *time;
	json_t *o = NULL;
	bool bad = false;
	int rc = 0;

	*out = NULL;
	if (name == NULL || record_json(folder, name, REPORT_MAX, &o) != 0)
		goto out;
	rc = -1;
	if ((r = calloc(1, sizeof(*r))) == NULL)
		goto memory;
	time = record_text(o, "time");
	if (json_integer_value(json_object_get(o, "format")) != 1 || time == NULL ||
	    event_time(time, &r->when) != 0) {
		warnx("%s/%s: not the report of a drill", folder, name);
		rc = 0;
		goto out;
	}
	strlcpy(r->time, time, sizeof(r->time));
	r->result = take(o, "result", "none", &bad);
	r->server = take(o, "server", NULL, &bad);
	r->seconds = seconds(o, "seconds");
	take_goals(r, json_object_get(o, "goals"), &bad);
	take_steps(r, json_object_get(o, "steps"), &bad);
	name[strlen(name) - strlen(".json")] = '\0';
	r->report = name;
	name = NULL;
	if (bad)
		goto memory;
	*out = r;
	r = NULL;
	rc = 0;
	goto out;
memory:
	warn("%s", folder);
out:
	json_decref(o);
	free(name);
	rehearsal_free(r);
	return rc;
}

void
rehearsal_free(struct rehearsal *r)
{
	if (r == NULL)
		return;
	for (size_t i = 0; i < r->ngoals; i++) {
		free(r->goals[i].kind);
		free(r->goals[i].name);
		free(r->goals[i].what);
		free(r->goals[i].result);
		free(r->goals[i].detail);
	}
	for (size_t i = 0; i < r->nsteps; i++) {
		free(r->steps[i].job);
		free(r->steps[i].set);
		free(r->steps[i].what);
		free(r->steps[i].result);
		free(r->steps[i].detail);
	}
	free(r->goals);
	free(r->steps);
	free(r->result);
	free(r->server);
	free(r->report);
	free(r);
}
