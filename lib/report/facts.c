#include "report/facts.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/event.h"
#include "base/num.h"
#include "set/journal.h"
#include "set/manifest.h"
#include "set/sets.h"
#include "set/verified.h"

#define JOBS 64 /* more names than that are nobody's jobs */
#define WEEK ((int64_t)7 * 86400)

struct facts {
	struct facts_wish wish;
	struct facts_job jobs[JOBS];
	size_t njobs;
	struct facts_failure failures[FACTS_FAILURES]; /* a ring */
	size_t nfailures;                              /* all that the journal has */
	char **warnings;
	size_t nwarnings;
	size_t events;
	size_t garbage;
	bool torn;
};

static char *
copy(const char *text)
{
	return text != NULL ? strdup(text) : NULL;
}

static void
replace(char **to, const char *text)
{
	free(*to);
	*to = copy(text);
}

static int __attribute__((format(printf, 2, 3)))
add_warning(struct facts *f, const char *format, ...)
{
	char **list, *text;
	va_list ap;
	int len;

	va_start(ap, format);
	len = vasprintf(&text, format, ap);
	va_end(ap);
	list = reallocarray(f->warnings, f->nwarnings + 1, sizeof(*list));
	if (len < 0 || list == NULL) {
		warn("status");
		if (len >= 0)
			free(text);
		return 1;
	}
	f->warnings = list;
	f->warnings[f->nwarnings++] = text;
	return 0;
}

/* The job ${name}, made where it is not there yet; NULL without room. */
static struct facts_job *
find_job(struct facts *f, const char *name, int64_t rpo)
{
	struct facts_job *j;

	for (size_t i = 0; i < f->njobs; i++)
		if (strcmp(f->jobs[i].job, name) == 0)
			return &f->jobs[i];
	if (f->njobs == JOBS)
		return NULL;
	j = &f->jobs[f->njobs];
	j->job = strdup(name);
	if (j->job == NULL)
		return NULL;
	j->rpo = rpo;
	j->age = j->bytes = -1;
	f->njobs++;
	return j;
}

/* Count one set: the sets come newest first. */
static void
add_set(struct facts *f, const char *name, const char *path, bool full)
{
	struct manifest *m = NULL;
	struct verified v = {0};
	struct facts_job *j;
	const char *job = full ? "full" : "unknown";
	int64_t started;

	if (manifest_read(path, &m) == 0 && *manifest_text(m, "job") != '\0')
		job = manifest_text(m, "job");
	if (m != NULL && verified_read(path, &v) != 0)
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
	if (j->rehearsed == NULL && strcmp(v.level, "drill") == 0)
		replace(&j->rehearsed, name);
	if (j->newest != NULL)
		goto out;
	replace(&j->newest, name);
	if (event_time(manifest_text(m, "started"), &started) != 0 &&
	    sets_time(name, &started) != 0)
		started = 0;
	j->age = f->wish.now - started;
	j->bytes = manifest_bytes(m);
	strlcpy(j->level, v.level, sizeof(j->level));
	strlcpy(j->proven, v.time, sizeof(j->proven));
out:
	manifest_free(m);
}

static int
gather_sets(struct facts *f)
{
	struct sets *s = NULL;

	if (sets_list(f->wish.root, &s) != 0)
		return EX_IOERR;
	for (size_t i = 0; i < sets_count(s); i++)
		add_set(f, sets_name(s, i), sets_path(s, i), sets_full(s, i));
	sets_free(s);
	return 0;
}

static void
add_failure(struct facts *f, const struct event *e)
{
	struct facts_failure *x = &f->failures[f->nfailures++ % FACTS_FAILURES];

	strlcpy(x->time, e->time, sizeof(x->time));
	replace(&x->job, e->job);
	replace(&x->event, e->event);
	x->exit = e->exit;
	replace(&x->message, e->message);
}

static void
add_event(struct facts *f, const struct event *e)
{
	struct facts_job *j;

	f->events++;
	if (strcmp(e->status, "fail") == 0)
		add_failure(f, e);
	if (e->job == NULL || (strcmp(e->event, "run") != 0 && strcmp(e->event, "drill") != 0))
		return;
	j = find_job(f, e->job, -1);
	if (j == NULL)
		return;
	strlcpy(j->run, e->time, sizeof(j->run));
	replace(&j->status, e->status);
	j->exit = e->exit;
	j->seconds = e->seconds;
	replace(&j->message, e->message);
}

