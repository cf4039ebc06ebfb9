/*
 * The walk: every folder is opened once, below its parent's descriptor; its names are read,
 * sorted, and visited.  fstatat() says what a name is, and only files and folders are opened
 * at all, without following a symlink and without waiting (rights_open); what was opened is
 * looked at again, and that is what the header tells.  Between the two looks a stranger may
 * have put anything there: the worst is that it is left out and named.
 *
 * An entry holds nothing that changes by itself: no access and change times, no inode and
 * device numbers.
 */
#include "tar/write.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/rights.h"
#include "base/sig.h"
#include "tar/member.h"
#include "tar/paths.h"

struct packer {
	const struct tar_tree *tree;
	struct tar_account *account;
	struct member *member;
	struct buf path; /* of the current entry in the archive, with a NUL behind it */
	size_t anchor;   /* where in path the part below the packed folder begins */
	dev_t dev;       /* of the packed folder */
};

static int node(struct packer *p, int dir, const char *name, int depth);

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Read the names in ${fd} into ${*names}, sorted.  Return their number; errno is 0 at the end. */
static size_t
list(int fd, char ***names)
{
	int copy = dup(fd), error = 0;
	DIR *d = copy != -1 ? fdopendir(copy) : NULL;
	struct dirent *entry;
	size_t n = 0, size = 0;
	char **grown;

	*names = NULL;
	if (d == NULL) {
		error = errno;
		(void)io_close(&copy);
		goto out;
	}
	for (; errno = 0, (entry = readdir(d)) != NULL; n++) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
			n--;
			continue;
		}
		if (n == size) {
			size = size ? 2 * size : 64;
			if ((grown = reallocarray(*names, size, sizeof(*grown))) == NULL)
				break;
			*names = grown;
		}
		if (((*names)[n] = strdup(entry->d_name)) == NULL)
			break;
	}
	error = errno;
	closedir(d);
	if (n > 0)
		qsort(*names, n, sizeof(**names), by_bytes);
out:
	errno = error;
	return n;
}

static int
folder(struct packer *p, int dir, const char *name, const struct stat *seen, int depth)
{
	int rc = 0, fd;
	struct stat st;
	char **names = NULL;
	size_t n = 0;

	if ((fd = rights_open(dir, name, O_RDONLY | O_DIRECTORY)) == -1 ||
	    fstat(fd, &st) == -1) {
		if (errno != EACCES) {
			rc = member_missed(p->member, p->path.data, ", left out");
			goto out;
		}
		/* That it was there is worth telling. */
		st = *seen;
		(void)member_missed(p->member, p->path.data, ", what is in it left out");
	}
	if (p->tree->exclude_caches && depth > 0 && fd != -1 && exclude_cache(fd))
		goto out;
	buf_text(&p->path, "/");
	if (buf_string(&p->path) == NULL) {
		rc = 1;
		goto out;
	}
	if ((rc = member_folder(p->member, fd, &st, p->path.data)) != 0 || fd == -1)
		goto out;
	if (p->tree->one_file_system && st.st_dev != p->dev)
		goto out;
	if (depth == TAR_DEPTH) {
		tar_skip(p->account, &p->account->unreadable, p->path.data,
		    "more than %d folders deep, what is in it left out", TAR_DEPTH);
		goto out;
	}
	n = list(fd, &names);
	if (errno != 0 && depth == 0) {
		warn("%s", tar_printable(p->path.data));
		rc = EX_IOERR;
	} else if (errno != 0)
		rc = member_missed(p->member, p->path.data, ", the rest of it left out");
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = node(p, fd, names[i], depth + 1);
out:
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
	(void)io_close(&fd);
	return rc;
}

/* Pack ${name} in ${dir}; p->path is its parent's path and is put back.  0 or an exit code. */
static int
node(struct packer *p, int dir, const char *name, int depth)
{
	size_t len = p->path.len;
	struct stat st;
	int rc = 0;

	if (sig_stop() != 0)
		return 1;
	if (depth > 0)
		buf_text(&p->path, name);
	if (buf_string(&p->path) == NULL)
		return 1;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
		rc = member_missed(p->member, p->path.data, ", left out");
		goto out;
	}
	if (depth == 0)
		p->dev = st.st_dev;
	else if (exclude_match(p->tree->exclude, p->path.data + p->anchor, S_ISDIR(st.st_mode)))
		goto out;
	if (p->tree->output != NULL && st.st_dev == p->tree->output->st_dev &&
	    st.st_ino == p->tree->output->st_ino)
		goto out;
	if (S_ISREG(st.st_mode))
		rc = member_file(p->member, dir, name, p->path.data);
	else if (S_ISDIR(st.st_mode))
		rc = folder(p, dir, name, &st, depth);
	else if (S_ISSOCK(st.st_mode))
		tar_skip(p->account, &p->account->sockets, p->path.data, "a socket, left out");
	else {
		if (S_ISLNK(st.st_mode) && depth == 0)
			tar_skip(p->account, NULL, p->path.data,
			    "a symlink: the link is packed, not what it points to");
		rc = member_other(p->member, dir, name, &st, p->path.data);
	}
