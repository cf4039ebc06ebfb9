#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hint.h"
#include "base/io.h"
#include "base/tree.h"
#include "base/utf8.h"
#include "set/folder.h"
#include "set/manifest.h"
#include "set/partial.h"
#include "set/setname.h"
#include "set/sums.h"
#include "set/verified.h"

#define TRIES 600 /* seconds that a name may move */

struct folder {
	char name[FOLDER_NAME];
	char *parent; /* where the set will be: ${root}, or ${root}/full */
	char *partial;
	char *work;
	char *final;
	char *notes;
	int held; /* ${work} */
	bool committed;
};

int
folder_empty_trash(const char *root)
{
	char *path = NULL;
	int rc = -1;

	if (asprintf(&path, "%s/.trash", root) == -1)
		warn("remove .trash");
	else
		rc = tree_remove(path, false);
	free(path);
	return rc;
}

/*
 * Who may write to the folder of the sets could lay a folder of its own, or a link to one, where we
 * are about to write.
 */
static int
is_ours(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		warn("%s", path);
		return -1;
	}
	if ((S_ISDIR(st.st_mode) || S_ISLNK(st.st_mode)) &&
	    (st.st_uid == geteuid() || st.st_uid == 0))
		return 0;
	warnx("%s: not a folder of this user (uid %ju)", path, (uintmax_t)st.st_uid);
	return -1;
}

/* Make the folder ${path}, 0700 and durable, unless it is there. */
static int
make(const char *path)
{
	const struct passwd *pw;
	const char *user;
	char *parent = NULL;
	int saved, rc;

	if (mkdir(path, 0700) == 0) {
		if (asprintf(&parent, "%s/..", path) == -1) {
			warn("create %s", path);
			return -1;
		}
		rc = atomic_sync_folder(parent);
		free(parent);
		return rc;
	}
	saved = errno;
	if (saved == EEXIST)
		return 0;
	warn("create %s", path);
	if (saved == EACCES || saved == ENOENT || saved == EROFS) {
		pw = getpwuid(geteuid());
		user = pw != NULL ? pw->pw_name : "root";
		hintx("siantre-run check-config names the command that mends it for the "
		      "user %s",
		    user);
	}
	return -1;
}

/* Whether a set, or anything else, has the name ${name} already. */
static bool
taken(const char *root, const char *name)
{
	static const char *const places[] = {"", "full/", ".partial/"};
	char *path = NULL;
	struct stat st;
	bool yes = false;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && !yes; i++) {
		if (asprintf(&path, "%s/%s%s", root, places[i], name) == -1)
			return true;
		yes = lstat(path, &st) == 0 || errno != ENOENT;
		free(path);
	}
	return yes;
}

/* The latest name at ${path} that is no later than ${most}, or ${latest}, as a wall clock's time. */
static int64_t
latest_in(const char *path, int64_t latest, int64_t most)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	struct setname name;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		if (setname_read(e->d_name, &name) == 0 && name.wall > latest &&
		    name.wall <= most)
			latest = name.wall;
	}
	if (dir != NULL)
		closedir(dir);
	return latest;
}

/*
 * When the set begins, as its name is to say.  What is made later sorts later, also in the hour that
 * summer time has twice and after the clock was put back a little: else the rules of retention would
 * take the newest set for the oldest, and a rule like last=1 remove it at once.
 */
static int64_t
next_name(const char *root)
{
	int64_t now = setname_wall(time(NULL)), latest = now - 1;
	char *full = NULL;

	latest = latest_in(root, latest, now + SETNAME_AHEAD);
	if (asprintf(&full, "%s/full", root) != -1) {
		latest = latest_in(full, latest, now + SETNAME_AHEAD);
		free(full);
	}
	return latest + 1;
}

/* Choose the name, and make the working folder. */
static int
make_work(struct folder *f, const char *root)
{
	time_t first = (time_t)next_name(root);
	struct tm tm;

	for (time_t t = first; t < first + TRIES; t++) {
		gmtime_r(&t, &tm);
		strftime(f->name, sizeof(f->name), "%Y%m%d_%H%M%S", &tm);
		if (taken(root, f->name))
			continue;
		if (asprintf(&f->work, "%s/%s", f->partial, f->name) == -1) {
			f->work = NULL;
			break;
		}
		if (mkdir(f->work, 0700) == 0) {
			if (partial_hold(f->work, &f->held) == 0)
				return 0;
		} else if (errno != EEXIST) { /* another application was quicker */
			warn("create %s", f->work);
			free(f->work);
			f->work = NULL;
			return -1;
		}
		free(f->work);
		f->work = NULL;
	}
	warnx("%s: no set name is free", root);
	return -1;
}

