/*
 * The exchange takes two renames.  First the new tree gets the name under which the old one is
 * to be kept, then the two change names (RENAME_EXCHANGE).  So the name in use always holds one
 * whole tree, and whoever is interrupted between the two loses nothing: not even a clean-up
 * that knows only siantre-new names can hit the old tree.
 */
#include "tar/place.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <mntent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/hint.h"
#include "base/io.h"
#include "base/tree.h"

#define TRIES 100
#define NEW ".siantre-new-" /* and LETTERS more */
#define LETTERS 6

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

struct place {
	int parent;
	char *above; /* the parent's path; "" for the root folder */
	int fd;      /* of the new folder */
	char *path;
	char *name; /* the last part of path, in it */
	char *made; /* name of the new folder; NULL: there is none */
	char *kept;
	bool exists;
	bool empty; /* a folder, but with nothing in it to keep */
};

static bool
mount_point(int parent, const char *name)
{
	struct statx stx;

	return statx(parent, name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, 0, &stx) == 0 &&
	       (stx.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT) != 0 &&
	       (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

/* A mount point in the folder ${path}, for the caller to free; NULL: there is none. */
static char *
mounted_in(const char *path)
{
	FILE *in = setmntent("/proc/self/mounts", "r");
	size_t len = strlen(path);
	const struct mntent *m;
	char *found = NULL;

	while (in != NULL && found == NULL && (m = getmntent(in)) != NULL)
		if (strncmp(m->mnt_dir, path, len) == 0 && m->mnt_dir[len] == '/')
			found = strdup(m->mnt_dir);
	if (in != NULL)
		(void)endmntent(in);
	return found;
}

/* Split ${into} into p->path and p->name, and open the parent. */
static int
find(struct place *p, const char *into)
{
	char *copy = strdup(into), *slash, *name;
	int rc = 1;

	if (copy == NULL) {
		warn(NULL);
		goto out;
	}
	for (slash = copy + strlen(copy); slash > copy + 1 && slash[-1] == '/'; slash--)
		slash[-1] = '\0';
	slash = strrchr(copy, '/');
	name = slash != NULL ? slash + 1 : copy;
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		warnx("%s: not the name of a folder", into);
		rc = EX_USAGE;
		goto out;
	}
	if (slash != NULL)
		*slash = '\0';
	rc = EX_CANTCREAT;
	if ((p->above = realpath(slash == NULL   ? "."
				 : slash == copy ? "/"
						 : copy,
		 NULL)) == NULL ||
	    (p->parent = open(p->above, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1) {
		warn("%s", slash == NULL ? "." : copy);
		goto out;
	}
	if (strcmp(p->above, "/") == 0)
		p->above[0] = '\0';
	if (asprintf(&p->path, "%s/%s", p->above, name) == -1) {
		p->path = NULL;
		warn(NULL);
		goto out;
	}
	p->name = strrchr(p->path, '/') + 1;
	rc = 0;
out:
	free(copy);
	return rc;
}

static bool
is_empty(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *entry;
	bool empty = d != NULL;

	while (empty && (errno = 0, entry = readdir(d)) != NULL)
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (d != NULL) {
		empty = empty && errno == 0;
		closedir(d);
	} else
		(void)io_close(&fd);
	return empty;
}

struct place *
place_open(const char *into, int *rc)
{
	struct place *p = calloc(1, sizeof(*p));
	char *inside = NULL;
	struct stat st;

	*rc = 1;
	if (p == NULL) {
		warn(NULL);
		return NULL;
	}
	p->parent = p->fd = -1;
	if ((*rc = find(p, into)) != 0)
		goto fail;
	*rc = EX_CANTCREAT;
	if (fstatat(p->parent, p->name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT) {
			*rc = 0;
			return p;
		}
		warn("%s", p->path);
	} else if (S_ISLNK(st.st_mode)) {
		warnx("%s: a symlink is not replaced", p->path);
		hintx("name the folder that it leads to");
	} else if (!S_ISDIR(st.st_mode))
		warnx("%s: not a folder", p->path);
	else if (mount_point(p->parent, p->name))
		warnx("%s: a mount point cannot be exchanged", p->path);
	else if ((inside = mounted_in(p->path)) != NULL) {
		/* A rename takes it along. */
		warnx("%s: mounted there: it would go with the old folder", inside);
		hintx("umount it, and mount it again afterwards");
		free(inside);
	} else {
		p->empty = is_empty(p->parent, p->name);
		p->exists = !p->empty;
		*rc = 0;
		return p;
	}
fail:
	place_free(p);
	return NULL;
}

const char *
place_path(const struct place *p)
{
	return p->path;
}

bool
place_exists(const struct place *p)
{
	return p->exists;
}

/*
 * Open the folder ${name} beside the place and lock it, so that no other call takes it for one
 * that is left over.  Return the descriptor, or -1 with errno set.
 */
static int
hold(const struct place *p, const char *name)
{
	struct stat here, there;
	int fd = openat(p->parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd == -1)
		return -1;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
		/* Between the two calls it may have been swept away. */
		if (fstat(fd, &here) == 0 &&
		    fstatat(p->parent, name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
		    here.st_dev == there.st_dev && here.st_ino == there.st_ino)
			return fd;
		errno = EWOULDBLOCK;
	}
	(void)io_close(&fd);
	return -1;
}

/* Whether ${name} is what place_make() calls a new folder for ${p}. */
static bool
is_new(const struct place *p, const char *name)
{
	size_t len = strlen(p->name);

	return strncmp(name, p->name, len) == 0 &&
	       strncmp(name + len, NEW, sizeof(NEW) - 1) == 0 &&
	       strlen(name + len) == sizeof(NEW) - 1 + LETTERS &&
	       strspn(name + len + sizeof(NEW) - 1, letters) == LETTERS;
}

/*
 * Remove the new folders of calls that were killed: those that nobody holds.  The process that
 * unpacked for such a call shares its lock and dies with it, a moment later.
 */
static void
sweep(const struct place *p)
{
	const struct timespec moment = {.tv_nsec = 100 * 1000 * 1000};
	int fd = openat(p->parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), held;
	DIR *d = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (!is_new(p, entry->d_name))
			continue;
		if ((held = hold(p, entry->d_name)) == -1 && errno == EWOULDBLOCK) {
			nanosleep(&moment, NULL);
			held = hold(p, entry->d_name);
		}
		if (held == -1)
			continue;
		if (tree_remove_at(p->parent, entry->d_name, p->above) == 0)
			warnx("%s beside %s: left by a call that was killed, removed",
			    entry->d_name, p->path);
		(void)io_close(&held);
	}
	if (d != NULL)
		closedir(d);
	else
		(void)io_close(&fd);
}

int
place_make(struct place *p)
{
	char *made = NULL;
	size_t len;

	sweep(p);
	if (asprintf(&made, "%s" NEW "%*s", p->name, LETTERS, "") == -1) {
		warn(NULL);
		return -1;
	}
	len = strlen(made);
	for (int i = 0; i < TRIES; i++) {
		for (size_t at = len - LETTERS; at < len; at++)
			made[at] = letters[arc4random_uniform(sizeof(letters) - 1)];
		if (mkdirat(p->parent, made, 0700) == 0) {
			if ((p->fd = hold(p, made)) != -1) {
				p->made = made;
				return p->fd;
			}
			if (errno != EWOULDBLOCK && errno != ENOENT) {
				warn("%s beside %s", made, p->path);
				(void)unlinkat(p->parent, made, AT_REMOVEDIR);
				free(made);
				return -1;
			}
		} else if (errno != EEXIST)
			break;
	}
	warn("make a folder beside %s", p->path);
	free(made);
	return -1;
}

int
place_sync(struct place *p)
{
	if (syncfs(p->fd) == -1) {
		warn("sync %s", p->path);
		return EX_CANTCREAT;
	}
	return 0;
}

int
place_commit(struct place *p, const char *top, const char **kept)
{
	int rc = EX_CANTCREAT, from = top != NULL ? p->fd : p->parent;
	const char *what = top != NULL ? top : p->made, *name;
	char stamp[24];
	time_t now = time(NULL);
	struct tm tm;

	*kept = NULL;
	if (!p->exists) {
		/* A rename replaces a folder only while it is empty. */
		if (renameat2(from, what, p->parent, p->name,
			p->empty ? 0 : RENAME_NOREPLACE) == -1) {
			warn("%s", p->path);
			return rc;
		}
	} else {
		for (int i = 0; i < TRIES && p->kept == NULL; i++, now++) {
			localtime_r(&now, &tm);
			strftime(stamp, sizeof(stamp), "%Y%m%d_%H%M%S", &tm);
			if (asprintf(&p->kept, "%s_before_%s", p->path, stamp) == -1) {
				p->kept = NULL;
				warn(NULL);
				return rc;
			}
			name = strrchr(p->kept, '/') + 1;
			if (renameat2(from, what, p->parent, name, RENAME_NOREPLACE) == -1) {
				if (errno != EEXIST || i + 1 == TRIES) {
					warn("%s", p->kept);
					return rc;
				}
				free(p->kept);
				p->kept = NULL;
			}
		}
		name = strrchr(p->kept, '/') + 1;
		if (renameat2(p->parent, name, p->parent, p->name, RENAME_EXCHANGE) == -1) {
			warn("exchange %s", p->path);
			/* Back to where place_free() removes it. */
			if (renameat2(p->parent, name, from, what, RENAME_NOREPLACE) == -1)
				warn("%s", p->kept);
			return rc;
		}
		*kept = p->kept;
	}
	if (top == NULL) {
		free(p->made);
		p->made = NULL;
	}
	if (fsync(p->parent) == -1) {
		/* It cannot be taken back more surely than it was done. */
		warn("%s: it is in its place, and a loss of power may undo that", p->path);
		return EX_IOERR;
	}
	return 0;
}

void
place_free(struct place *p)
{
	if (p == NULL)
		return;
	if (p->made != NULL)
		(void)tree_remove_at(p->parent, p->made, p->above);
	(void)io_close(&p->fd);
	(void)io_close(&p->parent);
	free(p->kept);
	free(p->made);
	free(p->path);
	free(p->above);
	free(p);
}
