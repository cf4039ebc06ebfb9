/*
 * The walk: every folder is opened once, below its parent's descriptor; its names are read,
 * sorted, and visited.  What is a folder is opened at once, everything else goes into a line
 * (tar/ahead.h) as the folder names it.  Only files and folders are opened at all, without
 * following a symlink and without waiting (rights_open); what was opened is looked at, and that
 * is what the header tells.  Between the two a stranger may have put anything there: the worst
 * is that it is left out and named.
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
#include "base/hint.h"
#include "base/io.h"
#include "base/plain.h"
#include "base/rights.h"
#include "base/sig.h"
#include "tar/ahead.h"
#include "tar/member.h"
#include "tar/listing.h"
#include "tar/paths.h"

#define READERS 8 /* files that are read at the same time */

struct walk {
	const struct tar_tree *tree;
	struct ahead *line;
	struct buf path; /* of the current entry in the archive, with a NUL behind it */
	size_t anchor;   /* where in path the part below the packed folder begins */
	dev_t dev;       /* of the packed folder */
};

static int node(struct walk *w, struct find_folder *in, const char *name, int type, int depth);

/* Put ${f} into the line, with w->path, in which its name is the last ${len} bytes. */
static int
put(struct walk *w, struct find f, size_t len)
{
	if ((f.path = strdup(w->path.data)) == NULL) {
		warn(NULL);
		return 1;
	}
	f.fd = -1;
	f.name = f.path + strlen(f.path) - len;
	if (f.folder != NULL)
		f.folder->users++;
	return ahead_add(w->line, &f);
}

static int
missed(struct walk *w, const char *rest)
{
	return put(w, (struct find){.kind = FIND_MISSED, .error = errno, .rest = rest}, 0);
}

/* Pack the folder ${name} in ${in}; what it is was not looked at. */
static int
folder(struct walk *w, struct find_folder *in, const char *name, int depth)
{
	struct find f = {.kind = FIND_FOLDER, .asked = depth == 0};
	struct listing names = {0};
	int rc = 0, fd;

	if ((fd = rights_open(in->fd, name, O_RDONLY | O_DIRECTORY)) == -1) {
		if (errno == ENOTDIR || errno == ELOOP)
			return put(
			    w, (struct find){.kind = FIND_OTHER, .folder = in}, strlen(name));
		/* That one is there which may not be read is worth telling. */
		if (errno != EACCES ||
		    fstatat(in->fd, name, &f.st, AT_SYMLINK_NOFOLLOW) == -1 ||
		    !S_ISDIR(f.st.st_mode))
			return missed(w, ", left out");
		errno = EACCES;
		if ((rc = missed(w, ", what is in it left out")) != 0)
			return rc;
	} else if (fstat(fd, &f.st) == -1) {
		rc = missed(w, ", left out");
		(void)io_close(&fd);
		return rc;
	} else if ((f.folder = find_folder(fd)) == NULL)
		return 1;
	if (w->tree->exclude_caches && depth > 0 && fd != -1 && exclude_cache(fd))
		goto out;
	buf_text(&w->path, "/");
	rc = buf_string(&w->path) != NULL ? put(w, f, 0) : 1;
	if (rc != 0 || fd == -1 || (w->tree->one_file_system && f.st.st_dev != w->dev))
		goto out;
	if (depth == TAR_DEPTH) {
		rc = put(w, (struct find){.kind = FIND_DEEP}, 0);
		goto out;
	}
	if (listing_read(fd, &names) == -1) {
		if (depth == 0) {
			warn("%s", plain_name(w->path.data));
			rc = EX_IOERR;
		} else
			rc = missed(w, ", the rest of it left out");
	}
	for (size_t i = 0; i < names.n && rc == 0; i++)
		rc = node(w, f.folder, names.list[i], LISTING_TYPE(names.list[i]), depth + 1);
out:
	listing_free(&names);
	find_release(f.folder);
	return rc;
}

/*
 * Pack ${name} in ${in}, which is there a thing of ${type}; w->path is its parent's path and is
 * put back.  0 or an exit code.
 */
static int
node(struct walk *w, struct find_folder *in, const char *name, int type, int depth)
{
	size_t len = w->path.len;
	struct stat st;
	int rc = 0;

	if (sig_stop() != 0)
		return 1;
	if (depth > 0)
		buf_text(&w->path, name);
	if (buf_string(&w->path) == NULL)
		return 1;
	if (type == DT_UNKNOWN || depth == 0) {
		if (fstatat(in->fd, name, &st, AT_SYMLINK_NOFOLLOW) == -1) {
			rc = missed(w, ", left out");
			goto out;
		}
		type = (int)IFTODT(st.st_mode);
	}
	if (depth == 0)
		w->dev = st.st_dev;
	else if (exclude_match(w->tree->exclude, w->path.data + w->anchor, type == DT_DIR))
		goto out;
	if (type == DT_DIR)
		rc = folder(w, in, name, depth);
	else
		rc = put(w,
		    (struct find){.kind = type == DT_REG ? FIND_FILE : FIND_OTHER,
			.folder = in,
			.asked = depth == 0},
		    strlen(name));
out:
	w->path.len = len;
	w->path.data[len] = '\0';
	return rc;
}

