/* A folder of this machine: a second disk, a share that is mounted. */
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/atomic.h"
#include "base/hash.h"
#include "base/io.h"
#include "base/sig.h"
#include "base/tree.h"
#include "set/sums.h"
#include "ship/copyfile.h"
#include "ship/deposit.h"
#include "ship/digests.h"
#include "ship/far.h"

/* The path of ${at} below the destination. */
static int
there(const struct far *f, const char *at, char path[PATH_MAX])
{
	if (snprintf(path, PATH_MAX, "%s/%s", f->remote->path, at) < PATH_MAX)
		return 0;
	warnx("%s/%s: too long a path", f->remote->path, at);
	return EX_CANTCREAT;
}

static int
make_folder(const char *path)
{
	char parent[PATH_MAX];

	/* Its name lasts before anything is called proven in it. */
	if (mkdir(path, 0700) == 0)
		return snprintf(parent, sizeof(parent), "%s/..", path) < (int)sizeof(parent) &&
			       atomic_sync_folder(parent) == 0
			   ? 0
			   : EX_IOERR;
	if (errno == EEXIST)
		return 0;
	warn("create %s", path);
	return errno == EACCES || errno == EPERM ? EX_NOPERM : EX_CANTCREAT;
}

static int
open_folder(struct far *f)
{
	f->renames = f->hashes = true;
	return 0;
}

static int
look(struct far *f)
{
	if (access(f->remote->path, R_OK | X_OK) == 0)
		return 0;
	warn("%s", f->remote->path);
	return errno == EACCES ? EX_NOPERM : EX_CONFIG;
}

static int
make(struct far *f, const char *mark)
{
	char path[PATH_MAX], folder[PATH_MAX];
	int rc;

	if ((rc = make_folder(f->remote->path)) != 0 || (rc = there(f, FAR_MARK, path)) != 0)
		return rc;
	strlcpy(folder, mark, sizeof(folder));
	*strrchr(folder, '/') = '\0';
	if (access(path, F_OK) != 0)
		rc = copyfile_into(folder, FAR_MARK, f->remote->path, true, NULL);
	return rc;
}

