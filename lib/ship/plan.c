#include "ship/plan.h"

#include <err.h>
#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "set/manifest.h"
#include "set/record.h"
#include "set/retention.h"
#include "set/sets.h"
#include "set/sums.h"
#include "set/verified.h"
#include "ship/accepted.h"

/* Whether ${folder}/${name} is there; where nobody can say so, it is. */
static bool
holds(const char *folder, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
	       access(path, F_OK) == 0 || errno != ENOENT;
}

static struct plan_set *
find(struct plan *p, const char *name)
{
	const json_t *place = json_object_get(p->places, name);

	return place == NULL ? NULL : &p->sets[json_integer_value(place)];
}

static struct plan_set *
append(struct plan *p, const char *name)
{
	struct plan_set *sets;
	size_t room;

	if (p->count == p->room) {
		room = p->room == 0 ? 64 : p->room * 2;
		if ((sets = reallocarray(p->sets, room, sizeof(*sets))) == NULL)
			goto memory;
		p->sets = sets;
		p->room = room;
	}
	memset(&p->sets[p->count], 0, sizeof(*p->sets));
	if ((p->sets[p->count].name = strdup(name)) == NULL)
		goto memory;
	if ((p->places == NULL && (p->places = json_object()) == NULL) ||
	    json_object_set_new(p->places, name, json_integer((json_int_t)p->count)) != 0) {
		free(p->sets[p->count].name);
		goto memory;
	}
	return &p->sets[p->count++];
memory:
	warnx("%s: no memory", name);
	return NULL;
}

/* Read the digest and the job of the set in ${folder}. */
static int
describe(struct plan_set *set, const char *folder)
{
	struct sums *sums = NULL;
	struct manifest *m = NULL;
	struct verified proof;
	int rc;

	if ((rc = sums_read(folder, &sums)) != 0)
		goto out;
	strlcpy(set->sums, sums_digest(sums), sizeof(set->sums));
	if ((rc = manifest_read(folder, &m)) != 0)
		goto out;
	if (asprintf(&set->line, "%s of %s on %s", manifest_text(m, "job"),
		manifest_text(m, "application"), manifest_text(m, "host")) == -1)
		set->line = NULL;
	if (set->line == NULL || (set->job = strdup(manifest_text(m, "job"))) == NULL) {
		warn("%s", folder);
		rc = EX_OSERR;
		goto out;
	}
	set->verified = verified_read(folder, &proof) == 0 && proof.counts;
out:
	manifest_free(m);
	sums_free(sums);
	return rc;
}

/* Let ${set} be said to be what ${other} is, which may be changed. */
static void
describe_as(struct plan_set *set, struct plan_set *other)
{
	char *job = set->job, *line = set->line;

	set->verified = other->verified;
	set->job = other->job;
	set->line = other->line;
	other->job = job;
	other->line = line;
}

/* Take the set ${path}, called ${name} there. */
static int
take_set(struct plan *p, const char *path, const char *name, bool named)
{
	struct plan_set *set;
	struct verified proof;
	int rc;

	/* Of two folders with a set of one name, the first. */
	if (find(p, name) != NULL)
		return 0;
	if (verified_read(path, &proof) != 0)
		/* It may be removed at this moment. */
		return named || access(path, F_OK) == 0 || errno != ENOENT ? EX_IOERR : 0;
	if (!proof.counts) {
		warnx("%s: not verified, not sent", path);
		return named ? EX_DATAERR : 0;
	}
	if ((set = append(p, name)) == NULL || (set->path = strdup(path)) == NULL)
		return EX_OSERR;
	set->todo = PLAN_SEND;
	if ((rc = describe(set, path)) != 0 && !named) {
		/* One that cannot be read keeps back no other. */
		(void)json_object_del(p->places, name);
		free(set->name);
		free(set->path);
		free(set->job);
		free(set->line);
		p->count--;
	}
	return rc;
}

