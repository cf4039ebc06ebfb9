#include "ship/accept_incoming.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/rights.h"
#include "base/tree.h"
#include "set/sets.h"
#include "ship/accepted.h"

#define FULL "full"
#define REMOVED ".removed." /* what is on its way out */
#define MOST 100000         /* sets in a folder: 24 bytes of ours each */

struct arrival {
	char set[ACCEPTED_SET];
};

struct accept_incoming {
	const char *path;
	char *full_path;
	int fd;
	int full; /* its folder full, -1 where there is none */
	struct arrival *list;
	size_t count;
	size_t room;
};

static int
add(struct accept_incoming *in, const char *name, bool full)
{
	struct arrival *list;
	size_t room;

	if (in->count == in->room) {
		room = in->room == 0 ? 64 : in->room * 2;
		if ((list = reallocarray(in->list, room, sizeof(*list))) == NULL)
			return -1;
		in->list = list;
		in->room = room;
	}
	snprintf(in->list[in->count++].set, sizeof(in->list->set), "%s%.15s",
	    full ? FULL "/" : "", name);
	return 0;
}

/*
 * Whether ${name} is what a run of ours that was killed left: a set on its way out, or, at the top,
 * an ACCEPTED on its way in.
 */
static bool
is_leftover(const char *name, bool full)
{
	const char *prefix = "." ACCEPTED_NAME ".";

	if (strncmp(name, REMOVED, strlen(REMOVED)) == 0)
		return sets_time(name + strlen(REMOVED), NULL) == 0;
	return !full && strncmp(name, prefix, strlen(prefix)) == 0;
}

/* List the sets in the folder ${fd}. */
static int
list(struct accept_incoming *in, int fd, bool full)
{
	const char *path = full ? in->full_path : in->path;
	int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = EX_IOERR;
	DIR *dir = again != -1 ? fdopendir(again) : NULL;
	const struct dirent *d;
	size_t before = in->count;
	struct stat st;

	if (dir == NULL) {
		warn("%s", path);
		io_close(&again);
		return rc;
	}
	while ((errno = 0, d = readdir(dir)) != NULL) {
		if (is_leftover(d->d_name, full))
			(void)tree_remove_at(fd, d->d_name, path);
		if (sets_time(d->d_name, NULL) != 0)
			continue;
		if (fstatat(fd, d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    !S_ISDIR(st.st_mode))
			continue;
		if (in->count - before == MOST) {
			warnx(
			    "%s: more than %d sets: the others are not looked at", path, MOST);
			rc = EX_DATAERR;
			goto out;
		}
		if (add(in, d->d_name, full) != 0)
			break;
	}
	if (errno != 0)
		warn("%s", path);
	else
		rc = 0;
out:
	closedir(dir);
	return rc;
}

static int
oldest_first(const void *a, const void *b)
{
	const struct arrival *x = a, *y = b;
	int order = strcmp(accepted_name(x->set), accepted_name(y->set));

	return order != 0 ? order : strcmp(x->set, y->set);
}

/* Open full/, if there is one. */
static int
open_full(struct accept_incoming *in)
{
	in->full = rights_open(in->fd, FULL, O_RDONLY | O_DIRECTORY);
	if (in->full != -1 || errno == ENOENT)
		return 0;
	if (errno == ENOTDIR || errno == ELOOP) {
		warnx("%s: not a folder", in->full_path);
		return EX_DATAERR;
	}
	warn("%s", in->full_path);
	return EX_IOERR;
}

int
accept_incoming_open(const char *path, struct accept_incoming **out)
{
	struct accept_incoming *in = calloc(1, sizeof(*in));
	int rc = EX_IOERR, full;

	*out = NULL;
	if (in == NULL || asprintf(&in->full_path, "%s/" FULL, path) == -1) {
		warn("%s", path);
		free(in);
		return rc;
	}
	in->path = path;
	in->full = -1;
	if ((in->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
		warn("%s", path);
		goto out;
	}
	if ((rc = list(in, in->fd, false)) == EX_IOERR)
		goto out;
	full = open_full(in);
	if (full == 0 && in->full != -1)
		full = list(in, in->full, true);
	if (full == EX_IOERR) {
		rc = full;
		goto out;
	}
	if (in->count > 1)
		qsort(in->list, in->count, sizeof(*in->list), oldest_first);
	rc = rc != 0 ? rc : full;
	*out = in;
	in = NULL;
out:
	accept_incoming_free(in);
	return rc;
}

int
accept_incoming_fd(const struct accept_incoming *in)
{
	return in->fd;
}

const char *
accept_incoming_set(const struct accept_incoming *in, size_t i)
{
	return i < in->count ? in->list[i].set : NULL;
}

/* The folder that the set ${set} lies in, and its path. */
static int
folder_of(const struct accept_incoming *in, const char *set, const char **path)
{
	bool full = strchr(set, '/') != NULL;

	*path = full ? in->full_path : in->path;
	return full ? in->full : in->fd;
}

int
accept_incoming_enter(const struct accept_incoming *in, size_t i)
{
	const char *set = in->list[i].set, *path;

	return rights_open(
	    folder_of(in, set, &path), accepted_name(set), O_RDONLY | O_DIRECTORY);
}

int
accept_incoming_remove(const struct accept_incoming *in, size_t i)
{
	const char *set = in->list[i].set, *name = accepted_name(set), *path;
	char out[sizeof(REMOVED) + ACCEPTED_SET];
	int dir = folder_of(in, set, &path), fd = accept_incoming_enter(in, i), rc = -1;

	snprintf(out, sizeof(out), REMOVED "%s", name);
	/* A set that we may not empty stays as it is, instead of in the way. */
	if (fd == -1 || faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
		goto fail;
	rc = renameat(dir, name, dir, out);
	if (rc != 0 && (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) &&
	    tree_remove_at(dir, out, path) == 0)
		rc = renameat(dir, name, dir, out);
	if (rc != 0)
		goto fail;
	rc = tree_remove_at(dir, out, path);
	goto out;
fail:
	/* Others may remove what is theirs. */
	rc = errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -1;
	if (rc != 0)
		warn("remove %s/%s", path, name);
out:
	if (rc != 0)
		hintx("what the daemon's user makes in %s must be writable by this user's "
		      "group: \"incoming chmod\" in rsyncd.conf(5)",
		    in->path);
	io_close(&fd);
	return rc;
}

void
accept_incoming_free(struct accept_incoming *in)
{
	if (in == NULL)
		return;
	io_close(&in->fd);
	io_close(&in->full);
	free(in->full_path);
	free(in->list);
	free(in);
}
