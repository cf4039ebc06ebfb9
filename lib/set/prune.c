#include "set/prune.h"

#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/sig.h"
#include "set/manifest.h"
#include "set/sets.h"
#include "set/trash.h"
#include "set/verified.h"

struct prune {
	char *root;
	int64_t now;
	struct retention_set *sets; /* the names are ours, and the jobs too */
	size_t count;
	char **strangers;
	size_t nstrangers;
};

static bool
is_full(const char *job)
{
	return strcmp(job, "full") == 0;
}

/* Whether there is no set.json at ${path}: somebody else's folder. */
static bool
is_strange(const char *path)
{
	char *manifest = NULL;
	bool yes = false;

	if (asprintf(&manifest, "%s/%s", path, MANIFEST_NAME) != -1) {
		yes = access(manifest, F_OK) != 0 && errno == ENOENT;
		free(manifest);
	}
	return yes;
}

/* Take one set.  Return 0, or an exit code after reporting. */
static int
take(struct prune *p, const struct sets *s, size_t i, const struct prune_wish *w)
{
	const char *path = sets_path(s, i);
	struct retention_set *set = &p->sets[p->count];
	struct manifest *m = NULL;
	struct verified proof;
	char *name = NULL;
	int rc;

	if (asprintf(&name, "%s%s", sets_full(s, i) ? "full/" : "", sets_name(s, i)) == -1) {
		warn("%s", path);
		return EX_OSERR;
	}
	rc = is_strange(path) ? EX_DATAERR : manifest_read(path, &m);
	if (rc ==
	    EX_DATAERR) { /* of no job that we could tell: it stays, and counts for nothing */
		p->strangers[p->nstrangers++] = name;
		return 0;
	}
	if (rc != 0)
		goto out;
	if ((w->job != NULL && strcmp(manifest_text(m, "job"), w->job) != 0) ||
	    (w->application != NULL &&
		strcmp(manifest_text(m, "application"), w->application) != 0))
		goto out;
	if ((rc = verified_read(path, &proof)) != 0)
		goto out;
	rc = EX_OSERR;
	set->job = strdup(manifest_text(m, "job"));
	set->application = strdup(manifest_text(m, "application"));
	if (set->job == NULL || set->application == NULL) {
		warn("%s", path);
		free((void *)(uintptr_t)set->job);
		free((void *)(uintptr_t)set->application);
		goto out;
	}
	set->name = name;
	/* A proof outlives the files that it is of: what was lost stands in no other's place. */
	set->verified = proof.counts && manifest_whole(m, path);
	p->count++;
	name = NULL;
	rc = 0;
out:
	manifest_free(m);
	free(name);
	return rc;
}

static int
full_last(const void *a, const void *b)
{
	const struct retention_set *x = a, *y = b;
	int by = (int)is_full(x->job) - (int)is_full(y->job);

	if (by != 0)
		return by;
	return strcmp(basename(x->name), basename(y->name));
}

static int
oldest_first(const void *a, const void *b)
{
	const struct retention_set *x = a, *y = b;
	int by = strcmp(basename(x->name), basename(y->name));

	return by != 0 ? by : strcmp(x->name, y->name);
}

int
prune_judge(const struct prune_wish *w, struct prune **out)
{
	struct retention_guards guards = w->guards;
	struct prune *p = calloc(1, sizeof(*p));
	struct sets *s = NULL;
	size_t plain;
	int rc = EX_IOERR, one;

	*out = NULL;
	if (p == NULL)
		goto memory;
	if (sets_list(w->root, &s) != 0)
		goto out;
	p->now = guards.now;
	p->root = strdup(w->root);
	p->sets = calloc(sets_count(s) + 1, sizeof(*p->sets));
	p->strangers = calloc(sets_count(s) + 1, sizeof(*p->strangers));
	if (p->root == NULL || p->sets == NULL || p->strangers == NULL)
		goto memory;
	rc = 0;
	for (size_t i = 0; i < sets_count(s) && sig_stop() == 0; i++) {
		if ((one = take(p, s, i, w)) == EX_OSERR) {
			rc = one;
			goto out;
		}
		/* It may be the newest, or one of any job: whatever else is known, nothing goes. */
		if (one != 0) {
			guards.incomplete = true;
			rc = one;
		}
	}
	if (sig_stop() != 0) {
		rc = 1;
		goto out;
	}
	qsort(p->sets, p->count, sizeof(*p->sets), full_last);
	for (plain = 0; plain < p->count && !is_full(p->sets[plain].job); plain++)
		;
	if (retention_decide(p->sets, plain, &w->rules, &guards) != 0 ||
	    retention_decide(p->sets + plain, p->count - plain, &w->full, &guards) != 0) {
		rc = EX_OSERR;
		goto out;
	}
	qsort(p->sets, p->count, sizeof(*p->sets), oldest_first);
	*out = p;
	p = NULL;
	goto out;
memory:
	warn("%s", w->root);
	rc = EX_OSERR;
out:
	sets_free(s);
	prune_free(p);
	return rc;
}

const struct retention_set *
prune_sets(const struct prune *p, size_t *count)
{
	*count = p->count;
	return p->sets;
}

const struct retention_rules *
prune_rules(const struct prune_wish *w, const struct retention_set *s)
{
	return is_full(s->job) ? &w->full : &w->rules;
}

const char *
prune_stranger(const struct prune *p, size_t i)
{
	return i < p->nstrangers ? p->strangers[i] : NULL;
}

/* Whether it may be the clock that is wrong, and not the sets that are old. */
static bool
clock_in_doubt(const struct prune *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->sets[i].doubt)
			return true;
	}
	return false;
}

int
prune_remove(const struct prune *p, int64_t age,
    void (*moved)(const struct retention_set *, void *), void *context, struct prune_done *done)
{
	bool sure = !clock_in_doubt(p);
	struct trash *t = NULL;
	int rc, next;

	*done = (struct prune_done){0};
	/* Also for nothing: the folder must be there before the disk is full. */
	if ((rc = trash_open(p->root, &t)) != 0)
		return rc;
	if (sure)
		rc = trash_empty(t, age, p->now, &done->gone);
	for (size_t i = 0; i < p->count; i++) {
		if (!p->sets[i].remove)
			continue;
		next = sig_stop() != 0 ? 1 : trash_move(t, p->sets[i].name);
		if (next != 0) {
			rc = sig_stop() != 0 ? 1 : next;
			break;
		}
		done->moved++;
		if (moved != NULL)
			moved(&p->sets[i], context);
	}
	if (done->moved > 0 && (next = trash_sync(t)) != 0)
		rc = next;
	/* What was moved just now is younger than ${now}. */
	if (rc == 0 && sure && age == 0)
		rc = trash_empty(t, age, (int64_t)time(NULL), &done->gone);
	trash_close(t);
	return rc;
}

void
prune_free(struct prune *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; p->sets != NULL && i < p->count; i++) {
		free((void *)(uintptr_t)p->sets[i].name);
		free((void *)(uintptr_t)p->sets[i].job);
		free((void *)(uintptr_t)p->sets[i].application);
	}
	for (size_t i = 0; i < p->nstrangers; i++)
		free(p->strangers[i]);
	free(p->strangers);
	free(p->sets);
	free(p->root);
	free(p);
}