static int
take_folder(struct plan *p, const char *folder)
{
	struct sets *sets = NULL;
	char name[32];
	int rc = 0, got;

	if (sets_list(folder, &sets) != 0)
		return EX_IOERR;
	for (size_t i = 0; i < sets_count(sets); i++) {
		snprintf(name, sizeof(name), "%s%s", sets_full(sets, i) ? "full/" : "",
		    sets_name(sets, i));
		got = take_set(p, sets_path(sets, i), name, false);
		if (got == EX_OSERR) {
			rc = got;
			break;
		}
		rc = rc == 0 ? got : rc;
	}
	sets_free(sets);
	return rc;
}

/* Take what is named: a set, or a folder of sets. */
static int
take_path(struct plan *p, const char *path)
{
	char real[PATH_MAX], name[32], *base, *parent;

	if (realpath(path, real) == NULL) {
		warn("%s", path);
		return EX_IOERR;
	}
	base = strrchr(real, '/');
	if (base == NULL || sets_time(base + 1, NULL) != 0)
		return take_folder(p, real);
	*base = '\0';
	parent = strrchr(real, '/');
	snprintf(name, sizeof(name), "%s%s",
	    parent != NULL && strcmp(parent, "/full") == 0 ? "full/" : "", base + 1);
	*base = '/';
	return take_set(p, real, name, true);
}

/*
 * Whether the set.json in ${folder}, of which nobody knows whether it is whole, is the one that the
 * SHA256SUMS in ${promising} promises.
 */
static bool
told_by(const char *promising, const char *folder)
{
	struct sums *sums = NULL;
	const char *promised;
	char *text = NULL, hex[HASH_HEX] = "";
	size_t len;
	bool same = false;

	if (sums_read(promising, &sums) == 0 &&
	    (promised = sums_find(sums, MANIFEST_NAME)) != NULL &&
	    holds(folder, MANIFEST_NAME) &&
	    record_read(folder, MANIFEST_NAME, MANIFEST_MAX, &text, &len) == 0) {
		hash_bytes(text, len, hex);
		same = strcmp(hex, promised) == 0;
	}
	free(text);
	sums_free(sums);
	return same;
}

/* What is to be done with ${set} of here, of which ${there} is known in the folder ${folder}. */
static enum plan_todo
judge(const struct plan_set *set, const struct plan_set *there, const char *folder,
    const struct proven *proven)
{
	if (strcmp(set->sums, there->sums) != 0)
		/* The same set with a damaged SHA256SUMS can be mended. */
		return told_by(set->path, folder) ? PLAN_PROVE : PLAN_CONFLICT;
	return proven_is(proven, set->name, set->sums) && told_by(folder, folder) ? PLAN_NOTHING
										  : PLAN_PROVE;
}

/* What is there, with what is here. */
static int
take_mirror(struct plan *p, const struct far *f, const struct proven *proven)
{
	struct sets *sets = NULL;
	struct plan_set *set, there;
	char name[32];

	if (sets_list(f->mirror, &sets) != 0)
		return EX_IOERR;
	for (size_t i = 0; i < sets_count(sets); i++) {
		if (!holds(sets_path(sets, i), SUMS_NAME))
			continue;
		snprintf(name, sizeof(name), "%s%s", sets_full(sets, i) ? "full/" : "",
		    sets_name(sets, i));
		memset(&there, 0, sizeof(there));
		/* Damaged texts there: it is no set that we know, but its name is taken. */
		(void)describe(&there, sets_path(sets, i));
		set = find(p, name);
		if (set == NULL) {
			if ((set = append(p, name)) == NULL) {
				free(there.job);
				free(there.line);
				sets_free(sets);
				return EX_OSERR;
			}
			/* What was damaged may have been mended by somebody. */
			set->todo = proven_failed(proven, name) ? PLAN_PROVE : PLAN_AWAY;
			strlcpy(set->sums, there.sums, sizeof(set->sums));
			describe_as(set, &there);
		} else if ((set->todo = judge(set, &there, sets_path(sets, i), proven)) ==
			   PLAN_CONFLICT)
			/* What is known of the one here says nothing of that one. */
			describe_as(set, &there);
		set->there = true;
		free(there.job);
		free(there.line);
	}
	sets_free(sets);
	return 0;
}

