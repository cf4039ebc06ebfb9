#include "report/facts.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/event.h"
#include "base/host.h"
#include "report/facts_parts.h"
#include "set/journal.h"
#include "set/manifest.h"
#include "set/planned.h"
#include "set/sets.h"
#include "set/space.h"
#include "set/verified.h"

#define WEEK ((int64_t)7 * 86400)
#define AHEAD ((int64_t)86400) /* farther in the future is not believed, as by siantre-alert */

static void
replace(char **to, const char *text)
{
	free(*to);
	*to = text != NULL ? strdup(text) : NULL;
}

/* The job ${name}, made where it is not there yet; NULL without room. */
static struct facts_job *
find_job(struct facts *f, const char *name, int64_t rpo)
{
	struct facts_job *j;
	char cut[HISTORY_NAME];

	history_cut(name, cut);
	for (size_t i = 0; i < f->njobs; i++)
		if (strcmp(f->jobs[i].job, cut) == 0)
			return &f->jobs[i];
	if (f->njobs == HISTORY_JOBS)
		return NULL;
	j = &f->jobs[f->njobs];
	j->job = strdup(cut);
	if (j->job == NULL)
		return NULL;
	j->rpo = rpo;
	j->age = j->bytes = -1;
	f->njobs++;
	return j;
}

/* Count one set: the sets come newest first. */
static int
add_set(struct facts *f, const char *name, const char *path, bool full)
{
	struct manifest *m = NULL;
	struct verified v = {0};
	struct facts_job *j;
	const char *job = full ? "full" : "unknown";
	int64_t started, ended;
	int rc = 0;

	if (manifest_read(path, &m) == 0 && *manifest_text(m, "job") != '\0')
		job = manifest_text(m, "job");
	/* What another application keeps in the same folder makes nothing of ours fresh. */
	if (m != NULL && f->wish.config != NULL && !manifest_is_of(m, f->wish.application))
		goto out;
	/* A proof outlives the file that it is of. */
	if (m != NULL &&
	    (verified_read(path, &v) != 0 || (v.counts && !manifest_whole(m, path))))
		v.counts = false;
	j = find_job(f, job, -1);
	if (j == NULL)
		goto out;

	j->sets++;
	replace(&j->oldest, name);
	if (!v.counts) {
		if (j->sets == 1)
			replace(&j->unverified, name);
		goto out;
	}
	j->verified++;
	if (event_time(manifest_text(m, "started"), &started) != 0 &&
	    sets_time(name, &started) != 0)
		started = 0;
	if (event_time(manifest_text(m, "ended"), &ended) != 0)
		ended = started - 1;
	/* A clock that was wrong: such a set would keep its job fresh for as long. */
	if (started > f->wish.now + AHEAD) {
		j->ahead = true;
		goto out;
	}
	if (forecast_set(f->forecast, name, job, started, manifest_bytes(m)) != 0 ||
	    due_add(f->due, name, full, job) != 0)
		rc = 1;
	history_set(f->history, job, name, started, (double)(ended - started),
	    manifest_bytes(m), strcmp(manifest_text(m, "status"), "warn") == 0);
	if (j->rehearsed == NULL && strcmp(v.level, "drill") == 0)
		replace(&j->rehearsed, name);
	/* Names are local times, and when summer ends an hour comes twice. */
	if (j->newest != NULL && started <= j->began)
		goto out;
	replace(&j->newest, name);
	j->began = started;
	j->age = f->wish.now - started;
	j->bytes = manifest_bytes(m);
	strlcpy(j->level, v.level, sizeof(j->level));
	strlcpy(j->proven, v.time, sizeof(j->proven));
out:
	manifest_free(m);
	return rc;
}

static int
gather_sets(struct facts *f)
{
	const struct config *c = f->wish.config;
	struct sets *s = NULL;
	int rc = 0;

	/* Below a mount point without a mount lies nothing that counts. */
	if ((c != NULL && space_mounted(config_get(c, "BACKUP_MOUNT")) != 0) ||
	    sets_list(f->wish.root, &s) != 0) {
		f->blind = f->wish.blind;
		return f->blind ? 0 : EX_IOERR;
	}
	for (size_t i = 0; rc == 0 && i < sets_count(s); i++)
		rc = add_set(f, sets_name(s, i), sets_path(s, i), sets_full(s, i));
	sets_free(s);
	return rc;
}

static int
gather_journal(struct facts *f)
{
	struct journal *j = NULL;
	struct event e;
	int rc;

	if (f->wish.journal == NULL)
		return 0;
	j = f->wish.past ? journal_open_past(f->wish.journal) : journal_open(f->wish.journal);
	if (j == NULL)
		return EX_IOERR;
	while ((rc = journal_next(j, &e)) > 0) {
		f->events++;
		if (history_event(f->history, &e) != 0) {
			journal_close(j);
			return 1;
		}
	}
	f->garbage = journal_garbage(j);
	f->torn = journal_torn(j) != 0;
	journal_close(j);
	return rc == 0 ? 0 : EX_IOERR;
}