out:
	p->path.len = len;
	p->path.data[len] = '\0';
	return rc;
}

static int
refuse(const char *path)
{
	int rc = errno == EACCES || errno == EPERM ? EX_NOPERM : EX_IOERR;

	if (errno == ELOOP) {
		warnx("%s: a symlink on the way", tar_printable(path));
		warnx("hint: name the folder that it leads to");
	} else
		warn("%s", tar_printable(path));
	return rc;
}

enum task { LOOK, PACK, PACK_LISTED };

/* Pack ${path}, or see whether that can be done at all. */
static int
top(struct packer *p, const char *path, enum task task)
{
	const char *under = path[0] == '/'            ? "/"
			    : p->tree->folder != NULL ? p->tree->folder
						      : ".";
	int rc, root = -1, dir = -1, fd = -1;
	struct stat st;
	const char *name;
	char *slash;
	uint64_t before = p->account->entries;

	p->path.len = 0;
	if (buf_room(&p->path, strlen(path) + 2) == -1) {
		warn(NULL);
		rc = 1;
		goto out;
	}
	if (*path == '\0') {
		warnx("a path is empty");
		rc = EX_USAGE;
		goto out;
	}
	if ((rc = paths_clean(path, p->path.data)) != 0)
		goto out;
	p->path.len = strlen(p->path.data);
	p->anchor = p->path.len + 1;
	if ((root = open(under, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1) {
		rc = refuse(under);
		goto out;
	}
	name = p->path.data;
	if ((slash = strrchr(p->path.data, '/')) != NULL) {
		*slash = '\0';
		dir = rights_open(root, p->path.data, O_PATH | O_DIRECTORY);
		*slash = '/';
		if (dir == -1) {
			rc = task == PACK_LISTED ? member_missed(p->member, path, ", left out")
						 : refuse(path);
			goto out;
		}
		name = slash + 1;
	}
	if (task == LOOK) {
		if (fstatat(dir != -1 ? dir : root, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		    ((S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) &&
			(fd = rights_open(dir != -1 ? dir : root, name, O_RDONLY)) == -1))
			rc = refuse(path);
		goto out;
	}
	/* p->path may move while name is in use. */
	if ((slash = strdup(name)) == NULL) {
		warn(NULL);
		rc = 1;
		goto out;
	}
	rc = node(p, dir != -1 ? dir : root, slash, 0);
	free(slash);
	if (rc == 0 && task == PACK && p->account->entries == before) {
		warnx("%s: nothing of it was packed", tar_printable(path));
		rc = EX_IOERR;
	}
out:
	(void)io_close(&fd);
	(void)io_close(&dir);
	(void)io_close(&root);
	return rc;
}

int
tar_write(const struct tar_tree *t, int (*emit)(void *ctx, const void *buf, size_t len),
    void *ctx, struct tar_account *a)
{
	struct packer p = {.tree = t, .account = a};
	int rc = 1;

	if ((p.member = member_open(emit, ctx, a)) == NULL)
		goto out;
	rc = 0;
	for (size_t i = 0; t->paths[i] != NULL && rc == 0; i++)
		rc = top(&p, t->paths[i], LOOK);
	for (size_t i = 0; t->paths[i] != NULL && rc == 0; i++)
		rc = top(&p, t->paths[i], PACK);
	for (size_t i = 0; t->listed != NULL && t->listed[i] != NULL && rc == 0; i++)
		rc = top(&p, t->listed[i], PACK_LISTED);
	if (rc == 0 && t->listed != NULL && a->entries == 0) {
		warnx("nothing in the list was packed");
		rc = EX_IOERR;
	}
	if (rc == 0)
		rc = member_end(p.member);
out:
	member_free(p.member);
	buf_free(&p.path);
	return rc;
}