/* Whether ${folder} has a file ${name}; where nobody can say so, it has. */
static bool
has(const char *folder, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", folder, name) >= (int)sizeof(path) ||
	       access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Remove from ${folder} what ${local} does not have. */
static int
remove_strays(const char *local, const char *folder)
{
	char path[PATH_MAX];
	const struct dirent *d;
	DIR *dir = opendir(folder);
	int rc = 0;

	if (dir == NULL) {
		warn("%s", folder);
		return EX_IOERR;
	}
	while ((d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0 ||
		    has(local, d->d_name) ||
		    snprintf(path, sizeof(path), "%s/%s", folder, d->d_name) >=
			(int)sizeof(path))
			continue;
		if (tree_remove(path, true) != 0)
			rc = EX_IOERR;
	}
	closedir(dir);
	return rc;
}

static int
send_folder(
    struct far *f, const char *local, const char *at, const char *basis, enum far_part part)
{
	char path[PATH_MAX];
	const struct dirent *d;
	DIR *dir = NULL;
	int rc;

	(void)basis;
	if ((rc = there(f, at, path)) != 0)
		return rc;
	if (part == FAR_SUMS)
		return copyfile_into(local, SUMS_NAME, path, false, f->transfer.progress);
	if (strncmp(at, FAR_PARTIAL "/", sizeof(FAR_PARTIAL)) == 0) {
		char parent[PATH_MAX];

		if ((rc = there(f, FAR_PARTIAL, parent)) != 0 ||
		    (rc = make_folder(parent)) != 0)
			return rc;
	}
	if ((rc = make_folder(path)) != 0)
		return rc;
	if ((dir = opendir(local)) == NULL) {
		warn("%s", local);
		return EX_IOERR;
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			rc = copyfile_into(
			    local, d->d_name, path, part == FAR_ANEW, f->transfer.progress);
	}
	if (rc == 0 && errno != 0) {
		warn("%s", local);
		rc = EX_IOERR;
	}
	closedir(dir);
	return rc == 0 ? remove_strays(local, path) : rc;
}

static int
prove(struct far *f, const char *local, const char *at, bool sums)
{
	struct digests *promised = NULL, *got = NULL;
	char path[PATH_MAX];
	int rc;

	if ((rc = there(f, at, path)) == 0 && (rc = digests_read(path, &got)) == 0 &&
	    (rc = digests_promised(local, sums, &promised)) == 0)
		rc = digests_hold(promised, got, path, sums);
	digests_free(promised);
	digests_free(got);
	return rc;
}

static int
publish(struct far *f, const char *name)
{
	char from[PATH_MAX], to[PATH_MAX], parent[PATH_MAX], at[64];
	int rc;

	snprintf(at, sizeof(at), FAR_PARTIAL "/%s", basename(name));
	if ((rc = there(f, at, from)) != 0 || (rc = there(f, name, to)) != 0)
		return rc;
	strlcpy(parent, to, sizeof(parent));
	*strrchr(parent, '/') = '\0';
	if ((rc = make_folder(parent)) != 0)
		return rc;
	if (atomic_sync_folder(from) != 0)
		return EX_IOERR;
	/* Over a set it must not go; what has no SHA256SUMS is no set. */
	if (!has(to, SUMS_NAME) && tree_remove(to, true) != 0)
		return EX_IOERR;
	if (rename(from, to) != 0) {
		warn("rename %s to %s", from, to);
		return errno == EACCES || errno == EPERM ? EX_NOPERM : EX_CANTCREAT;
	}
	return atomic_sync_folder(parent) == 0 ? 0 : EX_IOERR;
}

/* Remove ${path}, which lies in ${partial}; nobody will look for it again. */
static int
remove_for_good(const char *path, const char *partial)
{
	if (tree_remove(path, true) != 0)
		return EX_IOERR;
	return atomic_sync_folder(partial) == 0 ? 0 : EX_IOERR;
}

static int
drop(struct far *f, const char *at)
{
	char from[PATH_MAX], partial[PATH_MAX], to[PATH_MAX];
	int rc;

	if ((rc = there(f, at, from)) != 0 || (rc = there(f, FAR_PARTIAL, partial)) != 0)
		return rc;
	if (strncmp(at, FAR_PARTIAL "/", sizeof(FAR_PARTIAL)) == 0)
		return remove_for_good(from, partial);
	if (snprintf(to, sizeof(to), "%s/%s" FAR_GONE, partial, basename(at)) >=
	    (int)sizeof(to))
		return EX_CANTCREAT;
	if ((rc = make_folder(partial)) != 0 || tree_remove(to, true) != 0)
		return rc != 0 ? rc : EX_IOERR;
	if (rename(from, to) != 0 && errno != ENOENT) {
		warn("remove %s", from);
		return EX_IOERR;
	}
	/* It is no set any more before the first of its files goes. */
	*strrchr(from, '/') = '\0';
	if (atomic_sync_folder(partial) != 0 || atomic_sync_folder(from) != 0)
		return EX_IOERR;
	return remove_for_good(to, partial);
}

static int
fetch(struct far *f, const char *name, const char *to)
{
	char path[PATH_MAX];
	const struct dirent *d;
	struct stat st;
	DIR *dir;
	int rc;

	if ((rc = there(f, name, path)) != 0)
		return rc;
	if ((dir = opendir(path)) == NULL) {
		warn("%s", path);
		return EX_IOERR;
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		/* What somebody left there must not keep us from the rest. */
		if (!sums_plain(d->d_name) ||
		    (fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			!S_ISREG(st.st_mode)))
			digests_differ(path, d->d_name, "not a file of a set; left out");
		else
			rc = copyfile_into(path, d->d_name, to, false, f->transfer.progress);
	}
	if (rc == 0 && errno != 0) {
		warn("%s", path);
		rc = EX_IOERR;
	}
	closedir(dir);
	return rc;
}

/* Whether what was written to ${fd} comes back. */
static int
read_back(int fd, const char *path, const char *sha256)
{
	char name[64], hex[HASH_HEX];
	int in, rc = EX_IOERR;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	in = open(name, O_RDONLY | O_CLOEXEC);
	if (in == -1 || fsync(fd) != 0 || posix_fadvise(in, 0, 0, POSIX_FADV_DONTNEED) != 0 ||
	    hash_fd(in, hex, NULL) != 0)
		warn("%s", path);
	else if (strcmp(hex, sha256) != 0) {
		warnx("%s: other bytes than were sent", path);
		rc = EX_DATAERR;
	} else
		rc = 0;
	io_close(&in);
	return rc;
}

static int
unfinished(struct far *f, struct buf *names)
{
	const time_t old = time(NULL) - (time_t)FAR_STREAM_DAYS * 86400;
	const struct dirent *d;
	char path[PATH_MAX];
	struct stat st;
	DIR *dir;
	int rc = 0;

	if ((rc = there(f, FAR_PARTIAL, path)) != 0)
		return rc;
	if ((dir = opendir(path)) == NULL) {
		if (errno == ENOENT)
			return 0;
		warn("%s", path);
		return EX_IOERR;
	}
	while ((errno = 0, d = readdir(dir)) != NULL) {
		if (strchr(d->d_name, '\n') != NULL ||
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
		    (S_ISREG(st.st_mode)
			    ? st.st_mtime > old || deposit_is_busy(dirfd(dir), d->d_name)
			    : !S_ISDIR(st.st_mode)))
			continue;
		buf_printf(names, FAR_PARTIAL "/%s\n", d->d_name);
	}
	if (errno != 0) {
		warn("%s", path);
		rc = EX_IOERR;
	}
	closedir(dir);
	return rc;
}

/* Give the stream in ${from} the name ${to}, and replace nothing. */
static int
name_stream(const char *from, const char *to)
{
	int rc = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

	/* Not every file system can promise that. */
	if (rc != 0 && (errno == EINVAL || errno == ENOSYS))
		rc = access(to, F_OK) == 0 ? (errno = EEXIST, -1) : rename(from, to);
	if (rc != 0)
		warn("rename %s to %s", from, to);
	return rc == 0 ? 0 : EX_CANTCREAT;
}

static int
deposit(struct far *f, struct deposit *d)
{
	char path[PATH_MAX], partial[PATH_MAX], work[PATH_MAX];
	int fd = -1, rc;

	if ((rc = there(f, deposit_name(d), path)) != 0 ||
	    (rc = there(f, FAR_PARTIAL, partial)) != 0 || (rc = make_folder(partial)) != 0)
		return rc;
	if (access(path, F_OK) == 0) {
		warnx("%s: another file of this name is there", path);
		return EX_CANTCREAT;
	}
	if (snprintf(work, sizeof(work), "%s/%s" FAR_STREAM, partial, deposit_name(d)) >=
	    (int)sizeof(work)) {
		warnx("%s: too long a path", path);
		return EX_CANTCREAT;
	}
	if ((rc = deposit_open(work, &fd)) != 0)
		return rc;
	rc = deposit_feed(d, fd);
	if (rc == 1 && sig_stop() == 0) {
		warn("write %s", path);
		rc = EX_IOERR;
	}
	if (rc == 0)
		rc = deposit_end(d);
	if (rc == 0)
		rc = read_back(fd, path, deposit_sha256(d));
	if (rc == 0 && fchmod(fd, 0440) != 0) {
		warn("%s", work);
		rc = EX_IOERR;
	}
	if (rc == 0 && (rc = name_stream(work, path)) == 0)
		rc = atomic_sync_folder(f->remote->path) == 0 ? 0 : EX_IOERR;
	else
		(void)unlink(work);
	io_close(&fd);
	return rc;
}

const struct far_kind far_folder = {
    .open = open_folder,
    .look = look,
    .make = make,
    .send = send_folder,
    .prove = prove,
    .publish = publish,
    .drop = drop,
    .unfinished = unfinished,
    .fetch = fetch,
    .deposit = deposit,
};