static int
refuse(const char *path)
{
	int rc = errno == EACCES || errno == EPERM ? EX_NOPERM : EX_IOERR;

	if (errno == ELOOP) {
		warnx("%s: a symlink on the way", plain_name(path));
		hintx("name the folder that it leads to");
	} else
		warn("%s", plain_name(path));
	return rc;
}

/*
 * Open the folder in which ${path} lies, and put its name in the archive into w->path.  Return
 * the descriptor with the last part in ${*name}, or -1 with the exit code in ${*rc}: 0 where
 * errno says what is wrong and ${*under} which path that is.
 */
static int
parent(struct walk *w, const char *path, const char **name, const char **under, int *rc)
{
	int root, fd;
	char *slash;

	*rc = 1;
	w->path.len = 0;
	if (buf_room(&w->path, strlen(path) + 2) == -1) {
		warn(NULL);
		return -1;
	}
	*rc = EX_USAGE;
	if (*path == '\0') {
		warnx("a path is empty");
		return -1;
	}
	if (paths_clean(path, w->path.data) != 0)
		return -1;
	*rc = 0;
	w->path.len = strlen(w->path.data);
	w->anchor = w->path.len + 1;
	*under = path[0] == '/' ? "/" : w->tree->folder != NULL ? w->tree->folder : ".";
	root = open(*under, O_PATH | O_DIRECTORY | O_CLOEXEC);
	*name = w->path.data;
	if (root == -1 || (slash = strrchr(w->path.data, '/')) == NULL)
		return root;
	*under = path;
	*name = slash + 1;
	*slash = '\0';
	fd = rights_open(root, w->path.data, O_PATH | O_DIRECTORY);
	*slash = '/';
	(void)io_close(&root);
	return fd;
}

/* See whether ${path} can be packed at all. */
static int
look(struct walk *w, const char *path)
{
	const char *name, *under;
	int rc, fd = -1, in = parent(w, path, &name, &under, &rc);
	struct stat st;

	if (rc != 0)
		return rc;
	if (in == -1)
		return refuse(under);
	if (fstatat(in, name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
	    ((S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)) &&
		(fd = rights_open(in, name, O_RDONLY)) == -1))
		rc = refuse(path);
	(void)io_close(&fd);
	(void)io_close(&in);
	return rc;
}

/* Pack ${path}. */
static int
top(struct walk *w, const char *path, bool listed)
{
	const char *name, *under;
	int rc, fd = parent(w, path, &name, &under, &rc);
	struct find_folder *in = NULL;
	char *copy = NULL;

	if (rc != 0)
		goto out;
	if (fd == -1) {
		rc = listed && under == path ? missed(w, ", left out") : refuse(under);
		goto out;
	}
	if ((in = find_folder(fd)) == NULL) {
		rc = 1;
		goto out;
	}
	/* w->path may move while the name is in use. */
	if ((copy = strdup(name)) == NULL) {
		warn(NULL);
		rc = 1;
		goto out;
	}
	rc = node(w, in, copy, DT_UNKNOWN, 0);
	if (rc == 0)
		rc = put(w, (struct find){.kind = FIND_END, .asked = !listed}, 0);
out:
	free(copy);
	find_release(in);
	return rc;
}

int
tar_write(const struct tar_tree *t, int (*emit)(void *ctx, const void *buf, size_t len),
    void *ctx, struct account *a)
{
	struct walk w = {.tree = t};
	struct member *member = NULL;
	int rc = 1;

	if ((member = member_open(emit, ctx, t->output, a)) == NULL ||
	    (w.line = ahead_open(READERS, member_take, member)) == NULL)
		goto out;
	rc = 0;
	for (size_t i = 0; t->paths[i] != NULL && rc == 0; i++)
		rc = look(&w, t->paths[i]);
	for (size_t i = 0; t->paths[i] != NULL && rc == 0; i++)
		rc = top(&w, t->paths[i], false);
	for (size_t i = 0; t->listed != NULL && t->listed[i] != NULL && rc == 0; i++)
		rc = top(&w, t->listed[i], true);
	if (rc == 0)
		rc = ahead_end(w.line);
	if (rc == 0 && a->entries == 0) {
		warnx("nothing in the list was packed");
		rc = EX_IOERR;
	}
	if (rc == 0)
		rc = member_end(member);
out:
	ahead_free(w.line);
	member_free(member);
	buf_free(&w.path);
	return rc;
}
