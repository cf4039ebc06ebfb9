#include "base/tree.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/plain.h"

/*
 * A path is never used twice: between two looks at it, whoever may write to the tree can put a
 * link where a folder was.  A folder is opened once, without following a link, and from then on
 * only its descriptor counts.
 *
 * One descriptor a level is held.  A folder that lies deeper than DEPTH is moved up to the top of
 * the tree, which is looked through again.
 */
#define DEPTH 64
#define TRIES 8 /* how often a folder is emptied that others go on filling */

struct removal {
	int top;        /* what deep folders are moved up to */
	uint64_t moved; /* how many were */
	dev_t device;
	struct buf path; /* for messages */
	int rc;
};

static void
complain(struct removal *r, const char *name)
{
	int saved = errno;
	size_t len = r->path.len;
	const char *text;

	buf_printf(&r->path, "%s%s", *name != '\0' ? "/" : "", name);
	text = buf_string(&r->path);
	if (text != NULL)
		plain_text(r->path.data);
	errno = saved;
	warn("remove %s", text != NULL ? text : name);
	r->path.len = len;
	r->rc = -1;
}

/* Open the folder ${name} in ${dir} for emptying it: the right to is given to its owner. */
static int
open_folder(int dir, const char *name)
{
	const int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	char self[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	int fd = openat(dir, name, O_RDONLY | flags), closed;
	struct stat st;

	if (fd == -1 && errno == EACCES && (closed = openat(dir, name, O_PATH | flags)) != -1) {
		snprintf(self, sizeof(self), "/proc/self/fd/%d", closed);
		if (chmod(self, 0700) == 0)
			fd = openat(dir, name, O_RDONLY | flags);
		else
			errno = EACCES;
		io_close(&closed);
	}
	/* Where that fails, it is somebody else's: what stays in it is reported one by one. */
	if (fd != -1 && fstat(fd, &st) == 0 && (st.st_mode & S_IRWXU) != S_IRWXU)
		(void)!fchmod(fd, 0700);
	return fd;
}

static void remove_entry(struct removal *r, int dir, const char *name, int depth);

/* Remove what lies in the folder ${fd}, which is closed. */
static void
empty(struct removal *r, int fd, int depth)
{
	const struct dirent *d;
	DIR *dir = fdopendir(fd);

	if (dir == NULL) {
		complain(r, "");
		io_close(&fd);
		return;
	}
	while (errno = 0, (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			remove_entry(r, dirfd(dir), d->d_name, depth);
	if (errno != 0)
		complain(r, "");
	closedir(dir);
}

/* Move the folder ${name}, which lies too deep, up to the top. */
static void
move_up(struct removal *r, int dir, const char *name)
{
	char up[sizeof(".deep.0123456789abcdef")];
	int rc;

	do {
		snprintf(up, sizeof(up), ".deep.%016jx", (uintmax_t)++r->moved);
		rc = renameat(dir, name, r->top, up);
	} while (rc != 0 && (errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR) &&
		 r->moved % 1024 != 0);
	if (rc != 0 && errno != ENOENT)
		complain(r, name);
}

/* Empty the folder ${fd}, which is closed, and remove it, if nobody fills it meanwhile. */
static void
remove_folder(struct removal *r, int dir, const char *name, int fd, int depth)
{
	size_t len = r->path.len;

	for (int i = 0; i < TRIES && fd != -1; i++) {
		int before = r->rc;

		r->rc = 0;
		buf_printf(&r->path, "/%s", name);
		empty(r, fd, depth + 1);
		fd = -1;
		r->path.len = len;
		if (r->rc != 0)
			return;
		r->rc = before;
		if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
			return;
		if (errno == ENOTEMPTY && i < TRIES - 1)
			fd = open_folder(dir, name);
	}
	complain(r, name);
}

static void
remove_entry(struct removal *r, int dir, const char *name, int depth)
{
	struct stat st;
	int fd;

	if (unlinkat(dir, name, 0) == 0 || errno == ENOENT)
		return;
	if (errno != EISDIR) {
		complain(r, name);
		return;
	}
	if (depth >= DEPTH) {
		move_up(r, dir, name);
		return;
	}
	if ((fd = open_folder(dir, name)) == -1 || fstat(fd, &st) != 0) {
		complain(r, name);
		io_close(&fd);
		return;
	}
	if (st.st_dev != r->device) {
		errno = EBUSY;
		complain(r, name);
		io_close(&fd);
		return;
	}
	remove_folder(r, dir, name, fd, depth);
}

/* Remove what lies in the folder ${fd}, whose path is in ${r}. */
static void
empty_top(struct removal *r, int fd)
{
	struct stat st;
	uint64_t before;
	int again;

	if (fstat(fd, &st) != 0) {
		complain(r, "");
		return;
	}
	r->top = fd;
	r->device = st.st_dev;
	do {
		before = r->moved;
		if ((again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
			complain(r, "");
		else
			empty(r, again, 0);
	} while (r->moved != before && r->rc == 0);
}

/* Remove ${name} in ${dir}, but with ${keep} only what lies in it, if it is a folder. */
static int
remove_top(struct removal *r, int dir, const char *name, bool keep)
{
	int fd = open_folder(dir, name);

	if (fd == -1 && (errno == ENOTDIR || errno == ELOOP)) {
		if (unlinkat(dir, name, 0) != 0 && errno != ENOENT)
			complain(r, "");
	} else if (fd != -1) {
		empty_top(r, fd);
		if (!keep && r->rc == 0 && unlinkat(dir, name, AT_REMOVEDIR) != 0 &&
		    errno != ENOENT)
			complain(r, "");
	} else if (errno != ENOENT) {
		complain(r, "");
	}
	io_close(&fd);
	buf_free(&r->path);
	return r->rc;
}

int
tree_remove(const char *path, bool itself)
{
	struct removal r = {.top = -1};

	buf_text(&r.path, path);
	return remove_top(&r, AT_FDCWD, path, !itself);
}

int
tree_remove_at(int dir, const char *name, const char *where)
{
	struct removal r = {.top = -1};

	buf_printf(&r.path, "%s/%s", where, name);
	return remove_top(&r, dir, name, false);
}