/* What the machine there has taken out of our reach. */
static int
take_accepted(struct plan *p, const struct far *f)
{
	struct accepted *a = NULL;
	char path[PATH_MAX];
	const char *hex;
	int rc;

	if (snprintf(path, sizeof(path), "%s/" ACCEPTED_NAME, f->mirror) >= (int)sizeof(path))
		return EX_OSERR;
	if ((rc = accepted_read(path, &a)) != 0 || a == NULL)
		return rc;
	for (size_t i = 0; i < p->count; i++) {
		hex = accepted_find(a, p->sets[i].name);
		if (hex == NULL)
			continue;
		if (strcmp(hex, p->sets[i].sums) == 0) {
			p->sets[i].todo = PLAN_NOTHING;
			p->sets[i].accepted = true;
		} else
			p->sets[i].todo = PLAN_CONFLICT;
	}
	accepted_free(a);
	return 0;
}

/* What the retention there would remove at once is not sent. */
static int
expire(struct plan *p, const struct retention_rules *keep)
{
	struct retention_set *list = calloc(p->count + 1, sizeof(*list));
	int rc = EX_OSERR;

	if (list == NULL) {
		warn("retention");
		return rc;
	}
	for (size_t i = 0; i < p->count; i++) {
		list[i].name = p->sets[i].name;
		list[i].job = p->sets[i].line != NULL ? p->sets[i].line : "";
		list[i].verified = p->sets[i].verified;
	}
	if (retention_elsewhere(list, p->count, keep, (int64_t)time(NULL)) == 0) {
		for (size_t i = 0; i < p->count; i++) {
			if (list[i].remove && p->sets[i].todo == PLAN_SEND)
				p->sets[i].todo = PLAN_EXPIRED;
		}
		rc = 0;
	}
	free(list);
	return rc;
}

static int
oldest_first(const void *a, const void *b)
{
	const struct plan_set *x = a, *y = b;
	int order = strcmp(basename(x->name), basename(y->name));

	return order != 0 ? order : strcmp(x->name, y->name);
}

int
plan_make(const struct far *f, char *const *paths, const struct retention_rules *keep,
    const struct proven *proven, struct plan *p)
{
	int rc = 0, got;

	memset(p, 0, sizeof(*p));
	for (; *paths != NULL; paths++) {
		got = take_path(p, *paths);
		rc = rc == 0 ? got : rc;
	}
	if ((got = take_mirror(p, f, proven)) != 0 || (got = take_accepted(p, f)) != 0 ||
	    (got = expire(p, keep)) != 0) {
		rc = got;
		plan_free(p);
	}
	json_decref(p->places);
	p->places = NULL;
	if (p->count > 1)
		qsort(p->sets, p->count, sizeof(*p->sets), oldest_first);
	return rc;
}

void
plan_doubt(struct plan *p, const struct proven *proven)
{
	for (size_t i = 0; i < p->count; i++)
		if (proven_failed(proven, p->sets[i].name))
			p->sets[i].verified = false;
}

const char *
plan_basis(const struct plan *p, size_t i)
{
	const struct plan_set *set = &p->sets[i];

	for (size_t k = p->count; k-- > 0;) {
		if (k != i && p->sets[k].there && p->sets[k].job != NULL && set->job != NULL &&
		    strcmp(p->sets[k].job, set->job) == 0)
			return p->sets[k].name;
	}
	return NULL;
}

void
plan_free(struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->sets[i].name);
		free(p->sets[i].path);
		free(p->sets[i].job);
		free(p->sets[i].line);
	}
	free(p->sets);
	json_decref(p->places);
	memset(p, 0, sizeof(*p));
}
