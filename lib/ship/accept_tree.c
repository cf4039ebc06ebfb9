#include "ship/accept_tree.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "set/manifest.h"
#include "set/record.h"
#include "set/sets.h"
#include "set/sums.h"
#include "set/verified.h"

#define DATE 8 /* of YYYYmmdd_HHMMSS */

struct stand {
	char set[ACCEPTED_SET];
	char hex[HASH_HEX];
	char *job; /* NULL: not yet read */
	bool damaged;
};

struct accept_tree {
	const char *path;
	struct stand *list;
	size_t count;
	size_t room;
};

static struct stand *
find(const struct accept_tree *t, const char *set)
{
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->list[i].set, set) == 0)
			return &t->list[i];
	return NULL;
}

int
accept_tree_add(
    struct accept_tree *t, const char *set, const char hex[HASH_HEX], const char *job)
{
	struct stand *s = find(t, set), *list;
	size_t room;

	if (s == NULL && t->count == t->room) {
		room = t->room == 0 ? 64 : t->room * 2;
		if ((list = reallocarray(t->list, room, sizeof(*list))) == NULL)
			goto fail;
		t->list = list;
		t->room = room;
	}
	if (s == NULL) {
		s = &t->list[t->count++];
		*s = (struct stand){.job = NULL};
		strlcpy(s->set, set, sizeof(s->set));
	}
	strlcpy(s->hex, hex, sizeof(s->hex));
	s->damaged = false;
	if (job != NULL && s->job == NULL && (s->job = strdup(job)) == NULL)
		goto fail;
	return 0;
fail:
	warn("%s", t->path);
	return -1;
}

/* The set that lies in ${folder}. */
static int
look_at(struct accept_tree *t, const char *folder, const char *set)
{
	char hex[HASH_HEX] = "", *text = NULL;
	struct verified v;
	struct stat st;
	size_t len;
	int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = -1, got = 0;

	/* Somebody may be pruning. */
	if (dir == -1 && errno == ENOENT)
		return 0;
	/* A set without SHA256SUMS is one that somebody else must look at: it is not ours. */
	if (dir != -1 && fstatat(dir, SUMS_NAME, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		/* One that cannot be read keeps no other set from its place. */
		got = record_read(folder, SUMS_NAME, SUMS_MAX, &text, &len);
		if (got == EX_OSERR)
			goto out;
		if (got == 0)
			hash_bytes(text, len, hex);
	}
	if (accept_tree_add(t, set, hex, NULL) != 0 ||
	    (got == 0 && (got = verified_read(folder, &v)) == EX_OSERR))
		goto out;
	t->list[t->count - 1].damaged =
	    got != 0 || hex[0] == '\0' || (v.time[0] != '\0' && !v.ok);
	rc = 0;
out:
	free(text);
	if (dir != -1)
		close(dir);
	return rc;
}

int
accept_tree_read(const char *path, struct accept_tree **out)
{
	struct accept_tree *t = calloc(1, sizeof(*t));
	struct sets *sets = NULL;
	char set[ACCEPTED_SET];
	int rc = EX_IOERR;

	*out = NULL;
	if (t == NULL) {
		warn("%s", path);
		return rc;
	}
	t->path = path;
	if (sets_list(path, &sets) != 0)
		goto out;
	for (size_t i = 0; i < sets_count(sets); i++) {
		snprintf(set, sizeof(set), "%s%.15s", sets_full(sets, i) ? "full/" : "",
		    sets_name(sets, i));
		if (look_at(t, sets_path(sets, i), set) != 0)
			goto out;
	}
	*out = t;
	t = NULL;
	rc = 0;
out:
	sets_free(sets);
	accept_tree_free(t);
	return rc;
}

const char *
accept_tree_hex(const struct accept_tree *t, const char *set)
{
	const struct stand *s = find(t, set);

	return s != NULL ? s->hex : NULL;
}

bool
accept_tree_damaged(const struct accept_tree *t, const char *set)
{
	const struct stand *s = find(t, set);

	return s != NULL && s->damaged;
}

static const char *
job_of(struct accept_tree *t, struct stand *s)
{
	struct manifest *m = NULL;
	char *folder = NULL;

	if (s->job == NULL && asprintf(&folder, "%s/%s", t->path, s->set) != -1) {
		if (manifest_read(folder, &m) == 0)
			s->job = strdup(manifest_text(m, "job"));
		else
			s->job = strdup("");
		manifest_free(m);
		free(folder);
	}
	return s->job != NULL ? s->job : "";
}

const char *
accept_tree_job(struct accept_tree *t, const char *set)
{
	struct stand *s = find(t, set);

	return s != NULL ? job_of(t, s) : "";
}

const char *
accept_tree_newest(struct accept_tree *t, const char *job)
{
	const struct stand *newest = NULL;

	for (size_t i = 0; i < t->count; i++) {
		struct stand *s = &t->list[i];

		if (newest != NULL &&
		    strcmp(accepted_name(s->set), accepted_name(newest->set)) <= 0)
			continue;
		if (strcmp(job_of(t, s), job) == 0)
			newest = s;
	}
	return newest != NULL ? newest->set : NULL;
}

size_t
accept_tree_day(const struct accept_tree *t, const char *name)
{
	size_t n = 0;

	for (size_t i = 0; i < t->count; i++)
		n += strncmp(accepted_name(t->list[i].set), name, DATE) == 0;
	return n;
}

uint64_t
accept_tree_bytes(const struct accept_tree *t)
{
	const struct dirent *d;
	char *folder = NULL;
	uint64_t total = 0;
	struct stat st;
	DIR *dir;

	for (size_t i = 0; i < t->count; i++) {
		if (asprintf(&folder, "%s/%s", t->path, t->list[i].set) == -1)
			return UINT64_MAX;
		dir = opendir(folder);
		while (dir != NULL && (d = readdir(dir)) != NULL)
			if (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			    S_ISREG(st.st_mode))
				total += (uint64_t)st.st_size;
		if (dir != NULL)
			closedir(dir);
		free(folder);
	}
	return total;
}

struct accepted *
accept_tree_list(const struct accept_tree *t)
{
	struct accepted *a = accepted_new();

	for (size_t i = 0; i < t->count && a != NULL; i++) {
		if (t->list[i].damaged || accepted_add(a, t->list[i].set, t->list[i].hex) == 0)
			continue;
		accepted_free(a);
		a = NULL;
	}
	return a;
}

void
accept_tree_free(struct accept_tree *t)
{
	if (t == NULL)
		return;
	for (size_t i = 0; i < t->count; i++)
		free(t->list[i].job);
	free(t->list);
	free(t);
}