/* What the configuration leads to. */
static int
gather_rest(struct facts *f)
{
	const struct config *c = f->wish.config;
	char *folder = NULL;
	int rc;

	if (c == NULL)
		return 0;
	if (asprintf(&folder, "%s/drills", config_get(c, "STATE_DIR")) == -1) {
		warn("status");
		return 1;
	}
	rc = rehearsal_read(folder, f->wish.now, &f->drill) == 0 ? 0 : 1;
	free(folder);
	if (f->drill != NULL)
		f->drill_due = f->drill->when + config_number(c, "DRILL_EVERY");
	/* Without the sets here nobody knows what is missing there. */
	if (rc == 0 && !f->blind &&
	    (due_expire(f->due, c, f->wish.now) != 0 ||
		copies_read(c, f->due, f->wish.now, &f->copies) != 0))
		rc = 1;
	if (rc == 0)
		rc = duty_read(c, &f->duty) == 0 ? 0 : 1;
	return rc;
}

static int
measure_disk(struct facts *f)
{
	struct statvfs st;

	f->disk.free = f->disk.total = -1;
	f->disk.days = FORECAST_UNKNOWN;
	if (f->blind || statvfs(f->wish.root, &st) != 0)
		return 0;
	f->disk.free = (int64_t)(st.f_bavail * st.f_frsize);
	f->disk.total = (int64_t)(st.f_blocks * st.f_frsize);
	if (f->wish.config == NULL)
		return 0;
	return forecast_days(
		   f->forecast, f->wish.config, f->disk.free, f->wish.now, &f->disk.days) == 0
		   ? 0
		   : 1;
}

static int
by_name(const void *a, const void *b)
{
	const struct facts_job *x = a, *y = b;

	return strcmp(x->job, y->job);
}

/* All is read: what follows from it for each job. */
static void
finish_jobs(struct facts *f)
{
	const struct history_run *last;
	const char *name;

	/* A copy is no backup, and has a place of its own. */
	for (size_t i = 0; (name = history_name(f->history, i)) != NULL; i++) {
		last = history_last(f->history, name);
		if (last != NULL && strcmp(last->event, "ship") != 0)
			(void)find_job(f, name, -1);
	}
	qsort(f->jobs + 3, f->njobs - 3, sizeof(f->jobs[0]), by_name);
	for (size_t i = 0; i < f->njobs; i++) {
		struct facts_job *j = &f->jobs[i];

		history_judge(f->history, j->job, j->rpo < 0 ? -1 : j->rpo + f->wish.grace);
		j->history = history_job(f->history, j->job);
		last = history_last(f->history, j->job);
		j->last = last != NULL && strcmp(last->event, "ship") != 0 ? last : NULL;
		j->next = planned_next(f->wish.config, j->job, f->wish.now);
		if (j->newest == NULL)
			j->state = FACTS_NONE;
		else if (j->rpo < 0)
			j->state = FACTS_UNHELD;
		else
			j->state =
			    j->age > j->rpo + f->wish.grace ? FACTS_OVERDUE : FACTS_FRESH;
	}
}

int
facts_gather(const struct facts_wish *w, struct facts **out)
{
	struct facts *f = calloc(1, sizeof(*f));
	int rc = 1;

	*out = NULL;
	if (f == NULL) {
		warn("status");
		return 1;
	}
	f->wish = *w;
	host_name(f->host);
	if ((f->history = history_new(w->now)) == NULL ||
	    (f->forecast = forecast_new()) == NULL || (f->due = due_new()) == NULL)
		goto out;
	if (find_job(f, "db", w->rpo) == NULL || find_job(f, "files", w->rpo) == NULL ||
	    find_job(f, "full", w->rpo > WEEK ? w->rpo : WEEK) == NULL) {
		warn("status");
		goto out;
	}
	if ((rc = gather_sets(f)) != 0 || (rc = gather_journal(f)) != 0 ||
	    (rc = gather_rest(f)) != 0 || (rc = measure_disk(f)) != 0)
		goto out;
	finish_jobs(f);
	rc = facts_judge(f);
out:
	if (rc != 0) {
		facts_free(f);
		f = NULL;
	}
	*out = f;
	return rc;
}

void
facts_free(struct facts *f)
{
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->njobs; i++) {
		struct facts_job *j = &f->jobs[i];

		free(j->job);
		free(j->oldest);
		free(j->newest);
		free(j->unverified);
		free(j->rehearsed);
	}
	for (int plain = 0; plain < 2; plain++) {
		for (size_t i = 0; i < f->nwarnings[plain]; i++)
			free(f->warnings[plain][i]);
		free(f->warnings[plain]);
		free(f->reasons[plain]);
	}
	history_free(f->history);
	forecast_free(f->forecast);
	due_free(f->due);
	copies_free(f->copies);
	rehearsal_free(f->drill);
	duty_free(f->duty);
	free(f);
}
