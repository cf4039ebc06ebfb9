#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "set/setname.h"
#include "set/sets.h"

struct set {
	char *path; /* ends in the name */
	const char *name;
	bool full;
};

struct sets {
	struct set *list;
	size_t count;
	size_t room;
};

int
sets_time(const char *name, int64_t *out)
{
	struct setname read;
	struct tm tm;
	time_t t;

	if (setname_read(name, &read) != 0)
		return -1;
	if (out != NULL) {
		t = (time_t)read.wall;
		gmtime_r(&t, &tm);
		tm.tm_isdst = -1;
		*out = (int64_t)mktime(&tm);
	}
	return 0;
}

/* Append the set ${name} in ${folder}. */
static int
add(struct sets *s, const char *folder, const char *name, bool full)
{
	struct set *list, *set;
	size_t room;

	if (s->count == s->room) {
		room = s->room == 0 ? 64 : s->room * 2;
		if ((list = reallocarray(s->list, room, sizeof(*list))) == NULL)
			return -1;
		s->list = list;
		s->room = room;
	}
	set = &s->list[s->count];
	if (asprintf(&set->path, "%s/%s", folder, name) == -1)
		return -1;
	set->name = set->path + strlen(folder) + 1;
	set->full = full;
	s->count++;
	return 0;
}

/* Append the sets in ${folder}. */
static int
list(struct sets *s, const char *folder, bool full)
{
	const struct dirent *d;
	struct stat st;
	DIR *dir;
	int rc = -1;

	if ((dir = opendir(folder)) == NULL) {
		if (full && errno == ENOENT)
			return 0;
		warn("%s", folder);
		return -1;
	}
	while ((errno = 0, d = readdir(dir)) != NULL) {
		if (sets_time(d->d_name, NULL) != 0)
			continue;
		if (d->d_type == DT_UNKNOWN &&
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
			goto out;
		if (d->d_type != DT_DIR && (d->d_type != DT_UNKNOWN || !S_ISDIR(st.st_mode)))
			continue;
		if (add(s, folder, d->d_name, full) != 0)
			goto out;
	}
	if (errno != 0)
		goto out;
	rc = 0;
out:
	if (rc != 0)
		warn("%s", folder);
	closedir(dir);
	return rc;
}

static int
newest_first(const void *a, const void *b)
{
	const struct set *x = a, *y = b;
	int order = strcmp(y->name, x->name);

	return order != 0 ? order : strcmp(x->path, y->path);
}

int
sets_list(const char *root, struct sets **out)
{
	struct sets *s = calloc(1, sizeof(*s));
	char *full = NULL;
	int rc = -1;

	*out = NULL;
	if (s == NULL || asprintf(&full, "%s/full", root) == -1) {
		full = NULL;
		warn("%s", root);
		goto out;
	}
	if (list(s, root, false) != 0 || list(s, full, true) != 0)
		goto out;
	if (s->count > 1)
		qsort(s->list, s->count, sizeof(*s->list), newest_first);
	*out = s;
	s = NULL;
	rc = 0;
out:
	free(full);
	sets_free(s);
	return rc;
}

size_t
sets_count(const struct sets *s)
{
	return s->count;
}

const char *
sets_name(const struct sets *s, size_t i)
{
	return s->list[i].name;
}

const char *
sets_path(const struct sets *s, size_t i)
{
	return s->list[i].path;
}

bool
sets_full(const struct sets *s, size_t i)
{
	return s->list[i].full;
}

void
sets_free(struct sets *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->count; i++)
		free(s->list[i].path);
	free(s->list);
	free(s);
}
