#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/event.h"
#include "base/num.h"
#include "notify/promise_parts.h"
#include "set/record.h"
#include "set/sets.h"

#define REPORT_MAX ((size_t)8 << 20)
#define REPORT "drill_"

/*
 * When the drill of the report ${name} was, in seconds since 1970; -1 where it is no report, or one
 * of a drill that brought nothing back.  A goal that was missed is another matter.
 */
static int64_t
drill_time(const char *folder, const char *name)
{
	const char *end = strrchr(name, '.'), *time, *result;
	char moment[32];
	json_t *o = NULL;
	int64_t when = -1;

	if (strncmp(name, REPORT, strlen(REPORT)) != 0 || end == NULL ||
	    strcmp(end, ".json") != 0)
		return -1;
	snprintf(moment, sizeof(moment), "%.*s", (int)(end - name - (long)strlen(REPORT)),
	    name + strlen(REPORT));
	if (sets_time(moment, NULL) != 0 || record_json(folder, name, REPORT_MAX, &o) != 0)
		return -1;
	time = record_text(o, "time");
	result = record_text(o, "result");
	if (time == NULL || result == NULL || event_time(time, &when) != 0 ||
	    (strcmp(result, "ok") != 0 && strcmp(result, "warn") != 0 &&
		strcmp(result, "missed") != 0))
		when = -1;
	json_decref(o);
	return when;
}

/* The newest drill in ${folder} that is not in the future; -1: none. */
static int64_t
newest_report(const struct promise_view *v, const char *folder)
{
	const struct dirent *d;
	int64_t newest = -1, when;
	DIR *dir = opendir(folder);

	if (dir == NULL) {
		if (errno != ENOENT)
			warn("%s", folder);
		return -1;
	}
	while ((d = readdir(dir)) != NULL) {
		when = drill_time(folder, d->d_name);
		if (when > newest && when <= v->at->now + PROMISE_AHEAD)
			newest = when;
	}
	closedir(dir);
	return newest;
}

int
promise_drill(struct promise_view *v)
{
	int64_t every = config_number(v->c, "DRILL_EVERY"), last;
	char age[24], most[24], *folder = NULL;

	if (v->unsettled) {
		promise_say(v, "drill", "drill", PROMISE_UNKNOWN, "the clock was moved");
		return 0;
	}
	if (asprintf(&folder, "%s/drills", config_get(v->c, "STATE_DIR")) == -1) {
		warn("drills");
		return EX_OSERR;
	}
	last = newest_report(v, folder);
	free(folder);
	/* Reports may be elsewhere (siantre-verify --report): a set says so too. */
	for (size_t i = 0; i < v->count; i++) {
		if (v->sets[i].drilled && v->sets[i].time > last)
			last = v->sets[i].time;
	}
	num_elapsed(
	    age, sizeof(age), (double)(last >= 0 && v->at->now > last ? v->at->now - last : 0));
	num_elapsed(most, sizeof(most), (double)every);
	if ((last >= 0 ? last : v->installed) + every >= v->at->now) {
		if (last >= 0)
			promise_say(v, "drill", "drill", PROMISE_KEPT,
			    "the last recovery drill was %s ago", age);
		else
			promise_say(
			    v, "drill", "drill", PROMISE_UNKNOWN, "no recovery drill yet");
	} else if (v->count > 0 && v->sets[0].encrypted &&
		   *config_get(v->c, "IDENTITY") == '\0')
		promise_say(v, "drill", "drill", PROMISE_WARN,
		    "the sets are encrypted and no IDENTITY is here: recovery is not rehearsed "
		    "on "
		    "this machine");
	else if (last >= 0)
		promise_say(v, "drill", "drill", PROMISE_BROKEN,
		    "the last recovery drill was %s ago, more than %s", age, most);
	else
		promise_say(v, "drill", "drill", PROMISE_BROKEN,
		    "recovery was never rehearsed: no drill in %s", most);
	return 0;
}
