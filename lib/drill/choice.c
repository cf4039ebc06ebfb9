#include "drill/choice.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/event.h"
#include "set/kind.h"
#include "set/sets.h"
#include "set/verified.h"

#define EMPTY_SERVER ((uint64_t)400 << 20) /* logs, undo and system tables of a new server */
#define PACKED 10 /* times a file may grow where set.json does not say */

struct choice {
	struct choice_set *sets;
	size_t count;
};

/* Take the set over. */
static int
add(struct choice *c, const char *path, struct manifest *m)
{
	struct choice_set *sets = reallocarray(c->sets, c->count + 1, sizeof(*sets)), *s;

	if (sets == NULL) {
		warn("drill");
		manifest_free(m);
		return EX_OSERR;
	}
	c->sets = sets;
	s = &sets[c->count];
	memset(s, 0, sizeof(*s));
	s->manifest = m;
	if ((s->path = strdup(path)) == NULL) {
		warn("drill");
		manifest_free(m);
		return EX_OSERR;
	}
	s->job = manifest_text(m, "job");
	s->name = manifest_text(m, "set");
	if (event_time(manifest_text(m, "started"), &s->started) != 0 &&
	    sets_time(s->name, &s->started) != 0)
		s->started = 0;
	c->count++;
	return 0;
}

static int
rank(const char *job)
{
	static const char *const first[] = {"db", "files", "full"};
	int i = 0;

	while (i < 3 && strcmp(job, first[i]) != 0)
		i++;
	return i;
}

static int
by_job(const void *a, const void *b)
{
	const struct choice_set *x = a, *y = b;
	int difference = rank(x->job) - rank(y->job);

	return difference != 0 ? difference : strcmp(x->job, y->job);
}

static void
sort(struct choice *c)
{
	if (c->count > 0)
		qsort(c->sets, c->count, sizeof(c->sets[0]), by_job);
}

static struct choice *
start(void)
{
	struct choice *c = calloc(1, sizeof(*c));

	if (c == NULL)
		warn("drill");
	return c;
}

/* The list is sorted by age, so that the first of a job is its newest. */
static int
consider(struct choice *c, const char *path, const char *application)
{
	struct manifest *m = NULL;
	struct verified v;

	if (verified_read(path, &v) != 0 || !v.counts || manifest_read(path, &m) != 0)
		return 0;
	if (!manifest_is_of(m, application) ||
	    choice_find(c, manifest_text(m, "job")) != NULL) {
		manifest_free(m);
		return 0;
	}
	return add(c, path, m);
}

int
choice_newest(const char *root, const char *application, struct choice **out)
{
	struct choice *c = start();
	struct sets *s = NULL;
	int rc = c == NULL ? EX_OSERR : 0;

	*out = NULL;
	if (rc == 0 && sets_list(root, &s) != 0)
		rc = EX_IOERR;
	for (size_t i = 0; rc == 0 && i < sets_count(s); i++)
		rc = consider(c, sets_path(s, i), application);
	sets_free(s);
	if (rc != 0) {
		choice_free(c);
		return rc;
	}
	sort(c);
	*out = c;
	return 0;
}

int
choice_given(char *const *paths, size_t n, struct choice **out)
{
	struct choice *c = start();
	struct manifest *m = NULL;
	int rc = c == NULL ? EX_OSERR : 0;

	*out = NULL;
	for (size_t i = 0; rc == 0 && i < n; i++)
		if ((rc = manifest_read(paths[i], &m)) == 0)
			rc = add(c, paths[i], m);
	if (rc != 0) {
		choice_free(c);
		return rc;
	}
	sort(c);
	*out = c;
	return 0;
}

const struct choice_set *
choice_set(const struct choice *c, size_t i)
{
	return i < c->count ? &c->sets[i] : NULL;
}

const struct choice_set *
choice_find(const struct choice *c, const char *job)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->sets[i].job, job) == 0)
			return &c->sets[i];
	return NULL;
}

bool
choice_is_encrypted(const struct manifest_file *f)
{
	return kind_promises_age(f->name);
}

/* Whether ${name} ends with ${end}, or with that and ".age". */
static bool
ends(const char *name, const char *end)
{
	size_t len = strlen(name) - (kind_promises_age(name) ? strlen(".age") : 0);
	size_t tail = strlen(end);

	return len > tail && strncmp(name + len - tail, end, tail) == 0;
}

bool
choice_is_dump(const struct manifest_file *f)
{
	return f->dump != NULL || ends(f->name, ".sql") || ends(f->name, ".sql.gz");
}

bool
choice_is_tar(const struct manifest_file *f)
{
	return ends(f->name, ".tar") || ends(f->name, ".tar.gz") || ends(f->name, ".tgz");
}

uint64_t
choice_room(const struct choice *c, bool loads, bool opens)
{
	struct manifest_file f;
	uint64_t most = 0, need, plain;

	for (size_t i = 0; i < c->count; i++) {
		for (size_t j = 0; manifest_file(c->sets[i].manifest, j, &f) == 0; j++) {
			plain = f.plain_bytes >= 0 ? (uint64_t)f.plain_bytes
						   : (uint64_t)f.bytes * PACKED;
			need = 0;
			if (choice_is_encrypted(&f) && !opens)
				continue;
			/* Rows, their indexes, and a sort beside them. */
			if (choice_is_dump(&f) && loads)
				need = plain * 5 / 2;
			else if (choice_is_tar(&f))
				need = plain + plain / 10;
			if (choice_is_encrypted(&f))
				need += 2 * (uint64_t)f.bytes;
			most = need > most ? need : most;
		}
	}
	return most + (loads ? EMPTY_SERVER : 0);
}

void
choice_free(struct choice *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < c->count; i++) {
		free(c->sets[i].path);
		manifest_free(c->sets[i].manifest);
	}
	free(c->sets);
	free(c);
}
