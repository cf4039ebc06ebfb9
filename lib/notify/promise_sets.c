#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/event.h"
#include "notify/promise_parts.h"
#include "set/manifest.h"
#include "set/sets.h"
#include "set/sums.h"
#include "set/verified.h"
#include "set/whole.h"

/* Whether a file of it can be read by nobody without a key. */
static bool
is_encrypted(const struct manifest *m)
{
	struct manifest_file file;

	for (size_t i = 0; manifest_file(m, i, &file) == 0; i++) {
		size_t len = strlen(file.name);

		if (len > 4 && strcmp(file.name + len - 4, ".age") == 0)
			return true;
	}
	return false;
}

/* Take the set in ${path}, if it is one that is proven. */
static int
take(struct promise_view *v, const char *path, const char *name, bool full)
{
	struct promise_set *s = &v->sets[v->count];
	struct manifest *m = NULL;
	struct sums *sums = NULL;
	struct verified proof;
	int64_t when;
	int rc = 0;

	if (verified_read(path, &proof) != 0 || !proof.counts || manifest_read(path, &m) != 0 ||
	    sums_read(path, &sums) != 0 || !whole_is(path, sums, m))
		goto out;
	if (event_time(manifest_text(m, "started"), &when) != 0 && sets_time(name, &when) != 0)
		goto out;
	if (when > v->at->now + PROMISE_AHEAD) {
		if (when > v->ahead_time) {
			strlcpy(v->ahead, name, sizeof(v->ahead));
			v->ahead_time = when;
		}
		goto out;
	}
	snprintf(s->name, sizeof(s->name), "%s%s", full ? "full/" : "", name);
	strlcpy(s->sums, sums_digest(sums), sizeof(s->sums));
	s->time = when;
	(void)event_time(proof.read, &s->read);
	s->bytes = manifest_bytes(m) > 0 ? (uint64_t)manifest_bytes(m) : 0;
	s->drilled = strcmp(proof.level, "drill") == 0;
	s->encrypted = is_encrypted(m);
	s->ours = manifest_is_of(m, config_get(v->c, "APP_NAME"));
	if ((s->job = strdup(manifest_text(m, "job"))) == NULL) {
		warn("%s", path);
		rc = EX_OSERR;
		goto out;
	}
	v->count++;
out:
	sums_free(sums);
	manifest_free(m);
	return rc;
}

/* By when they began: names are local times, and summer ends. */
static int
newest_first(const void *a, const void *b)
{
	const struct promise_set *x = a, *y = b;

	return x->time == y->time ? strcmp(y->name, x->name)
				  : (x->time < y->time) - (x->time > y->time);
}

int
promise_sets_read(struct promise_view *v)
{
	const char *root = config_get(v->c, "BACKUP_DIR");
	struct sets *sets = NULL;
	int rc = 0;

	/* Below a mount point without a mount lies nothing that counts. */
	if (!v->mounted || sets_list(root, &sets) != 0)
		return 0;
	v->seen = true;
	if ((v->sets = calloc(sets_count(sets) + 1, sizeof(*v->sets))) == NULL) {
		warn("%s", root);
		rc = EX_OSERR;
	}
	for (size_t i = 0; rc == 0 && i < sets_count(sets); i++)
		rc = take(v, sets_path(sets, i), sets_name(sets, i), sets_full(sets, i));
	if (rc == 0 && v->count > 1)
		qsort(v->sets, v->count, sizeof(*v->sets), newest_first);
	sets_free(sets);
	return rc;
}

void
promise_sets_free(struct promise_view *v)
{
	for (size_t i = 0; i < v->count; i++)
		free(v->sets[i].job);
	free(v->sets);
	v->sets = NULL;
	v->count = 0;
}