struct folder *
folder_begin(const char *root, const char *job)
{
	struct folder *f = calloc(1, sizeof(*f));
	bool full = strcmp(job, "full") == 0;

	if (f == NULL)
		goto memory;
	f->held = -1;
	if (asprintf(&f->parent, "%s%s", root, full ? "/full" : "") == -1) {
		f->parent = NULL;
		goto memory;
	}
	if (asprintf(&f->partial, "%s/.partial", root) == -1) {
		f->partial = NULL;
		goto memory;
	}
	if (make(root) != 0 || make(f->parent) != 0 || make(f->partial) != 0 ||
	    is_ours(f->partial) != 0 || (full && is_ours(f->parent) != 0) ||
	    make_work(f, root) != 0)
		goto out;
	if (asprintf(&f->final, "%s/%s", f->parent, f->name) == -1) {
		f->final = NULL;
		goto memory;
	}
	if (asprintf(&f->notes, "%s.notes", f->work) == -1) {
		f->notes = NULL;
		goto memory;
	}
	return f;
memory:
	warn("set folder");
out:
	folder_free(f);
	return NULL;
}

const char *
folder_name(const struct folder *f)
{
	return f->name;
}

const char *
folder_work(const struct folder *f)
{
	return f->work;
}

const char *
folder_final(const struct folder *f)
{
	return f->final;
}

const char *
folder_notes(const struct folder *f)
{
	return f->notes;
}

static bool
is_text(const char *name)
{
	size_t n;

	for (; *name != '\0'; name += n) {
		if ((n = utf8_next(name, strlen(name))) == 0)
			return false;
	}
	return true;
}

/* Make the file ${name} in ${dir} durable and read-only. */
static int
seal(int dir, const char *name)
{
	struct stat st;
	int fd = -1, rc = EX_DATAERR;

	if (!sums_plain(name) || !is_text(name)) {
		warnx("the job left a file that has no plain name: \"%s\"", name);
		goto out;
	}
	if (strcmp(name, SUMS_NAME) == 0 || strcmp(name, MANIFEST_NAME) == 0 ||
	    strcmp(name, VERIFIED_NAME) == 0) {
		warnx("the job made a %s of its own", name);
		goto out;
	}
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		goto io;
	if (!S_ISREG(st.st_mode)) {
		warnx("%s: the job made something else than a regular file", name);
		goto out;
	}
	if (st.st_size == 0) {
		warnx("%s: the job made an empty file", name);
		goto out;
	}
	if ((fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)) == -1 ||
	    fchmod(fd, 0440) != 0 || fsync(fd) != 0)
		goto io;
	rc = 0;
	goto out;
io:
	warn("%s", name);
	rc = EX_IOERR;
out:
	io_close(&fd);
	return rc;
}

int
folder_seal(const struct folder *f)
{
	const struct dirent *d;
	size_t files = 0;
	DIR *dir;
	int rc = 0;

	if ((dir = opendir(f->work)) == NULL) {
		warn("%s", f->work);
		return EX_IOERR;
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		files++;
		rc = seal(dirfd(dir), d->d_name);
	}
	if (rc == 0 && errno != 0) {
		warn("%s", f->work);
		rc = EX_IOERR;
	}
	if (rc == 0 && files == 0) {
		warnx("the job ended well and made no file");
		rc = EX_DATAERR;
	}
	closedir(dir);
	return rc;
}

int
folder_commit(struct folder *f)
{
	if (atomic_sync_folder(f->work) != 0)
		return EX_IOERR;
	/* Onto a folder that is not empty, or a file, rename(2) refuses to go. */
	if (rename(f->work, f->final) != 0) {
		warn("rename %s to %s", f->work, f->final);
		return EX_CANTCREAT;
	}
	f->committed = true;
	if (atomic_sync_folder(f->parent) != 0) {
		/* What may be gone after a power cut is no backup. */
		f->committed = rename(f->final, f->work) != 0;
		return EX_IOERR;
	}
	unlink(f->notes);
	return 0;
}

void
folder_free(struct folder *f)
{
	if (f == NULL)
		return;
	if (f->work != NULL && !f->committed)
		tree_remove(f->work, true);
	if (f->notes != NULL && !f->committed)
		unlink(f->notes);
	io_close(&f->held);
	free(f->parent);
	free(f->partial);
	free(f->work);
	free(f->final);
	free(f->notes);
	free(f);
}