static int
gather_journal(struct facts *f)
{
	struct journal *j = NULL;
	struct event e;
	int rc;

	if (f->wish.journal == NULL)
		return 0;
	j = journal_open(f->wish.journal);
	if (j == NULL)
		return EX_IOERR;
	while ((rc = journal_next(j, &e)) > 0)
		add_event(f, &e);
	f->garbage = journal_garbage(j);
	f->torn = journal_torn(j) != 0;
	journal_close(j);
	return rc == 0 ? 0 : EX_IOERR;
}

/* What a person has to know about one job. */
static int
judge(struct facts *f, struct facts_job *j)
{
	char age[24], rpo[24], grace[24];
	int rc = 0;

	if (j->newest == NULL)
		j->state = FACTS_NONE;
	else if (j->rpo < 0)
		j->state = FACTS_UNHELD;
	else
		j->state = j->age > j->rpo + f->wish.grace ? FACTS_OVERDUE : FACTS_FRESH;

	/* The weekly job may never have had its day, and a drill leaves no set. */
	if (j->state == FACTS_NONE && (j->sets > 0 || (j->rpo >= 0 && j->rpo != WEEK)))
		rc |= add_warning(f, "%s: no verified set", j->job);
	if (j->state == FACTS_OVERDUE)
		rc |= add_warning(f,
		    "%s: overdue: the newest verified set is %s old, more than %s and %s of "
		    "grace",
		    j->job, num_elapsed(age, sizeof(age), (double)j->age),
		    num_elapsed(rpo, sizeof(rpo), (double)j->rpo),
		    num_elapsed(grace, sizeof(grace), (double)f->wish.grace));
	if (j->newest != NULL && j->age < 0)
		rc |= add_warning(
		    f, "%s: the newest verified set is dated in the future", j->job);
	if (j->unverified != NULL && j->newest != NULL)
		rc |= add_warning(
		    f, "%s: the newest set, %s, is not verified", j->job, j->unverified);
	if (j->status != NULL && strcmp(j->status, "fail") == 0)
		rc |= add_warning(
		    f, "%s: the last run failed with exit code %d", j->job, j->exit);
	return rc;
}

static int
by_name(const void *a, const void *b)
{
	const struct facts_job *x = a, *y = b;

	return strcmp(x->job, y->job);
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
	if (find_job(f, "db", w->rpo) == NULL || find_job(f, "files", w->rpo) == NULL ||
	    find_job(f, "full", w->rpo > WEEK ? w->rpo : WEEK) == NULL) {
		warn("status");
		goto out;
	}
	rc = gather_sets(f);
	if (rc == 0)
		rc = gather_journal(f);
	if (rc != 0)
		goto out;
	qsort(f->jobs + 3, f->njobs - 3, sizeof(f->jobs[0]), by_name);
	for (size_t i = 0; rc == 0 && i < f->njobs; i++)
		rc = judge(f, &f->jobs[i]);
out:
	if (rc != 0) {
		facts_free(f);
		f = NULL;
	}
	*out = f;
	return rc;
}

const struct facts_wish *
facts_wish(const struct facts *f)
{
	return &f->wish;
}

const struct facts_job *
facts_job(const struct facts *f, size_t i)
{
	return i < f->njobs ? &f->jobs[i] : NULL;
}

bool
facts_sealed(const struct facts_job *j)
{
	return strcmp(j->level, "sealed") == 0;
}

const struct facts_failure *
facts_failure(const struct facts *f, size_t i)
{
	if (i >= f->nfailures || i >= FACTS_FAILURES)
		return NULL;
	return &f->failures[(f->nfailures - 1 - i) % FACTS_FAILURES];
}

const char *
facts_warning(const struct facts *f, size_t i)
{
	return i < f->nwarnings ? f->warnings[i] : NULL;
}

size_t
facts_events(const struct facts *f)
{
	return f->events;
}

size_t
facts_garbage(const struct facts *f)
{
	return f->garbage;
}

bool
facts_torn(const struct facts *f)
{
	return f->torn;
}

const char *
facts_state_word(enum facts_state state)
{
	static const char *const words[] = {
	    [FACTS_NONE] = "none",
	    [FACTS_FRESH] = "fresh",
	    [FACTS_OVERDUE] = "overdue",
	    [FACTS_UNHELD] = "unheld",
	};

	return words[state];
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
		free(j->status);
		free(j->message);
	}
	for (size_t i = 0; i < FACTS_FAILURES; i++) {
		free(f->failures[i].job);
		free(f->failures[i].event);
		free(f->failures[i].message);
	}
	for (size_t i = 0; i < f->nwarnings; i++)
		free(f->warnings[i]);
	free(f->warnings);
	free(f);
}
