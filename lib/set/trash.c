#include "set/trash.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/io.h"
#include "base/sig.h"
#include "base/tree.h"

#define GONE ".gone." /* in front of a name: it is being removed */
#define TRIES 1000    /* names for one set */

struct trash {
	char *root;
	char *path;
	int root_fd; /* holds the lock */
	int fd;
	bool full; /* something was moved out of full/ */
};

/* Make the folder, and its name durable: sets will only be found in it. */
static int
make(struct trash *t)
{
	if (mkdirat(t->root_fd, TRASH_NAME, 0700) == 0)
		return fsync(t->root_fd);
	return errno == EEXIST ? 0 : -1;
}

int
trash_open(const char *root, struct trash **out)
{
	struct trash *t = calloc(1, sizeof(*t));
	int rc = EX_CANTCREAT;

	*out = NULL;
	if (t == NULL || (t->root = strdup(root)) == NULL ||
	    asprintf(&t->path, "%s/%s", root, TRASH_NAME) == -1) {
		warn("%s", root);
		free(t != NULL ? t->root : NULL);
		free(t);
		return rc;
	}
	t->fd = -1;
	t->root_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->root_fd == -1) {
		warn("%s", root);
		goto out;
	}
	/* Two that both have decided what goes would get in each other's way. */
	if (flock(t->root_fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno == EWOULDBLOCK) {
			warnx("%s: another process is pruning it", root);
			rc = EX_TEMPFAIL;
		} else {
			warn("lock %s", root);
		}
		goto out;
	}
	if (make(t) != 0) {
		warn("create %s", t->path);
		goto out;
	}
	t->fd = openat(t->root_fd, TRASH_NAME, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->fd == -1) {
		warn("%s", t->path);
		goto out;
	}
	*out = t;
	t = NULL;
	rc = 0;
out:
	trash_close(t);
	return rc;
}

int
trash_move(struct trash *t, const char *name)
{
	const char *last = basename(name);
	char *target = NULL;
	int rc = -1;

	/* From now on it counts; a set that stays after all is judged by other times. */
	(void)!utimensat(t->root_fd, name, NULL, AT_SYMLINK_NOFOLLOW);
	for (int i = 0; i < TRIES && rc != 0; i++) {
		free(target);
		if (i == 0 ? (target = strdup(last)) == NULL
			   : asprintf(&target, "%s.%d", last, i) == -1) {
			target = NULL;
			break;
		}
		/* Onto a folder that is not empty, or a file, rename(2) refuses to go. */
		rc = renameat(t->root_fd, name, t->fd, target);
		if (rc != 0 && errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR)
			break;
	}
	if (rc != 0)
		warn("move %s/%s to %s", t->root, name, t->path);
	else if (last != name)
		t->full = true;
	free(target);
	return rc == 0 ? 0 : EX_CANTCREAT;
}

int
trash_sync(struct trash *t)
{
	int fd = -1, rc = 0;

	/* The new place first: in between a set may have two names, but never none. */
	if (fsync(t->fd) != 0) {
		warn("fsync %s", t->path);
		rc = EX_IOERR;
	}
	if (t->full &&
	    ((fd = openat(t->root_fd, "full", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1 ||
		fsync(fd) != 0)) {
		warn("fsync %s/full", t->root);
		rc = EX_IOERR;
	}
	io_close(&fd);
	if (fsync(t->root_fd) != 0) {
		warn("fsync %s", t->root);
		rc = EX_IOERR;
	}
	return rc;
}

/* Remove the entry ${name} for good. */
static int
destroy(struct trash *t, const char *name)
{
	char *hidden = NULL;
	int rc = -1;

	if (strncmp(name, GONE, sizeof(GONE) - 1) == 0)
		return tree_remove_at(t->fd, name, t->path);
	if (asprintf(&hidden, GONE "%s", name) == -1) {
		warn("remove %s/%s", t->path, name);
		return -1;
	}
	/* What an earlier call has left of another set of that name. */
	if (tree_remove_at(t->fd, hidden, t->path) == 0) {
		if (renameat(t->fd, name, t->fd, hidden) != 0)
			warn("remove %s/%s", t->path, name);
		else
			rc = tree_remove_at(t->fd, hidden, t->path);
	}
	free(hidden);
	return rc;
}

/* Whether the entry ${name} has been there for ${age}. */
static bool
is_old(const struct trash *t, const char *name, int64_t age, int64_t now)
{
	struct stat st;
	int64_t since;

	if (fstatat(t->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return false;
	since = st.st_mtime > st.st_ctime ? st.st_mtime : st.st_ctime;
	return now - since >= age;
}

int
trash_empty(struct trash *t, int64_t age, int64_t now, size_t *gone)
{
	const struct dirent *d;
	int fd = openat(t->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);

	if (dir == NULL) {
		warn("%s", t->path);
		io_close(&fd);
		return EX_IOERR;
	}
	while (sig_stop() == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (strncmp(d->d_name, GONE, sizeof(GONE) - 1) != 0 &&
		    !is_old(t, d->d_name, age, now))
			continue;
		if (destroy(t, d->d_name) == 0)
			(*gone)++;
		else
			rc = EX_IOERR;
		errno = 0;
	}
	if (errno != 0) {
		warn("%s", t->path);
		rc = EX_IOERR;
	}
	closedir(dir);
	return rc;
}

void
trash_close(struct trash *t)
{
	if (t == NULL)
		return;
	io_close(&t->fd);
	io_close(&t->root_fd);
	free(t->root);
	free(t->path);
	free(t);
}
